/* The tables of the whole city: one list of all migrations of this room and of the installed areas. */
#ifndef CITY_MIGRATE_H
#define CITY_MIGRATE_H

#include "city/api.h"

/* Brings the database to today's tables: what is missing is applied, in order, each list in a transaction of its own (store_migrate). */
MUST result city_migrate(struct store *s, struct arena *a, const struct areas *areas);

#endif
