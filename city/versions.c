#include "city/versions.h"

#include "city/identity/identity.h"
#include "city/sql.h"

#define CONTENT_MAX ((size_t)1 << 20)

static bool has_one_of(const struct actor *x, uint32_t roles, struct slice department)
{
    struct slice any = {NULL, 0};
    for (int i = 0; i < ROLE_COUNT; i++)
        if ((roles & (1u << i)) && actor_has_role(x, (enum role)i, department, any)) return true;
    return false;
}

bool text_may_write(const struct actor *x, struct slice department)
{
    struct slice any = {NULL, 0};
    return x->kind == ACTOR_SYSTEM || has_one_of(x, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, any) ||
           has_one_of(x, 1u << ROLE_HANDLER | 1u << ROLE_HEAD | 1u << ROLE_WINDOW, department);
}

bool text_may_release(const struct actor *x, struct slice department)
{
    struct slice any = {NULL, 0};
    return x->kind == ACTOR_SYSTEM || has_one_of(x, 1u << ROLE_PUBLISHER, any) ||
           has_one_of(x, 1u << ROLE_HEAD, department);
}

result version_add(struct tx *tx, struct arena *a, const struct versions *v, struct slice key, const struct actor *x,
                   const struct json *content, instant now, int64_t *version)
{
    struct rows r;
    TRY(tx_exec(tx, a, &v->replace, BINDS(sql_text(key), sql_text(S("waiting"))), NULL));
    TRY(tx_query(tx, a, &v->last, BINDS(sql_text(key)), &r));
    *version = row(&r, 0)[0].i + 1;
    return tx_exec(
        tx, a, &v->add,
        BINDS(sql_text(key), sql_int(*version), sql_text(json_write(a, content)), sql_id(&x->account), sql_int(now)),
        NULL);
}

result version_decide(struct tx *tx, struct arena *a, const struct versions *v, struct slice key, int64_t version,
                      const struct actor *x, bool release, struct slice reason, instant now,
                      const struct json **content)
{
    struct rows r;
    if (!release && !reason.n) return fail(a, CODE_FIELD_REQUIRED, S("/reason"), NULL);
    TRY(tx_query(tx, a, &v->load, BINDS(sql_text(key), sql_int(version)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("version"), "value", arena_printf(a, "%lld", (long long)version), NULL);
    const struct sql_value *have = row(&r, 0);
    if (!slice_is(have[1].s, "waiting")) return fail(a, CODE_REQUEST_SETTLED, S("version"), "value", have[1].s, NULL);
    if (x->kind != ACTOR_SYSTEM && slice_eq(have[2].s, id_bytes(&x->account)))
        return fail(a, CODE_TWO_PEOPLE, S("version"), NULL);
    TRY(json_parse(a, have[0].s, CONTENT_MAX, S("content"), content));
    if (release) TRY(version_withdraw(tx, a, v, key));
    return tx_exec(tx, a, &v->decide,
                   BINDS(sql_text(key), sql_int(version), sql_text(release ? S("published") : S("rejected")),
                         sql_id(&x->account), sql_int(now), sql_text(reason)),
                   NULL);
}

result version_withdraw(struct tx *tx, struct arena *a, const struct versions *v, struct slice key)
{
    return tx_exec(tx, a, &v->replace, BINDS(sql_text(key), sql_text(S("published"))), NULL);
}

static const struct right PUBLISHER = {RIGHT_ROLES, 1u << ROLE_PUBLISHER, false};

result submission_decide(struct tx *tx, struct arena *a, const struct submissions *s, struct id id,
                         const struct actor *x, const char *state, struct slice reason, instant now)
{
    struct rows r;
    bool rejected = slice_is(slice_cstr(state), "rejected");
    if (rejected && !slice_trim(reason).n) return fail(a, CODE_FIELD_REQUIRED, S("/reason"), NULL);
    TRY(tx_query(tx, a, &s->load, BINDS(sql_id(&id)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("publication"), "value", id_text(a, id), NULL);
    const struct sql_value *have = row(&r, 0);
    if (!slice_is(have[0].s, "waiting"))
        return fail(a, CODE_REQUEST_SETTLED, S("publication"), "value", have[0].s, NULL);
    bool own = slice_eq(have[1].s, id_bytes(&x->account));
    if (own && !rejected) return fail(a, CODE_TWO_PEOPLE, S("publication"), NULL);
    if (!own) TRY(city_authorise(a, x, PUBLISHER, S("publisher")));
    return tx_exec(tx, a, &s->decide,
                   BINDS(sql_id(&id), sql_text(slice_cstr(state)), sql_id(&x->account), sql_int(now),
                         sql_text(slice_trim(reason))),
                   NULL);
}

static const struct json *who(struct city *c, struct arena *a, struct slice account)
{
    struct json_builder b = json_builder(a);
    if (!account.n) return json_null();
    json_set_id(&b, "id", account);
    json_set_str(&b, "name", identity_name_of(c, a, account, ACTOR_STAFF));
    return json_object(&b);
}

void submission_json(struct city *c, struct json_builder *b, const char *done, struct slice state, struct slice by,
                     instant at, struct slice reason)
{
    struct arena *a = b->a;
    bool rejected = slice_is(state, "rejected"), settled = !slice_is(state, "waiting");
    char *done_by = arena_cstr(a, arena_printf(a, "%s_by", done)),
         *done_at = arena_cstr(a, arena_printf(a, "%s_at", done));
    json_set(b, done_by, settled && !rejected ? who(c, a, by) : json_null());
    json_set_instant(b, done_at, rejected ? 0 : at);
    json_set(b, "rejected_by", rejected ? who(c, a, by) : json_null());
    json_set_instant(b, "rejected_at", rejected ? at : 0);
    json_set(b, "reason", rejected ? json_of_string(a, reason) : json_null());
}

result versions_json(struct city *c, struct arena *a, const struct versions *v, struct slice key,
                     const struct json **out)
{
    struct rows r;
    struct json_builder list = json_builder(a);
    TRY(store_query(c->store, a, &v->list, BINDS(sql_text(key)), &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *x = row(&r, i);
        struct json_builder b = json_builder(a);
        const struct json *content;
        TRY(json_parse(a, x[1].s, CONTENT_MAX, S("content"), &content));
        json_set_int(&b, "version", x[0].i);
        json_set(&b, "content", content);
        json_set_str(&b, "state", x[2].s);
        json_set(&b, "made_by", who(c, a, x[3].s));
        json_set_instant(&b, "made_at", x[4].i);
        json_set(&b, "decided_by", who(c, a, x[5].s));
        json_set_instant(&b, "decided_at", x[6].i);
        json_set(&b, "reason", x[7].s.n ? json_of_string(a, x[7].s) : json_null());
        json_add(&list, json_object(&b));
    }
    *out = json_array(&list);
    return ok();
}
