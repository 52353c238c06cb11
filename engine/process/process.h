/* The process engine (pure): a BPMN 2.0 model compiled once, and one step function
 *     (state, event) -> (state, effects).
 * It reads no clock, no database and no randomness; the caller carries the effects out, in the same
 * transaction, and comes back with events. State is one compact value. Scopes form a tree (process, call
 * activity, later sub-process and multi-instance body), so the rest of BPMN fits without a second design.
 *
 * Extension namespace (prefix tb): urn:tongban:bpmn:1. Attributes:
 *   process:           tb:service
 *   any task, call:    tb:step (the applicant's step this belongs to), tb:result (variable that takes the outcome)
 *   userTask:          tb:kind (acceptance|handle|review|sign|cosign|fill|window), tb:department (code, or FEEL in {…}),
 *                      tb:role, tb:outcomes (comma list, first = default), tb:clock ("1wd", "4wh", "3d", "48h"),
 *                      tb:form, tb:separate (element id: not the same officer as there)
 *   serviceTask:       tb:verb; children <tb:input name="" value="FEEL"/>; tb:fallback (FEEL used when the verb is out of order)
 *   businessRuleTask:  tb:decision (of the service's own DMN, else the key of a decision that the city publishes for several
 *                      services), tb:date (such a one is taken in the version in force that day: FEEL that gives a date;
 *                      without it the day the case is of)
 *   scriptTask:        scriptFormat="feel", <script> FEEL; without tb:result it must give a context that is merged in
 *   callActivity:      calledElement = service code or process id; <tb:input/>, <tb:output name value/>
 *   boundary timer:    timeDuration = ISO duration, or tb:clock in working time; timeDate; FEEL in {…}
 *   end event:         tb:result = the outcome (a word, or FEEL in {…}); else its name, else its id
 * What tb:result takes: user task {outcome, and the other members of data} (without tb:result the variable is named like the
 * element); service task the verb's output; rule the decision's value (default name: the decision's); call and sub-process
 * {outcome}; boundary error {code, message}. An element with tb:step that ends with an outcome also sets <step>.outcome, "withdrawn"
 * included. A call without tb:input reads its caller's variables; variables of calls under way stand in the case's member "$calls",
 * which no FEEL can reach. The manual for designers: docs/designers/process.md. */
#ifndef ENGINE_PROCESS_H
#define ENGINE_PROCESS_H

#include "base/json.h"
#include "base/time.h"
#include "engine/calendar/calendar.h"
#include "engine/decision/feel.h"

enum { PROCESS_FILE_MAX = 2 * 1024 * 1024 }; /* bytes of a BPMN file */

struct process_model; /* compiled, immutable */
struct process_state; /* immutable value */

enum verb_kind { VERB_LOCAL, VERB_JOB };

/* What the model may refer to; checks at compile time. Any function may be NULL (then nothing of that kind exists). */
struct process_env {
    void *ctx;
    bool (*verb)(void *ctx, struct slice name, enum verb_kind *kind, const struct json **input_schema);
    /* the DMN that holds this decision; NULL when there is none. *shared: it is not the service's own, and which version
     * decides is asked at every evaluation (process_step_env.decision) */
    const struct dmn *(*decision)(void *ctx, struct slice name, bool *shared);
    /* the called process's compiled model, by service code; NULL when there is none */
    const struct process_model *(*called)(void *ctx, struct slice name);
    bool (*department)(void *ctx, struct slice code);
    bool (*form)(void *ctx, struct slice name);
    /* The caller carries EFF_AWAIT, EFF_THROWN and EFF_OFFERED out, and starts processes by their start events. Without it, messages,
     * signals, triggered starts of a process and manual ad hoc sub-processes are refused. */
    bool events;
    /* Activities with startQuantity or completionQuantity (table 10.3), for which soundness is not proven, and event-based gateways that
     * begin a process by all of their events (eventGatewayType "Parallel") or by time. Asked only with events. */
    bool quantities;
};
/* Every fault found, as joined problems; field = "process.bpmn:LINE#element". Checks: structure, unknown verbs /
 * decisions / departments / processes, dead ends, unreachable elements, gateways without default or condition,
 * loops without a wait (unbounded), timers, FEEL, recursion of calls. */
MUST result process_compile(struct arena *a, struct slice bpmn, struct slice where, const struct process_env *env,
                            const struct process_model **out);

struct process_node {            /* what pages and checks want to know of an element */
    struct slice id, name, kind; /* kind: BPMN element name, "userTask" … */
    struct slice name_en;        /* tb:en of a user task, or empty */
    struct slice step, department, role, task_kind, clock, form, verb, separate;
    const struct slice *outcomes;
    size_t noutcomes;
    const struct process_model *called;
};
/* "5wd", "4wh", "3d", "48h": the text of tb:clock. */
bool limit_scan(struct slice text, struct limit *out);
size_t process_nodes(const struct process_model *m, const struct process_node **out);
struct slice process_id(const struct process_model *m);

/* Keys at the top level of a context that is written out, "{a: 1, b: x}": what a script merges into the variables. Nothing of
 * another expression. */
void context_names(struct slice text, void (*fn)(void *ctx, struct slice name), void *ctx);

/* ---- what the checks have found out ---- */
/* A way through the process: ids of elements and sequence flows in order, joined by spaces; and in words. */
struct process_way {
    struct slice ids, zh, en;
};
/* The longest way from acceptance (else from the start) to the end by the clocks of the model, parallel branches at once; see
 * longest.c for what is counted once or not at all. */
struct process_path {
    int64_t seconds;    /* of working time, seven hours a day */
    uint32_t unknown;   /* clocks that only the data tell */
    uint32_t unclocked; /* officers' tasks without a clock */
    uint32_t repeated;  /* loops and repeated activities, counted once */
    struct process_way way;
};
void process_longest(struct arena *a, const struct process_model *m, struct process_path *out);
/* The same measure for any limit. */
int64_t limit_seconds(const struct limit *l);
/* States that the soundness check went through; it was complete, else there is no model. 0: not checked. */
uint32_t process_states_searched(const struct process_model *m);
/* The variable is there on every way when the element is entered; true of names that the process does not write itself. */
bool process_data_sure(const struct process_model *m, struct slice element, struct slice name);
/* A way by which it is not; only after process_data_sure was false. */
struct process_way process_data_way(struct arena *a, const struct process_model *m, struct slice element,
                                    struct slice name);

enum process_event_type {
    EV_START,       /* data: initial variables */
    EV_TASK_DONE,   /* token; data: {outcome, …} */
    EV_TIMER,       /* token = the timer's */
    EV_VERB_DONE,   /* token; data: output */
    EV_VERB_FAILED, /* token; data: {code, message, message_en}: boundary error event, else fallback, else incident */
    EV_CANCEL,      /* whole case (withdrawn) */
    EV_CANCEL_STEP, /* data: {step}: the tokens inside that step's call activity or task end; the rest goes on */
    EV_RETRY,   /* token of an incident: its element is entered again; data (may be NULL): variables put right first */
    EV_MESSAGE, /* token of EFF_AWAIT; data: payload (may be NULL), goes to tb:result of what waits */
    EV_SIGNAL,  /* name: everything in the case that waits for the signal; data as above */
    EV_CHOOSE,  /* token of EFF_OFFERED: somebody begins the activity */
};
struct process_event {
    enum process_event_type type;
    uint32_t token;
    const struct json *data;
    instant at;
    struct slice
        name; /* EV_SIGNAL; EV_START: id of the start event, or of the event behind an event-based gateway that starts the process; empty: the plain or only one */
    const struct json *payload; /* EV_START: what the start event brought, for its tb:result; NULL: data */
};

enum effect_type {
    EFF_TASK,        /* a user task was opened */
    EFF_TASK_CLOSED, /* … cancelled by the flow (boundary timer, withdrawal) */
    EFF_VERB, /* local verb: run it, come back with EV_VERB_DONE/FAILED in the same transaction; job: write a job row */
    EFF_TIMER, /* due at `due` */
    EFF_TIMER_CANCELLED,
    EFF_STEP_STARTED,
    EFF_STEP_ENDED, /* applicant's steps, for the progress page; outcome in data */
    EFF_DECIDED,  /* business rule, for the explanation: {decision, result, hits, values: of the decision's input data,
                         * definition?: hash of the version of a shared one} */
    EFF_PASSED,   /* element entered and left (journal of the path) */
    EFF_ENDED,    /* process over; data: {outcome} of the end event (its name or tb:result) */
    EFF_INCIDENT, /* something a human must mend: data {code, message} */
    EFF_VERB_CANCELLED, /* nobody waits for this verb any more (boundary timer, withdrawal): its result would be refused */
    EFF_AWAIT,          /* waits for a message or signal: data {kind: "message" | "signal", name, key?} */
    EFF_AWAIT_OVER,     /* it has come, or is no longer waited for */
    EFF_THROWN, /* data {kind, name, key?, payload, keep?: a limit's text}: a message or signal for others (a signal has reached this case already); an
                       escalation that nobody took */
    EFF_OFFERED, /* an activity of an ad hoc sub-process that somebody may begin; department as for EFF_TASK */
    EFF_OFFER_OVER,
    EFF_TASK_CHANGED, /* change.h: an open task under another version; as EFF_TASK */
};
struct effect {
    enum effect_type type;
    uint32_t token; /* unique in the case, never reused */
    const struct process_node *node;
    struct slice step;             /* the applicant's step in force (the innermost tb:step) */
    struct slice department, role; /* EFF_TASK, EFF_OFFERED: resolved */
    enum verb_kind verb_kind;
    const struct json *data; /* EFF_VERB: input; see above */
    instant due;             /* EFF_TIMER; EFF_TASK: by tb:clock, 0 when none */
};
struct process_outcome {
    const struct process_state *state;
    const struct json *vars;
    const struct effect *effects;
    size_t n;
    bool ended;
};
/* One version of a decision that several services use. */
struct process_decision {
    const struct dmn *dmn;
    struct slice decision; /* id or name in it */
    struct slice hash;     /* of the version; goes into EFF_DECIDED as "definition" */
};
struct process_step_env {
    const struct calendar *calendar;
    struct feel_limits limits;
    /* The version of that decision in force on the day; on NULL: the day the case is of. False: none is. May be NULL: then
     * the version known at compile time decides. Must not wait for anything. */
    bool (*decision)(void *ctx, struct slice name, const day *on, struct process_decision *out);
    void *ctx;
};
/* One event. vars: the case's variables before (object); out->vars after. The input is never changed. An event for a token that
 * is not waiting is CODE_PROCESS_TOKEN (two officers at once: the second loses). At most 10 000 inner moves. */
MUST result process_step(struct arena *a, const struct process_model *m, const struct process_state *s,
                         const struct json *vars, const struct process_event *e, const struct process_step_env *env,
                         struct process_outcome *out);
/* Variables as the element of that token sees them: the case's, or those of the called process it stands in. */
const struct json *process_vars_at(struct arena *a, const struct process_state *s, const struct json *vars,
                                   uint32_t token);
struct process_waiting {
    uint32_t token;
    const struct process_node *node;
    enum process_waits {
        WAIT_TASK,
        WAIT_VERB,
        WAIT_TIMER,
        WAIT_CHILD,
        WAIT_JOIN,
        WAIT_INCIDENT,
        WAIT_BOUNDARY, /* a timer, message or signal armed: host is the token of what it belongs to, 0: a process or sub-process */
        WAIT_CONDITION, /* a condition looked at, as above */
        WAIT_EVENT,
        WAIT_OFFER
    } why;
    uint32_t scope, host;
};
/* What a state waits for, by ascending token. */
size_t process_waiting(struct arena *a, const struct process_state *s, const struct process_waiting **out);
/* What an element's time is made of: tb:clock of a task or timer with its FEEL evaluated as of `at` (TERM_LIMIT, *out set),
 * an ISO duration, a fixed date; TERM_NONE: no time of its own, or it cannot be told. For due dates that stops move. */
enum process_term { TERM_NONE, TERM_LIMIT, TERM_DURATION, TERM_DATE };
enum process_term process_term_at(struct arena *a, const struct process_state *s, const struct json *vars,
                                  uint32_t token, instant at, struct limit *out);
/* The same state with its numbers given anew, 1, 2 …, in their order, and *vars (may be NULL) to fit: two cases that stand in the
 * same place are equal then, however long their way was. *map: every token's old and new number, both ascending. For those who
 * compare many cases (engine/simulation); a stored case keeps its numbers, for its tasks are known by them. */
struct process_moved {
    uint32_t from, to;
};
const struct process_state *process_state_renumber(struct arena *a, const struct process_state *s,
                                                   const struct json **vars, struct process_moved **map, size_t *n);
/* ---- what a process waits for, throws and is started by, as drawn ---- */
enum declared_kind { DECLARED_MESSAGE, DECLARED_SIGNAL, DECLARED_TIMER, DECLARED_CONDITION };
struct process_declared { /* one event definition at an element */
    enum declared_kind kind;
    const struct process_node *node;
    bool starts; /* at the process's own start event, or a receive task or gateway that instantiates */
    bool throws; /* else it is caught */
    bool armed;  /* a boundary event, or the start of an event sub-process: it may come while something else goes on */
    bool interrupting;               /* of what is armed */
    const struct process_node *host; /* of a boundary event; else NULL */
    /* messages and signals */
    struct slice name;
    bool named, keyed; /* the message or signal has a name of its own; tb:key is there */
    /* messages, from attributes of the <message>: tb:form, NAME of forms/NAME.json that the payload keeps to; tb:outside="true":
     * other systems may send it; tb:from, tb:from_en: who sends it, in words; tb:keep: how long it is kept when nobody awaits it */
    bool outside;
    struct slice form, from, from_en, keep;
    uint32_t line;
};
/* Of this process and those of the same file that it calls; not of other services' processes. */
size_t process_declared(struct arena *a, const struct process_model *m, const struct process_declared **out);
/* A timer start event's next time after `after`, counted from when the definition came into force. *nth: its number, from 1.
 * False: there is none any more, or it cannot be told. cal: for tb:clock. */
bool process_start_next(struct arena *a, const struct process_model *m, struct slice start, instant in_force,
                        instant after, const struct calendar *cal, instant *due, int64_t *nth);
/* Whether a conditional start event's condition holds. It sees no variables: there is no case yet (BPMN 2.0.2, 10.5.2). */
bool process_start_holds(struct arena *a, const struct process_model *m, struct slice start, instant now);

/* Compact bytes (<= 500 for a waiting case); NULL state = not begun. */
struct slice process_state_encode(struct arena *a, const struct process_state *s);
MUST result process_state_decode(struct arena *a, const struct process_model *m, struct slice bytes,
                                 const struct process_state **out);

#endif
