/* Projections from the journal. The journal alone says what the tables must hold; comparing them finds every edit made
 * behind its back. Delivery state of jobs and timers (leases, tries, when a job is tried next) is not journalled and not
 * compared.
 *
 * One transaction: the tables are put aside (copies that nobody else sees), emptied, folded anew case by case, and compared by
 * the database itself; so memory stays that of some hundred cases, however many there are. Writers wait meanwhile. */
#include "city/cases/archive.h"
#include "city/cases/archive_codec.h"
#include "city/cases/measure.h"
#include "city/cases/run.h"
#include "city/cases/steptime.h"

#define REBUILD_PAGE 100

struct table {
    const char *name;
    const char *key;     /* column that holds the case */
    struct stmt aside;   /* copies it to old_NAME */
    struct stmt clear;   /* empties it */
    struct stmt back;    /* one case's rows as they were: its key is destroyed, nothing of it can be folded */
    struct stmt lost;    /* (count, a key) of rows that were there and are not folded */
    struct stmt surplus; /* (count, a key) of rows that are folded and were not there */
    struct stmt end;     /* drops old_NAME */
};

#define DIFFERENCE(key, columns, from, to) \
    "SELECT COUNT(*), MIN(" key ") FROM (SELECT " columns " FROM " from " EXCEPT SELECT " columns " FROM " to ") AS d"
/* PostgreSQL has no MIN of BYTEA */
#define DIFFERENCE_PG(key, columns, from, to)                                                         \
    "SELECT COUNT(*), decode(MIN(encode(" key ", 'hex')), 'hex') FROM (SELECT " columns " FROM " from \
    " EXCEPT SELECT " columns " FROM " to ") AS d"
#define TABLE(t, key, columns)                                                                                      \
    {                                                                                                               \
        t, key, {"rebuild_aside_" t, "CREATE TABLE old_" t " AS SELECT * FROM " t, NULL, false},                    \
            {"rebuild_clear_" t, "DELETE FROM " t, NULL, false},                                                    \
            {"rebuild_back_" t, "INSERT INTO " t " SELECT * FROM old_" t " WHERE " key " = ?1", NULL, false},       \
            {"rebuild_lost_" t, DIFFERENCE(key, columns, "old_" t, t), DIFFERENCE_PG(key, columns, "old_" t, t),    \
             false},                                                                                                \
            {"rebuild_surplus_" t, DIFFERENCE(key, columns, t, "old_" t), DIFFERENCE_PG(key, columns, t, "old_" t), \
             false},                                                                                                \
        {                                                                                                           \
            "rebuild_end_" t, "DROP TABLE old_" t, NULL, false                                                      \
        }                                                                                                           \
    }

static const struct table TABLES[] = {
    TABLE(
        "case_file", "id",
        "id, number, service, service_hash, subject, agent, filed_by, department, town, state, outcome, version, engine, progress,"
        " filed_at, accepted_at, decided_at, due_at, statutory_due_at"),
    TABLE(
        "case_task", "case_id",
        "case_id, token, node, step, kind, service, department, role, town, status, assignee, assignee_name, opened_at, due_at,"
        " closed_at, outcome, urged, escalated_at"),
    TABLE("case_timer", "case_id", "id, case_id, token, set_at"),
    TABLE("case_await", "case_id", "case_id, token, kind, name, key_hash, since"),
    TABLE("case_job", "case_id", "id, case_id, token, verb, step"),
    TABLE("case_document", "case_id",
          "id, case_id, kind, step, number, title, at, sha256, token, licence_ended_at, original,"
          " original_sha256, sealed"),
    TABLE("case_decision", "case_id", "case_id, decision, hash, at"),
    TABLE(
        "licence", "case_id",
        "id, case_id, document_id, subject, type, title, certificate_id, number, status, issued_at, valid_to, token, version,"
        " department, replaces, changed_at"),
    TABLE(
        "case_measure", "case_id",
        "case_id, number, service, department, town, month, state, filed_at, ended_at, workdays, elapsed_ms, counted_ms, steps, acts,"
        " visits, papers, fee_fen, online, late"),
};
enum { NTABLES = sizeof TABLES / sizeof *TABLES, MAX_TABLES = NTABLES + 512 };

static const struct stmt OLD_INDEX = {"rebuild_old_index", "CREATE INDEX old_case_file_id ON old_case_file (id)", NULL,
                                      false};
static const struct stmt OLD_VARS = {"rebuild_old_vars", "SELECT vars_ct FROM old_case_file WHERE id = ?1", NULL,
                                     false};
static const struct stmt CASES_AFTER = {
    "rebuild_cases",
    "SELECT j.case_id, k.wrapped FROM (SELECT case_id FROM (SELECT case_id FROM case_event WHERE case_id > ?1 AND seq = 1"
    " ORDER BY case_id LIMIT ?2) AS e UNION SELECT case_id FROM (SELECT case_id FROM case_archive WHERE case_id > ?1"
    " ORDER BY case_id LIMIT ?2) AS f) AS j LEFT JOIN data_key k ON k.id = j.case_id ORDER BY j.case_id LIMIT ?2",
    NULL, false};
static const struct stmt EVENTS = {
    "rebuild_events", "SELECT " ARCHIVE_EVENT " FROM case_event WHERE case_id=?1 ORDER BY seq", NULL, false};

struct rebuilding {
    struct city *city;
    bool compare_only;
    struct rebuild_report *out;
    const struct table *tables[MAX_TABLES];
    size_t ntables;
};

static void differs(struct rebuilding *r, int64_t n, struct slice where)
{
    if (n <= 0) return;
    if (r->out->differences == 0) r->out->first_difference = arena_copy(r->city->a, where);
    r->out->differences += n;
}

/* ---- the tables ---- */

static struct stmt made(struct arena *a, const char *what, struct slice table, const char *format)
{
    struct buf sql = buf_new(a, 4096);
    for (const char *p = format; *p; p++) {
        if (*p == '@')
            buf_put(&sql, table);
        else
            buf_putc(&sql, *p);
    }
    return (struct stmt){arena_cstr(a, arena_printf(a, "rebuild_%s_%.*s", what, SLICE_ARG(table))),
                         arena_cstr(a, buf_slice(&sql)), NULL, false};
}

#define AREA_DIFFERENCE(from, to, min) \
    "SELECT COUNT(*), " min " FROM (SELECT * FROM " from " EXCEPT SELECT * FROM " to ") AS d"
#define HEX_MIN "decode(MIN(encode(case_id, 'hex')), 'hex')"

/* Of an area: the statement that empties it is "DELETE FROM table", and the table has a column case_id (city/api.h). */
static const struct table *area_table(struct arena *a, struct slice clear)
{
    struct table *t = NEW(a, struct table);
    struct slice name = slice_sub(clear, sizeof "DELETE FROM " - 1, clear.n);
    t->name = arena_cstr(a, name);
    t->key = "case_id";
    t->aside = made(a, "aside", name, "CREATE TABLE old_@ AS SELECT * FROM @");
    t->clear = made(a, "clear", name, "DELETE FROM @");
    t->back = made(a, "back", name, "INSERT INTO @ SELECT * FROM old_@ WHERE case_id = ?1");
    t->lost = made(a, "lost", name, AREA_DIFFERENCE("old_@", "@", "MIN(case_id)"));
    t->lost.sql_pg = made(a, "lost", name, AREA_DIFFERENCE("old_@", "@", HEX_MIN)).sql;
    t->surplus = made(a, "surplus", name, AREA_DIFFERENCE("@", "old_@", "MIN(case_id)"));
    t->surplus.sql_pg = made(a, "surplus", name, AREA_DIFFERENCE("@", "old_@", HEX_MIN)).sql;
    t->end = made(a, "end", name, "DROP TABLE old_@");
    return t;
}

static result all_tables(struct rebuilding *r, struct arena *a)
{
    const struct areas *areas = r->city->areas;
    for (size_t t = 0; t < NTABLES; t++) r->tables[r->ntables++] = &TABLES[t];
    for (size_t i = 0; areas && i < areas->n; i++)
        for (const struct stmt *const *p = areas->list[i]->clear_projections; p && *p; p++) {
            if (!slice_starts(slice_cstr((*p)->sql), S("DELETE FROM ")) || r->ntables == MAX_TABLES)
                return fail(a, CODE_INTERNAL, slice_cstr((*p)->name), "detail", S("not \"DELETE FROM table\""), NULL);
            r->tables[r->ntables++] = area_table(r->city->a, slice_cstr((*p)->sql));
        }
    return ok();
}

static result put_aside(struct rebuilding *r, struct tx *tx, struct arena *a)
{
    for (size_t t = 0; t < r->ntables; t++) {
        TRY(tx_exec(tx, a, &r->tables[t]->aside, NULL, 0, NULL));
        TRY(tx_exec(tx, a, &r->tables[t]->clear, NULL, 0, NULL));
    }
    TRY(tx_exec(tx, a, &OLD_INDEX, NULL, 0, NULL));
    return steptimes_aside(tx, a);
}

static result compare(struct rebuilding *r, struct tx *tx, struct arena *a, const struct table *t)
{
    const struct stmt *const both[] = {&t->lost, &t->surplus};
    for (size_t i = 0; i < 2; i++) {
        struct rows rows;
        struct id id;
        TRY(tx_query(tx, a, both[i], NULL, 0, &rows));
        if (row(&rows, 0)[0].i == 0 || !id_from_bytes(row(&rows, 0)[1].s, &id)) continue;
        differs(r, row(&rows, 0)[0].i,
                arena_printf(a, "%s: case %.*s has a row that %s", t->name, SLICE_ARG(id_text(a, id)),
                             i ? "is missing from the table" : "the journal does not give"));
    }
    return ok();
}

/* ---- folding ---- */

static result apply(struct tx *tx, struct arena *a, struct decision *d)
{
    for (size_t i = 0; i < d->nwrites; i++) {
        int64_t changed;
        TRY(tx_exec(tx, a, d->writes[i].stmt, d->writes[i].binds, d->writes[i].nbinds, &changed));
        if (d->writes[i].expect >= 0 && d->writes[i].expect != changed)
            return fail(a, CODE_INTERNAL, slice_cstr(d->writes[i].stmt->name), "detail",
                        S("the journal does not fold: a row is missing"), NULL);
    }
    d->nwrites = 0;
    return ok();
}

static result fold_event(struct rebuilding *r, struct tx *tx, struct fold *f, const struct sql_value *v)
{
    struct arena *a = f->d->a;
    const struct json *event = NULL, *facts;
    if (v[0].i != f->c->version + 1)
        return fail(a, CODE_INTERNAL, S("case_event"), "detail", S("the journal has a gap"), NULL);
    TRY(event_open(a, f->key, v[0].i, v[6].s, &event));
    f->at = f->c->at = v[1].i;
    facts = json_get(event, "f");
    for (size_t i = 0; facts && i < facts->n; i++) TRY(fact_fold(f, facts->items[i]));
    f->c->vars = event_vars(a, f->c->vars, event);
    if (!base64_decode(a, json_string(event, "e"), &f->c->engine))
        return fail(a, CODE_INTERNAL, S("case_event"), "detail", S("engine state is not base64"), NULL);
    f->c->version = v[0].i;
    r->out->events++;
    return apply(tx, a, f->d);
}

/* old: the journal where the case is folded. */
static result fold_events(struct rebuilding *r, struct tx *tx, struct fold *f, struct archived *old)
{
    struct rows rows;
    struct sql_value id = sql_id(&f->c->id);
    *old = (struct archived){.there = false};
    TRY(tx_query(tx, f->d->a, &EVENTS, &id, 1, &rows));
    if (!rows.n) {
        TRY(archive_read_tx(tx, f->d->a, f->c->id, f->key, old));
        rows = old->events;
    }
    for (size_t i = 0; i < rows.n; i++) TRY(fold_event(r, tx, f, row(&rows, i)));
    return ok();
}

/* The variables are ciphertext, so the database cannot compare them. */
static result compare_vars(struct rebuilding *r, struct tx *tx, const struct fold *f)
{
    struct arena *a = f->d->a;
    struct rows rows;
    struct slice plain;
    const struct json *live = NULL;
    struct sql_value id = sql_id(&f->c->id);
    TRY(tx_query(tx, a, &OLD_VARS, &id, 1, &rows));
    if (rows.n == 0) return ok(); /* the row's absence is counted already */
    result res = vault_open(a, f->key, "case.vars", row(&rows, 0)[0].s, &plain);
    if (!failed(res)) res = json_parse(a, plain, 4 * 1024 * 1024, S("case_file.vars"), &live);
    if (failed(res) || !json_equal(live, f->c->vars))
        differs(r, 1, arena_printf(a, "case_file: case %.*s has other variables", SLICE_ARG(id_text(a, f->c->id))));
    return ok();
}

static const struct stmt TASKS = {
    "rebuild_tasks", "SELECT " ARCHIVE_TASK " FROM case_task WHERE case_id = ?1 ORDER BY token", NULL, false};

/* Of a folded case: its tasks are those that the journal gives, and then stand in the archive alone, as its state does. None there: they
 * stayed (struct area). */
static result fold_archived(struct rebuilding *r, struct tx *tx, struct arena *a, struct id case_id,
                            const struct archived *old)
{
    struct rows tasks;
    const struct sql_value id = sql_id(&case_id);
    TRY(tx_exec(tx, a, &ARCHIVE_BARE, &id, 1, NULL));
    if (!old->tasks.n) return ok();
    TRY(tx_query(tx, a, &TASKS, &id, 1, &tasks));
    if (!archive_same_rows(&tasks, &old->tasks))
        differs(r, 1, arena_printf(a, "case_archive: case %.*s has other tasks", SLICE_ARG(id_text(a, case_id))));
    return tx_exec(tx, a, &ARCHIVE_TASKS_GO, &id, 1, NULL);
}

static result fold_case(struct rebuilding *r, struct tx *tx, struct arena *a, struct id case_id, struct slice wrapped)
{
    struct data_key key;
    struct decision d = {.a = a};
    struct case_row *c = NEW(a, struct case_row);
    struct fold f = {.city = r->city, .d = &d, .c = c, .key = &key};
    struct archived old;
    c->id = case_id;
    c->vars = json_null();
    TRY(vault_unwrap(r->city, a, case_id, wrapped, &key));
    TRY(fold_events(r, tx, &f, &old));
    if (!old.there) TRY(compare_vars(r, tx, &f));
    int64_t version = c->version;
    c->version = 1; /* inserted, not updated */
    case_row_write(r->city, &d, &key, c);
    ((struct sql_value *)(uintptr_t)d.writes[0].binds)[11] = sql_int(version);
    r->out->cases++;
    TRY(apply(tx, a, &d));
    TRY(steptimes_again(r->city, tx, a, case_id));
    return old.there ? fold_archived(r, tx, a, case_id, &old) : ok();
}

/* Nothing of an erased case can be folded: its rows, which name nobody, stay as they are. */
static result keep_case(struct rebuilding *r, struct tx *tx, struct arena *a, struct id case_id)
{
    struct sql_value id = sql_id(&case_id);
    for (size_t t = 0; t < r->ntables; t++) TRY(tx_exec(tx, a, &r->tables[t]->back, &id, 1, NULL));
    r->out->cases++;
    TRY(steptimes_again(r->city, tx, a, case_id));
    return steptimes_unknown(tx, a, case_id);
}

static result fold_one(struct rebuilding *r, struct tx *tx, struct arena *a, struct id id, struct slice wrapped)
{
    if (wrapped.n == 0) return keep_case(r, tx, a, id);
    result res = fold_case(r, tx, a, id, wrapped);
    if (!failed(res)) return ok();
    struct slice what =
        arena_printf(a, "case %.*s: %.*s", SLICE_ARG(id_text(a, id)), SLICE_ARG(problem_text(a, res.problem, LANG_EN)));
    enum code code = result_code(res);
    /* a statement that failed ends the transaction: nothing more can be compared in it */
    bool ended = code == CODE_STORE_CONSTRAINT || code == CODE_STORE_UNAVAILABLE || code == CODE_STORE_SQL;
    if (ended || !r->compare_only) return fail(a, CODE_INTERNAL, S("rebuild"), "detail", what, NULL);
    differs(r, 1, what);
    return ok();
}

static result fold_all(struct rebuilding *r, struct tx *tx, struct arena *a)
{
    struct id last = ID_NONE;
    last.b[15] = 1; /* ID_NONE would bind NULL */
    for (;;) {
        struct rows rows;
        const struct sql_value v[] = {sql_id(&last), sql_int(REBUILD_PAGE)};
        struct arena *page = arena_new("rebuild");
        result res = tx_query(tx, page, &CASES_AFTER, v, 2, &rows);
        for (size_t i = 0; !failed(res) && i < rows.n; i++) {
            struct arena *own = arena_new("rebuild case");
            (void)id_from_bytes(row(&rows, i)[0].s, &last);
            res = result_copy(page, fold_one(r, tx, own, last, row(&rows, i)[1].s));
            arena_free(own);
        }
        bool end = failed(res) || rows.n == 0;
        res = result_copy(a, res);
        arena_free(page);
        if (end) return res;
    }
}

/* Of what no case alone says. */
static result compare_sums(struct rebuilding *r, struct tx *tx, struct arena *a)
{
    int64_t n;
    TRY(measures_compare(tx, a, &n));
    differs(r, n, S("measure_sum: sums differ from those of the cases"));
    return ok();
}

static result rebuild_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct rebuilding *r = ctx;
    memset(r->out, 0, sizeof *r->out);
    TRY(compare_sums(r, tx, a));
    TRY(measures_roll_in(r->city, tx, a)); /* what is new is counted before its rows go */
    TRY(put_aside(r, tx, a));
    TRY(fold_all(r, tx, a));
    int64_t steps;
    TRY(steptimes_compare(tx, a, &steps));
    differs(r, steps, S("step_sum: counts differ from those of the journal"));
    for (size_t t = 0; t < r->ntables; t++) TRY(compare(r, tx, a, r->tables[t]));
    /* a comparison leaves everything as it was: the transaction is rolled back by this refusal */
    if (r->compare_only) return fail(a, CODE_CASE_FETCH, S("compare"), NULL);
    for (size_t t = 0; t < r->ntables; t++) TRY(tx_exec(tx, a, &r->tables[t]->end, NULL, 0, NULL));
    TRY(steptimes_put(tx, a));
    return measures_again(tx, a);
}

result case_rebuild(struct city *c, struct arena *a, bool compare_only, struct rebuild_report *out)
{
    struct rebuilding *r = NEW(a, struct rebuilding);
    r->city = c;
    r->compare_only = compare_only;
    r->out = out;
    TRY(all_tables(r, a));
    result res = store_run(c->store, a, "rebuild", rebuild_body, r);
    return compare_only && result_code(res) == CODE_CASE_FETCH ? ok() : res;
}
