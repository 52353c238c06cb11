/* The attached record: its two signatures, its tie to the pages, its validity. */
#include "trust/verify_parts.h"

#include "trust/canonical.h"
#include "trust/signer.h"

#include <openssl/err.h>

/* Catalogue /AF [file specification] -> /EF /F -> stream without filter. */
static struct slice attachment(struct verification *v)
{
    struct slice bytes = {NULL, 0};
    const struct pdf_value *af = pdf_get(&v->file, v->root, "AF");
    if (!af || af->type != PDF_ARRAY || af->n != 1 || af->items[0].type != PDF_REF) return bytes;
    const struct pdf_value *spec = pdf_object(&v->file, af->items[0].integer, NULL);
    const struct pdf_value *f = pdf_get_raw(pdf_get(&v->file, spec, "EF"), "F");
    if (!f || f->type != PDF_REF) return bytes;
    const struct pdf_value *dict = pdf_object(&v->file, f->integer, &bytes);
    return dict && !pdf_get_raw(dict, "Filter") ? bytes : slice_of(NULL, 0);
}

/* One signature over the record by the certificate that comes with it. */
static bool check_one(struct verification *v, const char *name, const struct json *signatures, const char *member,
                      struct slice record, const char *label_zh, const char *label_en)
{
    const char *zh = "签名不正确", *en = "the signature is not good";
    struct slice sig;
    struct crypto_key *key = NULL;
    X509 *cert =
        anchors_read_pem(json_string(signatures, arena_cstr(v->a, arena_printf(v->a, "%s_certificate", member))));
    X509 *issuing = anchors_read_pem(json_string(signatures, "issuing_certificate"));
    STACK_OF(X509) *extra = sk_X509_new_null();
    if (extra && issuing) sk_X509_push(extra, issuing);
    EVP_PKEY *pkey = cert ? X509_get_pubkey(cert) : NULL;
    bool good = pkey && !failed(crypto_key_of_handle(v->a, pkey, &key)) &&
                base64_decode(v->a, json_string(signatures, member), &sig) &&
                slice_is(slice_cstr(member), crypto_key_kind(key) == CRYPTO_SM2       ? "sm2"
                                             : crypto_key_kind(key) == CRYPTO_ED25519 ? "ed25519"
                                                                                      : "") &&
                crypto_verify(key, record, sig);
    /* judged at the time of the file's signature; without one, now */
    if (good) good = anchors_accept(v->anchors, cert, extra, v->out->signed_at ? v->out->signed_at : v->at, &zh, &en);
    sk_X509_free(extra);
    X509_free(issuing);
    X509_free(cert);
    ERR_clear_error();
    const char *ok_zh = arena_cstr(v->a, arena_printf(v->a, "记录的 %s 签名正确", label_zh)),
               *ok_en = arena_cstr(v->a, arena_printf(v->a, "the record's %s signature is good", label_en));
    const char *bad_zh = arena_cstr(v->a, arena_printf(v->a, "记录的 %s 签名：%s", label_zh, zh)),
               *bad_en = arena_cstr(v->a, arena_printf(v->a, "the record's %s signature: %s", label_en, en));
    return report_if(v, name, good, ok_zh, ok_en, bad_zh, bad_en);
}

/* The pages the record names are the file's first revision. */
static void check_rendition(struct verification *v, const struct json *record)
{
    const struct pdf_value *prev = pdf_get_raw(v->file.trailer, "Prev");
    struct slice base = {NULL, 0}, eof = S("%%EOF\n");
    size_t end = prev ? slice_search(slice_sub(v->pdf, (size_t)prev->integer, SIZE_MAX), eof) : SIZE_MAX;
    if (end != SIZE_MAX) base = slice_sub(v->pdf, 0, (size_t)prev->integer + end + eof.n);
    struct slice hash = crypto_sha256_hex(v->a, base);
    bool good =
        base.n && slice_eq(json_string(record, "rendition"), arena_printf(v->a, "sha256:%.*s", SLICE_ARG(hash)));
    report_if(v, "rendition", good, "版面与记录一致", "the pages are those of the record", "版面与记录不一致",
              "the pages are not those the record names");
}

static bool read_day(const struct json *record, const char *name, bool *present, day *out)
{
    const struct json *d = json_get(record, name);
    *present = d && d->type != JSON_NULL;
    return !*present || (d->type == JSON_STRING && day_scan(d->text, out));
}

static void check_validity(struct verification *v, const struct json *record)
{
    bool has_from, has_to;
    day from = 0, to = 0, today = day_of_instant(v->at);
    if (!slice_is(json_string(record, "type"), "licence")) return;
    if (!read_day(record, "valid_from", &has_from, &from) || !read_day(record, "valid_to", &has_to, &to))
        report_add(v, "validity", CHECK_FAILED, S("有效期无法识别"), S("the period of validity cannot be read"));
    else if (has_from && today < from)
        report_add(v, "validity", CHECK_FAILED,
                   arena_printf(v->a, "尚未生效（自 %.*s 起）", SLICE_ARG(day_text(v->a, from))),
                   arena_printf(v->a, "not yet valid (from %.*s)", SLICE_ARG(day_text(v->a, from))));
    else if (has_to && today > to)
        report_add(v, "validity", CHECK_FAILED,
                   arena_printf(v->a, "已过有效期（至 %.*s）", SLICE_ARG(day_text(v->a, to))),
                   arena_printf(v->a, "expired (on %.*s)", SLICE_ARG(day_text(v->a, to))));
    else
        report_add(v, "validity", CHECK_OK,
                   has_to ? arena_printf(v->a, "在有效期内（至 %.*s）", SLICE_ARG(day_text(v->a, to)))
                          : S("在有效期内（长期）"),
                   has_to
                       ? arena_printf(v->a, "within its period of validity (until %.*s)", SLICE_ARG(day_text(v->a, to)))
                       : S("within its period of validity (without end)"));
    report_add(v, "status", CHECK_WARNING, S("离线核验不反映注销、吊销，请扫描二维码查询现状"),
               S("offline verification cannot see a revocation: scan the QR code for the present status"));
}

static void check_purpose(struct verification *v, const struct json *record)
{
    enum signer_purpose fits;
    bool known = signer_purpose_of_record(json_string(record, "type"), &fits);
    report_if(v, "purpose", known && slice_is(v->out->purpose, signer_purpose_name(fits)), "签名用途与记录相符",
              "the signature's purpose fits the record", "签名用途与记录不符",
              "the signature was made for another purpose than the record's");
}

void verify_record(struct verification *v)
{
    const struct json *bundle = NULL, *record, *signatures;
    struct slice bytes = attachment(v), text = {NULL, 0};
    bool good = bytes.n && !failed(canonical_parse(v->a, bytes, S("record.json"), &bundle)) &&
                slice_is(json_string(bundle, "format"), "tongban record 1");
    record = json_get(bundle, "record");
    signatures = json_get(bundle, "signatures");
    good = good && record && record->type == JSON_OBJECT && signatures && signatures->type == JSON_OBJECT &&
           bundle->n == 3 && signatures->n == 5 && !failed(canonical_json(v->a, record, &text));
    if (!report_if(v, "record", good, "附有结构化记录", "the structured record is attached",
                   "缺少结构化记录，或其格式不规范", "the structured record is missing or malformed"))
        return;
    bool sm2 = check_one(v, "record_sm2", signatures, "sm2", text, "国密 SM2", "SM2"),
         ed25519 = check_one(v, "record_ed25519", signatures, "ed25519", text, "Ed25519", "Ed25519");
    if (!sm2 || !ed25519) return;
    v->out->record = record;
    v->out->record_text = text;
    check_purpose(v, record);
    check_rendition(v, record);
    check_validity(v, record);
}
