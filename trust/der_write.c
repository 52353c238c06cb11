#include "trust/der_write.h"

static void put_head(struct buf *b, enum der_tag tag, size_t n)
{
    buf_putc(b, (char)tag);
    if (n < 0x80) {
        buf_putc(b, (char)n);
        return;
    }
    int bytes = 1;
    for (size_t rest = n >> 8; rest; rest >>= 8) bytes++;
    buf_putc(b, (char)(0x80 | bytes));
    for (int i = bytes - 1; i >= 0; i--) buf_putc(b, (char)(n >> (8 * i) & 255u));
}

struct slice der_group(struct arena *a, enum der_tag tag, const struct slice *parts, size_t n)
{
    size_t total = 0;
    for (size_t i = 0; i < n; i++) total += parts[i].n;
    struct buf b = buf_new(a, total + 16);
    put_head(&b, tag, total);
    for (size_t i = 0; i < n; i++) buf_put(&b, parts[i]);
    return buf_slice(&b);
}

struct slice der_element(struct arena *a, enum der_tag tag, struct slice content)
{
    return der_group(a, tag, &content, 1);
}

struct slice der_integer(struct arena *a, int32_t v)
{
    struct buf b = buf_new(a, 8);
    int bytes = 1;
    while (bytes < 4 && v >> (8 * bytes - 1)) bytes++;
    for (int i = bytes - 1; i >= 0; i--) buf_putc(&b, (char)((uint32_t)v >> (8 * i) & 255u));
    return der_element(a, DER_INTEGER, buf_slice(&b));
}

struct slice der_bits(struct arena *a, struct slice content)
{
    const struct slice parts[] = {slice_of("\0", 1), content};
    return der_group(a, DER_BIT_STRING, parts, 2);
}

struct slice der_time(struct arena *a, instant t)
{
    struct civil c = civil_of_instant(t - CITY_OFFSET);
    return der_element(
        a, DER_TIME, arena_printf(a, "%04d%02d%02d%02d%02d%02dZ", c.year, c.month, c.day, c.hour, c.minute, c.second));
}
