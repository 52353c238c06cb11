/* Records the rows that a store wrote, batch by batch, and writes them again raw: the same statements, values,
 * transactions and batch sizes through prepared statements of SQLite or libpq, with nothing of ours in between. */
#ifndef BENCH_RECORDER_H
#define BENCH_RECORDER_H

#include "store/store.h"

struct recorded {
    const struct stmt *stmt;
    const struct sql_value *binds;
    size_t nbinds;
    int64_t expect;
};
struct recorded_batch {
    size_t first, n; /* in rows */
    size_t stage;    /* batches of one stage may run side by side; stages follow each other */
};
struct recorder {
    struct arena *a;
    struct recorded *rows;
    size_t nrows, cap_rows;
    struct recorded_batch *batches;
    size_t nbatches, cap_batches;
    size_t stage;
    int64_t bytes; /* of values */
};
/* For store_observe; ctx is the recorder. */
void recorder_observe(void *ctx, const char *batch_edge, const struct write *w);

/* Seconds it took, or -1 with a line on stderr. The database must have the schema and no rows of these tables. */
double replay_sqlite(const struct recorder *r, const char *path);
double replay_postgres(const struct recorder *r, const char *url, int connections);

double bench_now(void);

#endif
