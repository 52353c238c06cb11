/* 受理 comes first: nothing is handled or decided, and nothing ends, on a way that did not pass the acceptance task (行政许可法
 * arts. 32, 42). Before it there may be gateways, rules and scripts, which only compute. */
#include "engine/process/model.h"

/* How an element is come by. */
enum way {
    BEFORE = 1, /* from the start, nobody has accepted */
    BESIDE = 2  /* from a timer that does not interrupt, while the acceptance is still open: it may remind, and end */
};
struct early {
    struct draft *d;
    const struct process_model *m;
    uint8_t *seen; /* by element: the ways */
    struct {
        uint32_t node;
        enum way way;
    } * stack;
    uint32_t n;
    bool *told;
};

static void visit(struct early *e, uint32_t node, enum way way)
{
    if (node == NONE || e->seen[node] & way) return;
    e->seen[node] |= (uint8_t)way;
    e->stack[e->n].node = node;
    e->stack[e->n++].way = way;
}

static void tell(struct early *e, uint32_t node)
{
    if (e->told[node]) return;
    e->told[node] = true;
    FAULT(e->d->c, e->m->nodes[node].line, e->m->pub[node].id, CODE_PROCESS_BEFORE_ACCEPTANCE, NULL);
}

static void leave(struct early *e, const struct node *n, enum way way)
{
    for (uint32_t k = 0; k < n->nout; k++) visit(e, e->m->flows[n->out[k]].to, way);
}

/* Those that errors lead to, or those that something else from outside does. */
static void boundaries(struct early *e, const struct node *n, bool errors, enum way way)
{
    for (uint32_t k = 0; k < n->nboundaries; k++) {
        const struct node *b = &e->m->nodes[n->boundaries[k]];
        if ((b->trigger == TRIGGER_ERROR) == errors) visit(e, n->boundaries[k], b->interrupting ? way : BESIDE);
    }
}

/* An end: of the process, or of the sub-process around it, which is then left. */
static void end(struct early *e, uint32_t at, enum way way)
{
    const struct node *n = &e->m->nodes[at];
    /* a reminder's end ends the reminder alone, unless a whole sub-process is the reminder */
    bool beside = way == BESIDE && n->trigger == TRIGGER_NONE;
    if (beside && (n->level == NONE || !(e->seen[n->level] & BESIDE))) return;
    if (n->trigger == TRIGGER_ERROR)
        for (uint32_t up = n->level; up != NONE; up = e->m->nodes[up].level)
            boundaries(e, &e->m->nodes[up], true, BEFORE);
    else if (n->level != NONE)
        leave(e, &e->m->nodes[n->level], beside ? BESIDE : BEFORE);
    if (n->level == NONE) tell(e, at);
}

/* What begins in a level without a flow: event sub-processes, and the activities of an ad hoc sub-process. */
static void inside(struct early *e, uint32_t level, enum way way)
{
    bool ad_hoc = level != NONE && e->m->nodes[level].variety == SUB_AD_HOC;
    for (uint32_t i = 0; i < e->m->nnodes; i++) {
        const struct node *n = &e->m->nodes[i];
        if (n->level != level) continue;
        if (is_sub(n, SUB_EVENT) && n->start != NONE)
            visit(e, n->start, e->m->nodes[n->start].interrupting ? way : BESIDE);
        else if (ad_hoc && n->nin == 0 && n->kind != NODE_BOUNDARY && !n->for_compensation)
            visit(e, i, way);
    }
}

static void pass(struct early *e, uint32_t at, enum way way)
{
    const struct node *n = &e->m->nodes[at];
    switch (n->kind) {
    case NODE_USER:
        if (!slice_is(e->m->pub[at].task_kind, "acceptance")) tell(e, at);
        /* silence, which interrupts, has accepted */
        for (uint32_t k = 0; k < n->nboundaries; k++)
            if (!e->m->nodes[n->boundaries[k]].interrupting) visit(e, n->boundaries[k], BESIDE);
        return;
    case NODE_SERVICE:
    case NODE_CALL:
    case NODE_CATCH:
    case NODE_SEND: tell(e, at); return;
    case NODE_RECEIVE:
    case NODE_EVENT_GATE: /* the one that starts the process has not waited */
        if (!n->instantiates || n->nin) tell(e, at);
        if (n->instantiates && !n->nin) leave(e, n, way);
        return;
    case NODE_END: end(e, at, way); return;
    case NODE_SUB:
        visit(e, n->start, way);
        inside(e, at, way);
        boundaries(e, n, false, way);
        return;
    default: boundaries(e, n, true, way); leave(e, n, way);
    }
}

void check_accepted_first(struct draft *d)
{
    const struct process_model *m = d->m;
    bool officer = false;
    for (uint32_t i = 0; i < m->nnodes; i++) officer = officer || slice_is(m->pub[i].task_kind, "acceptance");
    if (!officer) return;
    struct early e = {
        .d = d, .m = m, .seen = NEW_ARRAY(d->c->a, uint8_t, m->nnodes), .told = NEW_ARRAY(d->c->a, bool, m->nnodes)};
    e.stack = arena_alloc(d->c->a, 2 * (size_t)m->nnodes * sizeof *e.stack);
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (m->nodes[i].level == NONE &&
            (m->nodes[i].kind == NODE_START || (m->nodes[i].instantiates && !m->nodes[i].nin)))
            visit(&e, i, BEFORE);
    inside(&e, NONE, BEFORE);
    while (e.n > 0) {
        e.n--;
        pass(&e, e.stack[e.n].node, e.stack[e.n].way);
    }
}
