/* Messages and signals between cases, and cases that an event starts (BPMN 2.0.2, 8.4.2, 10.5). Private to city/cases.
 *
 * What a case throws becomes a row of case_message in the transaction that throws it; a worker brings it to whom it is meant for, in a
 * transaction that takes the row away. So it is carried out once, however often it is tried. A case that waits says so by a row of
 * case_await, which is folded from its journal. */
#ifndef CITY_CASES_FLOW_H
#define CITY_CASES_FLOW_H

#include "city/cases/run.h"

enum flow_kind { FLOW_MESSAGE, FLOW_SIGNAL };
enum message_state {
    MESSAGE_UNDER_WAY,
    MESSAGE_KEPT,  /* nobody awaits it yet */
    MESSAGE_FAILED /* nobody came for it in time, or it cannot be delivered: somebody must look */
};

#define MESSAGE_KEEP_DAYS 30      /* when the model says nothing (tb:keep) */
#define MESSAGE_KEEP_MAX 366      /* days */
#define MESSAGE_TRIES 8           /* of a delivery that fails */
#define SIGNAL_BATCH 50           /* cases that hear a signal in one turn of the worker */
#define CONDITION_EVERY MS_MINUTE /* how often a conditional start is looked at */

/* What tells the case that is meant: a keyed hash, for keys may be personal. A text and a number that reads the same are the same
 * key. Empty: there is no key, or it is null, and no waiting case is meant. */
struct slice flow_key(const struct city *c, struct arena *a, const struct json *key);
/* Until when a message is kept that nobody awaits. keep: a limit's text, or empty. */
instant flow_keep_until(const struct calendar *cal, struct slice keep, instant from);

/* awaits.c: effects of the engine */
MUST result run_await(struct run *r, const struct effect *e);
MUST result run_thrown(struct run *r, const struct effect *e);
MUST result run_offered(struct run *r, const struct effect *e);
MUST result fold_await(struct fold *f, const struct json *v);
MUST result fold_await_over(struct fold *f, const struct json *v);

/* messages.c: a row of case_message, opened. */
struct message {
    struct id id, sender; /* sender: a case, or ID_NONE: from outside */
    enum flow_kind kind;
    struct slice name, key, service, town; /* key: the hash; service, town: the sender's */
    const struct json *payload;
    instant at, expires;
    int64_t seq, tries;
    struct slice cursor; /* signal: the last case that has heard it */
};
extern const struct stmt MESSAGE_TAKEN; /* the row ?1 goes */
extern const struct stmt MESSAGE_THERE; /* whether it is there */
/* Looks again at `due`: *state as above, an error's code or empty. */
MUST result message_again(struct city *c, struct arena *a, const struct message *m, enum message_state state,
                          struct slice error, instant due);
/* signals.c: the next cases, then the services that it starts; the row goes with the last. */
MUST result signal_bring(struct city *c, struct arena *a, const struct message *m, instant now);

/* starts.c: what an event starts. */
struct flow_start {
    const struct service *service;
    struct slice node;          /* id of the start event */
    const struct json *payload; /* what it brings: the form's data, and the start event's tb:result */
    const char *kind;           /* message | signal | timer | condition */
    struct slice name;          /* of the message or signal */
    struct id sender;           /* case that threw it, or ID_NONE */
    struct slice town;          /* the sender's, or empty */
    instant due;                /* timer: when it fell due */
    int64_t missed;             /* timer: further times that passed meanwhile, for which no case is started */
    struct id case_id;          /* made from the event, so that a second try is the same case */
    /* what goes with the event, in the transaction that opens the case: the row must be there, the statement changes one row */
    const struct stmt *there, *consume;
    struct sql_value binds[4]; /* of consume; the first is there's */
    size_t nbinds;
};
/* Whether the case is there already. */
MUST result start_begun(struct city *c, struct arena *a, const struct flow_start *s, bool *begun);
/* Opens it; nothing where another worker has opened it at the same moment. */
MUST result start_case(struct city *c, struct arena *a, instant now, const struct flow_start *s);
/* The case that this event starts of that service. */
struct id start_id(struct id event, struct slice service);
/* Current services with a start event of that kind and name, by code. */
struct starting {
    const struct service *service;
    struct slice node;
};
size_t starts_of(struct city *c, struct arena *a, enum declared_kind kind, struct slice name,
                 const struct starting **out);
/* The part of the filing's facts and variables that tells of the event (applicant.c). */
void start_told(struct json_builder *fact, struct json_builder *vars, const struct flow_start *s);

#define LEASE_MS (60 * MS_SECOND) /* of timers, jobs and messages */
/* workers.c: leases up to n rows of the table and does one after the other, each in an arena of its own. */
MUST result work_leased(struct city *c, struct arena *a, instant now, const char *table, size_t n, size_t *done,
                        result (*one)(struct city *c, struct arena *a, instant now, struct id id));
struct case_command work_command(struct city *c, struct arena *a, instant now, const char *route, struct id case_id);

#endif
