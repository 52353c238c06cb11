/* A complete city for tests and benchmarks: every table, the installed areas, the services of the source tree, the
 * demonstration people, a signer with test keys in this process. On any open store; the clock is the test's. */
#ifndef TEST_CITY_FIXTURE_H
#define TEST_CITY_FIXTURE_H

#include "city/cases/cases.h"
#include "city/identity/identity.h"

#define TEST_CITY_PASSWORD "Harbour-Lantern-93"

struct test_city_options {
    instant *clock;      /* moved by the test; NULL: the system's clock */
    const uint8_t *keys; /* 64 bytes, city key and index key, so that a city can be opened again; NULL: fresh ones */
    const struct areas *areas; /* NULL: all installed areas */
    bool fresh;                /* an empty database: services are installed and people seeded */
    bool no_services;          /* leave the catalogue empty */
    bool no_people;            /* not fresh: nobody of it is needed, and its keys need not be known */
};
struct test_city {
    struct arena *a;
    struct city city;
    struct citydata *data;
    struct actor *staff, *persons, *enterprises; /* in the order of data/city */
    size_t nstaff, npersons, nenterprises;
    uint8_t keys[64];
};

/* Migrates, installs and seeds when fresh, loads the actors. The store stays the caller's and must outlive the city.
 * Source tree: environment TONGBAN_SOURCE_ROOT, else the working directory. */
MUST result test_city_open(struct arena *a, struct store *s, const struct test_city_options *o, struct test_city **out);
/* Path in the source tree, NUL-terminated. */
const char *test_city_source(struct arena *a, const char *path);
/* Every folder of the source tree that holds a service.json or a decision.json below areas/. */
MUST result test_city_services(struct arena *a, struct service_files **out, size_t *n);

/* An officer who holds the role there and is none of `not_these`; NULL when nobody is left. */
const struct actor *test_city_officer(const struct test_city *t, enum role role, struct slice department,
                                      struct slice town, const struct id *not_these, size_t n);
/* By login; NULL. */
const struct actor *test_city_actor(const struct test_city *t, struct slice login);

#endif
