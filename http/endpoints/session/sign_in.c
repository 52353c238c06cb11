/* Signs in: a new session each time; one refusal whatever was wrong. */
#include "http/endpoints/session/common.h"
#include "http/endpoints/session/endpoints.h"
#include "http/endpoints/webauthn/assertion.h"

static result handle(const struct request *q, struct reply *r)
{
    struct slice token, hash;
    TRY(identity_sign_in_second(q->city, q->a, json_string(q->body, "login"), json_string(q->body, "password"),
                                second_of(q), q->session, q->now, &token, &hash));
    r->set_session = token;
    return session_reply(q, hash, r);
}

const struct endpoint EP_SESSION_SIGN_IN = {
    .method = "POST",
    .path = "/session",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_JSON_BODY | EP_NO_CSRF | EP_COSTLY,
    .summary_zh = "登录",
    .summary_en = "Sign in",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"login\":{\"type\":\"string\",\"minL"
        "ength\":0,\"maxLength\":256},\"password\":{\"type\":\"string\",\"minLength\":0,\"maxLength\":1024},\"tot"
        "p\":{\"type\":\"string\",\"minLength\":0,\"maxLength\":16},\"assertion\":" ASSERTION_SCHEMA
        "},\"required\":[\"login\",\"password\"]}",
    .handle = handle,
};
