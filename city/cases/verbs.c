#include "city/cases/verbs.h"

#include "city/cases/review.h"

#include "base/identifier.h"
#include "city/cases/run.h"
#include "trust/crypto.h"
#include "trust/pdf_sign.h"
#include "trust/pdf.h"

static const struct citydata *data_of(const struct city *c)
{
    return catalogue_data(c->catalogue);
}

static const struct json *both(struct arena *a, struct slice zh, struct slice en)
{
    struct bitext t = {zh, en};
    return bitext_json(a, t);
}

static struct slice date_zh(struct arena *a, instant t)
{
    struct civil c = civil_of_instant(t);
    return arena_printf(a, "%d年%d月%d日", c.year, c.month, c.day);
}

/* ---- what every template can refer to: the case's variables, and these ---- */

static void set_issuer(struct json_builder *b, const struct verb_call *x, struct slice department)
{
    struct json_builder i = json_builder(x->a);
    const struct department *d = citydata_department(data_of(x->city), department);
    struct slice zh = d ? d->official : department, en = d ? d->name.en : department;
    json_set_str(&i, "zh", zh);
    json_set_str(&i, "en", en);
    json_set_str(&i, "uscc", d ? d->uscc : (struct slice){NULL, 0});
    json_set(b, "issuer", json_object(&i));
}

static struct slice issuing_department(const struct verb_call *x)
{
    struct slice own = json_string(x->input, "department");
    if (own.n) return own;
    const struct service_step *s = service_step_find(x->version, x->step);
    return s && s->department.n ? s->department : x->department;
}

static struct slice limit_text(struct arena *a, struct limit l, bool zh)
{
    static const char *const ZH[] = {"个工作日", "日", "小时", "个工作小时"};
    static const char *const EN[] = {"working day", "calendar day", "hour", "working hour"};
    if (zh) return arena_printf(a, "%lld%s", (long long)l.n, ZH[l.unit]);
    return arena_printf(a, "%lld %s%s", (long long)l.n, EN[l.unit], l.n == 1 ? "" : "s");
}

/* Absent when there is no such limit: a letter then says nothing about it. */
static void set_limit_text(struct json_builder *b, const char *zh, const char *en, struct limit l)
{
    if (!l.n) return;
    json_set_str(b, zh, limit_text(b->a, l, true));
    json_set_str(b, en, limit_text(b->a, l, false));
}

/* What a decision may cite: the service's own legal basis; the Administrative Licensing Law only for licences (许可). */
static void set_basis(struct json_builder *b, const struct service *s)
{
    struct json_builder zh = json_builder(b->a);
    struct buf en = buf_new(b->a, 64 * 1024);
    const struct json *v = service_json(s), *list = json_get(v, "legal_basis");
    for (size_t i = 0; list && i < list->n; i++) {
        json_add(&zh, json_get(list->items[i], "zh"));
        buf_printf(&en, "%s%.*s", i ? "; " : "", SLICE_ARG(json_string(list->items[i], "en")));
    }
    json_set(b, "basis", json_array(&zh));
    json_set_str(b, "basis_en", buf_slice(&en));
    json_set_bool(b, "licensing", slice_is(json_string(v, "type"), "01"));
}

static const struct json *context(const struct verb_call *x, struct slice number, struct slice token)
{
    struct arena *a = x->a;
    struct json_builder b = json_builder(a), k = json_builder(a);
    struct bitext name = service_name(x->version);
    json_set_str(&k, "number", x->case_number);
    json_set(&k, "service", both(a, name.zh, name.en));
    set_limit_text(&k, "promised", "promised_en", service_promised(x->version));
    set_limit_text(&k, "statutory", "statutory_en", service_statutory(x->version));
    set_basis(&k, x->version);
    json_set(&b, "case", json_object(&k));
    json_set_str(&b, "number", number);
    json_set_str(&b, "date", date_zh(a, x->now));
    json_set_str(&b, "issued_on", day_text(a, day_of_instant(x->now)));
    json_set_str(&b, "verify_url", arena_printf(a, "%.*s/verify/%.*s", SLICE_ARG(x->city->base_url), SLICE_ARG(token)));
    json_set(&b, "remedies", json_get(service_json(x->version), "remedies"));
    json_set_str(&b, "hotline", json_string(service_json(x->version), "hotline"));
    set_issuer(&b, x, issuing_department(x));
    return json_object(&b);
}

static const struct json *template_data(const struct verb_call *x, const struct json *own)
{
    const struct json *v = json_merge(x->a, x->vars, own);
    v = json_merge(x->a, v, json_get(x->input, "extra"));
    return json_merge(x->a, v, json_get(x->input, "data"));
}

/* ---- issuing: render, sign, blob, facts ---- */

struct issue {
    struct slice kind, number, token, certificate_id;
    const struct json *title, *template_, *data, *record;
    enum signer_purpose purpose;
};

static struct slice hex32(struct arena *a, const uint8_t h[32])
{
    return hex_encode(a, slice_of((const char *)h, 32));
}

static result issue(struct verb_call *x, const struct issue *i, struct json_builder *facts)
{
    const struct document_template *t = NULL;
    struct pdf_issue in = {.purpose = i->purpose, .record = i->record, .at = x->now};
    struct pdf_issued out;
    const struct department *d = citydata_department(data_of(x->city), issuing_department(x));
    in.issuer = d ? d->official : x->department;
    TRY(template_parse(x->a, i->template_, i->kind, &t));
    TRY(pdf_render(x->a, t, i->data, x->now, x->city->test_keys, &in.pdf));
    TRY(pdf_issue(x->a, x->city->signer, &in, &out));
    x->blobs[x->nblobs++] = (struct verb_blob){x->job, out.pdf};
    struct json_builder b = json_builder(x->a);
    json_set_cstr(&b, "t", "document");
    json_set_str(&b, "id", id_text(x->a, x->job));
    json_set_str(&b, "kind", i->kind);
    json_set_str(&b, "step", x->step);
    json_set_str(&b, "number", i->number);
    json_set(&b, "title", i->title);
    json_set_str(&b, "sha256", hex32(x->a, out.sha256));
    json_set_str(&b, "token", i->token);
    json_add(facts, json_object(&b));
    return ok();
}

/* A public token that is the same at every try of the job, and that nobody can guess from the job's id. */
static struct slice public_token(const struct verb_call *x)
{
    uint8_t h[32];
    struct slice key = slice_of((const char *)x->city->index_key, 32);
    crypto_hmac_sha256(key, id_bytes(&x->job), h);
    return base64url_encode(x->a, slice_of((const char *)h, 18));
}

static const struct json *template_of(const struct verb_call *x, struct slice name)
{
    const struct service_document *d = service_document(x->version, name);
    return d ? d->template_ : json_get_slice(x->city->letters, name);
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
    const struct department *d = citydata_department(data_of(x->city), issuer);
    *out = arena_printf(x->a, "%.*s%s字〔%d〕第%lld号", SLICE_ARG(d ? d->mark : issuer), word, year, (long long)n);
    return ok();
}

static result paper_run(struct verb_call *x, const struct json **output)
{
    struct slice kind = json_string(x->input, "paper");
    struct json_builder facts = json_builder(x->a), rec = json_builder(x->a);
    for (size_t i = 0; i < sizeof PAPERS / sizeof *PAPERS; i++) {
        if (!slice_is(kind, PAPERS[i].kind)) continue;
        struct issue d = {.kind = kind, .token = public_token(x), .purpose = SIGN_DOCUMENT_PDF};
        TRY(paper_number(x, PAPERS[i].word, &d.number));
        d.title = both(x->a, slice_cstr(PAPERS[i].zh), slice_cstr(PAPERS[i].en));
        d.template_ = template_of(x, kind);
        if (!d.template_) return fail(x->a, CODE_NOT_FOUND, S("letters"), "value", kind, NULL);
        json_set_cstr(&rec, "type", "document");
        json_set_str(&rec, "id", id_text(x->a, x->job));
        json_set_str(&rec, "case", x->case_number);
        json_set_str(&rec, "number", d.number);
        json_set_str(&rec, "kind", kind);
        d.record = json_object(&rec);
        d.data = template_data(x, context(x, d.number, d.token));
        TRY(issue(x, &d, &facts));
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
        .kind = name, .token = public_token(x), .purpose = SIGN_DOCUMENT_PDF, .template_ = template_of(x, name)};
    if (!d.template_) return fail(x->a, CODE_NOT_FOUND, S("template"), "value", name, NULL);
    TRY(paper_number(x, "证", &d.number));
    d.title = json_get(d.template_, "title");
    json_set_cstr(&rec, "type", "document");
    json_set_str(&rec, "id", id_text(x->a, x->job));
    json_set_str(&rec, "case", x->case_number);
    json_set_str(&rec, "number", d.number);
    json_set_str(&rec, "kind", name);
    d.record = json_object(&rec);
    d.data = template_data(x, context(x, d.number, d.token));
    TRY(issue(x, &d, &facts));
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

/* ---- licence.issue: an electronic licence (电子证照) ---- */

/* GB/T 36904: type code (ministry's USCC + 3), issuer's USCC, serial, version, check. */
static result certificate_id(struct verb_call *x, struct slice type_code, struct slice issuer, struct slice *out)
{
    int year = civil_of_instant(x->now).year;
    int64_t n;
    TRY(store_numbers(x->city->store, x->a,
                      arena_printf(x->a, "ecert:%.*s:%.*s:%d", SLICE_ARG(type_code), SLICE_ARG(issuer), year), 1, &n));
    const struct slice parts[] = {type_code, issuer, arena_printf(x->a, "%d%07lld", year, (long long)n), S("001")};
    return identifier_generate(x->a, ID_KIND_ECERT, parts, 4, S("certificate_id"), out);
}

static const struct json *licence_record(const struct verb_call *x, const struct issue *d, const struct json *holder,
                                         instant valid_to)
{
    struct json_builder b = json_builder(x->a);
    json_set_cstr(&b, "type", "licence");
    json_set_str(&b, "id", d->certificate_id);
    json_set_str(&b, "licence", json_string(x->input, "type"));
    json_set(&b, "title", d->title);
    json_set_str(&b, "number", d->number);
    json_set(&b, "holder", holder ? holder : json_null());
    json_set_str(&b, "valid_from", day_text(x->a, day_of_instant(x->now)));
    json_set(&b, "valid_to", valid_to ? json_of_string(x->a, day_text(x->a, day_of_instant(valid_to))) : json_null());
    json_set_str(&b, "case", x->case_number);
    return json_object(&b);
}

static instant licence_end(const struct verb_call *x)
{
    int64_t years = json_int(x->input, "valid_years", 0);
    if (years <= 0) return 0;
    struct civil c = civil_of_instant(x->now);
    int last = c.month == 2 && c.day == 29 ? 28 : c.day;
    return instant_of_day(day_of_civil(c.year + (int)years, c.month, last)) - 1;
}

static const struct json *licence_fact(const struct verb_call *x, const struct issue *d, instant valid_to)
{
    struct json_builder b = json_builder(x->a);
    json_set_cstr(&b, "t", "licence");
    json_set_str(&b, "id", id_text(x->a, x->job));
    json_set_str(&b, "document", id_text(x->a, x->job));
    if (json_get(x->input, "holder_id")) json_set(&b, "holder", json_get(x->input, "holder_id"));
    json_set_str(&b, "type", json_string(x->input, "type"));
    json_set(&b, "title", d->title);
    json_set_str(&b, "certificate_id", d->certificate_id);
    json_set_str(&b, "number", d->number);
    json_set_int(&b, "valid_to", valid_to);
    json_set_str(&b, "token", d->token);
    return json_object(&b);
}

static result licence_run(struct verb_call *x, const struct json **output)
{
    struct arena *a = x->a;
    struct slice name = json_string(x->input, "template");
    struct json_builder facts = json_builder(a), out = json_builder(a), own = json_builder(a);
    struct issue d = {
        .kind = S("licence"), .token = public_token(x), .purpose = SIGN_LICENCE_PDF, .template_ = template_of(x, name)};
    if (!d.template_) return fail(a, CODE_NOT_FOUND, S("template"), "value", name, NULL);
    const struct department *dep = citydata_department(data_of(x->city), issuing_department(x));
    TRY(certificate_id(x, json_string(x->input, "type_code"), dep ? dep->uscc : (struct slice){NULL, 0},
                       &d.certificate_id));
    d.number = json_string(x->input, "number");
    if (d.number.n == 0) d.number = d.certificate_id;
    d.title = json_get(d.template_, "title");
    instant end = licence_end(x);
    d.record = licence_record(x, &d, json_get(x->input, "holder"), end);
    json_set_str(&own, "certificate_id", d.certificate_id);
    json_set_str(&own, "valid_to", end ? date_zh(a, end) : S("长期"));
    d.data = template_data(x, json_merge(a, context(x, d.number, d.token), json_object(&own)));
    TRY(issue(x, &d, &facts));
    json_add(&facts, licence_fact(x, &d, end));
    x->facts = json_array(&facts);
    json_set_str(&out, "certificate_id", d.certificate_id);
    json_set_str(&out, "number", d.number);
    json_set_str(&out, "document", id_text(a, x->job));
    json_set_str(&out, "token", d.token);
    *output = json_object(&out);
    return ok();
}

static const struct verb LICENCE = {
    .name = "licence.issue",
    .kind = VERB_JOB,
    .summary_zh = "制发电子证照",
    .summary_en = "Issues an electronic licence",
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"type\",\"type_code\",\"template\"],\"properties\":{\"type\":{\"type\":\"string\"},"
        "\"type_code\":{\"type\":\"string\"},\"template\":{\"type\":\"string\"},\"number\":{\"type\":\"string\"},\"holder\":{},"
        "\"holder_id\":{\"type\":\"string\"},\"department\":{\"type\":\"string\"},\"valid_years\":{\"type\":\"integer\"},\"data\":{}}}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"certificate_id\":{\"type\":\"string\"},\"number\":{\"type\":\"string\"},"
        "\"document\":{\"type\":\"string\"},\"token\":{\"type\":\"string\"}}}",
    .run = licence_run};

static const struct verb *const VERBS[] = {&PAPER, &DOCUMENT, &LICENCE, &REVIEW_OPEN};

const struct area CITY_AREA = {.number = -1,
                               .name_zh = "全市通用",
                               .name_en = "City-wide",
                               .verbs = VERBS,
                               .nverbs = sizeof VERBS / sizeof *VERBS};
