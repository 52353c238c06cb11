/* When cases arrive: a Poisson process whose rate goes with the month, the weekday and the hour; or so many, spread alike. */
#include "engine/simulation/world.h"

#include <stdlib.h>

static int by_time(const void *x, const void *y)
{
    instant a = *(const instant *)x, b = *(const instant *)y;
    return a < b ? -1 : a > b;
}

/* A holiday is like a Sunday, and a Sunday that is worked like the Friday before. */
static double weight_of_day(const struct sim_plan *p, day d)
{
    int w = weekday(d);
    bool works = calendar_is_working(p->env.calendar, d);
    if (!works && w > 0 && w < 6) w = 0;
    if (works && (w == 0 || w == 6)) w = 5;
    return p->arrivals.weekday[w];
}

struct cells { /* hours of the span; sum[i]: of all before */
    double *sum;
    size_t n;
    double expected; /* cases */
};

static struct cells cells_of(struct arena *a, const struct sim_plan *p)
{
    const struct sim_arrivals *x = &p->arrivals;
    struct cells c = {.n = (size_t)(p->to - p->from) * 24};
    double hours = 0;
    c.sum = NEW_ARRAY(a, double, c.n + 1);
    for (int h = 0; h < 24; h++) hours += x->hour[h];
    for (day d = p->from; d < p->to;) {
        int year, month, first;
        civil_of_day(d, &year, &month, &first);
        day next = month == 12 ? day_of_civil(year + 1, 1, 1) : day_of_civil(year, month + 1, 1);
        double days = 0, rate = x->month[month - 1];
        for (day e = day_of_civil(year, month, 1); e < next; e++) days += weight_of_day(p, e);
        for (; d < next && d < p->to; d++)
            for (int h = 0; h < 24; h++) {
                size_t i = (size_t)(d - p->from) * 24 + (size_t)h;
                double part = days > 0 && hours > 0 ? weight_of_day(p, d) * x->hour[h] / (days * hours) : 0;
                c.sum[i + 1] = c.sum[i] + rate * part;
            }
    }
    c.expected = c.sum[c.n];
    return c;
}

static instant place(const struct sim_plan *p, const struct cells *c, double x)
{
    size_t lo = 0, hi = c->n - 1;
    while (lo < hi) { /* the cell with sum[lo] <= x < sum[lo + 1] */
        size_t mid = lo + (hi - lo) / 2;
        if (c->sum[mid + 1] > x)
            hi = mid;
        else
            lo = mid + 1;
    }
    double width = c->sum[lo + 1] - c->sum[lo], in = width > 0 ? (x - c->sum[lo]) / width : 0;
    return instant_of_day(p->from) + (instant)lo * MS_HOUR + (instant)(in * (double)(MS_HOUR - 1));
}

const instant *arrivals_draw(struct arena *a, const struct sim_plan *p, uint64_t seed, size_t *n)
{
    const struct sim_arrivals *x = &p->arrivals;
    if (x->list) {
        *n = x->n;
        return x->list;
    }
    struct cells c = cells_of(a, p);
    uint64_t s = random_stream(seed, 1);
    *n = 0;
    if (c.expected <= 0) return NULL;
    *n = x->n ? x->n : (size_t)random_poisson(&s, c.expected);
    instant *list = NEW_ARRAY(a, instant, *n + 1);
    for (size_t i = 0; i < *n; i++) list[i] = place(p, &c, random_uniform(&s) * c.expected);
    if (*n) qsort(list, *n, sizeof *list, by_time);
    return list;
}
