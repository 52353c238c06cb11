/* The designer's drafts of services: saved good or not, one at a time, submitted for release by a second person (publish.c). */
#include "city/catalogue/internal.h"
#include "city/catalogue/studio.h"
#include "city/decisions/decisions.h"
#include "city/drafts/drafts.h"
#include "city/identity/identity.h"
#include "city/versions.h"

#define DRAFT_COLUMNS "code, folder, hash, base, rev, saved_by, saved_at"
enum { D_CODE, D_FOLDER, D_HASH, D_BASE, D_REV, D_BY, D_AT };
static const struct stmt DRAFTS = {
    "service_drafts",
    "SELECT code, folder, hash, base, rev, saved_by, saved_at FROM service_draft ORDER BY code LIMIT 500", NULL, false};
static const struct stmt DRAFT_LOOK = {"service_draft_look",
                                       "SELECT " DRAFT_COLUMNS " FROM service_draft WHERE code = ?1", NULL, false};
static const struct stmt DRAFT_LOAD = {"service_draft_load",
                                       "SELECT " DRAFT_COLUMNS " FROM service_draft WHERE code = ?1", NULL, true};
static const struct stmt DRAFT_SET = {
    "service_draft_set",
    "INSERT INTO service_draft (code, folder, hash, base, rev, saved_by, saved_at) VALUES (?1,?2,?3,?4,?5,?6,?7)"
    " ON CONFLICT (code) DO UPDATE SET folder = excluded.folder, hash = excluded.hash, rev = excluded.rev,"
    " saved_by = excluded.saved_by, saved_at = excluded.saved_at",
    NULL, false};
static const struct stmt DRAFT_END = {"service_draft_end", "DELETE FROM service_draft WHERE code = ?1 AND hash = ?2",
                                      NULL, false};
static const struct stmt DRAFT_DROP = {"service_draft_drop", "DELETE FROM service_draft WHERE code = ?1 AND rev = ?2",
                                       NULL, false};
#define PUBLICATION_COLUMNS "id, code, hash, requested_by, requested_at, state, decided_by, decided_at, reason"
static const struct stmt WAITING = {
    "designer_waiting",
    "SELECT " PUBLICATION_COLUMNS " FROM publication WHERE state = 'waiting' ORDER BY id DESC LIMIT 500", NULL, false};
static const struct stmt PUBLICATIONS = {
    "designer_publications",
    "SELECT " PUBLICATION_COLUMNS " FROM publication WHERE code = ?1 ORDER BY id DESC LIMIT 50", NULL, false};
static const struct stmt WAITING_FOLDER = {
    "publication_folder", "SELECT folder FROM publication WHERE id = ?1 AND state = 'waiting'", NULL, false};
static const struct stmt VERSIONS = {
    "designer_versions",
    "SELECT hash, published_at FROM service_version WHERE code = ?1 ORDER BY published_at DESC, hash LIMIT 100", NULL,
    false};

static const struct right DESIGNER = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false};

static const struct json *person(struct city *c, struct arena *a, const struct sql_value *v)
{
    struct json_builder b = json_builder(a);
    if (v->type == SQL_NULL || !v->s.n) return json_null();
    json_set_id(&b, "id", v->s);
    json_set_str(&b, "name", identity_name_of(c, a, v->s, ACTOR_STAFF));
    return json_object(&b);
}

static const struct json *draft_json(struct city *c, struct arena *a, const struct sql_value *v)
{
    struct json_builder b = json_builder(a);
    json_set_int(&b, "rev", v[D_REV].i);
    json_set(&b, "saved_by", person(c, a, &v[D_BY]));
    json_set_instant(&b, "saved_at", v[D_AT].i);
    json_set_str(&b, "base", v[D_BASE].s);
    return json_object(&b);
}

static const struct json *publication_json(struct city *c, struct arena *a, const struct sql_value *v)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "id", v[0].s);
    json_set_str(&b, "hash", v[2].s);
    json_set(&b, "asked_by", person(c, a, &v[3]));
    json_set_instant(&b, "at", v[4].i);
    json_set_str(&b, "state", v[5].s);
    submission_json(c, &b, "approved", v[5].s, v[6].s, v[7].i, v[8].s);
    return json_object(&b);
}

static const struct json *files_json(struct arena *a, struct service_files f)
{
    struct json_builder b = json_builder(a);
    for (size_t i = 0; i < f.n; i++)
        if (slice_utf8(f.list[i].bytes)) json_set_str_slice(&b, f.list[i].path, f.list[i].bytes);
    return json_object(&b);
}

static result draft_files(struct arena *a, struct slice folder, struct service_files *out)
{
    struct service_call *calls;
    size_t n;
    return folder_read(a, folder, out, &calls, &n);
}

/* service.json of a folder that need not be good; NULL when it cannot be read. */
static const struct json *entry_of(struct arena *a, struct service_files f)
{
    const struct service_file *x = service_files_find(f, "service.json");
    const struct json *v = NULL;
    return !x || failed(json_parse(a, x->bytes, 1 << 20, x->path, &v)) ? NULL : v;
}

static const struct sql_value *row_of(const struct rows *r, size_t column, struct slice code)
{
    for (size_t i = 0; i < r->n; i++)
        if (slice_eq(row(r, i)[column].s, code)) return row(r, i);
    return NULL;
}

struct lists {
    struct rows drafts, waiting;
};

static const struct json *card(struct city *c, struct arena *a, struct slice code, const struct service *s,
                               const struct json *entry, const struct lists *l)
{
    struct json_builder b = json_builder(a);
    const struct sql_value *draft = row_of(&l->drafts, 0, code), *asked = row_of(&l->waiting, 1, code);
    struct slice department = s ? s->department : json_string(entry, "department");
    json_set_str(&b, "code", code);
    json_set(&b, "name", s ? bitext_json(a, s->name) : json_get(entry, "name") ? json_get(entry, "name") : json_null());
    json_set(&b, "department", citydata_department_json(a, catalogue_data(c->catalogue), department));
    json_set(&b, "hash", s ? json_of_string(a, s->hash) : json_null());
    json_set(&b, "draft", draft ? draft_json(c, a, draft) : json_null());
    json_set(&b, "waiting", asked ? publication_json(c, a, asked) : json_null());
    return json_object(&b);
}

result designer_list(struct city *c, struct arena *a, const struct json **out)
{
    const struct service *const *all, *have;
    size_t n;
    struct lists l;
    struct json_builder items = json_builder(a), b = json_builder(a);
    TRY(store_query(c->store, a, &DRAFTS, NULL, 0, &l.drafts));
    TRY(store_query(c->store, a, &WAITING, NULL, 0, &l.waiting));
    catalogue_all(c->catalogue, a, &all, &n);
    for (size_t i = 0; i < n; i++) json_add(&items, card(c, a, all[i]->code, all[i], NULL, &l));
    for (size_t i = 0; i < l.drafts.n; i++) { /* drawn, and not published yet */
        struct service_files files = {NULL, 0};
        struct slice code = row(&l.drafts, i)[D_CODE].s;
        if (!failed(catalogue_current(c->catalogue, a, code, &have))) continue;
        TRY(draft_files(a, row(&l.drafts, i)[D_FOLDER].s, &files));
        json_add(&items, card(c, a, code, NULL, entry_of(a, files), &l));
    }
    json_set(&b, "items", json_array(&items));
    json_set(&b, "next", json_null());
    *out = json_object(&b);
    return ok();
}

static result versions_json_of(struct city *c, struct arena *a, struct slice code, const struct service *s,
                               const struct json **out)
{
    struct rows r;
    struct json_builder list = json_builder(a);
    TRY(store_query(c->store, a, &VERSIONS, BINDS(sql_text(code)), &r));
    for (size_t i = 0; i < r.n; i++) {
        struct json_builder v = json_builder(a);
        json_set_str(&v, "hash", row(&r, i)[0].s);
        json_set_instant(&v, "published_at", row(&r, i)[1].i);
        json_set_bool(&v, "current", s && slice_eq(row(&r, i)[0].s, s->hash));
        json_add(&list, json_object(&v));
    }
    *out = json_array(&list);
    return ok();
}

result designer_show(struct city *c, struct arena *a, struct slice code, const struct json **out)
{
    const struct service *s = NULL;
    struct lists l = {.drafts = {0}};
    struct service_files files = {NULL, 0};
    struct json_builder b = json_builder(a), asked = json_builder(a);
    struct rows publications;
    const struct json *versions;
    if (failed(catalogue_current(c->catalogue, a, code, &s))) s = NULL;
    TRY(store_query(c->store, a, &DRAFT_LOOK, BINDS(sql_text(code)), &l.drafts));
    TRY(store_query(c->store, a, &WAITING, NULL, 0, &l.waiting));
    TRY(store_query(c->store, a, &PUBLICATIONS, BINDS(sql_text(code)), &publications));
    if (!s && !l.drafts.n) return fail(a, CODE_NOT_FOUND, S("service"), "value", code, NULL);
    if (l.drafts.n)
        TRY(draft_files(a, row(&l.drafts, 0)[D_FOLDER].s, &files));
    else
        files = s->files;
    for (size_t i = 0; i < publications.n; i++) json_add(&asked, publication_json(c, a, row(&publications, i)));
    TRY(versions_json_of(c, a, code, s, &versions));
    json_set(&b, "versions", versions);
    json_set(&b, "publications", json_array(&asked));
    json_set(&b, "files", files_json(a, files));
    json_set(&b, "published", s ? files_json(a, s->files) : json_null());
    *out = json_merge(a, card(c, a, code, s, entry_of(a, files), &l), json_object(&b));
    return ok();
}

/* ---- saving ---- */

struct saving {
    const struct actor *x;
    struct slice code, folder, hash, base;
    int64_t rev;
    instant now;
};

static const struct json *details(struct arena *a, const struct saving *s, int64_t rev)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "code", s->code);
    json_set_int(&b, "rev", rev);
    return json_object(&b);
}

static result save_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct saving *s = ctx;
    struct rows r;
    TRY(tx_query(tx, a, &DRAFT_LOAD, BINDS(sql_text(s->code)), &r));
    if ((r.n ? row(&r, 0)[D_REV].i : 0) != s->rev)
        return fail(a, CODE_STORE_VERSION, S("/rev"), "name", S("draft"), NULL);
    TRY(tx_exec(tx, a, &DRAFT_SET,
                BINDS(sql_text(s->code), sql_text(s->folder), sql_text(s->hash), sql_text(s->base), sql_int(s->rev + 1),
                      sql_id(&s->x->account), sql_int(s->now)),
                NULL));
    return audit_add(tx, a, s->x, s->now, "service.saved", details(a, s, s->rev + 1));
}

result service_files_check(struct arena *a, struct service_files files)
{
    return files_check(a, files_sorted(a, files), FOLDER_SERVICE);
}

static bool code_good(struct slice code)
{
    for (size_t i = 0; i < code.n; i++)
        if (!(code.p[i] == '_' || (code.p[i] >= 'a' && code.p[i] <= 'z') ||
              (i && code.p[i] >= '0' && code.p[i] <= '9')))
            return false;
    return code.n > 1 && code.n <= 64;
}

result designer_save(struct city *c, struct arena *a, const struct actor *x, struct slice code,
                     struct service_files files, int64_t rev, instant now, const struct json **out)
{
    struct service_files sorted = files_sorted(a, files);
    const struct service *have;
    struct json_builder b = json_builder(a);
    TRY(city_authorise(a, x, DESIGNER, S("designer")));
    TRY(files_check(a, sorted, FOLDER_SERVICE));
    if (!code_good(code))
        return service_fault(a, S("code"), "代码应为小写字母、数字和下划线，以字母开头",
                             "a code is small letters, digits and underscores, beginning with a letter");
    struct saving s = {.x = x,
                       .code = code,
                       .folder = folder_write(a, sorted, NULL, 0),
                       .hash = files_hash(a, sorted, NULL, 0),
                       .rev = rev,
                       .now = now};
    if (!failed(catalogue_current(c->catalogue, a, code, &have))) s.base = have->hash;
    TRY(store_run(c->store, a, "service_draft_save", save_body, &s));
    result found = service_check(c->catalogue, a, sorted);
    json_set_int(&b, "rev", rev + 1);
    json_set_instant(&b, "saved_at", now);
    json_set_bool(&b, "good", !failed(found));
    json_set(&b, "problems", problems_json(a, found));
    *out = json_object(&b);
    return ok();
}

static result discard_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct saving *s = ctx;
    struct rows r;
    TRY(tx_query(tx, a, &DRAFT_LOAD, BINDS(sql_text(s->code)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("draft"), "value", s->code, NULL);
    if (row(&r, 0)[D_REV].i != s->rev) return fail(a, CODE_STORE_VERSION, S("/rev"), "name", S("draft"), NULL);
    TRY(tx_exec(tx, a, &DRAFT_DROP, BINDS(sql_text(s->code), sql_int(s->rev)), NULL));
    return audit_add(tx, a, s->x, s->now, "service.discarded", details(a, s, s->rev));
}

result designer_discard(struct city *c, struct arena *a, const struct actor *x, struct slice code, int64_t rev,
                        instant now)
{
    struct saving s = {.x = x, .code = code, .rev = rev, .now = now};
    TRY(city_authorise(a, x, DESIGNER, S("designer")));
    return store_run(c->store, a, "service_draft_discard", discard_body, &s);
}

result service_draft_end(struct tx *tx, struct arena *a, const struct service *s)
{
    return tx_exec(tx, a, &DRAFT_END, BINDS(sql_text(s->code), sql_text(files_hash(a, s->files, NULL, 0))), NULL);
}

result designer_submit(struct city *c, struct arena *a, const struct actor *x, struct slice code, int64_t rev,
                       instant now, struct id *id, struct slice *hash)
{
    struct rows r;
    struct service_files files;
    TRY(city_authorise(a, x, DESIGNER, S("designer")));
    TRY(store_query(c->store, a, &DRAFT_LOOK, BINDS(sql_text(code)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("draft"), "value", code, NULL);
    if (row(&r, 0)[D_REV].i != rev) return fail(a, CODE_STORE_VERSION, S("/rev"), "name", S("draft"), NULL);
    TRY(draft_files(a, row(&r, 0)[D_FOLDER].s, &files));
    const struct json *entry = entry_of(a, files);
    if (entry && !slice_eq(json_string(entry, "code"), code))
        return service_fault(a, S("service.json#/code"), "与草稿的事项代码不同", "is not the code of this draft");
    return publication_ask(c, a, x, files, now, id, hash);
}

result publication_files(struct city *c, struct arena *a, struct id id, const struct json **out)
{
    struct rows r;
    struct service_files files;
    struct json_builder b = json_builder(a);
    TRY(store_query(c->store, a, &WAITING_FOLDER, BINDS(sql_id(&id)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("publication"), "value", id_text(a, id), NULL);
    TRY(draft_files(a, row(&r, 0)[0].s, &files));
    json_set(&b, "files", files_json(a, files));
    json_set(&b, "notes", service_notes(c->catalogue, a, files));
    *out = json_object(&b);
    return ok();
}
