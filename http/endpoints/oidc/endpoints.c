#include "http/endpoints/oidc/endpoints.h"

static const struct endpoint *const LIST[] = {
    &EP_OIDC_DISCOVERY,      &EP_OIDC_JWKS,          &EP_OIDC_AUTHORIZE,   &EP_OIDC_TOKEN,    &EP_OIDC_USERINFO,
    &EP_OIDC_LOGOUT,         &EP_OIDC_CONSENTS,      &EP_OIDC_CONSENT_END, &EP_OIDC_CLIENTS,  &EP_OIDC_CLIENT_REQUEST,
    &EP_OIDC_CLIENT_APPROVE, &EP_OIDC_CLIENT_REJECT, &EP_OIDC_CLIENT_END,  &EP_OUTSIDE_BEGIN, &EP_OUTSIDE_BACK,
    &EP_OUTSIDE_BIND,        &EP_OUTSIDE_BINDING,    &EP_OUTSIDE_UNBIND,
};

const struct endpoints OIDC_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
