/* Protocol, key file, policies, record of use, over the in-process test signer; certificates and CMS against OpenSSL. */
#include "base/testing.h"
#include "trust/canonical.h"
#include "trust/signer_core.h"

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <unistd.h>

static instant clock_now = INT64_C(1619744400000); /* 2021-04-30T09:00:00+08:00 */

static struct signer_message sign_message(struct slice purpose, struct slice record)
{
    struct signer_message m = {.type = SIGNER_SIGN, .sequence = 7};
    signer_set(&m, TAG_PURPOSE, purpose);
    signer_set(&m, TAG_SUBJECT, S("X-1"));
    signer_set(&m, TAG_RECORD, record);
    return m;
}

static void protocol_round_trip(void **state)
{
    struct arena *a = *state;
    struct signer_message m = sign_message(S("licence.record"), S("{}")), back;
    struct slice frame;
    assert_good(a, signer_encode(a, &m, &frame));
    assert_int_equal(signer_frame_length((const uint8_t *)frame.p), frame.n - 4);
    struct slice body = slice_sub(frame, 4, frame.n);
    assert_good(a, signer_decode(a, body, &back));
    assert_int_equal(back.sequence, 7);
    assert_true(slice_is(back.field[TAG_RECORD], "{}"));
    for (size_t n = 0; n < body.n; n++)
        assert_code(signer_decode(a, slice_sub(body, 0, n), &back), CODE_SIGNER_PROTOCOL);
    char *bad = arena_cstr(a, body);
    bad[0] = 2; /* version */
    assert_code(signer_decode(a, slice_of(bad, body.n), &back), CODE_SIGNER_PROTOCOL);
    bad = arena_cstr(a, body);
    bad[1] = 1; /* fields that are not of the type */
    assert_code(signer_decode(a, slice_of(bad, body.n), &back), CODE_SIGNER_PROTOCOL);
    struct buf twice = buf_new(a, 1000); /* a repeated field */
    buf_put(&twice, body);
    buf_put(&twice, slice_sub(body, body.n - 7, 7));
    assert_code(signer_decode(a, buf_slice(&twice), &back), CODE_SIGNER_PROTOCOL);
    uint8_t head[4] = {0xff, 0xff, 0xff, 0xff};
    assert_int_equal(signer_frame_length(head), 0);
    m.present &= ~(1u << TAG_SUBJECT);
    assert_code(signer_encode(a, &m, &frame), CODE_SIGNER_PROTOCOL);
}

static void canonical(void **state)
{
    struct arena *a = *state;
    struct slice out;
    const struct json *v;
    /* the key order of RFC 8785, section 3.2.3: by UTF-16 code units */
    v = test_json(
        a, S("{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,\"\\u0080\":6,\"\\u00f6\":7}"));
    assert_good(a, canonical_json(a, v, &out));
    assert_slice(
        out,
        "{\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"\xc3\xb6\":7,\"\xe2\x82\xac\":1,\"\xf0\x9f\x98\x80\":5,\"\xef\xac\xb3\":3}");
    assert_good(a, canonical_json(a, test_json(a, S("[ \"a\\u0007\\/\\\"\" , -0 , true, null ]")), &out));
    assert_slice(out, "[\"a\\u0007/\\\"\",0,true,null]");
    assert_code(canonical_json(a, test_json(a, S("[1.5]")), &out), CODE_CANONICAL);
    assert_code(canonical_json(a, test_json(a, S("[9007199254740992]")), &out), CODE_CANONICAL);
    assert_code(canonical_parse(a, S("{\"b\":1,\"a\":2}"), S("x"), &v), CODE_CANONICAL);
    assert_good(a, canonical_parse(a, S("{\"a\":2,\"b\":1}"), S("x"), &v));
}

static struct signer *open_signer(struct arena *a, const char *record)
{
    struct signer *s;
    assert_good(a, signer_open_test(a, test_clock(&clock_now), record, &s));
    return s;
}

static void city_key(void **state)
{
    struct arena *a = *state;
    struct signer *s = open_signer(a, NULL);
    struct city_key k, again;
    assert_good(a, signer_city_key(s, a, &k));
    assert_int_equal(k.version, 1);
    assert_true(k.test);
    assert_memory_not_equal(k.key, k.index_key, 32);
    assert_code(signer_city_key(s, a, &again), CODE_SIGNER_POLICY); /* once */
}

static X509 *cert_of(struct slice pem)
{
    BIO *b = BIO_new_mem_buf(pem.p, (int)pem.n);
    X509 *x = PEM_read_bio_X509(b, NULL, NULL, NULL);
    BIO_free(b);
    assert_non_null(x);
    return x;
}

static struct crypto_key *public_key(struct arena *a, struct slice pem)
{
    struct crypto_key *k;
    X509 *x = cert_of(pem);
    assert_good(a, crypto_key_of_handle(a, X509_get_pubkey(x), &k));
    X509_free(x);
    return k;
}

static void records(void **state)
{
    struct arena *a = *state;
    struct signer *s = open_signer(a, NULL);
    struct signer_certificates c;
    struct record_signatures sig;
    struct slice record = S("{\"id\":\"1.2.156.3005.2.X\",\"type\":\"licence\"}");
    assert_good(a, signer_certificates(s, a, &c));
    assert_good(a, signer_sign_record(s, a, S("1.2.156.3005.2.X"), record, &sig));
    assert_int_equal(crypto_key_kind(public_key(a, c.sm2)), CRYPTO_SM2);
    assert_true(crypto_verify(public_key(a, c.sm2), record, sig.sm2));
    assert_true(crypto_verify(public_key(a, c.ed25519), record, sig.ed25519));
    assert_code(signer_sign_record(s, a, S("other"), record, &sig), CODE_SIGNER_POLICY);
    assert_code(signer_sign_record(s, a, S("a b"), record, &sig), CODE_SIGNER_POLICY);
    assert_code(signer_sign_record(s, a, S("x"), S("{\"type\":\"licence\",\"id\":\"x\"}"), &sig),
                CODE_SIGNER_POLICY); /* not canonical */
    assert_code(signer_sign_record(s, a, S("x"), S("{\"id\":\"x\",\"type\":\"cheque\"}"), &sig), CODE_SIGNER_POLICY);
    assert_code(signer_sign_record(s, a, S("x"), S("01234567890123456789012345678901"), &sig),
                CODE_SIGNER_POLICY); /* no bare digests */
    char *large = arena_alloc(a, 300000);
    for (int i = 0; i < 300000; i++) large[i] = 'a';
    assert_code(signer_sign_record(s, a, S("x"), slice_of(large, 300000), &sig), CODE_SIGNER_POLICY);
}

static void rate(void **state)
{
    struct arena *a = *state;
    struct signer *s = open_signer(a, NULL);
    struct record_signatures sig;
    struct slice record = S("{\"id\":\"x\",\"type\":\"document\"}");
    int limit = signer_policy(SIGN_LICENCE_RECORD)->per_minute;
    for (int i = 0; i < limit; i++) assert_good(a, signer_sign_record(s, a, S("x"), record, &sig));
    assert_code(signer_sign_record(s, a, S("x"), record, &sig), CODE_SIGNER_RATE);
    clock_now += MS_MINUTE;
    assert_good(a, signer_sign_record(s, a, S("x"), record, &sig));
}

/* head and tail as pdf_sign makes them: numbers of fixed width */
static void pdf_parts(struct arena *a, const char *purpose, struct slice *head, struct slice *tail)
{
    *tail = S("> >>\nendobj\ntrailer\n%%EOF\n");
    size_t gap = 100;
    struct slice h = {0};
    for (int round = 0; round < 2; round++)
        h = arena_printf(a,
                         "%%PDF-1.5\n9 0 obj\n<< /TongbanPurpose /%s\n/ByteRange [0 %-10zu %-10zu %-10zu]\n/Contents ",
                         purpose, h.n, h.n + gap, tail->n);
    *head = h;
}

static void pdfs(void **state)
{
    struct arena *a = *state;
    struct signer *s = open_signer(a, NULL);
    struct signer_certificates c;
    struct slice head, tail, cms;
    pdf_parts(a, "licence.pdf", &head, &tail);
    assert_good(a, signer_certificates(s, a, &c));
    assert_code(signer_sign_pdf(s, a, SIGN_DOCUMENT_PDF, S("x"), head, tail, &cms), CODE_SIGNER_POLICY);
    assert_code(signer_sign_pdf(s, a, SIGN_LICENCE_PDF, S("x"), head, S("%%EOF\n"), &cms), CODE_SIGNER_POLICY);
    assert_code(signer_sign_pdf(s, a, SIGN_LICENCE_PDF, S("x"), slice_sub(head, 1, head.n), tail, &cms),
                CODE_SIGNER_POLICY);
    assert_good(a, signer_sign_pdf(s, a, SIGN_LICENCE_PDF, S("x"), head, tail, &cms));
    /* OpenSSL as judge: the signature and the chain up to the root */
    const unsigned char *p = (const unsigned char *)cms.p;
    CMS_ContentInfo *m = d2i_CMS_ContentInfo(NULL, &p, (long)cms.n);
    assert_non_null(m);
    X509_STORE *store = X509_STORE_new();
    X509 *root = cert_of(c.anchors);
    X509_STORE_add_cert(store, root);
    X509_VERIFY_PARAM *vp = X509_STORE_get0_param(store);
    X509_VERIFY_PARAM_set_time(vp, (time_t)(clock_now / 1000));
    X509_VERIFY_PARAM_set_purpose(vp, X509_PURPOSE_ANY);
    struct buf data = buf_new(a, 4096);
    buf_put(&data, head);
    buf_put(&data, tail);
    BIO *in = BIO_new_mem_buf(data.p, (int)data.n);
    assert_int_equal(CMS_verify(m, NULL, store, in, NULL, CMS_BINARY | CMS_CADES), 1);
    data.p[20] ^= 1;
    BIO *changed = BIO_new_mem_buf(data.p, (int)data.n);
    assert_int_equal(CMS_verify(m, NULL, store, changed, NULL, CMS_BINARY | CMS_CADES), 0);
    BIO_free(in);
    BIO_free(changed);
    CMS_ContentInfo_free(m);
    X509_STORE_free(store);
    X509_free(root);
}

static const struct signer_store *under(struct arena *a, struct slice passphrase)
{
    struct slice *kept = NEW(a, struct slice);
    struct signer_store *store = NEW(a, struct signer_store);
    *kept = passphrase;
    *store = signer_store_passphrase(kept);
    return store;
}

static void key_file(void **state)
{
    struct arena *a = *state;
    struct signer_keys k, back;
    struct slice file;
    struct signer_names names = {S("某市政务服务数据管理局"), S("某市")};
    assert_good(a, signer_keys_make_test(a, &names, clock_now, &k));
    assert_good(a, signer_keys_seal(a, &k, under(a, S("口令 passphrase")), &file));
    assert_int_equal(slice_search(file, base64_encode(a, crypto_key_pkcs8(a, k.sm2))), SIZE_MAX);
    assert_good(a, signer_keys_open(a, file, under(a, S("口令 passphrase")), &back));
    assert_true(back.test);
    assert_memory_equal(back.city.key, k.city.key, 32);
    assert_true(slice_eq(crypto_key_pkcs8(a, back.document), crypto_key_pkcs8(a, k.document)));
    assert_true(slice_eq(back.certificates.sm2, k.certificates.sm2));
    assert_true(back.seals.present && memcmp(back.seals.wrap, k.seals.wrap, 32) == 0);
    assert_true(slice_eq(back.seals.maker_cert, k.seals.maker_cert));
    assert_code(signer_keys_add_seals(a, &names, clock_now, &back), CODE_CONFLICT);
    /* a file of before there were seals gets keys for them, and a CA more among the anchors */
    struct signer_keys old = k;
    old.seals = (struct seal_keys){.present = false};
    assert_good(a, signer_keys_seal(a, &old, under(a, S("p")), &file));
    assert_good(a, signer_keys_open(a, file, under(a, S("p")), &old));
    assert_false(old.seals.present);
    size_t anchors = old.certificates.anchors.n;
    assert_good(a, signer_keys_add_seals(a, &names, clock_now, &old));
    assert_good(a, signer_keys_seal(a, &old, under(a, S("p")), &file));
    assert_good(a, signer_keys_open(a, file, under(a, S("p")), &back));
    assert_true(back.seals.present && back.certificates.anchors.n > anchors);
    assert_good(a, signer_keys_seal(a, &k, under(a, S("口令 passphrase")), &file));
    assert_code(signer_keys_open(a, file, under(a, S("口令 passphras")), &back), CODE_CRYPTO_BOX);
    assert_code(signer_keys_open(a, S("{\"format\":\"other\"}"), under(a, S("")), &back), CODE_CRYPTO_KEY);
}

static void use_record(void **state)
{
    struct arena *a = *state;
    char path[] = "/tmp/tongban-uses-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    struct record_signatures sig;
    struct city_key k;
    struct slice record = S("{\"id\":\"lic-1\",\"type\":\"licence\"}");
    for (int run = 0; run < 2; run++) { /* a second process continues the chain */
        struct arena *b = arena_new("run");
        struct signer *s = open_signer(b, path);
        assert_good(a, signer_sign_record(s, a, S("lic-1"), record, &sig));
        assert_code(signer_sign_record(s, a, S("lic-2"), record, &sig), CODE_SIGNER_POLICY);
        assert_good(a, signer_city_key(s, a, &k));
        arena_free(b);
    }
    FILE *f = fopen(path, "r");
    char line[2048];
    struct slice previous = S("0000000000000000000000000000000000000000000000000000000000000000");
    int n = 0;
    while (fgets(line, sizeof line, f)) {
        struct slice text = slice_trim(slice_cstr(line));
        const struct json *v = test_json(a, text);
        assert_true(slice_eq(json_string(v, "previous"), previous));
        if (n % 3 == 0) {
            assert_true(slice_eq(json_string(v, "sha256"), crypto_sha256_hex(a, record)));
            assert_slice(json_string(v, "outcome"), "signed");
        }
        if (n % 3 == 1) assert_slice(json_string(v, "outcome"), "signer.policy");
        previous = crypto_sha256_hex(a, text);
        n++;
    }
    fclose(f);
    assert_int_equal(n, 6);
    f = fopen(path, "a");
    fputs("half a line", f);
    fclose(f);
    struct signer *s;
    assert_code(signer_open_test(a, test_clock(&clock_now), path, &s), CODE_INTERNAL); /* somebody was at the record */
    unlink(path);
}

/* ---- checkpoints of the log ---- */

static enum code checkpoint(struct signer_core *c, struct arena *a, const char *origin, const char *size, char root,
                            struct slice *signature)
{
    static char bytes[32];
    struct signer_peer peer = {1, 2, 3, false};
    struct signer_message q = {.type = SIGNER_SIGN}, r;
    memset(bytes, root, sizeof bytes);
    signer_set(&q, TAG_PURPOSE, S("log.checkpoint"));
    signer_set(&q, TAG_SUBJECT, slice_cstr(origin));
    signer_set(&q, TAG_SIZE, slice_cstr(size));
    signer_set(&q, TAG_ROOT, slice_of(bytes, sizeof bytes));
    signer_core_handle(c, a, &peer, &q, &r);
    if (signature) *signature = r.field[TAG_ED25519];
    return r.type == SIGNER_ERROR ? code_of_name(r.field[TAG_CODE]) : CODE_OK;
}

static struct signer_core *core_of(struct arena *a, const struct signer_keys *k, int fd)
{
    struct signer_core *c;
    assert_good(a, signer_core_open(a, k, test_clock(&clock_now), fd, &c));
    return c;
}

static void the_log_does_not_go_back(void **state)
{
    struct arena *a = *state;
    char path[] = "/tmp/tongban-uses-XXXXXX";
    int fd = mkstemp(path);
    struct signer_keys k, other;
    struct signer_names names = {S("某市政务服务数据管理局"), S("某市")};
    struct slice signature, text = S("city.example/log\n7\nQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\n");
    assert_true(fd >= 0);
    assert_good(a, signer_keys_make_test(a, &names, clock_now, &k));
    struct signer_core *c = core_of(a, &k, fd);
    assert_int_equal(checkpoint(c, a, "city.example/log", "5", 'A', NULL), CODE_OK);
    assert_int_equal(checkpoint(c, a, "city.example/log", "7", 'A', &signature), CODE_OK);
    assert_true(crypto_verify(k.log, text, signature));
    for (int run = 0; run < 2; run++) {
        assert_int_equal(checkpoint(c, a, "city.example/log", "7", 'A', NULL), CODE_OK); /* a lost answer */
        assert_int_equal(checkpoint(c, a, "city.example/log", "6", 'A', NULL), CODE_SIGNER_POLICY);
        assert_int_equal(checkpoint(c, a, "city.example/log", "7", 'B', NULL), CODE_SIGNER_POLICY);
        assert_int_equal(checkpoint(c, a, "other.example/log", "9", 'A', NULL), CODE_SIGNER_POLICY);
        assert_int_equal(checkpoint(c, a, "city.example/log", "08", 'A', NULL), CODE_SIGNER_POLICY);
        assert_int_equal(checkpoint(c, a, "city example", "8", 'A', NULL), CODE_SIGNER_POLICY);
        /* much else is written meanwhile; then another process goes on from the record */
        struct slice pad = arena_printf(a, "{\"purpose\":\"licence.record\",\"subject\":\"%0600d\"}\n", run);
        for (int i = 0; i < 300; i++) assert_int_equal(write(fd, pad.p, pad.n), (ssize_t)pad.n);
        c = core_of(a, &k, fd);
    }
    assert_int_equal(checkpoint(c, a, "city.example/log", "8", 'B', NULL), CODE_OK);
    /* a new key of this log is bound by what the one before signed */
    struct signer_keys next = k;
    struct signer_store here = signer_store_passphrase(NULL);
    assert_good(a, signer_keys_rotate_log(a, &here, &next));
    assert_int_equal(checkpoint(core_of(a, &next, fd), a, "city.example/log", "7", 'A', NULL), CODE_SIGNER_POLICY);
    assert_int_equal(checkpoint(core_of(a, &next, fd), a, "city.example/log", "8", 'A', NULL), CODE_SIGNER_POLICY);
    assert_int_equal(checkpoint(core_of(a, &next, fd), a, "other.example/log", "9", 'A', NULL), CODE_SIGNER_POLICY);
    assert_int_equal(checkpoint(core_of(a, &next, fd), a, "city.example/log", "9", 'A', NULL), CODE_OK);
    /* another key has signed nothing yet */
    assert_good(a, signer_keys_make_test(a, &names, clock_now, &other));
    assert_int_equal(checkpoint(core_of(a, &other, fd), a, "new.example/log", "1", 'C', NULL), CODE_OK);
    close(fd);
    unlink(path);
}

static void a_key_file_of_before_the_log(void **state)
{
    struct arena *a = *state;
    struct signer_keys k, again;
    struct signer_names names = {S("某市政务服务数据管理局"), S("某市")};
    assert_good(a, signer_keys_make_test(a, &names, clock_now, &k));
    again = k;
    k.log = again.log = NULL;
    assert_good(a, signer_keys_log(a, &k));
    assert_good(a, signer_keys_log(a, &again));
    assert_true(slice_eq(k.certificates.log_key, again.certificates.log_key)); /* the same at each start */
    assert_false(slice_eq(crypto_key_pkcs8(a, k.log), crypto_key_pkcs8(a, k.ed25519)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(protocol_round_trip),
                                       TEST(canonical),
                                       TEST(city_key),
                                       TEST(records),
                                       TEST(rate),
                                       TEST(pdfs),
                                       TEST(key_file),
                                       TEST(use_record),
                                       TEST(the_log_does_not_go_back),
                                       TEST(a_key_file_of_before_the_log)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
