/* Lack of synchronisation: parallel branches that meet where nothing joins them. Computed on the concurrency
 * relation between sequence flows (Kovalyov and Esparza's closure for free-choice nets, extended by inclusive
 * gateways and boundary events): two flows are related when both may carry a token at once. */
#include "engine/process/join.h"
#include "engine/process/sound.h"

struct relation {
    struct arena *a;
    const struct process_model *m;
    uint64_t *bits;  /* nflows x nflows, symmetric */
    uint32_t *came;  /* nflows x nflows: the pair that it follows from, or NONE: one element sends both */
    uint32_t parent; /* of what is being related */
    uint32_t *stack; /* pairs to follow */
    size_t n, cap;
    uint16_t **arrived; /* per parallel join: for each flow, how many incoming flows are related to it */
    uint8_t **feeds;    /* per inclusive join: whether a token on the flow could still reach it */
};

static bool related(const struct relation *r, uint32_t x, uint32_t y)
{
    size_t at = (size_t)x * r->m->nflows + y;
    return r->bits[at / 64] >> (at % 64) & 1;
}

static uint32_t pair(const struct relation *r, uint32_t x, uint32_t y)
{
    return x * r->m->nflows + y;
}

/* The pair y, x of a pair x, y. */
static uint32_t turned(const struct relation *r, uint32_t p)
{
    return p == NONE ? NONE : pair(r, p % r->m->nflows, p / r->m->nflows);
}

static void relate_one(struct relation *r, uint32_t x, uint32_t y, uint32_t parent)
{
    size_t at = (size_t)x * r->m->nflows + y;
    r->bits[at / 64] |= UINT64_C(1) << (at % 64);
    r->came[at] = parent;
    if (r->n + 2 > r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 1024;
        uint32_t *stack = NEW_ARRAY(r->a, uint32_t, cap);
        if (r->n) memcpy(stack, r->stack, r->n * sizeof *stack);
        r->stack = stack;
        r->cap = cap;
    }
    r->stack[r->n++] = x;
    r->stack[r->n++] = y;
}

static void relate(struct relation *r, uint32_t x, uint32_t y)
{
    if (related(r, x, y)) return;
    relate_one(r, x, y, r->parent);
    if (x != y) relate_one(r, y, x, turned(r, r->parent));
}

static void relate_outs(struct relation *r, const struct node *n, uint32_t x)
{
    for (uint32_t i = 0; i < n->nout; i++) relate(r, n->out[i], x);
}

/* A split: which outgoing flows of one element run at once. */
static void seed_split(struct relation *r, const struct node *n)
{
    if (n->kind == NODE_EXCLUSIVE || n->kind == NODE_EVENT_GATE) return;
    for (uint32_t i = 0; i < n->nout; i++)
        for (uint32_t k = i + 1; k < n->nout; k++) {
            uint32_t x = n->out[i], y = n->out[k];
            bool alternative =
                (n->dflt == x && r->m->flows[y].condition_text.n) || (n->dflt == y && r->m->flows[x].condition_text.n);
            if (!alternative) relate(r, x, y);
        }
}

/* A boundary event that lets its host go on runs beside whatever leaves the host. (That a cycle fires several
 * times is what its designer asked for, so it is not set beside itself.) */
static void seed_boundary(struct relation *r, const struct node *b)
{
    const struct node *host = &r->m->nodes[b->host];
    for (uint32_t i = 0; i < host->nout; i++) relate_outs(r, b, host->out[i]);
    for (uint32_t k = 0; k < host->nboundaries; k++) {
        const struct node *other = &r->m->nodes[host->boundaries[k]];
        if (other != b)
            for (uint32_t i = 0; i < other->nout; i++) relate_outs(r, b, other->out[i]);
    }
}

/* Flows from which an inclusive join can still be reached. */
static uint8_t *feeding(struct relation *r, uint32_t join)
{
    const struct process_model *m = r->m;
    uint8_t *mark = NEW_ARRAY(r->a, uint8_t, m->nnodes), *flows = NEW_ARRAY(r->a, uint8_t, m->nflows);
    uint32_t *stack = NEW_ARRAY(r->a, uint32_t, m->nnodes), n = 0;
    mark[join] = 1;
    stack[n++] = join;
    while (n > 0) {
        const struct node *node = &m->nodes[stack[--n]];
        for (uint32_t i = 0; i < node->nin; i++) {
            uint32_t from = m->flows[node->in[i]].from;
            flows[node->in[i]] = 1;
            if (!mark[from]) mark[from] = 1, stack[n++] = from;
        }
        if (node->kind == NODE_BOUNDARY && node->host != NONE && !mark[node->host])
            mark[node->host] = 1, stack[n++] = node->host;
    }
    for (uint32_t i = 0; i < m->nodes[join].nout; i++) flows[m->nodes[join].out[i]] = 0; /* behind it, not before */
    return flows;
}

/* Flows x and y run at once: then so do y and whatever follows x. */
static void follow(struct relation *r, uint32_t x, uint32_t y)
{
    uint32_t to = r->m->flows[x].to;
    const struct node *n = &r->m->nodes[to];
    if (is_join(n) && n->kind == NODE_PARALLEL) {
        if (!r->arrived[to]) r->arrived[to] = NEW_ARRAY(r->a, uint16_t, r->m->nflows);
        if (++r->arrived[to][y] == n->nin) relate_outs(r, n, y);
        return;
    }
    if (is_join(n)) {
        if (!r->feeds[to]) r->feeds[to] = feeding(r, to);
        if (!r->feeds[to][y]) relate_outs(r, n, y);
        return;
    }
    relate_outs(r, n, y);
    for (uint32_t k = 0; k < n->nboundaries; k++) relate_outs(r, &r->m->nodes[n->boundaries[k]], y);
}

static bool unsynchronised(const struct relation *r, const struct node *n, uint32_t *x, uint32_t *y)
{
    if (is_join(n) || n->kind == NODE_END) return false;
    for (uint32_t i = 0; i < n->nin; i++)
        for (uint32_t k = i + 1; k < n->nin; k++)
            if (related(r, n->in[i], n->in[k])) {
                *x = n->in[i];
                *y = n->in[k];
                return true;
            }
    return false;
}

/* Flows by which a token of the pair came, the oldest first; first: of the pair's first flow. */
static uint32_t branch(const struct relation *r, uint32_t p, bool first, uint32_t *out)
{
    uint32_t n = 0, nflows = r->m->nflows;
    for (; p != NONE; p = r->came[p]) {
        uint32_t flow = first ? p / nflows : p % nflows;
        if (n == 0 || out[n - 1] != flow) out[n++] = flow;
    }
    for (uint32_t i = 0; i < n / 2; i++) {
        uint32_t k = out[i];
        out[i] = out[n - 1 - i];
        out[n - 1 - i] = k;
    }
    return n;
}

static void trail_flows(struct trail *t, const uint32_t *flows, uint32_t n)
{
    const struct process_model *m = t->m;
    for (uint32_t i = 0; i < n; i++) {
        if (m->nodes[m->flows[flows[i]].from].kind == NODE_BOUNDARY) trail_event(t, m->flows[flows[i]].from);
        trail_flow(t, flows[i]);
        trail_node(t, m->flows[flows[i]].to);
    }
}

/* From the start to what sends both tokens, then one branch, then the other. */
static struct trail trail_pair(struct draft *d, const struct relation *r, uint32_t x, uint32_t y)
{
    const struct process_model *m = d->m;
    struct trail t = trail_new(d->c->a, d->m);
    uint32_t *one = NEW_ARRAY(r->a, uint32_t, r->m->nflows + 1), *two = NEW_ARRAY(r->a, uint32_t, r->m->nflows + 1);
    uint32_t n1 = branch(r, pair(r, x, y), true, one), n2 = branch(r, pair(r, x, y), false, two);
    uint32_t split = m->flows[one[0]].from, level = m->nodes[split].level;
    if (m->nodes[split].kind == NODE_BOUNDARY) split = m->nodes[split].host;
    trail_to_level(&t, level);
    if (!trail_to(&t, level, split)) trail_node(&t, split);
    trail_flows(&t, one, n1);
    trail_branch(&t, split);
    trail_flows(&t, two, n2);
    return t;
}

static void tell(struct draft *d, const struct relation *r, uint32_t node, uint32_t x, uint32_t y)
{
    struct trail t = trail_pair(d, r, x, y);
    FAULT(d->c, d->m->nodes[node].line, d->m->pub[node].id, CODE_PROCESS_NOT_SYNCHRONISED, TRAIL_ARGS(&t), NULL);
}

/* How a token comes to an element. REMINDS: from an event that let its host go on, and without having waited since, so that the
 * host is still under way. */
enum way { GOES = 1, REMINDS = 2 };

struct ways {
    const struct process_model *m;
    uint8_t *seen;
    struct {
        uint32_t node;
        enum way way;
    } * stack;
    uint32_t n;
};

static void come(struct ways *w, uint32_t node, enum way way)
{
    if (w->m->nodes[node].waits) way = GOES;
    if (w->seen[node] & way) return;
    w->seen[node] |= (uint8_t)way;
    w->stack[w->n].node = node;
    w->stack[w->n++].way = way;
}

static const uint8_t *ways_of(struct arena *a, const struct process_model *m)
{
    struct ways w = {.m = m, .seen = NEW_ARRAY(a, uint8_t, m->nnodes)};
    w.stack = arena_alloc(a, 2 * ((size_t)m->nnodes + 1) * sizeof *w.stack);
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (level_begins(m, m->nodes[i].level, i)) come(&w, i, GOES);
    while (w.n > 0) {
        uint32_t at = w.stack[--w.n].node;
        enum way way = w.stack[w.n].way;
        const struct node *n = &m->nodes[at];
        for (uint32_t k = 0; k < n->nout; k++) come(&w, m->flows[n->out[k]].to, way);
        for (uint32_t k = 0; k < n->nboundaries; k++)
            come(&w, n->boundaries[k], m->nodes[n->boundaries[k]].interrupting ? way : REMINDS);
    }
    return w.seen;
}

/* Whether `end` can be reached by something that happens when `other` has been: an element that waits lies before it and may be
 * occupied while a token comes to the other end. */
static bool may_be_last(struct arena *a, const struct relation *r, uint32_t end, uint32_t other)
{
    const struct process_model *m = r->m;
    for (uint32_t i = 0; i < m->nnodes; i++) {
        const struct node *n = &m->nodes[i];
        if (n->level != m->nodes[end].level || !n->waits || !level_reached(a, m, i)[end]) continue;
        for (uint32_t k = 0; k < n->nin; k++)
            for (uint32_t o = 0; o < m->nodes[other].nin; o++)
                if (related(r, n->in[k], m->nodes[other].in[o])) return true;
        for (uint32_t k = 0; k < n->nboundaries; k++) /* the element goes on beside its event */
            if (!m->nodes[n->boundaries[k]].interrupting && level_reached(a, m, n->boundaries[k])[other]) return true;
    }
    return false;
}

static bool plain_end(const struct node *n)
{
    return n->kind == NODE_END && n->ndefs == 0;
}

static bool both_reached(const struct relation *r, uint32_t x, uint32_t y, uint32_t *in_x, uint32_t *in_y)
{
    const struct node *a = &r->m->nodes[x], *b = &r->m->nodes[y];
    for (uint32_t i = 0; i < a->nin; i++)
        for (uint32_t k = 0; k < b->nin; k++)
            if (related(r, a->in[i], b->in[k])) {
                *in_x = a->in[i];
                *in_y = b->in[k];
                return true;
            }
    return false;
}

/* A process or sub-process ends with the outcome of its last end event: two that one run reaches, in either order, with
 * different outcomes leave what was decided to chance. */
static void check_ends_agree(struct draft *d, const struct relation *r)
{
    const struct process_model *m = d->m;
    struct arena *a = arena_new("process check, ends");
    const uint8_t *ways = ways_of(a, m);
    for (uint32_t x = 0; x < m->nnodes; x++)
        for (uint32_t y = x + 1; y < m->nnodes; y++) {
            const struct node *e = &m->nodes[x], *f = &m->nodes[y];
            uint32_t in_x = NONE, in_y = NONE;
            if (!plain_end(e) || !plain_end(f) || !(ways[x] & GOES) || !(ways[y] & GOES) || e->level != f->level ||
                slice_eq(e->outcome_text, f->outcome_text) || !both_reached(r, x, y, &in_x, &in_y) ||
                !may_be_last(a, r, x, y) || !may_be_last(a, r, y, x))
                continue;
            struct trail t = trail_pair(d, r, in_x, in_y);
            FAULT(d->c, f->line, m->pub[y].id, CODE_PROCESS_END_IMPROPER, "value", m->pub[x].id, TRAIL_ARGS(&t), NULL);
        }
    arena_free(a);
}

bool check_concurrency(struct draft *d)
{
    const struct process_model *m = d->m;
    struct arena *a = arena_new("process check, branches");
    size_t pairs = (size_t)m->nflows * m->nflows;
    struct relation r = {.a = a,
                         .m = m,
                         .bits = NEW_ARRAY(a, uint64_t, (pairs + 63) / 64),
                         .came = NEW_ARRAY(a, uint32_t, pairs),
                         .parent = NONE,
                         .arrived = NEW_ARRAY(a, uint16_t *, m->nnodes),
                         .feeds = NEW_ARRAY(a, uint8_t *, m->nnodes)};
    for (uint32_t i = 0; i < m->nnodes; i++) {
        const struct node *n = &m->nodes[i];
        seed_split(&r, n);
        if (n->kind == NODE_BOUNDARY && n->host != NONE && !n->interrupting) seed_boundary(&r, n);
    }
    while (r.n > 0) {
        uint32_t y = r.stack[--r.n], x = r.stack[--r.n];
        r.parent = pair(&r, x, y);
        follow(&r, x, y);
    }
    bool found = false;
    for (uint32_t i = 0, x = NONE, y = NONE; i < m->nnodes; i++)
        if (unsynchronised(&r, &m->nodes[i], &x, &y)) {
            tell(d, &r, i, x, y);
            found = true;
        }
    /* a loop that splits again before its other branch is over */
    for (uint32_t f = 0; f < m->nflows && !found; f++) {
        if (m->flows[f].to == NONE || !related(&r, f, f) || m->nodes[m->flows[f].to].kind == NODE_END) continue;
        tell(d, &r, m->flows[f].to, f, f);
        found = true;
    }
    if (!found) check_ends_agree(d, &r);
    arena_free(a);
    return found;
}
