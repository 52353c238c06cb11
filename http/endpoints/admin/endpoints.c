#include "http/endpoints/admin/endpoints.h"

static const struct endpoint *const LIST[] = {
    &EP_STAFF_LIST,
    &EP_STAFF_NEW,
    &EP_ROLE_CHANGES,
    &EP_ROLE_CHANGE_REQUEST,
    &EP_ROLE_CHANGE_APPROVE,
    &EP_ROLE_CHANGE_REJECT,
    &EP_AUDIT,
    &EP_AUDIT_READS,
    &EP_ERASURES,
    &EP_ERASURE_APPROVE,
    &EP_OUTBOX,
};

const struct endpoints ADMIN_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
