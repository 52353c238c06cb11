/* Building paths and validating them (RFC 5280, 6.1; RFC 4158). */
#include "trust/x509_parts.h"

#include <openssl/err.h>

/* ---- keys with inherited parameters (DSA; RFC 3279, 2.3.2) ---- */

static void free_key(void *p)
{
    EVP_PKEY_free(p);
}

/* The key of chain[i], with the parameters of the issuer's when it has none of its own. */
static EVP_PKEY *inherited_key(struct x509_work *w, size_t i)
{
    const struct x509_cert *c = w->chain[i];
    if (c->key || i + 1 >= w->n) return c->key;
    ASN1_OBJECT *oid, *up_oid;
    const unsigned char *bits;
    int n, type;
    X509_ALGOR *alg, *up_alg;
    const void *parameters;
    X509_PUBKEY *own = X509_get_X509_PUBKEY(c->x), *up = X509_get_X509_PUBKEY(w->chain[i + 1]->x), *made;
    if (X509_PUBKEY_get0_param(&oid, &bits, &n, &alg, own) != 1 ||
        X509_PUBKEY_get0_param(&up_oid, NULL, NULL, &up_alg, up) != 1 || OBJ_cmp(oid, up_oid) != 0)
        return NULL;
    X509_ALGOR_get0(NULL, &type, &parameters, up_alg);
    if (type != V_ASN1_SEQUENCE || !(made = X509_PUBKEY_new())) return NULL;
    ASN1_STRING *copy = ASN1_STRING_dup(parameters);
    unsigned char *key = OPENSSL_memdup(bits, (size_t)n);
    unsigned char *der = NULL;
    EVP_PKEY *out = NULL;
    if (copy && key && X509_PUBKEY_set0_param(made, OBJ_dup(oid), type, copy, key, n) == 1 &&
        (n = i2d_X509_PUBKEY(made, &der)) > 0) {
        const unsigned char *p = der;
        out = d2i_PUBKEY(NULL, &p, n);
    }
    OPENSSL_free(der);
    X509_PUBKEY_free(made);
    ERR_clear_error();
    if (out) arena_cleanup(w->a, free_key, out);
    return out;
}

/* ---- one path ---- */

static result check_time(struct x509_work *w, const struct x509_cert *c)
{
    if (w->at < c->not_before) return x509_refuse(w->a, CODE_CERT_NOT_YET, c);
    if (w->at > c->not_after) return x509_refuse(w->a, CODE_CERT_EXPIRED, c);
    return ok();
}

/* What every certificate of a path, the anchor among them, is asked. */
static result check_each(struct x509_work *w, size_t i)
{
    const struct x509_cert *c = w->chain[i];
    bool anchor = i + 1 == w->n;
    if (!anchor && !x509_signed_by(w, c, w->keys[i + 1]))
        return x509_refuse(w->a, w->budget->spent ? CODE_CERT_LIMIT : CODE_CERT_SIGNATURE, c);
    TRY(check_time(w, c));
    if (c->unknown_critical) return x509_refuse(w->a, CODE_CERT_CRITICAL, c);
    if (!w->ask->legacy_keys) TRY(x509_check_key(w->a, c, w->keys[i], anchor));
    if (w->ask->strict) TRY(x509_check_form(w, c, anchor && w->n > 1));
    if (w->ask->web && w->end) TRY(x509_check_web(w, i));
    return ok();
}

/* 6.1.4 (k) to (n), for those that issued another; *left: how many more may follow. */
static result check_issuer(struct x509_work *w, size_t i, long *left)
{
    const struct x509_cert *c = w->chain[i];
    bool anchor = i + 1 == w->n;
    if (!c->ca) return x509_refuse(w->a, CODE_CERT_NOT_CA, c);
    if (!(c->usage & KU_KEY_CERT_SIGN)) return x509_refuse(w->a, CODE_CERT_KEY_USAGE, c);
    if (!anchor && !c->self_issued && --*left < 0) return x509_refuse(w->a, CODE_CERT_PATH_LENGTH, c);
    if (c->path_length >= 0 && c->path_length < *left) *left = c->path_length;
    return anchor ? ok() : x509_check_use(w, c, false);
}

static result check_path(struct x509_work *w)
{
    long left = w->ask->limit_intermediates ? (long)w->ask->intermediates : X509_CHAIN_MAX;
    for (size_t i = w->n; i-- > 0;) {
        w->keys[i] = inherited_key(w, i);
        TRY(check_each(w, i));
        if (i > 0) TRY(check_issuer(w, i, &left));
        TRY(x509_check_constraints(w, i));
        if (i + 1 < w->n && w->ask->revocation == X509_REVOCATION_ALL) TRY(x509_check_revocation(w, i));
    }
    if (!w->end) return ok();
    TRY(x509_check_use(w, w->chain[0], true));
    TRY(x509_check_policies(w));
    return x509_check_name(w, w->chain[0]);
}

/* ---- building ---- */

static bool same_cert(const struct x509_cert *a, const struct x509_cert *b)
{
    return a == b || slice_eq(a->der, b->der);
}

static bool is_anchor(const struct x509_work *w, const struct x509_cert *c)
{
    if (w->anchor) return same_cert(w->anchor, c);
    for (size_t i = 0; i < w->ask->anchors.n; i++)
        if (same_cert(w->ask->anchors.certs[i], c)) return true;
    return false;
}

/* A path goes through a subject and key once. */
static bool in_chain(const struct x509_work *w, const struct x509_cert *c)
{
    for (size_t i = 0; i < w->n; i++) {
        const struct x509_cert *have = w->chain[i];
        if (same_cert(have, c)) return true;
        if (i > 0 && X509_NAME_cmp(have->subject, c->subject) == 0 && have->key && c->key &&
            EVP_PKEY_eq(have->key, c->key) == 1)
            return true;
    }
    return false;
}

/* Whether the issuer's key is the one that the certificate names; true when one of them says nothing. */
static bool key_named(const struct x509_cert *c, const struct x509_cert *issuer)
{
    const AUTHORITY_KEYID *authority = c->ext[EXT_AUTHORITY_KEY];
    const ASN1_OCTET_STRING *own = issuer->ext[EXT_SUBJECT_KEY];
    return !authority || !authority->keyid || !own || ASN1_OCTET_STRING_cmp(authority->keyid, own) == 0;
}

/* Keeps the refusal of the path that came furthest; a path at all comes further than none. */
static bool complete(struct x509_work *w)
{
    if (!x509_spend(w, &w->budget->paths)) return false;
    result r = check_path(w);
    if (!failed(r)) {
        w->worst = ok();
        if (w->out) {
            w->out->n = w->n;
            memcpy(w->out->certs, w->chain, w->n * sizeof *w->chain);
        }
        return true;
    }
    if (w->worst_rank == 0 || result_code(w->worst) == CODE_CERT_SIGNATURE) w->worst = r;
    w->worst_rank = 1;
    return false;
}

static bool extend(struct x509_work *w);

/* Goes on with those of the list that may have issued the last of the chain. */
static bool try_list(struct x509_work *w, struct x509_list list, bool named)
{
    const struct x509_cert *c = w->chain[w->n - 1];
    for (size_t i = 0; i < list.n && !w->budget->spent; i++) {
        const struct x509_cert *up = list.certs[i];
        if (X509_NAME_cmp(up->subject, c->issuer) != 0 || key_named(c, up) != named || in_chain(w, up)) continue;
        w->chain[w->n++] = up;
        bool found = extend(w);
        w->n--;
        if (found) return true;
    }
    return false;
}

static bool extend(struct x509_work *w)
{
    struct x509_list anchors = w->ask->anchors, one = {&w->anchor, 1};
    if (w->anchor) anchors = one;
    if (is_anchor(w, w->chain[w->n - 1])) return complete(w);
    /* a link whose signature is wrong leads nowhere: no need to look for what lies above it */
    if (w->n > 1 && w->chain[w->n - 1]->key && !x509_signed_by(w, w->chain[w->n - 2], w->chain[w->n - 1]->key)) {
        if (w->worst_rank == 0 && key_named(w->chain[w->n - 2], w->chain[w->n - 1]))
            w->worst = x509_refuse(w->a, CODE_CERT_SIGNATURE, w->chain[w->n - 2]);
        return false;
    }
    if (w->n == X509_CHAIN_MAX) return false;
    for (int named = 1; named >= 0; named--)
        if (try_list(w, anchors, named) || try_list(w, w->ask->pool, named)) return true;
    return false;
}

static result search(struct x509_work *w, const struct x509_cert *leaf)
{
    w->chain[0] = leaf;
    w->n = 1;
    w->worst = x509_refuse(w->a, CODE_CERT_UNTRUSTED, leaf);
    bool found = extend(w);
    if (found) return ok();
    if (w->budget->spent) return x509_refuse(w->a, CODE_CERT_LIMIT, leaf);
    return w->worst;
}

result x509_validate(struct arena *a, const struct x509_cert *leaf, const struct x509_ask *ask, struct x509_path *out)
{
    struct x509_budget budget = {X509_SIGNATURES_MAX, X509_PATHS_MAX, X509_NAMES_MAX, false};
    struct x509_work *w = NEW(a, struct x509_work);
    *out = (struct x509_path){0};
    *w = (struct x509_work){.a = a, .ask = ask, .budget = &budget, .end = true, .out = out};
    w->at = ask->at / MS_SECOND - (ask->at % MS_SECOND < 0);
    return search(w, leaf);
}

bool x509_crl_issuer_holds(struct x509_work *w, const struct x509_cert *c)
{
    enum { DEPTH_MAX = 2 };
    if (w->depth == DEPTH_MAX) return false;
    struct x509_work *own = NEW(w->a, struct x509_work);
    *own = (struct x509_work){.a = w->a, .ask = w->ask, .budget = w->budget, .at = w->at, .depth = w->depth + 1};
    own->anchor = w->chain[w->n - 1];
    return !failed(search(own, c));
}
