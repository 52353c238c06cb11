/* Signing in by an outside identity provider: to it, back from it, and bound to an account. */
#include "city/identity/outside.h"
#include "city/oidc/relying.h"
#include "http/endpoints/oidc/endpoints.h"
#include "http/endpoints/session/common.h"

static result begin(const struct request *q, struct reply *r)
{
    struct slice address;
    struct json_builder b = json_builder(q->a);
    TRY(outside_begin(q->city, q->a, json_string(q->body, "binding"), q->now, &address));
    json_set_str(&b, "redirect", address);
    r->body = json_object(&b);
    return ok();
}

static result back(const struct request *q, struct reply *r)
{
    struct outside_done done;
    struct json_builder b = json_builder(q->a);
    struct outside_back k = {json_string(q->body, "state"), json_string(q->body, "code"), json_string(q->body, "iss"),
                             json_string(q->body, "error"), json_string(q->body, "binding")};
    TRY(outside_back(q->city, q->a, &k, q->session, q->now, &done));
    if (done.token.n) {
        r->set_session = done.token;
        return session_reply(q, done.hash, r);
    }
    json_set_bool(&b, "signed_in", false);
    json_set_str(&b, "ticket", done.ticket);
    r->body = json_object(&b);
    return ok();
}

static result bind(const struct request *q, struct reply *r)
{
    r->status = 204;
    return outside_bind(q->city, q->a, q->actor, json_string(q->body, "ticket"), q->now);
}

static result binding(const struct request *q, struct reply *r)
{
    return outside_binding(q->city, q->a, q->actor, &r->body);
}

static result unbind(const struct request *q, struct reply *r)
{
    r->status = 204;
    return outside_unbind(q->city, q->a, q->actor, q->now);
}

const struct endpoint EP_OUTSIDE_BEGIN = {
    .method = "POST",
    .path = "/session/outside",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_JSON_BODY | EP_NO_CSRF | EP_COSTLY,
    .summary_zh = "用外部身份平台登录（前往）",
    .summary_en = "Go to the outside identity provider",
    .request_schema = "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"binding\"],\"properties\":{"
                      "\"binding\":{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9_-]{43}$\"}}}",
    .handle = begin,
};
const struct endpoint EP_OUTSIDE_BACK = {
    .method = "POST",
    .path = "/session/outside/back",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_JSON_BODY | EP_NO_CSRF | EP_COSTLY,
    .summary_zh = "用外部身份平台登录（返回）",
    .summary_en = "Back from the outside identity provider",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"state\",\"binding\"],\"properties\":{"
        "\"state\":{\"type\":\"string\",\"maxLength\":200},\"binding\":{\"type\":\"string\",\"maxLength\":100},"
        "\"code\":{\"type\":\"string\",\"maxLength\":4096},\"iss\":{\"type\":\"string\",\"maxLength\":500},"
        "\"error\":{\"type\":\"string\",\"maxLength\":200}}}",
    .handle = back,
};
const struct endpoint EP_OUTSIDE_BIND = {
    .method = "POST",
    .path = "/me/outside",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "绑定外部身份",
    .summary_en = "Bind the outside identity to my account",
    .request_schema = "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"ticket\"],\"properties\":{"
                      "\"ticket\":{\"type\":\"string\",\"maxLength\":100}}}",
    .handle = bind,
};
const struct endpoint EP_OUTSIDE_BINDING = {
    .method = "GET",
    .path = "/me/outside",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "是否绑定外部身份",
    .summary_en = "Whether an outside identity is bound",
    .handle = binding,
};
const struct endpoint EP_OUTSIDE_UNBIND = {
    .method = "DELETE",
    .path = "/me/outside",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "解除外部身份绑定",
    .summary_en = "End the binding",
    .handle = unbind,
};
