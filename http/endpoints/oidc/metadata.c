/* What a system reads about the provider. */
#include "city/oidc/oidc.h"
#include "http/endpoints/oidc/endpoints.h"

static result discovery(const struct request *q, struct reply *r)
{
    return oidc_discovery(q->city, q->a, &r->body);
}

static result jwks(const struct request *q, struct reply *r)
{
    return oidc_jwks(q->city, q->a, &r->body);
}

const struct endpoint EP_OIDC_DISCOVERY = {
    .method = "GET",
    .path = "/.well-known/openid-configuration",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "统一身份认证：服务说明（OpenID Connect Discovery）",
    .summary_en = "Metadata of the OpenID provider",
    .handle = discovery,
};
const struct endpoint EP_OIDC_JWKS = {
    .method = "GET",
    .path = "/oidc/jwks",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "统一身份认证：公钥",
    .summary_en = "The keys of ID tokens",
    .handle = jwks,
};
