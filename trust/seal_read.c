/* Seals and their signatures out of DER. */
#include "trust/seal.h"

#include "trust/der.h"
#include "trust/der_write.h"

struct reader {
    struct arena *a;
    result bad; /* the first thing that is wrong */
};

static bool wrong(struct reader *r, const char *field, const char *zh, const char *en)
{
    if (!failed(r->bad))
        r->bad = fail(r->a, CODE_SEAL_MALFORMED, slice_cstr(field), "detail_zh", slice_cstr(zh), "detail_en",
                      slice_cstr(en), NULL);
    return false;
}

static bool take(struct reader *r, struct slice *s, enum der_tag tag, const char *field, struct slice *content,
                 struct slice *whole)
{
    return der_take(s, (uint8_t)tag, content, whole) ||
           wrong(r, field, "结构不符合标准", "not the structure the standard asks for");
}

static bool next_is(struct slice s, enum der_tag tag)
{
    return s.n && (uint8_t)s.p[0] == (uint8_t)tag;
}

static bool number(struct reader *r, struct slice *s, const char *field, int64_t least, int64_t most, int *out)
{
    struct slice c;
    if (!take(r, s, DER_INTEGER, field, &c, NULL)) return false;
    int64_t v = 0;
    if (c.n == 0 || c.n > 4 || (c.p[0] & 0x80)) return wrong(r, field, "数值超出范围", "a number out of range");
    for (size_t i = 0; i < c.n; i++) v = v << 8 | (uint8_t)c.p[i];
    *out = (int)v;
    return (v >= least && v <= most) || wrong(r, field, "数值超出范围", "a number out of range");
}

/* UTCTime and GeneralizedTime in whole seconds and Z; years 1950 to 2199. */
static bool read_time(struct slice c, bool generalized, instant *out)
{
    size_t year_digits = generalized ? 4 : 2, digits = year_digits + 10;
    int v[6];
    if (c.n != digits + 1 || c.p[digits] != 'Z') return false;
    for (size_t i = 0; i < digits; i++)
        if (c.p[i] < '0' || c.p[i] > '9') return false;
    for (size_t i = 0, at = 0; i < 6; i++) {
        size_t n = i == 0 ? year_digits : 2;
        v[i] = 0;
        while (n--) v[i] = v[i] * 10 + (c.p[at++] - '0');
    }
    if (!generalized) v[0] += v[0] < 50 ? 2000 : 1900;
    if (v[0] < 1950 || v[0] > 2199 || !civil_valid(v[0], v[1], v[2]) || v[3] > 23 || v[4] > 59 || v[5] > 59)
        return false;
    *out = (instant)day_of_civil(v[0], v[1], v[2]) * MS_DAY + v[3] * MS_HOUR + v[4] * MS_MINUTE + v[5] * MS_SECOND;
    return true;
}

static bool take_time(struct reader *r, struct slice *s, enum seal_version version, const char *field, instant *out)
{
    struct slice c;
    bool utc = version == SEAL_V1 && next_is(*s, DER_UTC_TIME);
    return take(r, s, utc ? DER_UTC_TIME : DER_TIME, field, &c, NULL) &&
           (read_time(c, !utc, out) ||
            wrong(r, field, "时间不存在或格式不对", "a time that does not exist, or its form"));
}

/* Printable ASCII, as all text is that names files, people's programs and functions. */
static bool take_ascii(struct reader *r, struct slice *s, enum der_tag tag, const char *field, struct slice *out)
{
    if (!take(r, s, tag, field, out, NULL)) return false;
    if (out->n > SEAL_NAME_MAX) return wrong(r, field, "过长", "too long");
    for (size_t i = 0; i < out->n; i++)
        if (out->p[i] < 0x20 || out->p[i] > 0x7e)
            return wrong(r, field, "含有不允许的字符", "characters that may not be there");
    return true;
}

static bool take_bits(struct reader *r, struct slice *s, const char *field, struct slice *out)
{
    if (!take(r, s, DER_BIT_STRING, field, out, NULL)) return false;
    if (out->n < 2 || out->p[0] != 0)
        return wrong(r, field, "位串为空或不是整字节", "a bit string that is empty or of odd bits");
    *out = slice_sub(*out, 1, out->n);
    return true;
}

static bool take_certificate(struct reader *r, struct slice *s, const char *field, struct slice *out)
{
    return take(r, s, DER_OCTET_STRING, field, out, NULL) &&
           (der_strict(*out) || wrong(r, field, "证书编码有误", "a certificate that is not DER"));
}

static bool ended(struct reader *r, struct slice s, const char *field)
{
    return s.n == 0 || wrong(r, field, "有多余的内容", "something is left over");
}

/* SEQUENCE OF ExtData. */
static bool extensions(struct reader *r, struct slice list, bool *critical)
{
    for (size_t n = 0; list.n; n++) {
        struct slice e, oid, flag = {NULL, 0}, value;
        if (n == SEAL_EXTENSIONS_MAX) return wrong(r, "/extDatas", "扩展过多", "too many extensions");
        if (!take(r, &list, DER_SEQUENCE, "/extDatas", &e, NULL) || !take(r, &e, DER_OID, "/extDatas", &oid, NULL))
            return false;
        if (next_is(e, (enum der_tag)0x01)) (void)der_take(&e, 0x01, &flag, NULL);
        if (!take(r, &e, DER_OCTET_STRING, "/extDatas", &value, NULL) || !ended(r, e, "/extDatas")) return false;
        *critical = *critical || (flag.n && flag.p[0]);
    }
    return true;
}

/* extDatas at the end of s: [0] EXPLICIT, or as some write it the sequence itself. */
static bool take_extensions(struct reader *r, struct slice *s, bool *critical)
{
    struct slice c, list;
    if (next_is(*s, DER_CONTEXT_0)) {
        if (!take(r, s, DER_CONTEXT_0, "/extDatas", &c, NULL)) return false;
        /* IMPLICIT: the extensions stand in [0] at once; EXPLICIT: in a sequence in it. The first element tells. */
        struct slice look = c, first, inner;
        bool implicit = der_take(&look, DER_SEQUENCE, &first, NULL) && der_take(&first, DER_OID, &inner, NULL);
        if (implicit) return extensions(r, c, critical);
        return take(r, &c, DER_SEQUENCE, "/extDatas", &list, NULL) && ended(r, c, "/extDatas") &&
               extensions(r, list, critical);
    }
    if (!next_is(*s, DER_SEQUENCE)) return true;
    return take(r, s, DER_SEQUENCE, "/extDatas", &list, NULL) && extensions(r, list, critical);
}

/* ---- the seal ---- */

static bool read_header(struct reader *r, struct slice *info, struct seal *x, int *version)
{
    struct slice h, id;
    return take(r, info, DER_SEQUENCE, "/header", &h, NULL) && take_ascii(r, &h, DER_IA5, "/header/ID", &id) &&
           (slice_is(id, "ES") || wrong(r, "/header/ID", "不是电子印章", "not an electronic seal")) &&
           number(r, &h, "/header/version", 0, 99, version) && take_ascii(r, &h, DER_IA5, "/header/Vid", &x->vendor) &&
           ended(r, h, "/header");
}

static bool read_list(struct reader *r, struct slice list, struct seal *x)
{
    while (list.n) {
        if (x->ncerts == SEAL_CERTS_MAX) return wrong(r, "/certList", "证书过多", "too many certificates");
        size_t i = x->ncerts++;
        struct slice d;
        if (x->list == SEAL_LIST_CERTIFICATES) {
            if (!take_certificate(r, &list, "/certList", &x->certs[i])) return false;
        } else if (!take(r, &list, DER_SEQUENCE, "/certList", &d, NULL) ||
                   !take_ascii(r, &d, DER_PRINTABLE, "/certList", &x->methods[i]) ||
                   !take(r, &d, DER_OCTET_STRING, "/certList", &x->certs[i], NULL) || !ended(r, d, "/certList")) {
            return false;
        }
    }
    return x->ncerts > 0 || wrong(r, "/certList", "没有证书", "no certificate");
}

static bool read_property(struct reader *r, struct slice *info, struct seal *x)
{
    struct slice p, list;
    int kind = SEAL_LIST_CERTIFICATES;
    if (!take(r, info, DER_SEQUENCE, "/property", &p, NULL) || !number(r, &p, "/property/type", 0, 999, &x->type) ||
        !take(r, &p, DER_UTF8, "/property/name", &x->name, NULL))
        return false;
    if (x->name.n == 0 || x->name.n > SEAL_NAME_MAX || !slice_utf8(x->name))
        return wrong(r, "/property/name", "名称为空、过长或编码有误", "a name that is empty, too long or not UTF-8");
    if (x->version != SEAL_V1 && !number(r, &p, "/property/certListType", 1, 2, &kind)) return false;
    x->list = (enum seal_list)kind;
    if (!take(r, &p, DER_SEQUENCE, "/certList", &list, NULL) || !read_list(r, list, x)) return false;
    if (!take_time(r, &p, x->version, "/property/createDate", &x->made) ||
        !take_time(r, &p, x->version, "/property/validStart", &x->from) ||
        !take_time(r, &p, x->version, "/property/validEnd", &x->to) || !ended(r, p, "/property"))
        return false;
    return x->from <= x->to || wrong(r, "/property/validEnd", "止于起之前", "it ends before it begins");
}

static bool read_picture(struct reader *r, struct slice *info, struct seal_picture *x)
{
    struct slice p;
    return take(r, info, DER_SEQUENCE, "/picture", &p, NULL) && take_ascii(r, &p, DER_IA5, "/picture/type", &x->type) &&
           take(r, &p, DER_OCTET_STRING, "/picture/data", &x->data, NULL) &&
           number(r, &p, "/picture/width", 1, SEAL_SIDE_MM, &x->width) &&
           number(r, &p, "/picture/height", 1, SEAL_SIDE_MM, &x->height) && ended(r, p, "/picture");
}

static size_t elements(struct slice s)
{
    size_t n = 0;
    struct slice c;
    while (s.n && der_take(&s, (uint8_t)s.p[0], &c, NULL)) n++;
    return s.n ? 0 : n;
}

/* v1: info, {cert, alg, value}; v4: info, cert, alg, value; v5 may have [0] timeStamp behind it. */
static bool read_signed(struct reader *r, struct slice *body, struct slice info, struct seal *x)
{
    struct slice in, cert, oid, stamp, unused;
    struct slice *s = body;
    if (x->version == SEAL_V1) {
        if (!take(r, body, DER_SEQUENCE, "/signInfo", &in, NULL)) return false;
        s = &in;
    }
    struct slice at = *s;
    if (!take_certificate(r, s, "/cert", &x->maker) || !take(r, s, DER_OID, "/signAlgID", &x->algorithm, &oid) ||
        !take_bits(r, s, "/signedValue", &x->signature))
        return false;
    x->tbs = info;
    if (x->version == SEAL_V1) {
        (void)der_take(&at, DER_OCTET_STRING, &unused, &cert);
        const struct slice parts[] = {info, cert, oid};
        x->tbs = der_group(r->a, DER_SEQUENCE, parts, 3);
        return ended(r, *s, "/signInfo") && ended(r, *body, "/seal");
    }
    if (x->version == SEAL_V5 && next_is(*s, DER_CONTEXT_0) && !take(r, s, DER_CONTEXT_0, "/timeStamp", &stamp, NULL))
        return false;
    return ended(r, *s, "/seal");
}

static bool read_seal(struct reader *r, struct slice der, struct seal *x)
{
    struct slice rest = der, body, info, whole;
    int version;
    *x = (struct seal){.der = der};
    if (der.n > SEAL_MAX_BYTES) return wrong(r, "/seal", "过大", "too large");
    if (!der_strict(der)) return wrong(r, "/seal", "不是规范的 DER 编码", "not DER");
    if (!take(r, &rest, DER_SEQUENCE, "/seal", &body, NULL)) return false;
    size_t n = elements(body);
    if (!take(r, &body, DER_SEQUENCE, "/eSealInfo", &info, &whole) || !read_header(r, &info, x, &version)) return false;
    x->version = n == 2 ? SEAL_V1 : n == 5 || version == SEAL_V5 ? SEAL_V5 : SEAL_V4;
    return take_ascii(r, &info, DER_IA5, "/esID", &x->id) && read_property(r, &info, x) &&
           read_picture(r, &info, &x->picture) && take_extensions(r, &info, &x->critical) &&
           ended(r, info, "/eSealInfo") && read_signed(r, &body, whole, x);
}

result seal_parse(struct arena *a, struct slice der, struct seal *out)
{
    struct reader r = {.a = a};
    return read_seal(&r, der, out) ? ok() : r.bad;
}

/* ---- the signature ---- */

/* v1: the time itself, or in a bit string as an element or as text; anything else there (a token of a time stamp) tells no time. */
static bool take_time_info(struct reader *r, struct slice *s, struct seal_signature *x)
{
    struct slice c, inner;
    if (x->version != SEAL_V1 || next_is(*s, DER_UTC_TIME) || next_is(*s, DER_TIME))
        return take_time(r, s, x->version, "/timeInfo", &x->at);
    bool octets = next_is(*s, DER_OCTET_STRING);
    if (octets ? !take(r, s, DER_OCTET_STRING, "/timeInfo", &c, NULL) : !take_bits(r, s, "/timeInfo", &c)) return false;
    struct slice at = c;
    if (der_take(&at, DER_UTC_TIME, &inner, NULL) || der_take(&at, DER_TIME, &inner, NULL)) c = inner;
    if (!read_time(c, c.n == 15, &x->at)) x->at = 0;
    return true;
}

static bool read_tbs(struct reader *r, struct slice tbs, struct seal_signature *x)
{
    struct slice seal, unused;
    int version;
    if (!number(r, &tbs, "/version", 0, 99, &version) || !take(r, &tbs, DER_SEQUENCE, "/eseal", &unused, &seal) ||
        !read_seal(r, seal, &x->seal))
        return false;
    x->version = x->seal.version;
    if (!take_time_info(r, &tbs, x)) return false;
    bool octets = x->version == SEAL_V1 && next_is(tbs, DER_OCTET_STRING);
    if (octets ? !take(r, &tbs, DER_OCTET_STRING, "/dataHash", &x->hash, NULL)
               : !take_bits(r, &tbs, "/dataHash", &x->hash))
        return false;
    if (!take_ascii(r, &tbs, DER_IA5, "/propertyInfo", &x->property)) return false;
    if (x->version == SEAL_V1 && (!take_certificate(r, &tbs, "/cert", &x->signer) ||
                                  !take(r, &tbs, DER_OID, "/signatureAlgorithm", &x->algorithm, NULL)))
        return false;
    return take_extensions(r, &tbs, &x->critical) && ended(r, tbs, "/toSign");
}

static bool read_signature(struct reader *r, struct slice der, struct seal_signature *x)
{
    struct slice rest = der, body, tbs, stamp;
    if (der.n > SEAL_MAX_BYTES) return wrong(r, "", "过大", "too large");
    if (!der_strict(der)) return wrong(r, "", "不是规范的 DER 编码", "not DER");
    if (!take(r, &rest, DER_SEQUENCE, "", &body, NULL) || !take(r, &body, DER_SEQUENCE, "/toSign", &tbs, &x->tbs) ||
        !read_tbs(r, tbs, x))
        return false;
    if (x->version != SEAL_V1 && (!take_certificate(r, &body, "/cert", &x->signer) ||
                                  !take(r, &body, DER_OID, "/signatureAlgID", &x->algorithm, NULL)))
        return false;
    if (!take_bits(r, &body, "/signature", &x->value)) return false;
    if (x->version != SEAL_V1 && next_is(body, DER_CONTEXT_0)) {
        if (!take(r, &body, DER_CONTEXT_0, "/timeStamp", &stamp, NULL) ||
            !take_bits(r, &stamp, "/timeStamp", &x->timestamp) || !ended(r, stamp, "/timeStamp"))
            return false;
    }
    return ended(r, body, "");
}

result seal_signature_parse(struct arena *a, struct slice der, struct seal_signature *out)
{
    struct reader r = {.a = a};
    *out = (struct seal_signature){.at = 0};
    return read_signature(&r, der, out) ? ok() : r.bad;
}
