/* The files that wait to be released. */
#include "city/catalogue/studio.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    return publication_files(q->city, q->a, id, &r->body);
}

const struct endpoint EP_PUBLICATION_FILES = {
    .method = "GET",
    .path = "/studio/publications/{id}/files",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .summary_zh = "待发布的文件",
    .summary_en = "The files that wait to be released",
    .handle = handle,
};
