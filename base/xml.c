#include "base/xml.h"

#include <expat.h>
#include <limits.h>

enum { MAX_DEPTH = 200, MAX_NODES = 1000000 };

/* Stands between the parts of expat's names; no XML document can contain it. */
static const char SEPARATOR = '\x01';

struct reader {
    struct arena *a, *scratch;
    struct slice where;
    XML_Parser expat;
    struct xml_node *root, *open;  /* open: the element we are in */
    struct xml_node *last_outside; /* last comment or PI before or behind the root */
    struct buf text;               /* character data arrives in pieces */
    uint32_t text_line;
    struct xml_attr declared[64]; /* namespace declarations of the element that comes next */
    size_t ndeclared;
    size_t depth, nodes;
    bool stopped;
    result problem;
};

static void stop(struct reader *r, result problem)
{
    if (r->stopped) return;
    r->stopped = true;
    r->problem = problem;
    XML_StopParser(r->expat, XML_FALSE);
}

static void limit(struct reader *r, const char *zh, const char *en)
{
    stop(r, fail(r->a, CODE_XML_LIMIT, r->where, "detail_zh", slice_cstr(zh), "detail", slice_cstr(en), NULL));
}

static uint32_t line_now(const struct reader *r)
{
    return (uint32_t)XML_GetCurrentLineNumber(r->expat);
}

static void attach(struct reader *r, struct xml_node *n)
{
    struct xml_node *parent = r->open;
    n->parent = parent;
    if (parent && parent->last) {
        parent->last->next = n;
    } else if (parent) {
        parent->first = n;
    } else if (n->kind == XML_ELEMENT) {
        n->prolog = r->last_outside ? r->root : NULL; /* until now r->root was the first node of the prolog */
        r->root = n;
        r->last_outside = n;
    } else if (r->last_outside) {
        r->last_outside->next = n;
        r->last_outside = n;
    } else {
        r->root = r->last_outside = n;
    }
    if (parent) parent->last = n;
}

static struct xml_node *node(struct reader *r, enum xml_kind kind)
{
    if (++r->nodes > MAX_NODES) {
        limit(r, "节点超过 100 万个", "more than 1 million nodes");
        return NULL;
    }
    struct xml_node *n = NEW(r->a, struct xml_node);
    n->kind = kind;
    n->line = line_now(r);
    return n;
}

static void flush_text(struct reader *r)
{
    if (r->text.n == 0 || r->stopped) return;
    struct xml_node *n = node(r, XML_TEXT);
    if (!n) return;
    n->text = arena_copy(r->a, buf_slice(&r->text));
    n->line = r->text_line;
    attach(r, n);
    r->text.n = 0;
}

/* expat's "uri|local|prefix", "uri|local" or "local". */
static void split_name(struct reader *r, const char *name, struct slice *ns, struct slice *local, struct slice *prefix)
{
    struct slice first, rest, second, third;
    *ns = *prefix = S("");
    if (!slice_cut(slice_cstr(name), SEPARATOR, &first, &rest)) {
        *local = arena_copy(r->a, first);
        return;
    }
    (void)slice_cut(rest, SEPARATOR, &second, &third);
    *ns = arena_copy(r->a, first);
    *local = arena_copy(r->a, second);
    *prefix = arena_copy(r->a, third);
}

static void on_namespace(void *ctx, const char *prefix, const char *uri)
{
    struct reader *r = ctx;
    if (r->ndeclared == sizeof r->declared / sizeof *r->declared) {
        limit(r, "一个元素上的命名空间声明过多", "too many namespace declarations on one element");
        return;
    }
    r->declared[r->ndeclared++] = (struct xml_attr){
        .ns = S(""),
        .name = arena_copy(r->a, slice_cstr(prefix ? prefix : "")),
        .prefix = S(""),
        .value = arena_copy(r->a, slice_cstr(uri ? uri : "")),
    };
}

static void on_start(void *ctx, const char *name, const char **atts)
{
    struct reader *r = ctx;
    flush_text(r);
    if (r->stopped) return;
    if (++r->depth > MAX_DEPTH) {
        limit(r, "嵌套超过 200 层", "nested deeper than 200");
        return;
    }
    struct xml_node *e = node(r, XML_ELEMENT);
    if (!e) return;
    split_name(r, name, &e->ns, &e->name, &e->prefix);
    size_t n = 0;
    while (atts[2 * n]) n++;
    r->nodes += n; /* attributes count as nodes: they take as much memory */
    struct xml_attr *attrs = NEW_ARRAY(r->a, struct xml_attr, n);
    for (size_t i = 0; i < n; i++) {
        split_name(r, atts[2 * i], &attrs[i].ns, &attrs[i].name, &attrs[i].prefix);
        attrs[i].value = arena_copy(r->a, slice_cstr(atts[2 * i + 1]));
    }
    e->attrs = attrs;
    e->nattrs = n;
    if (r->ndeclared) {
        struct xml_attr *declared = NEW_ARRAY(r->a, struct xml_attr, r->ndeclared);
        memcpy(declared, r->declared, r->ndeclared * sizeof *declared);
        e->nsdecls = declared;
        e->nnsdecls = r->ndeclared;
        r->ndeclared = 0;
    }
    attach(r, e);
    r->open = e;
}

static void on_end(void *ctx, const char *name)
{
    struct reader *r = ctx;
    (void)name;
    flush_text(r);
    if (r->stopped || !r->open) return;
    r->open = r->open->parent;
    r->depth--;
}

static void on_text(void *ctx, const char *p, int n)
{
    struct reader *r = ctx;
    if (!r->open || r->stopped) return;
    if (r->text.n == 0) r->text_line = line_now(r);
    buf_put(&r->text, slice_of(p, (size_t)n));
}

static void on_comment(void *ctx, const char *text)
{
    struct reader *r = ctx;
    flush_text(r);
    struct xml_node *n = r->stopped ? NULL : node(r, XML_COMMENT);
    if (!n) return;
    n->text = arena_copy(r->a, slice_cstr(text));
    attach(r, n);
}

static void on_pi(void *ctx, const char *target, const char *data)
{
    struct reader *r = ctx;
    flush_text(r);
    struct xml_node *n = r->stopped ? NULL : node(r, XML_PI);
    if (!n) return;
    n->name = arena_copy(r->a, slice_cstr(target));
    n->text = arena_copy(r->a, slice_cstr(data));
    attach(r, n);
}

/* No DTD, hence no entities of one's own, no external files, no default attributes. */
static void on_doctype(void *ctx, const char *name, const char *system_id, const char *public_id, int internal)
{
    struct reader *r = ctx;
    (void)name, (void)system_id, (void)public_id, (void)internal;
    stop(r, fail(r->a, CODE_XML_DOCTYPE, r->where, NULL));
}

static const char *error_zh(enum XML_Error e)
{
    switch (e) {
    case XML_ERROR_NO_ELEMENTS: return "没有根元素，或内容不完整";
    case XML_ERROR_UNCLOSED_TOKEN:
    case XML_ERROR_PARTIAL_CHAR:
    case XML_ERROR_UNCLOSED_CDATA_SECTION: return "内容不完整";
    case XML_ERROR_TAG_MISMATCH: return "起止标签不匹配";
    case XML_ERROR_DUPLICATE_ATTRIBUTE: return "属性重复";
    case XML_ERROR_JUNK_AFTER_DOC_ELEMENT: return "根元素之后还有内容";
    case XML_ERROR_UNDEFINED_ENTITY: return "未定义的实体";
    case XML_ERROR_BAD_CHAR_REF: return "无效的字符引用";
    case XML_ERROR_UNKNOWN_ENCODING:
    case XML_ERROR_INCORRECT_ENCODING: return "不支持的编码，请用 UTF-8";
    case XML_ERROR_UNBOUND_PREFIX:
    case XML_ERROR_UNDECLARING_PREFIX: return "命名空间前缀未声明";
    default: return "不是格式良好的 XML";
    }
}

static result syntax(struct reader *r)
{
    enum XML_Error e = XML_GetErrorCode(r->expat);
    return fail(r->a, CODE_XML_SYNTAX, r->where, "line", arena_printf(r->scratch, "%u", line_now(r)), "detail_zh",
                slice_cstr(error_zh(e)), "detail", slice_cstr(XML_ErrorString(e)), NULL);
}

static void connect(struct reader *r)
{
    XML_SetUserData(r->expat, r);
    XML_SetReturnNSTriplet(r->expat, 1);
    XML_SetElementHandler(r->expat, on_start, on_end);
    XML_SetCharacterDataHandler(r->expat, on_text);
    XML_SetCommentHandler(r->expat, on_comment);
    XML_SetProcessingInstructionHandler(r->expat, on_pi);
    XML_SetStartNamespaceDeclHandler(r->expat, on_namespace);
    XML_SetStartDoctypeDeclHandler(r->expat, on_doctype);
}

result xml_parse(struct arena *a, struct slice text, size_t max_bytes, struct slice where, struct xml_node **root)
{
    if (max_bytes > INT_MAX) max_bytes = INT_MAX;
    if (text.n > max_bytes) return fail(a, CODE_TOO_LARGE, where, "limit", arena_printf(a, "%zu", max_bytes), NULL);
    struct reader r = {.a = a, .scratch = arena_new("xml"), .where = where};
    r.text = buf_new(r.scratch, SIZE_MAX);
    r.expat = XML_ParserCreateNS(NULL, SEPARATOR);
    if (!r.expat) {
        arena_free(r.scratch);
        return fail(a, CODE_INTERNAL, where, "detail", S("XML_ParserCreateNS"), NULL);
    }
    connect(&r);
    /* in one call: expat's work on a long token cut into pieces would be quadratic */
    bool good = XML_Parse(r.expat, text.n ? text.p : "", (int)text.n, 1) == XML_STATUS_OK;
    result problem = r.stopped ? r.problem : good ? ok() : syntax(&r);
    XML_ParserFree(r.expat);
    arena_free(r.scratch);
    if (!failed(problem)) *root = r.root;
    return problem;
}

static bool named(struct slice ns, struct slice name, const char *want_ns, const char *want)
{
    return slice_is(name, want) && (!want_ns || slice_is(ns, want_ns));
}

struct slice xml_attr(const struct xml_node *e, const char *ns, const char *name)
{
    for (size_t i = 0; e && i < e->nattrs; i++)
        if (named(e->attrs[i].ns, e->attrs[i].name, ns, name)) return e->attrs[i].value;
    return (struct slice){NULL, 0};
}

static const struct xml_node *element_from(const struct xml_node *n, const char *ns, const char *name)
{
    while (n && (n->kind != XML_ELEMENT || !named(n->ns, n->name, ns, name))) n = n->next;
    return n;
}

const struct xml_node *xml_child(const struct xml_node *e, const char *ns, const char *name)
{
    return e ? element_from(e->first, ns, name) : NULL;
}

const struct xml_node *xml_next(const struct xml_node *e, const char *ns, const char *name)
{
    return e ? element_from(e->next, ns, name) : NULL;
}

static void collect(struct buf *b, const struct xml_node *e)
{
    for (const struct xml_node *n = e->first; n; n = n->next) {
        if (n->kind == XML_TEXT) buf_put(b, n->text);
        if (n->kind == XML_ELEMENT) collect(b, n);
    }
}

struct slice xml_text(struct arena *a, const struct xml_node *e)
{
    if (!e) return (struct slice){NULL, 0};
    if (e->kind == XML_TEXT || (e->first && e->first == e->last && e->first->kind == XML_TEXT))
        return e->kind == XML_TEXT ? e->text : e->first->text; /* the usual case needs no copy */
    struct buf b = buf_new(a, SIZE_MAX);
    collect(&b, e);
    return buf_slice(&b);
}
