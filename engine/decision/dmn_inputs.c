/* What a decision reads from outside: the input data that it and all it requires need (DMN 1.5, 6.3.10). So the record of a
 * decision keeps these values and nothing else of the case. */
#include "engine/decision/dmn_model.h"

struct inputs {
    struct arena *a;
    struct slice *names;
    size_t n, cap;
};

static void add_name(struct inputs *x, struct slice name)
{
    for (size_t i = 0; i < x->n; i++)
        if (slice_eq(x->names[i], name)) return;
    if (x->n == x->cap) {
        size_t cap = x->cap ? x->cap * 2 : 8;
        struct slice *grown = NEW_ARRAY(x->a, struct slice, cap);
        if (x->n) memcpy(grown, x->names, x->n * sizeof *grown);
        x->names = grown;
        x->cap = cap;
    }
    x->names[x->n++] = name;
}

/* Loading refuses circles; the depth is bounded all the same. */
static void walk(struct inputs *x, const struct drg *d, int depth)
{
    if (depth > 100) return;
    if (d->kind == DRG_INPUT) add_name(x, d->name);
    for (size_t i = 0; i < d->nrequires; i++) walk(x, d->requires[i], depth + 1);
    for (size_t i = 0; i < d->nparams; i++) walk(x, d->params[i], depth + 1);
    for (size_t i = 0; i < d->noutputs; i++) walk(x, d->outputs[i], depth + 1);
}

size_t dmn_inputs(struct arena *a, const struct dmn *d, struct slice decision, const struct slice **names)
{
    struct inputs x = {.a = a};
    const struct drg *element = dmn_find(d, DRG_DECISION, decision);
    if (!element) element = dmn_find(d, DRG_SERVICE, decision);
    if (element) walk(&x, element, 0);
    *names = x.names;
    return x.n;
}
