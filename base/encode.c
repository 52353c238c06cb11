/* Hexadecimal and base64 (RFC 4648), strict: no white space, no missing or superfluous padding, and the
 * unused bits of the last digit are zero, so that each value has one text. */
#include "base/id.h"

struct slice hex_encode(struct arena *a, struct slice s)
{
    static const char digits[] = "0123456789abcdef";
    char *p = NEW_ARRAY(a, char, s.n * 2);
    for (size_t i = 0; i < s.n; i++) {
        p[2 * i] = digits[(unsigned char)s.p[i] >> 4];
        p[2 * i + 1] = digits[(unsigned char)s.p[i] & 15];
    }
    return (struct slice){p, s.n * 2};
}

int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool hex_decode(struct arena *a, struct slice s, struct slice *out)
{
    if (s.n % 2) return false;
    char *p = arena_alloc(a, s.n / 2);
    for (size_t i = 0; i < s.n / 2; i++) {
        int high = hex_digit(s.p[2 * i]), low = hex_digit(s.p[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        p[i] = (char)(high << 4 | low);
    }
    *out = (struct slice){p, s.n / 2};
    return true;
}

static const char STANDARD[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char URL[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static struct slice encode64(struct arena *a, struct slice s, const char *alphabet, bool padded)
{
    const unsigned char *in = (const unsigned char *)s.p;
    char *p = arena_alloc(a, (s.n / 3 + 1) * 4), *at = p;
    for (size_t i = 0; i < s.n; i += 3) {
        size_t have = s.n - i;
        unsigned v = (unsigned)in[i] << 16;
        if (have > 1) v |= (unsigned)in[i + 1] << 8;
        if (have > 2) v |= in[i + 2];
        *at++ = alphabet[v >> 18];
        *at++ = alphabet[v >> 12 & 63];
        if (have > 1) *at++ = alphabet[v >> 6 & 63];
        if (have > 2) *at++ = alphabet[v & 63];
        for (size_t pad = have; padded && pad < 3; pad++) *at++ = '=';
    }
    return (struct slice){p, (size_t)(at - p)};
}

static int digit64(char c, const char *alphabet)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == alphabet[62]) return 62;
    return c == alphabet[63] ? 63 : -1;
}

static bool decode64(struct arena *a, struct slice s, const char *alphabet, bool padded, struct slice *out)
{
    if (padded) {
        if (s.n % 4) return false;
        if (s.n && s.p[s.n - 1] == '=') s.n--;
        if (s.n % 4 == 3 && s.p[s.n - 1] == '=') s.n--;
    }
    if (s.n % 4 == 1) return false;
    unsigned char *p = arena_alloc(a, s.n / 4 * 3 + 2), *at = p;
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < s.n; i++) {
        int digit = digit64(s.p[i], alphabet);
        if (digit < 0) return false;
        bits = bits << 6 | (uint32_t)digit;
        held += 6;
        if (held >= 8) {
            held -= 8;
            *at++ = (unsigned char)(bits >> held);
        }
    }
    if (bits & ((UINT32_C(1) << held) - 1)) return false;
    *out = (struct slice){(const char *)p, (size_t)(at - p)};
    return true;
}

struct slice base64_encode(struct arena *a, struct slice s)
{
    return encode64(a, s, STANDARD, true);
}

bool base64_decode(struct arena *a, struct slice s, struct slice *out)
{
    return decode64(a, s, STANDARD, true, out);
}

struct slice base64url_encode(struct arena *a, struct slice s)
{
    return encode64(a, s, URL, false);
}

bool base64url_decode(struct arena *a, struct slice s, struct slice *out)
{
    return decode64(a, s, URL, false, out);
}

struct slice random_token(struct arena *a, size_t n)
{
    char *p = arena_alloc(a, n);
    random_bytes(p, n);
    return base64url_encode(a, (struct slice){p, n});
}
