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
const struct versions KNOWLEDGE_VERSIONS = VERSIONS_OF("kb_version", "kb_version");

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
    struct slice owner = json_string(w->content, "owner");
    const struct sql_value *have = NULL;
    if (w->create) {
        int64_t added;
        TRY(tx_exec(tx, a, &ARTICLE_ADD, BINDS(sql_text(w->key), sql_text(owner), sql_int(w->until), sql_int(w->now)),
                    &added));
        if (!added) return fail(a, CODE_CONFLICT, S("/key"), "value", w->key, NULL);
    } else {
        TRY(article_load(tx, a, w->key, &have));
        if (!text_may_write(w->x, have[0].s)) return refused(a, have[0].s);
    }
    TRY(version_add(tx, a, &KNOWLEDGE_VERSIONS, w->key, w->x, w->content, w->now, &w->version));
    return audit(tx, a, w, "knowledge.submitted");
}

result knowledge_submit(struct city *c, struct arena *a, const struct actor *x, struct slice key,
                        const struct json *content, bool create, instant now, int64_t *version)
{
    struct writing w = {.x = x, .key = key, .content = content, .create = create, .now = now};
    struct slice owner = json_string(content, "owner");
    if (!text_may_write(x, owner)) return refused(a, owner);
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

static result publish(struct tx *tx, struct arena *a, const struct writing *w, const struct json *content)
{
    day until;
    TRY(day_parse(a, json_string(content, "review_on"), S("/review_on"), &until));
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
    const struct json *content;
    TRY(article_load(tx, a, w->key, &have));
    if (!text_may_release(w->x, have[0].s)) return refused(a, have[0].s);
    TRY(version_decide(tx, a, &KNOWLEDGE_VERSIONS, w->key, w->version, w->x, w->publish, w->reason, w->now, &content));
    if (w->publish) TRY(publish(tx, a, w, content));
    if (w->publish || !have[1].i) TRY(questions_follow(tx, a, w->key, w->publish));
    return audit(tx, a, w, w->publish ? "knowledge.published" : "knowledge.rejected");
}

result knowledge_decide(struct city *c, struct arena *a, const struct actor *x, struct slice key, int64_t version,
                        bool publish_it, struct slice reason, instant now)
{
    struct writing w = {.x = x, .key = key, .version = version, .publish = publish_it, .reason = reason, .now = now};
    return store_run(c->store, a, "knowledge_decide", decide_body, &w);
}

/* ---- looked at again, taken off ---- */

static result review_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct writing *w = ctx;
    const struct sql_value *have = NULL;
    TRY(article_load(tx, a, w->key, &have));
    if (!text_may_write(w->x, have[0].s)) return refused(a, have[0].s);
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
    if (!text_may_release(w->x, have[0].s)) return refused(a, have[0].s);
    if (have[2].i) return ok(); /* again: nothing changes */
    TRY(version_withdraw(tx, a, &KNOWLEDGE_VERSIONS, w->key));
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
