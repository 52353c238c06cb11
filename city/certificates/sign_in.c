/* Signing in by certificate, and binding one. */
#include "city/certificates/internal.h"

struct entering {
    struct city *c;
    const struct judged *j;
    struct owner owner;
    struct id bound; /* ID_NONE: at first use */
    struct slice nonce, totp, old, hash;
    instant now;
};

/* What is refused is noted: which reason, which CA; nothing of the person. */
static void note_refusal(struct city *c, struct arena *a, const struct judged *j, result r, instant now)
{
    const struct actor nobody = {.kind = ACTOR_NOBODY};
    struct json_builder b = json_builder(a);
    json_set_cstr(&b, "code", code_name(result_code(r)));
    if (j->ca) json_set_str(&b, "ca", j->ca->id);
    result noted = audit_note(c, a, &nobody, now, "signin.certificate_refused", json_object(&b));
    (void)failed(noted); /* the refusal stands whether or not it could be noted */
}

static result no_account(struct arena *a)
{
    return fail(a, CODE_CERT_ACCOUNT, S("/certificate"), NULL);
}

static result enter_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct entering *e = ctx;
    struct id bound = e->bound;
    TRY(challenge_spend(tx, a, e->nonce, e->now));
    if (id_is_none(bound)) TRY(bound_add(e->c, tx, a, &e->owner, e->j, "signin", e->now, &bound));
    TRY(bound_used(tx, a, bound, e->now));
    struct json_builder b = json_builder(a);
    json_set_id(&b, "certificate", id_bytes(&bound));
    json_set_str(&b, "ca", e->j->ca->id);
    const struct proven_signin s = {.account = e->owner.account,
                                    .delegation = e->owner.delegation,
                                    .totp = e->totp,
                                    .old = e->old,
                                    .hash = e->hash,
                                    .action = "signin.certificate",
                                    .details = json_object(&b)};
    return identity_sign_in_proven(e->c, tx, a, &s, e->now);
}

/* The account: the one it is bound to, or at first use the one it names. */
static result find_owner(struct entering *e, struct arena *a)
{
    struct bound b;
    bool found;
    TRY(bound_find(e->c, a, e->j->cert, &b, &found));
    if (!found) {
        TRY(owner_of(e->c, a, e->j, e->now, &e->owner, &found));
        return found ? ok() : no_account(a);
    }
    e->bound = b.id;
    e->owner = (struct owner){.account = b.account, .enterprise = b.enterprise, .delegation = ID_NONE};
    if (id_is_none(b.enterprise)) return ok();
    TRY(owner_delegation(e->c, a, b.enterprise, b.account, e->now, &e->owner.delegation, &found));
    return found ? ok() : no_account(a);
}

static result enter(struct entering *e, struct arena *a, struct slice *token, struct slice *hash)
{
    TRY(find_owner(e, a));
    struct slice t = random_token(a, 32);
    e->hash = session_hash(a, t);
    result r = store_run(e->c->store, a, "certificate_sign_in", enter_body, e);
    if (result_code(r) == CODE_TOTP_WRONG) TRY(identity_count_failure(e->c, a, e->owner.account, e->now));
    if (result_code(r) == CODE_AUTH_FAILED || result_code(r) == CODE_VAULT_ERASED) return no_account(a);
    TRY(r);
    *token = t;
    *hash = e->hash;
    return ok();
}

static result noting(struct city *c, struct arena *a, const struct judged *j, result r, instant now)
{
    if (failed(r) && result_code(r) != CODE_AUTH_TOTP_REQUIRED) note_refusal(c, a, j, r, now);
    return r;
}

result certificate_sign_in(struct city *c, struct arena *a, const struct certificate_proof *p, struct slice old,
                           instant now, struct slice *token, struct slice *hash)
{
    struct judged j = {0};
    struct entering e = {.c = c, .j = &j, .bound = ID_NONE, .totp = p->totp, .old = old, .now = now};
    result r = proof_check(c, a, NULL, p, now, &e.nonce, &j);
    if (!failed(r)) r = enter(&e, a, token, hash);
    return noting(c, a, &j, r, now);
}

result certificate_sign_in_tls(struct city *c, struct arena *a, const struct slice *chain, size_t n, struct slice totp,
                               struct slice old, instant now, struct slice *token, struct slice *hash)
{
    struct judged j = {0};
    struct entering e = {.c = c, .j = &j, .bound = ID_NONE, .totp = totp, .old = old, .now = now};
    const struct x509_cert *certs[CERTIFICATES_SENT_MAX];
    if (n == 0) return fail(a, CODE_CERT_NONE, S("tls"), NULL);
    if (n > CERTIFICATES_SENT_MAX) n = CERTIFICATES_SENT_MAX;
    for (size_t i = 0; i < n; i++) TRY(x509_parse(a, chain[i], &certs[i]));
    struct x509_list more = {certs + 1, n - 1};
    result r = certificate_judge(c, a, certs[0], more, X509_USE_TLS_CLIENT, now, &j);
    if (!failed(r)) r = enter(&e, a, token, hash);
    return noting(c, a, &j, r, now);
}

/* ---- binding ---- */

struct binding {
    struct city *c;
    const struct judged *j;
    struct owner owner;
    struct slice nonce;
    struct id id;
    instant now;
};

static result bind_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct binding *k = ctx;
    TRY(challenge_spend(tx, a, k->nonce, k->now));
    return bound_add(k->c, tx, a, &k->owner, k->j, "account", k->now, &k->id);
}

result certificate_bind(struct city *c, struct arena *a, const struct actor *x, const struct certificate_proof *p,
                        instant now, const struct json **out)
{
    struct judged j = {0};
    struct binding k = {.c = c, .j = &j, .now = now};
    TRY(proof_check(c, a, x, p, now, &k.nonce, &j));
    TRY(owner_is(c, a, x, &j, now, &k.owner));
    TRY(store_run(c->store, a, "certificate_bind", bind_body, &k));
    return certificates_of(c, a, x, out);
}
