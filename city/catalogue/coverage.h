/* The coverage page: every system of the plan, and the published services and scenarios that show it. */
#ifndef CITY_CATALOGUE_COVERAGE_H
#define CITY_CATALOGUE_COVERAGE_H

#include "city/catalogue/catalogue.h"

/* {"systems": [{id, area, title, works_when, state, kind, services, scenarios}], "totals": {all, shown, partial, open}}.
 * state: "shown" when a service says it shows the whole row and has scenarios, "partial" when it shows a part, "open"
 * else. kind: "double" when the services behind it are stand-ins. Nothing here is typed by hand. */
const struct json *coverage_json(struct arena *a, struct catalogue *c);

#endif
