#include "base/config.h"

#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FILE = 1024 * 1024 };

struct value {
    struct slice text; /* as written */
    int64_t number;    /* INT, DURATION, SIZE; BOOL as 0 or 1 */
    bool given;
};

struct config {
    const struct config_key *table;
    size_t n;
    struct value *values; /* one a key */
};

static size_t find(const struct config_key *table, size_t n, struct slice name)
{
    for (size_t i = 0; i < n; i++)
        if (slice_is(name, table[i].name)) return i;
    return SIZE_MAX;
}

struct slice config_variable(struct arena *a, const char *name)
{
    struct slice s = arena_printf(a, "TONGBAN_%s", name);
    char *p = arena_cstr(a, s);
    for (char *at = p; *at; at++) {
        if (*at >= 'a' && *at <= 'z') *at = (char)(*at - 'a' + 'A');
        if (*at == '.' || *at == '-') *at = '_';
    }
    return (struct slice){p, s.n};
}

/* A whole number and one of the units behind it; the number times the unit's factor. */
static bool with_unit(struct slice s, const char *const units[], const int64_t factors[], int64_t *out)
{
    size_t digits = 0;
    while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9') digits++;
    struct slice unit = slice_trim(slice_sub(s, digits, SIZE_MAX));
    if (!slice_int64(slice_sub(s, 0, digits), out)) return false;
    for (size_t i = 0; units[i]; i++)
        if (slice_is(unit, units[i])) return !__builtin_mul_overflow(*out, factors[i], out);
    return false;
}

static bool truth(struct slice s, int64_t *out)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!slice_is(s, words[i])) continue;
        *out = i % 2;
        return true;
    }
    return false;
}

static bool chosen(struct slice s, const char *choices)
{
    struct slice word, rest = slice_cstr(choices);
    for (bool more = true; more;) {
        more = slice_cut(rest, ' ', &word, &rest);
        if (slice_eq(word, s)) return true;
    }
    return false;
}

static bool in_range(const struct config_key *k, int64_t v)
{
    if (k->min == 0 && k->max == 0) return v >= 0;
    return v >= k->min && v <= k->max;
}

static bool fits(const struct config_key *k, struct slice s, int64_t *number)
{
    static const char *const times[] = {"ms", "s", "m", "h", "d", NULL};
    static const int64_t milliseconds[] = {1, 1000, 60000, 3600000, 86400000};
    static const char *const sizes[] = {"", "K", "M", "G", NULL};
    static const int64_t bytes[] = {1, 1024, 1024 * 1024, 1024 * 1024 * 1024};
    *number = 0;
    switch (k->type) {
    case CONFIG_TEXT:
    case CONFIG_SECRET: return slice_utf8(s) && slice_find(s, '\0', 0) == SIZE_MAX;
    case CONFIG_INT: return slice_int64(s, number) && in_range(k, *number);
    case CONFIG_BOOL: return truth(s, number);
    case CONFIG_DURATION: return with_unit(s, times, milliseconds, number) && in_range(k, *number);
    case CONFIG_SIZE: return with_unit(s, sizes, bytes, number) && in_range(k, *number);
    case CONFIG_CHOICE: return chosen(s, k->choices);
    }
    return false;
}

/* What a value must look like, in both languages. */
static struct slice expected(struct arena *a, const struct config_key *k, enum lang lang)
{
    bool zh = lang == LANG_ZH;
    const char *what = "";
    switch (k->type) {
    case CONFIG_TEXT:
    case CONFIG_SECRET: what = zh ? "UTF-8 文本" : "UTF-8 text"; break;
    case CONFIG_INT: what = zh ? "整数" : "a whole number"; break;
    case CONFIG_BOOL: return S("true / false");
    case CONFIG_DURATION:
        what = zh ? "时长，如 500ms、30s、5m、2h、7d" : "a duration such as 500ms, 30s, 5m, 2h, 7d";
        break;
    case CONFIG_SIZE: what = zh ? "大小，如 65536、64K、10M、1G" : "a size such as 65536, 64K, 10M, 1G"; break;
    case CONFIG_CHOICE: return arena_printf(a, zh ? "下列之一：%s" : "one of: %s", k->choices);
    }
    if (k->min == 0 && k->max == 0) return slice_cstr(what);
    const char *unit = k->type == CONFIG_DURATION ? " ms" : "";
    return arena_printf(a, zh ? "%s（%" PRId64 "–%" PRId64 "%s）" : "%s (%" PRId64 " to %" PRId64 "%s)", what, k->min,
                        k->max, unit);
}

/* Edits (insert, delete, replace, swap of neighbours) from one word to the other; words longer than 64 bytes are far from all. */
static size_t edits(struct slice a, struct slice b)
{
    enum { MAX = 64 };
    size_t rows[3][MAX + 1], *before = rows[0], *above = rows[1], *here = rows[2];
    if (a.n > MAX || b.n > MAX) return SIZE_MAX;
    for (size_t j = 0; j <= b.n; j++) above[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        here[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t best = above[j - 1] + (a.p[i - 1] != b.p[j - 1]);
            if (above[j] + 1 < best) best = above[j] + 1;
            if (here[j - 1] + 1 < best) best = here[j - 1] + 1;
            bool swapped = i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1];
            if (swapped && before[j - 2] + 1 < best) best = before[j - 2] + 1;
            here[j] = best;
        }
        size_t *free_row = before;
        before = above;
        above = here;
        here = free_row;
    }
    return above[b.n];
}

/* The known key that is meant, when one is near: at most every third character differs. */
static result unknown(struct arena *a, const struct config *c, struct slice where, struct slice key)
{
    struct slice zh = S("请核对拼写"), en = S("Check the spelling");
    size_t best = key.n / 3 + 1;
    for (size_t i = 0; i < c->n; i++) {
        size_t n = edits(key, slice_cstr(c->table[i].name));
        if (n >= best) continue;
        best = n;
        zh = arena_printf(a, "是否应为“%s”", c->table[i].name);
        en = arena_printf(a, "Perhaps \"%s\" is meant", c->table[i].name);
    }
    return fail(a, CODE_CONFIG_UNKNOWN, where, "key", slice_sub(key, 0, 200), "hint_zh", zh, "hint_en", en, NULL);
}

static result set(struct arena *a, struct config *c, size_t i, struct slice text, struct slice where)
{
    const struct config_key *k = &c->table[i];
    struct value *v = &c->values[i];
    if (!fits(k, text, &v->number))
        return fail(a, CODE_CONFIG_VALUE, where, "key", slice_cstr(k->name), "value",
                    k->type == CONFIG_SECRET ? S("********") : slice_sub(text, 0, 200), "expected_zh",
                    expected(a, k, LANG_ZH), "expected", expected(a, k, LANG_EN), NULL);
    v->text = k->type == CONFIG_SECRET ? secret_copy(a, text) : arena_copy(a, text);
    return ok();
}

static result read_line(struct arena *a, struct config *c, struct slice line, struct slice where)
{
    struct slice key, text;
    line = slice_trim(line);
    if (line.n == 0 || line.p[0] == '#') return ok();
    if (!slice_cut(line, '=', &key, &text)) return fail(a, CODE_CONFIG_SYNTAX, where, NULL);
    key = slice_trim(key);
    text = slice_trim(text);
    if (text.n && text.p[0] == '"') {
        if (text.n < 2 || text.p[text.n - 1] != '"') return fail(a, CODE_CONFIG_SYNTAX, where, NULL);
        text = slice_sub(text, 1, text.n - 2);
    }
    size_t i = find(c->table, c->n, key);
    if (i == SIZE_MAX) return unknown(a, c, where, key);
    if (c->values[i].given) return fail(a, CODE_CONFIG_DUPLICATE, where, "key", key, NULL);
    c->values[i].given = true;
    return set(a, c, i, text, where);
}

static result read_environment(struct arena *a, struct config *c, const char *const *environment)
{
    result all = ok();
    for (size_t i = 0; environment && i < c->n; i++) {
        struct slice name = config_variable(a, c->table[i].name), key, text;
        for (const char *const *e = environment; *e; e++) {
            if (!slice_cut(slice_cstr(*e), '=', &key, &text) || !slice_eq(key, name)) continue;
            c->values[i].given = true;
            all = result_join(a, all, set(a, c, i, text, name));
        }
    }
    return all;
}

result config_parse(struct arena *a, const struct config_key *table, size_t n, struct slice text, struct slice where,
                    const char *const *environment, struct config **out)
{
    struct config *c = NEW(a, struct config);
    *c = (struct config){table, n, NEW_ARRAY(a, struct value, n)};
    result all = ok();
    struct slice line, rest = text;
    size_t number = 0;
    for (bool more = true; more;) {
        more = slice_cut(rest, '\n', &line, &rest);
        struct slice at = arena_printf(a, "%.*s:%zu", SLICE_ARG(where), ++number);
        all = result_join(a, all, read_line(a, c, line, at));
    }
    all = result_join(a, all, read_environment(a, c, environment));
    for (size_t i = 0; i < n; i++) {
        if (c->values[i].given) continue;
        if (table[i].dflt)
            all = result_join(a, all, set(a, c, i, slice_cstr(table[i].dflt), S("default")));
        else
            all = result_join(a, all, fail(a, CODE_CONFIG_REQUIRED, where, "key", slice_cstr(table[i].name), NULL));
    }
    *out = c;
    return all;
}

/* Into memory that is wiped: the file may hold secrets. */
static result read_file(struct arena *a, const char *path, struct slice *out)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail(a, CODE_CONFIG_FILE, slice_cstr(path), "detail", slice_cstr(strerror(errno)), NULL);
    bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode), large = regular && st.st_size > MAX_FILE;
    size_t size = regular && !large ? (size_t)st.st_size : 0, n = 0;
    char *p = secret_alloc(a, size);
    for (ssize_t got; n < size && (got = read(fd, p + n, size - n)) > 0;) n += (size_t)got;
    close(fd);
    if (large) return fail(a, CODE_TOO_LARGE, slice_cstr(path), "limit", arena_printf(a, "%d", MAX_FILE), NULL);
    if (!regular || n < size) return fail(a, CODE_CONFIG_FILE, slice_cstr(path), "detail", S("read"), NULL);
    *out = slice_of(p, n);
    return ok();
}

result config_load(struct arena *a, const struct config_key *table, size_t n, const char *path,
                   const char *const *environment, struct config **out)
{
    struct slice text = {NULL, 0};
    if (path) TRY(read_file(a, path, &text));
    return config_parse(a, table, n, text, path ? slice_cstr(path) : S("environment"), environment, out);
}

static const struct value *look(const struct config *c, const char *name, unsigned types)
{
    size_t i = find(c->table, c->n, slice_cstr(name));
    if (i == SIZE_MAX || !(types & 1u << c->table[i].type)) {
        fprintf(stderr, "no such configuration key of that type: %s\n", name);
        abort();
    }
    return &c->values[i];
}

struct slice config_text(const struct config *c, const char *name)
{
    return look(c, name, 1u << CONFIG_TEXT | 1u << CONFIG_SECRET | 1u << CONFIG_CHOICE)->text;
}

int64_t config_int(const struct config *c, const char *name)
{
    return look(c, name, 1u << CONFIG_INT | 1u << CONFIG_DURATION | 1u << CONFIG_SIZE)->number;
}

bool config_bool(const struct config *c, const char *name)
{
    return look(c, name, 1u << CONFIG_BOOL)->number != 0;
}

const struct json *config_value(struct arena *a, const struct config *c, const char *name)
{
    const struct value *v = look(c, name, ~0u);
    switch (c->table[find(c->table, c->n, slice_cstr(name))].type) {
    case CONFIG_INT:
    case CONFIG_DURATION:
    case CONFIG_SIZE: return json_of_int(a, v->number);
    case CONFIG_BOOL: return json_of_bool(v->number != 0);
    case CONFIG_SECRET: return json_of_cstr(a, v->text.n ? "********" : "");
    case CONFIG_TEXT:
    case CONFIG_CHOICE: break;
    }
    return json_of_string(a, v->text);
}

bool config_given(const struct config *c, const char *name)
{
    return look(c, name, ~0u)->given;
}

static void print_value(struct buf *b, struct slice text)
{
    bool quoted = !slice_eq(text, slice_trim(text)) || (text.n && text.p[0] == '"');
    if (quoted) buf_putc(b, '"');
    buf_put(b, text);
    if (quoted) buf_putc(b, '"');
}

void config_print(struct buf *b, const struct config_key *table, size_t n, const struct config *c, enum lang lang)
{
    bool zh = lang == LANG_ZH;
    for (size_t i = 0; i < n; i++) {
        const struct config_key *k = &table[i];
        buf_printf(b, "%s# %s\n", i ? "\n" : "", zh ? k->zh : k->en);
        buf_printf(b, "# %.*s; %.*s; ", SLICE_ARG(expected(b->a, k, lang)), SLICE_ARG(config_variable(b->a, k->name)));
        if (k->dflt)
            buf_printf(b, zh ? "默认 %s\n" : "default %s\n", *k->dflt ? k->dflt : "\"\"");
        else
            buf_puts(b, zh ? "必填\n" : "required\n");
        const struct value *v = c ? &c->values[i] : NULL;
        /* what is not given stays commented out, so that a later version's better default takes effect */
        buf_printf(b, "%s%s = ", v && v->given ? "" : "#", k->name);
        if (k->type == CONFIG_SECRET && v && v->given)
            buf_put(b, S("********"));
        else
            print_value(b, v ? v->text : slice_cstr(k->dflt ? k->dflt : ""));
        buf_putc(b, '\n');
    }
}
