/* The kill test: a process opens a city, runs company openings under load and acknowledges every command over a pipe
 * once the store said it is durable. It is killed at a random moment; the city is opened again and must hold every
 * acknowledged command, once. Commands that were under way are sent again under their key: they may have happened or
 * not, but never twice. Closed cases are folded into the archive meanwhile, and some kills are aimed at that: each is there whole, in
 * its rows or folded, and its journal with it.
 *
 * kill.c is the parent: it forks, kills and keeps the ledger; it opens no store itself. load.c and check.c run in
 * children. */
#ifndef TEST_FAULT_FAULT_H
#define TEST_FAULT_FAULT_H

#include "test/city/opening.h"

enum what { DO_FILE, DO_DECIDE };
enum state { DOUBT /* sent, no answer yet */, DONE, REFUSED };

/* One command, as the ledger keeps it and as the pipe carries it (one write, smaller than PIPE_BUF). */
struct record {
    enum tell { TELL_READY, TELL_SENT, TELL_DONE, TELL_REFUSED, TELL_WRONG, TELL_FOLDED, TELL_END } tell;
    enum what what;
    int64_t serial;  /* makes the idempotency key; TELL_FOLDED: cases in the archive */
    int64_t opening; /* DO_FILE: number of the opening */
    int64_t token;   /* DO_DECIDE */
    int64_t version; /* TELL_DONE */
    bool replayed;
    int32_t officer; /* index in the city's staff */
    char node[64];
    struct id case_id;
    char text[240]; /* TELL_WRONG */
};
struct command {
    struct record r;
    enum state state;
};
struct ledger {
    struct command *list;
    size_t n, cap;
};

struct setup {
    const char *url; /* the store's */
    const char *vfs; /* of the process that will be killed; NULL: none */
    bool no_sync;
    int64_t kill_in_fold; /* the operation on its files, from when something can be folded, in which it ends; 0: none */
    uint8_t keys[64];
    const char *service;
    int threads;
};

struct place { /* an open city in a child */
    struct arena *a;
    struct store *s;
    struct test_city *t;
    struct opening_plan *p;
};
/* faulty: over setup->vfs and with no_sync, as the process under test. */
MUST result place_open(struct arena *a, const struct setup *x, bool faulty, bool fresh, struct place *out);

void tell(int fd, const struct record *r);
void tell_wrong(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Child: resends what is in doubt and the last of what is done, then, unless `only_resend`, runs openings until killed. */
int load_run(const struct setup *x, int fd, const struct ledger *l, int64_t first_serial, bool only_resend);
/* Child: opens the city as any server would and compares it with the ledger. `settled`: nothing may be in doubt. */
int check_run(const struct setup *x, int fd, const struct ledger *l, bool settled);

/* A PostgreSQL server of the test's own, in dir/pg; url gets where it is. */
MUST bool pg_server_start(const char *dir, char *url, size_t max);
void pg_server_kill(const char *dir); /* SIGKILL: the postmaster; its children end with it */
MUST bool pg_server_stop(const char *dir);

#endif
