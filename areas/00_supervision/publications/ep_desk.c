/* Publications for those who write and release them. */
#include "areas/00_supervision/publications/news.h"
#include "city/sql.h"

#define TEXT_OF(max)                                                                                                         \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"zh\"],\"properties\":{\"zh\":{\"type\":\"string\"," \
    "\"minLength\":1,\"maxLength\":" max "},\"en\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":" max "}}}"
#define DATE "{\"type\":\"string\",\"format\":\"date\"}"
#define CONTENT                                                                                                                                   \
    "\"kind\":{\"enum\":[\"interpretation\",\"case\",\"notice\"]},\"title\":" TEXT_OF("200") ",\"summary\":" TEXT_OF("500") ",\"body\":" TEXT_OF( \
        "20000") ",\"department\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":40},"                                                        \
                 "\"number\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":60},\"date\":" DATE                                               \
                 ",\"areas\":{\"type\":\"array\","                                                                                                \
                 "\"maxItems\":18,\"uniqueItems\":true,\"items\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":18}},\"services\":"              \
                 "{\"type\":\"array\",\"maxItems\":20,\"uniqueItems\":true,\"items\":{\"type\":\"string\",\"maxLength\":60}},"                    \
                 "\"laws\":{\"type\":\"array\",\"maxItems\":20,\"items\":" TEXT_OF(                                                               \
                     "300") "},\"valid_from\":" DATE ",\"valid_to\":" DATE                                                                        \
                            ",\"attachments\":{\"type\":\"array\",\"maxItems\":10,\"items\":{\"type\":\"object\","                                \
                            "\"additionalProperties\":false,\"required\":[\"sha256\",\"name\"],\"properties\":{\"sha256\":{\"type\":\"string\","  \
                            "\"pattern\":\"^[0-9a-f]{64}$\"},\"name\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":120}}}},"                \
                            "\"correction\":" TEXT_OF("500")
#define REQUIRED "\"required\":[\"kind\",\"title\",\"summary\",\"body\",\"department\",\"date\"]"
#define WRITERS                                    \
    {                                              \
        .kind = RIGHT_ROLES, .roles = TEXT_WRITERS \
    }
#define RELEASERS                                    \
    {                                                \
        .kind = RIGHT_ROLES, .roles = TEXT_RELEASERS \
    }
#define OBJECT_REPLY "{\"type\":\"object\"}"
#define PIECE_MAX ((size_t)512 * 1024)

/* ---- one piece with its versions ---- */

static const struct stmt ONE = {
    "news_desk_one", "SELECT department, version, released_at, withdrawn_at, withdrawn_why FROM news WHERE key = ?1",
    NULL, false};

static result piece_json(const struct request *q, struct slice key, const struct json **out)
{
    struct rows r;
    const struct json *versions, *why = json_null();
    struct json_builder b = json_builder(q->a);
    TRY(store_query(q->city->store, q->a, &ONE, BINDS(sql_text(key)), &r));
    if (!r.n) return fail(q->a, CODE_NOT_FOUND, S("key"), "value", key, NULL);
    const struct sql_value *v = row(&r, 0);
    TRY(versions_json(q->city, q->a, &NEWS_VERSIONS, key, &versions));
    if (v[3].i) TRY(json_parse(q->a, v[4].s, 1 << 16, S("reason"), &why));
    json_set_str(&b, "key", key);
    json_set(&b, "department", citydata_department_json(q->a, catalogue_data(q->city->catalogue), v[0].s));
    json_set(&b, "released", v[1].i && !v[3].i ? json_of_int(q->a, v[1].i) : json_null());
    json_set_bool(&b, "was_released", v[2].i != 0);
    json_set_instant(&b, "withdrawn_at", v[3].i);
    json_set(&b, "withdrawn_reason", why);
    json_set(&b, "versions", versions);
    json_set_bool(&b, "may_write", text_may_write(q->actor, v[0].s));
    json_set_bool(&b, "may_release", text_may_release(q->actor, v[0].s));
    *out = json_object(&b);
    return ok();
}

static result get(const struct request *q, struct reply *r)
{
    return piece_json(q, q->params[0], &r->body);
}

const struct endpoint EP_NEWS_GET = {.method = "GET",
                                     .path = "/desk/news/{key}",
                                     .right = WRITERS,
                                     .summary_zh = "一篇发布内容及其各版本",
                                     .summary_en = "A publication with its versions",
                                     .reply_schema = OBJECT_REPLY,
                                     .handle = get};

/* ---- lists ---- */

/* ?1 which, ?2 department ("": all), ?3 before this key, ?4 how many; the newest version gives the title */
static const struct stmt LIST = {
    "news_desk_list",
    "SELECT n.key, n.department, n.version, n.withdrawn_at, v.content, v.version, v.state, v.made_at FROM news n"
    " JOIN news_version v ON v.key = n.key AND v.version = (SELECT max(w.version) FROM news_version w WHERE w.key = n.key)"
    " WHERE (?2 = '' OR n.department = ?2) AND (?3 = '' OR n.key < ?3) AND (?1 = 'all' OR (?1 = 'waiting' AND v.state = 'waiting')"
    " OR (?1 = 'released' AND n.version > 0 AND n.withdrawn_at = 0) OR (?1 = 'withdrawn' AND n.withdrawn_at > 0))"
    " ORDER BY n.key DESC LIMIT ?4",
    NULL, false};

static const struct json *line(const struct request *q, const struct sql_value *v, const struct json *content)
{
    struct json_builder b = json_builder(q->a);
    json_set_str(&b, "key", v[0].s);
    json_set(&b, "department", citydata_department_json(q->a, catalogue_data(q->city->catalogue), v[1].s));
    json_set(&b, "released", v[2].i && !v[3].i ? json_of_int(q->a, v[2].i) : json_null());
    json_set_instant(&b, "withdrawn_at", v[3].i);
    json_set(&b, "kind", json_get(content, "kind"));
    json_set(&b, "title", json_get(content, "title"));
    json_set(&b, "date", json_get(content, "date"));
    json_set_int(&b, "version", v[5].i);
    json_set_str(&b, "state", v[6].s);
    json_set_instant(&b, "made_at", v[7].i);
    return json_object(&b);
}

static result list(const struct request *q, struct reply *r)
{
    struct rows rows;
    int64_t limit;
    struct slice cursor, last = {NULL, 0};
    struct json_builder items = json_builder(q->a), b = json_builder(q->a);
    TRY(request_page(q, &limit, &cursor));
    struct slice which = request_query(q, "list");
    TRY(store_query(q->city->store, q->a, &LIST,
                    BINDS(sql_text(which.n ? which : S("all")), sql_text(request_query(q, "department")),
                          sql_text(cursor), sql_int(limit + 1)),
                    &rows));
    for (size_t i = 0; i < rows.n && (int64_t)i < limit; i++) {
        const struct json *content;
        TRY(json_parse(q->a, row(&rows, i)[4].s, 1 << 20, S("content"), &content));
        json_add(&items, line(q, row(&rows, i), content));
        last = row(&rows, i)[0].s;
    }
    json_set(&b, "items", json_array(&items));
    json_set(&b, "next", (int64_t)rows.n > limit ? json_of_string(q->a, last) : json_null());
    r->body = json_object(&b);
    return ok();
}

static const struct query_parameter LIST_QUERY[] = {
    {.name = "list",
     .help_zh = "全部、待他人发布、已发布、已撤回",
     .help_en = "all, waiting for a second person, released, withdrawn",
     .choices = "all|waiting|released|withdrawn",
     .standard = "all"},
    {.name = "department", .help_zh = "部门代码", .help_en = "code of a department", .most = 40},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL},
};

const struct endpoint EP_NEWS_DESK = {
    .method = "GET",
    .path = "/desk/news",
    .right = WRITERS,
    .summary_zh = "发布内容清单（可只列待发布的）",
    .summary_en = "Publications, or those that wait for a second person",
    .query = LIST_QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"next\":{\"type\":[\"string\",\"null\"]}}}",
    .handle = list};

/* ---- writing ---- */

static result submitted(const struct request *q, struct reply *r, struct slice key, const struct json *content,
                        bool create)
{
    int64_t version;
    TRY(news_submit(q->city, q->a, q->actor, &key, content, create, q->now, &version));
    r->status = 201;
    return piece_json(q, key, &r->body);
}

static result new_piece(const struct request *q, struct reply *r)
{
    struct json_builder b = json_builder(q->a);
    for (size_t i = 0; i < q->body->n; i++)
        if (!slice_is(q->body->keys[i], "key")) json_set_slice(&b, q->body->keys[i], q->body->items[i]);
    return submitted(q, r, json_string(q->body, "key"), json_object(&b), true);
}

const struct endpoint EP_NEWS_NEW = {
    .method = "POST",
    .path = "/desk/news",
    .right = WRITERS,
    .flags = EP_JSON_BODY,
    .body_max = PIECE_MAX,
    .summary_zh = "新的发布内容，待他人发布（不填 key 时自动编号）",
    .summary_en = "A new publication, which waits for a second person (a key is made when none is given)",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false," REQUIRED
        ",\"properties\":{\"key\":{\"type\":\"string\",\"pattern\":\"^[a-z0-9][a-z0-9-]{2,59}$\"}," CONTENT "}}",
    .reply_schema = OBJECT_REPLY,
    .handle = new_piece};

static result new_version(const struct request *q, struct reply *r)
{
    return submitted(q, r, q->params[0], q->body, false);
}

const struct endpoint EP_NEWS_VERSION = {
    .method = "POST",
    .path = "/desk/news/{key}/versions",
    .right = WRITERS,
    .flags = EP_JSON_BODY,
    .body_max = PIECE_MAX,
    .summary_zh = "新版本，待他人发布；已发布过的须写明更正了什么",
    .summary_en = "A new version, which waits for a second person; once released, with a note of what was corrected",
    .request_schema = "{\"type\":\"object\",\"additionalProperties\":false," REQUIRED ",\"properties\":{" CONTENT "}}",
    .reply_schema = OBJECT_REPLY,
    .handle = new_version};

static result decide(const struct request *q, struct reply *r, bool release, struct slice reason)
{
    int64_t version;
    if (!slice_int64(q->params[1], &version))
        return fail(q->a, CODE_NOT_FOUND, S("version"), "value", q->params[1], NULL);
    TRY(news_decide(q->city, q->a, q->actor, q->params[0], version, release, reason, q->now));
    return piece_json(q, q->params[0], &r->body);
}

static result approve(const struct request *q, struct reply *r)
{
    return decide(q, r, true, S(""));
}

const struct endpoint EP_NEWS_APPROVE = {.method = "POST",
                                         .path = "/desk/news/{key}/versions/{version}/approve",
                                         .right = RELEASERS,
                                         .summary_zh = "发布他人所写的版本",
                                         .summary_en = "Releases a version that somebody else wrote",
                                         .reply_schema = OBJECT_REPLY,
                                         .handle = approve};

static result reject(const struct request *q, struct reply *r)
{
    return decide(q, r, false, json_string(q->body, "reason"));
}

const struct endpoint EP_NEWS_REJECT = {
    .method = "POST",
    .path = "/desk/news/{key}/versions/{version}/reject",
    .right = RELEASERS,
    .flags = EP_JSON_BODY,
    .summary_zh = "退回他人所写的版本，说明理由",
    .summary_en = "Turns down a version that somebody else wrote, with a reason",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"reason\"],\"properties\":{\"reason\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":500}}}",
    .reply_schema = OBJECT_REPLY,
    .handle = reject};

static result withdraw(const struct request *q, struct reply *r)
{
    TRY(news_withdraw(q->city, q->a, q->actor, q->params[0], json_get(q->body, "reason"), q->now));
    return piece_json(q, q->params[0], &r->body);
}

const struct endpoint EP_NEWS_WITHDRAW = {
    .method = "POST",
    .path = "/desk/news/{key}/withdraw",
    .right = RELEASERS,
    .flags = EP_JSON_BODY,
    .summary_zh = "撤回已发布的内容，理由向社会公开",
    .summary_en = "Withdraws what was released; everybody sees the reason",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"reason\"],\"properties\":{\"reason\":" TEXT_OF(
            "500") "}}",
    .reply_schema = OBJECT_REPLY,
    .handle = withdraw};
