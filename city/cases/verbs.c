#include "city/cases/verbs.h"

#include "city/cases/issue.h"
#include "city/cases/review.h"

static const struct json *both(struct arena *a, struct slice zh, struct slice en)
{
    struct bitext t = {zh, en};
    return bitext_json(a, t);
}

/* ---- paper.issue: the numbered papers of the law (受理、不予受理、补正告知、准予、不予 …) ---- */

static const struct {
    const char *kind, *zh, *en, *word;
} PAPERS[] = {
    {"acceptance", "受理通知书", "Notice of acceptance", "受"},
    {"not_accepted", "不予受理决定书", "Decision not to accept", "不受"},
    {"correction", "补正告知书", "Notice to correct and supplement", "补"},
    {"granted", "准予决定书", "Decision to grant", "准"},
    {"refused", "不予许可（办理）决定书", "Decision to refuse", "不准"},
    {"clock_stop", "期限扣除告知书", "Notice of time not counted", "扣"},
    {"withdrawn", "终止办理通知书", "Notice of termination", "终"},
};

static result paper_number(struct verb_call *x, const char *word, struct slice *out)
{
    int year = civil_of_instant(x->now).year;
    struct slice issuer = issuing_department(x);
    struct slice series = arena_printf(x->a, "paper:%.*s:%s:%d", SLICE_ARG(issuer), word, year);
    int64_t n;
    TRY(store_numbers(x->city->store, x->a, series, 1, &n));
    const struct department *d = citydata_department(catalogue_data(x->city->catalogue), issuer);
    *out = arena_printf(x->a, "%.*s%s字〔%d〕第%lld号", SLICE_ARG(d ? d->mark : issuer), word, year, (long long)n);
    return ok();
}

static result paper_run(struct verb_call *x, const struct json **output)
{
    struct slice kind = json_string(x->input, "paper");
    struct json_builder facts = json_builder(x->a), rec = json_builder(x->a);
    for (size_t i = 0; i < sizeof PAPERS / sizeof *PAPERS; i++) {
        if (!slice_is(kind, PAPERS[i].kind)) continue;
        struct issue d = {.kind = kind, .token = paper_token(x), .purpose = SIGN_DOCUMENT_PDF};
        TRY(paper_number(x, PAPERS[i].word, &d.number));
        d.title = both(x->a, slice_cstr(PAPERS[i].zh), slice_cstr(PAPERS[i].en));
        d.template_ = paper_template(x, kind);
        if (!d.template_) return fail(x->a, CODE_NOT_FOUND, S("letters"), "value", kind, NULL);
        json_set_cstr(&rec, "type", "document");
        json_set_str(&rec, "id", id_text(x->a, x->job));
        json_set_str(&rec, "case", x->case_number);
        json_set_str(&rec, "number", d.number);
        json_set_str(&rec, "kind", kind);
        d.record = json_object(&rec);
        d.data = paper_data(x, paper_context(x, d.number, d.token));
        TRY(paper_issue(x, &d, &facts));
        x->facts = json_array(&facts);
        *output = json_null();
        return ok();
    }
    return fail(x->a, CODE_NOT_FOUND, S("paper"), "value", kind, NULL);
}

static const struct verb PAPER = {
    .name = "paper.issue",
    .kind = VERB_JOB,
    .summary_zh = "制发办件文书",
    .summary_en = "Issues a numbered paper of the case",
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"paper\"],\"properties\":{\"paper\":{\"type\":\"string\"},\"department\":{\"type\":\"string\"},\"extra\":{}}}",
    .output_schema = "{}",
    .run = paper_run};

/* ---- document.issue: a document of the service's own ---- */

static result document_run(struct verb_call *x, const struct json **output)
{
    struct slice name = json_string(x->input, "template");
    struct json_builder facts = json_builder(x->a), rec = json_builder(x->a), out = json_builder(x->a);
    struct issue d = {
        .kind = name, .token = paper_token(x), .purpose = SIGN_DOCUMENT_PDF, .template_ = paper_template(x, name)};
    if (!d.template_) return fail(x->a, CODE_NOT_FOUND, S("template"), "value", name, NULL);
    TRY(paper_number(x, "证", &d.number));
    d.title = json_get(d.template_, "title");
    json_set_cstr(&rec, "type", "document");
    json_set_str(&rec, "id", id_text(x->a, x->job));
    json_set_str(&rec, "case", x->case_number);
    json_set_str(&rec, "number", d.number);
    json_set_str(&rec, "kind", name);
    d.record = json_object(&rec);
    d.data = paper_data(x, paper_context(x, d.number, d.token));
    TRY(paper_issue(x, &d, &facts));
    x->facts = json_array(&facts);
    json_set_str(&out, "document", id_text(x->a, x->job));
    json_set_str(&out, "number", d.number);
    *output = json_object(&out);
    return ok();
}

static const struct verb DOCUMENT = {
    .name = "document.issue",
    .kind = VERB_JOB,
    .summary_zh = "制发文书",
    .summary_en = "Issues a document of the service",
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"template\"],\"properties\":{\"template\":{\"type\":\"string\"},\"department\":{\"type\":\"string\"},\"data\":{}}}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"document\":{\"type\":\"string\"},\"number\":{\"type\":\"string\"}}}",
    .run = document_run};

static const struct verb *const VERBS[] = {&PAPER, &DOCUMENT, &LICENCE_ISSUE, &REVIEW_OPEN};

const struct area CITY_AREA = {.number = -1,
                               .name_zh = "全市通用",
                               .name_en = "City-wide",
                               .verbs = VERBS,
                               .nverbs = sizeof VERBS / sizeof *VERBS};
