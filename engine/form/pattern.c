#define PCRE2_CODE_UNIT_WIDTH 8
#include "engine/form/pattern.h"

#include <pcre2.h>

#include "base/buf.h"

/* PCRE2's memory comes from an arena, and goes with it. */
static void *take(size_t n, void *arena)
{
    return arena_alloc(arena, n);
}

static void leave(void *p, void *arena)
{
    (void)p;
    (void)arena;
}

struct pattern {
    pcre2_code *code;
};

/* ---- into PCRE2's notation: the same signs mean other things there, and PCRE2 knows many that ECMA-262 does not ---- */

struct translation {
    struct buf out;
    struct slice in;
    size_t at;
    const char *why;
};

#define SPACES \
    "\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}"
#define NO_SPACES                                                                                       \
    "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}" \
    "\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}"

static bool bad(struct translation *t, const char *why)
{
    t->why = why;
    return false;
}

static char peek(const struct translation *t, size_t ahead)
{
    return t->at + ahead < t->in.n ? t->in.p[t->at + ahead] : '\0';
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool hex_run(struct translation *t, int digits, unsigned *out)
{
    *out = 0;
    for (int i = 0; i < digits; i++, t->at++) {
        int h = hex(peek(t, 0));
        if (h < 0) return bad(t, "hexadecimal digits expected");
        *out = *out * 16 + (unsigned)h;
    }
    return true;
}

/* What follows "\u": four digits, a surrogate pair, or {…}. */
static bool unicode_escape(struct translation *t)
{
    unsigned code, low;
    if (peek(t, 0) == '{') {
        t->at++;
        size_t end = slice_find(t->in, '}', t->at);
        if (end == SIZE_MAX || end == t->at || end - t->at > 6) return bad(t, "bad code point");
        if (!hex_run(t, (int)(end - t->at), &code)) return false;
        t->at++;
    } else {
        if (!hex_run(t, 4, &code)) return false;
        if (code >= 0xD800 && code < 0xDC00 && peek(t, 0) == '\\' && peek(t, 1) == 'u') {
            t->at += 2;
            if (!hex_run(t, 4, &low)) return false;
            if (low < 0xDC00 || low > 0xDFFF) return bad(t, "lone surrogate");
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return bad(t, "not a code point");
    buf_printf(&t->out, "\\x{%x}", code);
    return true;
}

/* General categories by their long names (UAX 44), which PCRE2 knows by the short ones only. */
static const char *const categories[][2] = {
    {"Letter", "L"},
    {"Cased_Letter", "L&"},
    {"LC", "L&"},
    {"Uppercase_Letter", "Lu"},
    {"Lowercase_Letter", "Ll"},
    {"Titlecase_Letter", "Lt"},
    {"Modifier_Letter", "Lm"},
    {"Other_Letter", "Lo"},
    {"Mark", "M"},
    {"Combining_Mark", "M"},
    {"Nonspacing_Mark", "Mn"},
    {"Spacing_Mark", "Mc"},
    {"Enclosing_Mark", "Me"},
    {"Number", "N"},
    {"Decimal_Number", "Nd"},
    {"digit", "Nd"},
    {"Letter_Number", "Nl"},
    {"Other_Number", "No"},
    {"Punctuation", "P"},
    {"punct", "P"},
    {"Connector_Punctuation", "Pc"},
    {"Dash_Punctuation", "Pd"},
    {"Open_Punctuation", "Ps"},
    {"Close_Punctuation", "Pe"},
    {"Initial_Punctuation", "Pi"},
    {"Final_Punctuation", "Pf"},
    {"Other_Punctuation", "Po"},
    {"Symbol", "S"},
    {"Math_Symbol", "Sm"},
    {"Currency_Symbol", "Sc"},
    {"Modifier_Symbol", "Sk"},
    {"Other_Symbol", "So"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
    {"Line_Separator", "Zl"},
    {"Paragraph_Separator", "Zp"},
    {"Other", "C"},
    {"Control", "Cc"},
    {"cntrl", "Cc"},
    {"Format", "Cf"},
    {"Surrogate", "Cs"},
    {"Private_Use", "Co"},
    {"Unassigned", "Cn"},
};

/* "{Script=Greek}" behind \p or \P. */
static bool property(struct translation *t, char p)
{
    size_t end = peek(t, 0) == '{' ? slice_find(t->in, '}', t->at) : SIZE_MAX;
    if (end == SIZE_MAX) return bad(t, "property without braces");
    struct slice name = slice_sub(t->in, t->at + 1, end - t->at - 1), key, value;
    t->at = end + 1;
    for (size_t i = 0; i < name.n; i++)
        if (!letter(name.p[i]) && name.p[i] != '_' && name.p[i] != '=' && hex(name.p[i]) < 0)
            return bad(t, "bad property");
    const char *prefix = "";
    if (slice_cut(name, '=', &key, &value)) {
        bool script = slice_is(key, "Script") || slice_is(key, "sc"),
             extended = slice_is(key, "Script_Extensions") || slice_is(key, "scx");
        if (!script && !extended && !slice_is(key, "General_Category") && !slice_is(key, "gc"))
            return bad(t, "unknown property");
        if (script || extended) prefix = script ? "sc:" : "scx:";
        name = value;
    }
    if (slice_is(name, "ASCII")) {
        buf_puts(&t->out, p == 'p' ? "\\x{0}-\\x{7f}" : "\\x{80}-\\x{10ffff}");
        return true;
    }
    for (size_t i = 0; i < sizeof categories / sizeof *categories && !*prefix; i++)
        if (slice_is(name, categories[i][0])) name = slice_cstr(categories[i][1]);
    buf_printf(&t->out, "\\%c{%s%.*s}", p, prefix, SLICE_ARG(name));
    return name.n > 0 || bad(t, "unknown property");
}

/* After a backslash. */
static bool escape(struct translation *t, bool in_class)
{
    if (t->at >= t->in.n) return bad(t, "backslash at the end");
    char c = t->in.p[t->at++];
    unsigned code;
    switch (c) {
    case 'd':
    case 'D':
    case 'w':
    case 'W':
    case 'f':
    case 'n':
    case 'r':
    case 't': buf_printf(&t->out, "\\%c", c); return true;
    case 'b': buf_puts(&t->out, in_class ? "\\x{8}" : "\\b"); return true;
    case 'B': buf_puts(&t->out, "\\B"); return !in_class || bad(t, "\\B in a class");
    case 's':
    case 'S': buf_printf(&t->out, in_class ? "%s" : "[%s]", c == 's' ? SPACES : NO_SPACES); return true;
    case 'v': buf_puts(&t->out, "\\x{b}"); return true;
    case 'c':
        c = peek(t, 0);
        if (!letter(c)) return bad(t, "letter expected after \\c");
        buf_printf(&t->out, "\\x{%x}", (unsigned)c & 31U);
        t->at++;
        return true;
    case 'x':
        if (!hex_run(t, 2, &code)) return false;
        buf_printf(&t->out, "\\x{%x}", code);
        return true;
    case 'u': return unicode_escape(t);
    case 'p':
    case 'P': {
        if (!in_class) buf_putc(&t->out, '[');
        bool good = property(t, c);
        if (!in_class) buf_putc(&t->out, ']');
        return good;
    }
    case '0':
        if (peek(t, 0) >= '0' && peek(t, 0) <= '9') return bad(t, "octal escape");
        buf_puts(&t->out, "\\x{0}");
        return true;
    case 'k':
        if (in_class || peek(t, 0) != '<') return bad(t, "\\k without a name");
        buf_puts(&t->out, "\\k");
        return true;
    default:
        if (letter(c) || (unsigned char)c >= 0x80) return bad(t, "unknown escape");
        if (in_class && c >= '1' && c <= '9') return bad(t, "back reference in a class");
        buf_printf(&t->out, "\\%c", c);
        return true;
    }
}

static bool class_(struct translation *t)
{
    if (peek(t, 0) == ']') { /* matches nothing */
        t->at++;
        buf_puts(&t->out, "(?!)");
        return true;
    }
    if (peek(t, 0) == '^' && peek(t, 1) == ']') { /* matches anything */
        t->at += 2;
        buf_puts(&t->out, "(?s:.)");
        return true;
    }
    buf_putc(&t->out, '[');
    if (peek(t, 0) == '^') {
        t->at++;
        buf_putc(&t->out, '^');
    }
    while (t->at < t->in.n && t->in.p[t->at] != ']') {
        char c = t->in.p[t->at++];
        if (c == '\\') {
            if (!escape(t, true)) return false;
        } else {
            if (c == '[') buf_putc(&t->out, '\\'); /* no [:alpha:] here */
            buf_putc(&t->out, c);
        }
    }
    if (t->at++ >= t->in.n) return bad(t, "class without an end");
    buf_putc(&t->out, ']');
    return true;
}

/* After "(": groups of other kinds, and verbs, are PCRE2's own. */
static bool group(struct translation *t)
{
    buf_putc(&t->out, '(');
    if (peek(t, 0) == '*') return bad(t, "nothing to repeat");
    if (peek(t, 0) != '?') return true;
    char c = peek(t, 1), d = peek(t, 2);
    if (c == ':' || c == '=' || c == '!' || (c == '<' && (d == '=' || d == '!' || letter(d) || d == '_'))) return true;
    return bad(t, "unknown group");
}

/* A quantifier may be followed by "?", but by no other quantifier. */
static bool after_quantifier(struct translation *t)
{
    if (peek(t, 0) == '?') {
        buf_putc(&t->out, '?');
        t->at++;
    }
    char c = peek(t, 0);
    return (c != '*' && c != '+' && c != '?') || bad(t, "nothing to repeat");
}

static bool translate(struct translation *t)
{
    while (t->at < t->in.n) {
        char c = t->in.p[t->at++];
        bool good = true;
        if (c == '\\') {
            good = escape(t, false);
        } else if (c == '[') {
            good = class_(t);
        } else if (c == '(') {
            good = group(t);
            if (good && peek(t, 0) == '?') { /* "(?" is not a quantifier */
                buf_putc(&t->out, '?');
                t->at++;
            }
        } else if (c == '.') {
            buf_puts(&t->out, "[^\\n\\r\\x{2028}\\x{2029}]");
        } else {
            buf_putc(&t->out, c);
            if (c == '*' || c == '+' || c == '?' || c == '}') good = after_quantifier(t);
        }
        if (!good) return false;
    }
    return true;
}

enum { PATTERN_MAX = 4096 };

const struct pattern *pattern_new(struct arena *a, struct slice text, struct slice *why)
{
    if (text.n > PATTERN_MAX) {
        *why = S("too long");
        return NULL;
    }
    struct translation t = {buf_new(a, 64 * PATTERN_MAX), text, 0, NULL};
    if (!translate(&t) || t.out.overflow) {
        *why = slice_cstr(t.why ? t.why : "too long");
        return NULL;
    }
    pcre2_general_context *memory = pcre2_general_context_create(take, leave, a);
    pcre2_compile_context *context = pcre2_compile_context_create(memory);
    int code;
    size_t offset;
    struct pattern *p = NEW(a, struct pattern);
    p->code = pcre2_compile((PCRE2_SPTR)(t.out.p ? t.out.p : ""), t.out.n,
                            PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C |
                                PCRE2_NEVER_UCP,
                            &code, &offset, context);
    if (p->code) return p;
    char message[128];
    int n = pcre2_get_error_message(code, (PCRE2_UCHAR *)message, sizeof message);
    *why = n > 0 ? arena_copy(a, slice_of(message, (size_t)n)) : S("not a regular expression");
    return NULL;
}

bool pattern_found(struct arena *a, const struct pattern *p, struct slice s, size_t *cost)
{
    pcre2_general_context *memory = pcre2_general_context_create(take, leave, a);
    pcre2_match_context *context = pcre2_match_context_create(memory);
    pcre2_set_match_limit(context, 200000);
    pcre2_set_depth_limit(context, 5000);
    pcre2_set_heap_limit(context, 4096); /* KB */
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(p->code, memory);
    /* all text of JSON values is well-formed UTF-8 already */
    int n = pcre2_match(p->code, (PCRE2_SPTR)(s.p ? s.p : ""), s.n, 0, PCRE2_NO_UTF_CHECK, data, context);
    bool exhausted = n == PCRE2_ERROR_MATCHLIMIT || n == PCRE2_ERROR_DEPTHLIMIT || n == PCRE2_ERROR_HEAPLIMIT;
    *cost += exhausted ? 20000 : 4 + s.n / 64;
    return n >= 0;
}
