/* Plays one scenario of a draft, apart from the city. */
#include "city/catalogue/studio.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct service_files files;
    struct slice path = json_string(q->body, "scenario"), folder = S("scenarios/");
    TRY(studio_files_of(q->a, json_get(q->body, "files"), &files));
    TRY(service_files_check(q->a, files));
    if (!slice_starts(path, folder) || !service_files_find(files, arena_cstr(q->a, path)))
        return fail(q->a, CODE_NOT_FOUND, S("/scenario"), "value", path, NULL);
    if (!q->city->trials) return fail(q->a, CODE_UNAVAILABLE, S("trial"), "detail", S("no trials here"), NULL);
    return q->city->trials->play(q->a, q->city, files, path, &r->body);
}

const struct endpoint EP_SCENARIO_PLAY = {
    .method = "POST",
    .path = "/studio/scenarios",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .flags = EP_JSON_BODY,
    .body_max = 16 * 1024 * 1024,
    .summary_zh = "运行草稿的一个场景",
    .summary_en = "Play a scenario of a draft",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"files\":{\"type\":\"object\",\"minP"
        "roperties\":1,\"maxProperties\":500,\"additionalProperties\":{\"type\":\"string\"}},\"scenario\":{\"type\":"
        "\"string\",\"maxLength\":200}},\"required\":[\"files\",\"scenario\"]}",
    .handle = handle,
};
