/* BPMN 2.0 XML (BPMN 2.0.2, clause 10 and 13) to elements and flows of one process, sub-processes included.
 * What is only drawing (lanes, data objects, annotations, diagram interchange) is passed over; an element
 * with a meaning that is not built is a fault that names it, never silently ignored. */
#include "engine/process/model.h"

const struct xml_node *element_first(const struct xml_node *e)
{
    const struct xml_node *n = e ? e->first : NULL;
    while (n && n->kind != XML_ELEMENT) n = n->next;
    return n;
}

const struct xml_node *element_next(const struct xml_node *e)
{
    const struct xml_node *n = e->next;
    while (n && n->kind != XML_ELEMENT) n = n->next;
    return n;
}

struct slice bpmn_attr(const struct xml_node *e, const char *name)
{
    return slice_trim(xml_attr(e, "", name));
}

struct slice tb_attr(const struct xml_node *e, const char *name)
{
    return slice_trim(xml_attr(e, TB_NS, name));
}

uint32_t node_by_id(const struct process_model *m, struct slice id)
{
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (slice_eq(m->pub[i].id, id)) return i;
    return NONE;
}

static bool listed(struct slice s, const char *const *list)
{
    for (; *list; list++)
        if (slice_is(s, *list)) return true;
    return false;
}

bool is_drawing(struct slice name)
{
    static const char *const list[] = {"documentation",
                                       "extensionElements",
                                       "incoming",
                                       "outgoing",
                                       "laneSet",
                                       "textAnnotation",
                                       "association",
                                       "group",
                                       "dataObject",
                                       "dataObjectReference",
                                       "dataStoreReference",
                                       "ioSpecification",
                                       "dataInputAssociation",
                                       "dataOutputAssociation",
                                       "dataInput",
                                       "dataOutput",
                                       "inputSet",
                                       "outputSet",
                                       "property",
                                       "auditing",
                                       "monitoring",
                                       "ioBinding",
                                       NULL};
    return listed(name, list);
}

static void unsupported(struct draft *d, const struct xml_node *e, struct slice id, struct slice what)
{
    FAULT(d->c, e->line, id.n ? id : bpmn_attr(e, "id"), CODE_PROCESS_UNSUPPORTED, "value", what, NULL);
}

static uint32_t add_node(struct draft *d, const struct xml_node *e, enum node_kind kind, uint32_t level)
{
    struct process_model *m = d->m;
    if (m->nnodes == d->cap_nodes) {
        uint32_t cap = d->cap_nodes ? d->cap_nodes * 2 : 32;
        struct node *nodes = NEW_ARRAY(d->c->a, struct node, cap);
        struct process_node *pub = NEW_ARRAY(d->c->a, struct process_node, cap);
        if (m->nnodes) {
            memcpy(nodes, m->nodes, m->nnodes * sizeof *nodes);
            memcpy(pub, m->pub, m->nnodes * sizeof *pub);
        }
        m->nodes = nodes;
        m->pub = pub;
        d->cap_nodes = cap;
    }
    struct node *n = &m->nodes[m->nnodes];
    *n = (struct node){.kind = kind,
                       .level = level,
                       .line = e->line,
                       .xml = e,
                       .dflt = NONE,
                       .start = NONE,
                       .host = NONE,
                       .handler = NONE,
                       .handler_sub = NONE,
                       .start_quantity = 1,
                       .completion_quantity = 1,
                       .interrupting = true};
    struct process_node *p = &m->pub[m->nnodes];
    *p = (struct process_node){.id = bpmn_attr(e, "id"), .name = bpmn_attr(e, "name"), .kind = e->name};
    if (!p->id.n) FAULT(d->c, e->line, e->name, CODE_PROCESS_ID_MISSING, "value", e->name, NULL);
    return m->nnodes++;
}

void add_flow(struct draft *d, const struct xml_node *e)
{
    struct process_model *m = d->m;
    if (m->nflows == d->cap_flows) {
        uint32_t cap = d->cap_flows ? d->cap_flows * 2 : 32;
        struct flow *flows = NEW_ARRAY(d->c->a, struct flow, cap);
        const struct xml_node **xml = NEW_ARRAY(d->c->a, const struct xml_node *, cap);
        if (m->nflows) {
            memcpy(flows, m->flows, m->nflows * sizeof *flows);
            memcpy(xml, d->flow_xml, m->nflows * sizeof(void *));
        }
        m->flows = flows;
        d->flow_xml = xml;
        d->cap_flows = cap;
    }
    d->flow_xml[m->nflows] = e;
    m->flows[m->nflows++] = (struct flow){
        .id = bpmn_attr(e, "id"), .name = bpmn_attr(e, "name"), .from = NONE, .to = NONE, .line = e->line};
    if (!bpmn_attr(e, "id").n) FAULT(d->c, e->line, e->name, CODE_PROCESS_ID_MISSING, "value", e->name, NULL);
}

/* What stands inside an activity and has a meaning of its own. */
static void refuse_children(struct draft *d, uint32_t node)
{
    static const char *const known[] = {"standardLoopCharacteristics", "multiInstanceLoopCharacteristics", NULL};
    const struct node *n = &d->m->nodes[node];
    if (n->kind == NODE_SUB) return; /* its children are elements of their own */
    for (const struct xml_node *e = element_first(n->xml); e; e = element_next(e))
        if (slice_is(e->ns, BPMN_NS) && !is_drawing(e->name) && !listed(e->name, known) &&
            !(n->kind == NODE_SCRIPT && slice_is(e->name, "script")) &&
            !(n->kind == NODE_COMPLEX && slice_is(e->name, "activationCondition")) &&
            !((n->kind == NODE_SEND || n->kind == NODE_RECEIVE) && slice_is(e->name, "operationRef")))
            unsupported(d, e, d->m->pub[node].id, e->name);
}

static enum node_kind kind_of(struct slice name)
{
    for (enum node_kind k = NODE_START; k < NODE_KINDS; k++)
        if (slice_is(name, behaviours[k].element)) return k;
    if (slice_is(name, "manualTask")) return NODE_TASK;
    return slice_is(name, "transaction") || slice_is(name, "adHocSubProcess") ? NODE_SUB : NODE_KINDS;
}

static enum variety variety_of(const struct xml_node *e)
{
    if (slice_is(e->name, "transaction")) return SUB_TRANSACTION;
    if (slice_is(e->name, "adHocSubProcess")) return SUB_AD_HOC;
    return slice_is(bpmn_attr(e, "triggeredByEvent"), "true") ? SUB_EVENT : SUB_PLAIN;
}

/* Children of a sub-process that are not elements of its flow. */
static bool belongs_to_sub(struct slice name)
{
    static const char *const list[] = {"standardLoopCharacteristics", "multiInstanceLoopCharacteristics",
                                       "completionCondition", NULL};
    return listed(name, list);
}

static void parse_level(struct draft *d, const struct xml_node *xml, uint32_t level, unsigned depth);

static void parse_element(struct draft *d, const struct xml_node *e, uint32_t level, unsigned depth)
{
    enum node_kind kind = kind_of(e->name);
    if (kind == NODE_KINDS) {
        unsupported(d, e, (struct slice){0}, e->name);
        return;
    }
    if (d->m->nnodes >= PROCESS_MAX_NODES) return; /* reported by parse_process */
    uint32_t node = add_node(d, e, kind, level);
    switch (kind) {
    case NODE_START:
    case NODE_END:
    case NODE_BOUNDARY:
    case NODE_CATCH:
    case NODE_THROW: read_event(d, node); break;
    case NODE_SEND:
    case NODE_RECEIVE: read_event(d, node); /* falls through */
    default:
        refuse_children(d, node);
        read_repeats(d, node);
        break;
    }
    if (kind != NODE_SUB) return;
    d->m->nodes[node].variety = variety_of(e);
    d->m->event_subs |= d->m->nodes[node].variety == SUB_EVENT;
    parse_level(d, e, node, depth + 1);
}

static void parse_level(struct draft *d, const struct xml_node *xml, uint32_t level, unsigned depth)
{
    if (depth > PROCESS_MAX_DEPTH) {
        FAULT(d->c, xml->line, bpmn_attr(xml, "id"), CODE_PROCESS_TOO_COMPLEX, NULL);
        return;
    }
    for (const struct xml_node *e = element_first(xml); e; e = element_next(e)) {
        if (!slice_is(e->ns, BPMN_NS) || is_drawing(e->name)) continue;
        if (level != NONE && belongs_to_sub(e->name)) continue; /* read_repeats */
        if (!slice_is(e->name, "sequenceFlow"))
            parse_element(d, e, level, depth);
        else if (d->m->nflows < PROCESS_MAX_FLOWS)
            add_flow(d, e);
    }
}

static void check_ids(struct draft *d)
{
    const struct process_model *m = d->m;
    for (uint32_t i = 0; i < m->nnodes + m->nflows; i++) {
        struct slice id = i < m->nnodes ? m->pub[i].id : m->flows[i - m->nnodes].id;
        uint32_t line = i < m->nnodes ? m->nodes[i].line : m->flows[i - m->nnodes].line;
        bool twice = false;
        for (uint32_t j = 0; j < i && !twice && id.n; j++)
            twice = slice_eq(id, j < m->nnodes ? m->pub[j].id : m->flows[j - m->nnodes].id);
        if (twice) FAULT(d->c, line, id, CODE_PROCESS_ID_DUPLICATE, NULL);
    }
}

static uint32_t flow_end(struct draft *d, uint32_t flow, const char *attr, const char *zh)
{
    const struct flow *f = &d->m->flows[flow];
    struct slice id = bpmn_attr(d->flow_xml[flow], attr);
    uint32_t node = id.n ? node_by_id(d->m, id) : NONE;
    if (node == NONE)
        FAULT(d->c, f->line, f->id, CODE_PROCESS_FLOW_NOWHERE, "value", id, "end_zh", slice_cstr(zh), "end_en",
              slice_cstr(attr), NULL);
    return node;
}

/* Resolves both ends of every flow; a flow that does not hold is left out of the graph. */
static void connect(struct draft *d)
{
    struct process_model *m = d->m;
    for (uint32_t i = 0; i < m->nflows; i++) {
        struct flow *f = &m->flows[i];
        f->from = flow_end(d, i, "sourceRef", "起点");
        f->to = flow_end(d, i, "targetRef", "终点");
        if (f->from == NONE || f->to == NONE) {
            f->from = f->to = NONE;
            continue;
        }
        if (m->nodes[f->from].level != m->nodes[f->to].level) {
            FAULT(d->c, f->line, f->id, CODE_PROCESS_FLOW_CROSSES, NULL);
            f->from = f->to = NONE;
            continue;
        }
        m->nodes[f->from].nout++;
        m->nodes[f->to].nin++;
    }
    for (uint32_t i = 0; i < m->nnodes; i++) {
        struct node *n = &m->nodes[i];
        uint32_t *in = NEW_ARRAY(d->c->a, uint32_t, n->nin), *out = NEW_ARRAY(d->c->a, uint32_t, n->nout), ni = 0,
                 no = 0;
        for (uint32_t k = 0; k < m->nflows && (ni < n->nin || no < n->nout); k++) {
            if (m->flows[k].from == i) out[no++] = k;
            if (m->flows[k].to == i) {
                m->flows[k].in_index = ni;
                in[ni++] = k;
            }
        }
        n->in = in;
        n->out = out;
    }
}

static void attach_boundaries(struct draft *d)
{
    struct process_model *m = d->m;
    for (uint32_t i = 0; i < m->nnodes; i++) {
        if (m->nodes[i].kind != NODE_BOUNDARY) continue;
        struct slice ref = bpmn_attr(m->nodes[i].xml, "attachedToRef");
        if (!ref.n) {
            FAULT(d->c, m->nodes[i].line, m->pub[i].id, CODE_PROCESS_ATTRIBUTE_MISSING, "value", S("attachedToRef"),
                  NULL);
            continue;
        }
        uint32_t host = node_by_id(m, ref);
        if (host == NONE || m->nodes[host].level != m->nodes[i].level || !behaviours[m->nodes[host].kind].activity) {
            struct slice zh = host == NONE ? S("没有这个元素") : S("只能附着在同一层的任务、调用或子流程上");
            struct slice en =
                host == NONE ? S("no such element") : S("only a task, call or sub-process of the same level");
            FAULT(d->c, m->nodes[i].line, m->pub[i].id, CODE_PROCESS_BOUNDARY_HOST, "value", ref, "detail_zh", zh,
                  "detail_en", en, NULL);
            continue;
        }
        m->nodes[i].host = host;
        m->nodes[host].nboundaries++;
    }
    for (uint32_t h = 0; h < m->nnodes; h++) {
        if (!m->nodes[h].nboundaries) continue;
        uint32_t *list = NEW_ARRAY(d->c->a, uint32_t, m->nodes[h].nboundaries), n = 0;
        for (uint32_t i = 0; i < m->nnodes; i++)
            if (m->nodes[i].kind == NODE_BOUNDARY && m->nodes[i].host == h) list[n++] = i;
        m->nodes[h].boundaries = list;
    }
}

void parse_process(struct draft *d)
{
    parse_level(d, d->xml, NONE, 0);
    if (d->m->nnodes >= PROCESS_MAX_NODES || d->m->nflows >= PROCESS_MAX_FLOWS)
        FAULT(d->c, d->xml->line, d->m->id, CODE_PROCESS_TOO_MANY, "limit",
              arena_printf(d->c->a, "%d", PROCESS_MAX_NODES), NULL);
    check_ids(d);
    resolve_links(d);
    connect(d);
    attach_boundaries(d);
    resolve_compensation(d);
}
