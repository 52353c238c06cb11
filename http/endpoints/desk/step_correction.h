/* A correction as the body of a request gives it. */
#ifndef HTTP_ENDPOINTS_DESK_STEP_CORRECTION_H
#define HTTP_ENDPOINTS_DESK_STEP_CORRECTION_H

#include "city/cases/change.h"

static inline struct step_correct correction_of(const struct request *q)
{
    struct slice kind = json_string(q->body, "kind");
    return (struct step_correct){.what = slice_is(kind, "cancel")   ? STEP_CANCEL
                                         : slice_is(kind, "repeat") ? STEP_REPEAT
                                                                    : STEP_MOVE,
                                 .token = json_int(q->body, "token", 0),
                                 .version = json_int(q->body, "version", 0),
                                 .to = json_string(q->body, "to"),
                                 .reason = json_string(q->body, "reason"),
                                 .password = json_string(q->body, "password"),
                                 .totp = json_string(q->body, "totp"),
                                 .assertion = json_get(q->body, "assertion")};
}

#endif
