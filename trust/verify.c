#include "trust/verify_parts.h"

void report_add(struct verification *v, const char *name, enum check_state state, struct slice zh, struct slice en)
{
    if (state == CHECK_FAILED) v->good = false;
    if (v->out->nchecks == CHECKS_MAX) { /* never reached by the checks there are; never pass over one in silence */
        v->good = false;
        return;
    }
    v->checks[v->out->nchecks++] = (struct check){name, state, zh, en};
}

bool report_if(struct verification *v, const char *name, bool good, const char *ok_zh, const char *ok_en,
               const char *bad_zh, const char *bad_en)
{
    report_add(v, name, good ? CHECK_OK : CHECK_FAILED, slice_cstr(good ? ok_zh : bad_zh),
               slice_cstr(good ? ok_en : bad_en));
    return good;
}

/* ---- finding the signature ---- */

/* The one signature field of the form, and nothing else on it. */
static bool find_signature(struct verification *v)
{
    const struct pdf_value *root = pdf_get_raw(v->file.trailer, "Root");
    if (!root || root->type != PDF_REF) return false;
    v->root = pdf_object(&v->file, root->integer, NULL);
    const struct pdf_value *fields = pdf_get(&v->file, pdf_get(&v->file, v->root, "AcroForm"), "Fields");
    if (!fields || fields->type != PDF_ARRAY || fields->n != 1 || fields->items[0].type != PDF_REF) return false;
    const struct pdf_value *field = pdf_object(&v->file, fields->items[0].integer, NULL),
                           *type = pdf_get_raw(field, "FT");
    if (!type || type->type != PDF_NAME || !slice_is(type->text, "Sig")) return false;
    v->signature = pdf_get(&v->file, field, "V");
    const struct pdf_value *form = pdf_get_raw(v->signature, "SubFilter"),
                           *purpose = pdf_get_raw(v->signature, "TongbanPurpose");
    if (!form || form->type != PDF_NAME || !slice_is(form->text, "adbe.pkcs7.detached")) return false;
    if (!purpose || purpose->type != PDF_NAME) return false;
    v->out->purpose = purpose->text;
    return true;
}

/* [0 a b c] with [a, b) exactly the value of /Contents and b + c the end of the file. */
static bool find_ranges(struct verification *v)
{
    const struct pdf_value *r = pdf_get_raw(v->signature, "ByteRange"),
                           *contents = pdf_get_raw(v->signature, "Contents");
    if (!r || r->type != PDF_ARRAY || r->n != 4 || !contents || contents->type != PDF_STRING || !contents->hex)
        return false;
    for (size_t i = 0; i < 4; i++)
        if (r->items[i].type != PDF_INT) return false;
    uint64_t a = (uint64_t)r->items[1].integer, b = (uint64_t)r->items[2].integer, c = (uint64_t)r->items[3].integer;
    if (r->items[0].integer != 0 || a != contents->start || b != contents->end || b > v->pdf.n || c != v->pdf.n - b)
        return false;
    v->head = slice_sub(v->pdf, 0, (size_t)a);
    v->tail = slice_sub(v->pdf, (size_t)b, (size_t)c);
    return true;
}

/* The DER in /Contents, followed by zeros only, in lower-case hexadecimal: no byte in the gap is free. */
static bool find_cms(struct verification *v)
{
    struct slice raw, hex = pdf_get_raw(v->signature, "Contents")->text;
    for (size_t i = 0; i < hex.n; i++)
        if (hex.p[i] >= 'A' && hex.p[i] <= 'F') return false;
    if (!hex_decode(v->a, hex, &raw) || raw.n < 4) return false;
    const uint8_t *p = (const uint8_t *)raw.p;
    if (p[0] != 0x30 || p[1] != 0x82) return false; /* a SEQUENCE of 256 to 65535 bytes */
    size_t n = 4 + ((size_t)p[2] << 8 | p[3]);
    if (n > raw.n) return false;
    for (size_t i = n; i < raw.n; i++)
        if (p[i]) return false;
    v->cms = slice_sub(raw, 0, n);
    return true;
}

/* Two revisions, the second being the signature's own: its table lies behind the signature and is the last. */
static bool nothing_after(const struct verification *v)
{
    return v->file.revisions == 2 && v->file.last_xref >= v->pdf.n - v->tail.n && slice_ends(v->tail, S("%%EOF\n"));
}

void verify_pdf(struct arena *a, struct slice pdf, const struct trust_anchors *anchors, instant at,
                struct verify_report *out)
{
    struct verification *v = NEW(a, struct verification);
    *out = (struct verify_report){0};
    *v = (struct verification){.a = a, .anchors = anchors, .pdf = pdf, .at = at, .out = out, .good = true};
    out->checks = v->checks;
    bool readable = pdf.n <= VERIFY_MAX_BYTES && !failed(pdf_read(a, pdf, &v->file)) && find_signature(v);
    out->readable = readable;
    if (report_if(v, "format", readable, "是带签名的 PDF 文件", "a signed PDF file",
                  "不是本平台签名的 PDF 文件，或文件已损坏", "not a PDF signed by this platform, or a damaged one")) {
        bool covered = find_ranges(v) && find_cms(v) && nothing_after(v);
        if (report_if(v, "coverage", covered, "签名覆盖整个文件，其后无追加内容",
                      "the signature covers the whole file; nothing was appended",
                      "签名未覆盖整个文件，或签名后追加了内容",
                      "the signature does not cover the whole file, or something was appended"))
            verify_signature(v);
        verify_record(v);
    }
    out->good = v->good;
}

void verify_file(struct arena *a, struct slice file, const struct trust_anchors *anchors, const struct verify_ask *ask,
                 struct verify_report *out)
{
    if (slice_starts(file, S("PK")))
        verify_ofd(a, file, anchors, ask, out);
    else
        verify_pdf(a, file, anchors, ask->at, out);
}

const struct json *verify_report_json(struct arena *a, const struct verify_report *r)
{
    static const char *const states[] = {"ok", "failed", "warning"};
    struct json_builder b = json_builder(a), list = json_builder(a);
    for (size_t i = 0; i < r->nchecks; i++) {
        struct json_builder one = json_builder(a), text = json_builder(a);
        json_set_str(&text, "zh", r->checks[i].zh);
        json_set_str(&text, "en", r->checks[i].en);
        json_set_cstr(&one, "name", r->checks[i].name);
        json_set_cstr(&one, "ok", states[r->checks[i].state]);
        json_set(&one, "text", json_object(&text));
        json_add(&list, json_object(&one));
    }
    json_set_bool(&b, "good", r->good);
    json_set(&b, "checks", json_array(&list));
    json_set(&b, "record", r->record ? r->record : json_null());
    json_set_str(&b, "signer", r->signer);
    json_set(&b, "signed_at", r->signed_at ? json_of_string(a, instant_text(a, r->signed_at)) : json_null());
    json_set(&b, "seals", r->seals ? r->seals : json_null());
    json_set(&b, "metadata", r->metadata ? r->metadata : json_null());
    if (r->log) json_set(&b, "log", r->log);
    return json_object(&b);
}
