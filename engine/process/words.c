/* Reads FEEL as text, as far as it needs: which words an outcome is compared with. */
#include "engine/process/model.h"

static bool name_byte(char c)
{
    unsigned char u = (unsigned char)c;
    return (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || (u >= '0' && u <= '9') || u == '_' || u >= 0x80;
}

bool word_valid(struct slice s)
{
    static const char *const reserved[] = {"if",    "then",      "else",     "for",      "in",      "return",   "some",
                                           "every", "satisfies", "instance", "of",       "not",     "and",      "or",
                                           "true",  "false",     "null",     "function", "between", "external", "item"};
    if (!s.n || s.n > 100 || (s.p[0] >= '0' && s.p[0] <= '9')) return false;
    for (size_t i = 0; i < s.n; i++)
        if (!name_byte(s.p[i])) return false;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (slice_is(s, reserved[i])) return false;
    return slice_utf8(s);
}

static size_t skip_space(struct slice s, size_t i)
{
    while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r')) i++;
    return i;
}

/* A string literal at i; *i moves behind it. Escapes are left as they stand: outcomes have none. */
static bool literal(struct slice s, size_t *i, struct slice *out)
{
    if (*i >= s.n || s.p[*i] != '"') return false;
    size_t from = *i + 1, to = from;
    while (to < s.n && s.p[to] != '"') to += s.p[to] == '\\' ? 2 : 1;
    if (to >= s.n) return false;
    *out = slice_sub(s, from, to - from);
    *i = to + 1;
    return true;
}

/* What stands after the path at *i: = "a", != "a", in ("a", "b") or in ["a", "b"]; *i moves behind it.
 * False when it is something else. */
static bool compared(struct slice s, size_t *i, bool *negated, word_fn fn, void *ctx)
{
    struct slice word;
    size_t at = skip_space(s, *i);
    *negated = at < s.n && s.p[at] == '!';
    if (*negated) at++;
    if (at < s.n && s.p[at] == '=') {
        at = skip_space(s, at + 1);
        if (!literal(s, &at, &word)) return false;
        fn(ctx, word);
        *i = at;
        return true;
    }
    if (!slice_starts(slice_sub(s, at, s.n), S("in")) || (at + 2 < s.n && name_byte(s.p[at + 2]))) return false;
    at = skip_space(s, at + 2);
    if (at >= s.n || (s.p[at] != '(' && s.p[at] != '[')) return false;
    char close = s.p[at] == '(' ? ')' : ']';
    do {
        at = skip_space(s, at + 1);
        if (!literal(s, &at, &word)) return false;
        fn(ctx, word);
        at = skip_space(s, at);
    } while (at < s.n && s.p[at] == ',');
    *i = at + 1;
    return at < s.n && s.p[at] == close;
}

/* Whether the path begins at i as a name of its own. */
static bool path_at(struct slice s, size_t i, struct slice path)
{
    if (i > 0 && (s.p[i - 1] == '.' || name_byte(s.p[i - 1]))) return false;
    if (!slice_starts(slice_sub(s, i, s.n), path)) return false;
    return i + path.n == s.n || (!name_byte(s.p[i + path.n]) && s.p[i + path.n] != '.');
}

void compared_words(struct slice feel, struct slice path, word_fn fn, void *ctx)
{
    for (size_t i = 0; i < feel.n;) {
        struct slice skipped;
        bool negated;
        if (feel.p[i] == '"') {
            if (!literal(feel, &i, &skipped)) return;
        } else if (path_at(feel, i, path)) {
            i += path.n;
            (void)compared(feel, &i, &negated, fn, ctx);
        } else {
            i++;
        }
    }
}

bool pure_choice(struct slice feel, struct slice path, word_fn fn, void *ctx)
{
    for (size_t i = 0;;) {
        bool negated;
        i = skip_space(feel, i);
        if (i >= feel.n || !path_at(feel, i, path)) return false;
        i += path.n;
        if (!compared(feel, &i, &negated, fn, ctx) || negated) return false;
        i = skip_space(feel, i);
        if (i == feel.n) return true;
        if (!slice_starts(slice_sub(feel, i, feel.n), S("or "))) return false;
        i += 3;
    }
}

void context_names(struct slice text, void (*fn)(void *ctx, struct slice name), void *ctx)
{
    int depth = 0;
    bool quoted = false;
    size_t start = 0;
    text = slice_trim(text);
    if (!text.n || text.p[0] != '{') return;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '"' && text.p[i - 1] != '\\') quoted = !quoted;
        if (quoted) continue;
        if (c == '{' || c == '[' || c == '(') depth++;
        if (c == '}' || c == ']' || c == ')') depth--;
        if (depth == 1 && (c == '{' || c == ',')) start = i + 1;
        if (depth != 1 || c != ':' || !start) continue;
        struct slice key = slice_trim(slice_sub(text, start, i - start));
        fn(ctx, key.n > 2 && key.p[0] == '"' ? slice_sub(key, 1, key.n - 2) : key);
        start = 0;
    }
}
