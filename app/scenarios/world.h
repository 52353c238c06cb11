/* A whole demonstration city for scenarios: data, letters, calendars, areas and services, a signer with test keys, a fresh
 * database, and a clock that the scenario moves. Used by `tongban check` and by the tests. */
#ifndef APP_SCENARIOS_WORLD_H
#define APP_SCENARIOS_WORLD_H

#include "city/cases/cases.h"
#include "city/catalogue/citydata.h"
#include "city/identity/identity.h"
#include "trust/signer.h"

#define WORLD_FOLDERS_MAX 200
struct folder {
    struct slice path; /* ends with the service's code: "areas/…/services/NAME" */
    struct service_files files;
};
/* Made once for all scenarios. */
struct sources {
    struct arena *a;
    struct service_files data, letters, holidays;
    struct folder folders[WORLD_FOLDERS_MAX];
    size_t nfolders;
};
/* Everything from a source tree (data/, areas/ below `root`). */
MUST result sources_read(struct sources *s, struct arena *a, struct slice root);
/* Adds every folder below root/below. */
MUST result sources_below(struct sources *s, struct slice root, struct slice below);
const struct folder *sources_find(const struct sources *s, struct slice code);
/* Departments, towns and the folders, without a database: for checking folders. */
MUST result catalogue_alone(struct arena *a, const struct sources *s, struct city *c, struct citydata **data);

struct world {
    const struct sources *sources;
    struct arena *a;
    instant now;
    struct city c;
    struct citydata *data;
};
/* The world's clock, for the options of the store that the caller opens before world_open. */
struct time_source world_clock(struct world *w);
/* w->now is the beginning; the store is empty, the caller's, and outlives the world. */
MUST result world_open(struct world *w, struct arena *a, const struct sources *s, struct store *store);

/* The verb fails with "unavailable" from now on, as when the system behind it is down. CODE_NOT_FOUND. */
MUST result world_outage(struct world *w, struct slice verb, bool broken);
/* Does what is due by itself until nothing more is due before or at `to`; the clock stands at `to` then. */
MUST result world_run_until(struct world *w, instant to);

#endif
