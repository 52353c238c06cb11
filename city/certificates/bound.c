/* Certificates bound to accounts. Which one is found by a hash of issuer, serial number and key; what it says stands under the key of the person,
 * staff's under the city key. */
#include "city/certificates/internal.h"

static const struct stmt FIND = {"certificate_find",
                                 "SELECT id, account, enterprise FROM account_certificate WHERE identity_hash = ?1",
                                 NULL, false};
static const struct stmt INSERT = {
    "certificate_insert",
    "INSERT INTO account_certificate (id, identity_hash, account, enterprise, data_ct, not_after, bound_at, how, used_at)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,0)",
    NULL, false};
static const struct stmt COUNT = {"certificate_count", "SELECT COUNT(*) FROM account_certificate WHERE account = ?1",
                                  NULL, false};
static const struct stmt USED = {"certificate_used", "UPDATE account_certificate SET used_at = ?2 WHERE id = ?1", NULL,
                                 false};
static const struct stmt OF = {
    "certificates_of",
    "SELECT id, enterprise, data_ct, not_after, bound_at, how, used_at FROM account_certificate WHERE account = ?1 ORDER BY id LIMIT 50",
    NULL, false};
static const struct stmt REMOVE = {"certificate_remove",
                                   "DELETE FROM account_certificate WHERE id = ?1 AND account = ?2", NULL, false};
static const struct stmt ERASE = {"certificates_erase",
                                  "DELETE FROM account_certificate WHERE account = ?1 OR enterprise = ?2", NULL, false};
static const struct stmt OWNER_SUBJECT = {"certificate_owner_subject", "SELECT subject FROM account WHERE id = ?1",
                                          NULL, false};
#define AAD "certificate.data"
enum { BOUND_MAX = 20 };

result bound_find(struct city *c, struct arena *a, const struct x509_cert *cert, struct bound *out, bool *found)
{
    struct rows r;
    TRY(store_query(c->store, a, &FIND, BINDS(sql_blob(x509_identity(a, cert))), &r));
    *found = r.n && id_from_bytes(row(&r, 0)[0].s, &out->id) && id_from_bytes(row(&r, 0)[1].s, &out->account);
    if (*found && !id_from_bytes(row(&r, 0)[2].s, &out->enterprise)) out->enterprise = ID_NONE;
    return ok();
}

static const struct json *data_of(struct arena *a, const struct judged *j)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "subject", x509_subject(a, j->cert));
    json_set_str(&b, "issuer", x509_issuer(a, j->cert));
    json_set_str(&b, "serial", x509_serial(a, j->cert));
    json_set_str(&b, "fingerprint", x509_fingerprint(a, j->cert));
    json_set(&b, "ca", bitext_json(a, j->ca->name));
    json_set(&b, "city", bitext_json(a, j->city));
    return json_object(&b);
}

static result seal_data(struct city *c, struct tx *tx, struct arena *a, struct id subject, const struct json *data,
                        struct slice *out)
{
    struct data_key k;
    struct slice text = json_write(a, data);
    if (id_is_none(subject)) {
        *out = vault_seal_city(c, a, AAD, text);
        return ok();
    }
    TRY(vault_load(c, a, tx, subject, &k));
    *out = vault_seal(a, &k, AAD, text);
    return ok();
}

static const struct json *noted(struct arena *a, struct id id, const struct recognised_ca *ca)
{
    struct json_builder b = json_builder(a);
    json_set_id(&b, "certificate", id_bytes(&id));
    if (ca) json_set_str(&b, "ca", ca->id);
    return json_object(&b);
}

result bound_add(struct city *c, struct tx *tx, struct arena *a, const struct owner *o, const struct judged *j,
                 const char *how, instant now, struct id *id)
{
    struct rows r;
    struct slice ct;
    *id = id_new(now);
    TRY(tx_query(tx, a, &COUNT, BINDS(sql_id(&o->account)), &r));
    if (row(&r, 0)[0].i >= BOUND_MAX)
        return fail(a, CODE_TOO_LARGE, S("certificates"), "limit", arena_printf(a, "%d", BOUND_MAX), NULL);
    TRY(seal_data(c, tx, a, o->subject, data_of(a, j), &ct));
    result made =
        tx_exec(tx, a, &INSERT,
                BINDS(sql_id(id), sql_blob(x509_identity(a, j->cert)), sql_id(&o->account), sql_id(&o->enterprise),
                      sql_blob(ct), sql_int(x509_not_after(j->cert)), sql_int(now), sql_text(slice_cstr(how))),
                NULL);
    if (result_code(made) == CODE_STORE_CONSTRAINT) return fail(a, CODE_CERT_BOUND, S("/certificate"), NULL);
    TRY(made);
    struct actor who = {.kind = id_is_none(o->subject) ? ACTOR_STAFF : ACTOR_PERSON, .account = o->account};
    return audit_add(tx, a, &who, now, "certificate.bound", noted(a, *id, j->ca));
}

result bound_used(struct tx *tx, struct arena *a, struct id id, instant now)
{
    return tx_exec(tx, a, &USED, BINDS(sql_id(&id), sql_int(now)), NULL);
}

/* ---- shown and removed ---- */

static result open_data(struct city *c, struct arena *a, struct id subject, struct slice ct, const struct json **out)
{
    struct data_key k;
    struct slice text;
    if (id_is_none(subject)) {
        TRY(vault_open_city(c, a, AAD, ct, &text));
    } else {
        TRY(vault_load(c, a, NULL, subject, &k));
        TRY(vault_open(a, &k, AAD, ct, &text));
    }
    return json_parse(a, text, 64 * 1024, S("certificate"), out);
}

static result enterprise_name(struct city *c, struct arena *a, struct slice id16, struct json_builder *b)
{
    struct id id;
    const struct json *p;
    if (!id_from_bytes(id16, &id)) return ok();
    result r = subject_profile(c, a, id, &p);
    if (result_code(r) == CODE_VAULT_ERASED) return ok();
    TRY(r);
    json_set_str(b, "enterprise", json_string(json_get(json_get(p, "fields"), "name"), "value"));
    return ok();
}

result certificates_of(struct city *c, struct arena *a, const struct actor *x, const struct json **out)
{
    struct rows r, s;
    struct id subject = ID_NONE;
    struct json_builder list = json_builder(a), o = json_builder(a);
    TRY(store_query(c->store, a, &OWNER_SUBJECT, BINDS(sql_id(&x->account)), &s));
    if (s.n && !id_from_bytes(row(&s, 0)[0].s, &subject)) subject = ID_NONE;
    TRY(store_query(c->store, a, &OF, BINDS(sql_id(&x->account)), &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        const struct json *data;
        TRY(open_data(c, a, subject, v[2].s, &data));
        struct json_builder b = json_builder(a);
        json_set_id(&b, "id", v[0].s);
        for (size_t k = 0; k < data->n; k++) json_set_slice(&b, data->keys[k], data->items[k]);
        TRY(enterprise_name(c, a, v[1].s, &b));
        json_set_instant(&b, "not_after", v[3].i);
        json_set_instant(&b, "bound_at", v[4].i);
        json_set_str(&b, "how", v[5].s);
        json_set_instant(&b, "used_at", v[6].i);
        json_add(&list, json_object(&b));
    }
    json_set(&o, "items", json_array(&list));
    *out = json_object(&o);
    return ok();
}

struct removing {
    const struct actor *x;
    struct id id;
    instant now;
};

static result remove_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct removing *k = ctx;
    int64_t n;
    TRY(tx_exec(tx, a, &REMOVE, BINDS(sql_id(&k->id), sql_id(&k->x->account)), &n));
    if (!n) return fail(a, CODE_NOT_FOUND, S("certificate"), "value", id_text(a, k->id), NULL);
    return audit_add(tx, a, k->x, k->now, "certificate.removed", noted(a, k->id, NULL));
}

result certificate_remove(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now)
{
    struct removing k = {x, id, now};
    return store_run(c->store, a, "certificate_remove", remove_body, &k);
}

result certificates_erase(struct tx *tx, struct arena *a, struct id account, struct id enterprise)
{
    return tx_exec(tx, a, &ERASE, BINDS(sql_id(&account), sql_id(&enterprise)), NULL);
}
