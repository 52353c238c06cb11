/* Parsing certificates; signatures. */
#include "trust/x509_parts.h"

#include "trust/der.h"

#include <openssl/err.h>
#include <time.h>

static const int EXT_NIDS[EXT_COUNT] = {
    [EXT_BASIC] = NID_basic_constraints,
    [EXT_USAGE] = NID_key_usage,
    [EXT_PURPOSES] = NID_ext_key_usage,
    [EXT_NAMES] = NID_subject_alt_name,
    [EXT_ISSUER_NAMES] = NID_issuer_alt_name,
    [EXT_CONSTRAINTS] = NID_name_constraints,
    [EXT_POLICIES] = NID_certificate_policies,
    [EXT_MAPPINGS] = NID_policy_mappings,
    [EXT_POLICY_RULES] = NID_policy_constraints,
    [EXT_INHIBIT_ANY] = NID_inhibit_any_policy,
    [EXT_POINTS] = NID_crl_distribution_points,
    [EXT_FRESHEST] = NID_freshest_crl,
    [EXT_AUTHORITY_KEY] = NID_authority_key_identifier,
    [EXT_SUBJECT_KEY] = NID_subject_key_identifier,
    [EXT_ACCESS] = NID_info_access,
};

/* ---- refusals ---- */

struct slice x509_subject(struct arena *a, const struct x509_cert *c)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    unsigned long flags = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
    long n = bio && X509_NAME_print_ex(bio, c->subject, 0, flags) >= 0 ? BIO_get_mem_data(bio, &text) : 0;
    struct slice s = n > 0 ? arena_copy(a, slice_of(text, n > 400 ? 400 : (size_t)n)) : S("?");
    BIO_free(bio);
    return slice_sub(s, 0, slice_utf8_end(s));
}

struct slice x509_serial(struct arena *a, const struct x509_cert *c)
{
    return hex_encode(a, x509_string(X509_get0_serialNumber(c->x)));
}

struct slice x509_pem(struct arena *a, const char *label, struct slice der)
{
    struct slice text = base64_encode(a, der);
    struct buf b = buf_new(a, text.n + text.n / 64 + 200);
    buf_printf(&b, "-----BEGIN %s-----\n", label);
    for (size_t i = 0; i < text.n; i += 64) buf_printf(&b, "%.*s\n", SLICE_ARG(slice_sub(text, i, 64)));
    buf_printf(&b, "-----END %s-----\n", label);
    return buf_slice(&b);
}

result x509_refuse(struct arena *a, enum code code, const struct x509_cert *c)
{
    return fail(a, code, x509_subject(a, c), NULL);
}

result x509_refuse_for(struct arena *a, enum code code, const struct x509_cert *c, const char *zh, const char *en)
{
    return fail(a, code, x509_subject(a, c), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

result x509_malformed(struct arena *a, const char *zh, const char *en)
{
    ERR_clear_error();
    return fail(a, CODE_CERT_MALFORMED, S(""), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

/* ---- parsing ---- */

static void free_cert(void *p)
{
    struct x509_cert *c = p;
    for (int i = 0; i < EXT_COUNT; i++)
        if (c->ext[i]) ASN1_item_free(c->ext[i], ASN1_ITEM_ptr(X509V3_EXT_get_nid(EXT_NIDS[i])->it));
    X509_free(c->x);
}

/* UTCTime and GeneralizedTime in the one form that RFC 5280, 4.1.2.5 allows: seconds, Z, no fraction. */
bool x509_time(const ASN1_TIME *t, int64_t *seconds)
{
    struct slice s = x509_string(t);
    size_t digits = t->type == V_ASN1_UTCTIME ? 12 : 14;
    if (s.n != digits + 1 || s.p[digits] != 'Z') return false;
    for (size_t i = 0; i < digits; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    struct tm tm;
    if (ASN1_TIME_to_tm(t, &tm) != 1 || !civil_valid(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday)) return false;
    if (tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 59) return false;
    *seconds = (int64_t)timegm(&tm);
    return true;
}

static int known(int nid)
{
    for (int i = 0; i < EXT_COUNT; i++)
        if (EXT_NIDS[i] == nid) return i;
    return -1;
}

static result read_extension(struct arena *a, struct x509_cert *c, int at)
{
    X509_EXTENSION *e = X509_get_ext(c->x, at);
    ASN1_OBJECT *oid = X509_EXTENSION_get_object(e);
    for (int i = 0; i < at; i++)
        if (OBJ_cmp(X509_EXTENSION_get_object(X509_get_ext(c->x, i)), oid) == 0)
            return x509_malformed(a, "同一扩展出现两次", "an extension stands twice");
    int k = known(OBJ_obj2nid(oid));
    if (k < 0) {
        c->unknown_critical = c->unknown_critical || X509_EXTENSION_get_critical(e);
        return ok();
    }
    c->critical[k] = X509_EXTENSION_get_critical(e);
    if (!der_strict(x509_string(X509_EXTENSION_get_data(e))))
        return x509_malformed(a, "扩展的编码有误", "an extension is not DER");
    c->ext[k] = X509V3_EXT_d2i(e);
    return c->ext[k] ? ok() : x509_malformed(a, "扩展的内容有误", "an extension's content is malformed");
}

static result read_extensions(struct arena *a, struct x509_cert *c)
{
    int n = X509_get_ext_count(c->x);
    if (n > 64) return x509_malformed(a, "扩展过多", "too many extensions");
    for (int i = 0; i < n; i++) TRY(read_extension(a, c, i));
    const BASIC_CONSTRAINTS *basic = c->ext[EXT_BASIC];
    const ASN1_BIT_STRING *usage = c->ext[EXT_USAGE];
    const EXTENDED_KEY_USAGE *purposes = c->ext[EXT_PURPOSES];
    c->ca = basic && basic->ca;
    c->path_length = -1;
    if (basic && basic->pathlen) {
        c->path_length = ASN1_INTEGER_get(basic->pathlen);
        if (c->path_length < 0) return x509_malformed(a, "路径长度有误", "a bad path length");
    }
    c->usage = UINT32_MAX;
    if (usage) {
        c->usage = usage->length > 0 ? usage->data[0] : 0;
        if (usage->length > 1) c->usage |= (unsigned)usage->data[1] << 8;
    }
    if (purposes && sk_ASN1_OBJECT_num(purposes) == 0)
        return x509_malformed(a, "扩展密钥用途为空", "an empty list of purposes");
    return ok();
}

result x509_parse(struct arena *a, struct slice der, const struct x509_cert **out)
{
    struct x509_cert *c = NEW(a, struct x509_cert);
    if (der.n == 0 || der.n > X509_MAX_BYTES) return x509_malformed(a, "长度不合理", "of no possible length");
    if (!der_strict(der)) return x509_malformed(a, "不是 DER 编码，或被截断", "not DER, or cut off");
    c->der = arena_copy(a, der);
    const unsigned char *p = (const unsigned char *)c->der.p;
    c->x = d2i_X509(NULL, &p, (long)c->der.n);
    arena_cleanup(a, free_cert, c);
    if (!c->x || p != (const unsigned char *)c->der.p + c->der.n)
        return x509_malformed(a, "不是证书", "not a certificate");
    c->subject = X509_get_subject_name(c->x);
    c->issuer = X509_get_issuer_name(c->x);
    c->self_issued = X509_NAME_cmp(c->subject, c->issuer) == 0;
    c->key = X509_get0_pubkey(c->x);
    if (c->key && EVP_PKEY_missing_parameters(c->key)) c->key = NULL; /* they are its issuer's */
    if (!x509_time(X509_get0_notBefore(c->x), &c->not_before) || !x509_time(X509_get0_notAfter(c->x), &c->not_after))
        return x509_malformed(a, "有效期的日期有误", "a date of its validity does not exist");
    if (c->not_after < c->not_before)
        return x509_malformed(a, "有效期止于其始之前", "its validity ends before it begins");
    TRY(read_extensions(a, c));
    ERR_clear_error();
    *out = c;
    return ok();
}

bool x509_pem_next(struct arena *a, struct slice pem, size_t *at, const char *label, struct slice *der)
{
    struct slice rest = slice_sub(pem, *at, SIZE_MAX), begin = arena_printf(a, "-----BEGIN %s-----", label),
                 end = arena_printf(a, "-----END %s-----", label);
    size_t from = slice_search(rest, begin);
    if (from == SIZE_MAX) return false;
    rest = slice_sub(rest, from + begin.n, SIZE_MAX);
    size_t to = slice_search(rest, end);
    if (to == SIZE_MAX) return false;
    struct buf b = buf_new(a, 2 * X509_CRL_MAX_BYTES);
    for (size_t i = 0; i < to; i++)
        if (rest.p[i] != '\n' && rest.p[i] != '\r' && rest.p[i] != ' ') buf_putc(&b, rest.p[i]);
    *at = (size_t)(rest.p - pem.p) + to + end.n;
    return base64_decode(a, buf_slice(&b), der);
}

/* ---- what it is for ---- */

enum x509_kind x509_kind(const struct x509_cert *c)
{
    bool sign = (c->usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0,
         encrypt = (c->usage & (KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT | KU_KEY_AGREEMENT)) != 0;
    if (sign && encrypt) return X509_KIND_BOTH;
    return sign ? X509_KIND_SIGNING : encrypt ? X509_KIND_ENCRYPTION : X509_KIND_OTHER;
}

bool x509_is_pair(const struct x509_cert *signing, const struct x509_cert *encryption)
{
    return x509_kind(signing) == X509_KIND_SIGNING && x509_kind(encryption) == X509_KIND_ENCRYPTION &&
           X509_NAME_cmp(signing->subject, encryption->subject) == 0 &&
           X509_NAME_cmp(signing->issuer, encryption->issuer) == 0;
}

/* ---- signatures ---- */

bool x509_spend(struct x509_work *w, unsigned *left)
{
    if (*left == 0) {
        w->budget->spent = true;
        return false;
    }
    --*left;
    return true;
}

bool x509_sm2_verify(struct arena *a, struct slice signed_der, EVP_PKEY *key)
{
    struct slice s = signed_der, seq, body, whole, alg, sig;
    struct crypto_key *k;
    if (!der_take(&s, 0x30, &seq, NULL) || !der_take(&seq, 0x30, &body, &whole) || !der_take(&seq, 0x30, &alg, NULL) ||
        !der_take(&seq, 0x03, &sig, NULL) || sig.n < 2 || sig.p[0] != 0 || EVP_PKEY_up_ref(key) != 1)
        return false;
    if (failed(crypto_key_of_handle(a, key, &k))) return false;
    return crypto_verify(k, whole, slice_sub(sig, 1, SIZE_MAX));
}

bool x509_signed_by(struct x509_work *w, const struct x509_cert *c, EVP_PKEY *key)
{
    if (!key || !x509_spend(w, &w->budget->signatures)) return false;
    bool good;
    if (EVP_PKEY_is_a(key, "SM2"))
        good = X509_get_signature_nid(c->x) == NID_SM2_with_SM3 && x509_sm2_verify(w->a, c->der, key);
    else
        good = X509_verify(c->x, key) == 1;
    const X509_ALGOR *outer;
    X509_get0_signature(NULL, &outer, c->x);
    ERR_clear_error();
    return good && X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(c->x)) == 0;
}

bool x509_crl_signed_by(struct x509_work *w, const struct x509_crl *c, EVP_PKEY *key)
{
    if (!key || !x509_spend(w, &w->budget->signatures)) return false;
    bool good;
    if (EVP_PKEY_is_a(key, "SM2"))
        good = X509_CRL_get_signature_nid(c->x) == NID_SM2_with_SM3 && x509_sm2_verify(w->a, c->der, key);
    else
        good = X509_CRL_verify(c->x, key) == 1;
    ERR_clear_error();
    return good;
}
