#include "base/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* Two builds of the same interface. The ordinary one cuts pieces from blocks that double in size; with
 * TONGBAN_MALLOC_ARENA each piece is a malloc of its own, so that AddressSanitizer sees overruns and uses
 * after a reset. */

enum { ALIGN = _Alignof(max_align_t), FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20, LARGEST_KEPT = 64 << 10 };

struct block {
    struct block *next; /* older */
    size_t size;        /* bytes at data */
    _Alignas(max_align_t) char data[];
};

struct cleanup {
    struct cleanup *next; /* registered before */
    void (*fn)(void *);
    void *arg;
};

struct arena {
    const char *name;
    struct block *blocks;     /* newest first; the last of the list is the first block */
    size_t at;                /* bytes taken of the newest block */
    size_t used;              /* bytes handed out since the last reset */
    struct cleanup *cleanups; /* they live in the arena itself */
};

static _Noreturn void out_of_memory(const struct arena *a, size_t n)
{
    fprintf(stderr, "out of memory: arena %s, %zu bytes wanted, %zu in use\n", a ? a->name : "(new)", n,
            a ? a->used : 0);
    abort();
}

static struct block *block_new(const struct arena *a, size_t size)
{
    struct block *b = size <= SIZE_MAX - sizeof *b ? malloc(sizeof *b + size) : NULL;
    if (!b) out_of_memory(a, size);
    b->next = NULL;
    b->size = size;
    return b;
}

struct arena *arena_new(const char *name)
{
    struct arena *a = calloc(1, sizeof *a);
    if (!a) out_of_memory(NULL, sizeof *a);
    a->name = name;
    return a;
}

#ifdef TONGBAN_MALLOC_ARENA

void *arena_alloc(struct arena *a, size_t n)
{
    struct block *b = block_new(a, n);
    b->next = a->blocks;
    a->blocks = b;
    a->used += n;
    return b->data;
}

bool arena_extend(struct arena *a, const void *p, size_t n, size_t more)
{
    (void)a, (void)p, (void)n, (void)more;
    return false;
}

static void release_blocks(struct arena *a, bool keep_one)
{
    (void)keep_one;
    while (a->blocks) {
        struct block *b = a->blocks;
        a->blocks = b->next;
        free(b);
    }
}

#else

static size_t rounded(const struct arena *a, size_t n)
{
    if (n > SIZE_MAX - ALIGN) out_of_memory(a, n);
    return n == 0 ? ALIGN : (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

void *arena_alloc(struct arena *a, size_t n)
{
    size_t want = rounded(a, n);
    if (!a->blocks || want > a->blocks->size - a->at) {
        size_t size = a->blocks ? a->blocks->size * 2 : FIRST_BLOCK;
        if (size > LARGEST_BLOCK) size = LARGEST_BLOCK;
        if (size < want) size = want;
        struct block *b = block_new(a, size);
        b->next = a->blocks;
        a->blocks = b;
        a->at = 0;
    }
    char *p = a->blocks->data + a->at;
    a->at += want;
    a->used += n;
    return p;
}

bool arena_extend(struct arena *a, const void *p, size_t n, size_t more)
{
    if (!a->blocks || !p || n > SIZE_MAX - ALIGN || more > SIZE_MAX - ALIGN - n) return false;
    size_t had = rounded(a, n), want = rounded(a, n + more);
    if (a->at < had || (const char *)p != a->blocks->data + (a->at - had)) return false; /* not the newest piece */
    if (want - had > a->blocks->size - a->at) return false;
    a->at += want - had;
    a->used += more;
    return true;
}

/* The largest block that is not too large to keep stays: what is done again needs as much again. */
static void release_blocks(struct arena *a, bool keep_one)
{
    struct block *kept = NULL;
    while (a->blocks) {
        struct block *b = a->blocks;
        a->blocks = b->next;
        if (keep_one && !kept && b->size <= LARGEST_KEPT) {
            kept = b;
            kept->next = NULL;
        } else {
            free(b);
        }
    }
    a->blocks = kept;
    a->at = 0;
}

#endif

static void run_cleanups(struct arena *a)
{
    while (a->cleanups) { /* a cleanup may register another */
        struct cleanup *c = a->cleanups;
        a->cleanups = c->next;
        c->fn(c->arg);
    }
}

void arena_free(struct arena *a)
{
    if (!a) return;
    run_cleanups(a);
    release_blocks(a, false);
    free(a);
}

void arena_reset(struct arena *a)
{
    run_cleanups(a);
    release_blocks(a, true);
    a->used = 0;
}

void *arena_zalloc(struct arena *a, size_t count, size_t size)
{
    size_t n;
    if (__builtin_mul_overflow(count, size, &n)) out_of_memory(a, SIZE_MAX);
    return memset(arena_alloc(a, n), 0, n);
}

struct slice arena_copy(struct arena *a, struct slice s)
{
    if (s.n == 0) return (struct slice){s.p ? "" : NULL, 0}; /* absent stays absent */
    return (struct slice){memcpy(arena_alloc(a, s.n), s.p, s.n), s.n};
}

char *arena_cstr(struct arena *a, struct slice s)
{
    if (s.n == SIZE_MAX) out_of_memory(a, s.n);
    char *z = arena_alloc(a, s.n + 1);
    if (s.n) memcpy(z, s.p, s.n);
    z[s.n] = '\0';
    return z;
}

struct slice arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0) n = 0;
    char *p = arena_alloc(a, (size_t)n + 1);
    p[0] = '\0';
    vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return (struct slice){p, (size_t)n};
}

void arena_cleanup(struct arena *a, void (*fn)(void *), void *arg)
{
    struct cleanup *c = arena_alloc(a, sizeof *c);
    *c = (struct cleanup){a->cleanups, fn, arg};
    a->cleanups = c;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}
