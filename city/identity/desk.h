/* What officers keep at their desk: opinion templates, absences with a cover, colleagues. */
#ifndef CITY_IDENTITY_DESK_H
#define CITY_IDENTITY_DESK_H

#include "city/identity/identity.h"

MUST result template_list(struct city *c, struct arena *a, const struct actor *x, int64_t limit, struct slice cursor,
                          const struct json **out);
MUST result template_add(struct city *c, struct arena *a, const struct actor *x, struct slice text,
                         struct slice outcome, instant now, const struct json **out);
MUST result template_delete(struct city *c, struct arena *a, const struct actor *x, struct id id);

/* One's own absences. cover: an officer of the same department who is not away then. */
MUST result absence_list(struct city *c, struct arena *a, const struct actor *x, int64_t limit, struct slice cursor,
                         const struct json **out);
MUST result absence_add(struct city *c, struct arena *a, const struct actor *x, day from, day to, struct id cover,
                        instant now, const struct json **out);
MUST result absence_delete(struct city *c, struct arena *a, const struct actor *x, struct id id, instant now);
/* Whom the actor covers on this day: accounts whose tasks it may take. */
MUST result absence_covered(struct city *c, struct arena *a, struct id cover, day d, const struct id **accounts,
                            size_t *n);

/* [{id, name, login, roles}] of the actor's department, without itself. */
MUST result colleague_list(struct city *c, struct arena *a, const struct actor *x, int64_t limit, struct slice cursor,
                           const struct json **out);

#endif
