/* What a system reads about us: addresses, what is supported, the key. */
#include "city/oidc/internal.h"
#include "trust/signer.h"

static void strings(struct json_builder *b, const char *name, const char *const *list)
{
    struct json_builder l = json_builder(b->a);
    for (; *list; list++) json_add(&l, json_of_cstr(b->a, *list));
    json_set(b, name, json_array(&l));
}
#define STRINGS(b, name, ...) strings(b, name, (const char *const[]){__VA_ARGS__, NULL})

static result ready(const struct city *c, struct arena *a)
{
    if (c->id_key.n) return ok();
    return fail(a, CODE_UNAVAILABLE, S("signer"), "detail", S("ID token"), NULL);
}

result oidc_discovery(const struct city *c, struct arena *a, const struct json **out)
{
    static const struct {
        const char *name, *path;
    } ADDRESSES[] = {{"authorization_endpoint", "/oidc/authorize"},
                     {"token_endpoint", "/api/v1/oidc/token"},
                     {"userinfo_endpoint", "/api/v1/oidc/userinfo"},
                     {"jwks_uri", "/api/v1/oidc/jwks"},
                     {"end_session_endpoint", "/oidc/logout"}};
    struct json_builder b = json_builder(a);
    TRY(ready(c, a));
    json_set_str(&b, "issuer", c->base_url);
    for (size_t i = 0; i < sizeof ADDRESSES / sizeof *ADDRESSES; i++)
        json_set_str(&b, ADDRESSES[i].name, arena_printf(a, "%.*s%s", SLICE_ARG(c->base_url), ADDRESSES[i].path));
    STRINGS(&b, "scopes_supported", "openid", "profile", "phone", "email", "identity");
    STRINGS(&b, "claims_supported", "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "name",
            "phone_number", "email", "id_kind", "id_number");
    STRINGS(&b, "response_types_supported", "code");
    STRINGS(&b, "response_modes_supported", "query");
    STRINGS(&b, "grant_types_supported", "authorization_code");
    STRINGS(&b, "subject_types_supported", "pairwise");
    STRINGS(&b, "id_token_signing_alg_values_supported", "ES256");
    STRINGS(&b, "token_endpoint_auth_methods_supported", "client_secret_basic", "client_secret_post");
    STRINGS(&b, "code_challenge_methods_supported", "S256");
    STRINGS(&b, "prompt_values_supported", "none", "login", "consent");
    STRINGS(&b, "ui_locales_supported", "zh-CN", "en");
    json_set_bool(&b, "authorization_response_iss_parameter_supported", true); /* RFC 9207 */
    json_set_bool(&b, "request_parameter_supported", false);
    json_set_bool(&b, "request_uri_parameter_supported", false);
    *out = json_object(&b);
    return ok();
}

result oidc_jwks(const struct city *c, struct arena *a, const struct json **out)
{
    struct json_builder k = json_builder(a), list = json_builder(a), o = json_builder(a);
    TRY(ready(c, a));
    json_set_cstr(&k, "kty", "EC");
    json_set_cstr(&k, "crv", "P-256");
    json_set_str(&k, "x", base64url_encode(a, slice_sub(c->id_key, 1, 32)));
    json_set_str(&k, "y", base64url_encode(a, slice_sub(c->id_key, 33, 32)));
    json_set_str(&k, "kid", id_key_thumbprint(a, c->id_key));
    json_set_cstr(&k, "use", "sig");
    json_set_cstr(&k, "alg", "ES256");
    json_add(&list, json_object(&k));
    json_set(&o, "keys", json_array(&list));
    *out = json_object(&o);
    return ok();
}
