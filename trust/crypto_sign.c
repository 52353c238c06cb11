/* Signature keys: SM2, P-256, P-384, RSA, Ed25519. */
#include "trust/crypto.h"

#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

struct crypto_key {
    enum crypto_kind kind;
    EVP_PKEY *pkey;
    const struct crypto_outside *outside; /* NULL: not */
};

static void free_pkey(void *p)
{
    EVP_PKEY_free(p);
}

static result bad_key(struct arena *a, const char *why)
{
    ERR_clear_error();
    return fail(a, CODE_CRYPTO_KEY, S(""), "detail", slice_cstr(why), NULL);
}

static bool kind_of(EVP_PKEY *pkey, enum crypto_kind *out)
{
    char group[64];
    size_t n = 0;
    if (EVP_PKEY_is_a(pkey, "ED25519")) {
        *out = CRYPTO_ED25519;
        return true;
    }
    if (EVP_PKEY_is_a(pkey, "SM2")) {
        *out = CRYPTO_SM2;
        return true;
    }
    if (EVP_PKEY_is_a(pkey, "RSA")) {
        *out = CRYPTO_RSA;
        return EVP_PKEY_get_bits(pkey) >= 2048;
    }
    if (!EVP_PKEY_is_a(pkey, "EC") || EVP_PKEY_get_group_name(pkey, group, sizeof group, &n) != 1) return false;
    bool is_p384 = slice_is(slice_of(group, n), "secp384r1");
    *out = is_p384 ? CRYPTO_P384 : CRYPTO_P256;
    return is_p384 || slice_is(slice_of(group, n), "prime256v1");
}

result crypto_key_of_handle(struct arena *a, void *pkey, struct crypto_key **out)
{
    enum crypto_kind kind;
    if (!kind_of(pkey, &kind)) {
        EVP_PKEY_free(pkey);
        return bad_key(a, "neither SM2, P-256, P-384, RSA nor Ed25519");
    }
    struct crypto_key *k = NEW(a, struct crypto_key);
    *k = (struct crypto_key){kind, pkey, NULL};
    arena_cleanup(a, free_pkey, pkey);
    *out = k;
    return ok();
}

result crypto_key_new(struct arena *a, enum crypto_kind kind, struct crypto_key **out)
{
    EVP_PKEY *pkey = NULL;
    switch (kind) {
    case CRYPTO_SM2: pkey = EVP_PKEY_Q_keygen(NULL, NULL, "SM2"); break;
    case CRYPTO_P256: pkey = EVP_EC_gen("P-256"); break;
    case CRYPTO_P384: pkey = EVP_EC_gen("P-384"); break;
    case CRYPTO_RSA: pkey = EVP_RSA_gen(3072); break;
    case CRYPTO_ED25519: pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"); break;
    }
    if (!pkey) return bad_key(a, "key generation failed");
    return crypto_key_of_handle(a, pkey, out);
}

static result decode(struct arena *a, struct slice der, const char *structure, int selection, struct crypto_key **out)
{
    EVP_PKEY *pkey = NULL;
    OSSL_DECODER_CTX *ctx = OSSL_DECODER_CTX_new_for_pkey(&pkey, "DER", structure, NULL, selection, NULL, NULL);
    const unsigned char *p = (const unsigned char *)der.p;
    size_t left = der.n;
    bool good = ctx && der.n && der.n <= 4096 && OSSL_DECODER_from_data(ctx, &p, &left) == 1 && left == 0;
    OSSL_DECODER_CTX_free(ctx);
    if (!good || !pkey) {
        EVP_PKEY_free(pkey);
        return bad_key(a, "cannot be decoded");
    }
    return crypto_key_of_handle(a, pkey, out);
}

result crypto_key_from_pkcs8(struct arena *a, struct slice der, struct crypto_key **out)
{
    return decode(a, der, "PrivateKeyInfo", EVP_PKEY_KEYPAIR, out);
}

result crypto_key_from_spki(struct arena *a, struct slice der, struct crypto_key **out)
{
    return decode(a, der, "SubjectPublicKeyInfo", EVP_PKEY_PUBLIC_KEY, out);
}

/* Copies what OpenSSL allocated; wiped first, as it may be a private key. */
static struct slice take_der(struct arena *a, unsigned char *der, int n)
{
    struct slice s = n > 0 ? arena_copy(a, slice_of((const char *)der, (size_t)n)) : slice_of(NULL, 0);
    if (n > 0) OPENSSL_clear_free(der, (size_t)n);
    return s;
}

struct slice crypto_key_pkcs8(struct arena *a, const struct crypto_key *k)
{
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(k->pkey);
    unsigned char *der = NULL;
    int n = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;
    PKCS8_PRIV_KEY_INFO_free(info);
    return take_der(a, der, n);
}

struct slice crypto_key_spki(struct arena *a, const struct crypto_key *k)
{
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(k->pkey, &der);
    return take_der(a, der, n);
}

enum crypto_kind crypto_key_kind(const struct crypto_key *k)
{
    return k->kind;
}

void *crypto_key_handle(const struct crypto_key *k)
{
    return k->pkey;
}

result crypto_key_outside(struct arena *a, struct slice spki, const struct crypto_outside *where,
                          struct crypto_key **out)
{
    struct crypto_outside *o = NEW(a, struct crypto_outside);
    TRY(crypto_key_from_spki(a, spki, out));
    *o = *where;
    o->reference = arena_copy(a, where->reference);
    (*out)->outside = o;
    return ok();
}

const struct crypto_outside *crypto_key_where(const struct crypto_key *k)
{
    return k->outside;
}

static const char *digest_of(enum crypto_kind kind)
{
    switch (kind) {
    case CRYPTO_SM2: return "SM3";
    case CRYPTO_P256:
    case CRYPTO_P384:
    case CRYPTO_RSA: return "SHA256";
    default: return NULL; /* Ed25519 hashes by itself */
    }
}

typedef int init_fn(EVP_MD_CTX *ctx, EVP_PKEY_CTX **pctx, const char *digest, OSSL_LIB_CTX *lib, const char *props,
                    EVP_PKEY *key, const OSSL_PARAM params[]);

/* SM2 hashes the signer's id before the message (GB/T 32918.2, 5.5). Early releases of OpenSSL 3.0 take the id with the
 * init call only, later ones (3.0.19) only after it. */
static bool begin(const struct crypto_key *k, init_fn *init, EVP_MD_CTX **ctx)
{
    static char id[] = CRYPTO_SM2_ID;
    const OSSL_PARAM with_id[] = {OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_DIST_ID, id, sizeof id - 1),
                                  OSSL_PARAM_construct_end()};
    const OSSL_PARAM *params = k->kind == CRYPTO_SM2 ? with_id : NULL;
    EVP_PKEY_CTX *own = NULL;
    *ctx = EVP_MD_CTX_new();
    if (*ctx && init(*ctx, NULL, digest_of(k->kind), NULL, NULL, k->pkey, params) == 1) return true;
    if (!params) return false;
    EVP_MD_CTX_free(*ctx);
    *ctx = EVP_MD_CTX_new();
    return *ctx && init(*ctx, &own, digest_of(k->kind), NULL, NULL, k->pkey, NULL) == 1 &&
           EVP_PKEY_CTX_set_params(own, params) == 1;
}

result crypto_sign(struct arena *a, const struct crypto_key *k, struct slice message, struct slice *signature)
{
    EVP_MD_CTX *ctx = NULL;
    const unsigned char *m = message.n ? (const unsigned char *)message.p : (const unsigned char *)"";
    size_t n = 0;
    if (k->outside) return k->outside->sign(k->outside->of, a, message, signature);
    bool good = begin(k, EVP_DigestSignInit_ex, &ctx) && EVP_DigestSign(ctx, NULL, &n, m, message.n) == 1;
    unsigned char *sig = good ? arena_alloc(a, n) : NULL;
    good = good && EVP_DigestSign(ctx, sig, &n, m, message.n) == 1;
    EVP_MD_CTX_free(ctx);
    if (!good) return bad_key(a, "signing failed (a public key only?)");
    *signature = slice_of((const char *)sig, n);
    return ok();
}

bool crypto_verify(const struct crypto_key *k, struct slice message, struct slice signature)
{
    EVP_MD_CTX *ctx = NULL;
    const unsigned char *m = message.n ? (const unsigned char *)message.p : (const unsigned char *)"";
    bool good = signature.n && begin(k, EVP_DigestVerifyInit_ex, &ctx) &&
                EVP_DigestVerify(ctx, (const unsigned char *)signature.p, signature.n, m, message.n) == 1;
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    return good;
}
