/* A person's review of what rules alone decided (个人信息保护法 art. 24: who is affected may have it explained, and may refuse a
 * decision made by automation alone). Asking opens a case of the service "decision_review" for an officer of the deciding body: the
 * journal of the decided case says so in the same transaction, and a job opens it. */
#include "city/cases/review.h"

#include "city/cases/view.h"
#include "city/identity/identity.h"

#define REVIEW_SERVICE S("decision_review")

static const struct actor SYSTEM = {.kind = ACTOR_SYSTEM, .login = {"system", 6}, .name = {"系统", 6}};

static bool has_fact(const struct view *v, const char *t)
{
    return view_last(v, t) != NULL;
}

/* Rules decided, and no officer did. */
bool view_automatic(const struct view *v)
{
    return has_fact(v, "rule") && v->c->decider.n == 0 && !slice_eq(v->c->service, REVIEW_SERVICE) &&
           !case_state_open(v->c->state) && v->c->state != CASE_WITHDRAWN;
}

bool view_review_open(const struct view *v)
{
    const struct service *s;
    return v->audience == VIEW_OWNER && view_automatic(v) && !has_fact(v, "review") &&
           !failed(catalogue_current(v->city->catalogue, v->a, REVIEW_SERVICE, &s));
}

/* {case, at, reason} of what was asked; null when nothing was. */
const struct json *view_review(const struct view *v)
{
    for (size_t i = v->nevents; i-- > 0;) {
        const struct json *facts = v->events[i].facts;
        for (size_t k = 0; facts && k < facts->n; k++) {
            if (!slice_is(json_string(facts->items[k], "t"), "review")) continue;
            struct json_builder b = json_builder(v->a);
            json_set(&b, "case", json_get(facts->items[k], "case"));
            json_set(&b, "reason", json_get(facts->items[k], "reason"));
            json_set_str(&b, "at", instant_text(v->a, v->events[i].at));
            return json_object(&b);
        }
    }
    return json_null();
}

/* ---- asking ---- */

static result ask_body(struct run *r)
{
    const struct slice *reason = r->args;
    struct id review = id_new(r->k->now);
    struct json_builder b = json_builder(r->a), job = json_builder(r->a), in = json_builder(r->a);
    TRY(run_own_case(r));
    if (case_state_open(r->c->state) || r->c->decider.n || r->c->reviewed)
        return fail(r->a, CODE_CASE_REVIEW, S("case"), "detail_zh",
                    r->c->reviewed ? S("已申请过人工复核") : S("该件没有仅由规则作出的决定"), "detail_en",
                    r->c->reviewed ? S("A person's review was asked for already")
                                   : S("Nothing in this case was decided by rules alone"),
                    NULL);
    json_set_cstr(&b, "t", "review");
    json_set_str(&b, "case", id_text(r->a, review));
    json_set_str(&b, "reason", *reason);
    TRY(run_fact(r, json_object(&b)));
    json_set_str(&in, "case", id_text(r->a, review));
    json_set_str(&in, "reason", *reason);
    json_set_cstr(&job, "t", "job");
    json_set_str(&job, "id", id_text(r->a, id_new(r->k->now)));
    json_set_int(&job, "token", 0);
    json_set_cstr(&job, "verb", "review.open");
    json_set_cstr(&job, "step", "");
    json_set(&job, "input", json_object(&in));
    return run_fact(r, json_object(&job));
}

result case_review(struct case_command *k, struct slice reason, struct case_done *out)
{
    struct run r = {.k = k, .kind = "review", .body = ask_body, .args = &reason, .out = out};
    struct view v;
    TRY(run_covered(k));
    TRY(view_open(k->city, k->a, k->case_id, k->now, VIEW_OWNER, &v));
    TRY(view_events(&v));
    if (!has_fact(&v, "rule"))
        return fail(k->a, CODE_CASE_REVIEW, S("case"), "detail_zh", S("该件没有由规则作出的决定"), "detail_en",
                    S("Nothing in this case was decided by rules"), NULL);
    return run_command(&r);
}

/* ---- the job ---- */

/* What was decided and why, as the officer reads it first. */
static struct slice because(const struct view *v)
{
    struct buf b = buf_new(v->a, 64 * 1024);
    const struct json *list = view_explanations(v, true);
    for (size_t i = 0; i < list->n; i++) {
        const struct json *hits = json_get(list->items[i], "hits");
        buf_put(&b, bitext_of(json_get(list->items[i], "title")).zh);
        buf_puts(&b, "：");
        for (size_t k = 0; hits && k < hits->n; k++) {
            struct bitext w = bitext_of(json_get(hits->items[k], "because"));
            if (k) buf_puts(&b, "；");
            buf_put(&b, w.zh.n ? w.zh : bitext_of(json_get(hits->items[k], "text")).zh);
        }
        buf_puts(&b, "。");
    }
    struct slice text = buf_slice(&b);
    size_t n = text.n < 3800 ? text.n : 3800;
    while (n < text.n && n && ((uint8_t)text.p[n] & 0xc0) == 0x80) n--;
    return slice_sub(text, 0, n);
}

static result open_run(struct verb_call *x, const struct json **output)
{
    const struct service *s;
    struct view v;
    struct id review;
    struct case_done done;
    struct json_builder b = json_builder(x->a), out = json_builder(x->a);
    if (!id_scan(json_string(x->input, "case"), &review))
        return fail(x->a, CODE_INTERNAL, S("review.open"), "detail", S("no case id"), NULL);
    TRY(catalogue_current(x->city->catalogue, x->a, REVIEW_SERVICE, &s));
    TRY(view_open(x->city, x->a, x->case_id, x->now, VIEW_OWNER, &v));
    TRY(view_events(&v));
    const struct department *d = citydata_department(catalogue_data(x->city->catalogue), x->department);
    json_set_str(&b, "case_number", x->case_number);
    json_set_str(&b, "service_name", service_name(v.service).zh);
    json_set_str(&b, "department", x->department);
    json_set_str(&b, "department_name", d ? d->name.zh : x->department);
    json_set_str(&b, "outcome", view_outcome_words(v.c->outcome).zh);
    json_set_str(&b, "because", because(&v));
    if (json_string(x->input, "reason").n) json_set_str(&b, "reason", json_string(x->input, "reason"));
    struct case_filing f = {
        .service = s, .town = x->town, .subject = x->applicant, .channel = S("online"), .data = json_object(&b)};
    struct case_command k = {
        .city = x->city, .a = x->a, .actor = &SYSTEM, .now = x->now, .route = S("review"), .case_id = review};
    TRY(subject_snapshot(x->city, x->a, x->applicant, &f.applicant));
    result r = case_file(&k, &f, &done);
    if (result_code(r) != CODE_STORE_CONSTRAINT) TRY(r); /* else it was opened at an earlier try */
    json_set(&out, "case", json_get(x->input, "case"));
    *output = json_object(&out);
    return ok();
}

const struct verb REVIEW_OPEN = {
    .name = "review.open",
    .kind = VERB_JOB,
    .summary_zh = "开出人工复核件",
    .summary_en = "Opens the person's review of an automated decision",
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"case\"],\"properties\":{\"case\":{\"type\":\"string\"},\"reason\":{\"type\":\"string\"}}}",
    .output_schema = "{\"type\":\"object\",\"properties\":{\"case\":{\"type\":\"string\"}}}",
    .run = open_run};
