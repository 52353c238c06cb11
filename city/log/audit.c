/* Whether the rows are what the log says they are. The log is read in parts, each with all rows beside it, so that memory does not grow
 * with the city. */
#include "city/cases/archive.h"
#include "city/cases/facts.h"
#include "city/log/internal.h"
#include "city/sql.h"
#include "city/vault/vault.h"

#include <stdlib.h>

enum { PART = 1 << 20 /* leaves held at once, 64 bytes each */, ROWS_AT_ONCE = 500, FINDINGS = 50 };

static const struct stmt EVENTS = {
    "log_audit_events",
    "SELECT e.case_id, e.seq, e.at, e.kind, e.actor, e.idem, e.body_hash, e.payload_ct, k.wrapped FROM case_event e"
    " LEFT JOIN data_key k ON k.id = e.case_id"
    " WHERE e.case_id > ?1 OR (e.case_id = ?1 AND e.seq > ?2) ORDER BY e.case_id, e.seq LIMIT ?3",
    NULL, false};
static const struct stmt AUDITS = {
    "log_audit_rows", "SELECT id, at, actor, actor_kind, action, details FROM audit WHERE id > ?1 ORDER BY id LIMIT ?2",
    NULL, false};
static const struct stmt ARCHIVED = {
    "log_audit_archived",
    "SELECT a.case_id, k.wrapped FROM case_archive a LEFT JOIN data_key k ON k.id = a.case_id WHERE a.case_id > ?1"
    " ORDER BY a.case_id LIMIT ?2",
    NULL, false};
static const struct stmt WAITING = {"log_audit_waiting", "SELECT id, entry FROM log_leaf ORDER BY id", NULL, false};
#define SETTLED (60 * MS_SECOND) /* no transaction takes so long: what is older was there when the leaves were read */
#define AUDIT_KEPT (5 * 366 * MS_DAY)

struct known { /* a leaf */
    struct id id;
    struct merkle_hash row;
    instant at;
    bool audit, seen;
};
struct auditing {
    struct city *city;
    struct arena *a; /* of the findings */
    struct arena *work;
    instant now, began;
    struct log_published published;
    struct known *list;
    size_t n;
    bool alone;       /* the whole log is one part */
    bool first;       /* part: rows are counted once */
    int64_t eligible; /* rows that must have a leaf … */
    int64_t matched;  /* … and that have one */
    struct log_audit *out;
    struct json_builder findings;
};

static void found(struct auditing *x, const char *what, struct id id, instant at)
{
    if (x->findings.n >= FINDINGS) return;
    struct json_builder b = json_builder(x->a);
    json_set_cstr(&b, "what", what);
    json_set_str(&b, "id", id_text(x->a, id));
    json_set_str(&b, "at", instant_text(x->a, at));
    json_add(&x->findings, json_object(&b));
}

static int by_id(const void *l, const void *r)
{
    return memcmp(((const struct known *)l)->id.b, ((const struct known *)r)->id.b, 16);
}

static struct known *find(struct auditing *x, struct id id)
{
    struct known key = {.id = id};
    return x->n ? bsearch(&key, x->list, x->n, sizeof key, by_id) : NULL;
}

static void compare(struct auditing *x, const struct log_source *s)
{
    struct id id = log_leaf_id(s->kind, s->key, s->seq, s->at);
    struct known *k = find(x, id);
    struct merkle_hash row_hash;
    bool eligible = s->at >= x->began && s->at < x->now - SETTLED;
    if (x->first) {
        x->out->rows++;
        x->out->before += s->at < x->began && !k;
        x->eligible += eligible;
    }
    if (!k) {
        if (eligible && x->first && x->alone) found(x, "extra", id, s->at);
        return;
    }
    x->matched += eligible;
    log_row_hash(s->values, s->n, &row_hash);
    if (k->seen || memcmp(row_hash.b, k->row.b, sizeof row_hash.b) != 0) {
        x->out->changed++;
        found(x, "changed", id, s->at);
    }
    k->seen = true;
}

/* ---- rows ---- */

/* Under a later key of its case: the ciphertext that it had first. One whose key was destroyed since stays what it is. */
static result as_logged(struct auditing *x, struct id case_id, const struct sql_value *v, struct slice *payload)
{
    uint32_t generation;
    struct data_key key;
    if (!vault_box_generation(*payload, &generation) || !generation || v[8].type != SQL_BLOB || !v[8].s.n) return ok();
    TRY(vault_unwrap(x->city, x->work, case_id, v[8].s, &key));
    result r = event_logged(x->work, &key, v[1].i, v[7].s, payload);
    return result_code(r) == CODE_CRYPTO_BOX ? ok() : r; /* an edited one does not open: found as changed */
}

static result events(struct auditing *x)
{
    struct id at = ID_NONE;
    int64_t seq = -1;
    for (;;) {
        struct rows r;
        arena_reset(x->work);
        TRY(store_query(x->city->store, x->work, &EVENTS,
                        BINDS(sql_blob(id_bytes(&at)), sql_int(seq), sql_int(ROWS_AT_ONCE)), &r));
        for (size_t i = 0; i < r.n; i++) {
            const struct sql_value *v = row(&r, i);
            (void)id_from_bytes(v[0].s, &at);
            seq = v[1].i;
            struct sql_value first[8];
            memcpy(first, v, sizeof first);
            TRY(as_logged(x, at, v, &first[7].s));
            compare(x, &(struct log_source){LOG_CASE, at, seq, v[2].i, first, 8});
        }
        if (r.n < ROWS_AT_ONCE) return ok();
    }
}

static result audits(struct auditing *x)
{
    struct id at = ID_NONE;
    for (;;) {
        struct rows r;
        arena_reset(x->work);
        TRY(store_query(x->city->store, x->work, &AUDITS, BINDS(sql_blob(id_bytes(&at)), sql_int(ROWS_AT_ONCE)), &r));
        for (size_t i = 0; i < r.n; i++) {
            const struct sql_value *v = row(&r, i);
            (void)id_from_bytes(v[0].s, &at);
            compare(x, &(struct log_source){LOG_AUDIT, at, 0, v[1].i, v, 6});
        }
        if (r.n < ROWS_AT_ONCE) return ok();
    }
}

/* The rows of a folded case are made again from the archive. */
static result archived_case(struct auditing *x, struct id case_id, struct slice wrapped)
{
    struct data_key key;
    struct archived old;
    struct sql_value v[8] = {sql_id(&case_id)};
    if (!wrapped.n) { /* its key was destroyed, and its rows with it */
        if (x->first) x->out->unreadable++;
        return ok();
    }
    TRY(vault_unwrap(x->city, x->work, case_id, wrapped, &key));
    TRY(archive_read(x->city, x->work, case_id, &key, &old));
    for (size_t i = 0; i < old.logged.n; i++) {
        memcpy(v + 1, row(&old.logged, i), 7 * sizeof *v);
        compare(x, &(struct log_source){LOG_CASE, case_id, v[1].i, v[2].i, v, 8});
    }
    return ok();
}

static result archived(struct auditing *x)
{
    struct id at = ID_NONE;
    for (;;) {
        struct rows r;
        struct arena *page = arena_new("archived cases");
        result res =
            store_query(x->city->store, page, &ARCHIVED, BINDS(sql_blob(id_bytes(&at)), sql_int(ROWS_AT_ONCE)), &r);
        for (size_t i = 0; !failed(res) && i < r.n; i++) {
            (void)id_from_bytes(row(&r, i)[0].s, &at);
            arena_reset(x->work);
            res = archived_case(x, at, row(&r, i)[1].s);
        }
        size_t n = failed(res) ? 0 : r.n;
        res = result_copy(x->a, res);
        arena_free(page);
        if (failed(res) || n < ROWS_AT_ONCE) return res;
    }
}

/* ---- leaves ---- */

static void missing(struct auditing *x)
{
    for (size_t i = 0; i < x->n; i++) {
        const struct known *k = &x->list[i];
        if (k->seen) continue;
        if (k->audit && k->at < x->now - AUDIT_KEPT) {
            x->out->ended++; /* the period of the row is over (docs/retention.md) */
            continue;
        }
        x->out->missing++;
        found(x, "missing", k->id, k->at);
    }
}

static result part(struct auditing *x)
{
    qsort(x->list, x->n, sizeof *x->list, by_id);
    for (size_t i = 0; i < x->n; i++) x->list[i].seen = false;
    TRY(events(x));
    TRY(archived(x));
    TRY(audits(x));
    missing(x);
    x->first = false;
    return ok();
}

static void keep(struct auditing *x, const struct log_leaf *leaf)
{
    x->list[x->n++] =
        (struct known){.id = leaf->id, .row = leaf->row, .at = leaf->at, .audit = slice_is(leaf->kind, LOG_AUDIT)};
}

/* hash: what the tile says of it. An entry that was edited, its row perhaps as well, no longer has it. */
static result entry(struct auditing *x, struct arena *a, struct merkle_edge *edge, struct slice s, struct slice hash)
{
    struct log_leaf leaf;
    struct merkle_hash h;
    merkle_leaf(s, &h);
    if (!slice_eq(merkle_slice(&h), hash)) {
        bool ours = log_entry_read(a, s, &leaf);
        found(x, "entry", ours ? leaf.id : ID_NONE, ours ? leaf.at : 0);
    }
    merkle_append(edge, &h, NULL, NULL);
    x->out->leaves++;
    if (log_entry_read(a, s, &leaf)) {
        keep(x, &leaf);
    } else {
        x->out->changed++;
        found(x, "entry", ID_NONE, 0);
    }
    if (x->n < PART) return ok();
    x->alone = false;
    TRY(part(x));
    x->n = 0;
    return ok();
}

/* The root of the checkpoint that everybody was shown, at its size. */
static result same_root(struct auditing *x, const struct merkle_edge *edge, bool *same)
{
    struct note n;
    struct checkpoint p;
    struct merkle_hash root;
    TRY(note_parse(x->a, x->published.note, &n));
    TRY(checkpoint_parse(x->a, n.text, &p));
    merkle_edge_root(edge, &root);
    *same = slice_eq(merkle_slice(&root), p.root);
    return ok();
}

/* Reads the tree, entry by entry, and computes its roots anew. */
static result leaves(struct auditing *x, struct arena *own, const struct log_state *s, struct merkle_edge *edge)
{
    bool same = x->published.note.n == 0 || x->published.size <= s->head.size;
    while (edge->size < s->head.size) {
        uint64_t index = edge->size / TLOG_WIDTH;
        struct tlog_tile t = {TLOG_BUNDLE, index, tlog_tile_width(TLOG_BUNDLE, index, s->head.size)};
        struct slice data, hashes;
        const struct slice *entries;
        arena_reset(own);
        TRY(log_tile(x->city, own, &t, &data));
        TRY(tlog_bundle_read(own, data, t.width, &entries));
        TRY(log_tile(x->city, own, &(struct tlog_tile){0, index, t.width}, &hashes));
        for (unsigned i = 0; i < t.width; i++) {
            TRY(entry(x, own, edge, entries[i], slice_sub(hashes, (size_t)i * MERKLE_HASH_BYTES, MERKLE_HASH_BYTES)));
            if (edge->size == x->published.size) TRY(same_root(x, edge, &same));
        }
    }
    struct merkle_hash root;
    merkle_edge_root(edge, &root);
    x->out->tree = same && slice_eq(merkle_slice(&root), merkle_slice(&s->head.root));
    return ok();
}

/* Leaves that are committed and have no index yet. */
static result waiting(struct auditing *x, struct arena *own)
{
    struct rows r;
    struct log_leaf leaf;
    arena_reset(own);
    TRY(store_query(x->city->store, own, &WAITING, NULL, 0, &r));
    for (size_t i = 0; i < r.n && x->n < PART; i++)
        if (log_entry_read(own, row(&r, i)[1].s, &leaf)) keep(x, &leaf);
    return ok();
}

static result run(struct auditing *x, struct arena *own)
{
    struct merkle_edge edge = {.size = 0};
    struct log_state s;
    TRY(log_open(x->city, x->a, &s));
    TRY(log_published(x->city, x->a, &x->published));
    x->began = s.began;
    TRY(leaves(x, own, &s, &edge));
    TRY(waiting(x, own));
    return part(x);
}

result log_audit(struct city *c, struct arena *a, instant now, struct log_audit *out)
{
    struct arena *own = arena_new("log audit"), *big = arena_new("leaves");
    struct auditing x = {.city = c, .a = a, .now = now, .out = out, .first = true, .alone = true};
    *out = (struct log_audit){.leaves = 0};
    x.work = arena_new("rows");
    x.list = arena_alloc(big, (PART + 1) * sizeof *x.list);
    x.findings = json_builder(a);
    result r = run(&x, own);
    out->extra = x.eligible > x.matched ? x.eligible - x.matched : 0;
    out->findings = json_array(&x.findings);
    r = result_copy(a, r);
    arena_free(x.work);
    arena_free(big);
    arena_free(own);
    return r;
}
