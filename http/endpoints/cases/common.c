#include "http/endpoints/cases/common.h"

#include "city/identity/identity.h"

result command_of(const struct request *q, bool filing, struct case_command *k)
{
    *k = (struct case_command){.city = q->city, .a = q->a, .actor = q->actor, .now = q->now, .key = q->idempotency_key};
    k->body = q->body ? json_write(q->a, q->body) : q->body_bytes;
    /* one key serves one path: the same key on another case is another command */
    k->route = filing || q->nparams == 0 ? q->route
               : q->nparams == 1         ? arena_printf(q->a, "%.*s %.*s", SLICE_ARG(q->route), SLICE_ARG(q->params[0]))
                                 : arena_printf(q->a, "%.*s %.*s %.*s", SLICE_ARG(q->route), SLICE_ARG(q->params[0]),
                                                SLICE_ARG(q->params[1]));
    return filing ? ok() : id_parse(q->a, q->params[0], S("case"), &k->case_id);
}

result filing_applicant(const struct request *q, struct case_filing *f)
{
    const struct json *other = json_get(q->body, "on_behalf_of");
    f->channel = S("online");
    if (!other) {
        f->subject = q->actor->subject;
        if (!id_is_none(q->actor->delegation)) f->agent = q->actor->account;
        if (id_is_none(f->subject)) return fail(q->a, CODE_FIELD_REQUIRED, S("/on_behalf_of"), NULL);
        TRY(delegation_covers(q->city, q->a, q->actor, service_code(f->service), q->now));
    } else {
        f->channel = S("window");
        TRY(subject_find_or_make(q->city, q->a, q->actor, json_string(other, "id_kind"),
                                 json_string(other, "id_number"), json_string(other, "name"), q->now, &f->subject));
        TRY(read_record(q->city, q->a, q->actor, q->now, f->subject, ID_NONE, "intake", S("intake")));
    }
    return subject_snapshot(q->city, q->a, f->subject, &f->applicant);
}

result token_of(const struct request *q, int64_t *token)
{
    if (slice_int64(q->params[1], token) && *token > 0) return ok();
    return fail(q->a, CODE_NOT_FOUND, S("task"), "value", q->params[1], NULL);
}

result reply_case(const struct request *q, const struct case_done *done, int status, struct reply *r)
{
    enum case_audience who = q->actor->kind == ACTOR_STAFF ? VIEW_STAFF : VIEW_OWNER;
    TRY(case_view(q->city, q->a, done->case_id, q->now, who, &r->body));
    r->status = status;
    r->replayed = done->replayed;
    r->etag = arena_printf(q->a, "%lld", (long long)done->version);
    return ok();
}
