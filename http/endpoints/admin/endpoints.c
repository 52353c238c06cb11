#include "http/endpoints/admin/endpoints.h"

#include "city/identity/identity.h"

static const struct endpoint *const LIST[] = {
    &EP_STAFF_LIST,          &EP_STAFF_NEW,    &EP_STAFF_DISABLE,       &EP_STAFF_ENABLE,
    &EP_STAFF_PASSWORD,      &EP_STAFF_TOTP,   &EP_STAFF_CHANGES,       &EP_STAFF_CHANGE_APPROVE,
    &EP_STAFF_CHANGE_REJECT, &EP_ROLE_CHANGES, &EP_ROLE_CHANGE_REQUEST, &EP_ROLE_CHANGE_APPROVE,
    &EP_ROLE_CHANGE_REJECT,  &EP_AUDIT,        &EP_AUDIT_READS,         &EP_ERASURES,
    &EP_ERASURE_APPROVE,     &EP_OUTBOX,
};

const struct endpoints ADMIN_ENDPOINTS = {LIST, sizeof LIST / sizeof *LIST};

result reply_change(const struct request *q, const struct staff_changed *done, struct reply *r)
{
    struct json_builder b = json_builder(q->a);
    json_set_str(&b, "id", id_text(q->a, done->id));
    json_set_cstr(&b, "state", done->waiting ? "waiting" : "done");
    if (done->password.n) json_set_str(&b, "password", done->password);
    r->status = done->waiting ? 202 : 200;
    r->body = json_object(&b);
    return ok();
}
