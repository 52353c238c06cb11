/* Publication by two people: a publisher asks, another publisher approves; only then does the version become current. */
#include "city/catalogue/internal.h"
#include "city/identity/identity.h"
#include "city/versions.h"

static const struct stmt PUBLICATION_INSERT = {
    "publication_insert",
    "INSERT INTO publication (id, code, hash, folder, requested_by, requested_at, state, decided_at)"
    " VALUES (?1,?2,?3,?4,?5,?6,'waiting',0)",
    NULL, false};
static const struct stmt PUBLICATION_LOOK = {
    "publication_look", "SELECT hash, folder, requested_by, state FROM publication WHERE id = ?1", NULL, false};
static const struct stmt PUBLICATION_OF = {"publication_of", "SELECT code, hash FROM publication WHERE id = ?1", NULL,
                                           false};
static const struct submissions PUBLICATIONS = SUBMISSIONS_OF("publication", "publication");
static const struct stmt PUBLICATION_LIST = {
    "publication_list",
    "SELECT id, code, hash, requested_by, requested_at, state, decided_by, decided_at,"
    " CASE WHEN state = 'waiting' THEN folder ELSE '' END, reason FROM publication WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
    NULL, false};

static const struct right PUBLISHER = {RIGHT_ROLES, 1u << ROLE_PUBLISHER, false};

struct publishing {
    const struct actor *x;
    struct id id;
    const struct service *s;
    instant now;
};

static const struct json *details(struct arena *a, const struct publishing *p)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "publication", id_bytes(&p->id));
    json_set_str(&b, "code", p->s->code);
    json_set_str(&b, "hash", p->s->hash);
    return json_object(&b);
}

static result request_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct publishing *p = ctx;
    struct slice folder = folder_write(a, p->s->files, p->s->pinned, p->s->ncalls);
    TRY(tx_exec(tx, a, &PUBLICATION_INSERT,
                BINDS(sql_id(&p->id), sql_text(p->s->code), sql_text(p->s->hash), sql_text(folder),
                      sql_id(&p->x->account), sql_int(p->now)),
                NULL));
    return audit_add(tx, a, p->x, p->now, "publication.requested", details(a, p));
}

result publication_ask(struct city *c, struct arena *a, const struct actor *x, struct service_files files, instant now,
                       struct id *id, struct slice *hash)
{
    struct service *s;
    const struct service *have;
    TRY(version_compile_current(c->catalogue, a, files, &s));
    service_hold_for(a, s);
    service_release(s);
    if (!failed(catalogue_current(c->catalogue, a, s->code, &have)) && slice_eq(have->hash, s->hash))
        return fail(a, CODE_PUBLICATION_SAME, s->code, "value", s->hash, NULL);
    struct publishing p = {x, id_new(now), s, now};
    TRY(store_run(c->store, a, "publication_request", request_body, &p));
    *id = p.id;
    *hash = s->hash;
    return ok();
}

result publication_request(struct city *c, struct arena *a, const struct actor *x, struct service_files files,
                           instant now, struct id *id, struct slice *hash)
{
    TRY(city_authorise(a, x, PUBLISHER, S("publisher")));
    return publication_ask(c, a, x, files, now, id, hash);
}

static result approve_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct publishing *p = ctx;
    TRY(submission_decide(tx, a, &PUBLICATIONS, p->id, p->x, "approved", S(""), p->now));
    TRY(version_publish(tx, a, p->s, p->now));
    TRY(service_draft_end(tx, a, p->s)); /* a draft changed since stays */
    return audit_add(tx, a, p->x, p->now, "publication.approved", details(a, p));
}

result publication_approve(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now)
{
    TRY(city_authorise(a, x, PUBLISHER, S("publisher")));
    struct rows r;
    TRY(store_query(c->store, a, &PUBLICATION_LOOK, BINDS(sql_id(&id)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("publication"), "value", id_text(a, id), NULL);
    const struct sql_value *v = row(&r, 0);
    if (!slice_is(v[3].s, "waiting")) return fail(a, CODE_REQUEST_SETTLED, S("publication"), "value", v[3].s, NULL);
    if (slice_eq(v[2].s, id_bytes(&x->account))) return fail(a, CODE_TWO_PEOPLE, S("publication"), NULL);
    struct service *s;
    /* checked again: verbs, departments or the law's table may have changed since the request */
    TRY(version_of_folder(c->catalogue, a, v[1].s, true, &s));
    service_hold_for(a, s);
    service_release(s);
    if (!slice_eq(s->hash, v[0].s))
        return fail(a, CODE_INTERNAL, S("publication"), "detail", S("folder does not have its hash"), NULL);
    struct publishing p = {x, id, s, now};
    TRY(store_run(c->store, a, "publication_approve", approve_body, &p));
    const struct service *changed[] = {s};
    catalogue_swap(c->catalogue, changed, 1);
    return ok();
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
    TRY(submission_decide(tx, a, &PUBLICATIONS, p->id, p->x, "rejected", p->reason, p->now));
    TRY(tx_query(tx, a, &PUBLICATION_OF, BINDS(sql_id(&p->id)), &r));
    json_set_id(&b, "publication", id_bytes(&p->id));
    json_set_str(&b, "code", row(&r, 0)[0].s);
    json_set_str(&b, "hash", row(&r, 0)[1].s);
    return audit_add(tx, a, p->x, p->now, "publication.rejected", json_object(&b));
}

result publication_reject(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice reason,
                          instant now)
{
    struct rejecting p = {x, id, reason, now};
    return store_run(c->store, a, "publication_reject", reject_body, &p);
}

static const struct json *person_json(struct city *c, struct arena *a, struct slice account)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "id", account);
    json_set_str(&b, "name", identity_name_of(c, a, account, ACTOR_STAFF));
    return json_object(&b);
}

/* The name in the folder that waits: a service's first version is in no catalogue yet. NULL when there is none. */
static const struct json *name_in(struct arena *a, struct slice folder)
{
    struct service_files files;
    struct service_call *calls;
    size_t n;
    const struct json *v;
    if (failed(folder_read(a, folder, &files, &calls, &n))) return NULL;
    for (size_t i = 0; i < files.n; i++)
        if (slice_is(files.list[i].path, "service.json"))
            return failed(json_parse(a, files.list[i].bytes, 1 << 20, S("service.json"), &v)) ? NULL
                                                                                              : json_get(v, "name");
    return NULL;
}

result publication_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor, const struct json **out)
{
    struct id before;
    struct rows r;
    TRY(page_cursor(a, cursor, &before));
    TRY(store_query(c->store, a, &PUBLICATION_LIST, BINDS(sql_id(&before), sql_int(limit + 1)), &r));
    struct json_builder items = json_builder(a);
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) {
        const struct sql_value *v = row(&r, i);
        const struct service *have;
        bool known = !failed(catalogue_current(c->catalogue, a, v[1].s, &have));
        const struct json *name = v[8].s.n ? name_in(a, v[8].s) : known ? bitext_json(a, have->name) : NULL;
        struct json_builder b = json_builder(a);
        json_set_id(&b, "id", v[0].s);
        json_set_str(&b, "service", v[1].s);
        json_set(&b, "name", name ? name : json_null());
        json_set_str(&b, "hash", v[2].s);
        json_set(&b, "asked_by", person_json(c, a, v[3].s));
        json_set_instant(&b, "at", v[4].i);
        json_set_str(&b, "state", v[5].s);
        submission_json(c, &b, "approved", v[5].s, v[6].s, v[7].i, v[9].s);
        json_set_bool(&b, "current", known && slice_eq(have->hash, v[2].s));
        json_add(&items, json_object(&b));
    }
    *out = page_json(a, &items, &r, limit);
    return ok();
}
