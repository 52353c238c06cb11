/* Publishes what another publisher asked for. */
#include "city/catalogue/studio.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    r->status = 204;
    return publication_approve(q->city, q->a, q->actor, id, q->now);
}

const struct endpoint EP_PUBLICATION_APPROVE = {
    .method = "POST",
    .path = "/studio/publications/{id}/approve",
    .right = {RIGHT_ROLES, 1u << ROLE_PUBLISHER, false},
    .summary_zh = "批准发布",
    .summary_en = "Approve a publication",
    .handle = handle,
};
