/* Authorization, for the page that the browser was sent to: the parameters as they stood in its address. */
#include "city/oidc/oidc.h"
#include "http/endpoints/oidc/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    const struct json *p = json_get(q->body, "parameters");
    struct slice answer = json_string(q->body, "answer");
    struct oidc_ask ask = {
        json_string(p, "client_id"),     json_string(p, "redirect_uri"),   json_string(p, "response_type"),
        json_string(p, "response_mode"), json_string(p, "scope"),          json_string(p, "state"),
        json_string(p, "nonce"),         json_string(p, "code_challenge"), json_string(p, "code_challenge_method"),
        json_string(p, "prompt"),        json_string(p, "max_age")};
    if (slice_is(answer, "refuse")) return oidc_refuse(q->city, q->a, &ask, &r->body);
    return oidc_authorize(q->city, q->a, q->actor, q->session, &ask, slice_is(answer, "agree"), q->now, &r->body);
}

const struct endpoint EP_OIDC_AUTHORIZE = {
    .method = "POST",
    .path = "/oidc/authorize",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "统一身份认证：授权",
    .summary_en = "Authorization for another system",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"parameters\"],\"properties\":{"
        "\"parameters\":{\"type\":\"object\",\"maxProperties\":40,\"additionalProperties\":{\"type\":\"string\",\"maxLength\":4000}},"
        "\"answer\":{\"enum\":[\"agree\",\"refuse\"]}}}",
    .handle = handle,
};
