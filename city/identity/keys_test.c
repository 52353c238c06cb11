/* Security keys: added, used to sign in, refused with the reason, removed, lost. */
#include "city/identity/keys.h"
#include "base/id.h"
#include "city/testkit.h"
#include "trust/webauthn_test_support.h"

#define ORIGIN S("http://localhost")
#define RP S("localhost")
static const struct slice NONE = {NULL, 0};
static const struct second NOTHING = {{NULL, 0}, NULL};

static struct slice challenge_of(struct city_kit *k, const struct json *options)
{
    struct slice c;
    assert_true(base64url_decode(k->a, json_string(options, "challenge"), &c));
    assert_int_equal(c.n, 32);
    return c;
}

static const struct json *attested(struct city_kit *k, const struct test_authenticator *key, struct slice challenge)
{
    struct slice client = test_client_data(k->a, "webauthn.create", challenge, ORIGIN);
    struct json_builder b = json_builder(k->a);
    json_set_str(&b, "clientDataJSON", base64url_encode(k->a, client));
    json_set_str(&b, "attestationObject", base64url_encode(k->a, test_attestation(k->a, key, "none", client)));
    return json_object(&b);
}

static struct id add(struct city_kit *k, const struct actor *x, struct test_authenticator *key, struct second second)
{
    const struct json *options;
    struct id id;
    test_authenticator_new(k->a, WEBAUTHN_ES256, RP, key);
    assert_good(k->a, key_begin(&k->c, k->a, x, KIT_PASSWORD, second, k->now, &options));
    assert_good(k->a,
                key_add(&k->c, k->a, x, S("办公室的密钥"), attested(k, key, challenge_of(k, options)), k->now, &id));
    return id;
}

static const struct json *asked(struct city_kit *k, const char *login)
{
    const struct json *options;
    assert_good(k->a, key_sign_in_begin(&k->c, k->a, slice_cstr(login), KIT_PASSWORD, k->now, &options));
    assert_slice(json_string(options, "rpId"), "localhost");
    return options;
}

static result enter(struct city_kit *k, const char *login, struct slice totp, const struct json *assertion)
{
    struct slice token, hash;
    return identity_sign_in_second(&k->c, k->a, slice_cstr(login), KIT_PASSWORD, (struct second){totp, assertion}, NONE,
                                   k->now, &token, &hash);
}

static result enter_with(struct city_kit *k, const char *login, struct test_authenticator *key)
{
    return enter(k, login, NONE, test_assertion(k->a, key, challenge_of(k, asked(k, login)), ORIGIN));
}

static struct second proof(struct city_kit *k, const struct actor *x, struct test_authenticator *key)
{
    const struct json *options;
    assert_good(k->a, key_prove_begin(&k->c, k->a, x->account, k->now, &options));
    return (struct second){NONE, test_assertion(k->a, key, challenge_of(k, options), ORIGIN)};
}

static void a_key_signs_in(struct store_fixture *f)
{
    struct city_kit k;
    struct test_authenticator key, second;
    const struct json *list;
    city_kit_open(&k, f);
    struct actor x = kit_person(&k, "zhangsan", KIT_NUMBER);
    (void)add(&k, &x, &key, NOTHING);
    assert_code(enter(&k, "zhangsan", NONE, NULL), CODE_AUTH_KEY_REQUIRED);
    assert_good(k.a, enter_with(&k, "zhangsan", &key));
    k.now += MS_HOUR;
    assert_good(k.a, enter_with(&k, "zhangsan", &key));
    /* several to one account: either will do */
    (void)add(&k, &x, &second, proof(&k, &x, &key));
    assert_int_equal(json_get(asked(&k, "zhangsan"), "allowCredentials")->n, 2);
    assert_good(k.a, enter_with(&k, "zhangsan", &second));
    assert_good(k.a, enter_with(&k, "zhangsan", &key));
    assert_good(k.a, key_list(&k.c, k.a, &x, &list));
    const struct json *first = json_pointer(list, S("/items/0"));
    assert_slice(json_string(first, "name"), "办公室的密钥");
    assert_slice(json_string(first, "algorithm"), "ES256");
    assert_true(json_string(first, "used_at").n > 0);
    assert_slice(json_string(list, "site"), "localhost");
    /* its name is sealed, and the person was told twice */
    static const struct stmt NAMES = {"t_names", "SELECT name_ct FROM webauthn_key", NULL, false};
    struct rows r;
    assert_good(k.a, store_query(f->s, k.a, &NAMES, NULL, 0, &r));
    assert_true(r.n == 2 && slice_search(row(&r, 0)[0].s, S("办公室")) == SIZE_MAX);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'key.added'"), 2);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM outbox"), 2);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM webauthn_challenge"), 1); /* the one not answered */
}

static void a_challenge_is_good_once_and_for_its_account(struct store_fixture *f)
{
    struct city_kit k;
    struct test_authenticator key, other;
    const struct json *options;
    struct id id;
    city_kit_open(&k, f);
    struct actor x = kit_person(&k, "zhangsan", KIT_NUMBER), y = kit_person(&k, "lisi", NONE);
    (void)add(&k, &x, &key, NOTHING);
    (void)add(&k, &y, &other, NOTHING);
    struct slice challenge = challenge_of(&k, asked(&k, "zhangsan"));
    assert_good(k.a, enter(&k, "zhangsan", NONE, test_assertion(k.a, &key, challenge, ORIGIN)));
    assert_code(enter(&k, "zhangsan", NONE, test_assertion(k.a, &key, challenge, ORIGIN)), CODE_KEY_CHALLENGE);
    /* somebody else's; one for adding; one of nobody; one too old */
    challenge = challenge_of(&k, asked(&k, "lisi"));
    assert_code(enter(&k, "zhangsan", NONE, test_assertion(k.a, &key, challenge, ORIGIN)), CODE_KEY_CHALLENGE);
    assert_good(k.a, key_begin(&k.c, k.a, &x, KIT_PASSWORD, proof(&k, &x, &key), k.now, &options));
    challenge = challenge_of(&k, options);
    assert_code(enter(&k, "zhangsan", NONE, test_assertion(k.a, &key, challenge, ORIGIN)), CODE_KEY_CHALLENGE);
    assert_code(enter(&k, "zhangsan", NONE, test_assertion(k.a, &key, S("0123456789abcdef"), ORIGIN)),
                CODE_KEY_CHALLENGE);
    challenge = challenge_of(&k, asked(&k, "zhangsan"));
    k.now += KEY_CHALLENGE_VALID;
    assert_good(k.a, identity_sweep(&k.c, k.a, k.now));
    assert_code(enter(&k, "zhangsan", NONE, test_assertion(k.a, &key, challenge, ORIGIN)), CODE_KEY_CHALLENGE);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM webauthn_challenge"), 0);
    /* a wrong answer uses it up too */
    k.now += LOCK_MAX;
    challenge = challenge_of(&k, asked(&k, "zhangsan"));
    struct test_authenticator forged = other;
    forged.id = key.id;
    assert_code(enter(&k, "zhangsan", NONE, test_assertion(k.a, &forged, challenge, ORIGIN)), CODE_KEY_SIGNATURE);
    k.now += LOCK_MAX;
    assert_code(enter(&k, "zhangsan", NONE, test_assertion(k.a, &key, challenge, ORIGIN)), CODE_KEY_CHALLENGE);
    /* adding: the same */
    assert_good(k.a, key_begin(&k.c, k.a, &y, KIT_PASSWORD, proof(&k, &y, &other), k.now, &options));
    k.now += KEY_CHALLENGE_VALID;
    test_authenticator_new(k.a, WEBAUTHN_ES256, RP, &forged);
    assert_code(key_add(&k.c, k.a, &y, S("a"), attested(&k, &forged, challenge_of(&k, options)), k.now, &id),
                CODE_KEY_CHALLENGE);
}

static void what_is_wrong_is_said_and_counts(struct store_fixture *f)
{
    struct city_kit k;
    struct test_authenticator key, other;
    const struct json *options;
    struct id id;
    city_kit_open(&k, f);
    struct actor x = kit_person(&k, "zhangsan", KIT_NUMBER), y = kit_person(&k, "lisi", NONE);
    (void)add(&k, &x, &key, NOTHING);
    (void)add(&k, &y, &other, NOTHING);
    struct slice c = challenge_of(&k, asked(&k, "zhangsan"));
    assert_code(enter(&k, "zhangsan", NONE, test_assertion(k.a, &key, c, S("http://localhost.evil.test"))),
                CODE_KEY_ORIGIN);
    assert_code(enter(&k, "zhangsan", NONE, test_assertion(k.a, &other, c, ORIGIN)), CODE_KEY_UNKNOWN);
    assert_code(enter(&k, "zhangsan", NONE, test_json(k.a, S("{\"id\":\"AAAA\"}"))), CODE_KEY_FORM);
    c = challenge_of(&k, asked(&k, "zhangsan"));
    struct test_authenticator bad = key;
    bad.flags = 0;
    assert_code(enter(&k, "zhangsan", NONE, test_assertion(k.a, &bad, c, ORIGIN)), CODE_KEY_PRESENCE);
    assert_int_equal(store_test_number(f, "SELECT MAX(failures) FROM account"), 4);
    /* with a wrong password nothing is told of keys, neither here nor before */
    struct slice token, hash;
    assert_code(identity_sign_in_second(&k.c, k.a, S("zhangsan"), S("Wrong-wrong-1"),
                                        (struct second){NONE, test_assertion(k.a, &key, c, ORIGIN)}, NONE, k.now,
                                        &token, &hash),
                CODE_AUTH_FAILED);
    k.now += LOCK_MAX;
    assert_code(key_sign_in_begin(&k.c, k.a, S("zhangsan"), S("Wrong-wrong-1"), k.now, &options), CODE_AUTH_FAILED);
    assert_code(key_sign_in_begin(&k.c, k.a, S("nobody"), KIT_PASSWORD, k.now, &options), CODE_AUTH_FAILED);
    k.now += LOCK_MAX;
    /* the operator asks that a key checks who uses it */
    k.c.key_verification = S("required");
    assert_code(enter_with(&k, "zhangsan", &key), CODE_KEY_VERIFICATION);
    key.flags |= WEBAUTHN_VERIFIED;
    k.now += LOCK_MAX;
    assert_good(k.a, enter_with(&k, "zhangsan", &key));
    k.c.key_verification = NONE;
    /* a key belongs to one account */
    assert_good(k.a, key_begin(&k.c, k.a, &y, KIT_PASSWORD, proof(&k, &y, &other), k.now, &options));
    assert_code(key_add(&k.c, k.a, &y, S("a"), attested(&k, &key, challenge_of(&k, options)), k.now, &id),
                CODE_KEY_KNOWN);
    assert_code(key_add(&k.c, k.a, &y, S(" "), attested(&k, &key, c), k.now, &id), CODE_FIELD_REQUIRED);
}

static void a_counter_that_went_back_is_refused_and_told(struct store_fixture *f)
{
    struct city_kit k;
    struct test_authenticator key;
    city_kit_open(&k, f);
    struct actor x = kit_person(&k, "zhangsan", KIT_NUMBER);
    (void)add(&k, &x, &key, NOTHING);
    struct test_authenticator copy = key;
    assert_good(k.a, enter_with(&k, "zhangsan", &key));
    assert_code(enter_with(&k, "zhangsan", &copy), CODE_KEY_COUNTER); /* the copy's is the same as the key's was */
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'key.counter'"), 1);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM outbox"), 2); /* added; copied */
    assert_good(k.a, enter_with(&k, "zhangsan", &key));
    /* a key without a counter says 0 for ever */
    struct test_authenticator none;
    const struct json *options;
    struct id id;
    test_authenticator_new(k.a, WEBAUTHN_EDDSA, RP, &none);
    none.count = 0;
    assert_good(k.a, key_begin(&k.c, k.a, &x, KIT_PASSWORD, proof(&k, &x, &key), k.now, &options));
    assert_good(k.a, key_add(&k.c, k.a, &x, S("phone"), attested(&k, &none, challenge_of(&k, options)), k.now, &id));
    for (int i = 0; i < 2; i++) {
        none.count = UINT32_MAX; /* test_assertion adds one */
        assert_good(k.a, enter_with(&k, "zhangsan", &none));
    }
}

static void beside_one_time_codes(struct store_fixture *f)
{
    struct city_kit k;
    struct test_authenticator key;
    struct slice secret, uri;
    city_kit_open(&k, f);
    struct actor x = kit_person(&k, "zhangsan", KIT_NUMBER);
    assert_good(k.a, totp_begin(&k.c, k.a, &x, k.now, &secret, &uri));
    assert_good(k.a, totp_confirm(&k.c, k.a, &x, kit_totp(&k, secret, k.now), k.now));
    assert_code(enter(&k, "zhangsan", NONE, NULL), CODE_AUTH_TOTP_REQUIRED);
    const struct json *options;
    assert_code(key_begin(&k.c, k.a, &x, KIT_PASSWORD, NOTHING, k.now, &options), CODE_AUTH_TOTP_REQUIRED);
    k.now += MS_MINUTE;
    (void)add(&k, &x, &key, (struct second){kit_totp(&k, secret, k.now), NULL});
    assert_code(enter(&k, "zhangsan", NONE, NULL), CODE_AUTH_SECOND_REQUIRED);
    k.now += MS_MINUTE;
    assert_good(k.a, enter(&k, "zhangsan", kit_totp(&k, secret, k.now), NULL));
    assert_good(k.a, enter_with(&k, "zhangsan", &key));
    assert_code(enter(&k, "zhangsan", S("000000"), NULL), CODE_AUTH_FAILED);
}

static void a_role_that_needs_a_key(struct store_fixture *f)
{
    struct city_kit k;
    struct test_authenticator key, spare;
    struct actor x;
    struct slice secret, uri;
    city_kit_open(&k, f);
    k.c.key_roles = 1u << ROLE_SIGNER;
    (void)kit_staff(&k, "wang", ROLE_HANDLER);
    assert_good(k.a, actor_of_login(&k.c, k.a, S("wang"), &x));
    assert_false(x.must_add_key);
    (void)kit_staff(&k, "liming", ROLE_SIGNER);
    assert_good(k.a, actor_of_login(&k.c, k.a, S("liming"), &x));
    assert_true(x.must_add_key);
    /* until then the door lets in to that alone */
    struct endpoint e = {.method = "GET", .path = "/desk/tasks", .right = {RIGHT_STAFF, 0, false}};
    struct request q = {.a = k.a, .city = &k.c, .actor = &x, .now = k.now};
    struct reply r = {.status = 0};
    assert_code(door_call(&e, &q, &r), CODE_AUTH_ADD_KEY);
    assert_good(k.a, totp_begin(&k.c, k.a, &x, k.now, &secret, &uri));
    assert_good(k.a, totp_confirm(&k.c, k.a, &x, kit_totp(&k, secret, k.now), k.now));
    k.now += MS_MINUTE;
    struct id id = add(&k, &x, &key, (struct second){kit_totp(&k, secret, k.now), NULL});
    assert_good(k.a, actor_of_login(&k.c, k.a, S("liming"), &x));
    assert_false(x.must_add_key);
    /* from now on no code will do */
    k.now += MS_MINUTE;
    assert_code(enter(&k, "liming", kit_totp(&k, secret, k.now), NULL), CODE_AUTH_KEY_REQUIRED);
    assert_good(k.a, enter_with(&k, "liming", &key));
    /* and the last one stays */
    assert_code(key_remove(&k.c, k.a, &x, id, KIT_PASSWORD, proof(&k, &x, &key), k.now), CODE_KEY_NEEDED);
    (void)add(&k, &x, &spare, proof(&k, &x, &key));
    assert_good(k.a, key_remove(&k.c, k.a, &x, id, KIT_PASSWORD, proof(&k, &x, &spare), k.now));
    assert_code(enter_with(&k, "liming", &key), CODE_KEY_UNKNOWN);
    /* lost: the security officer ends them, and the officer starts anew */
    struct staff_changed done;
    struct actor security = kit_staff(&k, "zhou", ROLE_SECURITY);
    assert_good(k.a,
                staff_change(&k.c, k.a, &security, x.account, STAFF_TOTP, S("密钥丢失，已当面核实"), k.now, &done));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM webauthn_key"), 0);
    assert_good(k.a, actor_of_login(&k.c, k.a, S("liming"), &x));
    assert_true(x.must_add_key);
}

static void removal_needs_a_proof(struct store_fixture *f)
{
    struct city_kit k;
    struct test_authenticator key, second;
    city_kit_open(&k, f);
    struct actor x = kit_person(&k, "zhangsan", KIT_NUMBER), y = kit_person(&k, "lisi", NONE);
    struct id id = add(&k, &x, &key, NOTHING);
    assert_code(key_remove(&k.c, k.a, &x, id, S("Wrong-wrong-1"), NOTHING, k.now), CODE_AUTH_FAILED);
    assert_code(key_remove(&k.c, k.a, &x, id, KIT_PASSWORD, NOTHING, k.now), CODE_AUTH_KEY_REQUIRED);
    assert_code(key_remove(&k.c, k.a, &y, id, KIT_PASSWORD, NOTHING, k.now), CODE_NOT_FOUND);
    assert_good(k.a, key_remove(&k.c, k.a, &x, id, KIT_PASSWORD, proof(&k, &x, &key), k.now));
    assert_good(k.a, enter(&k, "zhangsan", NONE, NULL));
    /* as many as may be, and not one more */
    struct second with = NOTHING;
    for (int i = 0; i < KEYS_MAX; i++) {
        (void)add(&k, &x, i ? &second : &key, with);
        with = proof(&k, &x, i ? &second : &key);
    }
    const struct json *options;
    assert_code(key_begin(&k.c, k.a, &x, KIT_PASSWORD, with, k.now, &options), CODE_KEY_LIMIT);
}

static void a_lost_key_ends_over_a_window(struct store_fixture *f)
{
    struct city_kit k;
    struct test_authenticator key;
    struct slice code, login;
    instant until;
    city_kit_open(&k, f);
    struct actor x = kit_person(&k, "zhangsan", KIT_NUMBER), window = kit_staff(&k, "wang", ROLE_WINDOW);
    (void)add(&k, &x, &key, NOTHING);
    for (int both = 0; both < 2; both++) {
        assert_good(
            k.a, reset_code(&k.c, k.a, &window, S("resident_id"), KIT_NUMBER, S("张三丰"), both, k.now, &code, &until));
        assert_good(k.a, reset_password(&k.c, k.a, S("resident_id"), KIT_NUMBER, code, KIT_PASSWORD, k.now, &login));
        if (both)
            assert_good(k.a, enter(&k, "zhangsan", NONE, NULL));
        else
            assert_code(enter(&k, "zhangsan", NONE, NULL), CODE_AUTH_KEY_REQUIRED);
    }
}

static void sites(struct store_fixture *f)
{
    static const struct {
        const char *url, *rp, *origin;
    } CASES[] = {
        {"https://services.example.gov.cn", "services.example.gov.cn", "https://services.example.gov.cn"},
        {"https://services.example.gov.cn:443", "services.example.gov.cn", "https://services.example.gov.cn"},
        {"https://services.example.gov.cn:8443", "services.example.gov.cn", "https://services.example.gov.cn:8443"},
        {"http://127.0.0.1:8080", "localhost", "http://localhost:8080"},
        {"http://[::1]:80", "localhost", "http://localhost"},
        {"http://localhost:8131", "localhost", "http://localhost:8131"},
        {"https://10.1.2.3", NULL, NULL},
        {"https://[2001:db8::1]:8443", NULL, NULL},
    };
    struct city_kit k;
    city_kit_open(&k, f);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct webauthn_site site;
        k.c.base_url = slice_cstr(CASES[i].url);
        result r = key_site(&k.c, k.a, &site);
        if (!CASES[i].rp) {
            assert_code(r, CODE_KEY_ADDRESS);
            continue;
        }
        assert_good(k.a, r);
        assert_slice(site.rp_id, CASES[i].rp);
        assert_slice(site.origin, CASES[i].origin);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_key_signs_in),
        ON_BOTH(a_challenge_is_good_once_and_for_its_account),
        ON_SQLITE(what_is_wrong_is_said_and_counts),
        ON_BOTH(a_counter_that_went_back_is_refused_and_told),
        ON_SQLITE(beside_one_time_codes),
        ON_BOTH(a_role_that_needs_a_key),
        ON_BOTH(removal_needs_a_proof),
        ON_SQLITE(a_lost_key_ends_over_a_window),
        ON_SQLITE(sites),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
