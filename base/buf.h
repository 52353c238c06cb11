/* A growing byte buffer in an arena, with a stated maximum. Writing past the maximum sets
 * `overflow` and drops the rest; the writer checks once, at the end. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/arena.h"

struct buf {
    struct arena *a;
    char *p;
    size_t n, cap, max;
    bool overflow;
};

struct buf buf_new(struct arena *a, size_t max);
void buf_put(struct buf *b, struct slice s);
void buf_puts(struct buf *b, const char *z);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static inline struct slice buf_slice(const struct buf *b) { return (struct slice){b->p, b->n}; }

#endif
