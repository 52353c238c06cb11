#include "http/endpoints/log/endpoints.h"

static const struct endpoint *const LIST[] = {&EP_LOG, &EP_LOG_CHECKPOINT, &EP_LOG_PROOF, &EP_LOG_TILE};

const struct endpoints LOG_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
