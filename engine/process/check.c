/* Structure of a process, level by level: starts and ends, dead ends, unreachable elements, gateways and
 * their conditions, boundary events, acceptance and its clock (行政许可法 art. 32). */
#include "engine/process/model.h"

static void forbid(struct draft *d, uint32_t node, bool incoming)
{
    FAULT(d->c, d->m->nodes[node].line, d->m->pub[node].id, CODE_PROCESS_FLOW_FORBIDDEN, "detail_zh",
          incoming ? S("进入的") : S("离开的"), "detail_en", incoming ? S("incoming") : S("outgoing"), NULL);
}

static void level_fault(struct draft *d, uint32_t level, enum code code)
{
    uint32_t line = level == NONE ? d->xml->line : d->m->nodes[level].line;
    FAULT(d->c, line, level == NONE ? d->m->id : d->m->pub[level].id, code, NULL);
}

/* Flows that the element may not have, whatever its level. */
static void check_flows(struct draft *d, uint32_t node)
{
    const struct node *n = &d->m->nodes[node];
    bool aside = n->for_compensation || is_sub(n, SUB_EVENT); /* entered by an event, never by a flow */
    if (n->nin > 0 && (n->kind == NODE_START || n->kind == NODE_BOUNDARY || aside)) forbid(d, node, true);
    if (n->nout > 0 && (n->kind == NODE_END || aside)) forbid(d, node, false);
    if (n->nout > 0 && n->kind == NODE_BOUNDARY && n->trigger == TRIGGER_COMPENSATION) forbid(d, node, false);
}

static void check_ends(struct draft *d, uint32_t level)
{
    struct process_model *m = d->m;
    unsigned plain = 0, triggered = 0, ends = 0;
    uint32_t start = NONE, other = NONE;
    for (uint32_t i = 0; i < m->nnodes; i++) {
        const struct node *n = &m->nodes[i];
        if (n->level != level) continue;
        bool begins = (n->kind == NODE_START && n->trigger != TRIGGER_NONE) || (n->instantiates && n->nin == 0);
        if (n->kind == NODE_START && n->trigger == TRIGGER_NONE && plain++ == 0) start = i;
        if (begins && triggered++ == 0) other = i;
        if (n->kind == NODE_END) ends++;
    }
    if (level != NONE && m->nodes[level].variety == SUB_AD_HOC) { /* BPMN 2.0.2, 10.3.5: neither start nor end events */
        if (plain || triggered) level_fault(d, level, CODE_PROCESS_START_MANY);
        return;
    }
    if (plain + triggered == 0) level_fault(d, level, CODE_PROCESS_START_MISSING);
    if (plain > 1 || (level != NONE && plain + triggered > 1)) level_fault(d, level, CODE_PROCESS_START_MANY);
    if (ends == 0 && !d->c->structure_only) level_fault(d, level, CODE_PROCESS_END_MISSING);
    if (start == NONE) start = other;
    if (level == NONE)
        m->start = start;
    else
        m->nodes[level].start = start;
}

/* Marks what can be reached from marked nodes, forwards or backwards; host and boundary event are neighbours. */
static void spread(const struct process_model *m, uint8_t *mark, bool forward)
{
    uint32_t *stack = NULL, n = 0;
    uint32_t local[PROCESS_MAX_NODES];
    stack = local;
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (mark[i]) stack[n++] = i;
    while (n > 0) {
        uint32_t at = stack[--n];
        const struct node *node = &m->nodes[at];
        uint32_t degree = forward ? node->nout : node->nin;
        for (uint32_t k = 0; k < degree; k++) {
            uint32_t next = forward ? m->flows[node->out[k]].to : m->flows[node->in[k]].from;
            if (!mark[next]) mark[next] = 1, stack[n++] = next;
        }
        if (forward)
            for (uint32_t k = 0; k < node->nboundaries; k++) {
                uint32_t next = node->boundaries[k];
                if (!mark[next]) mark[next] = 1, stack[n++] = next;
            }
        if (!forward && node->kind == NODE_BOUNDARY && node->host != NONE && !mark[node->host]) {
            /* the host is left by its boundary event too */
            mark[node->host] = 1;
            stack[n++] = node->host;
        }
    }
}

static bool in_ad_hoc(const struct process_model *m, const struct node *n)
{
    return n->level != NONE && m->nodes[n->level].variety == SUB_AD_HOC;
}

/* No flow leads to it, and none needs to. */
static bool begins_by_itself(const struct process_model *m, uint32_t node)
{
    const struct node *n = &m->nodes[node];
    return n->kind == NODE_START || n->for_compensation || is_sub(n, SUB_EVENT) || n->instantiates ||
           (in_ad_hoc(m, n) && n->nin == 0 && n->kind != NODE_BOUNDARY);
}

/* No flow leaves it, and none needs to. */
static bool may_end_here(const struct process_model *m, const struct node *n)
{
    return n->kind == NODE_END || n->for_compensation || is_sub(n, SUB_EVENT) || in_ad_hoc(m, n) ||
           (n->kind == NODE_BOUNDARY && n->trigger == TRIGGER_COMPENSATION);
}

static void check_reached(struct draft *d)
{
    const struct process_model *m = d->m;
    uint8_t *mark = NEW_ARRAY(d->c->a, uint8_t, m->nnodes);
    for (uint32_t i = 0; i < m->nnodes; i++) mark[i] = begins_by_itself(m, i);
    spread(m, mark, true);
    for (uint32_t i = 0; i < m->nnodes; i++) {
        if (mark[i] || (m->nodes[i].kind == NODE_BOUNDARY && m->nodes[i].host == NONE)) continue;
        FAULT(d->c, m->nodes[i].line, m->pub[i].id, CODE_PROCESS_UNREACHABLE, NULL);
    }
}

/* One fault per dead end: the element without a way out, or one element of a circle without an exit. */
static void check_dead_ends(struct draft *d)
{
    const struct process_model *m = d->m;
    uint8_t *alive = NEW_ARRAY(d->c->a, uint8_t, m->nnodes), *told = NEW_ARRAY(d->c->a, uint8_t, m->nnodes);
    for (uint32_t i = 0; i < m->nnodes; i++) {
        bool leaf = m->nodes[i].nout == 0;
        alive[i] = leaf && (may_end_here(m, &m->nodes[i]) || d->c->structure_only);
        if (!leaf || alive[i]) continue;
        told[i] = 1;
        FAULT(d->c, m->nodes[i].line, m->pub[i].id, CODE_PROCESS_DEAD_END, NULL);
    }
    spread(m, alive, false);
    spread(m, told, false);
    for (uint32_t i = 0; i < m->nnodes; i++) {
        if (alive[i] || told[i]) continue;
        FAULT(d->c, m->nodes[i].line, m->pub[i].id, CODE_PROCESS_DEAD_END, NULL);
        told[i] = 1;
        spread(m, told, false);
    }
}

static void condition_fault(struct draft *d, uint32_t flow, const char *zh, const char *en)
{
    const struct flow *f = &d->m->flows[flow];
    FAULT(d->c, f->line, f->id, CODE_PROCESS_CONDITION_FORBIDDEN, "detail_zh", slice_cstr(zh), "detail_en",
          slice_cstr(en), NULL);
}

static void check_choice(struct draft *d, uint32_t node)
{
    const struct node *n = &d->m->nodes[node];
    uint32_t conditions = 0;
    for (uint32_t k = 0; k < n->nout; k++) {
        const struct flow *f = &d->m->flows[n->out[k]];
        conditions += f->condition_text.n > 0;
        if (n->nout > 1 && !f->condition_text.n && n->dflt != n->out[k])
            FAULT(d->c, f->line, f->id, CODE_PROCESS_CONDITION_MISSING, "value", d->m->pub[node].id, NULL);
    }
    if (n->nout == 1 && conditions == 1)
        condition_fault(d, n->out[0], "这是唯一的出路", "it is the only way out");
    else if (n->nout > 1 && n->dflt == NONE && conditions == n->nout && !d->c->structure_only &&
             !conditions_exhaustive(d->m, node))
        FAULT(d->c, n->line, d->m->pub[node].id, CODE_PROCESS_DEFAULT_MISSING, NULL);
}

static void check_conditions(struct draft *d, uint32_t node)
{
    const struct node *n = &d->m->nodes[node];
    if (n->kind == NODE_EXCLUSIVE || n->kind == NODE_INCLUSIVE) {
        check_choice(d, node);
        return;
    }
    if (n->kind == NODE_COMPLEX) return; /* with or without conditions (13.4.5) */
    uint32_t conditions = 0;
    for (uint32_t k = 0; k < n->nout; k++) {
        if (!d->m->flows[n->out[k]].condition_text.n) continue;
        conditions++;
        if (n->kind == NODE_PARALLEL)
            condition_fault(d, n->out[k], "并行网关的分支总是全部执行", "a parallel gateway takes every way");
        else if (!behaviours[n->kind].activity)
            condition_fault(d, n->out[k], "事件的出流", "it leaves an event");
    }
    if (!behaviours[n->kind].activity || conditions == 0) return;
    if (n->nout == 1)
        condition_fault(d, n->out[0], "这是唯一的出路", "it is the only way out");
    else if (conditions == n->nout && n->dflt == NONE && !d->c->structure_only)
        FAULT(d->c, n->line, d->m->pub[node].id, CODE_PROCESS_DEFAULT_MISSING, NULL);
}

static void wrong_host(struct draft *d, uint32_t node, const char *zh, const char *en)
{
    const struct node *n = &d->m->nodes[node];
    FAULT(d->c, n->line, d->m->pub[node].id, CODE_PROCESS_BOUNDARY_HOST, "value", d->m->pub[n->host].id, "detail_zh",
          slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

static void check_twice(struct draft *d, uint32_t node, const struct event_def *def)
{
    const struct process_model *m = d->m;
    const struct node *n = &m->nodes[node];
    for (uint32_t k = 0; k < m->nodes[n->host].nboundaries; k++) {
        uint32_t other = m->nodes[n->host].boundaries[k];
        const struct node *o = &m->nodes[other];
        for (uint32_t i = 0; other < node && i < o->ndefs; i++)
            if (o->defs[i].trigger == def->trigger && slice_eq(o->defs[i].name, def->name))
                FAULT(d->c, n->line, m->pub[node].id, CODE_PROCESS_BOUNDARY_TWICE, "value", m->pub[n->host].id, NULL);
    }
}

static void check_sits(struct draft *d, uint32_t node, const struct event_def *def)
{
    const struct node *n = &d->m->nodes[node], *on = &d->m->nodes[n->host];
    const struct behaviour *host = &behaviours[on->kind];
    bool inner = on->kind == NODE_SUB || on->kind == NODE_CALL, repeats = on->loop.kind != LOOP_NONE;
    switch (def->trigger) {
    case TRIGGER_TIMER:
    case TRIGGER_MESSAGE:
    case TRIGGER_SIGNAL:
    case TRIGGER_CONDITIONAL:
        if (!host->timer_boundary && !repeats)
            wrong_host(d, node, "该元素不等待，定时等事件无意义",
                       "that element never waits, so such an event has no meaning");
        break;
    case TRIGGER_ERROR:
        if (!host->error_boundary && !inner) wrong_host(d, node, "该元素不会出错", "that element raises no error");
        if (!n->interrupting) FAULT(d->c, n->line, d->m->pub[node].id, CODE_PROCESS_ERROR_CONTINUES, NULL);
        check_twice(d, node, def);
        break;
    case TRIGGER_ESCALATION:
        if (!inner && !repeats) wrong_host(d, node, "该元素不会上报", "that element raises no escalation");
        check_twice(d, node, def);
        break;
    case TRIGGER_CANCEL:
        if (!is_sub(on, SUB_TRANSACTION)) wrong_host(d, node, "它不是事务子流程", "it is no transaction");
        break;
    default: break;
    }
}

static void check_boundary(struct draft *d, uint32_t node)
{
    const struct node *n = &d->m->nodes[node];
    for (uint32_t i = 0; n->host != NONE && i < n->ndefs; i++) check_sits(d, node, &n->defs[i]);
}

/* A cancel end event stands in a transaction that says, by a boundary event, what follows (10.6.3). */
static void check_cancel(struct draft *d, uint32_t node)
{
    const struct process_model *m = d->m;
    const struct node *n = &m->nodes[node];
    bool cancels = false, good = false;
    for (uint32_t i = 0; i < n->ndefs; i++) cancels |= n->defs[i].trigger == TRIGGER_CANCEL;
    if (n->kind != NODE_END || !cancels) return;
    if (n->level != NONE && m->nodes[n->level].variety == SUB_TRANSACTION)
        for (uint32_t k = 0; k < m->nodes[n->level].nboundaries; k++)
            good |= m->nodes[m->nodes[n->level].boundaries[k]].trigger == TRIGGER_CANCEL;
    if (!good) FAULT(d->c, n->line, m->pub[node].id, CODE_PROCESS_CANCEL, NULL);
}

/* An event-based gateway leads to events and nothing else (10.6.6). */
static void check_event_gate(struct draft *d, uint32_t node)
{
    const struct process_model *m = d->m;
    const struct node *n = &m->nodes[node];
    bool good = n->nout > 0;
    for (uint32_t k = 0; k < n->nout; k++) {
        const struct node *to = &m->nodes[m->flows[n->out[k]].to];
        good &= to->nin == 1 && (to->kind == NODE_RECEIVE || (to->kind == NODE_CATCH && to->trigger != TRIGGER_LINK));
    }
    if (!good) FAULT(d->c, n->line, m->pub[node].id, CODE_PROCESS_EVENT_GATE, NULL);
}

/* At most five working days, whatever the unit: five calendar days or 120 hours never exceed them. */
static bool within_five_days(const struct timer *t)
{
    if (t->expr) return false;
    if (t->form == TIMER_DURATION) return t->every.months == 0 && t->every.ms <= 5 * MS_DAY;
    if (t->form != TIMER_CLOCK || t->clock.n <= 0) return false;
    switch (t->clock.unit) {
    case LIMIT_WORKING_DAY:
    case LIMIT_CALENDAR_DAY: return t->clock.n <= 5;
    case LIMIT_HOUR: return t->clock.n <= 120;
    case LIMIT_WORKING_HOUR: return t->clock.n <= 35; /* five days of seven office hours */
    }
    return false;
}

/* 行政许可法 art. 32: correction is told at once or within five days; a silent office has accepted. */
static void check_acceptance(struct draft *d, uint32_t node)
{
    const struct process_model *m = d->m;
    const struct node *n = &m->nodes[node];
    if (!slice_is(m->pub[node].task_kind, "acceptance")) return;
    for (uint32_t k = 0; k < n->nboundaries; k++) {
        const struct node *b = &m->nodes[n->boundaries[k]];
        if (b->trigger == TRIGGER_TIMER && b->interrupting && within_five_days(&b->defs[0].timer)) return;
    }
    FAULT(d->c, n->line, m->pub[node].id, CODE_PROCESS_ACCEPTANCE_CLOCK, NULL);
}

static void check_separate(struct draft *d, uint32_t node)
{
    const struct process_model *m = d->m;
    struct slice name = m->pub[node].separate;
    if (!name.n) return;
    uint32_t other = node_by_id(m, name);
    if (other == NONE || other == node || m->nodes[other].kind != NODE_USER)
        FAULT(d->c, m->nodes[node].line, m->pub[node].id, CODE_PROCESS_SEPARATE_UNKNOWN, "value", name, NULL);
}

void check_structure(struct draft *d)
{
    struct process_model *m = d->m;
    check_ends(d, NONE);
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (m->nodes[i].kind == NODE_SUB) check_ends(d, i);
    check_reached(d);
    check_dead_ends(d);
    for (uint32_t i = 0; i < m->nnodes; i++) {
        check_flows(d, i);
        check_conditions(d, i);
        check_cancel(d, i);
        if (m->nodes[i].kind == NODE_EVENT_GATE) check_event_gate(d, i);
        if (m->nodes[i].kind == NODE_BOUNDARY) check_boundary(d, i);
        if (m->nodes[i].kind != NODE_USER) continue;
        check_separate(d, i);
        if (!d->c->structure_only) check_acceptance(d, i);
    }
    if (!d->c->structure_only) check_accepted_first(d);
}
