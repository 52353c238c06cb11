/* Publications for everybody: list, page, attachments, feeds. */
#include "areas/00_supervision/plan.h"
#include "areas/00_supervision/publications/news.h"
#include "city/drafts/drafts.h"
#include "trust/crypto.h"

#define EVERYBODY            \
    {                        \
        .kind = RIGHT_PUBLIC \
    }
#define KINDS "interpretation|case|notice"
#define TEXT_SCHEMA "{\"type\":\"object\",\"required\":[\"zh\"]}"
#define OR_NULL(type) "{\"type\":[\"" type "\",\"null\"]}"
#define HEAD                                                                                                                            \
    "\"key\":{\"type\":\"string\"},\"kind\":{\"enum\":[\"interpretation\",\"case\",\"notice\"]},\"title\":" TEXT_SCHEMA                 \
    ",\"department\":{\"type\":\"object\"},\"number\":" OR_NULL(                                                                        \
        "string") ",\"date\":{\"type\":\"string\"},\"areas\":"                                                                          \
                  "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}},\"validity\":{\"enum\":[\"pending\",\"in_force\",\"expired\"," \
                  "null]},\"chinese_only\":{\"type\":\"boolean\"},\"released_at\":{\"type\":\"string\"},\"corrected_at\":" OR_NULL(     \
                      "string")

static int64_t number_or_all(struct slice text)
{
    int64_t n;
    return slice_int64(text, &n) ? n : 0;
}

static enum lang lang_of(const struct request *q, enum lang standard)
{
    struct slice said = request_query(q, "lang");
    return slice_is(said, "en") ? LANG_EN : slice_is(said, "zh-CN") ? LANG_ZH : standard;
}

static result list(const struct request *q, struct reply *r)
{
    struct news_filter f = {.kind = request_query(q, "kind"),
                            .department = request_query(q, "department"),
                            .area = number_or_all(request_query(q, "area")),
                            .year = number_or_all(request_query(q, "year")),
                            .q = slice_trim(request_query(q, "q")),
                            .lang = lang_of(q, q->lang)};
    TRY(request_page(q, &f.limit, &f.cursor));
    return news_list(q->city, q->a, &f, q->now, &r->body);
}

static const struct query_parameter LIST_QUERY[] = {
    {.name = "kind",
     .help_zh = "类别：政策解读、典型案例、通知公告",
     .help_en = "interpretations of policy, cases, notices",
     .choices = KINDS},
    {.name = "area",
     .help_zh = "行动方案领域序号",
     .help_en = "number of an area of the plan",
     .type = QUERY_INTEGER,
     .least = 1,
     .most = 18},
    {.name = "department", .help_zh = "发布部门代码", .help_en = "code of the issuing department", .most = 40},
    {.name = "year",
     .help_zh = "发文年份",
     .help_en = "year of its date",
     .type = QUERY_INTEGER,
     .least = 1949,
     .most = 9999},
    {.name = "q", .help_zh = "查找的词句", .help_en = "words to look for", .most = 200},
    {.name = "lang",
     .help_zh = "在哪种语言的文本中查找；默认为界面语言",
     .help_en = "in the text of which language; by default that of the request",
     .choices = "zh-CN|en"},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL},
};

const struct endpoint EP_NEWS = {
    .method = "GET",
    .path = "/news",
    .right = EVERYBODY,
    .summary_zh = "政策解读、典型案例、通知公告",
    .summary_en = "Interpretations of policy, cases and notices",
    .query = LIST_QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"items\",\"next\",\"years\",\"departments\"],\"properties\":{\"items\":{\"type\":"
        "\"array\",\"items\":{\"type\":\"object\",\"properties\":{" HEAD ",\"summary\":" TEXT_SCHEMA
        "}}},\"next\":" OR_NULL("string") ",\"years\":{\"type\":\"array\",\"items\":{\"type\":\"integer\"}},"
                                          "\"departments\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}",
    .handle = list};

static result one(const struct request *q, struct reply *r)
{
    return news_public(q->city, q->a, q->params[0], q->now, &r->body);
}

const struct endpoint EP_NEWS_ONE = {
    .method = "GET",
    .path = "/news/{key}",
    .right = EVERYBODY,
    .summary_zh = "一篇发布的内容及其更正记录；已撤回的说明时间和理由",
    .summary_en = "A publication with its corrections; of one withdrawn, when and why",
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"key\",\"kind\",\"title\",\"history\",\"withdrawn\"],\"properties\":{" HEAD
        ",\"summary\":" TEXT_SCHEMA ",\"body\":" TEXT_SCHEMA
        ",\"services\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"laws\":{\"type\":\"array\",\"items\":" TEXT_SCHEMA
        "},\"valid_from\":" OR_NULL("string") ",\"valid_to\":" OR_NULL(
            "string") ",\"attachments\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"sha256\":"
                      "{\"type\":\"string\"},\"name\":{\"type\":\"string\"},\"type\":{\"type\":\"string\"},\"size\":"
                      "{\"type\":\"integer\"}}}},\"history\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":"
                      "{\"at\":{\"type\":\"string\"},\"note\":{}}}},\"withdrawn\":" OR_NULL("object") "}}",
    .handle = one};

/* Only what the piece as it is released names: a file's hash alone opens nothing. */
static result file(const struct request *q, struct reply *r)
{
    const struct json *v, *list;
    struct plan_file f;
    TRY(news_public(q->city, q->a, q->params[0], q->now, &v));
    list = json_get(v, "attachments");
    for (size_t i = 0; list && i < list->n; i++) {
        if (!slice_eq(json_string(list->items[i], "sha256"), q->params[1])) continue;
        TRY(plan_file_load(q->city, q->a, q->params[1], &f));
        r->filename = json_string(list->items[i], "name");
        r->content_type = slice_cstr(attachment_media_type(f.type));
        r->bytes = f.bytes;
        return ok();
    }
    return fail(q->a, CODE_NOT_FOUND, S("sha256"), "value", q->params[1], NULL);
}

const struct endpoint EP_NEWS_FILE = {.method = "GET",
                                      .path = "/news/{key}/files/{sha256}",
                                      .right = EVERYBODY,
                                      .summary_zh = "发布内容的附件",
                                      .summary_en = "An attachment of a publication",
                                      .handle = file};

/* ---- feeds ---- */

static result feed(const struct request *q, struct reply *r)
{
    struct slice name = q->params[0], kind;
    if (!slice_ends(name, S(".atom"))) return fail(q->a, CODE_NOT_FOUND, S("feed"), "value", name, NULL);
    kind = slice_sub(name, 0, name.n - 5);
    if (!slice_is(kind, "all") && !news_kind(kind)) return fail(q->a, CODE_NOT_FOUND, S("feed"), "value", name, NULL);
    if (slice_is(kind, "all")) kind = S("");
    TRY(news_feed(q->city, q->a, kind, lang_of(q, LANG_ZH), &r->bytes, &r->last_modified));
    r->content_type = S("application/atom+xml; charset=utf-8");
    r->etag = slice_sub(crypto_sha256_hex(q->a, r->bytes), 0, 32);
    return ok();
}

static const struct query_parameter FEED_QUERY[] = {
    {.name = "lang",
     .help_zh = "标题和摘要的语言；没有英文的仍为中文",
     .help_en = "language of titles and summaries; Chinese where there is no English",
     .choices = "zh-CN|en",
     .standard = "zh-CN"},
    {.name = NULL},
};

const struct endpoint EP_NEWS_FEED = {
    .method = "GET",
    .path = "/feeds/{name}",
    .right = EVERYBODY,
    .summary_zh =
        "Atom 订阅源（RFC 4287）：all.atom、interpretation.atom、case.atom、notice.atom；也在 /feeds/ 下，可条件请求",
    .summary_en =
        "Atom feed (RFC 4287): all.atom, interpretation.atom, case.atom, notice.atom; below /feeds/ too, with conditional GET",
    .query = FEED_QUERY,
    .handle = feed};
