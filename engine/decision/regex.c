#define PCRE2_CODE_UNIT_WIDTH 8
#include "engine/decision/regex.h"

#include <pcre2.h>

#define MATCH_LIMIT 100000
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

/* XPath's \i and \c (XML names) and class subtraction are written in PCRE's words. In a class "[a-z-[aeiou]]"
 * becomes "(?:(?![aeiou])[a-z])". */
static bool translate(struct slice s, struct buf *b, bool literal)
{
    if (literal) {
        buf_put(b, s);
        return true;
    }
    size_t class_at = SIZE_MAX;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool in_class = class_at != SIZE_MAX;
        if (c == '\\' && i + 1 < s.n) {
            char e = s.p[++i];
            if (e == 'i') buf_puts(b, in_class ? "\\p{L}_:" : "[\\p{L}_:]");
            else if (e == 'c') buf_puts(b, in_class ? "\\p{L}\\p{Nd}_:.\\-" : "[\\p{L}\\p{Nd}_:.\\-]");
            else {
                buf_putc(b, '\\');
                buf_putc(b, e);
            }
        } else if (c == '[' && !in_class) {
            class_at = b->n;
            buf_putc(b, c);
            if (i + 1 < s.n && s.p[i + 1] == '^') buf_putc(b, s.p[++i]);
        } else if (c == '-' && in_class && i + 1 < s.n && s.p[i + 1] == '[') {
            size_t end = slice_find(s, ']', i);
            if (end == SIZE_MAX || end + 1 >= s.n || s.p[end + 1] != ']') return false;
            struct slice base = arena_copy(b->a, slice_of(b->p + class_at, b->n - class_at));
            b->n = class_at;
            buf_puts(b, "(?:(?!");
            buf_put(b, slice_sub(s, i + 1, end - i));
            buf_putc(b, ')');
            buf_put(b, base);
            buf_puts(b, "])");
            i = end + 1;
            class_at = SIZE_MAX;
        } else {
            if (c == '[' && in_class) buf_putc(b, '\\'); /* PCRE would see a POSIX class */
            if (c == ']' && in_class) class_at = SIZE_MAX;
            buf_putc(b, c);
        }
    }
    return !b->overflow;
}

static bool options(struct slice flags, uint32_t *out)
{
    *out = PCRE2_UTF | PCRE2_UCP | PCRE2_NO_UTF_CHECK | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY;
    for (size_t i = 0; i < flags.n; i++) {
        switch (flags.p[i]) {
        case 's': *out |= PCRE2_DOTALL; break;
        case 'm': *out |= PCRE2_MULTILINE; break;
        case 'i': *out |= PCRE2_CASELESS; break;
        case 'x': *out |= PCRE2_EXTENDED | PCRE2_EXTENDED_MORE; break;
        case 'q': *out |= PCRE2_LITERAL; break;
        default: return false;
        }
    }
    if (*out & PCRE2_LITERAL) *out &= (uint32_t) ~(PCRE2_EXTENDED | PCRE2_EXTENDED_MORE | PCRE2_DOTALL | PCRE2_MULTILINE | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C | PCRE2_UCP);
    return true;
}

struct regex *regex_get(struct machine *m, struct slice pattern, struct slice flags)
{
    for (struct regex *r = m->regexes; r; r = r->next)
        if (slice_eq(r->pattern, pattern) && slice_eq(r->flags, flags)) return r;
    uint32_t opt;
    if (pattern.n > 4096 || !options(flags, &opt)) {
        machine_null(m, "bad flags of a pattern");
        return NULL;
    }
    struct buf b = buf_new(m->a, 65536);
    int error;
    PCRE2_SIZE at;
    pcre2_code *code = NULL;
    if (translate(pattern, &b, (opt & PCRE2_LITERAL) != 0)) code = pcre2_compile((PCRE2_SPTR)(b.p ? b.p : ""), b.n, opt, &error, &at, NULL);
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
    if (!machine_charge(m, 1 + (int64_t)(s.n - from) / 256)) return false;
    int count = pcre2_match(r->code, (PCRE2_SPTR)(s.p ? s.p : ""), s.n, from, PCRE2_NO_UTF_CHECK, r->data, r->limits);
    if (count < 0) {
        if (count != PCRE2_ERROR_NOMATCH) {
            machine_null(m, "the pattern takes too long");
            machine_charge(m, MATCH_LIMIT / 100);
        }
        return false;
    }
    *groups = pcre2_get_ovector_pointer(r->data);
    *n = pcre2_get_ovector_count(r->data);
    return true;
}
