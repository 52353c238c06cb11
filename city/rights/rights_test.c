/* The door and the two journals: who is let in, in which order it is asked, what is written down of it. */
#include "city/identity/desk.h"
#include "city/sql.h"
#include "city/testkit.h"

static const struct slice NONE = {"", 0};

/* ---- rights, compared with a slow and obvious reference ---- */

static const char *const DEPARTMENTS[] = {"scjg", "gaj", "*"}, *const TOWNS[] = {"441900003", "441900004", "*"};

static void a_role_holds_where_it_was_granted(void **state)
{
    (void)state;
    for (int role = 0; role < ROLE_COUNT; role++)
        for (int gd = 0; gd < 3; gd++)
            for (int gt = 0; gt < 3; gt++) {
                struct role_grant g = {(enum role)role, slice_cstr(DEPARTMENTS[gd]), slice_cstr(TOWNS[gt])};
                struct actor x = {.kind = ACTOR_STAFF, .grants = &g, .ngrants = 1};
                for (int asked = 0; asked < ROLE_COUNT; asked++)
                    for (int d = 0; d < 3; d++)
                        for (int t = 0; t < 3; t++) {
                            bool right = asked == role && (gd == 2 || gd == d) && (gt == 2 || gt == t);
                            if (actor_has_role(&x, (enum role)asked, slice_cstr(DEPARTMENTS[d]),
                                               slice_cstr(TOWNS[t])) != right)
                                fail_msg("%s in %s/%s, asked for %s in %s/%s", role_name(g.role), DEPARTMENTS[gd],
                                         TOWNS[gt], role_name((enum role)asked), DEPARTMENTS[d], TOWNS[t]);
                        }
                /* a role is staff's: a person's account with a grant in its row has none */
                x.kind = ACTOR_PERSON;
                assert_false(actor_has_role(&x, g.role, g.department, g.town));
            }
    /* two grants do not make a third: neither role here nor that place there */
    const struct role_grant two[] = {{ROLE_HANDLER, S("scjg"), S("441900003")}, {ROLE_SIGNER, S("gaj"), S("*")}};
    struct actor x = {.kind = ACTOR_STAFF, .grants = two, .ngrants = 2};
    assert_false(actor_has_role(&x, ROLE_SIGNER, S("scjg"), S("441900003")));
    assert_false(actor_has_role(&x, ROLE_HANDLER, S("gaj"), S("441900003")));
    assert_false(actor_has_role(&x, ROLE_HANDLER, S("scjg"), S("441900004")));
    assert_false(actor_has_role(NULL, ROLE_HANDLER, NONE, NONE));
}

static void names_of_roles_are_read_back(void **state)
{
    (void)state;
    for (int i = 0; i < ROLE_COUNT; i++) {
        enum role r;
        assert_true(role_scan(slice_cstr(role_name((enum role)i)), &r));
        assert_int_equal(r, i);
    }
    enum role r;
    assert_false(role_scan(S("Handler"), &r) || role_scan(NONE, &r) || role_scan(S("admin"), &r));
    assert_string_equal(role_name(ROLE_COUNT), "");
}

/* What should come of a right and an actor, spelled out. */
static enum code due(struct right right, const struct actor *x)
{
    if (right.kind == RIGHT_PUBLIC) return CODE_OK;
    if (x->kind == ACTOR_NOBODY) return CODE_UNAUTHENTICATED;
    if (x->kind == ACTOR_SYSTEM) return CODE_OK;
    bool person = x->kind == ACTOR_PERSON || x->kind == ACTOR_ENTERPRISE, good = right.also_self && person;
    if (right.kind == RIGHT_SIGNED_IN) good = true;
    if (right.kind == RIGHT_SELF) good = good || person;
    if (right.kind == RIGHT_STAFF) good = good || x->kind == ACTOR_STAFF;
    if (right.kind == RIGHT_ROLES)
        for (size_t i = 0; i < x->ngrants; i++) good = good || (right.roles >> x->grants[i].role & 1);
    return good ? CODE_OK : CODE_FORBIDDEN;
}

static void every_right_with_every_actor(void **state)
{
    struct arena *a = *state;
    struct role_grant grants[ROLE_COUNT];
    struct actor cast[ROLE_COUNT + 6];
    size_t n = 0;
    const enum actor_kind kinds[] = {ACTOR_NOBODY, ACTOR_PERSON, ACTOR_ENTERPRISE, ACTOR_STAFF, ACTOR_SYSTEM};
    for (size_t i = 0; i < 5; i++) cast[n++] = (struct actor){.kind = kinds[i]};
    for (int i = 0; i < ROLE_COUNT; i++) {
        grants[i] = (struct role_grant){(enum role)i, S("scjg"), S("*")};
        cast[n++] = (struct actor){.kind = ACTOR_STAFF, .grants = &grants[i], .ngrants = 1};
    }
    cast[n++] = (struct actor){.kind = ACTOR_STAFF, .grants = grants, .ngrants = ROLE_COUNT};
    int refused = 0;
    for (int kind = RIGHT_PUBLIC; kind <= RIGHT_ROLES; kind++)
        for (uint32_t roles = 0; roles < (kind == RIGHT_ROLES ? 1u << ROLE_COUNT : 1u); roles++)
            for (int self = 0; self < 2; self++)
                for (size_t i = 0; i < n; i++) {
                    struct right right = {(enum right_kind)kind, roles, self};
                    enum code got = result_code(city_authorise(a, &cast[i], right, S("here")));
                    refused += got != CODE_OK;
                    if (got != due(right, &cast[i]))
                        fail_msg("right %d/%x/%d, actor %zu: %d", kind, roles, self, i, got);
                }
    assert_true(refused > 1000);
    assert_code(city_authorise(a, NULL, (struct right){.kind = RIGHT_SIGNED_IN}, S("here")), CODE_UNAUTHENTICATED);
}

/* ---- the door ---- */

static int entered;
static result enter(const struct request *q, struct reply *r)
{
    (void)q;
    r->status = 204;
    entered++;
    return ok();
}

static const struct endpoint EP = {.method = "POST",
                                   .path = "/t/{id}",
                                   .right = {.kind = RIGHT_STAFF},
                                   .flags = EP_JSON_BODY | EP_IDEMPOTENT,
                                   .request_schema =
                                       "{\"type\":\"object\",\"additionalProperties\":false,"
                                       "\"required\":[\"n\"],\"properties\":{\"n\":{\"type\":\"integer\"}}}",
                                   .handle = enter};

static result knock(struct arena *a, const struct endpoint *e, const struct actor *x, const char *key, const char *body)
{
    struct reply r = {0};
    struct request q = {.a = a, .actor = x, .idempotency_key = slice_cstr(key)};
    if (body) q.body = test_json(a, slice_cstr(body));
    return door_call(e, &q, &r);
}

static void the_door_asks_in_order_and_lets_nobody_by(void **state)
{
    struct arena *a = *state;
    struct actor nobody = {.kind = ACTOR_NOBODY}, person = {.kind = ACTOR_PERSON}, officer = {.kind = ACTOR_STAFF},
                 fresh = {.kind = ACTOR_STAFF, .must_change_password = true};
    const char *key = "key-of-this-test", *good = "{\"n\":1}";
    entered = 0;
    /* who comes before what: a stranger is not told what the body should look like */
    assert_code(knock(a, &EP, &nobody, "", "{}"), CODE_UNAUTHENTICATED);
    assert_code(knock(a, &EP, NULL, "", "{}"), CODE_UNAUTHENTICATED);
    assert_code(knock(a, &EP, &person, "", "{}"), CODE_FORBIDDEN);
    assert_code(knock(a, &EP, &fresh, "", "{}"), CODE_AUTH_MUST_CHANGE);
    static const char *const KEYS[] = {"", "short", "with space", "tab\there", "schl\xc3\xbcssel-1"};
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        assert_code(knock(a, &EP, &officer, KEYS[i], good), CODE_IDEMPOTENCY_KEY);
    assert_code(knock(a, &EP, &officer, "12345678901234567890123456789012345678901234567890123456789012345", good),
                CODE_IDEMPOTENCY_KEY);
    assert_code(knock(a, &EP, &officer, key, NULL), CODE_FIELD_TYPE);
    assert_code(knock(a, &EP, &officer, key, "[]"), CODE_FIELD_TYPE);
    assert_code(knock(a, &EP, &officer, key, "{}"), CODE_FIELD_REQUIRED);
    assert_code(knock(a, &EP, &officer, key, "{\"n\":\"1\"}"), CODE_FIELD_TYPE);
    assert_code(knock(a, &EP, &officer, key, "{\"n\":1,\"admin\":true}"), CODE_FIELD_UNKNOWN);
    assert_int_equal(entered, 0);
    assert_good(a, knock(a, &EP, &officer, key, good));
    assert_int_equal(entered, 1);
}

static void an_initial_password_opens_only_its_change(void **state)
{
    struct arena *a = *state;
    struct actor fresh = {.kind = ACTOR_PERSON, .must_change_password = true};
    static const struct {
        const char *method, *path;
        enum right_kind right;
        bool open;
    } CASES[] = {
        {"POST", "/me/password", RIGHT_SIGNED_IN, true},  {"DELETE", "/session", RIGHT_SIGNED_IN, true},
        {"GET", "/session", RIGHT_PUBLIC, true},          {"GET", "/services", RIGHT_PUBLIC, true},
        {"POST", "/session/acting", RIGHT_SELF, false},   {"GET", "/me/profile", RIGHT_SELF, false},
        {"POST", "/me/totp", RIGHT_SIGNED_IN, false},     {"GET", "/inbox", RIGHT_SIGNED_IN, false},
        {"GET", "/me/password2", RIGHT_SIGNED_IN, false}, {"POST", "/session", RIGHT_SIGNED_IN, false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct endpoint e = {
            .method = CASES[i].method, .path = CASES[i].path, .right = {.kind = CASES[i].right}, .handle = enter};
        enum code got = result_code(knock(a, &e, &fresh, "", NULL));
        if (got != (CASES[i].open ? CODE_OK : CODE_AUTH_MUST_CHANGE))
            fail_msg("%s %s: %d", CASES[i].method, CASES[i].path, got);
    }
}

static void queries_are_decoded_or_left_out(void **state)
{
    struct arena *a = *state;
    struct request q = {.a = a, .query = S("a=%E5%BC%A0+%2B&b=%zz&b=good&c=%00x&d=%ff&e&=f&g=1&g=2&h=%2")};
    assert_slice(request_query(&q, "a"), "张 +");
    assert_slice(request_query(&q, "b"), "good"); /* one that cannot be read is none */
    static const char *const NOTHING[] = {"c", "d", "e", "h", "z"};
    for (size_t i = 0; i < 5; i++) assert_int_equal(request_query(&q, NOTHING[i]).n, 0);
    assert_slice(request_query(&q, "g"), "1");
    int64_t limit;
    struct slice cursor;
    static const struct {
        const char *query;
        int64_t limit;
    } CASES[] = {{"", 20},         {"limit=1", 1},  {"limit=100", 100}, {"limit=0", 0},
                 {"limit=101", 0}, {"limit=-1", 0}, {"limit=1e1", 0},   {"limit=99999999999999999999", 0}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        q.query = slice_cstr(CASES[i].query);
        result r = request_page(&q, &limit, &cursor);
        if (CASES[i].limit) {
            assert_good(a, r);
            assert_int_equal(limit, CASES[i].limit);
        } else {
            assert_code(r, CODE_QUERY_BAD);
        }
    }
}

/* ---- the audit journal ---- */

static void bad_sign_in(struct city_kit *k, const char *login)
{
    struct slice token, hash;
    assert_code(identity_sign_in(&k->c, k->a, slice_cstr(login), S("Wrong-wrong-1"), NONE, NONE, k->now, &token, &hash),
                CODE_AUTH_FAILED);
}

/* Every kind of command on identity and rights once. */
static void a_busy_day(struct city_kit *k)
{
    struct id id;
    struct slice token, hash, text;
    bool linked;
    const struct json *out, *all = test_json(k->a, S("[\"*\"]"));
    struct actor admin = kit_staff(k, "admin1", ROLE_ADMINISTRATOR), security = kit_staff(k, "sec1", ROLE_SECURITY),
                 wang = kit_staff(k, "wang", ROLE_HANDLER), window = kit_staff(k, "win", ROLE_WINDOW);
    struct actor zhang = kit_person(k, "zhangsan", KIT_NUMBER), boss = kit_enterprise(k, "factory");
    day today = day_of_instant(k->now);
    struct staff_new s = {.login = S("li.min"), .name = S("李敏"), .department = S("scjg"), .town = S("*")};
    assert_good(k->a, staff_create(&k->c, k->a, &admin, &s, k->now, &id, &text));
    for (int yes = 0; yes < 2; yes++) {
        assert_good(k->a, role_change_request(&k->c, k->a, &admin, wang.account, ROLE_REVIEWER, S("scjg"), S("*"), true,
                                              S("接任"), k->now, &id));
        assert_good(k->a, role_change_decide(&k->c, k->a, &security, id, yes, k->now));
    }
    assert_good(k->a, absence_add(&k->c, k->a, &wang, today, today, window.account, k->now, &out));
    assert_true(id_scan(json_string(out, "id"), &id));
    assert_good(k->a, absence_delete(&k->c, k->a, &wang, id, k->now));
    assert_good(k->a, delegation_add(&k->c, k->a, &boss, S("zhangsan"), all, today, k->now, &id));
    assert_good(k->a, identity_sign_in(&k->c, k->a, S("zhangsan"), KIT_PASSWORD, NONE, NONE, k->now, &token, &hash));
    assert_good(k->a, session_act(&k->c, k->a, &zhang, hash, boss.subject, k->now));
    assert_good(k->a, delegation_revoke(&k->c, k->a, &boss, id, k->now));
    assert_good(k->a, representative_set(&k->c, k->a, boss.subject, zhang.subject, k->now, &linked));
    assert_good(k->a, identity_password(&k->c, k->a, &zhang, hash, KIT_PASSWORD, S("Harbour-Window-8"), k->now));
    assert_good(k->a,
                subject_find_or_make(&k->c, k->a, &window, S("resident_id"), KIT_NUMBER_2, S("李四"), k->now, &id));
    assert_good(k->a, subject_profile_set(&k->c, k->a, id, test_json(k->a, S("{\"address\":\"东莞市鸿福路\"}")),
                                          (struct bitext){S("登记机关"), S("the register")}, k->now));
    bad_sign_in(k, "zhangsan");
    bad_sign_in(k, "stranger");
    assert_good(k->a, erasure_request(&k->c, k->a, &zhang, 0, k->now, &id));
    assert_good(k->a, erasure_approve(&k->c, k->a, &security, id, 0, k->now));
    bad_sign_in(k, "zhangsan");
}

static void every_command_on_identity_and_rights_is_in_the_journal(struct store_fixture *f)
{
    struct city_kit k;
    static const char *const ACTIONS[] = {
        "seeded",        "registered",         "staff.created",         "role.requested",    "role.approved",
        "role.rejected", "absence.added",      "absence.deleted",       "delegation.added",  "session.acting",
        "signin",        "delegation.revoked", "representative.linked", "password.changed",  "subject.made",
        "profile.set",   "signin.failed",      "signin.refused",        "erasure.requested", "erasure.done"};
    city_kit_open(&k, f);
    a_busy_day(&k);
    for (size_t i = 0; i < sizeof ACTIONS / sizeof *ACTIONS; i++) {
        char *sql = arena_cstr(k.a, arena_printf(k.a, "SELECT COUNT(*) FROM audit WHERE action = '%s'", ACTIONS[i]));
        if (store_test_number(f, sql) < 1) fail_msg("nothing says %s", ACTIONS[i]);
    }
    /* and nothing there names a person */
    struct rows r;
    static const struct stmt ALL = {"t_audit", "SELECT details, action FROM audit", NULL, false};
    static const char *const PERSONAL[] = {"张三丰",      "zhangsan", "李",     "stranger", "110105", "4405",
                                           "13800138000", "@",        "鸿福路", "Wrong",    "li.min"};
    assert_good(k.a, store_query(f->s, k.a, &ALL, NULL, 0, &r));
    for (size_t i = 0; i < r.n; i++)
        for (size_t p = 0; p < sizeof PERSONAL / sizeof *PERSONAL; p++)
            if (slice_search(row(&r, i)[0].s, slice_cstr(PERSONAL[p])) != SIZE_MAX)
                fail_msg("%s in %.*s", PERSONAL[p], SLICE_ARG(row(&r, i)[0].s));
}

static void the_auditor_sees_who_did_what(struct store_fixture *f)
{
    struct city_kit k;
    const struct json *out;
    city_kit_open(&k, f);
    a_busy_day(&k);
    assert_good(k.a, audit_list(&k.c, k.a, 3, NONE, &out));
    const struct json *items = json_get(out, "items");
    assert_int_equal(items->n, 3);
    /* newest first: the erased person's login is nobody's now */
    assert_slice(json_string(items->items[0], "action"), "signin.refused");
    assert_slice(json_string(json_get(items->items[0], "actor"), "zh"), "未登录");
    assert_slice(json_string(json_get(items->items[0], "details"), "why"), "unknown");
    assert_slice(json_string(items->items[1], "action"), "erasure.done");
    assert_slice(json_string(json_get(items->items[1], "actor"), "zh"), "王经办");
    assert_slice(json_string(items->items[2], "action"), "erasure.requested");
    assert_slice(json_string(json_get(items->items[2], "actor"), "zh"), "已注销");
    assert_slice(json_string(json_get(items->items[2], "actor"), "en"), "closed account");
    size_t n = 3;
    for (struct slice next = json_string(out, "next"); next.n; next = json_string(out, "next")) {
        assert_good(k.a, audit_list(&k.c, k.a, 3, next, &out));
        n += json_get(out, "items")->n;
    }
    assert_int_equal(n, store_test_number(f, "SELECT COUNT(*) FROM audit")); /* pages lose and repeat nothing */
    assert_code(audit_list(&k.c, k.a, 3, S("rubbish"), &out), CODE_QUERY_BAD);
}

static void what_did_not_happen_is_not_in_the_journal(struct store_fixture *f)
{
    struct city_kit k;
    struct id id;
    struct slice text;
    city_kit_open(&k, f);
    struct actor admin = kit_staff(&k, "admin1", ROLE_ADMINISTRATOR), security = kit_staff(&k, "sec1", ROLE_SECURITY);
    int64_t before = store_test_number(f, "SELECT COUNT(*) FROM audit");
    struct staff_new s = {.login = S("sec1"), .name = S("李敏"), .department = S("scjg"), .town = S("*")};
    assert_code(staff_create(&k.c, k.a, &admin, &s, k.now, &id, &text), CODE_IDENTITY_TAKEN);
    assert_code(role_change_decide(&k.c, k.a, &security, id_new(k.now), true, k.now), CODE_NOT_FOUND);
    assert_code(delegation_revoke(&k.c, k.a, &admin, id_new(k.now), k.now), CODE_NOT_FOUND);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit"), before);
}

/* ---- reads of personal data ---- */

static void a_read_says_who_what_and_why(struct store_fixture *f)
{
    struct city_kit k;
    const struct json *out, *item;
    city_kit_open(&k, f);
    struct actor wang = kit_staff(&k, "wang", ROLE_HANDLER), zhang = kit_person(&k, "zhangsan", KIT_NUMBER),
                 other = kit_person(&k, "lisi", NONE), machine = actor_system();
    static const char *const WHAT[] = {"profile", "case", "document", "attachment", "search", "prefill", "export"};
    for (size_t i = 0; i < 7; i++)
        assert_good(k.a, read_record(&k.c, k.a, &wang, k.now, zhang.subject, ID_NONE, WHAT[i], S("任务：审核")));
    assert_good(k.a, read_record(&k.c, k.a, &machine, k.now, zhang.subject, ID_NONE, "job:tax", S("登记")));
    assert_good(k.a, read_record(&k.c, k.a, &wang, k.now, other.subject, ID_NONE, "case", S("任务：签发")));
    assert_good(k.a, read_list_of(&k.c, k.a, zhang.subject, 100, NONE, &out));
    assert_int_equal(json_get(out, "items")->n, 8); /* one's own only */
    item = json_get(out, "items")->items[0];
    assert_slice(json_string(json_get(item, "reader"), "zh"), "系统");
    assert_slice(json_string(json_get(item, "reader"), "en"), "the system");
    assert_slice(json_string(json_get(item, "what"), "en"), "job:tax"); /* a word of its own is shown as it is */
    for (size_t i = 1; i < 8; i++) {
        item = json_get(out, "items")->items[i];
        assert_slice(json_string(json_get(item, "reader"), "zh"), "王经办");
        assert_slice(json_string(json_get(item, "department"), "zh"), "市场监管局");
        assert_slice(json_string(json_get(item, "purpose"), "zh"), "任务：审核");
        assert_true(slice_search(json_string(json_get(item, "what"), "zh"), slice_cstr(WHAT[7 - i])) == SIZE_MAX);
        assert_true(json_string(item, "at").n > 0);
    }
    assert_good(k.a, read_list(&k.c, k.a, 100, NONE, &out)); /* the auditor's */
    assert_int_equal(json_get(out, "items")->n, 9);
}

/* Why, in both languages: from today's codes, and from the Chinese that stood there before. */
static void a_purpose_is_said_in_both_languages(struct store_fixture *f)
{
    static const struct {
        const char *stored, *zh, *en;
    } P[] = {{"task", "办理该件", "to handle the case"},
             {"办理该件", "办理该件", "to handle the case"},
             {"受托代办", "受托代办", "as your agent"},
             {"本人导出", "本人导出", "you exported it yourself"},
             {"intake", "窗口收件", "an application taken in at a window"},
             {"intake:stall_permit", "窗口收件：占道经营许可", "taken in at a window: Street stall permit"},
             {"窗口收件：占道经营许可", "窗口收件：占道经营许可", "taken in at a window: Street stall permit"},
             {"form:stall_permit", "填写申请表：占道经营许可", "to fill in a form: Street stall permit"},
             {"占道经营许可", "占道经营许可", "Street stall permit"},
             {"form:gone", "填写申请表：gone", "to fill in a form: gone"},
             {"任务：审核", "任务：审核", "任务：审核"}};
    struct city_kit k;
    city_kit_open(&k, f);
    struct service_files files = kit_service(&k);
    assert_good(k.a, catalogue_install(k.c.catalogue, k.a, &files, 1, k.now));
    for (size_t i = 0; i < sizeof P / sizeof *P; i++) {
        struct bitext t = read_purpose_words(&k.c, k.a, slice_cstr(P[i].stored));
        assert_slice(t.zh, P[i].zh);
        assert_slice(t.en, P[i].en);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_role_holds_where_it_was_granted),
        TEST(names_of_roles_are_read_back),
        TEST(every_right_with_every_actor),
        TEST(the_door_asks_in_order_and_lets_nobody_by),
        TEST(an_initial_password_opens_only_its_change),
        TEST(queries_are_decoded_or_left_out),
        ON_BOTH(every_command_on_identity_and_rights_is_in_the_journal),
        ON_BOTH(the_auditor_sees_who_did_what),
        ON_BOTH(what_did_not_happen_is_not_in_the_journal),
        ON_BOTH(a_read_says_who_what_and_why),
        ON_BOTH(a_purpose_is_said_in_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
