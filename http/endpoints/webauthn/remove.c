/* Removes a security key: with the password again and a second factor. */
#include "http/endpoints/webauthn/assertion.h"
#include "http/endpoints/webauthn/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    r->status = 204;
    return key_remove(q->city, q->a, q->actor, id, json_string(q->body, "password"), second_of(q), q->now);
}

const struct endpoint EP_KEY_REMOVE = {
    .method = "DELETE",
    .path = "/me/keys/{id}",
    .right = {RIGHT_SIGNED_IN, 0, false},
    .flags = EP_JSON_BODY | EP_COSTLY,
    .summary_zh = "移除安全密钥",
    .summary_en = "Remove a security key",
    .request_schema = AGAIN_SCHEMA,
    .handle = handle,
};
