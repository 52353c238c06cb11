/* The endpoints of this group, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_LOG_ENDPOINTS_H
#define HTTP_ENDPOINTS_LOG_ENDPOINTS_H

#include "city/api.h"

extern const struct endpoint EP_LOG;
extern const struct endpoint EP_LOG_CHECKPOINT;
extern const struct endpoint EP_LOG_PROOF;
extern const struct endpoint EP_LOG_TILE;

extern const struct endpoints LOG_ENDPOINTS;

#endif
