/* A DMN 1.5 model in memory (chapters 6 and 7 of the standard): the requirements graph and the boxed expressions,
 * every text compiled. Immutable. Versions 1.1 to 1.5 of the file format differ only in their namespace here. */
#ifndef ENGINE_DECISION_DMN_MODEL_H
#define ENGINE_DECISION_DMN_MODEL_H

#include "base/xml.h"
#include "engine/decision/eval.h"

enum expr_kind {
    E_NONE, /* no decision logic: null */
    E_FEEL,
    E_TABLE,
    E_CONTEXT,    /* kids named by names; an entry without name (p == NULL) is the result */
    E_INVOCATION, /* kids[0] the function, then arguments named by names */
    E_LIST,
    E_RELATION, /* rows of names[] columns, one after the other */
    E_FUNCTION, /* parameters names[], kids[0] */
    E_IF,
    E_FILTER, /* kids: list, condition (FEEL) */
    E_FOR,    /* names[0] in kids[0], kids[1] */
    E_SOME,
    E_EVERY,
};

struct dmn_expr {
    enum expr_kind kind;
    struct slice id;
    uint32_t line;
    const struct type *type; /* of the result; may be NULL */
    const struct feel *feel;
    const struct dmn_table *table;
    size_t n;
    const struct dmn_expr *const *kids;
    size_t nnames;
    const struct slice *names;
    const struct type *const *types; /* of the names; items may be NULL */
    bool external;
};

enum hit_policy { HIT_UNIQUE, HIT_FIRST, HIT_PRIORITY, HIT_ANY, HIT_COLLECT, HIT_RULE_ORDER, HIT_OUTPUT_ORDER };
enum aggregation { AGG_NONE, AGG_SUM, AGG_COUNT, AGG_MIN, AGG_MAX };

struct dmn_input {
    struct slice id, text; /* text of the input expression */
    uint32_t line;
    const struct feel *expression;
    const struct feel *allowed; /* input values; may be NULL */
    const struct type *type;
};
struct dmn_output {
    struct slice id, name;
    const struct feel *allowed; /* output values, in order of priority; may be NULL */
    const struct feel *dflt;    /* default output entry; may be NULL */
    const struct type *type;
};
struct dmn_rule {
    struct slice id;
    struct dmn_words words;
    uint32_t line;
    const struct feel *const *tests;   /* one an input; never NULL */
    const struct feel *const *outputs; /* one an output */
};
struct dmn_index;
struct dmn_table {
    struct slice id;
    uint32_t line;
    enum hit_policy policy;
    enum aggregation aggregation;
    size_t ninputs, noutputs, nrules;
    const struct dmn_input *inputs;
    const struct dmn_output *outputs;
    const struct dmn_rule *rules;
    const struct dmn_index *index; /* NULL: the rules are looked at one by one */
};

enum drg_kind { DRG_INPUT, DRG_DECISION, DRG_KNOWLEDGE, DRG_SERVICE };

/* An element of the requirements graph. */
struct drg {
    enum drg_kind kind;
    struct slice id, name;
    struct dmn_words words;
    uint32_t line;
    struct slice place; /* "file:line#id", for errors */
    const struct type *type;
    const struct dmn_expr *expr; /* decision: its logic; knowledge model: E_FUNCTION */
    size_t nrequires;            /* decisions, inputs, knowledge models and services it needs */
    const struct drg *const *requires;
    /* Service: parameters (input data, then input decisions), results. */
    size_t nparams, noutputs;
    const struct drg *const *params;
    const struct drg *const *outputs;
    const struct dmn *model;
};

struct dmn_import {
    struct slice name;
    const struct dmn *model;
};

struct named_type {
    struct slice name;
    struct type *type;
    const struct xml_node *node; /* while loading */
    int state;                   /* 0 not read, 1 being read, 2 read */
};

struct dmn {
    struct slice namespace, name, where;
    size_t n;
    const struct drg *const *elements;
    size_t nimports;
    const struct dmn_import *imports;
    size_t ntypes;
    struct named_type *types;
    size_t nnames; /* names with spaces or operators anywhere in the model, for FEEL's lexer */
    const struct slice *names;
    bool closures;
};

struct dmn_options {
    const struct dmn *const *imports; /* models that may be imported, by namespace */
    size_t nimports;
    bool lenient; /* a text that does not compile is null instead of an error (conformance runs) */
    bool scan;    /* tables are scanned rule by rule, without an index (tests and measurements) */
};
MUST result dmn_load(struct arena *a, struct slice xml, struct slice where, const struct dmn_options *options,
                     const struct dmn **out);
/* By id or name; NULL when there is none. */
const struct drg *dmn_find(const struct dmn *d, enum drg_kind kind, struct slice id_or_name);

/* What loading shares between its files. */
struct dmn_loader {
    struct arena *a;
    struct slice where;
    const struct dmn_options *options;
    struct dmn *model;
    struct feel_scope scope;
    result problems;
    int depth;
};
void dmn_problem(struct dmn_loader *l, enum code code, const struct xml_node *at, struct slice value);
void dmn_limit(struct dmn_loader *l, const struct xml_node *at); /* nested too deeply */
const struct type *dmn_type(struct dmn_loader *l, struct slice name, const struct xml_node *at);
/* Of an element: label, or description, or annotations; and tb:en. */
struct dmn_words dmn_load_words(struct dmn_loader *l, const struct xml_node *e);
void dmn_load_types(struct dmn_loader *l, const struct xml_node *definitions);
const struct dmn_expr *dmn_load_expr(struct dmn_loader *l, const struct xml_node *e);
/* The first child element that is an expression; NULL when there is none. */
const struct xml_node *dmn_expr_node(const struct xml_node *parent);
const struct feel *dmn_load_feel(struct dmn_loader *l, const struct xml_node *holder, bool tests);
const struct dmn_table *dmn_load_table(struct dmn_loader *l, const struct xml_node *e);
struct slice dmn_attr(struct dmn_loader *l, const struct xml_node *e,
                      const char *name); /* white space normalised; p NULL when absent */
/* Location "file:line#id". */
struct slice dmn_place(struct arena *a, struct slice where, uint32_t line, struct slice id);
/* The element's next sibling element, or first child element; NULL at the end. */
const struct xml_node *dmn_first(const struct xml_node *e);
const struct xml_node *dmn_after(const struct xml_node *e);

/* Evaluation. */
struct dmn_memo {
    const struct drg *element;
    struct value value;
    bool running;
};
struct dmn_session {
    struct machine *m;
    const struct context *inputs; /* by name; imported ones also under the import's name */
    size_t n, cap;
    struct dmn_memo *memo;
    struct dmn_trace *trace; /* may be NULL; shared by all sessions of one evaluation */
    size_t trace_cap;
    struct dmn_session *root;
};
struct value dmn_element(struct dmn_session *s, const struct drg *d);
struct value dmn_expr_eval(struct dmn_session *s, const struct dmn_expr *e, const struct frame *f,
                           struct slice decision);
struct value dmn_table_eval(struct dmn_session *s, const struct dmn_table *t, const struct frame *f,
                            struct slice decision);
/* Runs a service on the session's inputs. */
struct value dmn_service(struct dmn_session *s, const struct drg *service);
/* A knowledge model or a service as a function value. */
struct value dmn_function(struct dmn_session *s, const struct drg *d);

#endif
