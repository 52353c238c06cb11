/* What the PostgreSQL files share. */
#ifndef STORE_POSTGRES_IMPL_H
#define STORE_POSTGRES_IMPL_H

#include <libpq-fe.h>

#include "store/store_impl.h"

enum { PG_SLOTS = 2 * STORE_MAX_STATEMENTS };

struct pg_store;

/* A prepared statement. Its text depends on the types: NULL whose type is not known yet is written into it. */
struct pg_slot {
    const struct stmt *key;
    char *source; /* common text, to know a statement built anew at the address of an older one */
    char *text;   /* as prepared */
    size_t nparams;
    Oid *types; /* of the parameters; 0: only NULL so far */
    unsigned name;
    bool lock, ready;
};

/* Why the last call on a connection failed. */
enum pg_why {
    WHY_OTHER,
    WHY_RACE,   /* serialization failure, deadlock, lock not got in time, a plan outdated by a migration */
    WHY_UNIQUE, /* a unique key: the row may be another's who was faster, and be seen on the next try */
    WHY_LOST    /* the connection is gone and closed */
};

/* What was sent and not yet answered, in order. */
struct pg_sent {
    enum { SENT_PREPARE, SENT_QUIET, SENT_STATEMENT, SENT_SYNC } kind;
    struct pg_slot *slot; /* SENT_PREPARE */
    const char *name;
};

/* A connection, used by one thread at a time, always in pipeline mode. */
struct pg_conn {
    struct pg_store *s;
    PGconn *db; /* NULL: not connected */
    bool read_only;
    struct pg_slot *slots; /* open hash table by address of the statement */
    size_t used;
    unsigned names; /* statements prepared since the last forgetting */
    bool stale;     /* forget all prepared statements before the next transaction */
    bool warned;    /* the server sent a warning */
    bool rolled_back;
    enum pg_why why;
    struct pg_sent *sent;
    size_t nsent, next_sent, cap_sent;
    int64_t failed_at; /* monotonic ms of the last connection attempt that failed; 0: none since a success */
    struct pg_conn *next;
};

struct pg_pool {
    pthread_mutex_t mu;
    pthread_cond_t free;
    struct pg_conn *head;
};

struct pg_batcher {
    struct pg_store *s;
    struct pg_conn *c;
    struct unit_queue queue;
    struct unit **batch; /* batch_max each */
    struct attempt *attempts;
    bool *bad, *asks;
    pthread_t thread;
    bool started;
};

struct pg_store {
    struct store base;
    const char *url;
    bool no_sync;
    atomic_bool closing;
    struct pg_pool readers, writers;
    struct pg_batcher *batchers;
    size_t nbatchers;
    atomic_uint_fast64_t turn; /* units without a lock go round */
};

/* ---- postgres_conn.c ---- */
struct pg_conn *pg_conn_new(struct pg_store *s, bool read_only);
void pg_conn_free(struct pg_conn *c);
/* One attempt; checks the server's settings. CODE_STORE_UNSAFE, CODE_STORE_UNAVAILABLE. */
MUST result pg_connect(struct pg_conn *c, struct arena *a);
/* Connects again when the connection is gone, with growing pauses, a few seconds in all; while the server stays away
 * further calls try once. */
MUST result pg_ensure(struct pg_conn *c, struct arena *a);
/* Closes a connection that broke; CODE_STORE_UNAVAILABLE with libpq's message. */
result pg_lost(struct pg_conn *c, struct arena *a);
/* The failure of a statement; sets c->why. */
result pg_fail(struct pg_conn *c, struct arena *a, const char *name, const PGresult *r);
/* Between tries: a random pause that grows. */
void pg_pause(int tries);

/* ---- postgres_statement.c: send …, pg_sync, receive … in the same order, pg_drain ---- */
MUST result pg_send(struct pg_conn *c, struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n);
MUST result pg_sync(struct pg_conn *c, struct arena *a);
/* out and changed may be NULL. After a failure what follows up to the sync was not carried out. */
MUST result pg_receive(struct pg_conn *c, struct arena *a, const struct stmt *q, struct rows *out, int64_t *changed);
/* Reads what is left; the first failure among it. */
MUST result pg_drain(struct pg_conn *c, struct arena *a);
/* All four for one statement. */
MUST result pg_statement(struct pg_conn *c, struct arena *a, const struct stmt *q, const struct sql_value *binds,
                         size_t n, struct rows *out, int64_t *changed);
MUST result pg_script(struct pg_conn *c, struct arena *a, const char *sql);
/* Travels with the next statement. */
MUST result pg_begin(struct pg_conn *c, struct arena *a);
/* Does nothing when no transaction is open. */
void pg_rollback(struct pg_conn *c);
enum pg_end {
    END_COMMITTED,
    END_FAILED, /* nothing of it is in the database */
    END_UNKNOWN /* the connection broke after COMMIT was sent */
};
enum pg_end pg_commit(struct pg_conn *c, struct arena *a, result *why);
/* Drops all prepared statements: at once when the connection is gone, else before the next transaction. */
void pg_forget(struct pg_conn *c);

/* ---- postgres_values.c: libpq's binary formats ---- */
enum { PG_BOOL = 16, PG_BYTEA = 17, PG_INT8 = 20, PG_TEXT = 25 };
struct pg_params {
    const char *const *values;
    const int *lengths, *formats;
};
Oid pg_type_of(enum sql_type t); /* 0 for SQL_NULL */
struct pg_params pg_encode(struct arena *a, const struct sql_value *binds, size_t n);
/* False: the column's type is not among the store's. Text and blobs are copied into a. */
bool pg_decode(struct arena *a, const PGresult *r, int line, int column, struct sql_value *v);

/* ---- postgres_batch.c ---- */
void pg_batcher_init(struct pg_batcher *b, struct pg_store *s);
void pg_batcher_free(struct pg_batcher *b);
/* The batcher's thread: ends when its queue is closing and empty. */
void *pg_batcher_run(void *batcher);

#endif
