/* Due dates of a case's tasks and timers: recomputed as a whole whenever a stop begins or ends (行政许可法 art. 45). */
#include "city/cases/run.h"

bool clock_is_stopped(const struct clock *k)
{
    return k->nstops && k->stops[k->nstops - 1].to == 0;
}

instant acceptance_end(const struct calendar *cal, instant from)
{
    return instant_of_day(calendar_add(cal, day_of_instant(from), 5, LIMIT_WORKING_DAY, false) + 1) - 1;
}

instant acceptance_begin(const struct case_row *c)
{
    return json_int(c->correction, "answered", c->filed_at);
}

bool case_urged_today(const struct calendar *cal, const struct case_row *c, instant now)
{
    return c->urged_at && calendar_between(cal, day_of_instant(c->urged_at), day_of_instant(now)) < 1;
}

instant run_own_due(const struct run *r, struct limit limit, instant started)
{
    struct clock k = {.promised = limit, .started = started};
    const struct clock *c = &r->c->clock;
    for (size_t i = 0; i < c->nstops; i++) {
        struct clock_stop s = c->stops[i];
        if (s.to && s.to <= started) continue;
        if (s.from < started) s.from = started;
        k.stops[k.nstops++] = s;
    }
    return clock_due(r->k->city->calendar, &k, &k.promised);
}

static bool own_limit(struct run *r, const struct process_node *node, int64_t token, instant at, struct limit *out)
{
    if (!node || node->clock.n == 0) return false;
    if (limit_scan(node->clock, out)) return true;
    return process_term_at(r->a, r->state, r->c->vars, (uint32_t)token, at, out) == TERM_LIMIT;
}

static void sooner(instant *due, instant other)
{
    if (other && (*due == 0 || other < *due)) *due = other;
}

static instant due_of(const struct calendar *cal, const struct clock *k)
{
    return k->started ? clock_due(cal, k, k->promised.n ? &k->promised : &k->statutory) : 0;
}

instant run_task_due(struct run *r, int64_t token, const struct process_node *node, struct slice step, instant opened)
{
    const struct calendar *cal = r->k->city->calendar;
    const struct case_step *s = case_step_find(r->c, step);
    struct limit own;
    instant due = own_limit(r, node, token, opened, &own) ? run_own_due(r, own, opened) : 0;
    if (s) sooner(&due, due_of(cal, &s->clock));
    sooner(&due, due_of(cal, &r->c->clock));
    if (node && slice_is(node->task_kind, "acceptance") && r->c->state == CASE_FILED)
        sooner(&due, acceptance_end(cal, acceptance_begin(r->c)));
    return due;
}

/* The five working days of art. 32 run from the filing, whenever the acceptance task came to be opened: so do the timers that
 * sit on it. */
instant run_timer_due(struct run *r, const struct effect *e)
{
    const struct process_waiting *w = run_waiting(r, e->token), *host;
    const struct calendar *cal = r->k->city->calendar;
    if (r->c->state != CASE_FILED || !w || w->why != WAIT_BOUNDARY) return e->due;
    host = run_waiting(r, w->host);
    if (!host || !slice_is(host->node->task_kind, "acceptance")) return e->due;
    struct clock k = {.started = acceptance_begin(r->c)};
    switch (process_term_at(r->a, r->state, r->c->vars, e->token, r->k->now, &k.promised)) {
    case TERM_LIMIT: return clock_due(cal, &k, &k.promised);
    case TERM_DURATION: return e->due - (r->k->now - k.started);
    default: return e->due;
    }
}

static result due_fact(struct run *r, const char *t, int64_t token, instant due)
{
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", t);
    json_set_int(&b, "token", token);
    json_set_int(&b, "due", due);
    return run_fact(r, json_object(&b));
}

/* Columns of TASKS_OPEN: token, step, status, opened_at, due_at, kind. */
static result task_again(struct run *r, const struct sql_value *v)
{
    const struct process_waiting *w = run_waiting(r, v[0].i);
    if (!w || v[2].i == TASK_WAITING) return ok();
    instant due = run_task_due(r, v[0].i, w->node, v[1].s, v[3].i);
    return due == v[4].i ? ok() : due_fact(r, "task_due", v[0].i, due);
}

/* Columns of TIMERS_PENDING: token, due_at, set_at. A stopped clock holds its timers; when it runs again, a limit in the
 * law's units is counted anew, and a plain duration goes on where it stood. A fixed date stays what it is. */
static result timer_again(struct run *r, const struct sql_value *v, instant stopped_since)
{
    struct limit own;
    instant from = v[2].i > stopped_since ? v[2].i : stopped_since;
    if (!run_waiting(r, v[0].i)) return ok();
    switch (process_term_at(r->a, r->state, r->c->vars, (uint32_t)v[0].i, v[2].i, &own)) {
    case TERM_DATE: return ok();
    case TERM_LIMIT: return due_fact(r, "timer_due", v[0].i, run_own_due(r, own, v[2].i));
    default: return due_fact(r, "timer_due", v[0].i, v[1].i + (r->k->now - from));
    }
}

result run_reclock(struct run *r, instant stopped_since)
{
    const struct rows *tasks = run_rows(r, LOAD_OPEN), *timers = run_rows(r, LOAD_PENDING);
    for (size_t i = 0; i < tasks->n; i++) TRY(task_again(r, row(tasks, i)));
    if (clock_is_stopped(&r->c->clock)) return ok();
    for (size_t i = 0; i < timers->n; i++) TRY(timer_again(r, row(timers, i), stopped_since));
    return ok();
}
