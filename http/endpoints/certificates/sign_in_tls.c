/* Signs in with the certificate of the TLS connection. */
#include "http/endpoints/certificates/common.h"
#include "http/endpoints/certificates/endpoints.h"
#include "http/endpoints/session/common.h"

static result handle(const struct request *q, struct reply *r)
{
    struct slice token, hash;
    TRY(certificate_sign_in_tls(q->city, q->a, q->tls ? q->tls->certs : NULL, q->tls ? q->tls->n : 0,
                                json_string(q->body, "totp"), q->session, q->now, &token, &hash));
    r->set_session = token;
    return session_reply(q, hash, r);
}

const struct endpoint EP_CERTIFICATE_SIGN_IN_TLS = {
    .method = "POST",
    .path = "/session/certificate/tls",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_JSON_BODY | EP_NO_CSRF | EP_CERTIFICATE,
    .summary_zh = "用连接出示的客户端证书登录",
    .summary_en = "Sign in with the client certificate of the connection",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"totp\":{\"type\":\"string\","
        "\"maxLength\":16}}}",
    .handle = handle,
};
