/* Trust lists: what is refused, who changes them, and how two cities recognise each other's. On both databases. */
#include "city/certificates/test_support.h"

#include "trust/signer.h"

static struct trust_change_new change(const char *kind, const struct json *content)
{
    return (struct trust_change_new){slice_cstr(kind), S("测试"), content};
}

static const struct json *with(struct arena *a, const struct json *v, const char *key, const char *json)
{
    struct json_builder b = json_builder(a);
    json_set(&b, key, test_json(a, slice_cstr(json)));
    return json_merge(a, v, json_object(&b));
}

static void refused(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    struct test_cert *root = test_root(k.a, "根", CRYPTO_P256);
    struct actor admin = kit_officer(&k, ROLE_ADMINISTRATOR), clerk = kit_staff(&k, "clerk", ROLE_WINDOW);
    const struct json *good = kit_ca(&k, "gd", root, "granted", 0);
    const struct {
        const char *key, *json;
        enum code code;
    } cases[] = {{"id", "\"G D\"", CODE_FIELD_PATTERN},
                 {"status", "\"good\"", CODE_FIELD_ENUM},
                 {"crl", "[]", CODE_TRUST_LIST_FORM},
                 {"crl", "[\"ftp://x/y\"]", CODE_FIELD_PATTERN},
                 {"max_age_hours", "5", CODE_TRUST_LIST_FORM},
                 {"unavailable", "\"cached\"", CODE_TRUST_LIST_FORM},
                 {"until", "\"2019-01-01\"", CODE_TRUST_LIST_FORM},
                 {"roots", "[\"no certificate\"]", CODE_TRUST_LIST_FORM},
                 {"policies", "[\"1.2.x\"]", CODE_FIELD_PATTERN}};
    struct id id;
    bool waiting;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trust_change_new n = change("ca", with(k.a, good, cases[i].key, cases[i].json));
        result r = trust_change_ask(&k.c, k.a, &admin, &n, k.now, &id, &waiting);
        if (result_code(r) != cases[i].code) fail_msg("%s: %s", cases[i].json, code_name(result_code(r)));
    }
    struct trust_change_new n = change("ca", good);
    assert_code(trust_change_ask(&k.c, k.a, &clerk, &n, k.now, &id, &waiting), CODE_FORBIDDEN);
    n.reason = S(" ");
    assert_code(trust_change_ask(&k.c, k.a, &admin, &n, k.now, &id, &waiting), CODE_FIELD_REQUIRED);
    n = change("none", good);
    assert_code(trust_change_ask(&k.c, k.a, &admin, &n, k.now, &id, &waiting), CODE_FIELD_ENUM);
    /* a root stands in one entry only */
    kit_recognise(&k, "gd", root, 0);
    n = change("ca", kit_ca(&k, "gd2", root, "granted", 0));
    assert_code(trust_change_ask(&k.c, k.a, &admin, &n, k.now, &id, &waiting), CODE_TRUST_LIST_FORM);
}

static struct stored_lists lists(struct city_kit *k)
{
    struct stored_lists l;
    assert_good(k->a, trust_lists_load(&k->c, k->a, NULL, &l));
    return l;
}

static const struct json *status(struct city_kit *k, const char *source, const char *ca, const char *to)
{
    return test_json(k->a, arena_printf(k->a, "{\"source\":\"%s\",\"ca\":\"%s\",\"status\":\"%s\"}", source, ca, to));
}

static void by_two_people(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    struct test_cert *root = test_root(k.a, "根", CRYPTO_SM2);
    struct actor admin = kit_officer(&k, ROLE_ADMINISTRATOR), security = kit_officer(&k, ROLE_SECURITY);
    struct trust_change_new n = change("ca", kit_ca(&k, "gd", root, "granted", 0));
    struct id id;
    bool waiting;
    assert_good(k.a, trust_change_ask(&k.c, k.a, &security, &n, k.now, &id, &waiting));
    assert_true(waiting);
    assert_int_equal(lists(&k).n, 0);
    assert_code(trust_change_decide(&k.c, k.a, &security, id, true, k.now), CODE_TWO_PEOPLE);
    assert_code(trust_change_decide(&k.c, k.a, &admin, id, true, k.now), CODE_FORBIDDEN);
    assert_good(k.a, trust_change_ask(&k.c, k.a, &admin, &n, k.now, &id, &waiting));
    assert_good(k.a, trust_change_decide(&k.c, k.a, &security, id, false, k.now));
    assert_int_equal(lists(&k).n, 0);
    (void)kit_change(&k, "ca", n.content);
    struct stored_lists l = lists(&k);
    assert_true(l.own && l.own->version == 1 && l.own->list.n == 1 && l.own->list.cas[0].status == CA_GRANTED);
    /* suspending is one person's act, and at once; giving back takes two; withdrawing is for good */
    k.now += MS_DAY;
    n = change("status", status(&k, "441900", "gd", "suspended"));
    assert_good(k.a, trust_change_ask(&k.c, k.a, &security, &n, k.now, &id, &waiting));
    assert_false(waiting);
    l = lists(&k);
    assert_true(l.own->version == 2 && l.own->list.cas[0].status == CA_SUSPENDED &&
                l.own->list.cas[0].since == day_of_instant(k.now));
    assert_code(trust_change_ask(&k.c, k.a, &security, &n, k.now, &id, &waiting), CODE_TRUST_LIST_STATE);
    assert_code(trust_change_decide(&k.c, k.a, &security, id, true, k.now), CODE_REQUEST_SETTLED);
    (void)kit_change(&k, "status", status(&k, "441900", "gd", "granted"));
    assert_int_equal(lists(&k).own->list.cas[0].status, CA_GRANTED);
    (void)kit_change(&k, "status", status(&k, "441900", "gd", "withdrawn"));
    n = change("status", status(&k, "441900", "gd", "granted"));
    assert_code(trust_change_ask(&k.c, k.a, &admin, &n, k.now, &id, &waiting), CODE_TRUST_LIST_STATE);
    n = change("status", status(&k, "441900", "none", "granted"));
    assert_code(trust_change_ask(&k.c, k.a, &admin, &n, k.now, &id, &waiting), CODE_NOT_FOUND);
    const struct json *v;
    assert_good(k.a, trust_change_list(&k.c, k.a, 100, S(""), &v));
    assert_int_equal(json_get(v, "items")->n, 6);
    assert_good(k.a, trust_lists_view(&k.c, k.a, k.now, &v));
    const struct json *ca = json_pointer(v, S("/lists/0/cas/0"));
    assert_slice(json_string(ca, "status"), "withdrawn");
    assert_slice(json_string(ca, "since"), "2021-05-01");
    assert_true(json_bool(ca, "counts", false));
}

/* ---- another city's list ---- */

static const struct json *import_of(struct city_kit *k, struct slice document, struct slice anchors)
{
    struct json_builder b = json_builder(k->a);
    json_set_str(&b, "document", document);
    json_set_str(&b, "anchors", anchors);
    return json_object(&b);
}

/* What the city of this code and signer would publish with one CA. */
static struct slice published(struct city_kit *k, struct city *other, const struct json *ca, int64_t version)
{
    struct json_builder cas = json_builder(k->a);
    struct stored_list old = {.version = version - 1};
    struct slice text;
    json_add(&cas, ca);
    const struct json *record = trust_list_next(other, k->a, version > 1 ? &old : NULL, json_array(&cas), k->now);
    assert_good(k->a, trust_document_make(other, k->a, record, &text));
    return text;
}

static void imported(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    struct city other = k.c;
    struct signer_certificates keys, strangers;
    struct signer *stranger;
    other.code = S("441300");
    other.name_zh = S("惠州市");
    other.name_en = S("Huizhou");
    assert_good(k.a, signer_open_test(k.a, k.c.time, NULL, &other.signer));
    assert_good(k.a, signer_open_test(k.a, k.c.time, NULL, &stranger));
    assert_good(k.a, signer_certificates(other.signer, k.a, &keys));
    assert_good(k.a, signer_certificates(stranger, k.a, &strangers));
    struct test_cert *root = test_root(k.a, "惠州根", CRYPTO_P256);
    struct slice one = published(&k, &other, kit_ca(&k, "hz", root, "granted", 0), 1),
                 two = published(&k, &other, kit_ca(&k, "hz", root, "granted", 0), 2);
    struct actor admin = kit_officer(&k, ROLE_ADMINISTRATOR);
    struct id id;
    bool waiting;
    /* under other roots, changed in a letter, past its time, one's own */
    struct trust_change_new n = change("import", import_of(&k, one, strangers.anchors));
    assert_code(trust_change_ask(&k.c, k.a, &admin, &n, k.now, &id, &waiting), CODE_TRUST_LIST_SIGNATURE);
    char *p = arena_cstr(k.a, one);
    char *at = strstr(p, "2030-12-31");
    assert_non_null(at);
    at[3] = '1';
    n = change("import", import_of(&k, slice_of(p, one.n), keys.anchors));
    assert_code(trust_change_ask(&k.c, k.a, &admin, &n, k.now, &id, &waiting), CODE_TRUST_LIST_SIGNATURE);
    n = change("import", import_of(&k, one, keys.anchors));
    assert_code(trust_change_ask(&k.c, k.a, &admin, &n, k.now + TRUST_LIST_VALID + MS_DAY, &id, &waiting),
                CODE_TRUST_LIST_EXPIRED);
    (void)kit_change(&k, "import", import_of(&k, two, keys.anchors));
    assert_code(trust_change_ask(&k.c, k.a, &admin, &n, k.now, &id, &waiting), CODE_TRUST_LIST_VERSION);
    struct stored_lists l = lists(&k);
    const struct stored_list *in = NULL;
    assert_true(l.n == 1 && !l.own && l.lists[0].version == 2);
    assert_non_null(trust_entry_of(&l, root->cert, k.now, &in));
    assert_null(trust_entry_of(&l, root->cert, k.now + TRUST_LIST_VALID + MS_DAY, &in));
    /* this city's own word goes before */
    (void)kit_change(&k, "status", status(&k, "441300", "hz", "suspended"));
    l = lists(&k);
    assert_true(l.n == 2 && l.own == &l.lists[0] && l.lists[1].list.cas[0].status == CA_GRANTED);
    assert_int_equal(trust_entry_of(&l, root->cert, k.now, &in)->status, CA_SUSPENDED);
    assert_slice(l.own->list.cas[0].id, "441300-hz");
    (void)kit_change(&k, "drop", test_json(k.a, S("{\"source\":\"441300\"}")));
    assert_int_equal(lists(&k).n, 1);
    n = change("drop", test_json(k.a, S("{\"source\":\"441900\"}")));
    assert_code(trust_change_ask(&k.c, k.a, &admin, &n, k.now, &id, &waiting), CODE_TRUST_LIST_STATE);
}

static void made_anew_in_time(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    struct slice text, again;
    int64_t version;
    bool done;
    assert_code(trust_list_document(&k.c, k.a, &text, &version), CODE_NOT_FOUND);
    kit_recognise(&k, "gd", test_root(k.a, "根", CRYPTO_P256), 0);
    assert_code(trust_list_document(&k.c, k.a, &text, &version), CODE_UNAVAILABLE);
    assert_good(k.a, signer_open_test(k.a, k.c.time, NULL, &k.c.signer));
    assert_good(k.a, trust_list_document(&k.c, k.a, &text, &version));
    assert_good(k.a, trust_list_document(&k.c, k.a, &again, &version));
    assert_true(slice_eq(text, again) && version == 1);
    assert_good(k.a, trust_list_renew(&k.c, k.a, k.now, &done));
    assert_false(done);
    k.now += TRUST_LIST_VALID - 10 * MS_DAY;
    assert_good(k.a, trust_list_renew(&k.c, k.a, k.now, &done));
    assert_true(done);
    assert_good(k.a, trust_list_document(&k.c, k.a, &again, &version));
    assert_int_equal(version, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {ON_BOTH(refused), ON_BOTH(by_two_people), ON_BOTH(imported),
                                       ON_BOTH(made_anew_in_time)};
    return cmocka_run_group_tests_name("trust_list", tests, NULL, NULL);
}
