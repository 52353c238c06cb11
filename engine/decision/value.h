/* FEEL values (DMN 1.5, 10.3.2). Small, passed by value; what they point to lives in the arena of the
 * definition or of the attempt and is never changed once built. */
#ifndef ENGINE_DECISION_VALUE_H
#define ENGINE_DECISION_VALUE_H

#include "base/json.h"
#include "engine/decision/decimal.h"

__extension__ typedef __int128 wide; /* nanoseconds over two thousand million years need more than 64 bits */

enum value_type {
    V_NULL,
    V_BOOL,
    V_NUMBER,
    V_STRING,
    V_DATE,
    V_TIME,
    V_DATETIME,
    V_DAYTIME,   /* days and time duration */
    V_YEARMONTH, /* years and months duration */
    V_LIST,
    V_CONTEXT,
    V_RANGE,
    V_FUNCTION,
};

struct value {
    enum value_type type;
    union {
        bool boolean;
        num number;
        struct slice string;
        const struct temporal *temporal; /* date, time, date and time */
        wide nanos;                      /* days and time duration */
        int64_t months;                  /* years and months duration */
        const struct list *list;
        const struct context *context;
        const struct range *range;
        const struct function *function;
    };
};

struct list {
    size_t n;
    const struct value *items;
};

/* Entries in order. When json is set, the entries are its members and are converted as they are read. */
struct context {
    size_t n;
    const struct slice *keys;
    const struct value *values;
    const struct json *json;
};

enum compare { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE };

/* [low..high]; a range written (< x) has no low end, which differs from an end that is null. */
struct range {
    bool no_low, no_high, low_closed, high_closed;
    bool unary; /* written with an operator */
    enum compare op;
    struct value low, high;
};

struct machine;
struct frame;
struct node;
struct type;
struct builtin;

enum function_kind { FN_BUILTIN, FN_CLOSURE, FN_NATIVE, FN_EXTERNAL };
struct function {
    enum function_kind kind;
    size_t n; /* parameters */
    const struct slice *params;
    const struct type *const *types; /* may be NULL; items may be NULL: any */
    const struct type *result;       /* may be NULL */
    const struct builtin *builtin;
    const struct node *body;   /* closure */
    const struct frame *frame; /* closure: scope where it was written */
    struct value (*call)(struct machine *m, const void *self, const struct value *args);
    const void *self;
    struct slice class_name, signature; /* external */
};

static inline struct value v_null(void) { return (struct value){.type = V_NULL}; }
static inline struct value v_bool(bool b) { return (struct value){.type = V_BOOL, .boolean = b}; }
static inline struct value v_number(num n) { return (struct value){.type = V_NUMBER, .number = n}; }
static inline struct value v_int(int64_t n) { return v_number(num_of_int(n)); }
static inline struct value v_string(struct slice s) { return (struct value){.type = V_STRING, .string = s}; }
static inline struct value v_months(int64_t n) { return (struct value){.type = V_YEARMONTH, .months = n}; }
static inline struct value v_nanos(wide n) { return (struct value){.type = V_DAYTIME, .nanos = n}; }
static inline bool v_is_true(struct value v) { return v.type == V_BOOL && v.boolean; }
static inline bool v_is_temporal(struct value v)
{
    return v.type == V_DATE || v.type == V_TIME || v.type == V_DATETIME;
}
struct value v_list(struct arena *a, const struct value *items, size_t n); /* keeps the pointer */
struct value v_one(struct arena *a, struct value item);                    /* [item] */

/* Growing lists and contexts. */
struct values {
    struct arena *a;
    size_t n, cap;
    struct value *items;
};
void values_add(struct values *l, struct value v);
struct value values_list(const struct values *l);
struct entries {
    struct arena *a;
    size_t n, cap;
    struct slice *keys;
    struct value *values;
};
void entries_set(struct entries *e, struct slice key, struct value v); /* replaces an entry of that name */
struct value entries_context(const struct entries *e);

/* The i-th value; the entry of that name (false when there is none). */
struct value context_at(struct arena *a, const struct context *c, size_t i);
bool context_get(struct arena *a, const struct context *c, struct slice key, struct value *out);

/* Equality by 10.3.2.13 (deep; takes a step for some of the items). *known is false when the types cannot be compared: FEEL's null. */
bool value_equal(struct machine *m, struct value x, struct value y, bool *known);
/* -1, 0, 1; false when the two have no order. Strings by code points. */
bool value_order(struct value x, struct value y, int *out);
/* x op y as true, false or null. */
struct value value_compare(struct machine *m, enum compare op, struct value x, struct value y);
/* Whether v lies in the range: true, false or null. */
struct value range_has(struct machine *m, const struct range *r, struct value v);

/* FEEL's name of the type. */
const char *value_type_name(enum value_type t);
/* FEEL's string(): what it looks like to the user; `nested` quotes strings. */
struct slice value_text(struct arena *a, struct value v, bool nested);
/* The same up to max bytes; false: it is longer. */
bool value_text_within(struct arena *a, struct value v, bool nested, size_t max, struct slice *out);

/* Between JSON and values. Objects stay JSON until an entry is read. */
struct value value_of_json(struct arena *a, const struct json *j);
/* Takes steps for lists and contexts: a value may hold another many times. Not to be used when m->fault is set after it. */
const struct json *value_to_json(struct machine *m, struct value v);

#endif
