/* A licence issued anew. What it was made from stands in the case's journal: the job that made the earlier one. */
#include "city/cases/issue.h"
#include "city/cases/licence_parts.h"
#include "city/cases/view.h"
#include "city/sql.h"

static const struct stmt STATUS = {"licence_status_anew",
                                   "SELECT status, valid_to FROM licence WHERE id=?1 AND case_id=?2", NULL, false};

/* Input and step of the job that made it; a licence that was itself issued anew says its own. */
static const struct json *made_by(const struct view *v, struct slice id)
{
    for (size_t i = v->nevents; i-- > 0;) {
        const struct json *facts = v->events[i].facts;
        for (size_t k = 0; facts && k < facts->n; k++) {
            struct slice t = json_string(facts->items[k], "t");
            if ((slice_is(t, "job") || slice_is(t, "licence_anew")) && slice_eq(json_string(facts->items[k], "id"), id))
                return facts->items[k];
        }
    }
    return NULL;
}

struct anew {
    struct licence_row l;
    struct slice reason;
    struct verb_call call;
    const struct json *made; /* fact "licence_anew" */
};

static result anew_body(struct run *r)
{
    struct anew *x = r->args;
    const struct sql_value *v = row(run_rows(r, LOAD_WORK), 0);
    const char *now = licence_status(v[0].s, v[1].i, r->k->now);
    if (!slice_is(slice_cstr(now), "valid") && !slice_is(slice_cstr(now), "suspended"))
        return licence_wrong_state(r->a, slice_cstr(now));
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "licence_change");
    json_set_str(&b, "id", id_text(r->a, x->l.id));
    json_set_cstr(&b, "act", "replace");
    json_set_cstr(&b, "to", "replaced");
    json_set_str(&b, "reason", x->reason);
    json_set_str(&b, "by", r->k->actor->name);
    TRY(run_fact(r, json_object(&b)));
    TRY(run_fact(r, x->made));
    TRY(case_made(r, &x->call));
    licence_tell(r, &x->l, "已换发新版本", "was issued anew", x->reason);
    return ok();
}

static result prepare(struct case_command *k, struct anew *x, const struct json *data)
{
    struct view v;
    struct json_builder anew = json_builder(k->a), facts = json_builder(k->a), over = json_builder(k->a);
    struct licence_before before = {x->l.id, x->l.certificate_id, x->l.valid_to};
    const struct json *output, *vars;
    TRY(view_open(k->city, k->a, k->case_id, k->now, VIEW_OWNER, &v));
    TRY(view_events(&v));
    TRY(case_variables(k->city, k->a, k->case_id, &vars));
    const struct json *job = made_by(&v, id_text(k->a, x->l.id));
    if (!job) return fail(k->a, CODE_NOT_FOUND, S("licence"), "value", id_text(k->a, x->l.id), NULL);
    const struct json *input = json_get(job, "input");
    if (data) {
        json_set(&over, "data", json_get(input, "data") ? json_merge(k->a, json_get(input, "data"), data) : data);
        input = json_merge(k->a, input, json_object(&over));
    }
    x->call = (struct verb_call){.a = k->a,
                                 .city = k->city,
                                 .case_id = k->case_id,
                                 .case_number = v.c->number,
                                 .service = v.c->service,
                                 .step = json_string(job, "step"),
                                 .applicant = v.c->subject,
                                 .department = v.c->department,
                                 .town = v.c->town,
                                 .now = k->now,
                                 .input = input,
                                 .vars = vars,
                                 .job = id_new(k->now),
                                 .version = v.service};
    TRY(licence_make(&x->call, &before, &facts, &output));
    x->call.facts = json_array(&facts);
    json_set_cstr(&anew, "t", "licence_anew");
    json_set_str(&anew, "id", id_text(k->a, x->call.job));
    json_set_str(&anew, "step", x->call.step);
    json_set(&anew, "input", input);
    x->made = json_object(&anew);
    return ok();
}

result licence_reissue(struct case_command *k, struct id licence, struct slice reason, const struct json *data,
                       struct case_done *out, struct id *made)
{
    struct anew x = {.reason = reason};
    struct run r = {
        .k = k, .kind = "licence", .body = anew_body, .args = &x, .there = &STATUS, .there_case = true, .out = out};
    TRY(licence_reason(k->a, reason));
    TRY(licence_open(k->city, k->a, licence, &x.l));
    TRY(licence_right(k->a, k->actor, &x.l));
    r.there_bind = sql_id(&x.l.id);
    k->case_id = x.l.case_id;
    TRY(prepare(k, &x, data));
    *made = x.call.job;
    return run_command(&r);
}
