/* A whole demonstration city for scenarios: the shipped data, letters, calendars, areas and services, a signer with test
 * keys, a fresh database, and a clock that the scenario moves. */
#ifndef TEST_SCENARIOS_WORLD_H
#define TEST_SCENARIOS_WORLD_H

#include "city/cases/cases.h"
#include "city/identity/identity.h"
#include "store/store_test_support.h"
#include "trust/signer.h"

#define WORLD_FOLDERS_MAX 200
struct folder {
    struct slice path; /* "areas/…/services/NAME", from the root of the source tree */
    struct service_files files;
};
/* Read once for all scenarios. */
struct sources {
    struct arena *a;
    struct service_files data, letters, holidays;
    struct folder folders[WORLD_FOLDERS_MAX];
    size_t nfolders;
    struct signer *signer;
    struct city_key key; /* released once to a process */
};
void sources_read(struct sources *s, struct arena *a);
const struct folder *sources_find(const struct sources *s, struct slice code);

struct world {
    const struct sources *sources;
    struct store_fixture f;
    struct arena *a;
    instant now;
    struct city c;
    struct citydata *data;
    struct slice broken[32]; /* verbs out of order */
    size_t nbroken;
};
/* False: that database is absent (said and counted). */
bool world_open(struct world *w, struct arena *a, const struct sources *s, enum store_kind kind, instant start);
void world_close(struct world *w);
/* The verb fails with "unavailable" from now on, as when the system behind it is down. CODE_NOT_FOUND. */
MUST result world_outage(struct world *w, struct slice verb, bool broken);
/* Does what is due by itself until nothing more is due before or at `to`; the clock stands at `to` then. */
void world_run_until(struct world *w, instant to);

/* Everything the city has: departments, towns and the folders, without database: for checking folders. */
void catalogue_alone(struct arena *a, const struct sources *s, struct city *c, struct citydata **data);

#endif
