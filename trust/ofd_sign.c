#include "trust/ofd_sign.h"

#include "base/xml.h"
#include "trust/canonical.h"
#include "trust/ofd.h"
#include "trust/seal.h"

#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define SIGNATURE_HEAD                                                                    \
    XML_HEAD "<ofd:Signature xmlns:ofd=\"" OFD_NS "\"><ofd:SignedInfo>"                   \
             "<ofd:Provider ProviderName=\"tongban\" Version=\"1\" Company=\"tongban\"/>" \
             "<ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod><ofd:SignatureDateTime>"
#define SIGNATURE_REFERENCES \
    "</ofd:SignatureDateTime><ofd:References CheckMethod=\"1.2.156.10197.1.401\"><ofd:Reference "
#define SIGNATURE_END "</ofd:SignedValue></ofd:Signature>"

enum { SIGNATURE_MAX = 1 << 20, FOLDER_MAX = 1000 };

struct job {
    struct arena *a;
    const struct ofd_sealing *in;
    struct ofd ofd;
    const struct ofd_document *doc;
    struct slice list_name, folder; /* "Doc_0/Signs/Signatures.xml", "Doc_0/Signs/Sign_0" */
    struct slice id;                /* of the signature: "s001" */
    struct zip_entry *files;        /* of the finished package */
    size_t nfiles;
};

static result refuse(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_OFD_SIGNED, S(""), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

/* ---- names ---- */

static struct slice folder_of(struct slice name)
{
    size_t n = name.n;
    while (n && name.p[n - 1] != '/') n--;
    return slice_sub(name, 0, n);
}

static result choose_names(struct job *j)
{
    struct slice root = folder_of(j->doc->parts[0].file->name);
    j->list_name = j->doc->signature_list ? j->doc->signature_list->name
                                          : arena_printf(j->a, "%.*sSigns/Signatures.xml", SLICE_ARG(root));
    struct slice at = folder_of(j->list_name);
    for (int i = 0; i < FOLDER_MAX; i++) {
        struct slice folder = arena_printf(j->a, "%.*sSign_%d/", SLICE_ARG(at), i);
        bool taken = false;
        for (size_t k = 0; k < j->ofd.zip.n; k++) taken = taken || slice_starts(j->ofd.zip.entries[k].name, folder);
        if (taken) continue;
        j->folder = slice_sub(folder, 0, folder.n - 1);
        return ok();
    }
    return refuse(j->a, "签名过多", "too many signatures");
}

/* "s" and the number after the highest that the ids there are end in. */
static result choose_id(struct job *j)
{
    int64_t highest = 0;
    for (size_t i = 0; i < j->doc->nsignatures; i++) {
        struct slice s = j->doc->signatures[i].id;
        size_t at = s.n;
        int64_t v;
        while (at && s.p[at - 1] >= '0' && s.p[at - 1] <= '9') at--;
        if (slice_int64(slice_sub(s, at, s.n), &v) && v > highest) highest = v;
    }
    if (j->doc->nsignatures >= OFD_MAX_SIGNATURES) return refuse(j->a, "签名过多", "too many signatures");
    j->id = arena_printf(j->a, "s%03lld", (long long)highest + 1);
    return ok();
}

/* ---- OFD.xml and Signatures.xml ---- */

static struct xml_node *element(struct arena *a, const struct xml_node *like, struct slice name, struct slice text)
{
    struct xml_node *e = NEW(a, struct xml_node), *t = NEW(a, struct xml_node);
    *e = (struct xml_node){.kind = XML_ELEMENT, .ns = like->ns, .prefix = like->prefix, .name = name};
    if (!text.n) return e;
    *t = (struct xml_node){.kind = XML_TEXT, .text = text, .parent = e};
    e->first = e->last = t;
    return e;
}

static void append(struct xml_node *parent, struct xml_node *e)
{
    e->parent = parent;
    if (parent->last)
        parent->last->next = e;
    else
        parent->first = e;
    parent->last = e;
}

static struct slice absolute(struct arena *a, struct slice name)
{
    return arena_printf(a, "/%.*s", SLICE_ARG(name));
}

/* OFD.xml names the list of signatures of this document. */
static result name_list(struct job *j, struct slice *xml)
{
    struct xml_node *root, *body;
    size_t at = 0;
    TRY(xml_parse(j->a, *xml, OFD_MAX_XML, S("OFD.xml"), &root));
    body = (struct xml_node *)(uintptr_t)xml_child(root, NULL, "DocBody");
    while (body && at++ < j->in->document) body = (struct xml_node *)(uintptr_t)xml_next(body, NULL, "DocBody");
    if (!body) return refuse(j->a, "OFD.xml 与文档不符", "OFD.xml does not fit");
    append(body, element(j->a, body, S("Signatures"), absolute(j->a, j->list_name)));
    *xml = xml_write(j->a, root);
    return ok();
}

static result write_list(struct job *j, struct slice *xml)
{
    struct buf b = buf_new(j->a, OFD_MAX_XML);
    buf_puts(&b, XML_HEAD "<ofd:Signatures xmlns:ofd=\"" OFD_NS "\">");
    buf_printf(&b, "<ofd:MaxSignId>%.*s</ofd:MaxSignId>", SLICE_ARG(j->id));
    for (size_t i = 0; i <= j->doc->nsignatures; i++) {
        bool own = i == j->doc->nsignatures;
        const struct ofd_signature *s = own ? NULL : &j->doc->signatures[i];
        buf_puts(&b, "<ofd:Signature ID=\"");
        xml_escape(&b, own ? j->id : s->id);
        buf_puts(&b, "\" Type=\"");
        xml_escape(&b, own ? S("Seal") : s->type);
        buf_puts(&b, "\" BaseLoc=\"/");
        xml_escape(&b, own ? arena_printf(j->a, "%.*s/Signature.xml", SLICE_ARG(j->folder)) : s->file->name);
        buf_puts(&b, "\"/>");
    }
    buf_puts(&b, "</ofd:Signatures>");
    *xml = buf_slice(&b);
    return b.overflow ? refuse(j->a, "签名列表过长", "the list of signatures is too long") : ok();
}

/* ---- Signature.xml ---- */

static void put_length(struct buf *b, int64_t um)
{
    buf_printf(b, "%s%lld.%03lld", um < 0 ? "-" : "", (long long)(um < 0 ? -um : um) / 1000,
               (long long)(um < 0 ? -um : um) % 1000);
}

static void put_box(struct buf *b, const char *name, int64_t x, int64_t y, int64_t w, int64_t h)
{
    const int64_t v[] = {x, y, w, h};
    buf_printf(b, " %s=\"", name);
    for (int i = 0; i < 4; i++) {
        if (i) buf_putc(b, ' ');
        put_length(b, v[i]);
    }
    buf_putc(b, '"');
}

static void put_places(struct job *j, struct buf *b)
{
    for (size_t i = 0; i < j->in->nplaces; i++) {
        const struct ofd_place *p = &j->in->places[i];
        buf_printf(b, "<ofd:StampAnnot ID=\"%.*s-%zu\" PageRef=\"%u\"", SLICE_ARG(j->id), i + 1, p->page);
        put_box(b, "Boundary", p->x, p->y, p->width, p->height);
        if (p->clipped) put_box(b, "Clip", p->clip_x, p->clip_y, p->clip_width, p->clip_height);
        buf_puts(b, "/>");
    }
}

static void put_reference(struct arena *a, struct buf *b, const struct zip_entry *f)
{
    uint8_t hash[CRYPTO_HASH_BYTES];
    crypto_sm3(f->bytes, hash);
    struct slice value = base64_encode(a, slice_of((const char *)hash, sizeof hash));
    buf_puts(b, "<ofd:Reference FileRef=\"/");
    xml_escape(b, f->name);
    buf_printf(b, "\"><ofd:CheckValue>%.*s</ofd:CheckValue></ofd:Reference>", SLICE_ARG(value));
}

static result write_signature(struct job *j, struct slice *xml)
{
    struct buf b = buf_new(j->a, SIGNATURE_MAX);
    struct civil c = civil_of_instant(j->in->at);
    buf_printf(&b, SIGNATURE_HEAD "%04d-%02d-%02d %02d:%02d:%02d</ofd:SignatureDateTime>", c.year, c.month, c.day,
               c.hour, c.minute, c.second);
    buf_puts(&b, "<ofd:References CheckMethod=\"1.2.156.10197.1.401\">");
    for (size_t i = 0; i < j->nfiles; i++)
        if (j->in->closing || !slice_eq(j->files[i].name, j->list_name)) put_reference(j->a, &b, &j->files[i]);
    buf_puts(&b, "</ofd:References>");
    put_places(j, &b);
    buf_printf(&b, "<ofd:Seal><ofd:BaseLoc>/%.*s/Seal.esl</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>",
               SLICE_ARG(j->folder));
    buf_printf(&b, "<ofd:SignedValue>/%.*s/SignedValue.dat" SIGNATURE_END, SLICE_ARG(j->folder));
    *xml = buf_slice(&b);
    return b.overflow ? refuse(j->a, "文件过多", "too many files") : ok();
}

const char *ofd_signature_shape(struct slice xml, struct slice path)
{
    struct slice folder = folder_of(path);
    char end[300];
    if (!slice_starts(path, S("/")) || !slice_ends(path, S("/Signature.xml")) || path.n > 200 || !slice_utf8(path))
        return "not the path of a Signature.xml";
    if (!slice_starts(xml, S(SIGNATURE_HEAD)) || !slice_utf8(xml)) return "not a Signature.xml of this platform";
    struct slice rest = slice_sub(xml, sizeof SIGNATURE_HEAD - 1 + 19, xml.n); /* behind "yyyy-MM-dd HH:mm:ss" */
    if (!slice_starts(rest, S(SIGNATURE_REFERENCES))) return "a Signature.xml without references";
    struct buf b = {.p = end, .cap = sizeof end, .max = sizeof end};
    buf_printf(&b, "<ofd:SignedValue>%.*sSignedValue.dat" SIGNATURE_END, SLICE_ARG(folder));
    if (b.overflow || !slice_ends(xml, buf_slice(&b))) return "the Signature.xml is another path's";
    return NULL;
}

/* ---- the package ---- */

static void add_file(struct job *j, struct slice name, struct slice bytes)
{
    for (size_t i = 0; i < j->nfiles; i++)
        if (slice_eq(j->files[i].name, name)) {
            j->files[i].bytes = bytes;
            return;
        }
    j->files[j->nfiles++] = (struct zip_entry){name, bytes};
}

/* An earlier seal that protects the list of signatures has closed the file. */
static result not_closed(struct job *j)
{
    struct buf b = buf_new(j->a, 2048);
    buf_puts(&b, "FileRef=\"/");
    xml_escape(&b, j->list_name);
    buf_putc(&b, '"');
    for (size_t i = 0; i < j->doc->nsignatures; i++) {
        struct slice xml = j->doc->signatures[i].file->bytes;
        if (slice_search(xml, buf_slice(&b)) != SIZE_MAX ||
            slice_search(xml, arena_printf(j->a, "FileRef=\"%.*s\"", SLICE_ARG(j->list_name))) != SIZE_MAX)
            return refuse(j->a, "文件已由前一签章封闭，不能再盖章", "an earlier seal has closed the file");
    }
    return ok();
}

static result prepare(struct job *j)
{
    if (j->in->opened)
        j->ofd = *j->in->opened;
    else
        TRY(ofd_read(j->a, j->in->package, &j->ofd));
    if (j->in->document >= j->ofd.ndocuments || j->in->nplaces == 0 || j->in->nplaces > OFD_PLACES_MAX)
        return refuse(j->a, "没有这一文档，或没有盖章位置", "no such document, or no place for the seal");
    j->doc = &j->ofd.documents[j->in->document];
    for (size_t i = 0; i < j->in->nplaces; i++) {
        bool there = false;
        for (size_t k = 0; k < j->doc->npages; k++) there = there || j->doc->pages[k]->id == j->in->places[i].page;
        if (!there) return refuse(j->a, "盖章页不存在", "a page to be sealed does not exist");
    }
    TRY(choose_names(j));
    TRY(choose_id(j));
    TRY(not_closed(j));
    j->files = NEW_ARRAY(j->a, struct zip_entry, j->ofd.zip.n + 4);
    for (size_t i = 0; i < j->ofd.zip.n; i++) j->files[j->nfiles++] = j->ofd.zip.entries[i];
    return ok();
}

static result add_signature_files(struct job *j)
{
    struct slice list, root;
    const struct zip_entry *ofd_xml = zip_find(&j->ofd.zip, S("OFD.xml"));
    if (!j->doc->signature_list && ofd_xml) {
        root = ofd_xml->bytes;
        TRY(name_list(j, &root));
        add_file(j, S("OFD.xml"), root);
    }
    TRY(write_list(j, &list));
    add_file(j, j->list_name, list);
    add_file(j, arena_printf(j->a, "%.*s/Seal.esl", SLICE_ARG(j->folder)), j->in->seal->seal);
    return ok();
}

static result use_of(struct job *j, struct slice path, struct slice *canonical)
{
    struct json_builder b = json_builder(j->a);
    struct seal *seal = NEW(j->a, struct seal);
    TRY(seal_parse(j->a, j->in->seal->seal, seal));
    json_set_cstr(&b, "type", "seal_use");
    json_set_str(&b, "id", j->in->subject);
    json_set_str(&b, "seal", seal->id);
    json_set_str(&b, "document", j->in->kind);
    json_set_str(&b, "path", path);
    return canonical_json(j->a, json_object(&b), canonical);
}

result ofd_seal(struct arena *a, struct signer *s, const struct ofd_sealing *in, struct slice *out)
{
    struct job j = {.a = a, .in = in};
    struct slice xml, use, value;
    TRY(prepare(&j));
    TRY(add_signature_files(&j));
    TRY(write_signature(&j, &xml));
    struct slice name = arena_printf(a, "%.*s/Signature.xml", SLICE_ARG(j.folder));
    TRY(use_of(&j, absolute(a, name), &use));
    TRY(signer_use_seal(s, a, in->subject, use, xml, in->seal, &value));
    add_file(&j, name, xml);
    add_file(&j, arena_printf(a, "%.*s/SignedValue.dat", SLICE_ARG(j.folder)), value);
    return zip_write_again(a, j.files, j.nfiles, &j.ofd.zip, out);
}

/* ---- riding seals ---- */

result ofd_riding(struct arena *a, const uint32_t *pages, size_t npages, int64_t page_width, int64_t y,
                  int64_t side_width, int64_t side_height, const struct ofd_place **out)
{
    if (npages < 2 || npages > OFD_PLACES_MAX)
        return refuse(a, "骑缝章须有 2 至 200 页", "a riding seal goes over 2 to 200 pages");
    struct ofd_place *p = NEW_ARRAY(a, struct ofd_place, npages);
    for (size_t i = 0; i < npages; i++) {
        /* strips by whole micrometres that add up to the picture */
        int64_t from = side_width * (int64_t)i / (int64_t)npages, to = side_width * (int64_t)(i + 1) / (int64_t)npages;
        p[i] = (struct ofd_place){pages[i], page_width - to, y,          side_width, side_height, true, from,
                                  0,        to - from,       side_height};
    }
    *out = p;
    return ok();
}

/* "0 0 210 297": the third and fourth number, to micrometres. */
static bool box_sides(struct slice text, int64_t out[2])
{
    struct slice part, rest = slice_trim(text);
    for (int i = 0; i < 4; i++) {
        struct slice whole, fraction;
        int64_t v, f = 0;
        (void)slice_cut(rest, ' ', &part, &rest);
        rest = slice_trim(rest);
        (void)slice_cut(part, '.', &whole, &fraction);
        fraction = slice_sub(fraction, 0, 3);
        if (!slice_int64(whole, &v) || v < 0 || v > 10000 || (fraction.n && (!slice_int64(fraction, &f) || f < 0)))
            return false;
        for (size_t k = fraction.n; k < 3; k++) f *= 10;
        if (i >= 2) out[i - 2] = v * 1000 + f;
    }
    return out[0] > 0 && out[1] > 0;
}

result ofd_pages(struct arena *a, const struct ofd *opened, struct ofd_pages *out)
{
    struct xml_node *root;
    int64_t side[2] = {210000, 297000};
    if (opened->ndocuments == 0 || opened->documents[0].npages == 0)
        return refuse(a, "文件没有页面", "a file without pages");
    const struct ofd_document *d = &opened->documents[0];
    uint32_t *ids = NEW_ARRAY(a, uint32_t, d->npages);
    for (size_t i = 0; i < d->npages; i++) ids[i] = d->pages[i]->id;
    TRY(xml_parse(a, d->parts[0].file->bytes, OFD_MAX_XML, d->parts[0].file->name, &root));
    const struct xml_node *data = xml_child(root, NULL, "CommonData"),
                          *area = data ? xml_child(data, NULL, "PageArea") : NULL,
                          *box = area ? xml_child(area, NULL, "PhysicalBox") : NULL;
    if (box && !box_sides(xml_text(a, box), side)) return refuse(a, "页面尺寸有误", "a page size that is none");
    *out = (struct ofd_pages){ids, d->npages, side[0], side[1]};
    return ok();
}
