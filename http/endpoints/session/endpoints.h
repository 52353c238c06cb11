/* The endpoints of this group, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_SESSION_ENDPOINTS_H
#define HTTP_ENDPOINTS_SESSION_ENDPOINTS_H

#include "city/api.h"

extern const struct endpoint EP_SESSION_GET;
extern const struct endpoint EP_SESSION_SIGN_IN;
extern const struct endpoint EP_SESSION_SIGN_OUT;
extern const struct endpoint EP_SESSION_ACTING;
extern const struct endpoint EP_REGISTRATION;
extern const struct endpoint EP_SETUP;
extern const struct endpoint EP_PASSWORD_RESET;

extern const struct endpoints SESSION_ENDPOINTS;

#endif
