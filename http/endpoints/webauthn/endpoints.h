/* The endpoints of security keys, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_WEBAUTHN_ENDPOINTS_H
#define HTTP_ENDPOINTS_WEBAUTHN_ENDPOINTS_H

#include "city/api.h"

extern const struct endpoint EP_KEY_SIGN_IN;
extern const struct endpoint EP_KEYS;
extern const struct endpoint EP_KEY_CHALLENGE;
extern const struct endpoint EP_KEY_BEGIN;
extern const struct endpoint EP_KEY_ADD;
extern const struct endpoint EP_KEY_REMOVE;

extern const struct endpoints WEBAUTHN_ENDPOINTS;

#endif
