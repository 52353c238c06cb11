/* Event definitions (BPMN 2.0.2, 10.5.5): what an event waits for or throws; links, which become flows; which activity
 * compensates which. */
#include "engine/process/model.h"

enum { MAX_DEFINITIONS = 20 };

static void unsupported(struct draft *d, const struct xml_node *e, struct slice id, struct slice what)
{
    FAULT(d->c, e->line, id, CODE_PROCESS_UNSUPPORTED, "value", what, NULL);
}

/* The local part of a QName. */
static struct slice local_name(struct slice ref)
{
    size_t colon = slice_find(ref, ':', 0);
    return colon == SIZE_MAX ? ref : slice_sub(ref, colon + 1, ref.n);
}

static const struct xml_node *root_element(const struct draft *d, const char *name, struct slice ref)
{
    struct slice id = local_name(ref);
    for (const struct xml_node *e = element_first(d->c->root); e; e = element_next(e))
        if (id.n && (!name || slice_is(e->name, name)) && slice_eq(bpmn_attr(e, "id"), id)) return e;
    return NULL;
}

static const struct {
    const char *element;
    enum trigger trigger;
    const char *ref, *referred, *attr; /* what it refers to, and which attribute of that names it */
} kinds[] = {
    {"timerEventDefinition", TRIGGER_TIMER, NULL, NULL, NULL},
    {"errorEventDefinition", TRIGGER_ERROR, "errorRef", "error", "errorCode"},
    {"terminateEventDefinition", TRIGGER_TERMINATE, NULL, NULL, NULL},
    {"messageEventDefinition", TRIGGER_MESSAGE, "messageRef", "message", "name"},
    {"signalEventDefinition", TRIGGER_SIGNAL, "signalRef", "signal", "name"},
    {"escalationEventDefinition", TRIGGER_ESCALATION, "escalationRef", "escalation", "escalationCode"},
    {"cancelEventDefinition", TRIGGER_CANCEL, NULL, NULL, NULL},
    {"compensateEventDefinition", TRIGGER_COMPENSATION, NULL, NULL, NULL},
    {"conditionalEventDefinition", TRIGGER_CONDITIONAL, NULL, NULL, NULL},
    {"linkEventDefinition", TRIGGER_LINK, NULL, NULL, NULL},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static size_t kind_of(struct slice element)
{
    size_t i = 0;
    while (i < KINDS && !slice_is(element, kinds[i].element)) i++;
    return i;
}

/* Table 10.93: which triggers an event of that kind may have. */
static bool trigger_allowed(const struct draft *d, const struct node *n, enum trigger t)
{
    switch (n->kind) {
    case NODE_START:
        if (n->level != NONE && d->m->nodes[n->level].variety != SUB_EVENT) return false;
        if (t == TRIGGER_ERROR || t == TRIGGER_ESCALATION || t == TRIGGER_COMPENSATION) return n->level != NONE;
        return t == TRIGGER_TIMER || t == TRIGGER_MESSAGE || t == TRIGGER_SIGNAL || t == TRIGGER_CONDITIONAL;
    case NODE_END: return t != TRIGGER_TIMER && t != TRIGGER_CONDITIONAL && t != TRIGGER_LINK;
    case NODE_BOUNDARY: return t != TRIGGER_TERMINATE && t != TRIGGER_LINK;
    case NODE_CATCH:
        return t == TRIGGER_TIMER || t == TRIGGER_MESSAGE || t == TRIGGER_SIGNAL || t == TRIGGER_CONDITIONAL ||
               t == TRIGGER_LINK;
    case NODE_THROW:
        return t == TRIGGER_MESSAGE || t == TRIGGER_SIGNAL || t == TRIGGER_ESCALATION || t == TRIGGER_COMPENSATION ||
               t == TRIGGER_LINK;
    default: return false;
    }
}

/* A boundary or start without a reference catches every error or escalation; whoever throws says what. */
static void read_reference(struct draft *d, uint32_t node, const struct xml_node *e, size_t kind, struct event_def *def)
{
    struct slice id = d->m->pub[node].id, ref = bpmn_attr(e, kinds[kind].ref);
    enum node_kind k = d->m->nodes[node].kind;
    bool catches_all = (k == NODE_BOUNDARY || k == NODE_START) &&
                       (def->trigger == TRIGGER_ERROR || def->trigger == TRIGGER_ESCALATION);
    if (!ref.n) {
        if (!catches_all)
            FAULT(d->c, e->line, id, CODE_PROCESS_ATTRIBUTE_MISSING, "value", slice_cstr(kinds[kind].ref), NULL);
        return;
    }
    const struct xml_node *to = root_element(d, kinds[kind].referred, ref);
    def->name = to ? bpmn_attr(to, kinds[kind].attr) : (struct slice){0};
    def->named = def->name.n > 0;
    if (!def->name.n) def->name = local_name(ref);
    if (to && def->trigger == TRIGGER_MESSAGE) {
        def->form = tb_attr(to, "form");
        def->from = tb_attr(to, "from");
        def->from_en = tb_attr(to, "from_en");
        def->keep = tb_attr(to, "keep");
        def->outside = slice_is(tb_attr(to, "outside"), "true");
    }
    if (!to)
        FAULT(d->c, e->line, id, CODE_PROCESS_ERROR_UNKNOWN, "value", ref, "kind", slice_cstr(kinds[kind].referred),
              "attribute", slice_cstr(kinds[kind].ref), NULL);
}

static void read_definition(struct draft *d, uint32_t node, const struct xml_node *e, struct event_def *def)
{
    struct slice id = d->m->pub[node].id;
    size_t kind = kind_of(e->name);
    def->trigger = kinds[kind].trigger;
    def->line = e->line;
    def->activity = NONE;
    if (kinds[kind].ref) read_reference(d, node, e, kind, def);
    switch (def->trigger) {
    case TRIGGER_TIMER: read_timer(d, node, e, &def->timer); break;
    case TRIGGER_MESSAGE: {
        struct slice key = tb_attr(e, "key");
        if (!key.n) key = tb_attr(d->m->nodes[node].xml, "key");
        if (key.n) def->key = fault_feel(d->c, e->line, id, key);
        break;
    }
    case TRIGGER_CONDITIONAL: {
        const struct xml_node *c = xml_child(e, BPMN_NS, "condition");
        struct slice text = c ? slice_trim(xml_text(d->c->a, c)) : (struct slice){0};
        if (text.n)
            def->condition = fault_feel(d->c, e->line, id, text);
        else
            FAULT(d->c, e->line, id, CODE_PROCESS_ATTRIBUTE_MISSING, "value", S("condition"), NULL);
        break;
    }
    case TRIGGER_COMPENSATION:
        def->activity_id = bpmn_attr(e, "activityRef");
        def->wait = !slice_is(bpmn_attr(e, "waitForCompletion"), "false");
        break;
    case TRIGGER_LINK:
        def->name = bpmn_attr(e, "name");
        if (!def->name.n) FAULT(d->c, e->line, id, CODE_PROCESS_ATTRIBUTE_MISSING, "value", S("name"), NULL);
        break;
    default: break;
    }
}

/* sendTask, receiveTask: one message. */
static void read_message_task(struct draft *d, uint32_t node)
{
    struct node *n = &d->m->nodes[node];
    struct event_def *def = NEW(d->c->a, struct event_def);
    struct slice key = tb_attr(n->xml, "key");
    *def = (struct event_def){.trigger = TRIGGER_MESSAGE, .activity = NONE, .line = n->line};
    read_reference(d, node, n->xml, kind_of(S("messageEventDefinition")), def);
    if (key.n) def->key = fault_feel(d->c, n->line, d->m->pub[node].id, key);
    n->defs = def;
    n->ndefs = 1;
    n->trigger = TRIGGER_MESSAGE;
}

static void settle_kind(struct draft *d, uint32_t node)
{
    struct node *n = &d->m->nodes[node];
    n->trigger = n->ndefs == 0 ? TRIGGER_NONE : n->ndefs == 1 ? n->defs[0].trigger : TRIGGER_MULTIPLE;
    n->all_events = n->ndefs > 1 && slice_is(bpmn_attr(n->xml, "parallelMultiple"), "true");
    if (n->kind == NODE_BOUNDARY) n->interrupting = !slice_is(bpmn_attr(n->xml, "cancelActivity"), "false");
    if (n->trigger == TRIGGER_COMPENSATION && n->kind == NODE_BOUNDARY) n->interrupting = false; /* its host is over */
    if (n->kind == NODE_START) n->interrupting = !slice_is(bpmn_attr(n->xml, "isInterrupting"), "false");
    bool needs = n->kind == NODE_BOUNDARY || n->kind == NODE_CATCH ||
                 (n->kind == NODE_START && n->level != NONE && d->m->nodes[n->level].variety == SUB_EVENT);
    if (needs && n->ndefs == 0)
        unsupported(d, n->xml, d->m->pub[node].id,
                    arena_printf(d->c->a, "%.*s without a definition", SLICE_ARG(n->xml->name)));
}

void read_event(struct draft *d, uint32_t node)
{
    struct node *n = &d->m->nodes[node];
    if (n->kind == NODE_SEND || n->kind == NODE_RECEIVE) {
        read_message_task(d, node);
        return;
    }
    struct slice id = d->m->pub[node].id;
    struct event_def *list = NEW_ARRAY(d->c->a, struct event_def, MAX_DEFINITIONS);
    uint32_t count = 0;
    for (const struct xml_node *e = element_first(n->xml); e; e = element_next(e)) {
        bool is_ref = slice_is(e->name, "eventDefinitionRef");
        if (!slice_is(e->ns, BPMN_NS) || is_drawing(e->name)) continue;
        const struct xml_node *def = is_ref ? root_element(d, NULL, slice_trim(xml_text(d->c->a, e))) : e;
        if (!def) {
            FAULT(d->c, e->line, id, CODE_PROCESS_ATTRIBUTE_MISSING, "value", slice_trim(xml_text(d->c->a, e)), NULL);
            continue;
        }
        size_t kind = kind_of(def->name);
        if (kind == KINDS || !trigger_allowed(d, n, kinds[kind].trigger) || count == MAX_DEFINITIONS) {
            unsupported(d, def, id,
                        arena_printf(d->c->a, "%.*s (%.*s)", SLICE_ARG(def->name), SLICE_ARG(n->xml->name)));
            continue;
        }
        read_definition(d, node, def, &list[count++]);
    }
    n->defs = list;
    n->ndefs = count;
    settle_kind(d, node);
}

/* --- links (10.5.5, link events): a throwing link goes on at the catching link of its name, on the same level --- */

static bool is_link(const struct node *n, enum node_kind kind)
{
    return n->kind == kind && n->trigger == TRIGGER_LINK;
}

static void link_flow(struct draft *d, uint32_t from, uint32_t to)
{
    struct xml_node *e = NEW(d->c->a, struct xml_node);
    struct xml_attr *attrs = NEW_ARRAY(d->c->a, struct xml_attr, 3);
    struct slice id = arena_printf(d->c->a, "%.*s.link", SLICE_ARG(d->m->pub[from].id));
    attrs[0] = (struct xml_attr){.name = S("id"), .value = id};
    attrs[1] = (struct xml_attr){.name = S("sourceRef"), .value = d->m->pub[from].id};
    attrs[2] = (struct xml_attr){.name = S("targetRef"), .value = d->m->pub[to].id};
    *e = (struct xml_node){.kind = XML_ELEMENT,
                           .ns = S(BPMN_NS),
                           .name = S("sequenceFlow"),
                           .attrs = attrs,
                           .nattrs = 3,
                           .line = d->m->nodes[from].line};
    add_flow(d, e);
}

void resolve_links(struct draft *d)
{
    struct process_model *m = d->m;
    for (uint32_t i = 0; i < m->nnodes; i++) {
        if (!is_link(&m->nodes[i], NODE_THROW)) continue;
        uint32_t target = NONE, found = 0;
        for (uint32_t k = 0; k < m->nnodes; k++)
            if (is_link(&m->nodes[k], NODE_CATCH) && m->nodes[k].level == m->nodes[i].level &&
                slice_eq(m->nodes[k].defs[0].name, m->nodes[i].defs[0].name)) {
                target = k;
                found++;
            }
        if (found == 1 && m->nflows < PROCESS_MAX_FLOWS)
            link_flow(d, i, target);
        else
            FAULT(d->c, m->nodes[i].line, m->pub[i].id, CODE_PROCESS_LINK, "value", m->nodes[i].defs[0].name, NULL);
    }
}

/* --- compensation (10.7): by an association from the boundary event to the activity that compensates --- */

static const struct xml_node *association_from(const struct xml_node *xml, struct slice id)
{
    for (const struct xml_node *e = element_first(xml); e; e = element_next(e)) {
        if (slice_is(e->name, "association") && slice_eq(local_name(bpmn_attr(e, "sourceRef")), id)) return e;
        const struct xml_node *inner = association_from(e, id);
        if (inner) return inner;
    }
    return NULL;
}

static void bad_handler(struct draft *d, uint32_t node)
{
    FAULT(d->c, d->m->nodes[node].line, d->m->pub[node].id, CODE_PROCESS_COMPENSATION, NULL);
}

static void resolve_handler(struct draft *d, uint32_t boundary)
{
    struct process_model *m = d->m;
    const struct node *b = &m->nodes[boundary];
    if (b->host == NONE) return;
    const struct xml_node *a = association_from(d->xml, m->pub[boundary].id);
    uint32_t to = a ? node_by_id(m, local_name(bpmn_attr(a, "targetRef"))) : NONE;
    bool good = to != NONE && m->nodes[to].for_compensation && m->nodes[to].level == b->level &&
                m->nodes[b->host].handler == NONE && b->ndefs == 1;
    if (good)
        m->nodes[b->host].handler = to;
    else
        bad_handler(d, boundary);
}

static void resolve_target(struct draft *d, uint32_t node, struct event_def *def)
{
    if (!def->activity_id.n) return;
    def->activity = node_by_id(d->m, local_name(def->activity_id));
    if (def->activity == NONE || !behaviours[d->m->nodes[def->activity].kind].activity) {
        def->activity = NONE;
        bad_handler(d, node);
    }
}

void resolve_compensation(struct draft *d)
{
    struct process_model *m = d->m;
    for (uint32_t i = 0; i < m->nnodes; i++) {
        struct node *n = &m->nodes[i];
        struct event_def *defs = NEW_ARRAY(d->c->a, struct event_def, n->ndefs);
        for (uint32_t k = 0; k < n->ndefs; k++) {
            defs[k] = n->defs[k];
            if (defs[k].trigger != TRIGGER_COMPENSATION) continue;
            if (n->kind == NODE_BOUNDARY) resolve_handler(d, i);
            if (n->kind == NODE_START && m->nodes[n->level].level != NONE)
                m->nodes[m->nodes[n->level].level].handler_sub = n->level;
            else if (n->kind == NODE_START) /* nothing outside could compensate a whole process */
                bad_handler(d, i);
            if (n->kind == NODE_THROW || n->kind == NODE_END) resolve_target(d, i, &defs[k]);
        }
        n->defs = defs;
    }
    for (uint32_t i = m->nnodes; i-- > 0;) { /* what is inside a sub-process has higher numbers than it */
        struct node *n = &m->nodes[i];
        n->compensable |= n->handler != NONE || n->handler_sub != NONE;
        if (n->compensable && n->level != NONE && !n->for_compensation) m->nodes[n->level].compensable = true;
    }
}
