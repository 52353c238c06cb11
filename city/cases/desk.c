/* The desk: lists of tasks by clock, the full view of a case, search, own figures. */
#include "city/cases/view.h"

#include <stdlib.h>

#include "city/identity/identity.h"

/* ---- lists of tasks ---- */

#define TASK_COLUMNS                                                                                             \
    "t.case_id, t.token, t.node, t.step, t.kind, t.service, t.department, t.role, t.town, t.status, t.assignee," \
    " t.assignee_name, t.opened_at, t.due_at, t.urged, f.number, f.service_hash, f.version, f.vars_ct, k.wrapped, f.progress"
#define TASK_FROM " FROM case_task t JOIN case_file f ON f.id = t.case_id JOIN data_key k ON k.id = t.case_id"
#define TASK_AFTER \
    " AND (t.due_at > ?3 OR (t.due_at = ?3 AND t.case_id > ?4)) ORDER BY t.due_at, t.case_id, t.token LIMIT ?5"

static const struct stmt TASKS_OF_ME = {
    "desk_mine", "SELECT " TASK_COLUMNS TASK_FROM " WHERE t.assignee=?1 AND t.status < 3 AND ?2 = ?2" TASK_AFTER, NULL,
    false};
static const struct stmt TASKS_OF_GRANT = {
    "desk_department",
    "SELECT " TASK_COLUMNS TASK_FROM " WHERE t.department=?1 AND t.role=?2 AND t.status < 3" TASK_AFTER, NULL, false};
static const struct stmt TASKS_OF_DEPARTMENT = {
    "desk_head", "SELECT " TASK_COLUMNS TASK_FROM " WHERE t.department=?1 AND ?2 = ?2 AND t.status < 3" TASK_AFTER,
    NULL, false};

enum {
    C_CASE,
    C_TOKEN,
    C_NODE,
    C_STEP,
    C_KIND,
    C_SERVICE,
    C_DEPARTMENT,
    C_ROLE,
    C_TOWN,
    C_STATUS,
    C_ASSIGNEE,
    C_ASSIGNEE_NAME,
    C_OPENED,
    C_DUE,
    C_URGED,
    C_NUMBER,
    C_HASH,
    C_VERSION,
    C_VARS,
    C_KEY,
    C_PROGRESS
};

struct listing {
    struct city *city;
    struct arena *a;
    const struct actor *x;
    const struct desk_filter *f;
    instant now;
    instant after_due;
    struct id after_case;
    const struct sql_value **rows;
    size_t n, cap;
};

static void keep(struct listing *l, const struct sql_value *v)
{
    for (size_t i = 0; i < l->n; i++)
        if (slice_eq(l->rows[i][C_CASE].s, v[C_CASE].s) && l->rows[i][C_TOKEN].i == v[C_TOKEN].i) return;
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 64;
        const struct sql_value **more = arena_alloc(l->a, cap * sizeof *more);
        if (l->n) memcpy(more, l->rows, l->n * sizeof *more);
        l->rows = more;
        l->cap = cap;
    }
    l->rows[l->n++] = v;
}

static result gather(struct listing *l, const struct stmt *q, struct sql_value first, struct slice second,
                     struct slice town)
{
    struct rows rows;
    const struct sql_value v[] = {first, sql_text(second), sql_int(l->after_due), sql_id(&l->after_case),
                                  sql_int(l->f->limit + 1)};
    TRY(store_query(l->city->store, l->a, q, v, 5, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_value *x = row(&rows, i);
        bool here = town.n == 0 || slice_is(town, "*") || slice_eq(town, x[C_TOWN].s);
        bool service = l->f->service.n == 0 || slice_eq(l->f->service, x[C_SERVICE].s);
        bool number = l->f->q.n == 0 || slice_search(x[C_NUMBER].s, l->f->q) != SIZE_MAX;
        if (here && service && number) keep(l, x);
    }
    return ok();
}

static result gather_all(struct listing *l)
{
    const struct actor *x = l->x;
    if (l->f->scope == DESK_MINE) return gather(l, &TASKS_OF_ME, sql_id(&x->account), S(""), S("*"));
    for (size_t i = 0; i < x->ngrants; i++) {
        const struct role_grant *g = &x->grants[i];
        bool window = g->role == ROLE_WINDOW;
        if (l->f->scope == DESK_WINDOW && !window) continue;
        struct slice department = slice_is(g->department, "*") ? x->department : g->department;
        if (g->role == ROLE_HEAD)
            TRY(gather(l, &TASKS_OF_DEPARTMENT, sql_text(department), S(""), g->town));
        else
            TRY(gather(l, &TASKS_OF_GRANT, sql_text(department), slice_cstr(role_name(g->role)), g->town));
    }
    return ok();
}

static int by_due(const void *p, const void *q)
{
    const struct sql_value *a = *(const struct sql_value *const *)p, *b = *(const struct sql_value *const *)q;
    if (a[C_DUE].i != b[C_DUE].i) return a[C_DUE].i < b[C_DUE].i ? -1 : 1;
    int c = slice_cmp(a[C_CASE].s, b[C_CASE].s);
    return c ? c : (a[C_TOKEN].i < b[C_TOKEN].i ? -1 : a[C_TOKEN].i > b[C_TOKEN].i);
}

/* The light of a task: its step's clock, or the case's, else its own due date. */
static enum light task_light(const struct listing *l, const struct sql_value *v)
{
    struct case_row c = {.version = 0};
    if (!failed(case_progress_read(l->a, v[C_PROGRESS].s, &c))) {
        const struct case_step *s = case_step_find(&c, v[C_STEP].s);
        const struct clock *k = s && s->clock.started && s->clock.promised.n ? &s->clock : &c.clock;
        if (k->started && k->promised.n) return clock_light(l->city->calendar, k, l->now);
    }
    if (v[C_DUE].i == 0) return LIGHT_NONE;
    return v[C_DUE].i < l->now ? LIGHT_RED : v[C_DUE].i - l->now < MS_DAY ? LIGHT_YELLOW : LIGHT_GREEN;
}

static result applicant_of(const struct listing *l, const struct sql_value *v, struct slice *name)
{
    struct id id;
    struct data_key key;
    struct slice plain;
    const struct json *vars = NULL;
    *name = S("");
    if (!id_from_bytes(v[C_CASE].s, &id)) return ok();
    TRY(vault_unwrap(l->city, l->a, id, v[C_KEY].s, &key));
    TRY(vault_open(l->a, &key, "case.vars", v[C_VARS].s, &plain));
    TRY(json_parse(l->a, plain, 4 * 1024 * 1024, S("vars"), &vars));
    *name = mask_name(l->a, json_string(json_get(vars, "applicant"), "name"));
    return ok();
}

static result task_json(const struct listing *l, const struct sql_value *v, const struct json **out)
{
    struct arena *a = l->a;
    struct json_builder b = json_builder(a);
    const struct service *s = NULL;
    struct id case_id, who;
    struct slice applicant;
    (void)id_from_bytes(v[C_CASE].s, &case_id);
    TRY(applicant_of(l, v, &applicant));
    json_set_str(&b, "id", arena_printf(a, "%lld", (long long)v[C_TOKEN].i));
    json_set_str(&b, "case", id_text(a, case_id));
    json_set_str(&b, "case_number", v[C_NUMBER].s);
    json_set_str(&b, "service", v[C_SERVICE].s);
    json_set_str(&b, "step", v[C_STEP].s);
    json_set_str(&b, "kind", v[C_KIND].s);
    if (!failed(catalogue_by_hash(l->city->catalogue, a, v[C_HASH].s, &s))) {
        const struct process_node *n = model_node(service_model(s), v[C_NODE].s, v[C_STEP].s);
        json_set(&b, "service_name", bitext_json(a, service_name(s)));
        json_set_str(&b, "title", n && n->name.n ? n->name : v[C_NODE].s);
    }
    json_set(&b, "department", citydata_department_json(a, catalogue_data(l->city->catalogue), v[C_DEPARTMENT].s));
    json_set_str(&b, "role", v[C_ROLE].s);
    json_set_str(&b, "town", v[C_TOWN].s);
    json_set_str(&b, "applicant", applicant);
    json_set_str(&b, "opened_at", instant_text(a, v[C_OPENED].i));
    json_set(&b, "due_at", v[C_DUE].i ? json_of_string(a, instant_text(a, v[C_DUE].i)) : json_null());
    json_set_cstr(&b, "light", light_name(task_light(l, v)));
    json_set_bool(&b, "waiting", v[C_STATUS].i == TASK_WAITING);
    if (v[C_ASSIGNEE].type != SQL_NULL && id_from_bytes(v[C_ASSIGNEE].s, &who)) {
        struct json_builder w = json_builder(a);
        json_set_str(&w, "id", id_text(a, who));
        json_set_str(&w, "name", v[C_ASSIGNEE_NAME].s);
        json_set(&b, "assignee", json_object(&w));
    } else {
        json_set(&b, "assignee", json_null());
    }
    json_set_int(&b, "urged", v[C_URGED].i);
    json_set_int(&b, "version", v[C_VERSION].i);
    *out = json_object(&b);
    return ok();
}

static result cursor_read(struct listing *l)
{
    struct slice due, id;
    l->after_due = INT64_MIN;
    if (l->f->cursor.n == 0) return ok();
    bool good =
        slice_cut(l->f->cursor, ':', &due, &id) && slice_int64(due, &l->after_due) && id_scan(id, &l->after_case);
    return good ? ok() : fail(l->a, CODE_ID_INVALID, S("cursor"), "value", l->f->cursor, NULL);
}

result desk_tasks(struct city *c, struct arena *a, const struct actor *x, const struct desk_filter *f, instant now,
                  const struct json **out)
{
    struct listing l = {.city = c, .a = a, .x = x, .f = f, .now = now};
    struct json_builder list = json_builder(a), b = json_builder(a);
    size_t shown = 0, at = 0;
    memset(l.after_case.b, 0, 16);
    l.after_case.b[15] = 1; /* never ID_NONE, which binds NULL */
    TRY(cursor_read(&l));
    TRY(gather_all(&l));
    if (l.n) qsort(l.rows, l.n, sizeof *l.rows, by_due);
    for (; at < l.n && (int64_t)shown < f->limit; at++) {
        const struct json *t;
        if (f->light.n && !slice_is(f->light, light_name(task_light(&l, l.rows[at])))) continue;
        TRY(task_json(&l, l.rows[at], &t));
        json_add(&list, t);
        shown++;
    }
    json_set(&b, "items", json_array(&list));
    struct id last;
    if (at < l.n && at > 0 && id_from_bytes(l.rows[at - 1][C_CASE].s, &last))
        json_set_str(&b, "next",
                     arena_printf(a, "%lld:%.*s", (long long)l.rows[at - 1][C_DUE].i, SLICE_ARG(id_text(a, last))));
    else
        json_set(&b, "next", json_null());
    *out = json_object(&b);
    return ok();
}

/* ---- one case, whole ---- */

static const struct stmt TASKS_OF_CASE = {
    "desk_case_tasks", "SELECT " TASK_COLUMNS TASK_FROM " WHERE t.case_id=?1 ORDER BY t.token", NULL, false};

static const struct {
    const char *key, *zh, *en;
} OUTCOMES[] = {
    {"accept", "受理", "Accept"},
    {"refuse", "不予受理", "Refuse"},
    {"correct", "一次性告知补正", "Ask for correction"},
    {"approve", "同意", "Approve"},
    {"reject", "不同意", "Reject"},
    {"return", "退回", "Return"},
    {"submit", "提交", "Submit"},
    {"done", "办结", "Done"},
    {"confirm", "确认", "Confirm"},
};

static const struct json *outcome_json(struct arena *a, struct slice key)
{
    struct json_builder b = json_builder(a);
    struct bitext t = {key, key};
    for (size_t i = 0; i < sizeof OUTCOMES / sizeof *OUTCOMES; i++)
        if (slice_is(key, OUTCOMES[i].key)) t = (struct bitext){slice_cstr(OUTCOMES[i].zh), slice_cstr(OUTCOMES[i].en)};
    json_set_str(&b, "key", key);
    json_set(&b, "text", bitext_json(a, t));
    json_set_bool(&b, "reasons_required", slice_is(key, "refuse") || slice_is(key, "reject"));
    json_set_bool(&b, "corrections_required", slice_is(key, "correct"));
    return json_object(&b);
}

static const struct json *stop_causes(struct arena *a)
{
    struct json_builder list = json_builder(a);
    for (int i = 0; i < STOP_CAUSES; i++) {
        struct json_builder b = json_builder(a);
        struct bitext t = {stop_cause_zh((enum stop_cause)i), slice_cstr(stop_cause_name((enum stop_cause)i))};
        json_set_cstr(&b, "key", stop_cause_name((enum stop_cause)i));
        json_set(&b, "text", bitext_json(a, t));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static bool may_do(const struct actor *x, const struct sql_value *v)
{
    enum role role;
    return v[C_STATUS].i < TASK_WAITING && role_scan(v[C_ROLE].s, &role) &&
           actor_has_role(x, role, v[C_DEPARTMENT].s, v[C_TOWN].s);
}

static const struct json *task_more(const struct view *v, const struct actor *x, const struct sql_value *r)
{
    struct json_builder b = json_builder(v->a), list = json_builder(v->a);
    const struct process_node *n = model_node(service_model(v->service), r[C_NODE].s, r[C_STEP].s);
    for (size_t i = 0; n && i < n->noutcomes; i++) {
        bool again = slice_is(n->outcomes[i], "correct") && v->c->correction;
        if (!again) json_add(&list, outcome_json(v->a, n->outcomes[i]));
    }
    json_set(&b, "outcomes", json_array(&list));
    json_set_bool(&b, "opinion_required", slice_is(r[C_KIND].s, "review") || slice_is(r[C_KIND].s, "sign"));
    json_set_bool(&b, "can_decide", may_do(x, r));
    json_set(&b, "stop_causes", v->c->state == CASE_HANDLING ? stop_causes(v->a) : json_null());
    json_set(&b, "separate", n && n->separate.n ? json_of_string(v->a, n->separate) : json_null());
    const struct json *form = n && n->form.n ? service_task_form_json(v->service, n->form) : NULL;
    json_set(&b, "form", form ? form : json_null());
    return json_object(&b);
}

static result tasks_json(const struct view *v, const struct actor *x, const struct json **out)
{
    struct rows rows;
    struct desk_filter none = {.limit = 1};
    struct listing l = {.city = v->city, .a = v->a, .x = x, .f = &none, .now = v->now};
    struct json_builder list = json_builder(v->a);
    struct sql_value id = sql_id(&v->c->id);
    TRY(store_query(v->city->store, v->a, &TASKS_OF_CASE, &id, 1, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct json *t;
        TRY(task_json(&l, row(&rows, i), &t));
        struct json_builder s = json_builder(v->a);
        static const char *const STATUS[] = {"open", "claimed", "waiting", "done", "cancelled"};
        json_set_cstr(&s, "status", STATUS[row(&rows, i)[C_STATUS].i]);
        t = json_merge(v->a, t, json_object(&s));
        if (row(&rows, i)[C_STATUS].i < TASK_DONE) t = json_merge(v->a, t, task_more(v, x, row(&rows, i)));
        json_add(&list, t);
    }
    *out = json_array(&list);
    return ok();
}

/* Rules that fired, from the journal (PIPL art. 24: automated decisions are explained). */
static const struct json *explanations_json(const struct view *v)
{
    struct json_builder list = json_builder(v->a);
    for (size_t i = 0; i < v->nevents; i++) {
        const struct json *facts = v->events[i].facts;
        for (size_t k = 0; facts && k < facts->n; k++)
            if (slice_is(json_string(facts->items[k], "t"), "rule")) json_add(&list, json_get(facts->items[k], "d"));
    }
    return json_array(&list);
}

result desk_case(struct city *c, struct arena *a, const struct actor *x, struct id case_id, instant now,
                 const struct json **out)
{
    enum case_audience who;
    struct id subject;
    struct view v;
    const struct json *view, *tasks;
    struct json_builder b = json_builder(a);
    TRY(case_may_see(c, a, x, case_id, &who, &subject));
    TRY(read_record(c, a, x, now, subject, case_id, "case", S("task")));
    TRY(view_open(c, a, case_id, now, VIEW_STAFF, &v));
    TRY(view_json(&v, &view));
    TRY(tasks_json(&v, x, &tasks));
    json_set(&b, "data", json_get(v.c->vars, "form"));
    json_set(&b, "vars", v.c->vars);
    json_set(&b, "schema", service_form_json(v.service));
    json_set(&b, "tasks", tasks);
    json_set(&b, "explanations", explanations_json(&v));
    *out = json_merge(a, view, json_object(&b));
    return ok();
}

/* ---- search and figures ---- */

static const struct stmt BY_NUMBER = {"case_by_number",
                                      "SELECT id, number, service, state FROM case_file WHERE number=?1", NULL, false};
static const struct stmt BY_SUBJECT = {
    "case_by_subject", "SELECT id, number, service, state FROM case_file WHERE subject=?1 ORDER BY id DESC LIMIT 50",
    NULL, false};

static result search_rows(struct city *c, struct arena *a, struct slice q, struct rows *rows)
{
    static const char *const KINDS[] = {"resident_id", "uscc"};
    struct sql_value v = sql_text(q);
    TRY(store_query(c->store, a, &BY_NUMBER, &v, 1, rows));
    for (size_t i = 0; i < 2 && rows->n == 0; i++) {
        struct id subject;
        bool found = false;
        struct slice normal;
        if (failed(identity_number_check(a, slice_cstr(KINDS[i]), q, S("q"), &normal))) continue;
        TRY(subject_find(c, a, slice_cstr(KINDS[i]), normal, &subject, &found));
        if (!found) continue;
        v = sql_id(&subject);
        TRY(store_query(c->store, a, &BY_SUBJECT, &v, 1, rows));
    }
    return ok();
}

result desk_search(struct city *c, struct arena *a, const struct actor *x, struct slice q, instant now,
                   const struct json **out)
{
    struct rows rows;
    struct json_builder list = json_builder(a), b = json_builder(a);
    if (q.n < 6 || q.n > 64) return fail(a, CODE_FIELD_TYPE, S("q"), "expected", S("6-64"), NULL);
    TRY(search_rows(c, a, q, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct json_builder s = json_builder(a);
        struct id id, subject;
        enum case_audience who;
        if (!id_from_bytes(row(&rows, i)[0].s, &id) || failed(case_may_see(c, a, x, id, &who, &subject))) continue;
        TRY(read_record(c, a, x, now, subject, id, "search", S("task")));
        json_set_str(&s, "id", id_text(a, id));
        json_set_str(&s, "number", row(&rows, i)[1].s);
        json_set_str(&s, "service", row(&rows, i)[2].s);
        json_set_cstr(&s, "state", case_state_name((enum case_state)row(&rows, i)[3].i));
        json_add(&list, json_object(&s));
    }
    json_set(&b, "items", json_array(&list));
    json_set(&b, "next", json_null());
    *out = json_object(&b);
    return ok();
}

static const struct stmt FIGURES_MINE = {
    "desk_figures_mine",
    "SELECT COALESCE(SUM(CASE WHEN status=3 THEN 1 ELSE 0 END),0), COALESCE(SUM(CASE WHEN status<3 THEN 1 ELSE 0 END),0),"
    " COALESCE(SUM(CASE WHEN status=3 AND (due_at=0 OR closed_at<=due_at) THEN 1 ELSE 0 END),0)"
    " FROM case_task WHERE assignee=?1",
    NULL, false};
static const struct stmt FIGURES_DEPARTMENT = {
    "desk_figures_department",
    "SELECT COALESCE(SUM(CASE WHEN status=3 THEN 1 ELSE 0 END),0), COALESCE(SUM(CASE WHEN status<3 THEN 1 ELSE 0 END),0),"
    " COALESCE(SUM(CASE WHEN status=3 AND (due_at=0 OR closed_at<=due_at) THEN 1 ELSE 0 END),0)"
    " FROM case_task WHERE department=?1 AND opened_at >= ?2",
    NULL, false};

static const struct json *figures_json(struct arena *a, const struct rows *r)
{
    struct json_builder b = json_builder(a);
    const struct sql_value *v = row(r, 0);
    json_set_int(&b, "done", v[0].i);
    json_set_int(&b, "open", v[1].i);
    json_set(&b, "on_time_share",
             v[0].i ? json_of_number(a, arena_printf(a, "%.4f", (double)v[2].i / (double)v[0].i)) : json_null());
    return json_object(&b);
}

result desk_statistics(struct city *c, struct arena *a, const struct actor *x, instant now, const struct json **out)
{
    struct rows mine, department;
    struct json_builder b = json_builder(a);
    struct sql_value me = sql_id(&x->account);
    const struct sql_value dep[] = {sql_text(x->department), sql_int(now - 90 * MS_DAY)};
    TRY(store_query(c->store, a, &FIGURES_MINE, &me, 1, &mine));
    TRY(store_query(c->store, a, &FIGURES_DEPARTMENT, dep, 2, &department));
    json_set(&b, "mine", figures_json(a, &mine));
    json_set(&b, "department", figures_json(a, &department));
    *out = json_object(&b);
    return ok();
}
