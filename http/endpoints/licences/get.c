/* One licence of mine: what it says, what was done to it, to whom it was shown, who asked to use it. */
#include "http/endpoints/licences/endpoints.h"

#include "city/cases/licence_use.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("licence"), &id));
    return licence_mine(q->city, q->a, q->actor, id, q->now, &r->body);
}

const struct endpoint EP_LICENCE = {
    .method = "GET",
    .path = "/licences/{id}",
    .right = {RIGHT_SELF, 0, false},
    .flags = 0,
    .summary_zh = "证照详情",
    .summary_en = "One of my licences",
    .handle = handle,
};
