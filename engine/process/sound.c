/* Joins that may wait for ever, found by playing the token game of each level with every choice left open.
 * Choices are local to a token (the net is free-choice), so it is enough to move one token at a time: parallel
 * branches add up instead of multiplying. A marking is the sorted list of flows that carry a token; tokens that wait
 * at an inclusive join are one, on its first flow, because it takes them together however they came. */
#include "engine/process/sound.h"
#include "engine/process/join.h"

enum { MAX_MARKINGS = 20000, MAX_LIVE = 64, MAX_SAME = 3, MAX_SUBSETS = 5, TABLE = 65536 };

struct marking {
    uint32_t at, n; /* slice of the pool */
};
struct game {
    struct draft *d;
    struct arena *a, *scratch; /* of the check; of one move */
    const struct process_model *m;
    uint16_t *pool;
    uint32_t pool_n, pool_cap;
    struct marking *list;
    uint32_t nlist;
    uint32_t *table; /* marking + 1 */
    bool *stuck;     /* by element: told already */
    uint8_t **feeds; /* by inclusive join: elements from which it can be reached without going back in a loop */
    uint8_t *colour; /* by element: 0 new, 1 on the path, 2 done */
    uint8_t *back;   /* by flow: it closes a loop */
    bool too_complex;
};

/* A marking under construction. */
struct work {
    const struct process_model *m;
    uint16_t flow[MAX_LIVE + 2];
    uint32_t n;
    bool over;
};

static void put(struct work *w, uint32_t flow)
{
    uint32_t same = 0, i = 0;
    const struct node *to = &w->m->nodes[w->m->flows[flow].to];
    bool gathers = is_join(to) && to->kind != NODE_PARALLEL;
    if (gathers) flow = to->in[0];
    while (i < w->n && w->flow[i] < flow) i++;
    for (uint32_t k = i; k < w->n && w->flow[k] == flow; k++) same++;
    if (same >= (gathers ? 1 : MAX_SAME)) return; /* unsafe; told by the concurrency check */
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
    g->list[g->nlist++] = (struct marking){g->pool_n, w->n};
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
    struct work all = *base;
    uint32_t count = 0;
    for (uint32_t k = 0; k < host->nboundaries; k++) {
        const struct node *b = &g->m->nodes[host->boundaries[k]];
        if (b->interrupting) continue;
        struct work w = *base;
        put_all(&w, b);
        put_all(&all, b);
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

static void enter(struct game *g, const struct work *base, const struct node *n)
{
    if (n->kind == NODE_END) {
        struct work w = *base;
        if (ends_all(n)) w.n = 0;
        add(g, &w);
        return;
    }
    choose(g, base, n, with_boundaries);
    for (uint32_t k = 0; k < n->nboundaries; k++) {
        const struct node *b = &g->m->nodes[n->boundaries[k]];
        if (!b->interrupting) continue;
        struct work w = *base;
        put_all(&w, b);
        with_boundaries(g, &w, n);
    }
}

static bool carried(const struct work *w, uint32_t flow)
{
    for (uint32_t i = 0; i < w->n; i++)
        if (w->flow[i] == flow) return true;
    return false;
}

static const uint8_t *feeding(struct game *g, uint32_t join)
{
    const struct process_model *m = g->m;
    if (g->feeds[join]) return g->feeds[join];
    uint8_t *mark = g->feeds[join] = NEW_ARRAY(g->a, uint8_t, m->nnodes);
    uint32_t *stack = NEW_ARRAY(g->scratch, uint32_t, m->nnodes), n = 0;
    mark[join] = 1;
    stack[n++] = join;
    while (n > 0) {
        const struct node *node = &m->nodes[stack[--n]];
        for (uint32_t i = 0; i < node->nin; i++) {
            uint32_t from = m->flows[node->in[i]].from;
            if (!mark[from] && !g->back[node->in[i]]) mark[from] = 1, stack[n++] = from;
        }
        if (node->kind == NODE_BOUNDARY && node->host != NONE && !mark[node->host])
            mark[node->host] = 1, stack[n++] = node->host;
    }
    return mark;
}

/* Parallel: every incoming flow has a token. Inclusive: nobody who waits elsewhere can still come. Who would have to
 * go round a loop first does not count: going round, a token reaches the flows that have one as well as those that
 * have none, and then BPMN's rule does not wait for it. */
static bool join_ready(struct game *g, const struct work *w, uint32_t join)
{
    const struct node *n = &g->m->nodes[join];
    if (n->kind == NODE_PARALLEL) {
        for (uint32_t i = 0; i < n->nin; i++)
            if (!carried(w, n->in[i])) return false;
        return true;
    }
    const uint8_t *mark = feeding(g, join);
    for (uint32_t i = 0; i < w->n; i++) {
        uint32_t at = g->m->flows[w->flow[i]].to;
        if (at != join && mark[at]) return false;
    }
    return true;
}

static void tell_stuck(struct game *g, const struct work *w)
{
    for (uint32_t i = 0; i < w->n; i++) {
        uint32_t join = g->m->flows[w->flow[i]].to;
        const struct node *n = &g->m->nodes[join];
        if (g->stuck[join]) continue;
        g->stuck[join] = true;
        struct slice missing = {0};
        for (uint32_t k = 0; k < n->nin && !missing.n; k++)
            if (!carried(w, n->in[k])) missing = g->m->flows[n->in[k]].id;
        struct arena *a = g->d->c->a;
        FAULT(g->d->c, n->line, g->m->pub[join].id, CODE_PROCESS_JOIN_DEADLOCK, "detail_zh",
              arena_printf(a, "顺序流“%.*s”可能没有令牌到来", SLICE_ARG(missing)), "detail_en",
              arena_printf(a, "no token may ever arrive by flow \"%.*s\"", SLICE_ARG(missing)), NULL);
    }
}

/* Fires the first join of that kind that is ready. */
static bool fire(struct game *g, const struct work *w, enum node_kind kind)
{
    for (uint32_t i = 0; i < w->n; i++) {
        uint32_t join = g->m->flows[w->flow[i]].to;
        const struct node *n = &g->m->nodes[join];
        if (n->kind != kind || !join_ready(g, w, join)) continue;
        struct work after = *w;
        for (uint32_t f = 0; f < n->nin; f++) take(&after, n->in[f]);
        enter(g, &after, n);
        return true;
    }
    return false;
}

static void move(struct game *g, const struct marking *k)
{
    struct work w = {.m = g->m, .n = k->n};
    if (k->n) memcpy(w.flow, g->pool + k->at, k->n * sizeof *w.flow);
    for (uint32_t i = 0; i < w.n; i++) {
        const struct node *n = &g->m->nodes[g->m->flows[w.flow[i]].to];
        if (is_join(n)) continue;
        take(&w, w.flow[i]);
        enter(g, &w, n);
        return;
    }
    /* parallel joins first: inclusive ones wait until nothing else moves */
    if (fire(g, &w, NODE_PARALLEL) || fire(g, &w, NODE_INCLUSIVE) || fire(g, &w, NODE_COMPLEX)) return;
    tell_stuck(g, &w);
}

static void find_back(struct game *g, uint32_t node)
{
    const struct node *n = &g->m->nodes[node];
    g->colour[node] = 1;
    for (uint32_t i = 0; i < n->nout; i++) {
        uint32_t to = g->m->flows[n->out[i]].to;
        if (g->colour[to] == 0) find_back(g, to);
        g->back[n->out[i]] = g->colour[to] == 1;
    }
    for (uint32_t i = 0; i < n->nboundaries; i++)
        if (g->colour[n->boundaries[i]] == 0) find_back(g, n->boundaries[i]);
    g->colour[node] = 2;
}

static void play(struct game *g, uint32_t level, uint32_t start, bool quiet)
{
    struct draft *d = g->d;
    memset(g->table, 0, TABLE * sizeof *g->table);
    g->nlist = g->pool_n = 0;
    g->too_complex = false;
    find_back(g, start);
    struct work first = {.m = g->m, .n = 0};
    choose(g, &first, &g->m->nodes[start], with_boundaries);
    for (uint32_t i = 0; i < g->nlist && !g->too_complex; i++) {
        struct marking k = g->list[i];
        move(g, &k);
        arena_reset(g->scratch);
    }
    if (!g->too_complex || quiet) return;
    uint32_t line = level == NONE ? d->xml->line : d->m->nodes[level].line;
    FAULT(d->c, line, level == NONE ? d->m->id : d->m->pub[level].id, CODE_PROCESS_TOO_COMPLEX, NULL);
}

static bool has_join(const struct process_model *m, uint32_t level)
{
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (m->nodes[i].level == level && is_join(&m->nodes[i])) return true;
    return false;
}

void check_sound(struct draft *d)
{
    const struct process_model *m = d->m;
    bool unsynchronised = check_concurrency(d);
    struct arena *a = arena_new("process check");
    struct game g = {.d = d,
                     .m = m,
                     .a = a,
                     .scratch = arena_new("process check, one move"),
                     .list = NEW_ARRAY(a, struct marking, MAX_MARKINGS),
                     .table = NEW_ARRAY(a, uint32_t, TABLE),
                     .stuck = NEW_ARRAY(a, bool, m->nnodes),
                     .feeds = NEW_ARRAY(a, uint8_t *, m->nnodes),
                     .colour = NEW_ARRAY(a, uint8_t, m->nnodes),
                     .back = NEW_ARRAY(a, uint8_t, m->nflows)};
    if (m->start != NONE && has_join(m, NONE)) play(&g, NONE, m->start, unsynchronised);
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (m->nodes[i].kind == NODE_SUB && m->nodes[i].start != NONE && has_join(m, i))
            play(&g, i, m->nodes[i].start, unsynchronised);
    arena_free(g.scratch);
    arena_free(a);
}
