#include "engine/decision/decimal.h"

#include <stdio.h>
#include <stdlib.h>

bool num_int(num a, int64_t *out)
{
    if (!num_whole(a)) return false;
    unsigned f = 0;
    *out = bid128_to_int64_xint(a, &f);
    return (f & (unsigned)BID_INVALID_EXCEPTION) == 0;
}

static bool digits(struct slice s, size_t *i)
{
    size_t from = *i;
    while (*i < s.n && s.p[*i] >= '0' && s.p[*i] <= '9') (*i)++;
    return *i > from;
}

#define TEXT_MAX 8192 /* more than the longest text of a number */
#define SHORT_MAX 90  /* what Intel's reader takes without losing what is behind a tie */

/* The same number, if it is longer than that: its first 60 digits, a 1 for what is cut off, and the exponent. */
static void shorten(struct slice s, char *out, size_t size)
{
    char kept[64];
    size_t n = 0, i = 0;
    long long exponent = 0;
    bool point = false, rest = false, minus = s.p[0] == '-';
    for (i += s.p[0] == '-' || s.p[0] == '+'; i < s.n && s.p[i] != 'e' && s.p[i] != 'E'; i++) {
        if (s.p[i] == '.') {
            point = true;
        } else if ((n > 0 || s.p[i] != '0') && n < 60) {
            kept[n++] = s.p[i];
            exponent -= point;
        } else {
            rest |= s.p[i] != '0';
            exponent += n > 0 ? !point : -(int)point;
        }
    }
    if (i < s.n) exponent += strtoll(s.p + i + 1, NULL, 10); /* checked digits, ended by a zero byte */
    if (n == 0) kept[n++] = '0';
    snprintf(out, size, "%s%.*s%sE%lld", minus ? "-" : "", (int)n, kept, rest ? "1" : "",
             rest ? exponent - 1 : exponent);
}

bool num_scan(struct slice s, num *out)
{
    char text[TEXT_MAX], brief[SHORT_MAX];
    if (s.n == 0 || s.n >= sizeof text) return false;
    size_t i = 0;
    if (s.p[0] == '-' || s.p[0] == '+') i++;
    bool whole = digits(s, &i), fraction = false;
    if (i < s.n && s.p[i] == '.') {
        i++;
        fraction = digits(s, &i);
        if (!fraction) return false;
    }
    if (!whole && !fraction) return false;
    if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        i++;
        if (i < s.n && (s.p[i] == '-' || s.p[i] == '+')) i++;
        size_t from = i;
        if (!digits(s, &i) || i - from > 6) return false;
    }
    if (i != s.n) return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    unsigned f = 0;
    if (s.n >= SHORT_MAX) shorten(slice_of(text, s.n), brief, sizeof brief);
    *out = bid128_from_string(s.n >= SHORT_MAX ? brief : text, ROUND_EVEN, &f);
    return num_finite(*out);
}

struct slice num_text(struct arena *a, num v)
{
    if (!num_finite(v)) return S("null");
    char raw[64];
    unsigned f = 0;
    bid128_to_string(raw, v, &f); /* "+12345E-2" */
    char digit[40];
    size_t n = 0, i = 1;
    while (raw[i] >= '0' && raw[i] <= '9' && n < sizeof digit) digit[n++] = raw[i++];
    int exponent = 0;
    if (raw[i] == 'E') {
        bool minus = raw[i + 1] == '-';
        for (i += 2; raw[i] >= '0' && raw[i] <= '9'; i++) exponent = exponent * 10 + (raw[i] - '0');
        if (minus) exponent = -exponent;
    }
    size_t lead = 0;
    while (lead + 1 < n && digit[lead] == '0') lead++;
    while (n > lead + 1 && digit[n - 1] == '0') {
        n--;
        exponent++;
    }
    if (n == lead + 1 && digit[lead] == '0') return S("0");
    struct buf b = buf_new(a, 8192);
    if (raw[0] == '-') buf_putc(&b, '-');
    size_t count = n - lead;
    const char *d = digit + lead;
    if (exponent >= 0) {
        buf_put(&b, slice_of(d, count));
        for (int k = 0; k < exponent; k++) buf_putc(&b, '0');
        return buf_slice(&b);
    }
    size_t places = (size_t)-exponent;
    if (places >= count) {
        buf_puts(&b, "0.");
        for (size_t k = count; k < places; k++) buf_putc(&b, '0');
        buf_put(&b, slice_of(d, count));
    } else {
        buf_put(&b, slice_of(d, count - places));
        buf_putc(&b, '.');
        buf_put(&b, slice_of(d + count - places, places));
    }
    return buf_slice(&b);
}

num num_round_to(num v, int scale, enum num_round mode)
{
    unsigned f = 0;
    num quantum = bid128_scalbn(num_of_int(1), -scale, ROUND_EVEN, &f);
    num out = bid128_quantize(v, quantum, (unsigned)mode, &f);
    return bid128_isNaN(out) ? v : out; /* more places than 34 digits hold: already exact */
}
