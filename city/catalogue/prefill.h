/* The prefilled form of a service. */
#ifndef CITY_CATALOGUE_PREFILL_H
#define CITY_CATALOGUE_PREFILL_H

#include "city/catalogue/catalogue.h"

/* {schema, data, origin: {pointer: {source, as_of}}, materials, reusable, version}. The caller records the read when the
 * subject is not the reader. */
MUST result service_prefill(struct city *c, struct arena *a, const struct service *s, struct id subject,
                            const struct json **out);

#endif
