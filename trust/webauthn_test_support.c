#include "trust/webauthn_test_support.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/id.h"
#include "base/testing.h"
#include "trust/crypto.h"

static void pkey_free(void *p)
{
    EVP_PKEY_free(p);
}

void test_authenticator_new(struct arena *a, int64_t algorithm, struct slice rp_id, struct test_authenticator *out)
{
    EVP_PKEY *p = algorithm == WEBAUTHN_ES256   ? EVP_EC_gen("P-256")
                  : algorithm == WEBAUTHN_EDDSA ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
                                                : EVP_RSA_gen(2048);
    assert_non_null(p);
    arena_cleanup(a, pkey_free, p);
    char *id = arena_alloc(a, 16);
    random_bytes(id, 16);
    *out = (struct test_authenticator){algorithm, p, {id, 16}, 1, WEBAUTHN_PRESENT, rp_id};
}

struct slice test_client_data(struct arena *a, const char *type, struct slice challenge, struct slice origin)
{
    return arena_printf(a, "{\"type\":\"%s\",\"challenge\":\"%.*s\",\"origin\":\"%.*s\",\"crossOrigin\":false}", type,
                        SLICE_ARG(base64url_encode(a, challenge)), SLICE_ARG(origin));
}

static void number(EVP_PKEY *p, const char *name, uint8_t *out, int n)
{
    BIGNUM *b = NULL;
    assert_int_equal(EVP_PKEY_get_bn_param(p, name, &b), 1);
    assert_int_equal(BN_bn2binpad(b, out, n), n);
    BN_free(b);
}

/* RFC 9053: the public key as CTAP2 writes it. */
static void cose(struct buf *b, const struct test_authenticator *k)
{
    uint8_t x[256], y[32];
    size_t n = 32;
    if (k->algorithm == WEBAUTHN_ES256) {
        number(k->pkey, "qx", x, 32);
        number(k->pkey, "qy", y, 32);
        buf_put(b, S("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"));
        buf_put(b, slice_of((char *)x, 32));
        buf_put(b, S("\x22\x58\x20"));
        buf_put(b, slice_of((char *)y, 32));
    } else if (k->algorithm == WEBAUTHN_EDDSA) {
        assert_int_equal(EVP_PKEY_get_raw_public_key(k->pkey, x, &n), 1);
        buf_put(b, S("\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20"));
        buf_put(b, slice_of((char *)x, 32));
    } else {
        number(k->pkey, "n", x, 256);
        buf_put(b, S("\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00"));
        buf_put(b, slice_of((char *)x, 256));
        buf_put(b, S("\x21\x43\x01\x00\x01"));
    }
}

struct slice test_authenticator_data(struct arena *a, const struct test_authenticator *k, bool attested)
{
    struct buf b = buf_new(a, 4096);
    uint8_t hash[CRYPTO_HASH_BYTES];
    crypto_sha256(k->rp_id, hash);
    buf_put(&b, slice_of((char *)hash, sizeof hash));
    buf_putc(&b, (char)(k->flags | (attested ? WEBAUTHN_ATTESTED : 0)));
    for (int i = 24; i >= 0; i -= 8) buf_putc(&b, (char)(k->count >> i));
    if (attested) {
        for (int i = 0; i < 16; i++) buf_putc(&b, 0); /* AAGUID */
        buf_putc(&b, (char)(k->id.n >> 8));
        buf_putc(&b, (char)k->id.n);
        buf_put(&b, k->id);
        cose(&b, k);
    }
    return buf_slice(&b);
}

struct slice test_assertion_signature(struct arena *a, const struct test_authenticator *k, struct slice data,
                                      struct slice client_data)
{
    struct buf b = buf_new(a, 8192);
    uint8_t hash[CRYPTO_HASH_BYTES];
    size_t n = 512;
    char *out = arena_alloc(a, n);
    crypto_sha256(client_data, hash);
    buf_put(&b, data);
    buf_put(&b, slice_of((char *)hash, sizeof hash));
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    const EVP_MD *md = k->algorithm == WEBAUTHN_EDDSA ? NULL : EVP_sha256();
    assert_int_equal(EVP_DigestSignInit(c, NULL, md, NULL, k->pkey), 1);
    assert_int_equal(EVP_DigestSign(c, (unsigned char *)out, &n, (const unsigned char *)b.p, b.n), 1);
    EVP_MD_CTX_free(c);
    return slice_of(out, n);
}

static void head(struct buf *b, int major, size_t n)
{
    char first = (char)(major << 5);
    if (n < 24) {
        buf_putc(b, (char)(first | (char)n));
    } else if (n < 256) {
        buf_putc(b, (char)(first | 24));
        buf_putc(b, (char)n);
    } else {
        buf_putc(b, (char)(first | 25));
        buf_putc(b, (char)(n >> 8));
        buf_putc(b, (char)n);
    }
}

struct slice test_attestation(struct arena *a, const struct test_authenticator *k, const char *format,
                              struct slice client_data)
{
    struct slice data = test_authenticator_data(a, k, true);
    struct buf b = buf_new(a, 8192);
    buf_put(&b, S("\xa3\x63"
                  "fmt"));
    head(&b, 3, strlen(format));
    buf_puts(&b, format);
    buf_put(&b, S("\x67"
                  "attStmt"));
    if (strcmp(format, "packed") == 0) {
        struct slice signature = test_assertion_signature(a, k, data, client_data);
        buf_put(&b, S("\xa2\x63"
                      "alg"));
        if (k->algorithm == WEBAUTHN_RS256)
            buf_put(&b, S("\x39\x01\x00"));
        else
            buf_putc(&b, (char)(0x20 | (int)(-1 - k->algorithm)));
        buf_put(&b, S("\x63"
                      "sig"));
        head(&b, 2, signature.n);
        buf_put(&b, signature);
    } else {
        buf_putc(&b, (char)0xa0);
    }
    buf_put(&b, S("\x68"
                  "authData"));
    head(&b, 2, data.n);
    buf_put(&b, data);
    return buf_slice(&b);
}

const struct json *test_assertion(struct arena *a, struct test_authenticator *k, struct slice challenge,
                                  struct slice origin)
{
    k->count++;
    struct slice client = test_client_data(a, "webauthn.get", challenge, origin);
    struct slice data = test_authenticator_data(a, k, false);
    struct json_builder b = json_builder(a);
    json_set_str(&b, "id", base64url_encode(a, k->id));
    json_set_str(&b, "clientDataJSON", base64url_encode(a, client));
    json_set_str(&b, "authenticatorData", base64url_encode(a, data));
    json_set_str(&b, "signature", base64url_encode(a, test_assertion_signature(a, k, data, client)));
    return json_object(&b);
}
