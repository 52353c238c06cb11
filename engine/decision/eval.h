/* Evaluation: a walk over the tree, bounded in steps and depth. Pure; memory from the attempt's arena. */
#ifndef ENGINE_DECISION_EVAL_H
#define ENGINE_DECISION_EVAL_H

#include "base/time.h"
#include "engine/decision/ast.h"
#include "engine/decision/feel.h"

/* Names in force, innermost first. */
struct frame {
    const struct frame *up;
    size_t n;
    const struct slice *names;
    const struct value *values;
    const struct context *context; /* instead of names and values */
};

struct regex;
struct machine {
    struct arena *a;
    instant now;
    enum feel_clock *read;     /* of the time, or NULL */
    int64_t steps, step_limit; /* left; given */
    int depth, max_depth;      /* calls of functions */
    int nest;                  /* recursion of the walk */
    size_t memory_end, memory; /* the arena's use that must not be passed; the limit given */
    result fault;              /* a limit was passed: everything after is null */
    struct slice warning;      /* first reason of a null */
    struct slice where;
    bool closures;
    struct regex *regexes; /* compiled so far */
    int alternative;       /* of a built-in function's parameters, when called by names; else -1 */
    /* Functions written in another language; NULL: there are none. */
    struct value (*external)(struct machine *m, const struct function *f, const struct value *args, size_t n);
};

void machine_start(struct machine *m, struct arena *a, const struct feel_env *env, struct slice where);
/* Takes n steps; false when none are left, or no memory (the fault is set). */
bool machine_charge(struct machine *m, int64_t n);
/* Notes why a null is an error, and gives it. */
struct value machine_null(struct machine *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

struct value feel_node(struct machine *m, const struct node *n, const struct frame *f);
/* Whether the unary tests hold for the input: true, false or null. */
struct value feel_tests(struct machine *m, const struct node *tests, struct value input, const struct frame *f);
/* Calls any function value; names NULL: positional. */
struct value feel_call(struct machine *m, struct value callee, const struct value *args, size_t n,
                       const struct slice *names);
bool frame_find(struct machine *m, const struct frame *f, struct slice name, struct value *out);
/* The entry or property of that name; of a list: of each item. */
struct value feel_path(struct machine *m, struct value v, struct slice name);
struct value feel_arith(struct machine *m, char op, struct value x, struct value y);
struct value feel_negate(struct machine *m, struct value v);
struct value feel_loop(struct machine *m, const struct node *n, const struct frame *f);
struct value feel_filter(struct machine *m, const struct node *n, const struct frame *f);
/* Filters a value (boxed filter of DMN too). */
struct value feel_filter_value(struct machine *m, struct value list, const struct node *condition,
                               const struct frame *f);
/* What a loop runs over, as a list: a range's values, a single value as a list of one; null when it is none. */
struct value feel_items(struct machine *m, struct value v);

#endif
