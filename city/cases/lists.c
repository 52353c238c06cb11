/* The applicant's lists, sharing, documents and licences. */
#include "city/cases/archive.h"
#include "city/cases/licences.h"
#include "city/cases/view.h"

#include "city/identity/identity.h"
#include "trust/crypto.h"

/* ---- who may see a case ---- */

static const struct stmt CASE_OWNER = {"case_owner", "SELECT subject, agent, service FROM case_file WHERE id=?1", NULL,
                                       false};
static const struct stmt CASE_TASKS = {
    "case_tasks", "SELECT department, role, town, assignee FROM case_task WHERE case_id=?1 ORDER BY token", NULL,
    false};

/* Staff see a case when a task of it, open or done, is theirs by role or by name. */
static result staff_on_case(struct city *c, struct arena *a, const struct actor *x, struct id case_id, bool *on)
{
    struct rows rows;
    struct sql_value id = sql_id(&case_id);
    *on = false;
    TRY(store_query(c->store, a, &CASE_TASKS, &id, 1, &rows));
    if (!rows.n) TRY(archive_staff(c, a, case_id, &rows));
    for (size_t i = 0; i < rows.n && !*on; i++) {
        const struct sql_value *v = row(&rows, i);
        enum role role;
        struct id who;
        bool mine = v[3].type != SQL_NULL && id_from_bytes(v[3].s, &who) && id_eq(who, x->account);
        *on = mine || (role_scan(v[1].s, &role) && actor_has_role(x, role, v[0].s, v[2].s)) ||
              actor_has_role(x, ROLE_HEAD, v[0].s, v[2].s);
    }
    return ok();
}

static const struct stmt OFFICERS = {
    "case_officers",
    "SELECT DISTINCT assignee FROM case_task WHERE case_id = ?1 AND status = 3 AND assignee IS NOT NULL ORDER BY assignee",
    NULL, false};

result case_officers(struct city *c, struct arena *a, struct id case_id, struct rows *out)
{
    struct rows staff;
    struct sql_value id = sql_id(&case_id);
    TRY(store_query(c->store, a, &OFFICERS, &id, 1, out));
    if (out->n) return ok();
    TRY(archive_staff(c, a, case_id, &staff));
    struct sql_value *v = NEW_ARRAY(a, struct sql_value, staff.n + 1);
    *out = (struct rows){.ncols = 1, .v = v};
    for (size_t i = 0; i < staff.n; i++) {
        const struct sql_value *s = row(&staff, i);
        bool again = s[3].type == SQL_NULL || !s[4].i;
        for (size_t k = 0; k < out->n && !again; k++) again = slice_eq(v[k].s, s[3].s);
        if (again) continue;
        size_t k = out->n++;
        for (; k > 0 && slice_cmp(v[k - 1].s, s[3].s) > 0; k--) v[k] = v[k - 1];
        v[k] = s[3];
    }
    return ok();
}

result case_may_see(struct city *c, struct arena *a, const struct actor *x, struct id case_id, enum case_audience *who,
                    struct id *subject)
{
    struct rows rows;
    struct sql_value id = sql_id(&case_id);
    bool on = false;
    TRY(store_query(c->store, a, &CASE_OWNER, &id, 1, &rows));
    if (rows.n && id_from_bytes(row(&rows, 0)[0].s, subject)) {
        bool own = !id_is_none(x->subject) && id_eq(*subject, x->subject) && x->kind != ACTOR_STAFF;
        *who = own ? VIEW_OWNER : VIEW_STAFF;
        if (own) return delegation_covers(c, a, x, row(&rows, 0)[2].s, time_now(c->time));
        if (x->kind == ACTOR_STAFF) TRY(staff_on_case(c, a, x, case_id, &on));
    }
    /* the same answer for a case that is not there and one that is not yours */
    return on ? ok() : fail(a, CODE_NOT_FOUND, S("case"), "value", id_text(a, case_id), NULL);
}

/* ---- my cases ---- */

static const struct stmt MINE = {
    "cases_mine",
    "SELECT " CASE_COLUMNS
    ", (SELECT COUNT(*) FROM case_task t WHERE t.case_id = case_file.id AND t.kind = 'fill' AND t.status + 0 < 2)"
    " FROM case_file WHERE subject=?1 AND id < ?2 AND (?3 < 0 OR state = ?3) ORDER BY id DESC LIMIT ?4",
    NULL, false};

enum { MINE_FILLS = 20 }; /* behind CASE_COLUMNS */

static const struct json *row_json(struct city *c, struct arena *a, const struct case_row *k, bool fills, instant now)
{
    struct json_builder b = json_builder(a), s = json_builder(a);
    const struct service *service = NULL;
    instant due, statutory;
    case_due(c->calendar, k, &due, &statutory);
    json_set_str(&b, "id", id_text(a, k->id));
    json_set_str(&b, "number", k->number);
    json_set_str(&s, "code", k->service);
    if (!failed(catalogue_by_hash(c->catalogue, a, k->service_hash, &service)))
        json_set(&s, "name", bitext_json(a, service_name(service)));
    json_set(&b, "service", json_object(&s));
    json_set_cstr(&b, "state", case_state_name(k->state));
    json_set_str(&b, "outcome", k->outcome);
    json_set_str(&b, "filed_at", instant_text(a, k->filed_at));
    json_set(&b, "due_at", due ? json_of_string(a, instant_text(a, due)) : json_null());
    json_set_cstr(&b, "light", light_name(k->clock.started ? clock_light(c->calendar, &k->clock, now) : LIGHT_NONE));
    json_set_bool(&b, "waiting_for_me", k->state == CASE_CORRECTION || fills);
    return json_object(&b);
}

static bool state_scan(struct slice s, int64_t *out)
{
    *out = -1;
    if (s.n == 0) return true;
    for (int i = 0; i < CASE_STATES; i++)
        if (slice_is(s, case_state_name((enum case_state)i))) *out = i;
    return *out >= 0;
}

struct mine {
    struct city *city;
    struct arena *a;
    const struct actor *x;
    instant now;
    int64_t state, limit, shown;
    struct id last; /* shown, or passed over */
    bool more;
    struct json_builder list;
};

/* Goes on behind m->last. An agent sees the cases of the services that the delegation names, and no others. */
static result mine_page(struct mine *m, struct id before, size_t *read)
{
    struct rows rows;
    const struct sql_value v[] = {sql_id(&m->x->subject), sql_id(&before), sql_int(m->state), sql_int(m->limit + 1)};
    TRY(store_query(m->city->store, m->a, &MINE, v, 4, &rows));
    *read = rows.n;
    for (size_t i = 0; i < rows.n; i++) {
        struct case_row k;
        TRY(case_row_read(m->a, row(&rows, i), NULL, &k));
        result covers = delegation_covers(m->city, m->a, m->x, k.service, m->now);
        if (failed(covers) && result_code(covers) != CODE_DELEGATION_NONE) return covers;
        bool seen = !failed(covers);
        m->more = seen && m->shown == m->limit;
        if (m->more) return ok();
        m->last = k.id;
        if (!seen) continue;
        m->shown++;
        json_add(&m->list, row_json(m->city, m->a, &k, row(&rows, i)[MINE_FILLS].i > 0, m->now));
    }
    return ok();
}

result case_list_mine(struct city *c, struct arena *a, const struct actor *x, struct slice state, int64_t limit,
                      struct slice cursor, instant now, const struct json **out)
{
    struct mine m = {.city = c, .a = a, .x = x, .now = now, .limit = limit, .list = json_builder(a)};
    struct json_builder b = json_builder(a);
    size_t read;
    memset(m.last.b, 0xff, 16);
    if (cursor.n) TRY(id_parse(a, cursor, S("cursor"), &m.last));
    if (!state_scan(state, &m.state))
        return fail(a, CODE_FIELD_TYPE, S("state"), "expected",
                    S("filed|correction|handling|delivered|refused|withdrawn"), NULL);
    do TRY(mine_page(&m, m.last, &read));
    while (!m.more && (int64_t)read == limit + 1);
    json_set(&b, "items", json_array(&m.list));
    json_set(&b, "next", m.more ? json_of_string(a, id_text(a, m.last)) : json_null());
    *out = json_object(&b);
    return ok();
}

/* ---- sharing: a link with an end, that shows status only ---- */

static const struct stmt SHARE_INSERT = {
    "share_insert", "INSERT INTO case_share (token_hash, case_id, created_by, expires_at) VALUES (?1,?2,?3,?4)", NULL,
    false};
static const struct stmt SHARE_SELECT = {"share_select",
                                         "SELECT case_id, expires_at FROM case_share WHERE token_hash=?1", NULL, false};

struct share {
    struct slice hash;
    struct id case_id, by;
    instant expires;
};

static result share_body(struct tx *tx, struct arena *attempt, void *ctx)
{
    struct share *s = ctx;
    const struct sql_value v[] = {sql_blob(s->hash), sql_id(&s->case_id), sql_id(&s->by), sql_int(s->expires)};
    return tx_exec(tx, attempt, &SHARE_INSERT, v, 4, NULL);
}

static struct slice token_hash(struct arena *a, struct slice token)
{
    uint8_t h[32];
    crypto_sha256(token, h);
    return arena_copy(a, slice_of((const char *)h, 32));
}

result case_share(struct city *c, struct arena *a, const struct actor *x, struct id case_id, int64_t days, instant now,
                  const struct json **out)
{
    struct json_builder b = json_builder(a);
    if (days < 1 || days > 90) return fail(a, CODE_FIELD_TYPE, S("/days"), "expected", S("1-90"), NULL);
    struct slice token = random_token(a, 18);
    struct share s = {token_hash(a, token), case_id, x->account, now + days * MS_DAY};
    TRY(store_run(c->store, a, "case_share", share_body, &s));
    json_set_str(&b, "url", arena_printf(a, "%.*s/shared/%.*s", SLICE_ARG(c->base_url), SLICE_ARG(token)));
    json_set_str(&b, "expires_at", instant_text(a, s.expires));
    *out = json_object(&b);
    return ok();
}

result case_shared(struct city *c, struct arena *a, struct slice token, instant now, const struct json **out)
{
    struct rows rows;
    struct id case_id;
    struct sql_value v = sql_blob(token_hash(a, token));
    TRY(store_query(c->store, a, &SHARE_SELECT, &v, 1, &rows));
    if (rows.n == 0 || row(&rows, 0)[1].i < now || !id_from_bytes(row(&rows, 0)[0].s, &case_id))
        return fail(a, CODE_NOT_FOUND, S("token"), "value", token, NULL);
    return case_view(c, a, case_id, now, VIEW_SHARED, out);
}

/* ---- documents and licences ---- */

static const struct stmt BLOB_SELECT = {
    "blob_select",
    "SELECT b.content_ct, d.title FROM case_document d JOIN case_blob b ON b.id = d.id WHERE d.id=?1 AND d.case_id=?2",
    NULL, false};
static const struct stmt ORIGINAL_SELECT = {
    "original_select",
    "SELECT b.content_ct, d.title FROM case_document d JOIN case_blob b ON b.id = d.original WHERE d.id=?1 AND d.case_id=?2",
    NULL, false};

result case_document(struct city *c, struct arena *a, struct id case_id, struct id document, enum document_form form,
                     struct slice *bytes, struct slice *title)
{
    struct rows rows, k;
    struct data_key key;
    const struct json *t = NULL;
    const struct sql_value v[] = {sql_id(&document), sql_id(&case_id)};
    TRY(store_query(c->store, a, form == DOCUMENT_ORIGINAL ? &ORIGINAL_SELECT : &BLOB_SELECT, v, 2, &rows));
    TRY(store_query(c->store, a, &VAULT_SELECT_KEY, v + 1, 1, &k));
    if (rows.n == 0 || k.n == 0) return fail(a, CODE_NOT_FOUND, S("document"), "value", id_text(a, document), NULL);
    TRY(vault_unwrap(c, a, case_id, row(&k, 0)[0].s, &key));
    TRY(vault_open(a, &key, "case.blob", row(&rows, 0)[0].s, bytes));
    TRY(json_parse(a, row(&rows, 0)[1].s, 4096, S("title"), &t));
    *title = bitext_of(t).zh;
    return ok();
}

static const struct stmt LICENCES = {
    "licences_mine",
    "SELECT l.id, l.case_id, l.document_id, l.type, l.title, l.certificate_id, l.number, l.status, l.issued_at, l.valid_to,"
    " l.token, l.subject, f.service, d.original, d.sealed, l.version FROM licence l JOIN case_document d ON d.id = l.document_id JOIN case_file f ON f.id = l.case_id"
    " WHERE (l.subject=?1 OR l.case_id IN (SELECT id FROM case_file WHERE subject=?1)) AND l.id < ?2 ORDER BY l.id DESC LIMIT 200",
    NULL, false};
#define LICENCES_MAX 200
enum { LICENCE_SERVICE = 12 };
static const struct stmt LICENCE_HELD = {"licence_held",
                                         "SELECT f.service FROM licence l JOIN case_file f ON f.id = l.case_id"
                                         " WHERE l.case_id=?1 AND l.document_id=?2 AND l.subject=?3",
                                         NULL, false};

/* An enterprise holds the licence of a case that its founder filed: it may have the paper, and nothing else of the case. */
result licence_held(struct city *c, struct arena *a, const struct actor *x, struct id case_id, struct id document)
{
    struct rows rows;
    const struct sql_value v[] = {sql_id(&case_id), sql_id(&document), sql_id(&x->subject)};
    bool asks = x->kind != ACTOR_STAFF && !id_is_none(x->subject);
    if (asks) TRY(store_query(c->store, a, &LICENCE_HELD, v, 3, &rows));
    if (!asks || !rows.n) return fail(a, CODE_NOT_FOUND, S("document"), "value", id_text(a, document), NULL);
    return delegation_covers(c, a, x, row(&rows, 0)[0].s, time_now(c->time));
}

static result licence_row(struct city *c, struct arena *a, const struct sql_value *v, const struct json **out)
{
    struct json_builder b = json_builder(a), d = json_builder(a);
    struct id id, case_id, document;
    const struct json *title = NULL;
    (void)id_from_bytes(v[0].s, &id);
    (void)id_from_bytes(v[1].s, &case_id);
    (void)id_from_bytes(v[2].s, &document);
    TRY(json_parse(a, v[4].s, 4096, S("licence.title"), &title));
    json_set_str(&b, "id", id_text(a, id));
    json_set(&b, "type", title);
    json_set_str(&b, "number", v[6].s);
    json_set_str(&b, "certificate_id", v[5].s);
    struct id holder;
    const struct json *profile = NULL;
    bool named = id_from_bytes(v[11].s, &holder) && !failed(subject_profile(c, a, holder, &profile));
    json_set(&b, "holder",
             named ? json_of_string(a, json_string(json_get(json_get(profile, "fields"), "name"), "value"))
                   : json_null());
    json_set_str(&b, "issued_on", day_text(a, day_of_instant(v[8].i)));
    json_set(&b, "valid_to", v[9].i ? json_of_string(a, day_text(a, day_of_instant(v[9].i))) : json_null());
    json_set_cstr(&b, "status", licence_status(v[7].s, v[9].i, time_now(c->time)));
    json_set_int(&b, "version", v[15].i);
    json_set_str(&b, "verify_url", arena_printf(a, "%.*s/verify/%.*s", SLICE_ARG(c->base_url), SLICE_ARG(v[10].s)));
    json_set_str(&d, "case", id_text(a, case_id));
    json_set_str(&d, "id", id_text(a, document));
    json_set_bool(&d, "original", v[13].type != SQL_NULL);
    json_set_bool(&d, "sealed", v[14].i == 1);
    json_set(&b, "document", json_object(&d));
    *out = json_object(&b);
    return ok();
}

struct licences {
    struct delegation_scope scope;
    struct json_builder list;
    size_t shown;
    struct id last; /* read, whether shown or passed over */
};

/* Goes on behind m->last; *read: how many there were. */
static result licences_page(struct city *c, struct arena *a, const struct actor *x, struct licences *m, size_t *read)
{
    struct rows rows;
    const struct sql_value v[] = {sql_id(&x->subject), sql_id(&m->last)};
    TRY(store_query(c->store, a, &LICENCES, v, 2, &rows));
    *read = rows.n;
    struct id last = m->last;
    for (size_t i = 0; i < rows.n && m->shown < LICENCES_MAX; i++) {
        const struct json *one;
        (void)id_from_bytes(row(&rows, i)[0].s, &last);
        if (!delegation_names(&m->scope, row(&rows, i)[LICENCE_SERVICE].s)) continue;
        TRY(licence_row(c, a, row(&rows, i), &one));
        json_add(&m->list, one);
        m->shown++;
    }
    m->last = last;
    return ok();
}

result licence_list(struct city *c, struct arena *a, const struct actor *x, instant now, const struct json **out)
{
    struct licences m = {.list = json_builder(a)};
    struct json_builder b = json_builder(a);
    size_t read;
    memset(m.last.b, 0xff, 16);
    TRY(delegation_scope(c, a, x, now, &m.scope));
    do TRY(licences_page(c, a, x, &m, &read));
    while (read == LICENCES_MAX && m.shown < LICENCES_MAX);
    json_set(&b, "items", json_array(&m.list));
    json_set(&b, "next", json_null());
    *out = json_object(&b);
    return ok();
}
