/* Memory by lifetime (process, definition, command, attempt): allocate, never free one by one.
 * Out of memory ends the process: sizes of outside input are bounded where it enters. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/slice.h"

struct arena;

/* A new arena; `name` shows in diagnostics and must outlive it. */
struct arena *arena_new(const char *name);
/* Runs the cleanups in reverse order, then releases all memory, the arena included. NULL is allowed. */
void arena_free(struct arena *a);
/* As arena_free, but the arena stays usable and empty (keeps its first block). */
void arena_reset(struct arena *a);
/* n bytes, aligned for any type, not initialised. Never NULL. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((malloc, returns_nonnull));
/* count * size bytes, zeroed; overflow ends the process. */
void *arena_zalloc(struct arena *a, size_t count, size_t size) __attribute__((malloc, returns_nonnull));
/* Makes the n bytes at p larger by `more` in place, when p is the newest piece and the block has room;
 * false (and nothing changed) otherwise. For growing buffers. */
bool arena_extend(struct arena *a, const void *p, size_t n, size_t more);
/* Copy into this (usually longer) lifetime. */
struct slice arena_copy(struct arena *a, struct slice s);
/* Copy with a NUL behind it, for C interfaces. Bytes of 0 inside are kept. */
char *arena_cstr(struct arena *a, struct slice s);
/* printf into the arena. */
struct slice arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* fn(arg) runs at arena_free/arena_reset, last registered first. For handles of libraries. */
void arena_cleanup(struct arena *a, void (*fn)(void *), void *arg);
/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);

#define NEW(a, T) ((T *)arena_zalloc((a), 1, sizeof(T)))
#define NEW_ARRAY(a, T, n) ((T *)arena_zalloc((a), (n), sizeof(T)))

#endif
