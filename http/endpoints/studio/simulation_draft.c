/* The same of a draft: the folder as it is typed. */
#include "city/catalogue/studio.h"
#include "city/simulation/simulation.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct service_files files;
    const struct service *s;
    TRY(studio_files_of(q->a, json_get(q->body, "files"), &files));
    TRY(service_draft(q->city->catalogue, q->a, files, &s));
    return simulation_parameters(q->city, q->a, s, true, &r->body);
}

const struct endpoint EP_SIMULATION_DRAFT = {
    .method = "POST",
    .path = "/studio/simulations/parameters",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .flags = EP_JSON_BODY,
    .body_max = 16 * 1024 * 1024,
    .summary_zh = "草稿的仿真参数",
    .summary_en = "Parameters of a simulation of a draft",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
        "\"files\":{\"type\":\"object\",\"minProperties\":1,\"maxProperties\":500,\"additionalProperties\":{\"type\":\"string\"}}"
        "},\"required\":[\"files\"]}",
    .handle = handle,
};
