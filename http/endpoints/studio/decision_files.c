/* The files of one version, of the draft, or of what waits. */
#include "city/catalogue/studio.h"
#include "city/decisions/decisions.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return decision_files(q->city, q->a, q->params[0], q->params[1], &r->body);
}

const struct endpoint EP_DECISION_FILES = {
    .method = "GET",
    .path = "/studio/decisions/{key}/versions/{hash}",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .summary_zh = "一个版本的文件和规则表",
    .summary_en = "The files and tables of a version",
    .handle = handle,
};
