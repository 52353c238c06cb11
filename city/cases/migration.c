/* One running case under another version of its service: the command, and what it means for tasks, timers and steps. */
#include "city/cases/change.h"
#include "city/cases/run.h"

/* Columns of the open tasks that a run loads. */
enum { O_TOKEN, O_STEP, O_STATUS, O_OPENED, O_DUE, O_KIND, O_NODE, O_DEPARTMENT, O_ROLE };
/* … and of its timers */
enum { P_TOKEN, P_DUE, P_SET };

/* The plan's own row of the case, in the same transaction; nothing where the case is migrated without one. */
static const struct stmt PLAN_ROW = {
    "case_plan_case_moved",
    "UPDATE case_plan_case SET state = ?3, left_behind = ?4, problems = '[]', at = ?5 WHERE plan = ?1 AND case_id = ?2",
    NULL, false};

static const struct sql_value *open_task(const struct run *r, uint32_t token)
{
    const struct rows *open = run_rows(r, LOAD_OPEN);
    for (size_t i = 0; i < open->n; i++)
        if (row(open, i)[O_TOKEN].i == token) return row(open, i);
    return NULL;
}

result run_task_changed(struct run *r, const struct effect *e)
{
    const struct sql_value *v = open_task(r, e->token);
    struct slice department = e->department.n ? e->department : r->c->department;
    if (!v) return ok();
    instant due =
        v[O_STATUS].i == TASK_WAITING ? v[O_DUE].i : run_task_due(r, e->token, e->node, e->step, v[O_OPENED].i);
    bool elsewhere = !slice_eq(department, v[O_DEPARTMENT].s) || !slice_eq(e->role, v[O_ROLE].s);
    bool same = !elsewhere && slice_eq(e->node->id, v[O_NODE].s) && slice_eq(e->step, v[O_STEP].s) &&
                slice_eq(e->node->task_kind, v[O_KIND].s) && due == v[O_DUE].i;
    if (same) return ok();
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "task_changed");
    json_set_int(&b, "token", e->token);
    json_set_str(&b, "node", e->node->id);
    json_set_str(&b, "step", e->step);
    json_set_str(&b, "kind", e->node->task_kind);
    json_set_str(&b, "department", department);
    json_set_str(&b, "role", e->role);
    json_set_int(&b, "due", due);
    if (elsewhere) json_set_bool(&b, "free", true);
    return run_fact(r, json_object(&b));
}

/* As if the new version had opened the task: its timers count from then. One that is past fires at once. */
instant run_timer_from_opening(struct run *r, const struct effect *e)
{
    const struct process_waiting *w = run_waiting(r, e->token);
    const struct sql_value *host = w && w->host ? open_task(r, w->host) : NULL;
    instant by_law = run_timer_due(r, e);
    struct limit own;
    if (!host || by_law != e->due) return by_law; /* on the acceptance task: counted from the filing already */
    switch (process_term_at(r->a, r->state, r->c->vars, e->token, host[O_OPENED].i, &own)) {
    case TERM_LIMIT: return run_own_due(r, own, host[O_OPENED].i);
    case TERM_DURATION: return e->due - (r->k->now - host[O_OPENED].i);
    default: return e->due;
    }
}

/* A timer that is kept keeps its due date, unless its tb:clock is another: then it counts anew from when it was set. */
static result timers_kept(struct run *r, const struct process_state *before, const struct json *vars)
{
    const struct rows *timers = run_rows(r, LOAD_PENDING);
    if (clock_is_stopped(&r->c->clock)) return ok(); /* recomputed when it runs again */
    for (size_t i = 0; i < timers->n; i++) {
        const struct sql_value *v = row(timers, i);
        struct limit was, is;
        uint32_t token = (uint32_t)v[P_TOKEN].i;
        if (v[P_TOKEN].i == ANSWER_TIMER || !run_waiting(r, v[P_TOKEN].i)) continue;
        enum process_term old = process_term_at(r->a, before, vars, token, v[P_SET].i, &was);
        if (process_term_at(r->a, r->state, r->c->vars, token, v[P_SET].i, &is) != TERM_LIMIT) continue;
        if (old == TERM_LIMIT && was.n == is.n && was.unit == is.unit) continue;
        struct json_builder b = json_builder(r->a);
        json_set_cstr(&b, "t", "timer_due");
        json_set_int(&b, "token", v[P_TOKEN].i);
        json_set_int(&b, "due", run_own_due(r, is, v[P_SET].i));
        TRY(run_fact(r, json_object(&b)));
    }
    return ok();
}

/* ---- the fact ---- */

static void set_limit(struct json_builder *b, struct limit l)
{
    struct json_builder x = json_builder(b->a);
    if (!l.n) return;
    json_set_int(&x, "n", l.n);
    json_set_int(&x, "u", (int64_t)l.unit);
    json_set(b, "limit", json_object(&x));
}

static bool chosen(const struct run *r, const struct service_step *s)
{
    const struct json *parts = json_get(r->c->vars, "parts");
    if (!s->optional || case_step_find(r->c, s->key)) return true;
    for (size_t i = 0; parts && i < parts->n; i++)
        if (slice_eq(parts->items[i]->text, s->key)) return true;
    return false;
}

static const struct json *steps_of(struct run *r, const struct service *to)
{
    const struct service_step *list;
    size_t n = service_steps(to, &list);
    struct json_builder steps = json_builder(r->a);
    for (size_t i = 0; i < n; i++) {
        struct json_builder b = json_builder(r->a);
        if (!chosen(r, &list[i])) continue;
        json_set_str(&b, "key", list[i].key);
        set_limit(&b, list[i].limit);
        json_add(&steps, json_object(&b));
    }
    return json_array(&steps);
}

static result migrated_fact(struct run *r, const struct case_migration *m)
{
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "migrated");
    json_set_str(&b, "from", service_hash(m->from));
    json_set_str(&b, "to", service_hash(m->to));
    json_set_str(&b, "plan", id_text(r->a, m->plan));
    if (m->how.undo) json_set_bool(&b, "undo", true);
    json_set(&b, "steps", steps_of(r, m->to));
    if (m->renamed && m->renamed->n) json_set(&b, "renamed", m->renamed);
    return run_fact(r, json_object(&b));
}

/* ---- the command ---- */

/* Before acceptance the law looks at the acceptance task alone: it stays one. */
static result still_to_accept(struct run *r, const struct process_outcome *o)
{
    if (r->c->state == CASE_HANDLING) return ok();
    for (size_t i = 0; i < o->n; i++) {
        const struct effect *e = &o->effects[i];
        const struct sql_value *v = e->type == EFF_TASK_CHANGED ? open_task(r, e->token) : NULL;
        if (!v || !slice_is(v[O_KIND].s, "acceptance") || slice_is(e->node->task_kind, "acceptance")) continue;
        return fail(r->a, CODE_PROCESS_MIGRATION, e->node->id, "value", e->node->name.n ? e->node->name : e->node->id,
                    "detail_zh", S("办件尚未受理，对应的环节须是受理任务"), "detail_en",
                    S("the case is not accepted yet: its element must become an acceptance task"), NULL);
    }
    return ok();
}

size_t migration_lacks(struct arena *a, const struct process_state *before, const struct json *vars_before,
                       const struct process_outcome *after, const struct slice **out)
{
    const struct slice *old, *now;
    size_t nold = process_lacks(a, before, vars_before, &old), nnow = process_lacks(a, after->state, after->vars, &now);
    struct slice *list = NEW_ARRAY(a, struct slice, nnow);
    size_t n = 0;
    for (size_t i = 0; i < nnow; i++) {
        bool had = false; /* what the case lacked before it lacks lawfully: a part left out, no window */
        for (size_t k = 0; k < nold; k++) had = had || slice_eq(old[k], now[i]);
        if (!had) list[n++] = now[i];
    }
    *out = list;
    return n;
}

static result lacks_nothing(struct run *r, const struct process_outcome *o)
{
    const struct slice *names;
    size_t n = migration_lacks(r->a, r->state, r->c->vars, o, &names);
    if (!n) return ok();
    struct buf b = buf_new(r->a, 4096);
    for (size_t i = 0; i < n; i++) {
        if (i) buf_puts(&b, ", ");
        buf_put(&b, names[i]);
    }
    return fail(r->a, CODE_MIGRATION_LACKS, S("case"), "value", buf_slice(&b), NULL);
}

/* Elements that are no longer waited for: an undoing waits for them again. */
static void note_row(struct run *r, const struct case_migration *m, const struct process_outcome *o)
{
    struct json_builder left = json_builder(r->a);
    for (size_t i = 0; i < o->n; i++)
        if (o->effects[i].type == EFF_TIMER_CANCELLED || o->effects[i].type == EFF_AWAIT_OVER)
            json_add(&left, json_of_string(r->a, o->effects[i].node->id));
    struct id *plan = NEW(r->a, struct id);
    *plan = m->plan;
    decision_write(r->d, &PLAN_ROW, -1, 5, sql_id(plan), sql_id(&r->c->id),
                   sql_text(m->how.undo ? S("undone") : S("moved")), sql_text(json_write(r->a, json_array(&left))),
                   sql_int(r->k->now));
}

static result migrate_body(struct run *r)
{
    const struct case_migration *m = r->args;
    if (slice_eq(r->c->service_hash, service_hash(m->to))) {
        r->silent = true; /* done before */
        return ok();
    }
    TRY(run_refuse_if_closed(r));
    if (!slice_eq(r->c->service_hash, service_hash(m->from)))
        return fail(r->a, CODE_MIGRATION_VERSION, S("case"), "number", r->c->number, NULL);
    const struct process_state *before = r->state;
    const struct json *vars = r->c->vars;
    struct process_step_env env = run_step_env(r);
    struct process_outcome o;
    TRY(process_migrate(r->a, before, vars, service_model(m->to), &m->how, r->k->now, &env, &o));
    TRY(still_to_accept(r, &o));
    if (!m->how.undo) TRY(lacks_nothing(r, &o));
    note_row(r, m, &o);
    r->migrates = true;
    r->service = m->to;
    TRY(migrated_fact(r, m));
    TRY(run_follow(r, &o));
    return timers_kept(r, before, vars);
}

result case_migrate(struct case_command *k, const struct case_migration *m, struct case_done *out)
{
    struct run r = {.k = k,
                    .kind = m->how.undo ? "unmigrate" : "migrate",
                    .with_open = true,
                    .body = migrate_body,
                    .args = (void *)(uintptr_t)m,
                    .out = out};
    return run_command(&r);
}
