/* The guide for everybody, and for those who draw it. */
#include "areas/17_government_services/knowledge.h"
#include "city/identity/identity.h"
#include "city/sql.h"

#define DESIGNERS                                                                \
    {                                                                            \
        .kind = RIGHT_ROLES, .roles = 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER \
    }
#define GUIDE_BODY \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"start\",\"nodes\"],\"properties\":{\"start\":{\"type\":\"string\"},\"nodes\":{\"type\":\"object\"}}}"

static const struct stmt PUBLISHED = {"guide_published",
                                      "SELECT version, content FROM kb_guide WHERE state = 'published'", NULL, false};
static const struct stmt TITLE = {
    "guide_article_title",
    "SELECT v.content FROM kb_article a JOIN kb_version v ON v.key = a.key AND v.version = a.version WHERE a.key = ?1",
    NULL, false};

/* Names of what the answers lead to; what is no longer there has none. */
static result add_names(const struct request *q, const struct json *guide, struct json_builder *services,
                        struct json_builder *articles)
{
    const struct json *nodes = json_get(guide, "nodes");
    for (size_t i = 0; nodes && i < nodes->n; i++) {
        const struct json *answers = json_get(nodes->items[i], "answers");
        for (size_t k = 0; answers && k < answers->n; k++) {
            const struct service *s;
            const struct json *content;
            struct rows r;
            struct slice service = json_string(answers->items[k], "service");
            struct slice article = json_string(answers->items[k], "article");
            if (service.n && !failed(catalogue_current(q->city->catalogue, q->a, service, &s)))
                json_set_slice(services, service, bitext_json(q->a, service_name(s)));
            if (!article.n) continue;
            TRY(store_query(q->city->store, q->a, &TITLE, BINDS(sql_text(article)), &r));
            if (!r.n) continue;
            TRY(json_parse(q->a, row(&r, 0)[0].s, 1 << 20, S("content"), &content));
            json_set_slice(articles, article, json_get(content, "title"));
        }
    }
    return ok();
}

static result guide(const struct request *q, struct reply *r)
{
    struct rows rows;
    const struct json *v;
    struct json_builder b = json_builder(q->a), services = json_builder(q->a), articles = json_builder(q->a);
    TRY(store_query(q->city->store, q->a, &PUBLISHED, NULL, 0, &rows));
    if (!rows.n) return fail(q->a, CODE_NOT_FOUND, S("guide"), "value", S("guide"), NULL);
    TRY(json_parse(q->a, row(&rows, 0)[1].s, 1 << 20, S("guide"), &v));
    TRY(add_names(q, v, &services, &articles));
    json_set_int(&b, "version", row(&rows, 0)[0].i);
    json_set(&b, "services", json_object(&services));
    json_set(&b, "articles", json_object(&articles));
    r->body = json_merge(q->a, v, json_object(&b));
    return ok();
}

const struct endpoint EP_GUIDE = {
    .method = "GET",
    .path = "/guide",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "智能导办：逐问引导到事项",
    .summary_en = "The guide: questions that lead to the right service",
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"version\",\"start\",\"nodes\",\"services\",\"articles\"],\"properties\":{\"version\":{\"type\":\"integer\"},"
        "\"start\":{\"type\":\"string\"},\"nodes\":{\"type\":\"object\"},\"services\":{\"type\":\"object\"},\"articles\":{\"type\":\"object\"}}}",
    .handle = guide};

static const struct stmt VERSIONS = {
    "guide_versions",
    "SELECT version, content, state, made_by, made_at, decided_by, decided_at FROM kb_guide ORDER BY version DESC LIMIT 20",
    NULL, false};

static const struct json *who(const struct request *q, struct slice account)
{
    struct json_builder b = json_builder(q->a);
    if (!account.n) return json_null();
    json_set_id(&b, "id", account);
    json_set_str(&b, "name", identity_name_of(q->city, q->a, account, ACTOR_STAFF));
    return json_object(&b);
}

static result versions(const struct request *q, struct reply *r)
{
    struct rows rows;
    struct json_builder items = json_builder(q->a), b = json_builder(q->a);
    TRY(store_query(q->city->store, q->a, &VERSIONS, NULL, 0, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_value *v = row(&rows, i);
        const struct json *content;
        struct json_builder o = json_builder(q->a);
        TRY(json_parse(q->a, v[1].s, 1 << 20, S("guide"), &content));
        json_set_int(&o, "version", v[0].i);
        json_set(&o, "guide", content);
        json_set_str(&o, "state", v[2].s);
        json_set(&o, "made_by", who(q, v[3].s));
        json_set_instant(&o, "made_at", v[4].i);
        json_set(&o, "decided_by", who(q, v[5].s));
        json_set_instant(&o, "decided_at", v[6].i);
        json_add(&items, json_object(&o));
    }
    json_set(&b, "items", json_array(&items));
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_GUIDE_VERSIONS = {
    .method = "GET",
    .path = "/studio/guide",
    .right = DESIGNERS,
    .summary_zh = "导办树的各版本",
    .summary_en = "Versions of the guide",
    .reply_schema =
        "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}}}",
    .handle = versions};

static result check(const struct request *q, struct reply *r)
{
    r->status = 204;
    return guide_check(q->city, q->a, q->body, S(""));
}

const struct endpoint EP_GUIDE_CHECK = {.method = "POST",
                                        .path = "/studio/guide/check",
                                        .right = DESIGNERS,
                                        .flags = EP_JSON_BODY,
                                        .body_max = 1 << 20,
                                        .summary_zh = "检查导办树：死路、绕圈、到达不了的问题",
                                        .summary_en = "Checks a guide: dead ends, circles, questions nobody comes to",
                                        .request_schema = GUIDE_BODY,
                                        .handle = check};

static result submit(const struct request *q, struct reply *r)
{
    int64_t version;
    struct json_builder b = json_builder(q->a);
    TRY(guide_submit(q->city, q->a, q->actor, q->body, false, q->now, &version));
    json_set_int(&b, "version", version);
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_GUIDE_SUBMIT = {
    .method = "POST",
    .path = "/studio/guide",
    .right = DESIGNERS,
    .flags = EP_JSON_BODY,
    .body_max = 1 << 20,
    .summary_zh = "提交导办树的新版本，待他人发布",
    .summary_en = "A new version of the guide, which waits for a second person",
    .request_schema = GUIDE_BODY,
    .reply_schema = "{\"type\":\"object\",\"properties\":{\"version\":{\"type\":\"integer\"}}}",
    .handle = submit};

/* ---- publishing ---- */

static const struct stmt LOAD = {"guide_load", "SELECT content, state, made_by FROM kb_guide WHERE version = ?1", NULL,
                                 true};
static const struct stmt REPLACE = {"guide_replace_published",
                                    "UPDATE kb_guide SET state = 'replaced' WHERE state = 'published'", NULL, false};
static const struct stmt PUBLISH = {
    "guide_publish", "UPDATE kb_guide SET state = 'published', decided_by = ?2, decided_at = ?3 WHERE version = ?1",
    NULL, false};
static const struct stmt LOOK = {"guide_look", "SELECT content FROM kb_guide WHERE version = ?1", NULL, false};

static result approve_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct request *q = ctx;
    struct rows r;
    int64_t version = 0;
    struct json_builder b = json_builder(a);
    (void)slice_int64(q->params[0], &version);
    TRY(tx_query(tx, a, &LOAD, BINDS(sql_int(version)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("version"), "value", q->params[0], NULL);
    const struct sql_value *v = row(&r, 0);
    if (!slice_is(v[1].s, "waiting")) return fail(a, CODE_REQUEST_SETTLED, S("version"), "value", v[1].s, NULL);
    if (slice_eq(v[2].s, id_bytes(&q->actor->account))) return fail(a, CODE_TWO_PEOPLE, S("version"), NULL);
    TRY(tx_exec(tx, a, &REPLACE, NULL, 0, NULL));
    TRY(tx_exec(tx, a, &PUBLISH, BINDS(sql_int(version), sql_id(&q->actor->account), sql_int(q->now)), NULL));
    json_set_int(&b, "version", version);
    return audit_add(tx, a, q->actor, q->now, "guide.published", json_object(&b));
}

/* Checked again: a service may have gone since it was submitted. */
static result approve(const struct request *q, struct reply *r)
{
    struct request copy = *q;
    struct rows rows;
    const struct json *v;
    int64_t version;
    if (!slice_int64(q->params[0], &version))
        return fail(q->a, CODE_NOT_FOUND, S("version"), "value", q->params[0], NULL);
    TRY(store_query(q->city->store, q->a, &LOOK, BINDS(sql_int(version)), &rows));
    if (!rows.n) return fail(q->a, CODE_NOT_FOUND, S("version"), "value", q->params[0], NULL);
    TRY(json_parse(q->a, row(&rows, 0)[0].s, 1 << 20, S("guide"), &v));
    TRY(guide_check(q->city, q->a, v, S("")));
    r->status = 204;
    return store_run(q->city->store, q->a, "guide_approve", approve_body, &copy);
}

const struct endpoint EP_GUIDE_APPROVE = {.method = "POST",
                                          .path = "/studio/guide/{version}/approve",
                                          .right = {.kind = RIGHT_ROLES, .roles = 1u << ROLE_PUBLISHER},
                                          .summary_zh = "发布他人提交的导办树",
                                          .summary_en = "Publishes a guide that somebody else submitted",
                                          .handle = approve};
