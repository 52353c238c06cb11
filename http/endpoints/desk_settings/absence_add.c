/* From when to when, and who takes over. */
#include "city/identity/desk.h"
#include "http/endpoints/desk_settings/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id cover;
    day from, to;
    TRY(day_parse(q->a, json_string(q->body, "from"), S("/from"), &from));
    TRY(day_parse(q->a, json_string(q->body, "to"), S("/to"), &to));
    TRY(id_parse(q->a, json_string(q->body, "cover"), S("/cover"), &cover));
    r->status = 201;
    return absence_add(q->city, q->a, q->actor, from, to, cover, q->now, &r->body);
}

const struct endpoint EP_ABSENCE_ADD = {
    .method = "POST",
    .path = "/desk/absences",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "登记请假",
    .summary_en = "Add an absence",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"from\":{\"type\":\"string\",\"minLe"
        "ngth\":1,\"maxLength\":10},\"to\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":10},\"cover\":{\"type"
        "\":\"string\",\"minLength\":1,\"maxLength\":36}},\"required\":[\"from\",\"to\",\"cover\"]}",
    .handle = handle,
};
