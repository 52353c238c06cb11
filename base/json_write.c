#include "base/json.h"

#include <stdio.h>

/* What must be escaped (RFC 8259 section 7). Bytes that are no UTF-8 become U+FFFD, so that the output is
 * JSON whatever a caller put into a string. */
static void write_escape(struct buf *b, char c)
{
    switch (c) {
    case '"': buf_put(b, S("\\\"")); break;
    case '\\': buf_put(b, S("\\\\")); break;
    case '\n': buf_put(b, S("\\n")); break;
    case '\r': buf_put(b, S("\\r")); break;
    case '\t': buf_put(b, S("\\t")); break;
    case '\b': buf_put(b, S("\\b")); break;
    case '\f': buf_put(b, S("\\f")); break;
    default: buf_printf(b, "\\u%04x", (unsigned)(unsigned char)c);
    }
}

static void write_valid(struct buf *b, struct slice s)
{
    size_t plain = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        buf_put(b, slice_sub(s, plain, i - plain));
        write_escape(b, s.p[i]);
        plain = i + 1;
    }
    buf_put(b, slice_sub(s, plain, SIZE_MAX));
}

/* How many bytes from the beginning are ASCII that stands for itself. */
static size_t plain_length(struct slice s)
{
    size_t i = 0;
    for (; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') break;
    }
    return i;
}

void json_write_string(struct buf *b, struct slice s)
{
    buf_putc(b, '"');
    size_t plain = plain_length(s);
    buf_put(b, slice_sub(s, 0, plain));
    s = slice_sub(s, plain, SIZE_MAX);
    while (s.n) {
        size_t good = slice_utf8_end(s);
        write_valid(b, slice_sub(s, 0, good));
        if (good == s.n) break;
        buf_put(b, S("\xEF\xBF\xBD"));
        s = slice_sub(s, good + 1, SIZE_MAX);
    }
    buf_putc(b, '"');
}

static void write_members(struct buf *b, const struct json *v)
{
    for (size_t i = 0; i < v->n; i++) {
        if (i) buf_putc(b, ',');
        if (v->type == JSON_OBJECT) {
            json_write_string(b, v->keys[i]);
            buf_putc(b, ':');
        }
        json_write_to(b, v->items[i]);
    }
}

void json_write_to(struct buf *b, const struct json *v)
{
    switch (v ? v->type : JSON_NULL) {
    case JSON_NULL: buf_put(b, S("null")); break;
    case JSON_BOOL: buf_put(b, v->boolean ? S("true") : S("false")); break;
    case JSON_NUMBER: buf_put(b, v->text); break;
    case JSON_STRING: json_write_string(b, v->text); break;
    case JSON_ARRAY:
        buf_putc(b, '[');
        write_members(b, v);
        buf_putc(b, ']');
        break;
    case JSON_OBJECT:
        buf_putc(b, '{');
        write_members(b, v);
        buf_putc(b, '}');
        break;
    }
}

struct slice json_write(struct arena *a, const struct json *v)
{
    struct buf b = buf_new(a, SIZE_MAX);
    json_write_to(&b, v);
    return buf_slice(&b);
}
