/* From the button to the provider, and back to an account. Nothing secret is stored between: nonce and verifier are worked out from the
 * state under a key of the server, and the browser's part of the bond is kept as its hash. */
#include "city/oidc/relying.h"

#include <pthread.h>

#include "city/identity/keys.h"
#include "city/identity/outside.h"
#include "city/oidc/internal.h"
#include "trust/crypto.h"
#include "trust/jose.h"

enum { METADATA_FOR = 3600 * 1000, KEYS_AGAIN = 60 * 1000, BINDING_LENGTH = 43, CODE_MAX = 4096 };

static const struct stmt BEGUN_INSERT = {
    "outside_begun_insert", "INSERT INTO outside_begun (state_hash, binding_hash, made_at) VALUES (?1,?2,?3)", NULL,
    false};
static const struct stmt BEGUN_LOAD = {
    "outside_begun_load", "SELECT binding_hash, made_at FROM outside_begun WHERE state_hash = ?1", NULL, true};
static const struct stmt BEGUN_DELETE = {"outside_begun_delete", "DELETE FROM outside_begun WHERE state_hash = ?1",
                                         NULL, false};

/* ---- what the provider says of itself ---- */

struct outside_cache {
    pthread_mutex_t lock;
    struct arena *a; /* of what is kept; replaced as a whole */
    struct slice authorize, token, jwks_uri, jwks;
    instant fetched, keys_at;
};

struct outside_cache *outside_cache_new(struct arena *a)
{
    struct outside_cache *k = NEW(a, struct outside_cache);
    (void)pthread_mutex_init(&k->lock, NULL);
    return k;
}

struct metadata {
    struct slice authorize, token, jwks;
};

static result wrong(struct arena *a, const char *claim)
{
    return fail(a, CODE_TOKEN_CLAIM, S("id_token"), "detail", slice_cstr(claim), NULL);
}

static result discover(struct arena *a, const struct outside_idp *p, struct outside_cache *k, instant now)
{
    const struct json *v;
    struct slice text, jwks, url = p->issuer;
    while (url.n && url.p[url.n - 1] == '/') url.n--;
    TRY(outside_fetch(a, p, arena_printf(a, "%.*s/.well-known/openid-configuration", SLICE_ARG(url)), S(""), S(""),
                      &text));
    TRY(json_parse(a, text, FETCH_MAX, S("openid-configuration"), &v));
    /* Discovery 4.3: else it is somebody else's */
    if (!slice_eq(json_string(v, "issuer"), p->issuer)) return wrong(a, "issuer");
    if (!json_string(v, "authorization_endpoint").n || !json_string(v, "token_endpoint").n)
        return fail(a, CODE_IDP_DOWN, S("idp"), "detail", S("openid-configuration"), NULL);
    TRY(outside_fetch(a, p, json_string(v, "jwks_uri"), S(""), S(""), &jwks));
    struct arena *fresh = arena_new("identity provider");
    if (k->a) arena_free(k->a);
    k->a = fresh;
    k->authorize = arena_copy(fresh, json_string(v, "authorization_endpoint"));
    k->token = arena_copy(fresh, json_string(v, "token_endpoint"));
    k->jwks_uri = arena_copy(fresh, json_string(v, "jwks_uri"));
    k->jwks = arena_copy(fresh, jwks);
    k->fetched = k->keys_at = now;
    return ok();
}

/* keys: the set is wanted anew, because a token names a key that it does not have. */
static result metadata_of(struct arena *a, const struct outside_idp *p, bool keys, instant now, struct metadata *out)
{
    struct outside_cache *k = p->cache;
    (void)pthread_mutex_lock(&k->lock);
    bool old = !k->a || now - k->fetched > METADATA_FOR || now < k->fetched;
    result r = old || (keys && now - k->keys_at >= KEYS_AGAIN) ? discover(a, p, k, now) : ok();
    if (!failed(r))
        *out = (struct metadata){arena_copy(a, k->authorize), arena_copy(a, k->token), arena_copy(a, k->jwks)};
    (void)pthread_mutex_unlock(&k->lock);
    return r;
}

/* ---- the bond ---- */

static struct slice derived(const struct city *c, struct arena *a, const char *use, struct slice state)
{
    uint8_t key[CRYPTO_KEY_BYTES], mac[CRYPTO_HASH_BYTES];
    crypto_derive(c->key, use, key);
    crypto_hmac_sha256(slice_of((const char *)key, sizeof key), state, mac);
    crypto_wipe(key, sizeof key);
    return base64url_encode(a, slice_of((const char *)mac, sizeof mac));
}

static struct slice return_address(const struct city *c, struct arena *a)
{
    return arena_printf(a, "%.*s/oidc/back", SLICE_ARG(c->base_url));
}

struct begun {
    struct slice state, binding; /* hashes */
    instant now;
    bool good;
};

static result begin_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct begun *k = ctx;
    return tx_exec(tx, a, &BEGUN_INSERT, BINDS(sql_blob(k->state), sql_blob(k->binding), sql_int(k->now)), NULL);
}

result outside_begin(struct city *c, struct arena *a, struct slice binding, instant now, struct slice *address)
{
    const struct outside_idp *p = c->idp;
    struct metadata m;
    if (!p) return fail(a, CODE_IDP_NONE, S("idp"), NULL);
    if (binding.n != BINDING_LENGTH) return fail(a, CODE_IDP_STATE, S("/binding"), NULL);
    TRY(metadata_of(a, p, false, now, &m));
    struct slice state = random_token(a, 32);
    struct begun k = {session_hash(a, state), session_hash(a, binding), now, false};
    TRY(store_run(c->store, a, "outside_begin", begin_body, &k));
    struct slice verifier = derived(c, a, "outside.verifier", state);
    *address = with_query(a, m.authorize, "response_type", S("code"), "client_id", p->client_id, "redirect_uri",
                          return_address(c, a), "scope", p->scope, "state", state, "nonce",
                          derived(c, a, "outside.nonce", state), "code_challenge", sha256_64(a, verifier, 32),
                          "code_challenge_method", S("S256"), NULL);
    return ok();
}

static result take_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct begun *k = ctx;
    struct rows r;
    TRY(tx_query(tx, a, &BEGUN_LOAD, BINDS(sql_blob(k->state)), &r));
    k->good = r.n && slice_eq_secret(row(&r, 0)[0].s, k->binding) && k->now - row(&r, 0)[1].i <= OUTSIDE_VALID;
    return tx_exec(tx, a, &BEGUN_DELETE, BINDS(sql_blob(k->state)), NULL);
}

/* ---- the token ---- */

static bool audience(const struct json *claims, struct slice client, size_t *n)
{
    const struct json *aud = json_get(claims, "aud");
    *n = 1;
    if (aud && aud->type == JSON_STRING) return slice_eq(aud->text, client);
    if (!aud || aud->type != JSON_ARRAY) return false;
    *n = aud->n;
    for (size_t i = 0; i < aud->n; i++)
        if (aud->items[i]->type == JSON_STRING && slice_eq(aud->items[i]->text, client)) return true;
    return false;
}

result outside_claims_check(struct arena *a, const struct outside_idp *p, const struct json *claims, struct slice nonce,
                            struct slice access_token, instant now)
{
    int64_t exp = json_int(claims, "exp", 0), iat = json_int(claims, "iat", 0), seconds = now / MS_SECOND;
    struct slice azp = json_string(claims, "azp"), at_hash = json_string(claims, "at_hash");
    size_t n;
    if (!slice_eq(json_string(claims, "iss"), p->issuer)) return wrong(a, "iss");
    if (!audience(claims, p->client_id, &n)) return wrong(a, "aud");
    if ((n > 1 && !azp.n) || (json_get(claims, "azp") && !slice_eq(azp, p->client_id))) return wrong(a, "azp");
    if (exp + 60 <= seconds) return wrong(a, "exp"); /* a minute for clocks that differ */
    if (iat < seconds - 600 || iat > seconds + 60) return wrong(a, "iat");
    if (!nonce.n || !slice_eq_secret(json_string(claims, "nonce"), nonce)) return wrong(a, "nonce");
    if (!json_string(claims, "sub").n || json_string(claims, "sub").n > 255) return wrong(a, "sub");
    if (at_hash.n && !slice_eq(at_hash, sha256_64(a, access_token, 16))) return wrong(a, "at_hash");
    return ok();
}

static result verified(struct arena *a, const struct outside_idp *p, struct slice token, struct metadata *m,
                       instant now, struct slice *text)
{
    result r = jose_verify(a, token, m->jwks, text);
    if (result_code(r) != CODE_TOKEN_KEY) return r;
    TRY(metadata_of(a, p, true, now, m)); /* its keys were changed since */
    return jose_verify(a, token, m->jwks, text);
}

static result redeemed(struct city *c, struct arena *a, const struct outside_back *b, instant now,
                       const struct json **claims)
{
    const struct outside_idp *p = c->idp;
    struct metadata m;
    struct slice body, text;
    const struct json *v;
    TRY(metadata_of(a, p, false, now, &m));
    struct slice form = with_query(a, S(""), "grant_type", S("authorization_code"), "code", b->code, "redirect_uri",
                                   return_address(c, a), "client_id", p->client_id, "code_verifier",
                                   derived(c, a, "outside.verifier", b->state), NULL);
    struct slice basic = arena_printf(a, "%.*s:%.*s", SLICE_ARG(p->client_id), SLICE_ARG(p->secret));
    TRY(outside_fetch(a, p, m.token, slice_sub(form, 1, form.n), basic, &body));
    TRY(json_parse(a, body, FETCH_MAX, S("token"), &v));
    TRY(verified(a, p, json_string(v, "id_token"), &m, now, &text));
    TRY(json_parse(a, text, FETCH_MAX, S("id_token"), claims));
    return outside_claims_check(a, p, *claims, derived(c, a, "outside.nonce", b->state), json_string(v, "access_token"),
                                now);
}

/* ---- back ---- */

static result came_back(struct city *c, struct arena *a, const struct outside_back *b, struct slice old, instant now,
                        struct outside_done *out)
{
    const struct outside_idp *p = c->idp;
    const struct json *claims;
    struct begun k = {session_hash(a, b->state), session_hash(a, b->binding), now, false};
    TRY(store_run(c->store, a, "outside_back", take_body, &k));
    if (!k.good) return fail(a, CODE_IDP_STATE, S("/state"), NULL);
    /* RFC 9207: another provider's answer */
    if (b->iss.n && !slice_eq(b->iss, p->issuer)) return wrong(a, "iss");
    if (b->error.n) return fail(a, CODE_IDP_REFUSED, S("/error"), "detail", slice_sub(b->error, 0, 80), NULL);
    if (!b->code.n || b->code.n > CODE_MAX) return fail(a, CODE_IDP_REFUSED, S("/code"), "detail", S("code"), NULL);
    TRY(redeemed(c, a, b, now, &claims));
    struct slice who = arena_printf(a, "%.*s\n%.*s", SLICE_ARG(p->issuer), SLICE_ARG(json_string(claims, "sub")));
    struct slice number = p->trusted ? json_string(claims, arena_cstr(a, p->number_claim)) : (struct slice){NULL, 0};
    return outside_enter(c, a, vault_index(c, a, "outside.identity", who), number, old, now, &out->token, &out->hash,
                         &out->ticket);
}

result outside_back(struct city *c, struct arena *a, const struct outside_back *b, struct slice old, instant now,
                    struct outside_done *out)
{
    *out = (struct outside_done){.ticket = {NULL, 0}};
    if (!c->idp) return fail(a, CODE_IDP_NONE, S("idp"), NULL);
    result r = came_back(c, a, b, old, now, out);
    if (!failed(r) || result_code(r) == CODE_IDP_DOWN) return r;
    struct actor nobody = {.kind = ACTOR_NOBODY};
    struct json_builder why = json_builder(a);
    json_set_cstr(&why, "why", code_name(result_code(r)));
    TRY(audit_note(c, a, &nobody, now, "signin.outside_refused", json_object(&why)));
    return r;
}

result outside_binding(struct city *c, struct arena *a, const struct actor *x, const struct json **out)
{
    bool bound;
    struct json_builder b = json_builder(a);
    TRY(outside_is_bound(c, a, x->account, &bound));
    json_set_bool(&b, "bound", bound);
    json_set(&b, "name", c->idp ? bitext_json(a, c->idp->name) : json_null());
    *out = json_object(&b);
    return ok();
}
