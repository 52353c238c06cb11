/* The form with what the city knows already; an agent's look at the principal's data is recorded. */
#include "city/catalogue/catalogue.h"
#include "city/catalogue/prefill.h"
#include "city/identity/identity.h"
#include "http/endpoints/catalogue/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    const struct service *s;
    TRY(catalogue_current(q->city->catalogue, q->a, q->params[0], &s));
    TRY(delegation_covers(q->city, q->a, q->actor, q->params[0], q->now));
    if (!id_is_none(q->actor->delegation))
        TRY(read_record(q->city, q->a, q->actor, q->now, q->actor->subject, ID_NONE, "prefill",
                        arena_printf(q->a, "form:%.*s", SLICE_ARG(service_code(s)))));
    return service_prefill(q->city, q->a, s, q->actor->subject, &r->body);
}

const struct endpoint EP_SERVICE_FORM = {
    .method = "GET",
    .path = "/services/{code}/form",
    .right = {RIGHT_SELF, 0, false},
    .summary_zh = "事项表单（已预填）",
    .summary_en = "The form of a service, prefilled",
    .handle = handle,
};
