/* Files a case: for oneself, for a principal under a delegation, or at the window for somebody at the counter. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct case_command k;
    struct case_filing f = {
        .data = json_get(q->body, "data"), .parts = json_get(q->body, "parts"), .town = json_string(q->body, "town")};
    struct case_done done = {.version = 0};
    TRY(command_of(q, true, &k));
    TRY(catalogue_current(q->city->catalogue, q->a, json_string(q->body, "service"), &f.service));
    if (service_internal(f.service))
        return fail(q->a, CODE_NOT_FOUND, S("/service"), "value", service_code(f.service), NULL);
    TRY(filing_applicant(q, &f));
    const struct citydata *data = catalogue_data(q->city->catalogue);
    if (f.town.n == 0 && q->actor->kind == ACTOR_STAFF && !slice_is(q->actor->town, "*")) f.town = q->actor->town;
    if (f.town.n == 0 && data->ntowns) f.town = data->towns[0].code; /* city-wide service: any town takes it */
    if (!citydata_town(data, f.town)) return fail(q->a, CODE_NOT_FOUND, S("/town"), "value", f.town, NULL);
    if (json_get(q->body, "draft")) TRY(id_parse(q->a, json_string(q->body, "draft"), S("/draft"), &f.draft));
    TRY(case_file(&k, &f, &done));
    return reply_case(q, &done, 201, r);
}

const struct endpoint EP_CASES_FILE = {
    .method = "POST",
    .path = "/cases",
    .right = {RIGHT_ROLES, 1u << ROLE_WINDOW, true},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .body_max = 1024 * 1024,
    .summary_zh = "提交申请",
    .summary_en = "File a case",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"service\",\"data\"],\"properties\":{"
        "\"service\":{\"type\":\"string\",\"maxLength\":64},\"data\":{\"type\":\"object\"},\"draft\":{\"type\":\"string\"},"
        "\"town\":{\"type\":\"string\"},\"parts\":{\"type\":\"array\",\"maxItems\":40,\"uniqueItems\":true,\"items\":{\"type\":\"string\"}},"
        "\"on_behalf_of\":{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"id_kind\",\"id_number\",\"name\"],\"properties\":{"
        "\"id_kind\":{\"type\":\"string\"},\"id_number\":{\"type\":\"string\"},\"name\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":100}}}}}",
    .handle = handle,
};
