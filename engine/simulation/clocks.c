/* Limits of cases on their way, and what stops them (行政许可法 art. 45). What the platform does when a clock stops and runs again
 * (city/cases/clocks.c) is done here: limits are counted without the stops, a plain duration goes on where it stood, a date stays. */
#include "engine/simulation/world.h"

enum { CHANCE_STOP = 16 }; /* and one more for each further stop of the plan */

static const struct clock *clock_of(const struct world *w, uint32_t kase)
{
    return w->cases[kase].stops ? &w->clocks[w->cases[kase].stops] : NULL;
}

static bool stopped(const struct clock *c)
{
    return c && c->nstops && !c->stops[c->nstops - 1].to;
}

instant kase_limit_end(const struct world *w, uint32_t kase, const struct limit *l, instant from)
{
    const struct clock *c = clock_of(w, kase);
    struct clock k = {.started = from};
    if (!l->n) return CLOCK_NO_DUE;
    if (!c && l->unit == LIMIT_HOUR) return from + l->n * MS_HOUR;
    for (size_t i = 0; c && i < c->nstops; i++) {
        struct clock_stop s = c->stops[i];
        if (s.to && s.to <= from) continue;
        if (s.from < from) s.from = from;
        k.stops[k.nstops++] = s;
    }
    return clock_due(w->p->env.calendar, &k, l);
}

instant sooner(instant x, instant y)
{
    return x && (!y || x < y) ? x : y;
}

/* ---- the clock of the case ---- */

static void due_again(struct world *w, uint32_t kase)
{
    struct kase *k = &w->cases[kase];
    instant promised = kase_limit_end(w, kase, &w->p->promised, k->started),
            statutory = kase_limit_end(w, kase, &w->p->statutory, k->started);
    k->due = sooner(promised, statutory);
    if (promised >= w->now && !k->late_promised)
        schedule_put(&w->schedule, promised + 1, AT_PROMISED, kase, k->generation);
    if (statutory >= w->now && !k->late_statutory)
        schedule_put(&w->schedule, statutory + 1, AT_STATUTORY, kase, k->generation);
}

void kase_clock_start(struct world *w, uint32_t kase, instant from)
{
    struct kase *k = &w->cases[kase];
    const struct sim_plan *p = w->p;
    if (k->started) return;
    k->started = from;
    instant promised = kase_limit_end(w, kase, &p->promised, from),
            statutory = kase_limit_end(w, kase, &p->statutory, from);
    k->due = sooner(promised, statutory);
    if (k->due) w->r->clocks++;
    if (promised) schedule_put(&w->schedule, promised + 1, AT_PROMISED, kase, k->generation);
    if (statutory) schedule_put(&w->schedule, statutory + 1, AT_STATUTORY, kase, k->generation);
}

/* The step it stood in: what had been open longest. */
void kase_late(struct world *w, uint32_t kase, bool statutory)
{
    struct kase *k = &w->cases[kase];
    bool *told = statutory ? &k->late_statutory : &k->late_promised;
    const struct item *worst = NULL;
    if (*told) return;
    if (k->stops) { /* it may have moved */
        instant due = kase_limit_end(w, kase, statutory ? &w->p->statutory : &w->p->promised, k->started);
        if (due == CLOCK_NO_DUE || due >= w->now) return;
    }
    *told = true;
    for (uint32_t i = k->head; i; i = w->items[i].next) {
        const struct item *x = &w->items[i];
        bool counts = x->token && x->state != ITEM_TIMER && !x->armed;
        if (counts && (!worst || x->opened < worst->opened)) worst = x;
    }
    *(statutory ? &w->r->late_statutory : &w->r->late_promised) += 1;
    if (!worst) return;
    struct sim_step_result *s = &w->r->steps_[worst->index];
    *(statutory ? &s->late_statutory : &s->late_promised) += 1;
}

/* ---- due times of what it waits for ---- */

instant item_due(struct world *w, uint32_t item, const struct atlas_effect *e)
{
    struct item *x = &w->items[item];
    x->term.kind = e->due_kind;
    switch (e->due_kind) {
    case DUE_NONE: return 0;
    case DUE_LIMIT:
        x->term.n = e->limit.n;
        x->term.unit = e->limit.unit;
        return kase_limit_end(w, x->kase, &e->limit, w->now);
    case DUE_AFTER: return w->now + e->due;
    case DUE_AT: return e->due;
    }
    return 0;
}

instant item_office_due(const struct world *w, const struct item *x, instant own)
{
    const struct limit *step = &w->p->elements[x->index].limit;
    return sooner(own, sooner(kase_limit_end(w, x->kase, step, x->opened), w->cases[x->kase].due));
}

static instant limit_again(const struct world *w, const struct item *x)
{
    struct limit l = {.n = x->term.n, .unit = x->term.unit};
    return kase_limit_end(w, x->kase, &l, x->opened);
}

static void item_again(struct world *w, uint32_t item, instant since)
{
    struct item *x = &w->items[item];
    instant from = x->opened > since ? x->opened : since;
    if (x->state == ITEM_TIMER && x->term.kind != DUE_AT) {
        x->generation++; /* the firing that was planned is void */
        x->due = x->term.kind == DUE_LIMIT ? limit_again(w, x) : x->due + (w->now - from);
        schedule_put(&w->schedule, x->due > w->now ? x->due : w->now, AT_ITEM, item, x->generation);
    } else if (x->state == ITEM_QUEUED || x->state == ITEM_STOPPED || x->state == ITEM_LYING) {
        x->due = item_office_due(w, x, x->term.kind == DUE_LIMIT ? limit_again(w, x) : 0);
        if (x->state != ITEM_QUEUED) return;
        x->generation++; /* its old place in the queue is void */
        schedule_put(&w->groups[x->group].queue, x->due, 0, item, x->generation);
    }
}

/* ---- stops ---- */

static struct clock *clock_for(struct world *w, struct kase *k)
{
    if (k->stops) return &w->clocks[k->stops];
    k->stops = w->free_clock;
    if (k->stops) {
        w->free_clock = (uint32_t)w->clocks[k->stops].nstops;
    } else {
        w->clocks = pool_grow(w->a, w->clocks, w->nclocks + 1, &w->cap_clocks, sizeof *w->clocks);
        k->stops = ++w->nclocks;
    }
    w->clocks[k->stops] = (struct clock){.started = k->started};
    return &w->clocks[k->stops];
}

void stops_forget(struct world *w, uint32_t kase)
{
    struct kase *k = &w->cases[kase];
    if (!k->stops) return;
    w->clocks[k->stops].nstops = w->free_clock;
    w->free_clock = k->stops;
    k->stops = 0;
}

/* Decided about once for each stop of the plan: the first task of its step. */
static size_t stop_drawn(struct world *w, struct kase *k, uint16_t index)
{
    bool acceptance = slice_is(w->p->elements[index].node->task_kind, "acceptance");
    for (size_t i = 0; i < w->p->nstops; i++) {
        const struct sim_stop *s = &w->p->stops[i];
        bool here = s->element == SIM_NONE ? !acceptance : s->element == index;
        if (!here || k->looked >> i & 1) continue;
        k->looked = (uint16_t)(k->looked | 1U << i);
        if (world_chance(w, k, CHANCE_STOP + i, 0) < s->share) return i;
    }
    return SIM_NONE;
}

bool stop_begins(struct world *w, uint32_t item)
{
    struct item *x = &w->items[item];
    struct kase *k = &w->cases[x->kase];
    if (!w->p->nstops || !k->started || !x->token || stopped(clock_of(w, x->kase))) return false;
    size_t i = stop_drawn(w, k, x->index);
    if (i == SIM_NONE) return false;
    const struct sim_stop *s = &w->p->stops[i];
    double ms = random_draw(&s->takes, world_chance(w, k, CHANCE_STOP + i, 1), world_chance(w, k, CHANCE_STOP + i, 2));
    struct clock *c = clock_for(w, k);
    c->stops[c->nstops++] = (struct clock_stop){.from = w->now, .cause = s->cause};
    x->state = ITEM_STOPPED;
    schedule_put(&w->schedule, w->now + (ms < (double)(3650 * MS_DAY) ? (int64_t)ms : 3650 * MS_DAY), AT_ITEM, item,
                 x->generation);
    return true;
}

void stop_over(struct world *w, uint32_t kase)
{
    struct clock *c = &w->clocks[w->cases[kase].stops];
    struct clock_stop *s = &c->stops[c->nstops - 1];
    s->to = w->now;
    w->r->stops[s->cause].n++;
    w->r->stops[s->cause].ms += w->now - s->from;
    due_again(w, kase);
    for (uint32_t i = w->cases[kase].head; i; i = w->items[i].next) item_again(w, i, s->from);
}

bool stop_holds(const struct world *w, const struct item *timer)
{
    return timer->term.kind != DUE_AT && stopped(clock_of(w, timer->kase));
}
