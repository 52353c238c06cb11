/* Sessions: a random token in the cookie, only its hash stored. */
#include "city/identity/internal.h"
#include "city/identity/keys.h"
#include "city/identity/outside.h"
#include "trust/crypto.h"

#define TOUCH_EVERY MS_MINUTE

static const struct stmt SESSION_LOAD = {
    "session_load",
    "SELECT " ACCOUNT_COLUMNS ", data_key.wrapped, session.created_at, session.seen_at, session.delegation,"
    " delegation.principal, delegation.until_at, delegation.revoked_at"
    " FROM session JOIN account ON account.id = session.account LEFT JOIN data_key ON data_key.id = account.subject"
    " LEFT JOIN delegation ON delegation.id = session.delegation WHERE session.token_hash = ?1",
    NULL, false};
static const struct stmt SESSION_TOUCH = {"session_touch", "UPDATE session SET seen_at = ?2 WHERE token_hash = ?1",
                                          NULL, false};
static const struct stmt SESSION_DELETE = {"session_delete", "DELETE FROM session WHERE token_hash = ?1", NULL, false};
static const struct stmt SESSION_ACT = {"session_act", "UPDATE session SET delegation = ?2 WHERE token_hash = ?1", NULL,
                                        false};
static const struct stmt SESSIONS_END = {"sessions_end", "DELETE FROM session WHERE account = ?1 AND token_hash <> ?2",
                                         NULL, false};
static const struct stmt SWEEP_SESSIONS = {"sweep_sessions",
                                           "DELETE FROM session WHERE created_at < ?1 OR seen_at < ?2", NULL, false};
static const struct stmt SWEEP_LINKS = {"sweep_links", "DELETE FROM setup_link WHERE expires_at < ?1", NULL, false};
static const struct stmt SWEEP_CODES = {"sweep_codes", "DELETE FROM registration_code WHERE expires_at < ?1", NULL,
                                        false};
static const struct stmt DELEGATION_FOR = {
    "delegation_for",
    "SELECT id FROM delegation WHERE principal = ?1 AND agent = ?2 AND revoked_at = 0 AND until_at > ?3 ORDER BY until_at DESC LIMIT 1",
    NULL, false};

struct slice session_hash(struct arena *a, struct slice token)
{
    uint8_t *h = arena_alloc(a, CRYPTO_HASH_BYTES);
    crypto_sha256(token, h);
    return slice_of((const char *)h, CRYPTO_HASH_BYTES);
}

struct slice session_csrf(const struct city *c, struct arena *a, struct slice hash)
{
    if (!hash.n) return (struct slice){0};
    uint8_t key[CRYPTO_KEY_BYTES], mac[CRYPTO_HASH_BYTES];
    crypto_derive(c->key, "session.csrf", key);
    crypto_hmac_sha256(slice_of((const char *)key, sizeof key), hash, mac);
    crypto_wipe(key, sizeof key);
    return base64url_encode(a, slice_of((const char *)mac, sizeof mac));
}

bool session_csrf_good(const struct city *c, struct arena *a, struct slice hash, struct slice given)
{
    struct slice want = session_csrf(c, a, hash);
    return want.n && slice_eq_secret(want, given);
}

/* One statement on one session. */
struct change {
    const struct stmt *q;
    struct slice hash;
    struct sql_value second;
    bool two;
};
static result change_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct change *k = ctx;
    struct sql_value b[] = {sql_blob(k->hash), k->second};
    return tx_exec(tx, a, k->q, b, k->two ? 2 : 1, NULL);
}

result session_end(struct city *c, struct arena *a, struct slice hash)
{
    struct change k = {.q = &SESSION_DELETE, .hash = hash};
    return store_run(c->store, a, "session_end", change_body, &k);
}

static result session_touch(struct city *c, struct arena *a, struct slice hash, instant now)
{
    struct change k = {.q = &SESSION_TOUCH, .hash = hash, .second = sql_int(now), .two = true};
    return store_run(c->store, a, "session_touch", change_body, &k);
}

result sessions_end(struct tx *tx, struct arena *a, struct id account, struct slice but)
{
    return tx_exec(tx, a, &SESSIONS_END, BINDS(sql_id(&account), sql_blob(but.n ? but : S("-"))), NULL);
}

static bool session_over(const struct account *x, instant created, instant seen, instant now)
{
    instant idle = x->kind == ACTOR_STAFF ? SESSION_IDLE_STAFF : SESSION_IDLE_PUBLIC;
    return x->disabled_at || now - created >= SESSION_ABSOLUTE || now - seen >= idle;
}

result session_actor(struct city *c, struct arena *a, struct slice hash, instant now, struct actor *out, bool *found)
{
    *found = false;
    *out = (struct actor){.kind = ACTOR_NOBODY};
    struct rows r;
    TRY(store_query(c->store, a, &SESSION_LOAD, BINDS(sql_blob(hash)), &r));
    if (!r.n) return ok();
    struct account x;
    account_read(row(&r, 0), &x);
    const struct sql_value *v = row(&r, 0) + ACCOUNT_NCOLUMNS + 1;
    if (session_over(&x, v[0].i, v[1].i, now)) return session_end(c, a, hash);
    if (now - v[1].i >= TOUCH_EVERY) TRY(session_touch(c, a, hash, now));
    result made = actor_of_row(c, a, &x, now, out);
    if (result_code(made) == CODE_VAULT_ERASED) { /* the person was erased meanwhile */
        *out = (struct actor){.kind = ACTOR_NOBODY};
        return session_end(c, a, hash);
    }
    TRY(made);
    if (id_from_bytes(v[2].s, &out->delegation)) {
        if (v[5].i || v[4].i <= now) { /* ended: say so once rather than silently act for oneself */
            struct change k = {.q = &SESSION_ACT, .hash = hash, .second = sql_null(), .two = true};
            TRY(store_run(c->store, a, "session_act", change_body, &k));
            return fail(a, CODE_DELEGATION_NONE, S("session"), NULL);
        }
        (void)id_from_bytes(v[3].s, &out->subject);
    }
    *found = true;
    return ok();
}

struct act {
    const struct actor *x;
    struct slice hash;
    struct id principal;
    instant now;
};

static result act_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct act *k = ctx;
    struct id delegation = ID_NONE;
    if (!id_is_none(k->principal)) {
        struct rows r;
        TRY(tx_query(tx, a, &DELEGATION_FOR, BINDS(sql_id(&k->principal), sql_id(&k->x->account), sql_int(k->now)),
                     &r));
        if (!r.n) return fail(a, CODE_DELEGATION_NONE, S("/principal"), NULL);
        (void)id_from_bytes(row(&r, 0)[0].s, &delegation);
    }
    TRY(tx_exec(tx, a, &SESSION_ACT, BINDS(sql_blob(k->hash), sql_id(&delegation)), NULL));
    struct json_builder b = json_builder(a);
    json_set_id(&b, "delegation", id_bytes(&delegation));
    return audit_add(tx, a, k->x, k->now, "session.acting", json_object(&b));
}

result session_act(struct city *c, struct arena *a, const struct actor *x, struct slice hash, struct id principal,
                   instant now)
{
    struct act k = {x, hash, principal, now};
    return store_run(c->store, a, "session_acting", act_body, &k);
}

static result sweep_body(struct tx *tx, struct arena *a, void *ctx)
{
    instant now = *(instant *)ctx;
    TRY(tx_exec(tx, a, &SWEEP_SESSIONS, BINDS(sql_int(now - SESSION_ABSOLUTE), sql_int(now - SESSION_IDLE_PUBLIC)),
                NULL));
    TRY(keys_sweep(tx, a, now));
    TRY(outside_sweep(tx, a, now));
    TRY(tx_exec(tx, a, &SWEEP_LINKS, BINDS(sql_int(now)), NULL));
    return tx_exec(tx, a, &SWEEP_CODES, BINDS(sql_int(now)), NULL);
}

result identity_sweep(struct city *c, struct arena *a, instant now)
{
    return store_run(c->store, a, "identity_sweep", sweep_body, &now);
}
