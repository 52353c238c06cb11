/* Global tasks (BPMN 2.0.2, 10.3.3): a call activity may call one; it is a process of that one task. */
#include "engine/process/model.h"

static struct xml_node *element(struct arena *a, const struct xml_node *like, const char *name, struct xml_node *parent)
{
    struct xml_node *e = NEW(a, struct xml_node);
    *e = (struct xml_node){
        .kind = XML_ELEMENT, .ns = S(BPMN_NS), .name = slice_cstr(name), .parent = parent, .line = like->line};
    if (!parent) return e;
    if (parent->last)
        parent->last->next = e;
    else
        parent->first = e;
    parent->last = e;
    return e;
}

static void attributes(struct arena *a, struct xml_node *e, const char *const (*list)[2], size_t n)
{
    struct xml_attr *attrs = NEW_ARRAY(a, struct xml_attr, n);
    for (size_t i = 0; i < n; i++)
        attrs[i] = (struct xml_attr){.name = slice_cstr(list[i][0]), .value = slice_cstr(list[i][1])};
    e->attrs = attrs;
    e->nattrs = n;
}

/* "globalUserTask" to "userTask"; empty: it is no global task. */
static struct slice task_name(struct arena *a, struct slice global)
{
    struct slice prefix = S("global");
    if (!slice_starts(global, prefix) || global.n <= prefix.n) return (struct slice){0};
    struct slice rest = slice_sub(global, prefix.n, global.n);
    return arena_printf(a, "%c%.*s", rest.p[0] | 0x20, SLICE_ARG(slice_sub(rest, 1, rest.n)));
}

const struct xml_node *global_process(struct compile *c, struct slice id)
{
    const struct xml_node *global = NULL;
    struct slice name = {0};
    for (const struct xml_node *e = element_first(c->root); e && !global; e = element_next(e)) {
        name = task_name(c->a, e->name);
        if (name.n && slice_eq(bpmn_attr(e, "id"), id)) global = e;
    }
    if (!global) return NULL;
    static const char *const start[][2] = {{"id", "global_start"}}, *const end[][2] = {{"id", "global_end"}},
                             *const first[][2] = {{"id", "global_1"},
                                                  {"sourceRef", "global_start"},
                                                  {"targetRef", "global_task"}},
                             *const second[][2] = {
                                 {"id", "global_2"}, {"sourceRef", "global_task"}, {"targetRef", "global_end"}};
    struct xml_node *process = element(c->a, global, "process", NULL);
    struct xml_attr *own = NEW(c->a, struct xml_attr);
    *own = (struct xml_attr){.name = S("id"), .value = id};
    process->attrs = own;
    process->nattrs = 1;
    attributes(c->a, element(c->a, global, "startEvent", process), start, 1);
    struct xml_node *task = element(c->a, global, "task", process), *next = task->next;
    struct xml_attr *attrs = NEW_ARRAY(c->a, struct xml_attr, global->nattrs);
    for (size_t i = 0; i < global->nattrs; i++) {
        attrs[i] = global->attrs[i];
        if (attrs[i].ns.n == 0 && slice_is(attrs[i].name, "id")) attrs[i].value = S("global_task");
    }
    *task = *global;
    task->name = name;
    task->attrs = attrs;
    task->next = next;
    task->parent = process;
    attributes(c->a, element(c->a, global, "endEvent", process), end, 1);
    attributes(c->a, element(c->a, global, "sequenceFlow", process), first, 3);
    attributes(c->a, element(c->a, global, "sequenceFlow", process), second, 3);
    return process;
}
