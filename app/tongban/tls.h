/* The server's certificate (tls.cert, tls.key). */
#ifndef APP_TONGBAN_TLS_H
#define APP_TONGBAN_TLS_H

#include "app/tongban/cli.h"

/* Both PEM texts, or both empty when none is configured. CODE_SERVE_TLS_PAIR: one of them missing or unreadable, not a pair,
 * or expired. */
MUST result tls_read(struct cli *c, struct opened *o, struct slice *cert, struct slice *key);

#endif
