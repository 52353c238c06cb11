/* A case in memory: the fold of its journal. Private to city/cases. */
#ifndef CITY_CASES_ROW_H
#define CITY_CASES_ROW_H

#include "city/city.h"

enum case_state {
    CASE_FILED,      /* 已申报, waiting for acceptance */
    CASE_CORRECTION, /* 补正中: asked once, in full (行政许可法 art. 32) */
    CASE_HANDLING,   /* 已受理，办理中: the clock runs */
    CASE_DELIVERED,  /* 已办结并送达 */
    CASE_REFUSED,    /* 不予受理 */
    CASE_WITHDRAWN,  /* 已撤回 */
    CASE_STATES
};
const char *case_state_name(enum case_state s);
bool case_state_open(enum case_state s);

enum step_state { STEP_WAITING, STEP_RUNNING, STEP_DONE, STEP_REFUSED, STEP_WITHDRAWN, STEP_STATES };
const char *step_state_name(enum step_state s);

struct case_step {
    struct slice key;
    enum step_state state;
    struct slice outcome;
    struct slice officer; /* name of who last acted; masked where the public sees it */
    struct clock clock;   /* limits without their sources: those are the service version's */
};

struct case_row {
    struct id id, subject, agent, filed_by;
    struct slice number, service, service_hash, department, town;
    enum case_state state;
    struct slice outcome;
    int64_t version; /* = sequence number of the last event */
    struct slice engine;
    const struct json *vars;
    instant filed_at, accepted_at, decided_at, urged_at;
    instant at;                /* of the last event: a clock that is set back makes no case younger */
    struct slice accepted_how; /* officer | silence | automatic */
    struct clock clock;
    struct case_step *steps;
    size_t nsteps;
    const struct json *correction; /* {at, token, due, lapses, answered?} or NULL; what was asked is in the journal */
    struct slice decider;          /* department of the task that decided last; empty: no officer has decided yet */
    bool deciders;                 /* … and another one decided before */
    struct slice channel;          /* of the filing: online | window | kiosk */
    int64_t acts, papers, fee_fen; /* for what the case took, see measure.h */
    bool reviewed;                 /* a person's review of it was asked for */
    bool folded;                   /* its journal is in the archive: no engine, no vars here (city/cases/archive.h) */
    bool ended;                    /* by an event folded since the row was read */
    const struct json *decisions;  /* key of a decision of several services -> hash of the version that decided */
    struct slice limits_of;        /* the version whose limits the case keeps since it was migrated; empty: its own */
    const struct json *officers;   /* "scope/element id" -> account id of who completed it (for tb:separate) */
};

/* The non-personal part that lists and progress pages need, as stored in case_file.progress. */
struct slice case_progress_write(struct arena *a, const struct case_row *c);
MUST result case_progress_read(struct arena *a, struct slice text, struct case_row *c);
struct case_step *case_step_find(struct case_row *c, struct slice key);

/* Row <-> columns of case_file (see migrations.c). */
extern const struct stmt CASE_SELECT;      /* by id, locks */
extern const struct stmt CASE_SELECT_READ; /* by id */
#define CASE_COLUMNS                                                                                                   \
    "id, number, service, service_hash, subject, agent, filed_by, department, town, state, outcome, version, engine, " \
    "vars_ct, progress, filed_at, accepted_at, decided_at, due_at, statutory_due_at"
MUST result case_row_read(struct arena *a, const struct sql_value *v, const struct data_key *key, struct case_row *c);
/* The variables as case_file has them. */
struct slice case_vars_seal(struct arena *a, const struct data_key *key, const struct case_row *c);
/* Inserts (version 1) or updates (expects version - 1). */
void case_row_write(const struct city *city, struct decision *d, const struct data_key *key, const struct case_row *c);
/* Earliest lawful due date of the whole case under its promise, and by statute; 0 when it has no such limit or has not started. */
void case_due(const struct calendar *cal, const struct case_row *c, instant *promised, instant *statutory);

#endif
