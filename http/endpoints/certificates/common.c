#include "http/endpoints/certificates/common.h"

static result bytes(const struct request *q, const char *field, struct slice text, struct slice *out)
{
    if (base64_decode(q->a, text, out)) return ok();
    return fail(q->a, CODE_FIELD_TYPE, slice_cstr(field), "expected", S("base64"), NULL);
}

result proof_body(const struct request *q, struct certificate_proof *out)
{
    const struct json *more = json_get(q->body, "more");
    *out = (struct certificate_proof){.challenge = json_string(q->body, "challenge"),
                                      .signed_data = slice_is(json_string(q->body, "form"), "cms"),
                                      .totp = json_string(q->body, "totp")};
    TRY(bytes(q, "/signature", json_string(q->body, "signature"), &out->signature));
    if (!out->signed_data) TRY(bytes(q, "/certificate", json_string(q->body, "certificate"), &out->certificate));
    size_t n = more ? more->n : 0;
    struct slice *list = NEW_ARRAY(q->a, struct slice, n + 1);
    for (size_t i = 0; i < n; i++) TRY(bytes(q, "/more", more->items[i]->text, &list[i]));
    out->more = list;
    out->nmore = n;
    return ok();
}
