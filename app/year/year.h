/* A year of a demonstration city: cases of the published services, played through the engine's own commands in virtual time, from
 * parameters that are written down (data/demo/README.md). The same parameters over the same months give the same figures; so what a
 * board says of such a year can be compared with what went in.
 *
 * Everything goes through the doors that people use: filings, decisions, corrections, withdrawals, ratings and the plan's acts, each at
 * its own instant; timers and escalations fire between them. Only papers are not made: the verbs that render and sign are
 * replaced by one that does nothing and says so in the journal ("left_out"), for 3000 sealed papers would be false ones. */
#ifndef APP_YEAR_H
#define APP_YEAR_H

#include "city/cases/cases.h"
#include "engine/simulation/random.h"

#define YEAR_DAYS 8 /* an officer takes 0 to 7 working days for a task */
struct year_params {
    const struct json *json;
    uint64_t seed;
    double season[12]; /* by calendar month, 1 = an ordinary one */
};
/* Of one service: its own entry, else that of "default". a_month is 0 where there is no entry at all. */
struct year_rates {
    double a_month;                                              /* filings in an ordinary month, Poisson */
    double online, withdrawn, rejected, corrected, not_accepted; /* shares of the filings */
    double stopped;           /* share whose clock stops at the first task behind acceptance */
    enum stop_cause cause;    /* of that */
    int64_t stop_days;        /* at most; calendar days, each number alike likely */
    int64_t age_from, age_to; /* of persons who apply; 0: any */
};
/* CODE_YEAR_PARAMETERS with the place of what is wrong. */
MUST result year_params_read(struct arena *a, struct slice text, struct slice where, struct year_params *out);
struct year_rates year_rates(const struct year_params *p, struct slice service);
/* Cumulated shares: an officer of the department takes at most i working days. `kind` "heads" for tickets. */
void year_days(const struct year_params *p, struct slice department, double out[YEAR_DAYS]);
/* A number of the parameters by its path, e.g. "/ratings/share". */
double year_number(const struct year_params *p, const char *pointer, double otherwise);

struct year_report {
    int64_t filed, ended, withdrawn, rejected, not_accepted, corrected, stopped, ratings, tickets, commands, people,
        acts;
};
struct year {
    struct city *c;
    struct arena *a; /* outlives the play */
    const struct year_params *p;
    instant from, to; /* cases are filed in [from, to); what is due later stays open */
    bool plan;        /* the plan's acts of its own year too */
    instant now;      /* virtual: the city's clock and the store's must be year_clock */
    struct year_report report;
};
struct time_source year_clock(struct year *y);
/* The city is a demonstration city without a case. What the engine refuses ends the play: nothing is passed over. */
MUST result year_play(struct year *y);
const struct json *year_report_json(struct arena *a, const struct year *y);

/* ---- for the files of this folder ---- */
/* Areas with papers left out; copied into a. */
const struct areas *year_areas(struct arena *a, const struct areas *from);

/* Whom the year needs: applicants with accounts nobody signs in with, a window officer for every town without one. */
struct year_people {
    size_t persons, elders, enterprises; /* how many */
    int64_t age_from, age_to;            /* of the elders */
};
MUST result year_people_make(struct year *y, const struct year_people *n);
/* Login of applicant n of a kind: "person", "elder", "enterprise". */
struct slice year_login(struct arena *a, const char *kind, size_t n);

/* What a service's own scenarios say about filling it in. */
struct year_service {
    struct slice code;
    struct year_rates rates;
    const struct service *version;
    const struct json *scenarios; /* in the order in which they are looked through */
    bool enterprise;
};
MUST result year_service_read(struct year *y, struct slice code, struct year_service *out);
/* The form of a filing on that day by that applicant (snapshot): a scenario's, with the applicant's own data in place of the
 * scenario's people, dates moved by as much as the filing is later, and a trade name that is free. CODE_YEAR_PARAMETERS when no scenario
 * files. */
MUST result year_form(struct year *y, const struct year_service *s, struct id subject, const struct json *applicant,
                      int64_t serial, const struct json **out);
/* What the officer says at a task: outcome `wanted` when the task has it, else its first good one. */
struct task_decision year_decision(struct year *y, struct arena *a, const struct year_service *s, struct slice node,
                                   int64_t token, struct slice wanted, const struct id *case_id);
bool year_task_has(const struct year_service *s, struct slice node, const char *outcome);

/* The plan's acts, oldest first, up to y->to. */
MUST result year_plan_play(struct year *y);

#endif
