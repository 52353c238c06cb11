/* 工作保障 Supervision of the plan (areas 0.1 to 0.4). */
#ifndef AREAS_00_AREA_H
#define AREAS_00_AREA_H

#include "city/api.h"

extern const struct area AREA_00;

#endif
