#include "engine/decision/lexer.h"

#include "engine/decision/builtins.h"

static const char *const keywords[] = {"and",      "or",       "if",    "then",      "else",    "for",      "in",
                                       "return",   "some",     "every", "satisfies", "between", "instance", "of",
                                       "function", "external", "true",  "false",     "null"};

/* The code point at pos; the text is well-formed. */
static uint32_t peek(const struct lexer *l, size_t pos, size_t *next)
{
    *next = pos;
    if (pos >= l->text.n) return 0;
    unsigned char first = (unsigned char)l->text.p[pos];
    size_t more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    uint32_t c = more ? first & (0x3fu >> more) : first;
    for (pos++; more-- > 0 && pos < l->text.n; pos++) c = c << 6 | ((unsigned char)l->text.p[pos] & 0x3fu);
    *next = pos;
    return c;
}

static bool is_space(uint32_t c)
{
    return (c >= 0x9 && c <= 0xd) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 || c == 0x180e ||
           (c >= 0x2000 && c <= 0x200b) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000 ||
           c == 0xfeff;
}

/* 10.3.1.2, rules 28 and 29. */
static bool name_start(uint32_t c)
{
    if (c < 0x80) return c == '?' || c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    static const uint32_t ranges[][2] = {{0xc0, 0xd6},     {0xd8, 0xf6},     {0xf8, 0x2ff},    {0x370, 0x37d},
                                         {0x37f, 0x1fff},  {0x200c, 0x200d}, {0x2070, 0x218f}, {0x2c00, 0x2fef},
                                         {0x3001, 0xd7ff}, {0xf900, 0xfdcf}, {0xfdf0, 0xfffd}, {0x10000, 0xeffff}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1]) return !is_space(c);
    return false;
}

static bool name_part(uint32_t c)
{
    return name_start(c) || (c >= '0' && c <= '9') || c == 0xb7 || (c >= 0x300 && c <= 0x36f) || c == 0x203f ||
           c == 0x2040;
}

size_t lexer_skip(const struct lexer *l, size_t pos)
{
    for (;;) {
        size_t next;
        uint32_t c = peek(l, pos, &next);
        if (pos < l->text.n && is_space(c)) {
            pos = next;
        } else if (c == '/' && pos + 1 < l->text.n && l->text.p[pos + 1] == '/') {
            while (pos < l->text.n && l->text.p[pos] != '\n') pos++;
        } else if (c == '/' && pos + 1 < l->text.n && l->text.p[pos + 1] == '*') {
            size_t end = slice_search(slice_sub(l->text, pos + 2, l->text.n), S("*/"));
            pos = end == SIZE_MAX ? l->text.n : pos + 2 + end + 2;
        } else {
            return pos;
        }
    }
}

static void lex_error(struct lexer *l, const char *what, size_t at)
{
    if (l->error == NULL) {
        l->error = what;
        l->error_at = at;
    }
    l->pos = l->text.n;
}

/* End of the known name in the text at pos, 0 when it does not stand there. One space in the name stands for any. */
static size_t match_known(const struct lexer *l, struct slice name, size_t pos)
{
    size_t i = 0, next;
    while (i < name.n) {
        if (name.p[i] == ' ') {
            if (!is_space(peek(l, pos, &next)) || pos >= l->text.n) return 0;
            while (pos < l->text.n && is_space(peek(l, pos, &next))) pos = next;
            i++;
        } else {
            if (pos >= l->text.n || l->text.p[pos] != name.p[i]) return 0;
            pos++;
            i++;
        }
    }
    uint32_t last = (unsigned char)name.p[name.n - 1];
    if ((name_part(last) || last > 0x7f) && pos < l->text.n && name_part(peek(l, pos, &next))) return 0;
    return pos;
}

static bool longest_known(const struct lexer *l, size_t pos, size_t *end, struct slice *name)
{
    *end = 0;
    for (size_t i = 0; i < l->nknown; i++) {
        if (l->known[i].p[0] != l->text.p[pos]) continue;
        size_t e = match_known(l, l->known[i], pos);
        if (e > *end) {
            *end = e;
            *name = l->known[i];
        }
    }
    size_t n;
    const struct slice *spaced = builtin_spaced_names(&n);
    for (size_t i = 0; i < n; i++) {
        if (spaced[i].p[0] != l->text.p[pos]) continue;
        size_t e = match_known(l, spaced[i], pos);
        if (e > *end) {
            *end = e;
            *name = spaced[i];
        }
    }
    return *end > 0;
}

static struct token lex_name(struct lexer *l)
{
    size_t end = l->pos, next, known_end;
    struct slice known = S("");
    while (end < l->text.n && name_part(peek(l, end, &next))) end = next;
    struct token t = {.kind = TK_NAME, .at = l->pos, .end = end, .text = slice_sub(l->text, l->pos, end - l->pos)};
    if (longest_known(l, l->pos, &known_end, &known) && known_end >= end) {
        t.end = known_end;
        t.text = known;
    }
    l->pos = t.end;
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (keywords[i][0] == t.text.p[0] && slice_is(t.text, keywords[i])) t.kind = TK_KEYWORD;
    return t;
}

static struct token lex_number(struct lexer *l)
{
    size_t p = l->pos;
    struct slice s = l->text;
#define DIGIT(i) ((i) < s.n && s.p[i] >= '0' && s.p[i] <= '9')
    while (DIGIT(p)) p++;
    if (p < s.n && s.p[p] == '.' && DIGIT(p + 1)) {
        p++;
        while (DIGIT(p)) p++;
    }
    if (p < s.n && (s.p[p] == 'e' || s.p[p] == 'E')) {
        size_t q = p + 1;
        if (q < s.n && (s.p[q] == '+' || s.p[q] == '-')) q++;
        if (DIGIT(q)) {
            while (DIGIT(q)) q++;
            p = q;
        }
    }
    struct token t = {.kind = TK_NUMBER, .at = l->pos, .end = p, .text = slice_sub(s, l->pos, p - l->pos)};
    l->pos = p;
    return t;
}

static bool hex(struct slice s, size_t at, size_t n, uint32_t *out)
{
    uint32_t v = 0;
    if (at + n > s.n) return false;
    for (size_t i = at; i < at + n; i++) {
        char c = s.p[i];
        uint32_t d;
        if (c >= '0' && c <= '9')
            d = (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            d = (uint32_t)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F')
            d = (uint32_t)(c - 'A') + 10;
        else
            return false;
        v = v * 16 + d;
    }
    *out = v;
    return true;
}

static void put_code_point(struct buf *b, uint32_t c)
{
    if (c < 0x80) {
        buf_putc(b, (char)c);
    } else if (c < 0x800) {
        buf_putc(b, (char)(0xc0 | c >> 6));
        buf_putc(b, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        buf_putc(b, (char)(0xe0 | c >> 12));
        buf_putc(b, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_putc(b, (char)(0x80 | (c & 0x3f)));
    } else {
        buf_putc(b, (char)(0xf0 | c >> 18));
        buf_putc(b, (char)(0x80 | (c >> 12 & 0x3f)));
        buf_putc(b, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_putc(b, (char)(0x80 | (c & 0x3f)));
    }
}

/* \uXXXX (two of them for a surrogate pair) and \UXXXXXX; how many characters were read, 0: malformed. */
static size_t unicode_escape(struct slice s, size_t at, struct buf *b)
{
    uint32_t c, low;
    if (s.p[at] == 'U') {
        if (!hex(s, at + 1, 6, &c) || c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return 0;
        put_code_point(b, c);
        return 7;
    }
    if (!hex(s, at + 1, 4, &c) || c == 0) return 0;
    if (c >= 0xd800 && c < 0xdc00) {
        if (at + 6 >= s.n || s.p[at + 5] != '\\' || s.p[at + 6] != 'u' || !hex(s, at + 7, 4, &low) || low < 0xdc00 ||
            low > 0xdfff)
            return 0;
        put_code_point(b, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
        return 11;
    }
    if (c >= 0xdc00 && c < 0xe000) return 0;
    put_code_point(b, c);
    return 5;
}

static struct token lex_string(struct lexer *l, size_t start, size_t quote)
{
    struct slice s = l->text;
    struct buf b = buf_new(l->a, s.n + 1);
    size_t p = quote + 1;
    bool plain = true;
    while (p < s.n && s.p[p] != '"') {
        if (s.p[p] != '\\') {
            buf_putc(&b, s.p[p++]);
            continue;
        }
        plain = false;
        static const char from[] = "nrt\"'\\", to[] = "\n\r\t\"'\\";
        const char *known = p + 1 < s.n && s.p[p + 1] ? strchr(from, s.p[p + 1]) : NULL;
        size_t used = 0;
        if (known) {
            buf_putc(&b, to[known - from]);
            p += 2;
        } else if (p + 1 < s.n && (s.p[p + 1] == 'u' || s.p[p + 1] == 'U')) {
            used = unicode_escape(s, p + 1, &b);
            if (used == 0) {
                lex_error(l, "Unicode 转义有误|bad unicode escape", p);
                break;
            }
            p += 1 + used;
        } else {
            buf_putc(&b, s.p[p++]); /* a lone backslash stands for itself, as in patterns: "\d" */
        }
    }
    if (p >= s.n) lex_error(l, "文本缺少右引号|text without closing quote", start);
    struct token t = {.kind = TK_STRING, .at = start, .end = p + 1};
    t.text = plain ? slice_sub(s, quote + 1, p - quote - 1) : buf_slice(&b);
    if (l->error == NULL) l->pos = p + 1;
    return t;
}

struct token lexer_next(struct lexer *l)
{
    l->pos = lexer_skip(l, l->pos);
    size_t at = l->pos, next;
    struct token t = {.kind = TK_END, .at = at, .end = at};
    if (at >= l->text.n) return t;
    uint32_t c = peek(l, at, &next);
    if (c == '"') return lex_string(l, at, at);
    if (c == '@') {
        size_t q = lexer_skip(l, at + 1);
        if (q < l->text.n && l->text.p[q] == '"') {
            t = lex_string(l, at, q);
            t.kind = TK_AT_STRING;
            return t;
        }
    }
    bool digit_next = at + 1 < l->text.n && l->text.p[at + 1] >= '0' && l->text.p[at + 1] <= '9';
    if ((c >= '0' && c <= '9') || (c == '.' && digit_next)) return lex_number(l);
    if (name_start(c)) return lex_name(l);
    static const char *const pairs[] = {"**", "..", "!=", "<=", ">=", "->"};
    size_t n = 1;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (at + 1 < l->text.n && l->text.p[at] == pairs[i][0] && l->text.p[at + 1] == pairs[i][1]) n = 2;
    if (n == 1 && (c > 0x7f || strchr("()[]{},:.+-*/=<>", (int)c) == NULL)) {
        lex_error(
            l, c == 0x201c || c == 0x201d ? "请用英文引号|use straight quotes" : "意外的字符|unexpected character", at);
        return t;
    }
    t.kind = TK_PUNCT;
    t.end = at + n;
    t.text = slice_sub(l->text, at, n);
    l->pos = at + n;
    return t;
}

/* Whether the word "in" stands at pos between spaces. */
static bool at_in(const struct lexer *l, size_t pos)
{
    size_t next;
    if (pos + 2 > l->text.n || l->text.p[pos] != 'i' || l->text.p[pos + 1] != 'n') return false;
    return pos + 2 == l->text.n || !name_part(peek(l, pos + 2, &next));
}

bool lexer_free_name(struct lexer *l, const char *stops, bool stop_in, struct slice *out)
{
    size_t pos = lexer_skip(l, l->pos), next;
    struct buf b = buf_new(l->a, l->text.n + 1);
    if (pos >= l->text.n || !name_start(peek(l, pos, &next))) return false;
    bool space = false;
    while (pos < l->text.n) {
        uint32_t c = peek(l, pos, &next);
        size_t after = lexer_skip(l, pos);
        if (after > pos) {
            space = true;
            pos = after;
            continue;
        }
        if (c < 0x80 && c && strchr(stops, (int)c)) break;
        if (stop_in && space && at_in(l, pos)) break;
        if (!name_part(c) && !(c < 0x80 && c && strchr("./-'+*", (int)c))) return false;
        if (space) buf_putc(&b, ' ');
        space = false;
        buf_put(&b, slice_sub(l->text, pos, next - pos));
        pos = next;
    }
    if (pos >= l->text.n) return false;
    l->pos = pos;
    *out = buf_slice(&b);
    return true;
}
