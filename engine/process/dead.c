/* Events that are caught and that nothing inside ever throws: what they lead to is never entered. */
#include "engine/process/sound.h"

static bool within(const struct process_model *m, uint32_t node, uint32_t level)
{
    uint32_t at = m->nodes[node].level;
    while (at != NONE && at != level) at = m->nodes[at].level;
    return at == level;
}

static bool fits(const struct event_def *caught, struct slice thrown)
{
    return caught->name.n == 0 || thrown.n == 0 || slice_eq(caught->name, thrown);
}

/* Whether an element that could fail, or a called process, may throw anything. */
static bool may_fail(const struct node *n, enum trigger trigger)
{
    if (n->kind == NODE_CALL) return true; /* what is called may change without this file */
    return trigger == TRIGGER_ERROR && (n->kind == NODE_SERVICE || n->kind == NODE_RULE || n->kind == NODE_SCRIPT);
}

static bool throws(const struct node *n, const struct event_def *caught)
{
    if (may_fail(n, caught->trigger)) return true;
    for (uint32_t i = 0; (n->kind == NODE_END || n->kind == NODE_THROW) && i < n->ndefs; i++)
        if (n->defs[i].trigger == caught->trigger && fits(caught, n->defs[i].name)) return true;
    for (uint32_t i = 0; i < n->loop.nevents; i++)
        if (n->loop.events[i].trigger == caught->trigger && fits(caught, n->loop.events[i].name)) return true;
    return n->loop.kind == LOOP_MULTI && n->loop.behavior != BEHAVIOR_ALL;
}

/* Inside the level (NONE: the process) something throws it. */
static bool thrown_inside(const struct process_model *m, uint32_t level, const struct event_def *caught)
{
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (within(m, i, level) && throws(&m->nodes[i], caught)) return true;
    return false;
}

static bool climbs(enum trigger t)
{
    return t == TRIGGER_ERROR || t == TRIGGER_ESCALATION || t == TRIGGER_CANCEL;
}

static void tell(struct draft *d, uint32_t node, uint32_t around)
{
    struct trail t = trail_new(d->c->a, d->m);
    trail_to_level(&t, d->m->nodes[node].level);
    if (around != NONE) (void)trail_to(&t, d->m->nodes[around].level, around);
    trail_event(&t, node);
    FAULT(d->c, d->m->nodes[node].line, d->m->pub[node].id, CODE_PROCESS_DEAD, "detail_zh",
          S("其中没有任何元素抛出这一事件"), "detail_en", S("nothing inside throws this event"), TRAIL_ARGS(&t), NULL);
}

void check_dead(struct draft *d)
{
    const struct process_model *m = d->m;
    for (uint32_t i = 0; i < m->nnodes; i++) {
        const struct node *n = &m->nodes[i];
        bool boundary = n->kind == NODE_BOUNDARY && n->host != NONE;
        bool begins = n->kind == NODE_START && n->level != NONE && is_sub(&m->nodes[n->level], SUB_EVENT);
        if (n->ndefs != 1 || !climbs(n->trigger) || (!boundary && !begins)) continue;
        const struct node *host = boundary ? &m->nodes[n->host] : NULL;
        if (boundary && (throws(host, n->defs) || host->kind != NODE_SUB))
            continue; /* a task's own error was checked */
        uint32_t level = boundary ? n->host : m->nodes[n->level].level;
        if (!thrown_inside(m, level, n->defs)) tell(d, i, boundary ? n->host : NONE);
    }
}
