/* A signer started by this program for a city without one of its own: test keys, and the program says so. A real city
 * runs tongban-signd under its own user id (docs/operations.md) and names its socket in the configuration. */
#ifndef APP_TONGBAN_SIGND_CHILD_H
#define APP_TONGBAN_SIGND_CHILD_H

#include "app/tongban/cli.h"

struct signd_child;
/* Makes test keys in DIR/keys if there are none, starts tongban-signd (beside this program, or in PATH) and waits for its
 * socket. When one already answers there, it is used and *out is NULL. The child lives in c->a. */
MUST result signd_child_start(struct cli *c, struct slice socket_path, struct signd_child **out);
/* From now on, until it is stopped: when it dies it is started again, after a pause that doubles from SIGND_PAUSE_FIRST to
 * SIGND_PAUSE_MAX while it keeps dying, and begins anew when it has run for SIGND_STEADY. For a server. */
#define SIGND_PAUSE_FIRST 500 /* ms */
#define SIGND_PAUSE_MAX 30000
#define SIGND_STEADY 60000
MUST result signd_child_watch(struct cli *c, struct signd_child *s);
void signd_child_stop(struct signd_child *s);

#endif
