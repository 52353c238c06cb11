/* What repeats or multiplies an activity (BPMN 2.0.2, 10.3.7 loop, 10.3.8 multi-instance, table 10.3 quantities), and the marks
 * of ad hoc sub-processes, compensation activities and complex gateways. */
#include "engine/process/model.h"

static const struct feel *feel_of(struct draft *d, uint32_t node, struct slice text)
{
    return text.n ? fault_feel(d->c, d->m->nodes[node].line, d->m->pub[node].id, text) : NULL;
}

static const struct feel *child_feel(struct draft *d, uint32_t node, const struct xml_node *e, const char *name)
{
    const struct xml_node *c = xml_child(e, BPMN_NS, name);
    return c ? feel_of(d, node, slice_trim(xml_text(d->c->a, c))) : NULL;
}

static void bad_loop(struct draft *d, uint32_t node, const char *what)
{
    FAULT(d->c, d->m->nodes[node].line, d->m->pub[node].id, CODE_PROCESS_REPEAT_BAD, "value", slice_cstr(what), NULL);
}

static bool count_of(struct slice text, uint32_t most, uint32_t *out)
{
    int64_t v;
    if (!slice_int64(text, &v) || v < 1 || v > most) return false;
    *out = (uint32_t)v;
    return true;
}

static void read_standard(struct draft *d, uint32_t node, const struct xml_node *e)
{
    struct loop *l = &d->m->nodes[node].loop;
    struct slice most = bpmn_attr(e, "loopMaximum");
    l->kind = LOOP_STANDARD;
    l->sequential = true;
    l->test_before = slice_is(bpmn_attr(e, "testBefore"), "true");
    l->condition = child_feel(d, node, e, "loopCondition");
    if (most.n && !count_of(most, PROCESS_MAX_INSTANCES, &l->maximum)) bad_loop(d, node, "loopMaximum");
    if (!l->condition && !l->maximum) bad_loop(d, node, "loopCondition");
}

/* The signal or other event of an element like <event><signalEventDefinition signalRef="…"/></event>, or of a reference to one. */
static bool loop_event_of(struct draft *d, const struct xml_node *def, struct loop_event *out)
{
    static const char *const refs[][4] = {
        {"signalEventDefinition", "signalRef", "signal", "name"},
        {"messageEventDefinition", "messageRef", "message", "name"},
        {"escalationEventDefinition", "escalationRef", "escalation", "escalationCode"}};
    static const enum trigger triggers[] = {TRIGGER_SIGNAL, TRIGGER_MESSAGE, TRIGGER_ESCALATION};
    for (size_t i = 0; def && i < sizeof refs / sizeof *refs; i++) {
        if (!slice_is(def->name, refs[i][0])) continue;
        struct slice ref = bpmn_attr(def, refs[i][1]);
        out->trigger = triggers[i];
        out->name = ref;
        for (const struct xml_node *e = element_first(d->c->root); e; e = element_next(e))
            if (slice_is(e->name, refs[i][2]) && slice_eq(bpmn_attr(e, "id"), ref) && bpmn_attr(e, refs[i][3]).n)
                out->name = bpmn_attr(e, refs[i][3]);
        return ref.n > 0;
    }
    return false;
}

static const struct xml_node *by_id(const struct draft *d, struct slice id)
{
    for (const struct xml_node *e = element_first(d->c->root); e; e = element_next(e))
        if (id.n && slice_eq(bpmn_attr(e, "id"), id)) return e;
    return NULL;
}

static void read_complex(struct draft *d, uint32_t node, const struct xml_node *e)
{
    struct loop *l = &d->m->nodes[node].loop;
    uint32_t n = 0;
    for (const struct xml_node *c = xml_child(e, BPMN_NS, "complexBehaviorDefinition"); c;
         c = xml_next(c, BPMN_NS, "complexBehaviorDefinition"))
        n++;
    struct loop_event *events = NEW_ARRAY(d->c->a, struct loop_event, n);
    for (const struct xml_node *c = xml_child(e, BPMN_NS, "complexBehaviorDefinition"); c;
         c = xml_next(c, BPMN_NS, "complexBehaviorDefinition")) {
        struct loop_event *to = &events[l->nevents++];
        const struct xml_node *event = xml_child(c, BPMN_NS, "event");
        *to = (struct loop_event){.condition = child_feel(d, node, c, "condition")};
        if (!to->condition) bad_loop(d, node, "complexBehaviorDefinition condition");
        if (event && !loop_event_of(d, element_first(event), to)) bad_loop(d, node, "complexBehaviorDefinition event");
    }
    l->events = events;
}

/* behavior="None" throws the named event for every completed instance, "One" for the first. */
static void read_behavior(struct draft *d, uint32_t node, const struct xml_node *e)
{
    struct loop *l = &d->m->nodes[node].loop;
    struct slice word = bpmn_attr(e, "behavior");
    l->behavior = slice_is(word, "None")      ? BEHAVIOR_NONE
                  : slice_is(word, "One")     ? BEHAVIOR_ONE
                  : slice_is(word, "Complex") ? BEHAVIOR_COMPLEX
                                              : BEHAVIOR_ALL;
    if (word.n && l->behavior == BEHAVIOR_ALL && !slice_is(word, "All")) bad_loop(d, node, "behavior");
    if (l->behavior == BEHAVIOR_COMPLEX) read_complex(d, node, e);
    if (l->behavior != BEHAVIOR_NONE && l->behavior != BEHAVIOR_ONE) return;
    const char *attr = l->behavior == BEHAVIOR_NONE ? "noneBehaviorEventRef" : "oneBehaviorEventRef";
    struct loop_event *event = NEW(d->c->a, struct loop_event);
    *event = (struct loop_event){.condition = NULL};
    l->events = event;
    if (!bpmn_attr(e, attr).n) return;
    if (loop_event_of(d, by_id(d, bpmn_attr(e, attr)), event))
        l->nevents = 1;
    else
        bad_loop(d, node, attr);
}

/* A name written as an attribute of ours, else as BPMN has it: by reference to a data object, or as the item's own. */
static struct slice name_of(struct draft *d, const struct xml_node *e, const char *own, const char *bpmn)
{
    struct slice name = tb_attr(e, own);
    const struct xml_node *c = xml_child(e, BPMN_NS, bpmn);
    if (name.n || !c) return name;
    name = bpmn_attr(c, "name").n ? bpmn_attr(c, "name") : bpmn_attr(c, "id");
    return name.n ? name : slice_trim(xml_text(d->c->a, c));
}

static void read_multi(struct draft *d, uint32_t node, const struct xml_node *e)
{
    struct loop *l = &d->m->nodes[node].loop;
    l->kind = LOOP_MULTI;
    l->sequential = slice_is(bpmn_attr(e, "isSequential"), "true");
    l->cardinality = child_feel(d, node, e, "loopCardinality");
    l->condition = child_feel(d, node, e, "completionCondition");
    struct slice collection = name_of(d, e, "collection", "loopDataInputRef"), item = tb_attr(e, "value");
    l->collection = feel_of(d, node, collection);
    l->item = name_of(d, e, "item", "inputDataItem");
    l->output = name_of(d, e, "collect", "loopDataOutputRef");
    if (!item.n) item = name_of(d, e, "value", "outputDataItem");
    l->output_item = feel_of(d, node, item);
    if (!l->cardinality && !l->collection) bad_loop(d, node, "loopCardinality");
    if (l->cardinality && l->collection) bad_loop(d, node, "loopCardinality, tb:collection");
    if (l->item.n && !word_valid(l->item)) bad_loop(d, node, "tb:item");
    if (l->output.n && !word_valid(l->output)) bad_loop(d, node, "tb:collect");
    if ((l->output.n > 0) != (l->output_item != NULL)) bad_loop(d, node, "tb:collect, tb:value");
    read_behavior(d, node, e);
}

static void read_quantity(struct draft *d, uint32_t node, const char *attr, uint32_t *out)
{
    struct slice text = bpmn_attr(d->m->nodes[node].xml, attr);
    if (text.n && !count_of(text, PROCESS_MAX_QUANTITY, out)) bad_loop(d, node, attr);
}

static void read_ad_hoc(struct draft *d, uint32_t node)
{
    struct node *n = &d->m->nodes[node];
    n->ordered = slice_is(bpmn_attr(n->xml, "ordering"), "Sequential");
    n->keeps_rest = slice_is(bpmn_attr(n->xml, "cancelRemainingInstances"), "false");
    n->manual = slice_is(tb_attr(n->xml, "start"), "manual");
    n->completion = child_feel(d, node, n->xml, "completionCondition");
}

void read_repeats(struct draft *d, uint32_t node)
{
    struct node *n = &d->m->nodes[node];
    const struct xml_node *standard = xml_child(n->xml, BPMN_NS, "standardLoopCharacteristics"),
                          *multi = xml_child(n->xml, BPMN_NS, "multiInstanceLoopCharacteristics");
    if (standard && multi) bad_loop(d, node, "standardLoopCharacteristics, multiInstanceLoopCharacteristics");
    if (standard) read_standard(d, node, standard);
    if (multi && !standard) read_multi(d, node, multi);
    n->for_compensation = slice_is(bpmn_attr(n->xml, "isForCompensation"), "true");
    n->instantiates = slice_is(bpmn_attr(n->xml, "instantiate"), "true");
    if (behaviours[n->kind].activity) {
        read_quantity(d, node, "startQuantity", &n->start_quantity);
        read_quantity(d, node, "completionQuantity", &n->completion_quantity);
    }
    if (slice_is(n->xml->name, "adHocSubProcess")) read_ad_hoc(d, node);
    if (n->kind == NODE_COMPLEX) n->activation = child_feel(d, node, n->xml, "activationCondition");
}
