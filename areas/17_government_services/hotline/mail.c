#include "areas/17_government_services/hotline/mail.h"

#include "areas/17_government_services/hotline/mail_text.h"

struct header {
    struct slice name, value; /* unfolded */
};
struct part {
    struct header h[MAIL_HEADERS];
    size_t n;
    struct slice body;
};
struct reading {
    struct arena *a;
    struct mail *out;
    size_t parts, bytes;
    struct slice plain, html;
};

static result unreadable(struct arena *a, const char *zh, const char *en)
{
    return fail(a, CODE_MAIL_READ, S("mail"), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

/* ---- header ---- */

static struct slice line_of(struct slice *rest)
{
    size_t end = slice_find(*rest, '\n', 0);
    struct slice line = end == SIZE_MAX ? *rest : slice_sub(*rest, 0, end);
    *rest = end == SIZE_MAX ? slice_sub(*rest, rest->n, 0) : slice_sub(*rest, end + 1, SIZE_MAX);
    if (line.n && line.p[line.n - 1] == '\r') line.n--;
    return line;
}

static void add_header(struct arena *a, struct part *p, struct slice line)
{
    struct slice name, value;
    if (p->n == MAIL_HEADERS || !slice_cut(line, ':', &name, &value)) return;
    p->h[p->n++] = (struct header){mail_lower(a, slice_trim(name)), slice_trim(value)};
}

/* Up to the empty line; folded lines joined. */
static void read_header(struct arena *a, struct slice bytes, struct part *p)
{
    struct buf b = buf_new(a, 64 * 1024);
    struct slice rest = bytes;
    p->n = 0;
    while (rest.n) {
        struct slice line = line_of(&rest);
        bool folded = line.n && (line.p[0] == ' ' || line.p[0] == '\t');
        if (!folded && b.n) {
            add_header(a, p, arena_copy(a, buf_slice(&b)));
            b.n = 0;
        }
        if (!line.n) break;
        if (b.n + line.n < 60 * 1024) buf_put(&b, line);
    }
    if (b.n) add_header(a, p, arena_copy(a, buf_slice(&b)));
    p->body = rest;
}

static struct slice header(const struct part *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (slice_is(p->h[i].name, name)) return p->h[i].value;
    return S("");
}

/* ---- content ---- */

static struct slice decoded(struct arena *a, const struct part *p)
{
    struct slice coding = mail_lower(a, header(p, "content-transfer-encoding"));
    if (slice_is(coding, "base64")) return mail_base64(a, p->body);
    if (slice_is(coding, "quoted-printable")) return mail_quoted(a, p->body, false);
    return p->body;
}

static struct slice file_name(struct arena *a, const struct part *p)
{
    struct slice name = mail_parameter(a, header(p, "content-disposition"), "filename");
    if (!name.n) name = mail_parameter(a, header(p, "content-type"), "name");
    return mail_words(a, name);
}

static void add_file(struct reading *r, const struct part *p, struct slice name)
{
    struct slice bytes = decoded(r->a, p);
    if (r->out->nfiles == MAIL_FILES) {
        r->out->left_out++;
        return;
    }
    r->out->files[r->out->nfiles++] = (struct mail_file){name, bytes};
}

static void read_part(struct reading *r, struct slice bytes, int depth);

static void read_parts(struct reading *r, const struct part *p, struct slice boundary, int depth)
{
    struct slice mark = arena_printf(r->a, "--%.*s", SLICE_ARG(boundary)), rest = p->body;
    const char *begin = NULL;
    while (rest.n && r->parts < MAIL_PARTS) {
        const char *at = rest.p;
        struct slice line = line_of(&rest);
        struct slice after = slice_trim(slice_sub(line, mark.n, SIZE_MAX));
        if (!slice_starts(line, mark) || (after.n && !slice_is(after, "--"))) continue;
        if (begin) read_part(r, slice_of(begin, (size_t)(at - begin)), depth + 1);
        begin = rest.p;
        if (after.n) return;
    }
    if (begin && r->parts < MAIL_PARTS && rest.n == 0 && begin < p->body.p + p->body.n)
        read_part(r, slice_of(begin, (size_t)(p->body.p + p->body.n - begin)), depth + 1);
}

static void read_body(struct reading *r, const struct part *p, int depth)
{
    struct slice type = header(p, "content-type"), kind, rest;
    if (!slice_cut(type, ';', &kind, &rest)) kind = type;
    kind = mail_lower(r->a, slice_trim(kind));
    struct slice boundary = mail_parameter(r->a, type, "boundary"), name = file_name(r->a, p);
    bool attached = slice_starts(mail_lower(r->a, header(p, "content-disposition")), S("attachment"));
    if (slice_starts(kind, S("multipart/"))) {
        if (boundary.n && boundary.n <= 70 && depth < MAIL_DEPTH) read_parts(r, p, boundary, depth);
        return;
    }
    bool text = !kind.n || slice_is(kind, "text/plain"), html = slice_is(kind, "text/html");
    if (attached || name.n || (!text && !html)) {
        add_file(r, p, name);
        return;
    }
    struct slice said = mail_utf8(r->a, decoded(r->a, p), mail_parameter(r->a, type, "charset"));
    if (text && !r->plain.n) r->plain = said;
    if (html && !r->html.n) r->html = said;
}

static void read_part(struct reading *r, struct slice bytes, int depth)
{
    struct part *p = NEW(r->a, struct part);
    r->parts++;
    read_header(r->a, bytes, p);
    read_body(r, p, depth);
}

/* ---- who ---- */

/* "Name" <a@b>, a@b, a@b (Name): the first address. */
static void sender(struct reading *r, struct slice from)
{
    size_t open = slice_find(from, '<', 0), close = open == SIZE_MAX ? SIZE_MAX : slice_find(from, '>', open);
    struct slice address = from, name = S("");
    if (close != SIZE_MAX) {
        address = slice_sub(from, open + 1, close - open - 1);
        name = slice_sub(from, 0, open);
    }
    address = slice_trim(address);
    size_t space = slice_find(address, ' ', 0);
    if (space != SIZE_MAX) address = slice_sub(address, 0, space);
    name = slice_trim(name);
    if (name.n >= 2 && name.p[0] == '"' && name.p[name.n - 1] == '"') name = slice_sub(name, 1, name.n - 2);
    r->out->from_name = mail_clean(r->a, mail_words(r->a, name), 100, false);
    size_t at = slice_find(address, '@', 0);
    bool good = at != SIZE_MAX && at > 0 && at + 1 < address.n && address.n <= 200 && mail_printable(address) &&
                slice_find(address, '@', at + 1) == SIZE_MAX;
    r->out->from = good ? address : S("");
}

static bool automatic(struct arena *a, const struct part *p)
{
    struct slice submitted = mail_lower(a, header(p, "auto-submitted")),
                 precedence = mail_lower(a, header(p, "precedence"));
    return (submitted.n && !slice_is(submitted, "no")) || slice_is(precedence, "bulk") ||
           slice_is(precedence, "junk") || slice_is(precedence, "list") || header(p, "list-id").n > 0;
}

result mail_read(struct arena *a, struct slice bytes, struct mail *out)
{
    struct reading r = {.a = a, .out = out};
    struct part *p = NEW(a, struct part);
    *out = (struct mail){.nfiles = 0};
    if (bytes.n > MAIL_MAX) return unreadable(a, "邮件过大", "the message is too large");
    read_header(a, bytes, p);
    if (!p->n) return unreadable(a, "没有邮件头", "it has no header");
    sender(&r, header(p, "from"));
    out->subject = mail_clean(a, mail_words(a, header(p, "subject")), 200, false);
    out->automatic = automatic(a, p);
    read_body(&r, p, 0);
    struct slice said = r.plain.n ? r.plain : mail_strip(a, r.html);
    out->text = mail_clean(a, said, MAIL_TEXT, true);
    if (!out->text.n) out->text = out->subject;
    if (!out->from.n) return unreadable(a, "没有发件人地址", "it has no address of a sender");
    if (slice_codepoints(out->text) < 2) return unreadable(a, "没有正文", "nothing is said in it");
    return ok();
}
