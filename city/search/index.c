/* Tables of the index, and writing into them. */
#include <stdlib.h>

#include "city/search/internal.h"
#include "city/sql.h"

#define TABLES                                                                                            \
    "-- retention: as long as the database; counts only\n"                                                \
    "CREATE TABLE search_collection (collection {INT} PRIMARY KEY, next {INT} NOT NULL,"                  \
    " docs {INT} NOT NULL, length {INT} NOT NULL);\n"                                                     \
    "-- retention: as the published document that was put in; never personal data\n"                      \
    "CREATE TABLE search_doc (collection {INT} NOT NULL, doc {INT} NOT NULL, ref {TEXT} NOT NULL,"        \
    " title {TEXT} NOT NULL, body {TEXT} NOT NULL, PRIMARY KEY (collection, doc)) {WITHOUT_ROWID};\n"     \
    "CREATE UNIQUE INDEX search_doc_ref ON search_doc (collection, ref);\n"                               \
    "-- retention: as search_doc\n"                                                                       \
    "CREATE TABLE search_posting (collection {INT} NOT NULL, term {TEXT} NOT NULL, chunk {INT} NOT NULL," \
    " docs {BLOB} NOT NULL, PRIMARY KEY (collection, term, chunk)) {WITHOUT_ROWID};\n"

/* A question asks first how common each of its terms is: one row a term, not one a chunk. */
#define TERMS                                                                                         \
    "-- retention: as search_doc\n"                                                                   \
    "CREATE TABLE search_term (collection {INT} NOT NULL, term {TEXT} NOT NULL, docs {INT} NOT NULL," \
    " PRIMARY KEY (collection, term)) {WITHOUT_ROWID};\n"                                             \
    "INSERT INTO search_term (collection, term, docs) SELECT collection, term, sum(length(docs)) / 3" \
    " FROM search_posting GROUP BY collection, term;\n"

const struct migration SEARCH_MIGRATIONS[] = {
    /* entries are short and do not compress: PostgreSQL need not try */
    {"search", 1, "search", TABLES, TABLES "ALTER TABLE search_posting ALTER COLUMN docs SET STORAGE EXTERNAL;\n"},
    {"search", 2, "how common terms are", TERMS, NULL},
};
const size_t SEARCH_NMIGRATIONS = sizeof SEARCH_MIGRATIONS / sizeof *SEARCH_MIGRATIONS;

const struct stmt SEARCH_SIZE = {"search_size",
                                 "SELECT next, docs, length FROM search_collection WHERE collection = ?1", NULL, false};
static const struct stmt GROW = {
    "search_grow",
    "INSERT INTO search_collection (collection, next, docs, length) VALUES (?1,?2,?2,?3) ON CONFLICT (collection) DO UPDATE"
    " SET next = search_collection.next + excluded.next, docs = search_collection.docs + excluded.docs,"
    " length = search_collection.length + excluded.length",
    NULL, false};
static const struct stmt SHRINK = {
    "search_shrink", "UPDATE search_collection SET docs = docs - 1, length = length - ?2 WHERE collection = ?1", NULL,
    false};
static const struct stmt DOC_OF_REF = {
    "search_doc_of_ref", "SELECT doc, title, body FROM search_doc WHERE collection = ?1 AND ref = ?2", NULL, false};
static const struct stmt DOC_ADD = {
    "search_doc_add", "INSERT INTO search_doc (collection, doc, ref, title, body) VALUES (?1,?2,?3,?4,?5)", NULL,
    false};
static const struct stmt DOC_REMOVE = {"search_doc_remove", "DELETE FROM search_doc WHERE collection = ?1 AND doc = ?2",
                                       NULL, false};
static const struct stmt POSTING_ONE = {
    "search_posting_one", "SELECT docs FROM search_posting WHERE collection = ?1 AND term = ?2 AND chunk = ?3", NULL,
    false};
static const struct stmt POSTING_SET = {
    "search_posting_set", "UPDATE search_posting SET docs = ?4 WHERE collection = ?1 AND term = ?2 AND chunk = ?3",
    NULL, false};

/* SQLite joins blobs to a text of the same bytes. */
#define APPEND(values, joined)                                                  \
    "INSERT INTO search_posting (collection, chunk, term, docs) VALUES " values \
    " ON CONFLICT (collection, term, chunk) DO UPDATE SET docs = " joined
#define IN_SQLITE "CAST(search_posting.docs || excluded.docs AS BLOB)"
#define IN_POSTGRES "search_posting.docs || excluded.docs"
#define VALUES_8                                                                                                      \
    "(?1,?2,?3,?4),(?1,?2,?5,?6),(?1,?2,?7,?8),(?1,?2,?9,?10),(?1,?2,?11,?12),(?1,?2,?13,?14),(?1,?2,?15,?16),(?1,?2" \
    ",?17,?18)"
enum { TOGETHER = 8 };
static const struct stmt APPEND_1 = {"search_append", APPEND("(?1,?2,?3,?4)", IN_SQLITE),
                                     APPEND("(?1,?2,?3,?4)", IN_POSTGRES), false};
static const struct stmt APPEND_8 = {"search_append_8", APPEND(VALUES_8, IN_SQLITE), APPEND(VALUES_8, IN_POSTGRES),
                                     false};

#define COUNT_MORE(values)                                            \
    "INSERT INTO search_term (collection, term, docs) VALUES " values \
    " ON CONFLICT (collection, term) DO UPDATE SET docs = search_term.docs + excluded.docs"
static const struct stmt COUNT_1 = {"search_count", COUNT_MORE("(?1,?2,?3)"), NULL, false};
static const struct stmt COUNT_8 = {
    "search_count_8",
    COUNT_MORE("(?1,?2,?3),(?1,?4,?5),(?1,?6,?7),(?1,?8,?9),(?1,?10,?11),(?1,?12,?13),(?1,?14,?15),(?1,?16,?17)"), NULL,
    false};

double bm25_part(double tf, double length, double average, double k1, double b)
{
    return tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / (average > 0 ? average : 1)));
}

/* ---- the postings of one chunk, gathered in memory ---- */

struct gathered {
    struct slice term;
    uint64_t key;
    uint8_t *entries;
    size_t n, cap; /* bytes */
    /* the document being read */
    int64_t doc;
    double tf;
};
struct gathering {
    struct arena *a;
    struct gathered **table;
    size_t n, cap; /* cap: a power of two */
    struct gathered **touched;
    size_t ntouched, cap_touched;
};

static uint64_t spread(uint64_t k)
{
    k ^= k >> 33;
    k *= UINT64_C(0xff51afd7ed558ccd);
    return k ^ k >> 29;
}

static void grow(struct gathering *g)
{
    size_t cap = g->cap ? g->cap * 2 : 4096;
    struct gathered **table = NEW_ARRAY(g->a, struct gathered *, cap);
    for (size_t i = 0; i < g->cap; i++) {
        if (!g->table[i]) continue;
        size_t at = spread(g->table[i]->key) & (cap - 1);
        while (table[at]) at = (at + 1) & (cap - 1);
        table[at] = g->table[i];
    }
    g->table = table;
    g->cap = cap;
}

static struct gathered *entry_of(struct gathering *g, const struct term *t)
{
    if (g->n * 2 >= g->cap) grow(g);
    size_t at = spread(t->key) & (g->cap - 1);
    for (; g->table[at]; at = (at + 1) & (g->cap - 1))
        if (g->table[at]->key == t->key && slice_eq(g->table[at]->term, t->text)) return g->table[at];
    struct gathered *e = NEW(g->a, struct gathered);
    e->term = t->text;
    e->key = t->key;
    e->doc = -1;
    g->table[at] = e;
    g->n++;
    return e;
}

static void touch(struct gathering *g, struct gathered *e)
{
    if (g->ntouched == g->cap_touched) {
        size_t cap = g->cap_touched ? g->cap_touched * 2 : 1024;
        struct gathered **list = NEW_ARRAY(g->a, struct gathered *, cap);
        if (g->ntouched) memcpy(list, g->touched, g->ntouched * sizeof *list);
        g->touched = list;
        g->cap_touched = cap;
    }
    g->touched[g->ntouched++] = e;
}

static void read_field(struct gathering *g, struct slice folded, double times, int64_t doc)
{
    struct term_walk w = terms_of(folded, false);
    struct term t;
    while (term_next(&w, &t)) {
        struct gathered *e = entry_of(g, &t);
        if (e->doc != doc) {
            e->doc = doc;
            e->tf = 0;
            touch(g, e);
        }
        e->tf += times;
    }
}

static void put_entry(struct arena *a, struct gathered *e, double length, double average)
{
    if (e->n + ENTRY_BYTES > e->cap) {
        size_t cap = e->cap ? e->cap * 4 : 4 * ENTRY_BYTES;
        uint8_t *p = arena_alloc(a, cap);
        if (e->n) memcpy(p, e->entries, e->n);
        e->entries = p;
        e->cap = cap;
    }
    double part = bm25_part(e->tf, length, average, BM25_K1, BM25_B) / (BM25_K1 + 1);
    int64_t within = e->doc & (CHUNK_DOCS - 1);
    e->entries[e->n] = (uint8_t)(within & 0xff);
    e->entries[e->n + 1] = (uint8_t)(within >> 8);
    e->entries[e->n + 2] = (uint8_t)(part * IMPACT_ONE + 0.5);
    e->n += ENTRY_BYTES;
}

static int by_term(const void *x, const void *y)
{
    const struct gathered *const *a = x, *const *b = y;
    return slice_cmp((*a)->term, (*b)->term);
}

/* Sorted, so that the tree is walked in order and two processes never lock two terms crosswise. */
static result write_chunk(struct tx *tx, struct gathering *g, int64_t collection, int64_t chunk)
{
    struct gathered **list = NEW_ARRAY(g->a, struct gathered *, g->n + 1);
    size_t n = 0, i = 0;
    for (size_t k = 0; k < g->cap; k++)
        if (g->table[k]) list[n++] = g->table[k];
    qsort(list, n, sizeof *list, by_term);
    struct sql_value v[2 + 2 * TOGETHER] = {sql_int(collection), sql_int(chunk)};
    struct sql_value counts[1 + 2 * TOGETHER] = {sql_int(collection)};
    while (i < n) {
        size_t many = n - i >= TOGETHER ? TOGETHER : 1;
        for (size_t k = 0; k < many; k++) {
            const struct gathered *e = list[i + k];
            v[2 + 2 * k] = counts[1 + 2 * k] = sql_text(e->term);
            v[3 + 2 * k] = sql_blob(slice_of((const char *)e->entries, e->n));
            counts[2 + 2 * k] = sql_int((int64_t)(e->n / ENTRY_BYTES));
        }
        TRY(tx_exec(tx, g->a, many == 1 ? &APPEND_1 : &APPEND_8, v, 2 + 2 * many, NULL));
        TRY(tx_exec(tx, g->a, many == 1 ? &COUNT_1 : &COUNT_8, counts, 1 + 2 * many, NULL));
        i += many;
    }
    return ok();
}

/* ---- adding ---- */

struct folded {
    struct slice title, body;
    int64_t length;
};

/* Places of a text: single characters and words. */
static int64_t places(struct slice folded)
{
    struct term_walk w = terms_of(folded, false);
    struct term t;
    int64_t n = 0;
    while (term_next(&w, &t)) n += t.kind != TERM_PAIR;
    return n;
}

static int64_t length_of(struct slice title, struct slice body)
{
    return TITLE_TIMES * places(title) + places(body);
}

static result add_doc(struct tx *tx, struct gathering *g, int64_t collection, int64_t doc, struct slice ref,
                      const struct folded *f, double average)
{
    TRY(tx_exec(tx, g->a, &DOC_ADD,
                BINDS(sql_int(collection), sql_int(doc), sql_text(ref), sql_text(f->title), sql_text(f->body)), NULL));
    g->ntouched = 0;
    read_field(g, f->title, TITLE_TIMES, doc);
    read_field(g, f->body, 1, doc);
    for (size_t i = 0; i < g->ntouched; i++) put_entry(g->a, g->touched[i], (double)f->length, average);
    return ok();
}

result search_add(struct tx *tx, struct arena *a, enum search_collection c, const struct search_text *t, size_t n)
{
    struct folded *f = NEW_ARRAY(a, struct folded, n + 1);
    struct rows r;
    int64_t length = 0;
    for (size_t i = 0; i < n; i++) {
        if (!t[i].ref.n || t[i].ref.n > SEARCH_REF_MAX)
            return fail(a, CODE_INTERNAL, S("search"), "detail", S("length of a reference"), NULL);
        TRY(search_remove(tx, a, c, t[i].ref));
        f[i].title = search_fold(a, t[i].title);
        f[i].body = search_fold(a, t[i].body);
        f[i].length = length_of(f[i].title, f[i].body);
        length += f[i].length;
    }
    if (!n) return ok();
    TRY(tx_exec(tx, a, &GROW, BINDS(sql_int(c), sql_int((int64_t)n), sql_int(length)), NULL));
    TRY(tx_query(tx, a, &SEARCH_SIZE, BINDS(sql_int(c)), &r));
    int64_t doc = row(&r, 0)[0].i - (int64_t)n;
    double average = (double)row(&r, 0)[2].i / (double)row(&r, 0)[1].i;
    struct gathering g = {.a = a};
    for (size_t i = 0; i < n; i++, doc++) {
        if (i && doc % CHUNK_DOCS == 0) {
            TRY(write_chunk(tx, &g, c, (doc - 1) >> CHUNK_BITS));
            g = (struct gathering){.a = a};
        }
        TRY(add_doc(tx, &g, c, doc, t[i].ref, &f[i], average));
    }
    return write_chunk(tx, &g, c, (doc - 1) >> CHUNK_BITS);
}

/* ---- removing ---- */

static result forget(struct tx *tx, struct arena *a, int64_t collection, struct slice term, int64_t doc)
{
    struct rows r;
    int64_t chunk = doc >> CHUNK_BITS, within = doc & (CHUNK_DOCS - 1);
    TRY(tx_query(tx, a, &POSTING_ONE, BINDS(sql_int(collection), sql_text(term), sql_int(chunk)), &r));
    if (!r.n) return ok();
    struct slice old = row(&r, 0)[0].s;
    char *kept = arena_alloc(a, old.n + 1);
    size_t n = 0;
    for (size_t i = 0; i + ENTRY_BYTES <= old.n; i += ENTRY_BYTES) {
        const uint8_t *e = (const uint8_t *)old.p + i;
        if ((int64_t)(e[0] | e[1] << 8) == within) continue;
        memcpy(kept + n, e, ENTRY_BYTES);
        n += ENTRY_BYTES;
    }
    TRY(tx_exec(tx, a, &COUNT_1, BINDS(sql_int(collection), sql_text(term), sql_int(-1)), NULL));
    return tx_exec(tx, a, &POSTING_SET,
                   BINDS(sql_int(collection), sql_text(term), sql_int(chunk), sql_blob(slice_of(kept, n))), NULL);
}

result search_remove(struct tx *tx, struct arena *a, enum search_collection c, struct slice ref)
{
    struct rows r;
    TRY(tx_query(tx, a, &DOC_OF_REF, BINDS(sql_int(c), sql_text(ref)), &r));
    if (!r.n) return ok();
    int64_t doc = row(&r, 0)[0].i;
    struct slice title = row(&r, 0)[1].s, body = row(&r, 0)[2].s;
    /* first the collection's row: whoever adds to it waits there */
    TRY(tx_exec(tx, a, &SHRINK, BINDS(sql_int(c), sql_int(length_of(title, body))), NULL));
    struct gathering g = {.a = a};
    read_field(&g, title, 1, doc);
    read_field(&g, body, 1, doc);
    qsort(g.touched, g.ntouched, sizeof *g.touched, by_term);
    for (size_t i = 0; i < g.ntouched; i++) TRY(forget(tx, a, c, g.touched[i]->term, doc));
    return tx_exec(tx, a, &DOC_REMOVE, BINDS(sql_int(c), sql_int(doc)), NULL);
}
