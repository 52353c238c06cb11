/* How papers and licences are made: the data that a template may refer to, rendering, signing, sealing, and the facts that say so. Runs
 * outside any transaction. */
#include "city/cases/issue.h"

#include "city/seals/seals.h"
#include "trust/crypto.h"
#include "trust/ofd_render.h"
#include "trust/pdf.h"
#include "trust/pdf_sign.h"

static const struct json *both(struct arena *a, struct slice zh, struct slice en)
{
    struct bitext t = {zh, en};
    return bitext_json(a, t);
}

struct slice paper_date(struct arena *a, instant t)
{
    struct civil c = civil_of_instant(t);
    return arena_printf(a, "%d年%d月%d日", c.year, c.month, c.day);
}

/* ---- what every template can refer to: the case's variables, and these ---- */

static void set_issuer(struct json_builder *b, const struct verb_call *x, struct slice department)
{
    struct json_builder i = json_builder(x->a);
    const struct department *d = citydata_department(catalogue_data(x->city->catalogue), department);
    struct slice zh = d ? d->official : department, en = d ? d->name.en : department;
    json_set_str(&i, "zh", zh);
    json_set_str(&i, "en", en);
    json_set_str(&i, "uscc", d ? d->uscc : (struct slice){NULL, 0});
    json_set(b, "issuer", json_object(&i));
}

struct slice issuing_department(const struct verb_call *x)
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

const struct json *paper_context(const struct verb_call *x, struct slice number, struct slice token)
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
    json_set_str(&b, "date", paper_date(a, x->now));
    json_set_str(&b, "issued_on", day_text(a, day_of_instant(x->now)));
    json_set_str(&b, "verify_url", arena_printf(a, "%.*s/verify/%.*s", SLICE_ARG(x->city->base_url), SLICE_ARG(token)));
    json_set(&b, "remedies", json_get(service_json(x->version), "remedies"));
    json_set_str(&b, "hotline", json_string(service_json(x->version), "hotline"));
    set_issuer(&b, x, issuing_department(x));
    return json_object(&b);
}

const struct json *paper_data(const struct verb_call *x, const struct json *own)
{
    const struct json *v = json_merge(x->a, x->vars, own);
    v = json_merge(x->a, v, json_get(x->input, "extra"));
    return json_merge(x->a, v, json_get(x->input, "data"));
}

/* ---- issuing: render, sign, blob, facts ---- */

static struct slice hex32(struct arena *a, const uint8_t h[32])
{
    return hex_encode(a, slice_of((const char *)h, 32));
}

/* The original of a licence: OFD, sealed where the body has a seal. Its id follows from the job's, so that every try makes the same. */
static result original(struct verb_call *x, const struct issue *i, const struct document_template *t,
                       struct json_builder *fact)
{
    struct ofd_about about = {.id = hex_encode(x->a, id_bytes(&x->job)),
                              .made_at = x->now,
                              .custom = i->metadata,
                              .ncustom = i->nmetadata,
                              .specimen = x->city->test_keys};
    struct ofd_made made;
    struct slice package;
    struct id id = x->job;
    struct json_builder b = json_builder(x->a);
    uint8_t h[32];
    bool sealed = false;
    id.b[15] ^= 1;
    TRY(ofd_render(x->a, t, i->data, &about, &made));
    TRY(department_seal_ofd(x->city, x->a, issuing_department(x), i->kind, i->number, made.package,
                            (int64_t)(made.seal_x - SEAL_MM / 2.0), (int64_t)(made.seal_y - SEAL_MM / 2.0), x->now,
                            &package, &sealed));
    if (!sealed) package = made.package;
    x->blobs[x->nblobs++] = (struct verb_blob){id, package};
    crypto_sha256(package, h);
    json_set_str(&b, "id", id_text(x->a, id));
    json_set_str(&b, "sha256", hex32(x->a, h));
    json_set_bool(&b, "sealed", sealed);
    json_set(fact, "original", json_object(&b));
    return ok();
}

result paper_issue(struct verb_call *x, const struct issue *i, struct json_builder *facts)
{
    const struct document_template *t = NULL;
    struct pdf_issue in = {.purpose = i->purpose, .record = i->record, .at = x->now};
    struct pdf_issued out;
    const struct department *d = citydata_department(catalogue_data(x->city->catalogue), issuing_department(x));
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
    if (i->metadata) TRY(original(x, i, t, &b));
    json_add(facts, json_object(&b));
    return ok();
}

/* A public token that is the same at every try of the job, and that nobody can guess from the job's id. */
struct slice paper_token(const struct verb_call *x)
{
    uint8_t h[32];
    struct slice key = slice_of((const char *)x->city->index_key, 32);
    crypto_hmac_sha256(key, id_bytes(&x->job), h);
    return base64url_encode(x->a, slice_of((const char *)h, 18));
}

const struct json *paper_template(const struct verb_call *x, struct slice name)
{
    const struct service_document *d = service_document(x->version, name);
    return d ? d->template_ : json_get_slice(x->city->letters, name);
}
