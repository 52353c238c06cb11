/* What is parsed must survive writing and parsing again, unchanged. */
#include "base/xml.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
        if (i->parent != x || k->parent != y || !same(i, k)) return false;
    return !i && !k;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct xml_node *x, *y;
    result r = xml_parse(a, slice_of((const char *)data, size), 1 << 20, S("fuzz"), &x);
    if (failed(r)) {
        if (result_text(a, r, LANG_ZH).n == 0) abort();
    } else {
        struct slice text = xml_write(a, x);
        if (failed(xml_parse(a, text, SIZE_MAX, S("fuzz"), &y)) || !same(x, y)) abort();
        if (!slice_eq(text, xml_write(a, y))) abort();
        (void)xml_text(a, x);
    }
    arena_free(a);
    return 0;
}
