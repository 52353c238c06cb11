/* Token and userinfo, for systems: bodies and answers of OAuth 2.0. */
#include "city/oidc/oidc.h"
#include "http/endpoints/oidc/endpoints.h"

/* One of a form's fields. A field that comes twice makes the request invalid (RFC 6749 3.2): it counts as missing. */
static struct slice field(const struct request *q, const char *name)
{
    struct slice rest = q->body_bytes, part, key, value;
    size_t n = 0;
    while (rest.n) {
        (void)slice_cut(rest, '&', &part, &rest);
        (void)slice_cut(part, '=', &key, &value);
        n += slice_is(key, name);
    }
    struct request form = *q;
    form.query = q->body_bytes;
    return n == 1 ? request_query(&form, name) : (struct slice){NULL, 0};
}

/* RFC 6749 2.3.1: id and secret are form-encoded before they are joined; ours need no escapes. */
static void basic(const struct request *q, struct oidc_exchange *e)
{
    struct slice text;
    if (!slice_starts(q->authorization, S("Basic ")) ||
        !base64_decode(q->a, slice_sub(q->authorization, 6, q->authorization.n), &text))
        return;
    (void)slice_cut(text, ':', &e->client_id, &e->client_secret);
}

static result token(const struct request *q, struct reply *r)
{
    struct oidc_answer answer;
    struct oidc_exchange e = {field(q, "grant_type"), field(q, "code"),          field(q, "redirect_uri"),
                              field(q, "client_id"),  field(q, "client_secret"), field(q, "code_verifier")};
    if (q->authorization.n) basic(q, &e);
    TRY(oidc_token(q->city, q->a, &e, q->now, &answer));
    r->status = answer.status;
    r->body = answer.body;
    return ok();
}

static result userinfo(const struct request *q, struct reply *r)
{
    struct oidc_answer answer;
    struct slice bearer = {NULL, 0};
    if (slice_starts(q->authorization, S("Bearer "))) bearer = slice_sub(q->authorization, 7, q->authorization.n);
    TRY(oidc_userinfo(q->city, q->a, bearer, q->now, &answer));
    r->status = answer.status;
    r->body = answer.body;
    return ok();
}

const struct endpoint EP_OIDC_TOKEN = {
    .method = "POST",
    .path = "/oidc/token",
    .right = {RIGHT_PUBLIC, 0, false},
    .flags = EP_RAW_BODY | EP_NO_CSRF,
    .body_max = 16384,
    .summary_zh = "统一身份认证：令牌",
    .summary_en = "Tokens for a code",
    .handle = token,
};
const struct endpoint EP_OIDC_USERINFO = {
    .method = "GET",
    .path = "/oidc/userinfo",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "统一身份认证：用户信息",
    .summary_en = "Claims for a token",
    .handle = userinfo,
};
