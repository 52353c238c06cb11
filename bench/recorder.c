#include "bench/recorder.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

double bench_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_size(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

double bench_percentile(double *v, size_t n, double p)
{
    if (n == 0) return 0;
    qsort(v, n, sizeof *v, by_size);
    size_t at = (size_t)((double)n * p / 100);
    return v[at < n ? at : n - 1];
}

double bench_median(double *v, size_t n)
{
    double upper = bench_percentile(v, n, 50);
    return n && n % 2 == 0 ? (v[n / 2 - 1] + upper) / 2 : upper;
}

static void *must(void *p)
{
    if (!p) abort();
    return p;
}

void recorder_init(struct recorder *r, size_t size)
{
    *r = (struct recorder){.memory = must(malloc(size)), .size = size, .cap_rows = 1 << 16, .cap_batches = 1 << 12};
    memset(r->memory, 1, size);
    r->rows = must(calloc(r->cap_rows, sizeof *r->rows));
    r->batches = must(calloc(r->cap_batches, sizeof *r->batches));
}

void recorder_clear(struct recorder *r)
{
    r->nrows = r->nbatches = r->used = 0;
}

void recorder_free(struct recorder *r)
{
    free(r->memory);
    free(r->rows);
    free(r->batches);
}

static void *take(struct recorder *r, size_t n)
{
    size_t at = (r->used + 15) & ~(size_t)15;
    if (at + n > r->size) {
        (void)fprintf(stderr, "the recorder is full: fewer openings at once\n");
        exit(1);
    }
    r->used = at + n;
    return r->memory + at;
}

static void edge(struct recorder *r, bool begin)
{
    if (!begin) {
        r->batches[r->nbatches - 1].n = r->nrows - r->batches[r->nbatches - 1].first;
        return;
    }
    if (r->nbatches == r->cap_batches)
        r->batches = must(realloc(r->batches, (r->cap_batches *= 2) * sizeof *r->batches));
    r->batches[r->nbatches++] = (struct recorded_batch){r->nrows, 0};
}

static void row_of(struct recorder *r, const struct write *w)
{
    struct sql_value *v = take(r, w->nbinds * sizeof *v);
    for (size_t i = 0; i < w->nbinds; i++) {
        v[i] = w->binds[i];
        r->bytes += v[i].type == SQL_INT ? 8 : (int64_t)v[i].s.n;
        if (v[i].type == SQL_INT || v[i].s.n == 0) continue;
        char *copy = take(r, v[i].s.n);
        memcpy(copy, v[i].s.p, v[i].s.n);
        v[i].s.p = copy;
    }
    if (r->nrows == r->cap_rows) r->rows = must(realloc(r->rows, (r->cap_rows *= 2) * sizeof *r->rows));
    r->rows[r->nrows++] = (struct recorded){w->stmt, v, w->nbinds, w->expect};
}

void recorder_observe(void *ctx, const char *batch_edge, const struct write *w)
{
    struct recorder *r = ctx;
    double from = bench_now();
    if (batch_edge)
        edge(r, strcmp(batch_edge, "begin") == 0);
    else
        row_of(r, w);
    r->seconds += bench_now() - from;
}
