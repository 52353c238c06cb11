/* Finding and calling built-in functions. */
#include "engine/decision/builtins.h"

static const struct builtin *const tables[] = {builtins_number,   builtins_string,  builtins_list,
                                               builtins_temporal, builtins_context, builtins_range};

const struct builtin *builtin_find(struct slice name)
{
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct builtin *b = tables[t]; b->name; b++)
            if (slice_is(name, b->name)) return b;
    return NULL;
}

const struct slice *builtin_spaced_names(size_t *n)
{
    /* Fixed by the standard: 10.3.4, 10.3.2.3 and the properties of 10.3.2.14. */
    static const struct slice names[] = {{"date and time", 13},
                                         {"days and time duration", 22},
                                         {"years and months duration", 25},
                                         {"time offset", 11},
                                         {"start included", 14},
                                         {"end included", 12},
                                         {"string length", 13},
                                         {"upper case", 10},
                                         {"lower case", 10},
                                         {"substring before", 16},
                                         {"substring after", 15},
                                         {"starts with", 11},
                                         {"ends with", 9},
                                         {"string join", 11},
                                         {"list contains", 13},
                                         {"list replace", 12},
                                         {"insert before", 13},
                                         {"index of", 8},
                                         {"distinct values", 15},
                                         {"round up", 8},
                                         {"round down", 10},
                                         {"round half up", 13},
                                         {"round half down", 15},
                                         {"get value", 9},
                                         {"get entries", 11},
                                         {"context put", 11},
                                         {"context merge", 13},
                                         {"day of year", 11},
                                         {"day of week", 11},
                                         {"month of year", 13},
                                         {"week of year", 12},
                                         {"met by", 6},
                                         {"overlaps before", 15},
                                         {"overlaps after", 14},
                                         {"finished by", 11},
                                         {"started by", 10}};
    *n = sizeof names / sizeof *names;
    return names;
}

/* Position of name in "a,b,c"; -1 when it is not there. */
static int param_index(struct slice params, struct slice name)
{
    struct slice head, rest = params;
    for (int i = 0; rest.n; i++) {
        slice_cut(rest, ',', &head, &rest);
        if (slice_eq(head, name)) return i;
    }
    return -1;
}

/* Order of the named arguments by the first alternative that knows all the names; the count, or -1. */
static int named(const struct builtin *b, const struct value *args, size_t n, const struct slice *names,
                 struct value *out, int *which)
{
    struct slice alternative, rest = slice_cstr(b->params);
    for (*which = 0; rest.n; (*which)++) {
        slice_cut(rest, '|', &alternative, &rest);
        int count = 0; /* of the highest parameter named */
        bool fits = true;
        for (size_t i = 0; i < BUILTIN_ARGS_MAX; i++) out[i] = v_null();
        for (size_t i = 0; i < n && fits; i++) {
            int at = param_index(alternative, names[i]);
            fits = at >= 0 && at < BUILTIN_ARGS_MAX;
            if (!fits) break;
            out[at] = args[i];
            if (at + 1 > count) count = at + 1;
        }
        if (fits) return count;
    }
    return -1;
}

struct value builtin_call(struct machine *m, const struct builtin *b, const struct value *args, size_t n,
                          const struct slice *names)
{
    struct value ordered[BUILTIN_ARGS_MAX];
    m->alternative = -1;
    if (names) {
        int count = n <= BUILTIN_ARGS_MAX ? named(b, args, n, names, ordered, &m->alternative) : -1;
        if (count < 0) return machine_null(m, "%s has no such parameter", b->name);
        args = ordered;
        n = (size_t)count < b->min ? b->min : (size_t)count; /* a name left out is null */
    }
    if (n < b->min || n > b->max) return machine_null(m, "%s takes other arguments", b->name);
    return b->call(m, args, n);
}

struct value arg_single(struct value v)
{
    while (v.type == V_LIST && v.list->n == 1) v = v.list->items[0];
    return v;
}

bool arg_number(struct value v, num *out)
{
    v = arg_single(v);
    *out = v.type == V_NUMBER ? v.number : num_of_int(0);
    return v.type == V_NUMBER;
}

bool arg_int(struct value v, int64_t *out)
{
    num n;
    *out = 0;
    return arg_number(v, &n) && num_int(n, out);
}

bool arg_string(struct value v, struct slice *out)
{
    v = arg_single(v);
    *out = v.type == V_STRING ? v.string : S("");
    return v.type == V_STRING;
}

const struct list *arg_list(struct machine *m, struct value v)
{
    if (v.type == V_LIST) return machine_charge(m, (int64_t)v.list->n) ? v.list : NULL;
    return v.type == V_NULL ? NULL : v_one(m->a, v).list;
}

const struct list *arg_items(struct machine *m, const struct value *args, size_t n)
{
    if (n == 1) return arg_list(m, args[0]);
    return machine_charge(m, (int64_t)n) ? v_list(m->a, args, n).list : NULL;
}

struct value arg_mismatch(struct machine *m, const char *function)
{
    return machine_null(m, "%s: an argument has the wrong type or value", function);
}
