/* Cases (办件): the commands on them, the journal, the projections, the workers.
 *
 *   request -> command -> one unit of the store: load and lock the case, engine step (pure) <-> local verbs,
 *   facts -> journal row and projections -> durable -> reply
 *
 * Every command is idempotent: its key is hashed with actor and route; a command carried out is found by its
 * journal row, a filing and a refusal by the table `idempotency`. */
#ifndef CITY_CASES_CASES_H
#define CITY_CASES_CASES_H

#include "city/cases/facts.h"
#include "city/catalogue/catalogue.h"

extern const struct migration CASES_MIGRATIONS[];
extern const size_t CASES_NMIGRATIONS;

enum task_status { TASK_OPEN, TASK_CLAIMED, TASK_WAITING, TASK_DONE, TASK_CANCELLED };

/* What every command says of itself. */
struct case_command {
    struct city *city;
    struct arena *a; /* command lifetime: results and problems live here */
    const struct actor *actor;
    instant now;
    struct slice route; /* part of the idempotency key */
    struct slice key;   /* empty: not idempotent by key (timers and jobs are by their row) */
    struct slice body;  /* canonical bytes of the request, hashed */
    struct id case_id;
};
struct case_done {
    struct id case_id;
    int64_t version;
    bool replayed;
};

/* ---- the applicant ---- */
struct case_filing {
    const struct service *service; /* a version held by the caller */
    const struct json *data;       /* the form */
    const struct json *parts;      /* step keys wanted, or NULL: all */
    struct slice town;
    struct id subject;              /* the applicant; needs no right when it is actor->subject, else window role */
    struct id agent;                /* acting account under a delegation, else ID_NONE */
    const struct json *applicant;   /* snapshot {kind, name, id_kind, id_number, phone …} kept in vars.applicant */
    struct id draft;                /* deleted in the same transaction; ID_NONE: none */
    struct slice channel;           /* online | window | kiosk; phone | email: through the hotline */
    const struct json *not_by;      /* ids of accounts that have no part in it (whom it is about), or NULL */
    const struct flow_start *start; /* begun by an event, never by a request: city/cases/flow.h; or NULL */
};
/* ACTOR_SYSTEM (the city of its own motion, never a request) files for anybody. */
MUST result case_file(struct case_command *k, const struct case_filing *f, struct case_done *out);
MUST result case_withdraw(struct case_command *k, struct slice step, struct slice reason, struct case_done *out);
MUST result case_correct(struct case_command *k, const struct json *data, struct case_done *out);
MUST result case_urge(struct case_command *k, struct slice text, struct case_done *out);
/* Asks that a person reviews what rules alone decided (个人信息保护法 art. 24), once; reason may be empty. CODE_CASE_REVIEW. */
MUST result case_review(struct case_command *k, struct slice reason, struct case_done *out);

/* ---- the desk ---- */
struct task_decision {
    int64_t token;
    struct slice outcome, opinion;
    const struct json *data;        /* what the officer fills in, or NULL */
    const struct json *reasons;     /* array of strings, needed to refuse (行政许可法 arts. 32, 38) */
    const struct json *corrections; /* array of strings, needed with outcome "correct": all at once */
};
MUST result task_claim(struct case_command *k, int64_t token, struct case_done *out);
MUST result task_release(struct case_command *k, int64_t token, struct case_done *out);
/* Open tasks that an officer who has left holds go back to all who may do them; x: who disabled the account. *n: how many. */
MUST result tasks_give_back(struct city *c, struct arena *a, const struct actor *x, struct id account, instant now,
                            size_t *n);
MUST result task_decide(struct case_command *k, const struct task_decision *t, struct case_done *out);
MUST result task_transfer(struct case_command *k, int64_t token, const struct actor *to, struct slice reason,
                          struct case_done *out);
MUST result case_clock_stop(struct case_command *k, int64_t token, struct slice cause, struct slice notice,
                            struct case_done *out);
MUST result case_clock_resume(struct case_command *k, int64_t token, struct slice notice, struct case_done *out);

/* Tries again wherever the process stands still (incidents). The head of the deciding body, or the command line.
 * CODE_CASE_NO_INCIDENT. */
MUST result case_retry(struct case_command *k, struct case_done *out);

/* Begins an activity that is offered (case_task kind "offer"), with the reason. As for a task of its role. */
MUST result task_begin(struct case_command *k, int64_t token, struct slice reason, struct case_done *out);

/* ---- messages from outside, and those that found nobody ---- */
struct outside_message {
    struct slice name;
    const struct json *key, *payload; /* key: a text or number, or NULL where it starts a service */
};
/* Another system's message (tb:outside), sent by an officer of the body whose service takes it. *id: of the message. Under a key it is
 * sent once. CODE_MESSAGE_UNKNOWN, CODE_FORBIDDEN, problems of the payload under /payload. */
MUST result message_from_outside(struct case_command *k, const struct outside_message *m, struct id *id,
                                 bool *replayed);
/* Messages that were not received, of cases of the bodies whose head the actor is; an administrator: those from outside too. */
MUST result message_undelivered(struct city *c, struct arena *a, const struct actor *x, int64_t limit,
                                struct slice cursor, const struct json **out);
/* Such a message is tried again, and kept anew. CODE_NOT_FOUND. */
MUST result message_try_again(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice reason,
                              instant now);
/* It need not be received any more: it goes, and the audit journal says why. CODE_NOT_FOUND. */
MUST result message_close(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice reason,
                          instant now);
/* What nobody received goes 90 days after. */
MUST result messages_undelivered_sweep(struct city *c, struct arena *a, instant now);

/* ---- workers: each claims by lease and does up to n; the number done ---- */
#define TIMERS_ROUND 64      /* timers that fire in one round, at most */
#define TIMERS_BESIDE 16     /* and while others write: a write waits for one round at most */
#define TIMERS_REST_MAX 1000 /* ms */
MUST result case_timers_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done);
/* What the worker does behind a round: how many it asks for in the next one, and how long it rests before, in ms. units: commands that were
 * committed during the round of `asked`, its own `done` included. While others write too and timers are left over, rounds are small and
 * followed by as long a rest: old timers have half of the time, whoever writes now the other. */
struct timers_pace {
    size_t next;
    int64_t rest;
};
struct timers_pace case_timers_pace(int64_t units, size_t asked, size_t done, int64_t took_ms);
MUST result case_jobs_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done);
/* Licences that expired five years ago go from the register, each with an event of its case; what was issued still verifies as
 * expired. *gone: how many. */
#define LICENCE_KEPT (5 * 366 * MS_DAY) /* rounded up: nothing goes a day too early */
MUST result case_licences_sweep(struct city *c, struct arena *a, instant now, int64_t *gone);
/* Messages and signals between cases: each brought to who awaits it. */
MUST result case_messages_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done);
/* Services that start by themselves, at their times or by a condition. After an outage one case is started for all the times that
 * were missed, and says how many. */
MUST result case_starts_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done);
/* Late tasks: one escalation each, to the department's head. */
MUST result case_escalate_run(struct city *c, struct arena *a, instant now, size_t n, size_t *done);

/* ---- looking ---- */
/* The applicant's and anybody's view; `who` decides what is masked. */
enum case_audience { VIEW_OWNER, VIEW_STAFF, VIEW_SHARED };
MUST result case_view(struct city *c, struct arena *a, struct id case_id, instant now, enum case_audience who,
                      const struct json **out);
/* Whether the actor may see it: applicant, agent under delegation, or staff with a task on it. */
MUST result case_may_see(struct city *c, struct arena *a, const struct actor *x, struct id case_id,
                         enum case_audience *who, struct id *subject);
/* Staff who completed a task of the case: rows of (account), each once, in order. For areas. */
MUST result case_officers(struct city *c, struct arena *a, struct id case_id, struct rows *out);
/* The case's variables, whoever asks: no right is checked and no read recorded. For areas, of cases of their own services.
 * CODE_NOT_FOUND, CODE_VAULT_ERASED. */
MUST result case_variables(struct city *c, struct arena *a, struct id case_id, const struct json **out);
MUST result case_list_mine(struct city *c, struct arena *a, const struct actor *x, struct slice state, int64_t limit,
                           struct slice cursor, instant now, const struct json **out);
MUST result case_share(struct city *c, struct arena *a, const struct actor *x, struct id case_id, int64_t days,
                       instant now, const struct json **out);
MUST result case_shared(struct city *c, struct arena *a, struct slice token, instant now, const struct json **out);
/* Decrypted document; the reader's right and the read record are the caller's (document endpoint). The original is the OFD of a licence
 * (CODE_NOT_FOUND: it has none), the rendition the PDF that everything has. */
enum document_form { DOCUMENT_RENDITION, DOCUMENT_ORIGINAL };
MUST result case_document(struct city *c, struct arena *a, struct id case_id, struct id document,
                          enum document_form form, struct slice *bytes, struct slice *title);
/* Whether the actor's subject holds the licence that this document of the case is. CODE_NOT_FOUND. */
MUST result licence_held(struct city *c, struct arena *a, const struct actor *x, struct id case_id, struct id document);
/* Licences of the actor's subject, and those of its cases that are another's (a founder's company); an agent sees those of the
 * services that the delegation names. Newest first, at most 200. */
MUST result licence_list(struct city *c, struct arena *a, const struct actor *x, instant now, const struct json **out);
/* Public verification by token: licence or document, with its present status. */
MUST result licence_verify(struct city *c, struct arena *a, struct slice token, instant now, const struct json **out);
/* The paper (case_document.id) with this token. CODE_NOT_FOUND. */
MUST result document_of_token(struct city *c, struct arena *a, struct slice token, struct id *out);
/* Of a file somebody holds: every check, and the status this city gives the paper today (null: not issued here). */
MUST result file_verify(struct city *c, struct arena *a, struct slice pdf, instant now, const struct json **out);

enum desk_scope { DESK_MINE, DESK_DEPARTMENT, DESK_WINDOW };
struct desk_filter {
    enum desk_scope scope;
    struct slice service, light, q;
    int64_t limit;
    struct slice cursor;
};
MUST result desk_tasks(struct city *c, struct arena *a, const struct actor *x, const struct desk_filter *f, instant now,
                       const struct json **out);
/* Full view of a case; purpose: the task that gives the right to see it. The read is recorded first. */
MUST result desk_case(struct city *c, struct arena *a, const struct actor *x, struct id case_id, instant now,
                      const struct json **out);
MUST result desk_search(struct city *c, struct arena *a, const struct actor *x, struct slice q, instant now,
                        const struct json **out);
MUST result desk_statistics(struct city *c, struct arena *a, const struct actor *x, instant now,
                            const struct json **out);

/* ---- rebuild: projections from the journal. compare_only: leaves the tables, reports the differences. ---- */
struct rebuild_report {
    int64_t cases, events, differences;
    struct slice first_difference;
};
MUST result case_rebuild(struct city *c, struct arena *a, bool compare_only, struct rebuild_report *out);

#endif
