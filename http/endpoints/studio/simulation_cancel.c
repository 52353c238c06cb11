/* Stops a simulation that is waiting or running. */
#include "city/simulation/simulation.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    struct id id;
    TRY(id_parse(q->a, q->params[0], S("id"), &id));
    TRY(simulation_cancel(q->city, q->a, q->actor, id, q->now));
    return simulation_show(q->city, q->a, id, &r->body);
}

const struct endpoint EP_SIMULATION_CANCEL = {
    .method = "POST",
    .path = "/studio/simulations/{id}/cancel",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER | 1u << ROLE_HEAD, false},
    .summary_zh = "取消仿真",
    .summary_en = "Cancel a simulation",
    .handle = handle,
};
