/* Reads what an element carries: extension attributes (tb:…), FEEL expressions, mappings, conditions.
 * References to verbs, decisions, departments and calls are resolved in check_references. */
#include "engine/process/model.h"

/* Which element carries something, for problems. */
struct place {
    struct compile *c;
    uint32_t line;
    struct slice id;
};

static struct place place_of(struct draft *d, uint32_t node)
{
    return (struct place){d->c, d->m->nodes[node].line, d->m->pub[node].id};
}

static const struct feel *feel_at(struct place at, struct slice text)
{
    return fault_feel(at.c, at.line, at.id, text);
}

static bool in_braces(struct slice s)
{
    return s.n >= 2 && s.p[0] == '{' && s.p[s.n - 1] == '}';
}

static struct slice inside(struct slice s)
{
    return slice_trim(slice_sub(s, 1, s.n - 2));
}

static void check_name(struct place at, const char *what, struct slice name)
{
    if (!word_valid(name))
        FAULT(at.c, at.line, at.id, CODE_PROCESS_NAME_BAD, "value", name, "detail", slice_cstr(what), NULL);
}

static void unknown(struct place at, const char *what, struct slice name)
{
    FAULT(at.c, at.line, at.id, CODE_PROCESS_ATTRIBUTE_UNKNOWN, "value",
          arena_printf(at.c->a, "%s:%.*s", what, SLICE_ARG(name)), NULL);
}

static void check_attributes(struct place at, const struct xml_node *e, const char *const *allowed)
{
    for (size_t i = 0; i < e->nattrs; i++) {
        if (!slice_is(e->attrs[i].ns, TB_NS)) continue;
        bool known = allowed && slice_is(e->attrs[i].name, "en"); /* whatever has a name may have it in English */
        for (const char *const *k = allowed; k && *k && !known; k++) known = slice_is(e->attrs[i].name, *k);
        if (!known) unknown(at, "tb", e->attrs[i].name);
    }
}

/* Reads <tb:input> / <tb:output>, direct children or inside <extensionElements>. */
struct mappings {
    struct mapping *list;
    uint32_t n, cap;
};

static void add_mapping(struct place at, struct mappings *m, const struct xml_node *e)
{
    struct slice name = bpmn_attr(e, "name"), text = bpmn_attr(e, "value");
    at.line = e->line;
    if (!text.n)
        FAULT(at.c, at.line, at.id, CODE_PROCESS_ATTRIBUTE_MISSING, "value",
              arena_printf(at.c->a, "%.*s value", SLICE_ARG(e->name)), NULL);
    check_name(at, e->name.p[0] == 'i' ? "tb:input" : "tb:output", name);
    for (uint32_t i = 0; i < m->n; i++)
        if (slice_eq(m->list[i].name, name)) FAULT(at.c, at.line, at.id, CODE_PROCESS_INPUT_TWICE, "value", name, NULL);
    if (m->n == m->cap) {
        uint32_t cap = m->cap ? m->cap * 2 : 8;
        struct mapping *list = NEW_ARRAY(at.c->a, struct mapping, cap);
        if (m->n) memcpy(list, m->list, m->n * sizeof *list);
        m->list = list;
        m->cap = cap;
    }
    m->list[m->n++] = (struct mapping){name, text, text.n ? feel_at(at, text) : NULL};
}

static void read_mappings(struct place at, const struct xml_node *parent, const struct behaviour *b,
                          struct mappings *in, struct mappings *out)
{
    for (const struct xml_node *e = element_first(parent); e; e = element_next(e)) {
        if (slice_is(e->ns, BPMN_NS) && slice_is(e->name, "extensionElements")) read_mappings(at, e, b, in, out);
        if (!slice_is(e->ns, TB_NS)) continue;
        if (b && b->mappings && slice_is(e->name, "input"))
            add_mapping(at, in, e);
        else if (b && b->outputs && slice_is(e->name, "output"))
            add_mapping(at, out, e);
        else
            unknown(at, "tb", e->name);
    }
}

static void read_outcomes(struct place at, struct process_node *p, struct slice text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.n; i++) n += text.p[i] == ',';
    struct slice *list = NEW_ARRAY(at.c->a, struct slice, n), head, rest = text;
    size_t count = 0;
    for (bool more = true; more;) {
        more = slice_cut(rest, ',', &head, &rest);
        head = slice_trim(head);
        bool bad = !head.n || slice_is(head, "withdrawn") || slice_find(head, '"', 0) != SIZE_MAX;
        for (size_t i = 0; i < count && !bad; i++) bad = slice_eq(list[i], head);
        if (bad)
            FAULT(at.c, at.line, at.id, CODE_PROCESS_OUTCOME_BAD, "value", head, NULL);
        else
            list[count++] = head;
    }
    p->outcomes = list;
    p->noutcomes = count;
}

static void read_clock(struct place at, struct node *n, struct slice text)
{
    if (in_braces(text))
        n->clock_expr = feel_at(at, inside(text));
    else if (!limit_scan(text, &n->clock))
        FAULT(at.c, at.line, at.id, CODE_PROCESS_CLOCK_BAD, "value", text, NULL);
}

static void missing(struct place at, const char *what)
{
    FAULT(at.c, at.line, at.id, CODE_PROCESS_ATTRIBUTE_MISSING, "value", slice_cstr(what), NULL);
}

static bool role_valid(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (i > 0 && ((c >= '0' && c <= '9') || c == '_' || c == '.')))) return false;
    }
    return s.n > 0 && s.n <= 64;
}

static void read_user(struct draft *d, uint32_t node)
{
    static const char *const kinds[] = {"acceptance", "handle", "review", "sign", "cosign", "fill", "window"};
    struct place at = place_of(d, node);
    struct node *n = &d->m->nodes[node];
    struct process_node *p = &d->m->pub[node];
    p->task_kind = tb_attr(n->xml, "kind");
    p->role = tb_attr(n->xml, "role");
    p->form = tb_attr(n->xml, "form");
    p->separate = tb_attr(n->xml, "separate");
    p->department = tb_attr(n->xml, "department");
    p->clock = tb_attr(n->xml, "clock");
    bool known = !p->task_kind.n;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !known; i++) known = slice_is(p->task_kind, kinds[i]);
    if (!p->task_kind.n)
        missing(at, "tb:kind");
    else if (!known)
        FAULT(at.c, at.line, at.id, CODE_PROCESS_KIND_UNKNOWN, "value", p->task_kind, NULL);
    /* what the applicant fills in has no officer's role */
    if (!p->role.n && !slice_is(p->task_kind, "fill")) missing(at, "tb:role");
    if (p->role.n && !role_valid(p->role)) FAULT(at.c, at.line, at.id, CODE_PROCESS_ROLE_BAD, "value", p->role, NULL);
    if (in_braces(p->department)) n->department = feel_at(at, inside(p->department));
    if (p->clock.p) read_clock(at, n, p->clock);
    struct slice outcomes = tb_attr(n->xml, "outcomes");
    if (outcomes.p) read_outcomes(at, p, outcomes);
    if (!n->result.n && word_valid(p->id)) n->result = p->id;
    if (!n->result.n && p->noutcomes > 1) missing(at, "tb:result");
}

static void read_script(struct draft *d, uint32_t node)
{
    struct place at = place_of(d, node);
    struct node *n = &d->m->nodes[node];
    struct slice format = bpmn_attr(n->xml, "scriptFormat");
    const struct xml_node *e = xml_child(n->xml, BPMN_NS, "script");
    struct slice text = e ? slice_trim(xml_text(d->c->a, e)) : (struct slice){0};
    if (!slice_is(format, "feel") && !slice_is(format, "FEEL"))
        FAULT(at.c, at.line, at.id, CODE_PROCESS_SCRIPT_BAD, "detail_zh", S("scriptFormat 须为 feel"), "detail_en",
              S("scriptFormat must be feel"), NULL);
    else if (!text.n)
        FAULT(at.c, at.line, at.id, CODE_PROCESS_SCRIPT_BAD, "detail_zh", S("脚本为空"), "detail_en",
              S("the script is empty"), NULL);
    else
        n->script_text = text, n->script = feel_at(at, text);
}

static void read_service(struct draft *d, uint32_t node)
{
    struct node *n = &d->m->nodes[node];
    d->m->pub[node].verb = tb_attr(n->xml, "verb");
    if (!d->m->pub[node].verb.n) missing(place_of(d, node), "tb:verb");
    struct slice fallback = tb_attr(n->xml, "fallback");
    if (fallback.n)
        n->fallback = feel_at(place_of(d, node), fallback);
    else if (fallback.p)
        missing(place_of(d, node), "tb:fallback");
}

static void read_rule(struct draft *d, uint32_t node)
{
    struct node *n = &d->m->nodes[node];
    n->decision = tb_attr(n->xml, "decision");
    if (!n->decision.n)
        missing(place_of(d, node), "tb:decision");
    else if (!n->result.n && word_valid(n->decision))
        n->result = n->decision;
    if (n->decision.n && !n->result.n) missing(place_of(d, node), "tb:result");
    struct slice date = tb_attr(n->xml, "date");
    if (date.n) n->date = feel_at(place_of(d, node), in_braces(date) ? inside(date) : date);
}

static void read_end(struct draft *d, uint32_t node)
{
    struct node *n = &d->m->nodes[node];
    struct process_node *p = &d->m->pub[node];
    struct slice text = tb_attr(n->xml, "result");
    n->result = (struct slice){0}; /* on an end event tb:result is the outcome itself */
    if (in_braces(text))
        n->outcome = feel_at(place_of(d, node), inside(text));
    else
        n->outcome_text = text.n ? text : p->name.n ? p->name : p->id;
}

static void read_node(struct draft *d, uint32_t node)
{
    struct place at = place_of(d, node);
    struct node *n = &d->m->nodes[node];
    struct process_node *p = &d->m->pub[node];
    const struct behaviour *b = &behaviours[n->kind];
    static const char *const on_definition[] = {"clock", "key", NULL}, *const on_multi[] = {"collection", "item",
                                                                                            "collect", "value", NULL};
    check_attributes(at, n->xml, b->attributes);
    for (const struct xml_node *e = element_first(n->xml); e; e = element_next(e))
        if (slice_ends(e->name, S("EventDefinition")))
            check_attributes(at, e, on_definition);
        else if (slice_is(e->name, "multiInstanceLoopCharacteristics"))
            check_attributes(at, e, on_multi);
    struct mappings in = {0}, out = {0};
    read_mappings(at, n->xml, b, &in, &out);
    n->inputs = in.list;
    n->ninputs = in.n;
    n->outputs = out.list;
    n->noutputs = out.n;
    if (b->activity) {
        p->step = tb_attr(n->xml, "step");
        if (p->step.p) check_name(at, "tb:step", p->step);
    }
    p->name_en = tb_attr(n->xml, "en");
    n->result = tb_attr(n->xml, "result");
    if (n->result.p && n->kind != NODE_END) check_name(at, "tb:result", n->result);
    switch (n->kind) {
    case NODE_USER: read_user(d, node); break;
    case NODE_SCRIPT: read_script(d, node); break;
    case NODE_SERVICE: read_service(d, node); break;
    case NODE_RULE: read_rule(d, node); break;
    case NODE_END: read_end(d, node); break;
    default: break;
    }
}

static void read_condition(struct draft *d, uint32_t flow)
{
    struct flow *f = &d->m->flows[flow];
    struct place at = {d->c, f->line, f->id};
    const struct xml_node *xml = d->flow_xml[flow];
    check_attributes(at, xml, NULL);
    read_mappings(at, xml, NULL, NULL, NULL);
    const struct xml_node *e = xml_child(xml, BPMN_NS, "conditionExpression");
    struct slice text = e ? slice_trim(xml_text(d->c->a, e)) : (struct slice){0};
    if (!text.n) return;
    struct slice language = bpmn_attr(e, "language");
    if (language.n && slice_search(language, S("FEEL")) == SIZE_MAX && slice_search(language, S("feel")) == SIZE_MAX) {
        FAULT(d->c, e->line, f->id, CODE_PROCESS_UNSUPPORTED, "value", language, NULL);
        return;
    }
    if (text.p[0] == '=') text = slice_trim(slice_sub(text, 1, text.n)); /* as Camunda 8 marks FEEL */
    f->condition_text = text;
    f->condition = feel_at((struct place){d->c, e->line, f->id}, text);
}

static void read_default(struct draft *d, uint32_t node)
{
    struct node *n = &d->m->nodes[node];
    struct slice id = bpmn_attr(n->xml, "default");
    if (!id.n) return;
    bool capable = behaviours[n->kind].activity || n->kind == NODE_EXCLUSIVE || n->kind == NODE_INCLUSIVE ||
                   n->kind == NODE_COMPLEX;
    for (uint32_t i = 0; i < n->nout && capable; i++)
        if (slice_eq(d->m->flows[n->out[i]].id, id)) n->dflt = n->out[i];
    bool conditional = n->dflt != NONE && d->m->flows[n->dflt].condition_text.n > 0;
    if (n->dflt != NONE && !conditional) return;
    struct slice zh = conditional ? S("它带有条件") : S("它不是这个元素的出流"),
                 en = conditional ? S("it has a condition") : S("it does not leave this element");
    FAULT(d->c, n->line, d->m->pub[node].id, CODE_PROCESS_DEFAULT_BAD, "value", id, "detail_zh", zh, "detail_en", en,
          NULL);
}

void read_attributes(struct draft *d)
{
    static const char *const on_process[] = {"service", NULL};
    struct place at = {d->c, d->xml->line, d->m->id};
    check_attributes(at, d->xml, on_process);
    read_mappings(at, d->xml, NULL, NULL, NULL);
    for (uint32_t i = 0; i < d->m->nnodes; i++) read_node(d, i);
    for (uint32_t i = 0; i < d->m->nflows; i++) read_condition(d, i);
    for (uint32_t i = 0; i < d->m->nnodes; i++) read_default(d, i);
}
