#include "engine/simulation/simulation.h"

enum { DEPTH = 12 };

struct sampling {
    struct arena *a;
    const struct json *root;
    bool all;
};

static const struct json *sample(const struct sampling *s, const struct json *schema, int depth);

static bool is_required(const struct json *schema, struct slice name)
{
    const struct json *list = json_get(schema, "required");
    for (size_t i = 0; list && list->type == JSON_ARRAY && i < list->n; i++)
        if (slice_eq(list->items[i]->text, name)) return true;
    return false;
}

static const struct json *of_object(const struct sampling *s, const struct json *schema, int depth)
{
    struct json_builder b = json_builder(s->a);
    const struct json *p = json_get(schema, "properties"), *all = json_get(schema, "allOf");
    for (size_t i = 0; p && p->type == JSON_OBJECT && i < p->n; i++)
        if (s->all || is_required(schema, p->keys[i]))
            json_set_slice(&b, p->keys[i], sample(s, p->items[i], depth + 1));
    const struct json *out = json_object(&b);
    for (size_t i = 0; all && all->type == JSON_ARRAY && i < all->n; i++) {
        const struct json *part = sample(s, all->items[i], depth + 1);
        if (part->type == JSON_OBJECT) out = json_merge(s->a, out, part);
    }
    return out;
}

static const struct json *of_array(const struct sampling *s, const struct json *schema, int depth)
{
    struct json_builder b = json_builder(s->a);
    int64_t n = json_int(schema, "minItems", 0);
    for (int64_t i = 0; i < n && i < 16; i++) json_add(&b, sample(s, json_get(schema, "items"), depth + 1));
    return json_array(&b);
}

static const struct json *of_text(const struct sampling *s, const struct json *schema)
{
    static const struct {
        const char *format, *text;
    } FORMATS[] = {{"date", "2021-01-04"},
                   {"date-time", "2021-01-04T09:00:00+08:00"},
                   {"time", "09:00:00"},
                   {"email", "a@example.org"},
                   {"uri", "https://example.org/"}};
    struct slice format = json_string(schema, "format");
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++)
        if (slice_is(format, FORMATS[i].format)) return json_of_cstr(s->a, FORMATS[i].text);
    int64_t n = json_int(schema, "minLength", 1);
    struct buf b = buf_new(s->a, 4096);
    for (int64_t i = 0; i < (n > 0 ? n : 1) && i < 1000; i++) buf_putc(&b, 'x');
    return json_of_string(s->a, buf_slice(&b));
}

static const struct json *of_type(const struct sampling *s, const struct json *schema, struct slice type, int depth)
{
    const struct json *least = json_get(schema, "minimum");
    if (slice_is(type, "object")) return of_object(s, schema, depth);
    if (slice_is(type, "array")) return of_array(s, schema, depth);
    if (slice_is(type, "string")) return of_text(s, schema);
    if (slice_is(type, "boolean")) return json_of_bool(true);
    if (slice_is(type, "integer") || slice_is(type, "number")) return least ? least : json_of_int(s->a, 1);
    return json_null();
}

static const struct json *sample(const struct sampling *s, const struct json *schema, int depth)
{
    if (!schema || schema->type != JSON_OBJECT || depth > DEPTH) return json_null();
    struct slice ref = json_string(schema, "$ref");
    if (ref.n && ref.p[0] == '#') return sample(s, json_pointer(s->root, slice_sub(ref, 1, ref.n)), depth + 1);
    const struct json *given = json_get(schema, "const"), *list = json_get(schema, "enum");
    if (!given) given = json_get(schema, "default");
    if (given) return given;
    if (list && list->type == JSON_ARRAY && list->n) return list->items[0];
    const struct json *one = json_get(schema, "oneOf"), *type = json_get(schema, "type");
    if (!one) one = json_get(schema, "anyOf");
    if (one && one->type == JSON_ARRAY && one->n && !type) return sample(s, one->items[0], depth + 1);
    if (type && type->type == JSON_ARRAY && type->n) type = type->items[0];
    if (type) return of_type(s, schema, type->text, depth);
    return json_get(schema, "properties") || json_get(schema, "allOf") ? of_object(s, schema, depth) : json_null();
}

const struct json *sim_sample(struct arena *a, const struct json *schema, bool all)
{
    struct sampling s = {a, schema, all};
    return sample(&s, schema, 0);
}
