/* The endpoints of OpenID Connect, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_OIDC_ENDPOINTS_H
#define HTTP_ENDPOINTS_OIDC_ENDPOINTS_H

#include "city/api.h"

extern const struct endpoint EP_OIDC_DISCOVERY;
extern const struct endpoint EP_OIDC_JWKS;
extern const struct endpoint EP_OIDC_AUTHORIZE;
extern const struct endpoint EP_OIDC_TOKEN;
extern const struct endpoint EP_OIDC_USERINFO;
extern const struct endpoint EP_OIDC_LOGOUT;
extern const struct endpoint EP_OIDC_CONSENTS;
extern const struct endpoint EP_OIDC_CONSENT_END;
extern const struct endpoint EP_OIDC_CLIENTS;
extern const struct endpoint EP_OIDC_CLIENT_REQUEST;
extern const struct endpoint EP_OIDC_CLIENT_APPROVE;
extern const struct endpoint EP_OIDC_CLIENT_REJECT;
extern const struct endpoint EP_OIDC_CLIENT_END;
extern const struct endpoint EP_OUTSIDE_BEGIN;
extern const struct endpoint EP_OUTSIDE_BACK;
extern const struct endpoint EP_OUTSIDE_BIND;
extern const struct endpoint EP_OUTSIDE_BINDING;
extern const struct endpoint EP_OUTSIDE_UNBIND;

extern const struct endpoints OIDC_ENDPOINTS;

#endif
