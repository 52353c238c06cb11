/* What holders, those who may use a seal, the authority and the public see. */
#include "city/seals/internal.h"
#include "trust/seal.h"

static const struct stmt HELD = {"seals_held", "SELECT code FROM seal WHERE subject=?1 ORDER BY id LIMIT 100", NULL,
                                 false};
static const struct stmt HELD_DEPARTMENT = {
    "seals_held_department", "SELECT code FROM seal WHERE department=?1 ORDER BY id LIMIT 100", NULL, false};
static const struct stmt GRANTED = {
    "seals_granted",
    "SELECT s.code, SUM(g.uses_max - g.uses), MAX(g.until_at) FROM seal s JOIN seal_grant g ON g.seal_id = s.id"
    " WHERE g.account=?1 AND g.ended_at = 0 AND g.until_at >= ?2 AND s.subject <> ?3 GROUP BY s.code ORDER BY s.code LIMIT 100",
    NULL, false};
static const struct stmt GRANTS = {
    "seal_grants",
    "SELECT id, account, documents, uses, uses_max, until_at, granted_at, ended_at FROM seal_grant WHERE seal_id=?1 ORDER BY id DESC LIMIT 100",
    NULL, false};
static const struct stmt USES = {
    "seal_uses",
    "SELECT id, account, document, title_ct, state, sha256, at, batch FROM seal_use WHERE seal_id=?1 ORDER BY id DESC LIMIT 50",
    NULL, false};
static const struct stmt EVENTS = {
    "seal_events", "SELECT at, actor, actor_kind, act, note_ct FROM seal_event WHERE seal_id=?1 ORDER BY id LIMIT 200",
    NULL, false};
static const struct stmt BATCHES = {
    "seal_batches",
    "SELECT id, document, total, sealed, failed, created_at, done_at FROM seal_batch WHERE seal_id=?1 ORDER BY id DESC LIMIT 20",
    NULL, false};
static const struct stmt DESK = {"seal_desk", "SELECT id FROM seal WHERE id < ?1 ORDER BY id DESC LIMIT ?2", NULL,
                                 false};
static const struct stmt DESK_STATE = {
    "seal_desk_state", "SELECT id FROM seal WHERE id < ?1 AND state = ?3 ORDER BY id DESC LIMIT ?2", NULL, false};
static const struct stmt PUBLIC_STATE = {"seal_public_state", "SELECT state, valid_to FROM seal WHERE code=?1", NULL,
                                         false};

static result add_seal(struct city *c, struct arena *a, struct slice code, bool own, int64_t left, instant until,
                       instant now, struct json_builder *list)
{
    struct seal_row s;
    result r = seal_load(c, a, NULL, code, &s);
    if (result_code(r) == CODE_VAULT_ERASED) return ok();
    TRY(r);
    struct json_builder b = seal_json(c, a, &s, now);
    json_set_bool(&b, "own", own);
    if (!own) {
        json_set_int(&b, "uses_left", left);
        json_set_str(&b, "until", day_text(a, day_of_instant(until)));
    }
    json_add(list, json_object(&b));
    return ok();
}

result seal_list(struct city *c, struct arena *a, const struct actor *x, instant now, const struct json **out)
{
    struct json_builder list = json_builder(a), b = json_builder(a);
    struct delegation_scope scope = {.all = true};
    struct rows r;
    bool staff = x->kind == ACTOR_STAFF;
    if (!staff) TRY(delegation_scope(c, a, x, now, &scope));
    if (scope.all) {
        TRY(store_query(c->store, a, staff ? &HELD_DEPARTMENT : &HELD,
                        BINDS(staff ? sql_text(x->department) : sql_id(&x->subject)), &r));
        for (size_t i = 0; i < r.n; i++) TRY(add_seal(c, a, row(&r, i)[0].s, true, 0, 0, now, &list));
    }
    struct slice none = S("");
    TRY(store_query(
        c->store, a, &GRANTED,
        BINDS(sql_id(&x->account), sql_int(now), id_is_none(x->subject) ? sql_blob(none) : sql_id(&x->subject)), &r));
    for (size_t i = 0; i < r.n; i++)
        TRY(add_seal(c, a, row(&r, i)[0].s, false, row(&r, i)[1].i, row(&r, i)[2].i, now, &list));
    json_set(&b, "items", json_array(&list));
    json_set_bool(&b, "may_apply",
                  staff ? actor_has_role(x, ROLE_SIGNER, x->department, S("*")) ||
                              actor_has_role(x, ROLE_HEAD, x->department, S("*"))
                        : scope.all);
    *out = json_object(&b);
    return ok();
}

/* ---- one seal ---- */

static struct slice opened(struct arena *a, const struct seal_row *s, const char *aad, const struct sql_value *v)
{
    struct slice plain = S("");
    if (v->type == SQL_NULL || failed(vault_open(a, &s->key, aad, v->s, &plain))) return S("");
    return plain;
}

static result grants_json(struct city *c, struct arena *a, const struct seal_row *s, instant now,
                          const struct json **out)
{
    struct json_builder list = json_builder(a);
    struct rows r;
    TRY(store_query(c->store, a, &GRANTS, BINDS(sql_id(&s->id)), &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        const struct json *documents;
        struct json_builder b = json_builder(a);
        TRY(json_parse(a, v[2].s, 4096, S("documents"), &documents));
        json_set_id(&b, "id", v[0].s);
        json_set(&b, "who", bitext_json(a, identity_who_masked(c, a, v[1].s, ACTOR_PERSON)));
        json_set(&b, "documents", documents);
        json_set_int(&b, "uses", v[3].i);
        json_set_int(&b, "uses_max", v[4].i);
        json_set_str(&b, "until", day_text(a, day_of_instant(v[5].i)));
        json_set_bool(&b, "in_force", !v[7].i && v[5].i >= now && v[3].i < v[4].i);
        json_set_bool(&b, "ended", v[7].i != 0);
        json_add(&list, json_object(&b));
    }
    *out = json_array(&list);
    return ok();
}

static result uses_json(struct city *c, struct arena *a, const struct seal_row *s, const struct json **out)
{
    struct json_builder list = json_builder(a);
    struct rows r;
    TRY(store_query(c->store, a, &USES, BINDS(sql_id(&s->id)), &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        struct json_builder b = json_builder(a);
        json_set_id(&b, "id", v[0].s);
        json_set(&b, "who",
                 bitext_json(a, identity_who(c, a, v[1].s, v[1].type == SQL_NULL ? ACTOR_SYSTEM : ACTOR_PERSON)));
        json_set_str(&b, "document", v[2].s);
        json_set_str(&b, "title", opened(a, s, "seal.use", &v[3]));
        json_set_str(&b, "state", v[4].s);
        json_set_str(&b, "sha256", v[5].s);
        json_set_instant(&b, "at", v[6].i);
        json_set_bool(&b, "batch", v[7].type != SQL_NULL);
        json_add(&list, json_object(&b));
    }
    *out = json_array(&list);
    return ok();
}

static result history_json(struct city *c, struct arena *a, const struct seal_row *s, const struct json **out)
{
    struct json_builder list = json_builder(a);
    struct rows r;
    TRY(store_query(c->store, a, &EVENTS, BINDS(sql_id(&s->id)), &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        struct json_builder b = json_builder(a);
        json_set_instant(&b, "at", v[0].i);
        json_set(&b, "who", bitext_json(a, identity_who(c, a, v[1].s, v[2].i)));
        json_set_str(&b, "act", v[3].s);
        json_set_str(&b, "note", opened(a, s, "seal.note", &v[4]));
        json_add(&list, json_object(&b));
    }
    *out = json_array(&list);
    return ok();
}

static result batches_json(struct city *c, struct arena *a, const struct seal_row *s, const struct json **out)
{
    struct json_builder list = json_builder(a);
    struct rows r;
    TRY(store_query(c->store, a, &BATCHES, BINDS(sql_id(&s->id)), &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        struct json_builder b = json_builder(a);
        json_set_id(&b, "id", v[0].s);
        json_set_str(&b, "document", v[1].s);
        json_set_int(&b, "total", v[2].i);
        json_set_int(&b, "sealed", v[3].i);
        json_set_int(&b, "failed", v[4].i);
        json_set_instant(&b, "created_at", v[5].i);
        json_set_instant(&b, "done_at", v[6].i);
        json_add(&list, json_object(&b));
    }
    *out = json_array(&list);
    return ok();
}

/* Which of the acts the actor could ask for now. */
static const struct json *acts_json(struct arena *a, const struct seal_row *s, bool owner, bool authority,
                                    const struct actor *x)
{
    struct json_builder list = json_builder(a);
    bool active = slice_is(s->state, "active"), suspended = slice_is(s->state, "suspended");
    if (authority && slice_is(s->state, "applied") && !id_eq(x->account, s->applied_by)) {
        json_add(&list, json_of_cstr(a, "approve"));
        json_add(&list, json_of_cstr(a, "refuse"));
    }
    if ((owner || authority) && active) json_add(&list, json_of_cstr(a, "suspend"));
    if (suspended && (authority || (owner && !s->by_authority))) json_add(&list, json_of_cstr(a, "resume"));
    if (authority && (active || suspended)) json_add(&list, json_of_cstr(a, "revoke"));
    if ((owner || authority) && (active || suspended || slice_is(s->state, "revoked")))
        json_add(&list, json_of_cstr(a, "destroy"));
    return json_array(&list);
}

result seal_view(struct city *c, struct arena *a, const struct actor *x, struct slice code, instant now,
                 const struct json **out)
{
    struct seal_row s;
    struct seal_right right;
    const struct json *grants = json_null(), *uses = json_null(), *history = json_null(), *batches = json_null();
    TRY(seal_load(c, a, NULL, code, &s));
    bool owner = !failed(seal_owner(c, a, x, &s, now)), authority = seal_is_authority(x);
    if (!owner && !authority && failed(seal_right_of(c, a, x, &s, S(""), now, &right)))
        return fail(a, CODE_NOT_FOUND, S("seal"), "value", code,
                    NULL); /* whether it is there is nobody else's business */
    if (authority && !owner) TRY(read_record(c, a, x, now, s.subject, s.case_id, "seal", S("task")));
    struct json_builder b = seal_json(c, a, &s, now);
    if (owner || authority) {
        TRY(history_json(c, a, &s, &history));
        TRY(grants_json(c, a, &s, now, &grants));
    }
    if (owner) TRY(uses_json(c, a, &s, &uses)); /* what a body seals is not the authority's business */
    if (!authority) TRY(batches_json(c, a, &s, &batches));
    json_set_bool(&b, "own", owner);
    json_set(&b, "grants", grants);
    json_set(&b, "recent_uses", uses);
    json_set(&b, "batches", batches);
    json_set(&b, "history", history);
    json_set(&b, "can", acts_json(a, &s, owner, authority, x));
    json_set_bool(&b, "usable", !authority && slice_is(s.state, "active") && s.to >= now);
    *out = json_object(&b);
    return ok();
}

result seal_picture(struct city *c, struct arena *a, const struct actor *x, struct slice code, struct slice *png)
{
    struct seal_row s;
    struct slice der;
    struct seal *seal = NEW(a, struct seal);
    struct seal_right right;
    instant now = time_now(c->time);
    TRY(seal_load(c, a, NULL, code, &s));
    if (failed(seal_owner(c, a, x, &s, now)) && !seal_is_authority(x) &&
        failed(seal_right_of(c, a, x, &s, S(""), now, &right)))
        return fail(a, CODE_NOT_FOUND, S("seal"), "value", code, NULL);
    if (s.seal_ct.n == 0) return fail(a, CODE_NOT_FOUND, S("seal"), "value", code, NULL);
    TRY(vault_open(a, &s.key, "seal.seal", s.seal_ct, &der));
    TRY(seal_parse(a, der, seal));
    *png = seal->picture.data;
    return ok();
}

/* ---- the authority, the public, the holder's export ---- */

result seal_desk(struct city *c, struct arena *a, const struct actor *x, struct slice state, int64_t limit,
                 struct slice cursor, instant now, const struct json **out)
{
    struct json_builder items = json_builder(a);
    struct rows r;
    struct id before;
    if (!seal_is_authority(x)) return fail(a, CODE_FORBIDDEN, S("seal"), "right", S("seal authority"), NULL);
    TRY(page_cursor(a, cursor, &before));
    const struct sql_value v[] = {sql_id(&before), sql_int(limit + 1), sql_text(state)};
    TRY(store_query(c->store, a, state.n ? &DESK_STATE : &DESK, v, state.n ? 3 : 2, &r));
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) {
        struct seal_row s;
        struct id id = ID_NONE;
        (void)id_from_bytes(row(&r, i)[0].s, &id);
        result loaded = seal_load_id(c, a, NULL, id, &s);
        if (result_code(loaded) == CODE_VAULT_ERASED) continue;
        TRY(loaded);
        struct json_builder b = seal_json(c, a, &s, now);
        json_set(&b, "can", acts_json(a, &s, false, true, x));
        json_add(&items, json_object(&b));
    }
    TRY(read_record(c, a, x, now, ID_NONE, ID_NONE, "seals", S("task")));
    *out = page_json(a, &items, &r, limit);
    return ok();
}

result seal_public_state(struct city *c, struct arena *a, struct slice code, instant now, struct slice *state,
                         bool *found)
{
    struct rows r;
    TRY(store_query(c->store, a, &PUBLIC_STATE, BINDS(sql_text(code)), &r));
    *found = r.n > 0;
    *state = S("");
    if (!r.n) return ok();
    bool expired = slice_is(row(&r, 0)[0].s, "active") && row(&r, 0)[1].i < now;
    *state = expired ? S("expired") : row(&r, 0)[0].s;
    return ok();
}

result seal_export(struct city *c, struct arena *a, struct id subject, const struct json **out)
{
    struct json_builder list = json_builder(a);
    struct rows r;
    TRY(store_query(c->store, a, &HELD, BINDS(sql_id(&subject)), &r));
    for (size_t i = 0; i < r.n; i++) {
        struct seal_row s;
        const struct json *uses, *history;
        TRY(seal_load(c, a, NULL, row(&r, i)[0].s, &s));
        TRY(uses_json(c, a, &s, &uses));
        TRY(history_json(c, a, &s, &history));
        struct json_builder b = seal_json(c, a, &s, time_now(c->time));
        json_set(&b, "recent_uses", uses);
        json_set(&b, "history", history);
        json_add(&list, json_object(&b));
    }
    *out = json_array(&list);
    return ok();
}
