/* The two binary forms: CBOR as CTAP2 writes it (RFC 8949, definite lengths in their shortest form), and authenticator data. */
#include "trust/webauthn.h"

enum { DEPTH_MAX = 8, DATA_HEAD = 37, AAGUID = 16, ID_MAX = 1023 };
enum { MAJOR_UINT, MAJOR_NEGATIVE, MAJOR_BYTES, MAJOR_TEXT, MAJOR_ARRAY, MAJOR_MAP, MAJOR_TAG, MAJOR_OTHER };

struct reader {
    struct slice s;
    size_t at;
};
struct head {
    int major;
    uint64_t n;
};

static size_t left(const struct reader *r)
{
    return r->s.n - r->at;
}

/* RFC 8949 3: the argument in its shortest form; no indefinite lengths. */
static bool head_read(struct reader *r, struct head *h)
{
    if (!left(r)) return false;
    uint8_t first = (uint8_t)r->s.p[r->at++], info = first & 31;
    h->major = first >> 5;
    h->n = info;
    if (info < 24) return true;
    if (info > 27) return false;
    size_t bytes = (size_t)1 << (info - 24);
    if (left(r) < bytes) return false;
    h->n = 0;
    for (size_t i = 0; i < bytes; i++) h->n = h->n << 8 | (uint8_t)r->s.p[r->at++];
    if (h->major == MAJOR_OTHER) return true; /* simple values and floats keep their width */
    return h->n >= (bytes == 1 ? 24u : (uint64_t)1 << (bytes * 4));
}

static bool bytes_read(struct reader *r, int major, struct slice *out)
{
    struct head h;
    if (!head_read(r, &h) || h.major != major || h.n > left(r)) return false;
    *out = slice_sub(r->s, r->at, (size_t)h.n);
    r->at += (size_t)h.n;
    return true;
}

static bool integer_read(struct reader *r, int64_t *out)
{
    struct head h;
    if (!head_read(r, &h) || h.n > INT64_MAX - 1) return false;
    *out = h.major == MAJOR_UINT ? (int64_t)h.n : -1 - (int64_t)h.n;
    return h.major == MAJOR_UINT || h.major == MAJOR_NEGATIVE;
}

static bool skip(struct reader *r, int depth);

static bool skip_many(struct reader *r, uint64_t n, int depth)
{
    if (depth >= DEPTH_MAX || n > left(r)) return false; /* each takes a byte at least */
    while (n--)
        if (!skip(r, depth + 1)) return false;
    return true;
}

static bool skip(struct reader *r, int depth)
{
    struct head h;
    if (!head_read(r, &h)) return false;
    switch (h.major) {
    case MAJOR_BYTES:
    case MAJOR_TEXT:
        if (h.n > left(r)) return false;
        r->at += (size_t)h.n;
        return true;
    case MAJOR_ARRAY: return skip_many(r, h.n, depth);
    case MAJOR_MAP: return h.n <= left(r) && skip_many(r, 2 * h.n, depth);
    case MAJOR_TAG: return false; /* CTAP2 has none */
    default: return true;
    }
}

static bool skip_map(struct reader *r)
{
    return left(r) && (uint8_t)r->s.p[r->at] >> 5 == MAJOR_MAP && skip(r, 0);
}

/* 6.5.1: AAGUID, length and id of the credential, its public key. */
static bool attested_read(struct reader *r, struct webauthn_data *out)
{
    if (left(r) < AAGUID + 2) return false;
    r->at += AAGUID;
    size_t n = (size_t)(uint8_t)r->s.p[r->at] << 8 | (uint8_t)r->s.p[r->at + 1];
    r->at += 2;
    if (!n || n > ID_MAX || n > left(r)) return false;
    out->id = slice_sub(r->s, r->at, n);
    r->at += n;
    return skip_map(r);
}

bool webauthn_data_read(struct slice raw, bool attested, struct webauthn_data *out)
{
    struct reader r = {raw, DATA_HEAD};
    if (raw.n < DATA_HEAD) return false;
    const uint8_t *p = (const uint8_t *)raw.p + 32;
    *out = (struct webauthn_data){.raw = raw, .rp_hash = slice_sub(raw, 0, 32), .flags = p[0]};
    out->count = (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4];
    if (((out->flags & WEBAUTHN_ATTESTED) != 0) != attested) return false;
    if (attested && !attested_read(&r, out)) return false;
    if ((out->flags & WEBAUTHN_EXTENDED) && !skip_map(&r)) return false;
    return !left(&r);
}

static bool statement_read(struct reader *r, struct webauthn_attestation *out)
{
    struct head h;
    if (!head_read(r, &h) || h.major != MAJOR_MAP || h.n > 8) return false;
    out->empty = h.n == 0;
    for (uint64_t i = 0; i < h.n; i++) {
        struct slice key;
        if (!bytes_read(r, MAJOR_TEXT, &key)) return false;
        if (slice_is(key, "alg")) {
            if (out->has_algorithm || !integer_read(r, &out->algorithm)) return false;
            out->has_algorithm = true;
        } else if (slice_is(key, "sig")) {
            if (out->signature.n || !bytes_read(r, MAJOR_BYTES, &out->signature)) return false;
        } else {
            if (slice_is(key, "x5c") || slice_is(key, "ecdaaKeyId")) out->has_certificates = true;
            if (!skip(r, 0)) return false;
        }
    }
    return true;
}

bool webauthn_attestation_read(struct slice raw, struct webauthn_attestation *out)
{
    struct reader r = {raw, 0};
    struct head h;
    bool statement = false;
    *out = (struct webauthn_attestation){.algorithm = 0};
    if (!head_read(&r, &h) || h.major != MAJOR_MAP || h.n != 3) return false;
    for (int i = 0; i < 3; i++) {
        struct slice key;
        bool good = false;
        if (!bytes_read(&r, MAJOR_TEXT, &key)) return false;
        if (slice_is(key, "fmt"))
            good = !out->format.n && bytes_read(&r, MAJOR_TEXT, &out->format);
        else if (slice_is(key, "authData"))
            good = !out->data.n && bytes_read(&r, MAJOR_BYTES, &out->data);
        else if (slice_is(key, "attStmt") && !statement)
            good = statement = statement_read(&r, out);
        if (!good) return false;
    }
    return !left(&r) && out->format.n && slice_utf8(out->format) && out->data.n && statement;
}
