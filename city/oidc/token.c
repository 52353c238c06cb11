/* Code for token, token for claims. What is wrong is said in the few words of OAuth 2.0 (RFC 6749 5.2, RFC 6750 3.1). */
#include "city/oidc/internal.h"
#include "trust/canonical.h"
#include "trust/signer.h"

static const struct stmt CODE_LOCK = {
    "oidc_code_lock",
    "SELECT client, account, redirect, challenge, nonce, scopes, auth_time, made_at, used FROM oidc_code WHERE code_hash = ?1",
    NULL, true};
static const struct stmt CODE_USED = {"oidc_code_used", "UPDATE oidc_code SET used = 1 WHERE code_hash = ?1", NULL,
                                      false};
static const struct stmt CODE_TOKENS = {"oidc_code_tokens", "DELETE FROM oidc_token WHERE code_hash = ?1", NULL, false};
static const struct stmt TOKEN_INSERT = {
    "oidc_token_insert",
    "INSERT INTO oidc_token (token_hash, code_hash, client, account, scopes, made_at) VALUES (?1,?2,?3,?4,?5,?6)", NULL,
    false};
static const struct stmt TOKEN_LOAD = {
    "oidc_token_load", "SELECT client, account, scopes FROM oidc_token WHERE token_hash = ?1 AND made_at > ?2", NULL,
    false};
static const struct stmt SWEEP_CODES = {"oidc_sweep_codes", "DELETE FROM oidc_code WHERE made_at <= ?1", NULL, false};
static const struct stmt SWEEP_TOKENS = {"oidc_sweep_tokens", "DELETE FROM oidc_token WHERE made_at <= ?1", NULL,
                                         false};
static const struct stmt ERASE_CODES = {"oidc_erase_codes", "DELETE FROM oidc_code WHERE account = ?1", NULL, false};
static const struct stmt ERASE_TOKENS = {"oidc_erase_tokens", "DELETE FROM oidc_token WHERE account = ?1", NULL, false};
static const struct stmt ERASE_CONSENTS = {"oidc_erase_consents", "DELETE FROM oidc_consent WHERE account = ?1", NULL,
                                           false};

static result answer(struct arena *a, int status, const char *error, struct oidc_answer *out)
{
    struct json_builder b = json_builder(a);
    json_set_cstr(&b, "error", error);
    *out = (struct oidc_answer){status, json_object(&b)};
    return ok();
}

struct redeeming {
    const struct oidc_client *k;
    const struct oidc_exchange *e;
    struct slice code_hash, token_hash, challenge;
    instant now;
    bool good;
    struct id account;
    struct slice nonce;
    uint32_t scopes;
    instant auth_time;
};

static result replayed(struct redeeming *s, struct tx *tx, struct arena *a)
{
    struct actor system = actor_system();
    struct json_builder b = json_builder(a);
    TRY(tx_exec(tx, a, &CODE_TOKENS, BINDS(sql_blob(s->code_hash)), NULL));
    json_set_id(&b, "system", id_bytes(&s->k->id));
    return audit_add(tx, a, &system, s->now, "oidc.code_replayed", json_object(&b));
}

static result redeem_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct redeeming *s = ctx;
    struct rows r;
    s->good = false;
    TRY(tx_query(tx, a, &CODE_LOCK, BINDS(sql_blob(s->code_hash)), &r));
    if (!r.n) return ok();
    const struct sql_value *v = row(&r, 0);
    if (v[8].i) return replayed(s, tx, a);
    /* whatever comes of it, it is used up: a code tried with a wrong verifier was stolen */
    TRY(tx_exec(tx, a, &CODE_USED, BINDS(sql_blob(s->code_hash)), NULL));
    if (!slice_eq(v[0].s, id_bytes(&s->k->id)) || !slice_eq(v[2].s, s->e->redirect_uri) ||
        !slice_eq(v[3].s, s->challenge) || s->now - v[7].i > OIDC_CODE_VALID || !id_from_bytes(v[1].s, &s->account))
        return ok();
    s->nonce = v[4].s;
    s->scopes = (uint32_t)v[5].i;
    s->auth_time = v[6].i;
    s->good = true;
    return tx_exec(tx, a, &TOKEN_INSERT,
                   BINDS(sql_blob(s->token_hash), sql_blob(s->code_hash), sql_id(&s->k->id), sql_id(&s->account),
                         sql_int(s->scopes), sql_int(s->now)),
                   NULL);
}

static result id_token(struct city *c, struct arena *a, const struct redeeming *s, const struct actor *x,
                       struct slice access, struct slice *jwt)
{
    struct json_builder b = json_builder(a);
    struct slice claims;
    json_set_str(&b, "iss", c->base_url);
    json_set_str(&b, "sub", pairwise(c, a, s->k, x));
    json_set_str(&b, "aud", s->k->client_id);
    json_set_int(&b, "iat", s->now / MS_SECOND);
    json_set_int(&b, "exp", (s->now + OIDC_TOKEN_VALID) / MS_SECOND);
    json_set_int(&b, "auth_time", s->auth_time / MS_SECOND);
    if (s->nonce.n) json_set_str(&b, "nonce", s->nonce);
    json_set_str(&b, "at_hash", sha256_64(a, access, 16)); /* Core 3.1.3.6 */
    TRY(canonical_json(a, json_object(&b), &claims));
    return signer_sign_id_token(c->signer, a, s->k->client_id, claims, jwt);
}

static bool verifier_good(struct slice s)
{
    if (s.n < 43 || s.n > 128) return false;
    for (size_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        if (!((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || strchr("-._~", ch)))
            return false;
    }
    return true;
}

static result give(struct city *c, struct arena *a, const struct redeeming *s, struct slice access,
                   struct oidc_answer *out)
{
    struct actor x;
    struct slice jwt;
    struct json_builder b = json_builder(a);
    result who = actor_of_account(c, a, s->account, &x);
    if (result_code(who) == CODE_NOT_FOUND || result_code(who) == CODE_VAULT_ERASED)
        return answer(a, 400, "invalid_grant", out);
    TRY(who);
    TRY(id_token(c, a, s, &x, access, &jwt));
    json_set_str(&b, "access_token", access);
    json_set_cstr(&b, "token_type", "Bearer");
    json_set_int(&b, "expires_in", OIDC_TOKEN_VALID / MS_SECOND);
    json_set_str(&b, "scope", scopes_text(a, s->scopes));
    json_set_str(&b, "id_token", jwt);
    *out = (struct oidc_answer){200, json_object(&b)};
    return ok();
}

result oidc_token(struct city *c, struct arena *a, const struct oidc_exchange *e, instant now, struct oidc_answer *out)
{
    struct oidc_client k;
    bool found;
    TRY(client_load(c, a, e->client_id, &k, &found));
    if (!found || !slice_eq_secret(k.secret_hash, session_hash(a, e->client_secret)))
        return answer(a, 401, "invalid_client", out);
    if (!slice_is(e->grant_type, "authorization_code")) return answer(a, 400, "unsupported_grant_type", out);
    if (!e->code.n || !verifier_good(e->code_verifier)) return answer(a, 400, "invalid_request", out);
    struct slice access = random_token(a, 32);
    struct redeeming s = {.k = &k,
                          .e = e,
                          .code_hash = session_hash(a, e->code),
                          .token_hash = session_hash(a, access),
                          .challenge = sha256_64(a, e->code_verifier, 32),
                          .now = now};
    TRY(store_run(c->store, a, "oidc_token", redeem_body, &s));
    return s.good ? give(c, a, &s, access, out) : answer(a, 400, "invalid_grant", out);
}

result oidc_userinfo(struct city *c, struct arena *a, struct slice token, instant now, struct oidc_answer *out)
{
    struct rows r;
    struct id client, account;
    struct oidc_client k;
    struct actor x, system = actor_system();
    bool found = false;
    TRY(store_query(c->store, a, &TOKEN_LOAD, BINDS(sql_blob(session_hash(a, token)), sql_int(now - OIDC_TOKEN_VALID)),
                    &r));
    if (!r.n || !id_from_bytes(row(&r, 0)[0].s, &client) || !id_from_bytes(row(&r, 0)[1].s, &account))
        return answer(a, 401, "invalid_token", out);
    TRY(client_load(c, a, id_text(a, client), &k, &found));
    result who = found ? actor_of_account(c, a, account, &x) : ok();
    if (!found || result_code(who) == CODE_NOT_FOUND || result_code(who) == CODE_VAULT_ERASED)
        return answer(a, 401, "invalid_token", out);
    TRY(who);
    uint32_t scopes = (uint32_t)row(&r, 0)[2].i;
    struct json_builder b = json_builder(a);
    json_set_str(&b, "sub", pairwise(c, a, &k, &x));
    if (x.kind != ACTOR_STAFF && (scopes & ~(uint32_t)SCOPE_OPENID))
        TRY(read_record(c, a, &system, now, x.subject, ID_NONE, "claims",
                        arena_printf(a, "oidc:%.*s", SLICE_ARG(k.client_id))));
    TRY(claims_of(c, a, &x, scopes, &b));
    *out = (struct oidc_answer){200, json_object(&b)};
    return ok();
}

/* ---- ends ---- */

static result sweep_body(struct tx *tx, struct arena *a, void *ctx)
{
    instant before = *(instant *)ctx - OIDC_TOKEN_VALID;
    TRY(tx_exec(tx, a, &SWEEP_CODES, BINDS(sql_int(before)), NULL));
    return tx_exec(tx, a, &SWEEP_TOKENS, BINDS(sql_int(before)), NULL);
}

result oidc_sweep(struct city *c, struct arena *a, instant now)
{
    return store_run(c->store, a, "oidc_sweep", sweep_body, &now);
}

result oidc_erase(struct tx *tx, struct arena *a, struct id account)
{
    TRY(tx_exec(tx, a, &ERASE_CODES, BINDS(sql_id(&account)), NULL));
    TRY(tx_exec(tx, a, &ERASE_TOKENS, BINDS(sql_id(&account)), NULL));
    return tx_exec(tx, a, &ERASE_CONSENTS, BINDS(sql_id(&account)), NULL);
}
