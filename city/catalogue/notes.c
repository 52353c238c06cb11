/* What other tools wrote into a process and this one does not act on: extensions of Camunda, Zeebe, Flowable, Activiti, Signavio,
 * bpmn.io and whoever else. They are kept and ignored, and a designer is told which of them would have changed what happens. */
#include "base/xml.h"
#include "city/catalogue/internal.h"

enum { MAX_NOTES = 32, MAX_CHANGING = 64 };

/* Words, separated by spaces, of elements and attributes that steer an engine; the rest is drawing, names or statistics. */
struct tool {
    const char *ns, *name_zh, *name_en, *changing;
};
static const struct tool TOOLS[] = {
    {"http://camunda.org/schema/1.0/bpmn", "Camunda 7", "Camunda 7",
     " assignee candidateUsers candidateGroups candidateStarterUsers candidateStarterGroups class expression delegateExpression type topic "
     "decisionRef decisionRefBinding decisionRefVersion mapDecisionResult resultVariable formKey formRef formRefBinding formData formField "
     "dueDate followUpDate priority initiator inputOutput inputParameter outputParameter script executionListener taskListener connector in "
     "out variableName variableEvents variableMappingClass calledElementBinding calledElementVersion collection elementVariable "
     "errorCodeVariable errorMessageVariable errorEventDefinition field resource failedJobRetryTimeCycle validation constraint "},
    {"http://camunda.org/schema/zeebe/1.0", "Camunda 8（Zeebe）", "Camunda 8 (Zeebe)",
     " taskDefinition assignmentDefinition priorityDefinition taskSchedule ioMapping input output calledElement calledDecision script "
     "loopCharacteristics formDefinition userTaskForm userTask subscription executionListener executionListeners taskListener taskListeners "
     "adHoc conditionalFilter "},
    {"http://flowable.org/bpmn", "Flowable", "Flowable",
     " assignee candidateUsers candidateGroups candidateStarterUsers candidateStarterGroups class expression delegateExpression type formKey "
     "formProperty value dueDate priority initiator in out resultVariable resultVariableName collection elementVariable executionListener "
     "taskListener eventListener field string skipExpression failedJobRetryTimeCycle triggerable eventType eventInParameter "
     "eventOutParameter mapException "},
    {"http://activiti.org/bpmn", "Activiti", "Activiti",
     " assignee candidateUsers candidateGroups candidateStarterUsers candidateStarterGroups class expression delegateExpression type formKey "
     "formProperty value dueDate priority initiator in out resultVariable resultVariableName collection elementVariable executionListener "
     "taskListener eventListener field string skipExpression failedJobRetryTimeCycle "},
    {"http://camunda.org/schema/modeler/1.0", "Camunda Modeler", "Camunda Modeler", " "},
    {"http://www.signavio.com", "Signavio", "Signavio", " "},
    {"http://bpmn.io/schema/bpmn", "bpmn.io", "bpmn.io", " "},
    {"http://bpmn.io/schema/bpmn/biocolor/1.0", "bpmn.io 颜色", "bpmn.io colours", " "},
    {"http://www.omg.org/spec/BPMN/non-normative/color/1.0", "BPMN 颜色", "BPMN colours", " "},
    {"http://www.bpsim.org/schemas/1.0", "BPSim 仿真", "BPSim simulation", " "},
};

struct changing {
    struct slice word, first; /* "camunda:assignee", id of the first element that has it */
    int64_t count;
};
struct note {
    struct slice ns;
    const struct tool *tool; /* NULL: unknown */
    int64_t elements, attributes;
    struct changing changing[MAX_CHANGING];
    size_t nchanging;
};
struct notes {
    struct arena *a;
    struct note *list;
    size_t n;
};

static bool is_ours(struct slice ns)
{
    static const char *const list[] = {"",
                                       "http://www.omg.org/spec/BPMN/20100524/MODEL",
                                       "http://www.omg.org/spec/BPMN/20100524/DI",
                                       "http://www.omg.org/spec/DD/20100524/DI",
                                       "http://www.omg.org/spec/DD/20100524/DC",
                                       "http://www.w3.org/2001/XMLSchema-instance",
                                       "http://www.w3.org/XML/1998/namespace",
                                       "urn:tongban:bpmn:1"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (slice_is(ns, list[i])) return true;
    return false;
}

static struct note *note_of(struct notes *x, struct slice ns)
{
    for (size_t i = 0; i < x->n; i++)
        if (slice_eq(x->list[i].ns, ns)) return &x->list[i];
    if (x->n == MAX_NOTES) return NULL;
    struct note *k = &x->list[x->n++];
    k->ns = ns;
    for (size_t i = 0; i < sizeof TOOLS / sizeof *TOOLS; i++)
        if (slice_is(ns, TOOLS[i].ns)) k->tool = &TOOLS[i];
    return k;
}

static struct slice id_around(const struct xml_node *e)
{
    for (; e; e = e->parent) {
        struct slice id = xml_attr(e, "", "id");
        if (id.n) return id;
    }
    return (struct slice){0};
}

static void steers(struct notes *x, struct note *k, struct slice prefix, struct slice name, const struct xml_node *at)
{
    struct slice word = arena_printf(x->a, " %.*s ", SLICE_ARG(name));
    if (k->tool && slice_search(slice_cstr(k->tool->changing), word) == SIZE_MAX) return;
    word = prefix.n ? arena_printf(x->a, "%.*s:%.*s", SLICE_ARG(prefix), SLICE_ARG(name)) : name;
    for (size_t i = 0; i < k->nchanging; i++)
        if (slice_eq(k->changing[i].word, word)) {
            k->changing[i].count++;
            return;
        }
    if (k->nchanging < MAX_CHANGING) k->changing[k->nchanging++] = (struct changing){word, id_around(at), 1};
}

static void look(struct notes *x, const struct xml_node *e)
{
    if (e->kind != XML_ELEMENT) return;
    struct note *k = is_ours(e->ns) ? NULL : note_of(x, e->ns);
    if (k) {
        k->elements++;
        steers(x, k, e->prefix, e->name, e);
    }
    for (size_t i = 0; i < e->nattrs; i++) {
        struct note *other = is_ours(e->attrs[i].ns) ? NULL : note_of(x, e->attrs[i].ns);
        if (!other) continue;
        other->attributes++;
        steers(x, other, e->attrs[i].prefix, e->attrs[i].name, e);
    }
    for (const struct xml_node *c = e->first; c; c = c->next) look(x, c);
}

static struct bitext words(struct arena *a, const struct note *k)
{
    struct buf zh = buf_new(a, 1 << 16), en = buf_new(a, 1 << 16);
    struct slice name = k->tool ? slice_cstr(k->tool->name_zh) : S("未知工具"),
                 name_en = k->tool ? slice_cstr(k->tool->name_en) : S("an unknown tool");
    buf_printf(&zh, "保留但不执行 %.*s 的扩展（%.*s）：%lld 个元素、%lld 个属性。", SLICE_ARG(name), SLICE_ARG(k->ns),
               (long long)k->elements, (long long)k->attributes);
    buf_printf(&en, "Kept and not acted on: extensions of %.*s (%.*s), %lld elements and %lld attributes. ",
               SLICE_ARG(name_en), SLICE_ARG(k->ns), (long long)k->elements, (long long)k->attributes);
    if (!k->nchanging) {
        buf_puts(&zh, "它们不影响办理。");
        buf_puts(&en, "None of them changes what happens.");
        return (struct bitext){buf_slice(&zh), buf_slice(&en)};
    }
    buf_puts(&zh, k->tool ? "其中会改变办理、须改用本平台写法的：" : "含义不明、可能改变办理的：");
    buf_puts(&en, k->tool ? "These would change what happens and must be said in this platform's words: "
                          : "Their meaning is not known, they may change what happens: ");
    for (size_t i = 0; i < k->nchanging; i++) {
        const struct changing *c = &k->changing[i];
        buf_printf(&zh, "%s%.*s（%lld 处，如 %.*s）", i ? "、" : "", SLICE_ARG(c->word), (long long)c->count,
                   SLICE_ARG(c->first));
        buf_printf(&en, "%s%.*s (%lld times, as in %.*s)", i ? ", " : "", SLICE_ARG(c->word), (long long)c->count,
                   SLICE_ARG(c->first));
    }
    buf_puts(&zh, "。");
    buf_puts(&en, ".");
    return (struct bitext){buf_slice(&zh), buf_slice(&en)};
}

static const struct json *note_json(struct arena *a, const struct note *k)
{
    struct json_builder b = json_builder(a), list = json_builder(a);
    for (size_t i = 0; i < k->nchanging; i++) {
        struct json_builder c = json_builder(a);
        json_set_str(&c, "name", k->changing[i].word);
        json_set_int(&c, "count", k->changing[i].count);
        json_set_str(&c, "first", k->changing[i].first);
        json_add(&list, json_object(&c));
    }
    json_set_str(&b, "namespace", k->ns);
    json_set(&b, "tool", k->tool ? json_of_cstr(a, k->tool->name_en) : json_null());
    json_set_int(&b, "elements", k->elements);
    json_set_int(&b, "attributes", k->attributes);
    json_set(&b, "changing", json_array(&list));
    json_set(&b, "text", bitext_json(a, words(a, k)));
    return json_object(&b);
}

const struct json *service_notes(struct catalogue *c, struct arena *a, struct service_files files)
{
    struct json_builder list = json_builder(a);
    struct notes x = {a, NEW_ARRAY(a, struct note, MAX_NOTES), 0};
    const struct service_file *f = service_files_find(files, "process.bpmn");
    struct xml_node *root;
    if (f && !failed(xml_parse(a, f->bytes, PROCESS_FILE_MAX, f->path, &root))) look(&x, root);
    for (size_t i = 0; i < x.n; i++) json_add(&list, note_json(a, &x.list[i]));
    notes_beside(c, a, files, &list);
    return json_array(&list);
}
