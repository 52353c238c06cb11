/* Values as text and as JSON. */
#include "engine/decision/eval.h"
#include "engine/decision/temporal.h"

#define TEXT_MAX ((size_t)1 << 24)
#define TEXT_DEPTH 64

static void put_value(struct buf *b, struct value v, bool nested, int depth);

static void put_context(struct buf *b, const struct context *c, int depth)
{
    buf_putc(b, '{');
    for (size_t i = 0; i < c->n && !b->overflow; i++) {
        if (i) buf_puts(b, ", ");
        buf_put(b, c->keys[i]);
        buf_puts(b, ": ");
        put_value(b, context_at(b->a, c, i), true, depth + 1);
    }
    buf_putc(b, '}');
}

static void put_range(struct buf *b, const struct range *r, int depth)
{
    static const char *const ops[] = {"=", "!=", "<", "<=", ">", ">="};
    if (r->unary) {
        buf_printf(b, "(%s ", ops[r->op]);
        put_value(b, r->op == CMP_GT || r->op == CMP_GE ? r->low : r->high, true, depth + 1);
        buf_putc(b, ')');
        return;
    }
    buf_putc(b, r->low_closed ? '[' : '(');
    put_value(b, r->low, true, depth + 1);
    buf_puts(b, " .. ");
    put_value(b, r->high, true, depth + 1);
    buf_putc(b, r->high_closed ? ']' : ')');
}

static void put_quoted(struct buf *b, struct slice s)
{
    buf_putc(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\') buf_putc(b, '\\');
        buf_putc(b, s.p[i]);
    }
    buf_putc(b, '"');
}

static void put_value(struct buf *b, struct value v, bool nested, int depth)
{
    if (depth > TEXT_DEPTH) {
        buf_puts(b, "…");
        return;
    }
    switch (v.type) {
    case V_NULL: buf_puts(b, "null"); break;
    case V_BOOL: buf_puts(b, v.boolean ? "true" : "false"); break;
    case V_NUMBER: buf_put(b, num_text(b->a, v.number)); break;
    case V_STRING:
        if (nested)
            put_quoted(b, v.string);
        else
            buf_put(b, v.string);
        break;
    case V_DATE:
    case V_TIME:
    case V_DATETIME: buf_put(b, temporal_text(b->a, v.type, v.temporal)); break;
    case V_DAYTIME:
    case V_YEARMONTH: buf_put(b, duration_text(b->a, v)); break;
    case V_LIST:
        buf_putc(b, '[');
        for (size_t i = 0; i < v.list->n && !b->overflow; i++) {
            if (i) buf_puts(b, ", ");
            put_value(b, v.list->items[i], true, depth + 1);
        }
        buf_putc(b, ']');
        break;
    case V_CONTEXT: put_context(b, v.context, depth); break;
    case V_RANGE: put_range(b, v.range, depth); break;
    case V_FUNCTION: buf_puts(b, "function"); break;
    }
}

bool value_text_within(struct arena *a, struct value v, bool nested, size_t max, struct slice *out)
{
    struct buf b = buf_new(a, max);
    *out = v.string;
    if (v.type == V_STRING && !nested) return true;
    put_value(&b, v, nested, 0);
    *out = buf_slice(&b);
    return !b.overflow;
}

struct slice value_text(struct arena *a, struct value v, bool nested)
{
    struct slice s;
    (void)value_text_within(a, v, nested, TEXT_MAX, &s);
    return s;
}

struct value value_of_json(struct arena *a, const struct json *j)
{
    if (j == NULL) return v_null();
    switch (j->type) {
    case JSON_NULL: return v_null();
    case JSON_BOOL: return v_bool(j->boolean);
    case JSON_STRING: return v_string(j->text);
    case JSON_NUMBER: {
        num n;
        return num_scan(j->text, &n) ? v_number(n) : v_null();
    }
    case JSON_ARRAY: {
        struct value *items = NEW_ARRAY(a, struct value, j->n ? j->n : 1);
        for (size_t i = 0; i < j->n; i++) items[i] = value_of_json(a, j->items[i]);
        return v_list(a, items, j->n);
    }
    case JSON_OBJECT: {
        struct context *c = NEW(a, struct context);
        c->n = j->n;
        c->keys = j->keys;
        c->json = j;
        return (struct value){.type = V_CONTEXT, .context = c};
    }
    }
    return v_null();
}

static const struct json *to_json(struct machine *m, struct value v, int depth)
{
    struct arena *a = m->a;
    if (depth > TEXT_DEPTH - 2) return json_null(); /* what JSON of ours can hold */
    switch (v.type) {
    case V_NULL:
    case V_FUNCTION: return json_null();
    case V_BOOL: return json_of_bool(v.boolean);
    case V_NUMBER: return json_of_number(a, num_text(a, v.number));
    case V_STRING: return json_of_string(a, v.string);
    case V_LIST: {
        struct json_builder b = json_builder(a);
        if (!machine_charge(m, 1 + (int64_t)(v.list->n / 16))) return json_null();
        for (size_t i = 0; i < v.list->n; i++) json_add(&b, to_json(m, v.list->items[i], depth + 1));
        return json_array(&b);
    }
    case V_CONTEXT: {
        if (v.context->json) return v.context->json;
        struct json_builder b = json_builder(a);
        if (!machine_charge(m, 1 + (int64_t)(v.context->n / 16))) return json_null();
        for (size_t i = 0; i < v.context->n; i++)
            json_set_slice(&b, v.context->keys[i], to_json(m, v.context->values[i], depth + 1));
        return json_object(&b);
    }
    default: return json_of_string(a, value_text(a, v, false));
    }
}

const struct json *value_to_json(struct machine *m, struct value v)
{
    return to_json(m, v, 0);
}
