/* The folder of one version. */
#include "city/catalogue/studio.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return studio_files(q->city, q->a, q->params[0], q->params[1], &r->body);
}

const struct endpoint EP_STUDIO_FILES = {
    .method = "GET",
    .path = "/studio/services/{code}/{hash}/files",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .summary_zh = "一个版本的文件",
    .summary_en = "The files of a version",
    .handle = handle,
};
