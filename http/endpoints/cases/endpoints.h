/* The endpoints of this group, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_CASES_ENDPOINTS_H
#define HTTP_ENDPOINTS_CASES_ENDPOINTS_H

#include "city/api.h"

extern const struct endpoint EP_CASES_LIST;
extern const struct endpoint EP_CASES_GET;
extern const struct endpoint EP_CASES_DIAGRAM;
extern const struct endpoint EP_CASES_STREAM;
extern const struct endpoint EP_CASES_WITHDRAW;
extern const struct endpoint EP_CASES_CORRECTION;
extern const struct endpoint EP_CASES_REVIEW;
extern const struct endpoint EP_CASES_URGE;
extern const struct endpoint EP_CASES_SHARE;
extern const struct endpoint EP_CASES_SHARED;
extern const struct endpoint EP_CASES_DOCUMENT;
extern const struct endpoint EP_LICENCES;
extern const struct endpoint EP_VERIFY_TOKEN;
extern const struct endpoint EP_VERIFY_FILE;
extern const struct endpoint EP_CASES_FILE;
extern const struct endpoint EP_CONFIRM_ASK;
extern const struct endpoint EP_CONFIRMATIONS;
extern const struct endpoint EP_CONFIRM_ANSWER;

extern const struct endpoints CASES_ENDPOINTS;

#endif
