/* 开办企业 Starting a business. */
#ifndef AREAS_01_AREA_H
#define AREAS_01_AREA_H

#include "city/api.h"

extern const struct area AREA_01;

#endif
