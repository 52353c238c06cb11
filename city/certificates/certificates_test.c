/* Signing in by certificate: every refusal with its reason, first use, binding, one-time codes, agents, removal, erasure; revocation kept, fetched and
 * down. On both databases. */
#include "city/certificates/test_support.h"

#include "base/identifier.h"
#include "trust/crypto.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

struct scene {
    struct city_kit k;
    struct arena *a;
    struct city *c;
    struct test_cert *root;
    struct slice number;
    struct actor person; /* with this number, verified at a window */
    struct test_cert *cert;
};

static struct test_cert *cert_of(struct scene *s, struct slice number)
{
    return test_person(s->a, arena_cstr(s->a, number), CRYPTO_P256, s->root);
}

/* At the counter a code is handed out, with which the account is opened: the number was seen. */
static struct actor verified(struct scene *s, const char *login, const char *id_kind, struct slice number,
                             struct slice name)
{
    struct actor x, window = kit_staff(&s->k, arena_cstr(s->a, arena_printf(s->a, "w-%s", login)), ROLE_WINDOW);
    struct slice code;
    instant until;
    struct id account;
    assert_good(s->a,
                registration_code(s->c, s->a, &window, slice_cstr(id_kind), number, name, s->k.now, &code, &until));
    struct registration r = {.name = name,
                             .id_kind = slice_cstr(id_kind),
                             .id_number = number,
                             .login = slice_cstr(login),
                             .password = KIT_PASSWORD,
                             .code = code};
    assert_good(s->a, identity_register(s->c, s->a, &r, s->k.now, &account));
    assert_good(s->a, actor_of_login(s->c, s->a, r.login, &x));
    return x;
}

static void open_scene(struct scene *s, struct store_fixture *f)
{
    city_kit_open(&s->k, f);
    s->a = s->k.a;
    s->c = &s->k.c;
    s->root = test_root(s->a, "根", CRYPTO_P256);
    kit_recognise(&s->k, "gd", s->root, 0);
    kit_crl(&s->k, s->root, NULL, -1, 30);
    s->number = kit_number(&s->k);
    s->person = verified(s, "zhang", "resident_id", s->number, S("张三丰"));
    s->cert = cert_of(s, s->number);
}

static struct certificate_proof proof(struct scene *s, const struct actor *x, const struct test_cert *c)
{
    instant until;
    struct certificate_proof p = {.challenge = certificate_challenge(s->c, s->a, x, s->k.now, &until),
                                  .certificate = c->der};
    assert_int_equal(until, s->k.now + CHALLENGE_VALID);
    assert_good(s->a, crypto_sign(s->a, c->key, p.challenge, &p.signature));
    return p;
}

static enum code enter(struct scene *s, const struct certificate_proof *p, struct actor *who)
{
    struct slice token, hash;
    struct actor x;
    bool found;
    result r = certificate_sign_in(s->c, s->a, p, S(""), s->k.now, &token, &hash);
    if (failed(r)) return result_code(r);
    assert_true(slice_eq(hash, session_hash(s->a, token)));
    assert_good(s->a, session_actor(s->c, s->a, hash, s->k.now, &x, &found));
    assert_true(found);
    if (who) *who = x;
    return CODE_OK;
}

static enum code enter_with(struct scene *s, const struct test_cert *c, struct actor *who)
{
    struct certificate_proof p = proof(s, NULL, c);
    return enter(s, &p, who);
}

static void first_use_and_after(struct store_fixture *f)
{
    struct scene s;
    struct actor who;
    const struct json *v;
    open_scene(&s, f);
    assert_int_equal(enter_with(&s, s.cert, &who), CODE_OK);
    assert_true(id_eq(who.account, s.person.account));
    assert_int_equal(enter_with(&s, s.cert, NULL), CODE_OK);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM account_certificate"), 1);
    assert_good(s.a, certificates_of(s.c, s.a, &s.person, &v));
    const struct json *one = json_pointer(v, S("/items/0"));
    assert_slice(json_string(one, "serial"), arena_cstr(s.a, x509_serial(s.a, s.cert->cert)));
    assert_slice(json_string(one, "how"), "signin");
    assert_true(json_get(one, "used_at")->type == JSON_STRING);
    /* several to an account, and what stands at rest names nobody */
    assert_int_equal(enter_with(&s, cert_of(&s, s.number), NULL), CODE_OK);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM account_certificate"), 2);
    /* removed: bound again at the next use, for the number still fits; of a stranger nothing can be removed */
    struct actor other = kit_person(&s.k, "other", S(""));
    struct id id;
    assert_true(id_scan(json_string(one, "id"), &id));
    assert_code(certificate_remove(s.c, s.a, &other, id, s.k.now), CODE_NOT_FOUND);
    assert_good(s.a, certificate_remove(s.c, s.a, &s.person, id, s.k.now));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM account_certificate"), 1);
    assert_true(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'signin.certificate'") == 3);
}

static void exact_reasons(struct store_fixture *f)
{
    struct scene s;
    open_scene(&s, f);
    static const struct test_ext sign[] = {{NID_key_usage, "critical,digitalSignature"}, {0, NULL}},
                                 encrypt[] = {{NID_key_usage, "critical,keyEncipherment"}, {0, NULL}};
    char *cn = arena_cstr(s.a, s.number);
    struct test_cert *stranger = test_root(s.a, "别的根", CRYPTO_P256);
    const struct {
        struct test_cert *cert;
        enum code code;
    } cases[] = {{test_cert_make(s.a, cn, CRYPTO_P256, stranger, -1, 10, sign), CODE_CERT_UNTRUSTED},
                 {test_cert_make(s.a, cn, CRYPTO_P256, s.root, -10, -1, sign), CODE_CERT_EXPIRED},
                 {test_cert_make(s.a, cn, CRYPTO_P256, s.root, 1, 10, sign), CODE_CERT_NOT_YET},
                 {test_cert_make(s.a, cn, CRYPTO_P256, s.root, -1, 10, encrypt), CODE_CERT_KEY_USAGE},
                 {test_cert_make(s.a, "张三", CRYPTO_P256, s.root, -1, 10, sign), CODE_CERT_IDENTIFIER}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(enter_with(&s, cases[i].cert, NULL), cases[i].code);
    kit_crl(&s.k, s.root, s.cert, -1, 30);
    assert_int_equal(enter_with(&s, s.cert, NULL), CODE_CERT_REVOKED);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'signin.certificate_refused'"), 6);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM session"), 0);
}

static void challenges(struct store_fixture *f)
{
    struct scene s;
    open_scene(&s, f);
    struct certificate_proof p = proof(&s, NULL, s.cert), q = p;
    /* another text, another key, another purpose, another city, too late, twice */
    q.challenge = arena_printf(s.a, "%.*s ", SLICE_ARG(p.challenge));
    assert_int_equal(enter(&s, &q, NULL), CODE_CERT_CHALLENGE);
    q = proof(&s, NULL, s.cert);
    q.certificate = cert_of(&s, s.number)->der;
    assert_int_equal(enter(&s, &q, NULL), CODE_CERT_PROOF);
    q = proof(&s, &s.person, s.cert);
    assert_int_equal(enter(&s, &q, NULL), CODE_CERT_CHALLENGE);
    struct slice url = s.c->base_url;
    s.c->base_url = S("http://elsewhere");
    assert_int_equal(enter(&s, &p, NULL), CODE_CERT_CHALLENGE);
    s.c->base_url = url;
    s.k.now += CHALLENGE_VALID;
    assert_int_equal(enter(&s, &p, NULL), CODE_CERT_CHALLENGE_STALE);
    s.k.now -= CHALLENGE_VALID;
    assert_int_equal(enter(&s, &p, NULL), CODE_OK);
    assert_int_equal(enter(&s, &p, NULL), CODE_CERT_CHALLENGE_USED);
    assert_int_equal(enter(&s, &(struct certificate_proof){.challenge = S("x")}, NULL), CODE_CERT_CHALLENGE);
    s.k.now += CHALLENGE_VALID + 1;
    assert_good(s.a, certificates_sweep(s.c, s.a, s.k.now));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM certificate_challenge"), 0);
}

/* Whatever keeps a good certificate from an account: one answer. */
static void accounts_are_not_told(struct store_fixture *f)
{
    struct scene s;
    open_scene(&s, f);
    struct slice unproven = kit_number(&s.k), nobody = kit_number(&s.k);
    (void)kit_person(&s.k, "unproven", unproven);
    assert_int_equal(enter_with(&s, cert_of(&s, nobody), NULL), CODE_CERT_ACCOUNT);
    assert_int_equal(enter_with(&s, cert_of(&s, unproven), NULL), CODE_CERT_ACCOUNT);
    store_test_script(f, "UPDATE account SET disabled_at = 1");
    assert_int_equal(enter_with(&s, s.cert, NULL), CODE_CERT_ACCOUNT);
    store_test_script(f, "UPDATE account SET disabled_at = 0");
    assert_int_equal(enter_with(&s, s.cert, NULL), CODE_OK);
    store_test_script(f, "UPDATE account SET disabled_at = 1");
    assert_int_equal(enter_with(&s, s.cert, NULL), CODE_CERT_ACCOUNT);
}

static void bound_by_hand(struct store_fixture *f)
{
    struct scene s;
    struct actor who;
    const struct json *v;
    open_scene(&s, f);
    struct slice number = kit_number(&s.k);
    struct actor x = kit_person(&s.k, "unproven", number), staff = kit_staff(&s.k, "clerk", ROLE_HANDLER),
                 admin = kit_officer(&s.k, ROLE_ADMINISTRATOR);
    struct test_cert *mine = cert_of(&s, number), *office;
    struct certificate_proof p = proof(&s, &x, s.cert);
    assert_code(certificate_bind(s.c, s.a, &x, &p, s.k.now, &v), CODE_CERT_HOLDER);
    p = proof(&s, NULL, mine);
    assert_code(certificate_bind(s.c, s.a, &x, &p, s.k.now, &v), CODE_CERT_CHALLENGE);
    p = proof(&s, &x, mine);
    assert_good(s.a, certificate_bind(s.c, s.a, &x, &p, s.k.now, &v));
    assert_int_equal(json_get(v, "items")->n, 1);
    p = proof(&s, &x, mine);
    assert_code(certificate_bind(s.c, s.a, &x, &p, s.k.now, &v), CODE_CERT_BOUND);
    assert_int_equal(enter_with(&s, mine, &who), CODE_OK);
    assert_true(id_eq(who.account, x.account));
    /* an officer's, by the number that the office recorded */
    number = kit_number(&s.k);
    office = cert_of(&s, number);
    p = proof(&s, &staff, office);
    assert_code(certificate_bind(s.c, s.a, &staff, &p, s.k.now, &v), CODE_CERT_HOLDER);
    assert_good(s.a, staff_person_set(s.c, s.a, &admin, staff.account, S("resident_id"), number, s.k.now));
    p = proof(&s, &staff, office);
    assert_good(s.a, certificate_bind(s.c, s.a, &staff, &p, s.k.now, &v));
    assert_int_equal(enter_with(&s, office, &who), CODE_OK);
    assert_true(id_eq(who.account, staff.account) && who.kind == ACTOR_STAFF);
}

static void one_time_codes(struct store_fixture *f)
{
    struct scene s;
    struct slice secret, uri;
    open_scene(&s, f);
    assert_good(s.a, totp_begin(s.c, s.a, &s.person, s.k.now, &secret, &uri));
    assert_good(s.a, totp_confirm(s.c, s.a, &s.person, kit_totp(&s.k, secret, s.k.now), s.k.now));
    s.k.now += MS_MINUTE;
    struct certificate_proof p = proof(&s, NULL, s.cert);
    assert_int_equal(enter(&s, &p, NULL), CODE_AUTH_TOTP_REQUIRED);
    p.totp = S("000000");
    assert_int_equal(enter(&s, &p, NULL), CODE_TOTP_WRONG);
    assert_int_equal(store_test_number(f, "SELECT failures FROM account WHERE failures > 0"), 1);
    p.totp = kit_totp(&s.k, secret, s.k.now); /* the challenge is still good: it was not spent */
    assert_int_equal(enter(&s, &p, NULL), CODE_OK);
}

/* ---- enterprises ---- */

static void enterprises(struct store_fixture *f)
{
    struct scene s;
    struct actor who;
    const struct json *v;
    open_scene(&s, f);
    struct slice uscc;
    const struct slice parts[] = {S("9"), S("1"), S("441900"), S("MA000777")};
    assert_good(s.a, identifier_generate(s.a, ID_KIND_USCC, parts, 4, S("uscc"), &uscc));
    struct actor company = verified(&s, "company", "uscc", uscc, S("东莞示范电子有限公司"));
    struct test_cert *seal = cert_of(&s, uscc), *second = cert_of(&s, uscc);
    assert_int_equal(enter_with(&s, seal, &who), CODE_OK);
    assert_true(id_eq(who.account, company.account) && who.kind == ACTOR_ENTERPRISE);
    /* its legal representative binds another one, and acts for it from the start */
    struct certificate_proof p = proof(&s, &s.person, second);
    assert_code(certificate_bind(s.c, s.a, &s.person, &p, s.k.now, &v), CODE_CERT_HOLDER);
    bool linked;
    assert_good(s.a, representative_set(s.c, s.a, company.subject, s.person.subject, s.k.now, &linked));
    assert_true(linked);
    p = proof(&s, &s.person, second);
    assert_good(s.a, certificate_bind(s.c, s.a, &s.person, &p, s.k.now, &v));
    assert_slice(json_string(json_pointer(v, S("/items/0")), "enterprise"), "东莞示范电子有限公司");
    assert_int_equal(enter_with(&s, second, &who), CODE_OK);
    assert_true(id_eq(who.account, s.person.account) && id_eq(who.subject, company.subject));
    /* who no longer acts for it is not let in by its certificate */
    store_test_script(f, "UPDATE delegation SET revoked_at = 1");
    assert_int_equal(enter_with(&s, second, &who), CODE_CERT_ACCOUNT);
}

/* A certificate that names the enterprise and the person who acts for it. */
static void the_agent_named(struct store_fixture *f)
{
    struct scene s;
    struct actor who;
    open_scene(&s, f);
    struct slice uscc;
    const struct slice parts[] = {S("9"), S("1"), S("441900"), S("MA000778")};
    assert_good(s.a, identifier_generate(s.a, ID_KIND_USCC, parts, 4, S("uscc"), &uscc));
    struct actor company = verified(&s, "company", "uscc", uscc, S("东莞示范电子有限公司"));
    const struct test_ext ext[] = {
        {NID_key_usage, "critical,digitalSignature"}, {NID_netscape_comment, arena_cstr(s.a, s.number)}, {0, NULL}};
    struct test_cert *both = test_cert_make(s.a, arena_cstr(s.a, uscc), CRYPTO_P256, s.root, -1, 10, ext);
    const struct json *ca = kit_ca(&s.k, "gd", s.root, "granted", 0);
    struct json_builder b = json_builder(s.a);
    json_set(
        &b, "identifiers",
        test_json(
            s.a,
            S("[{\"in\":\"subject\",\"oid\":\"2.5.4.3\",\"kind\":\"uscc\",\"prefix\":\"\"},"
              "{\"in\":\"extension\",\"oid\":\"2.16.840.1.113730.1.13\",\"kind\":\"resident_id\",\"prefix\":\"\"}]")));
    (void)kit_change(&s.k, "ca", json_merge(s.a, ca, json_object(&b)));
    bool linked;
    assert_good(s.a, representative_set(s.c, s.a, company.subject, s.person.subject, s.k.now, &linked));
    assert_int_equal(enter_with(&s, both, &who), CODE_OK);
    assert_true(id_eq(who.account, s.person.account) && id_eq(who.subject, company.subject));
    store_test_script(f, "UPDATE delegation SET revoked_at = 1");
    assert_int_equal(enter_with(&s, both, &who), CODE_CERT_ACCOUNT); /* bound to the person, who left */
}

/* ---- the CA's standing, and revocation ---- */

static const struct json *status(struct scene *s, const char *to)
{
    return test_json(s->a, arena_printf(s->a, "{\"source\":\"441900\",\"ca\":\"gd\",\"status\":\"%s\"}", to));
}

static void standing(struct store_fixture *f)
{
    struct scene s;
    open_scene(&s, f);
    assert_int_equal(enter_with(&s, s.cert, NULL), CODE_OK);
    (void)kit_change(&s.k, "status", status(&s, "suspended"));
    struct certificate_proof p = proof(&s, NULL, s.cert);
    struct slice token, hash;
    result r = certificate_sign_in(s.c, s.a, &p, S(""), s.k.now, &token, &hash);
    assert_code(r, CODE_CERT_CA_STATUS);
    struct slice zh = problem_text(s.a, r.problem, LANG_ZH), en = problem_text(s.a, r.problem, LANG_EN);
    assert_true(slice_search(zh, S("2021-04-30")) != SIZE_MAX && slice_search(zh, S("暂停认可")) != SIZE_MAX);
    assert_true(slice_search(en, S("suspended since 2021-04-30")) != SIZE_MAX);
    (void)kit_change(&s.k, "status", status(&s, "granted"));
    assert_int_equal(enter_with(&s, s.cert, NULL), CODE_OK);
    (void)kit_change(&s.k, "status", status(&s, "withdrawn"));
    assert_int_equal(enter_with(&s, s.cert, NULL), CODE_CERT_CA_STATUS);
}

static void policies(struct store_fixture *f)
{
    struct scene s;
    open_scene(&s, f);
    struct json_builder b = json_builder(s.a);
    json_set(&b, "policies", test_json(s.a, S("[\"1.2.156.1\"]")));
    (void)kit_change(&s.k, "ca", json_merge(s.a, kit_ca(&s.k, "gd", s.root, "granted", 0), json_object(&b)));
    assert_int_equal(enter_with(&s, s.cert, NULL), CODE_CERT_POLICY);
}

/* The worker of a server beside the request. */
struct beside {
    struct scene *s;
    atomic_bool stop;
    struct certificates_worker w;
};

static void *work_beside(void *arg)
{
    struct beside *b = arg;
    while (!b->stop) {
        struct arena *a = arena_new("worker");
        size_t done;
        if (failed(certificates_work(b->s->c, a, &b->w, b->s->k.now, &done))) b->stop = true;
        arena_free(a);
        struct timespec t = {0, 5 * 1000000};
        (void)nanosleep(&t, NULL);
    }
    return NULL;
}

/* The address is one where nobody listens: the list that is kept decides, by what the trust list says. */
static void source_down(struct store_fixture *f)
{
    struct scene s;
    open_scene(&s, f);
    struct beside b = {.s = &s, .w = {.looked = s.k.now}};
    pthread_t t;
    kit_crl(&s.k, s.root, NULL, -3, -1);
    assert_int_equal(pthread_create(&t, NULL, work_beside, &b), 0);
    assert_int_equal(enter_with(&s, s.cert, NULL), CODE_CERT_STATUS);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM certificate_status WHERE failed_at > 0 AND wanted = 0"),
                     1);
    (void)kit_change(&s.k, "ca", kit_ca(&s.k, "gd", s.root, "granted", 24)); /* the list is three days old */
    assert_int_equal(enter_with(&s, s.cert, NULL), CODE_CERT_STATUS);
    (void)kit_change(&s.k, "ca", kit_ca(&s.k, "gd", s.root, "granted", 96));
    assert_int_equal(enter_with(&s, s.cert, NULL), CODE_OK);
    kit_crl(&s.k, s.root, s.cert, -3, -1); /* an old word of revocation counts as well */
    assert_int_equal(enter_with(&s, s.cert, NULL), CODE_CERT_REVOKED);
    b.stop = true;
    (void)pthread_join(t, NULL);
}

static void erased(struct store_fixture *f)
{
    struct scene s;
    open_scene(&s, f);
    struct id id;
    struct actor security = kit_officer(&s.k, ROLE_SECURITY);
    const struct json *v;
    assert_int_equal(enter_with(&s, s.cert, NULL), CODE_OK);
    assert_good(s.a, identity_export(s.c, s.a, &s.person, s.k.now, NULL, &v));
    assert_int_equal(json_get(v, "certificates")->n, 1);
    assert_good(s.a, erasure_request(s.c, s.a, &s.person, 0, s.k.now, &id));
    assert_good(s.a, erasure_approve(s.c, s.a, &security, id, 0, s.k.now));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM account_certificate"), 0);
    assert_int_equal(enter_with(&s, s.cert, NULL), CODE_CERT_ACCOUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {ON_BOTH(first_use_and_after),
                                       ON_BOTH(exact_reasons),
                                       ON_BOTH(challenges),
                                       ON_BOTH(accounts_are_not_told),
                                       ON_BOTH(bound_by_hand),
                                       ON_BOTH(one_time_codes),
                                       ON_BOTH(enterprises),
                                       ON_BOTH(the_agent_named),
                                       ON_BOTH(standing),
                                       ON_BOTH(policies),
                                       ON_BOTH(source_down),
                                       ON_BOTH(erased)};
    return cmocka_run_group_tests_name("certificates", tests, NULL, NULL);
}
