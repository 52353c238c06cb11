/* Rate limits: a token bucket for each peer, in a fixed table (no memory grows with the number of peers). Two peers
 * that share a slot share a bucket: unfair for a moment, never unsafe. */
#include "http/internal.h"

#define SLOTS 8192

struct bucket {
    uint64_t peer;
    int64_t tokens; /* thousandths */
    instant at;
};
struct limits {
    pthread_mutex_t lock;
    int64_t rate[LIMITS]; /* a minute */
    struct bucket slots[LIMITS][SLOTS];
};

struct limits *limits_new(struct arena *a, int64_t general, int64_t costly, int64_t certificate)
{
    struct limits *l = NEW(a, struct limits);
    (void)pthread_mutex_init(&l->lock, NULL);
    l->rate[LIMIT_GENERAL] = general ? general : 6000;
    l->rate[LIMIT_COSTLY] = costly ? costly : 60;
    l->rate[LIMIT_CERTIFICATE] = certificate ? certificate : 30;
    return l;
}

static uint64_t hash(struct slice s)
{
    uint64_t h = 1469598103934665603u;
    for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h;
}

int64_t limits_take(struct limits *l, struct slice peer, enum limit_kind kind, instant now)
{
    uint64_t h = hash(peer);
    int64_t rate = l->rate[kind], full = rate * 1000, wait = 0;
    (void)pthread_mutex_lock(&l->lock);
    struct bucket *b = &l->slots[kind][h % SLOTS];
    if (b->peer != h || now - b->at > MS_MINUTE) *b = (struct bucket){h, full, now};
    if (now > b->at) {
        b->tokens += (now - b->at) * rate / 60;
        if (b->tokens > full) b->tokens = full;
        b->at = now;
    }
    if (b->tokens >= 1000)
        b->tokens -= 1000;
    else
        wait = (1000 - b->tokens) * 60 / rate + 1;
    (void)pthread_mutex_unlock(&l->lock);
    return wait;
}
