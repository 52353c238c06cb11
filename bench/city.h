/* Many company openings at once in one process: for the measurements. */
#ifndef BENCH_CITY_H
#define BENCH_CITY_H

#include <pthread.h>

#include "bench/recorder.h"
#include "city/cases/run.h"
#include "store/store_test_support.h"
#include "test/city/opening.h"

struct one { /* an opening under way */
    struct arena *a, *job;
    struct id id, job_id;
    struct case_command k;
    struct case_filing f;
    struct case_done done;
    struct case_job *work;
    struct run *run;
    struct bench *b;
    struct one *next;
};
struct bench {
    size_t cases, flight; /* openings at once; commands in flight */
    int workers;          /* threads that make papers */
    const char *folder; /* the service's, in the source tree; NULL: the company opening, with all services installed */
    struct test_city *t;
    struct opening_plan *p;
    struct one *list;
    pthread_mutex_t mu;
    pthread_cond_t moved;
    size_t in_flight, wanted; /* wanted: so few that the one who starts them is to be woken */
    struct one *again;        /* asked for numbers */
    size_t failures;
    char first_failure[300];
    double commands, documents; /* seconds */
    size_t ncommands, ndocuments;
    void (*after)(void *ctx); /* after every stage, outside the clock; may be NULL */
    void *ctx;
};
/* A complete city on the fixture's store, and one opening rehearsed. */
void bench_prepare(struct bench *b, struct store_fixture *f);
void bench_end(struct bench *b);
/* b->cases openings, numbers `serial` on. Timed into b->commands: every command from its preparation to its durable
 * commit. Timed into b->documents: the jobs' work, which no transaction waits for. */
void bench_openings(struct bench *b, int64_t serial);
/* Filings alone, numbers `serial` on: they wait for an officer. */
void bench_filings(struct bench *b, int64_t serial);
void bench_clear(struct bench *b); /* the figures */
_Noreturn void bench_stop(struct arena *a, const char *what, result r);

#endif
