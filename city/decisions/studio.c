/* What the studio shows and tries: the list, one decision with its versions and draft, a folder checked, a trial run. */
#include "city/decisions/internal.h"
#include "city/drafts/drafts.h"
#include "city/identity/identity.h"
#include "city/versions.h"

static const struct stmt DRAFTS = {
    "decision_drafts", "SELECT decision, rev, saved_by, saved_at, '' FROM decision_draft ORDER BY decision LIMIT 500",
    NULL, false};
static const struct stmt DRAFT = {
    "decision_draft_look", "SELECT decision, rev, saved_by, saved_at, folder FROM decision_draft WHERE decision = ?1",
    NULL, false};
#define PUBLICATION_COLUMNS \
    "id, decision, hash, requested_by, requested_at, state, decided_by, decided_at, report, reason"
static const struct stmt WAITING = {"decision_waiting",
                                    "SELECT " PUBLICATION_COLUMNS
                                    " FROM decision_publication WHERE state = 'waiting' ORDER BY id DESC LIMIT 500",
                                    NULL, false};
static const struct stmt PUBLICATIONS = {"decision_publications",
                                         "SELECT " PUBLICATION_COLUMNS
                                         " FROM decision_publication WHERE decision = ?1 ORDER BY id DESC LIMIT 50",
                                         NULL, false};
static const struct stmt WAITING_FOLDER = {
    "decision_waiting_folder",
    "SELECT folder FROM decision_publication WHERE decision = ?1 AND hash = ?2 ORDER BY id DESC LIMIT 1", NULL, false};

const struct json *decision_files_json(struct arena *a, struct service_files f)
{
    struct json_builder b = json_builder(a);
    for (size_t i = 0; i < f.n; i++)
        if (slice_utf8(f.list[i].bytes)) json_set_str_slice(&b, f.list[i].path, f.list[i].bytes);
    return json_object(&b);
}

static const struct json *person(struct city *c, struct arena *a, struct slice account)
{
    struct json_builder b = json_builder(a);
    if (!account.n) return json_null();
    json_set_id(&b, "id", account);
    json_set_str(&b, "name", identity_name_of(c, a, account, ACTOR_STAFF));
    return json_object(&b);
}

static void set_day(struct json_builder *b, const char *key, day d)
{
    json_set(b, key, d == DAY_OPEN ? json_null() : json_of_string(b->a, day_text(b->a, d)));
}

static const struct json *version_json(struct city *c, struct arena *a, const struct decision_version *v)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "hash", v->hash);
    set_day(&b, "valid_from", v->valid_from);
    set_day(&b, "valid_to", v->valid_to);
    json_set_instant(&b, "published_at", v->published_at);
    json_set(&b, "published_by", person(c, a, v->published_by));
    json_set_bool(&b, "in_force", decision_on(c->catalogue->decisions, v->key, day_of_instant(time_now(c->time))) == v);
    return json_object(&b);
}

static const struct json *draft_json(struct city *c, struct arena *a, const struct sql_value *v)
{
    struct json_builder b = json_builder(a);
    json_set_int(&b, "rev", v[1].i);
    json_set(&b, "saved_by", person(c, a, v[2].s));
    json_set_instant(&b, "saved_at", v[3].i);
    return json_object(&b);
}

static const struct json *publication_json(struct city *c, struct arena *a, const struct sql_value *v)
{
    struct json_builder b = json_builder(a);
    const struct json *report;
    json_set_id(&b, "id", v[0].s);
    json_set_str(&b, "hash", v[2].s);
    json_set(&b, "asked_by", person(c, a, v[3].s));
    json_set_instant(&b, "at", v[4].i);
    json_set_str(&b, "state", v[5].s);
    submission_json(c, &b, "released", v[5].s, v[6].s, v[7].i, v[9].s);
    json_set(&b, "report", failed(json_parse(a, v[8].s, 1 << 20, S("report"), &report)) ? json_null() : report);
    return json_object(&b);
}

static const struct sql_value *row_of(const struct rows *r, size_t column, struct slice key)
{
    for (size_t i = 0; i < r->n; i++)
        if (slice_eq(row(r, i)[column].s, key)) return row(r, i);
    return NULL;
}

/* What is said of a decision whatever its version: {key, name, decides, department, source, valid_from, valid_to}. */
static void set_entry(struct city *c, struct json_builder *b, const struct json *entry)
{
    static const char *const KEEP[] = {"key", "name", "decides", "source", "valid_from", "valid_to", "systems", "area"};
    for (size_t i = 0; i < sizeof KEEP / sizeof *KEEP; i++)
        json_set(b, KEEP[i], json_get(entry, KEEP[i]) ? json_get(entry, KEEP[i]) : json_null());
    json_set(b, "department",
             citydata_department_json(b->a, catalogue_data(c->catalogue), json_string(entry, "department")));
}

static const struct json *card(struct city *c, struct arena *a, struct slice key, const struct json *entry,
                               const struct rows *drafts, const struct rows *waiting)
{
    struct json_builder b = json_builder(a);
    const struct sql_value *draft = row_of(drafts, 0, key), *asked = row_of(waiting, 1, key);
    const struct decision_version *v = decision_on(c->catalogue->decisions, key, day_of_instant(time_now(c->time)));
    const struct decision_version *last = decision_latest(c->catalogue->decisions, key);
    set_entry(c, &b, entry);
    json_set_str(&b, "key", key);
    json_set(&b, "in_force", v ? version_json(c, a, v) : json_null());
    json_set(&b, "draft", draft ? draft_json(c, a, draft) : json_null());
    json_set(&b, "waiting", asked ? publication_json(c, a, asked) : json_null());
    json_set_cstr(&b, "state", asked ? "waiting" : draft ? "draft" : v ? "in_force" : last ? "not_in_force" : "draft");
    return json_object(&b);
}

result decisions_list(struct city *c, struct arena *a, const struct json **out)
{
    const struct decision_version *const *all;
    size_t n = decisions_all(c->catalogue->decisions, a, &all);
    struct json_builder items = json_builder(a), b = json_builder(a);
    struct rows drafts, waiting;
    TRY(store_query(c->store, a, &DRAFTS, NULL, 0, &drafts));
    TRY(store_query(c->store, a, &WAITING, NULL, 0, &waiting));
    for (size_t i = 0; i < n; i++)
        if (decision_latest(c->catalogue->decisions, all[i]->key) == all[i])
            json_add(&items, card(c, a, all[i]->key, all[i]->json, &drafts, &waiting));
    for (size_t i = 0; i < drafts.n; i++) { /* drawn, and not published yet */
        struct rows one;
        struct service_files files;
        const struct json *entry = NULL;
        struct slice key = row(&drafts, i)[0].s;
        if (decision_latest(c->catalogue->decisions, key)) continue;
        TRY(store_query(c->store, a, &DRAFT, BINDS(sql_text(key)), &one));
        if (one.n && !failed(decision_folder_read(a, row(&one, 0)[4].s, &files))) {
            const struct service_file *f = service_files_find(files, "decision.json");
            if (f && failed(json_parse(a, f->bytes, 1 << 20, f->path, &entry))) entry = NULL;
        }
        json_add(&items, card(c, a, key, entry, &drafts, &waiting));
    }
    json_set(&b, "items", json_array(&items));
    json_set(&b, "next", json_null());
    *out = json_object(&b);
    return ok();
}

/* Which published services name it in a business rule task. */
static const struct json *used_by(struct city *c, struct arena *a, struct slice key)
{
    const struct service *const *all;
    size_t n;
    struct json_builder list = json_builder(a);
    struct slice mark = arena_printf(a, "decision=\"%.*s\"", SLICE_ARG(key));
    catalogue_all(c->catalogue, a, &all, &n);
    for (size_t i = 0; i < n; i++) {
        const struct service_file *f = service_files_find(all[i]->files, "process.bpmn");
        if (!f || slice_search(f->bytes, mark) == SIZE_MAX) continue;
        struct json_builder b = json_builder(a);
        json_set_str(&b, "code", all[i]->code);
        json_set(&b, "name", bitext_json(a, all[i]->name));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

result decision_show(struct city *c, struct arena *a, struct slice key, const struct json **out)
{
    const struct decision_version *const *all, *last = decision_latest(c->catalogue->decisions, key);
    size_t n = decisions_all(c->catalogue->decisions, a, &all);
    struct rows draft, publications;
    struct json_builder b = json_builder(a), versions = json_builder(a), asked = json_builder(a);
    struct service_files files = {NULL, 0};
    TRY(store_query(c->store, a, &DRAFT, BINDS(sql_text(key)), &draft));
    TRY(store_query(c->store, a, &PUBLICATIONS, BINDS(sql_text(key)), &publications));
    if (!last && !draft.n) return fail(a, CODE_NOT_FOUND, S("decision"), "value", key, NULL);
    for (size_t i = n; i-- > 0;)
        if (slice_eq(all[i]->key, key)) json_add(&versions, version_json(c, a, all[i]));
    for (size_t i = 0; i < publications.n; i++) json_add(&asked, publication_json(c, a, row(&publications, i)));
    if (draft.n)
        TRY(decision_folder_read(a, row(&draft, 0)[4].s, &files));
    else
        files = last->files;
    if (last) set_entry(c, &b, last->json);
    json_set_str(&b, "key", key);
    json_set(&b, "versions", json_array(&versions));
    json_set(&b, "publications", json_array(&asked));
    json_set(&b, "draft", draft.n ? draft_json(c, a, row(&draft, 0)) : json_null());
    json_set(&b, "files", decision_files_json(a, files)); /* of the draft, else of the version published last */
    json_set(&b, "model", decision_model(a, files));
    json_set(&b, "used_by", used_by(c, a, key));
    const struct json *comparison;
    TRY(comparison_of(c, a, key, files_hash(a, files_sorted(a, files), NULL, 0), &comparison));
    json_set(&b, "comparison", comparison);
    *out = json_object(&b);
    return ok();
}

/* The files of a version, or of what waits or waited under that hash. */
static result files_of(struct city *c, struct arena *a, struct slice key, struct slice hash, struct service_files *out)
{
    const struct decision_version *v = decision_by_hash(c->catalogue->decisions, hash);
    struct rows r;
    if (v && slice_eq(v->key, key)) {
        *out = v->files;
        return ok();
    }
    if (slice_is(hash, "draft"))
        TRY(store_query(c->store, a, &DRAFT, BINDS(sql_text(key)), &r));
    else
        TRY(store_query(c->store, a, &WAITING_FOLDER, BINDS(sql_text(key), sql_text(hash)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("decision"), "value", hash, NULL);
    return decision_folder_read(a, row(&r, 0)[slice_is(hash, "draft") ? 4 : 0].s, out);
}

result decision_files(struct city *c, struct arena *a, struct slice key, struct slice hash, const struct json **out)
{
    struct service_files f;
    struct json_builder b = json_builder(a);
    TRY(files_of(c, a, key, hash, &f));
    json_set(&b, "files", decision_files_json(a, f));
    json_set(&b, "model", decision_model(a, f));
    *out = json_object(&b);
    return ok();
}

result decision_compare_json(struct city *c, struct arena *a, struct slice key, struct slice from, struct slice to,
                             const struct json **out)
{
    struct service_files f, t;
    struct json_builder b = json_builder(a);
    TRY(files_of(c, a, key, from, &f));
    TRY(files_of(c, a, key, to, &t));
    json_set(&b, "changes", decision_difference(a, f, t));
    *out = json_object(&b);
    return ok();
}

result decision_check_json(struct city *c, struct arena *a, struct service_files files, const struct json **out)
{
    struct decision_version *v;
    struct json_builder b = json_builder(a), none = json_builder(a);
    result found = decision_compile(c->catalogue, a, files, true, &v);
    json_set_bool(&b, "good", !failed(found));
    json_set(&b, "problems", problems_json(a, found));
    json_set(&b, "examples", v ? decision_examples(a, v) : json_array(&none));
    json_set(&b, "model", decision_model(a, files_sorted(a, files)));
    json_set_str(&b, "hash", files_hash(a, files_sorted(a, files), NULL, 0));
    *out = json_object(&b);
    return ok();
}

/* Compiled as far as running needs; faults of the static analysis do not keep anybody from trying. */
static result compiled(struct city *c, struct arena *a, struct service_files files, struct decision_version **out)
{
    TRY(decision_compile(c->catalogue, a, files, false, out));
    return ok();
}

static result tried(struct arena *a, const struct decision_version *v, const struct json *values, instant now,
                    const struct json **out)
{
    const struct json *result_, *hits;
    struct json_builder b = json_builder(a);
    TRY(decision_run(a, v, values, now, &result_, &hits));
    json_set(&b, "values", values);
    json_set(&b, "result", result_);
    json_set(&b, "hits", hits);
    json_set(&b, "because", decision_because(a, v->model, decision_labels(v), v->dmn, hits, values, now));
    *out = json_object(&b);
    return ok();
}

result decision_try(struct city *c, struct arena *a, struct service_files files, const struct json *values, instant now,
                    const struct json **out)
{
    struct decision_version *v;
    TRY(compiled(c, a, files, &v));
    return tried(a, v, values, now, out);
}

static const struct stmt CASE_OF_NUMBER = {
    "decision_case_of_number",
    "SELECT f.id FROM case_file f JOIN case_decision d ON d.case_id = f.id AND d.decision = ?2 WHERE f.number = ?1",
    NULL, false};

result decision_try_past(struct city *c, struct arena *a, const struct actor *x, struct slice key,
                         struct service_files files, struct slice number, struct slice purpose, instant now,
                         const struct json **out)
{
    struct decision_version *v;
    struct rows r;
    struct id case_id;
    struct past p;
    const struct json *now_;
    TRY(compiled(c, a, files, &v));
    TRY(store_query(c->store, a, &CASE_OF_NUMBER, BINDS(sql_text(number), sql_text(key)), &r));
    if (!r.n || !id_from_bytes(row(&r, 0)[0].s, &case_id))
        return fail(a, CODE_NOT_FOUND, S("/case"), "value", number, NULL);
    TRY(past_read(c, a, case_id, key, &p));
    TRY(read_record(c, a, x, now, p.subject, case_id, "decision", purpose));
    TRY(tried(a, v, p.values, p.at, &now_));
    struct json_builder b = json_builder(a);
    json_set_str(&b, "case", p.number);
    json_set(&b, "was", p.result_);
    json_set(&b, "was_hits", p.hits);
    json_set_bool(&b, "same", value_same(p.result_, json_get(now_, "result")));
    *out = json_merge(a, now_, json_object(&b));
    return ok();
}
