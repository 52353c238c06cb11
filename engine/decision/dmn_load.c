/* Reading a DMN file: names, the requirements graph. */
#include "engine/decision/dmn_model.h"

#include "engine/decision/builtins.h"

#define DMN_MAX_BYTES ((size_t)8 << 20)
#define NAMES_MAX 2000    /* with spaces or operators */
#define ELEMENTS_MAX 5000 /* inputs, decisions, knowledge models, services; types as many */

const struct xml_node *dmn_first(const struct xml_node *e)
{
    const struct xml_node *c = e ? e->first : NULL;
    while (c && c->kind != XML_ELEMENT) c = c->next;
    return c;
}

const struct xml_node *dmn_after(const struct xml_node *e)
{
    const struct xml_node *c = e->next;
    while (c && c->kind != XML_ELEMENT) c = c->next;
    return c;
}

struct slice dmn_place(struct arena *a, struct slice where, uint32_t line, struct slice id)
{
    return arena_printf(a, "%.*s:%u#%.*s", SLICE_ARG(where), line, SLICE_ARG(id));
}

/* The id of the element or of the nearest one around it that has one. */
static struct slice nearest_id(const struct xml_node *e)
{
    for (; e; e = e->parent) {
        struct slice id = xml_attr(e, "", "id");
        if (id.n) return id;
    }
    return S("");
}

void dmn_problem(struct dmn_loader *l, enum code code, const struct xml_node *at, struct slice value)
{
    struct slice place = dmn_place(l->a, l->where, at->line, nearest_id(at));
    l->problems = result_join(l->a, l->problems, fail(l->a, code, place, "value", value, NULL));
}

void dmn_limit(struct dmn_loader *l, const struct xml_node *at)
{
    struct slice place = dmn_place(l->a, l->where, at->line, nearest_id(at));
    l->problems = result_join(l->a, l->problems, fail(l->a, CODE_DMN_LIMIT, place, "limit", S("50"), NULL));
}

static bool space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct slice dmn_attr(struct dmn_loader *l, const struct xml_node *e, const char *name)
{
    struct slice v = xml_attr(e, "", name);
    if (v.p == NULL) return v;
    v = slice_trim(v);
    struct buf b = buf_new(l->a, v.n + 1);
    for (size_t i = 0; i < v.n; i++) {
        if (!space(v.p[i]))
            buf_putc(&b, v.p[i]);
        else if (!space(v.p[i - 1]))
            buf_putc(&b, ' ');
    }
    return b.p ? buf_slice(&b) : S("");
}

static bool special(struct slice name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == ' ' || strchr("./-'+*", name.p[i])) return true;
    return builtin_find(name) != NULL;
}

struct name_list {
    struct slice *items;
    size_t n, cap;
};

static void add_name(struct arena *a, struct name_list *l, struct slice name)
{
    if (name.n == 0 || l->n > NAMES_MAX || !special(name)) return;
    for (size_t i = 0; i < l->n; i++)
        if (slice_eq(l->items[i], name)) return;
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 32;
        struct slice *grown = arena_alloc(a, cap * sizeof *grown);
        if (l->n) memcpy(grown, l->items, l->n * sizeof *grown);
        l->items = grown;
        l->cap = cap;
    }
    l->items[l->n++] = name;
}

static void collect_names(struct dmn_loader *l, const struct xml_node *e, struct name_list *names)
{
    add_name(l->a, names, dmn_attr(l, e, "name"));
    add_name(l->a, names, dmn_attr(l, e, "iteratorVariable"));
    for (const struct xml_node *c = dmn_first(e); c; c = dmn_after(c))
        if (slice_eq(c->ns, e->ns)) collect_names(l, c, names);
}

static void load_imports(struct dmn_loader *l, const struct xml_node *definitions, struct name_list *names)
{
    struct dmn *d = l->model;
    size_t n = 0;
    for (const struct xml_node *e = xml_child(definitions, NULL, "import"); e; e = xml_next(e, NULL, "import")) n++;
    struct dmn_import *imports = NEW_ARRAY(l->a, struct dmn_import, n + 1);
    for (const struct xml_node *e = xml_child(definitions, NULL, "import"); e; e = xml_next(e, NULL, "import")) {
        struct slice namespace = xml_attr(e, "", "namespace"), type = xml_attr(e, "", "importType");
        if (slice_search(type, S("DMN")) == SIZE_MAX) continue; /* PMML and XML Schema are not read */
        const struct dmn *found = NULL;
        for (size_t i = 0; i < l->options->nimports; i++)
            if (slice_eq(l->options->imports[i]->namespace, namespace)) found = l->options->imports[i];
        if (found == NULL) {
            dmn_problem(l, CODE_DMN_IMPORT, e, namespace);
            continue;
        }
        imports[d->nimports++] = (struct dmn_import){.name = dmn_attr(l, e, "name"), .model = found};
        for (size_t i = 0; i < found->nnames; i++) add_name(l->a, names, found->names[i]);
    }
    d->imports = imports;
}

static bool element_kind(const struct xml_node *e, enum drg_kind *kind)
{
    static const char *const names[] = {"inputData", "decision", "businessKnowledgeModel", "decisionService"};
    for (int i = 0; i < 4; i++) {
        if (slice_is(e->name, names[i])) {
            *kind = (enum drg_kind)i;
            return true;
        }
    }
    return false;
}

/* What "#id" or "namespace#id" points to; NULL and a problem when nothing. */
static const struct drg *resolve(struct dmn_loader *l, const struct xml_node *e)
{
    struct slice namespace, id, href = xml_attr(e, "", "href");
    if (!slice_cut(href, '#', &namespace, &id)) {
        id = href;
        namespace = S("");
    }
    const struct dmn *d = l->model;
    if (namespace.n && !slice_eq(namespace, d->namespace)) {
        for (size_t i = 0; i < d->nimports; i++)
            if (slice_eq(d->imports[i].model->namespace, namespace)) d = d->imports[i].model;
    }
    for (size_t i = 0; i < d->n; i++)
        if (slice_eq(d->elements[i]->id, id)) return d->elements[i];
    dmn_problem(l, CODE_DMN_REFERENCE, e, href);
    return NULL;
}

struct drg_list {
    const struct drg **items;
    size_t n, cap;
};

static void add_drg(struct arena *a, struct drg_list *l, const struct drg *d)
{
    if (d == NULL) return;
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 8;
        const struct drg **grown = arena_alloc(a, cap * sizeof(const struct drg *));
        if (l->n) memcpy(grown, l->items, l->n * sizeof(const struct drg *));
        l->items = grown;
        l->cap = cap;
    }
    l->items[l->n++] = d;
}

static void load_requirements(struct dmn_loader *l, const struct xml_node *e, struct drg *d)
{
    struct drg_list list = {0};
    for (const struct xml_node *c = dmn_first(e); c; c = dmn_after(c)) {
        if (!slice_is(c->name, "informationRequirement") && !slice_is(c->name, "knowledgeRequirement")) continue;
        for (const struct xml_node *r = dmn_first(c); r; r = dmn_after(r))
            if (xml_attr(r, "", "href").p) add_drg(l->a, &list, resolve(l, r));
    }
    d->requires = list.items;
    d->nrequires = list.n;
}

static void load_service(struct dmn_loader *l, const struct xml_node *e, struct drg *d)
{
    struct drg_list params = {0}, outputs = {0};
    for (const struct xml_node *c = xml_child(e, NULL, "inputData"); c; c = xml_next(c, NULL, "inputData"))
        add_drg(l->a, &params, resolve(l, c));
    for (const struct xml_node *c = xml_child(e, NULL, "inputDecision"); c; c = xml_next(c, NULL, "inputDecision"))
        add_drg(l->a, &params, resolve(l, c));
    for (const struct xml_node *c = xml_child(e, NULL, "outputDecision"); c; c = xml_next(c, NULL, "outputDecision"))
        add_drg(l->a, &outputs, resolve(l, c));
    d->params = params.items;
    d->nparams = params.n;
    d->outputs = outputs.items;
    d->noutputs = outputs.n;
}

static void load_knowledge(struct dmn_loader *l, const struct xml_node *e, struct drg *d)
{
    const struct xml_node *logic = xml_child(e, NULL, "encapsulatedLogic");
    if (logic) d->expr = dmn_load_expr(l, logic);
}

/* Elements first, so that requirements can point to any of them; then what is in them. */
static void load_elements(struct dmn_loader *l, const struct xml_node *definitions)
{
    struct drg_list list = {0};
    enum drg_kind kind;
    for (const struct xml_node *e = dmn_first(definitions); e; e = dmn_after(e)) {
        if (!element_kind(e, &kind)) continue;
        const struct xml_node *variable = xml_child(e, NULL, "variable");
        struct drg *d = NEW(l->a, struct drg);
        *d = (struct drg){.kind = kind,
                          .id = xml_attr(e, "", "id"),
                          .name = dmn_attr(l, e, "name"),
                          .words = dmn_load_words(l, e),
                          .line = e->line,
                          .model = l->model};
        if (variable && kind == DRG_INPUT && dmn_attr(l, variable, "name").n) d->name = dmn_attr(l, variable, "name");
        if (d->id.n == 0) d->id = d->name;
        d->place = dmn_place(l->a, l->where, d->line, d->id);
        if (variable) d->type = dmn_type(l, xml_attr(variable, "", "typeRef"), variable);
        add_drg(l->a, &list, d);
    }
    l->model->elements = list.items;
    l->model->n = list.n;
    size_t i = 0;
    for (const struct xml_node *e = dmn_first(definitions); e; e = dmn_after(e)) {
        if (!element_kind(e, &kind)) continue;
        struct drg *d = (struct drg *)(uintptr_t)list.items[i++];
        load_requirements(l, e, d);
        if (kind == DRG_SERVICE) load_service(l, e, d);
        if (kind == DRG_KNOWLEDGE) load_knowledge(l, e, d);
        if (kind == DRG_DECISION && dmn_expr_node(e)) d->expr = dmn_load_expr(l, dmn_expr_node(e));
    }
}

/* A decision must not need itself, over any number of others. Knowledge models may recur. Colours: 1 on the way, 2 done. */
static void visit(struct dmn_loader *l, const struct drg *d, unsigned char *colour, int depth)
{
    size_t at = 0;
    while (at < l->model->n && l->model->elements[at] != d) at++;
    if (at == l->model->n || colour[at] == 2) return; /* an imported one was checked with its own model */
    if (colour[at] == 1 || depth > 500) {
        struct slice place = dmn_place(l->a, l->where, d->line, d->id);
        l->problems = result_join(l->a, l->problems, fail(l->a, CODE_DMN_CYCLE, place, "value", d->name, NULL));
        colour[at] = 2;
        return;
    }
    colour[at] = 1;
    for (size_t i = 0; i < d->nrequires; i++)
        if (d->requires[i] -> kind == DRG_DECISION) visit(l, d->requires[i], colour, depth + 1);
    colour[at] = 2;
}

static void check_cycles(struct dmn_loader *l)
{
    unsigned char *colour = arena_zalloc(l->a, l->model->n + 1, 1);
    for (size_t i = 0; i < l->model->n; i++)
        if (l->model->elements[i]->kind == DRG_DECISION) visit(l, l->model->elements[i], colour, 0);
}

static bool too_many(const struct xml_node *definitions)
{
    size_t n = 0;
    for (const struct xml_node *e = dmn_first(definitions); e; e = dmn_after(e)) n++;
    return n > ELEMENTS_MAX;
}

result dmn_load(struct arena *a, struct slice xml, struct slice where, const struct dmn_options *options,
                const struct dmn **out)
{
    static const struct dmn_options none = {0};
    struct xml_node *root;
    TRY(xml_parse(a, xml, DMN_MAX_BYTES, where, &root));
    while (root && root->kind != XML_ELEMENT) root = root->next;
    if (root == NULL || !slice_is(root->name, "definitions") || slice_search(root->ns, S("/DMN/")) == SIZE_MAX)
        return fail(a, CODE_DMN_NONE, where, NULL);
    struct dmn *d = NEW(a, struct dmn);
    struct dmn_loader l = {.a = a, .where = arena_copy(a, where), .options = options ? options : &none, .model = d};
    d->where = l.where;
    d->namespace = xml_attr(root, "", "namespace");
    d->name = xml_attr(root, "", "name");
    struct name_list names = {0};
    collect_names(&l, root, &names);
    load_imports(&l, root, &names);
    d->names = names.items;
    d->nnames = names.n;
    l.scope.names = names.items;
    l.scope.nnames = names.n;
    if (names.n > NAMES_MAX || too_many(root))
        return fail(a, CODE_DMN_LIMIT, where, "limit", arena_printf(a, "%d / %d", NAMES_MAX, ELEMENTS_MAX), NULL);
    dmn_load_types(&l, root);
    load_elements(&l, root);
    check_cycles(&l);
    *out = d;
    return l.problems;
}

const struct drg *dmn_find(const struct dmn *d, enum drg_kind kind, struct slice key)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->elements[i]->kind == kind && (slice_eq(d->elements[i]->id, key) || slice_eq(d->elements[i]->name, key)))
            return d->elements[i];
    return NULL;
}
