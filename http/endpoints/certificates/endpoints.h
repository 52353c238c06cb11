/* The endpoints of this group, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_CERTIFICATES_ENDPOINTS_H
#define HTTP_ENDPOINTS_CERTIFICATES_ENDPOINTS_H

#include "city/api.h"

extern const struct endpoint EP_CERTIFICATE_CHALLENGE;
extern const struct endpoint EP_CERTIFICATE_SIGN_IN;
extern const struct endpoint EP_CERTIFICATE_SIGN_IN_TLS;
extern const struct endpoint EP_CERTIFICATES;
extern const struct endpoint EP_CERTIFICATE_BIND_CHALLENGE;
extern const struct endpoint EP_CERTIFICATE_BIND;
extern const struct endpoint EP_CERTIFICATE_REMOVE;
extern const struct endpoint EP_TRUST_LIST;
extern const struct endpoint EP_TRUST_LISTS;
extern const struct endpoint EP_TRUST_CHANGES;
extern const struct endpoint EP_TRUST_CHANGE_ASK;
extern const struct endpoint EP_TRUST_CHANGE_APPROVE;
extern const struct endpoint EP_TRUST_CHANGE_REJECT;

extern const struct endpoints CERTIFICATES_ENDPOINTS;

#endif
