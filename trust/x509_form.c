/* What a certificate must look like: keys, the duties of those who issue (RFC 5280), the rules of public web servers, and uses. */
#include "trust/x509_parts.h"

#include <arpa/inet.h>
#include <openssl/core_names.h>

/* ---- keys ---- */

static bool modern_key(EVP_PKEY *key)
{
    char group[64];
    size_t n = 0;
    int from_parameters = 0;
    if (EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448") || EVP_PKEY_is_a(key, "SM2")) return true;
    if (EVP_PKEY_is_a(key, "RSA")) return EVP_PKEY_get_bits(key) >= 2048 && EVP_PKEY_get_bits(key) % 8 == 0;
    if (!EVP_PKEY_is_a(key, "EC")) return false;
    (void)EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &from_parameters);
    if (from_parameters || EVP_PKEY_get_group_name(key, group, sizeof group, &n) != 1) return false;
    struct slice g = slice_of(group, n);
    return slice_is(g, "prime256v1") || slice_is(g, "secp384r1") || slice_is(g, "secp521r1");
}

static bool modern_digest(const struct x509_cert *c)
{
    int digest = NID_undef;
    if (X509_get_signature_nid(c->x) == NID_SM2_with_SM3) return true;
    if (X509_get_signature_info(c->x, &digest, NULL, NULL, NULL) != 1) return false;
    return digest != NID_md5 && digest != NID_sha1 && digest != NID_md2 && digest != NID_md5_sha1;
}

result x509_check_key(struct arena *a, const struct x509_cert *c, EVP_PKEY *key, bool anchor)
{
    if (!key || !modern_key(key))
        return x509_refuse_for(a, CODE_CERT_KEY, c, "密钥算法、曲线或长度",
                               "the algorithm, curve or length of its key");
    if (!anchor && !modern_digest(c))
        return x509_refuse_for(a, CODE_CERT_KEY, c, "签名所用的散列算法", "the digest of its signature");
    return ok();
}

/* ---- duties of those who issue ---- */

static bool form(struct x509_work *w, const struct x509_cert *c, bool good, const char *zh, const char *en, result *r)
{
    if (!good && !failed(*r)) *r = x509_refuse_for(w->a, CODE_CERT_FORM, c, zh, en);
    return good;
}

static bool names_well_formed(const GENERAL_NAMES *names)
{
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);
        if (g->type == GEN_DNS && !x509_dns_valid(x509_string(g->d.dNSName), true)) return false;
        if (g->type == GEN_EMAIL && !x509_email_valid(x509_string(g->d.rfc822Name))) return false;
        if (g->type == GEN_IPADD && ASN1_STRING_length(g->d.iPAddress) != 4 && ASN1_STRING_length(g->d.iPAddress) != 16)
            return false;
    }
    return sk_GENERAL_NAME_num(names) > 0;
}

static bool serial_good(const struct x509_cert *c)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(c->x);
    return serial->type == V_ASN1_INTEGER && serial->length <= 20 && !(serial->length == 1 && serial->data[0] == 0) &&
           !(serial->length == 20 && serial->data[0] >= 0x80);
}

static void form_of_names(struct x509_work *w, const struct x509_cert *c, result *r)
{
    const GENERAL_NAMES *names = c->ext[EXT_NAMES];
    bool nameless = X509_NAME_entry_count(c->subject) == 0;
    form(w, c, X509_NAME_entry_count(c->issuer) > 0, "签发者名称为空", "an empty issuer", r);
    form(w, c, !(c->ca && nameless), "CA 的主体名称为空", "an empty subject of a CA", r);
    form(w, c, !names || names_well_formed(names), "主体备用名称不合格式", "a malformed alternative name", r);
    form(w, c, !nameless || (names && c->critical[EXT_NAMES]), "主体为空而备用名称不是关键扩展",
         "an empty subject without critical alternative names", r);
}

static void form_of_issuers(struct x509_work *w, const struct x509_cert *c, result *r)
{
    const NAME_CONSTRAINTS *nc = c->ext[EXT_CONSTRAINTS];
    bool signs = c->ext[EXT_USAGE] && (c->usage & KU_KEY_CERT_SIGN);
    form(w, c, !c->ca || c->critical[EXT_BASIC], "CA 的基本约束不是关键扩展", "basic constraints of a CA not critical",
         r);
    form(w, c, c->ca || !signs, "非 CA 而可签发证书", "may sign certificates without being a CA", r);
    form(w, c, !c->ca || !c->ext[EXT_USAGE] || signs, "CA 不得签发证书", "a CA that may not sign certificates", r);
    form(w, c, !nc || c->ca, "非 CA 带有名称约束", "name constraints outside of a CA", r);
    form(w, c, !nc || w->ask->web || c->critical[EXT_CONSTRAINTS], "名称约束不是关键扩展",
         "name constraints not critical", r);
    form(w, c,
         !nc || sk_GENERAL_SUBTREE_num(nc->permittedSubtrees) > 0 || sk_GENERAL_SUBTREE_num(nc->excludedSubtrees) > 0,
         "名称约束为空", "name constraints without any", r);
    form(w, c, !c->ext[EXT_POLICY_RULES] || c->critical[EXT_POLICY_RULES], "策略约束不是关键扩展",
         "policy constraints not critical", r);
}

/* An anchor's serial number and the key above it are of no use to us, and old roots have strange ones. */
result x509_check_form(struct x509_work *w, const struct x509_cert *c, bool anchor)
{
    const AUTHORITY_KEYID *authority = c->ext[EXT_AUTHORITY_KEY];
    result r = ok();
    form(w, c, X509_get_version(c->x) == X509_VERSION_3, "不是第 3 版", "not of version 3", &r);
    form(w, c, anchor || serial_good(c), "序列号不合规定", "a serial number out of range", &r);
    form(w, c, anchor || (authority && authority->keyid), "缺少颁发机构密钥标识", "no authority key identifier", &r);
    form(w, c, !c->critical[EXT_AUTHORITY_KEY] && !c->critical[EXT_SUBJECT_KEY] && !c->critical[EXT_ACCESS],
         "不应为关键的扩展标为关键", "an extension is critical that must not be", &r);
    form(w, c, !c->ca || c->ext[EXT_SUBJECT_KEY], "CA 缺少主体密钥标识", "no subject key identifier of a CA", &r);
    form_of_names(w, c, &r);
    form_of_issuers(w, c, &r);
    return r;
}

/* ---- public web servers ---- */

static bool has_purpose(const struct x509_cert *c, int nid)
{
    const EXTENDED_KEY_USAGE *list = c->ext[EXT_PURPOSES];
    for (int i = 0; list && i < sk_ASN1_OBJECT_num(list); i++)
        if (OBJ_obj2nid(sk_ASN1_OBJECT_value(list, i)) == nid) return true;
    return false;
}

/* A common name must be one of the alternative names, letter for letter. */
static bool common_name_listed(const struct x509_cert *c)
{
    const GENERAL_NAMES *names = c->ext[EXT_NAMES];
    int at = X509_NAME_get_index_by_NID(c->subject, NID_commonName, -1);
    if (at < 0) return true;
    struct slice cn = x509_string(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(c->subject, at)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);
        char text[INET6_ADDRSTRLEN] = "";
        if (g->type == GEN_DNS && slice_eq(x509_string(g->d.dNSName), cn)) return true;
        if (g->type != GEN_IPADD) continue;
        struct slice ip = x509_string(g->d.iPAddress);
        if (ip.n == 4 || ip.n == 16) (void)inet_ntop(ip.n == 4 ? AF_INET : AF_INET6, ip.p, text, sizeof text);
        if (slice_is(cn, text)) return true;
    }
    return false;
}

static bool root_keys_agree(const struct x509_cert *c)
{
    const AUTHORITY_KEYID *authority = c->ext[EXT_AUTHORITY_KEY];
    const ASN1_OCTET_STRING *own = c->ext[EXT_SUBJECT_KEY];
    return !authority || (authority->keyid && own && ASN1_OCTET_STRING_cmp(authority->keyid, own) == 0 &&
                          !authority->issuer && !authority->serial);
}

result x509_check_web(struct x509_work *w, size_t i)
{
    const struct x509_cert *c = w->chain[i];
    result r = ok();
    if (i + 1 == w->n && w->n > 1) {
        form(w, c, !c->self_issued || root_keys_agree(c), "根证书的密钥标识不合规定", "key identifiers of the root",
             &r);
        form(w, c, !c->ext[EXT_PURPOSES], "根证书带有扩展密钥用途", "purposes in the root", &r);
    }
    if (i > 0) return r;
    form(w, c, !c->ca, "服务器证书是 CA", "a server's certificate that is a CA", &r);
    form(w, c, c->ext[EXT_PURPOSES] && !c->critical[EXT_PURPOSES] && !has_purpose(c, NID_anyExtendedKeyUsage),
         "扩展密钥用途不合规定", "purposes missing, critical or any", &r);
    form(w, c, c->ext[EXT_NAMES] != NULL, "没有主体备用名称", "no alternative names", &r);
    form(w, c, X509_NAME_entry_count(c->subject) == 0 || !c->critical[EXT_NAMES], "主体备用名称标为关键",
         "critical alternative names beside a subject", &r);
    form(w, c, common_name_listed(c), "通用名不在备用名称之中", "a common name that is no alternative name", &r);
    return r;
}

/* ---- uses ---- */

result x509_check_use(struct x509_work *w, const struct x509_cert *c, bool end)
{
    enum x509_kind kind = x509_kind(c);
    bool sign = kind == X509_KIND_SIGNING || kind == X509_KIND_BOTH,
         encrypt = kind == X509_KIND_ENCRYPTION || kind == X509_KIND_BOTH;
    int purpose = w->ask->use == X509_USE_TLS_SERVER   ? NID_server_auth
                  : w->ask->use == X509_USE_TLS_CLIENT ? NID_client_auth
                                                       : NID_undef;
    if (end && ((w->ask->use == X509_USE_SIGN && !sign) || (w->ask->use == X509_USE_ENCRYPT && !encrypt)))
        return x509_refuse(w->a, CODE_CERT_KEY_USAGE, c);
    if (purpose != NID_undef && c->ext[EXT_PURPOSES] && !has_purpose(c, purpose) &&
        !has_purpose(c, NID_anyExtendedKeyUsage))
        return x509_refuse(w->a, CODE_CERT_PURPOSE, c);
    return ok();
}
