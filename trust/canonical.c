#include "trust/canonical.h"

#include <stdlib.h>

#define SAFE_INTEGER INT64_C(9007199254740991)

static result put(struct buf *b, const struct json *v);

/* json_write_string escapes exactly as RFC 8785, section 3.2.2.2, asks. */

/* First byte of a code point, mapped so that comparing bytes gives the order of UTF-16 code units: surrogates
 * (U+10000 and above, lead F0..F4) sort before U+E000..U+FFFF (leads EE, EF). */
static int lead_rank(unsigned char c)
{
    if (c >= 0xF0) return 0xEE + (c - 0xF0);
    if (c >= 0xEE) return 0xF3 + (c - 0xEE);
    return c;
}

static int key_order(struct slice x, struct slice y)
{
    size_t n = x.n < y.n ? x.n : y.n;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)x.p[i], d = (unsigned char)y.p[i];
        if (c != d) return lead_rank(c) - lead_rank(d);
    }
    return x.n < y.n ? -1 : x.n > y.n;
}

static int member_order(const void *p, const void *q, void *object)
{
    const struct json *v = object;
    return key_order(v->keys[*(const size_t *)p], v->keys[*(const size_t *)q]);
}

static result put_object(struct buf *b, const struct json *v)
{
    size_t *order = NEW_ARRAY(b->a, size_t, v->n + 1);
    for (size_t i = 0; i < v->n; i++) order[i] = i;
    qsort_r(order, v->n, sizeof *order, member_order, (void *)(uintptr_t)v);
    buf_putc(b, '{');
    for (size_t i = 0; i < v->n; i++) {
        if (i) buf_putc(b, ',');
        json_write_string(b, v->keys[order[i]]);
        buf_putc(b, ':');
        TRY(put(b, v->items[order[i]]));
    }
    buf_putc(b, '}');
    return ok();
}

static result put_number(struct buf *b, const struct json *v)
{
    int64_t n;
    if (!json_is_int(v, &n) || n > SAFE_INTEGER || n < -SAFE_INTEGER)
        return fail(b->a, CODE_CANONICAL, v->text, "detail", S("not a whole number within 2^53"), NULL);
    buf_printf(b, "%lld", (long long)n);
    return ok();
}

static result put(struct buf *b, const struct json *v)
{
    switch (v->type) {
    case JSON_NULL: buf_puts(b, "null"); return ok();
    case JSON_BOOL: buf_puts(b, v->boolean ? "true" : "false"); return ok();
    case JSON_NUMBER: return put_number(b, v);
    case JSON_STRING: json_write_string(b, v->text); return ok();
    case JSON_OBJECT: return put_object(b, v);
    case JSON_ARRAY: break;
    }
    buf_putc(b, '[');
    for (size_t i = 0; i < v->n; i++) {
        if (i) buf_putc(b, ',');
        TRY(put(b, v->items[i]));
    }
    buf_putc(b, ']');
    return ok();
}

result canonical_json(struct arena *a, const struct json *v, struct slice *out)
{
    struct buf b = buf_new(a, CANONICAL_MAX);
    TRY(put(&b, v));
    if (b.overflow) return fail(a, CODE_TOO_LARGE, S(""), "limit", S("1048576"), NULL);
    *out = buf_slice(&b);
    return ok();
}

result canonical_parse(struct arena *a, struct slice text, struct slice where, const struct json **out)
{
    struct slice again;
    TRY(json_parse(a, text, CANONICAL_MAX, where, out));
    TRY(canonical_json(a, *out, &again));
    if (!slice_eq(again, text)) return fail(a, CODE_CANONICAL, where, "detail", S("not in canonical form"), NULL);
    return ok();
}
