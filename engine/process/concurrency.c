/* Lack of synchronisation: parallel branches that meet where nothing joins them. Computed on the concurrency
 * relation between sequence flows (Kovalyov and Esparza's closure for free-choice nets, extended by inclusive
 * gateways and boundary events): two flows are related when both may carry a token at once. */
#include "engine/process/join.h"
#include "engine/process/sound.h"

struct relation {
    struct arena *a;
    const struct process_model *m;
    uint64_t *bits;  /* nflows x nflows, symmetric */
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

static void relate_one(struct relation *r, uint32_t x, uint32_t y)
{
    size_t at = (size_t)x * r->m->nflows + y;
    r->bits[at / 64] |= UINT64_C(1) << (at % 64);
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
    relate_one(r, x, y);
    if (x != y) relate_one(r, y, x);
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

static bool unsynchronised(const struct relation *r, const struct node *n)
{
    if (is_join(n) || n->kind == NODE_END) return false;
    for (uint32_t i = 0; i < n->nin; i++)
        for (uint32_t k = i + 1; k < n->nin; k++)
            if (related(r, n->in[i], n->in[k])) return true;
    return false;
}

static void tell(struct draft *d, uint32_t node)
{
    FAULT(d->c, d->m->nodes[node].line, d->m->pub[node].id, CODE_PROCESS_NOT_SYNCHRONISED, NULL);
}

bool check_concurrency(struct draft *d)
{
    const struct process_model *m = d->m;
    size_t words = ((size_t)m->nflows * m->nflows + 63) / 64;
    struct relation r = {.a = d->c->a,
                         .m = m,
                         .bits = NEW_ARRAY(d->c->a, uint64_t, words),
                         .arrived = NEW_ARRAY(d->c->a, uint16_t *, m->nnodes),
                         .feeds = NEW_ARRAY(d->c->a, uint8_t *, m->nnodes)};
    for (uint32_t i = 0; i < m->nnodes; i++) {
        const struct node *n = &m->nodes[i];
        seed_split(&r, n);
        if (n->kind == NODE_BOUNDARY && n->host != NONE && !n->interrupting) seed_boundary(&r, n);
    }
    while (r.n > 0) {
        uint32_t y = r.stack[--r.n], x = r.stack[--r.n];
        follow(&r, x, y);
    }
    bool found = false;
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (unsynchronised(&r, &m->nodes[i])) {
            tell(d, i);
            found = true;
        }
    /* a loop that splits again before its other branch is over */
    for (uint32_t f = 0; f < m->nflows && !found; f++) {
        if (m->flows[f].to == NONE || !related(&r, f, f) || m->nodes[m->flows[f].to].kind == NODE_END) continue;
        tell(d, m->flows[f].to);
        found = true;
    }
    return found;
}
