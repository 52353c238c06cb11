/* Acts for a principal under a recorded delegation. */
#include "city/identity/identity.h"
#include "http/endpoints/session/common.h"
#include "http/endpoints/session/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id principal = ID_NONE;
    const struct json *p = json_get(q->body, "principal");
    if (p && p->type == JSON_STRING) TRY(id_parse(q->a, p->text, S("/principal"), &principal));
    TRY(session_act(q->city, q->a, q->actor, q->session, principal, q->now));
    return session_reply(q, q->session, r);
}

const struct endpoint EP_SESSION_ACTING = {
    .method = "POST",
    .path = "/session/acting",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "代他人办理，或恢复为本人",
    .summary_en = "Act for a principal, or for oneself again",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"principal\":{\"type\":[\"string\","
        "\"null\"]}},\"required\":[\"principal\"]}",
    .handle = handle,
};
