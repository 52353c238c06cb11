/* Staff accounts disabled, enabled, reset; registration codes of the counter; periods that end. */
#include "city/identity/desk.h"
#include "city/identity/internal.h"
#include "city/testkit.h"
#include "trust/password.h"

static int64_t audited(struct store_fixture *f, const char *action)
{
    return store_test_number(
        f, arena_cstr(f->a, arena_printf(f->a, "SELECT COUNT(*) FROM audit WHERE action = '%s'", action)));
}

struct office {
    struct city_kit k;
    struct actor admin, admin2, security, security2, auditor, wang;
};

static void office_open(struct office *o, struct store_fixture *f)
{
    city_kit_open(&o->k, f);
    o->admin = kit_staff(&o->k, "admin1", ROLE_ADMINISTRATOR);
    o->admin2 = kit_staff(&o->k, "admin2", ROLE_ADMINISTRATOR);
    o->security = kit_staff(&o->k, "sec1", ROLE_SECURITY);
    o->security2 = kit_staff(&o->k, "sec2", ROLE_SECURITY);
    o->auditor = kit_staff(&o->k, "aud1", ROLE_AUDITOR);
    o->wang = kit_staff(&o->k, "wang", ROLE_HANDLER);
}

static result change(struct office *o, const struct actor *x, struct id account, enum staff_change what,
                     struct staff_changed *out)
{
    return staff_change(&o->k.c, o->k.a, x, account, what, S("离岗"), o->k.now, out);
}

static bool signs_in(struct office *o, const char *login, struct slice password, struct slice code, struct slice *hash)
{
    struct slice token, none = {0};
    return !failed(identity_sign_in(&o->k.c, o->k.a, slice_cstr(login), password, code, none, o->k.now, &token, hash));
}

static void a_disabled_account_is_out_at_once(struct store_fixture *f)
{
    struct office o;
    struct slice hash, none = {0};
    struct staff_changed done, again;
    struct actor x;
    const struct json *list;
    bool found;
    office_open(&o, f);
    assert_true(signs_in(&o, "wang", KIT_PASSWORD, none, &hash));
    assert_code(change(&o, &o.wang, o.admin.account, STAFF_DISABLE, &done), CODE_FORBIDDEN);
    assert_code(change(&o, &o.auditor, o.wang.account, STAFF_DISABLE, &done), CODE_FORBIDDEN);
    assert_code(change(&o, &o.admin, o.admin.account, STAFF_DISABLE, &done), CODE_TWO_PEOPLE);
    assert_code(staff_change(&o.k.c, o.k.a, &o.admin, o.wang.account, STAFF_DISABLE, S("  "), o.k.now, &done),
                CODE_FIELD_REQUIRED);
    assert_code(change(&o, &o.admin, id_new(o.k.now), STAFF_DISABLE, &done), CODE_NOT_FOUND);
    assert_good(o.k.a, change(&o, &o.admin, o.wang.account, STAFF_DISABLE, &done));
    assert_false(done.waiting);
    assert_int_equal(audited(f, "staff.disabled"), 1);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM session"), 0);
    assert_good(o.k.a, session_actor(&o.k.c, o.k.a, hash, o.k.now, &x, &found));
    assert_false(found);
    assert_false(signs_in(&o, "wang", KIT_PASSWORD, none, &hash));
    assert_code(actor_of_login(&o.k.c, o.k.a, S("wang"), &x), CODE_NOT_FOUND); /* nor given work */
    assert_code(change(&o, &o.admin, o.wang.account, STAFF_DISABLE, &done), CODE_STAFF_STATE);
    assert_code(change(&o, &o.admin, o.wang.account, STAFF_PASSWORD, &done), CODE_STAFF_STATE);
    /* back with all its roles only by two people */
    assert_code(change(&o, &o.security, o.wang.account, STAFF_ENABLE, &done), CODE_FORBIDDEN);
    assert_good(o.k.a, change(&o, &o.admin, o.wang.account, STAFF_ENABLE, &done));
    assert_true(done.waiting);
    assert_false(signs_in(&o, "wang", KIT_PASSWORD, none, &hash));
    assert_code(change(&o, &o.admin2, o.wang.account, STAFF_ENABLE, &again), CODE_REQUEST_SETTLED);
    assert_code(staff_change_decide(&o.k.c, o.k.a, &o.admin, done.id, true, o.k.now, &again), CODE_FORBIDDEN);
    assert_good(o.k.a, staff_change_decide(&o.k.c, o.k.a, &o.security, done.id, false, o.k.now, &again));
    assert_false(signs_in(&o, "wang", KIT_PASSWORD, none, &hash));
    assert_good(o.k.a, change(&o, &o.admin, o.wang.account, STAFF_ENABLE, &done));
    assert_good(o.k.a, staff_change_decide(&o.k.c, o.k.a, &o.security, done.id, true, o.k.now, &again));
    assert_int_equal(again.password.n, 0);
    assert_code(staff_change_decide(&o.k.c, o.k.a, &o.security, done.id, true, o.k.now, &again), CODE_REQUEST_SETTLED);
    assert_true(signs_in(&o, "wang", KIT_PASSWORD, none, &hash));
    assert_good(o.k.a, actor_of_login(&o.k.c, o.k.a, S("wang"), &x));
    assert_true(actor_has_role(&x, ROLE_HANDLER, S("scjg"), none));
    assert_code(change(&o, &o.admin, o.wang.account, STAFF_ENABLE, &done), CODE_STAFF_STATE);
    assert_int_equal(audited(f, "staff.enable_requested"), 2);
    assert_int_equal(audited(f, "staff.enabled"), 1);
    assert_int_equal(audited(f, "staff.change_rejected"), 1);
    assert_good(o.k.a, staff_change_list(&o.k.c, o.k.a, 10, none, &list));
    assert_int_equal(json_get(list, "items")->n, 3);
    list = json_get(list, "items")->items[0];
    assert_slice(json_string(list, "change"), "enable");
    assert_slice(json_string(list, "state"), "approved");
    assert_slice(json_string(list, "reason"), "离岗");
}

static void a_password_is_reset_with_a_new_initial_one(struct store_fixture *f)
{
    struct office o;
    struct slice hash, none = {0};
    struct staff_changed done;
    struct actor x;
    office_open(&o, f);
    assert_true(signs_in(&o, "wang", KIT_PASSWORD, none, &hash));
    for (int i = 0; i < LOCK_AFTER; i++) assert_false(signs_in(&o, "wang", S("Wrong-Wrong-9"), none, &hash));
    assert_code(change(&o, &o.security, o.wang.account, STAFF_PASSWORD, &done), CODE_FORBIDDEN);
    assert_good(o.k.a, change(&o, &o.admin, o.wang.account, STAFF_PASSWORD, &done));
    assert_false(done.waiting);
    assert_good(o.k.a, password_rules(o.k.a, done.password, S("wang")));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM session"), 0);
    assert_false(signs_in(&o, "wang", KIT_PASSWORD, none, &hash));
    assert_true(signs_in(&o, "wang", done.password, none, &hash)); /* not locked any more */
    assert_good(o.k.a, actor_of_login(&o.k.c, o.k.a, S("wang"), &x));
    assert_true(x.must_change_password);
    assert_int_equal(audited(f, "staff.password_reset"), 1);
}

/* Else one officer could play another, and two people would be one. */
static void the_password_of_an_officer_takes_two(struct store_fixture *f)
{
    struct office o;
    struct slice hash, none = {0};
    struct staff_changed done, got;
    office_open(&o, f);
    assert_code(change(&o, &o.admin, o.admin.account, STAFF_PASSWORD, &done), CODE_TWO_PEOPLE);
    assert_good(o.k.a, change(&o, &o.admin, o.security.account, STAFF_PASSWORD, &done));
    assert_true(done.waiting);
    assert_int_equal(done.password.n, 0);
    assert_true(signs_in(&o, "sec1", KIT_PASSWORD, none, &hash)); /* nothing has changed yet */
    assert_code(staff_change_decide(&o.k.c, o.k.a, &o.security, done.id, true, o.k.now, &got), CODE_TWO_PEOPLE);
    assert_good(o.k.a, staff_change_decide(&o.k.c, o.k.a, &o.security2, done.id, true, o.k.now, &got));
    assert_true(got.password.n > 0);
    assert_false(signs_in(&o, "sec1", KIT_PASSWORD, none, &hash));
    assert_true(signs_in(&o, "sec1", got.password, none, &hash));
    assert_good(o.k.a, change(&o, &o.admin, o.auditor.account, STAFF_PASSWORD, &done));
    assert_true(done.waiting);
    assert_good(o.k.a, change(&o, &o.admin, o.admin2.account, STAFF_PASSWORD, &done));
    assert_true(done.waiting);
    /* disabled meanwhile: the approval finds it so */
    assert_good(o.k.a, change(&o, &o.security, o.admin2.account, STAFF_DISABLE, &got));
    assert_code(staff_change_decide(&o.k.c, o.k.a, &o.security, done.id, true, o.k.now, &got), CODE_STAFF_STATE);
}

/* With the code of the pending secret, which the table holds sealed. */
static void confirm(struct office *o)
{
    struct account x;
    struct slice secret;
    char code[9];
    bool found;
    assert_good(o->k.a, account_by_id(&o->k.c, o->k.a, NULL, o->wang.account, &x, &found));
    assert_good(o->k.a, vault_open_city(&o->k.c, o->k.a, "account.totp", x.totp_pending_ct, &secret));
    totp_code(secret, TOTP_SHA1, o->k.now / 1000 / TOTP_STEP_SECONDS, 6, code);
    assert_good(o->k.a, totp_confirm(&o->k.c, o->k.a, &o->wang, slice_cstr(code), o->k.now));
}

static void a_lost_device_is_reset_by_the_security_officer(struct store_fixture *f)
{
    struct office o;
    struct slice hash, secret, uri, none = {0};
    struct staff_changed done;
    office_open(&o, f);
    assert_code(change(&o, &o.security, o.wang.account, STAFF_TOTP, &done), CODE_TOTP_STATE);
    assert_good(o.k.a, totp_begin(&o.k.c, o.k.a, &o.wang, o.k.now, &secret, &uri));
    confirm(&o);
    assert_false(signs_in(&o, "wang", KIT_PASSWORD, none, &hash));
    assert_code(change(&o, &o.admin, o.wang.account, STAFF_TOTP, &done), CODE_FORBIDDEN);
    assert_good(o.k.a, change(&o, &o.security, o.wang.account, STAFF_TOTP, &done));
    assert_true(signs_in(&o, "wang", KIT_PASSWORD, none, &hash));
    assert_int_equal(audited(f, "staff.totp_reset"), 1);
    assert_code(change(&o, &o.security, o.security.account, STAFF_TOTP, &done), CODE_TWO_PEOPLE);
}

/* The only officer is gone: the command line makes a new first one, as in an empty city. */
static void a_city_whose_officer_left_can_be_set_right(struct store_fixture *f)
{
    struct city_kit k;
    struct slice link;
    struct staff_changed done;
    city_kit_open(&k, f);
    struct actor admin = kit_staff(&k, "admin1", ROLE_ADMINISTRATOR), security = kit_staff(&k, "sec1", ROLE_SECURITY);
    assert_code(setup_link(&k.c, k.a, ROLE_SECURITY, k.now, &link), CODE_SETUP_CLOSED);
    assert_good(k.a, staff_change(&k.c, k.a, &admin, security.account, STAFF_DISABLE, S("离职"), k.now, &done));
    assert_good(k.a, setup_link(&k.c, k.a, ROLE_SECURITY, k.now, &link));
    assert_good(k.a, setup_use(&k.c, k.a, link, S("sec2"), S("新安全员"), KIT_PASSWORD, k.now));
    assert_code(setup_link(&k.c, k.a, ROLE_SECURITY, k.now, &link), CODE_SETUP_CLOSED);
}

/* ---- who first came to a window ---- */

static void a_window_hands_out_a_code_to_register_with(struct store_fixture *f)
{
    struct city_kit k;
    struct id subject, account;
    struct slice code, older, kind = S("resident_id");
    instant until;
    struct actor x;
    const struct json *profile;
    city_kit_open(&k, f);
    struct actor window = kit_staff(&k, "win", ROLE_WINDOW), handler = kit_staff(&k, "wang", ROLE_HANDLER);
    assert_good(k.a, subject_find_or_make(&k.c, k.a, &window, kind, KIT_NUMBER, S("张三丰"), k.now, &subject));
    struct registration base = {.name = S("张三丰"),
                                .id_kind = kind,
                                .id_number = KIT_NUMBER,
                                .email = S("zhang@people.test"),
                                .login = S("zhangsan"),
                                .password = KIT_PASSWORD};
    /* the number and the name alone give nobody an account */
    assert_code(identity_register(&k.c, k.a, &base, k.now, &account), CODE_IDENTITY_KNOWN);
    assert_code(registration_code(&k.c, k.a, &handler, kind, KIT_NUMBER, S("张三丰"), k.now, &code, &until),
                CODE_FORBIDDEN);
    assert_code(registration_code(&k.c, k.a, &window, kind, KIT_NUMBER, S("李四"), k.now, &code, &until),
                CODE_IDENTITY_NAME);
    assert_good(k.a, registration_code(&k.c, k.a, &window, kind, KIT_NUMBER, S("张三丰"), k.now, &older, &until));
    assert_good(k.a, registration_code(&k.c, k.a, &window, kind, KIT_NUMBER, S("张三丰"), k.now, &code, &until));
    assert_int_equal(audited(f, "registration_code.issued"), 2);
    struct registration r = base;
    r.code = S("aaaa-bbbb-cccc");
    assert_code(identity_register(&k.c, k.a, &r, k.now, &account), CODE_REGISTRATION_CODE);
    r.code = older; /* replaced */
    assert_code(identity_register(&k.c, k.a, &r, k.now, &account), CODE_REGISTRATION_CODE);
    r.code = code;
    r.id_number = KIT_NUMBER_2; /* good for its own number only */
    assert_code(identity_register(&k.c, k.a, &r, k.now, &account), CODE_REGISTRATION_CODE);
    r.id_number = KIT_NUMBER;
    r.name = S("李四");
    assert_code(identity_register(&k.c, k.a, &r, k.now, &account), CODE_IDENTITY_NAME);
    r.name = S("张三丰");
    assert_code(identity_register(&k.c, k.a, &r, until, &account), CODE_REGISTRATION_CODE);
    r.code = arena_printf(k.a, " %.*s ", SLICE_ARG(code));
    assert_good(k.a, identity_register(&k.c, k.a, &r, until - 1, &account));
    assert_good(k.a, actor_of_login(&k.c, k.a, S("zhangsan"), &x));
    assert_true(id_eq(x.subject, subject) && x.kind == ACTOR_PERSON); /* what was filed at the window is theirs now */
    assert_slice(x.name, "张三丰");
    assert_good(k.a, subject_profile(&k.c, k.a, subject, &profile));
    profile = json_get(profile, "fields");
    assert_slice(json_string(json_get(profile, "email"), "value"), "zhang@people.test");
    assert_slice(json_string(json_get(json_get(profile, "name"), "source"), "zh"), "窗口登记");
    /* once; and no more codes */
    r.login = S("zhangsan2");
    assert_code(identity_register(&k.c, k.a, &r, k.now, &account), CODE_REGISTRATION_CODE);
    assert_code(registration_code(&k.c, k.a, &window, kind, KIT_NUMBER, S("张三丰"), k.now, &code, &until),
                CODE_IDENTITY_ACCOUNT);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM registration_code"), 0);
}

static void a_code_not_used_ends(struct store_fixture *f)
{
    struct city_kit k;
    struct slice code;
    instant until;
    city_kit_open(&k, f);
    struct actor window = kit_staff(&k, "win", ROLE_WINDOW);
    assert_good(k.a,
                registration_code(&k.c, k.a, &window, S("resident_id"), KIT_NUMBER, S("张三丰"), k.now, &code, &until));
    assert_good(k.a, identity_sweep(&k.c, k.a, until - 1));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM registration_code"), 1);
    assert_good(k.a, identity_sweep(&k.c, k.a, until + 1));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM registration_code"), 0);
}

/* ---- periods ---- */

static int64_t rows_of(struct store_fixture *f, const char *table)
{
    return store_test_number(f, arena_cstr(f->a, arena_printf(f->a, "SELECT COUNT(*) FROM %s", table)));
}

static void what_has_outlived_its_period_goes(struct store_fixture *f)
{
    static const char *const TABLES[] = {"read_record",  "delegation", "role_change",
                                         "staff_change", "erasure",    "absence"};
    enum { N = sizeof TABLES / sizeof *TABLES };
    struct office o;
    struct id id, asked;
    struct staff_changed done;
    int64_t gone, before[N];
    office_open(&o, f);
    struct city_kit *k = &o.k;
    struct slice none = {0};
    const struct json *all = test_json(k->a, S("[\"*\"]")), *out;
    instant start = k->now;
    struct actor zhang = kit_person(k, "zhangsan", KIT_NUMBER), boss = kit_enterprise(k, "factory");
    for (int i = 0; i < 2; i++) { /* the same things, half a year apart */
        k->now = start + i * 180 * MS_DAY;
        day today = day_of_instant(k->now);
        assert_good(k->a, read_record(&k->c, k->a, &o.wang, k->now, zhang.subject, ID_NONE, "profile", S("审核")));
        assert_good(k->a, delegation_add(&k->c, k->a, &boss, S("zhangsan"), all, today + 900, k->now, &id));
        assert_good(k->a, delegation_revoke(&k->c, k->a, &boss, id, k->now));
        assert_good(k->a, delegation_add(&k->c, k->a, &boss, S("zhangsan"), all, today, k->now, &id));
        assert_good(k->a, role_change_request(&k->c, k->a, &o.admin, o.wang.account, ROLE_REVIEWER, S("scjg"), S("*"),
                                              true, S("轮岗"), k->now, &asked));
        assert_good(k->a, role_change_decide(&k->c, k->a, &o.security, asked, false, k->now));
        assert_good(k->a, absence_add(&k->c, k->a, &o.wang, today, today, o.admin.account, k->now, &out));
        struct actor gone_one = kit_person(k, i ? "late" : "early", none);
        assert_good(k->a, erasure_request(&k->c, k->a, &gone_one, 0, k->now, &asked));
        assert_good(k->a, erasure_approve(&k->c, k->a, &o.security, asked, 0, k->now));
        assert_good(k->a, staff_change(&k->c, k->a, &o.admin, i ? o.admin2.account : o.wang.account, STAFF_DISABLE,
                                       S("离职"), k->now, &done));
        if (!i) { /* the colleague comes back, to be there the second time */
            assert_good(k->a,
                        staff_change(&k->c, k->a, &o.admin, o.wang.account, STAFF_ENABLE, S("返岗"), k->now, &done));
            assert_good(k->a, staff_change_decide(&k->c, k->a, &o.security, done.id, true, k->now, &done));
            assert_good(k->a, staff_change(&k->c, k->a, &o.admin, o.security2.account, STAFF_DISABLE, S("离职"), k->now,
                                           &done));
        }
    }
    for (size_t i = 0; i < N; i++) before[i] = rows_of(f, TABLES[i]);
    int64_t audits = rows_of(f, "audit");
    assert_good(k->a, retention_sweep(&k->c, k->a, start + 1000 * MS_DAY, &gone));
    assert_int_equal(gone, 0); /* before any period is over, nothing */
    assert_int_equal(rows_of(f, "audit"), audits);
    /* three years: absences only */
    assert_good(k->a, retention_sweep(&k->c, k->a, start + 1100 * MS_DAY, &gone));
    assert_int_equal(gone, 1);
    assert_int_equal(rows_of(f, "absence"), 1);
    before[5] = 1;
    assert_good(k->a, retention_sweep(&k->c, k->a, start + 1826 * MS_DAY, &gone));
    before[5] = 0;
    for (size_t i = 0; i < N; i++) assert_int_equal(rows_of(f, TABLES[i]), before[i]);
    /* five years after the first half: it goes, the second stays */
    instant then = start + 1832 * MS_DAY;
    assert_good(k->a, retention_sweep(&k->c, k->a, then, &gone));
    assert_int_equal(rows_of(f, "read_record"), 1);
    assert_int_equal(rows_of(f, "delegation"), 2);
    assert_int_equal(rows_of(f, "role_change"), 1);
    assert_int_equal(rows_of(f, "staff_change"), 1);
    assert_int_equal(rows_of(f, "erasure"), 1);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'erasure.done'"), 1);
    assert_true(audited(f, "retention.ended") >= 6);
    /* who left then has no credentials and no contact any more, but a name in the journals of cases; who left later has all */
    assert_int_equal(audited(f, "staff.retired"), 1);
    assert_int_equal(
        store_test_number(f, "SELECT COUNT(*) FROM account WHERE kind = 3 AND login_hash IS NULL AND password = ''"),
        1);
    assert_slice(identity_name_of(&k->c, k->a, id_bytes(&o.security2.account), ACTOR_STAFF), "王经办");
    assert_code(staff_change(&k->c, k->a, &o.admin, o.security2.account, STAFF_ENABLE, S("返岗"), then, &done),
                CODE_NOT_FOUND);
    /* again: nothing more */
    assert_good(k->a, retention_sweep(&k->c, k->a, then, &gone));
    assert_int_equal(gone, 0);
}

/* More than one batch, in order from the far end. */
static void many_go_in_batches(struct store_fixture *f)
{
    struct city_kit k;
    int64_t gone;
    city_kit_open(&k, f);
    struct actor wang = kit_staff(&k, "wang", ROLE_HANDLER);
    int64_t made = rows_of(f, "audit");
    for (int i = 0; i < 1200; i++) assert_good(k.a, audit_note(&k.c, k.a, &wang, k.now + i, "test", NULL));
    instant late = k.now + 1900 * MS_DAY;
    assert_good(k.a, audit_note(&k.c, k.a, &wang, late, "test.late", NULL));
    assert_good(k.a, retention_sweep(&k.c, k.a, late, &gone));
    assert_int_equal(gone, made + 1200);
    assert_int_equal(audited(f, "test"), 0);
    assert_int_equal(audited(f, "test.late"), 1);
    assert_int_equal(audited(f, "retention.ended"), 3); /* 500, 500, the rest */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_disabled_account_is_out_at_once),
        ON_BOTH(a_password_is_reset_with_a_new_initial_one),
        ON_BOTH(the_password_of_an_officer_takes_two),
        ON_BOTH(a_lost_device_is_reset_by_the_security_officer),
        ON_BOTH(a_city_whose_officer_left_can_be_set_right),
        ON_BOTH(a_window_hands_out_a_code_to_register_with),
        ON_BOTH(a_code_not_used_ends),
        ON_BOTH(what_has_outlived_its_period_goes),
        ON_BOTH(many_go_in_batches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
