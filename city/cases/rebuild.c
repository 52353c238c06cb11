/* Projections from the journal. The journal alone says what the tables must hold; comparing them finds every edit
 * made behind its back. Delivery state of jobs and timers (leases, tries) is not journalled and not compared. */
#include "city/cases/run.h"

struct table {
    const char *name;
    struct stmt dump; /* sorted, without leases and ciphertext */
    struct stmt clear;
};

#define TABLE(t, columns, order)                                                              \
    {                                                                                         \
        t, {"rebuild_dump_" t, "SELECT " columns " FROM " t " ORDER BY " order, NULL, false}, \
        {                                                                                     \
            "rebuild_clear_" t, "DELETE FROM " t, NULL, false                                 \
        }                                                                                     \
    }

static const struct table TABLES[] = {
    TABLE(
        "case_file",
        "id, number, service, service_hash, subject, agent, filed_by, department, town, state, outcome, version, engine, progress,"
        " filed_at, accepted_at, decided_at, due_at, statutory_due_at",
        "id"),
    TABLE(
        "case_task",
        "case_id, token, node, step, kind, service, department, role, town, status, assignee, assignee_name, opened_at, due_at,"
        " closed_at, outcome, urged, escalated_at",
        "case_id, token"),
    TABLE("case_timer", "id, case_id, token", "id"),
    TABLE("case_job", "id, case_id, token, verb, step", "id"),
    TABLE("case_document", "id, case_id, kind, step, number, title, at, sha256, token", "id"),
    TABLE("licence",
          "id, case_id, document_id, subject, type, title, certificate_id, number, status, issued_at, valid_to, token",
          "id"),
};
enum { NTABLES = sizeof TABLES / sizeof *TABLES };

static const struct stmt CASES_AFTER = {
    "rebuild_cases",
    "SELECT DISTINCT e.case_id, k.wrapped FROM case_event e JOIN data_key k ON k.id = e.case_id WHERE e.case_id > ?1 AND e.seq = 1"
    " ORDER BY e.case_id LIMIT 200",
    NULL, false};
static const struct stmt EVENTS = {
    "rebuild_events", "SELECT seq, at, kind, actor, payload_ct FROM case_event WHERE case_id=?1 ORDER BY seq", NULL,
    false};

struct rebuilding {
    struct city *city;
    bool compare_only;
    struct rebuild_report *out;
    uint64_t before[NTABLES];
    struct rows rows[NTABLES];
};

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
    TRY(event_open(a, f->key, v[4].s, &event));
    f->at = v[1].i;
    facts = json_get(event, "f");
    for (size_t i = 0; facts && i < facts->n; i++) TRY(fact_fold(f, facts->items[i]));
    f->c->vars = event_vars(a, f->c->vars, event);
    if (!base64_decode(a, json_string(event, "e"), &f->c->engine))
        return fail(a, CODE_INTERNAL, S("case_event"), "detail", S("engine state is not base64"), NULL);
    f->c->version = v[0].i;
    r->out->events++;
    return apply(tx, a, f->d);
}

static result fold_case(struct rebuilding *r, struct tx *tx, struct arena *a, struct id case_id, struct slice wrapped)
{
    struct rows rows;
    struct data_key key;
    struct decision d = {.a = a};
    struct case_row *c = NEW(a, struct case_row);
    struct fold f = {.city = r->city, .d = &d, .c = c, .key = &key};
    struct sql_value id = sql_id(&case_id);
    c->id = case_id;
    /* erased: nothing can be folded, nothing must be left */
    if (wrapped.n == 0) return ok();
    TRY(vault_unwrap(r->city, a, case_id, wrapped, &key));
    TRY(tx_query(tx, a, &EVENTS, &id, 1, &rows));
    for (size_t i = 0; i < rows.n; i++) TRY(fold_event(r, tx, &f, row(&rows, i)));
    int64_t version = c->version;
    c->version = 1; /* inserted, not updated */
    case_row_write(r->city, &d, &key, c);
    ((struct sql_value *)(uintptr_t)d.writes[0].binds)[11] = sql_int(version);
    r->out->cases++;
    return apply(tx, a, &d);
}

static result compare(struct rebuilding *r, struct arena *a, size_t t, const struct rows *now)
{
    const struct rows *was = &r->rows[t];
    size_t n = was->n > now->n ? was->n : now->n;
    for (size_t i = 0; i < n; i++) {
        bool same = i < was->n && i < now->n;
        for (size_t k = 0; same && k < was->ncols; k++) {
            const struct sql_value *x = row(was, i) + k, *y = row(now, i) + k;
            same = x->type == y->type && x->i == y->i && slice_eq(x->s, y->s);
            if (!same && r->out->differences == 0)
                r->out->first_difference = arena_printf(a, "%s row %zu column %zu", TABLES[t].name, i + 1, k + 1);
        }
        if (same) continue;
        if (r->out->differences++ == 0 && r->out->first_difference.n == 0)
            r->out->first_difference = arena_printf(a, "%s row %zu", TABLES[t].name, i + 1);
    }
    return ok();
}

static result fold_all(struct rebuilding *r, struct tx *tx, struct arena *a)
{
    struct id last = ID_NONE;
    last.b[15] = 1; /* ID_NONE would bind NULL */
    for (;;) {
        struct rows rows;
        struct sql_value v = sql_id(&last);
        struct arena *page = arena_new("rebuild");
        result res = tx_query(tx, page, &CASES_AFTER, &v, 1, &rows);
        for (size_t i = 0; !failed(res) && i < rows.n; i++) {
            (void)id_from_bytes(row(&rows, i)[0].s, &last);
            res = fold_case(r, tx, page, last, row(&rows, i)[1].s);
        }
        bool end = failed(res) || rows.n == 0;
        res = result_copy(a, res);
        arena_free(page);
        if (end) return res;
    }
}

static result rebuild_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct rebuilding *r = ctx;
    memset(r->out, 0, sizeof *r->out);
    for (size_t t = 0; t < NTABLES; t++) {
        TRY(tx_query(tx, a, &TABLES[t].dump, NULL, 0, &r->rows[t]));
        TRY(tx_exec(tx, a, &TABLES[t].clear, NULL, 0, NULL));
    }
    for (size_t i = 0; r->city->areas && i < r->city->areas->n; i++)
        for (const struct stmt *const *p = r->city->areas->list[i]->clear_projections; p && *p; p++)
            TRY(tx_exec(tx, a, *p, NULL, 0, NULL));
    TRY(fold_all(r, tx, a));
    for (size_t t = 0; t < NTABLES; t++) {
        struct rows now;
        TRY(tx_query(tx, a, &TABLES[t].dump, NULL, 0, &now));
        TRY(compare(r, a, t, &now));
    }
    if (r->out->first_difference.n) r->out->first_difference = arena_copy(r->city->a, r->out->first_difference);
    /* a comparison leaves everything as it was: the transaction is rolled back by this refusal */
    return r->compare_only ? fail(a, CODE_CASE_FETCH, S("compare"), NULL) : ok();
}

result case_rebuild(struct city *c, struct arena *a, bool compare_only, struct rebuild_report *out)
{
    struct rebuilding *r = NEW(a, struct rebuilding);
    r->city = c;
    r->compare_only = compare_only;
    r->out = out;
    result res = store_run(c->store, a, "rebuild", rebuild_body, r);
    return compare_only && result_code(res) == CODE_CASE_FETCH ? ok() : res;
}
