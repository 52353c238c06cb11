/* Private to app/year: a case that is played, and the list of what happens when. */
#ifndef APP_YEAR_PLAY_H
#define APP_YEAR_PLAY_H

#include "app/year/year.h"

enum year_what { ARRIVE, LOOK, DECIDE, WITHDRAW, ANSWER, RESUME, RATE, TICK };
enum year_fate { GRANTED, WITHDRAWN, REJECTED, NOT_ACCEPTED };
enum { DONE_MAX = 40, PLANNED_MAX = 40 };

struct year_case {
    size_t service; /* index */
    instant filed_at;
    struct slice town;
    uint64_t rng;
    bool online, correct, corrected, ticket, ended;
    bool stop; /* its clock is to be stopped yet */
    enum year_fate fate;
    struct slice login; /* of the applicant; empty: a ticket */
    int64_t serial;
    struct id id;
    const struct json *form;
    struct id done[DONE_MAX]; /* officers who acted on it: nobody checks their own work */
    size_t ndone;
    int64_t planned[PLANNED_MAX]; /* tasks whose decision has its time */
    size_t nplanned;
};
struct event {
    instant at;
    uint64_t seq;
    enum year_what what;
    struct year_case *k;
    int64_t token;
};
struct
    agenda { /* in the arena of the whole play; a heap, earliest first; of the same instant in the order in which they came */
    struct arena *a;
    struct event *list;
    size_t n, cap;
    uint64_t seq;
};
void agenda_add(struct agenda *g, instant at, enum year_what what, struct year_case *k, int64_t token);
bool agenda_take(struct agenda *g, struct event *out);

struct play {
    struct year *y;
    struct arena *a; /* of the whole play; y->a is an event's while that happens */
    struct year_service *services;
    size_t nservices, ticket; /* ticket: index of the service of tickets */
    struct actor *staff;
    size_t nstaff;
    struct agenda agenda;
};
/* ---- commands.c: what happens at an event; each in an arena of its own ---- */
MUST result play_file(struct play *p, struct arena *a, struct year_case *k);
MUST result play_look(struct play *p, struct arena *a, struct year_case *k);
MUST result play_decide(struct play *p, struct arena *a, struct year_case *k, int64_t token);
MUST result play_withdraw(struct play *p, struct arena *a, struct year_case *k);
MUST result play_answer(struct play *p, struct arena *a, struct year_case *k);
MUST result play_resume(struct play *p, struct arena *a, struct year_case *k, int64_t token);
MUST result play_rate(struct play *p, struct arena *a, struct year_case *k);
MUST result play_tick(struct play *p, struct arena *a);

#endif
