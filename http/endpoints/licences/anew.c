/* The head of the body that issued a licence issues it anew: the next version of the same identifier. */
#include "http/endpoints/licences/endpoints.h"

#include "city/cases/licence_use.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("licence"), &id));
    struct case_command k = licence_command(q);
    struct case_done done;
    struct json_builder b = json_builder(q->a);
    struct id made;
    TRY(licence_reissue(&k, id, json_string(q->body, "reason"), json_get(q->body, "data"), &done, &made));
    r->replayed = done.replayed;
    r->status = done.replayed ? 200 : 201;
    json_set(&b, "id", done.replayed ? json_null() : json_of_string(q->a, id_text(q->a, made)));
    json_set_str(&b, "replaces", id_text(q->a, id));
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_LICENCE_ANEW = {
    .method = "POST",
    .path = "/desk/licences/{id}/anew",
    .right = {RIGHT_ROLES, 1u << ROLE_HEAD, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "换发、补发证照",
    .summary_en = "Issue a licence anew",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"reason\"],\"properties\":{\"reason\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":500},\"data\":{\"type\":\"object\",\"maxProperties\":40}}}",
    .handle = handle,
};
