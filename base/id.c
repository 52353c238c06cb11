#include "base/id.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

/* Layout (RFC 9562 section 5.7, method 1 of 6.2): 48 bits of milliseconds, version, then a 26-bit counter in
 * rand_a and the top of rand_b, then 48 random bits. The counter starts at a random 25-bit value in each
 * millisecond and steps by one; when it runs over, the millisecond is borrowed from the future. */

enum { POOL = 1020 }; /* randomness fetched at once: six bytes an id, four a new millisecond */

static struct {
    pthread_mutex_t lock;
    uint64_t ms;
    uint32_t counter;
    size_t left;
    unsigned char pool[POOL];
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

static pthread_once_t fork_guard = PTHREAD_ONCE_INIT;

void random_bytes(void *p, size_t n)
{
    unsigned char *at = p;
    while (n) {
        ssize_t got = getrandom(at, n, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            perror("getrandom");
            abort();
        }
        at += got;
        n -= (size_t)got;
    }
}

/* A child must not hand out its parent's randomness again. */
static void after_fork(void)
{
    pthread_mutex_init(&state.lock, NULL);
    state.left = 0;
    state.ms = 0;
}

static void install_fork_guard(void)
{
    pthread_atfork(NULL, NULL, after_fork);
}

static void pooled(void *p, size_t n)
{
    if (state.left < n) {
        random_bytes(state.pool, POOL);
        state.left = POOL;
    }
    state.left -= n;
    memcpy(p, state.pool + state.left, n);
}

struct id id_new(instant now)
{
    const uint64_t last_ms = (UINT64_C(1) << 48) - 1;
    uint64_t ms = now < 0 ? 0 : (uint64_t)now > last_ms ? last_ms : (uint64_t)now;
    struct id v;

    pthread_once(&fork_guard, install_fork_guard);
    pthread_mutex_lock(&state.lock);
    bool run_over = ms <= state.ms && state.counter == (UINT32_C(1) << 26) - 1;
    if (ms > state.ms || run_over) {
        uint32_t start;
        pooled(&start, sizeof start);
        state.counter = start & ((UINT32_C(1) << 25) - 1);
        state.ms = run_over ? state.ms + 1 : ms;
    } else {
        state.counter++;
    }
    ms = state.ms;
    uint32_t counter = state.counter;
    pooled(v.b + 10, 6);
    pthread_mutex_unlock(&state.lock);

    for (int i = 0; i < 6; i++) v.b[i] = (uint8_t)(ms >> (40 - 8 * i));
    v.b[6] = (uint8_t)(0x70 | (counter >> 22));
    v.b[7] = (uint8_t)(counter >> 14);
    v.b[8] = (uint8_t)(0x80 | ((counter >> 8) & 0x3F));
    v.b[9] = (uint8_t)counter;
    return v;
}

struct slice id_text(struct arena *a, struct id v)
{
    static const char digits[] = "0123456789abcdef";
    char *p = arena_alloc(a, 36), *at = p;
    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
        *at++ = digits[v.b[i] >> 4];
        *at++ = digits[v.b[i] & 15];
    }
    return (struct slice){p, 36};
}

bool id_scan(struct slice text, struct id *out)
{
    if (text.n != 36) return false;
    struct id v;
    const char *at = text.p;
    for (size_t i = 0; i < 16; i++) {
        if ((i == 4 || i == 6 || i == 8 || i == 10) && *at++ != '-') return false;
        int high = hex_digit(at[0]), low = hex_digit(at[1]);
        if (high < 0 || low < 0) return false;
        v.b[i] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    *out = v;
    return true;
}

result id_parse(struct arena *a, struct slice text, struct slice field, struct id *out)
{
    if (id_scan(text, out)) return ok();
    return fail(a, CODE_ID_INVALID, field, "value", slice_sub(text, 0, 64), NULL);
}

bool id_from_bytes(struct slice s, struct id *out)
{
    if (s.n != 16) return false;
    memcpy(out->b, s.p, 16);
    return true;
}
