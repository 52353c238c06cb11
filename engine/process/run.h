/* Private to engine/process: a state, and one step in work. A token is one visit of one element; its number is
 * never used again. Scopes form a tree: the root, then embedded sub-processes, called processes, instances of repeated
 * activities and compensations, each hanging on the token that opened it. */
#ifndef ENGINE_PROCESS_RUN_H
#define ENGINE_PROCESS_RUN_H

#include "engine/process/model.h"

/* T_MOVING is only seen inside a step. The numbers are stored. */
enum token_state {
    T_USER,
    T_VERB,
    T_TIMER,
    T_CHILD, /* waits for the scopes that hang on it */
    T_JOIN,
    T_INCIDENT,
    T_ARMED, /* an event that may occur: of a boundary, an event sub-process, a catch event or behind an event-based gateway */
    T_MOVING,
    T_CATCH,  /* waits for one of its armed events */
    T_MULTI,  /* the whole of a loop or multi-instance activity */
    T_DONE,   /* a completed activity that can still be compensated */
    T_RESET,  /* a flow that a complex gateway has used since it fired */
    T_OFFERED /* an activity of an ad hoc sub-process that has not begun */
};

struct token {
    uint32_t no, scope, node;
    enum token_state state;
    /* JOIN, RESET: position of the incoming flow. ARMED: host's token, 0: its scope. INCIDENT: 1: it was about to leave; 2: an
     * event sub-process could not be armed. MULTI: instances in all. DONE: the throwing token that claimed it, or 0. */
    uint32_t extra;
    /* ARMED: how often a cycle still fires, this one included; whether a condition held last. MULTI: instances begun. CHILD of a
     * compensation: 1: another token has gone on already. */
    uint32_t left;
    uint32_t def; /* ARMED, compensation under way: which of the element's event definitions */
    bool dead;
};
/* Whether a scope is not over as long as the token is there. */
static inline bool token_counts(const struct token *t)
{
    return t->state != T_ARMED && t->state != T_DONE && t->state != T_RESET && t->state != T_OFFERED;
}

/* By the host: none; sub-process; call; repeated activity (with its own variables, or not); compensation. */
enum scope_kind { SCOPE_ROOT, SCOPE_SUB, SCOPE_CALL, SCOPE_INSTANCE, SCOPE_LOOP, SCOPE_HANDLER };
struct scope {
    uint32_t no;
    uint32_t host; /* token; 0 for the root */
    enum scope_kind kind;
    uint32_t level; /* of the elements in it. NONE: a process; else the sub-process */
    uint32_t ended; /* last end event reached, or NONE */
    const struct process_model *m;
    uint32_t live; /* tokens that count, and arrivals (only inside a step) */
    bool dead, touched;
};
struct process_state {
    const struct process_model *m;
    uint32_t next; /* next number */
    bool ended;
    const struct scope *scopes;
    const struct token *tokens; /* both ascending by number */
    uint32_t nscopes, ntokens;
};

struct frame { /* variables of the root, a called process or an instance; of a multi-instance token: {items, results} */
    uint32_t scope;
    const struct json *vars;
    bool dead;
};
struct arrival {
    uint32_t scope, node, flow; /* flow NONE: not by a flow */
};
struct step_seen { /* an applicant's step that is or was active during this event */
    uint32_t frame;
    struct slice name;
    const struct process_node *node;
    uint32_t token;
    const struct json *outcome;
};
struct skipped {
    uint32_t scope, node;
};

struct run {
    struct arena *a;
    const struct process_model *m;
    const struct process_step_env *env;
    instant at;
    uint32_t next;
    bool ended;
    result problem; /* the event is refused */
    struct token *tokens;
    struct scope *scopes;
    struct frame *frames;
    struct arrival *queue;
    struct effect *effects;
    struct step_seen *steps;
    struct skipped *skipped;
    uint32_t *throws; /* tokens that throw when nothing else moves, so that whoever could catch stands ready */
    size_t ntokens, nscopes, nframes, nqueue, neffects, nsteps, nskipped, nthrows;
    size_t cap_tokens, cap_scopes, cap_frames, cap_queue, cap_effects, cap_steps, cap_skipped, cap_throws;
    size_t head, thrown; /* of the queue; of the throws */
    uint32_t moves;
};

/* Room for one more at the end of a growing array of the run. */
#define GROW(r, field) ((r)->field = run_grow((r)->a, (r)->field, (r)->n##field, &(r)->cap_##field, sizeof *(r)->field))
void *run_grow(struct arena *a, void *p, size_t n, size_t *cap, size_t size);

/* step.c: a state put into a run; all tokens moved until they wait, and what there is then. */
void run_load(struct run *r, const struct process_state *s, const struct json *vars);
MUST result run_finish(struct run *r, struct process_outcome *out);

/* tokens.c */
struct token *token_find(struct run *r, uint32_t no); /* NULL when dead or unknown */
struct scope *scope_find(struct run *r, uint32_t no);
const struct node *token_node(struct run *r, const struct token *t);
const struct process_node *token_pub(struct run *r, const struct token *t);
uint32_t token_new(struct run *r, uint32_t scope, uint32_t node);
void token_arrive(struct run *r, uint32_t scope, uint32_t node, uint32_t flow);
/* Ends a token; when its scope is empty then, the scope is done. */
void token_end(struct run *r, uint32_t no);
/* Leaves the element by these flows (EFF_PASSED). */
void token_leave_by(struct run *r, uint32_t no, const uint32_t *flows, uint32_t n);
/* Leaves the element by whatever its outgoing flows and their conditions say. */
void token_leave(struct run *r, uint32_t no);
/* Closes what the token waits for (task, timer, scope below, boundary timers) and takes the token away. */
void token_cancel(struct run *r, uint32_t no);
/* Activity done: boundary timers end, the outcome (may be NULL) goes to its step, the token moves on. */
void token_complete(struct run *r, uint32_t no, const struct json *outcome);

/* Forgets a token that nobody waits for: no effect, no change of its scope. */
void token_forget(struct run *r, uint32_t no);
bool in_instance(struct run *r, const struct token *t);

/* scope.c */
uint32_t scope_open(struct run *r, uint32_t host, enum scope_kind kind, const struct process_model *m, uint32_t level);
void scope_done(struct run *r, uint32_t scope);
void scope_clear(struct run *r, uint32_t scope);  /* cancels everything that counts inside */
void scope_disarm(struct run *r, uint32_t scope); /* its event sub-processes are no longer waited for */
void scope_kill(struct run *r, uint32_t scope);   /* cleared, disarmed and gone */
void process_end(struct run *r, const struct process_node *node, const struct json *outcome, struct slice error);

/* raise.c: errors, escalations and cancellations climb the scopes until an event sub-process or a boundary event takes them. */
/* False: nobody takes it. */
bool event_raise(struct run *r, uint32_t scope, enum trigger trigger, struct slice name, const struct json *data);
/* As event_raise; uncaught, the error ends the process. */
void error_raise(struct run *r, uint32_t scope, struct slice code, const struct json *data,
                 const struct process_node *from);
/* The boundary event of this token's element that takes it; NONE when none does. */
uint32_t boundary_for(struct run *r, const struct token *t, enum trigger trigger, struct slice name);
bool error_caught_above(struct run *r, uint32_t scope, struct slice code);
void boundary_fire(struct run *r, uint32_t host, uint32_t boundary, const struct json *data);
void event_sub_fire(struct run *r, uint32_t scope, uint32_t sub, const struct json *data);

/* multi.c */
void multi_enter(struct run *r, uint32_t token);
void multi_done(struct run *r, uint32_t scope); /* one instance is over */

/* compensation.c */
void record_add(struct run *r, uint32_t token); /* its activity has completed */
/* Completed activities of a sub-process that is over belong to the scope around it. */
void records_rise(struct run *r, uint32_t scope, uint32_t to);
/* The token throws compensation; true: it waits for activities that compensate. */
bool compensation_begin(struct run *r, uint32_t token, uint32_t def);
bool compensation_next(struct run *r, uint32_t token);
void cancel_begin(struct run *r, uint32_t token); /* cancel end event of a transaction */
void cancel_finish(struct run *r, uint32_t token);

/* throws.c */
void throw_later(struct run *r, uint32_t token);
bool throw_next(struct run *r);                  /* false: nothing waits to be thrown */
void throw_go_on(struct run *r, uint32_t token); /* a compensation is over */
void signal_deliver(struct run *r, struct slice name, const struct json *data);

/* adhoc.c */
void adhoc_open(struct run *r, uint32_t scope);
void adhoc_settle(struct run *r, uint32_t scope); /* something inside is over */
void adhoc_take(struct run *r, uint32_t token);   /* an offered activity begins */

/* complex.c */
bool complex_fire(struct run *r);

/* gateways.c: the lowest waiting token of each incoming flow; how many flows have one. */
uint32_t join_arrived(struct run *r, uint32_t scope, uint32_t join, uint32_t nin, uint32_t *first);
uint32_t join_unite(struct run *r, const uint32_t *first, uint32_t nin); /* the one that goes on */

/* vars.c */
void vars_load(struct run *r, const struct json *vars);
const struct json *vars_store(struct run *r);
uint32_t frame_of(struct run *r, uint32_t scope);   /* number of the scope that owns the variables */
uint32_t process_of(struct run *r, uint32_t scope); /* number of the root or called process it stands in */
struct frame *vars_frame(struct run *r, uint32_t scope);
void frame_open(struct run *r, uint32_t scope, const struct json *vars);
const struct json *vars_view(struct run *r, uint32_t scope);
void vars_set(struct run *r, uint32_t scope, struct slice name, const struct json *value);
void vars_merge(struct run *r, uint32_t scope, const struct json *object);
/* Evaluates for a token; false: not evaluated, and the token is an incident. */
bool vars_eval(struct run *r, uint32_t token, const struct feel *f, const struct json *scope, const struct json **out,
               struct slice *warning);
bool vars_true(struct run *r, uint32_t token, const struct feel *f, const struct json *scope, bool *out);
bool vars_map(struct run *r, uint32_t token, const struct mapping *list, uint32_t n, const struct json *scope,
              const struct json **out);

/* effects.c */
struct effect *effect_add(struct run *r, enum effect_type type, uint32_t token, const struct process_node *node,
                          uint32_t scope);
/* The token stands still until a human mends it. Pairs as fail(). */
#define INCIDENT(r, token, code, ...) \
    incident_set((r), (token), fail((r)->a, (code), token_place((r), (token)), __VA_ARGS__))
struct slice token_place(struct run *r, uint32_t token);
void incident_set(struct run *r, uint32_t token, result problem);
const struct json *incident_data(struct run *r, result problem);
void steps_begin(struct run *r);
void steps_enter(struct run *r, uint32_t token);
void steps_outcome(struct run *r, uint32_t scope, struct slice step, const struct json *outcome);
void steps_settle(struct run *r);
bool step_withdrawn(struct run *r, uint32_t scope, struct slice step);

/* timers.c */
bool timer_due(struct run *r, uint32_t token, const struct timer *t, instant *due, uint32_t *times);
bool limit_due(struct run *r, uint32_t token, const struct limit *l, instant *due);

/* subscriptions.c */
const struct event_def *armed_def(struct run *r, const struct token *t);
/* False: the host stands still, or a condition that holds has taken it away. */
bool boundaries_arm(struct run *r, uint32_t host);
/* What a catch event, receive task or event-based gateway waits for; false as above. */
bool events_arm(struct run *r, uint32_t host);
/* Event sub-processes of a new scope; false: one has interrupted it already. */
bool scope_arm(struct run *r, uint32_t scope);
bool sub_arm(struct run *r, uint32_t scope, uint32_t sub);
void boundaries_disarm(struct run *r, uint32_t host); /* everything armed for this token */
/* One definition of an event, for a host (0: the scope); `owner` stands still, and false, when its time cannot be told. */
bool definition_arm(struct run *r, uint32_t owner, uint32_t scope, uint32_t host, uint32_t node, uint32_t def);
void armed_fire(struct run *r, uint32_t no, const struct json *data);
/* The process begins with this event behind its event-based gateway; nothing else is waited for. */
void gate_begin(struct run *r, uint32_t gate, uint32_t node, const struct json *data);
bool conditions_fire(struct run *r); /* one condition that has come to hold; false: none */

/* behaviours: tasks.c, gateways.c, events.c */
result enter_start(struct run *r, uint32_t token, uint32_t flow);
result enter_end(struct run *r, uint32_t token, uint32_t flow);
result enter_user(struct run *r, uint32_t token, uint32_t flow);
result enter_service(struct run *r, uint32_t token, uint32_t flow);
result enter_rule(struct run *r, uint32_t token, uint32_t flow);
result enter_script(struct run *r, uint32_t token, uint32_t flow);
result enter_exclusive(struct run *r, uint32_t token, uint32_t flow);
result enter_inclusive(struct run *r, uint32_t token, uint32_t flow);
result enter_parallel(struct run *r, uint32_t token, uint32_t flow);
result enter_call(struct run *r, uint32_t token, uint32_t flow);
result enter_sub(struct run *r, uint32_t token, uint32_t flow);
result enter_catch(struct run *r, uint32_t token, uint32_t flow);
result enter_throw(struct run *r, uint32_t token, uint32_t flow);
result enter_task(struct run *r, uint32_t token, uint32_t flow);
result enter_send(struct run *r, uint32_t token, uint32_t flow);
result enter_receive(struct run *r, uint32_t token, uint32_t flow);
result enter_event_gate(struct run *r, uint32_t token, uint32_t flow);
result enter_complex(struct run *r, uint32_t token, uint32_t flow);
/* Fires one inclusive join that may go on; false when there is none. */
bool inclusive_fire(struct run *r);
/* The same of a parallel join at which all have arrived: its flows may have changed under it. */
bool parallel_fire(struct run *r);
/* Tells anew whose an open task is and until when (EFF_TASK_CHANGED). */
void task_again(struct run *r, uint32_t token);
void task_done(struct run *r, uint32_t token, const struct json *data);
void verb_done(struct run *r, uint32_t token, const struct json *output);
void verb_failed(struct run *r, uint32_t token, const struct json *data);
void step_cancel(struct run *r, struct slice step);

#endif
