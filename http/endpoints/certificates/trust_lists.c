/* The trust lists in force. */
#include "http/endpoints/certificates/common.h"
#include "http/endpoints/certificates/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return trust_lists_view(q->city, q->a, q->now, &r->body);
}

const struct endpoint EP_TRUST_LISTS = {
    .method = "GET",
    .path = "/admin/trust-lists",
    .right = {RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR | 1u << ROLE_SECURITY | 1u << ROLE_AUDITOR, false},
    .summary_zh = "信任列表",
    .summary_en = "Trust lists",
    .handle = handle,
};
