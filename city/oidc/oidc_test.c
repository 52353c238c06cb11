/* The provider: systems by two people, the code flow, and everything that is refused. */
#include "city/oidc/oidc.h"
#include "city/identity/keys.h"
#include "city/rights/rights.h"
#include "city/testkit.h"
#include "trust/crypto.h"
#include "trust/jose.h"
#include "trust/signer.h"

static const struct slice NONE = {NULL, 0};
#define BACK S("https://works.city.test/back?x=1")
#define VERIFIER S("0123456789012345678901234567890123456789012")

struct desk {
    struct city_kit k;
    struct actor person;
    struct slice session, client, secret;
};

static struct slice challenge_of(struct arena *a, struct slice verifier)
{
    uint8_t h[CRYPTO_HASH_BYTES];
    crypto_sha256(verifier, h);
    return base64url_encode(a, slice_of((const char *)h, sizeof h));
}

static struct oidc_client_new wanted(struct city_kit *k, const char *basis)
{
    return (struct oidc_client_new){.name = {S("网上办公"), S("Works")},
                                    .purpose = {S("办理业务"), S("to do the work")},
                                    .redirects = test_json(k->a, S("[\"https://works.city.test/back?x=1\"]")),
                                    .logouts = test_json(k->a, S("[\"https://works.city.test/bye\"]")),
                                    .scopes = test_json(k->a, S("[\"profile\",\"identity\"]")),
                                    .basis = slice_cstr(basis)};
}

static void registered(struct desk *d, const char *basis, struct slice *client, struct slice *secret)
{
    struct city_kit *k = &d->k;
    struct id id;
    struct actor administrator, security;
    struct oidc_client_new n = wanted(k, basis);
    assert_good(k->a, actor_of_login(&k->c, k->a, S("admin"), &administrator));
    assert_good(k->a, actor_of_login(&k->c, k->a, S("secure"), &security));
    assert_good(k->a, oidc_client_request(&k->c, k->a, &administrator, &n, k->now, &id));
    *client = id_text(k->a, id);
    assert_good(k->a, oidc_client_decide(&k->c, k->a, &security, id, true, k->now, secret));
}

static void desk_open(struct desk *d, struct store_fixture *f)
{
    struct city_kit *k = &d->k;
    struct signer_certificates c;
    struct slice token;
    city_kit_open(k, f);
    assert_good(k->a, signer_open_test(k->a, k->c.time, NULL, &k->c.signer));
    assert_good(k->a, signer_certificates(k->c.signer, k->a, &c));
    k->c.id_key = c.id_key;
    k->c.base_url = S("https://city.test");
    (void)kit_staff(k, "admin", ROLE_ADMINISTRATOR);
    (void)kit_staff(k, "secure", ROLE_SECURITY);
    d->person = kit_person(k, "zhangsan", KIT_NUMBER);
    assert_good(k->a,
                identity_sign_in(&k->c, k->a, S("zhangsan"), KIT_PASSWORD, NONE, NONE, k->now, &token, &d->session));
    registered(d, "", &d->client, &d->secret);
}

static struct oidc_ask good_ask(struct desk *d)
{
    return (struct oidc_ask){.client_id = d->client,
                             .redirect_uri = BACK,
                             .response_type = S("code"),
                             .scope = S("openid profile identity"),
                             .state = S("s t&=#"),
                             .nonce = S("n-1"),
                             .code_challenge = challenge_of(d->k.a, VERIFIER),
                             .code_challenge_method = S("S256")};
}

static struct slice sent(struct desk *d, const struct oidc_ask *q, bool agreed)
{
    const struct json *v;
    assert_good(d->k.a, oidc_authorize(&d->k.c, d->k.a, &d->person, d->session, q, agreed, d->k.now, &v));
    return json_string(v, "redirect");
}

/* Of an address: the value of a parameter, still escaped. */
static struct slice part(struct slice address, const char *name)
{
    struct slice rest = address, one, key, value;
    (void)slice_cut(rest, '?', &one, &rest);
    while (rest.n) {
        (void)slice_cut(rest, '&', &one, &rest);
        (void)slice_cut(one, '=', &key, &value);
        if (slice_is(key, name)) return value;
    }
    return NONE;
}

static struct oidc_answer redeem(struct desk *d, struct slice code, struct slice verifier)
{
    struct oidc_answer out;
    struct oidc_exchange e = {S("authorization_code"), code, BACK, d->client, d->secret, verifier};
    assert_good(d->k.a, oidc_token(&d->k.c, d->k.a, &e, d->k.now, &out));
    return out;
}

static void refused(struct oidc_answer r, int status, const char *error)
{
    assert_int_equal(r.status, status);
    assert_slice(json_string(r.body, "error"), error);
}

static struct oidc_answer info(struct desk *d, struct slice token)
{
    struct oidc_answer out;
    assert_good(d->k.a, oidc_userinfo(&d->k.c, d->k.a, token, d->k.now, &out));
    return out;
}

static void a_person_signs_in_to_a_system(struct store_fixture *f)
{
    struct desk d;
    const struct json *v, *claims, *jwks;
    struct slice text;
    desk_open(&d, f);
    struct arena *a = d.k.a;
    struct oidc_ask q = good_ask(&d);
    /* consent is asked, and says what would be passed on */
    assert_good(a, oidc_authorize(&d.k.c, a, &d.person, d.session, &q, false, d.k.now, &v));
    const struct json *consent = json_get(v, "consent");
    assert_slice(json_string(json_get(consent, "client"), "en"), "Works");
    assert_int_equal(json_get(consent, "claims")->n, 3);
    struct slice to = sent(&d, &q, true), code = part(to, "code");
    assert_true(slice_starts(to, S("https://works.city.test/back?x=1&code=")));
    assert_slice(part(to, "state"), "s%20t%26%3D%23");
    assert_slice(part(to, "iss"), "https%3A%2F%2Fcity.test");
    struct oidc_answer r = redeem(&d, code, VERIFIER);
    assert_int_equal(r.status, 200);
    assert_slice(json_string(r.body, "token_type"), "Bearer");
    /* the token, by another library and the key set */
    assert_good(a, oidc_jwks(&d.k.c, a, &jwks));
    assert_good(a, jose_verify(a, json_string(r.body, "id_token"), json_write(a, jwks), &text));
    claims = test_json(a, text);
    struct slice access = json_string(r.body, "access_token");
    uint8_t h[CRYPTO_HASH_BYTES];
    crypto_sha256(access, h);
    assert_true(slice_eq(json_string(claims, "at_hash"), base64url_encode(a, slice_of((const char *)h, 16))));
    assert_slice(json_string(claims, "iss"), "https://city.test");
    assert_true(slice_eq(json_string(claims, "aud"), d.client));
    assert_slice(json_string(claims, "nonce"), "n-1");
    assert_int_equal(json_int(claims, "exp", 0) - json_int(claims, "iat", 0), 600);
    assert_int_equal(json_int(claims, "auth_time", 0), d.k.now / MS_SECOND);
    assert_null(json_get(claims, "name")); /* not in the token: only where the read is recorded */
    r = info(&d, access);
    assert_int_equal(r.status, 200);
    assert_slice(json_string(r.body, "name"), "张三丰");
    assert_true(slice_eq(json_string(r.body, "id_number"), KIT_NUMBER));
    assert_true(slice_eq(json_string(r.body, "sub"), json_string(claims, "sub")));
    assert_null(json_get(r.body, "phone_number"));
    assert_good(a, read_list_of(&d.k.c, a, d.person.subject, 10, NONE, &v));
    const struct json *read = json_pointer(v, S("/items/0"));
    assert_slice(json_string(json_get(read, "purpose"), "en"), "to sign in to Works");
    assert_slice(json_string(json_get(read, "what"), "zh"), "登录时提供的信息");
    /* consent is remembered, may be asked again, and ended */
    assert_true(part(sent(&d, &q, false), "code").n > 0);
    q.prompt = S("consent");
    assert_int_equal(sent(&d, &q, false).n, 0);
    assert_good(a, oidc_consents(&d.k.c, a, &d.person, &v));
    struct id client;
    assert_good(a, id_parse(a, json_string(json_pointer(v, S("/items/0")), "client"), S("id"), &client));
    assert_good(a, oidc_consent_end(&d.k.c, a, &d.person, client, d.k.now));
    refused(info(&d, access), 401, "invalid_token");
    /* nothing of it stands in the clear */
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'oidc.signed_in'"), 2);
}

static void a_code_is_good_once_for_a_minute_and_its_system(struct store_fixture *f)
{
    struct desk d, other;
    desk_open(&d, f);
    struct oidc_ask q = good_ask(&d);
    struct slice code = part(sent(&d, &q, true), "code");
    struct slice access = json_string(redeem(&d, code, VERIFIER).body, "access_token");
    assert_int_equal(info(&d, access).status, 200);
    /* again: refused, and what the first one gave ends */
    refused(redeem(&d, code, VERIFIER), 400, "invalid_grant");
    refused(info(&d, access), 401, "invalid_token");
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'oidc.code_replayed'"), 1);
    /* another verifier: refused, and the code is used up */
    code = part(sent(&d, &q, true), "code");
    refused(redeem(&d, code, S("x123456789012345678901234567890123456789012")), 400, "invalid_grant");
    refused(redeem(&d, code, VERIFIER), 400, "invalid_grant");
    refused(redeem(&d, code, S("short")), 400, "invalid_request");
    /* another system's */
    other = d;
    registered(&other, "", &other.client, &other.secret);
    code = part(sent(&d, &q, true), "code");
    refused(redeem(&other, code, VERIFIER), 400, "invalid_grant");
    /* with another secret, or none */
    other = d;
    other.secret = S("x");
    code = part(sent(&d, &q, true), "code");
    refused(redeem(&other, code, VERIFIER), 401, "invalid_client");
    other.secret = NONE;
    refused(redeem(&other, code, VERIFIER), 401, "invalid_client");
    assert_int_equal(redeem(&d, code, VERIFIER).status, 200);
    /* another address than the one it was sent to */
    struct oidc_answer out;
    code = part(sent(&d, &q, true), "code");
    struct oidc_exchange e = {
        S("authorization_code"), code, S("https://works.city.test/back"), d.client, d.secret, VERIFIER};
    assert_good(d.k.a, oidc_token(&d.k.c, d.k.a, &e, d.k.now, &out));
    refused(out, 400, "invalid_grant");
    e.grant_type = S("refresh_token");
    assert_good(d.k.a, oidc_token(&d.k.c, d.k.a, &e, d.k.now, &out));
    refused(out, 400, "unsupported_grant_type");
    /* in time, and too late; a token, too */
    code = part(sent(&d, &q, true), "code");
    d.k.now += OIDC_CODE_VALID + 1;
    refused(redeem(&d, code, VERIFIER), 400, "invalid_grant");
    code = part(sent(&d, &q, true), "code");
    d.k.now += OIDC_CODE_VALID;
    access = json_string(redeem(&d, code, VERIFIER).body, "access_token");
    d.k.now += OIDC_TOKEN_VALID - 1;
    assert_int_equal(info(&d, access).status, 200);
    d.k.now += 1;
    refused(info(&d, access), 401, "invalid_token");
    assert_good(d.k.a, oidc_sweep(&d.k.c, d.k.a, d.k.now));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM oidc_token"), 0);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM oidc_code"), 0);
}

static void requests_that_are_wrong(struct store_fixture *f)
{
    struct desk d;
    const struct json *v;
    desk_open(&d, f);
    struct oidc_ask q = good_ask(&d);
    /* nobody is sent to an address that is not registered, byte by byte */
    static const char *const ADDRESSES[] = {
        "https://works.city.test/back", "https://works.city.test/back?x=1&y=2", "https://works.city.test/back?x=1#f",
        "https://evil.test/back?x=1",   "https://works.city.test:443/back?x=1", ""};
    for (size_t i = 0; i < sizeof ADDRESSES / sizeof *ADDRESSES; i++) {
        q.redirect_uri = slice_cstr(ADDRESSES[i]);
        assert_code(oidc_authorize(&d.k.c, d.k.a, &d.person, d.session, &q, true, d.k.now, &v), CODE_OIDC_ASK);
    }
    q = good_ask(&d);
    q.client_id = id_text(d.k.a, id_new(d.k.now));
    assert_code(oidc_authorize(&d.k.c, d.k.a, &d.person, d.session, &q, true, d.k.now, &v), CODE_OIDC_ASK);
    static const struct {
        size_t field;
        const char *value, *error;
    } CASES[] = {
        {offsetof(struct oidc_ask, response_type), "token", "unsupported_response_type"},
        {offsetof(struct oidc_ask, response_type), "code id_token", "unsupported_response_type"},
        {offsetof(struct oidc_ask, response_mode), "fragment", "invalid_request"},
        {offsetof(struct oidc_ask, code_challenge_method), "plain", "invalid_request"},
        {offsetof(struct oidc_ask, code_challenge_method), "", "invalid_request"},
        {offsetof(struct oidc_ask, code_challenge), "", "invalid_request"},
        {offsetof(struct oidc_ask, code_challenge), "abc", "invalid_request"},
        {offsetof(struct oidc_ask, scope), "profile", "invalid_scope"},
        {offsetof(struct oidc_ask, scope), "openid phone", "invalid_scope"}, /* not this system's */
        {offsetof(struct oidc_ask, scope), "openid offline_access", "invalid_scope"},
        {offsetof(struct oidc_ask, max_age), "-1", "invalid_request"},
        {offsetof(struct oidc_ask, prompt), "none login", "invalid_request"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        q = good_ask(&d);
        *(struct slice *)(void *)((char *)&q + CASES[i].field) = slice_cstr(CASES[i].value);
        struct slice to = sent(&d, &q, true);
        if (!slice_is(part(to, "error"), CASES[i].error) || !part(to, "state").n || part(to, "code").n)
            fail_msg("%zu: %.*s", i, SLICE_ARG(to));
    }
    /* who is not signed in, or not newly enough */
    q = good_ask(&d);
    struct actor nobody = {.kind = ACTOR_NOBODY};
    assert_good(d.k.a, oidc_authorize(&d.k.c, d.k.a, &nobody, NONE, &q, false, d.k.now, &v));
    assert_true(json_bool(v, "sign_in", false) && !json_bool(v, "again", true));
    q.prompt = S("none");
    assert_good(d.k.a, oidc_authorize(&d.k.c, d.k.a, &nobody, NONE, &q, false, d.k.now, &v));
    assert_slice(part(json_string(v, "redirect"), "error"), "login_required");
    assert_slice(part(sent(&d, &q, false), "error"), "consent_required");
    d.k.now += 5 * MS_MINUTE;
    q.prompt = S("login");
    assert_good(d.k.a, oidc_authorize(&d.k.c, d.k.a, &d.person, d.session, &q, true, d.k.now, &v));
    assert_true(json_bool(v, "again", false));
    q.prompt = NONE;
    q.max_age = S("60");
    assert_good(d.k.a, oidc_authorize(&d.k.c, d.k.a, &d.person, d.session, &q, true, d.k.now, &v));
    assert_true(json_bool(v, "again", false));
    /* who acts for somebody does not lend their name; who says no */
    q = good_ask(&d);
    struct actor agent = d.person;
    agent.delegation = id_new(d.k.now);
    assert_good(d.k.a, oidc_authorize(&d.k.c, d.k.a, &agent, d.session, &q, true, d.k.now, &v));
    assert_slice(part(json_string(v, "redirect"), "error"), "access_denied");
    assert_good(d.k.a, oidc_refuse(&d.k.c, d.k.a, &q, &v));
    assert_slice(part(json_string(v, "redirect"), "error"), "access_denied");
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM oidc_code"), 0);
}

static void systems_by_two_people(struct store_fixture *f)
{
    struct desk d;
    struct id id;
    struct slice secret;
    const struct json *v;
    struct actor administrator, security;
    desk_open(&d, f);
    struct city_kit *k = &d.k;
    assert_good(k->a, actor_of_login(&k->c, k->a, S("admin"), &administrator));
    assert_good(k->a, actor_of_login(&k->c, k->a, S("secure"), &security));
    struct oidc_client_new n = wanted(k, "");
    assert_code(oidc_client_request(&k->c, k->a, &security, &n, k->now, &id), CODE_FORBIDDEN);
    static const char *const BAD[] = {"[]",
                                      "[\"http://works.city.test/\"]",
                                      "[\"https://*.city.test/\"]",
                                      "[\"https://works.city.test/#x\"]",
                                      "[\"javascript:alert(1)\"]",
                                      "[1]"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        n.redirects = test_json(k->a, slice_cstr(BAD[i]));
        assert_code(oidc_client_request(&k->c, k->a, &administrator, &n, k->now, &id), CODE_OIDC_CLIENT);
    }
    n = wanted(k, "");
    n.purpose.en = S(" ");
    assert_code(oidc_client_request(&k->c, k->a, &administrator, &n, k->now, &id), CODE_OIDC_CLIENT);
    n = wanted(k, "");
    assert_good(k->a, oidc_client_request(&k->c, k->a, &administrator, &n, k->now, &id));
    assert_code(oidc_client_decide(&k->c, k->a, &administrator, id, true, k->now, &secret), CODE_FORBIDDEN);
    /* before it is approved it is no system */
    struct oidc_ask q = good_ask(&d);
    q.client_id = id_text(k->a, id);
    assert_code(oidc_authorize(&k->c, k->a, &d.person, d.session, &q, true, k->now, &v), CODE_OIDC_ASK);
    assert_good(k->a, oidc_client_decide(&k->c, k->a, &security, id, false, k->now, &secret));
    assert_int_equal(secret.n, 0);
    assert_code(oidc_client_decide(&k->c, k->a, &security, id, true, k->now, &secret), CODE_REQUEST_SETTLED);
    /* one that is ended is none any more, and neither are its tokens */
    q = good_ask(&d);
    struct slice access = json_string(redeem(&d, part(sent(&d, &q, true), "code"), VERIFIER).body, "access_token");
    assert_good(k->a, id_parse(k->a, d.client, S("id"), &id));
    assert_good(k->a, oidc_client_end(&k->c, k->a, &administrator, id, k->now));
    refused(info(&d, access), 401, "invalid_token");
    refused(redeem(&d, S("x"), VERIFIER), 401, "invalid_client");
    assert_good(k->a, oidc_client_list(&k->c, k->a, 10, NONE, &v));
    assert_int_equal(json_get(v, "items")->n, 2);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action LIKE 'oidc.%'"), 6);
}

static void identifiers_differ_by_sector_and_the_law_may_do_without_consent(struct store_fixture *f)
{
    struct desk d, other;
    desk_open(&d, f);
    struct oidc_ask q = good_ask(&d);
    struct slice one = json_string(
        info(&d, json_string(redeem(&d, part(sent(&d, &q, true), "code"), VERIFIER).body, "access_token")).body, "sub");
    other = d;
    registered(&other, "《居民身份证法》第十五条", &other.client, &other.secret);
    q = good_ask(&other);
    struct slice code = part(sent(&other, &q, false), "code"); /* no consent is asked */
    struct slice two =
        json_string(info(&other, json_string(redeem(&other, code, VERIFIER).body, "access_token")).body, "sub");
    assert_true(one.n == 44 && two.n == 44 && !slice_eq(one, two));
    struct slice again = json_string(
        info(&d,
             json_string(redeem(&d,
                                part(sent(&d,
                                          &(struct oidc_ask){d.client, BACK, S("code"), NONE, S("openid"), NONE, NONE,
                                                             challenge_of(d.k.a, VERIFIER), S("S256"), NONE, NONE},
                                          false),
                                     "code"),
                                VERIFIER)
                             .body,
                         "access_token"))
            .body,
        "sub");
    assert_true(slice_eq(one, again));
    /* where to go after signing out */
    const struct json *v;
    assert_good(d.k.a, oidc_logout(&d.k.c, d.k.a, d.client, S("https://works.city.test/bye"), S("z"), &v));
    assert_slice(json_string(v, "redirect"), "https://works.city.test/bye?state=z");
    assert_code(oidc_logout(&d.k.c, d.k.a, d.client, S("https://evil.test/"), NONE, &v), CODE_OIDC_ASK);
    assert_code(oidc_logout(&d.k.c, d.k.a, NONE, S("https://works.city.test/bye"), NONE, &v), CODE_OIDC_ASK);
    assert_good(d.k.a, oidc_discovery(&d.k.c, d.k.a, &v));
    assert_slice(json_string(v, "token_endpoint"), "https://city.test/api/v1/oidc/token");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_person_signs_in_to_a_system),
        ON_BOTH(a_code_is_good_once_for_a_minute_and_its_system),
        ON_SQLITE(requests_that_are_wrong),
        ON_BOTH(systems_by_two_people),
        ON_SQLITE(identifiers_differ_by_sector_and_the_law_may_do_without_consent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
