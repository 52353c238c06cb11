/* A person's review of what rules alone decided (个人信息保护法 art. 24). Private to city/cases. */
#ifndef CITY_CASES_REVIEW_H
#define CITY_CASES_REVIEW_H

#include "city/cases/view.h"

extern const struct verb REVIEW_OPEN;
/* After view_events: whether rules alone decided; whether the applicant may ask for a review now; what was asked, or null. */
bool view_automatic(const struct view *v);
bool view_review_open(const struct view *v);
const struct json *view_review(const struct view *v);

#endif
