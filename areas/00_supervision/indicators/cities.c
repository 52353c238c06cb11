/* Figures of other cities in the database. */
#include "areas/00_supervision/indicators/indicators.h"

#include <stdlib.h>

#include "city/sql.h"

static const struct stmt UPSERT = {
    "city_figure_upsert",
    "INSERT INTO city_figure (city, indicator, component, period, name, value, source, imported_at) VALUES (?1,?2,?3,?4,?5,?6,?7,?8)"
    " ON CONFLICT (city, indicator, component, period) DO UPDATE SET name = excluded.name, value = excluded.value,"
    " source = excluded.source, imported_at = excluded.imported_at",
    NULL, false};
/* later periods after earlier ones: "2021" stands before "2021-09" */
static const struct stmt ALL = {"city_figure_all",
                                "SELECT city, indicator, component, period, name, value, source FROM city_figure"
                                " ORDER BY city, indicator, component, period",
                                NULL, false};

struct import {
    const struct definitions *d;
    const struct city_figures *f;
    instant now;
};

static struct slice key_of(const struct definitions *d, size_t component)
{
    return component == COMPONENT_SCORE ? S("score") : d->components[component].key;
}

static result import_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct import *x = ctx;
    for (size_t i = 0; i < x->f->n; i++) {
        const struct city_figure *f = &x->f->list[i];
        TRY(tx_exec(tx, a, &UPSERT,
                    BINDS(sql_text(f->city), sql_int(f->indicator), sql_text(key_of(x->d, f->component)),
                          sql_text(f->period), sql_text(f->name), sql_text(f->text), sql_text(f->source),
                          sql_int(x->now)),
                    NULL));
    }
    return ok();
}

result cities_import(struct city *c, struct arena *a, const struct definitions *d, const struct city_figures *f,
                     instant now)
{
    struct import x = {d, f, now};
    return store_run(c->store, a, "cities_import", import_body, &x);
}

result cities_load(struct city *c, struct arena *a, const struct definitions *d, struct city_figures *out)
{
    struct rows rows;
    TRY(store_query(c->store, a, &ALL, NULL, 0, &rows));
    *out = (struct city_figures){NEW_ARRAY(a, struct city_figure, rows.n + 1), 0};
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_value *v = row(&rows, i);
        struct city_figure f = {.city = v[0].s,
                                .indicator = v[1].i,
                                .component = component_find(d, v[2].s),
                                .period = v[3].s,
                                .name = v[4].s,
                                .text = v[5].s,
                                .source = v[6].s};
        if (f.component == SIZE_MAX && !slice_is(v[2].s, "score")) continue; /* of definitions that are no more */
        f.value = strtod(arena_cstr(a, v[5].s), NULL);
        struct city_figure *before = out->n ? &out->list[out->n - 1] : NULL;
        bool later = before && slice_eq(before->city, f.city) && before->indicator == f.indicator &&
                     before->component == f.component;
        out->list[later ? out->n - 1 : out->n] = f;
        out->n += later ? 0 : 1;
    }
    return ok();
}
