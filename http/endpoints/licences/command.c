#include "http/endpoints/licences/endpoints.h"

struct case_command licence_command(const struct request *q)
{
    return (struct case_command){.city = q->city,
                                 .a = q->a,
                                 .actor = q->actor,
                                 .now = q->now,
                                 .key = q->idempotency_key,
                                 .body = json_write(q->a, q->body),
                                 .route =
                                     arena_printf(q->a, "%.*s %.*s", SLICE_ARG(q->route), SLICE_ARG(q->params[0]))};
}
