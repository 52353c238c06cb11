/* What an error code means, in both languages: the target of a problem's "type". */
#include "http/endpoints/public/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    enum code c = code_of_name(q->params[0]);
    struct json_builder b = json_builder(q->a), t = json_builder(q->a), m = json_builder(q->a);
    if (c == CODE_COUNT || c == CODE_OK) return fail(q->a, CODE_NOT_FOUND, S("code"), "value", q->params[0], NULL);
    struct problem p = {.code = c, .field = S("{field}")};
    json_set_cstr(&b, "code", code_name(c));
    json_set_int(&b, "status", code_status(c));
    json_set_str(&t, "zh", problem_text(q->a, &p, LANG_ZH));
    json_set_str(&t, "en", problem_text(q->a, &p, LANG_EN));
    json_set_str(&m, "zh", problem_remedy(q->a, &p, LANG_ZH));
    json_set_str(&m, "en", problem_remedy(q->a, &p, LANG_EN));
    json_set(&b, "text", json_object(&t));
    json_set(&b, "remedy", json_object(&m));
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_ERROR = {
    .method = "GET",
    .path = "/errors/{code}",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "错误代码说明",
    .summary_en = "What an error code means",
    .handle = handle,
};
