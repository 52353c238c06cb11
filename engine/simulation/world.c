#include "engine/simulation/world.h"

#include <string.h>

/* ---- pools ---- */

void *pool_grow(struct arena *a, void *list, uint32_t n, uint32_t *cap, size_t size)
{
    if (n + 1 < *cap) return list;
    uint32_t more = *cap ? 2 * *cap : 1024;
    char *bytes = arena_zalloc(a, more, size);
    if (*cap) memcpy(bytes, list, *cap * size);
    *cap = more;
    return bytes;
}

uint32_t item_new(struct world *w, uint32_t kase)
{
    uint32_t i = w->free_item;
    if (i) {
        w->free_item = w->items[i].next;
    } else {
        w->items = pool_grow(w->a, w->items, w->nitems + 1, &w->cap_items, sizeof *w->items);
        i = ++w->nitems;
    }
    struct kase *k = &w->cases[kase];
    w->items[i] = (struct item){.generation = w->items[i].generation, .kase = kase, .state = ITEM_DELAY};
    if (k->tail)
        w->items[k->tail].next = i;
    else
        k->head = i;
    k->tail = i;
    return i;
}

void item_free(struct world *w, uint32_t item)
{
    struct item *x = &w->items[item];
    struct kase *k = &w->cases[x->kase];
    uint32_t before = 0;
    for (uint32_t i = k->head; i != item; i = w->items[i].next) before = i;
    if (before)
        w->items[before].next = x->next;
    else
        k->head = x->next;
    if (k->tail == item) k->tail = before;
    *x = (struct item){.generation = x->generation + 1, .next = w->free_item};
    w->free_item = item;
}

uint32_t kase_new(struct world *w)
{
    uint32_t i = w->free_case;
    if (i) {
        w->free_case = w->cases[i].head;
    } else {
        w->cases = pool_grow(w->a, w->cases, w->ncases + 1, &w->cap_cases, sizeof *w->cases);
        i = ++w->ncases;
    }
    w->cases[i] = (struct kase){
        .generation = w->cases[i].generation, .no = (uint64_t)++w->r->arrived, .filed = w->now, .open = true};
    return i;
}

void kase_free(struct world *w, uint32_t kase)
{
    w->cases[kase] = (struct kase){.generation = w->cases[kase].generation + 1, .head = w->free_case};
    w->free_case = kase;
}

double world_chance(const struct world *w, const struct kase *k, uint64_t what, uint64_t which)
{
    return random_at(w->seed + k->no, what, which);
}

void world_case_count(struct world *w, int64_t change)
{
    w->r->in_system_ms += w->open * (w->now - w->since);
    w->since = w->now;
    w->open += change;
}

/* ---- a run ---- */

static void elements_begin(struct world *w)
{
    const struct sim_plan *p = w->p;
    w->elements = NEW_ARRAY(w->a, struct element, p->nelements + 1);
    for (size_t i = 0; i < p->nelements; i++) {
        struct element *e = &w->elements[i];
        uint16_t *beside = NEW_ARRAY(w->a, uint16_t, p->nelements + 1);
        *e = (struct element){.plan = &p->elements[i], .since = w->from, .beside = beside};
        e->key = intern_hash(e->plan->key.p, e->plan->key.n, 11);
        for (size_t k = 0; k < p->nelements; k++)
            if (p->elements[k].beside == i && k != i && k < 64) beside[e->nbeside++] = (uint16_t)k;
    }
}

static struct sim_result *result_new(struct arena *a, const struct sim_plan *p)
{
    struct sim_result *r = NEW(a, struct sim_result);
    *r = (struct sim_result){.days = p->to - p->from, .runs = 1, .nsteps = p->nelements, .ngroups = p->ngroups};
    r->steps_ = NEW_ARRAY(a, struct sim_step_result, r->nsteps + 1);
    r->groups = NEW_ARRAY(a, struct sim_group_result, r->ngroups + 1);
    for (size_t i = 0; i < r->ngroups; i++) r->groups[i].queue = NEW_ARRAY(a, int64_t, (size_t)r->days + 1);
    return r;
}

static void world_new(struct world *w, struct arena *a, const struct sim_plan *p, uint64_t repetition)
{
    enum { AFTER = 800 }; /* days behind the span: what is begun in it may end there */
    *w = (struct world){.p = p,
                        .a = arena_new("simulation"),
                        .result_arena = a,
                        .r = result_new(a, p),
                        .seed = random_stream(p->seed, repetition),
                        .from = instant_of_day(p->from),
                        .to = instant_of_day(p->to)};
    w->now = w->since = w->from;
    w->time = worktime_new(w->a, p->env.calendar, p->from, p->to - p->from + AFTER);
    w->schedule.a = w->a;
    w->atlas = atlas_new(p);
    w->groups = NEW_ARRAY(w->a, struct group, p->ngroups + 1);
    elements_begin(w);
    officers_begin(w);
    schedule_put(&w->schedule, worktime_opens(&w->time, w->from - 1), AT_OPENING, 0, 0);
    schedule_put(&w->schedule, w->from + MS_DAY, AT_MIDNIGHT, 0, 0);
}

static void thin(struct world *w)
{
    struct atlas *fresh = atlas_thin_begin(w->atlas);
    for (uint32_t i = 1; i <= w->ncases; i++)
        if (w->cases[i].open) w->cases[i].node = atlas_thin_keep(fresh, w->cases[i].node);
    atlas_thin_end(w->atlas, fresh);
    w->atlas = fresh;
}

static void opening(struct world *w)
{
    if (w->today != day_of_instant(w->now)) officers_morning(w);
    w->today = day_of_instant(w->now);
    for (size_t i = 0; i < w->p->ngroups; i++) officers_dispatch(w, (uint16_t)i);
    schedule_put(&w->schedule, worktime_opens(&w->time, w->now), AT_OPENING, 0, 0);
}

static result happen(struct world *w, const struct schedule_entry *e)
{
    switch ((enum happening)e->what) {
    case AT_ITEM: return w->items[e->who].generation == e->generation ? kase_item(w, e->who) : ok();
    case AT_PROMISED:
    case AT_STATUTORY:
        if (w->cases[e->who].generation == e->generation) kase_late(w, e->who, e->what == AT_STATUTORY);
        return ok();
    case AT_WITHDRAWAL: return w->cases[e->who].generation == e->generation ? kase_withdraw(w, e->who) : ok();
    case AT_OPENING: opening(w); return ok();
    case AT_MIDNIGHT:
        officers_day(w);
        schedule_put(&w->schedule, w->now + MS_DAY, AT_MIDNIGHT, 0, 0);
        return ok();
    }
    return ok();
}

static bool told(struct world *w, const struct sim_watch *watch)
{
    enum { OFTEN = 8191 };
    if (w->r->events++ & OFTEN) return true;
    if (atlas_full(w->atlas)) thin(w);
    double part = (double)(w->now - w->from) / (double)(w->to - w->from);
    return !watch || !watch->go_on || watch->go_on(watch->ctx, part);
}

static result go_through(struct world *w, const instant *arrivals, size_t n, const struct sim_watch *watch)
{
    struct schedule_entry e;
    size_t next = 0;
    while (next < n && arrivals[next] < w->from) next++;
    for (;;) {
        bool filed = next < n && (!w->schedule.n || arrivals[next] <= w->schedule.list[0].at);
        instant at = filed ? arrivals[next] : w->schedule.list[0].at;
        if (at >= w->to) return ok();
        w->now = at;
        if (!told(w, watch)) {
            w->r->stopped = true;
            return ok();
        }
        if (filed) {
            next++;
            TRY(kase_file(w));
        } else if (schedule_take(&w->schedule, &e)) {
            TRY(happen(w, &e));
        }
    }
}

static void end(struct world *w)
{
    struct sim_result *r = w->r;
    if (!r->stopped) w->now = w->to;
    world_case_count(w, 0);
    officers_end(w);
    for (uint32_t i = 1; i <= w->ncases; i++) {
        if (!w->cases[i].open) continue;
        r->open++;
        r->stay_ms += w->now - w->cases[i].filed;
    }
    for (uint32_t i = 1; i <= w->nitems; i++)
        if (w->items[i].state != ITEM_FREE && w->items[i].state != ITEM_TIMER && !w->items[i].choice)
            r->steps_[w->items[i].index].open++;
    r->steps = w->atlas->steps;
    r->computed = w->atlas->computed;
    for (size_t i = 0; i < w->atlas->noutcomes; i++) {
        int64_t n = r->outcomes[i].n;
        r->outcomes[i].n = 0;
        if (!n) continue; /* of cases that were taken back */
        r->outcomes[r->noutcomes].name = arena_copy(w->result_arena, w->atlas->outcomes[i]);
        r->outcomes[r->noutcomes++].n = n;
    }
}

result sim_run(struct arena *a, const struct sim_plan *p, uint64_t repetition, const struct sim_watch *watch,
               struct sim_result **out)
{
    struct world w;
    size_t n;
    *out = NULL;
    TRY(sim_plan_check(a, p));
    world_new(&w, a, p, repetition);
    const instant *arrivals = arrivals_draw(w.a, p, w.seed, &n);
    result r = go_through(&w, arrivals, n, watch);
    if (!failed(r)) end(&w);
    *out = w.r;
    atlas_free(w.atlas);
    arena_free(w.a);
    return r;
}
