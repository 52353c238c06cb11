/* Takes the migration of one case back. */
#include "city/cases/change.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id, case_id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    TRY(id_parse(q->a, q->params[1], S("case"), &case_id));
    TRY(migration_undo_case(q->city, q->a, q->actor, id, case_id, json_string(q->body, "reason"), q->now));
    return migration_show(q->city, q->a, id, &r->body);
}

const struct endpoint EP_MIGRATION_UNDO_CASE = {
    .method = "POST",
    .path = "/studio/migrations/{id}/cases/{case}/undo",
    .right = {RIGHT_ROLES, 1u << ROLE_PUBLISHER, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "撤回一件的迁移",
    .summary_en = "Undo the migration of one case",
    .request_schema = "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
                      "\"reason\":{\"type\":\"string\",\"maxLength\":500}},\"required\":[\"reason\"]}",
    .handle = handle,
};
