/* Issue, verify, and every way of tampering we could think of; pdfsig (poppler) as an independent judge. */
#include "base/testing.h"
#include "trust/crypto.h"
#include "trust/outside.h"
#include "trust/pdf.h"
#include "trust/pdf_sign.h"
#include "trust/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static instant clock_now = INT64_C(1619744400000); /* 2021-04-30T09:00:00+08:00 */

struct issued {
    struct signer *signer;
    const struct trust_anchors *anchors;
    struct pdf_issue in;
    struct pdf_issued out;
};

static const char LICENCE[] =
    "{\"document\":\"licence\",\"issuer\":\"示例市市场监督管理局\",\"title\":{\"zh\":\"食品经营许可证\",\"en\":\"Food Business Licence\"},\"date\":\"{{date}}\","
    "\"certificate_id\":\"{{id}}\",\"qr\":\"https://tongban.example/verify/x\",\"fields\":[{\"label\":\"经营者名称\",\"value\":\"{{name}}\"}]}";
static const char LETTER[] =
    "{\"document\":\"letter\",\"issuer\":\"示例市市场监督管理局\",\"title\":\"受理通知书\",\"number\":\"{{id}}\",\"addressee\":\"{{name}}\",\"date\":\"{{date}}\",\"body\":[\"受理。\"]}";

static struct issued issue(struct arena *a, bool licence)
{
    struct issued x = {0};
    struct signer_certificates c;
    const struct document_template *t;
    const struct json *data = test_json(
        a, S("{\"id\":\"1.2.156.3005.2.A.B.1.001.C\",\"date\":\"2021年4月30日\",\"name\":\"某某餐饮有限公司\"}"));
    assert_good(a, signer_open_test(a, test_clock(&clock_now), NULL, &x.signer));
    assert_good(a, signer_certificates(x.signer, a, &c));
    assert_good(a, trust_anchors_parse(a, c.anchors, &x.anchors));
    assert_good(a, template_parse(a, test_json(a, slice_cstr(licence ? LICENCE : LETTER)), S("t"), &t));
    assert_good(a, pdf_render(a, t, data, clock_now, false, &x.in.pdf));
    x.in.purpose = licence ? SIGN_LICENCE_PDF : SIGN_DOCUMENT_PDF;
    x.in.issuer = S("示例市市场监督管理局");
    x.in.at = clock_now;
    x.in.record = test_json(
        a,
        licence
            ? S("{\"type\":\"licence\",\"id\":\"1.2.156.3005.2.A.B.1.001.C\",\"holder\":{\"name\":\"某某餐饮有限公司\",\"uscc\":\"91441900MA4UK2XX0C\"},"
                "\"valid_from\":\"2021-04-30\",\"valid_to\":\"2026-04-29\",\"fee\":0}")
            : S("{\"type\":\"document\",\"id\":\"DOC-1\",\"number\":\"示受字〔2021〕第1号\"}"));
    assert_good(a, pdf_issue(a, x.signer, &x.in, &x.out));
    return x;
}

static enum check_state state_of(const struct verify_report *r, const char *name)
{
    for (size_t i = 0; i < r->nchecks; i++)
        if (strcmp(r->checks[i].name, name) == 0) return r->checks[i].state;
    fail_msg("no check %s", name);
    return CHECK_FAILED;
}

static void show(const struct verify_report *r)
{
    for (size_t i = 0; i < r->nchecks; i++)
        print_message("%s %d %.*s\n", r->checks[i].name, r->checks[i].state, SLICE_ARG(r->checks[i].zh));
}

static void good_files(void **state)
{
    struct arena *a = *state;
    for (int licence = 0; licence < 2; licence++) {
        struct issued x = issue(a, licence);
        struct verify_report r;
        verify_pdf(a, x.out.pdf, x.anchors, clock_now, &r);
        if (!r.good) show(&r);
        assert_true(r.good);
        assert_int_equal(r.signed_at, clock_now);
        assert_true(slice_eq(r.record_text, x.out.record));
        assert_true(slice_eq(json_string(r.record, "id"), json_string(x.in.record, "id")));
        assert_true(slice_search(r.signer, S("测试市电子证照签名")) != SIZE_MAX);
        assert_int_equal(state_of(&r, "test_keys"), CHECK_WARNING);
        uint8_t h[32];
        crypto_sha256(x.out.pdf, h);
        assert_memory_equal(h, x.out.sha256, 32);
        assert_true(x.out.pdf.n < 60 * 1024);
        const struct json *j = verify_report_json(a, &r);
        assert_true(json_bool(j, "good", false));
        assert_true(json_get(j, "checks")->n == r.nchecks);
    }
}

static void validity(void **state)
{
    struct arena *a = *state;
    struct issued x = issue(a, true);
    struct verify_report r;
    verify_pdf(a, x.out.pdf, x.anchors, clock_now + 4 * 365 * MS_DAY, &r);
    assert_true(r.good);
    verify_pdf(a, x.out.pdf, x.anchors, clock_now + 6 * 365 * MS_DAY,
               &r); /* the certificate too has expired by then: no matter */
    assert_false(r.good);
    assert_int_equal(state_of(&r, "validity"), CHECK_FAILED);
    assert_int_equal(state_of(&r, "chain"), CHECK_OK);
    verify_pdf(a, x.out.pdf, x.anchors, clock_now - 5 * MS_DAY, &r);
    assert_false(r.good);
    assert_int_equal(state_of(&r, "validity"), CHECK_FAILED);
    assert_int_equal(state_of(&r, "signing_time"), CHECK_WARNING);
}

/* Another city's roots, and a pinned certificate that is not the signer's. */
static void anchors(void **state)
{
    struct arena *a = *state;
    struct issued x = issue(a, true), other = issue(a, true);
    struct signer_certificates mine, theirs;
    const struct trust_anchors *t;
    struct verify_report r;
    verify_pdf(a, x.out.pdf, other.anchors, clock_now, &r);
    assert_false(r.good);
    assert_int_equal(state_of(&r, "signature"), CHECK_OK);
    assert_int_equal(state_of(&r, "chain"), CHECK_FAILED);
    assert_int_equal(state_of(&r, "record_sm2"), CHECK_FAILED);
    assert_int_equal(state_of(&r, "record_ed25519"), CHECK_FAILED);
    assert_null(r.record);
    assert_good(a, signer_certificates(x.signer, a, &mine));
    assert_good(a, signer_certificates(other.signer, a, &theirs));
    assert_good(a, trust_anchors_parse(
                       a, arena_printf(a, "%.*s%.*s", SLICE_ARG(mine.anchors), SLICE_ARG(theirs.document)), &t));
    verify_pdf(a, x.out.pdf, t, clock_now, &r);
    assert_int_equal(state_of(&r, "chain"), CHECK_FAILED);
    assert_good(
        a, trust_anchors_parse(a, arena_printf(a, "%.*s%.*s", SLICE_ARG(mine.anchors), SLICE_ARG(mine.document)), &t));
    verify_pdf(a, x.out.pdf, t, clock_now, &r);
    assert_int_equal(state_of(&r, "chain"), CHECK_OK);
    /* the issuing CA's certificate is no anchor for the SM2 record */
    assert_good(a, trust_anchors_parse(a, mine.issuing, &t));
    verify_pdf(a, x.out.pdf, t, clock_now, &r);
    assert_int_equal(state_of(&r, "record_sm2"), CHECK_FAILED);
    assert_code(trust_anchors_parse(a, S(""), &t), CODE_CRYPTO_KEY);
    assert_code(trust_anchors_parse(a, S("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), &t),
                CODE_CRYPTO_KEY);
}

/* Whether a changed copy is still called good. */
static bool accepted(struct slice pdf, const struct trust_anchors *t)
{
    struct arena *a = arena_new("flip");
    struct verify_report r;
    verify_pdf(a, pdf, t, clock_now, &r);
    bool good = r.good;
    arena_free(a);
    return good;
}

static void flip(char *p, size_t n, size_t i, int mask, const struct trust_anchors *t)
{
    p[i] = (char)(p[i] ^ mask);
    if (accepted(slice_of(p, n), t)) fail_msg("byte %zu changed by %02x was not noticed", i, (unsigned)mask);
    p[i] = (char)(p[i] ^ mask);
}

/* Every byte of the signature's dictionary and of the attached record, and every 61st of the rest. */
static void flipped_bytes(void **state)
{
    struct arena *a = *state;
    struct issued x = issue(a, true);
    size_t n = x.out.pdf.n;
    char *p = arena_cstr(a, x.out.pdf);
    size_t contents = slice_search(x.out.pdf, S("/Type /Sig /Filter")), record = slice_search(x.out.pdf, x.out.record);
    assert_true(contents != SIZE_MAX && record != SIZE_MAX);
    uint64_t seed = 20210430;
    for (size_t i = 0; i < x.out.record.n; i++) flip(p, n, record + i, 1 << (test_random(&seed) & 7), x.anchors);
    for (size_t i = contents; i < contents + 420; i++) flip(p, n, i, 1 << (test_random(&seed) & 7), x.anchors);
    for (size_t i = 0; i < n; i += 61) flip(p, n, i, 1 << (test_random(&seed) & 7), x.anchors);
    for (size_t i = 0; i < n; i += 197) flip(p, n, i, 0xff, x.anchors);
    assert_true(accepted(slice_of(p, n), x.anchors));
}

/* The CMS itself: every hexadecimal digit replaced by another, so that the reader does not stop before. One bit of each digit;
 * all four with TONGBAN_EXHAUSTIVE set (half a minute). */
static void flipped_cms(void **state)
{
    struct arena *a = *state;
    struct issued x = issue(a, true);
    bool all = getenv("TONGBAN_EXHAUSTIVE") != NULL;
    char *p = arena_cstr(a, x.out.pdf);
    size_t at = slice_search(x.out.pdf, S("/Contents <3082")) + 11, digits = 0, end = at;
    while (p[end] != '>') end++;
    while (end > at && p[end - 1] == '0') end--;
    for (size_t i = at; i < end; i++, digits++) {
        char old = p[i];
        int v = hex_digit(old);
        for (int bit = 0; bit < 4; bit++) {
            if (!all && (int)(i & 3) != bit) continue;
            p[i] = "0123456789abcdef"[v ^ (1 << bit)];
            if (accepted(slice_of(p, x.out.pdf.n), x.anchors))
                fail_msg("digit %zu of the CMS, bit %d, was not noticed", i - at, bit);
        }
        p[i] = old;
    }
    assert_true(digits > 2000);
    p[at + 6] = p[at + 6] >= 'a' ? (char)(p[at + 6] - 32) : p[at + 6];
    for (size_t i = at; i < end; i++) /* upper-case digits say the same and are refused all the same */
        if (p[i] >= 'a' && p[i] <= 'f') {
            p[i] = (char)(p[i] - 32);
            assert_false(accepted(slice_of(p, x.out.pdf.n), x.anchors));
            break;
        }
}

/* The record's own signatures catch a change even where the CMS is not looked at. */
static void flipped_record(void **state)
{
    struct arena *a = *state;
    struct issued x = issue(a, true);
    char *p = arena_cstr(a, x.out.pdf);
    size_t at = slice_search(x.out.pdf, x.out.record);
    uint64_t seed = 7;
    for (size_t i = 0; i < x.out.record.n; i++) {
        struct arena *b = arena_new("record");
        struct verify_report r;
        char old = p[at + i];
        p[at + i] = (char)(old ^ (1 << (test_random(&seed) & 7)));
        verify_pdf(b, slice_of(p, x.out.pdf.n), x.anchors, clock_now, &r);
        assert_int_equal(state_of(&r, "signature"), CHECK_FAILED);
        assert_null(r.record);
        assert_true(state_of(&r, "record") == CHECK_FAILED ||
                    (state_of(&r, "record_sm2") == CHECK_FAILED && state_of(&r, "record_ed25519") == CHECK_FAILED));
        p[at + i] = old;
        arena_free(b);
    }
}

static struct slice joined(struct arena *a, struct slice x, struct slice y)
{
    struct buf b = buf_new(a, x.n + y.n);
    buf_put(&b, x);
    buf_put(&b, y);
    return buf_slice(&b);
}

static int64_t number_at(struct slice s, size_t at)
{
    int64_t n = -1;
    size_t end = at;
    while (end < s.n && s.p[end] >= '0' && s.p[end] <= '9') end++;
    assert_true(slice_int64(slice_sub(s, at, end - at), &n));
    return n;
}

static void attacks(void **state)
{
    struct arena *a = *state;
    struct issued x = issue(a, true), y = issue(a, true);
    struct slice pdf = x.out.pdf;
    assert_false(accepted(joined(a, pdf, S("\n")), x.anchors));
    assert_false(accepted(joined(a, pdf, S("%%EOF\n")), x.anchors));
    /* an incremental update that replaces a page: a valid PDF whose signature "covers what it covers" */
    struct slice root_key = S("/Root "), xref = slice_sub(pdf, slice_search(pdf, S("%%EOF\n")), pdf.n);
    size_t root_at = slice_search(xref, root_key), start_at = slice_search(xref, S("startxref\n"));
    int64_t root = number_at(xref, root_at + root_key.n), prev = number_at(xref, start_at + 10);
    struct slice update = arena_printf(a, "2 0 obj\n<< /Type /Page /Parent 1 0 R /MediaBox [0 0 9 9] >>\nendobj\n");
    struct slice table = arena_printf(
        a, "xref\n2 1\n%010zu 00000 n \ntrailer\n<< /Size 60 /Root %lld 0 R /Prev %lld >>\nstartxref\n%zu\n%%%%EOF\n",
        pdf.n, (long long)root, (long long)prev, pdf.n + update.n);
    struct verify_report r;
    verify_pdf(a, joined(a, joined(a, pdf, update), table), x.anchors, clock_now, &r);
    assert_false(r.good);
    assert_int_equal(state_of(&r, "format"), CHECK_OK);
    assert_int_equal(state_of(&r, "coverage"), CHECK_FAILED);
    /* cut off: the unsigned file, and every kind of half file */
    assert_false(accepted(x.in.pdf, x.anchors));
    for (size_t n = 0; n < pdf.n; n += 997) assert_false(accepted(slice_sub(pdf, 0, n), x.anchors));
    assert_false(accepted(slice_sub(pdf, 0, pdf.n - 1), x.anchors));
    /* the signature of another file */
    size_t at = slice_search(pdf, S("/Contents <")), other_at = slice_search(y.out.pdf, S("/Contents <"));
    char *mixed = arena_cstr(a, pdf);
    for (size_t i = 0; i < 8192; i++) mixed[at + 11 + i] = y.out.pdf.p[other_at + 11 + i];
    assert_false(accepted(slice_of(mixed, pdf.n), x.anchors));
    /* content hidden in the unused end of the signature's room */
    char *hidden = arena_cstr(a, pdf);
    hidden[at + 11 + 8190] = '1';
    assert_false(accepted(slice_of(hidden, pdf.n), x.anchors));
    assert_false(accepted(S(""), x.anchors));
    assert_false(accepted(S("%PDF-1.5\n%%EOF\n"), x.anchors));
}

static void refused_issues(void **state)
{
    struct arena *a = *state;
    struct issued x = issue(a, true);
    struct pdf_issued out;
    struct pdf_issue in = x.in;
    in.pdf = x.out.pdf; /* signed already */
    assert_code(pdf_issue(a, x.signer, &in, &out), CODE_PDF_MALFORMED);
    in = x.in;
    in.purpose = SIGN_DOCUMENT_PDF;
    assert_code(pdf_issue(a, x.signer, &in, &out), CODE_SIGNER_POLICY);
    in = x.in;
    in.record = test_json(a, S("{\"type\":\"licence\",\"id\":\"x\",\"area\":1.5}"));
    assert_code(pdf_issue(a, x.signer, &in, &out), CODE_CANONICAL);
    in.record = test_json(a, S("{\"type\":\"licence\"}"));
    assert_code(pdf_issue(a, x.signer, &in, &out), CODE_FIELD_REQUIRED);
    in = x.in;
    in.pdf = S("%PDF-1.5\nhello\n%%EOF\n");
    assert_code(pdf_issue(a, x.signer, &in, &out), CODE_PDF_MALFORMED);
}

static struct slice judged(struct arena *a, struct slice pdf, const char *program, const char *option)
{
    struct slice said;
    return outside(a, program, option, pdf, NULL, &said) ? said : S("not installed");
}

static bool says(struct slice text, const char *z)
{
    return slice_search(text, slice_cstr(z)) != SIZE_MAX;
}

static void independent_judge(void **state)
{
    struct arena *a = *state;
    struct issued x = issue(a, true);
    struct slice text = judged(a, x.out.pdf, "pdfsig", "-nocert");
    if (says(text, "not installed")) {
        if (getenv("CI")) fail_msg("pdfsig is missing");
        print_message("skipped 1: pdfsig is missing\n");
        return;
    }
    assert_true(says(text, "Signature is Valid"));
    assert_true(says(text, "Total document signed"));
    assert_true(says(text, "adbe.pkcs7.detached"));
    assert_false(says(text, "Signature #2"));
    char *bad = arena_cstr(a, x.out.pdf);
    bad[slice_search(x.out.pdf, x.out.record) + 30] ^= 1;
    assert_false(says(judged(a, slice_of(bad, x.out.pdf.n), "pdfsig", "-nocert"), "Signature is Valid"));
    assert_true(says(judged(a, joined(a, x.out.pdf, S("\n")), "pdfsig", "-nocert"), "Not total document signed"));
    assert_true(says(judged(a, x.out.pdf, "pdfdetach", "-list"), "record.json"));
    assert_false(says(judged(a, x.out.pdf, "pdftoppm", "-png"), "rror"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(good_files),    TEST(validity),       TEST(anchors),
                                       TEST(flipped_bytes), TEST(flipped_cms),    TEST(flipped_record),
                                       TEST(attacks),       TEST(refused_issues), TEST(independent_judge)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
