#include "base/xml.h"

/* The first character of s: its length, and whether XML may contain it (XML 1.0 production 2). A byte that is
 * no UTF-8 counts as one bad character. */
static size_t character(struct slice s, bool *legal)
{
    unsigned char c = (unsigned char)s.p[0];
    *legal = c >= 0x20 || c == '\t' || c == '\n' || c == '\r';
    if (c < 0x80) return 1;
    struct slice one = slice_sub(s, 0, c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2);
    bool good = slice_utf8(one);
    *legal = good && !slice_eq(one, S("\xEF\xBF\xBE")) && !slice_eq(one, S("\xEF\xBF\xBF"));
    return good ? one.n : 1;
}

static const char *reference(char c, bool attribute)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\r': return "&#13;";                    /* a reader would turn it into a line feed */
    case '\n': return attribute ? "&#10;" : NULL; /* and these in an attribute into spaces */
    case '\t': return attribute ? "&#9;" : NULL;
    default: return NULL;
    }
}

static void escape(struct buf *b, struct slice s, bool attribute)
{
    while (s.n) {
        bool legal;
        size_t n = character(s, &legal);
        const char *ref = reference(s.p[0], attribute);
        if (!legal)
            buf_put(b, S("\xEF\xBF\xBD"));
        else if (ref)
            buf_puts(b, ref);
        else
            buf_put(b, slice_sub(s, 0, n));
        s = slice_sub(s, n, SIZE_MAX);
    }
}

void xml_escape(struct buf *b, struct slice s)
{
    escape(b, s, true);
}

static void write_name(struct buf *b, struct slice prefix, struct slice name)
{
    if (prefix.n) {
        buf_put(b, prefix);
        buf_putc(b, ':');
    }
    buf_put(b, name);
}

static void write_value(struct buf *b, struct slice value)
{
    buf_put(b, S("=\""));
    escape(b, value, true);
    buf_putc(b, '"');
}

/* Comments and PIs have no escapes: what would end them is broken with a space. */
static void write_raw(struct buf *b, struct slice s, char first, char second)
{
    for (size_t i = 0; i < s.n;) {
        bool legal;
        size_t n = character(slice_sub(s, i, SIZE_MAX), &legal);
        buf_put(b, legal ? slice_sub(s, i, n) : S("\xEF\xBF\xBD"));
        bool ends = s.p[i] == first && (i + 1 == s.n ? second == first : s.p[i + 1] == second);
        if (ends) buf_putc(b, ' ');
        i += n;
    }
}

static void write_node(struct buf *b, const struct xml_node *n);

static void write_element(struct buf *b, const struct xml_node *e)
{
    buf_putc(b, '<');
    write_name(b, e->prefix, e->name);
    for (size_t i = 0; i < e->nnsdecls; i++) {
        buf_puts(b, e->nsdecls[i].name.n ? " xmlns:" : " xmlns");
        buf_put(b, e->nsdecls[i].name);
        write_value(b, e->nsdecls[i].value);
    }
    for (size_t i = 0; i < e->nattrs; i++) {
        buf_putc(b, ' ');
        write_name(b, e->attrs[i].prefix, e->attrs[i].name);
        write_value(b, e->attrs[i].value);
    }
    if (!e->first) {
        buf_put(b, S("/>"));
        return;
    }
    buf_putc(b, '>');
    for (const struct xml_node *n = e->first; n; n = n->next) write_node(b, n);
    buf_put(b, S("</"));
    write_name(b, e->prefix, e->name);
    buf_putc(b, '>');
}

static void write_node(struct buf *b, const struct xml_node *n)
{
    switch (n->kind) {
    case XML_ELEMENT: write_element(b, n); break;
    case XML_TEXT: escape(b, n->text, false); break;
    case XML_COMMENT:
        buf_put(b, S("<!--"));
        write_raw(b, n->text, '-', '-');
        buf_put(b, S("-->"));
        break;
    case XML_PI:
        buf_put(b, S("<?"));
        buf_put(b, n->name);
        if (n->text.n) buf_putc(b, ' ');
        write_raw(b, n->text, '?', '>');
        buf_put(b, S("?>"));
        break;
    }
}

struct slice xml_write(struct arena *a, const struct xml_node *root)
{
    struct buf b = buf_new(a, SIZE_MAX);
    buf_put(&b, S("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
    for (const struct xml_node *n = root->prolog; n && n != root; n = n->next) {
        write_node(&b, n);
        buf_putc(&b, '\n');
    }
    write_node(&b, root);
    buf_putc(&b, '\n');
    for (const struct xml_node *n = root->next; n && !root->parent; n = n->next) {
        write_node(&b, n);
        buf_putc(&b, '\n');
    }
    return buf_slice(&b);
}

static bool same_attrs(const struct xml_attr *x, size_t nx, const struct xml_attr *y, size_t ny)
{
    if (nx != ny) return false;
    for (size_t i = 0; i < nx; i++)
        if (!slice_eq(x[i].ns, y[i].ns) || !slice_eq(x[i].name, y[i].name) || !slice_eq(x[i].prefix, y[i].prefix) ||
            !slice_eq(x[i].value, y[i].value))
            return false;
    return true;
}

static bool same(const struct xml_node *x, const struct xml_node *y)
{
    if (x->kind != y->kind || !slice_eq(x->ns, y->ns) || !slice_eq(x->name, y->name) ||
        !slice_eq(x->prefix, y->prefix) || !slice_eq(x->text, y->text) ||
        !same_attrs(x->attrs, x->nattrs, y->attrs, y->nattrs) ||
        !same_attrs(x->nsdecls, x->nnsdecls, y->nsdecls, y->nnsdecls))
        return false;
    const struct xml_node *i = x->first, *k = y->first;
    for (; i && k; i = i->next, k = k->next)
        if (!same(i, k)) return false;
    return !i && !k;
}

static bool same_run(const struct xml_node *x, const struct xml_node *x_end, const struct xml_node *y,
                     const struct xml_node *y_end)
{
    for (; x != x_end && y != y_end && x && y; x = x->next, y = y->next)
        if (!same(x, y)) return false;
    return (x == x_end || !x) && (y == y_end || !y);
}

bool xml_equal(const struct xml_node *x, const struct xml_node *y)
{
    return same(x, y) && same_run(x->prolog ? x->prolog : x, x, y->prolog ? y->prolog : y, y) &&
           same_run(x->next, NULL, y->next, NULL);
}
