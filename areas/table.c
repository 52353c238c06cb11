/* All installed areas. An area is added here, in meson.build, and nowhere else. */
#include "areas/areas.h"

#include "areas/00_supervision/area.h"
#include "areas/00_supervision/briefing/briefing.h"
#include "areas/00_supervision/claims/claims.h"
#include "areas/00_supervision/indicators/indicators.h"
#include "areas/00_supervision/publications/news.h"
#include "areas/00_supervision/ratings/area.h"
#include "areas/01_starting_a_business/area.h"
#include "areas/17_government_services/area.h"
#include "areas/17_government_services/hotline/area.h"
#include "city/cases/verbs.h"

static const struct area *const LIST[] = {&CITY_AREA,     &AREA_00,      &AREA_INDICATORS, &AREA_NEWS, &AREA_CLAIMS,
                                          &AREA_BRIEFING, &AREA_RATINGS, &AREA_01,         &AREA_17,   &AREA_HOTLINE};

const struct areas AREAS = {LIST, sizeof LIST / sizeof *LIST};
