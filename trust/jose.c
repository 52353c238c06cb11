#include "trust/jose.h"

#include <rhonabwy.h>

#include "base/id.h"

static result refuse(struct arena *a, enum code code, const char *detail)
{
    return fail(a, code, S("id_token"), "detail", slice_cstr(detail), NULL);
}

/* The kind of key that an algorithm takes; 0: not one of ours. */
static int kind_of(jwa_alg alg)
{
    if (alg == R_JWA_ALG_ES256) return R_KEY_TYPE_EC;
    if (alg == R_JWA_ALG_RS256 || alg == R_JWA_ALG_PS256) return R_KEY_TYPE_RSA;
    return alg == R_JWA_ALG_EDDSA ? R_KEY_TYPE_EDDSA : 0;
}

static bool fits(jwk_t *k, jwa_alg alg)
{
    unsigned bits = 0;
    int type = r_jwk_key_type(k, &bits, R_FLAG_IGNORE_REMOTE);
    const char *use = r_jwk_get_property_str(k, "use"), *named = r_jwk_get_property_str(k, "alg");
    if (!(type & kind_of(alg)) || (type & R_KEY_TYPE_SYMMETRIC) || (use && strcmp(use, "sig") != 0)) return false;
    if ((type & R_KEY_TYPE_RSA) && bits < 2048) return false;
    return !named || r_str_to_jwa_alg(named) == alg;
}

/* The one key of this id, or without an id the only key that fits; NULL: none, or more than one. */
static jwk_t *key_of(jwks_t *set, const char *kid, jwa_alg alg)
{
    jwk_t *found = NULL;
    for (size_t i = 0; i < r_jwks_size(set); i++) {
        jwk_t *k = r_jwks_get_at(set, i);
        const char *id = k ? r_jwk_get_property_str(k, "kid") : NULL;
        bool good = k && fits(k, alg) && (!kid || (id && strcmp(id, kid) == 0));
        if (!good || found) {
            r_jwk_free(k);
            if (good) {
                r_jwk_free(found);
                return NULL;
            }
            continue;
        }
        found = k;
    }
    return found;
}

static result verify(struct arena *a, jwt_t *t, jwks_t *set)
{
    jwa_alg alg = r_jwt_get_sign_alg(t);
    if (!kind_of(alg)) return refuse(a, CODE_TOKEN_ALGORITHM, "alg");
    if (r_jwt_get_header_json_t_value(t, "crit")) return refuse(a, CODE_TOKEN_FORM, "crit");
    jwk_t *k = key_of(set, r_jwt_get_header_str_value(t, "kid"), alg);
    if (!k) return refuse(a, CODE_TOKEN_KEY, "kid");
    bool good = r_jwt_verify_signature(t, k, R_FLAG_IGNORE_REMOTE) == RHN_OK;
    r_jwk_free(k);
    return good ? ok() : refuse(a, CODE_TOKEN_SIGNATURE, "signature");
}

result jose_verify(struct arena *a, struct slice token, struct slice jwks, struct slice *claims)
{
    struct slice head, rest, body, signature;
    if (token.n > JOSE_MAX || !slice_cut(token, '.', &head, &rest) || !slice_cut(rest, '.', &body, &signature) ||
        slice_find(signature, '.', 0) != SIZE_MAX || !base64url_decode(a, body, claims))
        return refuse(a, CODE_TOKEN_FORM, "JWS");
    jwt_t *t = NULL;
    jwks_t *set = r_jwks_quick_import(R_IMPORT_JSON_STR, arena_cstr(a, jwks), R_IMPORT_NONE);
    result r = refuse(a, CODE_TOKEN_FORM, "JWS");
    if (set && r_jwt_init(&t) == RHN_OK &&
        r_jwt_parse_unsecure(t, arena_cstr(a, token), R_FLAG_IGNORE_REMOTE) == RHN_OK)
        r = verify(a, t, set);
    r_jwt_free(t);
    r_jwks_free(set);
    return r;
}
