/* Security keys of an account: added, listed, removed. */
#include "city/identity/keys.h"
#include "city/identity/internal.h"
#include "city/messages/messages.h"
#include "trust/crypto.h"

static const struct stmt KEY_COUNT = {"key_count", "SELECT COUNT(*) FROM webauthn_key WHERE account = ?1", NULL, false};
static const struct stmt KEY_ROLES = {"key_roles", "SELECT DISTINCT role FROM role_grant WHERE account = ?1", NULL,
                                      false};
static const struct stmt KEY_LIST = {
    "key_list",
    "SELECT id, credential, algorithm, name_ct, created_at, used_at FROM webauthn_key WHERE account = ?1 ORDER BY id",
    NULL, false};
static const struct stmt KEY_KNOWN = {"key_known", "SELECT id FROM webauthn_key WHERE credential = ?1", NULL, false};
static const struct stmt KEY_INSERT = {
    "key_insert",
    "INSERT INTO webauthn_key (id, account, credential, algorithm, public_key, sign_count, name_ct, created_at, used_at)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,0)",
    NULL, false};
static const struct stmt KEY_DELETE = {"key_delete", "DELETE FROM webauthn_key WHERE id = ?1 AND account = ?2", NULL,
                                       false};
static const struct stmt KEYS_END = {"keys_end", "DELETE FROM webauthn_key WHERE account = ?1", NULL, false};

result keys_end(struct tx *tx, struct arena *a, struct id account)
{
    return tx_exec(tx, a, &KEYS_END, BINDS(sql_id(&account)), NULL);
}

static result ask(struct city *c, struct tx *tx, struct arena *a, const struct stmt *q, struct id account,
                  struct rows *r)
{
    return tx ? tx_query(tx, a, q, BINDS(sql_id(&account)), r)
              : store_query(c->store, a, q, BINDS(sql_id(&account)), r);
}

result key_count(struct city *c, struct tx *tx, struct arena *a, struct id account, int64_t *n)
{
    struct rows r;
    TRY(ask(c, tx, a, &KEY_COUNT, account, &r));
    *n = row(&r, 0)[0].i;
    return ok();
}

result key_role(struct city *c, struct tx *tx, struct arena *a, struct id account, bool *out)
{
    struct rows r;
    *out = false;
    if (!c->key_roles) return ok();
    TRY(ask(c, tx, a, &KEY_ROLES, account, &r));
    for (size_t i = 0; i < r.n; i++) {
        enum role role;
        if (role_scan(row(&r, i)[0].s, &role) && (c->key_roles & 1u << role)) *out = true;
    }
    return ok();
}

result key_tell(struct city *c, struct tx *tx, struct arena *a, enum actor_kind kind, struct id account,
                struct id subject, struct bitext title, struct bitext body, instant now)
{
    struct message m = {.kind = kind == ACTOR_STAFF ? MESSAGE_TO_ACCOUNT : MESSAGE_TO_SUBJECT,
                        .to = kind == ACTOR_STAFF ? account : subject,
                        .case_id = ID_NONE,
                        .title = title,
                        .body = body};
    return message_send(c, tx, a, &m, now);
}

/* ---- options for the browser ---- */

static struct slice verification(const struct city *c)
{
    return c->key_verification.n ? c->key_verification : S("preferred");
}

static result descriptors(struct city *c, struct arena *a, struct id account, const struct json **out, size_t *n)
{
    struct rows r;
    struct json_builder list = json_builder(a);
    TRY(store_query(c->store, a, &KEY_LIST, BINDS(sql_id(&account)), &r));
    for (size_t i = 0; i < r.n; i++) {
        struct json_builder b = json_builder(a);
        json_set_cstr(&b, "type", "public-key");
        json_set_str(&b, "id", base64url_encode(a, row(&r, i)[1].s));
        json_add(&list, json_object(&b));
    }
    *out = json_array(&list);
    *n = r.n;
    return ok();
}

result key_request_options(struct city *c, struct arena *a, struct id account, struct slice challenge,
                           const struct json **out)
{
    struct webauthn_site site;
    const struct json *list;
    size_t n;
    struct json_builder b = json_builder(a);
    TRY(key_site(c, a, &site));
    TRY(descriptors(c, a, account, &list, &n));
    if (!n) return fail(a, CODE_KEY_UNKNOWN, S("account"), NULL);
    json_set_str(&b, "challenge", base64url_encode(a, challenge));
    json_set_int(&b, "timeout", KEY_CHALLENGE_VALID);
    json_set_str(&b, "rpId", site.rp_id);
    json_set(&b, "allowCredentials", list);
    json_set_str(&b, "userVerification", verification(c));
    *out = json_object(&b);
    return ok();
}

static const struct json *parameters(struct arena *a)
{
    static const int64_t ALGORITHMS[] = {WEBAUTHN_ES256, WEBAUTHN_EDDSA, WEBAUTHN_RS256};
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < sizeof ALGORITHMS / sizeof *ALGORITHMS; i++) {
        struct json_builder b = json_builder(a);
        json_set_cstr(&b, "type", "public-key");
        json_set_int(&b, "alg", ALGORITHMS[i]);
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static result creation_options(struct city *c, struct arena *a, const struct actor *x, struct slice challenge,
                               const struct json **out)
{
    struct webauthn_site site;
    const struct json *known;
    size_t n;
    struct json_builder b = json_builder(a), rp = json_builder(a), user = json_builder(a), want = json_builder(a);
    TRY(key_site(c, a, &site));
    TRY(descriptors(c, a, x->account, &known, &n));
    if (n >= KEYS_MAX) return fail(a, CODE_KEY_LIMIT, S("keys"), "limit", arena_printf(a, "%d", KEYS_MAX), NULL);
    json_set_str(&rp, "id", site.rp_id);
    json_set_str(&rp, "name", c->name_zh);
    json_set_str(&user, "id", base64url_encode(a, id_bytes(&x->account)));
    json_set_str(&user, "name", x->login);
    json_set_str(&user, "displayName", x->name);
    json_set_cstr(&want, "residentKey", "discouraged");
    json_set_bool(&want, "requireResidentKey", false);
    json_set_str(&want, "userVerification", verification(c));
    json_set_str(&b, "challenge", base64url_encode(a, challenge));
    json_set(&b, "rp", json_object(&rp));
    json_set(&b, "user", json_object(&user));
    json_set(&b, "pubKeyCredParams", parameters(a));
    json_set_int(&b, "timeout", KEY_CHALLENGE_VALID);
    json_set(&b, "excludeCredentials", known);
    json_set(&b, "authenticatorSelection", json_object(&want));
    json_set_cstr(&b, "attestation", "none");
    *out = json_object(&b);
    return ok();
}

/* ---- challenges outside sign-in ---- */

struct giving {
    struct id account;
    struct slice hash;
    enum key_purpose purpose;
    instant now;
};

static result give_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct giving *k = ctx;
    return key_challenge_put(tx, a, k->hash, k->account, k->purpose, k->now);
}

static result give(struct city *c, struct arena *a, struct id account, enum key_purpose purpose, instant now,
                   struct slice *challenge)
{
    uint8_t *bytes = arena_alloc(a, 32);
    random_bytes(bytes, 32);
    *challenge = slice_of((const char *)bytes, 32);
    struct giving k = {account, session_hash(a, *challenge), purpose, now};
    return store_run(c->store, a, "key_challenge", give_body, &k);
}

result key_prove_begin(struct city *c, struct arena *a, struct id account, instant now, const struct json **options)
{
    struct slice challenge;
    TRY(give(c, a, account, KEY_FOR_PROOF, now, &challenge));
    return key_request_options(c, a, account, challenge, options);
}

result key_begin(struct city *c, struct arena *a, const struct actor *x, struct slice password, struct second second,
                 instant now, const struct json **options)
{
    struct slice challenge;
    struct webauthn_site site;
    TRY(key_site(c, a, &site));
    TRY(identity_again(c, a, x, password, second, now));
    TRY(give(c, a, x->account, KEY_FOR_ADDING, now, &challenge));
    return creation_options(c, a, x, challenge, options);
}

/* ---- adding ---- */

struct adding {
    struct city *c;
    const struct actor *x;
    struct id id;
    struct webauthn_key key;
    struct slice name_ct, challenge; /* hash */
    enum code wrong;
    instant now;
};

static result add_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct adding *k = ctx;
    struct account x;
    struct rows r;
    int64_t n;
    bool good, found;
    k->wrong = CODE_OK;
    TRY(account_by_id(k->c, a, tx, k->x->account, &x, &found)); /* holds the row: two at once do not pass the limit */
    TRY(key_challenge_take(tx, a, k->challenge, k->x->account, KEY_FOR_ADDING, k->now, &good));
    TRY(key_count(k->c, tx, a, k->x->account, &n));
    TRY(tx_query(tx, a, &KEY_KNOWN, BINDS(sql_blob(k->key.id)), &r));
    k->wrong = !good || !found ? CODE_KEY_CHALLENGE : r.n ? CODE_KEY_KNOWN : n >= KEYS_MAX ? CODE_KEY_LIMIT : CODE_OK;
    if (k->wrong != CODE_OK) return ok(); /* the challenge is used up all the same */
    TRY(tx_exec(tx, a, &KEY_INSERT,
                BINDS(sql_id(&k->id), sql_id(&k->x->account), sql_blob(k->key.id), sql_int(k->key.algorithm),
                      sql_blob(k->key.public_key), sql_int(k->key.count), sql_blob(k->name_ct), sql_int(k->now)),
                NULL));
    struct json_builder b = json_builder(a);
    json_set_id(&b, "key", id_bytes(&k->id));
    TRY(audit_add(tx, a, k->x, k->now, "key.added", json_object(&b)));
    return key_tell(
        k->c, tx, a, x.kind, x.id, x.subject,
        (struct bitext){S("【账户安全】已登记安全密钥"), S("Your account: a security key was added")},
        (struct bitext){S("您的账号登记了一个安全密钥，登录时可用。如非您本人操作，请立即修改密码并移除它。"),
                        S("A security key was added to your account and can be used to sign in. If this was"
                          " not you, change your password and remove it at once.")},
        k->now);
}

static result name_check(struct arena *a, struct slice *name)
{
    *name = slice_trim(*name);
    if (!name->n) return fail(a, CODE_FIELD_REQUIRED, S("/name"), NULL);
    if (slice_codepoints(*name) > KEY_NAME_MAX)
        return fail(a, CODE_FIELD_TYPE, S("/name"), "expected", arena_printf(a, "1…%d", KEY_NAME_MAX), NULL);
    return ok();
}

static result decoded(struct arena *a, const struct json *v, const char *name, struct slice *out)
{
    if (base64url_decode(a, json_string(v, name), out) && out->n) return ok();
    return fail(a, CODE_KEY_FORM, S("/response"), "detail", slice_cstr(name), NULL);
}

result key_add(struct city *c, struct arena *a, const struct actor *x, struct slice name, const struct json *response,
               instant now, struct id *id)
{
    struct webauthn_site site;
    struct slice client, attestation, challenge;
    struct adding k = {.c = c, .x = x, .id = id_new(now), .now = now};
    TRY(name_check(a, &name));
    TRY(key_site(c, a, &site));
    TRY(decoded(a, response, "clientDataJSON", &client));
    TRY(decoded(a, response, "attestationObject", &attestation));
    TRY(webauthn_client(a, client, "webauthn.create", &site, &challenge));
    TRY(webauthn_register(a, &site, client, attestation, &k.key));
    k.challenge = session_hash(a, challenge);
    k.name_ct = vault_seal_city(c, a, "webauthn.name", name);
    TRY(store_run(c->store, a, "key_add", add_body, &k));
    if (k.wrong != CODE_OK) return fail(a, k.wrong, S("/response"), "limit", arena_printf(a, "%d", KEYS_MAX), NULL);
    *id = k.id;
    return ok();
}

/* ---- list, removal ---- */

result key_list(struct city *c, struct arena *a, const struct actor *x, const struct json **out)
{
    struct rows r;
    struct webauthn_site site;
    bool needed;
    struct json_builder o = json_builder(a), list = json_builder(a);
    TRY(key_role(c, NULL, a, x->account, &needed));
    TRY(store_query(c->store, a, &KEY_LIST, BINDS(sql_id(&x->account)), &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        struct slice name;
        struct json_builder b = json_builder(a);
        TRY(vault_open_city(c, a, "webauthn.name", v[3].s, &name));
        json_set_id(&b, "id", v[0].s);
        json_set_str(&b, "name", name);
        json_set_cstr(&b, "algorithm",
                      v[2].i == WEBAUTHN_ES256   ? "ES256"
                      : v[2].i == WEBAUTHN_EDDSA ? "EdDSA"
                                                 : "RS256");
        json_set_instant(&b, "created_at", v[4].i);
        json_set_instant(&b, "used_at", v[5].i);
        json_add(&list, json_object(&b));
    }
    json_set(&o, "items", json_array(&list));
    json_set_bool(&o, "needed", needed);
    json_set(&o, "site", failed(key_site(c, a, &site)) ? json_null() : json_of_string(a, site.rp_id));
    *out = json_object(&o);
    return ok();
}

struct removing {
    struct city *c;
    const struct actor *x;
    struct id id;
    instant now;
};

static result remove_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct removing *k = ctx;
    struct account x;
    bool needed, found;
    int64_t n, gone;
    TRY(account_by_id(k->c, a, tx, k->x->account, &x, &found));
    TRY(tx_exec(tx, a, &KEY_DELETE, BINDS(sql_id(&k->id), sql_id(&k->x->account)), &gone));
    if (!gone || !found) return fail(a, CODE_NOT_FOUND, S("key"), "value", id_text(a, k->id), NULL);
    TRY(key_count(k->c, tx, a, k->x->account, &n));
    TRY(key_role(k->c, tx, a, k->x->account, &needed));
    if (needed && !n) return fail(a, CODE_KEY_NEEDED, S("key"), NULL);
    struct json_builder b = json_builder(a);
    json_set_id(&b, "key", id_bytes(&k->id));
    TRY(audit_add(tx, a, k->x, k->now, "key.removed", json_object(&b)));
    return key_tell(k->c, tx, a, x.kind, x.id, x.subject,
                    (struct bitext){S("【账户安全】已移除安全密钥"), S("Your account: a security key was removed")},
                    (struct bitext){S("您的账号移除了一个安全密钥。如非您本人操作，请立即修改密码。"),
                                    S("A security key was removed from your account. If this was not you, change your"
                                      " password at once.")},
                    k->now);
}

result key_remove(struct city *c, struct arena *a, const struct actor *x, struct id id, struct slice password,
                  struct second second, instant now)
{
    struct removing k = {c, x, id, now};
    TRY(identity_again(c, a, x, password, second, now));
    return store_run(c->store, a, "key_remove", remove_body, &k);
}
