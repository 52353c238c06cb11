/* The audit journal (who changed identity, rights or definitions) and the record of reads of personal data. Both are
 * append-only: no statement here updates or deletes (retention.c ends what is five years old). */
#include "city/identity/identity.h"
#include "city/log/leaf.h"
#include "city/rights/rights.h"
#include "city/sql.h"

const struct migration RIGHTS_MIGRATIONS[] = {
    {"city.rights", 1, "audit and reads",
     "-- retention: 5 years (at least 6 months: 网络安全法 art. 21); no personal data in details\n"
     "CREATE TABLE audit (id {BLOB} PRIMARY KEY, at {INT} NOT NULL, actor {BLOB}, actor_kind {INT} NOT NULL,"
     " action {TEXT} NOT NULL, details {TEXT} NOT NULL);\n"
     "-- retention: 5 years (PIPL arts. 44, 54: the person can see who read)\n"
     "CREATE TABLE read_record (id {BLOB} PRIMARY KEY, at {INT} NOT NULL, subject {BLOB}, case_id {BLOB}, actor {BLOB},"
     " actor_kind {INT} NOT NULL, department {TEXT} NOT NULL, what {TEXT} NOT NULL, purpose {TEXT} NOT NULL);\n"
     "CREATE INDEX read_record_subject ON read_record (subject, id);\n",
     NULL},
    {"city.rights", 2, "the far end of the journals",
     "CREATE INDEX audit_at ON audit (at);\n"
     "CREATE INDEX read_record_at ON read_record (at);\n",
     NULL},
};
const size_t RIGHTS_NMIGRATIONS = sizeof RIGHTS_MIGRATIONS / sizeof *RIGHTS_MIGRATIONS;

static const struct stmt AUDIT_INSERT = {
    "audit_insert", "INSERT INTO audit (id, at, actor, actor_kind, action, details) VALUES (?1,?2,?3,?4,?5,?6)", NULL,
    false};
static const struct stmt READ_INSERT = {
    "read_insert",
    "INSERT INTO read_record (id, at, subject, case_id, actor, actor_kind, department, what, purpose)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)",
    NULL, false};

result audit_add(struct tx *tx, struct arena *a, const struct actor *x, instant now, const char *action,
                 const struct json *details)
{
    struct id id = id_new(now), who = x ? x->account : ID_NONE;
    struct slice text = details ? json_write(a, details) : S("{}");
    struct sql_value b[] = {sql_id(&id),
                            sql_int(now),
                            sql_id(&who),
                            sql_int(x ? (int64_t)x->kind : (int64_t)ACTOR_SYSTEM),
                            sql_text(slice_cstr(action)),
                            sql_text(text)};
    TRY(tx_exec(tx, a, &AUDIT_INSERT, b, 6, NULL));
    return log_write_tx(tx, a, &(struct log_source){LOG_AUDIT, id, 0, now, b, 6});
}

struct noting {
    const struct actor *x;
    instant now;
    const char *action;
    const struct json *details;
};

static result note_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct noting *n = ctx;
    return audit_add(tx, a, n->x, n->now, n->action, n->details);
}

result audit_note(struct city *c, struct arena *a, const struct actor *x, instant now, const char *action,
                  const struct json *details)
{
    struct noting n = {x, now, action, details};
    return store_run(c->store, a, "audit_note", note_body, &n);
}

struct reading {
    const struct actor *x;
    instant now;
    const struct read_of *of;
    size_t n;
    const char *what;
    struct slice purpose;
};

static result add_reading(struct tx *tx, struct arena *a, const struct reading *r, const struct read_of *of)
{
    struct id id = id_new(r->now), who = r->x ? r->x->account : ID_NONE;
    struct sql_value b[] = {sql_id(&id),
                            sql_int(r->now),
                            sql_id(&of->subject),
                            sql_id(&of->case_id),
                            sql_id(&who),
                            sql_int(r->x ? (int64_t)r->x->kind : (int64_t)ACTOR_SYSTEM),
                            sql_text(r->x ? r->x->department : (struct slice){0}),
                            sql_text(slice_cstr(r->what)),
                            sql_text(r->purpose)};
    return tx_exec(tx, a, &READ_INSERT, b, 9, NULL);
}

static result reading_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct reading *r = ctx;
    for (size_t i = 0; i < r->n; i++) TRY(add_reading(tx, a, r, r->of + i));
    return ok();
}

result read_record_all(struct city *c, struct arena *a, const struct actor *x, instant now, const struct read_of *of,
                       size_t n, const char *what, struct slice purpose)
{
    struct reading r = {x, now, of, n, what, purpose};
    return n ? store_run(c->store, a, "read_record", reading_body, &r) : ok();
}

result read_record(struct city *c, struct arena *a, const struct actor *x, instant now, struct id subject,
                   struct id case_id, const char *what, struct slice purpose)
{
    const struct read_of of = {subject, case_id};
    return read_record_all(c, a, x, now, &of, 1, what, purpose);
}

/* ---- lists: newest first; the cursor is the last id shown ---- */

static const struct stmt AUDIT_LIST = {
    "audit_list",
    "SELECT id, at, actor, actor_kind, action, details FROM audit WHERE id < ?1 ORDER BY id DESC LIMIT ?2", NULL,
    false};
#define READ_COLUMNS                                                          \
    "id, at, subject, case_id, actor, actor_kind, department, what, purpose," \
    " (SELECT number FROM case_file WHERE case_file.id = read_record.case_id)"
static const struct stmt READ_LIST = {
    "read_list", "SELECT " READ_COLUMNS " FROM read_record WHERE id < ?1 ORDER BY id DESC LIMIT ?2", NULL, false};
static const struct stmt READ_LIST_OF = {
    "read_list_of",
    "SELECT " READ_COLUMNS " FROM read_record WHERE subject = ?3 AND id < ?1 AND at >= ?4 AND at < ?5"
    " AND (department = ?6 OR ?6 = '') AND (what = ?7 OR ?7 = '') ORDER BY id DESC LIMIT ?2",
    NULL, false};
static const struct stmt READ_CHOICES = {
    "read_choices", "SELECT DISTINCT department, what FROM read_record WHERE subject = ?1 ORDER BY department, what",
    NULL, false};

result audit_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor, const struct json **out)
{
    struct id before;
    TRY(page_cursor(a, cursor, &before));
    struct rows r;
    struct sql_value b[] = {sql_id(&before), sql_int(limit + 1)};
    TRY(store_query(c->store, a, &AUDIT_LIST, b, 2, &r));
    struct json_builder items = json_builder(a);
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) {
        const struct sql_value *v = row(&r, i);
        const struct json *details;
        TRY(json_parse(a, v[5].s, 64 * 1024, S("audit.details"), &details));
        struct json_builder o = json_builder(a);
        json_set_id(&o, "id", v[0].s);
        json_set_str(&o, "at", instant_text(a, v[1].i));
        json_set(&o, "actor", bitext_json(a, identity_who(c, a, v[2].s, v[3].i)));
        json_set_str(&o, "action", v[4].s);
        json_set(&o, "details", details);
        json_add(&items, json_object(&o));
    }
    *out = page_json(a, &items, &r, limit);
    return ok();
}

static result read_items(struct city *c, struct arena *a, const struct rows *r, int64_t limit, const struct json **out)
{
    struct json_builder items = json_builder(a);
    for (size_t i = 0; i < r->n && (int64_t)i < limit; i++) {
        const struct sql_value *v = row(r, i);
        struct json_builder o = json_builder(a);
        json_set_id(&o, "id", v[0].s);
        json_set_str(&o, "at", instant_text(a, v[1].i));
        json_set(&o, "reader", bitext_json(a, identity_who(c, a, v[4].s, v[5].i)));
        json_set(&o, "department", bitext_json(a, identity_department(c, v[6].s)));
        json_set(&o, "what", bitext_json(a, read_what_words(v[7].s)));
        json_set(&o, "purpose", bitext_json(a, read_purpose_words(c, a, v[8].s)));
        json_set(&o, "basis", bitext_json(a, read_basis_words(v[8].s)));
        json_set_id(&o, "subject", v[2].s);
        json_set_id(&o, "case", v[3].s);
        if (v[9].type == SQL_TEXT) json_set_str(&o, "case_number", v[9].s);
        json_add(&items, json_object(&o));
    }
    *out = page_json(a, &items, r, limit);
    return ok();
}

result read_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor, const struct json **out)
{
    struct id before;
    struct rows r;
    TRY(page_cursor(a, cursor, &before));
    TRY(store_query(c->store, a, &READ_LIST, BINDS(sql_id(&before), sql_int(limit + 1)), &r));
    return read_items(c, a, &r, limit, out);
}

static result reads_of(struct city *c, struct arena *a, struct id subject, const struct read_filter *f, int64_t limit,
                       struct slice cursor, const struct json **out)
{
    struct id before;
    struct rows r;
    TRY(page_cursor(a, cursor, &before));
    TRY(store_query(c->store, a, &READ_LIST_OF,
                    BINDS(sql_id(&before), sql_int(limit + 1), sql_id(&subject), sql_int(f->since),
                          sql_int(f->until ? f->until : INT64_MAX), sql_text(f->department), sql_text(f->what)),
                    &r));
    return read_items(c, a, &r, limit, out);
}

result read_list_of(struct city *c, struct arena *a, struct id subject, int64_t limit, struct slice cursor,
                    const struct json **out)
{
    return reads_of(c, a, subject, &(struct read_filter){.since = 0}, limit, cursor, out);
}

result read_list_filtered(struct city *c, struct arena *a, struct id subject, const struct read_filter *f,
                          int64_t limit, struct slice cursor, const struct json **out)
{
    struct rows r;
    struct json_builder b = json_builder(a), departments = json_builder(a), kinds = json_builder(a);
    struct slice last = {NULL, 0};
    TRY(reads_of(c, a, subject, f, limit, cursor, out));
    TRY(store_query(c->store, a, &READ_CHOICES, BINDS(sql_id(&subject)), &r));
    for (size_t i = 0; i < r.n; i++) {
        struct slice department = row(&r, i)[0].s, what = row(&r, i)[1].s;
        struct json_builder d = json_builder(a), k = json_builder(a);
        bool again = false;
        for (size_t n = 0; n < i && !again; n++) again = slice_eq(row(&r, n)[1].s, what);
        json_set_str(&d, "code", department);
        json_set(&d, "name", bitext_json(a, identity_department(c, department)));
        if (department.n && !slice_eq(department, last)) json_add(&departments, json_object(&d));
        last = department;
        json_set_str(&k, "code", what);
        json_set(&k, "text", bitext_json(a, read_what_words(what)));
        if (!again) json_add(&kinds, json_object(&k));
    }
    json_set(&b, "departments", json_array(&departments));
    json_set(&b, "kinds", json_array(&kinds));
    *out = json_merge(a, *out, json_object(&b));
    return ok();
}
