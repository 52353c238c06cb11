/* What replies and the command line show of the plan. */
#include "areas/00_supervision/plan.h"

#include "city/identity/identity.h"
#include "city/sql.h"
#include "engine/calendar/calendar.h"

static const struct stmt COUNTS = {
    "plan_counts",
    "SELECT (SELECT COUNT(*) FROM plan_subtask WHERE task_no = ?1), (SELECT COUNT(*) FROM plan_subtask WHERE task_no = ?1 AND"
    " done_on IS NOT NULL), (SELECT COUNT(*) FROM plan_evidence WHERE task_no = ?1), (SELECT COUNT(*) FROM plan_comment WHERE"
    " task_no = ?1), (SELECT COALESCE(MAX(level), 0) FROM plan_step WHERE task_no = ?1)",
    NULL, false};

static void json_set_day(struct json_builder *b, const char *key, bool there, day d)
{
    json_set(b, key, there ? json_of_string(b->a, day_text(b->a, d)) : json_null());
}

static void condition(struct city *c, struct arena *a, struct json_builder *b, const struct plan_task *t)
{
    static const char *const STATES[] = {"not_yet", "holds", "no_longer"};
    struct json_builder o = json_builder(a);
    if (!t->condition) {
        json_set(b, "condition", json_null());
        return;
    }
    json_set(&o, "words", bitext_json(a, plan_condition_words(c, a, t->condition)));
    json_set_cstr(&o, "state", STATES[t->holds]);
    json_set_instant(&o, "since", t->holds_at);
    json_set_instant(&o, "checked_at", t->checked_at);
    json_set(&o, "figures", t->figure ? t->figure : json_null());
    json_set(b, "condition", json_merge(a, t->condition, json_object(&o)));
}

static int64_t days_left(const struct city *c, const struct plan_task *t, day today)
{
    return calendar_between(c->calendar, today, t->due);
}

static void counts(struct city *c, struct arena *a, struct json_builder *b, const struct plan_task *t)
{
    struct rows r;
    static const char *const KEYS[] = {"subtasks", "subtasks_done", "evidence", "comments", "escalation"};
    if (failed(store_query(c->store, a, &COUNTS, BINDS(sql_int(t->no)), &r)) || !r.n) return;
    struct json_builder n = json_builder(a);
    for (size_t i = 0; i < 4; i++) json_set_int(&n, KEYS[i], row(&r, 0)[i].i);
    json_set(b, "counts", json_object(&n));
    int64_t level = t->done ? 0 : row(&r, 0)[4].i;
    json_set_int(b, "escalation", level);
    json_set_bool(b, "special", level >= 3);
}

const struct json *plan_task_json(struct city *c, struct arena *a, const struct plan *p, const struct plan_task *t,
                                  instant now)
{
    struct json_builder b = json_builder(a);
    day today = day_of_instant(now);
    struct plan_clock k = plan_task_clock(t);
    json_set_cstr(&b, "status", t->withdrawn ? "withdrawn" : t->done ? "done" : "open");
    json_set_cstr(&b, "light", plan_light_name(plan_light(c->calendar, &k, today)));
    json_set(&b, "working_days_left", t->dated && !t->done ? json_of_int(a, days_left(c, t, today)) : json_null());
    json_set_day(&b, "done_on", t->done, t->done_on);
    json_set_bool(&b, "done_late", t->done && t->dated && t->done_on > t->due);
    json_set_bool(&b, "due_before_issue", t->dated && t->due < p->issued_on);
    json_set(&b, "owner", plan_who(c, a, t->owner));
    condition(c, a, &b, t);
    counts(c, a, &b, t);
    return json_merge(a, t->source, json_object(&b));
}

static const struct json *body_json(struct arena *a, const struct citydata *d, const struct plan_body *x)
{
    struct json_builder b = json_builder(a), list = json_builder(a);
    json_set_str(&b, "name", x->name);
    for (size_t i = 0; i < x->departments->n; i++)
        json_add(&list, citydata_department_json(a, d, x->departments->items[i]->text));
    json_set(&b, "departments", json_array(&list));
    json_set_bool(&b, "by_hand", x->by_hand);
    return json_object(&b);
}

static const struct json *area_json(struct arena *a, const struct plan_area *x)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "measures", x->measures);
    return json_merge(a, x->source, json_object(&b));
}

static void people(struct city *c, struct arena *a, const struct plan *p, struct json_builder *out)
{
    struct json_builder bodies = json_builder(a), unmatched = json_builder(a), leaders = json_builder(a);
    for (size_t i = 0; i < p->nbodies; i++) {
        json_add(&bodies, body_json(a, catalogue_data(c->catalogue), &p->bodies[i]));
        if (!p->bodies[i].departments->n) json_add(&unmatched, json_of_string(a, p->bodies[i].name));
    }
    for (size_t i = 0; i < p->nleaders; i++) {
        struct json_builder b = json_builder(a);
        json_set_str(&b, "name", p->leaders[i].name);
        json_set(&b, "account", plan_who(c, a, p->leaders[i].account));
        json_add(&leaders, json_object(&b));
    }
    json_set(out, "bodies", json_array(&bodies));
    json_set(out, "unmatched", json_array(&unmatched));
    json_set(out, "leaders", json_array(&leaders));
}

result plan_list(struct city *c, struct arena *a, instant now, const struct json **out)
{
    struct plan p;
    struct plan_task *t;
    size_t n;
    struct json_builder b = json_builder(a), areas = json_builder(a), tasks = json_builder(a);
    TRY(plan_load(c, NULL, a, &p));
    TRY(plan_tasks(c, NULL, a, &t, &n));
    for (size_t i = 0; i < p.nareas; i++) json_add(&areas, area_json(a, &p.areas[i]));
    for (size_t i = 0; i < n; i++) json_add(&tasks, plan_task_json(c, a, &p, &t[i], now));
    json_set_str(&b, "title", p.title);
    json_set_str(&b, "number", p.number);
    json_set_str(&b, "issued_on", day_text(a, p.issued_on));
    json_set_instant(&b, "imported_at", p.imported_at);
    json_set(&b, "offices", p.offices);
    json_set(&b, "areas", json_array(&areas));
    json_set(&b, "tasks", json_array(&tasks));
    people(c, a, &p, &b);
    *out = json_object(&b);
    return ok();
}

/* ---- one task, whole ---- */

static const struct stmt SUBTASKS = {
    "plan_subtasks",
    "SELECT id, title, department, owner, due, done_on FROM plan_subtask WHERE task_no = ?1 ORDER BY id", NULL, false};
static const struct stmt EVIDENCE = {
    "plan_evidences",
    "SELECT e.id, e.kind, e.title, e.ref, e.added_by, e.added_at, f.name, f.type, f.size FROM plan_evidence e"
    " LEFT JOIN plan_file f ON e.kind = 'file' AND f.hash = e.ref WHERE e.task_no = ?1 ORDER BY e.id",
    NULL, false};
static const struct stmt COMMENTS = {
    "plan_comments", "SELECT id, text, added_by, added_at FROM plan_comment WHERE task_no = ?1 ORDER BY id", NULL,
    false};
static const struct stmt HISTORY = {
    "plan_history",
    "SELECT id, at, actor, actor_kind, kind, details FROM plan_history WHERE task_no = ?1 ORDER BY id DESC LIMIT 500",
    NULL, false};

static struct id id_at(const struct sql_value *v)
{
    struct id id = ID_NONE;
    (void)id_from_bytes(v->s, &id);
    return id;
}

static const struct json *subtask(struct city *c, struct arena *a, const struct sql_value *v, instant now)
{
    struct json_builder b = json_builder(a);
    struct plan_clock k = {
        .dated = v[4].type == SQL_INT, .due = (day)v[4].i, .done = v[5].type == SQL_INT, .done_on = (day)v[5].i};
    const struct citydata *d = catalogue_data(c->catalogue);
    json_set_id(&b, "id", v[0].s);
    json_set_str(&b, "title", v[1].s);
    json_set(&b, "department", v[2].s.n ? citydata_department_json(a, d, v[2].s) : json_null());
    json_set(&b, "owner", plan_who(c, a, id_at(&v[3])));
    json_set_day(&b, "due", k.dated, k.due);
    json_set_day(&b, "done_on", k.done, k.done_on);
    json_set_cstr(&b, "light", plan_light_name(plan_light(c->calendar, &k, day_of_instant(now))));
    return json_object(&b);
}

/* A service that is cited shows whether it is published now. */
static void service_now(struct city *c, struct arena *a, struct slice code, struct json_builder *b)
{
    const struct service *s;
    bool there = !failed(catalogue_current(c->catalogue, a, code, &s));
    json_set_bool(b, "published", there);
    if (there) json_set(b, "service", bitext_json(a, service_name(s)));
}

static const struct json *evidence(struct city *c, struct arena *a, const struct sql_value *v)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "id", v[0].s);
    json_set_str(&b, "kind", v[1].s);
    json_set_str(&b, "title", v[2].s);
    json_set_str(&b, "ref", v[3].s);
    json_set(&b, "by", plan_who(c, a, id_at(&v[4])));
    json_set_instant(&b, "at", v[5].i);
    if (slice_is(v[1].s, "service")) service_now(c, a, v[3].s, &b);
    if (v[6].type == SQL_TEXT) {
        json_set_str(&b, "name", v[6].s);
        json_set_str(&b, "type", v[7].s);
        json_set_int(&b, "size", v[8].i);
    }
    return json_object(&b);
}

static const struct json *comment(struct city *c, struct arena *a, const struct sql_value *v)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "id", v[0].s);
    json_set_str(&b, "text", v[1].s);
    json_set(&b, "by", plan_who(c, a, id_at(&v[2])));
    json_set_instant(&b, "at", v[3].i);
    return json_object(&b);
}

static const struct json *entry(struct city *c, struct arena *a, const struct sql_value *v)
{
    struct json_builder b = json_builder(a);
    const struct json *details = json_null();
    if (failed(json_parse(a, v[5].s, PLAN_FILE_MAX, S("details"), &details))) details = json_null();
    json_set_instant(&b, "at", v[1].i);
    json_set(&b, "by", bitext_json(a, identity_who(c, a, v[2].s, v[3].i)));
    json_set_str(&b, "kind", v[4].s);
    json_set(&b, "details", details);
    return json_object(&b);
}

static result parts(struct city *c, struct arena *a, int64_t no, instant now, struct json_builder *out)
{
    struct rows r[4];
    struct json_builder list[4];
    const struct stmt *const asked[] = {&SUBTASKS, &EVIDENCE, &COMMENTS, &HISTORY};
    static const char *const KEYS[] = {"subtasks", "evidence", "comments", "history"};
    for (int k = 0; k < 4; k++) {
        TRY(store_query(c->store, a, asked[k], BINDS(sql_int(no)), &r[k]));
        list[k] = json_builder(a);
        for (size_t i = 0; i < r[k].n; i++) {
            const struct sql_value *v = row(&r[k], i);
            json_add(&list[k], k == 0   ? subtask(c, a, v, now)
                               : k == 1 ? evidence(c, a, v)
                               : k == 2 ? comment(c, a, v)
                                        : entry(c, a, v));
        }
        json_set(out, KEYS[k], json_array(&list[k]));
    }
    return ok();
}

static const struct json *may(struct arena *a, unsigned parties, const struct plan_task *t)
{
    struct json_builder b = json_builder(a);
    bool steer = (parties & PLAN_STEER) != 0, part = (parties & PLAN_TAKE_PART) != 0;
    json_set_bool(&b, "status", (parties & (PLAN_STEER | PARTY_LEADER)) && !t->condition);
    json_set_bool(&b, "owner", steer);
    json_set_bool(&b, "condition", steer);
    json_set_bool(&b, "subtask", part);
    json_set_bool(&b, "evidence", part);
    json_set_bool(&b, "comment", part);
    return json_object(&b);
}

result plan_task_full(struct city *c, struct arena *a, const struct actor *x, int64_t no, instant now,
                      const struct json **out)
{
    struct plan p;
    struct plan_task t;
    struct json_builder b = json_builder(a);
    TRY(plan_load(c, NULL, a, &p));
    TRY(plan_task_load(c, NULL, a, no, &t));
    TRY(parts(c, a, no, now, &b));
    json_set(&b, "may", may(a, plan_parties(&p, &t, x), &t));
    *out = json_merge(a, plan_task_json(c, a, &p, &t, now), json_object(&b));
    return ok();
}
