/* Shared by the files of city/messages only. */
#ifndef CITY_MESSAGES_INTERNAL_H
#define CITY_MESSAGES_INTERNAL_H

#include "city/identity/identity.h"
#include "city/messages/messages.h"
#include "city/sql.h"

/* A row of the outbox. */
struct out_row {
    struct id id, message, to, case_id;
    enum message_to kind;
    struct slice channel; /* "fan": still to be spread over inbox and channels */
    struct slice payload_ct;
    int64_t tries;
    instant at; /* when the message was written */
};
/* What is sealed in it: {"title", "body", "address"?, "inbox_only"?}. */
struct slice payload_seal(const struct city *c, struct arena *a, const struct message *m, struct slice address);

/* inbox.c */
MUST result inbox_insert(struct city *c, struct tx *tx, struct arena *a, const struct out_row *o, struct bitext title,
                         struct bitext body);

#endif
