/* One plan: what would become of the cases, in groups. */
#include "city/cases/change.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    return migration_show(q->city, q->a, id, &r->body);
}

const struct endpoint EP_MIGRATION = {
    .method = "GET",
    .path = "/studio/migrations/{id}",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .summary_zh = "一份迁移计划",
    .summary_en = "One plan of migration",
    .handle = handle,
};
