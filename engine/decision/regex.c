#define PCRE2_CODE_UNIT_WIDTH 8
#include "engine/decision/regex.h"

#include <pcre2.h>

#define MATCH_LIMIT 20000
#define DEPTH_LIMIT 2000
#define HEAP_LIMIT_KB 8192

struct regex {
    struct slice pattern, flags;
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
    struct regex *next;
};

static void regex_free(void *p)
{
    struct regex *r = p;
    pcre2_match_data_free(r->data);
    pcre2_match_context_free(r->limits);
    pcre2_code_free(r->code);
}

/* Blocks of Unicode that \p{Is…} may name. */
static const struct {
    const char *name, *range;
} blocks[] = {{"BasicLatin", "\\x{0}-\\x{7F}"},
              {"Latin-1Supplement", "\\x{80}-\\x{FF}"},
              {"LatinExtended-A", "\\x{100}-\\x{17F}"},
              {"LatinExtended-B", "\\x{180}-\\x{24F}"},
              {"Greek", "\\x{370}-\\x{3FF}"},
              {"GreekandCoptic", "\\x{370}-\\x{3FF}"},
              {"Cyrillic", "\\x{400}-\\x{4FF}"},
              {"Hebrew", "\\x{590}-\\x{5FF}"},
              {"Arabic", "\\x{600}-\\x{6FF}"},
              {"Thai", "\\x{E00}-\\x{E7F}"},
              {"GeneralPunctuation", "\\x{2000}-\\x{206F}"},
              {"CurrencySymbols", "\\x{20A0}-\\x{20CF}"},
              {"CJKSymbolsandPunctuation", "\\x{3000}-\\x{303F}"},
              {"Hiragana", "\\x{3040}-\\x{309F}"},
              {"Katakana", "\\x{30A0}-\\x{30FF}"},
              {"CJKUnifiedIdeographsExtensionA", "\\x{3400}-\\x{4DBF}"},
              {"CJKUnifiedIdeographs", "\\x{4E00}-\\x{9FFF}"},
              {"HangulSyllables", "\\x{AC00}-\\x{D7A3}"},
              {"HalfwidthandFullwidthForms", "\\x{FF00}-\\x{FFEF}"}};

static struct slice block_range(struct slice name)
{
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (slice_is(name, blocks[i].name)) return slice_cstr(blocks[i].range);
    return S("");
}

struct translation {
    struct slice s;
    size_t i;
    struct buf *b;
    size_t class_at; /* where in b the open class began; SIZE_MAX: none */
    bool dot_all;
};

/* A set of characters, in or outside a class; negated sets only outside. */
static bool put_set(struct translation *t, const char *set, size_t n, bool negated)
{
    bool in_class = t->class_at != SIZE_MAX;
    if (in_class && negated) return false;
    if (!in_class) buf_puts(t->b, negated ? "[^" : "[");
    buf_put(t->b, slice_of(set, n));
    if (!in_class) buf_putc(t->b, ']');
    return true;
}

/* \p{…}: a category goes through, a block becomes its range. */
static bool put_property(struct translation *t, char sign)
{
    size_t open = t->i + 1, end = slice_find(t->s, '}', t->i);
    if (open >= t->s.n || t->s.p[open] != '{' || end == SIZE_MAX) return false;
    struct slice name = slice_sub(t->s, open + 1, end - open - 1);
    t->i = end;
    if (slice_starts(name, S("Is"))) {
        struct slice range = block_range(slice_sub(name, 2, name.n));
        return range.n && put_set(t, range.p, range.n, sign == 'P');
    }
    for (size_t k = 0; k < name.n; k++)
        if (!((name.p[k] >= 'A' && name.p[k] <= 'Z') || (name.p[k] >= 'a' && name.p[k] <= 'z'))) return false;
    buf_printf(t->b, "\\%c{%.*s}", sign, SLICE_ARG(name));
    return name.n > 0;
}

/* Escapes: those of XPath, and no others. \i and \c are XML's name characters. */
static bool put_escape(struct translation *t)
{
    static const char start[] = "\\p{L}_:", part[] = "\\p{L}\\p{Nd}_:.\\-";
    if (t->i + 1 >= t->s.n) return false;
    char e = t->s.p[++t->i];
    switch (e) {
    case 'i':
    case 'I': return put_set(t, start, sizeof start - 1, e == 'I');
    case 'c':
    case 'C': return put_set(t, part, sizeof part - 1, e == 'C');
    case 'p':
    case 'P': return put_property(t, e);
    default: break;
    }
    if (e == '\0' || e == '0') return false;
    if (e >= '1' && e <= '9') {
        if (t->class_at != SIZE_MAX) return false;
    } else if (strchr("nrtdDsSwW\\|.?*+(){}-[]^$,", e) == NULL) {
        return false;
    }
    buf_putc(t->b, '\\');
    buf_putc(t->b, e);
    return true;
}

/* "[a-z-[aeiou]]" becomes "(?:(?![aeiou])[a-z])". */
static bool put_subtraction(struct translation *t)
{
    size_t end = slice_find(t->s, ']', t->i);
    if (end == SIZE_MAX || end + 1 >= t->s.n || t->s.p[end + 1] != ']') return false;
    struct slice base = arena_copy(t->b->a, slice_of(t->b->p + t->class_at, t->b->n - t->class_at));
    t->b->n = t->class_at;
    buf_puts(t->b, "(?:(?!");
    buf_put(t->b, slice_sub(t->s, t->i + 1, end - t->i));
    buf_putc(t->b, ')');
    buf_put(t->b, base);
    buf_puts(t->b, "])");
    t->i = end + 1;
    t->class_at = SIZE_MAX;
    return true;
}

static bool put_in_class(struct translation *t, char c)
{
    if (c == '-' && t->i + 1 < t->s.n && t->s.p[t->i + 1] == '[') return put_subtraction(t);
    if (c == '[') buf_putc(t->b, '\\'); /* PCRE would see a POSIX class */
    if (c == ']') t->class_at = SIZE_MAX;
    buf_putc(t->b, c);
    return true;
}

/* XPath's pattern in PCRE's words; false when it is none. */
static bool translate(struct slice s, struct buf *b, bool dot_all)
{
    struct translation t = {.s = s, .b = b, .class_at = SIZE_MAX, .dot_all = dot_all};
    for (; t.i < s.n; t.i++) {
        char c = s.p[t.i];
        bool good = true;
        if (c == '\\') {
            good = put_escape(&t);
        } else if (t.class_at != SIZE_MAX) {
            good = put_in_class(&t, c);
        } else if (c == '[') {
            t.class_at = b->n;
            buf_putc(b, c);
            if (t.i + 1 < s.n && s.p[t.i + 1] == '^') buf_putc(b, s.p[++t.i]);
        } else if (c == '.') {
            buf_puts(b, dot_all ? "(?s:.)" : "[^\\n\\r]");
        } else {
            if (c == '(' && t.i + 1 < s.n && s.p[t.i + 1] == '?' && (t.i + 2 >= s.n || s.p[t.i + 2] != ':'))
                return false;
            buf_putc(b, c);
        }
        if (!good) return false;
    }
    return !b->overflow && t.class_at == SIZE_MAX;
}

/* Flag x: white space outside classes does not count. */
static struct slice without_space(struct arena *a, struct slice s)
{
    struct buf b = buf_new(a, s.n + 1);
    bool in_class = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!in_class && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) continue;
        if (c == '\\' && i + 1 < s.n && s.p[i + 1] != ' ') {
            buf_putc(&b, c);
            c = s.p[++i];
        } else if (c == '[') {
            in_class = true;
        } else if (c == ']') {
            in_class = false;
        }
        buf_putc(&b, c);
    }
    return b.p ? buf_slice(&b) : S("");
}

static bool options(struct slice flags, uint32_t *out, bool *dot_all, bool *spaced)
{
    *out = PCRE2_UTF | PCRE2_UCP | PCRE2_NO_UTF_CHECK | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY;
    for (size_t i = 0; i < flags.n; i++) {
        switch (flags.p[i]) {
        case 's': *dot_all = true; break;
        case 'm': *out |= PCRE2_MULTILINE; break;
        case 'i': *out |= PCRE2_CASELESS; break;
        case 'x': *spaced = true; break;
        case 'q': *out |= PCRE2_LITERAL; break;
        default: return false;
        }
    }
    if (*out & PCRE2_LITERAL)
        *out &= (uint32_t) ~(PCRE2_MULTILINE | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C | PCRE2_UCP);
    return true;
}

struct regex *regex_get(struct machine *m, struct slice pattern, struct slice flags)
{
    for (struct regex *r = m->regexes; r; r = r->next)
        if (slice_eq(r->pattern, pattern) && slice_eq(r->flags, flags)) return r;
    uint32_t opt;
    bool dot_all = false, spaced = false;
    if (pattern.n > 4096 || !options(flags, &opt, &dot_all, &spaced)) {
        machine_null(m, "bad flags of a pattern");
        return NULL;
    }
    struct buf b = buf_new(m->a, 65536);
    int error;
    PCRE2_SIZE at;
    pcre2_code *code = NULL;
    bool literal = (opt & PCRE2_LITERAL) != 0;
    struct slice source = spaced && !literal ? without_space(m->a, pattern) : pattern;
    if (literal) buf_put(&b, source);
    if (literal || translate(source, &b, dot_all))
        code = pcre2_compile((PCRE2_SPTR)(b.p ? b.p : ""), b.n, opt, &error, &at, NULL);
    if (code == NULL) {
        machine_null(m, "malformed pattern");
        return NULL;
    }
    machine_charge(m, 100);
    struct regex *r = NEW(m->a, struct regex);
    *r = (struct regex){.pattern = pattern, .flags = flags, .code = code, .next = m->regexes};
    r->data = pcre2_match_data_create_from_pattern(code, NULL);
    r->limits = pcre2_match_context_create(NULL);
    arena_cleanup(m->a, regex_free, r);
    pcre2_set_match_limit(r->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(r->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(r->limits, HEAP_LIMIT_KB);
    m->regexes = r;
    return r;
}

bool regex_find(struct machine *m, struct regex *r, struct slice s, size_t from, const size_t **groups, size_t *n)
{
    if (!machine_charge(m, 10 + (int64_t)(s.n - from) / 8)) return false;
    int count = pcre2_match(r->code, (PCRE2_SPTR)(s.p ? s.p : ""), s.n, from, PCRE2_NO_UTF_CHECK, r->data, r->limits);
    if (count < 0) {
        if (count != PCRE2_ERROR_NOMATCH) {
            machine_null(m, "the pattern takes too long");
            machine_charge(m, MATCH_LIMIT / 20);
        }
        return false;
    }
    *groups = pcre2_get_ovector_pointer(r->data);
    *n = pcre2_get_ovector_count(r->data);
    return true;
}
