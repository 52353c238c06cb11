#include <stdarg.h>

#include "store/store_impl.h"

static void writes_reserve(struct decision *d)
{
    if (d->nwrites < d->cap_writes) return;
    size_t cap = d->cap_writes ? d->cap_writes * 2 : 8;
    struct write *w = NEW_ARRAY(d->a, struct write, cap);
    if (d->nwrites) memcpy(w, d->writes, d->nwrites * sizeof *w);
    d->writes = w;
    d->cap_writes = cap;
}

static struct sql_value *values_copy(struct arena *a, size_t n, va_list args)
{
    struct sql_value *v = NEW_ARRAY(a, struct sql_value, n);
    for (size_t i = 0; i < n; i++) v[i] = va_arg(args, struct sql_value);
    return v;
}

static void add_write(struct decision *d, const struct stmt *stmt, int64_t expect, const struct sql_value *v, size_t n)
{
    writes_reserve(d);
    d->writes[d->nwrites++] = (struct write){stmt, v, n, expect};
}

void decision_write(struct decision *d, const struct stmt *stmt, int64_t expect, size_t nbinds, ...)
{
    va_list args;
    va_start(args, nbinds);
    add_write(d, stmt, expect, values_copy(d->a, nbinds, args), nbinds);
    va_end(args);
}

void decision_write_v(struct decision *d, const struct stmt *stmt, int64_t expect, const struct sql_value *binds,
                      size_t nbinds)
{
    struct sql_value *v = NEW_ARRAY(d->a, struct sql_value, nbinds);
    if (nbinds) memcpy(v, binds, nbinds * sizeof *v);
    add_write(d, stmt, expect, v, nbinds);
}

void decision_load(struct decision *d, const struct stmt *stmt, size_t nbinds, ...)
{
    if (d->nloads == d->cap_loads) {
        size_t cap = d->cap_loads ? d->cap_loads * 2 : 4;
        struct load *l = NEW_ARRAY(d->a, struct load, cap);
        if (d->nloads) memcpy(l, d->loads, d->nloads * sizeof *l);
        d->loads = l;
        d->cap_loads = cap;
    }
    va_list args;
    va_start(args, nbinds);
    d->loads[d->nloads++] = (struct load){stmt, values_copy(d->a, nbinds, args), nbinds};
    va_end(args);
}

void attempt_begin(struct attempt *t)
{
    struct unit *u = t->unit;
    struct arena *a = t->a;
    arena_reset(a);
    *t = (struct attempt){.unit = u, .a = a, .d = {.a = a}};
    t->cap_rows = u->nloads + 4;
    t->rows = NEW_ARRAY(a, struct rows, t->cap_rows);
}

struct rows *attempt_rows(struct attempt *t, size_t n)
{
    if (t->nrows + n > t->cap_rows) {
        size_t cap = (t->nrows + n) * 2;
        struct rows *grown = NEW_ARRAY(t->a, struct rows, cap);
        memcpy(grown, t->rows, t->nrows * sizeof *grown);
        t->rows = grown;
        t->cap_rows = cap;
    }
    t->nrows += n;
    return &t->rows[t->nrows - n];
}

bool attempt_decide(struct attempt *t)
{
    t->d.nwrites = 0;
    t->d.nloads = 0;
    t->r = t->unit->decide(t->unit, t->rows, t->nrows, &t->d);
    if (failed(t->r) || t->d.nloads == 0) return false;
    if (++t->rounds <= STORE_MAX_ROUNDS) return true;
    t->r = fail(t->a, CODE_INTERNAL, S("store"), "detail",
                arena_printf(t->a, "unit %s asks for rows more than %d times", t->unit->name, STORE_MAX_ROUNDS), NULL);
    return false;
}

static void show_writes(struct store *s, const struct attempt *t, size_t n)
{
    pthread_mutex_lock(&s->observe_mu);
    if (s->observe) {
        s->observe(s->observe_ctx, "begin", NULL);
        for (size_t i = 0; i < n; i++)
            if (!failed(t[i].r))
                for (size_t k = 0; k < t[i].d.nwrites; k++) s->observe(s->observe_ctx, NULL, &t[i].d.writes[k]);
        s->observe(s->observe_ctx, "commit", NULL);
    }
    pthread_mutex_unlock(&s->observe_mu);
}

void attempts_finish(struct store *s, struct attempt *t, size_t n)
{
    size_t committed = 0;
    for (size_t i = 0; i < n; i++) committed += !failed(t[i].r);
    if (committed) {
        atomic_fetch_add(&s->units, (int64_t)committed);
        atomic_fetch_add(&s->batches, 1);
        if (atomic_load(&s->observed)) show_writes(s, t, n);
    }
    atomic_fetch_add(&s->refused, (int64_t)(n - committed));
    atomic_fetch_sub(&s->queued, (int64_t)n);
    for (size_t i = 0; i < n; i++)
        if (t[i].unit->done) t[i].unit->done(t[i].unit, t[i].r);
}

result fail_version(struct arena *a, const struct unit *u)
{
    return fail(a, CODE_STORE_VERSION, S(""), "name", slice_cstr(u->name), NULL);
}

void unit_refuse(struct store *s, struct unit *u, const char *detail)
{
    struct arena *a = arena_new("refused unit");
    atomic_fetch_add(&s->refused, 1);
    if (u->done) u->done(u, fail(a, CODE_STORE_UNAVAILABLE, S("store"), "detail", slice_cstr(detail), NULL));
    arena_free(a);
}
