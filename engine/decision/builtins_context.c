/* 10.3.4.10 context functions, and is() of 10.3.4.9. */
#include "engine/decision/builtins.h"
#include "engine/decision/temporal.h"

static struct value f_get_value(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    struct value v;
    struct slice key;
    if (args[0].type != V_CONTEXT || !arg_string(args[1], &key)) return arg_mismatch(m, "get value");
    return context_get(m->a, args[0].context, key, &v) ? v
                                                       : machine_null(m, "get value: no entry %.*s", SLICE_ARG(key));
}

static struct value f_get_entries(struct machine *m, const struct value *args, size_t n)
{
    static const struct slice names[] = {{"key", 3}, {"value", 5}};
    (void)n;
    if (args[0].type != V_CONTEXT) return arg_mismatch(m, "get entries");
    const struct context *c = args[0].context;
    struct values out = {.a = m->a};
    if (!machine_charge(m, (int64_t)c->n)) return v_null();
    for (size_t i = 0; i < c->n; i++) {
        struct value *pair = arena_alloc(m->a, 2 * sizeof *pair);
        pair[0] = v_string(c->keys[i]);
        pair[1] = context_at(m->a, c, i);
        struct context *entry = NEW(m->a, struct context);
        *entry = (struct context){.n = 2, .keys = names, .values = pair};
        values_add(&out, (struct value){.type = V_CONTEXT, .context = entry});
    }
    return values_list(&out);
}

/* JSON's keys, into which contexts turn, hold no zero byte. */
static bool good_key(struct value v)
{
    return v.type == V_STRING && slice_find(v.string, '\0', 0) == SIZE_MAX;
}

static struct value f_context(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    const struct list *l = arg_list(m, args[0]);
    struct entries e = {.a = m->a};
    if (l == NULL) return arg_mismatch(m, "context");
    for (size_t i = 0; i < l->n; i++) {
        struct value key, v;
        if (l->items[i].type != V_CONTEXT || !context_get(m->a, l->items[i].context, S("key"), &key) ||
            !good_key(key) || !context_get(m->a, l->items[i].context, S("value"), &v))
            return arg_mismatch(m, "context");
        size_t before = e.n;
        if (!machine_charge(m, 1 + (int64_t)e.n / 16)) return v_null();
        entries_set(&e, key.string, v);
        if (e.n == before) return machine_null(m, "context: key %.*s twice", SLICE_ARG(key.string));
    }
    return entries_context(&e);
}

static bool copy_entries(struct machine *m, struct entries *to, const struct context *c)
{
    if (!machine_charge(m, 1 + (int64_t)(c->n + c->n * to->n / 64))) return false;
    for (size_t i = 0; i < c->n; i++) entries_set(to, c->keys[i], context_at(m->a, c, i));
    return true;
}

/* Sets the value at the path of keys; all but the last must be there already, and be contexts. */
static struct value put_at(struct machine *m, struct value c, const struct value *keys, size_t n, struct value v)
{
    struct entries e = {.a = m->a};
    if (c.type != V_CONTEXT || !good_key(keys[0]) || !copy_entries(m, &e, c.context))
        return arg_mismatch(m, "context put");
    if (n > 1) {
        struct value inner;
        if (!context_get(m->a, c.context, keys[0].string, &inner)) return arg_mismatch(m, "context put");
        v = put_at(m, inner, keys + 1, n - 1, v);
        if (v.type == V_NULL) return v;
    }
    entries_set(&e, keys[0].string, v);
    return entries_context(&e);
}

static struct value f_context_put(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    if (m->alternative == 0 && args[1].type == V_LIST) return arg_mismatch(m, "context put"); /* named key: one key */
    if (args[1].type != V_LIST) return put_at(m, args[0], &args[1], 1, args[2]);
    const struct list *keys = args[1].list;
    if (keys->n == 0 || keys->n > 50) return arg_mismatch(m, "context put");
    return put_at(m, args[0], keys->items, keys->n, args[2]);
}

static struct value f_context_merge(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    const struct list *l = arg_list(m, args[0]);
    struct entries e = {.a = m->a};
    if (l == NULL) return arg_mismatch(m, "context merge");
    for (size_t i = 0; i < l->n; i++)
        if (l->items[i].type != V_CONTEXT || !copy_entries(m, &e, l->items[i].context))
            return arg_mismatch(m, "context merge");
    return entries_context(&e);
}

/* The same element of the same domain: unlike =, a zone written otherwise differs. */
static struct value f_is(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    struct value x = args[0], y = args[1];
    if (x.type != y.type) return v_bool(false);
    if (x.type == V_TIME || x.type == V_DATETIME) {
        const struct temporal *a = x.temporal, *b = y.temporal;
        return v_bool(temporal_local_seconds(a) == temporal_local_seconds(b) && a->nano == b->nano &&
                      a->zone == b->zone && (a->zone != ZONE_OFFSET || a->offset == b->offset) &&
                      (a->zone != ZONE_NAMED || slice_eq(a->zone_name, b->zone_name)));
    }
    bool known;
    return v_bool(value_equal(m, x, y, &known) && known);
}

const struct builtin builtins_context[] = {
    {"get value", f_get_value, 2, 2, "m,key"},
    {"get entries", f_get_entries, 1, 1, "m"},
    {"context", f_context, 1, 1, "entries"},
    {"context put", f_context_put, 3, 3, "context,key,value|context,keys,value"},
    {"context merge", f_context_merge, 1, 1, "contexts"},
    {"is", f_is, 2, 2, "value1,value2"},
    {0},
};
