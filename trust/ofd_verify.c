/* Verification of OFD packages: which signatures there are, what each protects, what none does. */
#include "trust/ofd_verify.h"

enum { LINES = 24, LINES_MORE = 16, REFERENCES_MAX = 2 * OFD_MAX_FILES, NAMED_MAX = 3 };

/* ---- report ---- */

void ofd_report(struct ofd_work *w, const char *name, enum check_state state, struct slice zh, struct slice en)
{
    if (state == CHECK_FAILED) w->good = false;
    if (w->out->nchecks == w->cap) { /* never pass over one in silence */
        w->good = false;
        return;
    }
    if (w->sig) {
        struct slice id = slice_sub(w->sig->id, 0, 40);
        id = slice_sub(id, 0, slice_utf8_end(id)); /* not through the middle of a sign */
        zh = arena_printf(w->a, "签名 %.*s：%.*s", SLICE_ARG(id), SLICE_ARG(zh));
        en = arena_printf(w->a, "signature %.*s: %.*s", SLICE_ARG(id), SLICE_ARG(en));
    }
    w->checks[w->out->nchecks++] = (struct check){name, state, zh, en};
}

bool ofd_report_if(struct ofd_work *w, const char *name, bool good, const char *ok_zh, const char *ok_en,
                   const char *bad_zh, const char *bad_en)
{
    ofd_report(w, name, good ? CHECK_OK : CHECK_FAILED, slice_cstr(good ? ok_zh : bad_zh),
               slice_cstr(good ? ok_en : bad_en));
    return good;
}

void ofd_report_problem(struct ofd_work *w, const char *name, result r)
{
    ofd_report(w, name, CHECK_FAILED, problem_text(w->a, r.problem, LANG_ZH), problem_text(w->a, r.problem, LANG_EN));
}

/* ---- References ---- */

static size_t index_of(const struct ofd_work *w, const struct zip_entry *e)
{
    return (size_t)(e - w->ofd.zip.entries);
}

/* As written with a leading "/", or without and meant from the root, or from the folder of Signature.xml. */
static const struct zip_entry *referenced(struct ofd_work *w, struct slice loc)
{
    const struct zip_entry *e = NULL;
    if (!failed(ofd_file(w->a, &w->ofd, S(""), loc, &e))) return e;
    return failed(ofd_file(w->a, &w->ofd, w->sig->file->name, loc, &e)) ? NULL : e;
}

static bool digest_good(struct ofd_work *w, const struct xml_node *ref, const struct zip_entry *e)
{
    const struct xml_node *value = xml_child(ref, NULL, "CheckValue");
    struct slice given;
    uint8_t hash[CRYPTO_HASH_BYTES];
    if (!e || !value || !base64_decode(w->a, slice_trim(xml_text(w->a, value)), &given)) return false;
    crypto_sm3(e->bytes, hash);
    return slice_eq(given, slice_of((const char *)hash, sizeof hash));
}

static void check_references(struct ofd_work *w)
{
    const struct xml_node *list = xml_child(w->info, NULL, "References");
    struct slice method = list ? xml_attr(list, "", "CheckMethod") : S("");
    size_t n = 0;
    bool sm3 = slice_is(method, "1.2.156.10197.1.401") || slice_is(method, "SM3") || slice_is(method, "sm3");
    if (!ofd_report_if(w, "digests", list && sm3, "摘要算法为 SM3", "the digests are SM3",
                       "没有引用列表，或摘要算法不是 SM3（MD5、SHA-1 不再可靠）",
                       "no references, or digests that are not SM3 (MD5 and SHA-1 are not safe any more)"))
        return;
    for (const struct xml_node *r = xml_child(list, NULL, "Reference"); r; r = xml_next(r, NULL, "Reference")) {
        struct slice loc = xml_attr(r, "", "FileRef");
        const struct zip_entry *e = referenced(w, loc);
        if (++n > REFERENCES_MAX || !digest_good(w, r, e)) {
            loc = slice_sub(loc, 0, slice_utf8_end(slice_sub(loc, 0, 200)));
            ofd_report(
                w, "references", CHECK_FAILED,
                arena_printf(w->a, "被保护的文件 %.*s 与摘要不符或不存在", SLICE_ARG(loc)),
                arena_printf(w->a, "the protected file %.*s does not fit its digest, or is missing", SLICE_ARG(loc)));
            return;
        }
        w->covered[index_of(w, e)] = true;
    }
    ofd_report(w, "references", n ? CHECK_OK : CHECK_FAILED, arena_printf(w->a, "被保护的 %zu 个文件均未改动", n),
               arena_printf(w->a, "the %zu protected files are unchanged", n));
}

/* ---- one signature ---- */

static bool find_parts(struct ofd_work *w)
{
    struct xml_node *root = NULL;
    const struct xml_node *value = NULL;
    result r = xml_parse(w->a, w->sig->file->bytes, OFD_MAX_XML, w->sig->file->name, &root);
    if (failed(r)) {
        ofd_report_problem(w, "form", r);
        return false;
    }
    w->info = xml_child(root, NULL, "SignedInfo");
    value = xml_child(root, NULL, "SignedValue");
    bool good = slice_is(root->name, "Signature") && w->info && !xml_next(w->info, NULL, "SignedInfo") && value &&
                !xml_next(value, NULL, "SignedValue") &&
                !failed(ofd_file(w->a, &w->ofd, w->sig->file->name, xml_text(w->a, value), &w->value));
    if (good) return true;
    ofd_report(w, "form", CHECK_FAILED, S("Signature.xml 不完整，或没有签名值文件"),
               S("Signature.xml is incomplete, or the file with the signature's value is missing"));
    return false;
}

static void verify_signature_of(struct ofd_work *w)
{
    if (!find_parts(w)) return;
    w->covered[index_of(w, w->sig->file)] = true; /* by dataHash */
    w->covered[index_of(w, w->value)] = true;     /* by itself */
    if (slice_is(w->sig->type, "Sign"))
        ofd_verify_bare(w);
    else
        ofd_verify_seal(w);
    check_references(w);
}

/* ---- what is not protected ---- */

static void add_name(struct ofd_work *w, struct buf *b, size_t *n, struct slice name)
{
    if (++*n > NAMED_MAX) return;
    buf_printf(b, "%s%.*s", *n > 1 ? "、" : "", SLICE_ARG(slice_sub(name, 0, slice_utf8_end(slice_sub(name, 0, 100)))));
    (void)w;
}

static void report_unprotected(struct ofd_work *w, enum check_state state, const struct buf *names, size_t n,
                               const char *zh, const char *en)
{
    if (n == 0) return;
    ofd_report(w, "coverage", state, arena_printf(w->a, "%s（%zu 个）：%.*s", zh, n, SLICE_ARG(buf_slice(names))),
               arena_printf(w->a, "%s (%zu): %.*s", en, n, SLICE_ARG(buf_slice(names))));
}

/* What is read on the pages must be protected; what hangs on the document besides is told of. */
static void check_coverage(struct ofd_work *w)
{
    struct buf shown = buf_new(w->a, 1024), other = buf_new(w->a, 1024);
    size_t nshown = 0, nother = 0;
    for (size_t i = 0; i < w->doc->nparts; i++) {
        const struct ofd_part *p = &w->doc->parts[i];
        if (w->covered[index_of(w, p->file)]) continue;
        bool on_page = p->role == OFD_DOCUMENT || p->role == OFD_PAGE || p->role == OFD_TEMPLATE ||
                       p->role == OFD_RESOURCES || p->role == OFD_MEDIA || p->role == OFD_FONT;
        add_name(w, on_page ? &shown : &other, on_page ? &nshown : &nother, p->file->name);
    }
    const struct zip_entry *top = zip_find(&w->ofd.zip, S("OFD.xml"));
    if (top && !w->covered[index_of(w, top)]) add_name(w, &other, &nother, top->name);
    report_unprotected(w, CHECK_FAILED, &shown, nshown, "页面内容未受签名保护",
                       "contents of pages that no signature protects");
    report_unprotected(w, CHECK_WARNING, &other, nother, "未受签名保护的部分", "parts that no signature protects");
    if (!nshown && !nother)
        ofd_report(w, "coverage", CHECK_OK, S("文档的全部内容均受签名保护"), S("all of the document is protected"));
}

/* Files that nothing in the package leads to: not shown, but carried along. */
static void check_strangers(struct ofd_work *w)
{
    struct buf names = buf_new(w->a, 1024);
    size_t n = 0;
    bool taken = false;
    for (size_t i = 0; i < w->ofd.zip.n; i++) {
        const struct zip_entry *e = &w->ofd.zip.entries[i];
        bool known = w->covered[i] || slice_is(e->name, "OFD.xml");
        for (size_t d = 0; d < w->ofd.ndocuments && !known; d++) {
            const struct ofd_document *doc = &w->ofd.documents[d];
            known = doc->signature_list == e;
            for (size_t k = 0; k < doc->nparts && !known; k++) known = doc->parts[k].file == e;
        }
        if (known) continue;
        add_name(w, &names, &n, e->name);
        taken = taken || slice_ends(e->name, S("/Signature.xml"));
    }
    if (taken)
        ofd_report(w, "unlisted", CHECK_FAILED, S("包内有未列入签名列表的签名，可能被人移除"),
                   S("a signature in the package is on no list: it may have been taken off"));
    report_unprotected(w, CHECK_WARNING, &names, n, "包内不属于文档且未受保护的文件",
                       "files that belong to nothing and are not protected");
}

/* ---- the package ---- */

static void read_metadata(struct ofd_work *w)
{
    struct json_builder b = json_builder(w->a);
    const struct ofd_document *d = &w->ofd.documents[0];
    for (size_t i = 0; i < d->ncustom; i++) {
        if (!slice_utf8(d->custom[i].name) || json_get(json_object(&b), arena_cstr(w->a, d->custom[i].name))) continue;
        json_set_str(&b, arena_cstr(w->a, d->custom[i].name), d->custom[i].value);
        if (slice_is(d->custom[i].name, "证照标识")) w->out->identifier = d->custom[i].value;
    }
    w->out->metadata = json_object(&b);
}

static void verify_document(struct ofd_work *w, size_t i)
{
    w->doc = &w->ofd.documents[i];
    if (w->doc->nsignatures == 0) {
        ofd_report(w, "signed", CHECK_FAILED, S("文档没有签名"), S("the document is not signed"));
        return;
    }
    for (size_t k = 0; k < w->doc->nsignatures; k++) {
        w->sig = &w->doc->signatures[k];
        verify_signature_of(w);
    }
    w->sig = NULL;
    check_coverage(w);
}

static size_t lines(const struct ofd *o)
{
    size_t n = LINES_MORE;
    for (size_t i = 0; i < o->ndocuments; i++) n += (o->documents[i].nsignatures + 1) * LINES;
    return n;
}

void verify_ofd(struct arena *a, struct slice ofd, const struct trust_anchors *anchors, const struct verify_ask *ask,
                struct verify_report *out)
{
    struct ofd_work *w = NEW(a, struct ofd_work);
    *out = (struct verify_report){.purpose = S("ofd")};
    *w = (struct ofd_work){.a = a, .anchors = anchors, .ask = ask, .out = out, .good = true, .seals = json_builder(a)};
    result r = ofd_read(a, ofd, &w->ofd);
    out->readable = !failed(r);
    w->cap = failed(r) ? 1 : lines(&w->ofd);
    w->checks = NEW_ARRAY(a, struct check, w->cap);
    out->checks = w->checks;
    if (failed(r)) {
        ofd_report_problem(w, "format", r);
        return;
    }
    ofd_report(w, "format", CHECK_OK, S("是 OFD 版式文件"), S("an OFD package"));
    w->covered = NEW_ARRAY(a, bool, w->ofd.zip.n);
    read_metadata(w);
    for (size_t i = 0; i < w->ofd.ndocuments; i++) verify_document(w, i);
    check_strangers(w);
    if (w->ofd.case_differs)
        ofd_report(w, "paths", CHECK_WARNING, S("包内路径的大小写与文件名不一致"),
                   S("paths in the package differ in case from the files' names"));
    out->seals = json_array(&w->seals);
    out->good = w->good;
}
