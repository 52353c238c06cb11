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
    size_t first, n; /* in rows; batches may run side by side */
};
/* The values go into memory that was touched before, so that recording costs a copy and no page faults. */
struct recorder {
    struct recorded *rows;
    size_t nrows, cap_rows;
    struct recorded_batch *batches;
    size_t nbatches, cap_batches;
    char *memory;
    size_t used, size;
    int64_t bytes;  /* of values */
    double seconds; /* spent recording, inside of what is measured */
};
void recorder_init(struct recorder *r, size_t size);
void recorder_clear(struct recorder *r);
void recorder_free(struct recorder *r);
/* For store_observe; ctx is the recorder. */
void recorder_observe(void *ctx, const char *batch_edge, const struct write *w);

/* A database of the same schema that gets the same rows. run: seconds it took, or -1 with a line on stderr. */
struct replay {
    double (*run)(struct replay *p, const struct recorder *r);
    void (*close)(struct replay *p);
};
struct replay *replay_sqlite(const char *path); /* NULL with a line on stderr */
struct replay *replay_postgres(const char *url, int connections);

double bench_now(void);                   /* seconds, monotonic */
double bench_median(double *v, size_t n); /* sorts v */
double bench_percentile(double *v, size_t n, double p);

#endif
