/* What the SQLite files share. */
#ifndef STORE_SQLITE_IMPL_H
#define STORE_SQLITE_IMPL_H

#include <sqlite3.h>

#include "store/store_impl.h"

struct sq_slot {
    const struct stmt *key;
    sqlite3_stmt *st;
};

/* A connection, used by one thread at a time. */
struct sq_conn {
    sqlite3 *db;
    struct sq_slot *slots; /* open hash table by address of the statement */
    size_t used;
    struct sq_conn *next; /* in the pool */
};

/* writer: may write, synchronous as asked for. Otherwise the connection refuses to write. */
MUST result sq_connect(struct arena *a, const struct store_options *o, const char *path, bool writer,
                       struct sq_conn **out);
void sq_disconnect(struct sq_conn *c);
/* Runs one prepared statement to its end. out and changed may be NULL. */
MUST result sq_statement(struct sq_conn *c, struct arena *a, const struct stmt *q, const struct sql_value *binds,
                         size_t n, struct rows *out, int64_t *changed);
MUST result sq_script(struct sq_conn *c, struct arena *a, const char *sql);
MUST result sq_begin(struct sq_conn *c, struct arena *a);
MUST result sq_commit(struct sq_conn *c, struct arena *a);
/* Does nothing when no transaction is open: some errors end it by themselves. */
void sq_rollback(struct sq_conn *c);

/* A named transaction waiting for the writer thread. */
struct sq_job {
    struct sq_job *next;
    const char *name;
    tx_body body;
    void *ctx;
    struct arena *a, *attempt;
    result r;
    bool over;
};

/* Units on their way to one commit: filled by the decider, then written by the writer. */
struct sq_batch {
    struct attempt *attempts; /* batch_max */
    bool *decided;            /* false: to be run by the writer from the start */
    struct id *locks;         /* of the units, which may be gone before the batch is */
    size_t n;
};

struct sq_store {
    struct store base;
    struct sq_conn *writer, *reader; /* the reader is the decider's */
    pthread_t writing, deciding;
    struct unit_queue queue; /* its mu guards what follows too; its `more` wakes the decider */
    pthread_cond_t work;     /* wakes the writer */
    struct sq_job *jobs, **jobs_tail;
    pthread_cond_t job_over;
    struct sq_batch batches[2];
    struct sq_batch *ready; /* handed over, not yet begun */
    bool busy;              /* the writer has a batch, or one is ready */
    bool no_more;           /* the decider is gone */
    struct unit **taken;    /* batch_max; the decider's */
    pthread_mutex_t pool_mu;
    pthread_cond_t pool_free;
    struct sq_conn *pool;
};
/* The decider ends when the queue is closing and empty, then the writer. */
void *sq_decider(void *store);
void *sq_writer(void *store);

#endif
