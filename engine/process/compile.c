/* A BPMN file to compiled processes: parse, read, check; all faults at once. */
#include "engine/process/model.h"

static uint32_t fnv(uint32_t h, const void *p, size_t n)
{
    const unsigned char *b = p;
    for (size_t i = 0; i < n; i++) h = (h ^ b[i]) * 16777619u;
    return h;
}

static uint32_t fnv_text(uint32_t h, struct slice s)
{
    h = s.n ? fnv(h, s.p, s.n) : h;
    return fnv(h, "", 1);
}

/* Of everything that a stored state names by number: elements, incoming flows, called processes. */
static uint32_t fingerprint(const struct process_model *m)
{
    uint32_t h = fnv_text(2166136261u, m->id);
    for (uint32_t i = 0; i < m->nnodes; i++) {
        const struct node *n = &m->nodes[i];
        unsigned char kind = (unsigned char)n->kind;
        h = fnv_text(fnv(h, &kind, 1), m->pub[i].id);
        for (uint32_t k = 0; k < n->nin; k++) h = fnv_text(h, m->flows[n->in[k]].id);
        if (n->called) h = fnv(h, &n->called->fingerprint, sizeof n->called->fingerprint);
    }
    return h;
}

static void compile_process(struct compile *c, const struct xml_node *xml, struct process_model *m)
{
    *m = (struct process_model){.id = bpmn_attr(xml, "id"),
                                .service = tb_attr(xml, "service"),
                                .where = arena_copy(c->a, c->where),
                                .start = NONE};
    if (!m->id.n) FAULT(c, xml->line, xml->name, CODE_PROCESS_ID_MISSING, "value", xml->name, NULL);
    struct draft d = {.c = c, .m = m, .xml = xml, .faults_before = c->nfaults};
    parse_process(&d);
    read_attributes(&d);
    check_references(&d);
    check_structure(&d);
    check_loops(&d);
    if (!c->structure_only) {
        check_outcomes(&d);
        check_sound(&d);
        check_data(&d);
    }
    m->fingerprint = fingerprint(m);
}

static void compile_one(struct compile *c, uint32_t index)
{
    struct process_model *m = NEW(c->a, struct process_model);
    c->models[index] = m;
    c->state[index] = 1;
    compile_process(c, c->processes[index], m);
    c->state[index] = 2;
}

const struct process_model *compile_local(struct compile *c, struct slice id, bool *recursive)
{
    for (uint32_t i = 0; i < c->nprocesses; i++) {
        if (!slice_eq(bpmn_attr(c->processes[i], "id"), id)) continue;
        if (c->state[i] == 1) {
            *recursive = true;
            return NULL;
        }
        if (c->state[i] == 0) compile_one(c, i);
        return c->models[i];
    }
    const struct xml_node *global = global_process(c, id);
    if (!global) return NULL;
    struct process_model *m = NEW(c->a, struct process_model);
    compile_process(c, global, m);
    return m;
}

/* Whether a call activity somewhere below e calls the process. */
static bool calls(const struct xml_node *e, struct slice id)
{
    for (const struct xml_node *n = element_first(e); n; n = element_next(n)) {
        if (slice_is(n->name, "callActivity") && slice_ends(bpmn_attr(n, "calledElement"), id)) return true;
        if (calls(n, id)) return true;
    }
    return false;
}

/* The main process: the one asked for, the one with tb:service, else the first that no other of the file calls. */
static uint32_t main_process(struct compile *c, struct slice asked)
{
    uint32_t main = NONE;
    for (uint32_t i = 0; i < c->nprocesses && asked.n; i++)
        if (slice_eq(bpmn_attr(c->processes[i], "id"), asked)) return i;
    for (uint32_t i = 0; i < c->nprocesses; i++) {
        if (!tb_attr(c->processes[i], "service").n) continue;
        if (main != NONE)
            FAULT(c, c->processes[i]->line, bpmn_attr(c->processes[i], "id"), CODE_PROCESS_DUPLICATE_PROCESS, NULL);
        if (main == NONE) main = i;
    }
    for (uint32_t i = 0; i < c->nprocesses && main == NONE; i++) {
        struct slice id = bpmn_attr(c->processes[i], "id");
        bool called = !element_first(c->processes[i]); /* an empty pool of a collaboration */
        for (uint32_t k = 0; k < c->nprocesses && !called && id.n; k++) called = k != i && calls(c->processes[k], id);
        if (!called) main = i;
    }
    return main == NONE ? 0 : main;
}

static bool find_processes(struct compile *c)
{
    enum { MAX_PROCESSES = 100 };
    if (!slice_is(c->root->ns, BPMN_NS) || !slice_is(c->root->name, "definitions")) {
        FAULT(c, c->root->line, c->root->name, CODE_PROCESS_NONE, "detail", S(BPMN_NS " definitions"), NULL);
        return false;
    }
    for (const struct xml_node *e = xml_child(c->root, BPMN_NS, "process"); e; e = xml_next(e, BPMN_NS, "process"))
        c->nprocesses++;
    if (c->nprocesses == 0) {
        FAULT(c, c->root->line, c->root->name, CODE_PROCESS_NONE, "detail", S("process"), NULL);
        return false;
    }
    if (c->nprocesses > MAX_PROCESSES) {
        FAULT(c, c->root->line, c->root->name, CODE_PROCESS_TOO_MANY, "limit", S("100"), NULL);
        return false;
    }
    c->processes = NEW_ARRAY(c->a, const struct xml_node *, c->nprocesses);
    c->models = NEW_ARRAY(c->a, struct process_model *, c->nprocesses);
    c->state = NEW_ARRAY(c->a, uint8_t, c->nprocesses);
    uint32_t n = 0;
    for (const struct xml_node *e = xml_child(c->root, BPMN_NS, "process"); e; e = xml_next(e, BPMN_NS, "process")) {
        struct slice id = bpmn_attr(e, "id");
        for (uint32_t i = 0; i < n && id.n; i++)
            if (slice_eq(bpmn_attr(c->processes[i], "id"), id)) FAULT(c, e->line, id, CODE_PROCESS_ID_DUPLICATE, NULL);
        c->processes[n++] = e;
    }
    return true;
}

result compile_file(struct arena *a, struct slice bpmn, struct slice where, const struct process_env *env,
                    bool structure_only, struct slice process, const struct process_model **out)
{
    static const struct process_env nothing = {0};
    struct xml_node *root = NULL;
    TRY(xml_parse(a, bpmn, PROCESS_FILE_MAX, where, &root));
    struct compile c = {
        .a = a, .where = where, .env = env ? env : &nothing, .structure_only = structure_only, .root = root};
    c.last = &c.first;
    if (find_processes(&c)) {
        uint32_t main = main_process(&c, process);
        compile_one(&c, main);
        for (uint32_t i = 0; i < c.nprocesses && !structure_only; i++)
            if (c.state[i] == 0 && element_first(c.processes[i])) compile_one(&c, i);
        *out = c.models[main];
    }
    return (result){c.first};
}

result process_compile(struct arena *a, struct slice bpmn, struct slice where, const struct process_env *env,
                       const struct process_model **out)
{
    return compile_file(a, bpmn, where, env, false, (struct slice){0}, out);
}

size_t process_nodes(const struct process_model *m, const struct process_node **out)
{
    *out = m->pub;
    return m->nnodes;
}

struct slice process_id(const struct process_model *m)
{
    return m->id;
}
