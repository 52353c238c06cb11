#include "bench/copies.h"

#include <stdio.h>
#include <stdlib.h>

#include "bench/city.h"
#include "city/cases/archive_codec.h"
#include "city/cases/archive_rows.h"
#include "city/cases/facts.h"
#include "city/vault/vault.h"
#include "trust/crypto.h"

enum { DATA_KEY, CASE_FILE, CASE_MEASURE, CASE_TASK, CASE_EVENT, CASE_ARCHIVE, INBOX, IDEMPOTENCY, TABLES };
/* Columns as the migrations have made them. */
enum { KEY_WRAPPED = 1, FILE_NUMBER = 1, FILE_SUBJECT = 4, FILE_VARS = 13, FILE_FILED_AT = 15 };
enum {
    MEASURE_MONTH = 5,
    EVENT_SEQ = 1,
    EVENT_PAYLOAD = 7,
    EVENT_COLUMNS = 8,
    ARCHIVE_SEALED_DIGEST = 5,
    ARCHIVE_CONTENT
};
enum { IDEM_KEY = 2 };
enum { INBOX_YEARS = 3 };

#define KEPT(table, key)                                                           \
    {                                                                              \
        "copies_" table, "SELECT * FROM " table " WHERE " key " = ?1", NULL, false \
    }
static const struct stmt SELECTS[TABLES] = {KEPT("data_key", "id"),          KEPT("case_file", "id"),
                                            KEPT("case_measure", "case_id"), KEPT("case_task", "case_id"),
                                            KEPT("case_event", "case_id"),   KEPT("case_archive", "case_id"),
                                            KEPT("inbox", "case_id"),        KEPT("idempotency", "idem_key")};
static const char *const NAMES[TABLES] = {"data_key",   "case_file",    "case_measure", "case_task",
                                          "case_event", "case_archive", "inbox",        "idempotency"};

/* ---- the mould ---- */

static const struct stmt *insert_into(struct arena *a, const char *table, size_t columns)
{
    struct buf b = buf_new(a, 1024);
    struct stmt *s = NEW(a, struct stmt);
    buf_puts(&b, arena_cstr(a, arena_printf(a, "INSERT INTO %s VALUES (", table)));
    for (size_t i = 1; i <= columns; i++) buf_put(&b, arena_printf(a, "%s?%zu", i > 1 ? "," : "", i));
    buf_putc(&b, ')');
    *s = (struct stmt){table, arena_cstr(a, buf_slice(&b)), NULL, false};
    return s;
}

static void add_rows(struct mould *m, struct arena *a, int table, struct sql_value key)
{
    struct rows r;
    result x = store_query(m->city->store, a, &SELECTS[table], &key, 1, &r);
    if (failed(x)) bench_stop(a, NAMES[table], x);
    const struct stmt *insert = r.n ? insert_into(a, NAMES[table], r.ncols) : NULL;
    for (size_t i = 0; i < r.n && m->n < MOULD_ROWS; i++)
        m->rows[m->n++] = (struct mould_row){insert, row(&r, i), r.ncols, table};
}

static const struct sql_value *row_of(const struct mould *m, int table)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->rows[i].table == table) return m->rows[i].v;
    return NULL;
}

/* What each copy seals anew under its own name. */
static result open_all(struct mould *m, struct arena *a)
{
    const struct sql_value *file = row_of(m, CASE_FILE), *archive = row_of(m, CASE_ARCHIVE);
    if (file[FILE_VARS].s.n) TRY(vault_open(a, &m->key, "case.vars", file[FILE_VARS].s, &m->vars));
    for (size_t i = 0; i < m->n; i++) {
        const struct sql_value *v = m->rows[i].v;
        if (m->rows[i].table != CASE_EVENT || m->nevents == sizeof m->plain / sizeof *m->plain) continue;
        TRY(event_plain(a, &m->key, v[EVENT_SEQ].i, v[EVENT_PAYLOAD].s, &m->plain[m->nevents], &m->nonce[m->nevents]));
        m->nevents++;
    }
    if (!archive) return ok();
    return vault_open(a, &m->key, archive_place(a, archive[ARCHIVE_SEALED_DIGEST].s), archive[ARCHIVE_CONTENT].s,
                      &m->content);
}

void mould_read(struct mould *m, struct arena *a, struct city *c, struct id case_id, struct slice idem_key,
                const struct mould *unfolded)
{
    *m = (struct mould){.city = c, .case_id = case_id, .unfolded = unfolded};
    for (int t = 0; t < IDEMPOTENCY; t++) add_rows(m, a, t, sql_blob(arena_copy(a, id_bytes(&case_id))));
    if (idem_key.n) add_rows(m, a, IDEMPOTENCY, sql_text(idem_key));
    const struct sql_value *file = row_of(m, CASE_FILE), *key = row_of(m, DATA_KEY);
    if (!file || !key) {
        (void)fprintf(stderr, "copies: the case is not there\n");
        exit(1);
    }
    m->number = file[FILE_NUMBER].s;
    m->filed_at = file[FILE_FILED_AT].i;
    result r = vault_unwrap(c, a, case_id, key[KEY_WRAPPED].s, &m->key);
    if (!failed(r)) r = open_all(m, a);
    if (failed(r)) bench_stop(a, "a case to be copied", r);
}

/* ---- a copy ---- */

struct id copy_id(instant at, int64_t serial, uint8_t kind)
{
    struct id x = ID_NONE;
    uint64_t h = ((uint64_t)serial + 1) * UINT64_C(0x9E3779B97F4A7C15);
    for (int i = 0; i < 6; i++) x.b[i] = (uint8_t)((uint64_t)at >> (40 - 8 * i));
    x.b[6] = 0x70;
    x.b[7] = kind;
    memcpy(x.b + 8, &h, 8); /* an odd factor: no two serials give the same */
    return x;
}

/* As the city numbers its cases, in a range that it never comes to. */
static struct slice number_of(struct arena *a, const struct mould *m, int64_t serial)
{
    size_t kept = m->number.n > 12 ? m->number.n - 12 : 0;
    return arena_printf(a, "%.*s%012lld", (int)kept, m->number.p, (long long)serial);
}

struct copying {
    const struct mould *m;
    struct arena *a;
    const struct copy *c;
    struct data_key key; /* the same bytes, another owner */
    struct slice number;
    size_t nth; /* event */
};

static struct sql_value moved(const struct copying *x, const struct sql_value *v)
{
    const struct mould *m = x->m;
    if (v->type == SQL_INT && v->i > INT64_C(1000000000000)) return sql_int(v->i + x->c->at - m->filed_at);
    if (v->type == SQL_TEXT && slice_eq(v->s, m->number)) return sql_text(x->number);
    if (v->type != SQL_BLOB || v->s.n != 16) return *v;
    if (slice_eq(v->s, id_bytes(&m->case_id))) return sql_blob(id_bytes(&x->c->id));
    return *v;
}

static struct slice resealed(const struct copying *x, const struct mould *m, size_t nth, int64_t seq)
{
    return event_seal_from(x->a, &x->key, seq, m->plain[nth], m->nonce[nth]);
}

/* The journal as it would stand in case_event under this id; its instants stay, as those in the content do. */
static struct slice digest_of(const struct copying *x)
{
    const struct mould *m = x->m->unfolded;
    enum { COLUMNS = EVENT_COLUMNS - 1 }; /* case_id is none of them */
    struct sql_value *v = NEW_ARRAY(x->a, struct sql_value, m->nevents * COLUMNS + 1);
    size_t n = 0;
    for (size_t i = 0; i < m->n && n < m->nevents; i++) {
        if (m->rows[i].table != CASE_EVENT) continue;
        memcpy(v + n * COLUMNS, m->rows[i].v + 1, COLUMNS * sizeof *v);
        v[n * COLUMNS + EVENT_PAYLOAD - 1] = sql_blob(resealed(x, m, n, m->rows[i].v[EVENT_SEQ].i));
        n++;
    }
    const struct rows events = {n, COLUMNS, v};
    return archive_digest(x->a, x->c->id, &events);
}

static void own(struct copying *x, int table, struct sql_value *v)
{
    struct arena *a = x->a;
    const struct city *c = x->m->city;
    struct civil t;
    struct slice digest;
    struct id *id;
    switch (table) {
    case DATA_KEY: v[KEY_WRAPPED] = sql_blob(vault_wrap(c, a, &x->key)); break;
    case CASE_FILE:
        v[FILE_SUBJECT] = sql_blob(id_bytes(&x->c->subject));
        if (x->m->vars.n) v[FILE_VARS] = sql_blob(vault_seal(a, &x->key, "case.vars", x->m->vars));
        break;
    case CASE_MEASURE:
        t = civil_of_instant(x->c->at);
        v[MEASURE_MONTH] = sql_int(t.year * 100 + t.month);
        break;
    case CASE_EVENT: v[EVENT_PAYLOAD] = sql_blob(resealed(x, x->m, x->nth++, v[EVENT_SEQ].i)); break;
    case CASE_ARCHIVE:
        digest = digest_of(x);
        v[ARCHIVE_SEALED_DIGEST] = sql_blob(digest);
        v[ARCHIVE_CONTENT] = sql_blob(vault_seal(a, &x->key, archive_place(a, digest), x->m->content));
        break;
    case INBOX:
        id = NEW(a, struct id);
        *id = copy_id(x->c->at, x->c->serial, INBOX);
        v[0] = sql_blob(id_bytes(id));
        v[1] = sql_blob(id_bytes(&x->c->subject));
        break;
    case IDEMPOTENCY: v[IDEM_KEY] = sql_text(arena_printf(a, "copy-%lld", (long long)x->c->serial)); break;
    default: break;
    }
}

size_t mould_copy(const struct mould *m, struct arena *a, const struct copy *c, struct recorded *out)
{
    struct copying x = {.m = m, .a = a, .c = c, .key = m->key, .number = number_of(a, m, c->serial)};
    instant oldest = time_now(m->city->time) - INBOX_YEARS * 366 * MS_DAY;
    size_t n = 0;
    x.key.owner = c->id;
    for (size_t i = 0; i < m->n; i++) {
        const struct mould_row *r = &m->rows[i];
        if (r->table == INBOX && c->at < oldest) continue;
        struct sql_value *v = NEW_ARRAY(a, struct sql_value, r->n);
        for (size_t k = 0; k < r->n; k++) v[k] = moved(&x, &r->v[k]);
        own(&x, r->table, v);
        out[n++] = (struct recorded){r->insert, v, r->n, 1};
    }
    return n;
}

static const struct stmt TIMER = {
    "growth_timer",
    "INSERT INTO case_timer (id, case_id, token, due_at, set_at, lease_until, lease_owner) VALUES (?1,?2,1,?3,?4,0,NULL)",
    NULL, false};

struct recorded copy_timer(struct arena *a, struct id id, struct id case_id, instant due, instant now)
{
    struct sql_value *v = NEW_ARRAY(a, struct sql_value, 4);
    struct id *ids = NEW_ARRAY(a, struct id, 2);
    ids[0] = id;
    ids[1] = case_id;
    v[0] = sql_id(&ids[0]);
    v[1] = sql_id(&ids[1]);
    v[2] = sql_int(due);
    v[3] = sql_int(now);
    return (struct recorded){&TIMER, v, 4, 1};
}
