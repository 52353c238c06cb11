#include "store/store_impl.h"

struct sql_value *row_builder_add(struct row_builder *b, size_t ncols)
{
    size_t used = b->n * b->ncols;
    b->ncols = ncols;
    if (used + ncols > b->cap) {
        size_t cap = b->cap ? b->cap * 2 : ncols;
        struct sql_value *v = NEW_ARRAY(b->a, struct sql_value, cap);
        if (used) memcpy(v, b->v, used * sizeof *v);
        b->v = v;
        b->cap = cap;
    }
    b->n++;
    return b->v + used;
}

struct rows row_builder_rows(const struct row_builder *b)
{
    return (struct rows){b->n, b->ncols, b->v};
}

result binds_check(struct arena *a, const struct stmt *q, const struct sql_value *binds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (binds[i].type == SQL_TEXT && binds[i].s.n &&
            (memchr(binds[i].s.p, 0, binds[i].s.n) || !slice_utf8(binds[i].s)))
            return fail(a, CODE_STORE_VALUE, arena_printf(a, "?%zu", i + 1), "name", slice_cstr(q->name), NULL);
    return ok();
}
