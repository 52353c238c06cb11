/* Runs scenarios/NAME.json of a service folder: who does what, and what must then be true. The contract is
 * data/schemas/scenario.schema.json; beyond it, "for" may also be "@NAME" (the enterprise that the case NAME founded). */
#ifndef TEST_SCENARIOS_SCENARIO_H
#define TEST_SCENARIOS_SCENARIO_H

#include "test/scenarios/world.h"

#define SCENARIO_CASES 20
struct scenario_case {
    struct slice name;
    struct id id;
    struct slice service;
};
struct play {
    struct world *w;
    struct slice where; /* file */
    const struct json *json;
    struct slice service; /* code of the folder */
    struct scenario_case cases[SCENARIO_CASES];
    size_t ncases;
    size_t at;       /* step in work */
    size_t commands; /* carried out, each of them also replayed */
};
/* Fails the test at the first step that does not hold, naming file, step and label. */
void scenario_run(struct play *p);
/* The case of that name; empty: the first. Fails the test when unknown. */
struct scenario_case *scenario_case(struct play *p, struct slice name);
_Noreturn void scenario_broken(struct play *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* expect.c */
void scenario_expect(struct play *p, const struct json *expect, struct slice case_name);
/* What must hold of every scenario at its end: documents verify, the journal folds to the same tables. */
void scenario_invariants(struct play *p);

#endif
