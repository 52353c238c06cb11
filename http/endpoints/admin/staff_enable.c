/* Asks for a disabled account to be opened again, with its roles. */
#include "city/identity/identity.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id account;
    struct staff_changed done;
    TRY(id_parse(q->a, q->params[0], S("id"), &account));
    TRY(staff_change(q->city, q->a, q->actor, account, STAFF_ENABLE, json_string(q->body, "reason"), q->now, &done));
    return reply_change(q, &done, r);
}

const struct endpoint EP_STAFF_ENABLE = {
    .method = "POST",
    .path = "/admin/staff/{id}/enable",
    .right = {RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "申请恢复工作人员账户",
    .summary_en = "Ask to enable a staff account again",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"reason\":{\"type\":\"string\",\"minLength\":1,"
        "\"maxLength\":2000}},\"required\":[\"reason\"]}",
    .handle = handle,
};
