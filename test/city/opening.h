/* A case of a service from filing to decision, as commands: learnt once by a rehearsal, then done again and again under
 * load. What is filled in comes from the service's own scenarios. */
#ifndef TEST_CITY_OPENING_H
#define TEST_CITY_OPENING_H

#include "test/city/fixture.h"

struct opening_step {
    bool job;      /* the flow waits for a job (licence): token, verb; else an officer decides */
    int64_t token; /* the same in every case: the process is deterministic */
    struct slice node, department, verb;
    const struct actor *actor;
    struct task_decision decision;
};
struct opening_plan {
    const struct service *service; /* held by the plan's arena */
    const struct actor *applicant;
    const struct json *data, *snapshot, *scenarios;
    struct slice town;
    const struct opening_step *steps;
    size_t nsteps, ntasks;
};
/* What the scenarios say: applicant and form; no steps yet. `a` must outlive the plan. */
MUST result opening_plan_read(struct test_city *t, struct arena *a, struct slice service, struct opening_plan **out);
/* Rehearses one case (it stays in the city) and writes down who did what. */
MUST result opening_plan_rehearse(struct test_city *t, struct arena *a, struct opening_plan *p);
/* A decision of this element that goes well: outcome, opinion and what the officer fills in. */
struct task_decision opening_decision(const struct opening_plan *p, struct slice node, int64_t token);

/* The filing of opening number `serial`: the plan's data with what must be unique made so. */
void opening_filing(const struct opening_plan *p, struct arena *a, int64_t serial, struct case_filing *out);
/* A command of this opening, keyed by `key` (empty: none). */
struct case_command opening_command(struct test_city *t, struct arena *a, const struct actor *x, const char *route,
                                    struct slice key, struct slice body);

/* Where a case stands, from the tables. */
struct opening_state {
    bool closed;
    struct slice state;
    struct {
        int64_t token;
        struct slice node, kind, department, role, town;
    } tasks[32];
    size_t ntasks;
    struct id jobs[16]; /* that the flow waits for */
    int64_t job_tokens[16];
    struct slice job_verbs[16];
    size_t njobs;
};
MUST result opening_look(struct test_city *t, struct arena *a, struct id case_id, struct opening_state *out);

#endif
