/* The installed areas, the platform's own verbs among them: one table, handed to the city by app/. */
#ifndef AREAS_AREAS_H
#define AREAS_AREAS_H

#include "city/api.h"

extern const struct areas AREAS;

#endif
