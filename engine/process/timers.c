/* When things fall due. */
#include "engine/process/run.h"

bool limit_due(struct run *r, uint32_t token, const struct limit *l, instant *due)
{
    const struct calendar *c = r->env->calendar;
    if (l->unit == LIMIT_HOUR) { /* a plain duration: no calendar can change it */
        struct duration d = {0, l->n * MS_HOUR};
        return duration_after(r->at, d, due);
    }
    if (!c) {
        INCIDENT(r, token, CODE_PROCESS_CALENDAR, "value", token_pub(r, token_find(r, token))->id, NULL);
        return false;
    }
    struct clock k = {.started = r->at};
    *due = clock_due(c, &k, l);
    return true;
}

static bool bad_due(struct run *r, uint32_t token, struct slice text)
{
    struct slice id = token_pub(r, token_find(r, token))->id;
    INCIDENT(r, token, CODE_PROCESS_DUE_BAD, "value", arena_printf(r->a, "%.*s %.*s", SLICE_ARG(id), SLICE_ARG(text)),
             NULL);
    return false;
}

/* FEEL's date, or date and time with or without an offset or zone; without one it is the city's time. */
static bool date_scan(struct run *r, struct slice text, instant *out)
{
    day d;
    size_t zone = slice_find(text, '@', 0);
    struct slice local = slice_sub(text, 0, zone == SIZE_MAX ? text.n : zone);
    if (day_scan(text, &d)) {
        *out = instant_of_day(d);
        return true;
    }
    if (instant_scan(text, out)) return true;
    if (zone != SIZE_MAX && !slice_is(slice_sub(text, zone + 1, text.n), "Asia/Shanghai")) return false;
    return instant_scan(arena_printf(r->a, "%.*s+08:00", SLICE_ARG(local)), out);
}

/* The timer with its expression, if any, evaluated. */
static bool timer_now(struct run *r, uint32_t token, const struct timer *t, struct timer *out)
{
    *out = *t;
    if (!t->expr) return true;
    const struct json *v = NULL;
    if (!vars_eval(r, token, t->expr, vars_view(r, token_find(r, token)->scope), &v, NULL)) return false;
    struct slice text = v->type == JSON_STRING ? v->text : (struct slice){0};
    bool good = t->form == TIMER_DURATION ? iso_duration_scan(text, &out->every)
                : t->form == TIMER_DATE   ? date_scan(r, text, &out->date)
                : t->form == TIMER_CYCLE  ? cycle_scan(text, &out->times, &out->every)
                                          : limit_scan(text, &out->clock);
    return good ? true : bad_due(r, token, text);
}

static bool due_of(struct run *r, uint32_t token, const struct timer *t, instant *due)
{
    switch (t->form) {
    case TIMER_DATE: *due = t->date; return true;
    case TIMER_CLOCK: return limit_due(r, token, &t->clock, due);
    default: return duration_after(r->at, t->every, due) ? true : bad_due(r, token, S("duration"));
    }
}

bool timer_due(struct run *r, uint32_t token, const struct timer *t, instant *due, uint32_t *times)
{
    struct timer now;
    if (!timer_now(r, token, t, &now) || !due_of(r, token, &now, due)) return false;
    if (times) *times = now.form == TIMER_CYCLE ? now.times : 0;
    return true;
}
