/* The relying party's judgement of a token's claims, and whom an outside identity signs in. The whole way, against another city, a hostile
 * double and another maker's provider: test/start/identity.py. */
#include "city/oidc/relying.h"
#include "city/identity/outside.h"
#include "city/testkit.h"

static const struct slice NONE = {NULL, 0};
static const struct outside_idp IDP = {.issuer = {"https://id.test", 15}, .client_id = {"us", 2}};
#define AT ((instant)1620000000 * MS_SECOND)

static void claims(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *text;
        const char *wrong; /* NULL: good */
    } CASES[] = {
        {"{\"iss\":\"https://id.test\",\"aud\":\"us\",\"sub\":\"p\",\"nonce\":\"n\",\"iat\":1620000000,\"exp\":1620000300}",
         NULL},
        {"{\"iss\":\"https://id.test\",\"aud\":[\"us\"],\"azp\":\"us\",\"sub\":\"p\",\"nonce\":\"n\",\"iat\":1619999990,\"exp\":1620000001}",
         NULL},
        {"{\"iss\":\"https://id.test/\",\"aud\":\"us\",\"sub\":\"p\",\"nonce\":\"n\",\"iat\":1620000000,\"exp\":1620000300}",
         "iss"},
        {"{\"aud\":\"us\",\"sub\":\"p\",\"nonce\":\"n\",\"iat\":1620000000,\"exp\":1620000300}", "iss"},
        {"{\"iss\":\"https://id.test\",\"sub\":\"p\",\"nonce\":\"n\",\"iat\":1620000000,\"exp\":1620000300}", "aud"},
        {"{\"iss\":\"https://id.test\",\"aud\":[],\"sub\":\"p\",\"nonce\":\"n\",\"iat\":1620000000,\"exp\":1620000300}",
         "aud"},
        {"{\"iss\":\"https://id.test\",\"aud\":[\"us\",\"them\"],\"sub\":\"p\",\"nonce\":\"n\",\"iat\":1620000000,\"exp\":1620000300}",
         "azp"},
        {"{\"iss\":\"https://id.test\",\"aud\":\"us\",\"azp\":1,\"sub\":\"p\",\"nonce\":\"n\",\"iat\":1620000000,\"exp\":1620000300}",
         "azp"},
        {"{\"iss\":\"https://id.test\",\"aud\":\"us\",\"sub\":\"p\",\"nonce\":\"n\",\"iat\":1620000000}", "exp"},
        {"{\"iss\":\"https://id.test\",\"aud\":\"us\",\"sub\":\"p\",\"nonce\":\"n\",\"iat\":1619999700,\"exp\":1619999940}",
         "exp"},
        {"{\"iss\":\"https://id.test\",\"aud\":\"us\",\"sub\":\"p\",\"nonce\":\"n\",\"iat\":1620000061,\"exp\":1620000300}",
         "iat"},
        {"{\"iss\":\"https://id.test\",\"aud\":\"us\",\"sub\":\"p\",\"nonce\":\"n\",\"exp\":1620000300}", "iat"},
        {"{\"iss\":\"https://id.test\",\"aud\":\"us\",\"sub\":\"p\",\"iat\":1620000000,\"exp\":1620000300}", "nonce"},
        {"{\"iss\":\"https://id.test\",\"aud\":\"us\",\"nonce\":\"n\",\"iat\":1620000000,\"exp\":1620000300}", "sub"},
        {"{\"iss\":\"https://id.test\",\"aud\":\"us\",\"sub\":\"p\",\"nonce\":\"n\",\"at_hash\":\"x\",\"iat\":1620000000,\"exp\":1620000300}",
         "at_hash"},
        {"[]", "iss"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        result r = outside_claims_check(a, &IDP, test_json(a, slice_cstr(CASES[i].text)), S("n"), S("token"), AT);
        if (!CASES[i].wrong) {
            assert_good(a, r);
            continue;
        }
        assert_code(r, CODE_TOKEN_CLAIM);
        if (slice_search(result_text(a, r, LANG_EN), slice_cstr(CASES[i].wrong)) == SIZE_MAX)
            fail_msg("%zu: %.*s", i, SLICE_ARG(result_text(a, r, LANG_EN)));
    }
}

static result enter(struct city_kit *k, const char *who, struct slice number, struct slice *token, struct slice *ticket)
{
    struct slice hash;
    return outside_enter(&k->c, k->a, vault_index(&k->c, k->a, "outside.identity", slice_cstr(who)), number, NONE,
                         k->now, token, &hash, ticket);
}

static void whom_an_identity_signs_in(struct store_fixture *f)
{
    struct city_kit k;
    struct slice token, ticket, secret, uri;
    bool bound;
    city_kit_open(&k, f);
    struct actor x = kit_person(&k, "zhangsan", KIT_NUMBER), y = kit_person(&k, "lisi", NONE);
    struct actor officer = kit_staff(&k, "wang", ROLE_HANDLER);
    /* by a verified number, at once; and bound from then on */
    assert_good(k.a, enter(&k, "a", KIT_NUMBER, &token, &ticket));
    assert_true(token.n > 0 && !ticket.n);
    assert_good(k.a, outside_is_bound(&k.c, k.a, x.account, &bound));
    assert_true(bound);
    assert_good(k.a, enter(&k, "a", NONE, &token, &ticket));
    assert_true(token.n > 0);
    assert_code(enter(&k, "c", S("123"), &token, &ticket), CODE_IDENTIFIER_LENGTH);
    /* without one: a ticket, for whoever signs in meanwhile; once, and for a quarter of an hour */
    assert_good(k.a, enter(&k, "b", NONE, &token, &ticket));
    assert_true(!token.n && ticket.n > 0);
    assert_code(outside_bind(&k.c, k.a, &officer, ticket, k.now), CODE_IDP_SECOND);
    assert_good(k.a, outside_bind(&k.c, k.a, &y, ticket, k.now));
    assert_code(outside_bind(&k.c, k.a, &y, ticket, k.now), CODE_IDP_STATE);
    assert_good(k.a, enter(&k, "b", NONE, &token, &ticket));
    assert_true(token.n > 0);
    assert_good(k.a, enter(&k, "d", NONE, &token, &ticket));
    instant late = k.now + OUTSIDE_PENDING;
    assert_code(outside_bind(&k.c, k.a, &y, ticket, late), CODE_IDP_STATE);
    /* who set up a second factor meant it */
    assert_good(k.a, totp_begin(&k.c, k.a, &x, k.now, &secret, &uri));
    assert_good(k.a, totp_confirm(&k.c, k.a, &x, kit_totp(&k, secret, k.now), k.now));
    assert_code(enter(&k, "a", NONE, &token, &ticket), CODE_IDP_SECOND);
    /* ended */
    assert_good(k.a, outside_unbind(&k.c, k.a, &y, k.now));
    assert_good(k.a, enter(&k, "b", NONE, &token, &ticket));
    assert_int_equal(token.n, 0);
    k.now = late;
    assert_good(k.a, identity_sweep(&k.c, k.a, k.now));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM outside_pending"), 0);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'outside.bound'"), 2);
}

static void none_is_configured(struct store_fixture *f)
{
    struct city_kit k;
    struct slice address;
    struct outside_done done;
    struct outside_back back = {.state = S("x")};
    city_kit_open(&k, f);
    assert_code(outside_begin(&k.c, k.a, S("0123456789012345678901234567890123456789012"), k.now, &address),
                CODE_IDP_NONE);
    assert_code(outside_back(&k.c, k.a, &back, NONE, k.now, &done), CODE_IDP_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(claims), ON_BOTH(whom_an_identity_signs_in), ON_SQLITE(none_is_configured)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
