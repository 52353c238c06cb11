/* Changing a case under way from outside its flow (pure): to another version of its definition, or by an officer who puts right
 * where it stands. Both are told as effects, like a step, and change nothing when they are refused. */
#ifndef ENGINE_PROCESS_CHANGE_H
#define ENGINE_PROCESS_CHANGE_H

#include "engine/process/process.h"

/* Elements of the old version that become others; every other one becomes that of the same id. Flows may be named too; one that
 * is not named is found by its id, or by the element it comes from. */
struct process_mapping {
    struct slice from, to;
};
struct process_migration {
    const struct process_mapping *list;
    size_t n;
    /* Timers and other events that the new version waits for beside what is open are armed. Of a migration that is undone only
     * those that it took away (`again`, element ids): what had occurred before must not occur a second time. */
    bool undo;
    const struct slice *again;
    size_t nagain;
    const struct json *values; /* variables that the new version needs, or NULL; never in place of one that is there */
};
/* The case under another version. Every token keeps its number, its element becomes the mapped one. It stays where it is, with
 * every cause (CODE_PROCESS_MIGRATION, field: element id), when one of its tokens has no place there: no element, another kind,
 * another sub-process, a join without that flow, another kind of repetition, an activity that could no longer be compensated, a
 * verb under way that is another one there; when a join would wait for ever; or when it would stand still.
 * What is waited for beside an open element and is gone there ends (EFF_TIMER_CANCELLED, EFF_AWAIT_OVER); what is new there is
 * waited for (see above); a timer that is kept keeps its due date, which the caller may move. EFF_TASK_CHANGED for each open task,
 * EFF_STEP_STARTED and EFF_STEP_ENDED where the applicant's steps are others. A join that all have reached fires. */
MUST result process_migrate(struct arena *a, const struct process_state *s, const struct json *vars,
                            const struct process_model *to, const struct process_migration *plan, instant at,
                            const struct process_step_env *env, struct process_outcome *out);

/* An officer's correction. The rule: what is moved stays in its process or sub-process (its level); an activity or a catch event
 * is entered anew; whoever stands behind the element that is gone back to, on a parallel branch too, is taken back with it; no
 * join may then wait for ever and nothing be done twice; nothing may stand still. A verb under way is waited for. */
enum process_correction_kind {
    CORRECT_MOVE,  /* the token to another element; to one that was done before: a repetition */
    CORRECT_CANCEL /* what waits there is not done; the flow goes on behind it, its outcome "cancelled" */
};
struct process_correction {
    enum process_correction_kind kind;
    uint32_t token;  /* as process_waiting tells it */
    struct slice to; /* MOVE */
    instant at;
};
/* CODE_PROCESS_CORRECTION, CODE_PROCESS_TOKEN. */
MUST result process_correct(struct arena *a, const struct process_state *s, const struct json *vars,
                            const struct process_correction *c, const struct process_step_env *env,
                            struct process_outcome *out);

/* Elements of the token's level to which it could be moved: activities and catch events. *repeated of one that is gone back to: all
 * that may come after `from` on its level, with what is inside sub-processes, itself included. */
size_t process_places(struct arena *a, const struct process_state *s, uint32_t token,
                      const struct process_node *const **out);
size_t process_behind(struct arena *a, const struct process_state *s, uint32_t token, struct slice from,
                      const struct process_node *const **out);

/* Names of variables that what lies ahead of the case's tokens reads, that nothing ahead supplies and vars does not have. A called
 * process that reads its caller's variables is not looked into. */
size_t process_lacks(struct arena *a, const struct process_state *s, const struct json *vars, const struct slice **out);

/* The element of that id; NULL when the model has none. */
const struct process_node *process_element(const struct process_model *m, struct slice id);

#endif
