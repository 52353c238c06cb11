/* Asks the persons that an application names to confirm it, and tells how it stands; before filing. */
#include "city/drafts/confirm.h"
#include "http/endpoints/cases/common.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct case_filing f = {.data = json_get(q->body, "data")};
    TRY(catalogue_current(q->city->catalogue, q->a, json_string(q->body, "service"), &f.service));
    TRY(filing_applicant(q, &f));
    struct application p = {f.service, f.data, f.subject, f.applicant};
    return confirm_ask(q->city, q->a, q->actor, &p, q->now, &r->body);
}

const struct endpoint EP_CONFIRM_ASK = {
    .method = "POST",
    .path = "/confirmations",
    .right = {RIGHT_ROLES, 1u << ROLE_WINDOW, true},
    .flags = EP_JSON_BODY,
    .body_max = 1024 * 1024,
    .summary_zh = "提请列明的人员实名确认",
    .summary_en = "Ask the persons named to confirm",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"service\",\"data\"],\"properties\":{"
        "\"service\":{\"type\":\"string\",\"maxLength\":64},\"data\":{\"type\":\"object\"},"
        "\"on_behalf_of\":{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"id_kind\",\"id_number\",\"name\"],\"properties\":{"
        "\"id_kind\":{\"type\":\"string\"},\"id_number\":{\"type\":\"string\"},\"name\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":100}}}}}",
    .handle = handle,
};
