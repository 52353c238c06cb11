#include "base/secret.h"

struct wipe {
    void *p;
    size_t n;
};

void secret_wipe(void *p, size_t n)
{
    if (n) explicit_bzero(p, n);
}

static void wipe(void *arg)
{
    const struct wipe *w = arg;
    secret_wipe(w->p, w->n);
}

void *secret_alloc(struct arena *a, size_t n)
{
    struct wipe *w = NEW(a, struct wipe);
    *w = (struct wipe){arena_zalloc(a, n, 1), n};
    arena_cleanup(a, wipe, w);
    return w->p;
}

struct slice secret_copy(struct arena *a, struct slice s)
{
    char *p = secret_alloc(a, s.n);
    if (s.n) memcpy(p, s.p, s.n);
    return (struct slice){p, s.n};
}
