/* Private to engine/process: the compiled model. Elements and flows stand in arrays and are named by index;
 * NONE is "no element". A level is the process itself (NONE) or an embedded sub-process (its index). */
#ifndef ENGINE_PROCESS_MODEL_H
#define ENGINE_PROCESS_MODEL_H

#include "base/xml.h"
#include "engine/process/process.h"

#define BPMN_NS "http://www.omg.org/spec/BPMN/20100524/MODEL"
#define TB_NS "urn:tongban:bpmn:1"
#define NONE UINT32_MAX

enum {
    PROCESS_MAX_NODES = 1000,
    PROCESS_MAX_FLOWS = 2000,
    PROCESS_MAX_FAULTS = 300,
    PROCESS_MAX_MOVES = 10000,
    PROCESS_MAX_TOKENS = 4096,
    PROCESS_MAX_DEPTH = 32,       /* nested scopes */
    PROCESS_MAX_INSTANCES = 1000, /* of one multi-instance activity or loop */
    PROCESS_MAX_QUANTITY = 100,   /* startQuantity, completionQuantity */
};

enum node_kind {
    NODE_START,
    NODE_END,
    NODE_USER,
    NODE_SERVICE,
    NODE_RULE,
    NODE_SCRIPT,
    NODE_EXCLUSIVE,
    NODE_INCLUSIVE,
    NODE_PARALLEL,
    NODE_CALL,
    NODE_SUB,
    NODE_BOUNDARY,
    NODE_CATCH,
    NODE_THROW,
    NODE_TASK, /* task, manualTask: passed at once */
    NODE_SEND,
    NODE_RECEIVE,
    NODE_EVENT_GATE,
    NODE_COMPLEX,
    NODE_KINDS
};
enum trigger {
    TRIGGER_NONE,
    TRIGGER_TIMER,
    TRIGGER_ERROR,
    TRIGGER_TERMINATE,
    TRIGGER_MESSAGE,
    TRIGGER_SIGNAL,
    TRIGGER_ESCALATION,
    TRIGGER_CANCEL,
    TRIGGER_COMPENSATION,
    TRIGGER_CONDITIONAL,
    TRIGGER_LINK,
    TRIGGER_MULTIPLE /* of a node only: it has several definitions */
};
/* What kind of sub-process a NODE_SUB is (BPMN 2.0.2, 10.3.5, 10.6). */
enum variety { SUB_PLAIN, SUB_EVENT, SUB_TRANSACTION, SUB_AD_HOC };

/* ISO 8601 duration: years and months apart from the rest, because months differ in length. */
struct duration {
    int64_t months;
    int64_t ms;
};
enum timer_form { TIMER_NONE, TIMER_DURATION, TIMER_DATE, TIMER_CYCLE, TIMER_CLOCK };
struct timer {
    enum timer_form form;
    const struct feel *expr; /* set: the text comes from here at run time */
    struct duration every;   /* DURATION, CYCLE */
    uint32_t times;          /* CYCLE: how often it fires; 0: for ever (the start of a process only) */
    instant date; /* DATE; CYCLE at the start of a process: its first time, 0: a period after the definition came */
    struct limit clock;
};

struct flow {
    struct slice id, name;
    uint32_t from, to;
    uint32_t in_index; /* position among the target's incoming flows */
    uint32_t line;
    const struct feel *condition;
    struct slice condition_text;
};

/* One event definition (10.5.5). */
struct event_def {
    enum trigger trigger;
    struct timer timer;
    struct slice name; /* of the message, signal or link; code of the error or escalation: empty on a catch: any */
    const struct feel *condition;           /* conditional */
    const struct feel *key;                 /* message: tb:key, what tells the case that is meant */
    struct slice activity_id;               /* compensation: activityRef; */
    uint32_t activity;                      /* … resolved; NONE: everything in the scope */
    bool wait;                              /* compensation: waitForCompletion */
    bool named, outside;                    /* message, signal: has a name of its own; message: tb:outside */
    struct slice form, from, from_en, keep; /* message: tb:form, tb:from, tb:from_en, tb:keep */
    uint32_t line;
};

/* Loops (10.3.7, 10.3.8). */
enum loop_kind { LOOP_NONE, LOOP_STANDARD, LOOP_MULTI };
enum loop_behavior { BEHAVIOR_ALL, BEHAVIOR_NONE, BEHAVIOR_ONE, BEHAVIOR_COMPLEX };
struct loop_event {               /* thrown to the activity's own boundary when an instance completes */
    const struct feel *condition; /* complex behaviour: of throwing it and ending the others; NULL: always */
    enum trigger trigger;
    struct slice name;
};
struct loop {
    enum loop_kind kind;
    bool sequential, test_before;
    uint32_t maximum;             /* standard loop: loopMaximum; 0: none */
    const struct feel *condition; /* loopCondition, or completionCondition */
    const struct feel *cardinality, *collection, *output_item;
    struct slice item, output; /* names of variables */
    enum loop_behavior behavior;
    const struct loop_event *events;
    uint32_t nevents;
};

struct mapping { /* tb:input, tb:output */
    struct slice name, text;
    const struct feel *value;
};

struct node {
    enum node_kind kind;
    enum trigger trigger; /* of its one definition; TRIGGER_MULTIPLE when there are several */
    enum variety variety; /* NODE_SUB */
    uint32_t level, line;
    const struct xml_node *xml;
    const uint32_t *in, *out; /* flows */
    uint32_t nin, nout;
    uint32_t dflt;     /* flow, or NONE */
    uint32_t start;    /* NODE_SUB: its start event; NONE in an ad hoc sub-process */
    uint32_t host;     /* NODE_BOUNDARY */
    bool interrupting; /* boundary event; start event of an event sub-process */
    bool all_events;   /* parallelMultiple: every definition must have occurred */
    const struct event_def *defs;
    uint32_t ndefs;
    struct loop loop;
    uint32_t start_quantity, completion_quantity;
    bool for_compensation; /* entered by compensation only */
    bool compensable;      /* its completion is remembered, so that it can be compensated */
    uint32_t handler;      /* the activity that compensates this one, by its compensation boundary event; or NONE */
    uint32_t handler_sub;  /* NODE_SUB: its event sub-process that starts by compensation; or NONE */
    bool instantiates;     /* receive task or event-based gateway that starts the process */
    bool ordered, keeps_rest, manual; /* ad hoc: sequential, cancelRemainingInstances="false", tb:start="manual" */
    const struct feel *completion;    /* ad hoc: completionCondition */
    const struct feel *activation;    /* complex gateway: activationCondition */
    const uint32_t *boundaries;       /* boundary events that sit on this node */
    uint32_t nboundaries;
    struct slice result; /* variable that takes the outcome; may be empty */
    struct slice decision;
    const struct dmn *dmn;
    bool shared;             /* the version is asked for */
    const struct feel *date; /* tb:date */
    enum verb_kind verb_kind;
    const struct json *input_schema;
    struct slice script_text;
    const struct feel *script, *department, *fallback, *clock_expr, *outcome;
    struct slice outcome_text; /* end event: literal outcome */
    struct limit clock;        /* n == 0: none */
    const struct mapping *inputs, *outputs;
    uint32_t ninputs, noutputs;
    bool waits; /* nothing passes it within one step */
    const struct process_model *called;
};

struct process_model {
    struct slice id, service, where;
    struct process_node *pub; /* nnodes; what process_nodes() shows */
    struct node *nodes;
    struct flow *flows;
    uint32_t nnodes, nflows;
    uint32_t start;               /* of the process level: the plain one, or the only one */
    bool event_subs;              /* some level has an event sub-process */
    uint32_t depth;               /* nesting of scopes below it */
    uint32_t fingerprint;         /* of everything a stored state refers to */
    bool passes;                  /* the end can be reached without any wait */
    const struct data_flow *data; /* which variables are surely written where; NULL: not analysed */
    uint32_t searched;            /* states that the soundness check has met; 0: not checked */
};

static inline bool is_sub(const struct node *n, enum variety v) { return n->kind == NODE_SUB && n->variety == v; }

/* Node behaviours, one row a kind: what XML it is, what it may carry, what happens when a token enters. */
struct run;
struct behaviour {
    const char *element;
    const char *const *attributes; /* tb attributes, NULL-ended */
    bool mappings;                 /* tb:input allowed */
    bool outputs;                  /* tb:output allowed */
    bool activity;                 /* a task, call or sub-process: may have a step, a boundary, conditional flows */
    bool timer_boundary, error_boundary;
    result (*enter)(struct run *r, uint32_t token, uint32_t flow);
};
extern const struct behaviour behaviours[NODE_KINDS];

/* A file being compiled: faults are collected, not returned. */
struct compile {
    struct arena *a;
    struct slice where;
    const struct process_env *env;
    bool structure_only; /* tests of other engines' models: soundness and house rules are not asked for */
    const struct problem *first, **last;
    uint32_t nfaults;
    const struct xml_node *root;
    /* processes of the file */
    const struct xml_node **processes;
    struct process_model **models;
    uint8_t *state; /* 0 not begun, 1 in work, 2 done */
    uint32_t nprocesses;
};
/* One process in work. */
struct draft {
    struct compile *c;
    struct process_model *m;
    const struct xml_node *xml;
    uint32_t cap_nodes, cap_flows;
    const struct xml_node **flow_xml;
    uint32_t faults_before; /* faults of the file when this process was begun */
};

/* fault.c */
struct slice fault_field(struct compile *c, uint32_t line, struct slice id);
/* Adds a problem; pairs of key and slice, closed by NULL, as fail(). */
#define FAULT(c, line, id, code, ...) fault_add((c), fail((c)->a, (code), fault_field((c), (line), (id)), __VA_ARGS__))
void fault_add(struct compile *c, result r);
/* A FEEL expression; problems are collected; NULL when bad. */
const struct feel *fault_feel(struct compile *c, uint32_t line, struct slice id, struct slice text);

/* parse.c: XML to elements and flows of one process. */
void parse_process(struct draft *d);
void add_flow(struct draft *d, const struct xml_node *e);
/* Documentation, drawing and data shown on the diagram. */
bool is_drawing(struct slice element);
/* Element children of any namespace, in order. */
const struct xml_node *element_first(const struct xml_node *e);
const struct xml_node *element_next(const struct xml_node *e);
struct slice bpmn_attr(const struct xml_node *e, const char *name);
struct slice tb_attr(const struct xml_node *e, const char *name);
uint32_t node_by_id(const struct process_model *m, struct slice id);

/* attributes.c: extension attributes, expressions and references of each element. */
void read_attributes(struct draft *d);
/* timing.c */
bool iso_duration_scan(struct slice text, struct duration *out);
bool cycle_scan(struct slice text, uint32_t *times, struct duration *every);
/* Of a process's start: also without an end and from an instant on, "R/2021-10-08T09:00:00+08:00/P1D". */
bool start_cycle_scan(struct slice text, struct timer *out);
/* When it falls due from `at`; false when out of range. */
bool duration_after(instant at, struct duration d, instant *out);
void read_timer(struct draft *d, uint32_t node, const struct xml_node *definition, struct timer *out);
/* definitions.c: event definitions of a node; a link becomes a flow; handlers of compensation. */
void read_event(struct draft *d, uint32_t node);
void resolve_links(struct draft *d);
void resolve_compensation(struct draft *d);
/* declared.c: the event-based gateway that begins the process (instantiate) and leads to this element, which begins it then; NONE. */
uint32_t gate_that_starts(const struct process_model *m, uint32_t node);
/* repeats.c: loops, quantities, ad hoc attributes of an activity. */
void read_repeats(struct draft *d, uint32_t node);
/* check.c and its parts */
void check_structure(struct draft *d);
void check_references(struct draft *d);
void check_outcomes(struct draft *d);
void check_sound(struct draft *d);
void check_loops(struct draft *d);
void check_data(struct draft *d);
/* accepted.c: nothing is handled or ends before the acceptance task, where the process has one. */
void check_accepted_first(struct draft *d);
/* words.c: which words a FEEL text compares with `path` ("review.outcome"): path = "a", path in ("a", "b"). */
typedef void (*word_fn)(void *ctx, struct slice word);
void compared_words(struct slice feel, struct slice path, word_fn fn, void *ctx);
/* Whether the whole text is a chain of positive comparisons of path with words, joined by "or"; calls fn for each. */
bool pure_choice(struct slice feel, struct slice path, word_fn fn, void *ctx);
/* The conditions of a gateway name every outcome of some task (so that no default flow is needed). */
bool conditions_exhaustive(const struct process_model *m, uint32_t gateway);
bool word_valid(struct slice s); /* a FEEL name of one word */

/* compile.c: as process_compile; structure_only leaves out soundness and house rules; process: id, empty: the main one. */
MUST result compile_file(struct arena *a, struct slice bpmn, struct slice where, const struct process_env *env,
                         bool structure_only, struct slice process, const struct process_model **out);
/* global.c: a process that is the global task of that id; NULL: there is none. */
const struct xml_node *global_process(struct compile *c, struct slice id);
/* The model of a process or global task of the same file; NULL when there is none or it calls back (a fault). */
const struct process_model *compile_local(struct compile *c, struct slice id, bool *recursive);

#endif
