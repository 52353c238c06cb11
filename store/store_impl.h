/* What the files of store/ share: the driver table, the head of every store, the queue of units. Nobody
 * outside store/ includes this. */
#ifndef STORE_STORE_IMPL_H
#define STORE_STORE_IMPL_H

#include <pthread.h>
#include <stdatomic.h>

#include "store/store.h"

enum {
    STORE_MAX_BATCH = 512,      /* bound of store_options.batch_max */
    STORE_MAX_ROWS = 1000000,   /* a statement that returns more is a defect, not a memory problem */
    STORE_MAX_ROUNDS = 8,       /* of decision_load */
    STORE_MAX_TRIES = 6,        /* of a unit or a named transaction that lost a race */
    STORE_MAX_STATEMENTS = 2048 /* prepared at once on a connection; then all are dropped */
};

/* An open transaction. Once a statement failed, neither database lets it commit: PostgreSQL aborts by itself,
 * and SQLite is held to the same rule, so that a body behaves alike on both. */
struct tx {
    struct store *s;
    void *conn; /* the driver's connection */
    result broken;
};

struct driver {
    result (*query)(struct store *s, struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n,
                    struct rows *out);
    result (*run)(struct store *s, struct arena *a, const char *name, tx_body body, void *ctx);
    /* out and changed may be NULL */
    result (*tx_statement)(struct tx *tx, struct arena *a, const struct stmt *q, const struct sql_value *binds,
                           size_t n, struct rows *out, int64_t *changed);
    /* Several statements separated by ';', without parameters or rows: migrations. */
    result (*tx_script)(struct tx *tx, struct arena *a, const char *sql);
    void (*submit)(struct store *s, struct unit *u);
    /* Finishes what is queued, ends the threads and frees all but s->life. */
    void (*close)(struct store *s);
};

struct series;          /* numbers.c */
struct lease_statement; /* lease.c */

/* Head of struct sq_store and struct pg_store. */
struct store {
    enum store_kind kind;
    const struct driver *driver;
    struct arena *life; /* the store's own, freed last; guarded by mu after the opening */
    struct time_source time;
    size_t batch_max;
    pthread_mutex_t mu; /* numbers, lease statements */
    struct series *series;
    struct lease_statement *leases;
    pthread_mutex_t observe_mu; /* a batch is shown whole */
    void (*observe)(void *ctx, const char *batch_edge, const struct write *w);
    void *observe_ctx;
    atomic_bool observed;
    atomic_int_fast64_t units, batches, retries, refused, queued;
};
void store_init(struct store *s, enum store_kind kind, const struct driver *driver, const struct store_options *o);

/* Set while this thread runs a body, a decide or a done of the store: waiting for the store there would never end. */
extern _Thread_local bool store_inside;
MUST result refuse_inside(struct arena *a, const char *what);

MUST result sq_open(struct arena *a, const struct store_options *o, struct slice path, struct store **out);
MUST result pg_open(struct arena *a, const struct store_options *o, struct store **out);

/* PostgreSQL refuses NUL and bad UTF-8 in text; so does the store on both. */
MUST result binds_check(struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n);

/* ---- dialect.c ---- */
/* ?1 -> $1 outside literals, quoted names, dollar quotes and comments; `lock` adds " FOR UPDATE". Bit n - 1 of nulls
 * writes NULL in the place of ?n (n <= 64). *parameters: the highest n. */
struct slice dialect_parameters(struct arena *a, const char *sql, uint64_t nulls, const char *before, const char *after,
                                size_t *parameters); /* ?n -> before n after */
struct slice dialect_postgres(struct arena *a, const char *sql, bool lock, uint64_t nulls, size_t *parameters);
/* {BLOB} {INT} {TEXT} {WITHOUT_ROWID} of a migration; CODE_STORE_MIGRATION for an unknown {NAME}. */
MUST result dialect_migration(struct arena *a, enum store_kind kind, const char *sql, struct slice where,
                              const char **out);

/* ---- rows.c: rows while they are being read ---- */
struct row_builder {
    struct arena *a;
    struct sql_value *v;
    size_t n, ncols, cap;
};
/* A new row of ncols values for the caller to fill. */
struct sql_value *row_builder_add(struct row_builder *b, size_t ncols);
struct rows row_builder_rows(const struct row_builder *b);

/* ---- queue.c: units in order of submission ---- */
struct unit_queue {
    pthread_mutex_t mu;
    pthread_cond_t more;
    struct unit *head, **tail;
    bool closing;
    struct id *seen; /* lock ids of the batch being taken: an open hash table */
    /* lock ids under way already: units of these stay too; set by the owner of the queue before it takes */
    struct lock_ids {
        const struct id *list;
        size_t n;
    } held[2];
};
void queue_init(struct unit_queue *q);
void queue_destroy(struct unit_queue *q);
/* false when the queue is closing: the unit was not taken. */
MUST bool queue_push(struct unit_queue *q, struct unit *u);
/* Takes up to max units, at most one per lock id, in order; later ones of the same lock stay. Call with mu held. */
size_t queue_take(struct unit_queue *q, struct unit **out, size_t max);

/* ---- unit.c ---- */
struct attempt { /* one unit of a batch */
    struct unit *unit;
    struct arena *a; /* reset by attempt_begin */
    struct decision d;
    struct rows *rows;
    size_t nrows, cap_rows;
    int rounds;
    result r; /* refusal or failure */
};
void attempt_begin(struct attempt *t);
/* Where the rows of the next n loads go; good until the next call. */
struct rows *attempt_rows(struct attempt *t, size_t n);
/* Runs decide once over the rows at hand. true: d.loads must be loaded first, then again. false: decided, see r. */
bool attempt_decide(struct attempt *t);
/* After the end of a transaction of n units: counts, shows the committed writes to the observer, calls done. */
void attempts_finish(struct store *s, struct attempt *t, size_t n);
MUST result fail_version(struct arena *a, const struct unit *u);
/* Ends units that never reached the database. */
void unit_refuse(struct store *s, struct unit *u, const char *detail);

/* ---- connection-independent parts behind the public functions ---- */
MUST result store_prepare_tables(struct store *s, struct arena *a); /* migrate.c: the store's own tables */

#endif
