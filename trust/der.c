#include "trust/der.h"

static bool take_any(struct slice *s, uint8_t *tag, struct slice *content, struct slice *whole)
{
    const uint8_t *p = (const uint8_t *)s->p;
    if (s->n < 2 || (p[0] & 0x1f) == 0x1f) return false;
    size_t n = p[1], head = 2;
    if (n >= 0x80) {
        size_t bytes = n & 0x7f;
        if (bytes == 0 || bytes > 4 || s->n < 2 + bytes || p[2] == 0) return false;
        n = 0;
        for (size_t i = 0; i < bytes; i++) n = n << 8 | p[2 + i];
        if (n < 0x80) return false;
        head += bytes;
    }
    if (n > s->n - head) return false;
    *tag = p[0];
    *content = slice_sub(*s, head, n);
    if (whole) *whole = slice_sub(*s, 0, head + n);
    *s = slice_sub(*s, head + n, SIZE_MAX);
    return true;
}

bool der_take(struct slice *s, uint8_t tag, struct slice *content, struct slice *whole)
{
    struct slice at = *s;
    uint8_t found;
    if (!take_any(&at, &found, content, whole) || found != tag) return false;
    *s = at;
    return true;
}

static bool primitive(uint8_t tag, struct slice c)
{
    const uint8_t *p = (const uint8_t *)c.p;
    switch (tag) {
    case 0x01: return c.n == 1 && (p[0] == 0 || p[0] == 0xff);
    case 0x02:
    case 0x0a: return c.n > 0 && (c.n == 1 || !((p[0] == 0 && p[1] < 0x80) || (p[0] == 0xff && p[1] >= 0x80)));
    case 0x03: return c.n > 0 && p[0] < 8 && (c.n > 1 || p[0] == 0) && (p[c.n - 1] & ((1u << p[0]) - 1)) == 0;
    case 0x05: return c.n == 0;
    case 0x06: return c.n > 0 && p[c.n - 1] < 0x80;
    default: return tag != 0;
    }
}

static bool strict(struct slice s, int depth)
{
    if (depth > DER_DEPTH_MAX) return false;
    while (s.n) {
        struct slice content;
        uint8_t tag;
        if (!take_any(&s, &tag, &content, NULL)) return false;
        bool must = tag == 0x10 || tag == 0x11; /* sequences and sets are constructed, other universal types are not */
        if (must || ((tag & 0xe0) == 0x20 && tag != 0x30 && tag != 0x31)) return false;
        if (tag & 0x20 ? !strict(content, depth + 1) : !primitive(tag, content)) return false;
    }
    return true;
}

bool der_strict(struct slice s)
{
    struct slice rest = s, content;
    uint8_t tag;
    return take_any(&rest, &tag, &content, NULL) && rest.n == 0 && strict(s, 0);
}
