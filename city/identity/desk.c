/* Opinion templates, absences, colleagues. */
#include "city/identity/desk.h"

#include "city/identity/internal.h"

#define TEMPLATES_MAX 200
#define ABSENCE_DAYS_MAX 366

static const struct stmt TEMPLATE_INSERT = {
    "template_insert", "INSERT INTO opinion_template (id, account, text, outcome, created_at) VALUES (?1,?2,?3,?4,?5)",
    NULL, false};
static const struct stmt TEMPLATE_COUNT = {"template_count", "SELECT COUNT(*) FROM opinion_template WHERE account = ?1",
                                           NULL, false};
static const struct stmt TEMPLATE_DELETE = {"template_delete",
                                            "DELETE FROM opinion_template WHERE id = ?1 AND account = ?2", NULL, false};
static const struct stmt TEMPLATE_LIST = {
    "template_list",
    "SELECT id, text, outcome FROM opinion_template WHERE account = ?3 AND id < ?1 ORDER BY id DESC LIMIT ?2", NULL,
    false};
static const struct stmt ABSENCE_INSERT = {
    "absence_insert", "INSERT INTO absence (id, account, from_day, to_day, cover) VALUES (?1,?2,?3,?4,?5)", NULL,
    false};
static const struct stmt ABSENCE_DELETE = {"absence_delete", "DELETE FROM absence WHERE id = ?1 AND account = ?2", NULL,
                                           false};
static const struct stmt ABSENCE_LIST = {
    "absence_list",
    "SELECT id, from_day, to_day, cover FROM absence WHERE account = ?3 AND id < ?1 ORDER BY id DESC LIMIT ?2", NULL,
    false};
static const struct stmt ABSENCE_OVERLAP = {
    "absence_overlap", "SELECT id FROM absence WHERE account = ?1 AND from_day <= ?3 AND to_day >= ?2 LIMIT 1", NULL,
    false};
static const struct stmt ABSENCE_COVERED = {
    "absence_covered", "SELECT DISTINCT account FROM absence WHERE cover = ?1 AND from_day <= ?2 AND to_day >= ?2",
    NULL, false};
static const struct stmt COLLEAGUES = {
    "colleagues",
    "SELECT id FROM account WHERE kind = 3 AND department = ?3 AND id <> ?4 AND disabled_at = 0 AND id < ?1 ORDER BY id DESC LIMIT ?2",
    NULL, false};

static const struct right STAFF = {.kind = RIGHT_STAFF};

struct desk {
    const struct actor *x;
    struct id id, cover;
    struct slice text, outcome;
    day from, to;
    instant now;
};

static result not_found(struct arena *a, const char *what, struct id id)
{
    return fail(a, CODE_NOT_FOUND, slice_cstr(what), "value", id_text(a, id), NULL);
}

static const struct json *template_json(struct arena *a, struct slice id16, struct slice text, struct slice outcome)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "id", id16);
    json_set_str(&b, "text", text);
    json_set(&b, "outcome", outcome.n ? json_of_string(a, outcome) : json_null());
    return json_object(&b);
}

static result template_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct desk *k = ctx;
    struct rows r;
    TRY(tx_query(tx, a, &TEMPLATE_COUNT, BINDS(sql_id(&k->x->account)), &r));
    if (row(&r, 0)[0].i >= TEMPLATES_MAX) return fail(a, CODE_TOO_LARGE, S("templates"), "limit", S("200"), NULL);
    return tx_exec(
        tx, a, &TEMPLATE_INSERT,
        BINDS(sql_id(&k->id), sql_id(&k->x->account), sql_text(k->text), sql_text(k->outcome), sql_int(k->now)), NULL);
}

result template_add(struct city *c, struct arena *a, const struct actor *x, struct slice text, struct slice outcome,
                    instant now, const struct json **out)
{
    TRY(city_authorise(a, x, STAFF, S("staff")));
    struct desk k = {.x = x, .id = id_new(now), .text = slice_trim(text), .outcome = outcome, .now = now};
    if (!k.text.n || k.text.n > 6000) return fail(a, CODE_FIELD_REQUIRED, S("/text"), NULL);
    TRY(store_run(c->store, a, "template_add", template_body, &k));
    *out = template_json(a, id_bytes(&k.id), k.text, outcome);
    return ok();
}

static result template_gone(struct tx *tx, struct arena *a, void *ctx)
{
    struct desk *k = ctx;
    int64_t n;
    TRY(tx_exec(tx, a, &TEMPLATE_DELETE, BINDS(sql_id(&k->id), sql_id(&k->x->account)), &n));
    return n ? ok() : not_found(a, "template", k->id);
}

result template_delete(struct city *c, struct arena *a, const struct actor *x, struct id id)
{
    struct desk k = {.x = x, .id = id};
    return store_run(c->store, a, "template_delete", template_gone, &k);
}

result template_list(struct city *c, struct arena *a, const struct actor *x, int64_t limit, struct slice cursor,
                     const struct json **out)
{
    struct id before;
    struct rows r;
    struct json_builder items = json_builder(a);
    TRY(page_cursor(a, cursor, &before));
    TRY(store_query(c->store, a, &TEMPLATE_LIST, BINDS(sql_id(&before), sql_int(limit + 1), sql_id(&x->account)), &r));
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++)
        json_add(&items, template_json(a, row(&r, i)[0].s, row(&r, i)[1].s, row(&r, i)[2].s));
    *out = page_json(a, &items, &r, limit);
    return ok();
}

/* ---- absences ---- */

static const struct json *absence_json(struct city *c, struct arena *a, struct slice id16, day from, day to,
                                       struct slice cover)
{
    struct json_builder b = json_builder(a), p = json_builder(a);
    json_set_id(&b, "id", id16);
    json_set_str(&b, "from", day_text(a, from));
    json_set_str(&b, "to", day_text(a, to));
    json_set_id(&p, "id", cover);
    json_set_str(&p, "name", identity_name_of(c, a, cover, ACTOR_STAFF));
    json_set(&b, "cover", json_object(&p));
    return json_object(&b);
}

static result absence_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct desk *k = ctx;
    struct rows r;
    TRY(tx_query(tx, a, &ABSENCE_OVERLAP, BINDS(sql_id(&k->x->account), sql_int(k->from), sql_int(k->to)), &r));
    if (r.n)
        return fail(a, CODE_ABSENCE_BAD, S("/from"), "detail_zh", S("与已登记的请假重叠"), "detail_en",
                    S("overlaps one already there"), NULL);
    TRY(tx_query(tx, a, &ABSENCE_OVERLAP, BINDS(sql_id(&k->cover), sql_int(k->from), sql_int(k->to)), &r));
    if (r.n)
        return fail(a, CODE_ABSENCE_BAD, S("/cover"), "detail_zh", S("代班人届时也请假"), "detail_en",
                    S("the cover is away then too"), NULL);
    TRY(tx_exec(tx, a, &ABSENCE_INSERT,
                BINDS(sql_id(&k->id), sql_id(&k->x->account), sql_int(k->from), sql_int(k->to), sql_id(&k->cover)),
                NULL));
    struct json_builder b = json_builder(a);
    json_set_id(&b, "absence", id_bytes(&k->id));
    json_set_id(&b, "cover", id_bytes(&k->cover));
    return audit_add(tx, a, k->x, k->now, "absence.added", json_object(&b));
}

result absence_add(struct city *c, struct arena *a, const struct actor *x, day from, day to, struct id cover,
                   instant now, const struct json **out)
{
    struct actor other;
    TRY(city_authorise(a, x, STAFF, S("staff")));
    if (to < from || to < day_of_instant(now) || to - from > ABSENCE_DAYS_MAX)
        return fail(a, CODE_ABSENCE_BAD, S("/to"), "detail_zh", S("起止日期不对"), "detail_en",
                    S("the dates are not right"), NULL);
    result r = actor_of_account(c, a, cover, &other);
    if (failed(r) || other.kind != ACTOR_STAFF || id_eq(cover, x->account) ||
        !slice_eq(other.department, x->department))
        return fail(a, CODE_ABSENCE_BAD, S("/cover"), "detail_zh", S("代班人须为本部门其他人员"), "detail_en",
                    S("the cover must be somebody else of the department"), NULL);
    struct desk k = {.x = x, .id = id_new(now), .cover = cover, .from = from, .to = to, .now = now};
    TRY(store_run(c->store, a, "absence_add", absence_body, &k));
    *out = absence_json(c, a, id_bytes(&k.id), from, to, id_bytes(&k.cover));
    return ok();
}

static result absence_gone(struct tx *tx, struct arena *a, void *ctx)
{
    struct desk *k = ctx;
    int64_t n;
    TRY(tx_exec(tx, a, &ABSENCE_DELETE, BINDS(sql_id(&k->id), sql_id(&k->x->account)), &n));
    if (!n) return not_found(a, "absence", k->id);
    struct json_builder b = json_builder(a);
    json_set_id(&b, "absence", id_bytes(&k->id));
    return audit_add(tx, a, k->x, k->now, "absence.deleted", json_object(&b));
}

result absence_delete(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now)
{
    struct desk k = {.x = x, .id = id, .now = now};
    return store_run(c->store, a, "absence_delete", absence_gone, &k);
}

result absence_list(struct city *c, struct arena *a, const struct actor *x, int64_t limit, struct slice cursor,
                    const struct json **out)
{
    struct id before;
    struct rows r;
    struct json_builder items = json_builder(a);
    TRY(page_cursor(a, cursor, &before));
    TRY(store_query(c->store, a, &ABSENCE_LIST, BINDS(sql_id(&before), sql_int(limit + 1), sql_id(&x->account)), &r));
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) {
        const struct sql_value *v = row(&r, i);
        json_add(&items, absence_json(c, a, v[0].s, (day)v[1].i, (day)v[2].i, v[3].s));
    }
    *out = page_json(a, &items, &r, limit);
    return ok();
}

result absence_covered(struct city *c, struct arena *a, struct id cover, day d, const struct id **accounts, size_t *n)
{
    struct rows r;
    TRY(store_query(c->store, a, &ABSENCE_COVERED, BINDS(sql_id(&cover), sql_int(d)), &r));
    struct id *list = NEW_ARRAY(a, struct id, r.n + 1);
    *n = 0;
    for (size_t i = 0; i < r.n; i++)
        if (id_from_bytes(row(&r, i)[0].s, &list[*n])) (*n)++;
    *accounts = list;
    return ok();
}

result colleague_list(struct city *c, struct arena *a, const struct actor *x, int64_t limit, struct slice cursor,
                      const struct json **out)
{
    struct id before;
    struct rows r;
    struct json_builder items = json_builder(a);
    TRY(page_cursor(a, cursor, &before));
    TRY(store_query(c->store, a, &COLLEAGUES,
                    BINDS(sql_id(&before), sql_int(limit + 1), sql_text(x->department), sql_id(&x->account)), &r));
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) {
        struct id id;
        struct actor who;
        struct json_builder b = json_builder(a), roles = json_builder(a);
        if (!id_from_bytes(row(&r, i)[0].s, &id)) continue;
        TRY(actor_of_account(c, a, id, &who));
        for (size_t k = 0; k < who.ngrants; k++) json_add(&roles, json_of_cstr(a, role_name(who.grants[k].role)));
        json_set_id(&b, "id", id_bytes(&id));
        json_set_str(&b, "name", who.name);
        json_set_str(&b, "login", who.login);
        json_set(&b, "roles", json_array(&roles));
        json_add(&items, json_object(&b));
    }
    *out = page_json(a, &items, &r, limit);
    return ok();
}
