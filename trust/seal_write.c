/* Seals and their signatures as DER, version 4 (GB/T 38540-2020). */
#include "trust/seal.h"

#include "trust/der_write.h"

#define COUNT(x) (sizeof(x) / sizeof *(x))

static const char OID_SM2_SM3[] = {0x2a, (char)0x81, 0x1c, (char)0xcf, 0x55, 0x01, (char)0x83, 0x75};

bool seal_algorithm_sm2(struct slice oid)
{
    return slice_eq(oid, slice_of(OID_SM2_SM3, sizeof OID_SM2_SM3));
}

static struct slice sm2_oid(struct arena *a)
{
    return der_element(a, DER_OID, slice_of(OID_SM2_SM3, sizeof OID_SM2_SM3));
}

static struct slice header(struct arena *a, struct slice vendor)
{
    const struct slice parts[] = {der_element(a, DER_IA5, S("ES")), der_integer(a, SEAL_V4),
                                  der_element(a, DER_IA5, vendor)};
    return der_group(a, DER_SEQUENCE, parts, COUNT(parts));
}

static struct slice property(struct arena *a, const struct seal_spec *s)
{
    struct slice certs[SEAL_CERTS_MAX];
    for (size_t i = 0; i < s->ncerts; i++) certs[i] = der_element(a, DER_OCTET_STRING, s->certs[i]);
    const struct slice parts[] = {der_integer(a, s->type),
                                  der_element(a, DER_UTF8, s->name),
                                  der_integer(a, SEAL_LIST_CERTIFICATES),
                                  der_group(a, DER_SEQUENCE, certs, s->ncerts),
                                  der_time(a, s->made),
                                  der_time(a, s->from),
                                  der_time(a, s->to)};
    return der_group(a, DER_SEQUENCE, parts, COUNT(parts));
}

static struct slice picture(struct arena *a, const struct seal_picture *p)
{
    const struct slice parts[] = {der_element(a, DER_IA5, p->type), der_element(a, DER_OCTET_STRING, p->data),
                                  der_integer(a, p->width), der_integer(a, p->height)};
    return der_group(a, DER_SEQUENCE, parts, COUNT(parts));
}

result seal_info_write(struct arena *a, const struct seal_spec *s, struct slice *info)
{
    struct seal probe;
    if (s->ncerts > SEAL_CERTS_MAX)
        return fail(a, CODE_SEAL_MALFORMED, S("/certs"), "detail_zh", S("证书过多"), "detail_en",
                    S("too many certificates"), NULL);
    const struct slice parts[] = {header(a, s->vendor), der_element(a, DER_IA5, s->id), property(a, s),
                                  picture(a, &s->picture)};
    *info = der_group(a, DER_SEQUENCE, parts, COUNT(parts));
    /* what the reader would refuse is not written */
    TRY(seal_picture_check(a, &s->picture));
    return seal_parse(a, seal_write(a, *info, S("\x30\x00"), S("x")), &probe);
}

struct slice seal_write(struct arena *a, struct slice info, struct slice maker, struct slice signature)
{
    const struct slice parts[] = {info, der_element(a, DER_OCTET_STRING, maker), sm2_oid(a), der_bits(a, signature)};
    return der_group(a, DER_SEQUENCE, parts, COUNT(parts));
}

struct slice seal_tbs_write(struct arena *a, struct slice seal, instant at, struct slice hash, struct slice path)
{
    const struct slice parts[] = {der_integer(a, SEAL_V4), seal, der_time(a, at), der_bits(a, hash),
                                  der_element(a, DER_IA5, path)};
    return der_group(a, DER_SEQUENCE, parts, COUNT(parts));
}

struct slice seal_signature_write(struct arena *a, struct slice tbs, struct slice signer, struct slice value)
{
    const struct slice parts[] = {tbs, der_element(a, DER_OCTET_STRING, signer), sm2_oid(a), der_bits(a, value)};
    return der_group(a, DER_SEQUENCE, parts, COUNT(parts));
}
