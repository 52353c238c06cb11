#include "city/certificates/test_support.h"

#include "trust/crypto.h"

static const struct stmt PUT = {
    "kit_crl_put",
    "INSERT INTO certificate_status (id, url, request, answer, fetched_at, due_at, failed_at, wanted) VALUES (?1,?2,?3,?4,?5,?6,0,0)"
    " ON CONFLICT (id) DO UPDATE SET answer = ?4, failed_at = 0",
    NULL, false};

const struct json *kit_ca(struct city_kit *k, const char *id, const struct test_cert *root, const char *status,
                          int age_hours)
{
    struct arena *a = k->a;
    struct json_builder b = json_builder(a), roots = json_builder(a);
    json_add(&roots, json_of_string(a, x509_pem(a, "CERTIFICATE", root->der)));
    const struct json *j = test_json(
        a,
        arena_printf(
            a,
            "{\"name\":{\"zh\":\"测试机构\",\"en\":\"Test CA\"},\"since\":\"2021-01-01\",\"from\":\"2020-01-01\",\"until\":\"2030-12-31\","
            "\"intermediates\":[],\"policies\":[],\"crl\":[\"%s\"],\"ocsp\":[],\"identifiers\":["
            "{\"in\":\"subject\",\"oid\":\"2.5.4.3\",\"kind\":\"resident_id\",\"prefix\":\"\"},"
            "{\"in\":\"subject\",\"oid\":\"2.5.4.3\",\"kind\":\"uscc\",\"prefix\":\"\"}]}",
            KIT_CRL));
    json_set_cstr(&b, "id", id);
    for (size_t i = 0; i < j->n; i++) json_set_slice(&b, j->keys[i], j->items[i]);
    json_set_cstr(&b, "status", status);
    json_set(&b, "roots", json_array(&roots));
    json_set_cstr(&b, "unavailable", age_hours ? "cached" : "refuse");
    json_set_int(&b, "max_age_hours", age_hours);
    return json_object(&b);
}

struct actor kit_officer(struct city_kit *k, enum role role)
{
    struct actor x;
    const char *login = role == ROLE_SECURITY ? "officer-s" : "officer-a";
    if (!failed(actor_of_login(&k->c, k->a, slice_cstr(login), &x))) return x;
    return kit_staff(k, login, role);
}

struct id kit_change(struct city_kit *k, const char *kind, const struct json *content)
{
    struct actor admin = kit_officer(k, ROLE_ADMINISTRATOR), security = kit_officer(k, ROLE_SECURITY);
    struct trust_change_new n = {slice_cstr(kind), S("测试"), content};
    struct id id;
    bool waiting;
    assert_good(k->a, trust_change_ask(&k->c, k->a, &admin, &n, k->now, &id, &waiting));
    if (waiting) assert_good(k->a, trust_change_decide(&k->c, k->a, &security, id, true, k->now));
    return id;
}

void kit_recognise(struct city_kit *k, const char *id, const struct test_cert *root, int age_hours)
{
    (void)kit_change(k, "ca", kit_ca(k, id, root, "granted", age_hours));
}

struct putting {
    struct slice id, crl;
    instant now;
};

static result put_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct putting *p = ctx;
    return tx_exec(tx, a, &PUT,
                   BINDS(sql_blob(p->id), sql_text(S(KIT_CRL)), sql_blob(S("")), sql_blob(p->crl), sql_int(p->now),
                         sql_int(p->now)),
                   NULL);
}

void kit_crl(struct city_kit *k, struct test_cert *root, const struct test_cert *who, int from, int to)
{
    const struct x509_crl *crl = test_crl(k->a, root, who, who ? 1 : -1, from, to);
    const struct slice parts[] = {S(KIT_CRL), S("\n"), S("")};
    uint8_t h[CRYPTO_HASH_BYTES];
    crypto_sha256_parts(parts, 3, h);
    struct putting p = {slice_of((const char *)h, sizeof h), x509_crl_der(crl), k->now};
    assert_good(k->a, store_run(k->c.store, k->a, "kit_crl", put_body, &p));
}
