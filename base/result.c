#include "base/result.h"

#include <stdarg.h>

static const struct {
    const char *slug;
    int status;
    const char *text[2], *remedy[2]; /* by enum lang */
} registry[CODE_COUNT] = {
    [CODE_OK] = {"ok", 200, {"", ""}, {"", ""}},
#define E(name, slug, status, zh, en, remedy_zh, remedy_en) \
    [CODE_##name] = {slug, status, {zh, en}, {remedy_zh, remedy_en}},
#include "base/errors.def"
#undef E
};

static const size_t MAX_MESSAGE = 64 * 1024;

static bool known(enum code code)
{
    return (unsigned)code < CODE_COUNT;
}

const char *code_name(enum code code)
{
    return registry[known(code) ? code : CODE_INTERNAL].slug;
}

int code_status(enum code code)
{
    return registry[known(code) ? code : CODE_INTERNAL].status;
}

enum code code_of_name(struct slice slug)
{
    for (enum code c = CODE_OK; c < CODE_COUNT; c++)
        if (slice_is(slug, registry[c].slug)) return c;
    return CODE_COUNT;
}

result fail(struct arena *a, enum code code, struct slice field, ...)
{
    va_list count, args;
    va_start(args, field);
    va_copy(count, args);
    size_t n = 0;
    while (va_arg(count, const char *)) {
        (void)va_arg(count, struct slice);
        n++;
    }
    va_end(count);
    struct problem_arg *copied = NEW_ARRAY(a, struct problem_arg, n);
    for (size_t i = 0; i < n; i++) {
        copied[i].key = va_arg(args, const char *);
        copied[i].value = arena_copy(a, va_arg(args, struct slice));
    }
    va_end(args);
    struct problem *p = NEW(a, struct problem);
    *p = (struct problem){known(code) && code != CODE_OK ? code : CODE_INTERNAL, arena_copy(a, field), copied, n, NULL};
    return (result){p};
}

result result_join(struct arena *a, result first, result second)
{
    if (!first.problem) return second;
    if (!second.problem) return first;
    const struct problem *head = NULL;
    struct problem *tail = NULL;
    for (const struct problem *p = first.problem; p; p = p->next) {
        struct problem *node = NEW(a, struct problem); /* problems are shared and immutable: copy the spine */
        *node = *p;
        node->next = NULL;
        if (tail)
            tail->next = node;
        else
            head = node;
        tail = node;
    }
    tail->next = second.problem;
    return (result){head};
}

result result_copy(struct arena *a, result r)
{
    const struct problem *head = NULL;
    struct problem *tail = NULL;
    for (const struct problem *p = r.problem; p; p = p->next) {
        struct problem_arg *args = NEW_ARRAY(a, struct problem_arg, p->nargs);
        for (size_t i = 0; i < p->nargs; i++) {
            args[i].key = arena_cstr(a, slice_cstr(p->args[i].key));
            args[i].value = arena_copy(a, p->args[i].value);
        }
        struct problem *node = NEW(a, struct problem);
        *node = (struct problem){p->code, arena_copy(a, p->field), args, p->nargs, NULL};
        if (tail)
            tail->next = node;
        else
            head = node;
        tail = node;
    }
    return (result){head};
}

result result_in_file(struct arena *a, struct slice path, result r)
{
    result all = ok();
    for (const struct problem *p = r.problem; p; p = p->next) {
        struct problem *copy = NEW(a, struct problem);
        *copy = *p;
        copy->next = NULL;
        copy->field = arena_printf(a, "%.*s#%.*s", SLICE_ARG(path), SLICE_ARG(p->field));
        all = result_join(a, all, (result){copy});
    }
    return all;
}

/* The value for {key}: "key_zh" or "key_en" of that language first, then "key", then the field. */
static bool argument(const struct problem *p, struct slice key, enum lang lang, struct slice *out)
{
    struct slice suffix = lang == LANG_ZH ? S("_zh") : S("_en");
    for (size_t i = 0; i < p->nargs; i++) {
        struct slice k = slice_cstr(p->args[i].key);
        if (k.n == key.n + suffix.n && slice_starts(k, key) && slice_ends(k, suffix)) {
            *out = p->args[i].value;
            return true;
        }
    }
    for (size_t i = 0; i < p->nargs; i++) {
        if (slice_is(key, p->args[i].key)) {
            *out = p->args[i].value;
            return true;
        }
    }
    *out = p->field;
    return slice_is(key, "field");
}

static struct slice filled(struct arena *a, const struct problem *p, const char *pattern, enum lang lang)
{
    struct buf b = buf_new(a, MAX_MESSAGE);
    struct slice rest = slice_cstr(pattern), value;
    while (rest.n) {
        size_t open = slice_find(rest, '{', 0);
        size_t close = open == SIZE_MAX ? SIZE_MAX : slice_find(rest, '}', open);
        if (close == SIZE_MAX) break;
        buf_put(&b, slice_sub(rest, 0, open));
        if (argument(p, slice_sub(rest, open + 1, close - open - 1), lang, &value))
            buf_put(&b, value);
        else
            buf_put(&b, slice_sub(rest, open, close - open + 1)); /* a forgotten argument shows */
        rest = slice_sub(rest, close + 1, SIZE_MAX);
    }
    buf_put(&b, rest);
    return buf_slice(&b);
}

struct slice problem_text(struct arena *a, const struct problem *p, enum lang lang)
{
    return filled(a, p, registry[p->code].text[lang], lang);
}

struct slice problem_remedy(struct arena *a, const struct problem *p, enum lang lang)
{
    return filled(a, p, registry[p->code].remedy[lang], lang);
}

struct slice result_text(struct arena *a, result r, enum lang lang)
{
    struct buf b = buf_new(a, SIZE_MAX);
    for (const struct problem *p = r.problem; p; p = p->next) {
        if (p->field.n) {
            buf_put(&b, p->field);
            buf_put(&b, lang == LANG_ZH ? S("：") : S(": "));
        }
        buf_put(&b, problem_text(a, p, lang));
        struct slice remedy = problem_remedy(a, p, lang);
        if (remedy.n) {
            buf_put(&b, lang == LANG_ZH ? S("（") : S(" ("));
            buf_put(&b, remedy);
            buf_put(&b, lang == LANG_ZH ? S("）") : S(")"));
        }
        buf_putc(&b, '\n');
    }
    return buf_slice(&b);
}
