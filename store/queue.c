#include <stdlib.h>

#include "store/store_impl.h"

enum { SEEN_SLOTS = 8 * STORE_MAX_BATCH, SCAN_PER_UNIT = 16 };

void queue_init(struct unit_queue *q)
{
    *q = (struct unit_queue){0};
    pthread_mutex_init(&q->mu, NULL);
    pthread_cond_init(&q->more, NULL);
    q->tail = &q->head;
    q->seen = calloc(SEEN_SLOTS, sizeof *q->seen);
    if (!q->seen) abort();
}

void queue_destroy(struct unit_queue *q)
{
    free(q->seen);
    pthread_cond_destroy(&q->more);
    pthread_mutex_destroy(&q->mu);
}

bool queue_push(struct unit_queue *q, struct unit *u)
{
    u->next_ = NULL;
    u->tries_ = 0;
    pthread_mutex_lock(&q->mu);
    bool open = !q->closing;
    if (open) {
        *q->tail = u;
        q->tail = &u->next_;
        pthread_cond_signal(&q->more);
    }
    pthread_mutex_unlock(&q->mu);
    return open;
}

/* Adds the lock id; false when it was there. */
static bool seen_add(struct id *seen, struct id lock)
{
    uint64_t h;
    memcpy(&h, lock.b + 8, sizeof h); /* the random half of a version 7 UUID */
    h *= UINT64_C(0x9E3779B97F4A7C15);
    for (size_t i = (size_t)(h >> 32) % SEEN_SLOTS;; i = (i + 1) % SEEN_SLOTS) {
        if (id_is_none(seen[i])) {
            seen[i] = lock;
            return true;
        }
        if (id_eq(seen[i], lock)) return false;
    }
}

/* The scan goes past units whose lock is taken, but only so far: a thousand commands on one case must not make
 * every batch walk them all. Order per lock holds because what stays behind stays in the list, in order. */
size_t queue_take(struct unit_queue *q, struct unit **out, size_t max)
{
    memset(q->seen, 0, SEEN_SLOTS * sizeof *q->seen);
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < q->held[k].n; i++)
            if (!id_is_none(q->held[k].list[i])) (void)seen_add(q->seen, q->held[k].list[i]);
    size_t n = 0, scanned = 0;
    for (struct unit **at = &q->head; *at && n < max && scanned < SCAN_PER_UNIT * max; scanned++) {
        struct unit *u = *at;
        if (!id_is_none(u->lock) && !seen_add(q->seen, u->lock)) {
            at = &u->next_;
            continue;
        }
        *at = u->next_;
        if (q->tail == &u->next_) q->tail = at;
        u->next_ = NULL;
        out[n++] = u;
    }
    return n;
}
