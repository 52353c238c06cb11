#include "http/endpoints/seals/endpoints.h"

static const struct endpoint *const LIST[] = {
    &EP_SEALS,
    &EP_SEAL_APPLY,
    &EP_SEAL,
    &EP_SEAL_PICTURE,
    &EP_SEAL_ACT,
    &EP_SEAL_GRANT,
    &EP_SEAL_GRANT_END,
    &EP_SEAL_USE,
    &EP_SEAL_BATCH_ADD,
    &EP_SEAL_BATCH,
    &EP_SEAL_BATCH_FILE,
    &EP_SEAL_DESK,
    &EP_SEAL_REVOCATIONS,
};

const struct endpoints SEALS_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
