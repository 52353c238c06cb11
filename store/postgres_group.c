/* Sends the statements of many units, like ones together. */
#include <stdlib.h>

#include "store/postgres_impl.h"

enum {
    SLOTS = 1024,           /* grouped forms a connection knows */
    BYTES_ALONE = 32 << 10, /* so much at once would only be copied once more */
    GROUP_LEAST = 2
};

/* The grouped form of a statement, as it is prepared on the connection. */
struct form {
    const struct stmt *of;
    char *source, *text; /* common text, to know a statement built anew at the address of an older one; as prepared */
    Oid *types;          /* of one unit's parameters; 0: only NULL so far */
    size_t nparams;
    int kind;
    unsigned name, forgotten;
    bool ready, locks;
};

struct pg_groups {
    struct form forms[SLOTS];
    size_t used;
};

struct pg_groups *pg_groups_new(void)
{
    struct pg_groups *g = calloc(1, sizeof *g);
    if (!g) abort();
    return g;
}

static void form_clear(struct form *f)
{
    free(f->source);
    free(f->text);
    free(f->types);
    *f = (struct form){.of = f->of};
}

void pg_groups_free(struct pg_groups *g)
{
    if (!g) return;
    for (size_t i = 0; i < SLOTS; i++) form_clear(&g->forms[i]);
    free(g);
}

static void *must(void *p)
{
    if (!p) abort();
    return p;
}

static const char *source_of(const struct stmt *q)
{
    return q->sql_pg ? q->sql_pg : q->sql;
}

/* NULL: there is no room for another. */
static struct form *form_of(struct pg_groups *g, const struct group_item *x)
{
    size_t i = (size_t)(((uintptr_t)x->stmt >> 3) * UINT64_C(0x9E3779B97F4A7C15) >> 40) % SLOTS;
    while (g->forms[i].of && g->forms[i].of != x->stmt) i = (i + 1) % SLOTS;
    struct form *f = &g->forms[i];
    if (!f->of && g->used >= SLOTS - 1) return NULL;
    g->used += f->of == NULL;
    f->of = x->stmt;
    if (f->source &&
        (strcmp(f->source, source_of(x->stmt)) != 0 || f->nparams != x->nbinds || f->locks != x->stmt->lock))
        form_clear(f);
    if (f->source) return f;
    f->source = must(strdup(source_of(x->stmt)));
    f->types = must(calloc(x->nbinds + 1, sizeof *f->types));
    f->nparams = x->nbinds;
    f->locks = x->stmt->lock;
    return f;
}

/* Whether the form, as it is or with a type it learns now, takes this item's values. */
static bool learn(struct form *f, const struct group_item *x, bool *changed)
{
    for (size_t i = 0; i < x->nbinds; i++) {
        Oid type = pg_type_of(x->binds[i].type);
        if (type && f->types[i] && type != f->types[i]) return false;
    }
    for (size_t i = 0; i < x->nbinds; i++) {
        Oid type = pg_type_of(x->binds[i].type);
        *changed = *changed || (type && !f->types[i]);
        if (type) f->types[i] = type;
    }
    return true;
}

static size_t bytes_of(const struct group_item *x)
{
    size_t n = 0;
    for (size_t i = 0; i < x->nbinds; i++) n += x->binds[i].type == SQL_INT ? 8 : x->binds[i].s.n;
    return n;
}

/* ---- the plan: groups in the order in which they are sent ---- */

struct group {
    struct group_item **members;
    size_t n;
    struct form *form; /* NULL: members[0] alone */
};

struct plan {
    struct arena *a;
    struct group *groups;
    size_t n;
};

/* A changed count that nobody can tell apart: an UPDATE that may change any number, once for two units' sake. */
static bool countable(const struct form *f, const struct group_item *x)
{
    if (f->kind == GROUP_SELECT) return x->rows != NULL;
    if (x->rows) return false;
    if (f->kind == GROUP_INSERT) return x->expect == 1 || x->expect == -1;
    return f->kind == GROUP_COUNTED && (x->expect >= 0 || slice_starts(slice_cstr(f->source), S("DELETE")));
}

/* The form for this item and those like it; NULL: alone. */
static struct form *form_for(struct plan *p, struct pg_groups *g, const struct group_item *x)
{
    bool changed = false;
    struct form *f = x->nbinds && bytes_of(x) < BYTES_ALONE ? form_of(g, x) : NULL;
    if (!f || !learn(f, x, &changed)) return NULL;
    if (changed || !f->text) {
        struct group_text t = group_text(p->a, f->source, f->locks, f->types, f->nparams);
        free(f->text);
        f->text = must(strndup(t.sql.n ? t.sql.p : "", t.sql.n));
        f->kind = t.kind;
        f->ready = false;
    }
    return countable(f, x) ? f : NULL;
}

static bool joins(struct plan *p, struct pg_groups *g, const struct group *to, const struct group_item *x)
{
    return x->stmt == to->members[0]->stmt && (x->rows != NULL) == (to->members[0]->rows != NULL) &&
           form_for(p, g, x) == to->form;
}

/* Takes the next statement of the first unit that has one left, and with it the like ones that are next in theirs. */
static void plan_group(struct plan *p, struct pg_groups *g, struct group_item *items, size_t *next, const size_t *end,
                       size_t nunits, size_t first, bool grouped)
{
    struct group *to = &p->groups[p->n++];
    struct group_item *x = &items[next[first]++];
    size_t most = 1;
    for (size_t u = first; u < nunits; u++) most += end[u] - next[u];
    to->members = NEW_ARRAY(p->a, struct group_item *, grouped ? most : 1);
    to->members[to->n++] = x;
    to->form = grouped ? form_for(p, g, x) : NULL;
    if (!to->form) return;
    for (size_t u = first; u < nunits; u++)
        while (next[u] < end[u] && joins(p, g, to, &items[next[u]])) to->members[to->n++] = &items[next[u]++];
    if (to->n < GROUP_LEAST) to->form = NULL;
}

static struct plan plan_of(struct arena *a, struct pg_groups *g, struct group_item *items, size_t n, bool grouped)
{
    struct plan p = {a, NEW_ARRAY(a, struct group, n), 0};
    size_t *next = NEW_ARRAY(a, size_t, n), *end = NEW_ARRAY(a, size_t, n), nunits = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || items[i].unit != items[i - 1].unit) next[nunits++] = i;
        end[nunits - 1] = i + 1;
    }
    for (size_t u = 0; u < nunits; u++)
        while (next[u] < end[u]) plan_group(&p, g, items, next, end, nunits, u, grouped);
    return p;
}

/* ---- sending ---- */

static void put32(char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) p[i] = (char)(v >> (24 - 8 * i));
}

/* An array in binary: dimensions, whether there are NULLs, type, length, lower bound; then length and bytes of each. */
static struct slice array_of(struct arena *a, const struct group *x, size_t k, Oid type)
{
    size_t size = 20;
    for (size_t i = 0; i < x->n; i++) {
        const struct sql_value *v = &x->members[i]->binds[k];
        size += 4 + (v->type == SQL_NULL ? 0 : v->type == SQL_INT ? 8 : v->s.n);
    }
    char *bytes = arena_alloc(a, size), *p = bytes + 20;
    uint32_t nulls = 0;
    for (size_t i = 0; i < x->n; i++) {
        const struct sql_value *v = &x->members[i]->binds[k];
        if (v->type == SQL_NULL) {
            nulls = 1;
            put32(p, UINT32_MAX);
            p += 4;
        } else if (v->type == SQL_INT) {
            put32(p, 8);
            put32(p + 4, (uint32_t)((uint64_t)v->i >> 32));
            put32(p + 8, (uint32_t)v->i);
            p += 12;
        } else {
            put32(p, (uint32_t)v->s.n);
            if (v->s.n) memcpy(p + 4, v->s.p, v->s.n);
            p += 4 + v->s.n;
        }
    }
    const uint32_t head[] = {1, nulls, type, (uint32_t)x->n, 1};
    for (size_t i = 0; i < 5; i++) put32(bytes + 4 * i, head[i]);
    return (struct slice){bytes, size};
}

static result send_group(struct pg_conn *c, struct arena *a, const struct group *x)
{
    struct form *f = x->form;
    const char **values = NEW_ARRAY(a, const char *, f->nparams);
    int *lengths = NEW_ARRAY(a, int, f->nparams), *formats = NEW_ARRAY(a, int, f->nparams), n = 0;
    Oid *types = NEW_ARRAY(a, Oid, f->nparams);
    for (size_t i = 0; i < x->n; i++) TRY(binds_check(a, f->of, x->members[i]->binds, f->nparams));
    for (size_t k = 0; k < f->nparams; k++) {
        if (!f->types[k]) continue;
        struct slice array = array_of(a, x, k, f->types[k]);
        types[n] = pg_array_of(f->types[k]);
        values[n] = array.p;
        lengths[n] = (int)array.n;
        formats[n++] = 1;
    }
    if (!f->ready || f->forgotten != c->forgotten) {
        f->forgotten = c->forgotten;
        TRY(pg_prepare(c, a, f->of->name, f->text, types, (size_t)n, &f->name, &f->ready));
    }
    return pg_execute(c, a, f->of->name, f->name, &(struct pg_params){values, lengths, formats}, (size_t)n);
}

/* ---- answers ---- */

static int64_t number_in(const PGresult *r, int line)
{
    uint64_t v = 0;
    for (int i = 0; i < PQgetlength(r, line, 0); i++) v = v << 8 | (unsigned char)PQgetvalue(r, line, 0)[i];
    return (int64_t)v;
}

/* The lines of the answer, by member: lines[from[i] .. from[i + 1] - 1] are the i-th member's. */
static result sort_lines(struct arena *a, const struct group *x, const PGresult *r, size_t **from, int **lines)
{
    int n = PQntuples(r);
    *from = NEW_ARRAY(a, size_t, x->n + 2);
    *lines = NEW_ARRAY(a, int, (size_t)n + 1);
    for (int i = 0; i < n; i++) {
        int64_t m = number_in(r, i);
        if (m < 1 || m > (int64_t)x->n)
            return fail(a, CODE_STORE_SQL, S("store"), "name", slice_cstr(x->form->of->name), "detail",
                        S("a row of no unit"), NULL);
        (*from)[m + 1]++;
    }
    for (size_t i = 2; i < x->n + 2; i++) (*from)[i] += (*from)[i - 1];
    for (int i = 0; i < n; i++) (*lines)[(*from)[number_in(r, i)]++] = i;
    return ok();
}

static result take_group(struct pg_conn *c, struct arena *a, const struct group *x)
{
    PGresult *r;
    size_t *from;
    int *lines;
    TRY(pg_receive_raw(c, a, &r));
    if (x->form->kind == GROUP_INSERT) {
        int64_t changed;
        bool all = slice_int64(slice_cstr(PQcmdTuples(r)), &changed) && changed == (int64_t)x->n;
        for (size_t i = 0; i < x->n; i++) x->members[i]->mismatch = x->members[i]->expect == 1 && !all;
        PQclear(r);
        return ok();
    }
    result bad = sort_lines(a, x, r, &from, &lines);
    for (size_t i = 0; i < x->n && !failed(bad); i++) {
        struct group_item *m = x->members[i];
        size_t n = from[i + 1] - from[i];
        if (m->rows)
            bad = pg_read_rows(m->a, m->stmt, r, lines + from[i], n, 1, m->rows);
        else
            m->mismatch = m->expect >= 0 && (int64_t)n != m->expect;
    }
    PQclear(r);
    return bad;
}

static result take_one(struct pg_conn *c, struct group_item *x)
{
    int64_t changed;
    TRY(pg_receive(c, x->a, x->stmt, x->rows, &changed));
    x->mismatch = !x->rows && x->expect >= 0 && changed != x->expect;
    return ok();
}

result pg_items(struct pg_conn *c, struct arena *a, struct pg_groups *g, struct group_item *items, size_t n,
                bool grouped)
{
    struct plan p = plan_of(a, g, items, n, grouped);
    if (n == 0) return ok();
    for (size_t i = 0; i < p.n; i++) {
        struct group_item *x = p.groups[i].members[0];
        result r = p.groups[i].form ? send_group(c, a, &p.groups[i]) : pg_send(c, x->a, x->stmt, x->binds, x->nbinds);
        x->failed = failed(r) && !p.groups[i].form;
        TRY(r);
    }
    TRY(pg_sync(c, a));
    for (size_t i = 0; i < p.n; i++) {
        struct group_item *x = p.groups[i].members[0];
        result r = p.groups[i].form ? take_group(c, a, &p.groups[i]) : take_one(c, x);
        x->failed = failed(r) && !p.groups[i].form;
        if (failed(r) && p.groups[i].form && !p.groups[i].form->ready && c->why == WHY_OTHER)
            p.groups[i].form->kind = GROUP_NONE; /* the server does not take this form: never again */
        TRY(r);
    }
    return pg_drain(c, a);
}
