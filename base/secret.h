/* Keys and passwords in memory. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/arena.h"

/* Overwrites; the compiler may not leave it out. */
void secret_wipe(void *p, size_t n);
/* n zeroed bytes that are wiped before the arena gives its memory back. */
void *secret_alloc(struct arena *a, size_t n) __attribute__((returns_nonnull));
/* A copy of that kind. */
struct slice secret_copy(struct arena *a, struct slice s);

#endif
