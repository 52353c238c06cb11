/* The endpoints of this group, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_PUBLIC_ENDPOINTS_H
#define HTTP_ENDPOINTS_PUBLIC_ENDPOINTS_H

#include "city/api.h"

extern const struct endpoint EP_COVERAGE;
extern const struct endpoint EP_ERROR;
extern const struct endpoint EP_OPENAPI;

extern const struct endpoints PUBLIC_ENDPOINTS;

#endif
