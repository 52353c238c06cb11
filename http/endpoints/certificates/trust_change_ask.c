/* Asks for a change of the trust lists; taking away is done at once. */
#include "http/endpoints/certificates/common.h"
#include "http/endpoints/certificates/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    bool waiting;
    struct trust_change_new n = {json_string(q->body, "kind"), json_string(q->body, "reason"),
                                 json_get(q->body, "content")};
    struct json_builder b = json_builder(q->a);
    TRY(trust_change_ask(q->city, q->a, q->actor, &n, q->now, &id, &waiting));
    json_set_str(&b, "id", id_text(q->a, id));
    json_set_cstr(&b, "state", waiting ? "waiting" : "done");
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_TRUST_CHANGE_ASK = {
    .method = "POST",
    .path = "/admin/trust-changes",
    .right = {RIGHT_ROLES, 1u << ROLE_ADMINISTRATOR | 1u << ROLE_SECURITY, false},
    .flags = EP_JSON_BODY,
    .body_max = 2 * TRUST_LIST_MAX_BYTES,
    .summary_zh = "申请变更信任列表",
    .summary_en = "Ask for a change of the trust lists",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"kind\",\"content\",\"reason\"],\"properties\":{"
        "\"kind\":{\"enum\":[\"ca\",\"status\",\"import\",\"drop\"]},\"content\":{\"type\":\"object\"},"
        "\"reason\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":500}}}",
    .handle = handle,
};
