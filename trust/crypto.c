/* Hashes, AEAD boxes, key wrapping, SM4. Signatures are in crypto_sign.c. */
#include "trust/crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { TAG = 16, PREFIX = 5, BLOCK = 16 };
enum { NONCE = CRYPTO_NONCE_BYTES, SM4_HEAD = PREFIX + CRYPTO_SM4_IV_BYTES };

/* Fetched once: a fetch by name costs more than hashing a kilobyte. */
static struct {
    EVP_MD *sha256, *sm3;
    EVP_CIPHER *aes, *sm4_ecb, *sm4_cbc, *sm4_ctr;
    EVP_MAC *hmac;
    EVP_KDF *hkdf;
} alg;
static pthread_once_t alg_once = PTHREAD_ONCE_INIT;

static _Noreturn void broken(const char *what)
{
    fprintf(stderr, "trust/crypto: the cryptographic library failed: %s\n", what);
    abort();
}

static void alg_load(void)
{
    alg.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    alg.sm3 = EVP_MD_fetch(NULL, "SM3", NULL);
    alg.aes = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    alg.sm4_ecb = EVP_CIPHER_fetch(NULL, "SM4-ECB", NULL);
    alg.sm4_cbc = EVP_CIPHER_fetch(NULL, "SM4-CBC", NULL);
    alg.sm4_ctr = EVP_CIPHER_fetch(NULL, "SM4-CTR", NULL);
    alg.hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    alg.hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    if (!alg.sha256 || !alg.sm3 || !alg.aes || !alg.sm4_ecb || !alg.sm4_cbc || !alg.sm4_ctr || !alg.hmac || !alg.hkdf)
        broken("an algorithm is missing");
}

static void need_alg(void)
{
    if (pthread_once(&alg_once, alg_load) != 0) broken("pthread_once");
}

static const unsigned char *bytes(struct slice s)
{
    return s.n ? (const unsigned char *)s.p : (const unsigned char *)"";
}

static int len(size_t n)
{
    if (n > INT32_MAX) broken("input over 2 GiB");
    return (int)n;
}

void crypto_wipe(void *p, size_t n)
{
    OPENSSL_cleanse(p, n);
}

/* ---- hashes ---- */

static void digest(const EVP_MD *md, const struct slice *parts, size_t n, uint8_t out[CRYPTO_HASH_BYTES])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = ctx && EVP_DigestInit_ex(ctx, md, NULL) == 1;
    for (size_t i = 0; good && i < n; i++) good = EVP_DigestUpdate(ctx, bytes(parts[i]), parts[i].n) == 1;
    if (!good || EVP_DigestFinal_ex(ctx, out, NULL) != 1) broken("digest");
    EVP_MD_CTX_free(ctx);
}

void crypto_sha256_parts(const struct slice *parts, size_t n, uint8_t out[CRYPTO_HASH_BYTES])
{
    need_alg();
    digest(alg.sha256, parts, n, out);
}

void crypto_sha256(struct slice s, uint8_t out[CRYPTO_HASH_BYTES])
{
    crypto_sha256_parts(&s, 1, out);
}

void crypto_sm3(struct slice s, uint8_t out[CRYPTO_HASH_BYTES])
{
    need_alg();
    digest(alg.sm3, &s, 1, out);
}

struct slice crypto_sha256_hex(struct arena *a, struct slice s)
{
    uint8_t h[CRYPTO_HASH_BYTES];
    crypto_sha256(s, h);
    return hex_encode(a, slice_of((const char *)h, sizeof h));
}

static void hmac(const char *md, struct slice key, const struct slice *parts, size_t n, uint8_t out[CRYPTO_HASH_BYTES])
{
    need_alg();
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(alg.hmac);
    char name[16];
    snprintf(name, sizeof name, "%s", md);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                           OSSL_PARAM_construct_end()};
    bool good = ctx && EVP_MAC_init(ctx, bytes(key), key.n, params) == 1;
    for (size_t i = 0; good && i < n; i++) good = EVP_MAC_update(ctx, bytes(parts[i]), parts[i].n) == 1;
    size_t got = 0;
    if (!good || EVP_MAC_final(ctx, out, &got, CRYPTO_HASH_BYTES) != 1 || got != CRYPTO_HASH_BYTES) broken("HMAC");
    EVP_MAC_CTX_free(ctx);
}

void crypto_hmac_sha256(struct slice key, struct slice s, uint8_t out[CRYPTO_HASH_BYTES])
{
    hmac("SHA256", key, &s, 1, out);
}

void crypto_hmac_sm3(struct slice key, struct slice s, uint8_t out[CRYPTO_HASH_BYTES])
{
    hmac("SM3", key, &s, 1, out);
}

/* HKDF (RFC 5869) without salt. */
static void hkdf(const char *md, const uint8_t key[CRYPTO_KEY_BYTES], const char *use, uint8_t *out, size_t n)
{
    need_alg();
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(alg.hkdf);
    char name[16], info[128];
    uint8_t k[CRYPTO_KEY_BYTES];
    memcpy(k, key, sizeof k);
    snprintf(name, sizeof name, "%s", md);
    int length = snprintf(info, sizeof info, "%s", use);
    if (length < 0 || (size_t)length >= sizeof info) broken("name of a derived key too long");
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, k, sizeof k),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, (size_t)length),
        OSSL_PARAM_construct_end(),
    };
    if (!ctx || EVP_KDF_derive(ctx, out, n, params) != 1) broken("HKDF");
    EVP_KDF_CTX_free(ctx);
    crypto_wipe(k, sizeof k);
}

void crypto_derive(const uint8_t key[CRYPTO_KEY_BYTES], const char *use, uint8_t out[CRYPTO_KEY_BYTES])
{
    hkdf("SHA256", key, use, out, CRYPTO_KEY_BYTES);
}

struct slice crypto_index(struct arena *a, const uint8_t key[CRYPTO_KEY_BYTES], uint8_t version, const char *kind,
                          struct slice value)
{
    uint8_t *out = arena_alloc(a, CRYPTO_INDEX_BYTES);
    out[0] = version;
    struct slice parts[] = {slice_cstr(kind), slice_of("", 1), value}; /* the NUL keeps ("ab","c") from ("a","bc") */
    hmac("SHA256", slice_of((const char *)key, CRYPTO_KEY_BYTES), parts, 3, out + 1);
    return slice_of((const char *)out, CRYPTO_INDEX_BYTES);
}

/* ---- SM4 ---- */

static result bad_box(struct arena *a)
{
    return fail(a, CODE_CRYPTO_BOX, S(""), NULL);
}

static const EVP_CIPHER *sm4_cipher(enum crypto_sm4_mode mode)
{
    switch (mode) {
    case CRYPTO_SM4_ECB: return alg.sm4_ecb;
    case CRYPTO_SM4_CBC: return alg.sm4_cbc;
    default: return alg.sm4_ctr;
    }
}

static void sm4_pass(const EVP_CIPHER *cipher, bool encrypt, const uint8_t *key, const uint8_t *iv, struct slice in,
                     uint8_t *out)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int got = 0, last = 0;
    if (!ctx || EVP_CipherInit_ex2(ctx, cipher, key, iv, encrypt, NULL) != 1 ||
        EVP_CIPHER_CTX_set_padding(ctx, 0) != 1 ||
        (in.n && EVP_CipherUpdate(ctx, out, &got, bytes(in), len(in.n)) != 1) ||
        EVP_CipherFinal_ex(ctx, out + got, &last) != 1)
        broken("SM4");
    EVP_CIPHER_CTX_free(ctx);
}

result crypto_sm4(struct arena *a, enum crypto_sm4_mode mode, bool encrypt, struct slice key, struct slice iv,
                  struct slice in, struct slice *out)
{
    need_alg();
    *out = slice_of(NULL, 0);
    if (key.n != BLOCK || (mode != CRYPTO_SM4_ECB && iv.n != BLOCK) || (mode != CRYPTO_SM4_CTR && in.n % BLOCK != 0))
        return bad_box(a);
    uint8_t *p = arena_alloc(a, in.n + BLOCK);
    sm4_pass(sm4_cipher(mode), encrypt, bytes(key), mode == CRYPTO_SM4_ECB ? NULL : bytes(iv), in, p);
    *out = slice_of((const char *)p, in.n);
    return ok();
}

/* ---- boxes ---- */

static void put_prefix(uint8_t *p, enum crypto_suite suite, uint32_t key_id)
{
    p[0] = (uint8_t)suite;
    for (int i = 0; i < 4; i++) p[1 + i] = (uint8_t)(key_id >> (24 - 8 * i));
}

/* The least length of a box of the suite that its first byte names; SIZE_MAX: of none. */
static size_t overhead(struct slice box)
{
    if (!box.n) return SIZE_MAX;
    switch (bytes(box)[0]) {
    case CRYPTO_AES: return CRYPTO_BOX_OVERHEAD;
    case CRYPTO_SM4: return CRYPTO_SM4_OVERHEAD;
    default: return SIZE_MAX;
    }
}

bool crypto_box_key_id(struct slice box, uint32_t *key_id)
{
    const unsigned char *p = bytes(box);
    if (box.n < overhead(box)) return false;
    *key_id = (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4];
    return true;
}

struct slice crypto_box_nonce(struct slice box)
{
    if (box.n < overhead(box)) return slice_of(NULL, 0);
    return slice_sub(box, PREFIX, bytes(box)[0] == CRYPTO_AES ? NONCE : CRYPTO_SM4_IV_BYTES);
}

static struct slice aes_seal(struct arena *a, const uint8_t key[CRYPTO_KEY_BYTES], uint32_t key_id, struct slice aad,
                             struct slice plain, const uint8_t *with)
{
    need_alg();
    size_t n = CRYPTO_BOX_OVERHEAD + plain.n;
    uint8_t *box = arena_alloc(a, n);
    uint8_t *nonce = box + PREFIX, *ct = nonce + NONCE;
    put_prefix(box, CRYPTO_AES, key_id);
    memcpy(nonce, with, NONCE);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int got = 0;
    if (!ctx || EVP_EncryptInit_ex2(ctx, alg.aes, key, nonce, NULL) != 1 ||
        EVP_EncryptUpdate(ctx, NULL, &got, box, PREFIX) != 1 ||
        (aad.n && EVP_EncryptUpdate(ctx, NULL, &got, bytes(aad), len(aad.n)) != 1) ||
        (plain.n && EVP_EncryptUpdate(ctx, ct, &got, bytes(plain), len(plain.n)) != 1) ||
        EVP_EncryptFinal_ex(ctx, ct + plain.n, &got) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG, ct + plain.n) != 1)
        broken("AES-256-GCM");
    EVP_CIPHER_CTX_free(ctx);
    return slice_of((const char *)box, n);
}

static result aes_open(struct arena *a, const uint8_t key[CRYPTO_KEY_BYTES], struct slice aad, struct slice box,
                       struct slice *plain)
{
    need_alg();
    const uint8_t *p = bytes(box), *nonce = p + PREFIX, *ct = nonce + NONCE;
    size_t n = box.n - CRYPTO_BOX_OVERHEAD;
    uint8_t tag[TAG];
    memcpy(tag, ct + n, TAG);
    uint8_t *out = arena_alloc(a, n ? n : 1);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int got = 0;
    if (!ctx || EVP_DecryptInit_ex2(ctx, alg.aes, key, nonce, NULL) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG, tag) != 1 ||
        EVP_DecryptUpdate(ctx, NULL, &got, p, PREFIX) != 1 ||
        (aad.n && EVP_DecryptUpdate(ctx, NULL, &got, bytes(aad), len(aad.n)) != 1) ||
        (n && EVP_DecryptUpdate(ctx, out, &got, ct, len(n)) != 1))
        broken("AES-256-GCM");
    uint8_t last[BLOCK];
    bool good = EVP_DecryptFinal_ex(ctx, last, &got) == 1;
    EVP_CIPHER_CTX_free(ctx);
    if (!good) {
        crypto_wipe(out, n); /* unauthenticated plaintext must not linger */
        return bad_box(a);
    }
    *plain = slice_of((const char *)out, n);
    return ok();
}

/* The keys of one SM4 box: 16 bytes for the cipher, 32 for the MAC. */
struct sm4_keys {
    uint8_t cipher[BLOCK], mac[CRYPTO_KEY_BYTES];
};

static void sm4_keys(const uint8_t key[CRYPTO_KEY_BYTES], struct sm4_keys *out)
{
    uint8_t both[BLOCK + CRYPTO_KEY_BYTES];
    hkdf("SM3", key, "tongban box: SM4-CTR, HMAC-SM3", both, sizeof both);
    memcpy(out->cipher, both, BLOCK);
    memcpy(out->mac, both + BLOCK, CRYPTO_KEY_BYTES);
    crypto_wipe(both, sizeof both);
}

static void sm4_mac(const struct sm4_keys *k, struct slice head_and_ct, struct slice aad,
                    uint8_t out[CRYPTO_HASH_BYTES])
{
    uint8_t aad_len[8];
    for (int i = 0; i < 8; i++) aad_len[i] = (uint8_t)((uint64_t)aad.n >> (56 - 8 * i));
    struct slice parts[] = {slice_of((const char *)aad_len, 8), aad, head_and_ct};
    hmac("SM3", slice_of((const char *)k->mac, sizeof k->mac), parts, 3, out);
}

static struct slice sm4_seal(struct arena *a, const uint8_t key[CRYPTO_KEY_BYTES], uint32_t key_id, struct slice aad,
                             struct slice plain, const uint8_t *iv)
{
    need_alg();
    struct sm4_keys k;
    uint8_t *box = arena_alloc(a, CRYPTO_SM4_OVERHEAD + plain.n);
    put_prefix(box, CRYPTO_SM4, key_id);
    memcpy(box + PREFIX, iv, CRYPTO_SM4_IV_BYTES);
    sm4_keys(key, &k);
    sm4_pass(alg.sm4_ctr, true, k.cipher, box + PREFIX, plain, box + SM4_HEAD);
    sm4_mac(&k, slice_of((const char *)box, SM4_HEAD + plain.n), aad, box + SM4_HEAD + plain.n);
    crypto_wipe(&k, sizeof k);
    return slice_of((const char *)box, CRYPTO_SM4_OVERHEAD + plain.n);
}

static result sm4_open(struct arena *a, const uint8_t key[CRYPTO_KEY_BYTES], struct slice aad, struct slice box,
                       struct slice *plain)
{
    need_alg();
    size_t n = box.n - CRYPTO_SM4_OVERHEAD;
    uint8_t mac[CRYPTO_HASH_BYTES];
    struct sm4_keys k;
    sm4_keys(key, &k);
    sm4_mac(&k, slice_sub(box, 0, SM4_HEAD + n), aad, mac);
    bool good = CRYPTO_memcmp(mac, bytes(box) + SM4_HEAD + n, sizeof mac) == 0;
    if (good) {
        uint8_t *out = arena_alloc(a, n ? n : 1);
        sm4_pass(alg.sm4_ctr, false, k.cipher, bytes(box) + PREFIX, slice_sub(box, SM4_HEAD, n), out);
        *plain = slice_of((const char *)out, n);
    }
    crypto_wipe(&k, sizeof k);
    return good ? ok() : bad_box(a);
}

struct slice crypto_seal_as(struct arena *a, enum crypto_suite suite, const uint8_t key[CRYPTO_KEY_BYTES],
                            uint32_t key_id, struct slice aad, struct slice plain)
{
    uint8_t nonce[CRYPTO_SM4_IV_BYTES];
    random_bytes(nonce, sizeof nonce);
    return suite == CRYPTO_SM4 ? sm4_seal(a, key, key_id, aad, plain, nonce)
                               : aes_seal(a, key, key_id, aad, plain, nonce);
}

struct slice crypto_seal(struct arena *a, const uint8_t key[CRYPTO_KEY_BYTES], uint32_t key_id, struct slice aad,
                         struct slice plain)
{
    return crypto_seal_as(a, CRYPTO_AES, key, key_id, aad, plain);
}

struct slice crypto_seal_again(struct arena *a, const uint8_t key[CRYPTO_KEY_BYTES], uint32_t key_id, struct slice aad,
                               struct slice plain, struct slice nonce)
{
    if (nonce.n == CRYPTO_SM4_IV_BYTES) return sm4_seal(a, key, key_id, aad, plain, bytes(nonce));
    if (nonce.n != NONCE) broken("the length of a nonce");
    return aes_seal(a, key, key_id, aad, plain, bytes(nonce));
}

result crypto_open(struct arena *a, const uint8_t key[CRYPTO_KEY_BYTES], struct slice aad, struct slice box,
                   struct slice *plain)
{
    *plain = slice_of(NULL, 0);
    if (box.n < overhead(box)) return bad_box(a);
    return bytes(box)[0] == CRYPTO_AES ? aes_open(a, key, aad, box, plain) : sm4_open(a, key, aad, box, plain);
}

static struct slice wrap_aad(struct arena *a, struct slice owner)
{
    struct buf b = buf_new(a, 1024);
    buf_puts(&b, "tongban data key");
    buf_putc(&b, '\0');
    buf_put(&b, owner);
    return buf_slice(&b);
}

struct slice crypto_wrap_keys(struct arena *a, enum crypto_suite suite, const uint8_t city_key[CRYPTO_KEY_BYTES],
                              uint32_t version, struct slice owner, struct slice keys)
{
    return crypto_seal_as(a, suite, city_key, version, wrap_aad(a, owner), keys);
}

result crypto_unwrap_keys(struct arena *a, const uint8_t city_key[CRYPTO_KEY_BYTES], struct slice owner,
                          struct slice box, struct slice *keys)
{
    return crypto_open(a, city_key, wrap_aad(a, owner), box, keys);
}
