/* Files in memory, in two states: what the process sees, and what would be there after the power failed. The sectors between them
 * are lost, kept or torn at a crash, each by chance, and in no order; so are lengths and names. A sync that fails leaves some
 * sectors written and lets the rest be taken for written, as Linux does. */
#include <sqlite3.h>
#include <stdlib.h>

#include "test/fault/sim.h"

enum { SECTOR = 512, REGIONS = 64, RECENT = 8 };

struct image {
    uint8_t *p;
    int64_t n, cap;
};
struct disk_file {
    struct disk_file *next;
    char *name; /* NULL: temporary */
    struct image now, durable;
    uint8_t *dirty; /* by sector */
    int64_t ndirty_cap;
    int refs;
    bool deleted;      /* for the process */
    bool deleted_sure; /* … and on the disk */
    bool named;        /* its name is on the disk */
    struct disk_locks locks;
    void *regions[REGIONS];
};

struct disk_stats disk_stats;
struct disk_skips_sync disk_skips_sync;
static struct disk_file *files;
static struct rng rng;
static uint64_t crash_in, fail_in;
static enum disk_fault failing;
static bool is_full, quiet;
static unsigned early; /* percent of written sectors that reach the disk before any sync */

void disk_seed(uint64_t seed)
{
    static const unsigned EARLY[] = {0, 5, 20, 50};
    rng = rng_of(seed, "disk");
    crash_in = fail_in = 0;
    failing = DISK_GOOD;
    is_full = quiet = false;
    early = EARLY[rng_below(&rng, 4)];
    disk_stats = (struct disk_stats){0};
}

void disk_crash_in(uint64_t n)
{
    crash_in = n;
}
void disk_fail_in(uint64_t n, enum disk_fault what)
{
    fail_in = n;
    failing = what;
}
void disk_full(bool full)
{
    is_full = full;
}
void disk_quiet(bool q)
{
    quiet = q;
}

static void *need(void *p)
{
    if (!p) abort();
    return p;
}

/* Before each operation that changes something. */
static void operation(void)
{
    if (quiet) return;
    if (crash_in > 0 && --crash_in == 0) sim_crash();
    if (fail_in > 1) fail_in--;
    if (rng_chance(&rng, 30)) fiber_yield();
}

static bool fails(enum disk_fault what)
{
    if (quiet || failing != what || fail_in != 1) return false;
    failing = DISK_GOOD;
    fail_in = 0;
    return true;
}

bool disk_refuses_lock(void)
{
    bool refused = !quiet && rng_below(&rng, 2000) == 0;
    disk_stats.locked += refused;
    return refused;
}

/* ---- images ---- */

static void resize(struct image *i, int64_t n)
{
    if (n > i->cap) {
        int64_t cap = i->cap ? i->cap : 65536;
        while (cap < n) cap *= 2;
        i->p = need(realloc(i->p, (size_t)cap));
        i->cap = cap;
    }
    if (n > i->n) memset(i->p + i->n, 0, (size_t)(n - i->n));
    i->n = n;
}

static void mark(struct disk_file *f, int64_t sector, bool on)
{
    if (sector >= f->ndirty_cap) {
        int64_t cap = f->ndirty_cap ? f->ndirty_cap : 256;
        while (cap <= sector) cap *= 2;
        f->dirty = need(realloc(f->dirty, (size_t)cap));
        memset(f->dirty + f->ndirty_cap, 0, (size_t)(cap - f->ndirty_cap));
        f->ndirty_cap = cap;
    }
    f->dirty[sector] = on;
}

/* What of the sector lies in the file now goes to the disk, up to `upto` bytes of it. */
static void put_sector(struct disk_file *f, int64_t sector, int64_t upto)
{
    int64_t from = sector * SECTOR, end = from + upto < f->now.n ? from + upto : f->now.n;
    if (end <= from) return;
    if (end > f->durable.n) resize(&f->durable, end);
    memcpy(f->durable.p + from, f->now.p + from, (size_t)(end - from));
}

/* ---- operations ---- */

static struct disk_file *find(const char *name)
{
    struct disk_file *f = files;
    while (f && (f->deleted || !f->name || strcmp(f->name, name) != 0)) f = f->next;
    return f;
}

struct disk_file *disk_open(const char *name, bool create)
{
    struct disk_file *f = name ? find(name) : NULL;
    if (!f && !create) return NULL;
    if (!f) {
        f = need(calloc(1, sizeof *f));
        f->name = name ? need(strdup(name)) : NULL;
        f->next = files;
        files = f;
    }
    f->refs++;
    return f;
}

static void forget(struct disk_file *f)
{
    struct disk_file **at = &files;
    while (*at != f) at = &(*at)->next;
    *at = f->next;
    disk_shared_drop(f);
    free(f->now.p);
    free(f->durable.p);
    free(f->dirty);
    free(f->name);
    free(f);
}

void disk_close(struct disk_file *f)
{
    if (--f->refs == 0 && (!f->name || (f->deleted && f->deleted_sure))) forget(f);
}

int disk_read(struct disk_file *f, void *to, int n, int64_t at)
{
    if (fails(DISK_READ_FAILS)) {
        disk_stats.read_errors++;
        return SQLITE_IOERR_READ;
    }
    int64_t there = f->now.n - at < n ? f->now.n - at : n;
    if (there < 0) there = 0;
    if (there) memcpy(to, f->now.p + at, (size_t)there);
    if (there == n) return SQLITE_OK;
    memset((char *)to + there, 0, (size_t)(n - there));
    return SQLITE_IOERR_SHORT_READ;
}

int disk_write(struct disk_file *f, const void *from, int n, int64_t at)
{
    operation();
    disk_stats.writes++;
    if (fails(DISK_WRITE_FAILS)) {
        disk_stats.io_errors++;
        return SQLITE_IOERR_WRITE;
    }
    bool cut = fails(DISK_SHORT_WRITE);
    if (is_full && !quiet && at + n > f->now.n) {
        disk_stats.full++;
        return SQLITE_FULL;
    }
    if (cut) n /= 2;
    if (at + n > f->now.n) resize(&f->now, at + n);
    memcpy(f->now.p + at, from, (size_t)n);
    for (int64_t s = at / SECTOR; s * SECTOR < at + n; s++) {
        mark(f, s, true);
        if (rng_below(&rng, 100) < early) put_sector(f, s, SECTOR);
    }
    disk_stats.short_writes += cut;
    return cut ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

int disk_truncate(struct disk_file *f, int64_t size)
{
    operation();
    resize(&f->now, size);
    return SQLITE_OK;
}

/* All names are in one directory: syncing it for one makes all deletions sure. */
static void sync_directory(void)
{
    for (struct disk_file *f = files, *next; f; f = next) {
        next = f->next;
        if (!f->deleted) continue;
        f->deleted_sure = true;
        if (f->refs == 0) forget(f);
    }
}

/* Like the file system of SQLite for Unix, the first sync of a file brings its name to the disk too. */
int disk_sync(struct disk_file *f)
{
    operation();
    disk_stats.syncs++;
    bool bad = fails(DISK_SYNC_FAILS);
    bool wal = f->name && strstr(f->name, "-wal") != NULL;
    if (wal ? disk_skips_sync.wal : disk_skips_sync.database) return SQLITE_OK;
    for (int64_t s = 0; s < f->ndirty_cap; s++) {
        if (!f->dirty[s]) continue;
        if (!bad || rng_chance(&rng, 50)) put_sector(f, s, SECTOR);
        f->dirty[s] = 0;
    }
    disk_stats.sync_errors += bad;
    if (bad) return SQLITE_IOERR_FSYNC;
    resize(&f->durable, f->now.n);
    if (!f->named) sync_directory();
    f->named = true;
    return SQLITE_OK;
}

int disk_delete(const char *name, bool sync_dir)
{
    operation();
    struct disk_file *f = find(name);
    if (!f) return SQLITE_IOERR_DELETE_NOENT;
    f->deleted = true;
    f->deleted_sure = !f->named;
    if (f->refs == 0 && f->deleted_sure) forget(f);
    if (sync_dir) sync_directory();
    return SQLITE_OK;
}

bool disk_exists(const char *name)
{
    return find(name) != NULL;
}
int64_t disk_size(const struct disk_file *f)
{
    return f->now.n;
}
struct disk_locks *disk_locks(struct disk_file *f)
{
    return &f->locks;
}

void *disk_shared(struct disk_file *f, int region, int size, bool extend)
{
    if (region >= REGIONS) abort();
    if (!f->regions[region] && extend) f->regions[region] = need(calloc(1, (size_t)size));
    return f->regions[region];
}

void disk_shared_drop(struct disk_file *f)
{
    for (int i = 0; i < REGIONS; i++) {
        free(f->regions[i]);
        f->regions[i] = NULL;
    }
}

/* ---- the power fails ---- */

static void lose(struct disk_file *f)
{
    static const unsigned KEPT[] = {0, 10, 50, 90, 100};
    unsigned kept = KEPT[rng_below(&rng, 5)];
    for (int64_t s = 0; s < f->ndirty_cap; s++) {
        if (!f->dirty[s]) continue;
        f->dirty[s] = 0;
        if (rng_chance(&rng, kept)) {
            put_sector(f, s, SECTOR);
            disk_stats.kept_sectors++;
        } else if (rng_chance(&rng, 10)) {
            put_sector(f, s, (int64_t)rng_below(&rng, SECTOR));
            disk_stats.torn_sectors++;
        } else {
            disk_stats.lost_sectors++;
        }
    }
    /* the length of a file that was cut short, or that has grown without its content */
    if (f->durable.n != f->now.n && rng_chance(&rng, 50)) resize(&f->durable, f->now.n);
    resize(&f->now, f->durable.n);
    if (f->durable.n) memcpy(f->now.p, f->durable.p, (size_t)f->durable.n);
}

/* Whether the file is there when the machine is started again. */
static bool survives(const struct disk_file *f)
{
    if (!f->name || f->deleted) return false;
    return f->named || rng_chance(&rng, 50);
}

/* Deleted, but its name was still on the disk; another may have the name. */
static bool comes_back(const struct disk_file *f)
{
    return f->name && f->deleted && !f->deleted_sure && !find(f->name) && rng_chance(&rng, 50);
}

void disk_power_off(void)
{
    for (struct disk_file *f = files, *next; f; f = next) {
        next = f->next;
        f->refs = 0;
        f->locks = (struct disk_locks){0};
        disk_shared_drop(f);
        if (f->deleted && !f->deleted_sure) continue;
        if (survives(f))
            f->named = true;
        else
            forget(f);
    }
    for (struct disk_file *f = files, *next; f; f = next) {
        next = f->next;
        if (f->deleted && comes_back(f)) f->deleted = false;
        if (f->deleted)
            forget(f);
        else
            lose(f);
    }
    crash_in = fail_in = 0;
    failing = DISK_GOOD;
    is_full = false;
}

uint64_t disk_hash(void)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);
    for (const struct disk_file *f = files; f; f = f->next)
        for (int64_t i = 0; i < f->now.n; i++) h = (h ^ f->now.p[i]) * UINT64_C(0x100000001B3);
    return h;
}
