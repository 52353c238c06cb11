/* Tiles, entries and proofs out of the database. */
#include "city/log/internal.h"
#include "city/sql.h"

const struct stmt LOG_TILE_READ = {
    "log_tile_read", "SELECT width, data, first_id, last_id FROM log_tile WHERE level=?1 AND idx=?2", NULL, false};
static const struct stmt BUNDLES_OF = {
    "log_bundles_of",
    "SELECT idx, width, data, last_id FROM log_tile WHERE level=-1 AND last_id >= ?1 AND first_id <= ?2"
    " ORDER BY last_id, idx LIMIT ?3",
    NULL, false};
static const struct stmt LEAF_WAITS = {"log_leaf_waits", "SELECT 1 FROM log_leaf WHERE id=?1", NULL, false};
static const struct stmt DOCUMENT_EVENT = {
    "log_document_event",
    "SELECT d.case_id, d.at, f.version, d.sha256 FROM case_document d JOIN case_file f ON f.id = d.case_id WHERE d.id=?1",
    NULL, false};

enum { BUNDLES_AT_ONCE = 16 };

static result none(struct arena *a, const char *field, struct slice value)
{
    return fail(a, CODE_NOT_FOUND, slice_cstr(field), "value", value, NULL);
}

result log_tile(struct city *c, struct arena *a, const struct tlog_tile *t, struct slice *data)
{
    struct rows r;
    const struct slice *entries;
    TRY(store_query(c->store, a, &LOG_TILE_READ, BINDS(sql_int(t->level), sql_int((int64_t)t->index)), &r));
    if (r.n == 0 || row(&r, 0)[0].i < (int64_t)t->width) return none(a, "tile", tlog_tile_path(a, t));
    unsigned width = (unsigned)row(&r, 0)[0].i;
    *data = row(&r, 0)[1].s;
    if (width == t->width) return ok();
    if (t->level >= 0) {
        *data = slice_sub(*data, 0, (size_t)t->width * MERKLE_HASH_BYTES);
        return ok();
    }
    TRY(tlog_bundle_read(a, *data, width, &entries));
    const struct slice *last = &entries[t->width - 1];
    *data = slice_of(data->p, (size_t)(last->p + last->n - data->p));
    return ok();
}

static result read_tile(void *ctx, struct arena *a, const struct tlog_tile *t, struct slice *data)
{
    return log_tile(ctx, a, t, data);
}

struct tlog_reader log_reader(struct city *c, uint64_t size)
{
    return (struct tlog_reader){.size = size, .read = read_tile, .ctx = c};
}

/* ---- finding ---- */

/* Whether the leaf in hand is the one that is looked for. */
typedef bool match(const void *ctx, const struct log_leaf *leaf);

static result search_bundle(struct arena *a, const struct sql_value *v, match *wanted, const void *ctx,
                            struct log_found *out, bool *found)
{
    const struct slice *entries;
    struct log_leaf leaf;
    TRY(tlog_bundle_read(a, v[2].s, (unsigned)v[1].i, &entries));
    for (int64_t i = 0; i < v[1].i && !*found; i++) {
        if (!log_entry_read(a, entries[i], &leaf) || !wanted(ctx, &leaf)) continue;
        *out = (struct log_found){(uint64_t)(v[0].i * TLOG_WIDTH + i), entries[i]};
        *found = true;
    }
    return ok();
}

/* Through the bundles that may hold ids from `from` to `to`: those that end first come first, so usually it is the first. */
static result search(struct city *c, struct arena *a, struct id from, struct id to, match *wanted, const void *ctx,
                     struct log_found *out, bool *found)
{
    struct rows r;
    int64_t limit = BUNDLES_AT_ONCE;
    *found = false;
    for (size_t seen = 0;; limit *= 4) {
        TRY(store_query(c->store, a, &BUNDLES_OF, BINDS(sql_id(&from), sql_id(&to), sql_int(limit)), &r));
        for (; seen < r.n && !*found; seen++) TRY(search_bundle(a, row(&r, seen), wanted, ctx, out, found));
        if (*found || (int64_t)r.n < limit || limit > 4096) return ok();
    }
}

static bool is_id(const void *ctx, const struct log_leaf *leaf)
{
    return id_eq(leaf->id, *(const struct id *)ctx);
}

static result published_yet(struct city *c, struct arena *a, uint64_t index)
{
    struct log_published p;
    TRY(log_published(c, a, &p));
    return index < p.size ? ok() : fail(a, CODE_LOG_PENDING, S("id"), NULL);
}

result log_find(struct city *c, struct arena *a, struct id leaf, struct log_found *out)
{
    struct rows r;
    bool found;
    TRY(search(c, a, leaf, leaf, is_id, &leaf, out, &found));
    if (found) return published_yet(c, a, out->index);
    TRY(store_query(c->store, a, &LEAF_WAITS, BINDS(sql_id(&leaf)), &r));
    return r.n ? fail(a, CODE_LOG_PENDING, S("id"), NULL) : none(a, "id", id_text(a, leaf));
}

struct wanted_paper {
    struct id case_id;
    int64_t version;
    instant at;
    struct slice sha256;
};

/* An event of this case at this time: its number is not known, but there are few. */
static bool is_of_case(const void *ctx, const struct log_leaf *leaf)
{
    const struct wanted_paper *w = ctx;
    if (leaf->at != w->at || !slice_is(leaf->kind, LOG_CASE)) return false;
    for (int64_t seq = 1; seq <= w->version; seq++)
        if (id_eq(leaf->id, log_leaf_id(LOG_CASE, w->case_id, seq, w->at))) return true;
    return false;
}

/* Several events may be of one moment: it is the one that names the paper. */
static bool names_paper(const void *ctx, const struct log_leaf *leaf)
{
    const struct wanted_paper *w = ctx;
    return log_entry_has_document(leaf, w->sha256) && is_of_case(ctx, leaf);
}

/* One whose facts were too many to be told (log_entry). */
static bool names_none(const void *ctx, const struct log_leaf *leaf)
{
    return !leaf->facts && is_of_case(ctx, leaf);
}

result log_find_document(struct city *c, struct arena *a, struct id document, struct log_found *out)
{
    struct rows r;
    struct wanted_paper w;
    struct id from = ID_NONE, to = ID_NONE;
    bool found;
    TRY(store_query(c->store, a, &DOCUMENT_EVENT, BINDS(sql_id(&document)), &r));
    if (r.n == 0 || !id_from_bytes(row(&r, 0)[0].s, &w.case_id)) return none(a, "document", id_text(a, document));
    w.at = row(&r, 0)[1].i;
    w.version = row(&r, 0)[2].i;
    from = to = log_leaf_id(LOG_CASE, w.case_id, 0, w.at);
    memset(from.b + 6, 0, 10);
    memset(to.b + 6, 0xff, 10);
    w.sha256 = row(&r, 0)[3].s;
    TRY(search(c, a, from, to, names_paper, &w, out, &found));
    if (!found) TRY(search(c, a, from, to, names_none, &w, out, &found));
    return found ? published_yet(c, a, out->index) : none(a, "document", id_text(a, document));
}

result log_prove(struct city *c, struct arena *a, const struct log_found *f, struct tlog_proof *out)
{
    struct log_published p;
    TRY(log_published(c, a, &p));
    if (p.note.n == 0) return fail(a, CODE_LOG_NONE, S(""), NULL);
    struct tlog_reader *reader = NEW(a, struct tlog_reader);
    *reader = log_reader(c, p.size);
    struct merkle_source source = tlog_source(reader);
    *out = (struct tlog_proof){.has_extra = true, .extra = f->entry, .index = f->index, .checkpoint = p.note};
    return merkle_prove_inclusion(a, &source, f->index, p.size, &out->proof);
}
