#include "engine/form/number.h"

static const int64_t EXPONENT_MAX = INT64_C(1000000000000000);

static int64_t read_exponent(struct slice s)
{
    bool negative = s.n && s.p[0] == '-';
    int64_t n = 0;
    for (size_t i = negative || (s.n && s.p[0] == '+'); i < s.n && n < EXPONENT_MAX; i++) n = n * 10 + (s.p[i] - '0');
    if (n > EXPONENT_MAX) n = EXPONENT_MAX;
    return negative ? -n : n;
}

struct exact exact_of(struct arena *a, struct slice text)
{
    struct exact d = {text.n && text.p[0] == '-', {NULL, 0}, 0};
    size_t end = d.negative;
    while (end < text.n && text.p[end] != 'e' && text.p[end] != 'E') end++;
    char *digits = arena_alloc(a, end + 1);
    size_t n = 0, whole = 0;
    bool point = false;
    for (size_t i = d.negative; i < end; i++) {
        if (text.p[i] == '.') {
            point = true;
            continue;
        }
        digits[n++] = text.p[i];
        if (!point) whole++;
    }
    size_t lead = 0;
    while (lead < n && digits[lead] == '0') lead++;
    while (n > lead && digits[n - 1] == '0') n--;
    if (n == lead) return (struct exact){false, {NULL, 0}, 0};
    d.digits = slice_of(digits + lead, n - lead);
    d.exponent = (int64_t)whole - (int64_t)lead;
    if (end < text.n) d.exponent += read_exponent(slice_sub(text, end + 1, SIZE_MAX));
    return d;
}

static int magnitude_cmp(const struct exact *x, const struct exact *y)
{
    if (x->exponent != y->exponent) return x->exponent < y->exponent ? -1 : 1;
    int order = slice_cmp(x->digits, y->digits); /* 0.12 < 0.123: the shorter comes first on a tie */
    return (order > 0) - (order < 0);
}

int exact_cmp(const struct exact *x, const struct exact *y)
{
    int sx = x->digits.n == 0 ? 0 : x->negative ? -1 : 1, sy = y->digits.n == 0 ? 0 : y->negative ? -1 : 1;
    if (sx != sy) return sx < sy ? -1 : 1;
    return sx == 0 ? 0 : sx * magnitude_cmp(x, y);
}

bool exact_whole(const struct exact *x)
{
    return x->digits.n == 0 || x->exponent >= (int64_t)x->digits.n;
}

bool exact_is_place(const struct exact *x, int64_t *k)
{
    if (x->negative || x->digits.n != 1 || x->digits.p[0] != '1' || x->exponent > 1) return false;
    *k = 1 - x->exponent;
    return true;
}

__extension__ typedef unsigned __int128 wide;

static uint64_t times(uint64_t x, uint64_t y, uint64_t m)
{
    return (uint64_t)((wide)x * y % m);
}

bool exact_multiple(const struct exact *x, const struct exact *m)
{
    if (x->digits.n == 0) return true;
    uint64_t divisor = 0, rest = 0, ten = 10, scale = 1;
    for (size_t i = 0; i < m->digits.n; i++) divisor = divisor * 10 + (uint64_t)(m->digits.p[i] - '0');
    if (divisor == 0) return false;
    /* x = X * 10^ex, m = M * 10^em with whole X, M that do not end in 0 */
    int64_t e = (x->exponent - (int64_t)x->digits.n) - (m->exponent - (int64_t)m->digits.n);
    if (e < 0) return false; /* X would have to end in 0 */
    for (size_t i = 0; i < x->digits.n; i++)
        rest = (uint64_t)(((wide)rest * 10 + (unsigned)(x->digits.p[i] - '0')) % divisor);
    for (ten %= divisor, scale %= divisor; e; e >>= 1) {
        if (e & 1) scale = times(scale, ten, divisor);
        ten = times(ten, ten, divisor);
    }
    return times(rest, scale, divisor) == 0;
}

/* ---- equality ---- */

static bool object_equal(struct arena *a, const struct json *x, const struct json *y)
{
    for (size_t i = 0; i < x->n; i++) {
        const struct json *other = json_get_slice(y, x->keys[i]);
        if (!other || !same_value(a, x->items[i], other)) return false;
    }
    return true;
}

bool same_value(struct arena *a, const struct json *x, const struct json *y)
{
    if (x == y) return true;
    if (x->type != y->type || (x->type >= JSON_ARRAY && x->n != y->n)) return false;
    switch (x->type) {
    case JSON_NULL: return true;
    case JSON_BOOL: return x->boolean == y->boolean;
    case JSON_STRING: return slice_eq(x->text, y->text);
    case JSON_NUMBER: {
        if (slice_eq(x->text, y->text)) return true;
        struct exact p = exact_of(a, x->text), q = exact_of(a, y->text);
        return exact_cmp(&p, &q) == 0;
    }
    case JSON_ARRAY:
        for (size_t i = 0; i < x->n; i++)
            if (!same_value(a, x->items[i], y->items[i])) return false;
        return true;
    case JSON_OBJECT: return object_equal(a, x, y);
    }
    return false;
}

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ (h >> 29);
}

static uint64_t mix_text(uint64_t h, struct slice s)
{
    for (size_t i = 0; i < s.n; i++) h = mix(h, (unsigned char)s.p[i]);
    return mix(h, s.n);
}

uint64_t same_value_hash(struct arena *a, const struct json *v)
{
    uint64_t h = mix(1, (uint64_t)v->type);
    switch (v->type) {
    case JSON_NULL: return h;
    case JSON_BOOL: return mix(h, v->boolean);
    case JSON_STRING: return mix_text(h, v->text);
    case JSON_NUMBER: {
        struct exact d = exact_of(a, v->text);
        return mix_text(mix(mix(h, d.negative), (uint64_t)d.exponent), d.digits);
    }
    case JSON_ARRAY:
        for (size_t i = 0; i < v->n; i++) h = mix(h, same_value_hash(a, v->items[i]));
        return h;
    case JSON_OBJECT: {
        uint64_t sum = 0; /* order does not matter */
        for (size_t i = 0; i < v->n; i++) sum += mix(mix_text(3, v->keys[i]), same_value_hash(a, v->items[i]));
        return mix(h, sum);
    }
    }
    return h;
}
