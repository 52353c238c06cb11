/* A simulation: how far it is, and what came of it. */
#include "city/simulation/simulation.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    return simulation_show(q->city, q->a, id, &r->body);
}

const struct endpoint EP_SIMULATION = {
    .method = "GET",
    .path = "/studio/simulations/{id}",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER | 1u << ROLE_HEAD, false},
    .summary_zh = "仿真的进度和结果",
    .summary_en = "A simulation: its progress and report",
    .handle = handle,
};
