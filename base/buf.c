#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

struct buf buf_new(struct arena *a, size_t max)
{
    return (struct buf){.a = a, .max = max};
}

/* Room for up to `more` further bytes within the maximum; returns how many there are. */
static size_t reserve(struct buf *b, size_t more)
{
    if (b->overflow) return 0;
    if (more > b->max - b->n) {
        b->overflow = true;
        more = b->max - b->n;
    }
    if (more <= b->cap - b->n) return more;
    size_t cap = b->cap ? b->cap : 64;
    while (cap < b->n + more) cap = cap > SIZE_MAX / 2 ? SIZE_MAX : cap * 2;
    if (cap > b->max) cap = b->max;
    if (!b->p || !arena_extend(b->a, b->p, b->cap, cap - b->cap)) {
        char *p = arena_alloc(b->a, cap);
        if (b->p) memcpy(p, b->p, b->n);
        b->p = p;
    }
    b->cap = cap;
    return more;
}

void buf_put(struct buf *b, struct slice s)
{
    size_t n = s.n <= b->cap - b->n && !b->overflow ? s.n : reserve(b, s.n);
    if (n) memcpy(b->p + b->n, s.p, n);
    b->n += n;
}

void buf_puts(struct buf *b, const char *z)
{
    buf_put(b, slice_cstr(z));
}

void buf_putc(struct buf *b, char c)
{
    if (b->n < b->cap && !b->overflow)
        b->p[b->n++] = c;
    else
        buf_put(b, (struct slice){&c, 1});
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    char small[256];
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, fmt, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof small) {
        buf_put(b, (struct slice){small, (size_t)n});
    } else if (n >= 0) {
        char *p = arena_alloc(b->a, (size_t)n + 1);
        vsnprintf(p, (size_t)n + 1, fmt, again);
        buf_put(b, (struct slice){p, (size_t)n});
    }
    va_end(again);
}
