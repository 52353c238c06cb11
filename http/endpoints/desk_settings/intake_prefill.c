/* The form for somebody at the counter; the read is recorded first. */
#include "city/catalogue/prefill.h"
#include "city/identity/desk.h"
#include "http/endpoints/desk_settings/endpoints.h"

static result handle(const struct request *q, struct reply *r)
{
    const struct service *s;
    struct id subject;
    TRY(catalogue_current(q->city->catalogue, q->a, json_string(q->body, "service"), &s));
    TRY(subject_find_or_make(q->city, q->a, q->actor, json_string(q->body, "id_kind"),
                             json_string(q->body, "id_number"), json_string(q->body, "name"), q->now, &subject));
    TRY(read_record(q->city, q->a, q->actor, q->now, subject, ID_NONE, "prefill",
                    arena_printf(q->a, "intake:%.*s", SLICE_ARG(service_code(s)))));
    return service_prefill(q->city, q->a, s, subject, &r->body);
}

const struct endpoint EP_INTAKE_PREFILL = {
    .method = "POST",
    .path = "/desk/intake/prefill",
    .right = {RIGHT_ROLES, 1u << ROLE_WINDOW, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "窗口收件：预填表单",
    .summary_en = "Counter intake: prefilled form",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"service\":{\"type\":\"string\",\"mi"
        "nLength\":1,\"maxLength\":64},\"id_kind\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":40},\"id_nu"
        "mber\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64},\"name\":{\"type\":\"string\",\"minLength\":1"
        ",\"maxLength\":300}},\"required\":[\"service\",\"id_kind\",\"id_number\",\"name\"]}",
    .handle = handle,
};
