#include "base/testing.h"

#include "base/identifier.h"

static struct slice text_of(const struct json *v)
{
    return v->type == JSON_STRING ? v->text : json_string(v, "code");
}

/* Every list of the shared vectors that a kind of ours has. */
static void shared_vectors(void **state)
{
    struct arena *a = *state;
    struct slice text;
    size_t good = 0, bad = 0;
    if (!test_shared(a, "identifiers/vectors.json", &text)) return;
    const struct json *all = test_json(a, text);
    for (size_t i = 0; i < all->n; i++) {
        enum id_kind kind = id_kind_of(all->keys[i]);
        const struct json *list = all->items[i];
        if (kind == ID_KIND_NONE) fail_msg("no kind %.*s", SLICE_ARG(all->keys[i]));
        const struct json *valid = list->type == JSON_ARRAY ? list : json_get(list, "valid"),
                          *invalid = json_get(list, "invalid");
        for (size_t k = 0; k < valid->n; k++, good++)
            assert_good(a, identifier_check(a, kind, text_of(valid->items[k]), S("")));
        for (size_t k = 0; invalid && k < invalid->n; k++, bad++)
            if (!failed(identifier_check(a, kind, text_of(invalid->items[k]), S(""))))
                fail_msg("accepted %.*s", SLICE_ARG(text_of(invalid->items[k])));
    }
    print_message("%zu valid and %zu invalid vectors\n", good, bad);
    assert_true(good >= 30 && bad >= 8);
}

/* The vectors' own splits agree with ours. */
static void shared_splits(void **state)
{
    struct arena *a = *state;
    struct slice text, p[IDENTIFIER_PARTS];
    if (!test_shared(a, "identifiers/vectors.json", &text)) return;
    const struct json *all = test_json(a, text), *list = json_get(all, "impl_code");
    static const char *const impl[] = {"dept", "level", "basic", "handle_item"}, *const case_no[] = {"impl", "date",
                                                                                                     "seq"};
    static const char *const unit[] = {"county", "djq", "djzq", "zdtzm", "zdsxh", "dzwtzm", "dzwdyh"};
    for (size_t i = 0; i < list->n; i++) {
        size_t n = identifier_split(ID_KIND_IMPL_CODE, json_string(list->items[i], "code"), p);
        assert_int_equal(n, json_get(list->items[i], "handle_item") ? 4 : 3);
        for (size_t k = 0; k < n; k++) assert_true(slice_eq(p[k], json_string(list->items[i], impl[k])));
    }
    list = json_get(all, "case_no");
    for (size_t i = 0; i < list->n; i++) {
        assert_int_equal(identifier_split(ID_KIND_CASE_NO, json_string(list->items[i], "code"), p), 3);
        for (size_t k = 0; k < 3; k++) assert_true(slice_eq(p[k], json_string(list->items[i], case_no[k])));
    }
    list = json_get(all, "bdcdyh");
    for (size_t i = 0; i < list->n; i++) {
        assert_int_equal(identifier_split(ID_KIND_REALTY_UNIT, json_string(list->items[i], "code"), p), 7);
        for (size_t k = 0; k < 7; k++) assert_true(slice_eq(p[k], json_string(list->items[i], unit[k])));
    }
}

/* The problem says which rule failed, where, and what was expected. */
static void problems_name_the_rule(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *kind, *value;
        enum code code;
        const char *text; /* English; NULL: not compared */
    } rows[] = {
        {"uscc", "91110000600037341L", CODE_OK, NULL},
        {"uscc", "911100006000373", CODE_IDENTIFIER_LENGTH,
         "The unified social credit code has 18 characters; this has 15"},
        {"uscc", "", CODE_IDENTIFIER_LENGTH, NULL},
        {"uscc", "9111000060003734IL", CODE_IDENTIFIER_ALPHABET,
         "Character 17 of the unified social credit code, \"I\", must be a digit or a capital letter other than I, O, S, V, Z"},
        {"uscc", "91110000600037341l", CODE_IDENTIFIER_ALPHABET, NULL},
        {"uscc", "9111０000600037341", CODE_IDENTIFIER_LENGTH, NULL},
        {"uscc", "9111００00600037341L", CODE_IDENTIFIER_ALPHABET,
         "Character 5 of the unified social credit code, \"０\", must be a digit"},
        {"uscc", "91110000600037341M", CODE_IDENTIFIER_CHECK_DIGIT,
         "The check character of the unified social credit code should be \"L\" but is \"M\" (character 18)"},
        {"uscc", "91110000600037342L", CODE_IDENTIFIER_CHECK_DIGIT,
         "The check character of the unified social credit code should be \"1\" but is \"2\" (character 17)"},
        {"uscc", "B1110000600037341L", CODE_IDENTIFIER_PART, NULL},
        {"uscc", "94110000600037341L", CODE_IDENTIFIER_PART,
         "The class \"4\" at character 2 of the unified social credit code is not in the code table"},
        {"uscc", "91990000600037341L", CODE_IDENTIFIER_PART, NULL},
        {"org_code", "600037341", CODE_OK, NULL},
        {"org_code", "600037340", CODE_IDENTIFIER_CHECK_DIGIT, NULL},
        {"org_code", "60003734A", CODE_IDENTIFIER_ALPHABET, NULL},
        {"resident_id", "440524188001010014", CODE_OK, NULL},
        {"resident_id", "441900199002300015", CODE_IDENTIFIER_DATE,
         "The date in the resident identity number, from character 7, does not exist"},
        {"resident_id", "441900190002290015", CODE_IDENTIFIER_DATE, NULL},
        {"resident_id", "110105194912310021", CODE_IDENTIFIER_CHECK_DIGIT, NULL},
        {"resident_id", "11010519491231002x", CODE_IDENTIFIER_ALPHABET, NULL},
        {"resident_id", "810000199408230021", CODE_IDENTIFIER_PART, NULL},
        {"resident_id", "110105491231002", CODE_IDENTIFIER_LENGTH, NULL},
        {"residence_permit", "810000199408230021", CODE_OK, NULL},
        {"residence_permit", "830000199201300022", CODE_OK, NULL},
        {"residence_permit", "810100199408230021", CODE_IDENTIFIER_PART, NULL},
        {"residence_permit", "440524188001010014", CODE_IDENTIFIER_PART, NULL},
        {"hkm_permit", "H12345678", CODE_OK, NULL},
        {"hkm_permit", "M00000001", CODE_OK, NULL},
        {"hkm_permit", "K12345678", CODE_IDENTIFIER_PART, NULL},
        {"hkm_permit", "H1234567A", CODE_IDENTIFIER_ALPHABET, NULL},
        {"tw_permit", "01234567", CODE_OK, NULL},
        {"tw_permit", "0123456", CODE_IDENTIFIER_LENGTH, NULL},
        {"passport", "E12345678", CODE_OK, NULL},
        {"passport", "AB123", CODE_OK, NULL},
        {"passport", "E1234567890", CODE_IDENTIFIER_LENGTH, "The passport number has 5–9 characters; this has 11"},
        {"passport", "E-2345678", CODE_IDENTIFIER_ALPHABET, NULL},
        {"basic_code", "442199806003", CODE_OK, NULL},
        {"basic_code", "44A199806003", CODE_IDENTIFIER_ALPHABET, NULL},
        {"impl_code", "12441500196720244T8442199806003", CODE_IDENTIFIER_PART, NULL},
        {"impl_code", "12441500196720244X3442199806003", CODE_IDENTIFIER_CHECK_DIGIT, NULL},
        {"impl_code", "12441500196720244T344219980600", CODE_IDENTIFIER_LENGTH,
         "The implementation code of a government service has 31 / 33 characters; this has 30"},
        {"case_no", "12441500196720244T3442199806003202206310068", CODE_IDENTIFIER_DATE, NULL},
        {"bdcdyh", "320311001021GX00233F00010013", CODE_OK, NULL},
        {"bdcdyh", "320311001021XB00233F00010013", CODE_IDENTIFIER_PART, NULL},
        {"bdcdyh", "320311001021GB00233Z00010013", CODE_IDENTIFIER_PART, NULL},
        {"bdcdyh", "990311001021GB00233F00010013", CODE_IDENTIFIER_PART, NULL},
        {"zddm", "320311001021GB00233", CODE_OK, NULL},
        {"iso6346", "CSQU3054384", CODE_IDENTIFIER_CHECK_DIGIT, NULL},
        {"iso6346", "CSQX3054383", CODE_IDENTIFIER_PART, NULL},
        {"ecert_id", "1.2.156.3005.3.11100000000013338W011.11430000006122244L.20230000403.001.U", CODE_IDENTIFIER_PART,
         NULL},
        {"ecert_id", "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.1.U", CODE_IDENTIFIER_PART,
         "The version (3 digits) \"1\" at character 69 of the electronic certificate identifier is not in the code table"},
        {"ecert_id", "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U.1",
         CODE_IDENTIFIER_PART, NULL},
        {"ecert_id", "1.2.156.3005.2.11100000000013338W011.11430000006122244L", CODE_IDENTIFIER_PART, NULL},
        {"ecert_id", "1.2.156.3005.2.", CODE_IDENTIFIER_PART, NULL},
        {"ecert_id", "1.2.156.3005.2.11100000000013338W011.1143000000612224é.1.001.U", CODE_IDENTIFIER_ALPHABET, NULL},
        {"ecert_id", "", CODE_IDENTIFIER_PART, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum id_kind kind = id_kind_of(slice_cstr(rows[i].kind));
        result r = identifier_check(a, kind, slice_cstr(rows[i].value), S("/x"));
        if (result_code(r) != rows[i].code)
            fail_msg("%s %s: %s, expected %s", rows[i].kind, rows[i].value, code_name(result_code(r)),
                     code_name(rows[i].code));
        if (rows[i].text) assert_slice(problem_text(a, r.problem, LANG_EN), rows[i].text);
        if (failed(r)) assert_slice(r.problem->field, "/x");
    }
    result r = identifier_check(a, ID_KIND_USCC, S("91110000600037341M"), S("/x"));
    assert_slice(problem_text(a, r.problem, LANG_ZH), "统一社会信用代码的校验码应为“L”，现为“M”（第 18 位）");
    assert_code(identifier_check(a, ID_KIND_NONE, S("1"), S("")), CODE_IDENTIFIER_KIND);
    assert_code(identifier_check(a, ID_KIND_COUNT, S("1"), S("")), CODE_IDENTIFIER_KIND);
    assert_true(id_kind_of(S("nothing")) == ID_KIND_NONE && id_kind_of(S("")) == ID_KIND_NONE);
}

/* No message may repeat a person's number: problems go into logs. */
static void messages_keep_personal_numbers_out(void **state)
{
    struct arena *a = *state;
    static const char *const bad[] = {"441900199002300015", "110105194912310021", "11010519491231002?",
                                      "4419001990010100", "999999199001010011"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct slice text =
            result_text(a, identifier_check(a, ID_KIND_RESIDENT_ID, slice_cstr(bad[i]), S("/x")), LANG_ZH);
        for (size_t n = 0; n + 7 <= strlen(bad[i]); n++)
            assert_true(slice_search(text, slice_of(bad[i] + n, 7)) == SIZE_MAX);
    }
}

static void generated(void **state)
{
    struct arena *a = *state;
    struct slice v = {NULL, 0};
    const struct slice uscc[] = {S("9"), S("1"), S("441900"), S("00000001")};
    assert_good(a, identifier_generate(a, ID_KIND_USCC, uscc, 4, S(""), &v));
    assert_slice(v, "91441900000000019N");
    const struct slice ecert[] = {S("11100000000013338W011"), S("11430000006122244L"), S("20230000403"), S("001")};
    assert_good(a, identifier_generate(a, ID_KIND_ECERT, ecert, 4, S(""), &v));
    assert_slice(v, "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U");
    const struct slice impl[] = {S("12441500196720244T"), S("3"), S("442199806003")};
    assert_good(a, identifier_generate(a, ID_KIND_IMPL_CODE, impl, 3, S(""), &v));
    const struct slice case_no[] = {v, S("20220623"), S("0068")};
    assert_good(a, identifier_generate(a, ID_KIND_CASE_NO, case_no, 3, S(""), &v));
    assert_slice(v, "12441500196720244T3442199806003202206230068");
    const struct slice box[] = {S("CSQ"), S("U"), S("305438")};
    assert_good(a, identifier_generate(a, ID_KIND_CONTAINER, box, 3, S(""), &v));
    assert_slice(v, "CSQU3054383");
    const struct slice nobody[] = {S("441900"), S("19900230"), S("001")};
    assert_code(identifier_generate(a, ID_KIND_RESIDENT_ID, nobody, 3, S(""), &v), CODE_IDENTIFIER_DATE);
    assert_code(identifier_generate(a, ID_KIND_RESIDENT_ID, nobody, 1, S(""), &v), CODE_IDENTIFIER_LENGTH);
    assert_code(identifier_generate(a, ID_KIND_USCC, nobody, 0, S(""), &v), CODE_IDENTIFIER_LENGTH);
}

static void random_residents(void **state)
{
    struct arena *a = *state;
    uint64_t seed = 99;
    for (int i = 0; i < 5000; i++) {
        day birth = (day)(test_random(&seed) % 40000) - 20000, read;
        bool male, want = test_random(&seed) % 2;
        int y, m, d, seq = (int)(test_random(&seed) % 500) * 2 + want;
        civil_of_day(birth, &y, &m, &d);
        const struct slice parts[] = {S("441900"), arena_printf(a, "%04d%02d%02d", y, m, d),
                                      arena_printf(a, "%03d", seq)};
        struct slice v, p[IDENTIFIER_PARTS];
        assert_good(a, identifier_generate(a, ID_KIND_RESIDENT_ID, parts, 3, S(""), &v));
        assert_true(resident_id_read(v, &read, &male) && read == birth && male == want);
        assert_int_equal(identifier_split(ID_KIND_RESIDENT_ID, v, p), 3);
        assert_true(slice_eq(p[2], parts[2]));
        /* one digit changed is always noticed (ISO 7064 MOD 11-2) */
        char *wrong = arena_cstr(a, v);
        size_t at = test_random(&seed) % 17;
        wrong[at] = (char)('0' + (wrong[at] - '0' + 1 + (int)(test_random(&seed) % 9)) % 10);
        assert_true(failed(identifier_check(a, ID_KIND_RESIDENT_ID, slice_of(wrong, 18), S(""))));
    }
}

static void normal_forms(void **state)
{
    struct arena *a = *state;
    assert_slice(identifier_normal(a, ID_KIND_RESIDENT_ID, S(" 110105 19491231 002x\n")), "11010519491231002X");
    assert_slice(identifier_normal(a, ID_KIND_USCC, S("９１１１００００－６０００３７３４１ｌ")), "91110000600037341L");
    assert_slice(identifier_normal(a, ID_KIND_REALTY_UNIT,
                                   S("320311\xE3\x80\x80"
                                     "001021 gb00233 F00010013")),
                 "320311001021GB00233F00010013");
    assert_slice(identifier_normal(a, ID_KIND_PASSPORT, S("东\xEF\xBC")), "东\xEF\xBC"); /* cut short: left alone */
    assert_slice(identifier_normal(a, ID_KIND_USCC, S("")), "");
}

static void names(void **state)
{
    (void)state;
    for (enum id_kind k = ID_KIND_NONE + 1; k < ID_KIND_COUNT; k++) {
        assert_true(id_kind_of(slice_cstr(id_kind_name(k))) == k);
        assert_true(*id_kind_title(k, LANG_ZH) && *id_kind_title(k, LANG_EN));
    }
    assert_string_equal(id_kind_name(ID_KIND_NONE), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shared_vectors),
        TEST(shared_splits),
        TEST(problems_name_the_rule),
        TEST(messages_keep_personal_numbers_out),
        TEST(generated),
        TEST(random_residents),
        TEST(normal_forms),
        TEST(names),
    };
    return cmocka_run_group_tests_name("identifier", tests, NULL, NULL);
}
