#include "store/fault_disk.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECTOR = 512, BUCKETS = 4096, SWEEP = 16 };

/* A sector as the process sees it, not yet synced. Its copy on the disk may be older, or the same. */
struct sector {
    struct sector *next;
    int64_t number;
    unsigned char b[SECTOR];
};

struct node {
    struct node *next;
    char *path, *hidden;
    int64_t size;
    int64_t visible; /* of the real file: what lies behind was truncated, but not yet there */
    size_t dirty;
    int refs;
    bool started, linked;
    struct sector *sectors[BUCKETS];
};

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static struct node *nodes;
static uint64_t state = 1;
static unsigned leak; /* of 256: how likely a sector goes to the disk before its sync */
static int64_t kill_in;

static unsigned next_byte(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (unsigned)(state * UINT64_C(2685821657736338717) >> 56);
}

void fault_disk_seed(uint64_t seed)
{
    static const unsigned leaks[] = {0, 16, 64, 128, 224};
    state = seed * UINT64_C(0x9E3779B97F4A7C15) | 1;
    for (int i = 0; i < 8; i++) (void)next_byte();
    leak = leaks[next_byte() % (sizeof leaks / sizeof *leaks)];
}

void fault_disk_kill_at(int64_t n)
{
    fault_disk_lock();
    kill_in = n;
    fault_disk_unlock();
}

void fault_disk_lock(void)
{
    pthread_mutex_lock(&mu);
}

void fault_disk_unlock(void)
{
    pthread_mutex_unlock(&mu);
}

static void die(void)
{
    (void)kill(getpid(), SIGKILL);
    for (;;) (void)pause();
}

void fault_disk_operation(void)
{
    if (kill_in > 0 && --kill_in == 0) die();
}

/* In the middle of an operation that will be the last. */
static void die_halfway(void)
{
    if (kill_in == 1 && next_byte() < 64) die();
}

bool fault_disk_coin(void)
{
    return next_byte() < 128;
}

static void *need(void *p)
{
    if (!p) abort();
    return p;
}

/* ---- nodes ---- */

struct node *node_find(const char *path)
{
    struct node *n = nodes;
    while (n && strcmp(n->path, path) != 0) n = n->next;
    return n;
}

struct node *node_open(const char *path, const char *hidden)
{
    struct node *n = node_find(path);
    if (!n) {
        n = need(calloc(1, sizeof *n));
        n->path = need(strdup(path));
        n->hidden = hidden ? need(strdup(hidden)) : NULL;
        n->linked = true;
        n->next = nodes;
        nodes = n;
    }
    n->refs++;
    return n;
}

static void drop_sectors(struct node *n, int64_t from)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct sector **at = &n->sectors[i]; *at;) {
            struct sector *s = *at;
            if (s->number < from) {
                at = &s->next;
                continue;
            }
            *at = s->next;
            free(s);
            n->dirty--;
        }
    }
}

static void forget(struct node *n)
{
    for (struct node **at = &nodes; *at; at = &(*at)->next) {
        if (*at != n) continue;
        *at = n->next;
        break;
    }
    n->linked = false;
}

static void release_unused(struct node *n)
{
    bool pending = n->linked && (n->dirty || n->hidden || n->visible < INT64_MAX);
    if (n->refs > 0 || pending) return;
    forget(n);
    drop_sectors(n, 0);
    free(n->path);
    free(n->hidden);
    free(n);
}

void node_close(struct node *n)
{
    n->refs--;
    release_unused(n);
}

void node_unlink(struct node *n)
{
    forget(n);
    release_unused(n);
}

const char *node_hidden(const struct node *n)
{
    return n->hidden;
}

void node_born(struct node *n)
{
    free(n->hidden);
    n->hidden = NULL;
}

int64_t node_size(const struct node *n)
{
    return n->size;
}

void node_start(struct node *n, int64_t size)
{
    if (n->started) return;
    n->started = true;
    n->size = size;
    n->visible = INT64_MAX;
}

/* ---- sectors ---- */

static struct sector *sector_find(const struct node *n, int64_t number)
{
    struct sector *s = n->sectors[number % BUCKETS];
    while (s && s->number != number) s = s->next;
    return s;
}

/* The real file's bytes, 0 where it has none or they are truncated. */
static int read_real(const struct node *n, sqlite3_file *real, void *to, int len, int64_t at)
{
    int rc = real->pMethods->xRead(real, to, len, at);
    if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ) return rc;
    if (at + len > n->visible) {
        int64_t keep = n->visible > at ? n->visible - at : 0;
        memset((char *)to + keep, 0, (size_t)(len - keep));
    }
    return SQLITE_OK;
}

static int sector_get(struct node *n, sqlite3_file *real, int64_t number, struct sector **out)
{
    *out = sector_find(n, number);
    if (*out) return SQLITE_OK;
    struct sector *s = need(calloc(1, sizeof *s));
    int rc = read_real(n, real, s->b, SECTOR, number * SECTOR);
    if (rc != SQLITE_OK) {
        free(s);
        return rc;
    }
    s->number = number;
    s->next = n->sectors[number % BUCKETS];
    n->sectors[number % BUCKETS] = s;
    n->dirty++;
    *out = s;
    return SQLITE_OK;
}

static int put(const struct node *n, sqlite3_file *real, const struct sector *s)
{
    int64_t at = s->number * SECTOR, len = n->size - at < SECTOR ? n->size - at : SECTOR;
    return len > 0 ? real->pMethods->xWrite(real, s->b, (int)len, at) : SQLITE_OK;
}

static int put_perhaps(const struct node *n, sqlite3_file *real, const struct sector *s, unsigned likely)
{
    return next_byte() < likely ? put(n, real, s) : SQLITE_OK;
}

/* Now and then the kernel writes back something old. */
static int sweep(struct node *n, sqlite3_file *real)
{
    if (leak == 0 || next_byte() >= SWEEP) return SQLITE_OK;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct sector *s = n->sectors[i]; s; s = s->next) {
            int rc = put_perhaps(n, real, s, leak / 8);
            if (rc != SQLITE_OK) return rc;
        }
    return SQLITE_OK;
}

/* ---- operations ---- */

int node_read(struct node *n, sqlite3_file *real, void *to, int len, int64_t at)
{
    int rc = read_real(n, real, to, len, at);
    if (rc != SQLITE_OK) return rc;
    for (int64_t k = at / SECTOR; k * SECTOR < at + len; k++) {
        const struct sector *s = sector_find(n, k);
        if (!s) continue;
        int64_t from = k * SECTOR > at ? k * SECTOR : at,
                end = (k + 1) * SECTOR < at + len ? (k + 1) * SECTOR : at + len;
        memcpy((char *)to + (from - at), s->b + (from - k * SECTOR), (size_t)(end - from));
    }
    if (at + len <= n->size) return SQLITE_OK;
    int64_t keep = n->size > at ? n->size - at : 0;
    memset((char *)to + keep, 0, (size_t)(len - keep));
    return SQLITE_IOERR_SHORT_READ;
}

int node_write(struct node *n, sqlite3_file *real, const void *from, int len, int64_t at)
{
    int rc = sweep(n, real);
    for (int64_t k = at / SECTOR; rc == SQLITE_OK && k * SECTOR < at + len; k++) {
        struct sector *s;
        int64_t begin = k * SECTOR > at ? k * SECTOR : at,
                end = (k + 1) * SECTOR < at + len ? (k + 1) * SECTOR : at + len;
        rc = sector_get(n, real, k, &s);
        if (rc == SQLITE_OK) rc = put_perhaps(n, real, s, leak / 4); /* as it was before */
        if (rc != SQLITE_OK) break;
        memcpy(s->b + (begin - k * SECTOR), (const char *)from + (begin - at), (size_t)(end - begin));
        if (end > n->size) n->size = end;
        rc = put_perhaps(n, real, s, leak);
        die_halfway();
    }
    return rc;
}

int node_truncate(struct node *n, sqlite3_file *real, int64_t size)
{
    if (size < n->size) {
        struct sector *s;
        drop_sectors(n, (size + SECTOR - 1) / SECTOR);
        if (size % SECTOR) {
            int rc = sector_get(n, real, size / SECTOR, &s);
            if (rc != SQLITE_OK) return rc;
            memset(s->b + size % SECTOR, 0, (size_t)(SECTOR - size % SECTOR));
        }
        if (size < n->visible) n->visible = size;
    }
    n->size = size;
    sqlite3_int64 there;
    int rc = real->pMethods->xFileSize(real, &there);
    if (rc == SQLITE_OK && there > size && next_byte() < leak) rc = real->pMethods->xTruncate(real, size);
    return rc;
}

int node_sync(struct node *n, sqlite3_file *real)
{
    sqlite3_int64 there;
    int rc = real->pMethods->xFileSize(real, &there);
    if (rc == SQLITE_OK && there > n->visible) rc = real->pMethods->xTruncate(real, n->visible);
    for (size_t i = 0; i < BUCKETS && rc == SQLITE_OK; i++)
        for (struct sector *s = n->sectors[i]; s && rc == SQLITE_OK; s = s->next) {
            rc = put(n, real, s);
            die_halfway();
        }
    if (rc == SQLITE_OK) rc = real->pMethods->xFileSize(real, &there);
    if (rc == SQLITE_OK && there != n->size) rc = real->pMethods->xTruncate(real, n->size);
    if (rc != SQLITE_OK) return rc;
    drop_sectors(n, 0);
    n->visible = INT64_MAX;
    return SQLITE_OK;
}
