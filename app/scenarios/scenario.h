/* Runs scenarios/NAME.json of a service folder: who does what, and what must then be true. The contract is
 * data/schemas/scenario.schema.json; beyond it, "for" may also be "@NAME" (the enterprise that the case NAME founded). */
#ifndef APP_SCENARIOS_SCENARIO_H
#define APP_SCENARIOS_SCENARIO_H

#include <setjmp.h>

#include "app/scenarios/world.h"

#define SCENARIO_CASES 20
struct scenario_case {
    struct slice name;
    struct id id;
    struct slice service;
};
struct play {
    struct world *w;
    struct slice where; /* file, as faults name it */
    const struct json *json;
    struct slice service; /* code of the folder */
    struct scenario_case cases[SCENARIO_CASES];
    size_t ncases;
    size_t at;       /* step in work */
    size_t commands; /* carried out, each of them also replayed */
    jmp_buf end;     /* where scenario_broken goes */
    result fault;
};
/* CODE_SERVICE_SCENARIO, field "WHERE#/steps/N", at the first step that does not hold. */
MUST result scenario_run(struct play *p);
/* The beginning that the scenario states; CODE_SERVICE_SCENARIO. */
MUST result scenario_start(struct arena *a, struct slice where, const struct json *json, instant *start);

/* ---- for the files of this folder, and tests that play along ---- */
/* The case of that name; empty: the first. */
struct scenario_case *scenario_case(struct play *p, struct slice name);
/* Ends the scenario; both texts take the same arguments in the same order. */
_Noreturn void scenario_broken(struct play *p, const char *zh, const char *en, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));
/* Ends the scenario unless good. */
void scenario_need(struct play *p, result r);
/* Uploads what the step hands in, by property of the form (dotted path), and puts the ids into *data. What the city refuses to
 * take is the result. */
MUST result scenario_papers(struct play *p, const struct actor *x, const struct json *files, const struct json **data);
void scenario_expect(struct play *p, const struct json *expect, struct slice case_name);
/* What must hold of every scenario at its end: documents verify, the journal folds to the same tables. */
void scenario_invariants(struct play *p);

#endif
