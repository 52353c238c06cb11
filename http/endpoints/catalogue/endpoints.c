#include "http/endpoints/catalogue/endpoints.h"

static const struct endpoint *const LIST[] = {
    &EP_SERVICES, &EP_SERVICE, &EP_SERVICE_FORM, &EP_DEPARTMENTS, &EP_TOWNS, &EP_HALLS, &EP_PRIVACY,
};

const struct endpoints CATALOGUE_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
