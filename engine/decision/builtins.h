/* The built-in functions of FEEL (DMN 1.5, 10.3.4). */
#ifndef ENGINE_DECISION_BUILTINS_H
#define ENGINE_DECISION_BUILTINS_H

#include "engine/decision/eval.h"

#define BUILTIN_ARGS_MAX 4

struct builtin {
    const char *name;
    struct value (*call)(struct machine *m, const struct value *args, size_t n);
    size_t min, max; /* arguments; max SIZE_MAX: any number */
    const char
        *params; /* names in order, "a,b"; alternatives after '|'; "…" before the last name: the rest as one list */
};

/* NULL when there is none of that name. */
const struct builtin *builtin_find(struct slice name);
/* Names of built-in functions, types and properties that hold spaces, for the lexer. */
const struct slice *builtin_spaced_names(size_t *n);
/* Calls with positional or named arguments; null when they do not fit. */
struct value builtin_call(struct machine *m, const struct builtin *b, const struct value *args, size_t n,
                          const struct slice *names);

/* Arguments as what a function wants; a list of one item counts as the item (10.3.2.9.4). False: wrong type. */
struct value arg_single(struct value v);
bool arg_number(struct value v, num *out);
bool arg_int(struct value v, int64_t *out); /* a whole number */
bool arg_string(struct value v, struct slice *out);
/* The list; an item alone as a list of one. NULL for null. Takes a step an item. */
const struct list *arg_list(struct machine *m, struct value v);
/* f(list) or f(a, b, …). */
const struct list *arg_items(struct machine *m, const struct value *args, size_t n);
struct value arg_mismatch(struct machine *m, const char *function);

/* One table a file, closed by a row without name. */
extern const struct builtin builtins_number[], builtins_string[], builtins_list[], builtins_temporal[],
    builtins_context[], builtins_range[];

#endif
