/* All groups of endpoints; the areas bring their own. */
#ifndef HTTP_ROUTES_H
#define HTTP_ROUTES_H

#include "city/api.h"

extern const struct endpoints *const ROUTE_GROUPS[];
extern const size_t ROUTE_NGROUPS;

#endif
