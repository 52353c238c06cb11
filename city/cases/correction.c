/* 补正: asked once, in full; answered until a day that is named; and what becomes of a request that nobody answers. */
#include "city/cases/run.h"
#include "city/drafts/confirm.h"
#include "city/drafts/drafts.h"

/* ---- until when ---- */

struct until {
    instant due;
    bool lapses;
    struct bitext by, then;
};

struct bitext correction_unanswered(struct arena *a, const struct service *s, bool lapses)
{
    struct limit l;
    bool now;
    struct bitext source = bitext_of(json_get(service_correction(a, s, &l, &now), "source"));
    if (!lapses)
        return (struct bitext){
            S("到期未补正的，申请予以保留，尚未受理，不计办理时限；您仍可补正或者撤回。"),
            S("Without an answer by then the application is kept: it is not accepted and no time runs; you may "
              "still correct or withdraw it.")};
    return (struct bitext){
        arena_printf(a, "到期未补正的，视为放弃申请（%.*s）；您可以重新申请。", SLICE_ARG(source.zh)),
        arena_printf(a, "Without an answer by then the application counts as given up (%.*s); you may apply again.",
                     SLICE_ARG(source.en))};
}

/* The day on which it is asked is not counted. */
static struct until until_of(struct run *r)
{
    struct until u;
    struct clock k = {.started = r->k->now};
    (void)service_correction(r->a, r->service, &k.promised, &u.lapses);
    u.due = clock_due(r->k->city->calendar, &k, &k.promised);
    struct civil c = civil_of_instant(u.due);
    u.by.zh = arena_printf(r->a, "%d年%d月%d日", c.year, c.month, c.day);
    u.by.en = day_text(r->a, day_of_instant(u.due));
    u.then = correction_unanswered(r->a, r->service, u.lapses);
    return u;
}

static result set_timer(struct run *r, instant due)
{
    struct json_builder b = json_builder(r->a);
    json_set_cstr(&b, "t", "timer");
    json_set_str(&b, "id", id_text(r->a, id_new(r->k->now)));
    json_set_int(&b, "token", ANSWER_TIMER);
    json_set_int(&b, "due", due);
    return run_fact(r, json_object(&b));
}

/* ---- asked ---- */

result run_asked_too_late(struct run *r, instant last)
{
    return fail(r->a, CODE_CASE_CORRECTION_LATE, S("/outcome"), "value", day_text(r->a, day_of_instant(last)), NULL);
}

/* One line for each thing asked. */
static struct slice lines(struct arena *a, const struct json *list)
{
    struct buf b = buf_new(a, 64 * 1024);
    for (size_t i = 0; i < list->n; i++) {
        buf_puts(&b, i ? "\n- " : "- ");
        buf_put(&b, list->items[i]->text);
    }
    return buf_slice(&b);
}

/* 行政许可法 art. 32 (4): asked once, in full, within five working days of filing. */
result run_ask_correction(struct run *r, const struct task_decision *t)
{
    if (r->c->correction) return fail(r->a, CODE_CASE_CORRECTION_ONCE, S("/outcome"), "number", r->c->number, NULL);
    if (!t->corrections || t->corrections->n == 0) return fail(r->a, CODE_FIELD_REQUIRED, S("/corrections"), NULL);
    instant last = acceptance_end(r->k->city->calendar, r->c->filed_at);
    /* accepted long ago: what is lacking now can no longer stop the clock */
    if (r->c->state != CASE_FILED || r->k->now > last) return run_asked_too_late(r, last);
    struct until u = until_of(r);
    struct json_builder b = json_builder(r->a), x = json_builder(r->a);
    json_set_cstr(&b, "t", "correction");
    json_set_int(&b, "token", t->token);
    json_set(&b, "items", t->corrections);
    json_set_str(&b, "name", r->k->actor->name);
    json_set_int(&b, "due", u.due);
    json_set_bool(&b, "lapses", u.lapses);
    TRY(run_fact(r, json_object(&b)));
    TRY(set_timer(r, u.due));
    json_set(&x, "items", t->corrections);
    json_set_str(&x, "answer_by", u.by.zh);
    json_set_str(&x, "answer_by_en", u.by.en);
    json_set_str(&x, "unanswered", u.then.zh);
    json_set_str(&x, "unanswered_en", u.then.en);
    struct slice what = lines(r->a, t->corrections);
    struct bitext more = {arena_printf(r->a, "\n%.*s\n请于%.*s（含当日）前补正。%.*s", SLICE_ARG(what),
                                       SLICE_ARG(u.by.zh), SLICE_ARG(u.then.zh)),
                          arena_printf(r->a, "\n%.*s\nPlease answer by %.*s (that day included). %.*s", SLICE_ARG(what),
                                       SLICE_ARG(u.by.en), SLICE_ARG(u.then.en))};
    run_notice_both(r, NOTICE_CORRECTION, more);
    return run_paper(r, "correction", json_object(&x));
}

/* ---- answered ---- */

struct answer {
    const struct json *data;
    const struct id *papers;
    size_t npapers;
};

static result correct_body(struct run *r)
{
    const struct answer *x = r->args;
    const struct json *data = x->data;
    TRY(run_own_case(r));
    if (r->c->state != CASE_CORRECTION)
        return fail(r->a, CODE_CASE_NO_CORRECTION, S("case"), "number", r->c->number, NULL);
    instant due = json_int(r->c->correction, "due", 0);
    if (due && r->k->now > due && json_bool(r->c->correction, "lapses", false))
        return fail(r->a, CODE_CASE_CORRECTION_OVER, S("case"), "number", r->c->number, "value",
                    day_text(r->a, day_of_instant(due)), NULL);
    const struct json *form =
        form_clean(r->a, service_form(r->service), json_merge(r->a, json_get(r->c->vars, "form"), data));
    TRY(schema_validate(r->a, service_form(r->service), form));
    TRY(case_standing(r->a, r->service, json_get(r->c->vars, "applicant"), form));
    TRY(confirm_same(r->k->city, r->a, r->service, json_get(r->c->vars, "form"), form));
    struct json_builder b = json_builder(r->a);
    json_set(&b, "form", form);
    r->c->vars = json_merge(r->a, r->c->vars, json_object(&b));
    for (size_t i = 0; i < x->npapers; i++) attachment_link(r->d, x->papers[i], r->c->id);
    TRY(run_fact1(r, "timer_off", "token", json_of_int(r->a, ANSWER_TIMER)));
    struct json_builder fact = json_builder(r->a);
    json_set_cstr(&fact, "t", "corrected");
    json_set_int(&fact, "due", acceptance_end(r->k->city->calendar, r->k->now));
    if (x->npapers) json_set_int(&fact, "papers", (int64_t)x->npapers);
    return run_fact(r, json_object(&fact));
}

/* The papers newly named must be the applicant's to use; those of the filing were checked then. */
static result answer_papers(struct case_command *k, struct answer *x)
{
    enum case_audience who;
    struct id subject;
    struct case_row c;
    const struct service *s;
    TRY(case_may_see(k->city, k->a, k->actor, k->case_id, &who, &subject));
    TRY(case_read(k->city, k->a, k->case_id, &c, NULL));
    TRY(catalogue_by_hash(k->city->catalogue, k->a, c.service_hash, &s));
    return attachments_check(k->city, k->a, k->actor, service_form(s), x->data, &x->papers, &x->npapers);
}

result case_correct(struct case_command *k, const struct json *data, struct case_done *out)
{
    struct answer x = {.data = data};
    struct run r = {.k = k, .kind = "correct", .body = correct_body, .args = &x, .out = out};
    TRY(answer_papers(k, &x));
    return run_command(&r);
}

/* ---- nobody answered ---- */

result run_unanswered(struct run *r)
{
    TRY(run_fact1(r, "timer_off", "token", json_of_int(r->a, ANSWER_TIMER)));
    if (!json_bool(r->c->correction, "lapses", false)) {
        run_notice(r, NOTICE_UNANSWERED, (struct slice){NULL, 0});
        return run_fact1(r, "unanswered", NULL, NULL);
    }
    struct json_builder b = json_builder(r->a), x = json_builder(r->a);
    json_set_cstr(&b, "t", "withdrawn");
    json_set_cstr(&b, "how", "lapsed");
    TRY(run_end_withdrawn(r, json_object(&b)));
    run_notice(r, NOTICE_LAPSED, (struct slice){NULL, 0});
    json_set_bool(&x, "lapsed", true);
    struct limit l;
    bool lapses;
    struct bitext source = bitext_of(json_get(service_correction(r->a, r->service, &l, &lapses), "source"));
    json_set_str(&x, "lapse_source", source.zh);
    json_set_str(&x, "lapse_source_en", source.en);
    return run_paper(r, "withdrawn", json_object(&x));
}
