/* Types of FEEL and of DMN's item definitions (DMN 1.5, 10.3.2.9 conformance, 7.3.3). */
#ifndef ENGINE_DECISION_TYPE_H
#define ENGINE_DECISION_TYPE_H

#include "engine/decision/value.h"

enum type_kind { T_ANY, T_NULL, T_SIMPLE, T_LIST, T_CONTEXT, T_RANGE, T_FUNCTION };

struct type {
    enum type_kind kind;
    enum value_type simple;  /* T_SIMPLE */
    const struct type *item; /* list and range: of its items (NULL: any); function: result */
    size_t n;                /* fields of a context; parameters of a function */
    const struct slice *names;
    const struct type *const *types;
    bool any_fields;            /* context: nothing is said of its fields; function: of its signature */
    const struct type *base;    /* a type this one narrows, when that has constraints; may be NULL */
    const struct feel *allowed; /* allowed values or type constraint, unary tests; may be NULL */
    struct slice name;          /* as written in the model */
};

/* number, string, "date and time" …; NULL when it is no built-in type. */
const struct type *type_builtin(struct slice name);
/* Whether v is of the type ("instance of": null is of no type but Null; constraints on values do not count). */
bool type_instance(struct machine *m, const struct type *t, struct value v);
/* Implicit conversion (10.3.2.9.4), constraints on values included: a one-item list to its item, an item to a list, a date to midnight UTC; null when
 * it does not conform. */
struct value type_coerce(struct machine *m, const struct type *t, struct value v);
/* The same when v is no value of FEEL yet but came as JSON: texts become dates, times and durations. */
struct value type_of_text(struct machine *m, const struct type *t, struct value v);
/* Whether a value of type x is always one of type y. */
bool type_conforms(const struct type *x, const struct type *y);

#endif
