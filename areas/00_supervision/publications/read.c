/* Pieces as everybody reads them. */
#include "areas/00_supervision/plan.h"
#include "areas/00_supervision/publications/news.h"
#include "city/sql.h"

enum { N_KEY, N_KIND, N_DEPARTMENT, N_DAY, N_AREAS, N_VERSION, N_RELEASED, N_CHANGED, N_WITHDRAWN, N_WHY, N_CONTENT };
#define SELECT                                                                                                       \
    "SELECT n.key, n.kind, n.department, n.on_day, n.areas, n.version, n.released_at, n.changed_at, n.withdrawn_at," \
    " n.withdrawn_why, v.content FROM news n JOIN news_version v ON v.key = n.key AND v.version = n.version"
static const struct stmt ONE = {"news_one", SELECT " WHERE n.key = ?1", NULL, false};
/* ?1 kind, ?2 department, ?3 ",area,", ?4 year, (?5, ?6) day and key of the piece before, ?7 how many */
static const struct stmt LIST = {
    "news_list",
    SELECT " WHERE n.withdrawn_at = 0 AND (?1 = '' OR n.kind = ?1) AND (?2 = '' OR n.department = ?2)"
           " AND (?3 = '' OR n.areas LIKE '%' || ?3 || '%') AND (?4 = 0 OR n.year = ?4)"
           " AND (n.on_day < ?5 OR (n.on_day = ?5 AND n.key < ?6)) ORDER BY n.on_day DESC, n.key DESC LIMIT ?7",
    NULL, false};
static const struct stmt YEARS = {
    "news_years", "SELECT DISTINCT year FROM news WHERE version > 0 AND withdrawn_at = 0 ORDER BY year DESC", NULL,
    false};
static const struct stmt DEPARTMENTS = {
    "news_departments",
    "SELECT DISTINCT department FROM news WHERE version > 0 AND withdrawn_at = 0 ORDER BY department", NULL, false};
static const struct stmt HISTORY = {
    "news_history",
    "SELECT decided_at, content FROM news_version WHERE key = ?1 AND decided_at > 0 AND state IN ('published', 'replaced')"
    " ORDER BY version DESC LIMIT 50",
    NULL, false};

struct piece {
    const struct sql_value *v;
    const struct json *content;
};

static result piece_of(struct arena *a, const struct rows *r, size_t i, struct piece *out)
{
    out->v = row(r, i);
    return json_parse(a, out->v[N_CONTENT].s, 1 << 20, S("content"), &out->content);
}

static const struct json *or_null(const struct json *v)
{
    return v ? v : json_null();
}

static const struct json *list_or_empty(struct arena *a, const struct json *v)
{
    struct json_builder none = json_builder(a);
    return v ? v : json_array(&none);
}

static const char *validity(const struct json *content, day today)
{
    day from, to;
    bool starts = day_scan(json_string(content, "valid_from"), &from);
    bool ends = day_scan(json_string(content, "valid_to"), &to);
    if (ends && to < today) return "expired";
    if (starts && from > today) return "pending";
    return starts || ends ? "in_force" : NULL;
}

static bool corrected(const struct sql_value *v)
{
    return v[N_CHANGED].i > v[N_RELEASED].i && !v[N_WITHDRAWN].i;
}

static void set_head(struct city *c, struct json_builder *b, const struct piece *p, instant now)
{
    const char *valid = validity(p->content, day_of_instant(now));
    json_set_str(b, "key", p->v[N_KEY].s);
    json_set_str(b, "kind", p->v[N_KIND].s);
    json_set(b, "title", json_get(p->content, "title"));
    json_set(b, "department", citydata_department_json(b->a, catalogue_data(c->catalogue), p->v[N_DEPARTMENT].s));
    json_set(b, "number", or_null(json_get(p->content, "number")));
    json_set_str(b, "date", day_text(b->a, (day)p->v[N_DAY].i));
    json_set(b, "areas", list_or_empty(b->a, json_get(p->content, "areas")));
    json_set(b, "validity", valid ? json_of_cstr(b->a, valid) : json_null());
    json_set_bool(b, "chinese_only", !json_get(json_get(p->content, "title"), "en"));
    json_set_instant(b, "released_at", p->v[N_RELEASED].i);
    json_set_instant(b, "corrected_at", corrected(p->v) ? p->v[N_CHANGED].i : 0);
}

static const struct json *item(struct city *c, struct arena *a, const struct piece *p, instant now)
{
    struct json_builder b = json_builder(a);
    set_head(c, &b, p, now);
    json_set(&b, "summary", json_get(p->content, "summary"));
    return json_object(&b);
}

/* ---- lists ---- */

static result find(struct city *c, struct arena *a, const struct news_filter *f, instant now,
                   struct json_builder *items)
{
    struct search_hit *hits;
    size_t n;
    TRY(search_find(c->store, a, f->lang == LANG_EN ? SEARCH_NEWS_EN : SEARCH_NEWS_ZH, f->q, SEARCH_HITS_MAX, NULL,
                    &hits, &n));
    struct slice area = f->area ? arena_printf(a, ",%lld,", (long long)f->area) : S("");
    for (size_t i = 0; i < n && items->n < (size_t)f->limit; i++) {
        struct rows r;
        struct piece p;
        int year, month, d;
        TRY(store_query(c->store, a, &ONE, BINDS(sql_text(hits[i].ref)), &r));
        if (!r.n || row(&r, 0)[N_WITHDRAWN].i) continue; /* withdrawn between the two readings */
        TRY(piece_of(a, &r, 0, &p));
        civil_of_day((day)p.v[N_DAY].i, &year, &month, &d);
        bool fits = (!f->kind.n || slice_eq(f->kind, p.v[N_KIND].s)) &&
                    (!f->department.n || slice_eq(f->department, p.v[N_DEPARTMENT].s)) &&
                    (!f->year || f->year == year) && (!area.n || slice_search(p.v[N_AREAS].s, area) != SIZE_MAX);
        if (fits) json_add(items, item(c, a, &p, now));
    }
    return ok();
}

static result latest(struct city *c, struct arena *a, const struct news_filter *f, instant now,
                     struct json_builder *items, struct slice *next)
{
    struct rows r;
    int64_t on = INT32_MAX;
    struct slice head, key = {NULL, 0}, area = f->area ? arena_printf(a, ",%lld,", (long long)f->area) : S("");
    day from;
    if (f->cursor.n) {
        if (!slice_cut(f->cursor, ':', &head, &key) || !day_scan(head, &from))
            return fail(a, CODE_QUERY_BAD, S("cursor"), "value", slice_sub(f->cursor, 0, 60), NULL);
        on = from;
    }
    TRY(store_query(c->store, a, &LIST,
                    BINDS(sql_text(f->kind), sql_text(f->department), sql_text(area), sql_int(f->year), sql_int(on),
                          sql_text(key), sql_int(f->limit + 1)),
                    &r));
    for (size_t i = 0; i < r.n; i++) {
        struct piece p;
        if ((int64_t)i == f->limit) {
            const struct sql_value *last = row(&r, i - 1);
            *next = arena_printf(a, "%.*s:%.*s", SLICE_ARG(day_text(a, (day)last[N_DAY].i)), SLICE_ARG(last[N_KEY].s));
            break;
        }
        TRY(piece_of(a, &r, i, &p));
        json_add(items, item(c, a, &p, now));
    }
    return ok();
}

static result choices(struct city *c, struct arena *a, struct json_builder *b)
{
    struct rows r;
    struct json_builder years = json_builder(a), departments = json_builder(a);
    TRY(store_query(c->store, a, &YEARS, NULL, 0, &r));
    for (size_t i = 0; i < r.n; i++) json_add(&years, json_of_int(a, row(&r, i)[0].i));
    TRY(store_query(c->store, a, &DEPARTMENTS, NULL, 0, &r));
    for (size_t i = 0; i < r.n; i++)
        json_add(&departments, citydata_department_json(a, catalogue_data(c->catalogue), row(&r, i)[0].s));
    json_set(b, "years", json_array(&years));
    json_set(b, "departments", json_array(&departments));
    return ok();
}

result news_list(struct city *c, struct arena *a, const struct news_filter *f, instant now, const struct json **out)
{
    struct json_builder items = json_builder(a), b = json_builder(a);
    struct slice next = {NULL, 0};
    TRY(f->q.n ? find(c, a, f, now, &items) : latest(c, a, f, now, &items, &next));
    json_set(&b, "items", json_array(&items));
    json_set(&b, "next", next.n ? json_of_string(a, next) : json_null());
    TRY(choices(c, a, &b));
    *out = json_object(&b);
    return ok();
}

/* ---- one ---- */

/* {code, name} of each service that there is now. */
static const struct json *services(struct city *c, struct arena *a, const struct json *codes)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; codes && i < codes->n; i++) {
        const struct service *s;
        struct json_builder b = json_builder(a);
        if (failed(catalogue_current(c->catalogue, a, codes->items[i]->text, &s))) continue;
        json_set_str(&b, "code", service_code(s));
        json_set(&b, "name", bitext_json(a, service_name(s)));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static result attachments(struct city *c, struct arena *a, const struct json *files, const struct json **out)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; files && i < files->n; i++) {
        struct plan_file f;
        struct json_builder b = json_builder(a);
        TRY(plan_file_head(c, a, json_string(files->items[i], "sha256"), &f));
        json_set_str(&b, "sha256", json_string(files->items[i], "sha256"));
        json_set_str(&b, "name", json_string(files->items[i], "name"));
        json_set_str(&b, "type", f.type);
        json_set_int(&b, "size", f.size);
        json_add(&list, json_object(&b));
    }
    *out = json_array(&list);
    return ok();
}

static result history(struct city *c, struct arena *a, struct slice key, const struct json **out)
{
    struct rows r;
    struct json_builder list = json_builder(a);
    TRY(store_query(c->store, a, &HISTORY, BINDS(sql_text(key)), &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct json *content;
        struct json_builder b = json_builder(a);
        TRY(json_parse(a, row(&r, i)[1].s, 1 << 20, S("content"), &content));
        json_set_instant(&b, "at", row(&r, i)[0].i);
        json_set(&b, "note", i + 1 < r.n ? or_null(json_get(content, "correction")) : json_null());
        json_add(&list, json_object(&b));
    }
    *out = json_array(&list);
    return ok();
}

static result withdrawn(struct arena *a, const struct sql_value *v, const struct json **out)
{
    struct json_builder b = json_builder(a);
    const struct json *why;
    *out = json_null();
    if (!v[N_WITHDRAWN].i) return ok();
    TRY(json_parse(a, v[N_WHY].s, 1 << 16, S("reason"), &why));
    json_set_instant(&b, "at", v[N_WITHDRAWN].i);
    json_set(&b, "reason", why);
    *out = json_object(&b);
    return ok();
}

result news_public(struct city *c, struct arena *a, struct slice key, instant now, const struct json **out)
{
    static const char *const AS_IT_IS[] = {"valid_from", "valid_to"};
    struct rows r;
    struct piece p;
    struct json_builder b = json_builder(a);
    const struct json *files, *past, *gone;
    TRY(store_query(c->store, a, &ONE, BINDS(sql_text(key)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("key"), "value", key, NULL);
    TRY(piece_of(a, &r, 0, &p));
    TRY(history(c, a, key, &past));
    TRY(withdrawn(a, p.v, &gone));
    set_head(c, &b, &p, now);
    json_set(&b, "history", past);
    json_set(&b, "withdrawn", gone);
    if (p.v[N_WITHDRAWN].i) {
        *out = json_object(&b);
        return ok();
    }
    TRY(attachments(c, a, json_get(p.content, "attachments"), &files));
    json_set(&b, "summary", json_get(p.content, "summary"));
    json_set(&b, "body", json_get(p.content, "body"));
    json_set(&b, "services", services(c, a, json_get(p.content, "services")));
    json_set(&b, "laws", list_or_empty(a, json_get(p.content, "laws")));
    for (int i = 0; i < 2; i++) json_set(&b, AS_IT_IS[i], or_null(json_get(p.content, AS_IT_IS[i])));
    json_set(&b, "attachments", files);
    *out = json_object(&b);
    return ok();
}

result news_released(struct city *c, struct arena *a, struct slice key, bool *out)
{
    struct rows r;
    TRY(store_query(c->store, a, &ONE, BINDS(sql_text(key)), &r));
    *out = r.n && !row(&r, 0)[N_WITHDRAWN].i;
    return ok();
}
