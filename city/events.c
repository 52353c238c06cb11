#include "city/events.h"

#include <pthread.h>

struct watcher {
    struct watcher *next;
    uint64_t handle;
    struct id case_id;
    void (*fn)(void *ctx, int64_t version);
    void *ctx;
};

#define BUCKETS 256

struct events {
    pthread_mutex_t lock;
    uint64_t last;
    struct watcher *buckets[BUCKETS];
    struct watcher *spare; /* watchers come and go for ever: they are reused, not freed */
    struct arena *a;       /* of its own: watchers are made under the lock, on any thread */
};

static void events_end(void *arg)
{
    struct events *e = arg;
    (void)pthread_mutex_destroy(&e->lock);
    arena_free(e->a);
}

struct events *events_new(struct arena *a)
{
    struct events *e = NEW(a, struct events);
    e->a = arena_new("events");
    (void)pthread_mutex_init(&e->lock, NULL);
    arena_cleanup(a, events_end, e);
    return e;
}

static size_t bucket(struct id id)
{
    return id.b[15];
}

uint64_t events_subscribe(struct events *e, struct id case_id, void (*fn)(void *ctx, int64_t version), void *ctx)
{
    (void)pthread_mutex_lock(&e->lock);
    struct watcher *w = e->spare;
    if (w)
        e->spare = w->next;
    else
        w = NEW(e->a, struct watcher);
    uint64_t handle = (++e->last << 8) | bucket(case_id);
    *w = (struct watcher){e->buckets[bucket(case_id)], handle, case_id, fn, ctx};
    e->buckets[bucket(case_id)] = w;
    (void)pthread_mutex_unlock(&e->lock);
    return handle;
}

void events_unsubscribe(struct events *e, uint64_t handle)
{
    (void)pthread_mutex_lock(&e->lock);
    for (struct watcher **p = &e->buckets[handle & 255]; *p; p = &(*p)->next)
        if ((*p)->handle == handle) {
            struct watcher *w = *p;
            *p = w->next;
            w->next = e->spare;
            e->spare = w;
            break;
        }
    (void)pthread_mutex_unlock(&e->lock);
}

void events_publish(struct events *e, struct id case_id, int64_t version)
{
    if (!e) return;
    (void)pthread_mutex_lock(&e->lock);
    for (struct watcher *w = e->buckets[bucket(case_id)]; w; w = w->next)
        if (id_eq(w->case_id, case_id)) w->fn(w->ctx, version);
    (void)pthread_mutex_unlock(&e->lock);
}
