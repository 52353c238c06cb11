/* What people make of the articles: the list that everybody may leaf through, the most helpful first, and their word on each. */
#include "areas/17_government_services/knowledge.h"
#include "city/sql.h"

/* ---- which services an article is about ---- */

static const struct stmt LINKS_CLEAR = {"kb_service_clear", "DELETE FROM kb_service WHERE key = ?1", NULL, false};
static const struct stmt LINK_ADD = {
    "kb_service_add", "INSERT INTO kb_service (service, key) VALUES (?1,?2) ON CONFLICT DO NOTHING", NULL, false};
static const struct stmt LINK_HAS = {"kb_service_has", "SELECT 1 FROM kb_service WHERE service = ?1 AND key = ?2", NULL,
                                     false};

result knowledge_link(struct tx *tx, struct arena *a, struct slice key, const struct json *services)
{
    TRY(tx_exec(tx, a, &LINKS_CLEAR, BINDS(sql_text(key)), NULL));
    for (size_t i = 0; services && i < services->n; i++)
        TRY(tx_exec(tx, a, &LINK_ADD, BINDS(sql_text(services->items[i]->text), sql_text(key)), NULL));
    return ok();
}

result knowledge_is_about(struct city *c, struct arena *a, struct slice key, struct slice service, bool *out)
{
    struct rows r;
    TRY(store_query(c->store, a, &LINK_HAS, BINDS(sql_text(service), sql_text(key)), &r));
    *out = r.n > 0;
    return ok();
}

/* ---- leafing through ---- */

/* ?1 department ("": all), ?2 how many, ?3 after so many */
static const struct stmt BROWSE = {
    "kb_browse",
    "SELECT key FROM kb_article WHERE version > 0 AND (?1 = '' OR owner = ?1) ORDER BY helpful DESC, key LIMIT ?2 OFFSET ?3",
    NULL, false};
/* ?1 department ("": all), ?2 how many, ?3 after so many, ?4 service */
static const struct stmt BROWSE_SERVICE = {
    "kb_browse_service",
    "SELECT a.key FROM kb_service s JOIN kb_article a ON a.key = s.key WHERE s.service = ?4 AND a.version > 0"
    " AND (?1 = '' OR a.owner = ?1) ORDER BY a.helpful DESC, a.key LIMIT ?2 OFFSET ?3",
    NULL, false};

result knowledge_browse(struct city *c, struct arena *a, struct knowledge_filter f, int64_t limit, struct slice cursor,
                        instant now, const struct json **out)
{
    struct rows r;
    int64_t from = 0;
    struct json_builder items = json_builder(a), b = json_builder(a);
    if (cursor.n && (!slice_int64(cursor, &from) || from < 0 || from > 1000000))
        return fail(a, CODE_QUERY_BAD, S("cursor"), "value", cursor, NULL);
    struct sql_value binds[] = {sql_text(f.department), sql_int(limit + 1), sql_int(from), sql_text(f.service)};
    TRY(store_query(c->store, a, f.service.n ? &BROWSE_SERVICE : &BROWSE, binds, f.service.n ? 4 : 3, &r));
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) {
        const struct json *one;
        result got = knowledge_card(c, a, row(&r, i)[0].s, now, &one);
        if (result_code(got) == CODE_NOT_FOUND) continue; /* taken off between the two readings */
        TRY(got);
        json_add(&items, one);
    }
    json_set(&b, "items", json_array(&items));
    long long next = from + limit;
    json_set(&b, "next", (int64_t)r.n > limit ? json_of_string(a, arena_printf(a, "%lld", next)) : json_null());
    json_set_bool(&b, "answered", r.n > 0);
    *out = json_object(&b);
    return ok();
}

/* ---- did it help ---- */

static const struct stmt HELPED = {
    "kb_helped",
    "UPDATE kb_article SET helpful = helpful + ?2, unhelpful = unhelpful + ?3 WHERE key = ?1 AND version > 0", NULL,
    false};

static result feedback_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct request *q = ctx;
    int64_t changed;
    bool helpful = json_bool(q->body, "helpful", false);
    TRY(tx_exec(tx, a, &HELPED, BINDS(sql_text(q->params[0]), sql_int(helpful), sql_int(!helpful)), &changed));
    return changed ? ok() : fail(a, CODE_NOT_FOUND, S("article"), "value", q->params[0], NULL);
}

static result feedback(const struct request *q, struct reply *r)
{
    struct request copy = *q;
    r->status = 204;
    return store_run(q->city->store, q->a, "knowledge_feedback", feedback_body, &copy);
}

const struct endpoint EP_KNOWLEDGE_FEEDBACK = {
    .method = "POST",
    .path = "/knowledge/{key}/feedback",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_JSON_BODY | EP_COSTLY,
    .summary_zh = "这篇文章有没有帮助（只计数，不记是谁）",
    .summary_en = "Whether an article helped: counted, without who",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"helpful\"],\"properties\":{\"helpful\":{\"type\":\"boolean\"}}}",
    .handle = feedback};
