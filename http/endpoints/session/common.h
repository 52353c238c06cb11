/* The session as replies show it. */
#ifndef HTTP_ENDPOINTS_SESSION_COMMON_H
#define HTTP_ENDPOINTS_SESSION_COMMON_H

#include "city/api.h"

/* {signed_in, csrf, actor, city} of the session with this hash (empty: none). */
MUST result session_reply(const struct request *q, struct slice hash, struct reply *r);

#endif
