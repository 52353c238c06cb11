/* Wakes whoever watches a case (server-sent events) when one of its commands is committed in this process. Other
 * processes on the same database are noticed by polling the version: see http's stream. */
#ifndef CITY_EVENTS_H
#define CITY_EVENTS_H

#include "base/id.h"

struct events;
struct events *events_new(struct arena *a);
/* fn runs on the publishing thread: it must only wake somebody. Returns a handle for events_unsubscribe. */
uint64_t events_subscribe(struct events *e, struct id case_id, void (*fn)(void *ctx, int64_t version), void *ctx);
void events_unsubscribe(struct events *e, uint64_t handle); /* after it returns fn is not running and will not run */
void events_publish(struct events *e, struct id case_id, int64_t version); /* e may be NULL */

#endif
