/* Forms of keys and signatures: PKCS #11 has its own, the rest of the world DER. */
#include "app/signd/token.h"

#include "trust/der_write.h"

static struct slice oid(struct arena *a, const char *bytes, size_t n)
{
    return der_element(a, DER_OID, slice_of(bytes, n));
}

/* A positive INTEGER of big-endian bytes: no leading zeros but the one that keeps it positive. */
static struct slice integer(struct arena *a, struct slice s)
{
    struct buf b = buf_new(a, s.n + 1);
    while (s.n > 1 && s.p[0] == 0) s = slice_sub(s, 1, s.n);
    if (s.n == 0 || ((unsigned char)s.p[0] & 0x80)) buf_putc(&b, '\0');
    buf_put(&b, s);
    return der_element(a, DER_INTEGER, buf_slice(&b));
}

static struct slice spki(struct arena *a, const struct slice *algorithm, size_t n, struct slice key)
{
    const struct slice parts[] = {der_group(a, DER_SEQUENCE, algorithm, n), der_bits(a, key)};
    return der_group(a, DER_SEQUENCE, parts, 2);
}

/* The point comes as an OCTET STRING (2.40, 2.3.3), from some modules bare. */
static struct slice bare_point(struct slice point, size_t size)
{
    const unsigned char *p = (const unsigned char *)point.p;
    if (point.n == size + 2 && p[0] == DER_OCTET_STRING && p[1] == size) return slice_sub(point, 2, size);
    return point;
}

struct slice token_spki_ec(struct arena *a, enum crypto_kind kind, struct slice point)
{
    const struct slice ec = oid(a, "\x2a\x86\x48\xce\x3d\x02\x01", 7);
    struct slice algorithm[2] = {ec, {NULL, 0}};
    if (kind == CRYPTO_ED25519) {
        algorithm[0] = oid(a, "\x2b\x65\x70", 3);
        return spki(a, algorithm, 1, bare_point(point, 32));
    }
    algorithm[1] =
        kind == CRYPTO_P256 ? oid(a, "\x2a\x86\x48\xce\x3d\x03\x01\x07", 8) : oid(a, "\x2b\x81\x04\x00\x22", 5);
    return spki(a, algorithm, 2, bare_point(point, kind == CRYPTO_P256 ? 65 : 97));
}

struct slice token_spki_rsa(struct arena *a, struct slice modulus, struct slice exponent)
{
    const struct slice numbers[] = {integer(a, modulus), integer(a, exponent)};
    const struct slice algorithm[] = {oid(a, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", 9), S("\x05\x00")};
    return spki(a, algorithm, 2, der_group(a, DER_SEQUENCE, numbers, 2));
}

struct slice token_ecdsa_der(struct arena *a, struct slice raw)
{
    const struct slice parts[] = {integer(a, slice_sub(raw, 0, raw.n / 2)),
                                  integer(a, slice_sub(raw, raw.n / 2, raw.n))};
    return der_group(a, DER_SEQUENCE, parts, 2);
}
