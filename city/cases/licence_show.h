/* Private to city/cases: what showing and using licences share. */
#ifndef CITY_CASES_LICENCE_SHOW_H
#define CITY_CASES_LICENCE_SHOW_H

#include "city/cases/licence_parts.h"

/* The holder's name; empty when it is not known any more. */
struct slice licence_holder(struct city *c, struct arena *a, struct id subject);
/* What the licence says, as members. */
void licence_say(struct city *c, struct json_builder *b, const struct licence_row *l, instant now);
/* A licence that the actor's subject holds, or had issued for their company. CODE_NOT_FOUND. */
MUST result licence_held_open(struct city *c, struct arena *a, const struct actor *x, struct id id,
                              struct licence_row *l);
/* Requests for consent of a holder; licence NULL: of all. */
MUST result licence_consents_of(struct city *c, struct arena *a, struct id subject, const struct id *licence,
                                instant now, const struct json **out);

#endif
