/* Shows a licence of mine by a code with an end. */
#include "http/endpoints/licences/endpoints.h"

#include "city/cases/licence_use.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("licence"), &id));
    r->status = 201;
    return licence_present(q->city, q->a, q->actor, id, json_int(q->body, "hours", 1), json_string(q->body, "to"),
                           q->now, &r->body);
}

const struct endpoint EP_LICENCE_PRESENT = {
    .method = "POST",
    .path = "/licences/{id}/presentations",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "出示证照",
    .summary_en = "Show a licence by a code with an end",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"hours\"],\"properties\":{\"hours\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":72},\"to\":{\"type\":\"string\",\"maxLength\":100}}}",
    .handle = handle,
};
