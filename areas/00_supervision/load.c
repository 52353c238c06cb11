/* The plan's rows in memory, and what its names mean. */
#include "areas/00_supervision/plan.h"

#include "city/identity/identity.h"
#include "city/sql.h"

static const struct stmt PLAN = {
    "plan_get", "SELECT title, number, issued_on, offices, hash, imported_at FROM plan WHERE one = 1", NULL, false};
static const struct stmt AREAS = {"plan_areas", "SELECT no, source, measures FROM plan_area ORDER BY no", NULL, false};
static const struct stmt BODIES = {"plan_bodies", "SELECT name, departments, by_hand FROM plan_body ORDER BY name",
                                   NULL, false};
static const struct stmt LEADERS = {"plan_leaders", "SELECT name, account FROM plan_leader ORDER BY name", NULL, false};
static const struct stmt TASKS = {
    "plan_tasks", "SELECT " PLAN_TASK_COLUMNS " FROM plan_task WHERE status <> 'withdrawn' ORDER BY no", NULL, false};
static const struct stmt TASK = {"plan_task", "SELECT " PLAN_TASK_COLUMNS " FROM plan_task WHERE no = ?1", NULL, false};
static const struct stmt TASK_LOCK = {"plan_task_lock", "SELECT " PLAN_TASK_COLUMNS " FROM plan_task WHERE no = ?1",
                                      NULL, true};

static result ask(struct city *c, struct tx *tx, struct arena *a, const struct stmt *q, const struct sql_value *v,
                  size_t n, struct rows *out)
{
    return tx ? tx_query(tx, a, q, v, n, out) : store_query(c->store, a, q, v, n, out);
}

static result kept(struct arena *a, struct slice text, const struct json **out)
{
    *out = NULL;
    return text.n ? json_parse(a, text, PLAN_FILE_MAX, S("plan"), out) : ok();
}

static result areas(struct arena *a, const struct rows *r, struct plan *out)
{
    struct plan_area *list = NEW_ARRAY(a, struct plan_area, r->n + 1);
    for (size_t i = 0; i < r->n; i++) {
        list[i].no = row(r, i)[0].i;
        list[i].measures = row(r, i)[2].s;
        TRY(kept(a, row(r, i)[1].s, &list[i].source));
    }
    out->areas = list;
    out->nareas = r->n;
    return ok();
}

static result bodies(struct arena *a, const struct rows *r, struct plan *out)
{
    struct plan_body *list = NEW_ARRAY(a, struct plan_body, r->n + 1);
    for (size_t i = 0; i < r->n; i++) {
        list[i].name = row(r, i)[0].s;
        list[i].by_hand = row(r, i)[2].i != 0;
        TRY(kept(a, row(r, i)[1].s, &list[i].departments));
    }
    out->bodies = list;
    out->nbodies = r->n;
    return ok();
}

static void leaders(struct arena *a, const struct rows *r, struct plan *out)
{
    struct plan_leader *list = NEW_ARRAY(a, struct plan_leader, r->n + 1);
    for (size_t i = 0; i < r->n; i++) {
        list[i].name = row(r, i)[0].s;
        (void)id_from_bytes(row(r, i)[1].s, &list[i].account);
    }
    out->leaders = list;
    out->nleaders = r->n;
}

result plan_load(struct city *c, struct tx *tx, struct arena *a, struct plan *out)
{
    struct rows plan, ar, bo, le;
    *out = (struct plan){0};
    TRY(ask(c, tx, a, &PLAN, NULL, 0, &plan));
    if (!plan.n) return fail(a, CODE_PLAN_NONE, S("plan"), NULL);
    TRY(ask(c, tx, a, &AREAS, NULL, 0, &ar));
    TRY(ask(c, tx, a, &BODIES, NULL, 0, &bo));
    TRY(ask(c, tx, a, &LEADERS, NULL, 0, &le));
    const struct sql_value *v = row(&plan, 0);
    out->title = v[0].s;
    out->number = v[1].s;
    out->issued_on = (day)v[2].i;
    out->hash = v[4].s;
    out->imported_at = v[5].i;
    TRY(kept(a, v[3].s, &out->offices));
    TRY(areas(a, &ar, out));
    TRY(bodies(a, &bo, out));
    leaders(a, &le, out);
    return ok();
}

const struct plan_area *plan_area_find(const struct plan *p, int64_t no)
{
    for (size_t i = 0; i < p->nareas; i++)
        if (p->areas[i].no == no) return &p->areas[i];
    return NULL;
}

const struct plan_body *plan_body_find(const struct plan *p, struct slice name)
{
    for (size_t i = 0; i < p->nbodies; i++)
        if (slice_eq(p->bodies[i].name, name)) return &p->bodies[i];
    return NULL;
}

result plan_task_read(struct arena *a, const struct sql_value *v, struct plan_task *out)
{
    *out = (struct plan_task){.no = v[PT_NO].i,
                              .area_no = v[PT_AREA].i,
                              .dated = v[PT_DUE].type == SQL_INT,
                              .due = (day)v[PT_DUE].i,
                              .withdrawn = slice_is(v[PT_STATUS].s, "withdrawn"),
                              .done = slice_is(v[PT_STATUS].s, "done"),
                              .done_on = (day)v[PT_DONE_ON].i,
                              .holds = v[PT_HOLDS].i,
                              .holds_at = v[PT_HOLDS_AT].i,
                              .checked_at = v[PT_CHECKED].i};
    (void)id_from_bytes(v[PT_OWNER].s, &out->owner);
    TRY(kept(a, v[PT_SOURCE].s, &out->source));
    TRY(kept(a, v[PT_FIGURE].s, &out->figure));
    TRY(kept(a, v[PT_CONDITION].s, &out->condition));
    if (out->condition) {
        out->done = out->holds == HOLDS_NOW;
        out->done_on = day_of_instant(out->holds_at);
    }
    return ok();
}

struct plan_clock plan_task_clock(const struct plan_task *t)
{
    return (struct plan_clock){.dated = t->dated,
                               .done = t->done,
                               .regressed = t->condition && t->holds == HOLDS_NO_LONGER,
                               .due = t->due,
                               .done_on = t->done_on};
}

result plan_tasks(struct city *c, struct tx *tx, struct arena *a, struct plan_task **out, size_t *n)
{
    struct rows r;
    TRY(ask(c, tx, a, &TASKS, NULL, 0, &r));
    *out = NEW_ARRAY(a, struct plan_task, r.n + 1);
    *n = r.n;
    for (size_t i = 0; i < r.n; i++) TRY(plan_task_read(a, row(&r, i), &(*out)[i]));
    return ok();
}

result plan_task_load(struct city *c, struct tx *tx, struct arena *a, int64_t no, struct plan_task *out)
{
    struct rows r;
    TRY(ask(c, tx, a, tx ? &TASK_LOCK : &TASK, BINDS(sql_int(no)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("no"), "value", arena_printf(a, "%lld", (long long)no), NULL);
    return plan_task_read(a, row(&r, 0), out);
}

result plan_number(struct arena *a, struct slice s, int64_t *no)
{
    if (slice_int64(s, no) && *no > 0) return ok();
    return fail(a, CODE_NOT_FOUND, S("no"), "value", s, NULL);
}

/* ---- names ---- */

static struct slice without(struct slice s, struct slice prefix)
{
    return prefix.n && s.n > prefix.n && slice_starts(s, prefix) ? slice_sub(s, prefix.n, s.n) : s;
}

/* Without the city's name in front and with narrow brackets: "东莞市水务集团" and "市水务集团" are one. */
static struct slice normal(struct arena *a, const struct city *c, struct slice name)
{
    struct buf b = buf_new(a, name.n + 1);
    for (size_t i = 0; i < name.n;) {
        bool open = slice_is(slice_sub(name, i, 3), "（"), close = slice_is(slice_sub(name, i, 3), "）");
        if (open || close)
            buf_puts(&b, open ? "(" : ")");
        else
            buf_put(&b, slice_sub(name, i, 1));
        i += open || close ? 3 : 1;
    }
    struct slice city = c->name_zh, s = buf_slice(&b);
    if (slice_ends(city, S("市"))) city.n -= 3;
    return without(without(s, city), S("市"));
}

const struct department *plan_match(struct arena *a, const struct city *c, const struct citydata *d, struct slice name)
{
    const struct department *found = NULL;
    for (size_t i = 0; i < d->ndepartments; i++)
        if (slice_eq(d->departments[i].name.zh, name)) return &d->departments[i];
    struct slice wanted = normal(a, c, name);
    for (size_t i = 0; i < d->ndepartments; i++) {
        const struct department *x = &d->departments[i];
        if (!slice_eq(normal(a, c, x->name.zh), wanted) && !slice_eq(normal(a, c, x->official), wanted)) continue;
        if (found) return NULL;
        found = x;
    }
    return found;
}

static bool lists(const struct json *list, struct slice s)
{
    for (size_t i = 0; list && i < list->n; i++)
        if (slice_eq(list->items[i]->text, s)) return true;
    return false;
}

bool plan_names(const struct plan *p, const struct json *names, struct slice department)
{
    for (size_t i = 0; names && i < names->n; i++) {
        const struct plan_body *b = plan_body_find(p, names->items[i]->text);
        if (b && lists(b->departments, department)) return true;
    }
    return false;
}

/* ---- who may ---- */

static bool heads(const struct plan *p, const struct json *names, const struct actor *x)
{
    for (size_t i = 0; names && i < names->n; i++) {
        const struct plan_body *b = plan_body_find(p, names->items[i]->text);
        for (size_t k = 0; b && k < b->departments->n; k++)
            if (actor_has_role(x, ROLE_HEAD, b->departments->items[k]->text, (struct slice){0})) return true;
    }
    return false;
}

static bool leads(const struct plan *p, const struct plan_area *area, const struct actor *x)
{
    const struct json *names = area ? json_get(area->source, "leaders") : NULL;
    for (size_t i = 0; i < p->nleaders; i++)
        if (id_eq(p->leaders[i].account, x->account) && lists(names, p->leaders[i].name)) return true;
    return false;
}

unsigned plan_supervisors(const struct plan *p, const struct actor *x)
{
    struct slice any = {0};
    if (x->kind == ACTOR_SYSTEM) return ~0u;
    unsigned all = heads(p, p->offices, x) ? PARTY_OFFICE : 0;
    return all | (actor_has_role(x, ROLE_ADMINISTRATOR, any, any) ? PARTY_ADMINISTRATOR : 0);
}

unsigned plan_parties(const struct plan *p, const struct plan_task *t, const struct actor *x)
{
    unsigned all = plan_supervisors(p, x);
    if (heads(p, json_get(t->source, "lead"), x) || heads(p, json_get(t->source, "acting_lead"), x)) all |= PARTY_LEAD;
    if (heads(p, json_get(t->source, "responsible"), x)) all |= PARTY_RESPONSIBLE;
    if (leads(p, plan_area_find(p, t->area_no), x)) all |= PARTY_LEADER;
    if (!id_is_none(t->owner) && id_eq(t->owner, x->account)) all |= PARTY_OWNER;
    return all;
}

const struct json *plan_who(struct city *c, struct arena *a, struct id account)
{
    struct json_builder b = json_builder(a);
    if (id_is_none(account)) return json_null();
    json_set_id(&b, "id", id_bytes(&account));
    json_set_str(&b, "name", identity_name_of(c, a, id_bytes(&account), ACTOR_STAFF));
    return json_object(&b);
}
