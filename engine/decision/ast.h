/* The parsed form of FEEL (DMN 1.5, 10.3.1.2), and the parser. Built once, in the definition's arena. */
#ifndef ENGINE_DECISION_AST_H
#define ENGINE_DECISION_AST_H

#include "engine/decision/type.h"

enum node_kind {
    N_CONST,
    N_NAME, /* name; "?" is the value under test */
    N_PATH, /* kid . name */
    N_NEG,
    N_ARITH, /* op: + - * / ^ (**) */
    N_AND,
    N_OR,
    N_COMPARE,
    N_BETWEEN,  /* value, low, high */
    N_IN,       /* value, tests … */
    N_INSTANCE, /* value, type */
    N_IF,
    N_FOR, /* source of names[0], of names[1] …, body */
    N_SOME,
    N_EVERY,
    N_SPAN,     /* low .. high of `for`: not a range value */
    N_FILTER,   /* list, condition */
    N_CALL,     /* callee, arguments …; names when they are named */
    N_FUNCTION, /* names: parameters; kid: body */
    N_LIST,
    N_CONTEXT, /* names, kids */
    N_RANGE,
    N_UNARY, /* compare with the value under test, or a range (< x) */
    N_TESTS, /* a list of unary tests; negated: not(…) */
    N_ANY,   /* - */
};

struct node {
    enum node_kind kind;
    uint32_t at;     /* byte offset in the text */
    uint32_t height; /* of the tree below */
    char op;
    enum compare compare;
    bool negated, low_closed, high_closed, reads_input, external;
    size_t n;
    const struct node *const *kids;
    const struct slice *names;
    struct slice name;
    struct value value;
    const struct type *type;         /* instance of; a function's result */
    const struct type *const *types; /* a function's parameters */
    const struct builtin *builtin;   /* a call whose name nothing in scope can hide */
    bool constant_tests;             /* N_UNARY, N_RANGE: ends are constants, value holds the range */
};

struct feel {
    const struct node *root;
    struct slice text, where;
    const struct slice *names; /* free names */
    size_t nnames;
    bool tests;    /* unary tests */
    bool clock;    /* reads now() or today() */
    bool closures; /* holds a function literal: frames must not be reused */
};

/* What a text may refer to. */
struct feel_scope {
    const struct slice *names; /* names with spaces or operators, and names that hide built-in functions */
    size_t nnames;
    const struct type *(*type)(void *ctx, struct slice name); /* named types; may be NULL */
    void *ctx;
};

MUST result feel_parse(struct arena *a, struct slice text, const struct feel_scope *scope, bool tests,
                       struct slice where, const struct feel **out);

#endif
