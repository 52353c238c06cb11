/* What the tests of the process engine share: models in a short notation, and a driver that checks the engine's
 * promises on every event. Not part of any program that is installed. */
#ifndef ENGINE_PROCESS_TESTKIT_H
#define ENGINE_PROCESS_TESTKIT_H

#include "base/testing.h"
#include "engine/process/model.h"

/* One line an element, so that line n of the notation is line n of the XML:
 *   userTask a tb:kind="handle" …     attributes as they stand; after '|' the element's content
 *   subProcess p {  …  }              nested lines
 *   a -> b            a -> b : x > 1  flow "a_b", with a condition
 *   a => b                            default flow
 *   process q {  …  }                 a further process of the file (at the end)
 *   <…                                XML as it stands
 * The process has the id "p1" and the attributes given. Defined: errors E1 "late", E2 "broken"; escalation X1 "up"; signal S1
 * "bell"; message M1 "letter". */
struct slice kit_bpmn(struct arena *a, const char *attributes, const char *notation);

/* Verbs "local.…" and "job.…", "local.strict" (input a required, b allowed); departments "scjg", "tax"; form "form1";
 * called models by their service code in `called`; decision "grade". */
struct kit {
    struct arena *a;
    const struct process_model *called[8];
    const struct dmn *dmn;
    struct process_env env;
};
extern const char kit_grade_dmn[];
void kit_init(struct kit *k, struct arena *a);
/* What the engine does with a model, sound or not: the checks have tests of their own, by kit_faults. */
const struct process_model *kit_compile(struct kit *k, const char *notation); /* must be good */
result kit_faults(struct kit *k, const char *attributes, const char *notation);

/* A case under way. Every event is also: stepped from the decoded bytes of the state, and once more, with equal
 * effects, variables and bytes; no token number is used twice; every waiting token was told. */
struct play {
    struct arena *a;
    const struct process_model *m;
    const struct process_state *s;
    const struct json *vars;
    struct process_outcome last;
    struct process_step_env env;
    instant at;
    uint32_t highest; /* token seen */
    size_t longest;   /* bytes of a state */
    const struct json *ended;
};
void play_begin(struct play *p, struct arena *a, const struct process_model *m, const char *vars);
result play_event(struct play *p, enum process_event_type type, uint32_t token,
                  const char *data); /* data: JSON or NULL */
result play_named(struct play *p, enum process_event_type type, uint32_t token, const char *name, const char *data);
void play_good(struct play *p, enum process_event_type type, uint32_t token, const char *data, const char *file,
               int line);
#define PLAY(p, type, token, data) play_good((p), (type), (token), (data), __FILE__, __LINE__)
/* Token that waits at the element (boundary timers included); 0 when none does. */
uint32_t play_at(struct play *p, const char *element);
size_t play_count(struct play *p, const char *element); /* how many wait there */
/* First effect of the last event of that type at the element (element NULL: any); NULL when there is none. */
const struct effect *play_effect(struct play *p, enum effect_type type, const char *element);
size_t play_effects(struct play *p, enum effect_type type, const char *element);
/* Value of a path of variables, as JSON text. */
struct slice play_var(struct play *p, const char *pointer);
#define assert_var(p, pointer, expected) assert_slice(play_var((p), (pointer)), (expected))

/* A working calendar of 2021 for clocks (weekends off, office hours 9-12 and 14:30-17:30). */
const struct calendar *kit_calendar(struct arena *a);

#endif
