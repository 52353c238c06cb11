/* Systems that people sign in to: registered by two officers. */
#include "city/oidc/oidc.h"
#include "http/endpoints/oidc/endpoints.h"

static struct bitext text_of(const struct json *v)
{
    return (struct bitext){json_string(v, "zh"), json_string(v, "en")};
}

static result list(const struct request *q, struct reply *r)
{
    int64_t limit;
    struct slice cursor;
    TRY(request_page(q, &limit, &cursor));
    return oidc_client_list(q->city, q->a, limit, cursor, &r->body);
}

static result request(const struct request *q, struct reply *r)
{
    struct id id;
    struct json_builder b = json_builder(q->a);
    struct oidc_client_new n = {.name = text_of(json_get(q->body, "name")),
                                .purpose = text_of(json_get(q->body, "purpose")),
                                .redirects = json_get(q->body, "redirects"),
                                .logouts = json_get(q->body, "logouts"),
                                .scopes = json_get(q->body, "scopes"),
                                .sector = json_string(q->body, "sector"),
                                .basis = json_string(q->body, "basis")};
    TRY(oidc_client_request(q->city, q->a, q->actor, &n, q->now, &id));
    json_set_str(&b, "id", id_text(q->a, id));
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

static result decide(const struct request *q, struct reply *r, bool approve)
{
    struct id id;
    struct slice secret;
    struct json_builder b = json_builder(q->a);
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    TRY(oidc_client_decide(q->city, q->a, q->actor, id, approve, q->now, &secret));
    json_set_str(&b, "client_id", q->params[0]);
    json_set(&b, "client_secret", approve ? json_of_string(q->a, secret) : json_null());
    r->body = json_object(&b);
    return ok();
}

static result approve(const struct request *q, struct reply *r)
{
    return decide(q, r, true);
}

static result reject(const struct request *q, struct reply *r)
{
    return decide(q, r, false);
}

static result end(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    r->status = 204;
    return oidc_client_end(q->city, q->a, q->actor, id, q->now);
}

#define TEXT_SCHEMA                                                                                     \
    "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"zh\",\"en\"],\"properties\":{" \
    "\"zh\":{\"type\":\"string\",\"maxLength\":100},\"en\":{\"type\":\"string\",\"maxLength\":200}}}"
#define ADDRESSES_SCHEMA "{\"type\":\"array\",\"maxItems\":10,\"items\":{\"type\":\"string\",\"maxLength\":500}}"

const struct endpoint EP_OIDC_CLIENTS = {
    .method = "GET",
    .path = "/admin/systems",
    .right = {RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR | 1u << ROLE_SECURITY | 1u << ROLE_AUDITOR, false},
    .summary_zh = "接入统一身份认证的系统",
    .summary_en = "Systems that people sign in to",
    .query = QUERY_PAGE,
    .handle = list,
};
const struct endpoint EP_OIDC_CLIENT_REQUEST = {
    .method = "POST",
    .path = "/admin/systems",
    .right = {RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "申请接入系统",
    .summary_en = "Ask for a system to be registered",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"name\",\"purpose\",\"redirects\",\"scopes\"],"
        "\"properties\":{\"name\":" TEXT_SCHEMA ",\"purpose\":" TEXT_SCHEMA ",\"redirects\":" ADDRESSES_SCHEMA
        ",\"logouts\":" ADDRESSES_SCHEMA ",\"scopes\":{\"type\":\"array\",\"uniqueItems\":true,"
        "\"items\":{\"enum\":[\"openid\",\"profile\",\"phone\",\"email\",\"identity\"]}},"
        "\"sector\":{\"type\":\"string\",\"maxLength\":100},\"basis\":{\"type\":\"string\",\"maxLength\":100}}}",
    .handle = request,
};
const struct endpoint EP_OIDC_CLIENT_APPROVE = {
    .method = "POST",
    .path = "/admin/systems/{id}/approve",
    .right = {RIGHT_ROLES, 1u << ROLE_SECURITY, false},
    .summary_zh = "批准系统接入",
    .summary_en = "Approve the registration of a system",
    .handle = approve,
};
const struct endpoint EP_OIDC_CLIENT_REJECT = {
    .method = "POST",
    .path = "/admin/systems/{id}/reject",
    .right = {RIGHT_ROLES, 1u << ROLE_SECURITY, false},
    .summary_zh = "驳回系统接入",
    .summary_en = "Turn the registration of a system down",
    .handle = reject,
};
const struct endpoint EP_OIDC_CLIENT_END = {
    .method = "POST",
    .path = "/admin/systems/{id}/end",
    .right = {RIGHT_ROLES, 1u << ROLE_SECURITY | 1u << ROLE_ADMINISTRATOR, false},
    .summary_zh = "停止系统接入",
    .summary_en = "End the registration of a system",
    .handle = end,
};
