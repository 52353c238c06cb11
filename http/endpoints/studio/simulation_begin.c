/* A simulation of a published service or of a draft: begun here, done by a worker. */
#include "city/catalogue/studio.h"
#include "city/simulation/simulation.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    struct simulation_asked s = {.service = json_string(q->body, "service"),
                                 .against = json_bool(q->body, "against", true),
                                 .parameters = json_get(q->body, "parameters"),
                                 .note = json_string(q->body, "note")};
    if (json_get(q->body, "files")) TRY(studio_files_of(q->a, json_get(q->body, "files"), &s.files));
    TRY(simulation_begin(q->city, q->a, q->actor, &s, q->now, &id));
    r->status = 202;
    return simulation_show(q->city, q->a, id, &r->body);
}

const struct endpoint EP_SIMULATION_BEGIN = {
    .method = "POST",
    .path = "/studio/simulations",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER | 1u << ROLE_HEAD, false},
    .flags = EP_JSON_BODY,
    .body_max = 16 * 1024 * 1024,
    .summary_zh = "仿真一个事项（开始）",
    .summary_en = "Begin a simulation of a service",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
        "\"service\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64},"
        "\"files\":{\"type\":\"object\",\"minProperties\":1,\"maxProperties\":500,\"additionalProperties\":{\"type\":\"string\"}},"
        "\"against\":{\"type\":\"boolean\"},"
        "\"parameters\":{\"type\":\"object\"},"
        "\"note\":{\"type\":\"string\",\"maxLength\":200}"
        "},\"required\":[\"service\"]}",
    .handle = handle,
};
