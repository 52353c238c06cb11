#include "engine/simulation/atlas.h"

#include <string.h>

enum { FIRST_NODES = 1024, FIRST_SLOTS = 4096, NO_INDEX = UINT16_MAX };
#define ANY_DAY INT32_MIN /* in place of a day: the step did not read the date */

static struct atlas *atlas_of(const struct sim_plan *p, struct arena *scratch)
{
    struct arena *a = arena_new("atlas");
    struct atlas *t = NEW(a, struct atlas);
    *t = (struct atlas){.plan = p,
                        .a = a,
                        .scratch = scratch,
                        .cap_nodes = FIRST_NODES,
                        .cap_slots = FIRST_SLOTS,
                        .most = ATLAS_NODES_MOST};
    t->intern = intern_new(a);
    t->nodes = NEW_ARRAY(a, struct atlas_node *, t->cap_nodes);
    t->slots = NEW_ARRAY(a, struct atlas_slot, t->cap_slots);
    return t;
}

struct atlas *atlas_new(const struct sim_plan *p)
{
    return atlas_of(p, arena_new("atlas step"));
}

void atlas_free(struct atlas *t)
{
    arena_free(t->scratch);
    arena_free(t->a);
}

/* ---- places ---- */

static void nodes_grow(struct atlas *t)
{
    size_t cap = 2 * t->cap_nodes;
    struct atlas_node **more = NEW_ARRAY(t->a, struct atlas_node *, cap);
    for (size_t i = 0; i < t->cap_nodes; i++) {
        if (!t->nodes[i]) continue;
        size_t k = t->nodes[i]->hash & (cap - 1);
        while (more[k]) k = (k + 1) & (cap - 1);
        more[k] = t->nodes[i];
    }
    t->nodes = more;
    t->cap_nodes = cap;
}

static result node_of(struct atlas *t, struct slice bytes, const struct json *vars, struct atlas_node **out)
{
    const struct json *kept = intern_json(&t->intern, vars);
    uint64_t h = intern_hash(bytes.p, bytes.n, (uint64_t)(uintptr_t)kept);
    size_t k = h & (t->cap_nodes - 1);
    for (; t->nodes[k]; k = (k + 1) & (t->cap_nodes - 1)) {
        *out = t->nodes[k];
        if ((*out)->hash == h && (*out)->vars == kept && slice_eq((*out)->bytes, bytes)) return ok();
    }
    struct atlas_node *n = NEW(t->a, struct atlas_node);
    *n = (struct atlas_node){.vars = kept, .bytes = arena_copy(t->a, bytes), .hash = h, .no = ++t->numbered};
    TRY(process_state_decode(t->a, t->plan->model, n->bytes, &n->state));
    t->nodes[k] = *out = n;
    if (++t->nnodes * 2 > t->cap_nodes) nodes_grow(t);
    return ok();
}

/* ---- steps that are known ---- */

static uint64_t key_hash(const struct atlas_key *k)
{
    uint64_t h = k->node ? k->node->hash : 1;
    h = random_mix(h ^ ((uint64_t)k->type << 56 | (uint64_t)k->data << 32 | k->token));
    return random_mix(h ^ (uint32_t)k->on);
}

static bool key_same(const struct atlas_key *x, const struct atlas_key *y)
{
    return x->node == y->node && x->type == y->type && x->token == y->token && x->data == y->data && x->on == y->on;
}

static const struct atlas_edge *known(const struct atlas *t, const struct atlas_key *key)
{
    size_t k = key_hash(key) & (t->cap_slots - 1);
    for (; t->slots[k].edge; k = (k + 1) & (t->cap_slots - 1))
        if (key_same(&t->slots[k].key, key)) return t->slots[k].edge;
    return NULL;
}

static void put(struct atlas_slot *slots, size_t cap, const struct atlas_slot *s)
{
    size_t k = key_hash(&s->key) & (cap - 1);
    while (slots[k].edge) k = (k + 1) & (cap - 1);
    slots[k] = *s;
}

static void learn(struct atlas *t, const struct atlas_key *key, const struct atlas_edge *edge)
{
    struct atlas_edge *kept = NEW(t->a, struct atlas_edge);
    uint32_t *map = NEW_ARRAY(t->a, uint32_t, edge->nmap + 1);
    struct atlas_effect *effects = NEW_ARRAY(t->a, struct atlas_effect, edge->neffects + 1);
    *kept = *edge;
    if (edge->nmap) memcpy(map, edge->map, edge->nmap * sizeof *map);
    if (edge->neffects) memcpy(effects, edge->effects, edge->neffects * sizeof *effects);
    kept->map = map;
    kept->effects = effects;
    struct atlas_slot s = {*key, kept};
    put(t->slots, t->cap_slots, &s);
    if (++t->nslots * 2 <= t->cap_slots) return;
    size_t cap = 2 * t->cap_slots;
    struct atlas_slot *more = NEW_ARRAY(t->a, struct atlas_slot, cap);
    for (size_t i = 0; i < t->cap_slots; i++)
        if (t->slots[i].edge) put(more, cap, &t->slots[i]);
    t->slots = more;
    t->cap_slots = cap;
}

/* ---- a step computed ---- */

struct computing {
    struct atlas *t;
    struct arena *a; /* scratch */
    const struct process_outcome *out;
    struct process_moved *moved;
    size_t nmoved;
    instant at;
    bool keep;
};

static uint32_t moved_to(const struct computing *c, uint32_t token)
{
    for (size_t i = 0; i < c->nmoved; i++)
        if (c->moved[i].from == token) return c->moved[i].to;
    return 0;
}

static uint16_t element_of(const struct sim_plan *p, const struct process_node *node)
{
    for (size_t i = 0; i < p->nelements; i++)
        if (p->elements[i].node == node) return (uint16_t)i;
    return NO_INDEX;
}

static uint16_t group_of(const struct sim_plan *p, struct slice department)
{
    for (size_t i = 0; i < p->ngroups; i++)
        if (slice_eq(p->groups[i].code, department)) return (uint16_t)i;
    return 0;
}

/* A month has no fixed length, so what may be made of months holds for this instant alone. */
static void due_of(struct computing *c, const struct effect *e, struct atlas_effect *x)
{
    if (!e->due) return;
    struct limit l;
    x->due = e->due;
    switch (process_term_at(c->a, c->out->state, c->out->vars, e->token, c->at, &l)) {
    case TERM_LIMIT:
        x->due_kind = DUE_LIMIT;
        x->limit = l;
        break;
    case TERM_DURATION:
        x->due_kind = DUE_AFTER;
        x->due = e->due - c->at;
        if (x->due >= 28 * MS_DAY) c->keep = false;
        break;
    case TERM_DATE: x->due_kind = DUE_AT; break;
    case TERM_NONE: x->due_kind = DUE_NONE; break;
    }
}

static bool on_acceptance(struct computing *c, uint32_t token)
{
    const struct process_waiting *w;
    size_t n = process_waiting(c->a, c->out->state, &w);
    uint32_t host = 0;
    for (size_t i = 0; i < n; i++)
        if (w[i].token == token) host = w[i].host;
    for (size_t i = 0; i < n; i++)
        if (host && w[i].token == host) return slice_is(w[i].node->task_kind, "acceptance");
    return false;
}

static uint16_t outcome_of(struct atlas *t, const struct json *data)
{
    struct slice name = json_string(data, "outcome");
    for (size_t i = 0; i < t->noutcomes; i++)
        if (slice_eq(t->outcomes[i], name)) return (uint16_t)i;
    if (t->noutcomes == SIM_OUTCOMES) return SIM_OUTCOMES - 1;
    t->outcomes[t->noutcomes] = arena_copy(t->a, name);
    return (uint16_t)t->noutcomes++;
}

/* 1 + its number; more signals than there is room for are waited for in vain. */
static uint16_t signal_of(struct atlas *t, const struct json *data)
{
    struct slice name = json_string(data, "name");
    if (!slice_is(json_string(data, "kind"), "signal")) return 0;
    for (size_t i = 0; i < t->nsignals; i++)
        if (slice_eq(t->signals[i], name)) return (uint16_t)(i + 1);
    if (t->nsignals == ATLAS_SIGNALS) return ATLAS_SIGNALS;
    t->signals[t->nsignals++] = arena_copy(t->a, name);
    return (uint16_t)t->nsignals;
}

static void opened(struct computing *c, const struct effect *e, struct atlas_effect *x)
{
    const struct sim_plan *p = c->t->plan;
    x->what = ATLAS_OPENED;
    x->index = element_of(p, e->node);
    x->local = e->type == EFF_VERB && e->verb_kind == VERB_LOCAL;
    x->choice = e->type == EFF_OFFERED;
    if (e->type == EFF_AWAIT) x->signal = signal_of(c->t, e->data);
    if (e->type == EFF_TASK) x->group = group_of(p, e->department);
}

/* False: nothing that the simulation acts on. */
static bool effect_of(struct computing *c, const struct effect *e, struct atlas_edge *edge, struct atlas_effect *x)
{
    *x = (struct atlas_effect){.index = NO_INDEX, .token = moved_to(c, e->token)};
    switch (e->type) {
    case EFF_TASK:
    case EFF_VERB:
    case EFF_AWAIT:
    case EFF_OFFERED:
        opened(c, e, x);
        if (e->type == EFF_TASK) due_of(c, e, x);
        return x->token != 0 && x->index != NO_INDEX;
    case EFF_TIMER:
        x->what = ATLAS_TIMER;
        due_of(c, e, x);
        x->acceptance = on_acceptance(c, e->token);
        return x->token != 0;
    case EFF_INCIDENT: x->what = ATLAS_INCIDENT; return true;
    case EFF_ENDED: edge->outcome = outcome_of(c->t, e->data); return false;
    case EFF_TASK_CLOSED: edge->by_silence |= slice_is(e->node->task_kind, "acceptance"); return false;
    default: return false;
    }
}

static result edge_of(struct computing *c, uint32_t old_tokens, struct atlas_edge *edge)
{
    const struct process_outcome *out = c->out;
    const struct json *vars = out->vars;
    const struct process_state *s = process_state_renumber(c->a, out->state, &vars, &c->moved, &c->nmoved);
    struct atlas_effect *effects = NEW_ARRAY(c->a, struct atlas_effect, out->n + 1);
    uint32_t *map = NEW_ARRAY(c->a, uint32_t, old_tokens + 1);
    *edge = (struct atlas_edge){.map = map, .nmap = old_tokens, .effects = effects};
    for (size_t i = 0; i < c->nmoved; i++)
        if (c->moved[i].from < old_tokens) map[c->moved[i].from] = c->moved[i].to;
    for (size_t i = 0; i < out->n; i++)
        if (effect_of(c, &out->effects[i], edge, &effects[edge->neffects])) edge->neffects++;
    if (out->ended) return ok();
    return node_of(c->t, process_state_encode(c->a, s), vars, &edge->to);
}

/* One more than the highest number in a place, which are 1 … by renumbering. */
static uint32_t tokens_of(struct arena *a, const struct atlas_node *n)
{
    struct process_moved *map;
    size_t count;
    if (!n) return 0;
    (void)process_state_renumber(a, n->state, NULL, &map, &count);
    return count ? map[count - 1].to + 1 : 0;
}

static result compute(struct atlas *t, struct arena *a, const struct atlas_key *key, const struct json *json,
                      instant at, enum feel_clock *read, bool *keep)
{
    struct process_outcome out;
    struct process_step_env env = t->plan->env;
    struct process_event e = {.type = key->type, .token = key->token, .data = json, .at = at};
    const struct atlas_node *from = key->node;
    env.limits.read = read;
    if (key->type == EV_SIGNAL) e.name = t->signals[key->data];
    t->computed++;
    arena_reset(t->scratch);
    result r =
        process_step(t->scratch, t->plan->model, from ? from->state : NULL, from ? from->vars : NULL, &e, &env, &out);
    if (key->type == EV_CHOOSE && (result_code(r) == CODE_PROCESS_EVENT || result_code(r) == CODE_PROCESS_TOKEN)) {
        t->last = (struct atlas_edge){.refused = true};
        *keep = true;
        return ok();
    }
    struct computing c = {.t = t, .a = t->scratch, .out = &out, .at = at, .keep = true};
    if (!failed(r)) r = edge_of(&c, tokens_of(t->scratch, from), &t->last);
    *keep = c.keep;
    if (!failed(r)) return ok();
    struct slice zh = problem_text(a, r.problem, LANG_ZH), en = problem_text(a, r.problem, LANG_EN);
    return fail(a, CODE_SIM_PROCESS, arena_copy(a, r.problem->field), "detail_zh", zh, "detail_en", en, NULL);
}

result atlas_step(struct atlas *t, struct arena *a, const struct atlas_node *from, enum process_event_type type,
                  uint32_t token, uint32_t data, const struct json *json, instant at, const struct atlas_edge **edge)
{
    struct atlas_key key = {from, type, token, data, ANY_DAY};
    enum feel_clock read = FEEL_NO_CLOCK;
    bool keep;
    t->steps++;
    *edge = t->plan->plain ? NULL : known(t, &key);
    if (*edge) return ok();
    key.on = day_of_instant(at);
    *edge = t->plan->plain ? NULL : known(t, &key);
    if (*edge) return ok();
    TRY(compute(t, a, &key, json, at, &read, &keep));
    *edge = &t->last;
    if (!keep || read == FEEL_NOW || t->plan->plain) return ok();
    if (read == FEEL_NO_CLOCK) key.on = ANY_DAY;
    learn(t, &key, &t->last);
    return ok();
}

/* ---- thinning ---- */

bool atlas_full(const struct atlas *t)
{
    return t->nnodes > t->most;
}

struct atlas *atlas_thin_begin(struct atlas *t)
{
    struct atlas *fresh = atlas_of(t->plan, t->scratch);
    fresh->steps = t->steps;
    fresh->computed = t->computed;
    fresh->noutcomes = t->noutcomes;
    for (size_t i = 0; i < t->noutcomes; i++) fresh->outcomes[i] = arena_copy(fresh->a, t->outcomes[i]);
    fresh->nsignals = t->nsignals;
    for (size_t i = 0; i < t->nsignals; i++) fresh->signals[i] = arena_copy(fresh->a, t->signals[i]);
    return fresh;
}

struct atlas_node *atlas_thin_keep(struct atlas *fresh, struct atlas_node *n)
{
    /* bytes that were decoded once decode again */
    if (!n->moved && failed(node_of(fresh, n->bytes, n->vars, &n->moved))) n->moved = NULL;
    return n->moved;
}

void atlas_thin_end(struct atlas *t, struct atlas *fresh)
{
    /* what is in use may itself be much: the next time is when it has doubled */
    if (2 * fresh->nnodes > fresh->most) fresh->most = 2 * fresh->nnodes;
    arena_free(t->a);
}
