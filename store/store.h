/* One driver interface over SQLite (embedded, default) and PostgreSQL 15.
 *
 * SQL is written once in the common subset with ?1 ?2 …; the PostgreSQL driver rewrites to $1 $2 ….
 * Types: int64 (times, counts, booleans 0/1), text, blob. Where dialects must differ a statement
 * carries its own PostgreSQL text.
 *
 * Two ways to write:
 *  - store_run(): an ordinary named transaction (identity, rights, drafts …), retried within a bound;
 *  - store_submit(): a *unit*, grouped with others into one durable commit. A unit is
 *    load -> decide -> write: it names the rows it needs, decides in memory (pure), and hands back
 *    the writes. That shape serves both databases: SQLite runs a savepoint per unit on its one writer
 *    thread; PostgreSQL loads a batch's rows in one round trip (locking cases in id order), decides,
 *    and pipelines all writes without savepoints, like statements of many units as one. A batch holds at most one unit per lock id: a
 *    second command on the same case waits for the next batch and so sees the first one's rows. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/id.h"

enum sql_type { SQL_NULL, SQL_INT, SQL_TEXT, SQL_BLOB };

struct sql_value {
    enum sql_type type;
    int64_t i;
    struct slice s;
};
static inline struct sql_value sql_null(void) { return (struct sql_value){SQL_NULL, 0, {NULL, 0}}; }
static inline struct sql_value sql_int(int64_t v) { return (struct sql_value){SQL_INT, v, {NULL, 0}}; }
static inline struct sql_value sql_text(struct slice s) { return (struct sql_value){SQL_TEXT, 0, s}; }
static inline struct sql_value sql_blob(struct slice s) { return (struct sql_value){SQL_BLOB, 0, s}; }
/* *v must outlive the use of the value. ID_NONE binds NULL. */
static inline struct sql_value sql_id(const struct id *v)
{
    return id_is_none(*v) ? sql_null() : (struct sql_value){SQL_BLOB, 0, id_bytes(v)};
}

/* One statement, one name; defined `static const struct stmt` beside its use. Connections keep it prepared under
 * its address. */
struct stmt {
    const char *name;
    const char *sql;    /* common text, ?1 … */
    const char *sql_pg; /* NULL: the common text serves */
    bool lock;          /* a load that locks its row on PostgreSQL: " FOR UPDATE" is added there */
};

struct rows {
    size_t n, ncols;
    const struct sql_value *v; /* row-major, n * ncols, owned by the arena of the call */
};
static inline const struct sql_value *row(const struct rows *r, size_t i) { return r->v + i * r->ncols; }

struct store;
struct tx;

enum store_kind { STORE_SQLITE, STORE_POSTGRES };

struct store_options {
    struct slice url;       /* "sqlite:/path/city.db" or "postgresql://…" */
    int readers;            /* read connections; 0: 4 */
    int batchers;           /* PostgreSQL batchers; 0: 3 */
    int batch_max;          /* units in a commit; 0: 64 */
    const char *sqlite_vfs; /* NULL: default; the fault tests pass their own */
    bool
        unsafe_no_sync; /* nothing waits for the disk: only for databases thrown away when the program ends, and for the
                               test that must fail */
    struct time_source time;
};
/* Opens; creates the SQLite file if missing; refuses PostgreSQL with fsync or synchronous_commit off. */
MUST result store_open(struct arena *a, const struct store_options *o, struct store **out);
void store_close(struct store *s); /* finishes queued units first */
enum store_kind store_kind(const struct store *s);

/* Migrations: numbered per owner ("city", "area01" …); each runs once, in order, in a transaction of its own,
 * recorded with a hash of its text; a changed text of an applied one is an error. */
struct migration {
    const char *owner;
    int number; /* 1, 2, … per owner */
    const char *name;
    /* Statements separated by ';'. Macros: {BLOB} -> BLOB | BYTEA, {INT} -> INTEGER | BIGINT,
     * {TEXT} -> TEXT | TEXT COLLATE "C", {WITHOUT_ROWID} -> WITHOUT ROWID | nothing; any other {NAME} is an error. */
    const char *sql;
    const char *sql_pg; /* NULL: same */
};
MUST result store_migrate(struct store *s, struct arena *a, const struct migration *m, size_t n, int *applied);

/* Read outside a transaction, on a read connection: sees committed rows only. */
MUST result store_query(struct store *s, struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n,
                        struct rows *out);

/* Named transaction. body may run again (lost races, 40001/40P01), so it must have no effect outside the
 * transaction; its failure rolls back. A statement that failed ends the transaction on both databases: a body that
 * goes on and returns ok() gets that failure instead. `attempt` is reset before each try; what the last try put
 * there lives as long as `a`. Bodies, decide and done must not wait for the store: store_run, store_submit_wait,
 * store_numbers and store_lease refuse there with CODE_INTERNAL. */
typedef result (*tx_body)(struct tx *tx, struct arena *attempt, void *ctx);
MUST result store_run(struct store *s, struct arena *a, const char *name, tx_body body, void *ctx);
MUST result tx_query(struct tx *tx, struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n,
                     struct rows *out);
/* *changed may be NULL. A violated unique or foreign key is CODE_STORE_CONSTRAINT (args: constraint). */
MUST result tx_exec(struct tx *tx, struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n,
                    int64_t *changed);

/* Units */
struct load {
    const struct stmt *stmt;
    const struct sql_value *binds;
    size_t nbinds;
};
struct write {
    const struct stmt *stmt;
    const struct sql_value *binds;
    size_t nbinds;
    int64_t expect; /* rows it must change, else the unit is run again, in the end CODE_STORE_VERSION; -1: any */
};
struct decision {
    struct arena *a;      /* attempt arena: everything handed back lives here */
    struct write *writes; /* grown by decision_write */
    size_t nwrites, cap_writes;
    struct load *loads; /* asked for by decision_load */
    size_t nloads, cap_loads;
};
void decision_write(struct decision *d, const struct stmt *stmt, int64_t expect, size_t nbinds,
                    ...); /* struct sql_value … (copied) */
void decision_write_v(struct decision *d, const struct stmt *stmt, int64_t expect, const struct sql_value *binds,
                      size_t nbinds);
/* Asks for more rows: decide is called again from the start with them behind the earlier ones. <= 8 rounds. */
void decision_load(struct decision *d, const struct stmt *stmt, size_t nbinds, ...);

struct unit {
    const char *name;
    struct id lock;           /* the case; ID_NONE: nothing to be ordered by */
    const struct load *loads; /* a lock load (stmt->lock) comes first */
    size_t nloads;
    /* Pure: the same rows give the same decision; may run again. Problems refuse the unit: nothing is written.
     * rows[i] belongs to loads[i], then to what decision_load asked for, in order. */
    result (*decide)(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d);
    /* Once, after the commit is durable (or after refusal); on a store thread: hand over, do not work here.
     * The result's problems and the attempt arena live until done returns. */
    void (*done)(struct unit *u, result r);
    void *ctx;
    /* the store's own */
    struct unit *next_;
    int tries_;
    void *wait_;
};
void store_submit(struct store *s, struct unit *u);
/* Submits and waits; problems are copied into a. `done` must be NULL. */
MUST result store_submit_wait(struct store *s, struct arena *a, struct unit *u);

/* Leases: claims up to n rows of a table that has (id, due_at, lease_until, lease_owner); due_at <= now, earliest
 * first, and lease_until NULL or past. A row that is finished is deleted or gets due_at NULL.
 * For jobs, outbox and timers. PostgreSQL: FOR UPDATE SKIP LOCKED and, unless the clock was injected, the database's
 * clock. `table`: lower-case letters, digits, '_'. */
MUST result store_lease(struct store *s, struct arena *a, const char *table, struct id owner, int64_t lease_ms,
                        size_t n, struct rows *out /* id */);

/* Numbers: the next n (1..1000000) of a named series, from 1 on, adjoining, from blocks reserved by this process
 * (gaps are possible, doubles never). Blocks are reserved in a transaction of their own; never call it from decide. */
MUST result store_numbers(struct store *s, struct arena *a, struct slice series, int64_t n, int64_t *first);

/* Observes every write of committed units, before their `done` (the benchmark records and replays them): batch_edge
 * "begin", then NULL with each write in the order it was made, then "commit"; w is NULL at the edges. Calls never
 * overlap. fn NULL ends it. */
void store_observe(struct store *s, void (*fn)(void *ctx, const char *batch_edge, const struct write *w), void *ctx);

struct store_stats {
    int64_t units;   /* committed */
    int64_t batches; /* commits of units */
    int64_t retries; /* units run again */
    int64_t refused; /* by decide, or failed */
    int64_t queued;  /* submitted and not done */
};
struct store_stats store_stats(const struct store *s);

#endif
