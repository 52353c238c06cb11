/* Files of departments' figures: what is taken fits the table, and every fault names its line. */
#include <stdlib.h>

#include "areas/00_supervision/claims/claims.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct own_figures f;
    result r = own_read(a, S("f"), slice_of((const char *)data, size), &f);
    for (const struct problem *p = r.problem; p; p = p->next)
        if (!p->field.n || p->field.p[0] != 'f') abort();
    for (size_t i = 0; !failed(r) && i < f.n; i++) {
        const struct own_figure *x = &f.list[i];
        if (x->month < 194901 || x->month % 100 < 1 || x->month % 100 > 12 || x->n < 0 || !x->line) abort();
        if (!x->department.n || !x->service.n || !x->source.n || !slice_utf8(x->source) || !slice_utf8(x->name))
            abort();
        for (size_t k = 0; k < i; k++)
            if (f.list[k].month == x->month && slice_eq(f.list[k].department, x->department) &&
                slice_eq(f.list[k].service, x->service))
                abort();
    }
    arena_free(a);
    return 0;
}
