/* What the journal's projections say of stops of the clock (行政许可法 art. 45) and of messages that ended a task: how often, and after
 * what time. Of a case its clocks are read (case_file.progress), of its events their kinds and instants; nothing that is under its key. */
#include "city/cases/row.h"
#include "city/simulation/internal.h"

#include <math.h>

enum { SPREAD_ENOUGH = 5 };

/* Cases whose clock ran; and the clocks of those that were stopped. A stopped clock has a member "x" in its text (city/cases/row.c). */
#define LATEST                                                                                                            \
    "(SELECT case_id FROM case_measure WHERE service = ?1 ORDER BY month DESC, case_id DESC LIMIT ?2) m JOIN case_file f" \
    " ON f.id = m.case_id"
static const struct stmt RAN = {"simulation_ran", "SELECT COUNT(*) FROM " LATEST " WHERE f.accepted_at > 0", NULL,
                                false};
static const struct stmt STOPPED = {"simulation_stopped",
                                    "SELECT f.progress FROM " LATEST
                                    " WHERE f.accepted_at > 0 AND f.progress LIKE '%\"x\":[%' ORDER BY f.id",
                                    NULL, false};
static const struct stmt CAME = {
    "simulation_came",
    "SELECT t.opened_at, t.closed_at, t.status, CASE WHEN t.status = 4 AND EXISTS (SELECT 1 FROM case_event e WHERE"
    " e.case_id = t.case_id AND e.at = t.closed_at AND e.kind = ?4) THEN 1 ELSE 0 END FROM (SELECT case_id FROM case_measure WHERE"
    " service = ?1 ORDER BY month DESC, case_id DESC LIMIT ?2) m JOIN case_task t ON t.case_id = m.case_id WHERE t.node = ?3 AND"
    " t.closed_at > 0",
    NULL, false};

/* ---- how long ---- */

struct lengths {
    int64_t n;
    double sum, squares; /* ms */
};

static void length_add(struct lengths *l, double ms)
{
    l->n++;
    l->sum += ms;
    l->squares += ms * ms;
}

/* Few tell a mean only. */
static const struct json *length_json(struct arena *a, const struct lengths *l)
{
    struct json_builder b = json_builder(a);
    double n = (double)l->n, mean = l->sum / n, spread = 0;
    bool enough = l->n >= SPREAD_ENOUGH && mean > 0;
    if (enough) spread = sqrt(fmax(0, (l->squares - n * mean * mean) / (n - 1))) / mean;
    json_set_cstr(&b, "shape", random_shape_name(enough ? RANDOM_LOGNORMAL : RANDOM_EXPONENTIAL));
    json_set_double(&b, "minutes", mean / (double)MS_MINUTE, 2);
    json_set_double(&b, "cv", enough ? fmin(5, spread) : 0, 3);
    return json_object(&b);
}

/* ---- stops ---- */

enum { STEPS_MOST = 64 };
struct stop_counts {
    struct lengths of;
    int64_t in_step[STEPS_MOST]; /* by the applicant's step that was under way */
};

static void stop_count(const struct known_service *k, struct stop_counts *counts, const struct case_row *c)
{
    const struct service_step *steps;
    size_t n = service_steps(k->s, &steps);
    bool told[STOP_CAUSES] = {false};
    for (size_t i = 0; i < c->clock.nstops; i++) {
        const struct clock_stop *s = &c->clock.stops[i];
        if ((unsigned)s->cause >= STOP_CAUSES || !s->to || told[s->cause])
            continue; /* a second one for the cause is rare */
        struct stop_counts *to = &counts[s->cause];
        told[s->cause] = true;
        length_add(&to->of, (double)(s->to - s->from));
        for (size_t p = 0; p < c->nsteps; p++)
            for (size_t e = 0; e < n && e < STEPS_MOST; e++)
                for (size_t x = 0; slice_eq(steps[e].key, c->steps[p].key) && x < c->steps[p].clock.nstops; x++)
                    to->in_step[e] += c->steps[p].clock.stops[x].from == s->from;
    }
}

/* The element that a stop in the applicant's step begins at: the first one of officers there behind acceptance. Empty: any. */
static struct slice stop_step(const struct known_service *k, const struct stop_counts *counts)
{
    const struct service_step *steps;
    size_t n = service_steps(k->s, &steps), most = 0, list[STEPS_MOST];
    for (size_t i = 1; i < n && i < STEPS_MOST; i++)
        if (counts->in_step[i] > counts->in_step[most]) most = i;
    if (!n || !counts->in_step[most]) return S("");
    size_t found = elements_marked(k, steps[most].key, list, STEPS_MOST);
    for (size_t i = 0; i < found; i++)
        if (!slice_is(k->elements[list[i]].node->task_kind, "acceptance")) return k->elements[list[i]].key;
    return S("");
}

static result fit_stops(const struct known_service *k, struct json_builder *to)
{
    struct arena *a = k->a;
    struct rows ran, stopped;
    struct stop_counts *counts = NEW_ARRAY(a, struct stop_counts, STOP_CAUSES);
    struct json_builder all = json_builder(a);
    struct sql_value binds[] = {sql_text(service_code(k->s)), sql_int(FIT_CASES)};
    TRY(store_query(k->city->store, a, &RAN, binds, 2, &ran));
    int64_t n = ran.n ? row(&ran, 0)[0].i : 0;
    if (n < FIT_ENOUGH) return ok();
    TRY(store_query(k->city->store, a, &STOPPED, binds, 2, &stopped));
    for (size_t i = 0; i < stopped.n; i++) {
        struct case_row c = {.filed_at = 0};
        TRY(case_progress_read(a, row(&stopped, i)[0].s, &c));
        stop_count(k, counts, &c);
    }
    for (int i = 0; i < STOP_CAUSES; i++) {
        struct json_builder b = json_builder(a), source = json_builder(a);
        json_set_double(&b, "share", (double)counts[i].of.n / (double)n, 4);
        json_set(&source, "share", source_json(a, "journal", n));
        if (counts[i].of.n) {
            json_set(&b, "takes", length_json(a, &counts[i].of));
            json_set_str(&b, "step", stop_step(k, &counts[i]));
            json_set(&source, "takes", source_json(a, "journal", counts[i].of.n));
        }
        json_set(&b, "source", json_object(&source));
        json_set(&all, stop_cause_name((enum stop_cause)i), json_object(&b));
    }
    json_set(to, "stops", json_object(&all));
    return ok();
}

/* ---- messages that may come meanwhile ---- */

/* The host of the element, when it is the one interrupting event of that kind there, so that it is known which one came. */
static const struct process_node *alone_at(const struct known_service *k, const struct sim_element *e, bool *signal)
{
    const struct process_declared *list, *found = NULL;
    size_t n = process_declared(k->a, e->model, &list), others = 0;
    for (size_t i = 0; i < n; i++)
        if (list[i].node == e->node && list[i].interrupting && list[i].host) found = &list[i];
    for (size_t i = 0; found && i < n; i++)
        others += list[i].host == found->host && list[i].interrupting && list[i].kind == found->kind;
    if (!found || others != 1 || !slice_is(found->host->kind, "userTask")) return NULL;
    *signal = found->kind == DECLARED_SIGNAL;
    return found->host;
}

static result fit_event(const struct known_service *k, const struct sim_element *e, struct json_builder *steps)
{
    struct rows r;
    struct lengths came = {0};
    bool signal = false;
    const struct process_node *host = alone_at(k, e, &signal);
    if (!host) return ok();
    TRY(store_query(k->city->store, k->a, &CAME,
                    BINDS(sql_text(service_code(k->s)), sql_int(FIT_CASES), sql_text(host->id),
                          sql_text(signal ? S("signal") : S("message"))),
                    &r));
    if (r.n < FIT_ENOUGH) return ok();
    for (size_t i = 0; i < r.n; i++)
        if (row(&r, i)[3].i) length_add(&came, (double)(row(&r, i)[1].i - row(&r, i)[0].i));
    struct json_builder b = json_builder(k->a), source = json_builder(k->a);
    json_set_double(&b, "occurs", (double)came.n / (double)r.n, 4);
    json_set(&source, "occurs", source_json(k->a, "journal", (int64_t)r.n));
    if (came.n) {
        json_set(&b, "takes", length_json(k->a, &came));
        json_set(&source, "takes", source_json(k->a, "journal", came.n));
    }
    json_set(&b, "source", json_object(&source));
    json_set_slice(steps, e->key, json_object(&b));
    return ok();
}

result fit_clock(const struct known_service *k, struct json_builder *to, struct json_builder *steps)
{
    TRY(fit_stops(k, to));
    for (size_t i = 0; i < k->n; i++)
        if (k->elements[i].armed) TRY(fit_event(k, &k->elements[i], steps));
    return ok();
}
