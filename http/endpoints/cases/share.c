/* A link, with an end, that shows the status only. */
#include "http/endpoints/cases/common.h"
#include "http/endpoints/cases/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id, subject;
    enum case_audience who;
    TRY(id_parse(q->a, q->params[0], S("case"), &id));
    TRY(case_may_see(q->city, q->a, q->actor, id, &who, &subject));
    r->status = 201;
    return case_share(q->city, q->a, q->actor, id, json_int(q->body, "days", 0), q->now, &r->body);
}

const struct endpoint EP_CASES_SHARE = {
    .method = "POST",
    .path = "/cases/{id}/share",
    .right = {RIGHT_SELF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "生成进度分享链接",
    .summary_en = "A link that shares the status",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"days\"],\"properties\":{\"days\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":90}}}",
    .handle = handle,
};
