/* A process in the notation of testkit.h with one or two lines changed at random. */
#include "engine/process/random_models.h"
#include "engine/process/testkit.h"

struct line {
    struct slice text;
    bool flow; /* "a -> b …" or "a => b" */
};

static size_t lines_of(struct slice text, struct line *list, size_t max)
{
    size_t n = 0;
    for (bool more = true; more && n < max;) {
        struct slice line;
        more = slice_cut(text, '\n', &line, &text);
        list[n++] =
            (struct line){line, slice_search(line, S(" -> ")) != SIZE_MAX || slice_search(line, S(" => ")) != SIZE_MAX};
    }
    return n;
}

/* Another gateway kind, or another target for one flow. */
static struct slice broken_line(struct arena *a, const struct line *list, size_t n, size_t at, uint64_t *seed)
{
    static const char *const kinds[] = {"exclusiveGateway", "parallelGateway", "inclusiveGateway"};
    struct slice line = list[at].text, head, rest;
    if (!list[at].flow) {
        slice_cut(line, ' ', &head, &rest);
        if (!slice_ends(head, S("Gateway"))) return line;
        return arena_printf(a, "%s %.*s", kinds[test_random(seed) % 3], SLICE_ARG(rest));
    }
    size_t arrow = slice_search(line, S("> ")) + 2, other = (size_t)(test_random(seed) % n);
    if (!list[other].flow) return line;
    size_t other_arrow = slice_search(list[other].text, S("> ")) + 2;
    slice_cut(slice_sub(list[other].text, other_arrow, line.n + list[other].text.n), ' ', &head, &rest);
    struct slice target, condition;
    slice_cut(slice_sub(line, arrow, line.n), ' ', &target, &condition);
    return arena_printf(a, "%.*s%.*s %.*s", SLICE_ARG(slice_sub(line, 0, arrow)), SLICE_ARG(head),
                        SLICE_ARG(condition));
}

const char *random_broken(struct arena *a, const char *notation, uint64_t *seed)
{
    enum { MAX_LINES = 4000 };
    struct line *list = NEW_ARRAY(a, struct line, MAX_LINES);
    size_t n = lines_of(slice_cstr(notation), list, MAX_LINES), times = 1 + (size_t)(test_random(seed) % 2);
    for (size_t i = 0; i < times; i++) {
        size_t at = (size_t)(test_random(seed) % n);
        list[at].text = broken_line(a, list, n, at, seed);
    }
    struct buf b = buf_new(a, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        buf_put(&b, list[i].text);
        buf_putc(&b, '\n');
    }
    buf_putc(&b, 0);
    return b.p;
}
