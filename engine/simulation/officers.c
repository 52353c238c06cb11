/* Officers and what waits for them. */
#include "engine/simulation/world.h"

#include <string.h>

/* ---- who is there ---- */

static const uint8_t *away_of(struct world *w, const struct sim_group *g, uint64_t officer)
{
    if (g->away <= 0) return NULL;
    const struct worktime *t = &w->time;
    uint8_t *days = NEW_ARRAY(w->a, uint8_t, (size_t)t->days);
    uint64_t who = intern_hash(g->code.p, g->code.n, w->seed) + officer;
    int64_t offset = (int64_t)(random_at(w->seed, who, 7) * SIM_AWAY_DAYS), n = 0;
    for (int32_t i = 0; i < t->days; i++) {
        if (!t->working[i]) continue;
        uint64_t spell = (uint64_t)((n++ + offset) / SIM_AWAY_DAYS);
        days[i] = random_at(w->seed, who, 100 + spell) < g->away;
    }
    return days;
}

static void presence(struct world *w, size_t group)
{
    struct sim_group_result *r = &w->r->groups[group];
    const struct group *g = &w->groups[group];
    for (int32_t i = 0; i < w->r->days; i++) {
        int year, month, d;
        if (!w->time.working[i]) continue;
        civil_of_day(w->time.from + i, &year, &month, &d);
        int64_t there = 0;
        for (int64_t k = 0; k < g->plan->officers; k++) there += !(g->away[k] && g->away[k][i]);
        r->there_ms += there * w->time.office;
        r->month_there[month - 1] += there * w->time.office;
    }
}

void officers_begin(struct world *w)
{
    for (size_t i = 0; i < w->p->ngroups; i++) {
        struct group *g = &w->groups[i];
        size_t n = (size_t)w->p->groups[i].officers;
        *g = (struct group){.plan = &w->p->groups[i], .queue = {.a = w->a}, .since = w->from};
        g->item = NEW_ARRAY(w->a, uint32_t, n + 1);
        g->free = NEW_ARRAY(w->a, uint32_t, n + 1);
        g->away = NEW_ARRAY(w->a, const uint8_t *, n + 1);
        for (size_t k = 0; k < n; k++) g->away[k] = away_of(w, g->plan, k);
        presence(w, i);
    }
}

/* ---- how long the queues are ---- */

static void add_up(struct world *w, size_t group)
{
    struct group *g = &w->groups[group];
    int32_t i = worktime_day(&w->time, g->since);
    if (w->now > g->since && i >= 0 && i < w->r->days) w->r->groups[group].queue[i] += g->waiting * (w->now - g->since);
    g->since = w->now;
}

static void waiting(struct world *w, const struct item *x, int64_t change)
{
    struct element *e = &w->elements[x->index];
    struct group *g = &w->groups[x->group];
    struct sim_step_result *s = &w->r->steps_[x->index];
    s->area_ms += e->waiting * (w->now - e->since);
    e->since = w->now;
    e->waiting += change;
    if (e->waiting > s->most) s->most = e->waiting;
    add_up(w, x->group);
    g->waiting += change;
    if (g->waiting > w->r->groups[x->group].most) w->r->groups[x->group].most = g->waiting;
}

void officers_day(struct world *w)
{
    for (size_t i = 0; i < w->p->ngroups; i++) add_up(w, i);
}

/* ---- work ---- */

void officers_queue(struct world *w, uint32_t item)
{
    struct item *x = &w->items[item];
    x->state = ITEM_QUEUED;
    x->queued = w->now;
    waiting(w, x, 1);
    schedule_put(&w->groups[x->group].queue, x->due, 0, item, x->generation);
    officers_dispatch(w, x->group);
}

static void worked(struct world *w, const struct item *x, int64_t ms)
{
    struct sim_group_result *r = &w->r->groups[x->group];
    r->busy_ms += ms;
    r->month_busy[civil_of_instant(w->now - 1).month - 1] += ms;
    w->r->steps_[x->index].work_ms += ms;
}

/* Office time that the officer has spent on it so far. */
static int64_t spent(const struct world *w, const struct item *x)
{
    int64_t sum = worktime_before(&w->time, w->now) - worktime_before(&w->time, x->began);
    return sum < x->work ? sum : x->work;
}

/* What somebody began who is away today waits for a colleague, as far as it is not done. */
static void hand_on(struct world *w, uint32_t item)
{
    struct item *x = &w->items[item];
    int64_t ms = spent(w, x);
    worked(w, x, ms);
    w->groups[x->group].item[x->officer] = 0;
    x->work -= ms;
    x->generation++; /* the end that was planned is void */
    x->handed_on = true;
    officers_queue(w, item);
}

void officers_morning(struct world *w)
{
    int32_t i = worktime_day(&w->time, w->now);
    for (size_t n = 0; n < w->p->ngroups; n++) {
        struct group *g = &w->groups[n];
        g->nfree = 0;
        for (int64_t k = 0; k < g->plan->officers; k++)
            if (g->item[k] && g->away[k] && g->away[k][i]) hand_on(w, g->item[k]);
        for (int64_t k = g->plan->officers - 1; k >= 0; k--)
            if (!g->item[k] && !(g->away[k] && g->away[k][i])) g->free[g->nfree++] = (uint32_t)k;
    }
}

static void let_go(struct world *w, struct item *x)
{
    struct group *g = &w->groups[x->group];
    const uint8_t *away = g->away[x->officer];
    int32_t i = worktime_day(&w->time, w->now);
    g->item[x->officer] = 0;
    if (!(away && i < w->time.days && away[i])) g->free[g->nfree++] = x->officer;
}

void officers_done(struct world *w, uint32_t item)
{
    struct item *x = &w->items[item];
    worked(w, x, x->work);
    let_go(w, x);
}

void officers_leave(struct world *w, uint32_t item)
{
    struct item *x = &w->items[item];
    struct sim_step_result *s = &w->r->steps_[x->index];
    if (x->state == ITEM_QUEUED) {
        s->queued_ms += w->now - x->queued;
        waiting(w, x, -1);
    } else if (x->state == ITEM_WORKED) {
        worked(w, x, spent(w, x));
        let_go(w, x);
    }
}

/* Position in the list of the free of one who may do it; SIM_NONE. Whoever did the element it must be separate from may not. */
static size_t chosen(const struct world *w, const struct item *x)
{
    const struct group *g = &w->groups[x->group];
    const struct kase *k = &w->cases[x->kase];
    size_t other = w->p->elements[x->index].separate;
    for (size_t i = g->nfree; i-- > 0;) {
        bool may = true;
        for (uint8_t n = 0; other != SIM_NONE && n < k->ndoers; n++)
            may = may &&
                  !(k->doers[n].index == other && k->doers[n].group == x->group && k->doers[n].officer == g->free[i]);
        if (may) return i;
    }
    return SIM_NONE;
}

static void begin(struct world *w, uint32_t item, size_t at)
{
    struct item *x = &w->items[item];
    struct group *g = &w->groups[x->group];
    struct sim_step_result *s = &w->r->steps_[x->index];
    int64_t office = worktime_before(&w->time, w->now) - worktime_before(&w->time, x->queued);
    waiting(w, x, -1);
    s->queued_ms += w->now - x->queued;
    s->wait_ms += w->now - x->queued;
    s->wait_office += office;
    if (!x->handed_on) histogram_add(&s->wait, office / MS_SECOND);
    x->state = ITEM_WORKED;
    x->began = w->now;
    x->officer = g->free[at];
    for (size_t i = at; i + 1 < g->nfree; i++) g->free[i] = g->free[i + 1];
    g->nfree--;
    g->item[x->officer] = item;
    schedule_put(&w->schedule, worktime_done(&w->time, w->now, x->work), AT_ITEM, item, x->generation);
}

static void put_aside(struct world *w, const struct schedule_entry *e)
{
    if (w->naside == w->cap_aside) {
        w->cap_aside = w->cap_aside ? 2 * w->cap_aside : 64;
        struct schedule_entry *more = NEW_ARRAY(w->a, struct schedule_entry, w->cap_aside);
        if (w->naside) memcpy(more, w->aside, w->naside * sizeof *more);
        w->aside = more;
    }
    w->aside[w->naside++] = *e;
}

void officers_dispatch(struct world *w, uint16_t group)
{
    struct group *g = &w->groups[group];
    struct schedule_entry e;
    if (!g->nfree || !g->queue.n || !worktime_open(&w->time, w->now)) return;
    w->naside = 0;
    while (g->nfree && schedule_take(&g->queue, &e)) {
        if (w->items[e.who].generation != e.generation || w->items[e.who].state != ITEM_QUEUED) continue;
        size_t at = chosen(w, &w->items[e.who]);
        if (at == SIM_NONE)
            put_aside(w, &e);
        else
            begin(w, e.who, at);
    }
    for (size_t i = 0; i < w->naside; i++) schedule_again(&g->queue, &w->aside[i]);
}

/* What still waits or is worked on when the run is over. */
void officers_end(struct world *w)
{
    for (uint32_t i = 1; i <= w->nitems; i++)
        if (w->items[i].state == ITEM_QUEUED || w->items[i].state == ITEM_WORKED) officers_leave(w, i);
    officers_day(w);
    for (size_t i = 0; i < w->p->nelements; i++) {
        struct element *e = &w->elements[i];
        w->r->steps_[i].area_ms += e->waiting * (w->now - e->since);
        e->since = w->now;
    }
}
