/* The endpoints of this group, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_ME_ENDPOINTS_H
#define HTTP_ENDPOINTS_ME_ENDPOINTS_H

#include "city/api.h"

extern const struct endpoint EP_ME_PASSWORD;
extern const struct endpoint EP_ME_TOTP_BEGIN;
extern const struct endpoint EP_ME_TOTP_CONFIRM;
extern const struct endpoint EP_ME_TOTP_REMOVE;
extern const struct endpoint EP_ME_PROFILE;
extern const struct endpoint EP_ME_READS;
extern const struct endpoint EP_ME_EXPORT;
extern const struct endpoint EP_ME_ERASURE;
extern const struct endpoint EP_DELEGATIONS;
extern const struct endpoint EP_DELEGATION_ADD;
extern const struct endpoint EP_DELEGATION_REVOKE;
extern const struct endpoint EP_INBOX;
extern const struct endpoint EP_INBOX_READ;

extern const struct endpoints ME_ENDPOINTS;

#endif
