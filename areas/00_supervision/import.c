/* Writes a plan that was read: in one transaction, the same again without a trace. */
#include "areas/00_supervision/plan.h"

#include "city/rights/rights.h"
#include "city/sql.h"

static const struct stmt HASH = {"plan_hash", "SELECT hash FROM plan WHERE one = 1", NULL, true};
static const struct stmt PLAN_SET = {
    "plan_set",
    "INSERT INTO plan (one, title, number, issued_on, offices, hash, imported_at) VALUES (1,?1,?2,?3,?4,?5,?6)"
    " ON CONFLICT (one) DO UPDATE SET title = excluded.title, number = excluded.number, issued_on = excluded.issued_on,"
    " offices = excluded.offices, hash = excluded.hash, imported_at = excluded.imported_at",
    NULL, false};
static const struct stmt AREAS_CLEAR = {"plan_areas_clear", "DELETE FROM plan_area", NULL, false};
static const struct stmt AREA_ADD = {"plan_area_add", "INSERT INTO plan_area (no, source, measures) VALUES (?1,?2,?3)",
                                     NULL, false};
static const struct stmt TASKS_ALL = {"plan_tasks_all", "SELECT no, source, status FROM plan_task ORDER BY no", NULL,
                                      false};
static const struct stmt TASK_ADD = {
    "plan_task_add",
    "INSERT INTO plan_task (no, area_no, source, due, status, condition, holds, holds_at, figure, checked_at)"
    " VALUES (?1,?2,?3,?4,'open','',0,0,'',0)",
    NULL, false};
static const struct stmt TASK_ALTER = {
    "plan_task_alter",
    "UPDATE plan_task SET area_no = ?2, source = ?3, due = ?4, status = CASE WHEN status = 'withdrawn' THEN 'open' ELSE status END"
    " WHERE no = ?1",
    NULL, false};
static const struct stmt TASK_WITHDRAW = {"plan_task_withdraw",
                                          "UPDATE plan_task SET status = 'withdrawn' WHERE no = ?1", NULL, false};
static const struct stmt BODY_FOUND = {
    "plan_body_found",
    "INSERT INTO plan_body (name, departments, by_hand) VALUES (?1,?2,0)"
    " ON CONFLICT (name) DO UPDATE SET departments = excluded.departments WHERE plan_body.by_hand = 0",
    NULL, false};

struct importing {
    struct city *c;
    const struct actor *x;
    const struct plan_input *p;
    instant now;
    bool changed;
    int64_t added, altered, withdrawn;
};

static result body(struct importing *m, struct tx *tx, struct arena *a, const struct json *names)
{
    for (size_t i = 0; names && i < names->n; i++) {
        struct json_builder b = json_builder(a);
        const struct department *d = plan_match(a, m->c, catalogue_data(m->c->catalogue), names->items[i]->text);
        if (d) json_add(&b, json_of_string(a, d->code));
        struct slice codes = json_write(a, json_array(&b));
        TRY(tx_exec(tx, a, &BODY_FOUND, BINDS(sql_text(names->items[i]->text), sql_text(codes)), NULL));
    }
    return ok();
}

static result areas(struct importing *m, struct tx *tx, struct arena *a)
{
    TRY(tx_exec(tx, a, &AREAS_CLEAR, NULL, 0, NULL));
    for (size_t i = 0; i < m->p->areas->n; i++) {
        const struct json *v = m->p->areas->items[i];
        int64_t no = json_int(v, "no", 0);
        struct slice text = json_string(m->p->measures, arena_cstr(a, arena_printf(a, "%lld", (long long)no)));
        TRY(tx_exec(tx, a, &AREA_ADD, BINDS(sql_int(no), sql_text(json_write(a, v)), sql_text(text)), NULL));
        TRY(body(m, tx, a, json_get(v, "lead")));
        TRY(body(m, tx, a, json_get(v, "responsible")));
    }
    return body(m, tx, a, m->p->offices);
}

static const struct sql_value *known(const struct rows *r, int64_t no)
{
    for (size_t i = 0; i < r->n; i++)
        if (row(r, i)[0].i == no) return row(r, i);
    return NULL;
}

/* The names of the members that differ, for the history: the plan's words, which are public. */
static result altered(struct importing *m, struct tx *tx, struct arena *a, const struct json *v, struct slice before)
{
    const struct json *old;
    struct json_builder list = json_builder(a), b = json_builder(a);
    TRY(json_parse(a, before, PLAN_FILE_MAX, S("plan"), &old));
    for (size_t i = 0; i < v->n; i++) {
        const struct json *was = json_get_slice(old, v->keys[i]);
        if (!was || !json_equal(was, v->items[i])) json_add(&list, json_of_string(a, v->keys[i]));
    }
    for (size_t i = 0; i < old->n; i++)
        if (!json_get_slice(v, old->keys[i])) json_add(&list, json_of_string(a, old->keys[i]));
    json_set(&b, "fields", json_array(&list));
    m->altered++;
    return plan_history_add(tx, a, json_int(v, "no", 0), m->x, m->now, "altered", json_object(&b));
}

static result task(struct importing *m, struct tx *tx, struct arena *a, const struct json *v, const struct rows *old)
{
    day due = 0;
    int64_t no = json_int(v, "no", 0);
    struct slice text = json_write(a, v), date = json_string(v, "due");
    struct sql_value when = sql_null();
    const struct sql_value *was = known(old, no);
    if (date.n) {
        TRY(day_parse(a, date, S("due"), &due));
        when = sql_int(due);
    }
    const struct sql_value binds[] = {sql_int(no), sql_int(json_int(v, "area_no", 0)), sql_text(text), when};
    TRY(body(m, tx, a, json_get(v, "lead")));
    TRY(body(m, tx, a, json_get(v, "responsible")));
    TRY(body(m, tx, a, json_get(v, "acting_lead")));
    if (!was) {
        m->added++;
        TRY(tx_exec(tx, a, &TASK_ADD, binds, 4, NULL));
        return plan_history_add(tx, a, no, m->x, m->now, "imported", NULL);
    }
    if (slice_eq(was[1].s, text) && !slice_is(was[2].s, "withdrawn")) return ok();
    TRY(tx_exec(tx, a, &TASK_ALTER, binds, 4, NULL));
    return altered(m, tx, a, v, was[1].s);
}

static result withdraw(struct importing *m, struct tx *tx, struct arena *a, const struct rows *old)
{
    for (size_t i = 0; i < old->n; i++) {
        bool there = slice_is(row(old, i)[2].s, "withdrawn");
        for (size_t k = 0; k < m->p->tasks->n; k++)
            there = there || json_int(m->p->tasks->items[k], "no", 0) == row(old, i)[0].i;
        if (there) continue;
        m->withdrawn++;
        TRY(tx_exec(tx, a, &TASK_WITHDRAW, BINDS(sql_int(row(old, i)[0].i)), NULL));
        TRY(plan_history_add(tx, a, row(old, i)[0].i, m->x, m->now, "withdrawn", NULL));
    }
    return ok();
}

static result import_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct importing *m = ctx;
    struct rows r, old;
    const struct plan_input *p = m->p;
    m->changed = false;
    m->added = m->altered = m->withdrawn = 0;
    TRY(tx_query(tx, a, &HASH, NULL, 0, &r));
    if (r.n && slice_eq(row(&r, 0)[0].s, p->hash)) return ok();
    m->changed = true;
    TRY(tx_exec(tx, a, &PLAN_SET,
                BINDS(sql_text(p->title), sql_text(p->number), sql_int(p->issued_on),
                      sql_text(json_write(a, p->offices)), sql_text(p->hash), sql_int(m->now)),
                NULL));
    TRY(areas(m, tx, a));
    TRY(tx_query(tx, a, &TASKS_ALL, NULL, 0, &old));
    for (size_t i = 0; i < p->tasks->n; i++) TRY(task(m, tx, a, p->tasks->items[i], &old));
    TRY(withdraw(m, tx, a, &old));
    struct json_builder b = json_builder(a);
    json_set_str(&b, "title", p->title);
    json_set_str(&b, "hash", p->hash);
    json_set_int(&b, "added", m->added);
    json_set_int(&b, "altered", m->altered);
    json_set_int(&b, "withdrawn", m->withdrawn);
    return audit_add(tx, a, m->x, m->now, "plan.import", json_object(&b));
}

result plan_import(struct city *c, struct arena *a, const struct actor *x, const struct plan_input *p, instant now,
                   const struct json **report)
{
    struct importing m = {.c = c, .x = x, .p = p, .now = now};
    struct plan plan;
    TRY(store_run(c->store, a, "plan_import", import_body, &m));
    TRY(plan_load(c, NULL, a, &plan));
    struct json_builder b = json_builder(a), list = json_builder(a);
    for (size_t i = 0; i < plan.nbodies; i++)
        if (!plan.bodies[i].departments->n) json_add(&list, json_of_string(a, plan.bodies[i].name));
    json_set_bool(&b, "changed", m.changed);
    json_set_str(&b, "title", p->title);
    json_set_int(&b, "areas", (int64_t)p->areas->n);
    json_set_int(&b, "tasks", (int64_t)p->tasks->n);
    json_set_int(&b, "added", m.added);
    json_set_int(&b, "altered", m.altered);
    json_set_int(&b, "withdrawn", m.withdrawn);
    json_set(&b, "unmatched", json_array(&list));
    *report = json_object(&b);
    return ok();
}
