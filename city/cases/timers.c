/* Timers. After an outage a great many may be due at once: they fire in rounds of a bounded number, the earliest due first, as one group
 * of commands each, so that a round is a few commits; and the worker rests between rounds as long as others write too (case_timers_pace). */
#include "city/cases/flow.h"

#include <pthread.h>

/* A whole round at once: sixty-four journeys to the database would take longer than what they ask for. What is left over of the
 * places repeats the last id. */
#define PLACES                                                         \
    "?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,"          \
    "?17,?18,?19,?20,?21,?22,?23,?24,?25,?26,?27,?28,?29,?30,?31,?32," \
    "?33,?34,?35,?36,?37,?38,?39,?40,?41,?42,?43,?44,?45,?46,?47,?48," \
    "?49,?50,?51,?52,?53,?54,?55,?56,?57,?58,?59,?60,?61,?62,?63,?64"
static const struct stmt TIMERS_SELECT = {
    "timers_select", "SELECT id, case_id, token, due_at FROM case_timer WHERE id IN (" PLACES ") ORDER BY due_at, id",
    NULL, false};
static const struct stmt TIMER_REMOVE = {"timer_remove", "DELETE FROM case_timer WHERE id=?1", NULL, false};
static const struct stmt TIMER_LATER = {"timer_later", "UPDATE case_timer SET due_at=?2, lease_until=0 WHERE id=?1",
                                        NULL, false};
/* Held: looked at again after a while; when it is due stays as it was, for a resumption counts from that. */
static const struct stmt TIMER_HELD = {"timer_held", "UPDATE case_timer SET lease_until=?2 WHERE id=?1", NULL, false};

static result later(struct run *r, instant due)
{
    r->silent = true;
    decision_write(r->d, &TIMER_LATER, -1, 2, sql_id(&r->job), sql_int(due));
    return ok();
}

static result held(struct run *r)
{
    r->silent = true;
    decision_write(r->d, &TIMER_HELD, -1, 2, sql_id(&r->job), sql_int(r->k->now + MS_HOUR));
    return ok();
}

static result timer_body(struct run *r)
{
    const struct case_row *c = r->c;
    instant due = row(run_rows(r, LOAD_WORK), 0)[1].i;
    if (!case_state_open(c->state)) {
        r->silent = true;
        decision_write(r->d, &TIMER_REMOVE, -1, 1, sql_id(&r->job));
        return ok();
    }
    if (due > r->k->now) return later(r, due);
    if (r->token == ANSWER_TIMER) return run_unanswered(r);
    /* a stopped clock holds its timers; the resumption moves them */
    struct limit own;
    bool dated = process_term_at(r->a, r->state, c->vars, (uint32_t)r->token, r->k->now, &own) == TERM_DATE;
    if (clock_is_stopped(&c->clock) && !dated) return held(r);
    /* while the applicant corrects, and five working days after the answer, silence does not accept */
    if (c->state == CASE_CORRECTION) return held(r);
    instant answered = json_int(c->correction, "answered", 0);
    if (c->state == CASE_FILED && answered) {
        instant end = acceptance_end(r->k->city->calendar, acceptance_begin(c));
        if (end > r->k->now) return later(r, end);
    }
    TRY(run_fact1(r, "timer_off", "token", json_of_int(r->a, r->token)));
    r->by_timer = true;
    struct process_event e = {.type = EV_TIMER, .token = (uint32_t)r->token, .data = NULL, .at = r->k->now};
    return run_advance(r, &e);
}

/* ---- one round ---- */

struct round {
    pthread_mutex_t mu;
    pthread_cond_t over;
    size_t open;
};
struct firing {
    struct arena *a; /* its own: one bad row does not keep the others */
    struct round *round;
    struct case_command k;
    struct case_done out;
    struct run run;
    result res;
};

static struct firing *firing(struct city *c, instant now, const struct sql_value *v)
{
    struct id timer, case_id;
    if (!id_from_bytes(v[0].s, &timer) || !id_from_bytes(v[1].s, &case_id)) return NULL;
    struct arena *own = arena_new("timer");
    struct firing *f = NEW(own, struct firing);
    f->a = own;
    f->k = work_command(c, own, now, "timer", case_id);
    f->run = (struct run){.k = &f->k,
                          .kind = "timer",
                          .body = timer_body,
                          .token = v[2].i,
                          .job = timer,
                          .job_table = "case_timer",
                          .args = f,
                          .out = &f->out};
    return f;
}

/* Of leased rows, the earliest due first. */
static result load(struct city *c, struct arena *a, instant now, const struct rows *leased, struct firing **list,
                   size_t *n)
{
    struct sql_value ids[TIMERS_ROUND];
    struct rows rows;
    *n = 0;
    if (leased->n == 0) return ok();
    for (size_t i = 0; i < TIMERS_ROUND; i++) ids[i] = row(leased, i < leased->n ? i : leased->n - 1)[0];
    TRY(store_query(c->store, a, &TIMERS_SELECT, ids, TIMERS_ROUND, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        list[*n] = firing(c, now, row(&rows, i));
        if (list[*n]) (*n)++;
    }
    return ok();
}

/* On a store thread. */
static void fired(struct run *r, result res)
{
    struct firing *f = r->args;
    f->res = result_copy(f->a, res);
    (void)pthread_mutex_lock(&f->round->mu);
    if (--f->round->open == 0) (void)pthread_cond_signal(&f->round->over);
    (void)pthread_mutex_unlock(&f->round->mu);
}

static void fire_all(struct firing **list, size_t n)
{
    struct round round = {.open = n};
    (void)pthread_mutex_init(&round.mu, NULL);
    (void)pthread_cond_init(&round.over, NULL);
    for (size_t i = 0; i < n; i++) {
        list[i]->round = &round;
        run_command_async(&list[i]->run, fired);
    }
    (void)pthread_mutex_lock(&round.mu);
    while (round.open) (void)pthread_cond_wait(&round.over, &round.mu);
    (void)pthread_mutex_unlock(&round.mu);
    (void)pthread_cond_destroy(&round.over);
    (void)pthread_mutex_destroy(&round.mu);
}

/* What asked for numbers, or lost a race, is done again by itself. */
static result settle(struct city *c, struct firing *f)
{
    enum code code = result_code(f->res);
    if (code == CODE_CASE_FETCH || code == CODE_STORE_CONSTRAINT || code == CODE_STORE_VERSION)
        return run_command(&f->run);
    if (!failed(f->res) && !f->run.silent) events_publish(c->events, f->out.case_id, f->out.version);
    return f->res;
}

result case_timers_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done)
{
    struct rows rows;
    result all = ok();
    size_t count = 0;
    *done = 0;
    if (n > TIMERS_ROUND) n = TIMERS_ROUND;
    TRY(store_lease(c->store, a, "case_timer", id_new(now), LEASE_MS, n, &rows));
    struct firing *list[TIMERS_ROUND];
    TRY(load(c, a, now, &rows, list, &count));
    if (count) fire_all(list, count);
    for (size_t i = 0; i < count; i++) {
        result r = settle(c, list[i]);
        if (failed(r))
            all = result_join(a, all, result_copy(a, r));
        else
            (*done)++;
        arena_free(list[i]->a);
    }
    return all;
}

struct timers_pace case_timers_pace(int64_t units, size_t asked, size_t done, int64_t took_ms)
{
    bool left_over = done == asked, others = units > (int64_t)done;
    if (!left_over || !others) return (struct timers_pace){TIMERS_ROUND, 0};
    int64_t rest = took_ms < TIMERS_REST_MAX ? took_ms : TIMERS_REST_MAX;
    return (struct timers_pace){TIMERS_BESIDE, rest > 0 ? rest : 1};
}
