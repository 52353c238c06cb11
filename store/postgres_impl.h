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
    bool *ready; /* SENT_PREPARE */
    const char *name;
};

/* A connection, used by one thread at a time, always in pipeline mode. */
struct pg_conn {
    struct pg_store *s;
    PGconn *db; /* NULL: not connected */
    bool read_only, by_key;
    struct pg_slot *slots; /* open hash table by address of the statement */
    size_t used;
    unsigned names;     /* statements prepared since the last forgetting */
    unsigned forgotten; /* how often */
    bool stale;         /* forget all prepared statements before the next transaction */
    bool warned;        /* the server sent a warning */
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
    struct pg_groups *groups;
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

/* ---- postgres_values.c: libpq's binary formats ---- */
enum {
    PG_BOOL = 16,
    PG_BYTEA = 17,
    PG_INT8 = 20,
    PG_TEXT = 25,
    PG_BYTEA_ARRAY = 1001,
    PG_TEXT_ARRAY = 1009,
    PG_INT8_ARRAY = 1016
};
struct pg_params {
    const char *const *values;
    const int *lengths, *formats;
};
Oid pg_type_of(enum sql_type t); /* 0 for SQL_NULL */
struct pg_params pg_encode(struct arena *a, const struct sql_value *binds, size_t n);
/* False: the column's type is not among the store's. Text and blobs are copied into a. */
bool pg_decode(struct arena *a, const PGresult *r, int line, int column, struct sql_value *v);

/* ---- postgres_statement.c: send …, pg_sync, receive … in the same order, pg_drain ---- */
MUST result pg_send(struct pg_conn *c, struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n);
/* What pg_send consists of. *ready is set, and taken back when the answer is bad; it must live until then. */
MUST result pg_prepare(struct pg_conn *c, struct arena *a, const char *label, const char *text, const Oid *types,
                       size_t n, unsigned *name, bool *ready);
MUST result pg_execute(struct pg_conn *c, struct arena *a, const char *label, unsigned name, const struct pg_params *p,
                       size_t n);
MUST result pg_sync(struct pg_conn *c, struct arena *a);
/* out and changed may be NULL. After a failure what follows up to the sync was not carried out. */
/* The answer to one statement, for the caller to clear; NULL with a failure. */
MUST result pg_receive_raw(struct pg_conn *c, struct arena *a, PGresult **out);
/* The rows of *r from column `first` on that `mine` names (NULL: all n), copied into a. */
MUST result pg_read_rows(struct arena *a, const struct stmt *q, const PGresult *r, const int *mine, size_t n, int first,
                         struct rows *out);
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

/* ---- postgres_group_text.c, postgres_group.c: one statement for the like statements of many units ----
 * Fifty statements that differ in their values only cost fifty times the setting up of a plan; as one statement over
 * arrays of the values they cost it once. The statements of each unit keep their order. */
struct group_text {
    enum { GROUP_NONE, GROUP_SELECT, GROUP_INSERT, GROUP_COUNTED } kind; /* COUNTED: UPDATE and DELETE */
    struct slice sql;
};
/* The text for n parameters of these types (0: NULL in all units, and not sent). The answer of a SELECT begins with the
 * number, from 1, of the unit that a row is for; the answer of a COUNTED one is those numbers alone. GROUP_NONE: not of
 * a shape that is known to mean the same for many as for one. */
struct group_text group_text(struct arena *a, const char *sql, bool lock, const Oid *types, size_t n);
Oid pg_array_of(Oid one); /* 0: none */

struct group_item {  /* one statement of one unit */
    struct arena *a; /* the unit's */
    const struct stmt *stmt;
    const struct sql_value *binds;
    size_t nbinds, unit;
    struct rows *rows; /* a load: where its rows go; NULL: a write */
    int64_t expect;    /* a write: rows it must change, -1: any */
    bool mismatch;     /* it changed another number */
    bool failed;       /* this one and no other: not known of the members of a group */
};
/* What a connection knows of its statements' grouped forms. */
struct pg_groups *pg_groups_new(void);
void pg_groups_free(struct pg_groups *g);
/* Sends items[0 .. n-1], ordered by unit, then pg_sync; reads the answers into them. `grouped` false: each alone. Stops
 * at the first that failed. */
MUST result pg_items(struct pg_conn *c, struct arena *a, struct pg_groups *g, struct group_item *items, size_t n,
                     bool grouped);

/* ---- postgres_batch.c ---- */
void pg_batcher_init(struct pg_batcher *b, struct pg_store *s);
void pg_batcher_free(struct pg_batcher *b);
/* The batcher's thread: ends when its queue is closing and empty. */
void *pg_batcher_run(void *batcher);

#endif
