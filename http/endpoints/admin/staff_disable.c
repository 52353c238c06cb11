/* Stops a staff account at once; what it had claimed goes back to its colleagues. */
#include "city/cases/cases.h"
#include "city/identity/identity.h"
#include "http/endpoints/admin/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id account;
    struct staff_changed done;
    TRY(id_parse(q->a, q->params[0], S("id"), &account));
    TRY(staff_change(q->city, q->a, q->actor, account, STAFF_DISABLE, json_string(q->body, "reason"), q->now, &done));
    size_t n; /* after the account is closed, so that it cannot claim anew */
    TRY(tasks_give_back(q->city, q->a, q->actor, account, q->now, &n));
    return reply_change(q, &done, r);
}

const struct endpoint EP_STAFF_DISABLE = {
    .method = "POST",
    .path = "/admin/staff/{id}/disable",
    .right = {RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR | 1u << ROLE_SECURITY, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "停用工作人员账户",
    .summary_en = "Disable a staff account",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"reason\":{\"type\":\"string\",\"minLength\":1,"
        "\"maxLength\":2000}},\"required\":[\"reason\"]}",
    .handle = handle,
};
