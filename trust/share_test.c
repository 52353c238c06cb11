/* Sharing a secret: the arithmetic exhaustively on small parameters, shares on paper, recovery of keys. */
#include "base/testing.h"
#include "trust/shamir.h"
#include "trust/signer_recovery.h"

#include <stdio.h>

/* ---- the field and the polynomials ---- */

/* Multiplication the slow way: all 255 powers of the generator 3. */
static void the_field(void **state)
{
    (void)state;
    uint8_t power[255], log[256] = {0}, x = 1;
    for (int i = 0; i < 255; i++) {
        power[i] = x;
        log[x] = (uint8_t)i;
        x = (uint8_t)(x ^ (x << 1) ^ (x & 0x80 ? 0x1b : 0)); /* times 3 */
    }
    assert_int_equal(x, 1);
    for (int a = 0; a < 256; a++)
        for (int b = 0; b < 256; b++) {
            int want = a && b ? power[(log[a] + log[b]) % 255] : 0;
            assert_int_equal(shamir_multiply((uint8_t)a, (uint8_t)b), want);
        }
    for (int a = 1; a < 256; a++) assert_int_equal(shamir_multiply((uint8_t)a, shamir_inverse((uint8_t)a)), 1);
    assert_int_equal(shamir_multiply(0x57, 0x83), 0xc1); /* FIPS 197, 4.2 */
}

/* All need and count up to 6, all subsets: `need` recover, and so do more of them. */
static void every_subset_recovers(void **state)
{
    (void)state;
    uint64_t seed = 42;
    for (unsigned count = 2; count <= 6; count++)
        for (unsigned need = 2; need <= count; need++) {
            uint8_t secret[32], random[5 * 32], shares[6][32], got[32];
            for (size_t i = 0; i < sizeof secret; i++) secret[i] = (uint8_t)test_random(&seed);
            for (size_t i = 0; i < sizeof random; i++) random[i] = (uint8_t)test_random(&seed);
            for (unsigned i = 0; i < count; i++) shamir_share(secret, 32, need, random, (uint8_t)(i + 1), shares[i]);
            for (unsigned subset = 0; subset < 1u << count; subset++) {
                uint8_t numbers[6];
                const uint8_t *values[6];
                unsigned n = 0;
                for (unsigned i = 0; i < count; i++)
                    if (subset >> i & 1) {
                        numbers[n] = (uint8_t)(i + 1);
                        values[n++] = shares[i];
                    }
                if (n == 0) continue;
                shamir_combine(numbers, values, n, 32, got);
                assert_true((memcmp(got, secret, 32) == 0) == (n >= need));
            }
        }
}

/* Exhaustively for one byte: over all random bytes, what a party one short of `need` sees is distributed in exactly the same way for every secret, namely
 * evenly. So it says nothing about the secret. */
static void fewer_reveal_nothing(void **state)
{
    (void)state;
    static uint32_t seen[65536];
    for (int secret = 0; secret < 256; secret++) { /* 2 of n: one share, at each of some numbers */
        for (int number = 1; number <= 255; number += 23) {
            uint32_t times[256] = {0};
            for (int r = 0; r < 256; r++) {
                uint8_t s = (uint8_t)secret, random = (uint8_t)r, share;
                shamir_share(&s, 1, 2, &random, (uint8_t)number, &share);
                times[share]++;
            }
            for (int i = 0; i < 256; i++) assert_int_equal(times[i], 1);
        }
    }
    for (int secret = 0; secret < 256; secret += 51) { /* 3 of n: each pair of 5 shares */
        for (uint8_t i = 1; i <= 5; i++)
            for (uint8_t j = (uint8_t)(i + 1); j <= 5; j++) {
                memset(seen, 0, sizeof seen);
                for (unsigned r = 0; r < 65536; r++) {
                    uint8_t s = (uint8_t)secret, random[2] = {(uint8_t)r, (uint8_t)(r >> 8)}, one, two;
                    shamir_share(&s, 1, 3, random, i, &one);
                    shamir_share(&s, 1, 3, random, j, &two);
                    seen[one << 8 | two]++;
                }
                for (unsigned k = 0; k < 65536; k++) assert_int_equal(seen[k], 1);
            }
    }
}

/* ---- on paper ---- */

static instant clock_now = INT64_C(1790000000000);

static struct share sample(void)
{
    struct share s = {.set = {0x4f, 0x1c, 0x09, 0xaa},
                      .made = day_of_instant(clock_now),
                      .need = 3,
                      .count = 5,
                      .number = 2,
                      .city = S("示例市"),
                      .officer = S("李四")};
    for (size_t i = 0; i < sizeof s.value; i++) s.value[i] = (uint8_t)(i * 7 + 1);
    return s;
}

static void same(const struct share *x, const struct share *y)
{
    assert_memory_equal(x->set, y->set, sizeof x->set);
    assert_memory_equal(x->value, y->value, sizeof x->value);
    assert_int_equal(x->made, y->made);
    assert_int_equal(x->need * 10000 + x->count * 100 + x->number, y->need * 10000 + y->count * 100 + y->number);
}

static void a_share_is_written_and_read(void **state)
{
    struct arena *a = *state;
    struct share s = sample(), back;
    struct slice text = share_write(a, &s);
    assert_good(a, share_parse(a, text, &back));
    same(&s, &back);
    assert_true(slice_eq(back.city, s.city) && slice_eq(back.officer, s.officer));
    assert_good(a, share_parse(a, share_qr(a, &s), &back));
    same(&s, &back);
    /* as people type: small letters, no spaces, hyphens, o and l */
    char *typed = arena_cstr(a, text);
    for (char *p = typed; *p; p++) {
        if (*p >= 'A' && *p <= 'Z') *p = (char)(*p - 'A' + 'a');
        if (*p == '0' && p[-1] != '2' && p[-1] != '-' && p[-1] != '\n') *p = 'o';
    }
    struct slice lines = slice_cstr(strstr(typed, "\n1  ") + 1);
    assert_good(a, share_parse(a, lines, &back));
    same(&s, &back);
    assert_int_equal(back.city.n, 0);
}

/* Each character of the four lines, changed to each other one; and two neighbours exchanged. */
static void mistakes_are_found_in_their_line(void **state)
{
    struct arena *a = *state;
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    struct share s = sample(), back;
    struct slice text = share_write(a, &s);
    size_t begin = slice_search(text, S("\n1  ")) + 1;
    int changed = 0, unseen_in_line = 0;
    for (size_t i = begin; i < text.n; i++) {
        size_t start = i;
        while (text.p[start - 1] != '\n') start--;
        if (text.p[i] == ' ' || text.p[i] == '\n' || i - start < 2) continue;
        for (const char *c = alphabet; *c; c++) {
            struct arena *own = arena_new("one");
            char *bad = arena_cstr(own, text);
            if (*c == bad[i]) {
                arena_free(own);
                continue;
            }
            bad[i] = *c;
            result r = share_parse(own, slice_cstr(bad), &back);
            assert_int_equal(result_code(r), CODE_SIGNER_SHARE);
            changed++;
            if (!slice_eq(r.problem->field, arena_printf(own, "line %c", text.p[start]))) unseen_in_line++;
            arena_free(own);
        }
    }
    assert_int_equal(changed, 88 * 31);
    assert_true(unseen_in_line <= 20); /* one in 1024 gets by the line's two characters, none by the whole's */
    char *swapped = arena_cstr(a, text);
    char *p = swapped + begin + 3;
    while (p[0] == p[1]) p++;
    char c = p[0];
    p[0] = p[1];
    p[1] = c;
    assert_code(share_parse(a, slice_cstr(swapped), &back), CODE_SIGNER_SHARE);
}

static void mixed_papers_are_refused(void **state)
{
    struct arena *a = *state;
    struct share s = sample(), other = sample(), back;
    struct slice one = share_write(a, &s), two, line;
    other.number = 3;
    other.value[0] ^= 1;
    two = share_write(a, &other);
    size_t cut = slice_search(one, S("\n3  ")) + 1, same_cut = slice_search(two, S("\n3  ")) + 1;
    assert_code(
        share_parse(a, arena_printf(a, "%.*s%.*s", (int)cut, one.p, (int)(two.n - same_cut), two.p + same_cut), &back),
        CODE_SIGNER_SHARE);
    /* the words of one paper over the lines of another */
    size_t words = slice_search(one, S("\n1  ")), lines = slice_search(two, S("\n1  "));
    assert_code(
        share_parse(a, arena_printf(a, "%.*s%.*s", (int)words, one.p, (int)(two.n - lines), two.p + lines), &back),
        CODE_SIGNER_SHARE);
    (void)slice_cut(slice_sub(one, slice_search(one, S("\n2  ")) + 1, one.n), '\n', &line, &two);
    assert_code(share_parse(a, arena_printf(a, "%.*s%.*s\n", SLICE_ARG(one), SLICE_ARG(line)), &back),
                CODE_SIGNER_SHARE);
    assert_code(share_parse(a, S(""), &back), CODE_SIGNER_SHARE);
    assert_code(share_parse(a, slice_sub(one, 0, one.n - 30), &back), CODE_SIGNER_SHARE);
}

/* Written by another program from the description in share.h. */
static void a_share_made_elsewhere(void **state)
{
    struct arena *a = *state;
    struct share s, back;
    assert_good(a, share_parse(a, test_file(a, "test/corpus/share/words.txt"), &s));
    assert_good(a, share_parse(a, test_file(a, "test/corpus/share/qr.txt"), &back));
    same(&s, &back);
    assert_int_equal(s.need * 100 + s.count * 10 + s.number, 352);
    assert_slice(day_text(a, s.made), "2026-11-27");
    assert_slice(s.officer, "李四");
    for (int i = 0; i < 32; i++) assert_int_equal(s.value[i], i);
}

/* ---- recovery ---- */

static const struct slice officers[] = {{"张三", 6}, {"李四", 6}, {"王五", 6}, {"赵六", 6}, {"孙七", 6}};

static void city(struct arena *a, struct signer_keys *k, struct share *shares, struct recovery_file *f)
{
    struct signer_names names = {S("某市政务服务数据管理局"), S("某市")};
    struct slice file;
    assert_good(a, signer_keys_make_test(a, &names, clock_now, k));
    assert_code(signer_recovery_seal(a, k, &file), CODE_NOT_FOUND);
    assert_good(a, signer_recovery_split(a, k, officers, 5, 3, day_of_instant(clock_now), shares));
    assert_good(a, signer_recovery_seal(a, k, &file));
    assert_int_equal(slice_search(file, base64_encode(a, slice_of((const char *)k->recovery.secret, 32))), SIZE_MAX);
    assert_good(a, recovery_file_parse(a, file, f));
}

static void three_of_five_have_the_keys_again(void **state)
{
    struct arena *a = *state;
    struct signer_keys k, back;
    struct share shares[5];
    struct recovery_file f;
    const struct slice passphrase = S("p");
    struct signer_store store = signer_store_passphrase(&passphrase);
    city(a, &k, shares, &f);
    for (unsigned subset = 0; subset < 32; subset++) {
        struct share some[5];
        size_t n = 0;
        for (unsigned i = 0; i < 5; i++)
            if (subset >> i & 1) some[n++] = shares[i];
        result r = recovery_open(a, &f, some, n, &store, NULL, &back);
        assert_int_equal(result_code(r), n < 3 ? CODE_SIGNER_SHARE : CODE_OK);
        if (n < 3) continue;
        assert_memory_equal(back.city.key, k.city.key, 32);
        assert_memory_equal(back.seals.wrap, k.seals.wrap, 32);
        assert_true(slice_eq(crypto_key_pkcs8(a, back.log), crypto_key_pkcs8(a, k.log)));
        assert_true(slice_eq(back.certificates.anchors, k.certificates.anchors));
        assert_memory_equal(back.recovery.secret, k.recovery.secret, 32);
    }
    /* a file with its need lowered opens no more than before, for that is bound in */
    f.of.need = 2;
    shares[0].need = shares[1].need = 2;
    assert_int_not_equal(result_code(recovery_open(a, &f, shares, 2, &store, NULL, &back)), CODE_OK);
}

static void says(struct arena *a, result r, const char *who, const char *why)
{
    assert_int_equal(result_code(r), CODE_SIGNER_SHARE);
    struct slice text = result_text(a, r, LANG_EN);
    if (slice_search(text, slice_cstr(who)) == SIZE_MAX || slice_search(text, slice_cstr(why)) == SIZE_MAX)
        fail_msg("\"%s\", \"%s\" not in: %.*s", who, why, SLICE_ARG(text));
}

static void wrong_shares_are_refused_by_name(void **state)
{
    struct arena *a = *state;
    struct signer_keys k, other;
    struct share s[5], o[5], again[5], bad;
    struct recovery_file f, g;
    city(a, &k, s, &f);
    city(a, &other, o, &g);
    assert_good(a, recovery_share_check(a, &f, &s[1], s, 1));
    says(a, recovery_share_check(a, &f, &s[1], s, 2), "2 李四", "given before");
    says(a, recovery_share_check(a, &f, &o[1], NULL, 0), "2 李四", "another set");
    bad = s[1];
    bad.value[31] ^= 1;
    says(a, recovery_share_check(a, &f, &bad, NULL, 0), "2 李四", "handed out");
    bad = s[1];
    bad.city = S("邻市");
    says(a, recovery_share_check(a, &f, &bad, NULL, 0), "2 李四", "邻市");
    bad = s[1];
    bad.officer = S("王五");
    says(a, recovery_share_check(a, &f, &bad, NULL, 0), "2 李四", "王五");
    bad = s[1];
    bad.number = 3;
    bad.officer = S("");
    says(a, recovery_share_check(a, &f, &bad, NULL, 0), "3 王五", "handed out");
    /* shares made anew: the old ones are stale */
    struct slice file;
    assert_good(a, signer_recovery_split(a, &k, officers, 5, 2, day_of_instant(clock_now) + 400, again));
    assert_good(a, signer_recovery_seal(a, &k, &file));
    assert_good(a, recovery_file_parse(a, file, &g));
    says(a, recovery_share_check(a, &g, &s[1], NULL, 0), "2 李四", "stale");
    assert_good(a, recovery_share_check(a, &g, &again[1], NULL, 0));
    const struct slice twice[] = {S("张三"), S("张三")};
    assert_code(signer_recovery_split(a, &k, twice, 2, 2, 0, again), CODE_SIGNER_SHARE);
    assert_code(signer_recovery_split(a, &k, officers, 5, 6, 0, again), CODE_SIGNER_SHARE);
    assert_code(signer_recovery_split(a, &k, officers, 5, 1, 0, again), CODE_SIGNER_SHARE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(the_field),
                                       TEST(every_subset_recovers),
                                       TEST(fewer_reveal_nothing),
                                       TEST(a_share_is_written_and_read),
                                       TEST(mistakes_are_found_in_their_line),
                                       TEST(mixed_papers_are_refused),
                                       TEST(a_share_made_elsewhere),
                                       TEST(three_of_five_have_the_keys_again),
                                       TEST(wrong_shares_are_refused_by_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
