#include "http/endpoints/studio/endpoints.h"

static const struct endpoint *const LIST[] = {
    &EP_STUDIO_SERVICES, &EP_STUDIO_FILES,        &EP_STUDIO_CHECK,
    &EP_PUBLICATIONS,    &EP_PUBLICATION_REQUEST, &EP_PUBLICATION_APPROVE,
};

const struct endpoints STUDIO_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
