#include "http/endpoints/public/endpoints.h"

static const struct endpoint *const LIST[] = {&EP_COVERAGE, &EP_ERROR, &EP_OPENAPI};

const struct endpoints PUBLIC_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
