/* A signer started by this program for a city without one of its own: test keys, and the program says so. A real city
 * runs tongban-signd under its own user id (docs/operations.md) and names its socket in the configuration. */
#ifndef APP_TONGBAN_SIGND_CHILD_H
#define APP_TONGBAN_SIGND_CHILD_H

#include "app/tongban/cli.h"

/* Makes test keys in DIR/keys if there are none, starts tongban-signd (beside this program, or in PATH) and waits for its
 * socket. When one already answers there, it is used and *pid is 0. */
MUST result signd_child_start(struct cli *c, struct slice socket_path, long *pid);
void signd_child_stop(long pid);

#endif
