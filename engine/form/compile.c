#include "engine/form/compile.h"

static void compile_node(struct compiler *c, struct node *n)
{
    const struct json *v = n->json;
    for (size_t i = 0; i < v->n; i++) {
        const struct keyword *k = keyword_find(v->keys[i]);
        if (!k) {
            if (c->options->forms)
                schema_problem(c, fail(c->a, CODE_SCHEMA_KEYWORD, schema_place(c, n, S("")), "value",
                                       slice_sub(v->keys[i], 0, 100), NULL));
            continue;
        }
        if (k->vocabulary & n->resource->vocabulary) k->compile(c, n, k, v->items[i]);
    }
}

/* What is true of a form as a whole. */
static void check_form(struct compiler *c)
{
    const struct node *root = c->schema->root;
    if (root->always || root->never || root->types != TYPE_OBJECT)
        schema_problem(c, fail(c->a, CODE_SCHEMA_FORM, schema_place(c, root, S("")), "detail_zh",
                               S("表单的类型须为 object"), "detail_en", S("a form must be of type object"), NULL));
    for (size_t i = 0; i < c->queued; i++) {
        struct node *n = c->queue[i];
        if (!n->in_field || n->additional || n->unevaluated_members) continue;
        n->closed = true; /* an unknown field is a mistake, not an extension */
        c->schema->tracks = true;
    }
}

result schema_compile(struct arena *a, const struct json *schema, const struct schema_options *o, struct slice where,
                      const struct schema **out)
{
    struct compiler c = {
        .a = a, .options = o, .where = arena_copy(a, where), .schema = NEW(a, struct schema), .problems = ok()};
    c.always = (struct node){.always = true, .pointer = S("#")};
    c.never = (struct node){.never = true, .pointer = S("#")};
    const struct json *copy = json_copy(a, schema); /* the caller's may live less long */
    if (copy->type != JSON_OBJECT && copy->type != JSON_BOOL)
        return fail(a, CODE_SCHEMA_VALUE, c.where, "value", S("#"), "expected_zh", S("对象或布尔值"), "expected_en",
                    S("an object or a boolean"), NULL);
    struct compiler *shared = NEW(a, struct compiler); /* nodes for true and false are pointed to from the schema */
    *shared = c;
    struct resource *r = schema_document(shared, copy, S("schema:/"));
    const struct node *root = r->root;
    c.schema->root = root;
    if (root->json) {
        ((struct node *)(uintptr_t)root)->in_field = true;
        schema_use(shared, root, S(""), copy);
    }
    while (shared->compiled < shared->queued) compile_node(shared, shared->queue[shared->compiled++]);
    if (o->forms) check_form(shared);
    c.schema->forms = o->forms;
    if (failed(shared->problems)) return shared->problems;
    if (o->forms) field_lists(shared);
    *out = c.schema;
    return ok();
}
