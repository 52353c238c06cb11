/* What fault_vfs.c holds back: the unsynced state of files. One mutex guards all of it (fault_disk_lock). */
#ifndef STORE_FAULT_DISK_H
#define STORE_FAULT_DISK_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct node; /* a file, by path; lives while it is open or has unsynced state */

void fault_disk_seed(uint64_t seed);
void fault_disk_kill_at(int64_t n);
void fault_disk_lock(void);
void fault_disk_unlock(void);
/* Counts an operation; may not return. */
void fault_disk_operation(void);
bool fault_disk_coin(void);

struct node *node_find(const char *path);
/* Opens the node of a path, made when it is missing. hidden: the name of a file whose entry is not synced, or NULL. */
struct node *node_open(const char *path, const char *hidden);
void node_close(struct node *n);
/* No longer under its path. */
void node_unlink(struct node *n);
/* NULL: the file's entry is synced. */
const char *node_hidden(const struct node *n);
void node_born(struct node *n);
int64_t node_size(const struct node *n);
/* The size of the real file, once it is open. */
void node_start(struct node *n, int64_t size);

/* `real` is a handle of the file below. */
int node_read(struct node *n, sqlite3_file *real, void *to, int len, int64_t at);
int node_write(struct node *n, sqlite3_file *real, const void *from, int len, int64_t at);
int node_truncate(struct node *n, sqlite3_file *real, int64_t size);
int node_sync(struct node *n, sqlite3_file *real);

#endif
