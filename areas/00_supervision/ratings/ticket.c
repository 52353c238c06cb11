/* The ticket of a bad rating: a case of the service "bad_rating", opened by the city itself, for the person who rated. Of a visitor
 * whom nobody knows it is opened for the supervising body, of its own motion (依职权). */
#include "areas/00_supervision/ratings/ratings.h"

#include "city/identity/identity.h"
#include "city/sql.h"

static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM, .login = {"system", 6}, .name = {"系统", 6}};

static const struct stmt OFFICERS = {"rating_officer", "SELECT officer FROM rating_code WHERE id = ?1", NULL, false};

static bool among(struct slice account, const struct rows *officers)
{
    for (size_t i = 0; i < officers->n; i++)
        if (slice_eq(row(officers, i)[0].s, account)) return true;
    return false;
}

result rated_officers(struct city *c, struct arena *a, struct id case_id, struct id code, struct rows *out)
{
    struct rows by_code;
    TRY(case_officers(c, a, case_id, out));
    TRY(store_query(c->store, a, &OFFICERS, BINDS(sql_id(&code)), &by_code));
    struct sql_value *v = NEW_ARRAY(a, struct sql_value, out->n + by_code.n + 1);
    size_t n = out->n;
    if (n) memcpy(v, out->v, n * sizeof *v);
    for (size_t i = 0; i < by_code.n; i++)
        if (!among(row(&by_code, i)[0].s, out)) v[n++] = row(&by_code, i)[0];
    *out = (struct rows){.n = n, .ncols = 1, .v = v};
    return ok();
}

/* ---- who handles it ---- */

static const struct stmt HEADS = {
    "rating_heads",
    "SELECT g.account FROM role_grant g JOIN account a ON a.id = g.account AND a.disabled_at = 0"
    " WHERE g.role = 'head' AND (g.department = ?1 OR (g.department = '*' AND a.department = ?1))"
    " AND (g.town = '*' OR g.town = ?2) ORDER BY g.account LIMIT 20",
    NULL, false};

/* The head of the body rated; the supervising body where there is none, or where a head is rated. */
static result handler_of(struct city *c, struct arena *a, const struct rated *of, const struct rows *officers,
                         const struct service *s, struct slice *out)
{
    struct rows heads;
    *out = of->department;
    TRY(store_query(c->store, a, &HEADS, BINDS(sql_text(of->department), sql_text(of->town)), &heads));
    bool rated = heads.n == 0;
    for (size_t i = 0; i < heads.n; i++) rated = rated || among(row(&heads, i)[0].s, officers);
    if (rated) *out = service_department(s);
    return ok();
}

static const struct json *account_list(struct arena *a, const struct rows *officers)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < officers->n; i++) {
        struct id id;
        if (id_from_bytes(row(officers, i)[0].s, &id)) json_add(&list, json_of_string(a, id_text(a, id)));
    }
    return json_array(&list);
}

/* ---- for whom ---- */

static result applicant(struct city *c, struct arena *a, const struct service *s, struct case_filing *f, instant now)
{
    if (!id_is_none(f->subject)) {
        result r = subject_snapshot(c, a, f->subject, &f->applicant);
        if (result_code(r) != CODE_VAULT_ERASED) return r;
    }
    TRY(subject_of_department(c, a, service_department(s), now, &f->subject));
    return subject_snapshot(c, a, f->subject, &f->applicant);
}

/* ---- opening ---- */

static const struct stmt MISSING = {
    "rating_missing",
    "SELECT r.id, r.text_ct, r.key_owner, r.case_id, r.code, r.subject, r.channel, r.service, r.department, r.town, r.grade, r.month,"
    " r.ticket, f.number, EXISTS (SELECT 1 FROM case_file t WHERE t.id = r.ticket)"
    " FROM rating r LEFT JOIN case_file f ON f.id = r.case_id WHERE r.ticket_state = 1 ORDER BY r.id LIMIT 20",
    "SELECT r.id, r.text_ct, r.key_owner, r.case_id, r.code, r.subject, r.channel, r.service, r.department, r.town, r.grade, r.month,"
    " r.ticket, f.number, CASE WHEN EXISTS (SELECT 1 FROM case_file t WHERE t.id = r.ticket) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END"
    " FROM rating r LEFT JOIN case_file f ON f.id = r.case_id WHERE r.ticket_state = 1 ORDER BY r.id LIMIT 20",
    false};
static const struct stmt OPENED = {"rating_opened", "UPDATE rating SET ticket_state = 2 WHERE id = ?1", NULL, false};

static struct id id_of(const struct sql_value *v)
{
    struct id out = ID_NONE;
    if (v->type == SQL_NULL || !id_from_bytes(v->s, &out)) return ID_NONE;
    return out;
}

/* What the codes stand for, in the words of the city's officers. */
static void set_names(struct city *c, struct json_builder *b, struct slice service, struct slice department)
{
    const struct service *s;
    const struct department *d = citydata_department(catalogue_data(c->catalogue), department);
    if (service.n && !failed(catalogue_current(c->catalogue, b->a, service, &s)))
        json_set_str(b, "service_name", service_name(s).zh);
    if (d) json_set_str(b, "department_name", d->name.zh);
}

static result form(struct city *c, struct arena *a, const struct sql_value *v, struct slice handler,
                   const struct json **out)
{
    struct json_builder b = json_builder(a);
    struct slice text, phone;
    TRY(rating_text(c, a, v + 1, &text, &phone));
    struct id rating = id_of(v);
    json_set_str(&b, "rating", id_text(a, rating));
    json_set_cstr(&b, "grade", grade_name(v[10].i));
    json_set_str(&b, "channel", v[6].s);
    if (v[7].s.n) json_set_str(&b, "service", v[7].s);
    json_set_str(&b, "department", v[8].s);
    json_set_str(&b, "handler", handler);
    json_set_str(&b, "month", arena_printf(a, "%04lld-%02lld", (long long)(v[11].i / 100), (long long)(v[11].i % 100)));
    set_names(c, &b, v[7].s, v[8].s);
    if (v[13].s.n) json_set_str(&b, "case_number", v[13].s);
    if (text.n) json_set_str(&b, "text", text);
    if (phone.n) json_set_str(&b, "phone", phone);
    *out = json_object(&b);
    return ok();
}

static result file(struct city *c, struct arena *a, const struct sql_value *v, const struct service *s, instant now)
{
    struct rows officers;
    struct slice handler;
    struct case_done done = {.version = 0};
    struct rated of = {.department = v[8].s, .town = v[9].s};
    struct case_filing f = {.service = s, .town = of.town, .subject = id_of(v + 5), .channel = S("online")};
    struct case_command k = {
        .city = c, .a = a, .actor = &SYSTEM, .now = now, .route = S("rating"), .case_id = id_of(v + 12)};
    TRY(rated_officers(c, a, id_of(v + 3), id_of(v + 4), &officers));
    TRY(handler_of(c, a, &of, &officers, s, &handler));
    TRY(form(c, a, v, handler, &f.data));
    TRY(applicant(c, a, s, &f, now));
    f.not_by = account_list(a, &officers);
    return case_file(&k, &f, &done);
}

static result opened_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct sql_value *id = ctx;
    return tx_exec(tx, a, &OPENED, id, 1, NULL);
}

static result open_one(struct city *c, struct arena *a, const struct sql_value *v, const struct service *s, instant now)
{
    struct sql_value id = v[0];
    if (!v[14].i) {
        result r = file(c, a, v, s, now);
        /* another server opened it at this moment: it is marked below all the same */
        if (result_code(r) != CODE_STORE_CONSTRAINT) TRY(r);
    }
    return store_run(c->store, a, "rating_opened", opened_body, &id);
}

/* ---- what has outlived its period ---- */

static const struct stmt OLD = {"rating_old", "SELECT id FROM rating WHERE at < ?1 ORDER BY at LIMIT 100", NULL, false};
static const struct stmt GONE = {"rating_gone", "DELETE FROM rating WHERE id = ?1", NULL, false};
static const struct stmt CODES_GONE = {
    "rating_codes_gone",
    "DELETE FROM rating_code WHERE expires_at < ?1 AND NOT EXISTS (SELECT 1 FROM rating r WHERE r.code = rating_code.id)",
    NULL, false};
static const struct stmt CODE_OLD = {
    "rating_code_old", "SELECT 1 FROM rating_code WHERE expires_at < ?1 AND used_at = 0 LIMIT 1", NULL, false};

static result sweep_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct rows r;
    instant now = *(const instant *)ctx;
    TRY(tx_query(tx, a, &OLD, BINDS(sql_int(now - RATING_KEPT)), &r));
    for (size_t i = 0; i < r.n; i++) {
        TRY(tx_exec(tx, a, &VAULT_DESTROY_KEY, BINDS(row(&r, i)[0], sql_int(now)),
                    NULL)); /* there is one for visitors only */
        TRY(tx_exec(tx, a, &GONE, BINDS(row(&r, i)[0]), NULL));
    }
    return tx_exec(tx, a, &CODES_GONE, BINDS(sql_int(now)), NULL);
}

static result sweep(struct city *c, struct arena *a, instant now)
{
    struct rows old, codes;
    TRY(store_query(c->store, a, &OLD, BINDS(sql_int(now - RATING_KEPT)), &old));
    TRY(store_query(c->store, a, &CODE_OLD, BINDS(sql_int(now)), &codes));
    return old.n || codes.n ? store_run(c->store, a, "rating_sweep", sweep_body, &now) : ok();
}

result ratings_work(struct city *c, struct arena *a, instant now, size_t *done)
{
    struct rows r;
    const struct service *s;
    result all = ok();
    *done = 0;
    TRY(sweep(c, a, now));
    TRY(store_query(c->store, a, &MISSING, NULL, 0, &r));
    /* a city that has not published the service yet opens them when it does */
    if (!r.n || failed(catalogue_current(c->catalogue, a, RATING_TICKET, &s))) return ok();
    for (size_t i = 0; i < r.n; i++) {
        result one = open_one(c, a, row(&r, i), s, now);
        if (failed(one))
            all = result_join(a, all, one);
        else
            (*done)++;
    }
    return all;
}

/* ---- as others see it ---- */

static const struct stmt TICKET = {
    "rating_ticket",
    "SELECT number, state, outcome, due_at, (SELECT node FROM case_task t WHERE t.case_id = f.id AND t.status < 3 ORDER BY token LIMIT 1),"
    " (SELECT due_at FROM case_task t WHERE t.case_id = f.id AND t.status < 3 ORDER BY token LIMIT 1) FROM case_file f WHERE id = ?1",
    NULL, false};

result ticket_json(struct city *c, struct arena *a, struct id ticket, instant now, const struct json **out)
{
    struct rows r;
    struct json_builder b = json_builder(a);
    *out = json_null();
    TRY(store_query(c->store, a, &TICKET, BINDS(sql_id(&ticket)), &r));
    if (!r.n) return ok();
    const struct sql_value *v = row(&r, 0);
    json_set_str(&b, "id", id_text(a, ticket));
    json_set_str(&b, "number", v[0].s);
    json_set_bool(&b, "over", v[1].i >= 3); /* delivered, refused, withdrawn */
    json_set_str(&b, "outcome", v[2].s);
    json_set(&b, "task", v[4].type == SQL_NULL ? json_null() : json_of_string(a, v[4].s));
    json_set_instant(&b, "due_at", v[5].type == SQL_NULL ? v[3].i : v[5].i);
    json_set_bool(&b, "late", v[5].type != SQL_NULL && v[5].i > 0 && v[5].i < now);
    *out = json_object(&b);
    return ok();
}
