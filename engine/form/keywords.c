/* The keywords: which vocabulary each belongs to, whether it holds subschemas, and how its value is checked and kept. */
#include <stddef.h>
#include <stdlib.h>

#include "engine/form/compile.h"
#include "engine/form/format.h"
#include "engine/form/pattern.h"

#define AT(n, k, T) ((T *)(void *)((char *)(n) + (k)->offset))

static struct slice name_of(const struct keyword *k)
{
    return slice_cstr(k->name);
}

/* ---- assertions (V 6) ---- */

static unsigned type_bit(struct slice s)
{
    static const struct {
        const char *name;
        unsigned bit;
    } types[] = {{"null", TYPE_NULL},   {"boolean", TYPE_BOOL},  {"number", TYPE_NUMBER},  {"string", TYPE_STRING},
                 {"array", TYPE_ARRAY}, {"object", TYPE_OBJECT}, {"integer", TYPE_INTEGER}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (slice_is(s, types[i].name)) return types[i].bit;
    return 0;
}

static void compile_type(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    const struct json *const *items = v->type == JSON_ARRAY ? v->items : &v;
    size_t count = v->type == JSON_ARRAY ? v->n : 1;
    for (size_t i = 0; i < count; i++) {
        unsigned bit = items[i]->type == JSON_STRING ? type_bit(items[i]->text) : 0;
        if (bit == 0) {
            schema_bad_value(c, n, name_of(k), "类型名（null、boolean、number、integer、string、array、object）",
                             "a type (null, boolean, number, integer, string, array, object)");
            return;
        }
        n->types |= bit;
    }
    if (count == 0) schema_bad_value(c, n, name_of(k), "至少一个类型", "at least one type");
}

static void compile_enum(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    if (v->type == JSON_ARRAY)
        n->enumeration = v;
    else
        schema_bad_value(c, n, name_of(k), "数组", "an array");
}

static void compile_const(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    (void)c;
    (void)k;
    n->constant = v;
}

static void compile_bound(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    if (v->type != JSON_NUMBER) {
        schema_bad_value(c, n, name_of(k), "数", "a number");
        return;
    }
    *AT(n, k, struct bound) = (struct bound){true, exact_of(c->a, v->text), v->text};
}

static void compile_multiple(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    compile_bound(c, n, k, v);
    const struct exact *d = &n->multiple.value;
    if (n->multiple.set && (d->negative || d->digits.n == 0 || d->digits.n > EXACT_DIVISOR_DIGITS)) {
        n->multiple.set = false;
        schema_bad_value(c, n, name_of(k), "正数，至多 18 位有效数字", "a positive number of at most 18 digits");
    }
}

static void compile_count(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    int64_t count;
    if (json_is_int(v, &count) && count >= 0)
        *AT(n, k, size_t) = (size_t)count;
    else
        schema_bad_value(c, n, name_of(k), "非负整数", "a whole number, 0 or more");
}

static void compile_pattern(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    struct slice why;
    if (v->type != JSON_STRING) {
        schema_bad_value(c, n, name_of(k), "正则表达式", "a regular expression");
        return;
    }
    n->pattern = pattern_new(c->a, v->text, &why);
    if (!n->pattern)
        schema_problem(c, fail(c->a, CODE_SCHEMA_PATTERN, schema_place(c, n, name_of(k)), "value",
                               slice_sub(v->text, 0, 200), "detail", why, NULL));
}

static void compile_format(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    if (v->type != JSON_STRING) {
        schema_bad_value(c, n, name_of(k), "格式名", "the name of a format");
        return;
    }
    if (c->options->assert_format || (n->resource->vocabulary & VOCAB_FORMAT)) n->format = format_find(v->text);
    if (c->options->forms && !format_find(v->text))
        schema_bad_value(c, n, name_of(k), "已知的格式", "a format that is known here");
}

static void compile_unique(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    if (v->type == JSON_BOOL)
        n->unique = v->boolean;
    else
        schema_bad_value(c, n, name_of(k), "true 或 false", "true or false");
}

/* An array of strings that differ. */
static bool strings(struct compiler *c, struct node *n, struct slice keyword, const struct json *v,
                    const struct slice **out, size_t *count)
{
    bool good = v->type == JSON_ARRAY;
    struct slice *list = NEW_ARRAY(c->a, struct slice, good ? v->n + 1 : 1);
    for (size_t i = 0; good && i < v->n; i++) {
        good = v->items[i]->type == JSON_STRING;
        list[i] = v->items[i]->text;
    }
    if (!good) schema_bad_value(c, n, keyword, "字符串数组", "an array of strings");
    *out = list;
    *count = good ? v->n : 0;
    return good;
}

static void compile_required(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    strings(c, n, name_of(k), v, &n->required, &n->nrequired);
}

/* ---- members by key ---- */

/* By key; glibc's qsort_r carries the list. */
static int by_key(const void *x, const void *y, void *list)
{
    const struct member *m = list;
    return slice_cmp(m[*(const uint32_t *)x].key, m[*(const uint32_t *)y].key);
}

static void begin_members(struct compiler *c, struct members *m, size_t n)
{
    struct member *old = m->list;
    m->list = NEW_ARRAY(c->a, struct member, m->n + n + 1);
    if (m->n) memcpy(m->list, old, m->n * sizeof *old);
}

static void end_members(struct compiler *c, struct members *m)
{
    m->sorted = NEW_ARRAY(c->a, uint32_t, m->n + 1);
    for (size_t i = 0; i < m->n; i++) m->sorted[i] = (uint32_t)i;
    qsort_r(m->sorted, m->n, sizeof *m->sorted, by_key, m->list);
}

const struct member *members_find(const struct members *m, struct slice key)
{
    size_t low = 0, high = m->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = slice_cmp(m->list[m->sorted[middle]].key, key);
        if (order == 0) return &m->list[m->sorted[middle]];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool is_object(struct compiler *c, const struct node *n, const struct keyword *k, const struct json *v)
{
    if (v->type == JSON_OBJECT) return true;
    schema_bad_value(c, n, name_of(k), "对象", "an object");
    return false;
}

/* properties, dependentSchemas */
static void compile_members(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    if (!is_object(c, n, k, v)) return;
    struct members *m = AT(n, k, struct members);
    begin_members(c, m, v->n);
    for (size_t i = 0; i < v->n; i++)
        m->list[m->n++] = (struct member){v->keys[i], schema_use(c, n, name_of(k), v->items[i]), NULL, 0};
    end_members(c, m);
}

static void compile_properties(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    compile_members(c, n, k, v);
    for (size_t i = 0; v->type == JSON_OBJECT && i < v->n; i++) {
        struct node *p = v->items[i]->type == JSON_OBJECT ? schema_node(c, v->items[i]) : NULL;
        if (p) p->in_field = true;
    }
}

static void compile_dependent_required(struct compiler *c, struct node *n, const struct keyword *k,
                                       const struct json *v)
{
    if (!is_object(c, n, k, v)) return;
    struct members *m = &n->dependent_required;
    begin_members(c, m, v->n);
    for (size_t i = 0; i < v->n; i++) {
        struct member *x = &m->list[m->n];
        x->key = v->keys[i];
        if (strings(c, n, name_of(k), v->items[i], &x->names, &x->nnames)) m->n++;
    }
    end_members(c, m);
}

/* dependencies, of earlier drafts: each member is either of the two */
static void compile_dependencies(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    if (!is_object(c, n, k, v)) return;
    begin_members(c, &n->dependent_required, v->n);
    begin_members(c, &n->dependent_schemas, v->n);
    for (size_t i = 0; i < v->n; i++) {
        struct members *m = v->items[i]->type == JSON_ARRAY ? &n->dependent_required : &n->dependent_schemas;
        struct member *x = &m->list[m->n];
        *x = (struct member){v->keys[i], NULL, NULL, 0};
        if (m == &n->dependent_schemas)
            x->node = schema_use(c, n, name_of(k), v->items[i]);
        else if (!strings(c, n, name_of(k), v->items[i], &x->names, &x->nnames))
            continue;
        m->n++;
    }
    end_members(c, &n->dependent_required);
    end_members(c, &n->dependent_schemas);
}

static void compile_pattern_members(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    if (!is_object(c, n, k, v)) return;
    n->patterns = NEW_ARRAY(c->a, struct pattern_member, v->n + 1);
    for (size_t i = 0; i < v->n; i++) {
        struct slice why;
        struct pattern_member *p = &n->patterns[n->npatterns];
        p->pattern = pattern_new(c->a, v->keys[i], &why);
        p->node = schema_use(c, n, name_of(k), v->items[i]);
        if (p->pattern)
            n->npatterns++;
        else
            schema_problem(c, fail(c->a, CODE_SCHEMA_PATTERN, schema_place(c, n, name_of(k)), "value",
                                   slice_sub(v->keys[i], 0, 200), "detail", why, NULL));
    }
}

/* ---- subschemas (C 10, 11) ---- */

static void compile_one(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    *AT(n, k, const struct node *) = schema_use(c, n, name_of(k), v);
    if (k->offset == offsetof(struct node, unevaluated_items) ||
        k->offset == offsetof(struct node, unevaluated_members))
        c->schema->tracks = true;
}

static void compile_items(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    compile_one(c, n, k, v);
    struct node *p = v->type == JSON_OBJECT ? schema_node(c, v) : NULL;
    if (p) p->in_field = true;
}

static void compile_list(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    if (v->type != JSON_ARRAY || v->n == 0) {
        schema_bad_value(c, n, name_of(k), "非空数组", "an array that is not empty");
        return;
    }
    struct node_list *list = AT(n, k, struct node_list);
    list->items = NEW_ARRAY(c->a, const struct node *, v->n);
    for (size_t i = 0; i < v->n; i++) list->items[list->n++] = schema_use(c, n, name_of(k), v->items[i]);
    for (size_t i = 0; k->offset == offsetof(struct node, prefix) && i < v->n; i++) {
        struct node *p = v->items[i]->type == JSON_OBJECT ? schema_node(c, v->items[i]) : NULL;
        if (p) p->in_field = true;
    }
}

static void compile_reference(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    struct target t;
    if (v->type != JSON_STRING) {
        schema_bad_value(c, n, name_of(k), "URI 引用", "a URI reference");
        return;
    }
    if (!schema_resolve_reference(c, n, name_of(k), v->text, &t)) return;
    *AT(n, k, const struct node *) = t.node;
    if (k->offset == offsetof(struct node, dynamic_ref)) n->dynamic_anchor = t.dynamic;
}

/* Definitions are used when something refers to them; in a form each must be good all the same. */
static void compile_definitions(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    if (!is_object(c, n, k, v)) return;
    for (size_t i = 0; i < v->n; i++) schema_use(c, n, name_of(k), v->items[i]);
}

static void ignore(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    (void)c;
    (void)n;
    (void)k;
    (void)v;
}

#define OF(member) offsetof(struct node, member)
static const struct keyword keywords[] = {
    {"type", VOCAB_VALIDATION, SHAPE_NONE, compile_type, 0},
    {"enum", VOCAB_VALIDATION, SHAPE_NONE, compile_enum, 0},
    {"const", VOCAB_VALIDATION, SHAPE_NONE, compile_const, 0},
    {"minimum", VOCAB_VALIDATION, SHAPE_NONE, compile_bound, OF(minimum)},
    {"maximum", VOCAB_VALIDATION, SHAPE_NONE, compile_bound, OF(maximum)},
    {"exclusiveMinimum", VOCAB_VALIDATION, SHAPE_NONE, compile_bound, OF(above)},
    {"exclusiveMaximum", VOCAB_VALIDATION, SHAPE_NONE, compile_bound, OF(below)},
    {"multipleOf", VOCAB_VALIDATION, SHAPE_NONE, compile_multiple, OF(multiple)},
    {"minLength", VOCAB_VALIDATION, SHAPE_NONE, compile_count, OF(min_length)},
    {"maxLength", VOCAB_VALIDATION, SHAPE_NONE, compile_count, OF(max_length)},
    {"pattern", VOCAB_VALIDATION, SHAPE_NONE, compile_pattern, 0},
    {"format", VOCAB_CORE, SHAPE_NONE, compile_format, 0},
    {"minItems", VOCAB_VALIDATION, SHAPE_NONE, compile_count, OF(min_items)},
    {"maxItems", VOCAB_VALIDATION, SHAPE_NONE, compile_count, OF(max_items)},
    {"uniqueItems", VOCAB_VALIDATION, SHAPE_NONE, compile_unique, 0},
    {"minContains", VOCAB_VALIDATION, SHAPE_NONE, compile_count, OF(min_contains)},
    {"maxContains", VOCAB_VALIDATION, SHAPE_NONE, compile_count, OF(max_contains)},
    {"minProperties", VOCAB_VALIDATION, SHAPE_NONE, compile_count, OF(min_members)},
    {"maxProperties", VOCAB_VALIDATION, SHAPE_NONE, compile_count, OF(max_members)},
    {"required", VOCAB_VALIDATION, SHAPE_NONE, compile_required, 0},
    {"dependentRequired", VOCAB_VALIDATION, SHAPE_NONE, compile_dependent_required, 0},
    {"dependencies", VOCAB_APPLICATOR, SHAPE_MAP, compile_dependencies, 0},
    {"properties", VOCAB_APPLICATOR, SHAPE_MAP, compile_properties, OF(properties)},
    {"patternProperties", VOCAB_APPLICATOR, SHAPE_MAP, compile_pattern_members, 0},
    {"additionalProperties", VOCAB_APPLICATOR, SHAPE_ONE, compile_one, OF(additional)},
    {"propertyNames", VOCAB_APPLICATOR, SHAPE_ONE, compile_one, OF(names)},
    {"dependentSchemas", VOCAB_APPLICATOR, SHAPE_MAP, compile_members, OF(dependent_schemas)},
    {"prefixItems", VOCAB_APPLICATOR, SHAPE_LIST, compile_list, OF(prefix)},
    {"items", VOCAB_APPLICATOR, SHAPE_ONE, compile_items, OF(items)},
    {"contains", VOCAB_APPLICATOR, SHAPE_ONE, compile_one, OF(contains)},
    {"allOf", VOCAB_APPLICATOR, SHAPE_LIST, compile_list, OF(all_of)},
    {"anyOf", VOCAB_APPLICATOR, SHAPE_LIST, compile_list, OF(any_of)},
    {"oneOf", VOCAB_APPLICATOR, SHAPE_LIST, compile_list, OF(one_of)},
    {"not", VOCAB_APPLICATOR, SHAPE_ONE, compile_one, OF(not_)},
    {"if", VOCAB_APPLICATOR, SHAPE_ONE, compile_one, OF(if_)},
    {"then", VOCAB_APPLICATOR, SHAPE_ONE, compile_one, OF(then_)},
    {"else", VOCAB_APPLICATOR, SHAPE_ONE, compile_one, OF(else_)},
    {"unevaluatedItems", VOCAB_UNEVALUATED, SHAPE_ONE, compile_one, OF(unevaluated_items)},
    {"unevaluatedProperties", VOCAB_UNEVALUATED, SHAPE_ONE, compile_one, OF(unevaluated_members)},
    {"$ref", VOCAB_CORE, SHAPE_NONE, compile_reference, OF(ref)},
    {"$dynamicRef", VOCAB_CORE, SHAPE_NONE, compile_reference, OF(dynamic_ref)},
    {"$defs", VOCAB_CORE, SHAPE_MAP, compile_definitions, 0},
    {"definitions", VOCAB_CORE, SHAPE_MAP, compile_definitions, 0},
    {"title", VOCAB_CORE, SHAPE_NONE, field_title, OF(field.title)},
    {"description", VOCAB_CORE, SHAPE_NONE, field_title, OF(field.description)},
    {"x-identifier", VOCAB_CORE, SHAPE_NONE, field_identifier, 0},
    {"x-prefill", VOCAB_CORE, SHAPE_NONE, field_prefill, 0},
    {"x-visible", VOCAB_CORE, SHAPE_NONE, field_visible, 0},
    {"x-attachment", VOCAB_CORE, SHAPE_NONE, field_attachment, 0},
    {"x-personal", VOCAB_CORE, SHAPE_NONE, field_flag, OF(field.personal)},
    {"x-readonly", VOCAB_CORE, SHAPE_NONE, field_flag, OF(field.readonly)},
    {"x-group", VOCAB_CORE, SHAPE_NONE, field_group, 0},
    {"$schema", VOCAB_CORE, SHAPE_NONE, ignore, 0},
    {"$id", VOCAB_CORE, SHAPE_NONE, ignore, 0},
    {"$anchor", VOCAB_CORE, SHAPE_NONE, ignore, 0},
    {"$dynamicAnchor", VOCAB_CORE, SHAPE_NONE, ignore, 0},
    {"$vocabulary", VOCAB_CORE, SHAPE_NONE, ignore, 0},
    {"$comment", VOCAB_CORE, SHAPE_NONE, ignore, 0},
    {"default", VOCAB_CORE, SHAPE_NONE, ignore, 0},
    {"examples", VOCAB_CORE, SHAPE_NONE, ignore, 0},
    {"deprecated", VOCAB_CORE, SHAPE_NONE, ignore, 0},
    {"readOnly", VOCAB_CORE, SHAPE_NONE, ignore, 0},
    {"writeOnly", VOCAB_CORE, SHAPE_NONE, ignore, 0},
    {"contentMediaType", VOCAB_CORE, SHAPE_NONE, ignore, 0},
    {"contentEncoding", VOCAB_CORE, SHAPE_NONE, ignore, 0},
    {"contentSchema", VOCAB_CORE, SHAPE_ONE, ignore, 0},
};

const struct keyword *keyword_find(struct slice name)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (slice_is(name, keywords[i].name)) return &keywords[i];
    return NULL;
}
