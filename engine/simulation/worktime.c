#include "engine/simulation/worktime.h"

struct worktime worktime_new(struct arena *a, const struct calendar *c, day from, int32_t days)
{
    struct worktime w = {.from = from, .days = days};
    struct office_hours h = calendar_hours(c);
    for (int i = 0; i < 2; i++) {
        if (h.from[i] == h.to[i]) continue;
        w.spells[w.nspells][0] = h.from[i] * MS_MINUTE;
        w.spells[w.nspells++][1] = h.to[i] * MS_MINUTE;
    }
    if (!w.nspells) {
        w.nspells = 1;
        w.spells[0][1] = MS_DAY;
    }
    for (int i = 0; i < w.nspells; i++) w.office += w.spells[i][1] - w.spells[i][0];
    uint8_t *working = NEW_ARRAY(a, uint8_t, (size_t)days);
    int64_t *before = NEW_ARRAY(a, int64_t, (size_t)days + 1);
    for (int32_t i = 0; i < days; i++) {
        working[i] = calendar_is_working(c, from + i);
        before[i + 1] = before[i] + (working[i] ? w.office : 0);
    }
    w.working = working;
    w.before = before;
    return w;
}

/* Office time of a working day up to so long after midnight. */
static int64_t within(const struct worktime *w, int64_t at)
{
    int64_t sum = 0;
    for (int i = 0; i < w->nspells && at > w->spells[i][0]; i++)
        sum += (at < w->spells[i][1] ? at : w->spells[i][1]) - w->spells[i][0];
    return sum;
}

static int64_t of_day(const struct worktime *w, instant t, int32_t *i)
{
    *i = worktime_day(w, t);
    return t - instant_of_day(w->from + *i);
}

bool worktime_open(const struct worktime *w, instant t)
{
    int32_t i;
    int64_t at = of_day(w, t, &i);
    if (i < 0 || i >= w->days || !w->working[i]) return false;
    for (int k = 0; k < w->nspells; k++)
        if (at >= w->spells[k][0] && at < w->spells[k][1]) return true;
    return false;
}

instant worktime_opens(const struct worktime *w, instant t)
{
    int32_t i;
    int64_t at = of_day(w, t, &i);
    for (; i < w->days; i++, at = -1)
        for (int k = 0; i >= 0 && w->working[i] && k < w->nspells; k++)
            if (w->spells[k][0] > at) return instant_of_day(w->from + i) + w->spells[k][0];
    return instant_of_day(w->from + w->days);
}

int64_t worktime_before(const struct worktime *w, instant t)
{
    int32_t i;
    int64_t at = of_day(w, t, &i);
    if (i < 0) return 0;
    if (i >= w->days) return w->before[w->days];
    return w->before[i] + (w->working[i] ? within(w, at) : 0);
}

instant worktime_done(const struct worktime *w, instant t, int64_t work)
{
    int32_t i;
    int64_t at = of_day(w, t, &i);
    for (; i < w->days; i++, at = 0) {
        if (!w->working[i]) continue;
        for (int k = 0; k < w->nspells; k++) {
            int64_t from = at > w->spells[k][0] ? at : w->spells[k][0], room = w->spells[k][1] - from;
            if (room <= 0) continue;
            if (work <= room) return instant_of_day(w->from + i) + from + work;
            work -= room;
        }
    }
    return instant_of_day(w->from + w->days);
}
