#include "http/endpoints/me/endpoints.h"

static const struct endpoint *const LIST[] = {
    &EP_ME_PASSWORD,       &EP_ME_TOTP_BEGIN, &EP_ME_TOTP_CONFIRM, &EP_ME_TOTP_REMOVE, &EP_ME_PROFILE,
    &EP_ME_READS,          &EP_ME_EXPORT,     &EP_ME_ERASURE,      &EP_DELEGATIONS,    &EP_DELEGATION_ADD,
    &EP_DELEGATION_REVOKE, &EP_INBOX,         &EP_INBOX_READ,
};

const struct endpoints ME_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
