/* The endpoints of this group, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_CATALOGUE_ENDPOINTS_H
#define HTTP_ENDPOINTS_CATALOGUE_ENDPOINTS_H

#include "city/api.h"

extern const struct endpoint EP_SERVICES;
extern const struct endpoint EP_SERVICE;
extern const struct endpoint EP_SERVICE_FORM;
extern const struct endpoint EP_DEPARTMENTS;
extern const struct endpoint EP_TOWNS;
extern const struct endpoint EP_HALLS;
extern const struct endpoint EP_PRIVACY;

extern const struct endpoints CATALOGUE_ENDPOINTS;

#endif
