#include "http/endpoints/certificates/endpoints.h"

static const struct endpoint *const LIST[] = {
    &EP_CERTIFICATE_CHALLENGE,
    &EP_CERTIFICATE_SIGN_IN,
    &EP_CERTIFICATE_SIGN_IN_TLS,
    &EP_CERTIFICATES,
    &EP_CERTIFICATE_BIND_CHALLENGE,
    &EP_CERTIFICATE_BIND,
    &EP_CERTIFICATE_REMOVE,
    &EP_TRUST_LIST,
    &EP_TRUST_LISTS,
    &EP_TRUST_CHANGES,
    &EP_TRUST_CHANGE_ASK,
    &EP_TRUST_CHANGE_APPROVE,
    &EP_TRUST_CHANGE_REJECT,
};

const struct endpoints CERTIFICATES_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
