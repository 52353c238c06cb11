#include "trust/signer_protocol.h"

#define BIT(tag) (1u << (tag))

static result broken(struct arena *a, const char *why)
{
    return fail(a, CODE_SIGNER_PROTOCOL, S(""), "detail", slice_cstr(why), NULL);
}

static void put_u32(struct buf *b, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8) buf_putc(b, (char)(v >> shift & 255u));
}

static uint32_t get_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The sets of fields a type may carry; 0 closes the list. */
static bool fields_fit(enum signer_type type, uint32_t present)
{
    switch (type) {
    case SIGNER_RELEASE_CITY_KEY:
    case SIGNER_CERTIFICATES: return present == 0;
    case SIGNER_SIGN:
        return present == (BIT(TAG_PURPOSE) | BIT(TAG_SUBJECT) | BIT(TAG_HEAD) | BIT(TAG_TAIL)) ||
               present == (BIT(TAG_PURPOSE) | BIT(TAG_SUBJECT) | BIT(TAG_RECORD)) ||
               present == (BIT(TAG_PURPOSE) | BIT(TAG_SUBJECT) | BIT(TAG_SIZE) | BIT(TAG_ROOT)) ||
               present == (BIT(TAG_PURPOSE) | BIT(TAG_SUBJECT) | BIT(TAG_HEAD) | BIT(TAG_RECORD)) ||
               present == (BIT(TAG_PURPOSE) | BIT(TAG_SUBJECT) | BIT(TAG_HEAD) | BIT(TAG_TAIL) | BIT(TAG_RECORD) |
                           BIT(TAG_KEY));
    case SIGNER_CITY_KEY:
        present &= ~BIT(TAG_OLD_KEYS);
        return present == (BIT(TAG_KEY) | BIT(TAG_INDEX_KEY) | BIT(TAG_KEY_VERSION) | BIT(TAG_TEST));
    case SIGNER_SIGNED:
        return present == BIT(TAG_CMS) || present == (BIT(TAG_SM2) | BIT(TAG_ED25519)) || present == BIT(TAG_ED25519) ||
               present == BIT(TAG_SEAL) || present == BIT(TAG_JWT) || present == (BIT(TAG_KEY) | BIT(TAG_SEAL));
    case SIGNER_CERTIFICATE_SET:
        present &= ~BIT(TAG_ID_KEY); /* a signer of before has none */
        return present == (BIT(TAG_ANCHORS) | BIT(TAG_ISSUING) | BIT(TAG_CERT_DOCUMENT) | BIT(TAG_CERT_SM2) |
                           BIT(TAG_CERT_ED25519) | BIT(TAG_TEST) | BIT(TAG_LOG_KEY));
    case SIGNER_ERROR: return present == (BIT(TAG_CODE) | BIT(TAG_DETAIL));
    }
    return false;
}

void signer_set(struct signer_message *m, enum signer_tag tag, struct slice value)
{
    m->field[tag] = value;
    m->present |= BIT(tag);
}

result signer_encode(struct arena *a, const struct signer_message *m, struct slice *frame)
{
    size_t n = SIGNER_MIN_FRAME;
    for (int tag = 1; tag < TAG_END; tag++) {
        if (!signer_has(m, (enum signer_tag)tag)) continue;
        if (m->field[tag].n > SIGNER_MAX_FRAME || (n += 5 + m->field[tag].n) > SIGNER_MAX_FRAME)
            return fail(a, CODE_TOO_LARGE, S(""), "limit", S("4198400"), NULL);
    }
    if (!fields_fit(m->type, m->present)) return broken(a, "fields do not belong to the message");
    struct buf b = buf_new(a, n + SIGNER_LENGTH_BYTES);
    put_u32(&b, (uint32_t)n);
    buf_putc(&b, SIGNER_VERSION);
    buf_putc(&b, (char)m->type);
    put_u32(&b, m->sequence);
    for (int tag = 1; tag < TAG_END; tag++) {
        if (!signer_has(m, (enum signer_tag)tag)) continue;
        buf_putc(&b, (char)tag);
        put_u32(&b, (uint32_t)m->field[tag].n);
        buf_put(&b, m->field[tag]);
    }
    *frame = buf_slice(&b);
    return ok();
}

size_t signer_frame_length(const uint8_t head[SIGNER_LENGTH_BYTES])
{
    uint32_t n = get_u32(head);
    return n < SIGNER_MIN_FRAME || n > SIGNER_MAX_FRAME ? 0 : n;
}

result signer_decode(struct arena *a, struct slice frame, struct signer_message *out)
{
    const uint8_t *p = (const uint8_t *)frame.p;
    *out = (struct signer_message){0};
    if (frame.n < SIGNER_MIN_FRAME || frame.n > SIGNER_MAX_FRAME) return broken(a, "frame length out of bounds");
    if (p[0] != SIGNER_VERSION) return broken(a, "protocol version not known");
    out->type = (enum signer_type)p[1];
    out->sequence = get_u32(p + 2);
    size_t at = SIGNER_MIN_FRAME;
    int last = 0;
    while (at < frame.n) {
        if (frame.n - at < 5) return broken(a, "field cut short");
        int tag = p[at];
        size_t n = get_u32(p + at + 1);
        at += 5;
        if (tag <= last || tag >= TAG_END) return broken(a, "field unknown, repeated or out of order");
        if (n > frame.n - at) return broken(a, "field longer than the frame");
        signer_set(out, (enum signer_tag)tag, slice_of(frame.p + at, n));
        last = tag;
        at += n;
    }
    if (!fields_fit(out->type, out->present)) return broken(a, "message unknown, or with fields that are not its own");
    return ok();
}
