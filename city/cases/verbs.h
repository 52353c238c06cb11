/* The platform's own verbs: papers, documents and licences (jobs), as an area that every city has. */
#ifndef CITY_CASES_VERBS_H
#define CITY_CASES_VERBS_H

#include "city/cases/cases.h"

extern const struct area CITY_AREA;

#endif
