#include "store/fault_vfs.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/fault_disk.h"

enum { HELD = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL };

struct faulty {
    sqlite3_file base;
    struct node *node;
    char *name;         /* of the real file, when it is not the caller's: it must outlive it */
    sqlite3_file *real; /* behind this struct */
    bool sync_entry;    /* as the default VFS does, the first sync of a new journal or WAL syncs its directory */
};

/* A file deleted without a sync of its directory: gone for the process, still on the disk. */
struct ghost {
    struct ghost *next;
    char path[];
};
static struct ghost *ghosts;
static sqlite3_vfs vfs, *below;

static struct faulty *of(sqlite3_file *f)
{
    return (struct faulty *)f;
}

static void *need(void *p)
{
    if (!p) abort();
    return p;
}

/* ---- directory entries ---- */

static struct ghost **ghost_find(const char *path)
{
    struct ghost **at = &ghosts;
    while (*at && strcmp((*at)->path, path) != 0) at = &(*at)->next;
    return at;
}

static void ghost_add(const char *path)
{
    size_t n = strlen(path) + 1;
    struct ghost *g = need(malloc(sizeof *g + n));
    memcpy(g->path, path, n);
    g->next = ghosts;
    ghosts = g;
}

/* replaced: another file has taken its place. */
static void ghost_end(struct ghost **at, bool replaced)
{
    struct ghost *g = *at;
    if (!replaced) (void)unlink(g->path);
    *at = g->next;
    free(g);
}

/* One directory is all there is in a test: every sync of an entry syncs all. */
static void sync_directory(void)
{
    while (ghosts) ghost_end(&ghosts, false);
}

/* "x.db-wal" -> "x.db-unborn-wal" would hide the database's name from SQLite, which looks for it before the last '-'. */
static char *hidden_name(const char *path)
{
    const char *dash = strrchr(path, '-');
    size_t room = strlen(path) + sizeof "unborn" + 4;
    char *p = need(calloc(1, room));
    if (!dash) dash = path + strlen(path);
    (void)snprintf(p, room, "%.*s-unborn%s", (int)(dash - path), path, *dash ? dash + 1 : "");
    return p;
}

/* ---- files ---- */

static int close_file(sqlite3_file *f)
{
    struct faulty *x = of(f);
    fault_disk_lock();
    int rc = x->real->pMethods->xClose(x->real);
    node_close(x->node);
    fault_disk_unlock();
    free(x->name);
    return rc;
}

static int read_file(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
    fault_disk_lock();
    int rc = node_read(of(f)->node, of(f)->real, to, n, at);
    fault_disk_unlock();
    return rc;
}

static int write_file(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
    fault_disk_lock();
    int rc = node_write(of(f)->node, of(f)->real, from, n, at);
    fault_disk_operation();
    fault_disk_unlock();
    return rc;
}

static int truncate_file(sqlite3_file *f, sqlite3_int64 size)
{
    fault_disk_lock();
    int rc = node_truncate(of(f)->node, of(f)->real, size);
    fault_disk_operation();
    fault_disk_unlock();
    return rc;
}

static int sync_file(sqlite3_file *f, int flags)
{
    (void)flags; /* data only: the size is part of what is needed to read them */
    struct node *n = of(f)->node;
    fault_disk_lock();
    int rc = node_sync(n, of(f)->real);
    if (rc == SQLITE_OK && node_hidden(n)) {
        const char *path = of(f)->name + strlen(of(f)->name) + 1;
        struct ghost **ghost = ghost_find(path);
        if (rename(node_hidden(n), path) != 0) rc = SQLITE_IOERR_DIR_FSYNC;
        node_born(n);
        if (*ghost) ghost_end(ghost, true);
    }
    if (rc == SQLITE_OK && of(f)->sync_entry) sync_directory();
    if (rc == SQLITE_OK) of(f)->sync_entry = false;
    fault_disk_operation();
    fault_disk_unlock();
    return rc;
}

static int size_of_file(sqlite3_file *f, sqlite3_int64 *size)
{
    fault_disk_lock();
    *size = node_size(of(f)->node);
    fault_disk_unlock();
    return SQLITE_OK;
}

static int lock_file(sqlite3_file *f, int level)
{
    return of(f)->real->pMethods->xLock(of(f)->real, level);
}

static int unlock_file(sqlite3_file *f, int level)
{
    return of(f)->real->pMethods->xUnlock(of(f)->real, level);
}

static int check_reserved(sqlite3_file *f, int *out)
{
    return of(f)->real->pMethods->xCheckReservedLock(of(f)->real, out);
}

/* The size is ours, and reading through a mapping would miss what is held back. */
static int control(sqlite3_file *f, int op, void *arg)
{
    if (op == SQLITE_FCNTL_SIZE_HINT) return SQLITE_OK;
    if (op == SQLITE_FCNTL_MMAP_SIZE || op == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_NOTFOUND;
    return of(f)->real->pMethods->xFileControl(of(f)->real, op, arg);
}

static int sector_size(sqlite3_file *f)
{
    return of(f)->real->pMethods->xSectorSize(of(f)->real);
}

/* A sector is written whole or not at all, and no sector next to it suffers. */
static int characteristics(sqlite3_file *f)
{
    (void)f;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
    return of(f)->real->pMethods->xShmMap(of(f)->real, page, size, extend, p);
}

static int shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return of(f)->real->pMethods->xShmLock(of(f)->real, offset, n, flags);
}

static void shm_barrier(sqlite3_file *f)
{
    of(f)->real->pMethods->xShmBarrier(of(f)->real);
}

static int shm_unmap(sqlite3_file *f, int delete)
{
    return of(f)->real->pMethods->xShmUnmap(of(f)->real, delete);
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

/* Hidden name and path, one behind the other; NULL when the file keeps its own name. A file made where one was deleted
 * is always hidden: the old one is there until the new entry is synced. */
static char *unborn(const char *path, int flags)
{
    struct node *n = node_find(path);
    bool known = n && node_hidden(n), ghost = *ghost_find(path) != NULL;
    bool fresh = !n && (flags & SQLITE_OPEN_CREATE) && !(flags & SQLITE_OPEN_MAIN_DB) && access(path, F_OK) != 0;
    if (!known && !ghost && !(fresh && fault_disk_coin())) return NULL;
    char *hidden = hidden_name(path);
    size_t n1 = strlen(hidden) + 1, n2 = strlen(path) + 1;
    hidden = need(realloc(hidden, n1 + n2 + 1));
    memcpy(hidden + n1, path, n2);
    hidden[n1 + n2] = '\0';
    if (!known) (void)unlink(hidden); /* of a process killed before */
    return hidden;
}

static int start(struct faulty *x, const char *path)
{
    sqlite3_int64 size;
    int rc = x->real->pMethods->xFileSize(x->real, &size);
    if (rc != SQLITE_OK) {
        (void)x->real->pMethods->xClose(x->real);
        return rc;
    }
    x->node = node_open(path, x->name);
    node_start(x->node, size);
    x->base.pMethods = &METHODS;
    return SQLITE_OK;
}

static int open_held(struct faulty *x, const char *path, int flags, int *out)
{
    if (*ghost_find(path) && !node_find(path) && !(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
    x->name = unborn(path, flags);
    int rc = below->xOpen(below, x->name ? x->name : path, x->real, flags, out);
    if (rc == SQLITE_OK) rc = start(x, path);
    if (rc != SQLITE_OK) {
        free(x->name);
        x->name = NULL;
    }
    return rc;
}

static int open_file(sqlite3_vfs *v, const char *path, sqlite3_file *f, int flags, int *out)
{
    (void)v;
    if (!path || !(flags & HELD) || (flags & SQLITE_OPEN_DELETEONCLOSE))
        return below->xOpen(below, path, f, flags, out);
    struct faulty *x = of(f);
    *x = (struct faulty){.real = (sqlite3_file *)(x + 1)};
    x->sync_entry = (flags & SQLITE_OPEN_CREATE) && !(flags & SQLITE_OPEN_MAIN_DB);
    memset(x->real, 0, (size_t)below->szOsFile);
    fault_disk_lock();
    int rc = open_held(x, path, flags, out);
    fault_disk_unlock();
    return rc;
}

static int delete_held(const char *path, int sync)
{
    struct node *n = node_find(path);
    bool hidden = n && node_hidden(n);
    if (!n && *ghost_find(path)) return SQLITE_IOERR_DELETE_NOENT;
    int rc = SQLITE_OK;
    if (hidden)
        (void)unlink(node_hidden(n));
    else if (!sync && access(path, F_OK) == 0 && fault_disk_coin())
        ghost_add(path);
    else
        rc = below->xDelete(below, path, 0);
    if (n) node_unlink(n);
    if (sync) sync_directory();
    return rc;
}

static int delete_file(sqlite3_vfs *v, const char *path, int sync)
{
    (void)v;
    fault_disk_lock();
    int rc = delete_held(path, sync);
    fault_disk_operation();
    fault_disk_unlock();
    return rc;
}

/* As the default does, an empty file counts as none. */
static int access_file(sqlite3_vfs *v, const char *path, int flags, int *out)
{
    (void)v;
    int rc = SQLITE_OK;
    fault_disk_lock();
    struct node *n = node_find(path);
    if (n)
        *out = node_size(n) > 0;
    else if (*ghost_find(path))
        *out = 0;
    else
        rc = below->xAccess(below, path, flags, out);
    fault_disk_unlock();
    return rc;
}

static int full_path(sqlite3_vfs *v, const char *path, int n, char *out)
{
    (void)v;
    return below->xFullPathname(below, path, n, out);
}

int fault_vfs_register(const char *name, uint64_t seed)
{
    int rc = sqlite3_initialize();
    if (rc != SQLITE_OK) return rc;
    if (below) return SQLITE_MISUSE;
    below = sqlite3_vfs_find(NULL);
    if (!below) return SQLITE_ERROR;
    fault_disk_seed(seed);
    vfs = *below; /* randomness, time, sleep and the loading of extensions are the default's */
    vfs.pNext = NULL;
    vfs.zName = name;
    vfs.szOsFile = (int)sizeof(struct faulty) + below->szOsFile;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_path;
    return sqlite3_vfs_register(&vfs, 0);
}

void fault_vfs_kill_at(int64_t n)
{
    fault_disk_kill_at(n);
}
