/* What is known of a published service, as parameters of a simulation. */
#include "city/simulation/simulation.h"
#include "http/endpoints/studio/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    const struct service *s;
    TRY(catalogue_current(q->city->catalogue, q->a, q->params[0], &s));
    return simulation_parameters(q->city, q->a, s, true, &r->body);
}

const struct endpoint EP_SIMULATION_KNOWN = {
    .method = "GET",
    .path = "/studio/services/{code}/simulation",
    .right = {RIGHT_ROLES, 1u << ROLE_DESIGNER | 1u << ROLE_PUBLISHER | 1u << ROLE_HEAD, false},
    .summary_zh = "仿真参数（已知值及其来源）",
    .summary_en = "Parameters of a simulation, with where each value comes from",
    .handle = handle,
};
