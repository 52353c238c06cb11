/* Paths, refusals, revocation, dual certificates: with a CA of each suite. What the published suites ask is in test/conformance. */
#include "trust/x509_test_support.h"

#include "trust/der.h"

#include <openssl/ocsp.h>

struct fixture {
    struct test_cert *root, *ca, *person;
};

static struct fixture suite(struct arena *a, enum crypto_kind kind)
{
    struct fixture f;
    f.root = test_root(a, "根", kind);
    f.ca = test_ca(a, "签发", kind, f.root);
    f.person = test_person(a, "张三", kind, f.ca);
    return f;
}

/* The result for a leaf with the CA in the pool. */
static result judge(struct arena *a, const struct fixture *f, const struct test_cert *leaf, struct x509_ask q)
{
    struct x509_path path;
    q.anchors = (struct x509_list){(const struct x509_cert *const *)&f->root->cert, 1};
    q.pool = (struct x509_list){(const struct x509_cert *const *)&f->ca->cert, 1};
    if (q.at == 0) q.at = TEST_NOW;
    return x509_validate(a, leaf->cert, &q, &path);
}

static void every_suite(void **state)
{
    struct arena *a = *state;
    static const enum crypto_kind kinds[] = {CRYPTO_SM2, CRYPTO_P256, CRYPTO_ED25519};
    const struct x509_cert *roots[3], *pool[3];
    struct test_cert *leaf[3];
    for (int i = 0; i < 3; i++) {
        struct fixture f = suite(a, kinds[i]);
        roots[i] = f.root->cert;
        pool[i] = f.ca->cert;
        leaf[i] = f.person;
        assert_good(a, judge(a, &f, f.person, (struct x509_ask){.use = X509_USE_SIGN, .strict = true}));
    }
    /* one trust list of them all: names are alike, keys tell them apart */
    for (int i = 0; i < 3; i++) {
        struct x509_path path;
        struct x509_ask q = {.anchors = {roots, 3}, .pool = {pool, 3}, .at = TEST_NOW, .strict = true};
        assert_good(a, x509_validate(a, leaf[i]->cert, &q, &path));
        assert_true(path.n == 3 && path.certs[0] == leaf[i]->cert && path.certs[1] == pool[i] &&
                    path.certs[2] == roots[i]);
        q.anchors.n = 0;
        assert_code(x509_validate(a, leaf[i]->cert, &q, &path), CODE_CERT_UNTRUSTED);
    }
}

static void refusals(void **state)
{
    struct arena *a = *state;
    struct fixture f = suite(a, CRYPTO_P256);
    struct x509_ask any = {0};
    static const struct {
        enum code code;
        struct test_ext ext[5];
    } cases[] = {
        {CODE_OK, {{NID_key_usage, "digitalSignature"}}},
        {CODE_CERT_KEY_USAGE, {{NID_key_usage, "critical,keyEncipherment"}}},
        {CODE_CERT_PURPOSE, {{NID_ext_key_usage, "emailProtection"}}},
        {CODE_CERT_NAME, {{NID_subject_alt_name, "DNS:other.example"}}},
        {CODE_CERT_CRITICAL, {{NID_netscape_comment, "critical,comment"}}},
        {CODE_CERT_FORM, {{NID_basic_constraints, "CA:TRUE"}, {NID_key_usage, "digitalSignature"}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct test_cert *c = test_cert_make(a, "李四", CRYPTO_P256, f.ca, -1, 1, cases[i].ext);
        struct x509_ask q = {.strict = true};
        if (cases[i].code == CODE_CERT_KEY_USAGE) q.use = X509_USE_SIGN;
        if (cases[i].code == CODE_CERT_PURPOSE) q.use = X509_USE_TLS_CLIENT;
        if (cases[i].code == CODE_CERT_NAME) {
            q.name_kind = X509_NAME_DNS;
            q.name = S("city.example");
        }
        assert_code(judge(a, &f, c, q), cases[i].code);
    }
    assert_code(judge(a, &f, f.person, (struct x509_ask){.at = TEST_NOW + 101 * MS_DAY}), CODE_CERT_EXPIRED);
    assert_code(judge(a, &f, f.person, (struct x509_ask){.at = TEST_NOW - 101 * MS_DAY}), CODE_CERT_NOT_YET);
    assert_code(
        judge(a, &f, f.person,
              (struct x509_ask){.policies = (const char *const[]){"1.2.3"}, .npolicies = 1, .explicit_policy = true}),
        CODE_CERT_POLICY);
    struct fixture under = {f.root, f.person, test_person(a, "王五", CRYPTO_P256, f.person)};
    assert_code(judge(a, &under, under.person, any), CODE_CERT_UNTRUSTED); /* its issuer's issuer is not at hand */
    struct fixture flat = {f.root, test_person(a, "赵六", CRYPTO_P256, f.root), NULL};
    flat.person = test_person(a, "王五", CRYPTO_P256, flat.ca);
    assert_code(judge(a, &flat, flat.person, any), CODE_CERT_NOT_CA);
    /* a root whose length allows no intermediate, and a path that is only too long for the question */
    assert_code(judge(a, &f, f.person, (struct x509_ask){.limit_intermediates = true}), CODE_CERT_PATH_LENGTH);
    struct fixture stranger = suite(a, CRYPTO_P256); /* of the same names */
    assert_code(judge(a, &stranger, f.person, any), CODE_CERT_UNTRUSTED);
    struct test_cert changed = {0};
    char *der = arena_cstr(a, f.person->der);
    size_t name = slice_search(f.person->der, S("张三"));
    assert_true(name != SIZE_MAX);
    memcpy(der + name, "李四", 6);
    assert_good(a, x509_parse(a, slice_of(der, f.person->der.n), &changed.cert));
    assert_code(judge(a, &f, &changed, any), CODE_CERT_SIGNATURE);
}

static void constraints(void **state)
{
    struct arena *a = *state;
    static const struct test_ext of_ca[] = {{NID_basic_constraints, "critical,CA:TRUE"},
                                            {NID_key_usage, "critical,keyCertSign"},
                                            {NID_name_constraints,
                                             "critical,permitted;DNS:city.example,permitted;email:city.example,"
                                             "excluded;DNS:secret.city.example,permitted;IP:10.0.0.0/255.0.0.0"},
                                            {0, NULL}};
    static const struct {
        const char *name;
        bool good;
    } cases[] = {{"DNS:a.city.example", true},
                 {"DNS:CITY.example", true},
                 {"DNS:a.town.example", false},
                 {"DNS:x.secret.city.example", false},
                 {"DNS:*.city.example", false},
                 {"DNS:acity.example", false},
                 {"email:a@city.example", true},
                 {"email:a@sub.city.example", false},
                 {"IP:10.1.2.3", true},
                 {"IP:11.1.2.3", false},
                 {"URI:http://elsewhere.example/", true}};
    struct fixture f = {test_root(a, "根", CRYPTO_P256), NULL, NULL};
    f.ca = test_cert_make(a, "受限", CRYPTO_P256, f.root, -1, 1, of_ca);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct test_ext ext[] = {{NID_subject_alt_name, cases[i].name}, {0, NULL}};
        struct test_cert *c = test_cert_make(a, "机器", CRYPTO_P256, f.ca, -1, 1, ext);
        enum code got = result_code(judge(a, &f, c, (struct x509_ask){0}));
        if (got != (cases[i].good ? CODE_OK : CODE_CERT_CONSTRAINT)) fail_msg("%s: %s", cases[i].name, code_name(got));
    }
}

static void dual_certificates(void **state)
{
    struct arena *a = *state;
    static const struct test_ext encrypts[] = {
        {NID_key_usage, "critical,keyEncipherment,dataEncipherment,keyAgreement"}, {0, NULL}};
    struct fixture f = suite(a, CRYPTO_SM2);
    struct test_cert *other = test_cert_make(a, "张三", CRYPTO_SM2, f.ca, -1, 1, encrypts),
                     *stranger = test_cert_make(a, "李四", CRYPTO_SM2, f.ca, -1, 1, encrypts);
    assert_int_equal(x509_kind(f.person->cert), X509_KIND_SIGNING);
    assert_int_equal(x509_kind(other->cert), X509_KIND_ENCRYPTION);
    assert_true(x509_is_pair(f.person->cert, other->cert));
    assert_false(x509_is_pair(other->cert, f.person->cert));
    assert_false(x509_is_pair(f.person->cert, stranger->cert));
    assert_good(a, judge(a, &f, other, (struct x509_ask){.use = X509_USE_ENCRYPT}));
    assert_code(judge(a, &f, other, (struct x509_ask){.use = X509_USE_SIGN}), CODE_CERT_KEY_USAGE);
    assert_code(judge(a, &f, f.person, (struct x509_ask){.use = X509_USE_ENCRYPT}), CODE_CERT_KEY_USAGE);
}

/* ---- revocation ---- */

static void lists(void **state)
{
    struct arena *a = *state;
    for (int kind = CRYPTO_SM2; kind <= CRYPTO_ED25519; kind++) {
        struct fixture f = suite(a, (enum crypto_kind)kind);
        const struct x509_crl *l[2] = {test_crl(a, f.root, NULL, 0, -1, 1), test_crl(a, f.ca, NULL, 0, -1, 1)};
        struct x509_ask q = {.crls = l, .ncrls = 2, .revocation = X509_REVOCATION_ALL, .strict = true};
        assert_good(a, judge(a, &f, f.person, q));
        q.ncrls = 1;
        assert_code(judge(a, &f, f.person, q), CODE_CERT_STATUS);
        q.ncrls = 2;
        l[1] = test_crl(a, f.ca, NULL, 0, -10, -1);
        assert_code(judge(a, &f, f.person, q), CODE_CERT_STATUS); /* out of date */
        l[1] = test_crl(a, f.ca, f.person, 1, -1, 1);
        result r = judge(a, &f, f.person, q);
        assert_code(r, CODE_CERT_REVOKED);
        assert_true(slice_search(problem_text(a, r.problem, LANG_EN), S("key compromise")) != SIZE_MAX);
        assert_true(slice_search(problem_text(a, r.problem, LANG_ZH), S("密钥泄露")) != SIZE_MAX);
        l[1] = test_crl(a, f.ca, NULL, 0, -1, 1);
        l[0] = test_crl(a, f.root, f.ca, 5, -1, 1);
        assert_code(judge(a, &f, f.person, q), CODE_CERT_REVOKED);
        /* one of that name, not of that key */
        struct fixture stranger = suite(a, (enum crypto_kind)kind);
        l[0] = test_crl(a, stranger.root, NULL, 0, -1, 1);
        assert_code(judge(a, &f, f.person, q), CODE_CERT_STATUS);
    }
}

static void answers(void **state)
{
    struct arena *a = *state;
    static const struct test_ext responds[] = {
        {NID_key_usage, "critical,digitalSignature"}, {NID_ext_key_usage, "OCSPSigning"}, {0, NULL}};
    for (int kind = CRYPTO_SM2; kind <= CRYPTO_ED25519; kind++) {
        struct fixture f = suite(a, (enum crypto_kind)kind);
        struct test_cert *responder = test_cert_make(a, "应答", (enum crypto_kind)kind, f.ca, -10, 10, responds),
                         *pretender = test_person(a, "冒充", (enum crypto_kind)kind, f.ca);
        const struct x509_ocsp *o[2] = {test_ocsp(a, f.ca, f.root, f.root, V_OCSP_CERTSTATUS_GOOD, -1, 1)};
        struct x509_ask q = {.ocsp = o, .nocsp = 2, .revocation = X509_REVOCATION_ALL};
        const struct {
            struct test_cert *signer;
            int status, from, to;
            enum code code;
        } cases[] = {
            {f.ca, V_OCSP_CERTSTATUS_GOOD, -1, 1, CODE_OK},
            {responder, V_OCSP_CERTSTATUS_GOOD, -1, 1, CODE_OK},
            {responder, V_OCSP_CERTSTATUS_REVOKED, -1, 1, CODE_CERT_REVOKED},
            {responder, V_OCSP_CERTSTATUS_UNKNOWN, -1, 1, CODE_CERT_STATUS},
            {responder, V_OCSP_CERTSTATUS_GOOD, -9, -8, CODE_CERT_STATUS},
            {responder, V_OCSP_CERTSTATUS_GOOD, 1, 2, CODE_CERT_STATUS},
            {pretender, V_OCSP_CERTSTATUS_GOOD, -1, 1, CODE_CERT_STATUS},
            {f.root, V_OCSP_CERTSTATUS_GOOD, -1, 1, CODE_CERT_STATUS},
        };
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            o[1] = test_ocsp(a, f.person, f.ca, cases[i].signer, cases[i].status, cases[i].from, cases[i].to);
            enum code got = result_code(judge(a, &f, f.person, q));
            if (got != cases[i].code) fail_msg("suite %d, answer %zu: %s", kind, i, code_name(got));
        }
    }
}

/* ---- bytes ---- */

static void no_byte_is_free(void **state)
{
    struct arena *a = *state;
    struct fixture f = suite(a, CRYPTO_ED25519);
    for (size_t i = 0; i < f.person->der.n; i++) {
        struct arena *one = arena_new("byte");
        struct test_cert changed = {0};
        char *der = arena_cstr(one, f.person->der);
        der[i] ^= 1;
        if (!failed(x509_parse(one, slice_of(der, f.person->der.n), &changed.cert)) &&
            !failed(judge(one, &f, &changed, (struct x509_ask){0})))
            fail_msg("byte %zu is free", i);
        arena_free(one);
        const struct x509_cert *c;
        assert_code(x509_parse(a, slice_sub(f.person->der, 0, i), &c), CODE_CERT_MALFORMED);
    }
}

static void strict_der(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        bool good;
    } cases[] = {
#define D(s, ok) {s, sizeof(s) - 1, ok}
        D("\x30\x03\x02\x01\x05", true),
        D("\x30\x80\x02\x01\x05\x00\x00", false), /* indefinite */
        D("\x30\x81\x03\x02\x01\x05", false),     /* a length too long written */
        D("\x30\x03\x02\x01\x05\x00", false),     /* something behind */
        D("\x30\x04\x02\x01\x05", false),         /* cut off */
        D("\x02\x02\x00\x05", false),
        D("\x02\x02\xff\x85", false),
        D("\x02\x02\x00\x85", true),
        D("\x02\x00", false),
        D("\x01\x01\x01", false),
        D("\x01\x01\xff", true),
        D("\x03\x02\x01\x03", false),
        D("\x03\x02\x01\x02", true),
        D("\x24\x03\x04\x01\x41", false), /* an octet string in pieces */
        D("\x1f\x81\x01\x00", false),
        D("\x00\x00", false),
        D("\x05\x01\x00", false),
        D("\x06\x01\x80", false),
        D("\x10\x00", false),
        D("", false)};
#undef D
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (der_strict(slice_of(cases[i].bytes, cases[i].n)) != cases[i].good) fail_msg("case %zu", i);
    char deep[200];
    for (size_t i = 0; i < 100; i++) { /* sequences in sequences */
        deep[2 * i] = 0x30;
        deep[2 * i + 1] = (char)(2 * (99 - i) < 128 ? 2 * (99 - i) : 127);
    }
    assert_false(der_strict(slice_of(deep + 80, 120)));
    assert_true(der_strict(slice_of(deep + 180, 20)));
}

/* A date as it stands in the certificate becomes one that does not exist. */
static void absurd_dates(void **state)
{
    struct arena *a = *state;
    struct fixture f = suite(a, CRYPTO_P256);
    static const char *const dates[] = {"210230000000Z", "211301000000Z", "210101250000Z", "2101010000000",
                                        "210101000060Z"};
    size_t at = slice_search(f.person->der, slice_of("\x17\x0d", 2));
    const struct x509_cert *c;
    assert_true(at != SIZE_MAX);
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        char *der = arena_cstr(a, f.person->der);
        memcpy(der + at + 2, dates[i], 13);
        assert_code(x509_parse(a, slice_of(der, f.person->der.n), &c), CODE_CERT_MALFORMED);
    }
}

/* CAs that certify one another in every direction: a bounded search says so. */
static void bounded(void **state)
{
    enum { CAS = 14 };
    struct arena *a = *state;
    static const struct test_ext ext[] = {
        {NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "critical,keyCertSign"}, {0, NULL}};
    struct test_cert *ca[CAS], *lone = test_root(a, "根", CRYPTO_ED25519);
    const struct x509_cert *pool[CAS * CAS];
    size_t n = 0;
    for (int i = 0; i < CAS; i++)
        ca[i] = test_cert_make(a, arena_cstr(a, arena_printf(a, "CA %d", i)), CRYPTO_ED25519, NULL, -1, 1, ext);
    for (int i = 0; i < CAS; i++)
        for (int k = 0; k < CAS; k++) {
            if (i == k) continue;
            struct test_cert *cross =
                test_cert_make(a, arena_cstr(a, arena_printf(a, "CA %d", i)), CRYPTO_ED25519, ca[k], -1, 1, ext);
            X509_set_pubkey(cross->x, crypto_key_handle(ca[i]->key)); /* the key of CA i, under CA k */
            assert_true(X509_sign(cross->x, crypto_key_handle(ca[k]->key), NULL) > 0);
            unsigned char *der = NULL;
            int len = i2d_X509(cross->x, &der);
            assert_good(a, x509_parse(a, slice_of((const char *)der, (size_t)len), &pool[n++]));
            OPENSSL_free(der);
        }
    struct test_cert *leaf = test_person(a, "张三", CRYPTO_ED25519, ca[0]);
    struct x509_path path;
    struct x509_ask q = {
        .anchors = {(const struct x509_cert *const *)&lone->cert, 1}, .pool = {pool, n}, .at = TEST_NOW};
    assert_code(x509_validate(a, leaf->cert, &q, &path), CODE_CERT_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_suite), TEST(refusals),        TEST(constraints), TEST(dual_certificates), TEST(lists),
        TEST(answers),     TEST(no_byte_is_free), TEST(strict_der),  TEST(absurd_dates),      TEST(bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
