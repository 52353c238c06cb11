/* Pieces: written by one, released by another, corrected, withdrawn. */
#include "areas/00_supervision/plan.h"
#include "areas/00_supervision/publications/news.h"
#include "city/sql.h"

const struct versions NEWS_VERSIONS = VERSIONS_OF("news_version", "news_version");

static const struct stmt LOAD = {
    "news_load", "SELECT department, version, withdrawn_at, released_at FROM news WHERE key = ?1", NULL, true};
static const struct stmt ADD = {
    "news_add",
    "INSERT INTO news (key, kind, department, on_day, year, areas, version, released_at, changed_at, withdrawn_at, withdrawn_why)"
    " VALUES (?1,?2,?3,?4,?5,'',0,0,0,0,'') ON CONFLICT DO NOTHING",
    NULL, false};
static const struct stmt RELEASE = {
    "news_release",
    "UPDATE news SET kind = ?2, department = ?3, on_day = ?4, year = ?5, areas = ?6, version = ?7,"
    " released_at = CASE WHEN released_at = 0 THEN ?8 ELSE released_at END, changed_at = ?8, withdrawn_at = 0, withdrawn_why = ''"
    " WHERE key = ?1",
    NULL, false};
static const struct stmt WITHDRAW = {
    "news_withdraw", "UPDATE news SET withdrawn_at = ?2, withdrawn_why = ?3, changed_at = ?2 WHERE key = ?1", NULL,
    false};

bool news_kind(struct slice kind)
{
    return slice_is(kind, "interpretation") || slice_is(kind, "case") || slice_is(kind, "notice");
}

static result refused(struct arena *a, struct slice department)
{
    return fail(a, CODE_FORBIDDEN, S("department"), "right", department, NULL);
}

/* ---- what is written ---- */

/* English in title, summary and body, or in none. */
static result languages(struct arena *a, const struct json *content)
{
    static const struct {
        const char *key, *zh, *en;
    } TEXTS[] = {{"title", "标题（英文）", "title in English"},
                 {"summary", "摘要（英文）", "summary in English"},
                 {"body", "正文（英文）", "body in English"}};
    enum { N = sizeof TEXTS / sizeof *TEXTS };
    size_t has = N;
    result r = ok();
    for (size_t i = 0; i < N; i++)
        if (json_get(json_get(content, TEXTS[i].key), "en")) has = i;
    for (size_t i = 0; has < N && i < N; i++) {
        if (json_get(json_get(content, TEXTS[i].key), "en")) continue;
        struct slice at = arena_printf(a, "/%s/en", TEXTS[i].key);
        r = result_join(a, r,
                        fail(a, CODE_FIELD_DEPENDS, at, "title_zh", slice_cstr(TEXTS[i].zh), "title_en",
                             slice_cstr(TEXTS[i].en), "other_zh", slice_cstr(TEXTS[has].zh), "other_en",
                             slice_cstr(TEXTS[has].en), NULL));
    }
    return r;
}

static result validity(struct arena *a, const struct json *content)
{
    day from = INT32_MIN, to = INT32_MAX;
    struct slice start = json_string(content, "valid_from"), end = json_string(content, "valid_to");
    if (start.n) TRY(day_parse(a, start, S("/valid_from"), &from));
    if (end.n) TRY(day_parse(a, end, S("/valid_to"), &to));
    if (from <= to) return ok();
    return fail(a, CODE_FIELD_MINIMUM, S("/valid_to"), "title_zh", S("失效日期"), "title_en", S("end"), "limit", start,
                NULL);
}

static result references(struct city *c, struct arena *a, const struct json *content)
{
    const struct service *s;
    result r = ok();
    const struct json *services = json_get(content, "services"), *files = json_get(content, "attachments");
    struct slice department = json_string(content, "department");
    if (!citydata_department(catalogue_data(c->catalogue), department))
        r = fail(a, CODE_NOT_FOUND, S("/department"), "value", department, NULL);
    for (size_t i = 0; services && i < services->n; i++)
        if (failed(catalogue_current(c->catalogue, a, services->items[i]->text, &s)))
            r = result_join(
                a, r,
                fail(a, CODE_NOT_FOUND, arena_printf(a, "/services/%zu", i), "value", services->items[i]->text, NULL));
    for (size_t i = 0; files && i < files->n; i++) {
        struct plan_file f;
        struct slice hash = json_string(files->items[i], "sha256");
        if (failed(plan_file_head(c, a, hash, &f)))
            r = result_join(a, r, fail(a, CODE_NOT_FOUND, arena_printf(a, "/attachments/%zu", i), "value", hash, NULL));
    }
    return r;
}

static result check(struct city *c, struct arena *a, const struct json *content, day *on)
{
    result r = day_parse(a, json_string(content, "date"), S("/date"), on);
    r = result_join(a, r, languages(a, content));
    r = result_join(a, r, validity(a, content));
    return result_join(a, r, references(c, a, content));
}

struct writing {
    const struct actor *x;
    struct slice key, reason;
    const struct json *content, *why;
    bool create, release;
    int64_t version;
    day on;
    instant now;
};

static result audit(struct tx *tx, struct arena *a, const struct writing *w, const char *action)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "key", w->key);
    if (w->version) json_set_int(&b, "version", w->version);
    if (w->why) json_set(&b, "reason", w->why);
    return audit_add(tx, a, w->x, w->now, action, json_object(&b));
}

static result load(struct tx *tx, struct arena *a, struct slice key, const struct sql_value **out)
{
    struct rows r;
    TRY(tx_query(tx, a, &LOAD, BINDS(sql_text(key)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("key"), "value", key, NULL);
    *out = row(&r, 0);
    return ok();
}

static int64_t year_of(day on)
{
    int year, month, d;
    civil_of_day(on, &year, &month, &d);
    return year;
}

static result submit_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct writing *w = ctx;
    const struct sql_value *have = NULL;
    struct slice department = json_string(w->content, "department");
    if (w->create) {
        int64_t added;
        TRY(tx_exec(tx, a, &ADD,
                    BINDS(sql_text(w->key), sql_text(json_string(w->content, "kind")), sql_text(department),
                          sql_int(w->on), sql_int(year_of(w->on))),
                    &added));
        if (!added) return fail(a, CODE_CONFLICT, S("/key"), "value", w->key, NULL);
    } else {
        TRY(load(tx, a, w->key, &have));
        if (!text_may_write(w->x, have[0].s)) return refused(a, have[0].s);
        if (have[3].i && !json_get(w->content, "correction"))
            return fail(a, CODE_FIELD_REQUIRED, S("/correction"), NULL);
    }
    TRY(version_add(tx, a, &NEWS_VERSIONS, w->key, w->x, w->content, w->now, &w->version));
    return audit(tx, a, w, "news.submitted");
}

/* "2021-09-22-x4k9q2": tells when, and cannot be guessed before it is released. */
static struct slice new_key(struct arena *a, day on)
{
    static const char SET[] = "abcdefghjkmnpqrstuvwxyz23456789";
    uint8_t bytes[6];
    char tail[sizeof bytes];
    random_bytes(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) tail[i] = SET[bytes[i] % (sizeof SET - 1)];
    return arena_printf(a, "%.*s-%.*s", SLICE_ARG(day_text(a, on)), (int)sizeof tail, tail);
}

result news_submit(struct city *c, struct arena *a, const struct actor *x, struct slice *key,
                   const struct json *content, bool create, instant now, int64_t *version)
{
    struct writing w = {.x = x, .content = content, .create = create || !key->n, .now = now};
    struct slice department = json_string(content, "department");
    if (!text_may_write(x, department)) return refused(a, department);
    TRY(check(c, a, content, &w.on));
    if (!key->n) *key = new_key(a, w.on);
    w.key = *key;
    TRY(store_run(c->store, a, "news_submit", submit_body, &w));
    *version = w.version;
    return ok();
}

/* ---- released ---- */

static void add_laws(struct buf *b, const struct json *content, bool en)
{
    const struct json *laws = json_get(content, "laws");
    for (size_t i = 0; laws && i < laws->n; i++) {
        buf_putc(b, '\n');
        buf_put(b, json_string(laws->items[i], en ? "en" : "zh"));
    }
}

static result index_one(struct tx *tx, struct arena *a, struct slice key, const struct json *content, bool en)
{
    static const char *const TEXTS[] = {"summary", "body"};
    const char *lang = en ? "en" : "zh";
    enum search_collection to = en ? SEARCH_NEWS_EN : SEARCH_NEWS_ZH;
    struct slice title = json_string(json_get(content, "title"), lang);
    struct buf b = buf_new(a, SEARCH_TEXT_MAX);
    if (!title.n) return search_remove(tx, a, to, key);
    for (int i = 0; i < 2; i++) {
        buf_put(&b, json_string(json_get(content, TEXTS[i]), lang));
        buf_putc(&b, '\n');
    }
    buf_put(&b, json_string(content, "number"));
    add_laws(&b, content, en);
    struct search_text t = {key, title, buf_slice(&b)};
    return search_add(tx, a, to, &t, 1);
}

/* ",1,17,": found by LIKE */
static struct slice areas_of(struct arena *a, const struct json *content)
{
    const struct json *list = json_get(content, "areas");
    struct buf b = buf_new(a, 200);
    for (size_t i = 0; list && i < list->n; i++)
        buf_printf(&b, "%s%.*s,", i ? "" : ",", SLICE_ARG(list->items[i]->text));
    return buf_slice(&b);
}

static result release(struct tx *tx, struct arena *a, const struct writing *w, const struct json *content)
{
    day on;
    TRY(day_parse(a, json_string(content, "date"), S("/date"), &on));
    TRY(tx_exec(tx, a, &RELEASE,
                BINDS(sql_text(w->key), sql_text(json_string(content, "kind")),
                      sql_text(json_string(content, "department")), sql_int(on), sql_int(year_of(on)),
                      sql_text(areas_of(a, content)), sql_int(w->version), sql_int(w->now)),
                NULL));
    TRY(index_one(tx, a, w->key, content, false));
    return index_one(tx, a, w->key, content, true);
}

static result decide_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct writing *w = ctx;
    const struct sql_value *have = NULL;
    const struct json *content;
    TRY(load(tx, a, w->key, &have));
    if (!text_may_release(w->x, have[0].s)) return refused(a, have[0].s);
    TRY(version_decide(tx, a, &NEWS_VERSIONS, w->key, w->version, w->x, w->release, w->reason, w->now, &content));
    if (w->release) TRY(release(tx, a, w, content));
    return audit(tx, a, w, w->release ? "news.released" : "news.rejected");
}

result news_decide(struct city *c, struct arena *a, const struct actor *x, struct slice key, int64_t version,
                   bool release_it, struct slice reason, instant now)
{
    struct writing w = {.x = x, .key = key, .version = version, .release = release_it, .reason = reason, .now = now};
    return store_run(c->store, a, "news_decide", decide_body, &w);
}

static result withdraw_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct writing *w = ctx;
    const struct sql_value *have = NULL;
    TRY(load(tx, a, w->key, &have));
    if (!text_may_release(w->x, have[0].s)) return refused(a, have[0].s);
    if (have[2].i || !have[1].i) return fail(a, CODE_REQUEST_SETTLED, S("key"), "value", w->key, NULL);
    TRY(version_withdraw(tx, a, &NEWS_VERSIONS, w->key));
    TRY(tx_exec(tx, a, &WITHDRAW, BINDS(sql_text(w->key), sql_int(w->now), sql_text(json_write(a, w->why))), NULL));
    TRY(search_remove(tx, a, SEARCH_NEWS_ZH, w->key));
    TRY(search_remove(tx, a, SEARCH_NEWS_EN, w->key));
    return audit(tx, a, w, "news.withdrawn");
}

result news_withdraw(struct city *c, struct arena *a, const struct actor *x, struct slice key,
                     const struct json *reason, instant now)
{
    struct writing w = {.x = x, .key = key, .why = reason, .now = now};
    return store_run(c->store, a, "news_withdraw", withdraw_body, &w);
}
