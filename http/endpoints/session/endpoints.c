#include "http/endpoints/session/endpoints.h"

static const struct endpoint *const LIST[] = {
    &EP_SESSION_GET,  &EP_SESSION_SIGN_IN, &EP_SESSION_SIGN_OUT, &EP_SESSION_ACTING,
    &EP_REGISTRATION, &EP_SETUP,           &EP_PASSWORD_RESET,
};

const struct endpoints SESSION_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
