/* Challenges, and an assertion from the browser to the counter that goes on. The signature is verified outside any transaction. */
#include "city/identity/internal.h"
#include "city/identity/keys.h"
#include "city/messages/messages.h"
#include "trust/crypto.h"

static const struct stmt CHALLENGE_PUT = {
    "key_challenge_put",
    "INSERT INTO webauthn_challenge (challenge_hash, account, purpose, expires_at) VALUES (?1,?2,?3,?4)", NULL, false};
static const struct stmt CHALLENGE_TAKE = {
    "key_challenge_take",
    "DELETE FROM webauthn_challenge WHERE challenge_hash = ?1 AND account = ?2 AND purpose = ?3 AND expires_at > ?4",
    NULL, false};
static const struct stmt CHALLENGE_SWEEP = {"key_challenge_sweep",
                                            "DELETE FROM webauthn_challenge WHERE expires_at <= ?1", NULL, false};
static const struct stmt KEY_BY_CREDENTIAL = {
    "key_by_credential", "SELECT id, algorithm, public_key FROM webauthn_key WHERE credential = ?1 AND account = ?2",
    NULL, false};
static const struct stmt KEY_COUNTER = {
    "key_counter", "SELECT sign_count FROM webauthn_key WHERE id = ?1 AND account = ?2", NULL, true};
static const struct stmt KEY_USED = {"key_used", "UPDATE webauthn_key SET sign_count = ?2, used_at = ?3 WHERE id = ?1",
                                     NULL, false};

result key_challenge_put(struct tx *tx, struct arena *a, struct slice hash, struct id account, enum key_purpose purpose,
                         instant now)
{
    return tx_exec(
        tx, a, &CHALLENGE_PUT,
        BINDS(sql_blob(hash), sql_id(&account), sql_int((int64_t)purpose), sql_int(now + KEY_CHALLENGE_VALID)), NULL);
}

result key_challenge_take(struct tx *tx, struct arena *a, struct slice hash, struct id account,
                          enum key_purpose purpose, instant now, bool *good)
{
    int64_t n = 0;
    if (hash.n)
        TRY(tx_exec(tx, a, &CHALLENGE_TAKE,
                    BINDS(sql_blob(hash), sql_id(&account), sql_int((int64_t)purpose), sql_int(now)), &n));
    *good = n == 1;
    return ok();
}

result keys_sweep(struct tx *tx, struct arena *a, instant now)
{
    return tx_exec(tx, a, &CHALLENGE_SWEEP, BINDS(sql_int(now)), NULL);
}

/* ---- the site ---- */

/* 127.0.0.0/8 and ::1 are this machine, which has a name that browsers take for a domain. */
static bool loopback(struct slice host)
{
    return slice_is(host, "[::1]") || slice_is(host, "localhost") || slice_starts(host, S("127."));
}

static bool domain(struct slice host)
{
    bool letter = false;
    for (size_t i = 0; i < host.n; i++) {
        letter = letter || (host.p[i] >= 'a' && host.p[i] <= 'z');
        if (host.p[i] == ':' || host.p[i] == '[') return false;
    }
    return letter;
}

result key_site(const struct city *c, struct arena *a, struct webauthn_site *out)
{
    struct slice url = c->base_url, scheme = S("http"), rest = url, host, port = {NULL, 0};
    if (slice_starts(url, S("https://"))) scheme = S("https");
    rest = slice_sub(url, scheme.n + 3, url.n);
    (void)slice_cut(rest, '/', &rest, &(struct slice){NULL, 0});
    host = rest;
    if (slice_starts(rest, S("["))) {
        size_t end = slice_find(rest, ']', 0);
        host = slice_sub(rest, 0, end + 1);
        port = slice_sub(rest, host.n + 1, rest.n);
    } else {
        (void)slice_cut(rest, ':', &host, &port);
    }
    if (loopback(host)) host = S("localhost");
    if (!domain(host)) return fail(a, CODE_KEY_ADDRESS, S("base_url"), "value", url, NULL);
    /* an origin names no port that its scheme has anyway (HTML 7.1.1) */
    if (slice_is(port, slice_is(scheme, "https") ? "443" : "80")) port.n = 0;
    out->rp_id = host;
    out->origin =
        arena_printf(a, "%.*s://%.*s%s%.*s", SLICE_ARG(scheme), SLICE_ARG(host), port.n ? ":" : "", SLICE_ARG(port));
    out->verify = slice_is(c->key_verification, "required");
    return ok();
}

/* ---- the assertion ---- */

static result member(struct arena *a, const struct json *v, const char *name, struct slice *out)
{
    if (base64url_decode(a, json_string(v, name), out) && out->n) return ok();
    return fail(a, CODE_KEY_FORM, S("/assertion"), "detail", slice_cstr(name), NULL);
}

static result judge(struct city *c, struct arena *a, const struct json *v, struct key_proof *p)
{
    struct webauthn_site site;
    struct webauthn_key key = {.algorithm = 0};
    struct slice client, data, signature, challenge, user = {NULL, 0};
    struct rows r;
    TRY(key_site(c, a, &site));
    TRY(member(a, v, "clientDataJSON", &client));
    TRY(webauthn_client(a, client, "webauthn.get", &site, &challenge));
    uint8_t hash[CRYPTO_HASH_BYTES];
    crypto_sha256(challenge, hash);
    p->challenge = arena_copy(a, slice_of((const char *)hash, sizeof hash));
    TRY(member(a, v, "id", &key.id));
    TRY(member(a, v, "authenticatorData", &data));
    TRY(member(a, v, "signature", &signature));
    TRY(store_query(c->store, a, &KEY_BY_CREDENTIAL, BINDS(sql_blob(key.id), sql_id(&p->account)), &r));
    if (!r.n || !id_from_bytes(row(&r, 0)[0].s, &p->key)) return fail(a, CODE_KEY_UNKNOWN, S("/assertion"), NULL);
    /* 7.2, step 6: the user that the key names, where it names one */
    if (json_string(v, "userHandle").n &&
        (!base64url_decode(a, json_string(v, "userHandle"), &user) || !slice_eq(user, id_bytes(&p->account))))
        return fail(a, CODE_KEY_UNKNOWN, S("/assertion"), NULL);
    key.algorithm = row(&r, 0)[1].i;
    key.public_key = row(&r, 0)[2].s;
    return webauthn_assert(a, &site, &key, client, data, signature, &p->count);
}

result key_proof_check(struct city *c, struct arena *a, struct id account, const struct json *assertion,
                       struct key_proof *out)
{
    *out = (struct key_proof){.account = account, .wrong = ok()};
    out->wrong = judge(c, a, assertion, out);
    /* a database that cannot be read is no mistake of whoever signs in */
    return failed(out->wrong) && code_status(result_code(out->wrong)) >= 500 ? out->wrong : ok();
}

static result copied(struct city *c, struct tx *tx, struct arena *a, const struct key_proof *p, enum actor_kind kind,
                     struct id subject, instant now)
{
    struct actor who = {.kind = kind, .account = p->account};
    struct json_builder b = json_builder(a);
    json_set_id(&b, "key", id_bytes(&p->key));
    TRY(audit_add(tx, a, &who, now, "key.counter", json_object(&b)));
    return key_tell(
        c, tx, a, kind, p->account, subject,
        (struct bitext){S("【账户安全】安全密钥可能被复制"), S("Your account: a security key may have been copied")},
        (struct bitext){S("有人用您的密码和一个计数倒退的安全密钥登录，已被拒绝。请立即修改密码并移除该密钥。"),
                        S("Somebody signed in with your password and a security key whose counter went"
                          " back; it was refused. Change your password and remove the key at once.")},
        now);
}

result key_proof_use(struct city *c, struct tx *tx, struct arena *a, struct key_proof *p, enum actor_kind kind,
                     struct id subject, instant now)
{
    struct rows r;
    bool good;
    p->late = CODE_OK;
    TRY(key_challenge_take(tx, a, p->challenge, p->account, KEY_FOR_PROOF, now, &good));
    if (failed(p->wrong)) return ok();
    if (!good) {
        p->late = CODE_KEY_CHALLENGE;
        return ok();
    }
    TRY(tx_query(tx, a, &KEY_COUNTER, BINDS(sql_id(&p->key), sql_id(&p->account)), &r));
    if (!r.n) {
        p->late = CODE_KEY_UNKNOWN;
        return ok();
    }
    if (!webauthn_count_good((uint32_t)row(&r, 0)[0].i, p->count)) {
        p->late = CODE_KEY_COUNTER;
        return copied(c, tx, a, p, kind, subject, now);
    }
    return tx_exec(tx, a, &KEY_USED, BINDS(sql_id(&p->key), sql_int(p->count), sql_int(now)), NULL);
}
