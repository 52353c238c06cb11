/* A case on its way: what its steps open, and what becomes of that. */
#include "engine/simulation/world.h"

enum { CHANCE_SHAPE = 1, CHANCE_WITHDRAWN, CHANCE_PATIENCE };
enum { OF_TIME, OF_TIME_TOO, OF_OUTCOME, OF_ANSWER, OF_DELAY = 5 };

static result step(struct world *w, uint32_t kase, enum process_event_type type, uint32_t token, uint32_t data,
                   const struct json *json);

/* ---- chances and times ---- */

static double of_item(const struct world *w, const struct item *x, uint64_t which)
{
    return world_chance(w, &w->cases[x->kase], w->elements[x->index].key + x->visit, which);
}

static int64_t taken(const struct world *w, const struct item *x, const struct random_dist *d)
{
    double ms = random_draw(d, of_item(w, x, OF_TIME), of_item(w, x, OF_TIME_TOO));
    return ms < (double)(3650 * MS_DAY) ? (int64_t)ms : 3650 * MS_DAY;
}

/* ---- items ---- */

static void wait_until(struct world *w, uint32_t item, instant at)
{
    schedule_put(&w->schedule, at > w->now ? at : w->now, AT_ITEM, item, w->items[item].generation);
}

/* It is waited for no longer. */
static void drop(struct world *w, uint32_t item)
{
    struct item *x = &w->items[item];
    uint16_t group = x->group;
    bool worked = x->state == ITEM_WORKED;
    if (x->state == ITEM_STOPPED) stop_over(w, x->kase); /* what it stood still for is not waited for any more */
    if (x->state != ITEM_TIMER && !x->choice) w->r->steps_[x->index].cancelled++;
    if (!x->token && x->state == ITEM_READY) w->r->steps_[x->index].ahead_lost++;
    officers_leave(w, item);
    item_free(w, item);
    if (worked) officers_dispatch(w, group);
}

static uint32_t opened_item(struct world *w, uint32_t kase, uint16_t index, uint16_t group)
{
    uint32_t i = item_new(w, kase);
    struct item *x = &w->items[i];
    struct kase *k = &w->cases[kase];
    x->index = index;
    x->group = group;
    x->opened = w->now;
    bool again = index < 64 && k->visited >> index & 1;
    if (index < 64) k->visited |= UINT64_C(1) << index;
    if (again || index >= 64) x->visit = ++k->repeats;
    w->r->steps_[index].opened++;
    return i;
}

static void office_item(struct world *w, uint32_t item, instant own)
{
    struct item *x = &w->items[item];
    const struct sim_element *e = &w->p->elements[x->index];
    x->work = taken(w, x, &e->takes);
    x->due = item_office_due(w, x, own);
    double ms = e->delay.mean > 0 ? random_draw(&e->delay, of_item(w, x, OF_DELAY), of_item(w, x, OF_DELAY + 1)) : 0;
    if (ms < 1) {
        officers_queue(w, item);
        return;
    }
    x->state = ITEM_LYING;
    wait_until(w, item, worktime_done(&w->time, w->now, ms < (double)(365 * MS_DAY) ? (int64_t)ms : 365 * MS_DAY));
}

static uint16_t group_named(const struct sim_plan *p, struct slice code)
{
    for (size_t i = 0; i < p->ngroups; i++)
        if (slice_eq(p->groups[i].code, code)) return (uint16_t)i;
    return 0;
}

/* What was made parallel with this element begins too. */
static void begin_beside(struct world *w, uint32_t kase, const struct element *e, instant due)
{
    for (size_t i = 0; i < e->nbeside; i++) {
        const struct sim_element *other = &w->p->elements[e->beside[i]];
        bool there = w->cases[kase].visited >> (e->beside[i] & 63) & 1;
        if (there) continue;
        office_item(w, opened_item(w, kase, e->beside[i], group_named(w->p, other->node->department)), due);
    }
}

/* The item that was begun before the process came here; 0. */
static uint32_t begun_before(const struct world *w, uint32_t kase, uint16_t index)
{
    for (uint32_t i = w->cases[kase].head; i; i = w->items[i].next)
        if (w->items[i].index == index && !w->items[i].token && w->items[i].state != ITEM_TIMER) return i;
    return 0;
}

static void open_timer(struct world *w, uint32_t kase, const struct atlas_effect *e)
{
    for (uint32_t i = w->cases[kase].head, next; i; i = next) { /* a cycle's next firing takes the place of the last */
        next = w->items[i].next;
        if (w->items[i].state == ITEM_TIMER && w->items[i].token == e->token) item_free(w, i);
    }
    uint32_t i = item_new(w, kase);
    struct item *x = &w->items[i];
    x->state = ITEM_TIMER;
    x->token = e->token;
    x->acceptance = e->acceptance;
    x->opened = w->now;
    x->due = item_due(w, i, e);
    wait_until(w, i, x->due);
}

/* Everything that may be begun is, once. */
static void offer(struct world *w, uint32_t kase, uint16_t index, uint32_t token, instant at)
{
    if (index >= 64 || w->cases[kase].visited >> index & 1) return;
    uint32_t i = item_new(w, kase);
    struct item *x = &w->items[i];
    x->index = index;
    x->token = token;
    x->choice = true;
    x->state = ITEM_DELAY;
    wait_until(w, i, at);
}

static void choice_over(struct world *w, uint32_t kase, uint32_t token)
{
    for (uint32_t i = w->cases[kase].head, next; i; i = next) {
        next = w->items[i].next;
        if (w->items[i].choice && w->items[i].token == token) item_free(w, i);
    }
}

static void open_element(struct world *w, uint32_t kase, const struct atlas_effect *e)
{
    const struct sim_element *x = &w->p->elements[e->index];
    uint32_t i = begun_before(w, kase, e->index);
    if (e->choice) {
        offer(w, kase, e->index, e->token, w->now);
        return;
    }
    choice_over(w, kase, e->token);
    if (i) {
        w->items[i].token = e->token;
        if (w->items[i].state == ITEM_READY) wait_until(w, i, w->now);
        return;
    }
    i = opened_item(w, kase, e->index, e->group);
    struct item *item = &w->items[i];
    item->token = e->token;
    item->signal = e->signal;
    item->state = e->local ? ITEM_LOCAL : ITEM_DELAY;
    if (e->local) return;
    instant due = item_due(w, i, e);
    item->armed = x->armed;
    if (x->armed && of_item(w, item, OF_OUTCOME) >= x->occurs) return; /* it does not come */
    if (x->dropped)
        wait_until(w, i, w->now);
    else if (x->kind != SIM_OFFICER)
        wait_until(w, i, w->now + taken(w, item, &x->takes));
    else
        office_item(w, i, due);
    if (!x->dropped) begin_beside(w, kase, &w->elements[e->index], due);
}

/* ---- outcomes ---- */

static bool asks(const struct sim_element *e, uint32_t outcome)
{
    return outcome < e->noutcomes && slice_is(e->node->task_kind, "acceptance") &&
           slice_is(e->outcomes[outcome].name, "correct");
}

static uint32_t drawn(const struct world *w, const struct item *x)
{
    const struct sim_element *e = &w->p->elements[x->index];
    double left = of_item(w, x, OF_OUTCOME), sum = 0;
    uint32_t found = 0;
    if (e->dropped) return 0;
    for (size_t i = 0; i < e->noutcomes; i++) sum += e->outcomes[i].share;
    left *= sum;
    while (found + 1 < e->noutcomes && (left -= e->outcomes[found].share) >= 0) found++;
    return asks(e, found) && w->cases[x->kase].corrected ? 0 : found;
}

/* 行政许可法 art. 32: asked once; the time until it is answered moves the timers of acceptance by as many days. */
static void ask(struct world *w, uint32_t item)
{
    struct item *x = &w->items[item];
    int64_t answer = (int64_t)random_draw(&w->p->answer, of_item(w, x, OF_ANSWER), of_item(w, x, OF_ANSWER + 1));
    int64_t whole = (answer + MS_DAY - 1) / MS_DAY * MS_DAY;
    w->cases[x->kase].corrected = true;
    x->state = ITEM_ANSWER;
    wait_until(w, item, w->now + answer);
    for (uint32_t i = w->cases[x->kase].head; i; i = w->items[i].next) {
        struct item *t = &w->items[i];
        if (t->state != ITEM_TIMER || !t->acceptance) continue;
        t->generation++; /* the firing that was planned is void */
        t->due += whole;
        wait_until(w, i, t->due);
    }
}

static void remember(struct world *w, const struct item *x)
{
    struct kase *k = &w->cases[x->kase];
    if (!w->p->elements[x->index].remembered || x->state != ITEM_WORKED) return;
    k->doers[k->ndoers % DOERS] = (struct doer){x->index, x->group, x->officer};
    if (k->ndoers < DOERS) k->ndoers++;
}

static result done(struct world *w, uint32_t item)
{
    struct item x = w->items[item];
    const struct sim_element *e = &w->p->elements[x.index];
    struct sim_step_result *s = &w->r->steps_[x.index];
    uint32_t data = drawn(w, &x);
    const struct sim_outcome *o = e->noutcomes ? &e->outcomes[data] : NULL;
    enum process_event_type type = e->kind == SIM_EVENT  ? EV_MESSAGE
                                   : e->kind != SIM_VERB ? EV_TASK_DONE
                                   : o && o->fails       ? EV_VERB_FAILED
                                                         : EV_VERB_DONE;
    s->done++;
    histogram_add(&s->took, (w->now - x.opened) / MS_SECOND);
    item_free(w, item);
    if (x.signal) return step(w, x.kase, EV_SIGNAL, 0, x.signal - 1U, NULL);
    if (slice_is(e->node->task_kind, "acceptance") && data == 0) kase_clock_start(w, x.kase, w->now);
    return step(w, x.kase, type, x.token, data, o ? o->data : NULL);
}

static result choose(struct world *w, uint32_t item)
{
    struct item x = w->items[item];
    item_free(w, item);
    return step(w, x.kase, EV_CHOOSE, x.token, x.index, NULL);
}

static result office_done(struct world *w, uint32_t item)
{
    struct item *x = &w->items[item];
    uint16_t group = x->group;
    result r = ok();
    remember(w, x);
    officers_done(w, item);
    uint32_t o = drawn(w, x);
    if (!x->token)
        x->state = ITEM_READY;
    else if (asks(&w->p->elements[x->index], o))
        ask(w, item);
    else if (!stop_begins(w, item))
        r = done(w, item);
    officers_dispatch(w, group);
    return r;
}

result kase_item(struct world *w, uint32_t item)
{
    struct item *x = &w->items[item];
    uint32_t kase = x->kase, token = x->token;
    switch (x->state) {
    case ITEM_WORKED: return office_done(w, item);
    case ITEM_DELAY:
        if (x->choice) return choose(w, item);
        return done(w, item);
    case ITEM_READY: return done(w, item);
    case ITEM_ANSWER: officers_queue(w, item); return ok();
    case ITEM_LYING: officers_queue(w, item); return ok();
    case ITEM_STOPPED:
        stop_over(w, kase);
        officers_queue(w, item);
        return ok();
    case ITEM_TIMER:
        if (stop_holds(w, x)) return ok();
        item_free(w, item);
        return step(w, kase, EV_TIMER, token, 0, NULL);
    case ITEM_FREE:
    case ITEM_QUEUED:
    case ITEM_LOCAL: break;
    }
    return ok();
}

/* ---- steps ---- */

static void close_case(struct world *w, uint32_t kase, uint16_t outcome, bool withdrawn)
{
    struct kase *k = &w->cases[kase];
    struct sim_result *r = w->r;
    while (k->head) drop(w, k->head);
    stops_forget(w, kase);
    int64_t stay = w->now - k->filed;
    r->stay_ms += stay;
    r->ended++;
    r->withdrawn += withdrawn;
    world_case_count(w, -1);
    if (!withdrawn) {
        r->outcomes[outcome].n++;
        histogram_add(&r->stay, stay / MS_SECOND);
        histogram_add(&r->workdays,
                      calendar_between(w->p->env.calendar, day_of_instant(k->filed), day_of_instant(w->now)));
    }
    kase_free(w, kase);
}

/* True: the case is over. */
static bool apply(struct world *w, uint32_t kase, const struct atlas_edge *edge)
{
    if (!edge->to) return true;
    for (uint32_t i = w->cases[kase].head, next; i; i = next) {
        struct item *x = &w->items[i];
        next = x->next;
        if (!x->token) continue;
        uint32_t to = x->token < edge->nmap ? edge->map[x->token] : 0;
        if (to)
            x->token = to;
        else
            drop(w, i);
    }
    w->cases[kase].node = edge->to;
    if (edge->by_silence) kase_clock_start(w, kase, w->cases[kase].filed);
    for (uint32_t i = 0; i < edge->neffects; i++) {
        const struct atlas_effect *e = &edge->effects[i];
        if (e->what == ATLAS_INCIDENT)
            w->r->incidents++;
        else if (e->what == ATLAS_TIMER)
            open_timer(w, kase, e);
        else
            open_element(w, kase, e);
    }
    return false;
}

static uint32_t local_of(const struct world *w, uint32_t kase)
{
    for (uint32_t i = w->cases[kase].head; i; i = w->items[i].next)
        if (w->items[i].state == ITEM_LOCAL) return i;
    return 0;
}

static result step(struct world *w, uint32_t kase, enum process_event_type type, uint32_t token, uint32_t data,
                   const struct json *json)
{
    enum { ROUNDS = 1000 };
    const struct atlas_edge *edge;
    for (int i = 0; i < ROUNDS; i++) {
        TRY(atlas_step(w->atlas, w->result_arena, w->cases[kase].node, type, token, data, json, w->now, &edge));
        if (edge->refused) { /* another one is under way, or it begins by itself: looked at again */
            offer(w, kase, (uint16_t)data, token, w->now + 6 * MS_HOUR);
            return ok();
        }
        uint16_t outcome = edge->outcome;
        if (apply(w, kase, edge)) {
            close_case(w, kase, outcome, type == EV_CANCEL);
            return ok();
        }
        uint32_t local = local_of(w, kase);
        if (!local) return ok();
        struct item x = w->items[local];
        const struct sim_element *e = &w->p->elements[x.index];
        data = drawn(w, &x);
        const struct sim_outcome *o = e->noutcomes ? &e->outcomes[data] : NULL;
        type = o && o->fails ? EV_VERB_FAILED : EV_VERB_DONE;
        json = o ? o->data : NULL;
        token = x.token;
        w->r->steps_[x.index].done++;
        item_free(w, local);
    }
    return fail(w->result_arena, CODE_SIM_PROCESS, w->p->elements[0].key, "detail_zh", S("动作过多"), "detail_en",
                S("too many verbs in one step"), NULL);
}

result kase_file(struct world *w)
{
    const struct sim_plan *p = w->p;
    uint32_t kase = kase_new(w);
    struct kase *k = &w->cases[kase];
    size_t shape = 0;
    double left = world_chance(w, k, CHANCE_SHAPE, 0), sum = 0;
    for (size_t i = 0; i < p->nshapes; i++) sum += p->shapes[i].share;
    left *= sum;
    while (shape + 1 < p->nshapes && (left -= p->shapes[shape].share) >= 0) shape++;
    w->r->months[civil_of_instant(w->now).month - 1]++;
    world_case_count(w, 1);
    if (p->accepted_on_filing) kase_clock_start(w, kase, w->now);
    if (world_chance(w, k, CHANCE_WITHDRAWN, 0) < p->withdrawn) {
        double ms =
            random_draw(&p->patience, world_chance(w, k, CHANCE_PATIENCE, 0), world_chance(w, k, CHANCE_PATIENCE, 1));
        schedule_put(&w->schedule, w->now + (int64_t)ms, AT_WITHDRAWAL, kase, k->generation);
    }
    return step(w, kase, EV_START, 0, (uint32_t)shape, p->shapes[shape].vars);
}

result kase_withdraw(struct world *w, uint32_t kase)
{
    return step(w, kase, EV_CANCEL, 0, 0, NULL);
}
