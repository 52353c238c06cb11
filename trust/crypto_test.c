/* Vectors: GB/T 32905/32907/32918 published examples and Wycheproof (shared data), RFC 5869, RFC 8032. */
#include "base/testing.h"
#include "trust/crypto.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

static struct slice hex(struct arena *a, struct slice s)
{
    struct slice out;
    assert_true(hex_decode(a, s, &out));
    return out;
}

static struct slice text_hex(struct arena *a, const uint8_t *p, size_t n)
{
    return hex_encode(a, slice_of((const char *)p, n));
}

/* Without shared data too: one value each, so that nothing rests on the folder alone. */
static void hashes(void **state)
{
    struct arena *a = *state;
    uint8_t h[32];
    crypto_sha256(S("abc"), h);
    assert_slice(text_hex(a, h, 32), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    struct slice parts[] = {S("a"), S(""), S("bc")};
    crypto_sha256_parts(parts, 3, h);
    assert_slice(text_hex(a, h, 32), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    crypto_sm3(S("abc"), h);
    assert_slice(text_hex(a, h, 32), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    crypto_hmac_sha256(S("Jefe"), S("what do ya want for nothing?"), h); /* RFC 4231, case 2 */
    assert_slice(text_hex(a, h, 32), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    crypto_sha256(slice_of(NULL, 0), h);
    assert_slice(text_hex(a, h, 32), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static const struct json *vectors(struct arena *a, const char *path)
{
    struct slice text;
    if (!test_shared(a, path, &text)) return NULL;
    return test_json(a, text);
}

static void sm_vectors(void **state)
{
    struct arena *a = *state;
    const struct json *v = vectors(a, "crypto/sm_vectors.json");
    if (!v) return;
    const struct json *sm3 = json_get(v, "sm3");
    assert_int_equal(sm3->n, 3);
    for (size_t i = 0; i < sm3->n; i++) {
        struct buf m = buf_new(a, 256);
        uint8_t h[32];
        if (json_get(sm3->items[i], "msg_hex"))
            buf_put(&m, hex(a, json_string(sm3->items[i], "msg_hex")));
        else if (json_string(sm3->items[i], "msg").n)
            for (int k = 0; k < 16; k++) buf_puts(&m, "abcd");
        crypto_sm3(buf_slice(&m), h);
        assert_true(slice_eq(text_hex(a, h, 32), json_string(sm3->items[i], "md")));
    }
    int tried = 0;
    const struct json *sm4 = json_get(v, "sm4");
    for (size_t i = 0; i < sm4->n; i++) {
        const struct json *t = sm4->items[i];
        struct slice mode = json_string(t, "mode"), out, back;
        enum crypto_sm4_mode m = slice_starts(mode, S("ECB"))   ? CRYPTO_SM4_ECB
                                 : slice_starts(mode, S("CBC")) ? CRYPTO_SM4_CBC
                                                                : CRYPTO_SM4_CTR;
        if (slice_starts(mode, S("GCM")) || slice_starts(mode, S("CCM"))) continue; /* not in OpenSSL 3.0 */
        struct slice key = hex(a, json_string(t, "key")), iv = hex(a, json_string(t, "iv")),
                     pt = hex(a, json_string(t, "pt"));
        int rounds = slice_is(mode, "ECB x1000000") ? 1000000 : 1;
        out = pt;
        struct arena *round_arena = arena_new("rounds");
        char block[16];
        for (int r = 0; r < rounds; r++) {
            assert_good(a, crypto_sm4(rounds > 1 ? round_arena : a, m, true, key, iv, out, &out));
            if (rounds > 1) {
                for (int k = 0; k < 16; k++) block[k] = out.p[k];
                out = slice_of(block, 16);
                arena_reset(round_arena);
            }
        }
        arena_free(round_arena);
        assert_true(slice_eq(hex_encode(a, out), json_string(t, "ct")));
        if (rounds == 1) {
            assert_good(a, crypto_sm4(a, m, false, key, iv, out, &back));
            assert_true(slice_eq(back, pt));
        }
        tried++;
    }
    assert_true(tried >= 4);
}

static void sm3_wycheproof(void **state)
{
    struct arena *a = *state;
    const struct json *v = vectors(a, "crypto/wycheproof_hmac_sm3_test.json");
    if (!v) return;
    const struct json *groups = json_get(v, "testGroups");
    int n = 0;
    for (size_t g = 0; g < groups->n; g++) {
        const struct json *tests = json_get(groups->items[g], "tests");
        size_t tag_bytes = (size_t)json_int(groups->items[g], "tagSize", 0) / 8;
        for (size_t i = 0; i < tests->n; i++, n++) {
            const struct json *t = tests->items[i];
            uint8_t h[32];
            crypto_hmac_sm3(hex(a, json_string(t, "key")), hex(a, json_string(t, "msg")), h);
            bool same = slice_eq(text_hex(a, h, tag_bytes), json_string(t, "tag"));
            assert_int_equal(same, slice_is(json_string(t, "result"), "valid"));
        }
    }
    assert_true(n > 50);
}

/* The published SM2 example: public key and {r, s} must verify under the standard id, and not under a changed message. */
static void sm2_vector(void **state)
{
    struct arena *a = *state;
    const struct json *v = json_get(vectors(a, "crypto/sm_vectors.json"), "sm2_sign");
    if (!v) return;
    struct buf point = buf_new(a, 65), sig = buf_new(a, 80);
    buf_putc(&point, 4);
    buf_put(&point, hex(a, json_string(v, "px")));
    buf_put(&point, hex(a, json_string(v, "py")));
    char group[] = "SM2";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                           OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.p, point.n),
                           OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    EVP_PKEY *pkey = NULL;
    assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
    assert_int_equal(EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params), 1);
    EVP_PKEY_CTX_free(ctx);
    struct crypto_key *k;
    assert_good(a, crypto_key_of_handle(a, pkey, &k));
    assert_int_equal(crypto_key_kind(k), CRYPTO_SM2);
    buf_put(&sig, hex(a, S("3046022100"))); /* both halves have their top bit set */
    buf_put(&sig, hex(a, json_string(v, "r")));
    buf_put(&sig, hex(a, S("022100")));
    buf_put(&sig, hex(a, json_string(v, "s")));
    assert_true(crypto_verify(k, json_string(v, "msg"), buf_slice(&sig)));
    assert_false(crypto_verify(k, S("message digesT"), buf_slice(&sig)));
    sig.p[20] ^= 1;
    assert_false(crypto_verify(k, json_string(v, "msg"), buf_slice(&sig)));
}

static void sign_kinds(void **state)
{
    struct arena *a = *state;
    for (int kind = CRYPTO_SM2; kind <= CRYPTO_ED25519; kind++) {
        struct crypto_key *k, *pub, *other, *again;
        struct slice sig;
        assert_good(a, crypto_key_new(a, (enum crypto_kind)kind, &k));
        assert_good(a, crypto_key_new(a, (enum crypto_kind)kind, &other));
        assert_good(a, crypto_key_from_spki(a, crypto_key_spki(a, k), &pub));
        assert_good(a, crypto_key_from_pkcs8(a, crypto_key_pkcs8(a, k), &again));
        assert_int_equal(crypto_key_kind(pub), kind);
        assert_int_equal(crypto_key_kind(again), kind);
        assert_good(a, crypto_sign(a, again, S("营业执照"), &sig));
        assert_true(crypto_verify(pub, S("营业执照"), sig));
        assert_true(crypto_verify(k, S("营业执照"), sig));
        assert_false(crypto_verify(other, S("营业执照"), sig));
        assert_false(crypto_verify(pub, S("营业执照 "), sig));
        assert_false(crypto_verify(pub, S("营业执照"), S("")));
        assert_false(crypto_verify(pub, S("营业执照"), slice_sub(sig, 0, sig.n - 1)));
        assert_code(crypto_sign(a, pub, S("x"), &sig), CODE_CRYPTO_KEY);
        struct slice der = crypto_key_spki(a, k);
        assert_code(crypto_key_from_spki(a, slice_sub(der, 0, der.n - 1), &pub), CODE_CRYPTO_KEY);
        assert_code(crypto_key_from_spki(a, arena_printf(a, "%.*sx", 3, "abc"), &pub), CODE_CRYPTO_KEY);
    }
    struct crypto_key *k;
    assert_code(crypto_key_of_handle(a, EVP_EC_gen("P-521"), &k), CODE_CRYPTO_KEY);
    assert_code(crypto_key_of_handle(a, EVP_RSA_gen(1024), &k), CODE_CRYPTO_KEY);
}

static void ed25519_vector(void **state) /* RFC 8032, 7.1, test 2 */
{
    struct arena *a = *state;
    struct crypto_key *k;
    struct slice sig;
    assert_good(
        a,
        crypto_key_from_pkcs8(
            a,
            hex(a,
                S("302e020100300506032b6570042204204ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")),
            &k));
    assert_good(a, crypto_sign(a, k, S("\x72"), &sig));
    assert_slice(hex_encode(a, sig), "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                                     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

/* The box against the bare cipher called here with the same parts: the layout is what the header says. */
static void box_layout(void **state)
{
    struct arena *a = *state;
    uint8_t key[32], out[64];
    for (int i = 0; i < 32; i++) key[i] = (uint8_t)i;
    struct slice box = crypto_seal(a, key, 0x01020304, S("case.vars"), S("张三"));
    assert_int_equal(box.n, CRYPTO_BOX_OVERHEAD + 6);
    assert_slice(hex_encode(a, slice_sub(box, 0, 5)), "0101020304");
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0;
    const unsigned char *p = (const unsigned char *)box.p;
    uint8_t tag[16];
    for (int i = 0; i < 16; i++) tag[i] = p[box.n - 16 + (size_t)i];
    assert_int_equal(EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, p + 5), 1);
    assert_int_equal(EVP_DecryptUpdate(ctx, NULL, &n, p, 5), 1);
    assert_int_equal(EVP_DecryptUpdate(ctx, NULL, &n, (const unsigned char *)"case.vars", 9), 1);
    assert_int_equal(EVP_DecryptUpdate(ctx, out, &n, p + 17, 6), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, 16, tag), 1);
    assert_int_equal(EVP_DecryptFinal_ex(ctx, out + n, &n), 1);
    EVP_CIPHER_CTX_free(ctx);
    assert_memory_equal(out, "张三", 6);
    uint32_t id = 0;
    assert_true(crypto_box_key_id(box, &id));
    assert_int_equal(id, 0x01020304);
}

/* The box of SM4 against HKDF, cipher and MAC called here one by one. */
static void sm4_box_layout(void **state)
{
    struct arena *a = *state;
    uint8_t key[32], prk[32], t1[32], t2[32], mac[32];
    for (int i = 0; i < 32; i++) key[i] = (uint8_t)i;
    struct slice plain = S("张三 441900199003070011"), text, aad = S("case.vars");
    struct slice box = crypto_seal_as(a, CRYPTO_SM4, key, 0x01020304, aad, plain);
    assert_int_equal(box.n, CRYPTO_SM4_OVERHEAD + plain.n);
    assert_slice(hex_encode(a, slice_sub(box, 0, 5)), "0201020304");
    assert_int_equal(crypto_box_nonce(box).n, 16);
    /* RFC 5869 with SM3: T(1) = HMAC(PRK, info | 1), T(2) = HMAC(PRK, T(1) | info | 2) */
    char zeros[32] = {0};
    struct slice info = S("tongban box: SM4-CTR, HMAC-SM3");
    crypto_hmac_sm3(slice_of(zeros, 32), slice_of((const char *)key, 32), prk);
    struct slice pseudo = slice_of((const char *)prk, 32);
    crypto_hmac_sm3(pseudo, arena_printf(a, "%.*s\x01", SLICE_ARG(info)), t1);
    struct buf b = buf_new(a, 256);
    buf_put(&b, slice_of((const char *)t1, 32));
    buf_put(&b, info);
    buf_putc(&b, 2);
    crypto_hmac_sm3(pseudo, buf_slice(&b), t2);
    assert_good(a, crypto_sm4(a, CRYPTO_SM4_CTR, false, slice_of((const char *)t1, 16), slice_sub(box, 5, 16),
                              slice_sub(box, 21, plain.n), &text));
    assert_true(slice_eq(text, plain));
    struct buf m = buf_new(a, 1024), k = buf_new(a, 64);
    for (int i = 0; i < 8; i++) buf_putc(&m, i == 7 ? (char)aad.n : 0);
    buf_put(&m, aad);
    buf_put(&m, slice_sub(box, 0, box.n - 32));
    buf_put(&k, slice_of((const char *)t1 + 16, 16));
    buf_put(&k, slice_of((const char *)t2, 16));
    crypto_hmac_sm3(buf_slice(&k), buf_slice(&m), mac);
    assert_memory_equal(mac, box.p + box.n - 32, 32);
    assert_true(slice_eq(crypto_seal_again(a, key, 0x01020304, aad, plain, crypto_box_nonce(box)), box));
}

/* GCM is CTR from the block after IV | 1: the vectors of SM4-GCM are vectors of SM4-CTR too. */
static void sm4_ctr_wycheproof(void **state)
{
    struct arena *a = *state;
    const struct json *v = vectors(a, "crypto/wycheproof_sm4_gcm_test.json");
    if (!v) return;
    const struct json *groups = json_get(v, "testGroups");
    int n = 0;
    for (size_t g = 0; g < groups->n; g++) {
        const struct json *tests = json_get(groups->items[g], "tests");
        if (json_int(groups->items[g], "ivSize", 0) != 96) continue;
        for (size_t i = 0; i < tests->n; i++) {
            const struct json *t = tests->items[i];
            struct slice out;
            if (!slice_is(json_string(t, "result"), "valid")) continue;
            struct slice iv = hex(a, arena_printf(a, "%.*s00000002", SLICE_ARG(json_string(t, "iv"))));
            assert_good(a, crypto_sm4(a, CRYPTO_SM4_CTR, true, hex(a, json_string(t, "key")), iv,
                                      hex(a, json_string(t, "msg")), &out));
            assert_true(slice_eq(hex_encode(a, out), json_string(t, "ct")));
            n++;
        }
    }
    assert_true(n > 30);
}

static void box_checks(struct arena *a, enum crypto_suite suite)
{
    uint8_t key[32], other[32];
    random_bytes(key, 32);
    random_bytes(other, 32);
    struct slice plain, text = S("440524188001010014");
    struct slice box = crypto_seal_as(a, suite, key, 7, S("person.id"), text),
                 box2 = crypto_seal_as(a, suite, key, 7, S("person.id"), text);
    assert_false(slice_eq(box, box2)); /* fresh nonce */
    assert_good(a, crypto_open(a, key, S("person.id"), box, &plain));
    assert_true(slice_eq(plain, text));
    assert_code(crypto_open(a, other, S("person.id"), box, &plain), CODE_CRYPTO_BOX);
    assert_code(crypto_open(a, key, S("person.name"), box, &plain), CODE_CRYPTO_BOX);
    assert_code(crypto_open(a, key, S(""), box, &plain), CODE_CRYPTO_BOX);
    for (size_t i = 0; i < box.n; i++) { /* every bit */
        for (int bit = 0; bit < 8; bit++) {
            char *bad = arena_cstr(a, box);
            bad[i] = (char)(bad[i] ^ (1 << bit));
            assert_code(crypto_open(a, key, S("person.id"), slice_of(bad, box.n), &plain), CODE_CRYPTO_BOX);
            assert_int_equal(plain.n, 0);
        }
    }
    for (size_t n = 0; n < box.n; n++)
        assert_code(crypto_open(a, key, S("person.id"), slice_sub(box, 0, n), &plain), CODE_CRYPTO_BOX);
    box = crypto_seal_as(a, suite, key, 0, S(""), S(""));
    assert_good(a, crypto_open(a, key, S(""), box, &plain));
    assert_int_equal(plain.n, 0);
}

static void boxes(void **state)
{
    box_checks(*state, CRYPTO_AES);
    box_checks(*state, CRYPTO_SM4);
}

static void wrapping(void **state)
{
    struct arena *a = *state;
    uint8_t city[32], data[32];
    struct slice got;
    random_bytes(city, 32);
    random_bytes(data, 32);
    for (int suite = CRYPTO_AES; suite <= CRYPTO_SM4; suite++) {
        struct slice box = crypto_wrap_keys(a, (enum crypto_suite)suite, city, 3, S("0123456789abcdef"),
                                            slice_of((const char *)data, sizeof data));
        assert_good(a, crypto_unwrap_keys(a, city, S("0123456789abcdef"), box, &got));
        assert_memory_equal(data, got.p, 32);
        assert_code(crypto_unwrap_keys(a, city, S("0123456789abcdeF"), box, &got),
                    CODE_CRYPTO_BOX); /* another person's row */
        assert_code(crypto_unwrap_keys(a, city, S("0123456789abcdef"), S(""), &got), CODE_CRYPTO_BOX);
    }
}

static void derived(void **state)
{
    struct arena *a = *state;
    uint8_t key[32], x[32], y[32], prk[32], expect[32];
    for (int i = 0; i < 32; i++) key[i] = 0x0b;
    crypto_derive(key, "index", x);
    /* RFC 5869 written out: PRK = HMAC(zeros, key); T(1) = HMAC(PRK, info | 0x01) */
    char zeros[32] = {0};
    crypto_hmac_sha256(slice_of(zeros, 32), slice_of((const char *)key, 32), prk);
    crypto_hmac_sha256(slice_of((const char *)prk, 32), S("index\x01"), expect);
    assert_memory_equal(x, expect, 32);
    crypto_derive(key, "other", y);
    assert_memory_not_equal(x, y, 32);
    struct slice i1 = crypto_index(a, key, 1, "id_number", S("x")), i2 = crypto_index(a, key, 2, "id_number", S("x"));
    assert_int_equal(i1.n, CRYPTO_INDEX_BYTES);
    assert_int_equal(i1.p[0], 1);
    assert_true(slice_eq(slice_sub(i1, 1, 32), slice_sub(i2, 1, 32)));
    assert_false(slice_eq(crypto_index(a, key, 1, "ab", S("c")), crypto_index(a, key, 1, "a", S("bc"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(hashes),     TEST(sm_vectors),     TEST(sm3_wycheproof),
                                       TEST(sm2_vector), TEST(sign_kinds),     TEST(ed25519_vector),
                                       TEST(box_layout), TEST(boxes),          TEST(wrapping),
                                       TEST(derived),    TEST(sm4_box_layout), TEST(sm4_ctr_wycheproof)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
