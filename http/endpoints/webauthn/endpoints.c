#include "http/endpoints/webauthn/endpoints.h"

static const struct endpoint *const LIST[] = {
    &EP_KEY_SIGN_IN, &EP_KEYS, &EP_KEY_CHALLENGE, &EP_KEY_BEGIN, &EP_KEY_ADD, &EP_KEY_REMOVE,
};

const struct endpoints WEBAUTHN_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
