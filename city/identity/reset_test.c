/* A forgotten password: the way back over a window, and nobody else's way in. */
#include "city/messages/messages.h"
#include "city/testkit.h"
#include "trust/password.h"

static const struct slice NONE = {"", 0};
#define KIND S("resident_id")
#define NAME S("张三丰")
#define FRESH S("Harbour-Lantern-93")

static result code_for(struct city_kit *k, const struct actor *window, bool totp, struct slice *code, instant *until)
{
    return reset_code(&k->c, k->a, window, KIND, KIT_NUMBER, NAME, totp, k->now, code, until);
}

static result reset(struct city_kit *k, struct slice number, struct slice code)
{
    struct slice login;
    result r = reset_password(&k->c, k->a, KIND, number, code, FRESH, k->now, &login);
    if (!failed(r)) assert_slice(login, "zhangsan");
    return r;
}

static result sign_in(struct city_kit *k, struct slice password, struct slice totp, struct slice *hash)
{
    struct slice token;
    return identity_sign_in(&k->c, k->a, S("zhangsan"), password, totp, NONE, k->now, &token, hash);
}

static bool signed_in(struct city_kit *k, struct slice hash)
{
    struct actor x;
    bool found;
    assert_good(k->a, session_actor(&k->c, k->a, hash, k->now, &x, &found));
    return found;
}

static int64_t audited(struct city_kit *k, const char *action)
{
    return store_test_number(
        k->f, arena_cstr(k->a, arena_printf(k->a, "SELECT COUNT(*) FROM audit WHERE action = '%s'", action)));
}

static void a_code_from_the_window_sets_a_new_password(struct store_fixture *f)
{
    struct city_kit k;
    struct slice code, older, hash, phone;
    instant until;
    bool proven;
    const struct json *inbox, *profile;
    size_t n;
    city_kit_open(&k, f);
    struct actor window = kit_staff(&k, "win", ROLE_WINDOW), handler = kit_staff(&k, "wang", ROLE_HANDLER);
    assert_code(code_for(&k, &window, false, &code, &until), CODE_IDENTITY_NO_ACCOUNT);
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER);
    assert_good(k.a, subject_proven(&k.c, k.a, zhang.subject, &proven));
    assert_false(proven);
    assert_good(k.a, sign_in(&k, KIT_PASSWORD, NONE, &phone));
    struct json_builder contact = json_builder(k.a);
    json_set_str(&contact, "phone", S("13800000000"));
    assert_good(k.a, subject_profile_set(&k.c, k.a, zhang.subject, json_object(&contact),
                                         (struct bitext){S("本人"), S("the person")}, k.now));
    /* forgotten, and locked for trying */
    for (int i = 0; i < LOCK_AFTER; i++) assert_code(sign_in(&k, S("Wrong-wrong-1"), NONE, &hash), CODE_AUTH_FAILED);
    assert_code(code_for(&k, &handler, false, &code, &until), CODE_FORBIDDEN);
    assert_code(reset_code(&k.c, k.a, &window, KIND, KIT_NUMBER, S("李四"), false, k.now, &code, &until),
                CODE_IDENTITY_NAME);
    assert_good(k.a, code_for(&k, &window, false, &older, &until));
    assert_good(k.a, code_for(&k, &window, false, &code, &until));
    assert_int_equal(audited(&k, "reset_code.issued"), 2);
    /* the clerk saw the document: it counts from now on */
    assert_good(k.a, subject_proven(&k.c, k.a, zhang.subject, &proven));
    assert_true(proven);
    /* who registered the number before it was seen may have been another: their telephone hears no more */
    assert_good(k.a, subject_profile(&k.c, k.a, zhang.subject, &profile));
    assert_slice(json_string(json_get(json_get(profile, "fields"), "phone"), "value"), "");
    /* one answer, whatever is wrong */
    assert_code(reset(&k, KIT_NUMBER, S("aaaa-bbbb-cccc")), CODE_RESET_CODE);
    assert_code(reset(&k, KIT_NUMBER, older), CODE_RESET_CODE);
    assert_code(reset(&k, KIT_NUMBER_2, code), CODE_RESET_CODE);
    assert_code(reset_password(&k.c, k.a, KIND, KIT_NUMBER, code, S("zhangsan-9A"), k.now, &hash), CODE_PASSWORD_WEAK);
    assert_true(signed_in(&k, phone));
    k.now = until;
    assert_code(reset(&k, KIT_NUMBER, code), CODE_RESET_CODE);
    k.now = until - 23 * MS_HOUR;
    assert_good(k.a, reset(&k, KIT_NUMBER, arena_printf(k.a, " %.*s", SLICE_ARG(code))));
    assert_false(signed_in(&k, phone));
    assert_code(sign_in(&k, KIT_PASSWORD, NONE, &hash), CODE_AUTH_FAILED);
    assert_good(k.a, sign_in(&k, FRESH, NONE, &hash));         /* the lock has ended too */
    assert_code(reset(&k, KIT_NUMBER, code), CODE_RESET_CODE); /* once */
    assert_int_equal(audited(&k, "password.reset"), 1);
    do assert_good(k.a, messages_run(&k.c, k.a, k.now, 64, &n));
    while (n);
    assert_good(k.a, inbox_list(&k.c, k.a, &zhang, 10, NONE, &inbox));
    assert_int_equal(json_get(inbox, "items")->n, 3); /* two codes, one reset */
    assert_true(slice_search(json_write(k.a, json_get(inbox, "items")->items[0]), S("密码已重置")) != SIZE_MAX);
}

static void begin_totp(struct city_kit *k, const struct actor *x, struct slice *secret)
{
    struct slice uri;
    assert_good(k->a, totp_begin(&k->c, k->a, x, k->now, secret, &uri));
    assert_good(k->a, totp_confirm(&k->c, k->a, x, kit_totp(k, *secret, k->now), k->now));
}

static void one_time_codes_stay_unless_they_are_lost_too(struct store_fixture *f)
{
    struct city_kit k;
    struct slice code, hash, secret;
    instant until;
    city_kit_open(&k, f);
    struct actor window = kit_staff(&k, "win", ROLE_WINDOW), zhang = kit_person(&k, "zhangsan", KIT_NUMBER);
    begin_totp(&k, &zhang, &secret);
    assert_good(k.a, code_for(&k, &window, false, &code, &until));
    assert_good(k.a, reset(&k, KIT_NUMBER, code));
    assert_code(sign_in(&k, FRESH, NONE, &hash), CODE_AUTH_TOTP_REQUIRED);
    assert_good(k.a, code_for(&k, &window, true, &code, &until));
    assert_good(k.a, reset(&k, KIT_NUMBER, code));
    assert_good(k.a, sign_in(&k, FRESH, NONE, &hash));
}

/* A code to register is none to reset, and the other way round; a clerk helps nobody with the clerk's own number. */
static void codes_are_for_one_thing(struct store_fixture *f)
{
    struct city_kit k;
    struct slice code;
    struct id account;
    instant until;
    city_kit_open(&k, f);
    struct actor window = kit_staff(&k, "win", ROLE_WINDOW), administrator = kit_staff(&k, "adm", ROLE_ADMINISTRATOR);
    assert_good(k.a, registration_code(&k.c, k.a, &window, KIND, KIT_NUMBER, NAME, k.now, &code, &until));
    assert_code(reset(&k, KIT_NUMBER, code), CODE_RESET_CODE);
    struct registration r = {.name = NAME,
                             .id_kind = KIND,
                             .id_number = KIT_NUMBER,
                             .login = S("zhangsan"),
                             .password = KIT_PASSWORD,
                             .code = code};
    assert_good(k.a, identity_register(&k.c, k.a, &r, k.now, &account));
    assert_good(k.a, code_for(&k, &window, false, &code, &until));
    r.login = S("zhangsan2");
    r.code = code;
    assert_code(identity_register(&k.c, k.a, &r, k.now, &account), CODE_REGISTRATION_CODE);
    assert_good(k.a, staff_person_set(&k.c, k.a, &administrator, window.account, KIND, KIT_NUMBER, k.now));
    assert_code(code_for(&k, &window, false, &code, &until), CODE_TWO_PEOPLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_code_from_the_window_sets_a_new_password),
        ON_SQLITE(one_time_codes_stay_unless_they_are_lost_too),
        ON_BOTH(codes_are_for_one_thing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
