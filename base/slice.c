#include "base/slice.h"

int slice_cmp(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    if (c != 0) return c;
    return (a.n > b.n) - (a.n < b.n);
}

struct slice slice_sub(struct slice s, size_t from, size_t n)
{
    if (from > s.n) from = s.n;
    if (n > s.n - from) n = s.n - from;
    return (struct slice){s.p ? s.p + from : NULL, n};
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct slice slice_trim(struct slice s)
{
    while (s.n && is_space(s.p[0])) s = (struct slice){s.p + 1, s.n - 1};
    while (s.n && is_space(s.p[s.n - 1])) s.n--;
    return s;
}

size_t slice_find(struct slice s, char c, size_t from)
{
    if (from >= s.n) return SIZE_MAX;
    const char *hit = memchr(s.p + from, (unsigned char)c, s.n - from);
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

size_t slice_search(struct slice s, struct slice needle)
{
    if (needle.n == 0) return 0;
    if (needle.n > s.n) return SIZE_MAX;
    const char *hit = memmem(s.p, s.n, needle.p, needle.n);
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

bool slice_cut(struct slice s, char c, struct slice *head, struct slice *rest)
{
    size_t at = slice_find(s, c, 0);
    if (at == SIZE_MAX) {
        *head = s;
        *rest = slice_sub(s, s.n, 0);
        return false;
    }
    *head = slice_sub(s, 0, at);
    *rest = slice_sub(s, at + 1, SIZE_MAX);
    return true;
}

bool slice_int64(struct slice s, int64_t *out)
{
    bool minus = s.n && s.p[0] == '-';
    size_t i = minus ? 1 : 0;
    if (i == s.n) return false;
    int64_t v = 0; /* kept negative: the negative range is the larger one */
    for (; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        int digit = s.p[i] - '0';
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, digit, &v)) return false;
    }
    if (!minus && __builtin_sub_overflow(0, v, &v)) return false;
    *out = v;
    return true;
}

/* Length of the well-formed sequence at p (RFC 3629 section 4), 0 when there is none. */
static size_t utf8_sequence(const unsigned char *p, size_t n)
{
    unsigned char c = p[0], low = 0x80, high = 0xBF;
    size_t len;
    if (c < 0x80) return 1;
    if (c > 0xE0 && c < 0xED) /* most of Chinese */
        return n >= 3 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80 ? 3 : 0;
    if (c >= 0xC2 && c <= 0xDF) {
        len = 2;
    } else if (c >= 0xE0 && c <= 0xEF) {
        len = 3;
        if (c == 0xE0) low = 0xA0;  /* no overlong forms */
        if (c == 0xED) high = 0x9F; /* no surrogates */
    } else if (c >= 0xF0 && c <= 0xF4) {
        len = 4;
        if (c == 0xF0) low = 0x90;
        if (c == 0xF4) high = 0x8F; /* not beyond U+10FFFF */
    } else {
        return 0;
    }
    if (n < len || p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    return len;
}

size_t slice_utf8_end(struct slice s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t i = 0;
    while (i < s.n) {
        uint64_t word;
        if (s.n - i >= sizeof word) { /* eight ASCII bytes at a time */
            memcpy(&word, p + i, sizeof word);
            if ((word & UINT64_C(0x8080808080808080)) == 0) {
                i += sizeof word;
                continue;
            }
        }
        while (i < s.n && p[i] < 0x80) i++;
        while (i < s.n && p[i] >= 0x80) {
            size_t len = utf8_sequence(p + i, s.n - i);
            if (len == 0) return i;
            i += len;
        }
    }
    return i;
}

bool slice_utf8(struct slice s)
{
    return slice_utf8_end(s) == s.n;
}

size_t slice_codepoints(struct slice s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.n; i++) count += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return count;
}

bool slice_eq_secret(struct slice a, struct slice b)
{
    if (a.n != b.n) return false; /* lengths are not secret */
    volatile unsigned char diff = 0;
    for (size_t i = 0; i < a.n; i++) diff = (unsigned char)(diff | (a.p[i] ^ b.p[i]));
    return diff == 0;
}
