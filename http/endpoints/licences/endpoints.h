/* The endpoints of this group, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_LICENCES_ENDPOINTS_H
#define HTTP_ENDPOINTS_LICENCES_ENDPOINTS_H

#include "city/cases/cases.h"

extern const struct endpoint EP_LICENCE;
extern const struct endpoint EP_LICENCE_PRESENT;
extern const struct endpoint EP_PRESENTATION_END;
extern const struct endpoint EP_PRESENTED;
extern const struct endpoint EP_CONSENTS;
extern const struct endpoint EP_CONSENT_ANSWER;
extern const struct endpoint EP_LICENCE_PURPOSES;
extern const struct endpoint EP_LICENCE_SEARCH;
extern const struct endpoint EP_LICENCE_USE;
extern const struct endpoint EP_CONSENT_ASK;
extern const struct endpoint EP_LICENCE_ACT;
extern const struct endpoint EP_LICENCE_ANEW;

extern const struct endpoint EP_LICENCE_TYPES;

extern const struct endpoints LICENCES_ENDPOINTS;

/* A command on the licence that the address names, idempotent by its key. */
struct case_command licence_command(const struct request *q);

#endif
