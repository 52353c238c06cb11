/* Threads that take turns. The store's own threads, and every client of it, run as fibers on one thread; whose turn it is next is
 * drawn from the seed. A turn ends where the code waits (a condition, a mutex held by another, a thread to end), at operations on
 * the disk, and where the simulator says so. The linker gives the functions below in place of those of the C library to our own
 * code only; SQLite and OpenSSL keep the real ones, and are never left in the middle but in the disk's operations. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <ucontext.h>

#include "store/store_impl.h"
#include "test/fault/sim.h"

enum { FIBERS = 64, STACK = 1 << 20 };
enum state { FREE, READY, ON_CONDITION, ON_MUTEX, ON_END, PARKED, OVER };

struct fiber {
    ucontext_t context;
    void *stack;
    enum state state;
    const void *waits_for; /* condition, mutex, or fiber */
    const char *name;
    void (*fn)(void *arg);
    void *arg;
    void *(*thread)(void *arg);
    bool inside; /* store_inside of this thread */
    bool server; /* one of the store's threads: it waits for work for ever */
};

static struct fiber all[FIBERS];
static struct fiber *current;
static ucontext_t main_context;
static struct rng turn, bytes;
static uint64_t crash_in;
bool sim_crashed;

/* ---- chance ---- */

struct rng rng_of(uint64_t seed, const char *stream)
{
    struct rng r = {seed * UINT64_C(0x9E3779B97F4A7C15) + UINT64_C(0x632BE59BD9B4E019)};
    for (; *stream; stream++) r.s = (r.s ^ (uint8_t)*stream) * UINT64_C(0x100000001B3);
    for (int i = 0; i < 4; i++) (void)rng_next(&r);
    return r;
}

/* splitmix64 */
uint64_t rng_next(struct rng *r)
{
    uint64_t z = r->s += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

ssize_t __wrap_getrandom(void *p, size_t n, unsigned flags);
ssize_t __wrap_getrandom(void *p, size_t n, unsigned flags)
{
    (void)flags;
    unsigned char *at = p;
    for (size_t i = 0; i < n; i++) at[i] = (unsigned char)(rng_next(&bytes) >> 32);
    return (ssize_t)n;
}

void fibers_seed(uint64_t seed)
{
    turn = rng_of(seed, "turns");
    bytes = rng_of(seed, "bytes");
    crash_in = 0;
    sim_crashed = false;
}

/* ---- turns ---- */

static _Noreturn void give_up(const char *what)
{
    (void)fprintf(stderr, "simulator: %s\n", what);
    abort();
}

static void to_main(void)
{
    struct fiber *f = current;
    f->inside = store_inside;
    current = NULL;
    store_inside = false;
    (void)swapcontext(&f->context, &main_context);
}

static void begin(void)
{
    struct fiber *f = current;
    if (f->thread)
        (void)f->thread(f->arg);
    else
        f->fn(f->arg);
    f->state = OVER;
    for (size_t i = 0; i < FIBERS; i++)
        if (all[i].state == ON_END && all[i].waits_for == f) all[i].state = READY;
    to_main();
}

static struct fiber *make(const char *name)
{
    size_t i = 0;
    while (i < FIBERS && all[i].state != FREE && all[i].state != OVER) i++;
    if (i == FIBERS) give_up("too many fibers");
    struct fiber *f = &all[i];
    void *stack = f->stack;
    if (!stack) stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED) give_up("no memory for a stack");
    *f = (struct fiber){.stack = stack, .state = READY, .name = name};
    (void)getcontext(&f->context);
    f->context.uc_stack.ss_sp = stack;
    f->context.uc_stack.ss_size = STACK;
    f->context.uc_link = NULL;
    makecontext(&f->context, begin, 0);
    return f;
}

struct fiber *fiber_start(const char *name, void (*fn)(void *arg), void *arg)
{
    struct fiber *f = make(name);
    f->fn = fn;
    f->arg = arg;
    return f;
}

static void go_on(struct fiber *f)
{
    current = f;
    store_inside = f->inside;
    (void)swapcontext(&main_context, &f->context);
}

void fibers_run(void)
{
    if (current) give_up("fibers_run called by a fiber");
    while (!sim_crashed) {
        struct fiber *ready[FIBERS];
        size_t n = 0;
        for (size_t i = 0; i < FIBERS; i++)
            if (all[i].state == READY) ready[n++] = &all[i];
        if (n == 0) return;
        if (crash_in > 0 && --crash_in == 0) {
            sim_crashed = true;
            return;
        }
        go_on(ready[n == 1 ? 0 : rng_below(&turn, n)]);
    }
}

bool fiber_over(const struct fiber *f)
{
    return f->state == OVER || f->state == FREE;
}

void fiber_yield(void)
{
    if (current) to_main();
}

void fiber_park(void)
{
    if (!current) return;
    current->state = PARKED;
    to_main();
}

bool fiber_unpark(struct fiber *f)
{
    if (f->state != PARKED) return false;
    f->state = READY;
    return true;
}

size_t fibers_parked(struct fiber **out, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < FIBERS && n < max; i++)
        if (all[i].state == PARKED) out[n++] = &all[i];
    return n;
}

bool fibers_stuck(char *out, size_t max)
{
    bool stuck = false;
    size_t at = 0;
    out[0] = 0;
    for (size_t i = 0; i < FIBERS; i++) {
        const struct fiber *f = &all[i];
        bool waits = f->state == ON_MUTEX || f->state == ON_END || (f->state == ON_CONDITION && !f->server);
        if (!waits || at + 40 > max) continue;
        at += (size_t)snprintf(out + at, max - at, "%s%s", stuck ? ", " : "", f->name);
        stuck = true;
    }
    return stuck;
}

void fibers_forget(void)
{
    if (current) give_up("fibers_forget called by a fiber");
    for (size_t i = 0; i < FIBERS; i++) all[i].state = FREE;
    crash_in = 0;
}

void fibers_crash_in(uint64_t turns)
{
    crash_in = turns;
}

_Noreturn void sim_crash(void)
{
    sim_crashed = true;
    if (!current) give_up("a crash on the main stack");
    to_main();
    give_up("a crashed fiber was woken");
}

/* ---- in place of the threads of the C library ---- */

int __wrap_pthread_create(pthread_t *out, const pthread_attr_t *attr, void *(*fn)(void *arg), void *arg);
int __wrap_pthread_join(pthread_t t, void **value);
int __wrap_pthread_setname_np(pthread_t t, const char *name);
int __wrap_pthread_mutex_lock(pthread_mutex_t *m);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *m);
int __wrap_pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m);
int __wrap_pthread_cond_signal(pthread_cond_t *c);
int __wrap_pthread_cond_broadcast(pthread_cond_t *c);
int __real_pthread_mutex_unlock(pthread_mutex_t *m);

int __wrap_pthread_create(pthread_t *out, const pthread_attr_t *attr, void *(*fn)(void *arg), void *arg)
{
    (void)attr;
    struct fiber *f = make("thread of the store");
    f->thread = fn;
    f->arg = arg;
    f->server = true;
    *out = (pthread_t)(uintptr_t)f;
    return 0;
}

int __wrap_pthread_join(pthread_t t, void **value)
{
    struct fiber *f = (struct fiber *)(uintptr_t)t;
    if (value) *value = NULL;
    if (!current) give_up("pthread_join on the main stack");
    while (f->state != OVER) {
        current->state = ON_END;
        current->waits_for = f;
        to_main();
    }
    return 0;
}

int __wrap_pthread_setname_np(pthread_t t, const char *name)
{
    (void)t, (void)name;
    return 0;
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *m)
{
    while (pthread_mutex_trylock(m) != 0) {
        if (!current) give_up("a mutex is held, and nobody could give it back");
        current->state = ON_MUTEX;
        current->waits_for = m;
        to_main();
    }
    return 0;
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *m)
{
    int rc = __real_pthread_mutex_unlock(m);
    for (size_t i = 0; i < FIBERS; i++)
        if (all[i].state == ON_MUTEX && all[i].waits_for == m) all[i].state = READY;
    return rc;
}

int __wrap_pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
    if (!current) give_up("a wait on the main stack");
    (void)__wrap_pthread_mutex_unlock(m);
    current->state = ON_CONDITION;
    current->waits_for = c;
    to_main();
    return __wrap_pthread_mutex_lock(m);
}

/* Whoever waits may also be woken without cause, as POSIX allows. */
int __wrap_pthread_cond_signal(pthread_cond_t *c)
{
    struct fiber *waiting[FIBERS];
    size_t n = 0;
    for (size_t i = 0; i < FIBERS; i++)
        if (all[i].state == ON_CONDITION && all[i].waits_for == c) waiting[n++] = &all[i];
    if (n == 0) return 0;
    if (rng_chance(&turn, 5)) return __wrap_pthread_cond_broadcast(c);
    waiting[rng_below(&turn, n)]->state = READY;
    return 0;
}

int __wrap_pthread_cond_broadcast(pthread_cond_t *c)
{
    for (size_t i = 0; i < FIBERS; i++)
        if (all[i].state == ON_CONDITION && all[i].waits_for == c) all[i].state = READY;
    return 0;
}
