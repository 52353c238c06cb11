/* 12345企业专席 The enterprise seat of the hotline (system 17.6). */
#ifndef AREAS_17_HOTLINE_AREA_H
#define AREAS_17_HOTLINE_AREA_H

#include "city/api.h"

extern const struct area AREA_HOTLINE;

#endif
