#include "http/endpoints/licences/endpoints.h"

static const struct endpoint *const LIST[] = {
    &EP_LICENCE,        &EP_LICENCE_PRESENT,  &EP_PRESENTATION_END, &EP_PRESENTED,   &EP_CONSENTS,
    &EP_CONSENT_ANSWER, &EP_LICENCE_PURPOSES, &EP_LICENCE_SEARCH,   &EP_LICENCE_USE, &EP_CONSENT_ASK,
    &EP_LICENCE_ACT,    &EP_LICENCE_ANEW,     &EP_LICENCE_TYPES,
};

const struct endpoints LICENCES_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
