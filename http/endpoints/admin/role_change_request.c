/* The administrator asks; the security officer approves. */
#include "city/identity/identity.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id account, id;
    enum role role;
    struct json_builder b = json_builder(q->a);
    TRY(id_parse(q->a, json_string(q->body, "account"), S("/account"), &account));
    if (!role_scan(json_string(q->body, "role"), &role))
        return fail(q->a, CODE_NOT_FOUND, S("/role"), "value", json_string(q->body, "role"), NULL);
    TRY(role_change_request(q->city, q->a, q->actor, account, role, json_string(q->body, "department"),
                            json_string(q->body, "town"), json_bool(q->body, "grant", true),
                            json_string(q->body, "reason"), q->now, &id));
    json_set_str(&b, "id", id_text(q->a, id));
    json_set_cstr(&b, "state", "waiting");
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_ROLE_CHANGE_REQUEST = {
    .method = "POST",
    .path = "/admin/role-changes",
    .right = {RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "申请授权变更",
    .summary_en = "Ask for a change of roles",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"account\":{\"type\":\"string\",\"mi"
        "nLength\":1,\"maxLength\":36},\"role\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":40},\"departme"
        "nt\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":60},\"town\":{\"type\":\"string\",\"minLength\":1,\""
        "maxLength\":60},\"grant\":{\"type\":\"boolean\"},\"reason\":{\"type\":\"string\",\"minLength\":0,\"maxLeng"
        "th\":2000}},\"required\":[\"account\",\"role\",\"department\",\"town\",\"grant\"]}",
    .handle = handle,
};
