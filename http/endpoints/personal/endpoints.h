/* The endpoints of this group, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_PERSONAL_ENDPOINTS_H
#define HTTP_ENDPOINTS_PERSONAL_ENDPOINTS_H

#include "city/api.h"

extern const struct endpoint EP_RIGHTS;
extern const struct endpoint EP_RIGHTS_ASK;
extern const struct endpoint EP_RIGHTS_ONE;
extern const struct endpoint EP_RIGHTS_COMPLAIN;
extern const struct endpoint EP_RIGHTS_DESK;
extern const struct endpoint EP_RIGHTS_DESK_ONE;
extern const struct endpoint EP_RIGHTS_ANSWER;
extern const struct endpoint EP_RIGHTS_CONFIRM;

extern const struct endpoints PERSONAL_ENDPOINTS;

#endif
