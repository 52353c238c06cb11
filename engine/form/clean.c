/* Data as the form shows it, and as it is to be kept. */
#include "engine/form/validate.h"
#include "engine/form/visible.h"

enum { ROUNDS_MAX = 8 /* a field hidden by a hidden field, and so on */ };

struct cleaner {
    struct run run;
    bool keep; /* for good: empty texts go, identifiers take their normal form */
};

static const struct json *clean(struct cleaner *c, const struct node *n, const struct json *v, int depth);

static const struct json *clean_object(struct cleaner *c, const struct node *n, const struct json *v, int depth)
{
    const struct json **items = NEW_ARRAY(c->run.a, const struct json *, v->n + 1);
    struct slice *keys = NEW_ARRAY(c->run.a, struct slice, v->n + 1);
    size_t kept = 0;
    bool same = true;
    for (size_t i = 0; i < v->n && spend(&c->run, 1); i++) {
        const struct node *p = property_of(n, v->keys[i]);
        bool gone = !property_visible(&c->run, p, v) ||
                    (c->keep && v->items[i]->type == JSON_STRING && v->items[i]->text.n == 0);
        const struct json *item = gone ? NULL : clean(c, p, v->items[i], depth + 1);
        same = same && item == v->items[i];
        if (!item) continue;
        keys[kept] = v->keys[i];
        items[kept++] = item;
    }
    if (same || c->run.overrun) return v;
    struct json *out = NEW(c->run.a, struct json);
    *out = (struct json){.type = JSON_OBJECT, .n = kept, .items = items, .keys = keys};
    return out;
}

static const struct node *item_of(const struct node *n, size_t i)
{
    for (int depth = 0; n && depth < 8; depth++, n = n->ref)
        if (i < n->prefix.n || n->items) return i < n->prefix.n ? n->prefix.items[i] : n->items;
    return NULL;
}

static const struct json *clean_array(struct cleaner *c, const struct node *n, const struct json *v, int depth)
{
    struct json_builder b = json_builder(c->run.a);
    bool same = true;
    for (size_t i = 0; i < v->n && spend(&c->run, 1); i++) {
        const struct json *item = clean(c, item_of(n, i), v->items[i], depth + 1);
        same = same && item == v->items[i];
        json_add(&b, item);
    }
    return same || c->run.overrun ? v : json_array(&b);
}

static enum id_kind identifier_of(const struct node *n)
{
    for (int depth = 0; n && depth < 8; depth++, n = n->ref)
        if (n->field.identifier) return n->field.identifier;
    return ID_KIND_NONE;
}

static const struct json *clean(struct cleaner *c, const struct node *n, const struct json *v, int depth)
{
    if (!n || depth > 64) return v;
    if (v->type == JSON_OBJECT) return clean_object(c, n, v, depth);
    if (v->type == JSON_ARRAY) return clean_array(c, n, v, depth);
    enum id_kind kind = c->keep && v->type == JSON_STRING ? identifier_of(n) : ID_KIND_NONE;
    if (kind == ID_KIND_NONE) return v;
    struct slice normal = identifier_normal(c->run.a, kind, v->text);
    return slice_eq(normal, v->text) ? v : json_of_string(c->run.a, normal);
}

static const struct json *rounds(struct arena *a, const struct schema *s, const struct json *data, bool keep,
                                 bool *overrun)
{
    struct cleaner *c = NEW(a, struct cleaner);
    c->run.a = a;
    c->run.schema = s;
    c->keep = keep;
    for (int i = 0; i < ROUNDS_MAX; i++) {
        c->run.root = data;
        const struct json *next = clean(c, s->root, data, 0);
        if (next == data) break;
        data = next;
    }
    *overrun = c->run.overrun;
    return data;
}

const struct json *visible_data(struct arena *a, const struct schema *s, const struct json *data, bool *overrun)
{
    return rounds(a, s, data, false, overrun);
}

const struct json *form_clean(struct arena *a, const struct schema *s, const struct json *data)
{
    bool overrun; /* then it comes back as it was, and schema_validate refuses it */
    return rounds(a, s, data, true, &overrun);
}
