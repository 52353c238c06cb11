/* 10.3.4.3 functions of text. Positions count code points. */
#include "engine/decision/builtins.h"
#include "engine/decision/regex.h"
#include "engine/decision/temporal.h"

#include <unicode/ustring.h>

#define STRING_MAX ((size_t)1 << 24)

static bool charge_text(struct machine *m, size_t n)
{
    return machine_charge(m, (int64_t)(n / 64));
}

/* Byte offset of the i-th code point, s.n when there are fewer. */
static size_t point_offset(struct slice s, int64_t i)
{
    size_t p = 0;
    while (i > 0 && p < s.n) {
        p++;
        while (p < s.n && ((unsigned char)s.p[p] & 0xc0) == 0x80) p++;
        i--;
    }
    return p;
}

static bool arg_cut(struct value v, int64_t *out)
{
    num n;
    unsigned flags = 0;
    return arg_number(v, &n) && num_int(bid128_round_integral_zero(n, &flags), out);
}

static struct value f_substring(struct machine *m, const struct value *args, size_t n)
{
    struct slice s;
    int64_t start, length = INT64_MAX;
    if (!arg_string(args[0], &s) || !arg_cut(args[1], &start) || start == 0) return arg_mismatch(m, "substring");
    if (n == 3 && args[2].type != V_NULL && (!arg_cut(args[2], &length) || length < 1))
        return arg_mismatch(m, "substring");
    if (!charge_text(m, s.n)) return v_null();
    if (start < 0) {
        int64_t count = (int64_t)slice_codepoints(s);
        start = count + start + 1;
        if (start < 1) return arg_mismatch(m, "substring");
    }
    size_t from = point_offset(s, start - 1);
    struct slice rest = slice_sub(s, from, s.n);
    return v_string(slice_sub(rest, 0, length >= (int64_t)rest.n ? rest.n : point_offset(rest, length)));
}

static struct value f_string_length(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    struct slice s;
    if (!arg_string(args[0], &s)) return arg_mismatch(m, "string length");
    return charge_text(m, s.n) ? v_int((int64_t)slice_codepoints(s)) : v_null();
}

/* Full case mapping of Unicode, without a language's own rules. */
static struct value change_case(struct machine *m, struct value v, bool upper)
{
    struct slice s;
    if (!arg_string(v, &s)) return arg_mismatch(m, upper ? "upper case" : "lower case");
    if (s.n > STRING_MAX / 8 || !machine_charge(m, (int64_t)(s.n / 16))) return v_null();
    UErrorCode status = U_ZERO_ERROR;
    int32_t cap = (int32_t)s.n * 3 + 1, n = 0, mapped, bytes = 0;
    UChar *from = arena_alloc(m->a, (size_t)cap * sizeof *from), *to = arena_alloc(m->a, (size_t)cap * sizeof *to);
    u_strFromUTF8(from, cap, &n, s.p ? s.p : "", (int32_t)s.n, &status);
    mapped = upper ? u_strToUpper(to, cap, from, n, "", &status) : u_strToLower(to, cap, from, n, "", &status);
    char *out = arena_alloc(m->a, (size_t)cap * 3);
    if (U_SUCCESS(status)) u_strToUTF8(out, cap * 3, &bytes, to, mapped, &status);
    return U_SUCCESS(status) ? v_string(slice_of(out, (size_t)bytes)) : arg_mismatch(m, "case");
}

static struct value f_upper(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    return change_case(m, args[0], true);
}

static struct value f_lower(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    return change_case(m, args[0], false);
}

static bool two(struct machine *m, const struct value *args, struct slice *s, struct slice *t)
{
    return arg_string(args[0], s) && arg_string(args[1], t) && charge_text(m, s->n + t->n);
}

/* Offset of t in s, also for an empty t. */
static size_t find(struct slice s, struct slice t)
{
    return t.n == 0 ? 0 : slice_search(s, t);
}

static struct value f_before(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    struct slice s, t;
    if (!two(m, args, &s, &t)) return arg_mismatch(m, "substring before");
    size_t at = find(s, t);
    return v_string(at == SIZE_MAX ? S("") : slice_sub(s, 0, at));
}

static struct value f_after(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    struct slice s, t;
    if (!two(m, args, &s, &t)) return arg_mismatch(m, "substring after");
    size_t at = find(s, t);
    return v_string(at == SIZE_MAX ? S("") : slice_sub(s, at + t.n, s.n));
}

static struct value f_contains(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    struct slice s, t;
    return two(m, args, &s, &t) ? v_bool(find(s, t) != SIZE_MAX) : arg_mismatch(m, "contains");
}

static struct value f_starts(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    struct slice s, t;
    return two(m, args, &s, &t) ? v_bool(slice_starts(s, t)) : arg_mismatch(m, "starts with");
}

static struct value f_ends(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    struct slice s, t;
    return two(m, args, &s, &t) ? v_bool(slice_ends(s, t)) : arg_mismatch(m, "ends with");
}

static bool arg_flags(const struct value *args, size_t n, size_t at, struct slice *out)
{
    *out = S("");
    return n <= at || args[at].type == V_NULL || arg_string(args[at], out);
}

static struct value f_matches(struct machine *m, const struct value *args, size_t n)
{
    struct slice s, pattern, flags;
    const size_t *groups;
    size_t count;
    if (!two(m, args, &s, &pattern) || !arg_flags(args, n, 2, &flags)) return arg_mismatch(m, "matches");
    struct regex *r = regex_get(m, pattern, flags);
    if (r == NULL) return v_null();
    struct slice before = m->warning;
    bool hit = regex_find(m, r, s, 0, &groups, &count);
    if (!hit && m->warning.p != before.p) return v_null(); /* a bound was passed: unknown */
    return v_bool(hit);
}

/* XPath's replacement text: $N a group, \$ and \\ themselves; false when malformed. */
static bool put_replacement(struct buf *b, struct slice text, struct slice s, const size_t *groups, size_t n)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '\\') {
            if (i + 1 >= text.n || (text.p[i + 1] != '$' && text.p[i + 1] != '\\')) return false;
            buf_putc(b, text.p[++i]);
        } else if (c == '$') {
            if (i + 1 >= text.n || text.p[i + 1] < '0' || text.p[i + 1] > '9') return false;
            size_t group = (size_t)(text.p[++i] - '0');
            while (i + 1 < text.n && text.p[i + 1] >= '0' && text.p[i + 1] <= '9' &&
                   group * 10 + (size_t)(text.p[i + 1] - '0') < n)
                group = group * 10 + (size_t)(text.p[++i] - '0');
            if (group < n && groups[2 * group] != SIZE_MAX)
                buf_put(b, slice_sub(s, groups[2 * group], groups[2 * group + 1] - groups[2 * group]));
        } else {
            buf_putc(b, c);
        }
    }
    return true;
}

static struct value f_replace(struct machine *m, const struct value *args, size_t n)
{
    struct slice s, pattern, with, flags;
    const size_t *groups;
    size_t count, at = 0, done = 0;
    if (!two(m, args, &s, &pattern) || !arg_string(args[2], &with) || !arg_flags(args, n, 3, &flags))
        return arg_mismatch(m, "replace");
    struct regex *r = regex_get(m, pattern, flags);
    if (r == NULL) return v_null();
    bool literal = flags.n && slice_find(flags, 'q', 0) != SIZE_MAX;
    struct buf b = buf_new(m->a, STRING_MAX);
    while (at <= s.n && regex_find(m, r, s, at, &groups, &count)) {
        buf_put(&b, slice_sub(s, done, groups[0] - done));
        size_t before = b.n;
        if (literal)
            buf_put(&b, with);
        else if (!put_replacement(&b, with, s, groups, count))
            return arg_mismatch(m, "replace");
        if (!charge_text(m, b.n - before)) return v_null();
        done = groups[1];
        at = groups[1] > groups[0] ? groups[1] : groups[1] + point_offset(slice_sub(s, groups[1], s.n), 1);
        if (at == groups[1] && groups[1] == groups[0]) break; /* empty match at the end */
    }
    buf_put(&b, slice_sub(s, done, s.n));
    return b.overflow ? arg_mismatch(m, "replace") : v_string(buf_slice(&b));
}

static struct value f_split(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    struct slice s, pattern;
    const size_t *groups;
    size_t count, at = 0, done = 0;
    if (!two(m, args, &s, &pattern)) return arg_mismatch(m, "split");
    struct regex *r = regex_get(m, pattern, S(""));
    if (r == NULL) return v_null();
    struct values parts = {.a = m->a};
    while (at < s.n && regex_find(m, r, s, at, &groups, &count)) {
        if (groups[1] == groups[0]) { /* an empty match separates nothing */
            at += point_offset(slice_sub(s, at, s.n), 1);
            continue;
        }
        values_add(&parts, v_string(slice_sub(s, done, groups[0] - done)));
        at = done = groups[1];
    }
    values_add(&parts, v_string(slice_sub(s, done, s.n)));
    return values_list(&parts);
}

static struct value f_string_join(struct machine *m, const struct value *args, size_t n)
{
    struct slice delimiter = S(""), s;
    const struct list *l = arg_list(m, args[0]);
    if (l == NULL || (n > 1 && args[1].type != V_NULL && !arg_string(args[1], &delimiter)))
        return arg_mismatch(m, "string join");
    struct buf b = buf_new(m->a, STRING_MAX);
    bool first = true;
    for (size_t i = 0; i < l->n; i++) {
        if (l->items[i].type == V_NULL) continue;
        if (!arg_string(l->items[i], &s)) return arg_mismatch(m, "string join");
        if (!charge_text(m, s.n + delimiter.n)) return v_null();
        if (!first) buf_put(&b, delimiter);
        first = false;
        buf_put(&b, s);
    }
    return b.overflow ? arg_mismatch(m, "string join") : v_string(buf_slice(&b));
}

static struct value f_string(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    if (args[0].type == V_NULL) return v_null();
    struct slice s;
    size_t most = m->steps < (int64_t)(STRING_MAX / 16) ? (size_t)m->steps * 16 : STRING_MAX;
    if (!value_text_within(m->a, args[0], false, most, &s)) {
        machine_charge(m, m->steps + 1); /* it would take more than there are */
        return v_null();
    }
    return charge_text(m, s.n) ? v_string(s) : v_null();
}

const struct builtin builtins_string[] = {
    {"substring", f_substring, 2, 3, "string,start position,length"},
    {"string length", f_string_length, 1, 1, "string"},
    {"upper case", f_upper, 1, 1, "string"},
    {"lower case", f_lower, 1, 1, "string"},
    {"substring before", f_before, 2, 2, "string,match"},
    {"substring after", f_after, 2, 2, "string,match"},
    {"contains", f_contains, 2, 2, "string,match"},
    {"starts with", f_starts, 2, 2, "string,match"},
    {"ends with", f_ends, 2, 2, "string,match"},
    {"matches", f_matches, 2, 3, "input,pattern,flags"},
    {"replace", f_replace, 3, 4, "input,pattern,replacement,flags"},
    {"split", f_split, 2, 2, "string,delimiter"},
    {"string join", f_string_join, 1, 2, "list,delimiter"},
    {"string", f_string, 1, 1, "from"},
    {0},
};
