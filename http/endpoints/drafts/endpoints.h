/* The endpoints of this group, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_DRAFTS_ENDPOINTS_H
#define HTTP_ENDPOINTS_DRAFTS_ENDPOINTS_H

#include "city/api.h"

extern const struct endpoint EP_DRAFTS;
extern const struct endpoint EP_DRAFT_NEW;
extern const struct endpoint EP_DRAFT_GET;
extern const struct endpoint EP_DRAFT_PUT;
extern const struct endpoint EP_DRAFT_DELETE;
extern const struct endpoint EP_ATTACHMENT_ADD;
extern const struct endpoint EP_ATTACHMENTS;
extern const struct endpoint EP_ATTACHMENT_GET;
extern const struct endpoint EP_ATTACHMENT_DELETE;

extern const struct endpoints DRAFTS_ENDPOINTS;

#endif
