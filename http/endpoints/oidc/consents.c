/* The systems that I let have my data. */
#include "city/oidc/oidc.h"
#include "http/endpoints/oidc/endpoints.h"

static result list(const struct request *q, struct reply *r)
{
    return oidc_consents(q->city, q->a, q->actor, &r->body);
}

static result end(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    r->status = 204;
    return oidc_consent_end(q->city, q->a, q->actor, id, q->now);
}

const struct endpoint EP_OIDC_CONSENTS = {
    .method = "GET",
    .path = "/me/systems",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "已同意提供信息的系统",
    .summary_en = "Systems that I let have my data",
    .handle = list,
};
const struct endpoint EP_OIDC_CONSENT_END = {
    .method = "DELETE",
    .path = "/me/systems/{id}",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .summary_zh = "撤回同意",
    .summary_en = "Withdraw such consent",
    .handle = end,
};
