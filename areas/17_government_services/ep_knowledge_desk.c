/* The knowledge base for those who write it. */
#include "areas/17_government_services/knowledge.h"
#include "city/sql.h"

#define TEXT_OF(max)                                                                                                     \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"zh\",\"en\"],\"properties\":{\"zh\":{\"type\":" \
    "\"string\",\"minLength\":1,\"maxLength\":" max "},\"en\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":" max   \
    "}}}"
#define CONTENT                                                                                                                        \
    "\"owner\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":40},\"review_on\":{\"type\":\"string\",\"format\":"                  \
    "\"date\"},\"title\":" TEXT_OF("200") ",\"body\":" TEXT_OF(                                                                        \
        "8000") ",\"words\":{\"type\":\"array\",\"maxItems\":40,"                                                                      \
                "\"items\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":60}},\"services\":{\"type\":\"array\",\"maxItems\":20,"  \
                "\"uniqueItems\":true,\"items\":{\"type\":\"string\",\"maxLength\":60}},\"laws\":{\"type\":\"array\",\"maxItems\":20," \
                "\"items\":" TEXT_OF("300") "}"
#define WRITERS                                    \
    {                                              \
        .kind = RIGHT_ROLES, .roles = TEXT_WRITERS \
    }
#define PUBLISHERS                                   \
    {                                                \
        .kind = RIGHT_ROLES, .roles = TEXT_RELEASERS \
    }
#define CONTENT_SCHEMA                                                                                                                       \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"owner\",\"review_on\",\"title\",\"body\"],\"properties\":{" CONTENT \
    "}}"
#define OBJECT_REPLY "{\"type\":\"object\"}"

/* ---- one article with its versions ---- */

static const struct stmt ARTICLE = {
    "kb_desk_article",
    "SELECT owner, review_on, version, retired_at, created_at, helpful, unhelpful FROM kb_article WHERE key = ?1", NULL,
    false};

static void set_uses(struct json_builder *b, const struct sql_value *helpful)
{
    json_set_int(b, "helpful", helpful[0].i);
    json_set_int(b, "unhelpful", helpful[1].i);
}

static void set_article(const struct request *q, struct json_builder *b, struct slice owner, int64_t review_on,
                        int64_t version, int64_t retired_at)
{
    const struct citydata *d = catalogue_data(q->city->catalogue);
    json_set(b, "owner", citydata_department_json(q->a, d, owner));
    json_set_str(b, "review_on", day_text(q->a, (day)review_on));
    json_set_bool(b, "overdue", version && review_on < day_of_instant(q->now));
    json_set(b, "published", version ? json_of_int(q->a, version) : json_null());
    json_set_instant(b, "retired_at", retired_at);
}

static result article_json(const struct request *q, struct slice key, const struct json **out)
{
    struct rows r;
    const struct json *versions;
    struct json_builder b = json_builder(q->a);
    TRY(store_query(q->city->store, q->a, &ARTICLE, BINDS(sql_text(key)), &r));
    if (!r.n) return fail(q->a, CODE_NOT_FOUND, S("article"), "value", key, NULL);
    const struct sql_value *v = row(&r, 0);
    TRY(versions_json(q->city, q->a, &KNOWLEDGE_VERSIONS, key, &versions));
    json_set_str(&b, "key", key);
    set_article(q, &b, v[0].s, v[1].i, v[2].i, v[3].i);
    json_set_instant(&b, "created_at", v[4].i);
    set_uses(&b, v + 5);
    json_set(&b, "versions", versions);
    json_set_bool(&b, "may_write", text_may_write(q->actor, v[0].s));
    json_set_bool(&b, "may_publish", text_may_release(q->actor, v[0].s));
    *out = json_object(&b);
    return ok();
}

static result get(const struct request *q, struct reply *r)
{
    return article_json(q, q->params[0], &r->body);
}

const struct endpoint EP_KNOWLEDGE_GET = {.method = "GET",
                                          .path = "/desk/knowledge/articles/{key}",
                                          .right = WRITERS,
                                          .summary_zh = "一篇文章及其各版本",
                                          .summary_en = "An article with its versions",
                                          .reply_schema = OBJECT_REPLY,
                                          .handle = get};

/* ---- lists ---- */

/* ?1 which, ?2 department ("": all), ?3 today, ?4 after this key, ?5 how many; the newest version gives the title */
static const struct stmt LIST = {
    "kb_desk_list",
    "SELECT a.key, a.owner, a.review_on, a.version, a.retired_at, v.content, v.version, v.state, a.helpful,"
    " a.unhelpful FROM kb_article a"
    " JOIN kb_version v ON v.key = a.key AND v.version = (SELECT max(w.version) FROM kb_version w WHERE w.key = a.key)"
    " WHERE (?2 = '' OR a.owner = ?2) AND a.key > ?4 AND (?1 = 'all' OR (?1 = 'overdue' AND a.version > 0 AND"
    " a.review_on < ?3) OR (?1 = 'waiting' AND v.state = 'waiting') OR (?1 = 'retired' AND a.retired_at > 0)"
    " OR (?1 = 'unhelpful' AND a.unhelpful > 0))"
    " ORDER BY a.key LIMIT ?5",
    NULL, false};

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
                          sql_int(day_of_instant(q->now)), sql_text(cursor), sql_int(limit + 1)),
                    &rows));
    for (size_t i = 0; i < rows.n && (int64_t)i < limit; i++) {
        const struct sql_value *v = row(&rows, i);
        const struct json *content;
        struct json_builder o = json_builder(q->a);
        TRY(json_parse(q->a, v[5].s, 1 << 20, S("content"), &content));
        json_set_str(&o, "key", v[0].s);
        json_set(&o, "title", json_get(content, "title"));
        set_article(q, &o, v[1].s, v[2].i, v[3].i, v[4].i);
        json_set_int(&o, "version", v[6].i);
        json_set_str(&o, "state", v[7].s);
        set_uses(&o, v + 8);
        json_add(&items, json_object(&o));
        last = v[0].s;
    }
    json_set(&b, "items", json_array(&items));
    json_set(&b, "next", (int64_t)rows.n > limit ? json_of_string(q->a, last) : json_null());
    r->body = json_object(&b);
    return ok();
}

static const struct query_parameter LIST_QUERY[] = {
    {.name = "list",
     .help_zh = "全部、复核逾期、待他人发布、已下架、有人说没有帮助",
     .help_en = "all, review overdue, waiting for a second person, taken off, somebody said that it did not help",
     .choices = "all|overdue|waiting|retired|unhelpful",
     .standard = "all"},
    {.name = "department", .help_zh = "部门代码", .help_en = "code of a department", .most = 40},
    QUERY_LIMIT,
    QUERY_CURSOR,
    {.name = NULL},
};

const struct endpoint EP_KNOWLEDGE_LIST = {
    .method = "GET",
    .path = "/desk/knowledge/articles",
    .right = WRITERS,
    .summary_zh = "知识库文章清单（可只列复核逾期的、待发布的）",
    .summary_en = "Articles of the knowledge base, or those overdue for review, or those waiting",
    .query = LIST_QUERY,
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"next\":{\"type\":[\"string\",\"null\"]}}}",
    .handle = list};

/* ---- writing ---- */

static result submitted(const struct request *q, struct reply *r, struct slice key, const struct json *content,
                        bool create)
{
    int64_t version;
    TRY(knowledge_submit(q->city, q->a, q->actor, key, content, create, q->now, &version));
    r->status = 201;
    return article_json(q, key, &r->body);
}

static result new_article(const struct request *q, struct reply *r)
{
    struct json_builder b = json_builder(q->a);
    for (size_t i = 0; i < q->body->n; i++)
        if (!slice_is(q->body->keys[i], "key")) json_set_slice(&b, q->body->keys[i], q->body->items[i]);
    return submitted(q, r, json_string(q->body, "key"), json_object(&b), true);
}

const struct endpoint EP_KNOWLEDGE_NEW = {
    .method = "POST",
    .path = "/desk/knowledge/articles",
    .right = WRITERS,
    .flags = EP_JSON_BODY,
    .summary_zh = "新文章，待他人发布",
    .summary_en = "A new article, which waits for a second person",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"key\",\"owner\",\"review_on\",\"title\",\"body\"],"
        "\"properties\":{\"key\":{\"type\":\"string\",\"pattern\":\"^[a-z][a-z0-9_]{2,59}$\"}," CONTENT "}}",
    .reply_schema = OBJECT_REPLY,
    .handle = new_article};

static result new_version(const struct request *q, struct reply *r)
{
    return submitted(q, r, q->params[0], q->body, false);
}

const struct endpoint EP_KNOWLEDGE_VERSION = {.method = "POST",
                                              .path = "/desk/knowledge/articles/{key}/versions",
                                              .right = WRITERS,
                                              .flags = EP_JSON_BODY,
                                              .summary_zh = "文章的新版本，待他人发布",
                                              .summary_en =
                                                  "A new version of an article, which waits for a second person",
                                              .request_schema = CONTENT_SCHEMA,
                                              .reply_schema = OBJECT_REPLY,
                                              .handle = new_version};

static result decide(const struct request *q, struct reply *r, bool publish, struct slice reason)
{
    int64_t version;
    if (!slice_int64(q->params[1], &version))
        return fail(q->a, CODE_NOT_FOUND, S("version"), "value", q->params[1], NULL);
    TRY(knowledge_decide(q->city, q->a, q->actor, q->params[0], version, publish, reason, q->now));
    return article_json(q, q->params[0], &r->body);
}

static result approve(const struct request *q, struct reply *r)
{
    return decide(q, r, true, S(""));
}

const struct endpoint EP_KNOWLEDGE_APPROVE = {.method = "POST",
                                              .path = "/desk/knowledge/articles/{key}/versions/{version}/approve",
                                              .right = PUBLISHERS,
                                              .summary_zh = "发布他人所写的版本",
                                              .summary_en = "Publishes a version that somebody else wrote",
                                              .reply_schema = OBJECT_REPLY,
                                              .handle = approve};

static result reject(const struct request *q, struct reply *r)
{
    return decide(q, r, false, json_string(q->body, "reason"));
}

const struct endpoint EP_KNOWLEDGE_REJECT = {
    .method = "POST",
    .path = "/desk/knowledge/articles/{key}/versions/{version}/reject",
    .right = PUBLISHERS,
    .flags = EP_JSON_BODY,
    .summary_zh = "退回他人所写的版本，说明理由",
    .summary_en = "Turns down a version that somebody else wrote, with a reason",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"reason\"],\"properties\":{\"reason\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":500}}}",
    .reply_schema = OBJECT_REPLY,
    .handle = reject};

static result review(const struct request *q, struct reply *r)
{
    day until;
    TRY(day_parse(q->a, json_string(q->body, "review_on"), S("/review_on"), &until));
    TRY(knowledge_review(q->city, q->a, q->actor, q->params[0], until, q->now));
    return article_json(q, q->params[0], &r->body);
}

const struct endpoint EP_KNOWLEDGE_REVIEW = {
    .method = "POST",
    .path = "/desk/knowledge/articles/{key}/review",
    .right = WRITERS,
    .flags = EP_JSON_BODY,
    .summary_zh = "已复核无误，定下次复核日期",
    .summary_en = "Looked at and right: until the next review",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"review_on\"],\"properties\":{\"review_on\":{\"type\":\"string\",\"format\":\"date\"}}}",
    .reply_schema = OBJECT_REPLY,
    .handle = review};

static result retire(const struct request *q, struct reply *r)
{
    TRY(knowledge_retire(q->city, q->a, q->actor, q->params[0], q->now));
    return article_json(q, q->params[0], &r->body);
}

const struct endpoint EP_KNOWLEDGE_RETIRE = {.method = "POST",
                                             .path = "/desk/knowledge/articles/{key}/retire",
                                             .right = PUBLISHERS,
                                             .summary_zh = "下架文章",
                                             .summary_en = "Takes an article off",
                                             .reply_schema = OBJECT_REPLY,
                                             .handle = retire};
