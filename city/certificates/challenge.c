/* A challenge: one line that says what its signature is for, where, for whom and when, under a MAC of this city's. Nothing is kept until it is
 * spent, so that asking for challenges fills nothing. */
#include "city/certificates/internal.h"
#include "trust/crypto.h"
#include "trust/proof.h"

#define HEAD "tongban-certificate-challenge/1 "
enum { CHALLENGE_MAX = 1000, NONCE_BYTES = 18 };

static const struct stmt SPEND = {"certificate_challenge_spend",
                                  "INSERT INTO certificate_challenge (nonce, at) VALUES (?1,?2)", NULL, false};

static struct slice mac_of(const struct city *c, struct arena *a, struct slice text)
{
    uint8_t key[CRYPTO_KEY_BYTES], mac[CRYPTO_HASH_BYTES];
    crypto_derive(c->key, "certificate.challenge", key);
    crypto_hmac_sha256(slice_of((const char *)key, sizeof key), text, mac);
    crypto_wipe(key, sizeof key);
    return base64url_encode(a, slice_of((const char *)mac, sizeof mac));
}

/* Where it may be used: this site, signing in or one account's binding. */
static struct slice front(const struct city *c, struct arena *a, const struct actor *x)
{
    struct slice who = x ? id_text(a, x->account) : S("-");
    return arena_printf(a, HEAD "site=%.*s purpose=%s account=%.*s ", SLICE_ARG(c->base_url), x ? "bind" : "sign-in",
                        SLICE_ARG(who));
}

struct slice certificate_challenge(const struct city *c, struct arena *a, const struct actor *x, instant now,
                                   instant *until)
{
    struct slice f = front(c, a, x), nonce = random_token(a, NONCE_BYTES);
    struct slice text = arena_printf(a, "%.*sat=%lld nonce=%.*s", SLICE_ARG(f), (long long)now, SLICE_ARG(nonce));
    *until = now + CHALLENGE_VALID;
    struct slice mac = mac_of(c, a, text);
    return arena_printf(a, "%.*s mac=%.*s", SLICE_ARG(text), SLICE_ARG(mac));
}

static result not_ours(struct arena *a)
{
    return fail(a, CODE_CERT_CHALLENGE, S("/challenge"), NULL);
}

result challenge_check(const struct city *c, struct arena *a, const struct actor *x, struct slice text, instant now,
                       struct slice *nonce)
{
    struct slice f = front(c, a, x), mark = S(" mac="), rest, at;
    int64_t from;
    size_t m = text.n <= CHALLENGE_MAX ? slice_search(text, mark) : SIZE_MAX;
    if (m == SIZE_MAX) return not_ours(a);
    struct slice body = slice_sub(text, 0, m), mac = slice_sub(text, m + mark.n, text.n);
    if (!slice_eq_secret(mac_of(c, a, body), mac) || !slice_starts(body, f)) return not_ours(a);
    rest = slice_sub(body, f.n + sizeof "at=" - 1, body.n);
    if (!slice_cut(rest, ' ', &at, &rest) || !slice_int64(at, &from)) return not_ours(a);
    *nonce = slice_sub(rest, sizeof "nonce=" - 1, rest.n);
    if (now < from || now >= from + CHALLENGE_VALID) return fail(a, CODE_CERT_CHALLENGE_STALE, S("/challenge"), NULL);
    return ok();
}

result challenge_spend(struct tx *tx, struct arena *a, struct slice nonce, instant now)
{
    if (!nonce.n) return ok(); /* by TLS: the handshake is the proof */
    result r = tx_exec(tx, a, &SPEND, BINDS(sql_blob(nonce), sql_int(now)), NULL);
    if (result_code(r) == CODE_STORE_CONSTRAINT) return fail(a, CODE_CERT_CHALLENGE_USED, S("/challenge"), NULL);
    return r;
}

/* ---- challenge, signature, certificate ---- */

static result parse_more(struct arena *a, const struct certificate_proof *p, struct x509_list have,
                         struct x509_list *out)
{
    size_t n = p->nmore < CERTIFICATES_SENT_MAX ? p->nmore : CERTIFICATES_SENT_MAX;
    const struct x509_cert **list = NEW_ARRAY(a, const struct x509_cert *, n + have.n + 1);
    *out = (struct x509_list){list, 0};
    for (size_t i = 0; i < have.n; i++) list[out->n++] = have.certs[i];
    for (size_t i = 0; i < n; i++) TRY(x509_parse(a, p->more[i], &list[out->n++]));
    return ok();
}

result proof_check(struct city *c, struct arena *a, const struct actor *x, const struct certificate_proof *p,
                   instant now, struct slice *nonce, struct judged *out)
{
    struct proof_signed s = {0};
    struct x509_list more;
    TRY(challenge_check(c, a, x, p->challenge, now, nonce));
    if (p->signed_data) {
        TRY(proof_cms(a, p->signature, p->challenge, &s));
    } else {
        TRY(x509_parse(a, p->certificate, &s.cert));
        TRY(proof_raw(a, s.cert, p->challenge, p->signature));
    }
    TRY(parse_more(a, p, s.others, &more));
    return certificate_judge(c, a, s.cert, more, X509_USE_SIGN, now, out);
}
