/* The endpoints of this group, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_SEALS_ENDPOINTS_H
#define HTTP_ENDPOINTS_SEALS_ENDPOINTS_H

#include "city/api.h"

extern const struct endpoint EP_SEALS;
extern const struct endpoint EP_SEAL_APPLY;
extern const struct endpoint EP_SEAL;
extern const struct endpoint EP_SEAL_PICTURE;
extern const struct endpoint EP_SEAL_ACT;
extern const struct endpoint EP_SEAL_GRANT;
extern const struct endpoint EP_SEAL_GRANT_END;
extern const struct endpoint EP_SEAL_USE;
extern const struct endpoint EP_SEAL_BATCH_ADD;
extern const struct endpoint EP_SEAL_BATCH;
extern const struct endpoint EP_SEAL_BATCH_FILE;
extern const struct endpoint EP_SEAL_DESK;
extern const struct endpoint EP_SEAL_REVOCATIONS;

extern const struct endpoints SEALS_ENDPOINTS;

#endif
