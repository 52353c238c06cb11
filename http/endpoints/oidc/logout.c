/* Where the browser may go after signing out (RP-Initiated Logout 1.0); signing out itself is DELETE /session, asked of the person. */
#include "city/oidc/oidc.h"
#include "http/endpoints/oidc/endpoints.h"

static const struct query_parameter QUERY[] = {
    {.name = "client_id", .help_zh = "系统", .help_en = "the system"},
    {.name = "post_logout_redirect_uri",
     .help_zh = "退出后返回的地址",
     .help_en = "where to go afterwards",
     .most = 500},
    {.name = "state", .help_zh = "原样带回", .help_en = "given back as it is"},
    {.name = NULL}};

static result handle(const struct request *q, struct reply *r)
{
    return oidc_logout(q->city, q->a, request_query(q, "client_id"), request_query(q, "post_logout_redirect_uri"),
                       request_query(q, "state"), &r->body);
}

const struct endpoint EP_OIDC_LOGOUT = {
    .method = "GET",
    .path = "/oidc/logout",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "统一身份认证：退出后返回哪里",
    .summary_en = "Where to go after signing out",
    .query = QUERY,
    .handle = handle,
};
