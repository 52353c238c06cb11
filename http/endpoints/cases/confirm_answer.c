/* I confirm that an application names me rightly, or deny it. */
#include "city/drafts/confirm.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    r->status = 204;
    bool agree = slice_is(json_string(q->body, "answer"), "confirm");
    return confirm_answer(q->city, q->a, q->actor, id, agree, json_string(q->body, "reason"), q->now);
}

const struct endpoint EP_CONFIRM_ANSWER = {
    .method = "POST",
    .path = "/confirmations/{id}",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "实名确认或否认",
    .summary_en = "Confirm or deny",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"answer\"],\"properties\":{"
        "\"answer\":{\"enum\":[\"confirm\",\"deny\"]},\"reason\":{\"type\":\"string\",\"maxLength\":500}}}",
    .handle = handle,
};
