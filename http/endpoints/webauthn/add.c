/* Adds a security key by what it answered. */
#include "city/identity/keys.h"
#include "http/endpoints/webauthn/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    struct json_builder b = json_builder(q->a);
    TRY(key_add(q->city, q->a, q->actor, json_string(q->body, "name"), json_get(q->body, "response"), q->now, &id));
    json_set_str(&b, "id", id_text(q->a, id));
    r->status = 201;
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_KEY_ADD = {
    .method = "POST",
    .path = "/me/keys",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "登记安全密钥",
    .summary_en = "Add a security key",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"name\",\"response\"],\"properties\":{"
        "\"name\":{\"type\":\"string\",\"maxLength\":200},\"response\":{\"type\":\"object\",\"additionalProperties\":false,"
        "\"required\":[\"clientDataJSON\",\"attestationObject\"],\"properties\":{"
        "\"clientDataJSON\":{\"type\":\"string\",\"maxLength\":6000},"
        "\"attestationObject\":{\"type\":\"string\",\"maxLength\":40000}}}}}",
    .handle = handle,
};
