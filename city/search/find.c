/* Finding: the postings of the question's terms are added up, rarest first and within a bound; the best are looked at again in
 * their text. */
#include <math.h>
#include <stdlib.h>

#include "city/search/internal.h"
#include "city/sql.h"

/* A common term tells little and costs much: once this many entries are read, further terms count in the second look only.
 * The rarest few are read whatever they cost. */
enum { ENTRIES_MAX = 400 * 1000, RAREST = 3, LOOKED_AT = SEARCH_HITS_MAX };

static const struct stmt TERM_SIZES = {
    "search_term_sizes", "SELECT term, docs FROM search_term WHERE collection = ?1 AND term IN (" TERMS_32 ")", NULL,
    false};
static const struct stmt POSTINGS = {
    "search_postings", "SELECT term, chunk, docs FROM search_posting WHERE collection = ?1 AND term IN (" TERMS_32 ")",
    NULL, false};
static const struct stmt DOCS = {
    "search_docs", "SELECT doc, ref, title, body FROM search_doc WHERE collection = ?1 AND doc IN (" TERMS_32 ")", NULL,
    false};

/* Runs a statement over lists of up to 32 texts; what is short is filled up with the last one. */
static result query_terms(struct store *s, struct arena *a, const struct stmt *st, int64_t collection,
                          const struct question_term *const *t, size_t n, struct rows *out)
{
    struct sql_value v[1 + MANY] = {sql_int(collection)};
    for (size_t i = 0; i < MANY; i++) v[1 + i] = sql_text(t[i < n ? i : n - 1]->text);
    return store_query(s, a, st, v, 1 + MANY, out);
}

static struct question_term *term_of(struct question *q, struct slice text)
{
    for (size_t i = 0; i < q->n; i++)
        if (slice_eq(q->terms[i].text, text)) return &q->terms[i];
    return NULL;
}

struct planned {
    struct question_term *term;
    int64_t entries;
};

static int rarest_first(const void *x, const void *y)
{
    const struct planned *a = x, *b = y;
    if (a->entries != b->entries) return a->entries < b->entries ? -1 : 1;
    return slice_cmp(a->term->text, b->term->text);
}

static double idf(double docs, double with)
{
    return log(1 + (docs - with + 0.5) / (with + 0.5)); /* never negative */
}

/* Runs of three are not indexed: one is at least as rare as the rarer of its pairs. */
static void rarity_of_three(struct question *q)
{
    for (size_t i = 0; i < q->n; i++) {
        if (q->terms[i].kind != TERM_THREE) continue;
        int x = question_term_index(q, q->terms[i].key >> 21);
        int y = question_term_index(q, q->terms[i].key & ((UINT64_C(1) << 42) - 1));
        double a = x < 0 ? 0 : q->terms[x].idf, b = y < 0 ? 0 : q->terms[y].idf;
        q->terms[i].idf = a > b ? a : b;
    }
}

/* Frequencies of all terms; the plan says which are read. */
static result plan_terms(struct store *s, struct arena *a, int64_t collection, struct question *q,
                         struct planned **plan, size_t *nplan)
{
    const struct question_term **list = NEW_ARRAY(a, const struct question_term *, q->n + 1);
    struct planned *p = NEW_ARRAY(a, struct planned, q->n + 1);
    size_t n = 0, found = 0, kept = 0;
    double docs = (double)q->size.docs;
    for (size_t i = 0; i < q->n; i++) {
        q->terms[i].idf = idf(docs, 0);
        if (q->terms[i].kind != TERM_THREE) list[n++] = &q->terms[i];
    }
    for (size_t i = 0; i < n; i += MANY) {
        struct rows r;
        TRY(query_terms(s, a, &TERM_SIZES, collection, list + i, n - i < MANY ? n - i : MANY, &r));
        for (size_t k = 0; k < r.n; k++) {
            struct question_term *t = term_of(q, row(&r, k)[0].s);
            int64_t entries = row(&r, k)[1].i;
            if (!t || !entries) continue;
            t->idf = idf(docs, (double)entries);
            p[found++] = (struct planned){t, entries};
        }
    }
    rarity_of_three(q);
    qsort(p, found, sizeof *p, rarest_first);
    int64_t sum = 0;
    while (kept < found && (kept < RAREST || sum + p[kept].entries <= ENTRIES_MAX)) sum += p[kept++].entries;
    *plan = p;
    *nplan = kept;
    return ok();
}

/* ---- adding up ---- */

struct piece { /* a term's entries in one chunk */
    int64_t chunk;
    float weight;
    struct slice entries;
};
struct best {
    float points;
    int64_t doc;
};
struct pile { /* the best so far; the worst of them is first (a heap) */
    struct best at[LOOKED_AT];
    size_t n;
};

static bool worse(struct best x, struct best y)
{
    return x.points < y.points || (x.points == y.points && x.doc > y.doc);
}

static void sink(struct pile *p, size_t i)
{
    for (;;) {
        size_t low = i, l = 2 * i + 1;
        if (l < p->n && worse(p->at[l], p->at[low])) low = l;
        if (l + 1 < p->n && worse(p->at[l + 1], p->at[low])) low = l + 1;
        if (low == i) return;
        struct best x = p->at[i];
        p->at[i] = p->at[low];
        p->at[low] = x;
        i = low;
    }
}

static void offer(struct pile *p, struct best x)
{
    if (p->n == LOOKED_AT) {
        if (!worse(p->at[0], x)) return;
        p->at[0] = x;
        sink(p, 0);
        return;
    }
    size_t i = p->n++;
    p->at[i] = x;
    while (i && worse(p->at[i], p->at[(i - 1) / 2])) {
        struct best y = p->at[i];
        p->at[i] = p->at[(i - 1) / 2];
        p->at[(i - 1) / 2] = y;
        i = (i - 1) / 2;
    }
}

static int by_chunk(const void *x, const void *y)
{
    const struct piece *a = x, *b = y;
    return a->chunk < b->chunk ? -1 : a->chunk > b->chunk;
}

static void add_up(const struct piece *p, size_t n, float *points, struct pile *best)
{
    memset(points, 0, CHUNK_DOCS * sizeof *points);
    for (size_t i = 0; i < n; i++) {
        const uint8_t *e = (const uint8_t *)p[i].entries.p, *end = e + p[i].entries.n / ENTRY_BYTES * ENTRY_BYTES;
        for (; e < end; e += ENTRY_BYTES) points[(e[0] | e[1] << 8) & (CHUNK_DOCS - 1)] += p[i].weight * (float)e[2];
    }
    for (size_t i = 0; i < CHUNK_DOCS; i++)
        if (points[i] > 0 && (best->n < LOOKED_AT || points[i] >= best->at[0].points))
            offer(best, (struct best){points[i], (p[0].chunk << CHUNK_BITS) + (int64_t)i});
}

/* What a single character tells beside the pairs in the first look. */
#define ONE_COUNTS 0.4

static result gather(struct store *s, struct arena *a, int64_t collection, struct question *q,
                     const struct planned *plan, size_t nplan, struct pile *best)
{
    const struct question_term **list = NEW_ARRAY(a, const struct question_term *, nplan + 1);
    struct rows *r = NEW_ARRAY(a, struct rows, nplan / MANY + 1);
    size_t n = 0, at = 0;
    for (size_t i = 0; i < nplan; i++) list[i] = plan[i].term;
    for (size_t i = 0; i < nplan; i += MANY) {
        TRY(query_terms(s, a, &POSTINGS, collection, list + i, nplan - i < MANY ? nplan - i : MANY, &r[i / MANY]));
        n += r[i / MANY].n;
    }
    struct piece *p = NEW_ARRAY(a, struct piece, n + 1);
    for (size_t i = 0; i * MANY < nplan; i++)
        for (size_t k = 0; k < r[i].n; k++) {
            const struct sql_value *v = row(&r[i], k);
            const struct question_term *t = term_of(q, v[0].s);
            double weight = t ? t->idf * t->count * (t->kind == TERM_ONE ? ONE_COUNTS : 1) : 0;
            p[at++] = (struct piece){v[1].i, (float)weight, v[2].s};
        }
    qsort(p, at, sizeof *p, by_chunk);
    float *points = arena_alloc(a, CHUNK_DOCS * sizeof *points);
    for (size_t i = 0; i < at;) {
        size_t end = i + 1;
        while (end < at && p[end].chunk == p[i].chunk) end++;
        add_up(p + i, end - i, points, best);
        i = end;
    }
    return ok();
}

/* ---- the second look ---- */

struct looked {
    struct search_hit hit;
    int64_t doc;
    double f[FEATURE_COUNT];
};

static int best_first(const void *x, const void *y)
{
    const struct looked *a = x, *b = y;
    if (a->hit.score != b->hit.score) return a->hit.score < b->hit.score ? 1 : -1;
    return a->doc < b->doc ? -1 : a->doc > b->doc;
}

static result look_again(struct store *s, struct arena *a, int64_t collection, const struct question *q,
                         const struct pile *best, const struct search_weights *w, struct looked *out, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < best->n; i += MANY) {
        struct sql_value v[1 + MANY] = {sql_int(collection)};
        struct rows r;
        for (size_t k = 0; k < MANY; k++) v[1 + k] = sql_int(i + k < best->n ? best->at[i + k].doc : -1);
        TRY(store_query(s, a, &DOCS, v, 1 + MANY, &r));
        for (size_t k = 0; k < r.n; k++) {
            const struct sql_value *d = row(&r, k);
            struct looked *l = &out[(*n)++];
            l->doc = d[0].i;
            l->hit.ref = d[1].s;
            rank_features(a, q, d[2].s, d[3].s, w, l->f);
            l->hit.coverage = l->f[FEATURE_COVERAGE];
            for (int j = 0; j < FEATURE_COUNT; j++) l->hit.score += w->feature[j] * l->f[j];
        }
    }
    qsort(out, *n, sizeof *out, best_first);
    return ok();
}

result search_look(struct store *s, struct arena *a, enum search_collection c, struct slice question, size_t limit,
                   const struct search_weights *w, struct search_hit **out, size_t *n, double **features)
{
    struct rows size;
    struct planned *plan;
    size_t nplan, found;
    *n = 0;
    *out = NULL;
    if (!w) w = &SEARCH_WEIGHTS;
    TRY(store_query(s, a, &SEARCH_SIZE, BINDS(sql_int(c)), &size));
    struct question q = question_read(a, search_question(a, question));
    if (!size.n || !q.n) return ok();
    q.size = (struct collection_size){row(&size, 0)[0].i, row(&size, 0)[1].i, row(&size, 0)[2].i};
    TRY(plan_terms(s, a, c, &q, &plan, &nplan));
    struct pile *best = NEW(a, struct pile);
    TRY(gather(s, a, c, &q, plan, nplan, best));
    struct looked *l = NEW_ARRAY(a, struct looked, best->n + 1);
    TRY(look_again(s, a, c, &q, best, w, l, &found));
    if (limit > found) limit = found;
    *out = NEW_ARRAY(a, struct search_hit, limit + 1);
    if (features) *features = NEW_ARRAY(a, double, limit *FEATURE_COUNT + 1);
    for (size_t i = 0; i < limit; i++) {
        (*out)[i] = l[i].hit;
        if (features) memcpy(*features + i * FEATURE_COUNT, l[i].f, sizeof l[i].f);
    }
    *n = limit;
    return ok();
}

result search_find(struct store *s, struct arena *a, enum search_collection c, struct slice question, size_t limit,
                   const struct search_weights *w, struct search_hit **out, size_t *n)
{
    return search_look(s, a, c, question, limit, w, out, n, NULL);
}
