/* Signatures over bytes by the key of a certificate. */
#include "trust/proof_parts.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

result proof_wrong(struct arena *a)
{
    ERR_clear_error();
    return fail(a, CODE_CERT_PROOF, S("/signature"), NULL);
}

/* r and s of equal length, side by side (IEEE P1363) -> DER. */
static struct slice der_of_pair(struct arena *a, struct slice pair)
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    int half = (int)(pair.n / 2);
    const unsigned char *p = (const unsigned char *)pair.p;
    BIGNUM *r = BN_bin2bn(p, half, NULL), *s = BN_bin2bn(p + half, half, NULL);
    unsigned char *der = NULL;
    struct slice out = {NULL, 0};
    if (sig && r && s && ECDSA_SIG_set0(sig, r, s) == 1) {
        r = s = NULL; /* the signature's now */
        int n = i2d_ECDSA_SIG(sig, &der);
        if (n > 0) out = arena_copy(a, slice_of((const char *)der, (size_t)n));
    }
    OPENSSL_free(der);
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(sig);
    return out;
}

static bool evp_verify(EVP_PKEY *key, const EVP_MD *md, bool pss, struct slice message, struct slice sig)
{
    EVP_MD_CTX *m = EVP_MD_CTX_new();
    EVP_PKEY_CTX *k = NULL;
    bool good = m && EVP_DigestVerifyInit(m, &k, md, NULL, key) == 1;
    if (good && pss)
        good = EVP_PKEY_CTX_set_rsa_padding(k, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(k, RSA_PSS_SALTLEN_AUTO) == 1;
    good = good &&
           EVP_DigestVerify(m, (const unsigned char *)sig.p, sig.n, (const unsigned char *)message.p, message.n) == 1;
    EVP_MD_CTX_free(m);
    ERR_clear_error();
    return good;
}

static bool verify_sm2(struct arena *a, EVP_PKEY *key, struct slice message, struct slice sig)
{
    struct crypto_key *k;
    if (EVP_PKEY_up_ref(key) != 1) return false;
    return !failed(crypto_key_of_handle(a, key, &k)) && crypto_verify(k, message, sig);
}

static const EVP_MD *digest_of_curve(EVP_PKEY *key)
{
    int bits = EVP_PKEY_get_bits(key);
    return bits <= 256 ? EVP_sha256() : bits <= 384 ? EVP_sha384() : EVP_sha512();
}

bool proof_verify(struct arena *a, const struct x509_cert *cert, const EVP_MD *md, struct slice message,
                  struct slice sig)
{
    EVP_PKEY *key = cert->key;
    if (!key || sig.n == 0 || sig.n > 4096) return false;
    if (EVP_PKEY_is_a(key, "ED25519")) return evp_verify(key, NULL, false, message, sig);
    if (EVP_PKEY_is_a(key, "SM2")) {
        if (md && !EVP_MD_is_a(md, "SM3")) return false;
        return verify_sm2(a, key, message, sig) || (sig.n == 64 && verify_sm2(a, key, message, der_of_pair(a, sig)));
    }
    if (EVP_PKEY_is_a(key, "EC")) {
        size_t half = ((size_t)EVP_PKEY_get_bits(key) + 7) / 8;
        if (!md) md = digest_of_curve(key);
        return evp_verify(key, md, false, message, sig) ||
               (sig.n == 2 * half && evp_verify(key, md, false, message, der_of_pair(a, sig)));
    }
    if (!EVP_PKEY_is_a(key, "RSA")) return false;
    if (!md) md = EVP_sha256();
    return evp_verify(key, md, false, message, sig) || evp_verify(key, md, true, message, sig);
}

result proof_raw(struct arena *a, const struct x509_cert *cert, struct slice message, struct slice signature)
{
    return proof_verify(a, cert, NULL, message, signature) ? ok() : proof_wrong(a);
}
