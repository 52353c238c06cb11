#include "store/store_impl.h"

enum { MAX_SQL = 1 << 20, MAX_PARAMETERS = 65536 };

static bool name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

/* Behind the quoted piece that begins at i (the quote doubled stands for itself); s.n when it is not closed. */
static size_t skip_quoted(struct slice s, size_t i)
{
    char quote = s.p[i++];
    while (i < s.n) {
        if (s.p[i++] != quote) continue;
        if (i < s.n && s.p[i] == quote)
            i++;
        else
            return i;
    }
    return s.n;
}

/* Behind a $tag$ … $tag$ that begins at i, or i when none begins there ($1 is no tag). */
static size_t skip_dollar(struct slice s, size_t i)
{
    size_t end = i + 1;
    while (end < s.n && name_byte(s.p[end])) end++;
    if (end >= s.n || s.p[end] != '$' || (s.p[i + 1] >= '0' && s.p[i + 1] <= '9')) return i;
    struct slice tag = slice_sub(s, i, end + 1 - i);
    size_t close = slice_search(slice_sub(s, end + 1, s.n), tag);
    return close == SIZE_MAX ? s.n : end + 1 + close + tag.n;
}

/* Block comments nest in PostgreSQL. */
static size_t skip_comment(struct slice s, size_t i)
{
    if (s.p[i] == '-') {
        size_t end = slice_find(s, '\n', i);
        return end == SIZE_MAX ? s.n : end;
    }
    for (int depth = 0; i + 1 < s.n;) {
        bool opens = s.p[i] == '/' && s.p[i + 1] == '*', closes = s.p[i] == '*' && s.p[i + 1] == '/';
        depth += opens - closes;
        i += opens || closes ? 2 : 1;
        if (depth == 0) return i;
    }
    return s.n;
}

/* Behind what must be copied as it stands, or i. */
static size_t skip_opaque(struct slice s, size_t i)
{
    char c = s.p[i], next = i + 1 < s.n ? s.p[i + 1] : '\0';
    if (c == '\'' || c == '"') return skip_quoted(s, i);
    if (c == '$' && (i == 0 || !name_byte(s.p[i - 1]))) return skip_dollar(s, i);
    if ((c == '-' && next == '-') || (c == '/' && next == '*')) return skip_comment(s, i);
    return i;
}

/* The number behind the '?' at i, and how many digits it has (0: no parameter). */
static size_t parameter_at(struct slice s, size_t i, size_t *digits)
{
    size_t number = 0;
    for (*digits = 0; i + 1 + *digits < s.n && number < MAX_PARAMETERS; ++*digits) {
        char c = s.p[i + 1 + *digits];
        if (c < '0' || c > '9') break;
        number = number * 10 + (size_t)(c - '0');
    }
    return number;
}

struct slice dialect_parameters(struct arena *a, const char *sql, uint64_t nulls, const char *before, const char *after,
                                size_t *parameters)
{
    struct slice s = slice_cstr(sql);
    struct buf b = buf_new(a, MAX_SQL);
    *parameters = 0;
    for (size_t i = 0; i < s.n;) {
        size_t end = skip_opaque(s, i), digits = 0;
        if (end > i) {
            buf_put(&b, slice_sub(s, i, end - i));
            i = end;
            continue;
        }
        size_t number = s.p[i] == '?' ? parameter_at(s, i, &digits) : 0;
        if (number > *parameters) *parameters = number;
        if (number >= 1 && number <= 64 && nulls >> (number - 1) & 1) {
            buf_puts(&b, "NULL");
        } else if (digits) {
            buf_puts(&b, before);
            buf_put(&b, slice_sub(s, i + 1, digits));
            buf_puts(&b, after);
        } else {
            buf_putc(&b, s.p[i]);
        }
        i += 1 + digits;
    }
    return buf_slice(&b);
}

struct slice dialect_postgres(struct arena *a, const char *sql, bool lock, uint64_t nulls, size_t *parameters)
{
    struct slice text = dialect_parameters(a, sql, nulls, "$", "", parameters);
    return lock ? arena_printf(a, "%.*s FOR UPDATE", SLICE_ARG(text)) : text;
}

static const struct {
    const char *name, *text[2]; /* by enum store_kind */
} macros[] = {
    {"BLOB", {"BLOB", "BYTEA"}},
    {"INT", {"INTEGER", "BIGINT"}},
    {"TEXT", {"TEXT", "TEXT COLLATE \"C\""}},
    {"WITHOUT_ROWID", {"WITHOUT ROWID", ""}},
};

/* Length of a name in upper case that begins at i and ends before '}', else 0: JSON defaults such as '{}' pass. */
static size_t macro_name(struct slice s, size_t i)
{
    size_t n = 0;
    while (i + n < s.n && ((s.p[i + n] >= 'A' && s.p[i + n] <= 'Z') || s.p[i + n] == '_')) n++;
    return i + n < s.n && s.p[i + n] == '}' ? n : 0;
}

result dialect_migration(struct arena *a, enum store_kind kind, const char *sql, struct slice where, const char **out)
{
    struct slice s = slice_cstr(sql);
    struct buf b = buf_new(a, MAX_SQL);
    for (size_t i = 0; i < s.n;) {
        size_t n = s.p[i] == '{' ? macro_name(s, i + 1) : 0;
        if (n == 0) {
            buf_putc(&b, s.p[i++]);
            continue;
        }
        struct slice name = slice_sub(s, i + 1, n);
        size_t m = 0;
        while (m < sizeof macros / sizeof *macros && !slice_is(name, macros[m].name)) m++;
        if (m == sizeof macros / sizeof *macros)
            return fail(a, CODE_STORE_MIGRATION, where, "value", where, "detail_zh",
                        arena_printf(a, "未知的宏 {%.*s}", SLICE_ARG(name)), "detail_en",
                        arena_printf(a, "unknown macro {%.*s}", SLICE_ARG(name)), NULL);
        buf_puts(&b, macros[m].text[kind]);
        i += n + 2;
    }
    if (b.overflow)
        return fail(a, CODE_STORE_MIGRATION, where, "value", where, "detail_zh", S("超过 1 MiB"), "detail_en",
                    S("larger than 1 MiB"), NULL);
    *out = arena_cstr(a, buf_slice(&b));
    return ok();
}
