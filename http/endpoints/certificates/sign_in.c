/* Signs in with a signed challenge. */
#include "http/endpoints/certificates/common.h"
#include "http/endpoints/certificates/endpoints.h"
#include "http/endpoints/session/common.h"

static result handle(const struct request *q, struct reply *r)
{
    struct certificate_proof p;
    struct slice token, hash;
    TRY(proof_body(q, &p));
    TRY(certificate_sign_in(q->city, q->a, &p, q->session, q->now, &token, &hash));
    r->set_session = token;
    return session_reply(q, hash, r);
}

const struct endpoint EP_CERTIFICATE_SIGN_IN = {
    .method = "POST",
    .path = "/session/certificate",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_JSON_BODY | EP_NO_CSRF | EP_CERTIFICATE,
    .body_max = PROOF_BODY_BYTES,
    .summary_zh = "用证书对挑战的签名登录",
    .summary_en = "Sign in with a challenge signed by a certificate's key",
    .request_schema = PROOF_SCHEMA,
    .handle = handle,
};
