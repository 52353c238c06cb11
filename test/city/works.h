/* A city with one service that has everything a case can have (test/city/works, "shop front permit"): acceptance by an
 * officer, correction, silence, two steps side by side, timers of every form, a job, a task of the applicant's own, review,
 * four eyes, a document. Its clock stands where the test puts it. For tests of city/cases. */
#ifndef TEST_CITY_WORKS_H
#define TEST_CITY_WORKS_H

#include <stdatomic.h>

#include "store/store_test_support.h"
#include "test/city/fixture.h"

#define WORKS_SERVICE S("shop_front")
#define WORKS_TOWN S("441900004")

struct works {
    struct store_fixture *f;
    struct arena *a;
    instant now; /* moved with works_at only: workers of other threads read it */
    struct test_city *t;
    struct city *c;
    const struct service *service;
    const struct actor *zhangsan, *lisi, *handler, *handler2, *reviewer, *head;
};
/* At 2021-09-22 09:00, a Wednesday: the Mid-Autumn holiday is over, the National Day is ahead. */
void works_open(struct works *w, struct store_fixture *f);
/* The service again under this code, in each file the first text of a pair replaced by the second (NULL ends the list); w->service
 * is this one from now on. */
void works_change(struct works *w, const char *code, const char *const (*pairs)[2]);
/* A service that calls WORKS_SERVICE and does nothing else; w->service is this one from now on. */
void works_caller(struct works *w);
/* Moves the clock ("2021-10-08T09:00"). */
void works_at(struct works *w, const char *time);
void works_set(struct works *w, instant now);
/* The verb of the step "plan" (job, a stand-in of this test): how it goes from now on, and how often it ran. */
enum works_note { WORKS_NOTE_GOOD, WORKS_NOTE_OUT_OF_ORDER /* passes */, WORKS_NOTE_REFUSES /* final */ };
extern _Atomic(enum works_note) works_note;
extern atomic_int works_noted;
/* Called by the verb while it runs, outside any transaction; NULL: nothing. */
extern void (*works_during)(void *ctx);
extern void *works_during_ctx;

struct case_command works_command(struct works *w, const struct actor *x, const char *route, const char *key,
                                  struct slice body, struct id case_id);
const struct json *works_form(struct works *w, const char *street, int64_t area);
/* Files for the actor itself; key NULL: none. */
result works_file(struct works *w, const struct actor *x, const char *key, const struct json *form,
                  struct case_done *done);
struct id works_filed(struct works *w); /* by zhangsan, area 4 */
struct id works_filed_by(struct works *w, const struct actor *x);
/* Filed, accepted by handler. */
struct id works_accepted(struct works *w, int64_t area);
/* Up to and with the named task's opening: "choose", "review", "sign". */
struct id works_until(struct works *w, const char *node);
/* Token of the open (or waiting) task; fails the test when there is none. */
int64_t works_token(struct works *w, struct id case_id, const char *node);
bool works_has(struct works *w, struct id case_id, const char *node);
result works_decide(struct works *w, const struct actor *x, struct id case_id, const char *node, const char *outcome,
                    const struct json *data);
result works_decide_more(struct works *w, const struct actor *x, struct id case_id, const struct task_decision *t);
void works_jobs(struct works *w); /* until none is due */
const struct json *works_view(struct works *w, struct id case_id, enum case_audience who);
/* One number of the database, ?1 the case. */
int64_t works_number(struct works *w, const char *sql, struct id case_id);
struct slice works_text(struct works *w, const char *sql, struct id case_id);
const struct json *works_list(struct works *w, const char *one); /* ["one"] */

#endif
