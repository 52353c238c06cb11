/* Papers are left out of a demonstration year, and the journal says so where the paper would be named. */
#include "app/year/year.h"

#include "city/cases/verbs.h"

static result left_out(struct verb_call *x, const struct json **output)
{
    struct json_builder b = json_builder(x->a);
    json_set_cstr(&b, "left_out", "演示年度数据，未制发文书 / demonstration year: no paper was made");
    *output = json_object(&b);
    return ok();
}

static bool makes_papers(const struct area *x)
{
    return x->number == CITY_AREA.number;
}

const struct areas *year_areas(struct arena *a, const struct areas *from)
{
    struct areas *out = NEW(a, struct areas);
    const struct area **list = NEW_ARRAY(a, const struct area *, from->n + 1);
    for (size_t i = 0; i < from->n; i++) {
        list[i] = from->list[i];
        if (!makes_papers(from->list[i])) continue;
        struct area *x = NEW(a, struct area);
        const struct verb **verbs = NEW_ARRAY(a, const struct verb *, from->list[i]->nverbs + 1);
        *x = *from->list[i];
        for (size_t k = 0; k < x->nverbs; k++) {
            struct verb *v = NEW(a, struct verb);
            *v = *from->list[i]->verbs[k];
            v->run = left_out;
            verbs[k] = v;
        }
        x->verbs = verbs;
        list[i] = x;
    }
    *out = (struct areas){list, from->n};
    return out;
}
