#include "http/endpoints/cases/endpoints.h"

static const struct endpoint *const LIST[] = {
    &EP_CASES_LIST,  &EP_CASES_GET,   &EP_CASES_STREAM, &EP_CASES_WITHDRAW, &EP_CASES_CORRECTION, &EP_CASES_REVIEW,
    &EP_CASES_URGE,  &EP_CASES_SHARE, &EP_CASES_SHARED, &EP_CASES_DOCUMENT, &EP_LICENCES,         &EP_VERIFY_TOKEN,
    &EP_VERIFY_FILE, &EP_CASES_FILE,  &EP_CONFIRM_ASK,  &EP_CONFIRMATIONS,  &EP_CONFIRM_ANSWER,
};

const struct endpoints CASES_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
