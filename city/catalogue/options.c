/* What a definition may name, for the designer's pick lists: from the installed program and the city's own data. */
#include "city/catalogue/internal.h"
#include "city/catalogue/studio.h"
#include "city/decisions/decisions.h"

static void add(struct json_builder *list, struct slice key, const char *name, const struct json *text)
{
    struct json_builder b = json_builder(list->a);
    json_set_str(&b, name, key);
    json_set(&b, "name", text);
    json_add(list, json_object(&b));
}

static const struct json *departments(struct arena *a, const struct citydata *d)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < d->ndepartments; i++)
        add(&list, d->departments[i].code, "code", bitext_json(a, d->departments[i].name));
    return json_array(&list);
}

static const struct json *verbs(struct arena *a, const struct areas *areas)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; areas && i < areas->n; i++)
        for (size_t k = 0; k < areas->list[i]->nverbs; k++) {
            const struct verb *v = areas->list[i]->verbs[k];
            struct json_builder b = json_builder(a);
            const struct json *input = NULL;
            if (v->input_schema &&
                failed(json_parse(a, slice_cstr(v->input_schema), 1 << 20, slice_cstr(v->name), &input)))
                input = NULL;
            json_set_cstr(&b, "key", v->name);
            json_set(&b, "name", bitext_json(a, (struct bitext){slice_cstr(v->summary_zh), slice_cstr(v->summary_en)}));
            json_set_cstr(&b, "kind", v->kind == VERB_JOB ? "job" : "local");
            json_set(&b, "input", input ? input : json_null());
            json_set_bool(&b, "double", v->is_double);
            json_add(&list, json_object(&b));
        }
    return json_array(&list);
}

static const struct json *decisions(struct arena *a, struct catalogue *c)
{
    struct json_builder list = json_builder(a);
    const struct decision_version *const *all;
    size_t n = decisions_all(c->decisions, a, &all);
    for (size_t i = 0; i < n; i++)
        if (decision_latest(c->decisions, all[i]->key) == all[i])
            add(&list, all[i]->key, "key", bitext_json(a, all[i]->name));
    return json_array(&list);
}

static const struct json *services(struct arena *a, struct catalogue *c)
{
    struct json_builder list = json_builder(a);
    const struct service *const *all;
    size_t n;
    catalogue_all(c, a, &all, &n);
    for (size_t i = 0; i < n; i++) add(&list, all[i]->code, "code", bitext_json(a, all[i]->name));
    return json_array(&list);
}

result designer_options(struct city *c, struct arena *a, const struct json **out)
{
    struct json_builder b = json_builder(a);
    json_set(&b, "departments", departments(a, catalogue_data(c->catalogue)));
    json_set(&b, "verbs", verbs(a, c->areas));
    json_set(&b, "decisions", decisions(a, c->catalogue));
    json_set(&b, "services", services(a, c->catalogue));
    *out = json_object(&b);
    return ok();
}
