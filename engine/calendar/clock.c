/* Clocks. Every unit is laid on an axis of countable elements: days (all, or working ones), or milliseconds (all,
 * or those of office hours). A stop is a range of the axis that is left out; a due date is the n-th element
 * that remains; progress is how many remain before now. */
#include "engine/calendar/table.h"

static const struct {
    const char *name, *zh, *en;
} causes[STOP_CAUSES] = {
    [STOP_HEARING] = {"hearing", "听证", "hearing"},
    [STOP_TENDER] = {"tender", "招标", "tender"},
    [STOP_AUCTION] = {"auction", "拍卖", "auction"},
    [STOP_INSPECTION] = {"inspection", "检验", "inspection"},
    [STOP_TESTING] = {"testing", "检测", "testing"},
    [STOP_QUARANTINE] = {"quarantine", "检疫", "quarantine"},
    [STOP_APPRAISAL] = {"appraisal", "鉴定", "appraisal"},
    [STOP_EXPERT_REVIEW] = {"expert_review", "专家评审", "expert review"},
};

const char *stop_cause_name(enum stop_cause c)
{
    return (unsigned)c < STOP_CAUSES ? causes[c].name : "";
}

struct slice stop_cause_zh(enum stop_cause c)
{
    return slice_cstr((unsigned)c < STOP_CAUSES ? causes[c].zh : "");
}

struct slice stop_cause_en(enum stop_cause c)
{
    return slice_cstr((unsigned)c < STOP_CAUSES ? causes[c].en : "");
}

bool stop_cause_scan(struct slice s, enum stop_cause *out)
{
    for (int i = 0; i < STOP_CAUSES; i++)
        if (slice_is(s, causes[i].name)) {
            *out = (enum stop_cause)i;
            return true;
        }
    return false;
}

const char *light_name(enum light l)
{
    static const char *const names[] = {
        [LIGHT_NONE] = "none",       [LIGHT_GREEN] = "green", [LIGHT_YELLOW] = "yellow",       [LIGHT_RED] = "red",
        [LIGHT_STOPPED] = "stopped", [LIGHT_DONE] = "done",   [LIGHT_DONE_LATE] = "done_late",
    };
    return (unsigned)l < sizeof names / sizeof *names ? names[l] : "none";
}

/* ---- the axis ---- */

static bool counts_days(enum limit_unit u)
{
    return u == LIMIT_WORKING_DAY || u == LIMIT_CALENDAR_DAY;
}

/* Instants far outside history would overflow sums; they count as the last year that fits (±30 000 years). */
static instant within(instant t)
{
    const instant most = INT64_C(1000000000000000);
    return t < -most ? -most : t > most ? most : t;
}

static int64_t day_position(const struct calendar *c, enum limit_unit u, int64_t d)
{
    return u == LIMIT_WORKING_DAY ? calendar_rank(c, d) : d;
}

/* The first element at or after the beginning of t's day (days), or after t (hours). */
static int64_t position(const struct calendar *c, enum limit_unit u, instant t)
{
    t = within(t);
    if (counts_days(u)) return day_position(c, u, day_of_instant(t));
    return u == LIMIT_WORKING_HOUR ? calendar_office(c, t) : t;
}

/* As above, but behind the whole day of t: the start day is not counted, today is. */
static int64_t position_after(const struct calendar *c, enum limit_unit u, instant t)
{
    if (counts_days(u)) return day_position(c, u, (int64_t)day_of_instant(within(t)) + 1);
    return position(c, u, t);
}

/* End of an element. */
static instant element_end(const struct calendar *c, enum limit_unit u, int64_t x)
{
    if (u == LIMIT_HOUR) return x + 1;
    if (u == LIMIT_WORKING_HOUR) return calendar_office_end(c, x + 1);
    int64_t d = u == LIMIT_WORKING_DAY ? calendar_select(c, x) : x;
    return (d + 1) * MS_DAY - CITY_OFFSET - 1;
}

static int64_t elements(const struct limit *l)
{
    if (counts_days(l->unit)) return l->n < CALENDAR_DAYS_MAX ? l->n : CALENDAR_DAYS_MAX;
    return (l->n < CALENDAR_HOURS_MAX ? l->n : CALENDAR_HOURS_MAX) * MS_HOUR;
}

/* ---- stops ---- */

struct spans {
    size_t n;
    struct span {
        int64_t from, to; /* left out: from … to-1; to == INT64_MAX: still stopped */
    } list[CLOCK_STOPS_MAX];
};

/* The stops as ranges of the axis, by beginning. */
static struct spans spans_of(const struct calendar *c, const struct clock *k, enum limit_unit u)
{
    struct spans s = {0, {{0, 0}}};
    for (size_t i = 0; i < k->nstops && i < CLOCK_STOPS_MAX; i++) {
        const struct clock_stop *stop = &k->stops[i];
        struct span p = {position(c, u, stop->from), stop->to == 0 ? INT64_MAX : position(c, u, stop->to)};
        if (p.to <= p.from) continue;
        size_t at = s.n++;
        for (; at > 0 && s.list[at - 1].from > p.from; at--) s.list[at] = s.list[at - 1];
        s.list[at] = p;
    }
    return s;
}

/* The n-th element from x on that no span leaves out; INT64_MAX when a span never ends. */
static int64_t nth_left(const struct spans *s, int64_t x, int64_t n)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct span *p = &s->list[i];
        if (p->to <= x) continue;
        if (p->from > x) {
            if (p->from - x >= n) break;
            n -= p->from - x;
        }
        if (p->to == INT64_MAX) return INT64_MAX;
        x = p->to;
    }
    return x + n - 1;
}

/* How many elements of x … end-1 are left. */
static int64_t count_left(const struct spans *s, int64_t x, int64_t end)
{
    int64_t n = 0;
    for (size_t i = 0; i < s->n && x < end; i++) {
        const struct span *p = &s->list[i];
        if (p->to <= x) continue;
        if (p->from >= end) break;
        if (p->from > x) n += p->from - x;
        x = p->to;
    }
    return x < end ? n + end - x : n;
}

instant clock_due(const struct calendar *c, const struct clock *k, const struct limit *l)
{
    if (k->started == 0 || l->n <= 0) return CLOCK_NO_DUE;
    struct spans s = spans_of(c, k, l->unit);
    int64_t x = nth_left(&s, position_after(c, l->unit, k->started), elements(l));
    return x == INT64_MAX ? CLOCK_NO_DUE : element_end(c, l->unit, x);
}

/* Elements used up at `now`. */
static int64_t used(const struct calendar *c, const struct clock *k, const struct limit *l, instant now)
{
    if (k->started == 0) return 0;
    if (k->ended && now > k->ended) now = k->ended;
    struct spans s = spans_of(c, k, l->unit);
    int64_t from = position_after(c, l->unit, k->started), to = position_after(c, l->unit, now);
    return to > from ? count_left(&s, from, to) : 0;
}

static bool stopped_at(const struct clock *k, instant now)
{
    for (size_t i = 0; i < k->nstops && i < CLOCK_STOPS_MAX; i++)
        if (k->stops[i].from <= now && (k->stops[i].to == 0 || now < k->stops[i].to)) return true;
    return false;
}

enum light clock_light(const struct calendar *c, const struct clock *k, instant now)
{
    const struct limit *l = k->promised.n > 0 ? &k->promised : &k->statutory;
    if (k->started == 0 || l->n <= 0) return LIGHT_NONE;
    instant due = clock_due(c, k, l);
    if (k->ended) return due != CLOCK_NO_DUE && k->ended > due ? LIGHT_DONE_LATE : LIGHT_DONE;
    if (due != CLOCK_NO_DUE && now > due) return LIGHT_RED;
    if (stopped_at(k, now)) return LIGHT_STOPPED;
    return 5 * used(c, k, l, now) > 4 * elements(l) ? LIGHT_YELLOW : LIGHT_GREEN;
}

void clock_progress(const struct calendar *c, const struct clock *k, const struct limit *l, instant now,
                    int64_t *elapsed, int64_t *total)
{
    *total = l->n > 0 ? l->n : 0;
    *elapsed = used(c, k, l, now);
    if (!counts_days(l->unit)) *elapsed /= MS_HOUR;
}

/* ---- stopping and resuming ---- */

static result running(struct arena *a, const struct clock *k, instant at)
{
    if (k->started == 0 || k->ended != 0) return fail(a, CODE_CLOCK_NOT_RUNNING, S(""), NULL);
    instant last = k->started;
    if (k->nstops) last = k->stops[k->nstops - 1].to ? k->stops[k->nstops - 1].to : k->stops[k->nstops - 1].from;
    if (at >= last) return ok();
    return fail(a, CODE_CLOCK_ORDER, S(""), "value", instant_text(a, at), "limit", instant_text(a, last), NULL);
}

static bool open_stop(const struct clock *k)
{
    return k->nstops && k->stops[k->nstops - 1].to == 0;
}

result clock_stop(struct arena *a, struct clock *k, instant at, enum stop_cause cause)
{
    TRY(running(a, k, at));
    if (open_stop(k))
        return fail(a, CODE_CLOCK_STOPPED, S(""), "value", stop_cause_zh(k->stops[k->nstops - 1].cause), NULL);
    if (k->nstops >= CLOCK_STOPS_MAX)
        return fail(a, CODE_CLOCK_STOPS, S(""), "limit", arena_printf(a, "%d", CLOCK_STOPS_MAX), NULL);
    k->stops[k->nstops++] = (struct clock_stop){at, 0, cause};
    return ok();
}

result clock_resume(struct arena *a, struct clock *k, instant at)
{
    TRY(running(a, k, at));
    if (!open_stop(k)) return fail(a, CODE_CLOCK_NOT_STOPPED, S(""), NULL);
    k->stops[k->nstops - 1].to = at;
    return ok();
}
