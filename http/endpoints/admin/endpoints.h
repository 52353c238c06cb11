/* The endpoints of this group, for http/routes.c. */
#ifndef HTTP_ENDPOINTS_ADMIN_ENDPOINTS_H
#define HTTP_ENDPOINTS_ADMIN_ENDPOINTS_H

#include "city/api.h"

extern const struct endpoint EP_STAFF_LIST;
extern const struct endpoint EP_STAFF_NEW;
extern const struct endpoint EP_STAFF_DISABLE;
extern const struct endpoint EP_STAFF_ENABLE;
extern const struct endpoint EP_STAFF_PASSWORD;
extern const struct endpoint EP_STAFF_TOTP;
extern const struct endpoint EP_STAFF_CHANGES;
extern const struct endpoint EP_STAFF_CHANGE_APPROVE;
extern const struct endpoint EP_STAFF_CHANGE_REJECT;
extern const struct endpoint EP_ROLE_CHANGES;
extern const struct endpoint EP_ROLE_CHANGE_REQUEST;
extern const struct endpoint EP_ROLE_CHANGE_APPROVE;
extern const struct endpoint EP_ROLE_CHANGE_REJECT;
extern const struct endpoint EP_AUDIT;
extern const struct endpoint EP_AUDIT_READS;
extern const struct endpoint EP_ERASURES;
extern const struct endpoint EP_ERASURE_APPROVE;
extern const struct endpoint EP_OUTBOX;

/* {id, state, password?}: 202 while it waits for the second person. */
struct staff_changed;
MUST result reply_change(const struct request *q, const struct staff_changed *done, struct reply *r);

extern const struct endpoints ADMIN_ENDPOINTS;

#endif
