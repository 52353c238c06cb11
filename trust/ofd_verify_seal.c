/* One signature of an OFD package against its Signature.xml, its certificates and its seal: steps (a) to (f) of GM/T 0031, 6.2.3. */
#include "trust/ofd_verify.h"

#include "trust/x509_parts.h"

#define CLOCKS_DIFFER (10 * MS_MINUTE)

/* ---- certificates ---- */

static bool signed_by(struct arena *a, const struct x509_cert *c, struct slice message, struct slice value)
{
    struct crypto_key *k;
    if (!c || !c->key || !EVP_PKEY_is_a(c->key, "SM2") || EVP_PKEY_up_ref(c->key) != 1) return false;
    return !failed(crypto_key_of_handle(a, c->key, &k)) && crypto_verify(k, message, value);
}

/* A list that the issuer above this certificate signed. */
static bool lists(struct ofd_work *w, const struct x509_crl *crl, const struct x509_cert *c,
                  const struct x509_cert *issuer)
{
    return crl->usable && !crl->base && !crl->point && X509_NAME_cmp(crl->issuer, c->issuer) == 0 && issuer->key &&
           (issuer->usage & KU_CRL_SIGN) && EVP_PKEY_is_a(issuer->key, "SM2") &&
           x509_sm2_verify(w->a, crl->der, issuer->key);
}

enum revoked { REVOKED_NO, REVOKED_BEFORE, REVOKED_AFTER, REVOKED_UNKNOWN };

/* By the lists of the trust file: whether it was revoked, before or after the time of signing. A list may be younger than the signature. */
static enum revoked revoked(struct ofd_work *w, const struct x509_path *path, instant at)
{
    enum revoked found = REVOKED_UNKNOWN;
    if (path->n < 2) return REVOKED_NO; /* trusted by itself */
    for (size_t i = 0; i < w->anchors->ncrls; i++) {
        const struct x509_crl *crl = w->anchors->crls[i];
        X509_REVOKED *entry = NULL;
        int64_t when;
        if (!lists(w, crl, path->certs[0], path->certs[1])) continue;
        if (X509_CRL_get0_by_serial(crl->x, &entry, X509_get_serialNumber(path->certs[0]->x)) != 1) {
            if (found == REVOKED_UNKNOWN && crl->this_update * MS_SECOND >= at) found = REVOKED_NO;
            continue;
        }
        if (!x509_time(X509_REVOKED_get0_revocationDate(entry), &when) || when * MS_SECOND <= at) return REVOKED_BEFORE;
        found = REVOKED_AFTER;
    }
    return found;
}

/* The time for which certificates are judged. */
static instant judged(const struct ofd_work *w, instant stated)
{
    return w->ask->certificates_at ? w->ask->certificates_at : stated;
}

/* Chain, period, key usage at that time. */
static bool chain_holds(struct ofd_work *w, const char *name, const struct x509_cert *c, instant at,
                        struct x509_path *path, const char *who_zh, const char *who_en)
{
    const struct x509_ask ask = {
        .anchors = {w->anchors->list, w->anchors->nlist}, .at = judged(w, at), .use = X509_USE_SIGN};
    result r = x509_validate(w->a, c, &ask, path);
    if (failed(r)) {
        ofd_report_problem(w, name, r);
        return false;
    }
    struct slice subject = x509_subject(w->a, c);
    ofd_report(w, name, CHECK_OK, arena_printf(w->a, "%s的证书可信：%.*s", who_zh, SLICE_ARG(subject)),
               arena_printf(w->a, "the certificate of the %s is trusted: %.*s", who_en, SLICE_ARG(subject)));
    return true;
}

static void check_revocation(struct ofd_work *w, const char *name, const struct x509_path *path, instant at)
{
    switch (revoked(w, path, at)) {
    case REVOKED_BEFORE:
        ofd_report(w, name, CHECK_FAILED, S("证书在签章之前已被吊销"),
                   S("the certificate was revoked before the sealing"));
        break;
    case REVOKED_AFTER:
        ofd_report(w, name, CHECK_OK, S("证书在签章之后才被吊销，签章仍然有效"),
                   S("the certificate was revoked after the sealing only, which stands"));
        break;
    case REVOKED_NO: ofd_report(w, name, CHECK_OK, S("证书未被吊销"), S("the certificate was not revoked")); break;
    case REVOKED_UNKNOWN:
        ofd_report(w, name, CHECK_WARNING, S("没有吊销列表，未核对证书是否被吊销"),
                   S("without a revocation list: whether the certificate was revoked was not looked at"));
    }
}

static const struct x509_cert *certificate(struct ofd_work *w, const char *name, struct slice der)
{
    const struct x509_cert *c = NULL;
    result r = x509_parse(w->a, der, &c);
    if (!failed(r)) return c;
    ofd_report_problem(w, name, r);
    return NULL;
}

/* ---- (d) the time ---- */

/* SignatureDateTime, which viewers show: "yyyy-MM-dd HH:mm:ss", "yyyyMMddHHmmss" or RFC 3339, in the city's time. */
static bool shown_time(struct slice s, instant *out)
{
    int v[6] = {0};
    static const int digits[6] = {4, 2, 2, 2, 2, 2};
    size_t at = 0;
    if (instant_scan(s, out)) return true;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') continue;
        size_t field = 0, left = at;
        while (field < 6 && left >= (size_t)digits[field]) left -= (size_t)digits[field++];
        if (field == 6) return false;
        v[field] = v[field] * 10 + (s.p[i] - '0');
        at++;
    }
    if (at != 14 || !civil_valid(v[0], v[1], v[2]) || v[3] > 23 || v[4] > 59 || v[5] > 59) return false;
    *out = instant_of_day(day_of_civil(v[0], v[1], v[2])) + v[3] * MS_HOUR + v[4] * MS_MINUTE + v[5] * MS_SECOND;
    return true;
}

static void check_time(struct ofd_work *w, const struct seal_signature *s, const struct x509_cert *signer)
{
    const struct xml_node *shown = xml_child(w->info, NULL, "SignatureDateTime");
    struct slice text = instant_text(w->a, s->at);
    int64_t second = s->at / MS_SECOND;
    instant seen;
    if (s->at == 0) {
        ofd_report(w, "time", CHECK_FAILED, S("没有可识别的签章时间"), S("no time of sealing that can be read"));
        return;
    }
    bool in_period = second >= signer->not_before && second <= signer->not_after, past = s->at <= w->ask->at;
    if (!in_period)
        ofd_report(
            w, "time", w->ask->certificates_at ? CHECK_WARNING : CHECK_FAILED,
            arena_printf(w->a, "签章时间 %.*s 不在签章人证书的有效期内", SLICE_ARG(text)),
            arena_printf(w->a, "the time of sealing, %.*s, lies outside the signer's certificate", SLICE_ARG(text)));
    else
        ofd_report(w, "time", past ? CHECK_OK : CHECK_FAILED,
                   arena_printf(w->a, past ? "签章时间：%.*s" : "签章时间 %.*s 在将来", SLICE_ARG(text)),
                   arena_printf(w->a, past ? "sealed at %.*s" : "the time of sealing, %.*s, lies in the future",
                                SLICE_ARG(text)));
    if (!shown || !shown_time(slice_trim(xml_text(w->a, shown)), &seen) || seen > s->at + CLOCKS_DIFFER ||
        seen < s->at - CLOCKS_DIFFER)
        ofd_report(w, "shown_time", CHECK_WARNING, S("文件中显示的签章时间与签名内的时间不一致"),
                   S("the time of sealing that the file shows is not the one that was signed"));
}

/* ---- (e) the document ---- */

/* The path, with or without "/" in front and in any case, as files in use have it. */
static bool names_this(struct ofd_work *w, struct slice property)
{
    const struct zip_entry *e = NULL;
    return !failed(ofd_file(w->a, &w->ofd, S(""), property, &e)) && e == w->sig->file;
}

static void check_document(struct ofd_work *w, const struct seal_signature *s)
{
    uint8_t hash[CRYPTO_HASH_BYTES];
    crypto_sm3(w->sig->file->bytes, hash);
    ofd_report_if(w, "document", slice_eq(s->hash, slice_of((const char *)hash, sizeof hash)),
                  "签章的对象就是这份文件（杂凑值一致）", "what was sealed is this document (its hash fits)",
                  "签章的杂凑值与 Signature.xml 不符", "the hash that was sealed is not that of Signature.xml");
    ofd_report_if(w, "property", names_this(w, s->property), "原文属性信息指向本签名文件",
                  "the sealed property names this Signature.xml", "原文属性信息指向其他文件",
                  "the sealed property names another file");
}

/* ---- (f) the seal ---- */

static bool digest_is(struct slice method, struct slice digest, struct slice cert)
{
    uint8_t sm3[CRYPTO_HASH_BYTES], sha256[CRYPTO_HASH_BYTES];
    bool is_sm3 = slice_is(method, "SM3") || slice_is(method, "sm3") || slice_is(method, "1.2.156.10197.1.401");
    bool is_sha =
        slice_is(method, "SHA256") || slice_is(method, "SHA-256") || slice_is(method, "2.16.840.1.101.3.4.2.1");
    crypto_sm3(cert, sm3);
    crypto_sha256(cert, sha256);
    return (is_sm3 && slice_eq(digest, slice_of((const char *)sm3, sizeof sm3))) ||
           (is_sha && slice_eq(digest, slice_of((const char *)sha256, sizeof sha256)));
}

static bool on_list(const struct seal *seal, struct slice cert)
{
    for (size_t i = 0; i < seal->ncerts; i++)
        if (seal->list == SEAL_LIST_CERTIFICATES ? slice_eq(seal->certs[i], cert)
                                                 : digest_is(seal->methods[i], seal->certs[i], cert))
            return true;
    return false;
}

static void check_period(struct ofd_work *w, const struct seal_signature *s)
{
    struct slice from = instant_text(w->a, s->seal.from), to = instant_text(w->a, s->seal.to);
    bool good = s->at >= s->seal.from && s->at <= s->seal.to;
    ofd_report(w, "seal_period", good ? CHECK_OK : CHECK_FAILED,
               arena_printf(w->a, "印章有效期 %.*s 至 %.*s%s", SLICE_ARG(from), SLICE_ARG(to),
                            good ? "" : "，签章时不在有效期内"),
               arena_printf(w->a, "the seal is valid from %.*s to %.*s%s", SLICE_ARG(from), SLICE_ARG(to),
                            good ? "" : ", which the sealing is not in"));
}

/* Seal.esl, where there is one, is what viewers draw: it must be the seal that signed. */
static void check_file(struct ofd_work *w, const struct seal *seal)
{
    const struct xml_node *node = xml_child(w->info, NULL, "Seal"),
                          *loc = node ? xml_child(node, NULL, "BaseLoc") : NULL;
    const struct zip_entry *e = NULL;
    if (!loc) return;
    bool there = !failed(ofd_file(w->a, &w->ofd, w->sig->file->name, xml_text(w->a, loc), &e));
    bool same = there && e && slice_eq(e->bytes, seal->der);
    if (same) w->covered[e - w->ofd.zip.entries] = true; /* it is in what was signed */
    ofd_report_if(w, "seal_file", same, "印章文件与签章所用印章一致", "the seal's file is the seal that was used",
                  "印章文件缺失，或与签章所用印章不一致",
                  "the seal's file is missing, or is not the seal that was used");
}

static void check_seal(struct ofd_work *w, const struct seal_signature *s)
{
    const struct seal *seal = &s->seal;
    const struct x509_cert *maker = certificate(w, "maker", seal->maker);
    struct x509_path path;
    if (maker) {
        ofd_report_if(w, "seal",
                      seal_algorithm_sm2(seal->algorithm) && signed_by(w->a, maker, seal->tbs, seal->signature),
                      "印章由制章者签名且未改动", "the seal is as its maker signed it", "印章上制章者的签名不正确",
                      "the maker's signature on the seal is not good");
        if (chain_holds(w, "maker", maker, seal->made, &path, "制章者", "seal's maker"))
            if (revoked(w, &path, seal->made) == REVOKED_BEFORE)
                ofd_report(w, "maker", CHECK_FAILED, S("制章者的证书在制章之前已被吊销"),
                           S("the certificate of the seal's maker was revoked before the seal was made"));
    }
    check_period(w, s);
    ofd_report_if(w, "seal_list", on_list(seal, s->signer), "签章人在印章的证书列表内",
                  "the signer is on the seal's list", "签章人不在印章的证书列表内",
                  "the signer is not on the seal's list");
    check_file(w, seal);
    result r = seal_picture_check(w->a, &seal->picture);
    if (failed(r) && seal_picture_known(seal->picture.type))
        ofd_report_problem(w, "picture", r);
    else if (failed(r))
        ofd_report(w, "picture", CHECK_WARNING, S("印章图像的类型不认识，未检查"),
                   S("the seal's picture is of a type that is not known, and was not looked at"));
}

/* ---- where it is seen ---- */

static const struct json *check_places(struct ofd_work *w)
{
    struct json_builder pages = json_builder(w->a);
    bool there = true;
    for (const struct xml_node *n = xml_child(w->info, NULL, "StampAnnot"); n; n = xml_next(n, NULL, "StampAnnot")) {
        int64_t id = 0;
        bool found = false;
        (void)slice_int64(slice_trim(xml_attr(n, "", "PageRef")), &id);
        for (size_t i = 0; i < w->doc->npages && !found; i++)
            if (w->doc->pages[i]->id == id) {
                found = true;
                json_add(&pages, json_of_int(w->a, (int64_t)i + 1));
            }
        there = there && found;
    }
    const struct json *list = json_array(&pages);
    if (!there || list->n == 0)
        ofd_report(w, "places", there ? CHECK_WARNING : CHECK_FAILED, S("印章没有盖在文档的页面上，或所盖页面不存在"),
                   S("the seal is on no page of the document, or on one that does not exist"));
    return list;
}

static void tell(struct ofd_work *w, const struct seal_signature *s, const struct x509_cert *signer,
                 const struct json *pages)
{
    struct json_builder b = json_builder(w->a);
    const struct x509_cert *maker = NULL;
    json_set_str(&b, "signature", w->sig->id);
    json_set_str(&b, "id", s->seal.id);
    json_set_str(&b, "name", s->seal.name);
    json_set_int(&b, "version", s->version);
    json_set_int(&b, "type", s->seal.type);
    json_set_str(&b, "signer", x509_subject(w->a, signer));
    json_set(&b, "maker",
             failed(x509_parse(w->a, s->seal.maker, &maker)) ? json_null()
                                                             : json_of_string(w->a, x509_subject(w->a, maker)));
    json_set(&b, "at", s->at ? json_of_string(w->a, instant_text(w->a, s->at)) : json_null());
    json_set_str(&b, "from", instant_text(w->a, s->seal.from));
    json_set_str(&b, "to", instant_text(w->a, s->seal.to));
    json_set(&b, "pages", pages);
    json_add(&w->seals, json_object(&b));
    if (w->out->signer.n == 0) w->out->signer = x509_subject(w->a, signer);
    if (s->at > w->out->signed_at) w->out->signed_at = s->at;
}

/* ---- doors ---- */

/* (a): the structure, and that nothing in it must be understood that is not. */
static bool check_form(struct ofd_work *w, struct seal_signature *s)
{
    result r = seal_signature_parse(w->a, w->value->bytes, s);
    if (failed(r)) {
        ofd_report_problem(w, "form", r);
        return false;
    }
    const struct xml_node *method = xml_child(w->info, NULL, "SignatureMethod");
    struct slice oid = method ? slice_trim(xml_text(w->a, method)) : S("");
    bool sm2 = seal_algorithm_sm2(s->algorithm) && (!method || slice_is(oid, "1.2.156.10197.1.501"));
    ofd_report(w, "form", CHECK_OK,
               arena_printf(w->a, "电子签章结构完整（第 %d 版），印章：%.*s", (int)s->version, SLICE_ARG(s->seal.name)),
               arena_printf(w->a, "a well-formed electronic seal (version %d): %.*s", (int)s->version,
                            SLICE_ARG(s->seal.name)));
    bool good = ofd_report_if(w, "algorithm", sm2, "签名算法为 SM2", "signed with SM2", "签名算法不被接受",
                              "an algorithm that is not accepted");
    if (s->critical || s->seal.critical)
        ofd_report(w, "extensions", CHECK_FAILED, S("含有不认识的关键扩展"),
                   S("a critical extension that is not known"));
    return good;
}

void ofd_verify_seal(struct ofd_work *w)
{
    struct seal_signature *s = NEW(w->a, struct seal_signature);
    struct x509_path path;
    if (!check_form(w, s)) return;
    const struct x509_cert *signer = certificate(w, "signer", s->signer);
    if (!signer) return;
    ofd_report_if(w, "signature", signed_by(w->a, signer, s->tbs, s->value), "签章值验证通过",
                  "the seal's signature is good", "签章值验证失败", "the seal's signature is not good");
    if (chain_holds(w, "signer", signer, s->at, &path, "签章人", "signer"))
        check_revocation(w, "revocation", &path, s->at);
    check_time(w, s, signer);
    check_document(w, s);
    check_seal(w, s);
    tell(w, s, signer, check_places(w));
}

/* Type Sign of older files: the bare {r, s}, without saying whose. A trusted certificate that is no CA's may be theirs. */
void ofd_verify_bare(struct ofd_work *w)
{
    for (size_t i = 0; i < w->anchors->nlist; i++) {
        const struct x509_cert *c = w->anchors->list[i];
        if (c->ca || !signed_by(w->a, c, w->sig->file->bytes, w->value->bytes)) continue;
        ofd_report(w, "signature", CHECK_OK,
                   arena_printf(w->a, "数字签名由 %.*s 所签", SLICE_ARG(x509_subject(w->a, c))),
                   arena_printf(w->a, "a digital signature of %.*s", SLICE_ARG(x509_subject(w->a, c))));
        if (w->out->signer.n == 0) w->out->signer = x509_subject(w->a, c);
        return;
    }
    ofd_report(w, "signature", CHECK_FAILED, S("数字签名没有附带证书，且不是所信任的签名人所签，无法核验"),
               S("a digital signature without its certificate, and of none who is trusted: it cannot be verified"));
}
