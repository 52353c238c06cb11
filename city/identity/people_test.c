/* Delegations, staff and roles by two people, the first administrator, erasure, export, reads. */
#include "city/testkit.h"

static const struct json *list_of(struct arena *a, const char *text)
{
    return test_json(a, slice_cstr(text));
}

static void a_delegation_lets_act_until_it_ends(struct store_fixture *f)
{
    struct city_kit k;
    struct slice token, hash, none = {0};
    struct id d;
    struct actor x;
    const struct json *seen;
    bool found;
    city_kit_open(&k, f);
    struct actor boss = kit_enterprise(&k, "factory"), agent = kit_person(&k, "zhangsan", KIT_NUMBER),
                 other = kit_person(&k, "lisi", none);
    day today = day_of_instant(k.now);
    assert_good(k.a, delegation_add(&k.c, k.a, &boss, S("ZhangSan"), list_of(k.a, "[\"*\"]"), today + 2, k.now, &d));
    /* both sides see it, nobody else */
    assert_good(k.a, delegation_list(&k.c, k.a, &boss, k.now, &seen));
    assert_slice(json_string(json_get(seen, "items")->items[0], "direction"), "given");
    assert_good(k.a, delegation_list(&k.c, k.a, &agent, k.now, &seen));
    assert_slice(json_string(json_get(seen, "items")->items[0], "direction"), "received");
    assert_slice(json_string(json_get(json_get(seen, "items")->items[0], "principal"), "name"), "东莞示范电子有限公司");
    assert_good(k.a, delegation_list(&k.c, k.a, &other, k.now, &seen));
    assert_int_equal(json_get(seen, "items")->n, 0);
    /* the agent acts */
    assert_good(k.a, identity_sign_in(&k.c, k.a, S("zhangsan"), KIT_PASSWORD, none, none, k.now, &token, &hash));
    assert_good(k.a, session_act(&k.c, k.a, &agent, hash, boss.subject, k.now));
    assert_good(k.a, session_actor(&k.c, k.a, hash, k.now, &x, &found));
    assert_true(found && id_eq(x.subject, boss.subject) && id_eq(x.account, agent.account));
    assert_good(k.a, delegation_covers(&k.c, k.a, &x, S("anything"), k.now));
    assert_code(session_act(&k.c, k.a, &agent, hash, other.subject, k.now), CODE_DELEGATION_NONE);
    /* what was delegated is not handed on, nor ended, nor the person's own rights used */
    assert_code(delegation_add(&k.c, k.a, &x, S("lisi"), list_of(k.a, "[\"*\"]"), today, k.now, &d),
                CODE_DELEGATION_BAD);
    assert_code(delegation_revoke(&k.c, k.a, &x, d, k.now), CODE_FORBIDDEN);
    assert_code(erasure_request(&k.c, k.a, &x, 0, k.now, &d), CODE_FORBIDDEN);
    assert_code(identity_export(&k.c, k.a, &x, k.now, NULL, &seen), CODE_FORBIDDEN);
}

static void a_revoked_or_past_delegation_is_over_at_once(struct store_fixture *f)
{
    struct city_kit k;
    struct slice token, hash, none = {0};
    struct id d;
    struct actor x;
    bool found;
    city_kit_open(&k, f);
    struct actor boss = kit_enterprise(&k, "factory"), agent = kit_person(&k, "zhangsan", KIT_NUMBER);
    day today = day_of_instant(k.now);
    assert_good(k.a, delegation_add(&k.c, k.a, &boss, S("zhangsan"), list_of(k.a, "[\"*\"]"), today, k.now, &d));
    assert_good(k.a, identity_sign_in(&k.c, k.a, S("zhangsan"), KIT_PASSWORD, none, none, k.now, &token, &hash));
    assert_good(k.a, session_act(&k.c, k.a, &agent, hash, boss.subject, k.now));
    assert_code(delegation_revoke(&k.c, k.a, &agent, d, k.now),
                CODE_NOT_FOUND); /* the agent's is not the right to end it */
    assert_good(k.a, session_actor(&k.c, k.a, hash, k.now, &x, &found));
    assert_good(k.a, delegation_revoke(&k.c, k.a, &boss, d, k.now));
    assert_code(delegation_covers(&k.c, k.a, &x, S("anything"), k.now), CODE_DELEGATION_NONE);
    assert_code(session_actor(&k.c, k.a, hash, k.now, &x, &found), CODE_DELEGATION_NONE);
    assert_good(k.a, session_actor(&k.c, k.a, hash, k.now, &x, &found)); /* said once; then oneself again */
    assert_true(id_eq(x.subject, agent.subject));
    /* the last day counts as a whole */
    assert_good(k.a, delegation_add(&k.c, k.a, &boss, S("zhangsan"), list_of(k.a, "[\"*\"]"), today, k.now, &d));
    instant end = instant_of_day(today + 1);
    assert_good(k.a, session_act(&k.c, k.a, &agent, hash, boss.subject, end - 2));
    assert_code(session_act(&k.c, k.a, &agent, hash, boss.subject, end), CODE_DELEGATION_NONE);
}

static void narrow_delegations_add_up_and_end_each_by_itself(struct store_fixture *f)
{
    struct city_kit k;
    struct slice token, hash, none = {0};
    struct id one, two;
    struct actor x;
    struct delegation_scope scope;
    bool found;
    city_kit_open(&k, f);
    struct service_files files = kit_service(&k),
                         second = kit_service_with(&k, "service.json", "\"stall_permit\"", "\"night_market\"");
    assert_good(k.a, catalogue_install(k.c.catalogue, k.a, &files, 1, k.now));
    assert_good(k.a, catalogue_install(k.c.catalogue, k.a, &second, 1, k.now));
    struct actor boss = kit_enterprise(&k, "factory"), agent = kit_person(&k, "zhangsan", KIT_NUMBER);
    day today = day_of_instant(k.now);
    assert_good(
        k.a, delegation_add(&k.c, k.a, &boss, S("zhangsan"), list_of(k.a, "[\"stall_permit\"]"), today, k.now, &one));
    assert_good(k.a, delegation_add(&k.c, k.a, &boss, S("zhangsan"), list_of(k.a, "[\"night_market\"]"), today + 9,
                                    k.now, &two));
    assert_good(k.a, identity_sign_in(&k.c, k.a, S("zhangsan"), KIT_PASSWORD, none, none, k.now, &token, &hash));
    assert_good(k.a, session_act(&k.c, k.a, &agent, hash, boss.subject, k.now));
    assert_good(k.a, session_actor(&k.c, k.a, hash, k.now, &x, &found));
    assert_true(found);
    assert_good(k.a, delegation_scope(&k.c, k.a, &x, k.now, &scope));
    assert_false(scope.all);
    assert_true(delegation_names(&scope, S("stall_permit")) && delegation_names(&scope, S("night_market")));
    assert_false(delegation_names(&scope, S("other")) || delegation_names(&scope, none) ||
                 delegation_names(&scope, S("*")));
    assert_code(delegation_covers(&k.c, k.a, &x, S("other"), k.now), CODE_DELEGATION_NONE);
    instant tomorrow = instant_of_day(today + 1);
    assert_code(delegation_covers(&k.c, k.a, &x, S("stall_permit"), tomorrow), CODE_DELEGATION_NONE);
    assert_good(k.a, delegation_covers(&k.c, k.a, &x, S("night_market"), tomorrow));
    assert_good(k.a, delegation_revoke(&k.c, k.a, &boss, two, k.now));
    assert_code(delegation_covers(&k.c, k.a, &x, S("night_market"), k.now), CODE_DELEGATION_NONE);
    /* for oneself nothing is asked */
    assert_good(k.a, delegation_covers(&k.c, k.a, &agent, S("anything"), k.now));
}

static void a_login_does_not_tell_a_name(struct store_fixture *f)
{
    struct city_kit k;
    struct id d;
    const struct json *seen;
    city_kit_open(&k, f);
    struct actor curious = kit_person(&k, "lisi", (struct slice){0}), zhang = kit_person(&k, "zhangsan", KIT_NUMBER);
    day today = day_of_instant(k.now);
    assert_good(k.a, delegation_add(&k.c, k.a, &curious, S("zhangsan"), list_of(k.a, "[\"*\"]"), today, k.now, &d));
    assert_good(k.a, delegation_list(&k.c, k.a, &curious, k.now, &seen));
    assert_slice(json_string(json_pointer(seen, S("/items/0/agent/name")), "zh"), "张**");
    assert_good(k.a, delegation_list(&k.c, k.a, &zhang, k.now, &seen)); /* who asked is told to the asked */
    assert_slice(json_string(json_pointer(seen, S("/items/0/agent/name")), "en"), "张三丰");
}

static void bad_delegations_are_refused(struct store_fixture *f)
{
    struct city_kit k;
    struct id d;
    city_kit_open(&k, f);
    struct actor boss = kit_enterprise(&k, "factory");
    struct actor officer = kit_staff(&k, "wang", ROLE_HANDLER);
    kit_person(&k, "zhangsan", KIT_NUMBER);
    day today = day_of_instant(k.now);
    const struct json *all = list_of(k.a, "[\"*\"]");
    assert_code(delegation_add(&k.c, k.a, &boss, S("factory"), all, today, k.now, &d), CODE_DELEGATION_BAD);
    assert_code(delegation_add(&k.c, k.a, &boss, S("nobody"), all, today, k.now, &d), CODE_DELEGATION_BAD);
    assert_code(delegation_add(&k.c, k.a, &boss, S("wang"), all, today, k.now, &d), CODE_DELEGATION_BAD);
    assert_code(delegation_add(&k.c, k.a, &boss, S("zhangsan"), all, today - 1, k.now, &d), CODE_DELEGATION_BAD);
    assert_code(delegation_add(&k.c, k.a, &boss, S("zhangsan"), all, today + 2000, k.now, &d), CODE_DELEGATION_BAD);
    assert_code(delegation_add(&k.c, k.a, &boss, S("zhangsan"), list_of(k.a, "[]"), today, k.now, &d),
                CODE_DELEGATION_BAD);
    assert_code(
        delegation_add(&k.c, k.a, &boss, S("zhangsan"), list_of(k.a, "[\"no_such_service\"]"), today, k.now, &d),
        CODE_DELEGATION_BAD);
    assert_code(delegation_add(&k.c, k.a, &officer, S("zhangsan"), all, today, k.now, &d), CODE_FORBIDDEN);
}

/* ---- staff and roles ---- */

static void staff_begin_with_a_password_to_be_changed(struct store_fixture *f)
{
    struct city_kit k;
    struct slice password;
    struct id id;
    struct actor x;
    city_kit_open(&k, f);
    struct actor admin = kit_staff(&k, "admin1", ROLE_ADMINISTRATOR), handler = kit_staff(&k, "wang", ROLE_HANDLER);
    struct staff_new s = {.login = S("li.min"), .name = S("李敏"), .department = S("scjg"), .town = S("441900004")};
    assert_code(staff_create(&k.c, k.a, &handler, &s, k.now, &id, &password), CODE_FORBIDDEN);
    struct staff_new wrong = s;
    wrong.department = S("none");
    assert_code(staff_create(&k.c, k.a, &admin, &wrong, k.now, &id, &password), CODE_NOT_FOUND);
    wrong = s;
    wrong.town = S("none");
    assert_code(staff_create(&k.c, k.a, &admin, &wrong, k.now, &id, &password), CODE_NOT_FOUND);
    assert_good(k.a, staff_create(&k.c, k.a, &admin, &s, k.now, &id, &password));
    assert_good(k.a, password_rules(k.a, password, s.login));
    assert_code(staff_create(&k.c, k.a, &admin, &s, k.now, &id, &password), CODE_IDENTITY_TAKEN);
    assert_good(k.a, actor_of_login(&k.c, k.a, S("li.min"), &x));
    assert_true(x.must_change_password);
    assert_int_equal(x.ngrants, 0); /* no right comes with the account */
    /* the initial password signs in, until it is changed */
    struct slice token, hash, none = {0}, fresh = S("Harbour-Window-8");
    assert_good(k.a, identity_sign_in(&k.c, k.a, S("li.min"), password, none, none, k.now, &token, &hash));
    assert_code(identity_password(&k.c, k.a, &x, hash, password, password, k.now), CODE_PASSWORD_SAME);
    assert_good(k.a, identity_password(&k.c, k.a, &x, hash, password, fresh, k.now));
    assert_good(k.a, actor_of_login(&k.c, k.a, S("li.min"), &x));
    assert_false(x.must_change_password);
    assert_code(identity_sign_in(&k.c, k.a, S("li.min"), password, none, none, k.now, &token, &hash), CODE_AUTH_FAILED);
    assert_good(k.a, identity_sign_in(&k.c, k.a, S("li.min"), fresh, none, none, k.now, &token, &hash));
}

static void roles_change_by_two_people(struct store_fixture *f)
{
    struct city_kit k;
    struct id change;
    struct actor x;
    city_kit_open(&k, f);
    struct actor admin = kit_staff(&k, "admin1", ROLE_ADMINISTRATOR), security = kit_staff(&k, "sec1", ROLE_SECURITY);
    struct actor wang = kit_staff(&k, "wang", ROLE_HANDLER);
    struct slice why = S("接任审核岗"), d = S("scjg"), all = S("*");
    assert_code(
        role_change_request(&k.c, k.a, &security, wang.account, ROLE_REVIEWER, d, all, true, why, k.now, &change),
        CODE_FORBIDDEN);
    assert_code(role_change_request(&k.c, k.a, &admin, admin.account, ROLE_REVIEWER, d, all, true, why, k.now, &change),
                CODE_TWO_PEOPLE);
    assert_code(
        role_change_request(&k.c, k.a, &admin, wang.account, ROLE_REVIEWER, S("none"), all, true, why, k.now, &change),
        CODE_NOT_FOUND);
    assert_good(k.a,
                role_change_request(&k.c, k.a, &admin, wang.account, ROLE_REVIEWER, d, all, true, why, k.now, &change));
    assert_good(k.a, actor_of_login(&k.c, k.a, S("wang"), &x));
    assert_false(actor_has_role(&x, ROLE_REVIEWER, d, all)); /* asking changes nothing */
    assert_code(role_change_decide(&k.c, k.a, &admin, change, true, k.now), CODE_FORBIDDEN);
    assert_good(k.a, role_change_decide(&k.c, k.a, &security, change, true, k.now));
    assert_code(role_change_decide(&k.c, k.a, &security, change, true, k.now), CODE_REQUEST_SETTLED);
    assert_good(k.a, actor_of_login(&k.c, k.a, S("wang"), &x));
    assert_true(actor_has_role(&x, ROLE_REVIEWER, d, S("441900004")));
    assert_false(actor_has_role(&x, ROLE_REVIEWER, S("gaj"), all));
    /* rejected: nothing changes; taking away works the same way */
    assert_good(k.a,
                role_change_request(&k.c, k.a, &admin, wang.account, ROLE_SIGNER, d, all, true, why, k.now, &change));
    assert_good(k.a, role_change_decide(&k.c, k.a, &security, change, false, k.now));
    assert_good(
        k.a, role_change_request(&k.c, k.a, &admin, wang.account, ROLE_REVIEWER, d, all, false, why, k.now, &change));
    assert_good(k.a, role_change_decide(&k.c, k.a, &security, change, true, k.now));
    assert_good(k.a, actor_of_login(&k.c, k.a, S("wang"), &x));
    assert_false(actor_has_role(&x, ROLE_REVIEWER, d, all));
    assert_false(actor_has_role(&x, ROLE_SIGNER, d, all));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action LIKE 'role.%'"), 6);
}

static void nobody_approves_about_oneself(struct store_fixture *f)
{
    struct city_kit k;
    struct id change;
    city_kit_open(&k, f);
    struct actor admin = kit_staff(&k, "admin1", ROLE_ADMINISTRATOR), security = kit_staff(&k, "sec1", ROLE_SECURITY);
    assert_good(k.a, role_change_request(&k.c, k.a, &admin, security.account, ROLE_HEAD, S("scjg"), S("*"), true, S(""),
                                         k.now, &change));
    assert_code(role_change_decide(&k.c, k.a, &security, change, true, k.now), CODE_TWO_PEOPLE);
}

static void the_three_officers_exclude_each_other(struct store_fixture *f)
{
    struct city_kit k;
    struct id change, other;
    struct actor x;
    city_kit_open(&k, f);
    struct actor admin = kit_staff(&k, "admin1", ROLE_ADMINISTRATOR), security = kit_staff(&k, "sec1", ROLE_SECURITY);
    struct actor wang = kit_staff(&k, "wang", ROLE_HANDLER);
    struct slice all = S("*");
    assert_code(
        role_change_request(&k.c, k.a, &admin, security.account, ROLE_AUDITOR, all, all, true, S(""), k.now, &change),
        CODE_ROLE_EXCLUSIVE);
    /* both asked while none was held: the second approval is refused */
    assert_good(
        k.a, role_change_request(&k.c, k.a, &admin, wang.account, ROLE_AUDITOR, all, all, true, S(""), k.now, &change));
    assert_good(k.a, role_change_request(&k.c, k.a, &admin, wang.account, ROLE_ADMINISTRATOR, all, all, true, S(""),
                                         k.now, &other));
    assert_good(k.a, role_change_decide(&k.c, k.a, &security, change, true, k.now));
    assert_code(role_change_decide(&k.c, k.a, &security, other, true, k.now), CODE_ROLE_EXCLUSIVE);
    assert_good(k.a, actor_of_login(&k.c, k.a, S("wang"), &x));
    assert_true(actor_has_role(&x, ROLE_AUDITOR, all, all));
    assert_false(actor_has_role(&x, ROLE_ADMINISTRATOR, all, all));
}

static void an_empty_city_gets_its_first_officers_by_link(struct store_fixture *f)
{
    struct city_kit k;
    struct slice link, older;
    struct actor x;
    city_kit_open(&k, f);
    assert_code(setup_link(&k.c, k.a, ROLE_AUDITOR, k.now, &link), CODE_SETUP_CLOSED);
    assert_good(k.a, setup_link(&k.c, k.a, ROLE_ADMINISTRATOR, k.now, &older));
    assert_good(k.a, setup_link(&k.c, k.a, ROLE_ADMINISTRATOR, k.now, &link));
    assert_code(setup_use(&k.c, k.a, older, S("admin"), S("首位管理员"), KIT_PASSWORD, k.now), CODE_SETUP_CLOSED);
    assert_code(setup_use(&k.c, k.a, link, S("admin"), S("首位管理员"), S("weak"), k.now), CODE_PASSWORD_WEAK);
    assert_code(setup_use(&k.c, k.a, link, S("admin"), S("首位管理员"), KIT_PASSWORD, k.now + 25 * MS_HOUR),
                CODE_SETUP_CLOSED);
    assert_good(k.a, setup_use(&k.c, k.a, link, S("admin"), S("首位管理员"), KIT_PASSWORD, k.now));
    assert_code(setup_use(&k.c, k.a, link, S("again"), S("再来"), KIT_PASSWORD, k.now), CODE_SETUP_CLOSED);
    assert_good(k.a, actor_of_login(&k.c, k.a, S("admin"), &x));
    assert_true(actor_has_role(&x, ROLE_ADMINISTRATOR, S("*"), S("*")));
    assert_code(setup_link(&k.c, k.a, ROLE_ADMINISTRATOR, k.now, &link), CODE_SETUP_CLOSED); /* there is one now */
    assert_good(k.a, setup_link(&k.c, k.a, ROLE_SECURITY, k.now, &link));
}

/* ---- erasure and what a person can see ---- */

static void erasure_makes_the_ciphertext_unreadable(struct store_fixture *f)
{
    struct city_kit k;
    struct id request;
    struct rows before, after;
    struct data_key key, later;
    struct slice plain, token, hash, none = {0};
    struct actor x;
    const struct json *out;
    bool found;
    static const struct stmt CT = {
        "t_ct",
        "SELECT subject.id, profile_ct, identity_ct, wrapped FROM subject JOIN account ON account.subject = subject.id JOIN data_key ON data_key.id = subject.id",
        NULL, false};
    city_kit_open(&k, f);
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER), security = kit_staff(&k, "sec1", ROLE_SECURITY),
                 admin = kit_staff(&k, "adm", ROLE_ADMINISTRATOR);
    assert_good(k.a, identity_sign_in(&k.c, k.a, S("zhangsan"), KIT_PASSWORD, none, none, k.now, &token, &hash));
    assert_good(k.a, store_query(f->s, k.a, &CT, NULL, 0, &before));
    assert_int_equal(before.n, 1);
    assert_good(k.a, vault_load(&k.c, k.a, NULL, zhang.subject, &key));
    assert_good(k.a, vault_open(k.a, &key, "subject.profile", row(&before, 0)[1].s, &plain));
    assert_true(slice_search(plain, KIT_NUMBER) != SIZE_MAX);
    assert_code(erasure_request(&k.c, k.a, &zhang, 2, k.now, &request), CODE_ERASURE_OPEN_CASES);
    assert_code(erasure_request(&k.c, k.a, &security, 0, k.now, &request), CODE_FORBIDDEN);
    instant asked;
    assert_good(k.a, erasure_waiting(&k.c, k.a, zhang.subject, &asked));
    assert_int_equal(asked, 0);
    assert_good(k.a, erasure_request(&k.c, k.a, &zhang, 0, k.now, &request));
    assert_good(k.a, erasure_waiting(&k.c, k.a, zhang.subject, &asked));
    assert_int_equal(asked, k.now);
    assert_code(erasure_request(&k.c, k.a, &zhang, 0, k.now, &request), CODE_REQUEST_SETTLED);
    assert_good(k.a, erasure_list(&k.c, k.a, 10, none, &out));
    assert_int_equal(json_get(out, "items")->n, 1);
    assert_true(id_scan(json_string(json_get(out, "items")->items[0], "id"), &request));
    assert_code(erasure_approve(&k.c, k.a, &admin, request, 0, k.now), CODE_FORBIDDEN);
    assert_code(erasure_approve(&k.c, k.a, &security, request, 1, k.now), CODE_ERASURE_OPEN_CASES);
    assert_good(k.a, erasure_approve(&k.c, k.a, &security, request, 0, k.now));
    assert_code(erasure_approve(&k.c, k.a, &security, request, 0, k.now), CODE_REQUEST_SETTLED);
    assert_good(k.a, erasure_waiting(&k.c, k.a, zhang.subject, &asked));
    assert_int_equal(asked, 0);
    /* the key is gone: what a backup of the tables still holds cannot be opened with what the database has now */
    assert_code(vault_load(&k.c, k.a, NULL, zhang.subject, &later), CODE_VAULT_ERASED);
    assert_good(k.a, store_query(f->s, k.a, &CT, NULL, 0, &after));
    assert_int_equal(row(&after, 0)[3].s.n, 0);
    assert_code(vault_unwrap(&k.c, k.a, zhang.subject, row(&after, 0)[3].s, &later), CODE_VAULT_ERASED);
    memset(later.key, 0, sizeof later.key);
    later.owner = zhang.subject;
    assert_code(vault_open(k.a, &later, "account.identity", row(&after, 0)[2].s, &plain), CODE_CRYPTO_BOX);
    assert_code(subject_profile(&k.c, k.a, zhang.subject, &out), CODE_VAULT_ERASED);
    /* sessions are over, the login is free of the person, the number can register anew */
    assert_good(k.a, session_actor(&k.c, k.a, hash, k.now, &x, &found));
    assert_false(found);
    assert_code(identity_sign_in(&k.c, k.a, S("zhangsan"), KIT_PASSWORD, none, none, k.now, &token, &hash),
                CODE_AUTH_FAILED);
    assert_slice(identity_name_of(&k.c, k.a, id_bytes(&zhang.account), ACTOR_PERSON), "已注销");
    kit_person(&k, "zhangsan", KIT_NUMBER);
}

static void a_person_sees_who_read_and_exports_all(struct store_fixture *f)
{
    struct city_kit k;
    struct slice none = {0};
    const struct json *out, *item;
    city_kit_open(&k, f);
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER), lisi = kit_person(&k, "lisi", none),
                 wang = kit_staff(&k, "wang", ROLE_HANDLER);
    assert_good(k.a, read_record(&k.c, k.a, &wang, k.now, zhang.subject, ID_NONE, "profile", S("任务：审核")));
    k.now += MS_MINUTE;
    assert_good(k.a, read_record(&k.c, k.a, &wang, k.now, zhang.subject, ID_NONE, "search", S("窗口收件")));
    assert_good(k.a, read_list_of(&k.c, k.a, zhang.subject, 1, none, &out));
    item = json_get(out, "items")->items[0];
    assert_slice(json_string(json_get(item, "what"), "zh"), "按编号或证件号码检索"); /* newest first */
    assert_slice(json_string(json_get(item, "reader"), "zh"), "王经办");
    assert_slice(json_string(json_get(item, "department"), "en"), "Market Regulation");
    assert_slice(json_string(json_get(item, "purpose"), "zh"), "窗口收件");
    struct slice next = json_string(out, "next");
    assert_true(next.n > 0);
    assert_good(k.a, read_list_of(&k.c, k.a, zhang.subject, 1, next, &out));
    assert_slice(json_string(json_get(json_get(out, "items")->items[0], "what"), "zh"), "个人资料");
    assert_int_equal(json_get(out, "next")->type, JSON_NULL);
    assert_good(k.a, read_list_of(&k.c, k.a, lisi.subject, 10, none, &out));
    assert_int_equal(json_get(out, "items")->n, 0);
    assert_good(k.a, identity_export(&k.c, k.a, &zhang, k.now, NULL, &out));
    assert_true(slice_search(json_write(k.a, out), KIT_NUMBER) != SIZE_MAX);
    assert_int_equal(json_get(out, "reads")->n, 3); /* the export itself is one */
    static const char *const PARTS[] = {"profile",     "delegations", "reads", "drafts",
                                        "attachments", "messages",    "cases"};
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) assert_non_null(json_get(out, PARTS[i]));
    assert_true(slice_search(json_write(k.a, out), S("zhangsan@people.test")) != SIZE_MAX);
    assert_true(slice_search(json_write(k.a, out), S("lisi")) == SIZE_MAX); /* nobody else's */
    assert_code(identity_export(&k.c, k.a, &wang, k.now, NULL, &out), CODE_FORBIDDEN);
    assert_code(read_list_of(&k.c, k.a, zhang.subject, 1, S("rubbish"), &out), CODE_QUERY_BAD);
}

static void the_window_finds_people_by_number_and_name(struct store_fixture *f)
{
    struct city_kit k;
    struct id subject, again;
    bool found;
    city_kit_open(&k, f);
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER), window = kit_staff(&k, "win", ROLE_WINDOW),
                 handler = kit_staff(&k, "wang", ROLE_HANDLER);
    struct slice kind = S("resident_id");
    assert_good(
        k.a, subject_find_or_make(&k.c, k.a, &window, kind, S(" 11010519491231002x "), S("张三丰"), k.now, &subject));
    assert_true(id_eq(subject, zhang.subject));
    assert_code(subject_find_or_make(&k.c, k.a, &window, kind, KIT_NUMBER, S("李四"), k.now, &subject),
                CODE_IDENTITY_NAME);
    assert_code(subject_find_or_make(&k.c, k.a, &handler, kind, KIT_NUMBER, S("张三丰"), k.now, &subject),
                CODE_FORBIDDEN);
    assert_good(k.a, subject_find_or_make(&k.c, k.a, &window, kind, KIT_NUMBER_2, S("李四"), k.now, &subject));
    assert_good(k.a, subject_find(&k.c, k.a, kind, KIT_NUMBER_2, &again, &found));
    assert_true(found && id_eq(again, subject));
    assert_good(k.a, subject_find(&k.c, k.a, kind, kit_number(&k), &again, &found));
    assert_false(found);
}

static void names_and_numbers_are_masked(void **state)
{
    struct arena *a = *state;
    assert_slice(mask_name(a, S("张三丰")), "张**");
    assert_slice(mask_name(a, S("王")), "王");
    assert_slice(mask_name(a, S("东莞示范电子有限公司")), "东****");
    assert_slice(mask_name(a, (struct slice){0}), "");
    assert_slice(mask_number(a, KIT_NUMBER), "110***********002X");
    assert_slice(mask_number(a, S("E1234567")), "E******7");
}

static void rights_compare_role_department_and_town(void **state)
{
    struct arena *a = *state;
    const struct role_grant g[] = {{ROLE_HANDLER, S("scjg"), S("441900004")}, {ROLE_HEAD, S("scjg"), S("*")}};
    struct actor x = {.kind = ACTOR_STAFF, .grants = g, .ngrants = 2}, person = {.kind = ACTOR_PERSON},
                 nobody = {.kind = ACTOR_NOBODY};
    struct slice any = {0};
    assert_true(actor_has_role(&x, ROLE_HANDLER, S("scjg"), S("441900004")));
    assert_false(actor_has_role(&x, ROLE_HANDLER, S("scjg"), S("441900003")));
    assert_true(actor_has_role(&x, ROLE_HEAD, S("scjg"), S("441900003")));
    assert_false(actor_has_role(&x, ROLE_HEAD, S("gaj"), any));
    assert_true(actor_has_role(&x, ROLE_HANDLER, any, any));
    struct right public_ = {.kind = RIGHT_PUBLIC}, signed_in = {.kind = RIGHT_SIGNED_IN}, self = {.kind = RIGHT_SELF},
                 staff = {.kind = RIGHT_STAFF};
    struct right role = {RIGHT_ROLES, 1u << ROLE_HEAD, false}, or_self = {RIGHT_ROLES, 1u << ROLE_SIGNER, true};
    assert_good(a, city_authorise(a, &nobody, public_, S("x")));
    assert_code(city_authorise(a, &nobody, signed_in, S("x")), CODE_UNAUTHENTICATED);
    assert_code(city_authorise(a, NULL, role, S("x")), CODE_UNAUTHENTICATED);
    assert_good(a, city_authorise(a, &person, signed_in, S("x")));
    assert_good(a, city_authorise(a, &person, self, S("x")));
    assert_code(city_authorise(a, &person, staff, S("x")), CODE_FORBIDDEN);
    assert_code(city_authorise(a, &x, self, S("x")), CODE_FORBIDDEN);
    assert_good(a, city_authorise(a, &x, role, S("x")));
    assert_code(city_authorise(a, &x, or_self, S("x")), CODE_FORBIDDEN);
    assert_good(a, city_authorise(a, &person, or_self, S("x")));
    assert_code(city_authorise(a, &person, role, S("x")), CODE_FORBIDDEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_delegation_lets_act_until_it_ends),
        ON_BOTH(a_revoked_or_past_delegation_is_over_at_once),
        ON_BOTH(narrow_delegations_add_up_and_end_each_by_itself),
        ON_SQLITE(a_login_does_not_tell_a_name),
        ON_SQLITE(bad_delegations_are_refused),
        ON_BOTH(staff_begin_with_a_password_to_be_changed),
        ON_BOTH(roles_change_by_two_people),
        ON_SQLITE(nobody_approves_about_oneself),
        ON_BOTH(the_three_officers_exclude_each_other),
        ON_BOTH(an_empty_city_gets_its_first_officers_by_link),
        ON_BOTH(erasure_makes_the_ciphertext_unreadable),
        ON_BOTH(a_person_sees_who_read_and_exports_all),
        ON_BOTH(the_window_finds_people_by_number_and_name),
        TEST(names_and_numbers_are_masked),
        TEST(rights_compare_role_department_and_town),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
