/* Private to engine/process: a state, and one step in work. A token is one visit of one element; its number is
 * never used again. Scopes form a tree: the root, then embedded sub-processes and called processes, each hanging
 * on the token that opened it. */
#ifndef ENGINE_PROCESS_RUN_H
#define ENGINE_PROCESS_RUN_H

#include "engine/process/model.h"

/* T_MOVING is only seen inside a step. The numbers are stored. */
enum token_state { T_USER, T_VERB, T_TIMER, T_CHILD, T_JOIN, T_INCIDENT, T_ARMED, T_MOVING };

struct token {
    uint32_t no, scope, node;
    enum token_state state;
    uint32_t
        extra; /* T_JOIN: position of the incoming flow; T_ARMED: host's token; T_INCIDENT: 1 when it was about to leave */
    uint32_t left; /* T_ARMED on a cycle: how often it still fires, this one included; else 0 */
    bool dead;
};
struct scope {
    uint32_t no;
    uint32_t host;  /* token; 0 for the root */
    uint32_t level; /* NONE: a process; else the sub-process */
    uint32_t ended; /* last end event reached, or NONE */
    const struct process_model *m;
    uint32_t live; /* tokens and arrivals, boundary timers not counted (only inside a step) */
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

struct frame { /* variables of the root or of a called process */
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
    size_t ntokens, nscopes, nframes, nqueue, neffects, nsteps, nskipped;
    size_t cap_tokens, cap_scopes, cap_frames, cap_queue, cap_effects, cap_steps, cap_skipped;
    size_t head; /* of the queue */
    uint32_t moves;
};

/* Room for one more at the end of a growing array of the run. */
#define GROW(r, field) ((r)->field = run_grow((r)->a, (r)->field, (r)->n##field, &(r)->cap_##field, sizeof *(r)->field))
void *run_grow(struct arena *a, void *p, size_t n, size_t *cap, size_t size);

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

/* scope.c */
uint32_t scope_open(struct run *r, uint32_t host, const struct process_model *m, uint32_t level, uint32_t start);
void scope_done(struct run *r, uint32_t scope);
void scope_clear(struct run *r, uint32_t scope); /* cancels everything inside */
/* Raises an error out of a scope; uncaught, it ends the process. */
void error_raise(struct run *r, uint32_t scope, struct slice code, const struct json *data,
                 const struct process_node *from);
/* The boundary event of this token's element that catches the code; NONE when none does. */
uint32_t error_catcher(struct run *r, const struct token *t, struct slice code);
bool error_caught_above(struct run *r, uint32_t scope, struct slice code);
void boundary_fire(struct run *r, uint32_t host, uint32_t boundary, const struct json *data);
void process_end(struct run *r, const struct process_node *node, const struct json *outcome, struct slice error);

/* vars.c */
void vars_load(struct run *r, const struct json *vars);
const struct json *vars_store(struct run *r);
uint32_t frame_of(struct run *r, uint32_t scope); /* number of the scope that owns the variables */
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
bool timer_due(struct run *r, uint32_t token, const struct node *n, instant *due);
bool limit_due(struct run *r, uint32_t token, const struct limit *l, instant *due);
bool boundaries_arm(struct run *r, uint32_t host);
void boundaries_disarm(struct run *r, uint32_t host);
void timer_boundary(struct run *r, uint32_t no);

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
/* Fires one inclusive join that may go on; false when there is none. */
bool inclusive_fire(struct run *r);
void task_done(struct run *r, uint32_t token, const struct json *data);
void verb_done(struct run *r, uint32_t token, const struct json *output);
void verb_failed(struct run *r, uint32_t token, const struct json *data);
void step_cancel(struct run *r, struct slice step);

#endif
