/* A new initial password, shown this once; for one of the three officers it is asked for. */
#include "city/identity/identity.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id account;
    struct staff_changed done;
    TRY(id_parse(q->a, q->params[0], S("id"), &account));
    TRY(staff_change(q->city, q->a, q->actor, account, STAFF_PASSWORD, json_string(q->body, "reason"), q->now, &done));
    return reply_change(q, &done, r);
}

const struct endpoint EP_STAFF_PASSWORD = {
    .method = "POST",
    .path = "/admin/staff/{id}/password",
    .right = {RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR, false},
    .flags = EP_JSON_BODY | EP_COSTLY,
    .summary_zh = "重置工作人员密码",
    .summary_en = "Reset the password of a staff account",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"reason\":{\"type\":\"string\",\"minLength\":1,"
        "\"maxLength\":2000}},\"required\":[\"reason\"]}",
    .handle = handle,
};
