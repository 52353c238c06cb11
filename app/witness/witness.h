/* tongban-witness: another institution's eye on a city's log (C2SP tlog-witness). It keeps what it has seen, cosigns what continues it,
 * and refuses everything else. It needs no database and believes nobody. */
#ifndef APP_WITNESS_WITNESS_H
#define APP_WITNESS_WITNESS_H

#include "app/log/client.h"

enum { WITNESS_LOGS_MAX = 64, WITNESS_BODY_MAX = 64 << 10 };

struct witness_log {
    struct note_key key;  /* its name is the log's origin */
    struct slice address; /* where it is served; empty: nothing to look at */
    struct slice file;    /* of what was seen, below DIR */
};
struct witness {
    struct arena *a;
    const char *dir;
    struct note_key key; /* private, of type cosignature */
    struct witness_log logs[WITNESS_LOGS_MAX];
    size_t nlogs;
};

/* ---- keep.c: DIR/witness.key, DIR/logs, DIR/seen/… ---- */
/* New key; never overwrites. */
MUST result witness_init(struct arena *a, const char *dir, struct slice name);
/* Adds a line to DIR/logs. */
MUST result witness_add_log(struct arena *a, const char *dir, struct slice vkey, struct slice address);
/* The log goes on under this key; what was seen of it stays. statement: checked against the key that is known and the new one (trust/log_key.h);
 * NULL: the witness's people were told in another way. *by_old: the old key signed the statement. CODE_NOT_FOUND: no log of this name. */
MUST result witness_new_key(struct arena *a, const char *dir, struct slice vkey, const struct slice *statement,
                            bool *by_old);
/* Reads all; a file of what was seen that cannot be read is a failure, never "nothing seen". */
MUST result witness_open(struct arena *a, const char *dir, struct witness *out);
/* What was seen of this log; size 0 and no root: nothing yet. */
MUST result witness_seen(const struct witness *w, struct arena *a, const struct witness_log *log, struct slice *note,
                         struct checkpoint *out);
/* Durable when it returns. */
MUST result witness_keep(const struct witness *w, struct arena *a, const struct witness_log *log, struct slice note);

/* ---- add.c ---- */
struct witness_answer {
    int status;
    struct slice body;
    const char *content_type;
};
/* One add-checkpoint request. Not for two threads at once: looking and keeping are one step. */
void witness_add(const struct witness *w, struct arena *a, struct slice body, instant now, struct witness_answer *out);

/* ---- serve.c ---- */
/* Until SIGINT or SIGTERM. watch_seconds: how often it looks at the logs itself; 0: never. */
MUST result witness_serve(struct witness *w, struct arena *a, const char *listen, int64_t watch_seconds, bool json);
/* Looks at each log that has an address: what it serves must continue what was seen. *bad: how many do not. Each finding is printed. */
void witness_look(const struct witness *w, size_t *bad);

#endif
