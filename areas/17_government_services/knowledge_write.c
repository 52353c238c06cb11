/* Articles: written by one, published by another. */
#include "areas/17_government_services/knowledge.h"
#include "city/sql.h"

static const struct stmt ARTICLE_LOAD = {
    "kb_article_load", "SELECT owner, version, retired_at FROM kb_article WHERE key = ?1", NULL, true};
static const struct stmt ARTICLE_ADD = {
    "kb_article_add",
    "INSERT INTO kb_article (key, owner, review_on, version, retired_at, created_at) VALUES (?1,?2,?3,0,0,?4)"
    " ON CONFLICT DO NOTHING",
    NULL, false};
static const struct stmt ARTICLE_SET = {
    "kb_article_set",
    "UPDATE kb_article SET owner = ?2, review_on = ?3, version = ?4, retired_at = 0, unhelpful = 0 WHERE key = ?1",
    NULL, false};
static const struct stmt ARTICLE_REVIEW = {"kb_article_review", "UPDATE kb_article SET review_on = ?2 WHERE key = ?1",
                                           NULL, false};
static const struct stmt ARTICLE_RETIRE = {
    "kb_article_retire", "UPDATE kb_article SET retired_at = ?2, version = 0 WHERE key = ?1", NULL, false};
static const struct stmt VERSION_LAST = {
    "kb_version_last", "SELECT coalesce(max(version), 0) FROM kb_version WHERE key = ?1", NULL, false};
static const struct stmt VERSION_LOAD = {
    "kb_version_load", "SELECT content, state, made_by FROM kb_version WHERE key = ?1 AND version = ?2", NULL, true};
static const struct stmt VERSION_ADD = {
    "kb_version_add",
    "INSERT INTO kb_version (key, version, content, state, made_by, made_at, decided_by, decided_at, reason)"
    " VALUES (?1,?2,?3,'waiting',?4,?5,NULL,0,'')",
    NULL, false};
static const struct stmt VERSION_DECIDE = {
    "kb_version_decide",
    "UPDATE kb_version SET state = ?3, decided_by = ?4, decided_at = ?5, reason = ?6 WHERE key = ?1 AND version = ?2",
    NULL, false};
static const struct stmt VERSIONS_REPLACE = {
    "kb_versions_replace", "UPDATE kb_version SET state = 'replaced' WHERE key = ?1 AND state = ?2", NULL, false};

/* ---- who may ---- */

static bool has_one_of(const struct actor *x, uint32_t roles, struct slice department)
{
    struct slice any = {NULL, 0};
    for (int i = 0; i < ROLE_COUNT; i++)
        if ((roles & (1u << i)) && actor_has_role(x, (enum role)i, department, any)) return true;
    return false;
}

bool knowledge_may_write(const struct actor *x, struct slice department)
{
    struct slice any = {NULL, 0};
    return x->kind == ACTOR_SYSTEM || has_one_of(x, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, any) ||
           has_one_of(x, 1u << ROLE_HANDLER | 1u << ROLE_HEAD | 1u << ROLE_WINDOW, department);
}

bool knowledge_may_publish(const struct actor *x, struct slice department)
{
    struct slice any = {NULL, 0};
    return x->kind == ACTOR_SYSTEM || has_one_of(x, 1u << ROLE_PUBLISHER, any) ||
           has_one_of(x, 1u << ROLE_HEAD, department);
}

static result refused(struct arena *a, struct slice department)
{
    return fail(a, CODE_FORBIDDEN, S("owner"), "right", department, NULL);
}

/* ---- what is written ---- */

static result date_of(struct arena *a, const struct json *content, day today, day *out)
{
    struct slice text = json_string(content, "review_on");
    TRY(day_parse(a, text, S("/review_on"), out));
    if (*out >= today && *out <= today + KNOWLEDGE_REVIEW_MAX) return ok();
    return fail(a, CODE_KNOWLEDGE_REVIEW, S("/review_on"), "value", text, "limit",
                arena_printf(a, "%d", KNOWLEDGE_REVIEW_MAX), NULL);
}

result knowledge_check(struct city *c, struct arena *a, const struct json *content, day today)
{
    day until;
    const struct service *s;
    struct slice owner = json_string(content, "owner");
    result r = date_of(a, content, today, &until);
    if (!citydata_department(catalogue_data(c->catalogue), owner))
        r = result_join(a, r, fail(a, CODE_NOT_FOUND, S("/owner"), "value", owner, NULL));
    const struct json *services = json_get(content, "services");
    for (size_t i = 0; services && i < services->n; i++)
        if (failed(catalogue_current(c->catalogue, a, services->items[i]->text, &s)))
            r = result_join(
                a, r,
                fail(a, CODE_NOT_FOUND, arena_printf(a, "/services/%zu", i), "value", services->items[i]->text, NULL));
    return r;
}

struct writing {
    const struct actor *x;
    struct slice key, reason;
    const struct json *content;
    bool create, publish;
    int64_t version;
    day until;
    instant now;
};

static result audit(struct tx *tx, struct arena *a, const struct writing *w, const char *action)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "article", w->key);
    if (w->version) json_set_int(&b, "version", w->version);
    return audit_add(tx, a, w->x, w->now, action, json_object(&b));
}

static result article_load(struct tx *tx, struct arena *a, struct slice key, const struct sql_value **out)
{
    struct rows r;
    TRY(tx_query(tx, a, &ARTICLE_LOAD, BINDS(sql_text(key)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("article"), "value", key, NULL);
    *out = row(&r, 0);
    return ok();
}

static result submit_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct writing *w = ctx;
    struct rows r;
    struct slice owner = json_string(w->content, "owner");
    const struct sql_value *have = NULL;
    if (w->create) {
        int64_t added;
        TRY(tx_exec(tx, a, &ARTICLE_ADD, BINDS(sql_text(w->key), sql_text(owner), sql_int(w->until), sql_int(w->now)),
                    &added));
        if (!added) return fail(a, CODE_CONFLICT, S("/key"), "value", w->key, NULL);
    } else {
        TRY(article_load(tx, a, w->key, &have));
        if (!knowledge_may_write(w->x, have[0].s)) return refused(a, have[0].s);
    }
    TRY(tx_exec(tx, a, &VERSIONS_REPLACE, BINDS(sql_text(w->key), sql_text(S("waiting"))), NULL));
    TRY(tx_query(tx, a, &VERSION_LAST, BINDS(sql_text(w->key)), &r));
    w->version = row(&r, 0)[0].i + 1;
    TRY(tx_exec(tx, a, &VERSION_ADD,
                BINDS(sql_text(w->key), sql_int(w->version), sql_text(json_write(a, w->content)),
                      sql_id(&w->x->account), sql_int(w->now)),
                NULL));
    return audit(tx, a, w, "knowledge.submitted");
}

result knowledge_submit(struct city *c, struct arena *a, const struct actor *x, struct slice key,
                        const struct json *content, bool create, instant now, int64_t *version)
{
    struct writing w = {.x = x, .key = key, .content = content, .create = create, .now = now};
    struct slice owner = json_string(content, "owner");
    if (!knowledge_may_write(x, owner)) return refused(a, owner);
    TRY(knowledge_check(c, a, content, day_of_instant(now)));
    TRY(day_parse(a, json_string(content, "review_on"), S("/review_on"), &w.until));
    TRY(store_run(c->store, a, "knowledge_submit", submit_body, &w));
    *version = w.version;
    return ok();
}

/* ---- published ---- */

static void add_words(struct buf *b, const struct json *content)
{
    const struct json *words = json_get(content, "words");
    for (size_t i = 0; words && i < words->n; i++) {
        buf_putc(b, ' ');
        buf_put(b, words->items[i]->text);
    }
}

static result index_article(struct tx *tx, struct arena *a, struct slice key, const struct json *content)
{
    struct bitext title = bitext_of(json_get(content, "title")), body = bitext_of(json_get(content, "body"));
    for (int i = 0; i < 2; i++) {
        struct buf b = buf_new(a, SEARCH_TEXT_MAX);
        buf_put(&b, i ? body.en : body.zh);
        add_words(&b, content);
        struct search_text t = {key, i ? title.en : title.zh, buf_slice(&b)};
        TRY(search_add(tx, a, i ? SEARCH_KNOWLEDGE_EN : SEARCH_KNOWLEDGE_ZH, &t, 1));
    }
    return ok();
}

static result publish(struct tx *tx, struct arena *a, const struct writing *w, struct slice text)
{
    const struct json *content;
    day until;
    TRY(json_parse(a, text, 1 << 20, S("content"), &content));
    TRY(day_parse(a, json_string(content, "review_on"), S("/review_on"), &until));
    TRY(tx_exec(tx, a, &VERSIONS_REPLACE, BINDS(sql_text(w->key), sql_text(S("published"))), NULL));
    TRY(tx_exec(tx, a, &ARTICLE_SET,
                BINDS(sql_text(w->key), sql_text(json_string(content, "owner")), sql_int(until), sql_int(w->version)),
                NULL));
    TRY(knowledge_link(tx, a, w->key, json_get(content, "services")));
    return index_article(tx, a, w->key, content);
}

static result decide_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct writing *w = ctx;
    const struct sql_value *have = NULL;
    struct rows r;
    TRY(article_load(tx, a, w->key, &have));
    if (!knowledge_may_publish(w->x, have[0].s)) return refused(a, have[0].s);
    TRY(tx_query(tx, a, &VERSION_LOAD, BINDS(sql_text(w->key), sql_int(w->version)), &r));
    if (!r.n)
        return fail(a, CODE_NOT_FOUND, S("version"), "value", arena_printf(a, "%lld", (long long)w->version), NULL);
    const struct sql_value *v = row(&r, 0);
    if (!slice_is(v[1].s, "waiting")) return fail(a, CODE_REQUEST_SETTLED, S("version"), "value", v[1].s, NULL);
    if (w->x->kind != ACTOR_SYSTEM && slice_eq(v[2].s, id_bytes(&w->x->account)))
        return fail(a, CODE_TWO_PEOPLE, S("version"), NULL);
    if (w->publish) TRY(publish(tx, a, w, v[0].s));
    if (w->publish || !have[1].i) TRY(questions_follow(tx, a, w->key, w->publish));
    TRY(tx_exec(tx, a, &VERSION_DECIDE,
                BINDS(sql_text(w->key), sql_int(w->version), sql_text(w->publish ? S("published") : S("rejected")),
                      sql_id(&w->x->account), sql_int(w->now), sql_text(w->reason)),
                NULL));
    return audit(tx, a, w, w->publish ? "knowledge.published" : "knowledge.rejected");
}

result knowledge_decide(struct city *c, struct arena *a, const struct actor *x, struct slice key, int64_t version,
                        bool publish_it, struct slice reason, instant now)
{
    struct writing w = {.x = x, .key = key, .version = version, .publish = publish_it, .reason = reason, .now = now};
    if (!publish_it && !reason.n) return fail(a, CODE_FIELD_REQUIRED, S("/reason"), NULL);
    return store_run(c->store, a, "knowledge_decide", decide_body, &w);
}

/* ---- looked at again, taken off ---- */

static result review_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct writing *w = ctx;
    const struct sql_value *have = NULL;
    TRY(article_load(tx, a, w->key, &have));
    if (!knowledge_may_write(w->x, have[0].s)) return refused(a, have[0].s);
    TRY(tx_exec(tx, a, &ARTICLE_REVIEW, BINDS(sql_text(w->key), sql_int(w->until)), NULL));
    return audit(tx, a, w, "knowledge.reviewed");
}

result knowledge_review(struct city *c, struct arena *a, const struct actor *x, struct slice key, day until,
                        instant now)
{
    struct writing w = {.x = x, .key = key, .until = until, .now = now};
    day today = day_of_instant(now);
    if (until < today || until > today + KNOWLEDGE_REVIEW_MAX)
        return fail(a, CODE_KNOWLEDGE_REVIEW, S("/review_on"), "value", day_text(a, until), "limit",
                    arena_printf(a, "%d", KNOWLEDGE_REVIEW_MAX), NULL);
    return store_run(c->store, a, "knowledge_review", review_body, &w);
}

static result retire_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct writing *w = ctx;
    const struct sql_value *have = NULL;
    TRY(article_load(tx, a, w->key, &have));
    if (!knowledge_may_publish(w->x, have[0].s)) return refused(a, have[0].s);
    if (have[2].i) return ok(); /* again: nothing changes */
    TRY(tx_exec(tx, a, &VERSIONS_REPLACE, BINDS(sql_text(w->key), sql_text(S("published"))), NULL));
    TRY(tx_exec(tx, a, &ARTICLE_RETIRE, BINDS(sql_text(w->key), sql_int(w->now)), NULL));
    TRY(questions_follow(tx, a, w->key, false));
    TRY(search_remove(tx, a, SEARCH_KNOWLEDGE_ZH, w->key));
    TRY(search_remove(tx, a, SEARCH_KNOWLEDGE_EN, w->key));
    return audit(tx, a, w, "knowledge.retired");
}

result knowledge_retire(struct city *c, struct arena *a, const struct actor *x, struct slice key, instant now)
{
    struct writing w = {.x = x, .key = key, .now = now};
    return store_run(c->store, a, "knowledge_retire", retire_body, &w);
}
