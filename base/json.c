#include "base/json.h"

#include "base/id.h"

#include <stdlib.h>

/* The parser. The input is copied once into the caller's arena; strings without escapes and numbers are
 * slices of that copy. Items of unfinished arrays and objects wait on one stack in a scratch arena. */

enum { MAX_DEPTH = 64, SMALL_OBJECT = 12 };

struct parser {
    struct arena *a, *scratch;
    struct slice text, where;
    size_t at;
    const struct json **items; /* the stack of waiting items, keys beside them */
    struct slice *keys;
    size_t n, cap;
    result problem;
};

static const struct json *parse_value(struct parser *p, int depth);

/* Line and column (in characters) of an offset, both from 1. */
static void position(struct slice text, size_t offset, size_t *line, size_t *column)
{
    size_t start = 0;
    *line = 1;
    for (size_t nl = slice_find(text, '\n', 0); nl < offset; nl = slice_find(text, '\n', start)) {
        start = nl + 1;
        ++*line;
    }
    *column = slice_codepoints(slice_sub(text, start, offset - start)) + 1;
}

static const struct json *syntax(struct parser *p, size_t offset, const char *zh, const char *en)
{
    size_t line, column;
    position(p->text, offset, &line, &column);
    p->problem =
        fail(p->a, CODE_JSON_SYNTAX, p->where, "line", arena_printf(p->scratch, "%zu", line), "column",
             arena_printf(p->scratch, "%zu", column), "detail_zh", slice_cstr(zh), "detail", slice_cstr(en), NULL);
    return NULL;
}

static void skip_space(struct parser *p)
{
    while (p->at < p->text.n) {
        char c = p->text.p[p->at];
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return;
        p->at++;
    }
}

static bool next_is(const struct parser *p, char c)
{
    return p->at < p->text.n && p->text.p[p->at] == c;
}

static bool accept(struct parser *p, char c)
{
    if (!next_is(p, c)) return false;
    p->at++;
    return true;
}

static bool four_hex(const struct parser *p, size_t at, uint32_t *out)
{
    uint32_t v = 0;
    if (p->text.n - at < 4) return false;
    for (size_t i = 0; i < 4; i++) {
        int digit = hex_digit(p->text.p[at + i]);
        if (digit < 0) return false;
        v = v << 4 | (uint32_t)digit;
    }
    *out = v;
    return true;
}

static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 63));
        out[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 63));
    out[2] = (char)(0x80 | (c >> 6 & 63));
    out[3] = (char)(0x80 | (c & 63));
    return 4;
}

/* "\uXXXX", at the X's; a pair of surrogates is one character (RFC 8259 section 7). */
static bool unicode_escape(struct parser *p, char *out, size_t *n)
{
    uint32_t c, low;
    if (!four_hex(p, p->at, &c)) return false;
    p->at += 4;
    if (c >= 0xDC00 && c <= 0xDFFF) return false;
    if (c >= 0xD800 && c <= 0xDBFF) {
        if (p->text.n - p->at < 6 || p->text.p[p->at] != '\\' || p->text.p[p->at + 1] != 'u' ||
            !four_hex(p, p->at + 2, &low) || low < 0xDC00 || low > 0xDFFF)
            return false;
        p->at += 6;
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    *n += put_utf8(out + *n, c);
    return true;
}

static char simple_escape(char c)
{
    switch (c) {
    case '"':
    case '\\':
    case '/': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
    }
}

/* The end of a string whose first `plain` bytes have no escape. Escapes only shrink, so the text up to the
 * closing quote bounds the length. */
static bool escaped_string(struct parser *p, size_t start, struct slice *out)
{
    size_t close = p->at;
    while (close < p->text.n && p->text.p[close] != '"') close += p->text.p[close] == '\\' ? 2 : 1;
    if (close >= p->text.n) return syntax(p, start - 1, "字符串没有结束引号", "string without closing quote"), false;
    char *to = arena_alloc(p->a, close - start);
    size_t n = p->at - start;
    memcpy(to, p->text.p + start, n);
    while (p->at < close) {
        char c = p->text.p[p->at];
        if ((unsigned char)c < 0x20)
            return syntax(p, p->at, "字符串中有控制字符", "control character in a string"), false;
        p->at++;
        if (c != '\\') {
            to[n++] = c;
            continue;
        }
        size_t escape = p->at - 1;
        c = p->text.p[p->at++];
        char plain = simple_escape(c);
        if (plain)
            to[n++] = plain;
        else if (c != 'u')
            return syntax(p, escape, "未知的转义", "unknown escape"), false;
        else if (!unicode_escape(p, to, &n))
            return syntax(p, escape, "\\u 转义不完整或代理对不成对", "bad \\u escape or lone surrogate"), false;
    }
    p->at = close + 1;
    *out = (struct slice){to, n};
    return true;
}

/* Whether one of eight bytes is a quote, a backslash or below a space: a byte less than n borrows into its top bit. */
static bool special(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\';
    return (((word - ones * ' ') & ~word) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & tops;
}

static bool parse_string(struct parser *p, struct slice *out)
{
    size_t start = ++p->at; /* behind the quote */
    uint64_t word;
    while (p->text.n - p->at >= sizeof word) {
        memcpy(&word, p->text.p + p->at, sizeof word);
        if (special(word)) break;
        p->at += sizeof word;
    }
    while (p->at < p->text.n) {
        char c = p->text.p[p->at];
        if (c == '"') {
            *out = slice_sub(p->text, start, p->at++ - start);
            return true;
        }
        if (c == '\\') return escaped_string(p, start, out);
        if ((unsigned char)c < 0x20)
            return syntax(p, p->at, "字符串中有控制字符", "control character in a string"), false;
        p->at++;
    }
    return syntax(p, start - 1, "字符串没有结束引号", "string without closing quote"), false;
}

static bool digits(struct parser *p)
{
    size_t start = p->at;
    while (p->at < p->text.n && p->text.p[p->at] >= '0' && p->text.p[p->at] <= '9') p->at++;
    return p->at > start;
}

static const struct json *parse_number(struct parser *p)
{
    size_t start = p->at;
    (void)accept(p, '-');
    bool zero = next_is(p, '0');
    size_t first = p->at;
    if (!digits(p)) return syntax(p, p->at, "此处应为数字", "expected a digit");
    if (zero && p->at - first > 1) return syntax(p, first, "数字不得以 0 开头", "number with a leading zero");
    if (accept(p, '.') && !digits(p)) return syntax(p, p->at, "小数点后应为数字", "expected a digit after the point");
    if (next_is(p, 'e') || next_is(p, 'E')) {
        p->at++;
        if (!accept(p, '+')) (void)accept(p, '-');
        if (!digits(p)) return syntax(p, p->at, "指数应为数字", "expected a digit in the exponent");
    }
    struct json *v = NEW(p->a, struct json);
    v->type = JSON_NUMBER;
    v->text = slice_sub(p->text, start, p->at - start);
    return v;
}

static void push(struct parser *p, struct slice key, const struct json *item)
{
    if (p->n == p->cap) {
        size_t cap = p->cap ? p->cap * 2 : 32;
        const struct json **items = NEW_ARRAY(p->scratch, const struct json *, cap);
        struct slice *keys = NEW_ARRAY(p->scratch, struct slice, cap);
        if (p->n) {
            memcpy(items, p->items, p->n * sizeof *items);
            memcpy(keys, p->keys, p->n * sizeof *keys);
        }
        p->items = items;
        p->keys = keys;
        p->cap = cap;
    }
    p->items[p->n] = item;
    p->keys[p->n++] = key;
}

/* Takes what has been pushed since `base` off the stack, into the finished value. */
static struct json *finish(struct parser *p, enum json_type type, size_t base)
{
    struct json *v = NEW(p->a, struct json);
    v->type = type;
    v->n = p->n - base;
    if (v->n) {
        const struct json **items = NEW_ARRAY(p->a, const struct json *, v->n);
        memcpy(items, p->items + base, v->n * sizeof *items);
        v->items = items;
    }
    if (v->n && type == JSON_OBJECT) {
        struct slice *keys = NEW_ARRAY(p->a, struct slice, v->n);
        memcpy(keys, p->keys + base, v->n * sizeof *keys);
        v->keys = keys;
    }
    p->n = base;
    return v;
}

static int by_key(const void *x, const void *y)
{
    return slice_cmp(*(const struct slice *)x, *(const struct slice *)y);
}

/* Small objects by comparing all pairs, large ones by sorting: never quadratic in the input. */
static const struct slice *duplicate(struct parser *p, const struct json *v)
{
    if (v->n <= SMALL_OBJECT) {
        for (size_t i = 1; i < v->n; i++)
            for (size_t k = 0; k < i; k++)
                if (slice_eq(v->keys[i], v->keys[k])) return &v->keys[i];
        return NULL;
    }
    struct slice *sorted = NEW_ARRAY(p->scratch, struct slice, v->n);
    memcpy(sorted, v->keys, v->n * sizeof *sorted);
    qsort(sorted, v->n, sizeof *sorted, by_key);
    for (size_t i = 1; i < v->n; i++)
        if (slice_eq(sorted[i], sorted[i - 1])) return &sorted[i];
    return NULL;
}

static const struct json *parse_array(struct parser *p, int depth)
{
    size_t base = p->n;
    p->at++;
    skip_space(p);
    if (accept(p, ']')) return finish(p, JSON_ARRAY, base);
    for (;;) {
        const struct json *item = parse_value(p, depth + 1);
        if (!item) return NULL;
        push(p, (struct slice){NULL, 0}, item);
        skip_space(p);
        if (accept(p, ']')) return finish(p, JSON_ARRAY, base);
        if (!accept(p, ',')) return syntax(p, p->at, "此处应为 , 或 ]", "expected , or ]");
    }
}

static const struct json *parse_object(struct parser *p, int depth)
{
    size_t base = p->n;
    p->at++;
    skip_space(p);
    if (accept(p, '}')) return finish(p, JSON_OBJECT, base);
    for (;;) {
        struct slice key;
        skip_space(p);
        size_t start = p->at;
        if (!next_is(p, '"')) return syntax(p, start, "此处应为带引号的键", "expected a quoted key");
        if (!parse_string(p, &key)) return NULL;
        if (slice_find(key, '\0', 0) != SIZE_MAX) return syntax(p, start, "键中有 NUL 字符", "NUL in a key");
        skip_space(p);
        if (!accept(p, ':')) return syntax(p, p->at, "此处应为 :", "expected :");
        const struct json *item = parse_value(p, depth + 1);
        if (!item) return NULL;
        push(p, key, item);
        skip_space(p);
        if (accept(p, '}')) break;
        if (!accept(p, ',')) return syntax(p, p->at, "此处应为 , 或 }", "expected , or }");
    }
    struct json *v = finish(p, JSON_OBJECT, base);
    const struct slice *twice = duplicate(p, v);
    if (!twice) return v;
    p->problem = fail(p->a, CODE_JSON_DUPLICATE_KEY, p->where, "value", slice_sub(*twice, 0, 200), NULL);
    return NULL;
}

static bool word(struct parser *p, struct slice w)
{
    if (!slice_starts(slice_sub(p->text, p->at, SIZE_MAX), w)) return false;
    p->at += w.n;
    return true;
}

static const struct json *parse_value(struct parser *p, int depth)
{
    skip_space(p);
    if (p->at >= p->text.n) return syntax(p, p->at, "内容不完整", "unexpected end");
    char c = p->text.p[p->at];
    if ((c == '{' || c == '[') && depth > MAX_DEPTH) {
        p->problem = fail(p->a, CODE_JSON_DEPTH, p->where, "limit", S("64"), NULL);
        return NULL;
    }
    if (c == '{') return parse_object(p, depth);
    if (c == '[') return parse_array(p, depth);
    if (c == '"') {
        struct json *v = NEW(p->a, struct json);
        v->type = JSON_STRING;
        return parse_string(p, &v->text) ? v : NULL;
    }
    if (c == '-' || (c >= '0' && c <= '9')) return parse_number(p);
    if (word(p, S("true"))) return json_of_bool(true);
    if (word(p, S("false"))) return json_of_bool(false);
    if (word(p, S("null"))) return json_null();
    return syntax(p, p->at, "此处不是 JSON 值", "not a JSON value");
}

result json_parse(struct arena *a, struct slice text, size_t max_bytes, struct slice where, const struct json **out)
{
    if (text.n > max_bytes) return fail(a, CODE_TOO_LARGE, where, "limit", arena_printf(a, "%zu", max_bytes), NULL);
    struct parser p = {.a = a, .scratch = arena_new("json"), .text = arena_copy(a, text), .where = where};
    const struct json *v = NULL;
    size_t bad = slice_utf8_end(p.text);
    if (bad != p.text.n) {
        (void)syntax(&p, bad, "不是有效的 UTF-8", "not valid UTF-8");
    } else {
        v = parse_value(&p, 1);
        skip_space(&p);
        if (v && p.at != p.text.n) v = syntax(&p, p.at, "值之后还有内容", "text after the value");
    }
    arena_free(p.scratch);
    if (!v) return p.problem;
    *out = v;
    return ok();
}
