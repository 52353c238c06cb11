#include "http/endpoints/personal/endpoints.h"

static const struct endpoint *const LIST[] = {
    &EP_RIGHTS,      &EP_RIGHTS_ASK,      &EP_RIGHTS_ONE,    &EP_RIGHTS_COMPLAIN,
    &EP_RIGHTS_DESK, &EP_RIGHTS_DESK_ONE, &EP_RIGHTS_ANSWER, &EP_RIGHTS_CONFIRM,
};

const struct endpoints PERSONAL_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
