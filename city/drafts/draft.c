/* Drafts: kept from the first keystroke, even when wrong. */
#include "city/drafts/confirm.h"
#include "city/drafts/internal.h"
#include "engine/form/form.h"

const struct migration DRAFTS_MIGRATIONS[] = {
    {"city.drafts", 1, "drafts and attachments",
     "-- retention: until filed or deleted, at most 180 days after the last change\n"
     "CREATE TABLE draft (id {BLOB} PRIMARY KEY, account {BLOB} NOT NULL, subject {BLOB} NOT NULL, service {TEXT} NOT NULL,"
     " data_ct {BLOB} NOT NULL, version {INT} NOT NULL, created_at {INT} NOT NULL, updated_at {INT} NOT NULL);\n"
     "CREATE INDEX draft_account ON draft (account, subject, id);\n"
     "CREATE INDEX draft_subject ON draft (subject);\n"
     "-- retention: as the case it became part of; else until its owner deletes it or is erased\n"
     "CREATE TABLE attachment (id {BLOB} PRIMARY KEY, account {BLOB} NOT NULL, subject {BLOB}, material {TEXT} NOT NULL,"
     " meta_ct {BLOB} NOT NULL, content_ct {BLOB} NOT NULL, created_at {INT} NOT NULL);\n"
     "CREATE INDEX attachment_account ON attachment (account, id);\n"
     "CREATE INDEX attachment_subject ON attachment (subject, id);\n"
     "-- retention: as the case\n"
     "CREATE TABLE attachment_case (attachment {BLOB} NOT NULL, case_id {BLOB} NOT NULL, PRIMARY KEY (attachment, case_id));\n",
     NULL},
    {"city.drafts", 2, "size of attachments, for the limit of an account",
     "ALTER TABLE attachment ADD COLUMN bytes {INT} NOT NULL DEFAULT 0;\n"
     "CREATE INDEX draft_updated ON draft (updated_at);\n",
     NULL},
    {"city.drafts", 3, "confirmations by the persons named",
     "-- retention: until the application is filed, at most 30 days\n"
     "CREATE TABLE confirmation (id {BLOB} PRIMARY KEY, subject {BLOB} NOT NULL, account {BLOB} NOT NULL, service {TEXT} NOT NULL,"
     " content {BLOB} NOT NULL, data_ct {BLOB} NOT NULL, asked_at {INT} NOT NULL);\n"
     "CREATE UNIQUE INDEX confirmation_content ON confirmation (subject, service, content);\n"
     "CREATE INDEX confirmation_asked ON confirmation (asked_at);\n"
     "-- retention: as the confirmation\n"
     "CREATE TABLE confirmation_person (id {BLOB} PRIMARY KEY, confirmation {BLOB} NOT NULL, person {BLOB} NOT NULL,"
     " state {INT} NOT NULL, named_ct {BLOB} NOT NULL, answered_at {INT} NOT NULL);\n"
     "CREATE INDEX confirmation_person_set ON confirmation_person (confirmation);\n"
     "CREATE INDEX confirmation_person_person ON confirmation_person (person, id);\n",
     NULL},
};
const size_t DRAFTS_NMIGRATIONS = sizeof DRAFTS_MIGRATIONS / sizeof *DRAFTS_MIGRATIONS;

static const struct stmt DRAFT_INSERT = {
    "draft_insert",
    "INSERT INTO draft (id, account, subject, service, data_ct, version, created_at, updated_at) VALUES (?1,?2,?3,?4,?5,1,?6,?6)",
    NULL, false};
#define DRAFT_COLUMNS "id, subject, service, data_ct, version, updated_at"
static const struct stmt DRAFT_LOAD = {
    "draft_load", "SELECT " DRAFT_COLUMNS " FROM draft WHERE id = ?1 AND account = ?2 AND subject = ?3", NULL, false};
static const struct stmt DRAFT_UPDATE = {
    "draft_update",
    "UPDATE draft SET data_ct = ?4, version = version + 1, updated_at = ?5 WHERE id = ?1 AND account = ?2 AND version = ?3",
    NULL, false};
static const struct stmt DRAFT_DELETE = {
    "draft_delete", "DELETE FROM draft WHERE id = ?1 AND account = ?2 AND subject = ?3", NULL, false};
static const struct stmt DRAFT_LIST = {
    "draft_list",
    "SELECT " DRAFT_COLUMNS " FROM draft WHERE account = ?3 AND subject = ?4 AND id < ?1 ORDER BY id DESC LIMIT ?2",
    NULL, false};
static const struct stmt DRAFT_COUNT = {"draft_count", "SELECT COUNT(*) FROM draft WHERE account = ?1", NULL, false};
static const struct stmt DRAFT_OF_SUBJECT = {
    "draft_of_subject", "SELECT " DRAFT_COLUMNS " FROM draft WHERE subject = ?1 ORDER BY id DESC", NULL, false};
static const struct stmt DRAFT_ERASE = {"draft_erase", "DELETE FROM draft WHERE subject = ?1", NULL, false};
static const struct stmt DRAFT_SWEEP = {"draft_sweep", "DELETE FROM draft WHERE updated_at < ?1", NULL, false};

static const struct right SELF = {.kind = RIGHT_SELF};

struct draft {
    struct city *c;
    const struct actor *x;
    struct id id;
    struct slice service;
    const struct json *data, *page;
    int64_t version;
    instant now;
};

static struct slice draft_seal(struct arena *a, const struct data_key *k, const struct draft *d)
{
    struct json_builder b = json_builder(a), none = json_builder(a);
    json_set(&b, "data", d->data ? d->data : json_object(&none));
    json_set(&b, "page", d->page ? d->page : json_null());
    return vault_seal(a, k, "draft.data", json_write(a, json_object(&b)));
}

static const struct json *draft_json(struct arena *a, const struct draft *d)
{
    struct json_builder b = json_builder(a), none = json_builder(a);
    json_set_id(&b, "id", id_bytes(&d->id));
    json_set_str(&b, "service", d->service);
    json_set(&b, "data", d->data ? d->data : json_object(&none));
    json_set(&b, "page", d->page ? d->page : json_null());
    json_set_instant(&b, "updated_at", d->now);
    json_set_int(&b, "version", d->version);
    return json_object(&b);
}

static struct slice version_text(struct arena *a, int64_t v)
{
    return arena_printf(a, "%lld", (long long)v);
}

static result not_found(struct arena *a, struct id id)
{
    return fail(a, CODE_NOT_FOUND, S("draft"), "value", id_text(a, id), NULL);
}

static result insert_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct draft *d = ctx;
    struct rows r;
    struct data_key k;
    TRY(tx_query(tx, a, &DRAFT_COUNT, BINDS(sql_id(&d->x->account)), &r));
    if (row(&r, 0)[0].i >= DRAFTS_PER_ACCOUNT) return fail(a, CODE_DRAFT_LIMIT, S("drafts"), "limit", S("100"), NULL);
    TRY(vault_load(d->c, a, tx, d->x->subject, &k));
    return tx_exec(tx, a, &DRAFT_INSERT,
                   BINDS(sql_id(&d->id), sql_id(&d->x->account), sql_id(&d->x->subject), sql_text(d->service),
                         sql_blob(draft_seal(a, &k, d)), sql_int(d->now)),
                   NULL);
}

static result data_check(struct arena *a, const struct json *data, const struct json *page)
{
    if (!data || data->type != JSON_OBJECT) return fail(a, CODE_FIELD_TYPE, S("/data"), "expected", S("object"), NULL);
    size_t n = json_write(a, data).n + (page ? json_write(a, page).n : 0);
    return n > DRAFT_MAX ? fail(a, CODE_TOO_LARGE, S("/data"), "limit", S("1048576"), NULL) : ok();
}

result draft_new(struct city *c, struct arena *a, const struct actor *x, struct slice service, const struct json *data,
                 instant now, const struct json **out, struct slice *etag)
{
    const struct service *s;
    TRY(city_authorise(a, x, SELF, S("self")));
    if (data) TRY(data_check(a, data, NULL));
    TRY(catalogue_current(c->catalogue, a, service, &s));
    TRY(delegation_covers(c, a, x, service, now));
    struct draft d = {.c = c, .x = x, .id = id_new(now), .service = service, .data = data, .version = 1, .now = now};
    TRY(store_run(c->store, a, "draft_new", insert_body, &d));
    *out = draft_json(a, &d);
    *etag = version_text(a, 1);
    return ok();
}

static result draft_open(struct arena *a, const struct data_key *k, const struct sql_value *v, struct draft *d)
{
    struct slice text;
    const struct json *sealed;
    (void)id_from_bytes(v[0].s, &d->id);
    d->service = v[2].s;
    d->version = v[4].i;
    d->now = v[5].i;
    TRY(vault_open(a, k, "draft.data", v[3].s, &text));
    TRY(json_parse(a, text, 2 * DRAFT_MAX, S("draft"), &sealed));
    d->data = json_get(sealed, "data");
    d->page = json_get(sealed, "page");
    return ok();
}

result draft_get(struct city *c, struct arena *a, const struct actor *x, struct id id, const struct json **out,
                 struct slice *etag)
{
    struct rows r;
    struct data_key k;
    struct draft d = {0};
    TRY(city_authorise(a, x, SELF, S("self")));
    TRY(store_query(c->store, a, &DRAFT_LOAD, BINDS(sql_id(&id), sql_id(&x->account), sql_id(&x->subject)), &r));
    if (!r.n) return not_found(a, id);
    TRY(delegation_covers(c, a, x, row(&r, 0)[2].s, time_now(c->time)));
    TRY(vault_load(c, a, NULL, x->subject, &k));
    TRY(draft_open(a, &k, row(&r, 0), &d));
    *out = draft_json(a, &d);
    *etag = version_text(a, d.version);
    return ok();
}

static result update_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct draft *d = ctx;
    struct rows r;
    struct data_key k;
    int64_t changed;
    TRY(tx_query(tx, a, &DRAFT_LOAD, BINDS(sql_id(&d->id), sql_id(&d->x->account), sql_id(&d->x->subject)), &r));
    if (!r.n) return not_found(a, d->id);
    if (row(&r, 0)[4].i != d->version)
        return fail(a, CODE_PRECONDITION_FAILED, S("If-Match"), "value", version_text(a, row(&r, 0)[4].i), NULL);
    TRY(vault_load(d->c, a, tx, d->x->subject, &k));
    TRY(tx_exec(tx, a, &DRAFT_UPDATE,
                BINDS(sql_id(&d->id), sql_id(&d->x->account), sql_int(d->version), sql_blob(draft_seal(a, &k, d)),
                      sql_int(d->now)),
                &changed));
    if (!changed)
        return fail(a, CODE_PRECONDITION_FAILED, S("If-Match"), "value", version_text(a, d->version + 1), NULL);
    return ok();
}

const struct json *problems_json(struct arena *a, result r)
{
    struct json_builder list = json_builder(a);
    for (const struct problem *p = r.problem; p; p = p->next) {
        struct bitext text = {problem_text(a, p, LANG_ZH), problem_text(a, p, LANG_EN)};
        struct bitext remedy = {problem_remedy(a, p, LANG_ZH), problem_remedy(a, p, LANG_EN)};
        struct json_builder b = json_builder(a);
        json_set_cstr(&b, "code", code_name(p->code));
        json_set_str(&b, "field", p->field);
        json_set(&b, "text", bitext_json(a, text));
        json_set(&b, "remedy", bitext_json(a, remedy));
        const struct json *path = json_problem_path(a, p);
        if (path) json_set(&b, "path", path);
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static const struct json *draft_problems(struct city *c, struct arena *a, struct slice service, const struct json *data)
{
    const struct service *s;
    result r = catalogue_current(c->catalogue, a, service, &s);
    if (!failed(r)) r = schema_validate_draft(a, service_form(s), data);
    return problems_json(a, r);
}

static const struct stmt DRAFT_SERVICE = {
    "draft_service", "SELECT service FROM draft WHERE id = ?1 AND account = ?2 AND subject = ?3", NULL, false};

result draft_put(struct city *c, struct arena *a, const struct actor *x, struct id id, const struct json *data,
                 const struct json *page, struct slice if_match, instant now, const struct json **out,
                 struct slice *etag)
{
    struct draft d = {.c = c, .x = x, .id = id, .data = data, .page = page, .now = now};
    struct rows r;
    TRY(city_authorise(a, x, SELF, S("self")));
    if (!if_match.n) return fail(a, CODE_PRECONDITION_REQUIRED, S("If-Match"), NULL);
    if (!slice_int64(if_match, &d.version)) d.version = -1; /* no version of ours: it cannot match */
    TRY(data_check(a, data, page));
    TRY(store_query(c->store, a, &DRAFT_SERVICE, BINDS(sql_id(&id), sql_id(&x->account), sql_id(&x->subject)), &r));
    if (!r.n) return not_found(a, id);
    struct slice service = row(&r, 0)[0].s;
    TRY(delegation_covers(c, a, x, service, now));
    TRY(store_run(c->store, a, "draft_put", update_body, &d));
    struct json_builder b = json_builder(a);
    json_set_instant(&b, "updated_at", now);
    json_set_int(&b, "version", d.version + 1);
    json_set(&b, "problems", draft_problems(c, a, service, data));
    *out = json_object(&b);
    *etag = version_text(a, d.version + 1);
    return ok();
}

static result delete_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct draft *d = ctx;
    int64_t changed;
    TRY(tx_exec(tx, a, &DRAFT_DELETE, BINDS(sql_id(&d->id), sql_id(&d->x->account), sql_id(&d->x->subject)), &changed));
    return changed ? ok() : not_found(a, d->id);
}

result draft_delete(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now)
{
    struct draft d = {.c = c, .x = x, .id = id, .now = now};
    TRY(city_authorise(a, x, SELF, S("self")));
    return store_run(c->store, a, "draft_delete", delete_body, &d);
}

static result draft_items(struct city *c, struct arena *a, struct id subject, const struct rows *r, int64_t limit,
                          struct json_builder *items)
{
    struct data_key k;
    if (r->n) TRY(vault_load(c, a, NULL, subject, &k));
    for (size_t i = 0; i < r->n && (int64_t)i < limit; i++) {
        struct draft d = {0};
        TRY(draft_open(a, &k, row(r, i), &d));
        json_add(items, draft_json(a, &d));
    }
    return ok();
}

result draft_list(struct city *c, struct arena *a, const struct actor *x, int64_t limit, struct slice cursor,
                  const struct json **out)
{
    struct id before;
    struct rows r;
    struct json_builder items = json_builder(a);
    TRY(city_authorise(a, x, SELF, S("self")));
    TRY(page_cursor(a, cursor, &before));
    TRY(store_query(c->store, a, &DRAFT_LIST,
                    BINDS(sql_id(&before), sql_int(limit + 1), sql_id(&x->account), sql_id(&x->subject)), &r));
    TRY(draft_items(c, a, x->subject, &r, limit, &items));
    *out = page_json(a, &items, &r, limit);
    return ok();
}

result draft_export(struct city *c, struct arena *a, struct id subject, const struct json **out)
{
    struct rows r;
    struct json_builder items = json_builder(a);
    TRY(store_query(c->store, a, &DRAFT_OF_SUBJECT, BINDS(sql_id(&subject)), &r));
    TRY(draft_items(c, a, subject, &r, INT64_MAX, &items));
    *out = json_array(&items);
    return ok();
}

result drafts_erase(struct tx *tx, struct arena *a, struct id subject, instant now)
{
    TRY(tx_exec(tx, a, &DRAFT_ERASE, BINDS(sql_id(&subject)), NULL));
    TRY(confirm_erase(tx, a, subject));
    return attachments_erase(tx, a, subject, now);
}

static result sweep_body(struct tx *tx, struct arena *a, void *ctx)
{
    instant now = *(instant *)ctx;
    TRY(tx_exec(tx, a, &DRAFT_SWEEP, BINDS(sql_int(now - DRAFT_KEPT)), NULL));
    return confirm_sweep(tx, a, now);
}

result drafts_sweep(struct city *c, struct arena *a, instant now)
{
    return store_run(c->store, a, "drafts_sweep", sweep_body, &now);
}
