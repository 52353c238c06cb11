#include "engine/decision/temporal.h"
#include "test/conformance/dmn_tck.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_nil(const struct xml_node *e)
{
    for (size_t i = 0; i < e->nattrs; i++)
        if (slice_is(e->attrs[i].name, "nil") && slice_is(e->attrs[i].value, "true")) return true;
    return false;
}

static struct slice xsi_type(const struct xml_node *e)
{
    for (size_t i = 0; i < e->nattrs; i++) {
        if (!slice_is(e->attrs[i].name, "type")) continue;
        struct slice v = e->attrs[i].value;
        size_t colon = slice_find(v, ':', 0);
        return colon == SIZE_MAX ? v : slice_sub(v, colon + 1, v.n);
    }
    return S("string");
}

static struct value simple(struct arena *a, const struct xml_node *e)
{
    struct slice type = xsi_type(e), text = xml_text(a, e), trimmed = slice_trim(text);
    num n;
    struct temporal t;
    struct value d;
    if (is_nil(e)) return v_null();
    if (slice_is(type, "boolean")) return v_bool(slice_is(trimmed, "true"));
    if (slice_is(type, "decimal") || slice_is(type, "double") || slice_is(type, "integer"))
        return num_scan(trimmed, &n) ? v_number(n) : v_null();
    if (slice_is(type, "date") && temporal_scan_date(trimmed, &t)) return v_temporal(a, V_DATE, &t);
    if (slice_is(type, "time") && temporal_scan_time(trimmed, &t)) return v_temporal(a, V_TIME, &t);
    if (slice_is(type, "dateTime") && temporal_scan_datetime(trimmed, &t)) return v_temporal(a, V_DATETIME, &t);
    if (slice_is(type, "duration") && duration_scan(trimmed, &d)) return d;
    return v_string(text);
}

struct value tck_value(struct arena *a, const struct xml_node *holder)
{
    const struct xml_node *value = xml_child(holder, NULL, "value"), *list = xml_child(holder, NULL, "list"),
                          *component = xml_child(holder, NULL, "component");
    if (value) return simple(a, value);
    if (list) {
        struct values items = {.a = a};
        if (is_nil(list)) return v_null();
        for (const struct xml_node *i = xml_child(list, NULL, "item"); i; i = xml_next(i, NULL, "item"))
            values_add(&items, tck_value(a, i));
        return values_list(&items);
    }
    if (component == NULL) return v_null();
    struct entries e = {.a = a};
    for (; component; component = xml_next(component, NULL, "component"))
        entries_set(&e, xml_attr(component, "", "name"), is_nil(component) ? v_null() : tck_value(a, component));
    return entries_context(&e);
}

const struct context *tck_inputs(struct arena *a, const struct xml_node *test)
{
    struct entries e = {.a = a};
    for (const struct xml_node *i = xml_child(test, NULL, "inputNode"); i; i = xml_next(i, NULL, "inputNode"))
        entries_set(&e, xml_attr(i, "", "name"), tck_value(a, i));
    return entries_context(&e).context;
}

static bool same_number(num x, num y)
{
    num tolerance = num_of_int(0);
    (void)num_scan(S("0.00000001"), &tolerance);
    return num_lt(num_abs(num_sub(x, y)), tolerance);
}

bool tck_same(struct arena *a, struct value want, struct value got)
{
    if (want.type != got.type) return false;
    switch (want.type) {
    case V_NULL: return true;
    case V_NUMBER: return same_number(want.number, got.number);
    case V_LIST:
        if (want.list->n != got.list->n) return false;
        for (size_t i = 0; i < want.list->n; i++)
            if (!tck_same(a, want.list->items[i], got.list->items[i])) return false;
        return true;
    case V_CONTEXT:
        if (want.context->n != got.context->n) return false;
        for (size_t i = 0; i < want.context->n; i++) {
            struct value other;
            if (!context_get(a, got.context, want.context->keys[i], &other) ||
                !tck_same(a, context_at(a, want.context, i), other))
                return false;
        }
        return true;
    default: return slice_eq(value_text(a, want, true), value_text(a, got, true));
    }
}

static bool all_numbers(const struct value *args, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (args[i].type != V_NUMBER) return false;
    return n > 0;
}

static struct value cosine(struct arena *a, num v)
{
    double d = strtod(arena_cstr(a, num_text(a, v)), NULL);
    char text[64];
    num out;
    snprintf(text, sizeof text, "%.17f", cos(d));
    return num_scan(slice_cstr(text), &out) ? v_number(out) : v_null();
}

static struct value format(struct arena *a, struct slice pattern, struct value arg)
{
    size_t at = slice_search(pattern, S("%s"));
    if (at == SIZE_MAX) return v_string(pattern);
    return v_string(arena_printf(a, "%.*s%.*s%.*s", (int)at, pattern.p, SLICE_ARG(value_text(a, arg, false)),
                                 SLICE_ARG(slice_sub(pattern, at + 2, pattern.n))));
}

struct value tck_external(struct machine *m, const struct function *f, const struct value *args, size_t n)
{
    bool math = slice_is(f->class_name, "java.lang.Math"), string = slice_is(f->class_name, "java.lang.String");
    bool takes_text = slice_search(f->signature, S("java.lang.String)")) != SIZE_MAX;
    num v;
    if (math && slice_starts(f->signature, S("cos(")) && n == 1 && all_numbers(args, n))
        return cosine(m->a, args[0].number);
    if (math && slice_starts(f->signature, S("max(")) && !takes_text && n == 2 && all_numbers(args, n))
        return num_lt(args[0].number, args[1].number) ? args[1] : args[0];
    if (string && slice_starts(f->signature, S("format(")) && n == 2 && args[0].type == V_STRING)
        return format(m->a, args[0].string, args[1]);
    if (string && slice_is(f->signature, "valueOf(char)") && n == 1 && args[0].type == V_STRING &&
        slice_codepoints(args[0].string) == 1)
        return args[0];
    static const char *const numeric[] = {"java.lang.Byte", "java.lang.Short", "java.lang.Integer", "java.lang.Float",
                                          "java.lang.Double"};
    for (size_t i = 0; i < sizeof numeric / sizeof *numeric; i++) {
        if (!slice_is(f->class_name, numeric[i]) || !slice_starts(f->signature, S("valueOf(")) || n != 1) continue;
        if (takes_text && args[0].type == V_STRING && num_scan(args[0].string, &v)) return v_number(v);
        if (!takes_text && args[0].type == V_NUMBER) return args[0];
    }
    return v_null();
}
