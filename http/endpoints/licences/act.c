/* The head of the body that issued a licence suspends, resumes, revokes or annotates it. */
#include "http/endpoints/licences/endpoints.h"

#include "city/cases/licence_use.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("licence"), &id));
    struct case_command k = licence_command(q);
    struct case_done done;
    struct json_builder b = json_builder(q->a);
    struct licence_row l;
    int64_t days = json_int(q->body, "days", 0);
    struct licence_change x = {.licence = id,
                               .act = json_string(q->body, "act"),
                               .reason = json_string(q->body, "reason"),
                               .until = days ? q->now + days * MS_DAY : 0};
    TRY(licence_act(&k, &x, &done));
    TRY(licence_open(q->city, q->a, id, &l));
    r->replayed = done.replayed;
    json_set_str(&b, "id", id_text(q->a, id));
    json_set_cstr(&b, "status", licence_status(l.status, l.valid_to, q->now));
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_LICENCE_ACT = {
    .method = "POST",
    .path = "/desk/licences/{id}/act",
    .right = {RIGHT_ROLES, 1u << ROLE_HEAD, false},
    .flags = EP_JSON_BODY | EP_IDEMPOTENT,
    .summary_zh = "暂扣、恢复、撤销或加注证照",
    .summary_en = "Suspend, resume, revoke or annotate a licence",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"act\",\"reason\"],\"properties\":{\"act\":{\"enum\":[\"suspend\",\"resume\",\"revoke\",\"annotate\"]},\"reason\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":500},\"days\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":3650}}}",
    .handle = handle,
};
