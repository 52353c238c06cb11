/* Sign-in, sessions, passwords, one-time codes. */
#include "city/testkit.h"
#include "trust/password.h"

static result sign_in(struct city_kit *k, const char *login, struct slice password, struct slice totp,
                      struct slice *hash)
{
    struct slice token;
    return identity_sign_in(&k->c, k->a, slice_cstr(login), password, totp, (struct slice){0}, k->now, &token, hash);
}

static void a_person_registers_and_signs_in(struct store_fixture *f)
{
    struct city_kit k;
    struct actor x;
    bool found;
    struct slice token, hash, old;
    city_kit_open(&k, f);
    kit_person(&k, "Zhang.San", KIT_NUMBER);
    assert_good(k.a, identity_sign_in(&k.c, k.a, S(" zhang.san "), KIT_PASSWORD, (struct slice){0}, (struct slice){0},
                                      k.now, &token, &hash));
    assert_true(slice_eq(session_hash(k.a, token), hash));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM session"), 1);
    assert_good(k.a, session_actor(&k.c, k.a, hash, k.now, &x, &found));
    assert_true(found);
    assert_int_equal(x.kind, ACTOR_PERSON);
    assert_slice(x.name, "张三丰");
    assert_slice(x.login, "zhang.san");
    assert_false(x.must_change_password);
    /* a new id at each sign-in, and the browser's old session ends */
    old = hash;
    assert_good(
        k.a, identity_sign_in(&k.c, k.a, S("zhang.san"), KIT_PASSWORD, (struct slice){0}, old, k.now, &token, &hash));
    assert_false(slice_eq(old, hash));
    assert_good(k.a, session_actor(&k.c, k.a, old, k.now, &x, &found));
    assert_false(found);
    /* signing out */
    assert_good(k.a, session_end(&k.c, k.a, hash));
    assert_good(k.a, session_actor(&k.c, k.a, hash, k.now, &x, &found));
    assert_false(found);
}

static void nothing_personal_stands_in_the_clear(struct store_fixture *f)
{
    struct city_kit k;
    struct rows r;
    static const struct stmt ALL = {
        "t_all",
        "SELECT identity_ct, login_hash, profile_ct, index_hash FROM account JOIN subject ON subject.id = account.subject",
        NULL, false};
    city_kit_open(&k, f);
    kit_person(&k, "zhangsan", KIT_NUMBER);
    assert_good(k.a, store_query(f->s, k.a, &ALL, NULL, 0, &r));
    assert_int_equal(r.n, 1);
    for (size_t i = 0; i < r.ncols; i++) {
        assert_true(row(&r, 0)[i].s.n > 0);
        assert_true(slice_search(row(&r, 0)[i].s, S("zhangsan")) == SIZE_MAX);
        assert_true(slice_search(row(&r, 0)[i].s, S("张三丰")) == SIZE_MAX);
        assert_true(slice_search(row(&r, 0)[i].s, KIT_NUMBER) == SIZE_MAX);
    }
}

static void wrong_sign_ins_all_look_alike(struct store_fixture *f)
{
    struct city_kit k;
    struct slice hash, none = {0};
    city_kit_open(&k, f);
    kit_person(&k, "zhangsan", KIT_NUMBER);
    result r[] = {sign_in(&k, "zhangsan", S("Not-the-password-1"), none, &hash),
                  sign_in(&k, "nobody", KIT_PASSWORD, none, &hash),
                  sign_in(&k, "no such login!", KIT_PASSWORD, none, &hash), sign_in(&k, "zhangsan", none, none, &hash)};
    for (size_t i = 0; i < 4; i++) {
        assert_code(r[i], CODE_AUTH_FAILED);
        assert_true(slice_eq(result_text(k.a, r[i], LANG_ZH), result_text(k.a, r[0], LANG_ZH)));
    }
}

static void mistakes_lock_with_growing_pauses(struct store_fixture *f)
{
    struct city_kit k;
    struct slice hash, none = {0};
    city_kit_open(&k, f);
    kit_person(&k, "zhangsan", KIT_NUMBER);
    for (int i = 0; i < 5; i++) assert_code(sign_in(&k, "zhangsan", S("Wrong-wrong-1"), none, &hash), CODE_AUTH_FAILED);
    /* locked: even the right password is refused, and by the same words */
    assert_code(sign_in(&k, "zhangsan", KIT_PASSWORD, none, &hash), CODE_AUTH_FAILED);
    k.now += LOCK_FIRST - 1;
    assert_code(sign_in(&k, "zhangsan", KIT_PASSWORD, none, &hash), CODE_AUTH_FAILED);
    k.now += 1;
    assert_code(sign_in(&k, "zhangsan", S("Wrong-wrong-1"), none, &hash), CODE_AUTH_FAILED);
    k.now += LOCK_FIRST; /* the second pause is twice as long */
    assert_code(sign_in(&k, "zhangsan", KIT_PASSWORD, none, &hash), CODE_AUTH_FAILED);
    k.now += LOCK_FIRST;
    assert_good(k.a, sign_in(&k, "zhangsan", KIT_PASSWORD, none, &hash));
    assert_int_equal(store_test_number(f, "SELECT failures FROM account"), 0);
    /* tries while locked have not prolonged it: 6 counted */
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'signin.failed'"), 6);
}

static void sessions_expire_idle_and_absolutely(struct store_fixture *f)
{
    struct city_kit k;
    struct actor x;
    struct slice staff, person, none = {0};
    bool found;
    city_kit_open(&k, f);
    kit_staff(&k, "wang", ROLE_HANDLER);
    kit_person(&k, "zhangsan", KIT_NUMBER);
    assert_good(k.a, sign_in(&k, "wang", KIT_PASSWORD, none, &staff));
    assert_good(k.a, sign_in(&k, "zhangsan", KIT_PASSWORD, none, &person));
    instant start = k.now;
    k.now = start + SESSION_IDLE_STAFF;
    assert_good(k.a, session_actor(&k.c, k.a, staff, k.now, &x, &found));
    assert_false(found); /* 30 minutes idle */
    assert_good(k.a, session_actor(&k.c, k.a, person, k.now, &x, &found));
    assert_true(found); /* the public has two hours */
    /* kept in use, it still ends after 12 hours */
    for (k.now += MS_HOUR; k.now < start + SESSION_ABSOLUTE; k.now += MS_HOUR) {
        assert_good(k.a, session_actor(&k.c, k.a, person, k.now, &x, &found));
        assert_true(found);
    }
    k.now = start + SESSION_ABSOLUTE;
    assert_good(k.a, session_actor(&k.c, k.a, person, k.now, &x, &found));
    assert_false(found);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM session"), 0);
}

static void csrf_belongs_to_its_session(struct store_fixture *f)
{
    struct city_kit k;
    struct slice one, two, none = {0};
    city_kit_open(&k, f);
    kit_person(&k, "zhangsan", KIT_NUMBER);
    assert_good(k.a, sign_in(&k, "zhangsan", KIT_PASSWORD, none, &one));
    assert_good(k.a, sign_in(&k, "zhangsan", KIT_PASSWORD, none, &two));
    struct slice token = session_csrf(&k.c, k.a, one);
    assert_int_equal(token.n, 43);
    assert_true(session_csrf_good(&k.c, k.a, one, token));
    assert_false(session_csrf_good(&k.c, k.a, two, token));
    assert_false(session_csrf_good(&k.c, k.a, one, none));
    assert_false(session_csrf_good(&k.c, k.a, none, session_csrf(&k.c, k.a, none)));
}

static void passwords_follow_the_rules(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *password;
        bool good;
    } CASES[] = {
        {"Ab3-short", false},      {"alllowercase1", false},         {"ALLUPPER-ok1", true},
        {"Bamboo-Grove-4", true},  {"longwithoutanyclass", true},    {"aaaaaaaaaaaaaaaaaaaa", false},
        {"Password123!", false},   {"Dongguan-2021", false},         {"zhangsan-Xy-99", false},
        {"ZHANGSAN-Xy-99", false}, {"东莞的春天来得很早啊1a", true}, {"1qaz2wsx-EDC", false},
        {"Aa123456-9", false},     {"correct horse battery", true},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        result r = password_rules(a, slice_cstr(CASES[i].password), S("zhangsan"));
        if (failed(r) == CASES[i].good)
            fail_msg("password %s: %s", CASES[i].password, CASES[i].good ? "refused" : "taken");
        if (failed(r)) assert_code(r, CODE_PASSWORD_WEAK);
    }
    assert_code(password_rules(a, S("\xff\xfe-Broken-9"), (struct slice){0}), CODE_PASSWORD_WEAK);
}

static void changing_the_password_ends_other_sessions(struct store_fixture *f)
{
    struct city_kit k;
    struct slice mine, other, none = {0};
    struct actor y;
    bool found;
    city_kit_open(&k, f);
    struct actor x = kit_person(&k, "zhangsan", KIT_NUMBER);
    assert_good(k.a, sign_in(&k, "zhangsan", KIT_PASSWORD, none, &mine));
    assert_good(k.a, sign_in(&k, "zhangsan", KIT_PASSWORD, none, &other));
    struct slice fresh = S("Harbour-Window-8");
    assert_code(identity_password(&k.c, k.a, &x, mine, S("Wrong-wrong-1"), fresh, k.now), CODE_AUTH_FAILED);
    assert_code(identity_password(&k.c, k.a, &x, mine, KIT_PASSWORD, KIT_PASSWORD, k.now), CODE_PASSWORD_SAME);
    assert_code(identity_password(&k.c, k.a, &x, mine, KIT_PASSWORD, S("short"), k.now), CODE_PASSWORD_WEAK);
    assert_good(k.a, identity_password(&k.c, k.a, &x, mine, KIT_PASSWORD, fresh, k.now));
    assert_good(k.a, session_actor(&k.c, k.a, mine, k.now, &y, &found));
    assert_true(found);
    assert_good(k.a, session_actor(&k.c, k.a, other, k.now, &y, &found));
    assert_false(found);
    assert_code(sign_in(&k, "zhangsan", KIT_PASSWORD, none, &other), CODE_AUTH_FAILED);
    assert_good(k.a, sign_in(&k, "zhangsan", fresh, none, &other));
}

/* ---- one-time codes ---- */

static void one_time_codes(struct store_fixture *f)
{
    struct city_kit k;
    struct slice secret, uri, hash, none = {0};
    city_kit_open(&k, f);
    struct actor x = kit_person(&k, "zhangsan", KIT_NUMBER);
    assert_code(totp_confirm(&k.c, k.a, &x, S("123456"), k.now), CODE_TOTP_STATE);
    assert_good(k.a, totp_begin(&k.c, k.a, &x, k.now, &secret, &uri));
    assert_true(slice_starts(uri, S("otpauth://totp/")));
    /* not in force before it is confirmed */
    assert_good(k.a, sign_in(&k, "zhangsan", KIT_PASSWORD, none, &hash));
    struct slice good = kit_totp(&k, secret, k.now);
    struct slice bad = slice_is(good, "000000") ? S("111111") : S("000000");
    assert_code(totp_confirm(&k.c, k.a, &x, bad, k.now), CODE_TOTP_WRONG);
    assert_good(k.a, totp_confirm(&k.c, k.a, &x, good, k.now));
    assert_code(totp_begin(&k.c, k.a, &x, k.now, &secret, &uri), CODE_TOTP_STATE);
    /* the code that confirmed is used up; the next one is good once */
    assert_code(sign_in(&k, "zhangsan", KIT_PASSWORD, none, &hash), CODE_AUTH_TOTP_REQUIRED);
    assert_code(sign_in(&k, "zhangsan", S("Wrong-wrong-1"), none, &hash), CODE_AUTH_FAILED);
    assert_code(sign_in(&k, "zhangsan", KIT_PASSWORD, good, &hash), CODE_AUTH_FAILED);
    k.now += 30 * MS_SECOND;
    struct slice next = kit_totp(&k, secret, k.now);
    assert_good(k.a, sign_in(&k, "zhangsan", KIT_PASSWORD, next, &hash));
    assert_code(sign_in(&k, "zhangsan", KIT_PASSWORD, next, &hash), CODE_AUTH_FAILED);
    k.now += 30 * MS_SECOND;
    assert_code(totp_remove(&k.c, k.a, &x, next, k.now), CODE_TOTP_WRONG);
    assert_good(k.a, totp_remove(&k.c, k.a, &x, kit_totp(&k, secret, k.now), k.now));
    assert_good(k.a, sign_in(&k, "zhangsan", KIT_PASSWORD, none, &hash));
}

static void wrong_codes_lock_as_wrong_passwords_do(struct store_fixture *f)
{
    struct city_kit k;
    struct slice secret, uri, hash;
    city_kit_open(&k, f);
    struct actor x = kit_person(&k, "zhangsan", KIT_NUMBER);
    assert_good(k.a, totp_begin(&k.c, k.a, &x, k.now, &secret, &uri));
    assert_good(k.a, totp_confirm(&k.c, k.a, &x, kit_totp(&k, secret, k.now), k.now));
    k.now += 10 * MS_MINUTE;
    struct slice good = kit_totp(&k, secret, k.now);
    static const char *const WRONG[] = {"", "12345", "1234567", "abcdef", "      "};
    for (size_t i = 1; i < 5; i++)
        assert_code(sign_in(&k, "zhangsan", KIT_PASSWORD, slice_cstr(WRONG[i]), &hash), CODE_AUTH_FAILED);
    assert_code(sign_in(&k, "zhangsan", KIT_PASSWORD, S("00000"), &hash), CODE_AUTH_FAILED);
    /* five: locked, and then not even the question for a code tells that the password is right */
    assert_code(sign_in(&k, "zhangsan", KIT_PASSWORD, good, &hash), CODE_AUTH_FAILED);
    assert_code(sign_in(&k, "zhangsan", KIT_PASSWORD, (struct slice){0}, &hash), CODE_AUTH_FAILED);
    k.now += LOCK_FIRST;
    assert_good(k.a, sign_in(&k, "zhangsan", KIT_PASSWORD, kit_totp(&k, secret, k.now), &hash));
    /* the clock of a telephone may be half a minute off; a code of long ago is none */
    k.now += MS_HOUR;
    assert_code(sign_in(&k, "zhangsan", KIT_PASSWORD, kit_totp(&k, secret, k.now - MS_MINUTE * 2), &hash),
                CODE_AUTH_FAILED);
    assert_good(k.a, sign_in(&k, "zhangsan", KIT_PASSWORD, kit_totp(&k, secret, k.now - 30 * MS_SECOND), &hash));
    /* and none is good that is older than one used */
    assert_good(k.a, sign_in(&k, "zhangsan", KIT_PASSWORD, kit_totp(&k, secret, k.now + 30 * MS_SECOND), &hash));
    assert_code(sign_in(&k, "zhangsan", KIT_PASSWORD, kit_totp(&k, secret, k.now), &hash), CODE_AUTH_FAILED);
}

static void a_session_is_never_taken_over(struct store_fixture *f)
{
    struct city_kit k;
    struct actor x;
    struct slice token, hash, mine, none = {0};
    bool found;
    city_kit_open(&k, f);
    kit_person(&k, "zhangsan", KIT_NUMBER);
    kit_person(&k, "lisi", none);
    /* a token planted in the browser before sign-in is not made good by it */
    struct slice planted = session_hash(k.a, S("a-token-that-somebody-else-knows-----------"));
    assert_good(k.a, identity_sign_in(&k.c, k.a, S("zhangsan"), KIT_PASSWORD, none, planted, k.now, &token, &hash));
    assert_int_equal(token.n, 43); /* 32 random bytes */
    assert_false(slice_eq(hash, planted));
    assert_good(k.a, session_actor(&k.c, k.a, planted, k.now, &x, &found));
    assert_false(found);
    /* a failed sign-in leaves the session that was there; a good one as somebody else replaces it */
    mine = hash;
    assert_code(identity_sign_in(&k.c, k.a, S("lisi"), S("Wrong-wrong-1"), none, mine, k.now, &token, &hash),
                CODE_AUTH_FAILED);
    assert_good(k.a, session_actor(&k.c, k.a, mine, k.now, &x, &found));
    assert_true(found);
    assert_good(k.a, identity_sign_in(&k.c, k.a, S("lisi"), KIT_PASSWORD, none, mine, k.now, &token, &hash));
    assert_good(k.a, session_actor(&k.c, k.a, mine, k.now, &x, &found));
    assert_false(found);
    assert_good(k.a, session_actor(&k.c, k.a, hash, k.now, &x, &found));
    assert_slice(x.login, "lisi");
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM session"), 1);
    /* the table does not hold what the cookie holds */
    static const struct stmt TOKENS = {"t_tokens", "SELECT token_hash FROM session", NULL, false};
    struct rows r;
    assert_good(k.a, store_query(f->s, k.a, &TOKENS, NULL, 0, &r));
    assert_false(slice_eq(row(&r, 0)[0].s, token));
}

static void registration_refuses(struct store_fixture *f)
{
    struct city_kit k;
    struct id account;
    city_kit_open(&k, f);
    kit_person(&k, "zhangsan", KIT_NUMBER);
    struct registration base = {.name = S("李四"),
                                .id_kind = S("resident_id"),
                                .id_number = KIT_NUMBER_2,
                                .login = S("lisi"),
                                .password = KIT_PASSWORD};
    struct registration r = base;
    r.id_number = KIT_NUMBER;
    assert_code(identity_register(&k.c, k.a, &r, k.now, &account), CODE_IDENTITY_KNOWN);
    r = base;
    r.login = S("ZhangSan");
    assert_code(identity_register(&k.c, k.a, &r, k.now, &account), CODE_IDENTITY_TAKEN);
    r = base;
    r.id_number = S("440524188001010015");
    assert_code(identity_register(&k.c, k.a, &r, k.now, &account), CODE_IDENTIFIER_CHECK_DIGIT);
    r = base;
    r.id_kind = S("library_card");
    assert_code(identity_register(&k.c, k.a, &r, k.now, &account), CODE_IDENTITY_NUMBER);
    r = base;
    r.login = S("li si");
    assert_code(identity_register(&k.c, k.a, &r, k.now, &account), CODE_LOGIN_FORM);
    r = base;
    r.password = S("lisi-lisi-lisi-9A");
    assert_code(identity_register(&k.c, k.a, &r, k.now, &account), CODE_PASSWORD_WEAK);
    r = base;
    r.email = S("a@b\r\nBcc: c@d");
    assert_code(identity_register(&k.c, k.a, &r, k.now, &account), CODE_FIELD_TYPE);
    assert_good(k.a, identity_register(&k.c, k.a, &base, k.now, &account));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM account"), 2);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM data_key"), 2);
}

static void an_old_staff_password_must_be_changed(struct store_fixture *f)
{
    struct city_kit k;
    struct actor x;
    city_kit_open(&k, f);
    kit_staff(&k, "wang", ROLE_HANDLER);
    k.now += PASSWORD_AGE_STAFF + 1;
    assert_good(k.a, actor_of_login(&k.c, k.a, S("wang"), &x));
    assert_true(x.must_change_password);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_person_registers_and_signs_in),
        ON_BOTH(nothing_personal_stands_in_the_clear),
        ON_BOTH(wrong_sign_ins_all_look_alike),
        ON_BOTH(mistakes_lock_with_growing_pauses),
        ON_BOTH(sessions_expire_idle_and_absolutely),
        ON_SQLITE(csrf_belongs_to_its_session),
        TEST(passwords_follow_the_rules),
        ON_BOTH(changing_the_password_ends_other_sessions),
        ON_BOTH(one_time_codes),
        ON_SQLITE(wrong_codes_lock_as_wrong_passwords_do),
        ON_BOTH(a_session_is_never_taken_over),
        ON_BOTH(registration_refuses),
        ON_SQLITE(an_old_staff_password_must_be_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
