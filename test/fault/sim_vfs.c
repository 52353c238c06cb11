/* The simulator's disk as SQLite's only file system. Sleeping is letting others go on. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/types.h>

#include "test/fault/sim.h"

struct file {
    sqlite3_file base;
    struct disk_file *f;
    int level;              /* SQLITE_LOCK_… held */
    uint8_t shared, single; /* locks of the shared memory held, by bit */
    bool shm;
};

static struct rng randomness;

static struct file *of(sqlite3_file *f)
{
    return (struct file *)f;
}

/* ---- files ---- */

static int unlock_to(struct file *x, int level)
{
    struct disk_locks *l = disk_locks(x->f);
    if (x->level == SQLITE_LOCK_EXCLUSIVE && level < SQLITE_LOCK_EXCLUSIVE) l->exclusive = 0;
    if (x->level >= SQLITE_LOCK_RESERVED && level < SQLITE_LOCK_RESERVED) l->reserved = l->pending = 0;
    if (x->level >= SQLITE_LOCK_SHARED && level < SQLITE_LOCK_SHARED) l->shared--;
    x->level = level;
    return SQLITE_OK;
}

static void shm_release(struct file *x)
{
    struct disk_locks *l = disk_locks(x->f);
    for (int i = 0; i < 8; i++) {
        if (x->shared >> i & 1) l->shm_shared[i]--;
        if (x->single >> i & 1) l->shm_exclusive[i] = 0;
    }
    x->shared = x->single = 0;
}

static int shm_unmap(sqlite3_file *f, int remove)
{
    struct file *x = of(f);
    (void)remove;
    if (!x->shm) return SQLITE_OK;
    shm_release(x);
    x->shm = false;
    if (--disk_locks(x->f)->shm_users == 0) disk_shared_drop(x->f);
    return SQLITE_OK;
}

static int close_file(sqlite3_file *f)
{
    (void)shm_unmap(f, 0);
    (void)unlock_to(of(f), SQLITE_LOCK_NONE);
    disk_close(of(f)->f);
    return SQLITE_OK;
}

static int read_file(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
    return disk_read(of(f)->f, to, n, at);
}
static int write_file(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
    return disk_write(of(f)->f, from, n, at);
}
static int truncate_file(sqlite3_file *f, sqlite3_int64 size)
{
    return disk_truncate(of(f)->f, size);
}
static int sync_file(sqlite3_file *f, int flags)
{
    (void)flags;
    return disk_sync(of(f)->f);
}
static int size_of_file(sqlite3_file *f, sqlite3_int64 *size)
{
    *size = disk_size(of(f)->f);
    return SQLITE_OK;
}

/* The rules of SQLite's os.h: any number of SHARED; one RESERVED beside them; PENDING keeps new ones out; EXCLUSIVE alone. */
static int lock_file(sqlite3_file *f, int level)
{
    struct file *x = of(f);
    struct disk_locks *l = disk_locks(x->f);
    if (x->level >= level) return SQLITE_OK;
    if (x->level == SQLITE_LOCK_NONE) {
        if (l->exclusive || l->pending) return SQLITE_BUSY;
        l->shared++;
        x->level = SQLITE_LOCK_SHARED;
    }
    if (level >= SQLITE_LOCK_RESERVED && x->level < SQLITE_LOCK_RESERVED) {
        if (l->reserved) return SQLITE_BUSY;
        l->reserved = 1;
        x->level = SQLITE_LOCK_RESERVED;
    }
    if (level < SQLITE_LOCK_EXCLUSIVE) return SQLITE_OK;
    l->pending = 1;
    x->level = SQLITE_LOCK_PENDING;
    if (l->shared > 1) return SQLITE_BUSY;
    l->exclusive = 1;
    x->level = SQLITE_LOCK_EXCLUSIVE;
    return SQLITE_OK;
}

static int unlock_file(sqlite3_file *f, int level)
{
    return unlock_to(of(f), level);
}

static int check_reserved(sqlite3_file *f, int *out)
{
    *out = disk_locks(of(f)->f)->reserved;
    return SQLITE_OK;
}

static int control(sqlite3_file *f, int op, void *arg)
{
    (void)f, (void)op, (void)arg;
    return SQLITE_NOTFOUND;
}

static int sector_size(sqlite3_file *f)
{
    (void)f;
    return 512;
}

/* What lies beside the bytes written does not suffer: SQLite's own assumption for Unix. */
static int characteristics(sqlite3_file *f)
{
    (void)f;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **p)
{
    struct file *x = of(f);
    if (!x->shm) disk_locks(x->f)->shm_users++;
    x->shm = true;
    *p = disk_shared(x->f, region, size, extend != 0);
    return SQLITE_OK;
}

static int shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    struct file *x = of(f);
    struct disk_locks *l = disk_locks(x->f);
    bool give = flags & SQLITE_SHM_UNLOCK, alone = flags & SQLITE_SHM_EXCLUSIVE;
    uint8_t mask = (uint8_t)(((1u << n) - 1) << offset);
    if (give) {
        for (int i = offset; i < offset + n; i++) {
            if (x->shared >> i & 1) l->shm_shared[i]--;
            if (x->single >> i & 1) l->shm_exclusive[i] = 0;
        }
        x->shared &= (uint8_t)~mask;
        x->single &= (uint8_t)~mask;
        return SQLITE_OK;
    }
    if (alone && disk_refuses_lock()) return SQLITE_BUSY;
    for (int i = offset; i < offset + n; i++) {
        bool mine = x->shared >> i & 1;
        if (l->shm_exclusive[i] && !(x->single >> i & 1)) return SQLITE_BUSY;
        if (alone && l->shm_shared[i] > mine) return SQLITE_BUSY;
    }
    for (int i = offset; i < offset + n; i++) {
        if (alone)
            l->shm_exclusive[i] = 1;
        else if (!(x->shared >> i & 1))
            l->shm_shared[i]++;
    }
    if (alone)
        x->single |= mask;
    else
        x->shared |= mask;
    return SQLITE_OK;
}

static void shm_barrier(sqlite3_file *f)
{
    (void)f;
}

static const sqlite3_io_methods METHODS = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_of_file,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

/* ---- the file system ---- */

static int open_file(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
    struct file *x = of(f);
    (void)v;
    *x = (struct file){.f = disk_open(name, (flags & (SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB)) != 0)};
    if (!x->f) return SQLITE_CANTOPEN;
    x->base.pMethods = &METHODS;
    if (out) *out = flags;
    return SQLITE_OK;
}

static int delete_file(sqlite3_vfs *v, const char *name, int sync)
{
    (void)v;
    return disk_delete(name, sync != 0);
}

static int access_file(sqlite3_vfs *v, const char *name, int flags, int *out)
{
    (void)v, (void)flags;
    *out = disk_exists(name);
    return SQLITE_OK;
}

static int full_path(sqlite3_vfs *v, const char *name, int n, char *out)
{
    (void)v;
    (void)snprintf(out, (size_t)n, "%s", name);
    return SQLITE_OK;
}

static int random_data(sqlite3_vfs *v, int n, char *out)
{
    (void)v;
    for (int i = 0; i < n; i++) out[i] = (char)(rng_next(&randomness) >> 24);
    return n;
}

static int sleep_for(sqlite3_vfs *v, int us)
{
    (void)v;
    fiber_yield();
    return us;
}

static int time_of_day(sqlite3_vfs *v, sqlite3_int64 *out)
{
    (void)v;
    *out = INT64_C(212480000000000); /* nothing of ours asks SQLite for the time */
    return SQLITE_OK;
}

static int last_error(sqlite3_vfs *v, int n, char *out)
{
    (void)v;
    if (n > 0) out[0] = 0;
    return 0;
}

int sim_vfs_register(void)
{
    static sqlite3_vfs vfs = {.iVersion = 2,
                              .szOsFile = (int)sizeof(struct file),
                              .mxPathname = 256,
                              .zName = "sim",
                              .xOpen = open_file,
                              .xDelete = delete_file,
                              .xAccess = access_file,
                              .xFullPathname = full_path,
                              .xRandomness = random_data,
                              .xSleep = sleep_for,
                              .xGetLastError = last_error,
                              .xCurrentTimeInt64 = time_of_day};
    int rc = sqlite3_initialize();
    randomness = rng_of(1, "sqlite");
    return rc == SQLITE_OK ? sqlite3_vfs_register(&vfs, 1) : rc;
}

/* ---- what our own code asks of the real file system ---- */

/* The store makes the file of a database before SQLite opens it. */
int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    if (strncmp(path, "/sim/", 5) == 0) return __real_open64("/dev/null", O_RDWR | O_CLOEXEC);
    return __real_open64(path, flags, mode);
}

/* Checkpoints at every few pages: in a run of seconds there would be none at the store's own 4000. */
int __real_sqlite3_wal_autocheckpoint(sqlite3 *db, int pages);
int __wrap_sqlite3_wal_autocheckpoint(sqlite3 *db, int pages);
int __wrap_sqlite3_wal_autocheckpoint(sqlite3 *db, int pages)
{
    (void)pages;
    return __real_sqlite3_wal_autocheckpoint(db, 60);
}
