/* Where schemas are: resources, anchors, references (C 8, 9). */
#include "engine/form/compile.h"
#include "engine/form/uri.h"

static size_t slot_of(const struct compiler *c, const struct json *v)
{
    size_t at = (size_t)((uintptr_t)v >> 4) * 0x9E3779B1U % c->capacity;
    while (c->table[at] && c->table[at]->json != v) at = (at + 1) % c->capacity;
    return at;
}

struct node *schema_node(struct compiler *c, const struct json *v)
{
    return c->capacity ? c->table[slot_of(c, v)] : NULL;
}

static void grow(struct compiler *c)
{
    struct node **old = c->table, **queue = c->queue;
    size_t n = c->capacity;
    c->capacity = n ? 2 * n : 64;
    c->table = NEW_ARRAY(c->a, struct node *, c->capacity);
    c->queue = NEW_ARRAY(c->a, struct node *, c->capacity); /* nodes are queued once */
    if (c->queued) memcpy(c->queue, queue, c->queued * sizeof *queue);
    for (size_t i = 0; i < n; i++)
        if (old[i]) c->table[slot_of(c, old[i]->json)] = old[i];
}

static struct node *new_node(struct compiler *c, const struct json *v, struct resource *r, struct slice pointer)
{
    if (2 * c->nodes >= c->capacity) grow(c);
    struct node *n = NEW(c->a, struct node);
    n->json = v;
    n->resource = r;
    n->pointer = pointer;
    n->max_length = n->max_items = n->max_members = n->max_contains = SIZE_MAX;
    n->min_contains = 1;
    c->table[slot_of(c, v)] = n;
    c->nodes++;
    return n;
}

struct slice schema_place(struct compiler *c, const struct node *n, struct slice keyword)
{
    return arena_printf(c->a, "%.*s%.*s%s%.*s", SLICE_ARG(c->where), SLICE_ARG(n->pointer), keyword.n ? "/" : "",
                        SLICE_ARG(keyword));
}

void schema_problem(struct compiler *c, result r)
{
    if (c->nproblems >= SCHEMA_PROBLEMS_MAX || !failed(r)) return;
    c->nproblems++;
    c->problems = result_join(c->a, c->problems, r);
}

void schema_bad_value(struct compiler *c, const struct node *n, struct slice keyword, const char *zh, const char *en)
{
    schema_problem(c, fail(c->a, CODE_SCHEMA_VALUE, schema_place(c, n, keyword), "value", keyword, "expected_zh",
                           slice_cstr(zh), "expected_en", slice_cstr(en), NULL));
}

static struct resource *known_resource(struct compiler *c, struct slice uri)
{
    for (size_t i = 0; i < c->nknown; i++)
        if (slice_eq(c->known[i].uri, uri)) return c->known[i].resource;
    return NULL;
}

static bool know(struct compiler *c, const struct node *n, struct slice uri, struct resource *r)
{
    struct resource *same = known_resource(c, uri);
    if (same == r) return true;
    if (same || c->nknown == SCHEMA_RESOURCES_MAX) {
        schema_problem(c,
                       same ? fail(c->a, CODE_SCHEMA_DUPLICATE, schema_place(c, n, S("$id")), "value", uri, NULL)
                            : fail(c->a, CODE_SCHEMA_LIMIT, schema_place(c, n, S("$id")), "limit", S("500 $id"), NULL));
        return false;
    }
    if ((c->nknown & (c->nknown + 1)) == 0) { /* full at 0, 1, 3, 7, … */
        struct known_uri *more = NEW_ARRAY(c->a, struct known_uri, 2 * c->nknown + 1);
        if (c->nknown) memcpy(more, c->known, c->nknown * sizeof *more);
        c->known = more;
    }
    c->known[c->nknown++] = (struct known_uri){uri, r};
    return true;
}

/* ---- scanning ---- */

static void add_anchor(struct compiler *c, struct node *n, struct resource *r, const char *keyword, bool dynamic)
{
    const struct json *v = json_get(n->json, keyword);
    if (!v) return;
    bool good = v->type == JSON_STRING && v->text.n > 0;
    for (size_t i = 0; good && i < v->text.n; i++) {
        char ch = v->text.p[i];
        bool first = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_';
        good = first || (i > 0 && ((ch >= '0' && ch <= '9') || ch == '-' || ch == '.'));
    }
    if (!good) {
        schema_bad_value(c, n, slice_cstr(keyword), "以字母或下划线开头的名称",
                         "a name that begins with a letter or underscore");
        return;
    }
    for (const struct anchor *x = r->anchors; x; x = x->next)
        if (slice_eq(x->name, v->text)) {
            if (x->node != n)
                schema_problem(c, fail(c->a, CODE_SCHEMA_DUPLICATE, schema_place(c, n, slice_cstr(keyword)), "value",
                                       v->text, NULL));
            return;
        }
    struct anchor *x = NEW(c->a, struct anchor);
    *x = (struct anchor){v->text, n, dynamic, r->anchors};
    r->anchors = x;
}

/* What the resource's $schema allows (C 8.1). Unknown metaschemas count as the standard's. */
static unsigned vocabulary_of(struct compiler *c, const struct json *root, unsigned inherited)
{
    static const struct {
        const char *name;
        unsigned bit;
    } known[] = {
        {"core", VOCAB_CORE},
        {"applicator", VOCAB_APPLICATOR},
        {"unevaluated", VOCAB_UNEVALUATED},
        {"validation", VOCAB_VALIDATION},
        {"format-annotation", 0},
        {"format-assertion", VOCAB_FORMAT},
        {"meta-data", 0},
        {"content", 0},
    };
    struct slice uri = json_string(root, "$schema"), prefix = S("https://json-schema.org/draft/2020-12/vocab/");
    if (uri.n == 0 || slice_is(uri, "https://json-schema.org/draft/2020-12/schema") || !c->options->resolve)
        return inherited;
    const struct json *words = json_get(c->options->resolve(c->options->ctx, uri), "$vocabulary");
    if (!words || words->type != JSON_OBJECT) return inherited;
    unsigned mask = VOCAB_CORE;
    for (size_t i = 0; i < words->n; i++)
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (slice_starts(words->keys[i], prefix) &&
                slice_is(slice_sub(words->keys[i], prefix.n, SIZE_MAX), known[k].name))
                mask |= known[k].bit;
    return mask;
}

/* A schema with $id is a resource of its own; others belong to the one around them. */
static struct resource *own_resource(struct compiler *c, struct node *n, struct resource *r)
{
    const struct json *id = json_get(n->json, "$id");
    if (!id || (id->type == JSON_STRING && id->text.n && id->text.p[0] == '#' && id->text.n == 1)) return r;
    struct slice fragment = {NULL, 0};
    struct slice uri =
        id->type == JSON_STRING ? uri_resolve(c->a, r->uri, id->text, &fragment) : (struct slice){NULL, 0};
    if (uri.n == 0 || fragment.n) {
        schema_bad_value(c, n, S("$id"), "不带片段的 URI", "a URI without a fragment");
        return r;
    }
    if (r->root == n) { /* the document says itself where it is */
        r->uri = uri;
        know(c, n, uri, r);
        return r;
    }
    struct resource *own = NEW(c->a, struct resource);
    *own = (struct resource){uri, n, NULL, vocabulary_of(c, n->json, r->vocabulary)};
    return know(c, n, uri, own) ? own : r;
}

static struct slice below(struct compiler *c, struct slice pointer, struct slice token)
{
    struct buf b = buf_new(c->a, pointer.n + 2 * token.n + 1);
    buf_put(&b, pointer);
    buf_putc(&b, '/');
    for (size_t i = 0; i < token.n; i++) {
        if (token.p[i] == '~')
            buf_puts(&b, "~0");
        else if (token.p[i] == '/')
            buf_puts(&b, "~1");
        else
            buf_putc(&b, token.p[i]);
    }
    return buf_slice(&b);
}

static bool is_schema(const struct json *v)
{
    return v->type == JSON_OBJECT || v->type == JSON_BOOL;
}

static void scan_keyword(struct compiler *c, struct resource *r, struct slice pointer, struct slice key,
                         enum shape shape, const struct json *v)
{
    struct slice here = below(c, pointer, key);
    if (shape == SHAPE_ONE && is_schema(v)) schema_scan(c, v, r, here);
    if ((shape != SHAPE_LIST || v->type != JSON_ARRAY) && (shape != SHAPE_MAP || v->type != JSON_OBJECT)) return;
    for (size_t i = 0; i < v->n; i++)
        if (is_schema(v->items[i]))
            schema_scan(c, v->items[i], r,
                        below(c, here, shape == SHAPE_MAP ? v->keys[i] : arena_printf(c->a, "%zu", i)));
}

struct node *schema_scan(struct compiler *c, const struct json *v, struct resource *r, struct slice pointer)
{
    if (v->type == JSON_BOOL) return v->boolean ? &c->always : &c->never;
    struct node *n = schema_node(c, v);
    if (n) return n;
    if (c->nodes >= SCHEMA_NODES_MAX) {
        if (c->nodes++ == SCHEMA_NODES_MAX)
            schema_problem(c, fail(c->a, CODE_SCHEMA_LIMIT, c->where, "limit", S("20000"), NULL));
        return &c->always;
    }
    n = new_node(c, v, r, pointer);
    if (!r->root) r->root = n;
    r = own_resource(c, n, r);
    n->resource = r;
    add_anchor(c, n, r, "$anchor", false);
    add_anchor(c, n, r, "$dynamicAnchor", true);
    for (size_t i = 0; i < v->n; i++) {
        const struct keyword *k = keyword_find(v->keys[i]);
        if (k && k->shape != SHAPE_NONE) scan_keyword(c, r, pointer, v->keys[i], k->shape, v->items[i]);
    }
    return n;
}

struct resource *schema_document(struct compiler *c, const struct json *v, struct slice uri)
{
    struct resource *r = NEW(c->a, struct resource);
    r->uri = uri;
    r->vocabulary = vocabulary_of(c, v, VOCAB_CORE | VOCAB_APPLICATOR | VOCAB_UNEVALUATED | VOCAB_VALIDATION);
    if (!know(c, &c->always, uri, r)) return NULL;
    struct node *root = schema_scan(c, v, r, S("#"));
    if (!r->root) r->root = root;
    return r;
}

const struct node *schema_use(struct compiler *c, const struct node *from, struct slice keyword, const struct json *v)
{
    if (!is_schema(v)) {
        schema_bad_value(c, from, keyword, "模式（对象或布尔值）", "a schema (an object or a boolean)");
        return &c->always;
    }
    if (v->type == JSON_BOOL) return v->boolean ? &c->always : &c->never;
    struct node *n = schema_node(c, v);
    if (!n) return &c->always; /* beyond the limit of nodes, already reported */
    if (!n->queued) {
        n->queued = true;
        c->queue[c->queued++] = n;
    }
    return n;
}

/* ---- references ---- */

static struct resource *fetch(struct compiler *c, struct slice uri)
{
    struct resource *r = known_resource(c, uri);
    if (r) return r;
    const struct json *v = meta_schema(c->a, uri);
    if (!v && c->options->resolve) v = c->options->resolve(c->options->ctx, uri);
    return v && is_schema(v) ? schema_document(c, v, uri) : NULL;
}

/* One step of a JSON pointer: member or index. */
static const struct json *child(struct compiler *c, const struct json *v, struct slice token)
{
    return json_pointer(v, arena_printf(c->a, "/%.*s", SLICE_ARG(token)));
}

/* Walks from the resource's root; passing a registered subschema changes to its resource (C 9.2.1). */
static struct node *walk(struct compiler *c, struct resource *r, struct slice pointer)
{
    const struct json *v = r->root->json;
    struct resource *in = r;
    struct slice rest = slice_sub(pointer, 1, SIZE_MAX), token;
    for (bool more = true; more && v;) {
        more = slice_cut(rest, '/', &token, &rest);
        v = child(c, v, token);
        struct node *n = v && v->type == JSON_OBJECT ? schema_node(c, v) : NULL;
        if (n) in = (struct resource *)(uintptr_t)n->resource;
    }
    return v && is_schema(v) ? schema_scan(c, v, in, arena_printf(c->a, "#%.*s", SLICE_ARG(pointer))) : NULL;
}

static struct node *find(struct compiler *c, struct resource *r, struct slice fragment, struct slice *dynamic)
{
    struct slice plain;
    if (!uri_decode(c->a, fragment, &plain)) return NULL;
    if (plain.n == 0) return r->root;
    if (plain.p[0] == '/') return walk(c, r, plain);
    for (const struct anchor *x = r->anchors; x; x = x->next)
        if (slice_eq(x->name, plain)) {
            if (x->dynamic) *dynamic = x->name;
            return x->node;
        }
    return NULL;
}

bool schema_resolve_reference(struct compiler *c, const struct node *from, struct slice keyword, struct slice text,
                              struct target *out)
{
    struct slice fragment;
    struct slice uri = uri_resolve(c->a, from->resource->uri, text, &fragment);
    *out = (struct target){NULL, {NULL, 0}};
    struct resource *r = fetch(c, uri);
    if (r) out->node = find(c, r, fragment, &out->dynamic);
    if (out->node) {
        if (out->node->json && !out->node->queued) {
            out->node->queued = true;
            c->queue[c->queued++] = out->node;
        }
        return true;
    }
    schema_problem(
        c, fail(c->a, CODE_SCHEMA_REFERENCE, schema_place(c, from, keyword), "value", slice_sub(text, 0, 200), NULL));
    return false;
}
