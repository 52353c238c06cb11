/* A log read from outside, over HTTP (C2SP tlog-tiles): by mirrors, monitors and witnesses. Nothing that a server says is believed: each
 * answer is tied to a checkpoint that a known key signed. */
#ifndef APP_LOG_CLIENT_H
#define APP_LOG_CLIENT_H

#include "trust/tlog.h"
#include "trust/tlog_policy.h"

/* GET url/path. CODE_LOG_HTTP: nobody answers, or another status than 200; CODE_TOO_LARGE. Waits and tries again when it is told to be
 * slower (429, 503). */
MUST result log_get(struct arena *a, struct slice url, struct slice path, size_t max, struct slice *out);
/* The same; *status instead of a failure, 0: nobody answers. */
void log_get_any(struct arena *a, struct slice url, struct slice path, size_t max, struct slice *out, long *status);

/* The server's checkpoint, good under the policy. */
MUST result log_remote_checkpoint(struct arena *a, struct slice url, const struct tlog_policy *policy,
                                  struct slice *note, struct checkpoint *out);
/* That the tree of `old` is the beginning of that of `now`, by tiles of the server. CODE_LOG_ROLLED_BACK: now is smaller;
 * CODE_LOG_FORK: it is not. */
MUST result log_remote_extends(struct arena *a, struct slice url, const struct checkpoint *now,
                               const struct checkpoint *old);

/* ---- a mirror: a folder with checkpoint and tile/… as the server has them (mirror.c) ---- */
struct log_mirrored {
    uint64_t before, size;
    uint64_t fetched;  /* bundles that came over the network */
    struct slice root; /* 32 bytes */
    struct slice note; /* checkpoint */
};
/* Brings the folder up to the server's checkpoint. Every entry is fetched, every hash computed here: the roots of what was mirrored before
 * and of the checkpoint both come out, or the checkpoint is not taken over. A stopped run is gone on with; what it left is checked too. */
MUST result log_mirror(struct arena *a, struct slice url, const char *dir, const struct tlog_policy *policy,
                       struct log_mirrored *out);
/* A reader of the folder's tiles. */
struct tlog_reader log_mirror_reader(const char *dir, uint64_t size);

/* ---- what the witnesses have seen (monitor.c) ---- */
/* The last checkpoint that a witness of ours (app/witness) cosigned, of the log with this origin; note empty: none. It is the log's word
 * (signature checked), so that two of them that do not fit are the proof of a fork. */
MUST result log_witness_seen(struct arena *a, struct slice url, struct slice origin, const struct tlog_policy *policy,
                             struct slice *note, struct checkpoint *out);
/* Compares what a witness has seen with the mirrored tree: CODE_LOG_FORK. *ahead: the witness has seen more than was mirrored. */
MUST result log_compare_witness(struct arena *a, const char *dir, const struct log_mirrored *m, struct slice witness,
                                const struct checkpoint *seen, bool *ahead);

/* ---- files (files.c) ---- */
/* Replaces a file durably, folders above it made, the folder synced. */
MUST result log_file_put(struct arena *a, const char *dir, struct slice path, struct slice bytes, unsigned mode);
/* *there false: no such file. */
MUST result log_file_get(struct arena *a, const char *dir, struct slice path, size_t max, struct slice *out,
                         bool *there);

#endif
