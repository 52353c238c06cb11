/* Reading what is folded, and putting it back. */
#include "city/cases/archive.h"

#include "city/cases/archive_codec.h"
#include "city/cases/archive_rows.h"
#include "city/cases/facts.h"
#include "city/sql.h"
#include "city/vault/vault.h"

#define FROM_ARCHIVE "FROM case_archive a LEFT JOIN archive_dictionary d ON d.id = a.dictionary WHERE a.case_id = ?1"
static const struct stmt ARCHIVE_SELECT = {
    "archive_select", "SELECT a.digest, a.content_ct, COALESCE(d.words, '') " FROM_ARCHIVE,
    "SELECT a.digest, a.content_ct, COALESCE(d.words, ''::bytea) " FROM_ARCHIVE, false};
static const struct stmt ARCHIVE_STAFF = {"archive_staff", "SELECT staff FROM case_archive WHERE case_id = ?1", NULL,
                                          false};
static const struct stmt ARCHIVE_DELETE = {"archive_delete", "DELETE FROM case_archive WHERE case_id = ?1", NULL,
                                           false};
const struct stmt ARCHIVE_BARE = {"archive_bare", "UPDATE case_file SET engine = x'', vars_ct = x'' WHERE id = ?1",
                                  "UPDATE case_file SET engine = ''::bytea, vars_ct = ''::bytea WHERE id = ?1", false};
static const struct stmt ARCHIVE_DRESS = {
    "archive_dress", "UPDATE case_file SET engine = ?3, vars_ct = ?4 WHERE id = ?1 AND version = ?2", NULL, false};
static const struct stmt EVENT_BACK = {
    "archive_event_back", "INSERT INTO case_event (case_id, " ARCHIVE_EVENT ") VALUES (?1,?2,?3,?4,?5,?6,?7,?8)", NULL,
    false};
static const struct stmt TASK_BACK = {"archive_task_back",
                                      "INSERT INTO case_task (case_id, " ARCHIVE_TASK
                                      ") VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18)",
                                      NULL, false};

/* ---- the rows as they were ---- */

const char *archive_place(struct arena *a, struct slice digest)
{
    return arena_cstr(a, arena_printf(a, "case.archive/%.*s", SLICE_ARG(hex_encode(a, digest))));
}

/* The rows of case_event: as they were first, or as they stand under this key. */
static void sealed_again(struct arena *a, const struct data_key *key, const struct rows *kept, bool first,
                         struct rows *out)
{
    enum { COLUMNS = EV_PAYLOAD + 1 };
    struct sql_value *v = NEW_ARRAY(a, struct sql_value, kept->n * COLUMNS + 1);
    for (size_t i = 0; i < kept->n; i++) {
        const struct sql_value *from = row(kept, i);
        memcpy(v + i * COLUMNS, from, COLUMNS * sizeof *v);
        v[i * COLUMNS + EV_PAYLOAD] = sql_blob(
            (first ? event_first : event_seal_from)(a, key, from[EV_SEQ].i, from[EV_PLAIN].s, from[EV_ORIGIN].s));
    }
    *out = (struct rows){.n = kept->n, .ncols = COLUMNS, .v = v};
}

/* under: the key that the content is under. */
static result kept_rows(struct arena *a, const struct data_key *key, const struct sql_value *stored,
                        struct data_key *under, struct rows *kept, struct rows *tasks)
{
    struct slice content;
    if (!vault_key_of(key, stored[1].s, under)) *under = *key; /* no box of theirs: it will not open */
    TRY(vault_open(a, under, archive_place(a, stored[0].s), stored[1].s, &content));
    TRY(archive_unpack(a, content, stored[2].s, kept, tasks));
    for (size_t i = 0; i < kept->n; i++)
        if (!event_origin_good(row(kept, i)[EV_ORIGIN].s))
            return fail(a, CODE_CASE_ARCHIVE, S("case_archive"), "detail", S("nonce"), NULL);
    return ok();
}

result archive_move(struct arena *a, const struct data_key *key, const struct sql_value *stored, struct slice *out)
{
    struct data_key under;
    struct rows kept, tasks;
    struct slice content;
    TRY(kept_rows(a, key, stored, &under, &kept, &tasks));
    struct sql_value *v = NEW_ARRAY(a, struct sql_value, kept.n * kept.ncols + 1);
    memcpy(v, kept.v, kept.n * kept.ncols * sizeof *v);
    for (size_t i = 0; i < kept.n; i++) {
        struct sql_value *origin = v + i * kept.ncols + EV_ORIGIN;
        origin->s = event_origin_proven(a, key, stored[1].s, origin->s);
    }
    kept.v = v;
    TRY(archive_pack(a, &kept, &tasks, kept.n ? v[EV_AT].i : 0, stored[2].s, &content));
    *out = vault_seal(a, key, archive_place(a, stored[0].s), content);
    return ok();
}

result archive_open(struct arena *a, struct id case_id, const struct data_key *key, const struct sql_value *stored,
                    struct archived *out)
{
    struct data_key under;
    struct rows kept;
    TRY(kept_rows(a, key, stored, &under, &kept, &out->tasks));
    sealed_again(a, &under, &kept, false, &out->events);
    sealed_again(a, &under, &kept, true, &out->logged);
    if (!slice_eq(archive_digest(a, case_id, &out->logged), stored[0].s))
        return fail(a, CODE_CASE_ARCHIVE, S("case_archive"), "detail", S("digest"), NULL);
    out->there = true;
    return ok();
}

static result opened(struct arena *a, struct id case_id, const struct data_key *key, const struct rows *r,
                     struct archived *out)
{
    *out = (struct archived){.there = false};
    return r->n ? archive_open(a, case_id, key, row(r, 0), out) : ok();
}

result archive_read(struct city *c, struct arena *a, struct id case_id, const struct data_key *key,
                    struct archived *out)
{
    struct rows r;
    TRY(store_query(c->store, a, &ARCHIVE_SELECT, BINDS(sql_id(&case_id)), &r));
    return opened(a, case_id, key, &r, out);
}

result archive_read_tx(struct tx *tx, struct arena *a, struct id case_id, const struct data_key *key,
                       struct archived *out)
{
    struct rows r;
    TRY(tx_query(tx, a, &ARCHIVE_SELECT, BINDS(sql_id(&case_id)), &r));
    return opened(a, case_id, key, &r, out);
}

result archive_fill(struct arena *a, const struct data_key *key, const struct archived *x, struct case_row *c)
{
    c->vars = json_null();
    for (size_t i = 0; i < x->events.n; i++) {
        const struct sql_value *v = row(&x->events, i);
        const struct json *event = NULL;
        TRY(event_open(a, key, v[EV_SEQ].i, v[EV_PAYLOAD].s, &event));
        c->vars = event_vars(a, c->vars, event);
        if (!base64_decode(a, json_string(event, "e"), &c->engine))
            return fail(a, CODE_CASE_ARCHIVE, S("case_archive"), "detail", S("state"), NULL);
    }
    return ok();
}

result archive_staff(struct city *c, struct arena *a, struct id case_id, struct rows *out)
{
    struct rows r;
    const struct json *list = NULL;
    enum { COLUMNS = 5 };
    *out = (struct rows){.ncols = COLUMNS};
    TRY(store_query(c->store, a, &ARCHIVE_STAFF, BINDS(sql_id(&case_id)), &r));
    if (!r.n) return ok();
    TRY(json_parse(a, row(&r, 0)[0].s, ARCHIVE_MAX, S("case_archive.staff"), &list));
    struct sql_value *v = NEW_ARRAY(a, struct sql_value, list->n * COLUMNS + 1);
    for (size_t i = 0; i < list->n; i++) {
        const struct json *one = list->items[i];
        if (one->n != COLUMNS) return fail(a, CODE_CASE_ARCHIVE, S("case_archive"), "detail", S("staff"), NULL);
        for (size_t k = 0; k < 3; k++) v[i * COLUMNS + k] = sql_text(one->items[k]->text);
        struct id *who = NEW(a, struct id);
        v[i * COLUMNS + 3] = id_scan(one->items[3]->text, who) ? sql_blob(id_bytes(who)) : sql_null();
        v[i * COLUMNS + 4] = sql_int(slice_is(one->items[4]->text, "1"));
    }
    out->n = list->n;
    out->v = v;
    return ok();
}

/* ---- putting back ---- */

struct unfolding {
    struct city *city;
    struct id case_id;
};

static void back(struct decision *d, const struct stmt *s, const struct id *case_id, const struct rows *r)
{
    struct sql_value v[ARCHIVE_TASK_COLUMNS + 1];
    for (size_t i = 0; i < r->n; i++) {
        v[0] = sql_id(case_id);
        memcpy(v + 1, row(r, i), r->ncols * sizeof *v);
        decision_write_v(d, s, 1, v, r->ncols + 1);
    }
}

static result unfold(struct unit *u, const struct rows *rows, size_t nrows, struct decision *d)
{
    const struct unfolding *x = u->ctx;
    struct arena *a = d->a;
    struct data_key key;
    struct case_row c;
    struct archived old;
    (void)nrows;
    if (rows[0].n == 0 || rows[2].n == 0) return ok(); /* not folded, or not any more */
    TRY(vault_unwrap(x->city, a, x->case_id, rows[1].n ? row(&rows[1], 0)[0].s : S(""), &key));
    TRY(case_row_read(a, row(&rows[0], 0), &key, &c));
    TRY(archive_open(a, x->case_id, &key, row(&rows[2], 0), &old));
    TRY(archive_fill(a, &key, &old, &c));
    back(d, &EVENT_BACK, &x->case_id, &old.events);
    back(d, &TASK_BACK, &x->case_id, &old.tasks);
    decision_write(d, &ARCHIVE_DRESS, 1, 4, sql_id(&x->case_id), sql_int(c.version), sql_blob(c.engine),
                   sql_blob(case_vars_seal(a, &key, &c)));
    decision_write(d, &ARCHIVE_DELETE, 1, 1, sql_id(&x->case_id));
    return ok();
}

result case_unfold(struct city *c, struct arena *a, struct id case_id)
{
    struct unfolding *x = NEW(a, struct unfolding);
    *x = (struct unfolding){c, case_id};
    const struct sql_value id = sql_id(&x->case_id);
    const struct load loads[] = {{&CASE_SELECT, &id, 1}, {&VAULT_SELECT_KEY, &id, 1}, {&ARCHIVE_SELECT, &id, 1}};
    struct unit u = {.name = "unfold", .lock = case_id, .loads = loads, .nloads = 3, .decide = unfold, .ctx = x};
    return store_submit_wait(c->store, a, &u);
}
