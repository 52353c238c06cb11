/* Reading boxed expressions (7.3, 10.5 and the graphical forms of 1.4). */
#include "engine/decision/dmn_index.h"

static const char *const expr_names[] = {
    "literalExpression",  "decisionTable", "context", "invocation", "list", "relation",
    "functionDefinition", "conditional",   "filter",  "for",        "some", "every"};
static const enum expr_kind expr_kinds[] = {E_FEEL,     E_TABLE, E_CONTEXT, E_INVOCATION, E_LIST, E_RELATION,
                                            E_FUNCTION, E_IF,    E_FILTER,  E_FOR,        E_SOME, E_EVERY};

static enum expr_kind kind_of(const struct xml_node *e)
{
    for (size_t i = 0; i < sizeof expr_kinds / sizeof *expr_kinds; i++)
        if (slice_is(e->name, expr_names[i])) return expr_kinds[i];
    return slice_is(e->name, "encapsulatedLogic") ? E_FUNCTION : E_NONE;
}

const struct xml_node *dmn_expr_node(const struct xml_node *parent)
{
    for (const struct xml_node *c = dmn_first(parent); c; c = dmn_after(c))
        if (kind_of(c) != E_NONE) return c;
    return NULL;
}

const struct feel *dmn_load_feel(struct dmn_loader *l, const struct xml_node *holder, bool tests)
{
    const struct xml_node *text = xml_child(holder, NULL, "text");
    if (text == NULL) return NULL;
    struct slice source = xml_text(l->a, text), id = xml_attr(holder, "", "id");
    if (slice_trim(source).n == 0) {
        if (!tests) return NULL;
        source = S("-");
    }
    const struct feel *f;
    result r = feel_parse(l->a, source, &l->scope, tests, dmn_place(l->a, l->where, text->line, id), &f);
    if (failed(r)) {
        if (!l->options->lenient) l->problems = result_join(l->a, l->problems, r);
        return NULL;
    }
    l->model->closures |= f->closures;
    return f;
}

static void set_kids(struct dmn_loader *l, struct dmn_expr *x, size_t n)
{
    x->kids = arena_zalloc(l->a, n + 1, sizeof(const struct dmn_expr *));
    x->names = arena_zalloc(l->a, n + 1, sizeof(struct slice));
    x->types = arena_zalloc(l->a, n + 1, sizeof(const struct type *));
}

/* Writable views of what set_kids made. */
#define KID(x, i) (((const struct dmn_expr **)(uintptr_t)(x)->kids)[i])
#define NAME(x, i) (((struct slice *)(uintptr_t)(x)->names)[i])
#define TYPE(x, i) (((const struct type **)(uintptr_t)(x)->types)[i])

static const struct dmn_expr *child_expr(struct dmn_loader *l, const struct xml_node *parent)
{
    const struct xml_node *e = dmn_expr_node(parent);
    return e ? dmn_load_expr(l, e) : NULL;
}

static size_t count(const struct xml_node *e, const char *name)
{
    size_t n = 0;
    for (const struct xml_node *c = xml_child(e, NULL, name); c; c = xml_next(c, NULL, name)) n++;
    return n;
}

static void load_context(struct dmn_loader *l, const struct xml_node *e, struct dmn_expr *x)
{
    set_kids(l, x, count(e, "contextEntry"));
    for (const struct xml_node *c = xml_child(e, NULL, "contextEntry"); c; c = xml_next(c, NULL, "contextEntry")) {
        const struct xml_node *variable = xml_child(c, NULL, "variable");
        if (variable) {
            NAME(x, x->n) = dmn_attr(l, variable, "name");
            TYPE(x, x->n) = dmn_type(l, xml_attr(variable, "", "typeRef"), variable);
        }
        KID(x, x->n) = child_expr(l, c);
        x->n++;
    }
    x->nnames = x->n;
}

static void load_invocation(struct dmn_loader *l, const struct xml_node *e, struct dmn_expr *x)
{
    set_kids(l, x, count(e, "binding") + 1);
    KID(x, 0) = child_expr(l, e);
    x->n = 1;
    for (const struct xml_node *c = xml_child(e, NULL, "binding"); c; c = xml_next(c, NULL, "binding")) {
        const struct xml_node *p = xml_child(c, NULL, "parameter");
        if (p == NULL) continue;
        NAME(x, x->nnames) = dmn_attr(l, p, "name");
        TYPE(x, x->nnames++) = dmn_type(l, xml_attr(p, "", "typeRef"), p);
        KID(x, x->n++) = child_expr(l, c);
    }
}

static void load_list(struct dmn_loader *l, const struct xml_node *e, struct dmn_expr *x)
{
    size_t n = 0;
    for (const struct xml_node *c = dmn_first(e); c; c = dmn_after(c)) n++;
    set_kids(l, x, n);
    for (const struct xml_node *c = dmn_first(e); c; c = dmn_after(c))
        if (kind_of(c) != E_NONE) KID(x, x->n++) = dmn_load_expr(l, c);
}

static void load_relation(struct dmn_loader *l, const struct xml_node *e, struct dmn_expr *x)
{
    size_t columns = count(e, "column"), rows = count(e, "row");
    set_kids(l, x, columns * rows > columns ? columns * rows : columns);
    for (const struct xml_node *c = xml_child(e, NULL, "column"); c; c = xml_next(c, NULL, "column")) {
        NAME(x, x->nnames) = dmn_attr(l, c, "name");
        TYPE(x, x->nnames++) = dmn_type(l, xml_attr(c, "", "typeRef"), c);
    }
    for (const struct xml_node *row = xml_child(e, NULL, "row"); row; row = xml_next(row, NULL, "row")) {
        size_t n = 0;
        for (const struct xml_node *c = dmn_first(row); c; c = dmn_after(c)) {
            if (kind_of(c) == E_NONE) continue;
            if (n++ < columns) KID(x, x->n++) = dmn_load_expr(l, c);
        }
        if (n != columns) {
            dmn_problem(l, CODE_DMN_EXPRESSION, row, S("relation"));
            x->n += n < columns ? columns - n : 0; /* missing cells are null */
        }
    }
}

static void load_function(struct dmn_loader *l, const struct xml_node *e, struct dmn_expr *x)
{
    set_kids(l, x, count(e, "formalParameter") + 1);
    for (const struct xml_node *c = xml_child(e, NULL, "formalParameter"); c;
         c = xml_next(c, NULL, "formalParameter")) {
        NAME(x, x->nnames) = dmn_attr(l, c, "name");
        TYPE(x, x->nnames++) = dmn_type(l, xml_attr(c, "", "typeRef"), c);
    }
    x->external = slice_is(xml_attr(e, "", "kind"), "Java");
    x->n = 1;
    KID(x, 0) = child_expr(l, e);
}

/* conditional, filter, for, some, every: fixed parts by name. */
static void load_parts(struct dmn_loader *l, const struct xml_node *e, struct dmn_expr *x, const char *const *parts,
                       size_t n)
{
    set_kids(l, x, n);
    for (size_t i = 0; i < n; i++) {
        const struct xml_node *part = xml_child(e, NULL, parts[i]);
        if (part) KID(x, i) = child_expr(l, part);
    }
    x->n = n;
    NAME(x, 0) = dmn_attr(l, e, "iteratorVariable");
    x->nnames = NAME(x, 0).n ? 1 : 0;
}

const struct dmn_expr *dmn_load_expr(struct dmn_loader *l, const struct xml_node *e)
{
    static const char *const conditional[] = {"if", "then", "else"}, *const filter[] = {"in", "match"},
                             *const loop[] = {"in", "return"}, *const quantified[] = {"in", "satisfies"};
    struct dmn_expr *x = NEW(l->a, struct dmn_expr);
    x->kind = kind_of(e);
    x->id = xml_attr(e, "", "id");
    x->line = e->line;
    x->type = dmn_type(l, xml_attr(e, "", "typeRef"), e);
    if (++l->depth > 50) {
        dmn_limit(l, e);
        x->kind = E_NONE;
    }
    switch (x->kind) {
    case E_NONE: break;
    case E_FEEL: x->feel = dmn_load_feel(l, e, false); break;
    case E_TABLE: x->table = dmn_load_table(l, e); break;
    case E_CONTEXT: load_context(l, e, x); break;
    case E_INVOCATION: load_invocation(l, e, x); break;
    case E_LIST: load_list(l, e, x); break;
    case E_RELATION: load_relation(l, e, x); break;
    case E_FUNCTION: load_function(l, e, x); break;
    case E_IF: load_parts(l, e, x, conditional, 3); break;
    case E_FILTER: load_parts(l, e, x, filter, 2); break;
    case E_FOR: load_parts(l, e, x, loop, 2); break;
    case E_SOME:
    case E_EVERY: load_parts(l, e, x, quantified, 2); break;
    }
    l->depth--;
    return x;
}

static const struct {
    const char *name;
    enum hit_policy policy;
} policies[] = {
    {"UNIQUE", HIT_UNIQUE},   {"FIRST", HIT_FIRST},           {"PRIORITY", HIT_PRIORITY},         {"ANY", HIT_ANY},
    {"COLLECT", HIT_COLLECT}, {"RULE ORDER", HIT_RULE_ORDER}, {"OUTPUT ORDER", HIT_OUTPUT_ORDER}, {"", HIT_UNIQUE}};

static const struct {
    const char *name;
    enum aggregation aggregation;
} aggregations[] = {{"SUM", AGG_SUM}, {"COUNT", AGG_COUNT}, {"MIN", AGG_MIN}, {"MAX", AGG_MAX}, {"", AGG_NONE}};

static void load_policy(struct dmn_loader *l, const struct xml_node *e, struct dmn_table *t)
{
    struct slice policy = xml_attr(e, "", "hitPolicy"), aggregation = xml_attr(e, "", "aggregation");
    bool known = false, known_aggregation = false;
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        if (!slice_is(policy, policies[i].name)) continue;
        t->policy = policies[i].policy;
        known = true;
    }
    for (size_t i = 0; i < sizeof aggregations / sizeof *aggregations; i++) {
        if (!slice_is(aggregation, aggregations[i].name)) continue;
        t->aggregation = aggregations[i].aggregation;
        known_aggregation = true;
    }
    if (!known) dmn_problem(l, CODE_DMN_TABLE, e, policy);
    if (!known_aggregation || (t->aggregation != AGG_NONE && t->policy != HIT_COLLECT))
        dmn_problem(l, CODE_DMN_TABLE, e, aggregation);
}

static void load_columns(struct dmn_loader *l, const struct xml_node *e, struct dmn_table *t)
{
    struct dmn_input *inputs = NEW_ARRAY(l->a, struct dmn_input, count(e, "input") + 1);
    struct dmn_output *outputs = NEW_ARRAY(l->a, struct dmn_output, count(e, "output") + 1);
    for (const struct xml_node *c = xml_child(e, NULL, "input"); c; c = xml_next(c, NULL, "input")) {
        const struct xml_node *x = xml_child(c, NULL, "inputExpression"), *allowed = xml_child(c, NULL, "inputValues");
        struct dmn_input *in = &inputs[t->ninputs++];
        *in = (struct dmn_input){.id = xml_attr(c, "", "id"), .line = c->line};
        if (x) {
            in->expression = dmn_load_feel(l, x, false);
            in->type = dmn_type(l, xml_attr(x, "", "typeRef"), x);
            if (xml_child(x, NULL, "text")) in->text = slice_trim(xml_text(l->a, xml_child(x, NULL, "text")));
        }
        if (in->expression == NULL && !l->options->lenient) dmn_problem(l, CODE_DMN_TABLE, c, S("inputExpression"));
        if (allowed) in->allowed = dmn_load_feel(l, allowed, true);
    }
    for (const struct xml_node *c = xml_child(e, NULL, "output"); c; c = xml_next(c, NULL, "output")) {
        const struct xml_node *allowed = xml_child(c, NULL, "outputValues"),
                              *dflt = xml_child(c, NULL, "defaultOutputEntry");
        struct dmn_output *o = &outputs[t->noutputs++];
        *o = (struct dmn_output){.id = xml_attr(c, "", "id"), .name = dmn_attr(l, c, "name")};
        o->type = dmn_type(l, xml_attr(c, "", "typeRef"), c);
        if (allowed) o->allowed = dmn_load_feel(l, allowed, true);
        if (dflt) o->dflt = dmn_load_feel(l, dflt, false);
    }
    t->inputs = inputs;
    t->outputs = outputs;
    if (t->noutputs == 0) dmn_problem(l, CODE_DMN_TABLE, e, S("output"));
}

static void load_rule(struct dmn_loader *l, const struct xml_node *e, const struct dmn_table *t, struct dmn_rule *r)
{
    const struct feel **tests = arena_zalloc(l->a, t->ninputs + 1, sizeof(const struct feel *));
    const struct feel **outputs = arena_zalloc(l->a, t->noutputs + 1, sizeof(const struct feel *));
    size_t i = 0, o = 0;
    for (const struct xml_node *c = xml_child(e, NULL, "inputEntry"); c; c = xml_next(c, NULL, "inputEntry"), i++)
        if (i < t->ninputs) tests[i] = dmn_load_feel(l, c, true);
    for (const struct xml_node *c = xml_child(e, NULL, "outputEntry"); c; c = xml_next(c, NULL, "outputEntry"), o++)
        if (o < t->noutputs) outputs[o] = dmn_load_feel(l, c, false);
    if (i != t->ninputs || o != t->noutputs) dmn_problem(l, CODE_DMN_TABLE, e, arena_printf(l->a, "%zu/%zu", i, o));
    *r = (struct dmn_rule){.id = xml_attr(e, "", "id"),
                           .words = dmn_load_words(l, e),
                           .line = e->line,
                           .tests = tests,
                           .outputs = outputs};
}

const struct dmn_table *dmn_load_table(struct dmn_loader *l, const struct xml_node *e)
{
    struct dmn_table *t = NEW(l->a, struct dmn_table);
    t->id = xml_attr(e, "", "id");
    t->line = e->line;
    load_policy(l, e, t);
    load_columns(l, e, t);
    struct dmn_rule *rules = NEW_ARRAY(l->a, struct dmn_rule, count(e, "rule") + 1);
    for (const struct xml_node *c = xml_child(e, NULL, "rule"); c; c = xml_next(c, NULL, "rule"))
        load_rule(l, c, t, &rules[t->nrules++]);
    t->rules = rules;
    if (!l->options->scan) t->index = dmn_index_new(l->a, t);
    return t;
}
