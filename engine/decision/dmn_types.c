/* Item definitions (7.3.2). */
#include "engine/decision/dmn_model.h"

static const struct type *lookup(struct dmn_loader *l, struct slice name);

static struct named_type *find_named(struct dmn *d, struct slice name)
{
    for (size_t i = 0; i < d->ntypes; i++)
        if (slice_eq(d->types[i].name, name)) return &d->types[i];
    return NULL;
}

/* isCollection and allowed values around the type of one item. */
static void finish(struct dmn_loader *l, const struct xml_node *e, struct type *t, struct type one)
{
    const struct xml_node *allowed = xml_child(e, NULL, "allowedValues"),
                          *constraint = xml_child(e, NULL, "typeConstraint");
    if (allowed == NULL) allowed = constraint;
    if (allowed) one.allowed = dmn_load_feel(l, allowed, true);
    one.name = dmn_attr(l, e, "name");
    if (!slice_is(xml_attr(e, "", "isCollection"), "true")) {
        *t = one;
        return;
    }
    struct type *item = NEW(l->a, struct type);
    *item = one;
    *t = (struct type){.kind = T_LIST, .item = item, .name = one.name};
}

static void fill(struct dmn_loader *l, const struct xml_node *e, struct type *t);

static struct type components(struct dmn_loader *l, const struct xml_node *e)
{
    struct type t = {.kind = T_CONTEXT};
    size_t n = 0;
    for (const struct xml_node *c = xml_child(e, NULL, "itemComponent"); c; c = xml_next(c, NULL, "itemComponent")) n++;
    struct slice *names = NEW_ARRAY(l->a, struct slice, n + 1);
    const struct type **types = arena_zalloc(l->a, n + 1, sizeof(const struct type *));
    for (const struct xml_node *c = xml_child(e, NULL, "itemComponent"); c; c = xml_next(c, NULL, "itemComponent")) {
        struct type *field = NEW(l->a, struct type);
        fill(l, c, field);
        names[t.n] = dmn_attr(l, c, "name");
        types[t.n++] = field;
    }
    t.names = names;
    t.types = types;
    return t;
}

static struct type function_item(struct dmn_loader *l, const struct xml_node *e)
{
    struct type t = {.kind = T_FUNCTION};
    struct slice returned = xml_attr(e, "", "outputTypeRef");
    size_t n = 0;
    for (const struct xml_node *p = xml_child(e, NULL, "parameters"); p; p = xml_next(p, NULL, "parameters")) n++;
    const struct type **types = arena_zalloc(l->a, n + 1, sizeof(const struct type *));
    for (const struct xml_node *p = xml_child(e, NULL, "parameters"); p; p = xml_next(p, NULL, "parameters"))
        types[t.n++] = dmn_type(l, xml_attr(p, "", "typeRef"), p);
    t.types = types;
    if (returned.p) t.item = dmn_type(l, returned, e);
    return t;
}

static void fill(struct dmn_loader *l, const struct xml_node *e, struct type *t)
{
    const struct xml_node *ref = xml_child(e, NULL, "typeRef"), *function = xml_child(e, NULL, "functionItem");
    struct type one = {.kind = T_ANY};
    if (++l->depth > 100) {
        dmn_limit(l, e);
    } else if (xml_child(e, NULL, "itemComponent")) {
        one = components(l, e);
    } else if (function) {
        one = function_item(l, function);
    } else if (ref) {
        const struct type *base = dmn_type(l, slice_trim(xml_text(l->a, ref)), ref);
        if (base) {
            one = *base;
            one.base = base->allowed ? base : base->base;
            one.allowed = NULL;
        }
    }
    l->depth--;
    finish(l, e, t, one);
}

static const struct type *lookup(struct dmn_loader *l, struct slice name)
{
    struct named_type *own = find_named(l->model, name);
    if (own) {
        if (own->state == 0) {
            own->state = 1;
            fill(l, own->node, own->type);
            own->state = 2;
        }
        return own->type; /* while being read: a type that holds itself, filled when done */
    }
    for (size_t i = 0; i < l->model->nimports; i++) {
        const struct dmn_import *im = &l->model->imports[i];
        if (slice_starts(name, im->name) && name.n > im->name.n && name.p[im->name.n] == '.') {
            const struct named_type *t =
                find_named((struct dmn *)(uintptr_t)im->model, slice_sub(name, im->name.n + 1, name.n));
            if (t) return t->type;
        }
    }
    return NULL;
}

static const struct type *scope_type(void *ctx, struct slice name)
{
    return lookup(ctx, name);
}

const struct type *dmn_type(struct dmn_loader *l, struct slice name, const struct xml_node *at)
{
    name = slice_trim(name);
    if (name.n == 0) return NULL;
    const struct type *t = lookup(l, name);
    if (t) return t;
    t = type_builtin(name);
    size_t colon = slice_find(name, ':', 0);
    if (t == NULL && colon != SIZE_MAX) { /* a qualified name: "feel:number" of older versions */
        name = slice_sub(name, colon + 1, name.n);
        t = lookup(l, name);
        if (t == NULL) t = type_builtin(name);
    }
    if (t == NULL && !l->options->lenient) dmn_problem(l, CODE_DMN_TYPE, at, name);
    return t;
}

void dmn_load_types(struct dmn_loader *l, const struct xml_node *definitions)
{
    struct dmn *d = l->model;
    size_t n = 0;
    for (const struct xml_node *e = xml_child(definitions, NULL, "itemDefinition"); e;
         e = xml_next(e, NULL, "itemDefinition"))
        n++;
    d->types = NEW_ARRAY(l->a, struct named_type, n + 1);
    for (const struct xml_node *e = xml_child(definitions, NULL, "itemDefinition"); e;
         e = xml_next(e, NULL, "itemDefinition")) {
        struct type *t = NEW(l->a, struct type);
        t->name = dmn_attr(l, e, "name");
        d->types[d->ntypes++] = (struct named_type){.name = t->name, .type = t, .node = e};
    }
    l->scope.type = scope_type;
    l->scope.ctx = l;
    for (size_t i = 0; i < d->ntypes; i++) (void)lookup(l, d->types[i].name);
    for (size_t i = 0; i < d->ntypes; i++) d->types[i].node = NULL;
}
