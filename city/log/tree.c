/* The sequencer's transaction: committed leaves get their index, tiles and bundles are written, the head moves. All of it or nothing. */
#include "city/log/log.h"
#include "city/sql.h"

#include <stdlib.h>

static const struct stmt STATE_NEW = {
    "log_state_new",
    "INSERT INTO log_state (id, origin, size, edge, epoch, began, trouble) VALUES (1,?1,0,?2,0,?3,'')"
    " ON CONFLICT (id) DO NOTHING",
    NULL, false};
static const struct stmt LEASE_NEW = {
    "log_lease_new",
    "INSERT INTO log_lease (id, due_at, lease_until, lease_owner) VALUES (?1,0,NULL,NULL) ON CONFLICT (id) DO NOTHING",
    NULL, false};
#define STATE_COLUMNS "SELECT origin, size, edge, epoch, began, trouble FROM log_state WHERE id=1"
static const struct stmt STATE_READ = {"log_state_read", STATE_COLUMNS, NULL, false};
static const struct stmt STATE_LOCK = {"log_state_lock", STATE_COLUMNS, STATE_COLUMNS " FOR UPDATE", false};
static const struct stmt STATE_MOVE = {
    "log_state_move", "UPDATE log_state SET size=?1, edge=?2 WHERE id=1 AND size=?3 AND epoch=?4", NULL, false};
static const struct stmt STATE_EPOCH = {"log_state_epoch", "UPDATE log_state SET epoch=epoch+1 WHERE id=1", NULL,
                                        false};
static const struct stmt LEAVES_TAKE = {
    "log_leaves_take",
    "DELETE FROM log_leaf WHERE id IN (SELECT id FROM log_leaf ORDER BY id LIMIT ?1) RETURNING id, entry", NULL, false};
static const struct stmt TILE_READ = {
    "log_tile_read", "SELECT width, data, first_id, last_id FROM log_tile WHERE level=?1 AND idx=?2", NULL, false};
static const struct stmt TILE_PUT = {
    "log_tile_put",
    "INSERT INTO log_tile (level, idx, width, data, first_id, last_id) VALUES (?1,?2,?3,?4,?5,?6)"
    " ON CONFLICT (level, idx) DO UPDATE SET width=excluded.width, data=excluded.data, first_id=excluded.first_id,"
    " last_id=excluded.last_id",
    NULL, false};

/* ---- the head ---- */

static struct slice edge_write(struct arena *a, const struct merkle_edge *e)
{
    struct buf b = buf_new(a, sizeof e->node);
    for (unsigned l = 0; l < MERKLE_LEVELS; l++)
        if (e->size >> l & 1) buf_put(&b, merkle_slice(&e->node[l]));
    return buf_slice(&b);
}

static result edge_read(struct arena *a, int64_t size, struct slice s, struct merkle_edge *e)
{
    *e = (struct merkle_edge){.size = (uint64_t)size};
    for (unsigned l = 0; l < MERKLE_LEVELS; l++) {
        if (!(e->size >> l & 1)) continue;
        if (s.n < MERKLE_HASH_BYTES) return fail(a, CODE_INTERNAL, S("log_state.edge"), "detail", S("length"), NULL);
        memcpy(e->node[l].b, s.p, MERKLE_HASH_BYTES);
        s = slice_sub(s, MERKLE_HASH_BYTES, s.n);
    }
    return s.n ? fail(a, CODE_INTERNAL, S("log_state.edge"), "detail", S("length"), NULL) : ok();
}

static result state_of(struct arena *a, const struct rows *r, struct log_state *out, struct merkle_edge *edge)
{
    if (r->n != 1) return fail(a, CODE_INTERNAL, S("log_state"), "detail", S("no row"), NULL);
    const struct sql_value *v = row(r, 0);
    TRY(edge_read(a, v[1].i, v[2].s, edge));
    *out = (struct log_state){.origin = v[0].s, .epoch = v[3].i, .began = v[4].i, .trouble = v[5].s};
    out->head.size = edge->size;
    merkle_edge_root(edge, &out->head.root);
    return ok();
}

static result open_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct city *c = ctx;
    static const struct id LEASE = {{0x6c, 0x6f, 0x67}};
    TRY(tx_exec(tx, a, &STATE_NEW, BINDS(sql_text(c->log_origin), sql_blob(S("")), sql_int(time_now(c->time))), NULL));
    return tx_exec(tx, a, &LEASE_NEW, BINDS(sql_id(&LEASE)), NULL);
}

result log_open(struct city *c, struct arena *a, struct log_state *out)
{
    struct rows r;
    struct merkle_edge edge;
    TRY(store_query(c->store, a, &STATE_READ, NULL, 0, &r));
    if (r.n == 0) {
        TRY(store_run(c->store, a, "log_open", open_body, c));
        TRY(store_query(c->store, a, &STATE_READ, NULL, 0, &r));
    }
    return state_of(a, &r, out, &edge);
}

struct taking {
    int64_t epoch;
    struct log_state *after;
    size_t taken;
    bool fenced;
};

static result epoch_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct rows r;
    struct merkle_edge edge;
    struct log_state s;
    TRY(tx_exec(tx, a, &STATE_EPOCH, NULL, 0, NULL));
    TRY(tx_query(tx, a, &STATE_READ, NULL, 0, &r));
    TRY(state_of(a, &r, &s, &edge));
    *(int64_t *)ctx = s.epoch;
    return ok();
}

result log_take_over(struct city *c, struct arena *a, int64_t *epoch)
{
    return store_run(c->store, a, "log_take_over", epoch_body, epoch);
}

/* ---- growing ---- */

/* A tile or bundle being written; those that are full stay in the list until the end of the transaction. */
struct sheet {
    struct sheet *next;
    int level;
    uint64_t index;
    unsigned width;
    struct buf data;
    struct id first, last;
};
struct growth {
    struct tx *tx;
    struct arena *a;
    struct sheet *open[TLOG_LEVELS + 1]; /* by level + 1 */
    struct sheet *all;
    result failure;
};

static const struct id ID_LAST = {
    {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

/* The sheet that place `at` of the level goes to: the open one, the one that the database has, or a new one. */
static result sheet_for(struct growth *g, int level, uint64_t at, struct sheet **out)
{
    struct sheet **open = &g->open[level + 1];
    uint64_t index = at / TLOG_WIDTH;
    if (*open && (*open)->index == index) {
        *out = *open;
        return ok();
    }
    struct sheet *s = NEW(g->a, struct sheet);
    *s = (struct sheet){.next = g->all, .level = level, .index = index, .first = ID_LAST};
    s->data = buf_new(g->a, level == TLOG_BUNDLE ? (size_t)TLOG_WIDTH * (TLOG_ENTRY_MAX + 2)
                                                 : (size_t)TLOG_WIDTH * MERKLE_HASH_BYTES);
    if (at % TLOG_WIDTH) { /* begun by an earlier transaction */
        struct rows r;
        TRY(tx_query(g->tx, g->a, &TILE_READ, BINDS(sql_int(level), sql_int((int64_t)index)), &r));
        if (r.n != 1 || (uint64_t)row(&r, 0)[0].i != at % TLOG_WIDTH)
            return fail(g->a, CODE_INTERNAL, S("log_tile"), "detail", S("a tile is not as wide as the tree says"),
                        NULL);
        s->width = (unsigned)row(&r, 0)[0].i;
        buf_put(&s->data, row(&r, 0)[1].s);
        (void)id_from_bytes(row(&r, 0)[2].s, &s->first);
        (void)id_from_bytes(row(&r, 0)[3].s, &s->last);
    }
    *out = *open = g->all = s;
    return ok();
}

static void grown(void *ctx, unsigned level, uint64_t index, const struct merkle_hash *hash)
{
    struct growth *g = ctx;
    struct sheet *s = NULL; /* gcc at -O3 does not see it set */
    if (level % TLOG_BITS || failed(g->failure)) return;
    g->failure = sheet_for(g, (int)(level / TLOG_BITS), index, &s);
    if (failed(g->failure)) return;
    buf_put(&s->data, merkle_slice(hash));
    s->width++;
}

static result add_entry(struct growth *g, struct merkle_edge *e, struct id id, struct slice entry)
{
    struct sheet *s = NULL; /* as above */
    struct merkle_hash leaf;
    TRY(sheet_for(g, TLOG_BUNDLE, e->size, &s));
    buf_putc(&s->data, (char)(entry.n >> 8));
    buf_putc(&s->data, (char)(entry.n & 255));
    buf_put(&s->data, entry);
    s->width++;
    if (memcmp(id.b, s->first.b, 16) < 0) s->first = id;
    if (memcmp(id.b, s->last.b, 16) > 0) s->last = id;
    merkle_leaf(entry, &leaf);
    merkle_append(e, &leaf, grown, g);
    return g->failure;
}

static result put_sheets(struct growth *g)
{
    for (struct sheet *s = g->all; s; s = s->next) {
        bool bundle = s->level == TLOG_BUNDLE;
        TRY(tx_exec(g->tx, g->a, &TILE_PUT,
                    BINDS(sql_int(s->level), sql_int((int64_t)s->index), sql_int(s->width),
                          sql_blob(buf_slice(&s->data)), bundle ? sql_id(&s->first) : sql_null(),
                          bundle ? sql_id(&s->last) : sql_null()),
                    NULL));
    }
    return ok();
}

static int by_id(const void *x, const void *y)
{
    const struct sql_value *l = x, *r = y;
    return slice_cmp(l[0].s, r[0].s);
}

static result take_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct taking *t = ctx;
    struct rows r, leaves;
    struct merkle_edge edge;
    struct growth g = {.tx = tx, .a = a, .failure = ok()};
    TRY(tx_query(tx, a, &STATE_LOCK, NULL, 0, &r));
    TRY(state_of(a, &r, t->after, &edge));
    t->taken = 0;
    t->fenced = t->after->epoch != t->epoch;
    if (t->fenced) return ok();
    uint64_t before = edge.size;
    TRY(tx_query(tx, a, &LEAVES_TAKE, BINDS(sql_int(LOG_ROUND)), &leaves));
    if (leaves.n == 0) return ok();
    struct sql_value *sorted = NEW_ARRAY(a, struct sql_value, leaves.n * 2);
    memcpy(sorted, leaves.v, leaves.n * 2 * sizeof *sorted);
    qsort(sorted, leaves.n, 2 * sizeof *sorted, by_id);
    for (size_t i = 0; i < leaves.n; i++) {
        struct id id = ID_NONE;
        (void)id_from_bytes(sorted[2 * i].s, &id);
        TRY(add_entry(&g, &edge, id, sorted[2 * i + 1].s));
    }
    TRY(put_sheets(&g));
    int64_t moved;
    TRY(tx_exec(
        tx, a, &STATE_MOVE,
        BINDS(sql_int((int64_t)edge.size), sql_blob(edge_write(a, &edge)), sql_int((int64_t)before), sql_int(t->epoch)),
        &moved));
    if (moved != 1) return fail(a, CODE_INTERNAL, S("log_state"), "detail", S("moved under the lock"), NULL);
    t->taken = leaves.n;
    t->after->head.size = edge.size;
    merkle_edge_root(&edge, &t->after->head.root);
    return ok();
}

result log_sequence(struct city *c, struct arena *a, int64_t epoch, struct log_state *after, size_t *taken,
                    bool *fenced)
{
    struct taking t = {.epoch = epoch, .after = after};
    TRY(store_run(c->store, a, "log_sequence", take_body, &t));
    *taken = t.taken;
    *fenced = t.fenced;
    return ok();
}
