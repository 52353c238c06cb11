/* Erasure (PIPL art. 47): asked for by the person, approved by the security officer, carried out by destroying the data
 * key. What was encrypted under it (profile, drafts, messages, account) cannot be read by anybody afterwards; the number's
 * hash goes too, so that the person could register anew. Cases stay under their own keys as the archives law demands. */
#include "city/certificates/certificates.h"
#include "city/drafts/drafts.h"
#include "city/cases/licence_use.h"
#include "city/identity/internal.h"
#include "city/identity/keys.h"
#include "city/identity/outside.h"
#include "city/oidc/oidc.h"
#include "city/messages/messages.h"

static const struct stmt ERASURE_INSERT = {
    "erasure_insert",
    "INSERT INTO erasure (id, subject, requested_by, requested_at, state, decided_at) VALUES (?1,?2,?3,?4,'waiting',0)",
    NULL, false};
static const struct stmt ERASURE_WAITING = {
    "erasure_waiting", "SELECT id, requested_at FROM erasure WHERE subject = ?1 AND state = 'waiting'", NULL, false};
#define ERASURE_COLUMNS "id, subject, requested_by, requested_at, state, decided_by, decided_at"
static const struct stmt ERASURE_LOAD = {"erasure_load", "SELECT " ERASURE_COLUMNS " FROM erasure WHERE id = ?1", NULL,
                                         true};
static const struct stmt ERASURE_LOOK = {"erasure_look", "SELECT subject FROM erasure WHERE id = ?1", NULL, false};
static const struct stmt ERASURE_DONE = {
    "erasure_done", "UPDATE erasure SET state = 'done', decided_by = ?2, decided_at = ?3 WHERE id = ?1", NULL, false};
static const struct stmt ERASURE_LIST = {
    "erasure_list", "SELECT " ERASURE_COLUMNS " FROM erasure WHERE id < ?1 ORDER BY id DESC LIMIT ?2", NULL, false};
static const struct stmt SUBJECT_ERASE = {
    "subject_erase", "UPDATE subject SET index_hash = NULL, profile_ct = x'', erased_at = ?2 WHERE id = ?1",
    "UPDATE subject SET index_hash = NULL, profile_ct = ''::bytea, erased_at = ?2 WHERE id = ?1", false};
static const struct stmt ACCOUNTS_OF = {"accounts_of_subject", "SELECT id FROM account WHERE subject = ?1", NULL,
                                        false};
static const struct stmt ACCOUNT_ERASE = {
    "account_erase",
    "UPDATE account SET login_hash = NULL, password = '', totp_ct = NULL, totp_pending_ct = NULL, disabled_at = ?2 WHERE id = ?1",
    NULL, false};
static const struct stmt DELEGATIONS_REVOKE = {
    "delegations_revoke",
    "UPDATE delegation SET revoked_at = ?3 WHERE (principal = ?1 OR agent = ?2) AND revoked_at = 0", NULL, false};

struct erasing {
    struct city *c;
    const struct actor *x;
    struct id id, subject;
    instant now;
};

static const struct json *details(struct arena *a, const struct erasing *k)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "erasure", id_bytes(&k->id));
    json_set_id(&b, "subject", id_bytes(&k->subject));
    return json_object(&b);
}

static result open_cases_refuse(struct arena *a, int64_t open_cases)
{
    if (open_cases <= 0) return ok();
    return fail(a, CODE_ERASURE_OPEN_CASES, S("erasure"), "n", arena_printf(a, "%lld", (long long)open_cases), NULL);
}

static result request_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct erasing *k = ctx;
    struct rows r;
    TRY(tx_query(tx, a, &ERASURE_WAITING, BINDS(sql_id(&k->subject)), &r));
    if (r.n)
        return fail(a, CODE_REQUEST_SETTLED, S("erasure"), "value_zh", S("已提交，待批准"), "value_en",
                    S("asked already"), NULL);
    TRY(tx_exec(tx, a, &ERASURE_INSERT,
                BINDS(sql_id(&k->id), sql_id(&k->subject), sql_id(&k->x->account), sql_int(k->now)), NULL));
    return audit_add(tx, a, k->x, k->now, "erasure.requested", details(a, k));
}

result erasure_put(struct tx *tx, struct arena *a, struct id subject, struct id by, const struct actor *x, instant now)
{
    struct erasing k = {.x = x, .id = id_new(now), .subject = subject, .now = now};
    struct rows r;
    TRY(tx_query(tx, a, &ERASURE_WAITING, BINDS(sql_id(&subject)), &r));
    if (r.n) return ok(); /* the person asked there too */
    TRY(tx_exec(tx, a, &ERASURE_INSERT, BINDS(sql_id(&k.id), sql_id(&subject), sql_id(&by), sql_int(now)), NULL));
    return audit_add(tx, a, x, now, "erasure.requested", details(a, &k));
}

result erasure_request(struct city *c, struct arena *a, const struct actor *x, int64_t open_cases, instant now,
                       struct id *id)
{
    TRY(city_authorise(a, x, (struct right){.kind = RIGHT_SELF}, S("self")));
    if (!id_is_none(x->delegation)) return fail(a, CODE_FORBIDDEN, S("erasure"), "right", S("principal"), NULL);
    TRY(open_cases_refuse(a, open_cases));
    struct erasing k = {c, x, id_new(now), x->subject, now};
    TRY(store_run(c->store, a, "erasure_request", request_body, &k));
    *id = k.id;
    return ok();
}

result erasure_waiting(struct city *c, struct arena *a, struct id subject, instant *at)
{
    struct rows r;
    TRY(store_query(c->store, a, &ERASURE_WAITING, BINDS(sql_id(&subject)), &r));
    *at = r.n ? row(&r, 0)[1].i : 0;
    return ok();
}

static result erase_accounts(struct tx *tx, struct arena *a, const struct erasing *k)
{
    struct rows r;
    TRY(tx_query(tx, a, &ACCOUNTS_OF, BINDS(sql_id(&k->subject)), &r));
    for (size_t i = 0; i < r.n; i++) {
        struct id account;
        if (!id_from_bytes(row(&r, i)[0].s, &account)) continue;
        TRY(sessions_end(tx, a, account, (struct slice){0}));
        TRY(keys_end(tx, a, account));
        TRY(oidc_erase(tx, a, account));
        TRY(outside_erase(tx, a, account));
        TRY(certificates_erase(tx, a, account, k->subject));
        TRY(tx_exec(tx, a, &ACCOUNT_ERASE, BINDS(sql_id(&account), sql_int(k->now)), NULL));
        TRY(tx_exec(tx, a, &DELEGATIONS_REVOKE, BINDS(sql_id(&k->subject), sql_id(&account), sql_int(k->now)), NULL));
    }
    return ok();
}

static result approve_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct erasing *k = ctx;
    struct rows r;
    TRY(tx_query(tx, a, &ERASURE_LOAD, BINDS(sql_id(&k->id)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("erasure"), "value", id_text(a, k->id), NULL);
    const struct sql_value *v = row(&r, 0);
    if (!slice_is(v[4].s, "waiting")) return fail(a, CODE_REQUEST_SETTLED, S("erasure"), "value", v[4].s, NULL);
    (void)id_from_bytes(v[1].s, &k->subject);
    if (slice_eq(v[2].s, id_bytes(&k->x->account))) return fail(a, CODE_TWO_PEOPLE, S("erasure"), NULL);
    int64_t destroyed, open;
    TRY(subject_lock(tx, a, k->subject)); /* a filing holds the row too: it is seen, or it sees the erasure */
    TRY(open_cases(k->c, a, tx, k->subject, &open)); /* one may have been filed since the caller counted */
    TRY(open_cases_refuse(a, open));
    TRY(erase_accounts(tx, a, k));
    TRY(drafts_erase(tx, a, k->subject, k->now));
    TRY(messages_erase(tx, a, k->subject));
    TRY(licence_shows_erase(tx, a, k->subject));
    TRY(registration_codes_end(tx, a, k->subject));
    TRY(tx_exec(tx, a, &SUBJECT_ERASE, BINDS(sql_id(&k->subject), sql_int(k->now)), NULL));
    TRY(tx_exec(tx, a, &VAULT_DESTROY_KEY, BINDS(sql_id(&k->subject), sql_int(k->now)), &destroyed));
    if (destroyed != 1) return fail(a, CODE_VAULT_ERASED, S("data_key"), NULL);
    TRY(tx_exec(tx, a, &ERASURE_DONE, BINDS(sql_id(&k->id), sql_id(&k->x->account), sql_int(k->now)), NULL));
    return audit_add(tx, a, k->x, k->now, "erasure.done", details(a, k));
}

result erasure_approve(struct city *c, struct arena *a, const struct actor *x, struct id id, int64_t open_cases,
                       instant now)
{
    TRY(city_authorise(a, x, (struct right){RIGHT_ROLES, 1u << ROLE_SECURITY, false}, S("security")));
    TRY(open_cases_refuse(a, open_cases));
    struct erasing k = {.c = c, .x = x, .id = id, .now = now};
    return store_run(c->store, a, "erasure_approve", approve_body, &k);
}

result erasure_subject(struct city *c, struct arena *a, struct id id, struct id *subject)
{
    struct rows r;
    TRY(store_query(c->store, a, &ERASURE_LOOK, BINDS(sql_id(&id)), &r));
    if (!r.n || !id_from_bytes(row(&r, 0)[0].s, subject))
        return fail(a, CODE_NOT_FOUND, S("erasure"), "value", id_text(a, id), NULL);
    return ok();
}

result erasure_list(struct city *c, struct arena *a, int64_t limit, struct slice cursor, const struct json **out)
{
    struct id before;
    struct rows r;
    TRY(page_cursor(a, cursor, &before));
    TRY(store_query(c->store, a, &ERASURE_LIST, BINDS(sql_id(&before), sql_int(limit + 1)), &r));
    struct json_builder items = json_builder(a);
    for (size_t i = 0; i < r.n && (int64_t)i < limit; i++) {
        const struct sql_value *v = row(&r, i);
        struct json_builder b = json_builder(a);
        json_set_id(&b, "id", v[0].s);
        json_set_id(&b, "subject", v[1].s);
        json_set(&b, "requested_by", bitext_json(a, identity_who_masked(c, a, v[2].s, ACTOR_PERSON)));
        json_set_instant(&b, "requested_at", v[3].i);
        json_set_str(&b, "state", v[4].s);
        json_set_instant(&b, "decided_at", v[6].i);
        json_add(&items, json_object(&b));
    }
    *out = page_json(a, &items, &r, limit);
    return ok();
}
