/* 政务服务 Government services. */
#ifndef AREAS_17_AREA_H
#define AREAS_17_AREA_H

#include "city/api.h"

extern const struct area AREA_17;

#endif
