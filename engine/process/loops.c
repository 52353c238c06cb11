/* Loops that wait for nothing would never give the transaction back. A loop is good when a task, a timer, a job,
 * or a call or sub-process that must wait, lies on it. */
#include "engine/process/model.h"

/* Whether an end of the level can be reached without waiting. */
static bool level_passes(const struct process_model *m, uint32_t start, uint8_t *mark, uint32_t *stack)
{
    if (start == NONE) return false;
    memset(mark, 0, m->nnodes);
    uint32_t n = 0;
    stack[n++] = start;
    mark[start] = 1;
    while (n > 0) {
        const struct node *node = &m->nodes[stack[--n]];
        if (node->kind == NODE_END) return true;
        if (node->waits) continue;
        for (uint32_t k = 0; k < node->nout; k++) {
            uint32_t next = m->flows[node->out[k]].to;
            if (!mark[next]) mark[next] = 1, stack[n++] = next;
        }
        for (uint32_t k = 0; k < node->nboundaries; k++) {
            uint32_t next = node->boundaries[k];
            if (!mark[next]) mark[next] = 1, stack[n++] = next;
        }
    }
    return false;
}

static bool waits(const struct process_model *m, const struct node *n, uint8_t *mark, uint32_t *stack)
{
    /* none, or none again: a multi-instance over an empty list, a loop that tests first */
    if (n->loop.kind == LOOP_MULTI || (n->loop.kind == LOOP_STANDARD && n->loop.test_before)) return false;
    switch (n->kind) {
    case NODE_USER:
    case NODE_RECEIVE:
    case NODE_EVENT_GATE: return true;
    case NODE_CATCH: return n->trigger != TRIGGER_LINK;
    case NODE_SERVICE: return n->verb_kind == VERB_JOB;
    case NODE_CALL: return !n->called || !n->called->passes;
    case NODE_SUB:
        return n->variety == SUB_AD_HOC ? n->manual
                                        : n->variety != SUB_EVENT && !level_passes(m, n->start, mark, stack);
    default: return false;
    }
}

struct search {
    struct draft *d;
    uint8_t *colour; /* 0 new, 1 on the path, 2 done */
    uint8_t *told;
};

static void visit(struct search *s, uint32_t node)
{
    const struct process_model *m = s->d->m;
    const struct node *n = &m->nodes[node];
    s->colour[node] = 1;
    for (uint32_t k = 0; k < n->nout + n->nboundaries; k++) {
        uint32_t next = k < n->nout ? m->flows[n->out[k]].to : n->boundaries[k - n->nout];
        if (m->nodes[next].waits) continue;
        if (s->colour[next] == 0) visit(s, next);
        if (s->colour[next] != 1 || s->told[next]) continue;
        s->told[next] = 1;
        FAULT(s->d->c, m->nodes[next].line, m->pub[next].id, CODE_PROCESS_LOOP_BUSY, NULL);
    }
    s->colour[node] = 2;
}

void check_loops(struct draft *d)
{
    struct process_model *m = d->m;
    uint8_t *mark = NEW_ARRAY(d->c->a, uint8_t, m->nnodes);
    uint32_t *stack = NEW_ARRAY(d->c->a, uint32_t, m->nnodes);
    for (uint32_t i = m->nnodes; i-- > 0;) /* what is inside a sub-process has higher numbers than it */
        m->nodes[i].waits = waits(m, &m->nodes[i], mark, stack);
    m->passes = level_passes(m, m->start, mark, stack);
    if (d->c->structure_only) return;
    struct search s = {d, NEW_ARRAY(d->c->a, uint8_t, m->nnodes), NEW_ARRAY(d->c->a, uint8_t, m->nnodes)};
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (s.colour[i] == 0 && !m->nodes[i].waits) visit(&s, i);
}
