#include "http/endpoints/drafts/endpoints.h"

static const struct endpoint *const LIST[] = {
    &EP_DRAFTS,         &EP_DRAFT_NEW,   &EP_DRAFT_GET,      &EP_DRAFT_PUT,         &EP_DRAFT_DELETE,
    &EP_ATTACHMENT_ADD, &EP_ATTACHMENTS, &EP_ATTACHMENT_GET, &EP_ATTACHMENT_DELETE,
};

const struct endpoints DRAFTS_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};
