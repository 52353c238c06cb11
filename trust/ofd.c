#include "trust/ofd.h"

#include "base/xml.h"

enum { DEPTH_MAX = 4 };

/* Where the files of a role name other files: the elements from the root's children down, and the attribute, or none for the text. */
static const struct link {
    enum ofd_role from;
    const char *path[DEPTH_MAX];
    const char *attr;
    enum ofd_role to;
} LINKS[] = {
    {OFD_DOCUMENT, {"CommonData", "PublicRes"}, NULL, OFD_RESOURCES},
    {OFD_DOCUMENT, {"CommonData", "DocumentRes"}, NULL, OFD_RESOURCES},
    {OFD_DOCUMENT, {"CommonData", "TemplatePage"}, "BaseLoc", OFD_TEMPLATE},
    {OFD_DOCUMENT, {"Pages", "Page"}, "BaseLoc", OFD_PAGE},
    {OFD_DOCUMENT, {"Annotations"}, NULL, OFD_ANNOTATIONS},
    {OFD_DOCUMENT, {"CustomTags"}, NULL, OFD_TAGS},
    {OFD_DOCUMENT, {"Attachments"}, NULL, OFD_ATTACHMENTS},
    {OFD_DOCUMENT, {"Extensions"}, NULL, OFD_EXTENSIONS},
    {OFD_RESOURCES, {"Fonts", "Font", "FontFile"}, NULL, OFD_FONT},
    {OFD_RESOURCES, {"MultiMedias", "MultiMedia", "MediaFile"}, NULL, OFD_MEDIA},
    {OFD_RESOURCES, {"ColorSpaces", "ColorSpace"}, "Profile", OFD_PROFILE},
    {OFD_TEMPLATE, {"PageRes"}, NULL, OFD_RESOURCES},
    {OFD_PAGE, {"PageRes"}, NULL, OFD_RESOURCES},
    {OFD_ANNOTATIONS, {"Page", "FileLoc"}, NULL, OFD_ANNOTATION},
    {OFD_TAGS, {"CustomTag", "SchemaLoc"}, NULL, OFD_TAG},
    {OFD_TAGS, {"CustomTag", "FileLoc"}, NULL, OFD_TAG},
    {OFD_ATTACHMENTS, {"Attachment", "FileLoc"}, NULL, OFD_ATTACHMENT},
    {OFD_EXTENSIONS, {"Extension", "ExtendData"}, NULL, OFD_EXTENSION},
    {OFD_VERSION, {"FileList", "File"}, NULL, OFD_VERSION_FILE},
    {OFD_VERSION, {"DocRoot"}, NULL, OFD_VERSION_FILE},
};
enum { NLINKS = sizeof LINKS / sizeof LINKS[0] };

/* One document being walked. `parts` is the queue and the answer: each file stands there once, so the walk ends. */
struct walk {
    struct arena *a, *scratch; /* scratch: the tree of the file being read */
    struct ofd *o;
    struct ofd_part *parts;
    size_t nparts;
    size_t xml;              /* bytes read so far: several documents may share files */
    struct slice from, base; /* the file being read, its Res@BaseLoc */
};

static result bad(struct arena *a, struct slice where, const char *zh, const char *en)
{
    return fail(a, CODE_OFD_MALFORMED, where, "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

/* One component after the other onto `name`, which ends without "/". */
static bool append(struct buf *name, struct slice path)
{
    struct slice part, rest = path;
    for (bool more = path.n > 0; more;) {
        more = slice_cut(rest, '/', &part, &rest);
        if (part.n == 0 || slice_is(part, ".")) continue;
        if (slice_is(part, "..")) {
            if (name->n == 0) return false;
            while (name->n > 0 && name->p[name->n - 1] != '/') name->n--;
            if (name->n > 0) name->n--;
            continue;
        }
        if (name->n) buf_putc(name, '/');
        buf_put(name, part);
    }
    return true;
}

static struct slice folder(struct slice file)
{
    size_t n = file.n;
    while (n > 0 && file.p[n - 1] != '/') n--;
    return slice_sub(file, 0, n);
}

result ofd_resolve(struct arena *a, struct slice from, struct slice base, struct slice loc, struct slice *name)
{
    struct buf b = buf_new(a, 1024);
    bool inside = true;
    loc = slice_trim(loc);
    base = slice_trim(base);
    if (!slice_starts(loc, S("/"))) {
        if (!slice_starts(base, S("/"))) inside = append(&b, folder(from));
        inside = inside && append(&b, base);
    }
    inside = inside && append(&b, loc);
    if (!inside || b.overflow || !zip_name_good(buf_slice(&b)))
        return bad(a, from, "所引路径不允许", "it names a path that is not allowed");
    *name = buf_slice(&b);
    return ok();
}

static const struct zip_entry *lookup(const struct ofd *o, struct slice name, bool *differs)
{
    const struct zip_entry *e = zip_find(&o->zip, name);
    if (!e && (e = zip_find_anycase(&o->zip, name))) *differs = true;
    return e;
}

result ofd_file(struct arena *a, const struct ofd *o, struct slice from, struct slice loc, const struct zip_entry **out)
{
    struct slice name;
    bool differs;
    TRY(ofd_resolve(a, from, S(""), loc, &name));
    *out = lookup(o, name, &differs);
    return *out ? ok() : bad(a, name, "文件不存在", "the file is not there");
}

static result add(struct walk *w, enum ofd_role role, uint32_t id, struct slice loc)
{
    struct slice name;
    TRY(ofd_resolve(w->a, w->from, w->base, loc, &name));
    const struct zip_entry *file = lookup(w->o, name, &w->o->case_differs);
    if (!file) return bad(w->a, name, "文件不存在", "the file is not there");
    for (size_t i = 0; i < w->nparts; i++)
        if (w->parts[i].file == file) {
            if (role == OFD_PAGE || role == OFD_DOCUMENT) return bad(w->a, name, "页面重复", "the page is there twice");
            return ok();
        }
    w->parts[w->nparts++] = (struct ofd_part){role, id, file};
    return ok();
}

static uint32_t number(struct slice s)
{
    int64_t v;
    return slice_int64(slice_trim(s), &v) && v > 0 && v <= UINT32_MAX ? (uint32_t)v : 0;
}

/* Follows one kind of link from the children of e; id is that of the nearest element with one. */
static result follow(struct walk *w, const struct link *l, const struct xml_node *e, size_t depth, uint32_t id)
{
    bool last = depth + 1 == DEPTH_MAX || !l->path[depth + 1];
    for (const struct xml_node *c = xml_child(e, NULL, l->path[depth]); c; c = xml_next(c, NULL, l->path[depth])) {
        struct slice own = xml_attr(c, "", "ID"), page = xml_attr(c, "", "PageID");
        uint32_t nearest = own.p ? number(own) : page.p ? number(page) : id;
        if (!last) {
            TRY(follow(w, l, c, depth + 1, nearest));
            continue;
        }
        struct slice loc = l->attr ? xml_attr(c, "", l->attr) : xml_text(w->scratch, c);
        if (slice_trim(loc).n == 0) {
            if (l->to == OFD_PROFILE) continue; /* the one that may be left out */
            return bad(w->a, w->from, "缺少文件路径", "a path is missing");
        }
        TRY(add(w, l->to, nearest, loc));
    }
    return ok();
}

static bool has_links(enum ofd_role role)
{
    for (size_t i = 0; i < NLINKS; i++)
        if (LINKS[i].from == role) return true;
    return false;
}

static result expand(struct walk *w, const struct ofd_part *part)
{
    struct xml_node *root;
    if (!has_links(part->role)) return ok();
    w->from = part->file->name;
    w->xml += part->file->bytes.n;
    if (w->xml > OFD_MAX_UNPACKED) return bad(w->a, w->from, "文档过多", "too many documents");
    TRY(xml_parse(w->scratch, part->file->bytes, OFD_MAX_XML, w->from, &root));
    w->base = part->role == OFD_RESOURCES ? xml_attr(root, "", "BaseLoc") : S("");
    for (size_t i = 0; i < NLINKS; i++)
        if (LINKS[i].from == part->role) TRY(follow(w, &LINKS[i], root, 0, 0));
    return ok();
}

static result walk_parts(struct walk *w, size_t first)
{
    for (size_t i = first; i < w->nparts; i++) {
        result r = result_copy(w->a, expand(w, &w->parts[i]));
        arena_reset(w->scratch);
        TRY(r);
    }
    return ok();
}

static struct slice child_text(struct arena *a, const struct xml_node *e, const char *name)
{
    const struct xml_node *c = e ? xml_child(e, NULL, name) : NULL;
    return c ? slice_trim(xml_text(a, c)) : S("");
}

static void read_info(struct arena *a, const struct xml_node *body, struct ofd_document *d)
{
    const struct xml_node *info = xml_child(body, NULL, "DocInfo"), *c,
                          *list = info ? xml_child(info, NULL, "CustomDatas") : NULL;
    d->id = child_text(a, info, "DocID");
    d->title = child_text(a, info, "Title");
    d->created = child_text(a, info, "CreationDate");
    for (c = list ? xml_child(list, NULL, "CustomData") : NULL; c; c = xml_next(c, NULL, "CustomData")) d->ncustom++;
    struct ofd_custom *custom = NEW_ARRAY(a, struct ofd_custom, d->ncustom);
    size_t i = 0;
    for (c = list ? xml_child(list, NULL, "CustomData") : NULL; c; c = xml_next(c, NULL, "CustomData"))
        custom[i++] = (struct ofd_custom){xml_attr(c, "", "Name"), xml_text(a, c)};
    d->custom = custom;
}

static result read_signatures(struct walk *w, struct slice loc, struct ofd_document *d)
{
    struct xml_node *root;
    struct ofd_signature *list = NEW_ARRAY(w->a, struct ofd_signature, OFD_MAX_SIGNATURES);
    d->signatures = list;
    if (loc.n == 0) return ok();
    TRY(ofd_file(w->a, w->o, S("OFD.xml"), loc, &d->signature_list));
    struct slice where = d->signature_list->name;
    TRY(xml_parse(w->a, d->signature_list->bytes, OFD_MAX_XML, where, &root));
    for (const struct xml_node *s = xml_child(root, NULL, "Signature"); s; s = xml_next(s, NULL, "Signature")) {
        struct slice type = xml_attr(s, "", "Type"), base = xml_attr(s, "", "BaseLoc");
        if (d->nsignatures == OFD_MAX_SIGNATURES) return bad(w->a, where, "签名过多", "too many signatures");
        if (!type.p) type = S("Seal");
        if (!slice_is(type, "Seal") && !slice_is(type, "Sign"))
            return bad(w->a, where, "签名类型未知", "a signature of an unknown type");
        struct ofd_signature *to = &list[d->nsignatures++];
        *to = (struct ofd_signature){.id = xml_attr(s, "", "ID"), .type = type};
        TRY(ofd_file(w->a, w->o, where, base, &to->file));
        for (struct ofd_signature *other = list; other < to; other++)
            if (other->file == to->file || slice_eq(other->id, to->id))
                return bad(w->a, where, "签名重复", "the same signature twice");
    }
    return ok();
}

static result read_document(struct walk *w, const struct xml_node *body, struct ofd_document *d)
{
    const struct xml_node *versions = xml_child(body, NULL, "Versions"), *v;
    w->from = S("OFD.xml");
    w->base = S("");
    w->parts = NEW_ARRAY(w->a, struct ofd_part, w->o->zip.n);
    w->nparts = 0;
    read_info(w->a, body, d);
    struct slice root = child_text(w->a, body, "DocRoot");
    if (root.n == 0) return bad(w->a, w->from, "缺少 DocRoot", "DocRoot is missing");
    TRY(add(w, OFD_DOCUMENT, 0, root));
    TRY(walk_parts(w, 0));
    size_t reached = w->nparts; /* what only an older version uses comes behind */
    w->from = S("OFD.xml");
    w->base = S("");
    for (v = versions ? xml_child(versions, NULL, "Version") : NULL; v; v = xml_next(v, NULL, "Version"))
        TRY(add(w, OFD_VERSION, 0, xml_attr(v, "", "BaseLoc")));
    TRY(walk_parts(w, reached));
    d->parts = w->parts;
    d->nparts = w->nparts;
    d->pages = NEW_ARRAY(w->a, const struct ofd_part *, w->nparts);
    for (size_t i = 0; i < w->nparts; i++)
        if (w->parts[i].role == OFD_PAGE) d->pages[d->npages++] = &w->parts[i];
    if (d->npages == 0) return bad(w->a, d->parts[0].file->name, "没有页面", "no page");
    return read_signatures(w, child_text(w->a, body, "Signatures"), d);
}

static result read_documents(struct walk *w)
{
    const struct zip_entry *entry = zip_find(&w->o->zip, S("OFD.xml"));
    struct xml_node *root;
    if (!entry) return bad(w->a, S("OFD.xml"), "文件不存在", "the file is not there");
    TRY(xml_parse(w->a, entry->bytes, OFD_MAX_XML, entry->name, &root));
    if (!slice_is(root->name, "OFD")) return bad(w->a, entry->name, "根元素不是 OFD", "its root is not OFD");
    struct ofd_document *list = NEW_ARRAY(w->a, struct ofd_document, OFD_MAX_DOCUMENTS);
    w->o->documents = list;
    for (const struct xml_node *b = xml_child(root, NULL, "DocBody"); b; b = xml_next(b, NULL, "DocBody")) {
        if (w->o->ndocuments == OFD_MAX_DOCUMENTS) return bad(w->a, entry->name, "文档过多", "too many documents");
        TRY(read_document(w, b, &list[w->o->ndocuments++]));
    }
    return w->o->ndocuments ? ok() : bad(w->a, entry->name, "没有文档", "no document");
}

result ofd_read(struct arena *a, struct slice file, struct ofd *out)
{
    static const struct zip_limits MOST = {.entries = OFD_MAX_FILES, .bytes = OFD_MAX_UNPACKED, .ratio = 200};
    *out = (struct ofd){0};
    if (file.n > OFD_MAX_BYTES)
        return fail(a, CODE_TOO_LARGE, S(""), "limit", arena_printf(a, "%d", OFD_MAX_BYTES), NULL);
    TRY(zip_read(a, file, &MOST, &out->zip));
    struct walk w = {.a = a, .scratch = arena_new("ofd"), .o = out};
    result r = read_documents(&w);
    arena_free(w.scratch);
    return r;
}
