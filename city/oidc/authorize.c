/* Authorization: what the browser brings is checked in the order that keeps anybody from being sent to an address that is not registered;
 * then who is signed in, then consent, then the code. */
#include "city/oidc/internal.h"

#include <stdarg.h>

enum { FRESH = 60 * 1000, PARAMETER_MAX = 512 };

static const struct stmt SESSION_BEGAN = {"oidc_session_began", "SELECT created_at FROM session WHERE token_hash = ?1",
                                          NULL, false};
static const struct stmt CONSENT_LOAD = {
    "oidc_consent_load", "SELECT scopes FROM oidc_consent WHERE account = ?1 AND client = ?2", NULL, false};
static const struct stmt CONSENT_SET = {
    "oidc_consent_set",
    "INSERT INTO oidc_consent (account, client, scopes, given_at) VALUES (?1,?2,?3,?4)"
    " ON CONFLICT (account, client) DO UPDATE SET scopes = ?3, given_at = ?4",
    NULL, false};
static const struct stmt CONSENT_LIST = {
    "oidc_consent_list",
    "SELECT k.id, k.name_zh, k.name_en, k.purpose_zh, k.purpose_en, o.scopes, o.given_at FROM oidc_consent o"
    " JOIN oidc_client k ON k.id = o.client WHERE o.account = ?1 ORDER BY o.given_at DESC",
    NULL, false};
static const struct stmt CONSENT_END = {"oidc_consent_end",
                                        "DELETE FROM oidc_consent WHERE account = ?1 AND client = ?2", NULL, false};
static const struct stmt CONSENT_TOKENS = {"oidc_consent_tokens",
                                           "DELETE FROM oidc_token WHERE account = ?1 AND client = ?2", NULL, false};
static const struct stmt CODE_INSERT = {
    "oidc_code_insert",
    "INSERT INTO oidc_code (code_hash, client, account, redirect, challenge, nonce, scopes, auth_time, made_at, used)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,0)",
    NULL, false};

static void escaped(struct buf *b, struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        bool plain = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
                     (ch && strchr("-._~", ch));
        if (plain)
            buf_putc(b, ch);
        else
            buf_printf(b, "%%%02X", (unsigned char)ch);
    }
}

struct slice with_query(struct arena *a, struct slice address, ...)
{
    struct buf b = buf_new(a, 16384);
    va_list ap;
    const char *name;
    char between = slice_find(address, '?', 0) == SIZE_MAX ? '?' : '&';
    buf_put(&b, address);
    va_start(ap, address);
    while ((name = va_arg(ap, const char *))) {
        struct slice value = va_arg(ap, struct slice);
        if (!value.n) continue;
        buf_printf(&b, "%c%s=", between, name);
        escaped(&b, value);
        between = '&';
    }
    va_end(ap);
    return buf_slice(&b);
}

static const struct json *redirect(struct arena *a, struct slice address)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "redirect", address);
    return json_object(&b);
}

/* RFC 6749 4.1.2.1, with the issuer of RFC 9207. */
static const struct json *error(struct city *c, struct arena *a, const struct oidc_ask *q, const char *code)
{
    return redirect(
        a, with_query(a, q->redirect_uri, "error", slice_cstr(code), "state", q->state, "iss", c->base_url, NULL));
}

/* Until system and address are known nobody is sent anywhere (RFC 9700 4.11). */
static result known_client(struct city *c, struct arena *a, const struct oidc_ask *q, struct oidc_client *k)
{
    bool found;
    TRY(client_load(c, a, q->client_id, k, &found));
    if (!found) return fail(a, CODE_OIDC_ASK, S("client_id"), "value", slice_sub(q->client_id, 0, 80), NULL);
    if (!listed(k->redirects, q->redirect_uri))
        return fail(a, CODE_OIDC_ASK, S("redirect_uri"), "value", slice_sub(q->redirect_uri, 0, 200), NULL);
    return ok();
}

static bool word(struct slice list, const char *one)
{
    while (list.n) {
        struct slice w;
        (void)slice_cut(list, ' ', &w, &list);
        if (slice_is(w, one)) return true;
    }
    return false;
}

/* 43 to 128 unreserved characters are a verifier; the challenge of S256 is exactly 43 of base64url (RFC 7636 4.2). */
static bool challenge_good(struct arena *a, struct slice s)
{
    struct slice raw;
    return s.n == 43 && base64url_decode(a, s, &raw) && raw.n == 32;
}

static const char *fault(struct arena *a, const struct oidc_ask *q, const struct oidc_client *k, uint32_t *scopes)
{
    bool all;
    int64_t age;
    if (!slice_is(q->response_type, "code")) return "unsupported_response_type";
    if (q->response_mode.n && !slice_is(q->response_mode, "query")) return "invalid_request";
    if (!slice_is(q->code_challenge_method, "S256") || !challenge_good(a, q->code_challenge)) return "invalid_request";
    if (q->nonce.n > PARAMETER_MAX || q->state.n > PARAMETER_MAX) return "invalid_request";
    if (q->max_age.n && (!slice_int64(q->max_age, &age) || age < 0)) return "invalid_request";
    if (word(q->prompt, "none") && !slice_is(q->prompt, "none")) return "invalid_request";
    *scopes = scopes_scan(q->scope, &all);
    if (!(*scopes & SCOPE_OPENID) || !all || (*scopes & ~k->scopes)) return "invalid_scope";
    return NULL;
}

/* Whether the sign-in is new enough for what is asked. */
static bool fresh_enough(const struct oidc_ask *q, instant began, instant now)
{
    int64_t age;
    if (word(q->prompt, "login") && now - began > FRESH) return false;
    return !q->max_age.n || !slice_int64(q->max_age, &age) || age > 1000000 || now - began <= age * MS_SECOND + FRESH;
}

static const struct json *sign_in(struct arena *a, bool again)
{
    struct json_builder b = json_builder(a);
    json_set_bool(&b, "sign_in", true);
    json_set_bool(&b, "again", again);
    return json_object(&b);
}

static result consent_json(struct city *c, struct arena *a, const struct actor *x, const struct oidc_client *k,
                           uint32_t scopes, const struct json **out)
{
    struct json_builder b = json_builder(a), o = json_builder(a), list = json_builder(a), values = json_builder(a);
    TRY(claims_of(c, a, x, scopes, &values));
    const struct json *v = json_object(&values);
    for (size_t i = 0; i < v->n; i++) {
        struct json_builder one = json_builder(a);
        json_set_str(&one, "name", v->keys[i]);
        json_set(&one, "title", bitext_json(a, claim_title(v->keys[i])));
        json_set(&one, "value", v->items[i]);
        json_add(&list, json_object(&one));
    }
    json_set(&b, "client", bitext_json(a, k->name));
    json_set(&b, "purpose", bitext_json(a, k->purpose));
    json_set(&b, "claims", json_array(&list));
    json_set(&o, "consent", json_object(&b));
    *out = json_object(&o);
    return ok();
}

/* ---- the code ---- */

struct granting {
    const struct actor *x;
    const struct oidc_client *k;
    const struct oidc_ask *q;
    struct slice hash;
    uint32_t scopes;
    instant began, now;
    bool agreed;
};

static result grant_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct granting *g = ctx;
    struct sql_value account = sql_id(&g->x->account), client = sql_id(&g->k->id);
    struct json_builder b = json_builder(a);
    if (g->agreed) TRY(tx_exec(tx, a, &CONSENT_SET, BINDS(account, client, sql_int(g->scopes), sql_int(g->now)), NULL));
    TRY(tx_exec(tx, a, &CODE_INSERT,
                BINDS(sql_blob(g->hash), client, account, sql_text(g->q->redirect_uri), sql_text(g->q->code_challenge),
                      sql_text(g->q->nonce), sql_int(g->scopes), sql_int(g->began), sql_int(g->now)),
                NULL));
    json_set_id(&b, "system", id_bytes(&g->k->id));
    return audit_add(tx, a, g->x, g->now, "oidc.signed_in", json_object(&b));
}

static result consented(struct city *c, struct arena *a, const struct actor *x, const struct oidc_client *k,
                        uint32_t scopes, bool *out)
{
    struct rows r;
    *out = k->basis.n || scopes == SCOPE_OPENID;
    if (*out) return ok();
    TRY(store_query(c->store, a, &CONSENT_LOAD, BINDS(sql_id(&x->account), sql_id(&k->id)), &r));
    *out = r.n && !(scopes & ~(uint32_t)row(&r, 0)[0].i);
    return ok();
}

static result grant(struct city *c, struct arena *a, struct granting *g, const struct json **out)
{
    struct slice code = random_token(a, 32);
    g->hash = session_hash(a, code);
    TRY(store_run(c->store, a, "oidc_grant", grant_body, g));
    *out = redirect(a, with_query(a, g->q->redirect_uri, "code", code, "state", g->q->state, "iss", c->base_url, NULL));
    return ok();
}

result oidc_authorize(struct city *c, struct arena *a, const struct actor *x, struct slice session,
                      const struct oidc_ask *q, bool agreed, instant now, const struct json **out)
{
    struct oidc_client k;
    struct granting g = {.x = x, .k = &k, .q = q, .now = now};
    struct rows r;
    bool none = slice_is(q->prompt, "none"), has;
    TRY(known_client(c, a, q, &k));
    const char *wrong = fault(a, q, &k, &g.scopes);
    if (!c->id_key.n) wrong = "temporarily_unavailable";
    if (wrong) {
        *out = error(c, a, q, wrong);
        return ok();
    }
    TRY(store_query(c->store, a, &SESSION_BEGAN, BINDS(sql_blob(session.n ? session : S("-"))), &r));
    g.began = r.n ? row(&r, 0)[0].i : 0;
    if (!r.n || !fresh_enough(q, g.began, now)) {
        *out = none ? error(c, a, q, "login_required") : sign_in(a, r.n > 0);
        return ok();
    }
    /* signing in is one's own: who acts for somebody does not lend their name */
    if (!id_is_none(x->delegation) || x->must_change_password || x->must_add_key) {
        *out = error(c, a, q, "access_denied");
        return ok();
    }
    TRY(consented(c, a, x, &k, g.scopes, &has));
    if (word(q->prompt, "consent") && !k.basis.n) has = false;
    if (!has && !agreed) {
        if (!none) return consent_json(c, a, x, &k, g.scopes, out);
        *out = error(c, a, q, "consent_required");
        return ok();
    }
    g.agreed = agreed && !k.basis.n;
    return grant(c, a, &g, out);
}

result oidc_refuse(struct city *c, struct arena *a, const struct oidc_ask *q, const struct json **out)
{
    struct oidc_client k;
    TRY(known_client(c, a, q, &k));
    *out = error(c, a, q, "access_denied");
    return ok();
}

result oidc_logout(struct city *c, struct arena *a, struct slice client_id, struct slice address, struct slice state,
                   const struct json **out)
{
    struct oidc_client k;
    bool found = false;
    struct json_builder b = json_builder(a);
    if (client_id.n) TRY(client_load(c, a, client_id, &k, &found));
    bool good = found && address.n && listed(k.logouts, address);
    if (address.n && !good)
        return fail(a, CODE_OIDC_ASK, S("post_logout_redirect_uri"), "value", slice_sub(address, 0, 200), NULL);
    json_set(&b, "redirect", good ? json_of_string(a, with_query(a, address, "state", state, NULL)) : json_null());
    *out = json_object(&b);
    return ok();
}

/* ---- consent, afterwards ---- */

result oidc_consents(struct city *c, struct arena *a, const struct actor *x, const struct json **out)
{
    struct rows r;
    struct json_builder o = json_builder(a), list = json_builder(a);
    TRY(store_query(c->store, a, &CONSENT_LIST, BINDS(sql_id(&x->account)), &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct sql_value *v = row(&r, i);
        struct json_builder b = json_builder(a);
        json_set_id(&b, "client", v[0].s);
        json_set(&b, "name", bitext_json(a, (struct bitext){v[1].s, v[2].s}));
        json_set(&b, "purpose", bitext_json(a, (struct bitext){v[3].s, v[4].s}));
        json_set_str(&b, "scopes", scopes_text(a, (uint32_t)v[5].i));
        json_set_instant(&b, "at", v[6].i);
        json_add(&list, json_object(&b));
    }
    json_set(&o, "items", json_array(&list));
    *out = json_object(&o);
    return ok();
}

struct ending {
    const struct actor *x;
    struct id client;
    instant now;
};

static result end_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct ending *k = ctx;
    int64_t n;
    struct json_builder b = json_builder(a);
    TRY(tx_exec(tx, a, &CONSENT_END, BINDS(sql_id(&k->x->account), sql_id(&k->client)), &n));
    if (!n) return fail(a, CODE_NOT_FOUND, S("system"), "value", id_text(a, k->client), NULL);
    TRY(tx_exec(tx, a, &CONSENT_TOKENS, BINDS(sql_id(&k->x->account), sql_id(&k->client)), NULL));
    json_set_id(&b, "system", id_bytes(&k->client));
    return audit_add(tx, a, k->x, k->now, "oidc.consent_ended", json_object(&b));
}

result oidc_consent_end(struct city *c, struct arena *a, const struct actor *x, struct id client, instant now)
{
    struct ending k = {x, client, now};
    return store_run(c->store, a, "oidc_consent_end", end_body, &k);
}
