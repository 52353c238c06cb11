/* One incremental update that adds: the attachment, the signature field, its value; and new versions of the catalogue and the
 * first page, which point to them. */
#include "trust/pdf_sign.h"

#include "trust/canonical.h"
#include "trust/pdf_read.h"

#include <stdio.h>

enum { CONTENTS_BYTES = 4096, UPDATE_MAX = 1 << 20, NEW_OBJECTS = 4 };

struct update {
    struct arena *a;
    const struct pdf_issue *in;
    struct pdf_file file;
    int64_t root, page;         /* object numbers of the catalogue and the first page */
    int64_t first;              /* of the four new objects */
    struct buf out;             /* appended to in->pdf */
    size_t at[NEW_OBJECTS + 2]; /* offsets: attachment, file specification, field, signature; then catalogue, page */
};

static result malformed(struct arena *a, const char *why)
{
    return fail(a, CODE_PDF_MALFORMED, S("/pdf"), "detail", slice_cstr(why), NULL);
}

/* ---- the record and its bundle ---- */

static result complete_record(struct arena *a, const struct pdf_issue *in, struct slice *canonical, struct slice *id)
{
    struct json_builder b = json_builder(a);
    struct slice type = json_string(in->record, "type");
    *id = json_string(in->record, "id");
    enum signer_purpose fits;
    if (!signer_purpose_of_record(type, &fits)) return fail(a, CODE_FIELD_REQUIRED, S("/record/type"), NULL);
    if (id->n == 0) return fail(a, CODE_FIELD_REQUIRED, S("/record/id"), NULL);
    if (in->purpose != fits)
        return fail(a, CODE_SIGNER_POLICY, S("/record/type"), "detail", S("the record does not fit the purpose"), NULL);
    struct slice hash = crypto_sha256_hex(a, in->pdf);
    json_set_str(&b, "rendition", arena_printf(a, "sha256:%.*s", SLICE_ARG(hash)));
    return canonical_json(a, json_merge(a, in->record, json_object(&b)), canonical);
}

static const struct json *signatures_json(struct arena *a, const struct record_signatures *sig,
                                          const struct signer_certificates *c)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "sm2", base64_encode(a, sig->sm2));
    json_set_str(&b, "ed25519", base64_encode(a, sig->ed25519));
    json_set_str(&b, "sm2_certificate", c->sm2);
    json_set_str(&b, "ed25519_certificate", c->ed25519);
    json_set_str(&b, "issuing_certificate", c->issuing);
    return json_object(&b);
}

/* {"format", "record", "signatures"}, canonical as a whole. */
static result make_bundle(struct arena *a, struct slice record, const struct json *signatures, struct slice *out)
{
    struct json_builder b = json_builder(a);
    const struct json *v;
    TRY(json_parse(a, record, CANONICAL_MAX, S("/record"), &v));
    json_set_cstr(&b, "format", "tongban record 1");
    json_set(&b, "record", v);
    json_set(&b, "signatures", signatures);
    return canonical_json(a, json_object(&b), out);
}

/* ---- writing the update ---- */

static size_t position(const struct update *u)
{
    return u->in->pdf.n + u->out.n;
}

static void begin_object(struct update *u, int slot, int64_t number)
{
    u->at[slot] = position(u);
    buf_printf(&u->out, "%lld 0 obj\n", (long long)number);
}

static struct slice utf16_hex(struct arena *a, struct slice s)
{
    struct buf b = buf_new(a, 4096);
    buf_puts(&b, "FEFF");
    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        size_t n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
        uint32_t v = n == 1 ? c : c & (0xFFu >> (n + 1));
        for (size_t k = 1; k < n && i + k < s.n; k++) v = v << 6 | ((unsigned char)s.p[i + k] & 0x3Fu);
        if (v >= 0x10000)
            buf_printf(&b, "%04X%04X", 0xD800u + ((v - 0x10000) >> 10), 0xDC00u + ((v - 0x10000) & 0x3FF));
        else
            buf_printf(&b, "%04X", v);
        i += n;
    }
    return buf_slice(&b);
}

static struct slice pdf_date(struct arena *a, instant t)
{
    struct civil c = civil_of_instant(t);
    return arena_printf(a, "D:%04d%02d%02d%02d%02d%02d+08'00'", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

static void put_attachment(struct update *u, struct slice bundle)
{
    struct slice date = pdf_date(u->a, u->in->at);
    begin_object(u, 0, u->first);
    buf_printf(
        &u->out,
        "<< /Type /EmbeddedFile /Subtype /application#2Fjson /Length %zu /Params << /Size %zu /ModDate (%.*s) >> >>\nstream\n",
        bundle.n, bundle.n, SLICE_ARG(date));
    buf_put(&u->out, bundle);
    buf_puts(&u->out, "\nendstream\nendobj\n");
    begin_object(u, 1, u->first + 1);
    buf_printf(&u->out,
               "<< /Type /Filespec /F (record.json) /UF (record.json) /AFRelationship /Data\n"
               "   /Desc <%.*s> /EF << /F %lld 0 R /UF %lld 0 R >> >>\nendobj\n",
               SLICE_ARG(utf16_hex(u->a, S("证照（文书）记录及其签名 signed record"))), (long long)u->first,
               (long long)u->first);
}

static void put_field(struct update *u)
{
    begin_object(u, 2, u->first + 2);
    buf_printf(
        &u->out,
        "<< /Type /Annot /Subtype /Widget /FT /Sig /T (tongban) /F 132 /Rect [0 0 0 0] /P %lld 0 R /V %lld 0 R >>\nendobj\n",
        (long long)u->page, (long long)u->first + 3);
}

/* A dictionary of the base file with entries added at its end. */
static void put_extended(struct update *u, int slot, int64_t number, const struct pdf_value *dict, struct slice more)
{
    begin_object(u, slot, number);
    buf_put(&u->out, slice_sub(u->in->pdf, dict->start, dict->end - dict->start - 2));
    buf_printf(&u->out, "%.*s>>\nendobj\n", SLICE_ARG(more));
}

static result put_pointers(struct update *u)
{
    const struct pdf_value *root = pdf_object(&u->file, u->root, NULL), *page = pdf_object(&u->file, u->page, NULL);
    static const char *const taken[] = {"AcroForm", "Names", "AF", "Perms"};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (pdf_get_raw(root, taken[i])) return malformed(u->a, "already signed or with attachments");
    if (pdf_get_raw(page, "Annots")) return malformed(u->a, "page with annotations");
    long long spec = u->first + 1, field = u->first + 2, value = u->first + 3;
    put_extended(u, 4, u->root, root,
                 arena_printf(u->a,
                              "   /AcroForm << /Fields [%lld 0 R] /SigFlags 3 >>\n"
                              "   /Names << /EmbeddedFiles << /Names [(record.json) %lld 0 R] >> >> /AF [%lld 0 R]\n"
                              "   /Perms << /DocMDP %lld 0 R >>\n",
                              field, spec, spec, value));
    put_extended(u, 5, u->page, page, arena_printf(u->a, "   /Annots [%lld 0 R]\n", field));
    return ok();
}

/* Up to "/Contents "; the numbers of the byte range are filled in when they are known: returns where. */
static size_t put_signature_head(struct update *u)
{
    struct slice name = utf16_hex(u->a, u->in->issuer), date = pdf_date(u->a, u->in->at);
    begin_object(u, 3, u->first + 3);
    buf_printf(
        &u->out,
        "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached\n"
        "/Name <%.*s> /M (%.*s)\n"
        "/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P 1 /V /1.2 >> >>]\n"
        "/TongbanPurpose /%s\n/ByteRange ",
        SLICE_ARG(name), SLICE_ARG(date), signer_purpose_name(u->in->purpose));
    size_t at = u->out.n;
    buf_printf(&u->out, "[0 %-10d %-10d %-10d]\n/Contents ", 0, 0, 0);
    return at;
}

static void put_entry(struct update *u, struct buf *b, int64_t number, int slot)
{
    buf_printf(b, "%lld 1\n%010zu 00000 n \n", (long long)number, u->at[slot]);
}

/* What follows the signature's value: end of the object, cross-reference table, trailer. start: its offset in the file. */
static struct slice make_tail(struct update *u, size_t start)
{
    struct buf b = buf_new(u->a, 4096);
    const struct pdf_value *info = pdf_get_raw(u->file.trailer, "Info");
    uint8_t h[CRYPTO_HASH_BYTES];
    crypto_sha256(u->in->pdf, h);
    struct slice id = hex_encode(u->a, slice_of((const char *)h, 16));
    buf_puts(&b, "\n>>\nendobj\n");
    size_t xref = start + b.n;
    buf_puts(&b, "xref\n");
    put_entry(u, &b, u->page, 5);
    put_entry(u, &b, u->root, 4);
    for (int i = 0; i < NEW_OBJECTS; i++) put_entry(u, &b, u->first + i, i);
    buf_printf(&b, "trailer\n<< /Size %lld /Root %lld 0 R", (long long)u->first + NEW_OBJECTS, (long long)u->root);
    if (info && info->type == PDF_REF) buf_printf(&b, " /Info %lld 0 R", (long long)info->integer);
    buf_printf(&b, " /Prev %zu /ID [<%.*s> <%.*s>] >>\nstartxref\n%zu\n%%%%EOF\n", u->file.last_xref, SLICE_ARG(id),
               SLICE_ARG(id), xref);
    return buf_slice(&b);
}

static result find_places(struct update *u)
{
    TRY(pdf_read(u->a, u->in->pdf, &u->file));
    const struct pdf_value *root = pdf_get_raw(u->file.trailer, "Root"), *kids = NULL;
    if (root && root->type == PDF_REF)
        kids = pdf_get(&u->file, pdf_get(&u->file, pdf_object(&u->file, root->integer, NULL), "Pages"), "Kids");
    if (!kids || kids->type != PDF_ARRAY || kids->n == 0 || kids->items[0].type != PDF_REF)
        return malformed(u->a, "no page");
    u->root = root->integer;
    u->page = kids->items[0].integer;
    const struct pdf_value *page = pdf_object(&u->file, u->page, NULL), *type = pdf_get_raw(page, "Type");
    if (!type || !slice_is(type->text, "Page")) return malformed(u->a, "no page");
    u->first = (int64_t)u->file.size;
    return ok();
}

static result sign_and_join(struct update *u, struct signer *s, struct slice id, struct slice *pdf)
{
    size_t range_at = put_signature_head(u), gap = 2 + 2 * CONTENTS_BYTES;
    size_t head_n = position(u);
    struct slice tail = make_tail(u, head_n + gap), cms;
    struct buf whole = buf_new(u->a, u->in->pdf.n + UPDATE_MAX);
    char range[64];
    int n = snprintf(range, sizeof range, "[0 %-10zu %-10zu %-10zu]", head_n, head_n + gap, tail.n);
    if (u->out.overflow) return fail(u->a, CODE_TOO_LARGE, S("/record"), "limit", S("1048576"), NULL);
    memcpy(u->out.p + range_at, range, (size_t)n);
    buf_put(&whole, u->in->pdf);
    buf_put(&whole, buf_slice(&u->out));
    TRY(signer_sign_pdf(s, u->a, u->in->purpose, id, buf_slice(&whole), tail, &cms));
    if (cms.n > CONTENTS_BYTES)
        return fail(u->a, CODE_SIGNER_PROTOCOL, S(""), "detail", S("the CMS is larger than the room for it"), NULL);
    buf_putc(&whole, '<');
    buf_put(&whole, hex_encode(u->a, cms));
    for (size_t i = cms.n; i < CONTENTS_BYTES; i++) buf_puts(&whole, "00");
    buf_putc(&whole, '>');
    buf_put(&whole, tail);
    *pdf = buf_slice(&whole);
    return ok();
}

result pdf_issue(struct arena *a, struct signer *s, const struct pdf_issue *in, struct pdf_issued *out)
{
    struct update u = {.a = a, .in = in, .out = buf_new(a, UPDATE_MAX)};
    struct signer_certificates certificates;
    struct record_signatures sig;
    struct slice id, bundle;
    if (in->issuer.n > 400 || !slice_utf8(in->issuer))
        return fail(a, CODE_TOO_LARGE, S("/issuer"), "limit", S("400"), NULL);
    if (!slice_ends(in->pdf, S("%%EOF\n"))) return malformed(a, "does not end in a line");
    TRY(find_places(&u));
    TRY(complete_record(a, in, &out->record, &id));
    TRY(signer_certificates(s, a, &certificates));
    TRY(signer_sign_record(s, a, id, out->record, &sig));
    const struct json *signatures = signatures_json(a, &sig, &certificates);
    TRY(canonical_json(a, signatures, &out->signatures));
    TRY(make_bundle(a, out->record, signatures, &bundle));
    put_attachment(&u, bundle);
    put_field(&u);
    TRY(put_pointers(&u));
    TRY(sign_and_join(&u, s, id, &out->pdf));
    crypto_sha256(out->pdf, out->sha256);
    return ok();
}
