/* Drafts, and publication by two people: one submits the draft with the report on past cases, another releases it. */
#include "city/decisions/internal.h"
#include "city/versions.h"

static const struct stmt DRAFT_LOAD = {"decision_draft_load",
                                       "SELECT rev, folder FROM decision_draft WHERE decision = ?1", NULL, true};
static const struct stmt DRAFT_SET = {
    "decision_draft_set",
    "INSERT INTO decision_draft (decision, folder, rev, saved_by, saved_at) VALUES (?1,?2,?3,?4,?5)"
    " ON CONFLICT (decision) DO UPDATE SET folder = excluded.folder, rev = excluded.rev, saved_by = excluded.saved_by,"
    " saved_at = excluded.saved_at",
    NULL, false};
static const struct stmt DRAFT_END = {"decision_draft_end",
                                      "DELETE FROM decision_draft WHERE decision = ?1 AND folder = ?2", NULL, false};
static const struct stmt REQUEST_INSERT = {
    "decision_request_insert",
    "INSERT INTO decision_publication (id, decision, hash, folder, requested_by, requested_at, state, decided_by, decided_at, report)"
    " VALUES (?1,?2,?3,?4,?5,?6,'waiting',NULL,0,?7)",
    NULL, false};
static const struct stmt REQUEST_LOOK = {
    "decision_request_look",
    "SELECT decision, hash, folder, requested_by, state FROM decision_publication WHERE id = ?1", NULL, false};
static const struct submissions REQUESTS = SUBMISSIONS_OF("decision_request", "decision_publication");

static const struct right DESIGNER = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false};
static const struct right PUBLISHER = {RIGHT_ROLES, 1u << ROLE_PUBLISHER, false};

struct saving {
    const struct actor *x;
    struct slice key, folder;
    int64_t rev;
    instant now;
};

static result save_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct saving *s = ctx;
    struct rows r;
    struct json_builder b = json_builder(a);
    TRY(tx_query(tx, a, &DRAFT_LOAD, BINDS(sql_text(s->key)), &r));
    if ((r.n ? row(&r, 0)[0].i : 0) != s->rev) return fail(a, CODE_STORE_VERSION, S("/rev"), "name", S("draft"), NULL);
    TRY(tx_exec(
        tx, a, &DRAFT_SET,
        BINDS(sql_text(s->key), sql_text(s->folder), sql_int(s->rev + 1), sql_id(&s->x->account), sql_int(s->now)),
        NULL));
    json_set_str(&b, "decision", s->key);
    json_set_int(&b, "rev", s->rev + 1);
    return audit_add(tx, a, s->x, s->now, "decision.saved", json_object(&b));
}

static bool key_good(struct slice key)
{
    for (size_t i = 0; i < key.n; i++)
        if (!(key.p[i] == '_' || (key.p[i] >= 'a' && key.p[i] <= 'z') || (i && key.p[i] >= '0' && key.p[i] <= '9')))
            return false;
    return key.n > 1 && key.n <= 64;
}

/* What is typed is kept, good or not; only its paths and size are asked for. */
result decision_draft_save(struct city *c, struct arena *a, const struct actor *x, struct slice key,
                           struct service_files files, int64_t rev, instant now, const struct json **out)
{
    struct service_files sorted = files_sorted(a, files);
    TRY(city_authorise(a, x, DESIGNER, S("designer")));
    TRY(files_check(a, sorted, FOLDER_DECISION));
    if (!key_good(key))
        return fail(a, CODE_DECISION_KEY, S("key"), "value", key, "expected", S("[a-z][a-z0-9_]*"), NULL);
    struct saving s = {x, key, decision_folder_write(a, sorted), rev, now};
    TRY(store_run(c->store, a, "decision_draft_save", save_body, &s));
    const struct json *check;
    struct json_builder b = json_builder(a);
    TRY(decision_check_json(c, a, sorted, &check));
    json_set_int(&b, "rev", rev + 1);
    json_set_instant(&b, "saved_at", now);
    *out = json_merge(a, check, json_object(&b));
    return ok();
}

struct publishing {
    const struct actor *x;
    struct id id;
    const struct decision_version *v;
    struct slice report;
    instant now;
};

static const struct json *details(struct arena *a, const struct publishing *p)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "publication", id_bytes(&p->id));
    json_set_str(&b, "decision", p->v->key);
    json_set_str(&b, "hash", p->v->hash);
    return json_object(&b);
}

static result request_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct publishing *p = ctx;
    TRY(tx_exec(tx, a, &REQUEST_INSERT,
                BINDS(sql_id(&p->id), sql_text(p->v->key), sql_text(p->v->hash),
                      sql_text(decision_folder_write(a, p->v->files)), sql_id(&p->x->account), sql_int(p->now),
                      sql_text(p->report)),
                NULL));
    return audit_add(tx, a, p->x, p->now, "decision.submitted", details(a, p));
}

/* The comparison without the cases one by one, the examples that pass, and what changed: what the second person decides on. */
static result report_of(struct city *c, struct arena *a, const struct decision_version *v, struct id comparison,
                        struct slice *out)
{
    const struct json *compared;
    struct json_builder b = json_builder(a);
    const struct decision_version *before = decision_latest(c->catalogue->decisions, v->key);
    result r = comparison_show(c, a, comparison, &compared);
    if (result_code(r) == CODE_NOT_FOUND)
        compared = NULL;
    else
        TRY(r);
    if (!compared || !slice_is(json_string(compared, "state"), "done") ||
        !slice_eq(json_string(compared, "hash"), v->hash))
        return fail(a, CODE_DECISION_REPORT, v->key, "value", slice_sub(v->hash, 0, 12), NULL);
    json_set(&b, "comparison", compared);
    json_set_int(&b, "examples", (int64_t)decision_examples(a, v)->n);
    json_set(&b, "changes", before ? decision_difference(a, before->files, v->files) : json_null());
    json_set(&b, "before", before ? json_of_string(a, before->hash) : json_null());
    *out = json_write(a, json_object(&b));
    return ok();
}

static const struct stmt DRAFT_LOOK = {"decision_draft_folder",
                                       "SELECT rev, folder FROM decision_draft WHERE decision = ?1", NULL, false};

result decision_request(struct city *c, struct arena *a, const struct actor *x, struct slice key, struct id comparison,
                        instant now, struct id *id)
{
    struct rows r;
    struct service_files files;
    struct decision_version *v;
    TRY(city_authorise(a, x, DESIGNER, S("designer")));
    TRY(store_query(c->store, a, &DRAFT_LOOK, BINDS(sql_text(key)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("draft"), "value", key, NULL);
    TRY(decision_folder_read(a, row(&r, 0)[1].s, &files));
    TRY(decision_compile(c->catalogue, a, files, true, &v));
    if (!slice_eq(v->key, key))
        return fail(a, CODE_DECISION_KEY, S("decision.json#/key"), "value", key, "expected", v->key, NULL);
    if (decision_by_hash(c->catalogue->decisions, v->hash))
        return fail(a, CODE_PUBLICATION_SAME, key, "value", slice_sub(v->hash, 0, 12), NULL);
    struct publishing p = {.x = x, .id = id_new(now), .v = v, .now = now};
    TRY(report_of(c, a, v, comparison, &p.report));
    TRY(store_run(c->store, a, "decision_request", request_body, &p));
    *id = p.id;
    return ok();
}

static result release_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct publishing *p = ctx;
    struct rows r;
    TRY(submission_decide(tx, a, &REQUESTS, p->id, p->x, "released", S(""), p->now));
    TRY(tx_query(tx, a, &REQUEST_LOOK, BINDS(sql_id(&p->id)), &r));
    TRY(decision_insert(tx, a, p->v, p->x, p->now));
    /* a draft changed since stays */
    TRY(tx_exec(tx, a, &DRAFT_END, BINDS(sql_text(p->v->key), sql_text(row(&r, 0)[2].s)), NULL));
    return audit_add(tx, a, p->x, p->now, "decision.released", details(a, p));
}

result decision_release(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now)
{
    struct rows r;
    struct service_files files;
    struct decision_version *v;
    TRY(city_authorise(a, x, PUBLISHER, S("publisher")));
    TRY(store_query(c->store, a, &REQUEST_LOOK, BINDS(sql_id(&id)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("publication"), "value", id_text(a, id), NULL);
    const struct sql_value *q = row(&r, 0);
    if (!slice_is(q[4].s, "waiting")) return fail(a, CODE_REQUEST_SETTLED, S("publication"), "value", q[4].s, NULL);
    if (slice_eq(q[3].s, id_bytes(&x->account))) return fail(a, CODE_TWO_PEOPLE, S("publication"), NULL);
    TRY(decision_folder_read(a, q[2].s, &files));
    TRY(decision_compile(c->catalogue, a, files, true, &v)); /* the engine may have changed since */
    struct publishing p = {.x = x, .id = id, .v = v, .now = now};
    TRY(store_run(c->store, a, "decision_release", release_body, &p));
    return decisions_add(c->catalogue, a, v->files, now, id_bytes(&x->account));
}

struct rejecting {
    const struct actor *x;
    struct id id;
    struct slice reason;
    instant now;
};

static result reject_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct rejecting *p = ctx;
    struct rows r;
    struct json_builder b = json_builder(a);
    TRY(submission_decide(tx, a, &REQUESTS, p->id, p->x, "rejected", p->reason, p->now));
    TRY(tx_query(tx, a, &REQUEST_LOOK, BINDS(sql_id(&p->id)), &r));
    json_set_id(&b, "publication", id_bytes(&p->id));
    json_set_str(&b, "decision", row(&r, 0)[0].s);
    json_set_str(&b, "hash", row(&r, 0)[1].s);
    return audit_add(tx, a, p->x, p->now, "decision.rejected", json_object(&b));
}

result decision_reject(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice reason,
                       instant now)
{
    struct rejecting p = {x, id, reason, now};
    return store_run(c->store, a, "decision_reject", reject_body, &p);
}
