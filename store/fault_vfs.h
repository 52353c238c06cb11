/* A file system for SQLite that loses what was not synced when the process is killed; for tests.
 *
 * It lies over the default VFS. Writes and truncations of databases, journals and WALs stay in this process's memory
 * until the file is synced; a seeded random part of them goes to the file early, sector by sector and in no order. So
 * a SIGKILL at any moment leaves on the real disk what a loss of power leaves: all that was synced, and of the rest
 * some sectors, whole but torn from each other. A journal or WAL just created may have no directory entry yet, and a
 * journal deleted without a sync of its directory may be there again. Locks and shared memory are the default's.
 *
 * Syncs are not passed on: after a kill the kernel still has what was written, and the test needs no more. */
#ifndef STORE_FAULT_VFS_H
#define STORE_FAULT_VFS_H

#include <stdint.h>

/* Once in a process. 0, or an error code of SQLite. The name must outlive the process. */
int fault_vfs_register(const char *name, uint64_t seed);
/* The process kills itself (SIGKILL) in its n-th write, sync, truncation or deletion from now on; 0: never. Half of
 * the operation may have been done. */
void fault_vfs_kill_at(int64_t n);

#endif
