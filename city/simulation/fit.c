/* What the journal's projections say of a service: when cases came, how tasks went out, how long officers took. Counts and times only;
 * no variable of a case is read. The latest ended cases are looked at, 50 000 at most. */
#include "city/simulation/internal.h"

#include <math.h>
#include <stdlib.h>

enum { CASES_MOST = FIT_CASES, TASKS_MOST = 200000, ENOUGH = FIT_ENOUGH, PAIRS_ENOUGH = 30 };

static const struct stmt CASES = {
    "simulation_cases",
    "SELECT filed_at, ended_at, state FROM case_measure WHERE service = ?1 ORDER BY month DESC, case_id DESC LIMIT ?2",
    NULL, false};
static const struct stmt TASKS = {
    "simulation_tasks",
    "SELECT t.node, t.outcome, t.opened_at, t.closed_at, t.assignee, CASE WHEN f.progress LIKE '%\"x\":[%' OR f.progress LIKE '%\"c\":{%'"
    " THEN 1 ELSE 0 END FROM (SELECT case_id, month FROM case_measure WHERE service = ?1"
    " ORDER BY month DESC, case_id DESC LIMIT ?2) m JOIN case_task t ON t.case_id = m.case_id JOIN case_file f ON f.id = m.case_id WHERE t.status = 3"
    " ORDER BY t.assignee, t.closed_at, t.case_id, t.token LIMIT ?3",
    NULL, false};

static const struct json *counts_json(struct arena *a, const double *v, size_t n, int decimals)
{
    struct json_builder b = json_builder(a);
    for (size_t i = 0; i < n; i++) json_add(&b, json_of_double(a, v[i], decimals));
    return json_array(&b);
}

/* ---- arrivals and withdrawals ---- */

struct counted {
    double month[12], weekday[7], hour[24];
    bool seen[12][400]; /* that month of that year has cases, years from 1970 */
    int64_t withdrawn, withdrawn_ms;
};

static void count_case(struct counted *t, const struct sql_value *v)
{
    struct civil at = civil_of_instant(v[0].i);
    if (at.year < 1970 || at.year >= 2370) return;
    t->month[at.month - 1]++;
    t->weekday[weekday(day_of_instant(v[0].i))]++;
    t->hour[at.hour]++;
    t->seen[at.month - 1][at.year - 1970] = true;
    if (v[2].i != 5) return; /* CASE_WITHDRAWN */
    t->withdrawn++;
    t->withdrawn_ms += v[1].i - v[0].i;
}

static void arrivals_fitted(struct arena *a, struct counted *t, int64_t n, struct json_builder *to)
{
    struct json_builder b = json_builder(a), w = json_builder(a);
    double known = 0, sum = 0;
    for (int m = 0; m < 12; m++) {
        int years = 0;
        for (int y = 0; y < 400; y++) years += t->seen[m][y];
        if (years) t->month[m] /= years;
        known += years > 0;
        sum += t->month[m];
    }
    for (int m = 0; m < 12; m++) /* months nobody has seen are like the others */
        if (t->month[m] <= 0) t->month[m] = sum / known;
    json_set(&b, "month", counts_json(a, t->month, 12, 1));
    json_set(&b, "weekday", counts_json(a, t->weekday, 7, 0));
    json_set(&b, "hour", counts_json(a, t->hour, 24, 0));
    json_set(&b, "source", source_json(a, "journal", n));
    json_set(to, "arrivals", json_object(&b));
    json_set_double(&w, "share", (double)t->withdrawn / (double)n, 4);
    if (t->withdrawn) json_set_double(&w, "days", (double)t->withdrawn_ms / (double)t->withdrawn / (double)MS_DAY, 3);
    json_set(&w, "source", source_json(a, "journal", n));
    json_set(to, "withdrawn", json_object(&w));
}

/* ---- tasks ---- */

struct task_counts {
    int64_t n, outcomes[16], pairs, calm;
    double took, logs, squares;  /* hours by the clock; log of minutes of work */
    double stood, stood_squares; /* office minutes, of the calm: without correction or stop in the case */
};

/* Office minutes between two decisions of one officer in one stretch of a day, when the second task was there already at the
 * first: the officer had nothing to wait for, so it is how long the second took at most. 0: cannot be told. */
static double worked_minutes(const struct calendar *c, const struct sql_value *before, const struct sql_value *v)
{
    struct office_hours h = calendar_hours(c);
    instant from = before[3].i, to = v[3].i;
    day d = day_of_instant(from);
    if (!before[4].s.n || !slice_eq(before[4].s, v[4].s) || v[2].i > from || d != day_of_instant(to) || to <= from)
        return 0;
    for (int i = 0; i < 2; i++) {
        instant opens = instant_of_day(d) + h.from[i] * MS_MINUTE, closes = instant_of_day(d) + h.to[i] * MS_MINUTE;
        if (from >= opens && to <= closes) return (double)(to - from) / (double)MS_MINUTE;
    }
    return 0;
}

static void count_task(const struct known_service *k, struct task_counts *counts, const struct sql_value *before,
                       const struct sql_value *v)
{
    for (size_t i = 0; i < k->n; i++) {
        const struct sim_element *e = &k->elements[i];
        struct task_counts *t = &counts[i];
        if (!slice_eq(e->node->id, v[0].s))
            continue; /* where several elements have the id, each gets what all have done */
        t->n++;
        t->took += (double)(v[3].i - v[2].i) / (double)MS_HOUR;
        for (size_t o = 0; o < e->noutcomes && o < 16; o++) t->outcomes[o] += slice_eq(e->outcomes[o].name, v[1].s);
        double stood = v[5].i ? 0 : (double)calendar_worked(k->city->calendar, v[2].i, v[3].i) / (double)MS_MINUTE;
        t->calm += !v[5].i;
        t->stood += stood;
        t->stood_squares += stood * stood;
        double minutes = before ? worked_minutes(k->city->calendar, before, v) : 0;
        if (minutes <= 0) continue;
        t->pairs++;
        t->logs += log(minutes);
        t->squares += log(minutes) * log(minutes);
    }
}

/* What a task stood open beyond the work on it: until somebody turned to it. The queue of this service alone is in it too, which is little
 * where officers do other things as well. */
static const struct json *delay_fitted(struct arena *a, const struct task_counts *t, double work)
{
    struct json_builder b = json_builder(a);
    double n = (double)t->calm, mean = t->stood / n - work;
    double spread = sqrt(fmax(0, (t->stood_squares - t->stood * t->stood / n) / (n - 1)));
    bool some = mean > 0;
    json_set_cstr(&b, "shape", random_shape_name(some ? RANDOM_LOGNORMAL : RANDOM_EXPONENTIAL));
    json_set_double(&b, "minutes", some ? mean : 0, 2);
    json_set_double(&b, "cv", some ? fmin(5, spread / mean) : 0, 3);
    return json_object(&b);
}

static const struct json *task_fitted(const struct known_service *k, const struct sim_element *e,
                                      const struct task_counts *t)
{
    struct json_builder b = json_builder(k->a), shares = json_builder(k->a), source = json_builder(k->a),
                        observed = json_builder(k->a);
    int64_t told = 0;
    double work = e->takes.mean / (double)MS_MINUTE;
    for (size_t o = 0; o < e->noutcomes && o < 16; o++) told += t->outcomes[o];
    if (told >= ENOUGH) {
        for (size_t o = 0; o < e->noutcomes && o < 16; o++)
            json_set_slice(&shares, e->outcomes[o].name,
                           json_of_double(k->a, (double)t->outcomes[o] / (double)told, 4));
        json_set(&b, "outcomes", json_object(&shares));
        json_set(&source, "outcomes", source_json(k->a, "journal", told));
    }
    if (t->pairs >= PAIRS_ENOUGH && e->kind == SIM_OFFICER) {
        struct random_dist d = {RANDOM_LOGNORMAL, 0, 0};
        struct json_builder takes = json_builder(k->a);
        double n = (double)t->pairs, mean = t->logs / n, s2 = fmax(0, (t->squares - n * mean * mean) / (n - 1));
        d.mean = exp(mean + s2 / 2);
        d.cv = fmin(5, sqrt(expm1(s2)));
        json_set_cstr(&takes, "shape", random_shape_name(d.shape));
        json_set_double(&takes, "minutes", d.mean, 2);
        json_set_double(&takes, "cv", d.cv, 3);
        json_set(&b, "takes", json_object(&takes));
        json_set(&source, "takes", source_json(k->a, "journal", t->pairs));
        work = d.mean;
    }
    if (t->calm >= ENOUGH && e->kind == SIM_OFFICER) {
        json_set(&b, "delay", delay_fitted(k->a, t, work));
        json_set(&source, "delay", source_json(k->a, "journal", t->calm));
    }
    json_set_int(&observed, "n", t->n);
    json_set_double(&observed, "hours", t->took / (double)t->n, 2);
    json_set(&b, "observed", json_object(&observed));
    json_set(&b, "source", json_object(&source));
    return json_object(&b);
}

result fit_journal(const struct known_service *k, const struct json **out)
{
    struct arena *a = k->a;
    struct rows cases, tasks;
    struct counted *t = NEW(a, struct counted);
    struct task_counts *counts = NEW_ARRAY(a, struct task_counts, k->n + 1);
    struct json_builder b = json_builder(a), steps = json_builder(a);
    struct slice code = service_code(k->s);
    TRY(store_query(k->city->store, a, &CASES, BINDS(sql_text(code), sql_int(CASES_MOST)), &cases));
    for (size_t i = 0; i < cases.n; i++) count_case(t, row(&cases, i));
    if (cases.n >= ENOUGH) arrivals_fitted(a, t, (int64_t)cases.n, &b);
    TRY(store_query(k->city->store, a, &TASKS, BINDS(sql_text(code), sql_int(CASES_MOST), sql_int(TASKS_MOST)),
                    &tasks));
    for (size_t i = 0; i < tasks.n; i++) count_task(k, counts, i ? row(&tasks, i - 1) : NULL, row(&tasks, i));
    for (size_t i = 0; i < k->n; i++)
        if (counts[i].n) json_set_slice(&steps, k->elements[i].key, task_fitted(k, &k->elements[i], &counts[i]));
    TRY(fit_clock(k, &b, &steps));
    json_set(&b, "steps", json_object(&steps));
    *out = json_object(&b);
    return ok();
}
