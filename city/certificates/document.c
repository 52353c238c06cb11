/* A trust list signed by its city: {"format": "tongban trust list 1", "record", "signatures"}, the signatures over the canonical JSON of the record
 * (RFC 8785) by the signer's two record keys, under a purpose of their own ("trust.list"). */
#include "city/certificates/internal.h"
#include "trust/canonical.h"
#include "trust/proof.h"
#include "trust/signer.h"

#define FORMAT "tongban trust list 1"
enum { ANCHORS_MAX = 8, SIGNERS_MAX = 8 };

result trust_document_make(struct city *c, struct arena *a, const struct json *record, struct slice *text)
{
    struct slice canonical;
    struct record_signatures made;
    struct signer_certificates k;
    if (!c->signer)
        return fail(a, CODE_UNAVAILABLE, S("signer"), "detail_zh", S("签名器不可用"), "detail_en",
                    S("the signer is not there"), NULL);
    TRY(canonical_json(a, record, &canonical));
    TRY(signer_sign_trust_list(c->signer, a, json_string(record, "id"), canonical, &made));
    TRY(signer_certificates(c->signer, a, &k));
    struct json_builder b = json_builder(a), s = json_builder(a);
    json_set_str(&s, "sm2", base64_encode(a, made.sm2));
    json_set_str(&s, "sm2_certificate", k.sm2);
    json_set_str(&s, "ed25519", base64_encode(a, made.ed25519));
    json_set_str(&s, "ed25519_certificate", k.ed25519);
    json_set_str(&s, "issuing_certificate", k.issuing);
    json_set_cstr(&b, "format", FORMAT);
    json_set(&b, "record", record);
    json_set(&b, "signatures", json_object(&s));
    *text = json_write(a, json_object(&b));
    return ok();
}

static result unsigned_(struct arena *a)
{
    return fail(a, CODE_TRUST_LIST_SIGNATURE, S("/document"), NULL);
}

/* The certificates of a PEM text. */
static result read_pem(struct arena *a, struct slice pem, const struct x509_cert **list, size_t max, size_t *n)
{
    struct slice der;
    size_t at = 0;
    while (x509_pem_next(a, pem, &at, "CERTIFICATE", &der)) {
        if (*n == max) return unsigned_(a);
        TRY(x509_parse(a, der, &list[*n]));
        ++*n;
    }
    return ok();
}

static result check_one(struct arena *a, const struct json *signatures, const char *member, struct slice text,
                        const struct x509_ask *ask)
{
    const struct x509_cert *cert;
    struct x509_path path;
    struct slice der, sig;
    size_t at = 0;
    struct slice pem = json_string(signatures, arena_cstr(a, arena_printf(a, "%s_certificate", member)));
    if (!x509_pem_next(a, pem, &at, "CERTIFICATE", &der) || failed(x509_parse(a, der, &cert)) ||
        !base64_decode(a, json_string(signatures, member), &sig) || failed(proof_raw(a, cert, text, sig)) ||
        failed(x509_validate(a, cert, ask, &path)))
        return unsigned_(a);
    return ok();
}

result trust_document_open(struct arena *a, struct slice text, struct slice anchors, instant now,
                           const struct json **record, struct trust_list *out)
{
    const struct json *v;
    const struct x509_cert *roots[ANCHORS_MAX], *pool[SIGNERS_MAX];
    size_t nroots = 0, npool = 0;
    struct slice canonical;
    TRY(json_parse(a, text, TRUST_LIST_MAX_BYTES, S("/document"), &v));
    *record = json_get(v, "record");
    const struct json *signatures = json_get(v, "signatures");
    if (!slice_is(json_string(v, "format"), FORMAT) || !*record || !signatures)
        return trust_form_wrong(a, S("/document"), "不是信任列表文件", "it is no trust list");
    TRY(canonical_json(a, *record, &canonical));
    TRY(read_pem(a, anchors, roots, ANCHORS_MAX, &nroots));
    if (nroots == 0)
        return trust_form_wrong(a, S("/anchors"), "没有 PEM 格式的根证书", "there is no root certificate in PEM");
    TRY(read_pem(a, json_string(signatures, "issuing_certificate"), pool, SIGNERS_MAX, &npool));
    struct x509_ask ask = {.anchors = {roots, nroots}, .pool = {pool, npool}, .at = now, .use = X509_USE_SIGN};
    TRY(check_one(a, signatures, "sm2", canonical, &ask));
    TRY(check_one(a, signatures, "ed25519", canonical, &ask));
    TRY(trust_list_parse(a, *record, out));
    if (out->valid_until < now)
        return fail(a, CODE_TRUST_LIST_EXPIRED, S("/document"), "value", instant_text(a, out->valid_until), NULL);
    return ok();
}
