/* Takes away a one-time code whose device was lost. */
#include "city/identity/identity.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id account;
    struct staff_changed done;
    TRY(id_parse(q->a, q->params[0], S("id"), &account));
    TRY(staff_change(q->city, q->a, q->actor, account, STAFF_TOTP, json_string(q->body, "reason"), q->now, &done));
    return reply_change(q, &done, r);
}

const struct endpoint EP_STAFF_TOTP = {
    .method = "POST",
    .path = "/admin/staff/{id}/totp",
    .right = {RIGHT_ROLES, 1u << ROLE_SECURITY, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "重置工作人员动态码",
    .summary_en = "Reset the one-time code of a staff account",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"reason\":{\"type\":\"string\",\"minLength\":1,"
        "\"maxLength\":2000}},\"required\":[\"reason\"]}",
    .handle = handle,
};
