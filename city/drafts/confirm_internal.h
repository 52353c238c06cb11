/* Shared by confirm*.c only. */
#ifndef CITY_DRAFTS_CONFIRM_INTERNAL_H
#define CITY_DRAFTS_CONFIRM_INTERNAL_H

#include "city/drafts/confirm.h"
#include "city/drafts/internal.h"

enum confirm_state { CONFIRM_ASKED, CONFIRM_AGREED, CONFIRM_DENIED };

struct named {
    struct slice key; /* keyed hash of kind and number */
    struct slice name, kind, number, pointer;
    const struct json *as; /* [text]: what they are named as */
};
/* The natural persons that the data names, each once, in the form's order. CODE_CONFIRM_NAME. */
MUST result confirm_named(const struct city *c, struct arena *a, const struct service *s, const struct json *data,
                          const struct named **out, size_t *n);
/* The key of a person by its snapshot; empty for an enterprise. */
struct slice confirm_key_of(const struct city *c, struct arena *a, const struct json *snapshot);
/* Those who have to confirm, without the applicant. CODE_CONFIRM_UNPROVEN. */
MUST result confirm_others(struct city *c, struct arena *a, const struct application *p, const struct named **out,
                           size_t *n);
/* The keyed hash under which this content is found. */
struct slice confirm_content(const struct city *c, struct arena *a, const struct json *data);

struct confirm_person { /* a row of confirmation_person */
    struct id id;
    struct slice key;
    enum confirm_state state;
    const struct json *named; /* {name, as, reason?} */
    instant at;
};
/* The confirmations asked for this application: *id ID_NONE when it was not asked. */
MUST result confirm_read(struct city *c, struct arena *a, struct tx *tx, const struct application *p, instant now,
                         struct id *id, instant *asked_at, const struct confirm_person **out, size_t *n);
const char *confirm_state_name(enum confirm_state s);

#endif
