/* 好差评 Rating of services (system 0.4). */
#ifndef AREAS_00_SUPERVISION_RATINGS_AREA_H
#define AREAS_00_SUPERVISION_RATINGS_AREA_H

#include "city/api.h"

extern const struct area AREA_RATINGS;

#endif
