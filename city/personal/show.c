/* Lists, and one request with its text: to who asked, and to the desk. */
#include "city/identity/identity.h"
#include "city/personal/row.h"
#include "city/sql.h"
#include "city/vault/vault.h"

static const struct stmt MINE = {
    "rights_mine", "SELECT " PERSONAL_COLUMNS " FROM rights_request WHERE subject = ?1 ORDER BY id DESC LIMIT 200",
    NULL, false};
static const struct stmt DESK = {
    "rights_desk",
    "SELECT " PERSONAL_COLUMNS
    " FROM rights_request WHERE ((state = 'answered') = (?1 = 1)) AND id < ?2 ORDER BY id DESC LIMIT ?3",
    "SELECT " PERSONAL_COLUMNS
    " FROM rights_request WHERE ((state = 'answered') = (?1::bigint = 1)) AND id < ?2 ORDER BY id DESC LIMIT ?3",
    false};

static void set_text(struct json_builder *b, const char *key, struct slice s)
{
    json_set(b, key, s.n ? json_of_string(b->a, s) : json_null());
}

static void head(struct city *c, struct json_builder *b, const struct personal_row *r, instant now)
{
    struct arena *a = b->a;
    const struct personal_kind *kind = personal_kind_of(r->kind);
    struct json_builder k = json_builder(a), d = json_builder(a);
    json_set_str(&k, "code", r->kind);
    if (kind) json_set(&k, "title", bitext_json(a, kind->title));
    if (kind) json_set(&k, "article", bitext_json(a, kind->article));
    json_set_str(&d, "code", r->department);
    json_set(&d, "name", bitext_json(a, identity_department(c, r->department)));
    json_set_id(b, "id", id_bytes(&r->id));
    json_set_str(b, "number", r->number);
    json_set(b, "kind", json_object(&k));
    json_set(b, "department", json_object(&d));
    set_text(b, "case_number", r->case_number);
    json_set_str(b, "state", r->state);
    set_text(b, "outcome", slice_is(r->state, "open") ? S("") : r->outcome);
    json_set_instant(b, "asked_at", r->asked_at);
    json_set_instant(b, "due_at", r->due_at);
    json_set_instant(b, "answered_at", r->answered_at);
    json_set(b, "late", json_of_bool(!r->answered_at && now > r->due_at));
    set_text(b, "complaint", r->complaint);
    set_text(b, "about", r->about_number);
}

/* Nothing when the key was destroyed with everything of the person. */
static result words(struct city *c, struct arena *a, const struct personal_row *r, struct json_builder *b, bool answer)
{
    struct data_key key;
    struct slice plain;
    const struct json *v = NULL;
    result got = vault_load(c, a, NULL, r->subject, &key);
    if (result_code(got) == CODE_VAULT_ERASED) return ok();
    TRY(got);
    TRY(vault_open(a, &key, PERSONAL_CONTENT, r->content_ct, &plain));
    TRY(json_parse(a, plain, 256 * 1024, S("rights_request"), &v));
    json_set(b, "asked", v);
    if (!answer || !r->answer_ct.n) return ok();
    TRY(vault_open(a, &key, PERSONAL_ANSWER, r->answer_ct, &plain));
    TRY(json_parse(a, plain, 256 * 1024, S("rights_request"), &v));
    const struct personal_ground *ground = personal_ground_of(json_string(v, "ground"));
    struct json_builder o = json_builder(a);
    json_set_str(&o, "text", json_string(v, "text"));
    if (ground) json_set(&o, "ground", bitext_json(a, ground->text));
    json_set(b, "answer", json_object(&o));
    return ok();
}

static result mine(struct city *c, struct arena *a, struct id subject, instant now, bool whole, const struct json **out)
{
    struct rows r;
    struct json_builder items = json_builder(a);
    TRY(store_query(c->store, a, &MINE, BINDS(sql_id(&subject)), &r));
    for (size_t i = 0; i < r.n; i++) {
        struct personal_row one;
        struct json_builder b = json_builder(a);
        personal_row(row(&r, i), &one);
        head(c, &b, &one, now);
        if (whole) TRY(words(c, a, &one, &b, one.answered_at > 0));
        json_add(&items, json_object(&b));
    }
    *out = json_array(&items);
    return ok();
}

result personal_mine(struct city *c, struct arena *a, const struct actor *x, instant now, const struct json **out)
{
    TRY(city_authorise(a, x, (struct right){.kind = RIGHT_SELF}, S("self")));
    if (!id_is_none(x->delegation)) return fail(a, CODE_FORBIDDEN, S("rights"), "right", S("principal"), NULL);
    return mine(c, a, x->subject, now, false, out);
}

result personal_export(struct city *c, struct arena *a, struct id subject, instant now, const struct json **out)
{
    return mine(c, a, subject, now, true, out);
}

result personal_own(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now,
                    const struct json **out)
{
    struct personal_row r;
    struct json_builder b = json_builder(a);
    TRY(city_authorise(a, x, (struct right){.kind = RIGHT_SELF}, S("self")));
    TRY(personal_load(c, a, NULL, id, &r));
    if (!id_is_none(x->delegation) || !id_eq(r.subject, x->subject))
        return fail(a, CODE_NOT_FOUND, S("request"), "value", id_text(a, id), NULL);
    head(c, &b, &r, now);
    TRY(words(c, a, &r, &b, r.answered_at > 0));
    *out = json_object(&b);
    return ok();
}

/* ---- the desk ---- */

/* The newest first; what is not the actor's desk is left out, and pages go on until one is full. */
result personal_desk(struct city *c, struct arena *a, const struct actor *x, struct slice state, int64_t limit,
                     struct slice cursor, instant now, const struct json **out)
{
    struct id before;
    struct json_builder items = json_builder(a), o = json_builder(a);
    bool more = true;
    TRY(city_authorise(a, x, (struct right){.kind = RIGHT_STAFF}, S("rights")));
    TRY(page_cursor(a, cursor, &before));
    while (more && (int64_t)items.n < limit) {
        struct rows r;
        TRY(store_query(c->store, a, &DESK,
                        BINDS(sql_int(slice_is(state, "answered")), sql_blob(id_bytes(&before)), sql_int(100)), &r));
        more = r.n == 100;
        for (size_t i = 0; i < r.n && (int64_t)items.n < limit; i++) {
            struct personal_row one;
            struct json_builder b = json_builder(a);
            personal_row(row(&r, i), &one);
            before = one.id;
            more = more || i + 1 < r.n;
            if (!personal_of_desk(x, &one)) continue;
            head(c, &b, &one, now);
            json_set(&b, "who", bitext_json(a, identity_who_masked(c, a, id_bytes(&one.asked_by), ACTOR_PERSON)));
            json_add(&items, json_object(&b));
        }
    }
    json_set(&o, "items", json_array(&items));
    json_set(&o, "next", more && (int64_t)items.n >= limit ? json_of_string(a, id_text(a, before)) : json_null());
    json_set(&o, "grounds", personal_grounds_json(a));
    *out = json_object(&o);
    return ok();
}

result personal_desk_one(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now,
                         const struct json **out)
{
    struct personal_row r;
    struct json_builder b = json_builder(a);
    TRY(city_authorise(a, x, (struct right){.kind = RIGHT_STAFF}, S("rights")));
    TRY(personal_load(c, a, NULL, id, &r));
    if (!personal_of_desk(x, &r)) return fail(a, CODE_FORBIDDEN, S("request"), "right", S("department"), NULL);
    TRY(read_record(c, a, x, now, r.subject, ID_NONE, "rights", S("rights")));
    head(c, &b, &r, now);
    json_set(&b, "who", bitext_json(a, identity_who(c, a, id_bytes(&r.asked_by), ACTOR_PERSON)));
    if (!id_is_none(r.proposed_by))
        json_set(&b, "proposed_by", bitext_json(a, identity_who(c, a, id_bytes(&r.proposed_by), ACTOR_STAFF)));
    json_set(&b, "own_proposal", json_of_bool(id_eq(r.proposed_by, x->account)));
    json_set(&b, "grounds", personal_grounds_json(a));
    TRY(words(c, a, &r, &b, true));
    if (!id_is_none(r.about)) {
        struct personal_row of;
        struct json_builder o = json_builder(a);
        TRY(personal_load(c, a, NULL, r.about, &of));
        head(c, &o, &of, now);
        TRY(words(c, a, &of, &o, true));
        json_set(&b, "of", json_object(&o));
    }
    *out = json_object(&b);
    return ok();
}
