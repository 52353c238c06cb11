/* Rules that differ between two versions. */
#include "city/catalogue/studio.h"
#include "city/decisions/decisions.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    return decision_compare_json(q->city, q->a, q->params[0], request_query(q, "from"), request_query(q, "to"),
                                 &r->body);
}

static const struct query_parameter QUERY[] = {
    {.name = "from",
     .help_zh = "版本哈希，或 draft",
     .help_en = "hash of a version, or draft",
     .required = true,
     .most = 64},
    {.name = "to",
     .help_zh = "版本哈希，或 draft",
     .help_en = "hash of a version, or draft",
     .required = true,
     .most = 64},
    {.name = NULL},
};

const struct endpoint EP_DECISION_DIFFERENCE = {
    .method = "GET",
    .path = "/studio/decisions/{key}/difference",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER, false},
    .summary_zh = "两个版本之间的差异",
    .summary_en = "What differs between two versions",
    .query = QUERY,
    .handle = handle,
};
