#include "store/store_impl.h"

enum { BLOCK = 100, MAX_NUMBERS = 1000000, MAX_SERIES_NAME = 200 };

/* What is left of the block this process reserved of a series. */
struct series {
    struct series *next;
    struct slice name;
    int64_t at, end; /* [at, end) */
};

static const struct stmt NUMBER_RESERVE = {
    "number_reserve",
    "INSERT INTO store_number (series, next) VALUES (?1, 1 + ?2) "
    "ON CONFLICT (series) DO UPDATE SET next = store_number.next + ?2 RETURNING next",
    "INSERT INTO store_number (series, next) VALUES (?1, 1 + ?2::bigint) "
    "ON CONFLICT (series) DO UPDATE SET next = store_number.next + ?2 RETURNING next",
    false};

struct reservation {
    struct slice series;
    int64_t n, end;
};

static result reserve(struct tx *tx, struct arena *a, void *ctx)
{
    struct reservation *v = ctx;
    struct rows r;
    TRY(tx_query(tx, a, &NUMBER_RESERVE, (struct sql_value[]){sql_text(v->series), sql_int(v->n)}, 2, &r));
    if (r.n != 1) return fail(a, CODE_INTERNAL, S("store"), "detail", S("number_reserve returned no row"), NULL);
    v->end = row(&r, 0)[0].i;
    return ok();
}

static struct series *series_of(struct store *s, struct slice name)
{
    for (struct series *p = s->series; p; p = p->next)
        if (slice_eq(p->name, name)) return p;
    struct series *p = NEW(s->life, struct series);
    *p = (struct series){s->series, arena_copy(s->life, name), 0, 0};
    s->series = p;
    return p;
}

/* A commit of unknown outcome is run again and reserves another block: a gap, never a double. */
result store_numbers(struct store *s, struct arena *a, struct slice series, int64_t n, int64_t *first)
{
    if (n < 1 || n > MAX_NUMBERS || series.n == 0 || series.n > MAX_SERIES_NAME)
        return fail(a, CODE_INTERNAL, S("store"), "detail", S("store_numbers: bad series or count"), NULL);
    TRY(refuse_inside(a, "store_numbers"));
    pthread_mutex_lock(&s->mu);
    struct series *p = series_of(s, series);
    result r = ok();
    if (p->end - p->at < n) {
        struct reservation v = {p->name, n > BLOCK ? n : BLOCK, 0};
        r = store_run(s, a, "store_numbers", reserve, &v);
        if (!failed(r)) {
            p->at = v.end - v.n;
            p->end = v.end;
        }
    }
    if (!failed(r)) {
        *first = p->at;
        p->at += n;
    }
    pthread_mutex_unlock(&s->mu);
    return r;
}
