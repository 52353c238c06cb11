/* The endpoints of this group, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_DESK_SETTINGS_ENDPOINTS_H
#define HTTP_ENDPOINTS_DESK_SETTINGS_ENDPOINTS_H

#include "city/api.h"

extern const struct endpoint EP_TEMPLATES;
extern const struct endpoint EP_TEMPLATE_ADD;
extern const struct endpoint EP_TEMPLATE_DELETE;
extern const struct endpoint EP_ABSENCES;
extern const struct endpoint EP_ABSENCE_ADD;
extern const struct endpoint EP_ABSENCE_DELETE;
extern const struct endpoint EP_COLLEAGUES;
extern const struct endpoint EP_INTAKE_PREFILL;
extern const struct endpoint EP_REGISTRATION_CODE;
extern const struct endpoint EP_RESET_CODE;

extern const struct endpoints DESK_SETTINGS_ENDPOINTS;

#endif
