/* Releases a plan that somebody else made. */
#include "city/cases/change.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    TRY(migration_decide(q->city, q->a, q->actor, id, true, (struct slice){NULL, 0}, q->now));
    return migration_show(q->city, q->a, id, &r->body);
}

const struct endpoint EP_MIGRATION_RELEASE = {
    .method = "POST",
    .path = "/studio/migrations/{id}/release",
    .right = {RIGHT_ROLES, 1u << ROLE_PUBLISHER, false},
    .summary_zh = "批准迁移计划",
    .summary_en = "Release a plan of migration",
    .handle = handle,
};
