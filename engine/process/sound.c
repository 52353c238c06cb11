/* Joins that may wait for ever and elements that are never entered, found by playing the token game of each level with every
 * choice left open: conditions are not evaluated, so ways that exclude each other by their data count as possible together.
 * Choices are local to a token (the net is free-choice), so it is enough to move one token at a time: parallel branches add up
 * instead of multiplying; what ends everything else (terminate, error, cancel) moves last. A level is searched by itself: a
 * sub-process, call or repeated activity is one element of the level around it, which it leaves by its end or by a boundary
 * event. A marking is the sorted list of flows that carry a token. */
#include "engine/process/sound.h"
#include "engine/process/join.h"

enum { MAX_LIVE = 64, MAX_SAME = 3, MAX_SUBSETS = 5, TABLE = 131072 };

struct marking {
    uint32_t at, n;  /* slice of the pool */
    uint32_t parent; /* marking it came from, NONE: the first ones */
    uint32_t node;   /* the element that was passed then */
    uint32_t slot;   /* of the table */
};
struct game {
    struct draft *d; /* NULL: a case under way is looked at; what is found goes to verdict */
    struct sound_verdict verdict;
    /* Of a case whose tokens may stand as no run would have brought them: an inclusive join may then go on before one that is
     * still to come, so every order is looked at; what is beside the flow would only multiply the ways. */
    bool exact;
    struct arena *a, *scratch; /* of the check; of one move */
    const struct process_model *m;
    uint16_t *pool;
    uint32_t pool_n, pool_cap;
    struct marking *list;
    uint32_t nlist, list_cap;
    uint32_t *table; /* marking + 1 */
    uint32_t level;
    uint32_t parent, node; /* of the markings that are being added */
    bool *stuck;           /* by element: told already */
    bool *entered;         /* by element */
    bool too_complex, deadlock;
};

/* What a place of a marking leads to: a flow's target; behind the flows, an element that begins without a flow. */
static uint32_t target(const struct process_model *m, uint32_t place)
{
    return place < m->nflows ? m->flows[place].to : place - m->nflows;
}

/* A marking under construction. */
struct work {
    const struct process_model *m;
    uint16_t flow[MAX_LIVE + 2];
    uint32_t n, twice; /* a flow that took a second token, + 1 */
    bool over;
};

static void put(struct work *w, uint32_t flow)
{
    uint32_t same = 0, i = 0;
    while (i < w->n && w->flow[i] < flow) i++;
    for (uint32_t k = i; k < w->n && w->flow[k] == flow; k++) same++;
    if (same && flow < w->m->nflows) w->twice = flow + 1;
    if (same >= MAX_SAME) return; /* unsafe; told by the concurrency check */
    if (w->n >= MAX_LIVE) {
        w->over = true;
        return;
    }
    memmove(&w->flow[i + 1], &w->flow[i], (w->n - i) * sizeof *w->flow);
    w->flow[i] = (uint16_t)flow;
    w->n++;
}

static void take(struct work *w, uint32_t flow)
{
    for (uint32_t i = 0; i < w->n; i++) {
        if (w->flow[i] != flow) continue;
        memmove(&w->flow[i], &w->flow[i + 1], (w->n - i - 1) * sizeof *w->flow);
        w->n--;
        return;
    }
}

static uint32_t hash(const struct work *w)
{
    uint32_t h = 2166136261u;
    for (uint32_t i = 0; i < w->n; i++) h = (h ^ w->flow[i]) * 16777619u;
    return h;
}

/* Adds a marking unless it was met before. */
static void add(struct game *g, const struct work *w)
{
    if (w->over || g->nlist >= MAX_MARKINGS) g->too_complex = true;
    if (w->twice && g->verdict.twice == NONE) g->verdict.twice = g->m->flows[w->twice - 1].to;
    if (g->too_complex) return;
    uint32_t slot = hash(w) % TABLE;
    for (; g->table[slot]; slot = (slot + 1) % TABLE) {
        const struct marking *k = &g->list[g->table[slot] - 1];
        if (k->n == w->n && (w->n == 0 || memcmp(g->pool + k->at, w->flow, w->n * sizeof *w->flow) == 0)) return;
    }
    if (g->pool_n + w->n > g->pool_cap) {
        uint32_t cap = g->pool_cap ? g->pool_cap * 2 : 4096;
        uint16_t *pool = NEW_ARRAY(g->a, uint16_t, cap);
        if (g->pool_n) memcpy(pool, g->pool, g->pool_n * sizeof *pool);
        g->pool = pool;
        g->pool_cap = cap;
    }
    if (w->n) memcpy(g->pool + g->pool_n, w->flow, w->n * sizeof *w->flow);
    if (g->nlist == g->list_cap) {
        uint32_t cap = g->list_cap ? g->list_cap * 2 : 256;
        struct marking *list = NEW_ARRAY(g->a, struct marking, cap);
        if (g->nlist) memcpy(list, g->list, g->nlist * sizeof *list);
        g->list = list;
        g->list_cap = cap;
    }
    g->list[g->nlist++] = (struct marking){g->pool_n, w->n, g->parent, g->node, slot};
    g->pool_n += w->n;
    g->table[slot] = g->nlist;
}

static void put_all(struct work *w, const struct node *n)
{
    for (uint32_t i = 0; i < n->nout; i++) put(w, n->out[i]);
}

/* Calls fn for every set of flows on which `n` may send tokens, put on top of `base`. */
typedef void (*choice_fn)(struct game *g, const struct work *w, const struct node *n);

static void choose_subsets(struct game *g, const struct work *base, const struct node *n, const uint32_t *open,
                           uint32_t nopen, bool empty_too, choice_fn fn)
{
    uint32_t full = nopen < MAX_SUBSETS ? 1u << nopen : 0;
    for (uint32_t set = empty_too ? 0 : 1; set < full; set++) {
        struct work w = *base;
        for (uint32_t i = 0; i < nopen; i++)
            if (set >> i & 1) put(&w, open[i]);
        fn(g, &w, n);
    }
    if (full) return;
    for (uint32_t only = 0; only <= nopen; only++) { /* many branches: each alone, and all */
        struct work w = *base;
        for (uint32_t i = 0; i < nopen; i++)
            if (only == nopen || i == only) put(&w, open[i]);
        fn(g, &w, n);
    }
    if (empty_too) fn(g, base, n);
}

static void choose(struct game *g, const struct work *base, const struct node *n, choice_fn fn)
{
    if (n->kind == NODE_EXCLUSIVE || n->kind == NODE_EVENT_GATE) {
        for (uint32_t i = 0; i < n->nout; i++) {
            struct work w = *base;
            put(&w, n->out[i]);
            fn(g, &w, n);
        }
        return;
    }
    uint32_t *open = NEW_ARRAY(g->scratch, uint32_t, n->nout), nopen = 0;
    struct work fixed = *base;
    bool any = false;
    for (uint32_t i = 0; i < n->nout; i++) {
        const struct flow *f = &g->m->flows[n->out[i]];
        bool optional = n->kind == NODE_INCLUSIVE ? n->nout > 1 : f->condition_text.n > 0; /* complex: as a task */
        if (n->out[i] == n->dflt) continue;
        if (optional) {
            open[nopen++] = n->out[i];
        } else {
            put(&fixed, n->out[i]);
            any = true;
        }
    }
    if (n->dflt != NONE) { /* taken when no condition holds */
        struct work w = fixed;
        put(&w, n->dflt);
        fn(g, &w, n);
    }
    if (nopen > 0)
        choose_subsets(g, &fixed, n, open, nopen, any && n->dflt == NONE, fn);
    else if (n->dflt == NONE)
        fn(g, &fixed, n);
}

/* With boundary events that do not interrupt: none fires, each alone, or all. */
static void with_boundaries(struct game *g, const struct work *base, const struct node *host)
{
    add(g, base);
    if (g->exact) return;
    struct work all = *base;
    uint32_t count = 0;
    for (uint32_t k = 0; k < host->nboundaries; k++) {
        const struct node *b = &g->m->nodes[host->boundaries[k]];
        if (b->interrupting || b->trigger == TRIGGER_COMPENSATION) continue;
        struct work w = *base;
        put_all(&w, b);
        put_all(&all, b);
        g->entered[host->boundaries[k]] = true;
        add(g, &w);
        count++;
    }
    if (count > 1) add(g, &all);
}

/* Terminate, error and cancel end everything on their level. */
static bool ends_all(const struct node *n)
{
    for (uint32_t i = 0; i < n->ndefs; i++)
        if (n->defs[i].trigger == TRIGGER_TERMINATE || n->defs[i].trigger == TRIGGER_ERROR ||
            n->defs[i].trigger == TRIGGER_CANCEL)
            return true;
    return false;
}

static void enter(struct game *g, const struct work *base, uint32_t node)
{
    const struct node *n = &g->m->nodes[node];
    g->node = node;
    g->entered[node] = true;
    if (n->kind == NODE_END) {
        struct work w = *base;
        if (ends_all(n)) w.n = 0;
        add(g, &w);
        return;
    }
    choose(g, base, n, with_boundaries);
    for (uint32_t k = 0; k < n->nboundaries; k++) {
        const struct node *b = &g->m->nodes[n->boundaries[k]];
        if (!b->interrupting || b->trigger == TRIGGER_COMPENSATION) continue;
        struct work w = *base;
        put_all(&w, b);
        g->entered[n->boundaries[k]] = true;
        with_boundaries(g, &w, n);
    }
}

static bool carried(const struct work *w, uint32_t flow)
{
    for (uint32_t i = 0; i < w->n; i++)
        if (w->flow[i] == flow) return true;
    return false;
}

/* Parallel: every incoming flow has a token. Inclusive, and complex whose condition is left open: the engine's own rule. */
static bool join_ready(struct game *g, const struct work *w, uint32_t join)
{
    const struct node *n = &g->m->nodes[join];
    bool *has = NEW_ARRAY(g->scratch, bool, n->nin), *occupied = NEW_ARRAY(g->scratch, bool, g->m->nnodes), all = true;
    for (uint32_t i = 0; i < n->nin; i++) {
        has[i] = carried(w, n->in[i]);
        all = all && has[i];
    }
    if (all || n->kind == NODE_PARALLEL) return all;
    for (uint32_t i = 0; i < w->n; i++) occupied[target(g->m, w->flow[i])] = true;
    return inclusive_ready(g->scratch, g->m, join, has, occupied);
}

/* How often the marking has the flow. */
static uint32_t count_of(const struct game *g, const struct marking *k, uint32_t flow)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < k->n; i++) n += g->pool[k->at + i] == flow;
    return n;
}

/* The element that was passed on the way to the marking, and the flows that got a token by it: its own, or its events'. */
static void trail_move(struct trail *t, const struct game *g, const struct marking *k)
{
    if (k->parent == NONE) return; /* nothing has moved */
    const struct node *n = &g->m->nodes[k->node];
    trail_node(t, k->node);
    uint32_t event = k->node;
    for (uint32_t i = 0; i < k->n; i++) {
        uint32_t flow = g->pool[k->at + i];
        if (flow >= g->m->nflows) continue;
        uint32_t from = g->m->flows[flow].from;
        bool again = i > 0 && g->pool[k->at + i - 1] == flow;
        if (again || (from != k->node && g->m->nodes[from].host != k->node)) continue;
        uint32_t before = count_of(g, &g->list[k->parent], flow);
        bool loops = g->m->flows[flow].to == k->node && n->nin > 0; /* taken and put again */
        if (count_of(g, k, flow) <= before && !loops) continue;
        if (from != k->node && from != event) trail_event(t, event = from);
        trail_flow(t, flow);
    }
}

static void trail_game(struct trail *t, const struct game *g, uint32_t marking)
{
    uint32_t n = 0;
    for (uint32_t i = marking; i != NONE; i = g->list[i].parent) n++;
    uint32_t *way = NEW_ARRAY(g->scratch, uint32_t, n);
    for (uint32_t i = marking, k = n; i != NONE; i = g->list[i].parent) way[--k] = i;
    trail_to_level(t, g->level);
    for (uint32_t i = 0; i < n; i++) trail_move(t, g, &g->list[way[i]]);
}

static void tell_join(struct game *g, const struct work *w, uint32_t marking, uint32_t join)
{
    const struct node *n = &g->m->nodes[join];
    struct arena *a = g->d->c->a;
    struct slice missing = {0};
    if (g->stuck[join]) return;
    g->stuck[join] = true;
    for (uint32_t k = 0; k < n->nin && !missing.n; k++)
        if (!carried(w, n->in[k])) missing = g->m->flows[n->in[k]].id;
    struct trail t = trail_new(g->d->c->a, g->m);
    trail_game(&t, g, marking);
    trail_node(&t, join);
    FAULT(g->d->c, n->line, g->m->pub[join].id, CODE_PROCESS_JOIN_DEADLOCK, "detail_zh",
          arena_printf(a, "顺序流“%.*s”可能没有令牌到来", SLICE_ARG(missing)), "detail_en",
          arena_printf(a, "no token may ever arrive by flow \"%.*s\"", SLICE_ARG(missing)), TRAIL_ARGS(&t), NULL);
}

/* Nothing moves any more. Told is a join for which no other one that stands still comes before it: those behind it only wait for
 * it. In a circle, all. */
static void tell_stuck(struct game *g, const struct work *w, uint32_t marking)
{
    bool any = false;
    g->deadlock = g->deadlock || w->n > 0;
    if (!g->d) {
        if (w->n && g->verdict.stuck == NONE) g->verdict.stuck = target(g->m, w->flow[0]);
        return;
    }
    for (int all = 0; all < 2 && !any; all++)
        for (uint32_t i = 0; i < w->n; i++) {
            uint32_t join = target(g->m, w->flow[i]);
            bool waits_for_other = false;
            for (uint32_t k = 0; k < w->n && !all && !waits_for_other; k++) {
                uint32_t other = target(g->m, w->flow[k]);
                waits_for_other = other != join && level_reached(g->scratch, g->m, other)[join];
            }
            if (waits_for_other) continue;
            any = true;
            tell_join(g, w, marking, join);
        }
}

/* Fires the first join of that kind that is ready. */
static bool fire(struct game *g, const struct work *w, enum node_kind kind)
{
    for (uint32_t i = 0; i < w->n; i++) {
        uint32_t join = target(g->m, w->flow[i]);
        const struct node *n = &g->m->nodes[join];
        if (!is_join(n) || n->kind != kind || !join_ready(g, w, join)) continue;
        struct work after = *w;
        for (uint32_t f = 0; f < n->nin; f++) take(&after, n->in[f]);
        enter(g, &after, join);
        return true;
    }
    return false;
}

/* Moves the first token that waits at no join; true when there is one. */
static bool pass(struct game *g, const struct work *w, bool ending)
{
    for (uint32_t i = 0; i < w->n; i++) {
        uint32_t to = target(g->m, w->flow[i]);
        const struct node *n = &g->m->nodes[to];
        if (is_join(n) || (n->kind == NODE_END && ends_all(n)) != ending) continue;
        struct work after = *w;
        take(&after, w->flow[i]);
        enter(g, &after, to);
        return true;
    }
    return false;
}

/* Joins go on at once, as in the engine; who else moves first is open. False: nothing moves. */
static bool move_any(struct game *g, const struct work *w)
{
    bool moved = fire(g, w, NODE_PARALLEL) || fire(g, w, NODE_INCLUSIVE);
    if (moved) return true;
    for (uint32_t i = 0; i < w->n; i++) {
        uint32_t to = target(g->m, w->flow[i]);
        if (is_join(&g->m->nodes[to])) continue;
        struct work after = *w;
        take(&after, w->flow[i]);
        enter(g, &after, to);
        moved = true;
    }
    return moved || fire(g, w, NODE_COMPLEX);
}

static void move(struct game *g, uint32_t marking)
{
    struct marking k = g->list[marking];
    struct work w = {.m = g->m, .n = k.n};
    if (k.n) memcpy(w.flow, g->pool + k.at, k.n * sizeof *w.flow);
    g->parent = marking;
    if (g->exact) {
        if (!move_any(g, &w)) tell_stuck(g, &w, marking);
        return;
    }
    /* parallel joins first: inclusive ones wait until nothing else moves */
    if (pass(g, &w, false) || fire(g, &w, NODE_PARALLEL) || fire(g, &w, NODE_INCLUSIVE) || fire(g, &w, NODE_COMPLEX) ||
        pass(g, &w, true))
        return;
    tell_stuck(g, &w, marking);
}

static void level_fault(struct draft *d, uint32_t level, enum code code)
{
    uint32_t line = level == NONE ? d->xml->line : d->m->nodes[level].line;
    FAULT(d->c, line, level == NONE ? d->m->id : d->m->pub[level].id, code, "limit",
          arena_printf(d->c->a, "%d", MAX_MARKINGS), NULL);
}

/* Entered by no move of a search that was complete: only behind something that stands still, which is told by itself. */
static void tell_dead(struct game *g, uint32_t level)
{
    const struct process_model *m = g->m;
    for (uint32_t i = 0; i < m->nnodes; i++) {
        const struct node *n = &m->nodes[i];
        bool aside = n->for_compensation || is_sub(n, SUB_EVENT) || n->instantiates || n->kind == NODE_START ||
                     (n->kind == NODE_BOUNDARY && n->trigger == TRIGGER_COMPENSATION);
        if (n->level != level || g->entered[i] || aside) continue;
        struct trail t = trail_new(g->d->c->a, g->m);
        trail_to_level(&t, level);
        (void)trail_to(&t, level, i);
        FAULT(g->d->c, n->line, m->pub[i].id, CODE_PROCESS_DEAD, "detail_zh", S("之前的汇聚或结束使令牌到不了这里"),
              "detail_en", S("what joins or ends before it lets no token come here"), TRAIL_ARGS(&t), NULL);
    }
}

static void run_game(struct game *g)
{
    for (uint32_t i = 0; i < g->nlist && !g->too_complex; i++) {
        move(g, i);
        arena_reset(g->scratch);
    }
}

/* Plays from the element, NONE: from all that begin the level, at once. */
static void search(struct game *g, uint32_t level, uint32_t from)
{
    for (uint32_t i = 0; i < g->nlist; i++) g->table[g->list[i].slot] = 0;
    g->nlist = g->pool_n = 0;
    g->parent = g->node = NONE;
    struct work first = {.m = g->m, .n = 0};
    for (uint32_t i = 0; i < g->m->nnodes; i++)
        if (i == from || (from == NONE && level_begins(g->m, level, i))) put(&first, g->m->nflows + i);
    add(g, &first);
    run_game(g);
    g->d->m->searched += g->nlist;
}

static void play(struct game *g, uint32_t level, bool quiet)
{
    g->too_complex = g->deadlock = false;
    g->level = level;
    for (uint32_t i = 0; level == NONE && i < g->m->nnodes; i++) /* several starts are alternatives */
        if (level_begins(g->m, level, i)) search(g, level, i);
    if (level != NONE) search(g, level, NONE);
    if (quiet) return;
    if (g->too_complex)
        level_fault(g->d, level, CODE_PROCESS_NOT_SEARCHED);
    else if (!g->deadlock)
        tell_dead(g, level);
}

static struct game game_of(struct draft *d, const struct process_model *m, struct arena *a)
{
    return (struct game){.d = d,
                         .verdict = {NONE, NONE, false},
                         .m = m,
                         .a = a,
                         .scratch = arena_new("process check, one move"),
                         .table = NEW_ARRAY(a, uint32_t, TABLE),
                         .stuck = NEW_ARRAY(a, bool, m->nnodes),
                         .entered = NEW_ARRAY(a, bool, m->nnodes)};
}

struct sound_verdict sound_from(const struct process_model *m, const uint32_t *places, uint32_t n, bool exact)
{
    struct arena *a = arena_new("process check");
    struct game g = game_of(NULL, m, a);
    struct work first = {.m = m, .n = 0};
    g.exact = exact;
    g.parent = g.node = NONE;
    for (uint32_t i = 0; i < n; i++) put(&first, places[i]);
    add(&g, &first);
    run_game(&g);
    g.verdict.unclear = g.too_complex;
    arena_free(g.scratch);
    arena_free(a);
    return g.verdict;
}

void check_sound(struct draft *d)
{
    const struct process_model *m = d->m;
    bool quiet = d->c->nfaults > d->faults_before;
    quiet = check_concurrency(d) || quiet;
    struct arena *a = arena_new("process check");
    struct game g = game_of(d, m, a);
    if (m->start != NONE) play(&g, NONE, quiet);
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (m->nodes[i].kind == NODE_SUB && (m->nodes[i].start != NONE || m->nodes[i].variety == SUB_AD_HOC))
            play(&g, i, quiet);
    arena_free(g.scratch);
    arena_free(a);
    if (!quiet) check_dead(d);
}
