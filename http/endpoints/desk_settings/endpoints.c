#include "http/endpoints/desk_settings/endpoints.h"

static const struct endpoint *const LIST[] = {
    &EP_TEMPLATES,      &EP_TEMPLATE_ADD, &EP_TEMPLATE_DELETE, &EP_ABSENCES,          &EP_ABSENCE_ADD,
    &EP_ABSENCE_DELETE, &EP_COLLEAGUES,   &EP_INTAKE_PREFILL,  &EP_REGISTRATION_CODE, &EP_RESET_CODE,
};

const struct endpoints DESK_SETTINGS_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
