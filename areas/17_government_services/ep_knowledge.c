/* The knowledge base for everybody. */
#include "areas/17_government_services/knowledge.h"

#define TEXT_SCHEMA "{\"type\":\"object\",\"properties\":{\"zh\":{\"type\":\"string\"},\"en\":{\"type\":\"string\"}}}"
#define HIT_SCHEMA                                                                                                                                              \
    "{\"type\":\"object\",\"required\":[\"items\",\"answered\"],\"properties\":{\"answered\":{\"type\":\"boolean\"},\"next\":{\"type\":[\"string\",\"null\"]}," \
    "\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"key\",\"version\",\"title\",\"excerpt\"],"                                    \
    "\"properties\":{\"key\":{\"type\":\"string\"},\"version\":{\"type\":\"integer\"},\"review_on\":{\"type\":\"string\"},\"title\":" TEXT_SCHEMA               \
    ",\"excerpt\":" TEXT_SCHEMA ",\"body\":" TEXT_SCHEMA                                                                                                        \
    ",\"owner\":{\"type\":\"object\"},\"services\":{\"type\":\"array\",\"items\":"                                                                              \
    "{\"type\":\"object\"}},\"coverage\":{\"type\":\"number\"},\"overdue\":{\"type\":\"boolean\"}}}}}}"

static const struct query_parameter QUERY[] = {
    {.name = "q",
     .help_zh = "问题；不填则列出已发布的文章，最有帮助的在前",
     .help_en = "the question; without it the published articles, those that helped most first"},
    {.name = "lang",
     .help_zh = "用哪种语言的文本查找；默认为界面语言",
     .help_en = "in the text of which language; by default that of the request",
     .choices = "zh-CN|en"},
    {.name = "department", .help_zh = "部门代码", .help_en = "code of a department", .most = 40},
    {.name = "service", .help_zh = "事项代码", .help_en = "code of a service", .most = 60},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL},
};
static const struct query_parameter SUGGEST_QUERY[] = {
    {.name = "q", .help_zh = "问题", .help_en = "the question", .required = true},
    {.name = "lang",
     .help_zh = "用哪种语言的文本查找；默认为界面语言",
     .help_en = "in the text of which language; by default that of the request",
     .choices = "zh-CN|en"},
    {.name = "limit",
     .help_zh = "最多几条",
     .help_en = "how many at most",
     .type = QUERY_INTEGER,
     .least = 1,
     .most = 20,
     .standard = "10"},
    {.name = NULL},
};

static enum lang lang_of(const struct request *q)
{
    struct slice said = request_query(q, "lang");
    return slice_is(said, "en") ? LANG_EN : slice_is(said, "zh-CN") ? LANG_ZH : q->lang;
}

static result search(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor, asked = request_query(q, "q");
    struct knowledge_filter f = {request_query(q, "department"), request_query(q, "service")};
    TRY(request_page(q, &limit, &cursor));
    if (!asked.n) return knowledge_browse(q->city, q->a, f, limit, cursor, q->now, &r->body);
    return knowledge_search(q->city, q->a, lang_of(q), asked, f, (size_t)limit, false, q->now, &r->body);
}

const struct endpoint EP_KNOWLEDGE_SEARCH = {.method = "GET",
                                             .path = "/knowledge",
                                             .right = {RIGHT_PUBLIC, 0, false},
                                             .summary_zh = "在知识库中查找答案，或浏览已发布的文章",
                                             .summary_en = "Find answers in the knowledge base, or leaf through it",
                                             .query = QUERY,
                                             .reply_schema = HIT_SCHEMA,
                                             .handle = search};

static result suggest(const struct request *q, struct reply *r)
{
    int64_t limit = 10;
    struct knowledge_filter any = {0};
    if (!slice_int64(request_query(q, "limit"), &limit)) limit = 10;
    return knowledge_search(q->city, q->a, lang_of(q), request_query(q, "q"), any, (size_t)limit, true, q->now,
                            &r->body);
}

const struct endpoint EP_KNOWLEDGE_SUGGEST = {.method = "GET",
                                              .path = "/desk/knowledge/suggest",
                                              .right = {RIGHT_STAFF, 0, false},
                                              .summary_zh = "坐席输入时推荐答案（含全文，不记录所输入的内容）",
                                              .summary_en =
                                                  "Answers while a clerk types, whole; what is typed is not kept",
                                              .query = SUGGEST_QUERY,
                                              .reply_schema = HIT_SCHEMA,
                                              .handle = suggest};

static result article(const struct request *q, struct reply *r)
{
    return knowledge_public(q->city, q->a, q->params[0], q->now, &r->body);
}

const struct endpoint EP_KNOWLEDGE_ARTICLE = {
    .method = "GET",
    .path = "/knowledge/{key}",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "知识库文章",
    .summary_en = "An article of the knowledge base",
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"key\",\"version\",\"title\",\"body\",\"owner\"],\"properties\":{\"key\":{\"type\":\"string\"},"
        "\"version\":{\"type\":\"integer\"},\"title\":" TEXT_SCHEMA ",\"body\":" TEXT_SCHEMA
        ",\"owner\":{\"type\":\"object\"},"
        "\"services\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"laws\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
        "\"published_at\":{\"type\":\"string\"},\"review_on\":{\"type\":\"string\"},\"overdue\":{\"type\":\"boolean\"}}}",
    .handle = article};

static result ask(const struct request *q, struct reply *r)
{
    enum lang lang = slice_is(json_string(q->body, "lang"), "en") ? LANG_EN : LANG_ZH;
    r->status = 204;
    return question_record(q->city, q->a, q->actor, lang, json_string(q->body, "question"), q->now);
}

const struct endpoint EP_KNOWLEDGE_ASK = {
    .method = "POST",
    .path = "/knowledge/questions",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_JSON_BODY | EP_COSTLY,
    .summary_zh = "没有找到答案的问题（不含个人信息地记录，供部门补充文章）",
    .summary_en = "A question without an answer: recorded without personal data, for the owners to write one",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"question\"],\"properties\":{\"question\":{\"type\":\"string\","
        "\"minLength\":1,\"maxLength\":200},\"lang\":{\"enum\":[\"zh-CN\",\"en\"]}}}",
    .handle = ask};
