/* What a version of a service says of itself. */
#include "city/catalogue/internal.h"

struct slice service_code(const struct service *s)
{
    return s->code;
}
struct slice service_hash(const struct service *s)
{
    return s->hash;
}
struct bitext service_name(const struct service *s)
{
    return s->name;
}
struct slice service_department(const struct service *s)
{
    return s->department;
}
struct slice service_basic_code(const struct service *s)
{
    return s->basic_code;
}
struct slice service_implementation_code(const struct service *s)
{
    return s->implementation_code;
}
const struct process_model *service_model(const struct service *s)
{
    return s->model;
}
const struct schema *service_form(const struct service *s)
{
    return s->form;
}
const struct json *service_form_json(const struct service *s)
{
    return s->form_json;
}
const struct json *service_json(const struct service *s)
{
    return s->json;
}
static bool has_property(const struct service *s, const char *name)
{
    const struct json *list = json_get(s->json, "properties");
    for (size_t i = 0; list && i < list->n; i++)
        if (slice_is(list->items[i]->text, name)) return true;
    return false;
}

bool service_internal(const struct service *s)
{
    return has_property(s, "internal");
}

bool service_rated(const struct service *s)
{
    return !service_internal(s) || has_property(s, "rated");
}

enum acceptance_mode service_acceptance(const struct service *s)
{
    return s->acceptance;
}
struct limit service_promised(const struct service *s)
{
    return s->promised;
}
struct limit service_statutory(const struct service *s)
{
    return s->statutory;
}
const struct calendar *service_calendar(const struct service *s)
{
    return s->calendar;
}
struct service_files service_folder(const struct service *s)
{
    return s->files;
}

static const struct task_form *form_find(const struct service *s, struct slice name)
{
    for (size_t i = 0; i < s->nforms; i++)
        if (slice_eq(s->forms[i].name, name)) return &s->forms[i];
    return NULL;
}
const struct schema *service_task_form(const struct service *s, struct slice name)
{
    const struct task_form *f = form_find(s, name);
    return f ? f->schema : NULL;
}
const struct json *service_task_form_json(const struct service *s, struct slice name)
{
    const struct task_form *f = form_find(s, name);
    return f ? f->json : NULL;
}

const struct dmn *service_decision(const struct service *s, struct slice decision)
{
    for (size_t i = 0; i < s->ndmn; i++)
        if (dmn_has(s->dmn[i].dmn, decision)) return s->dmn[i].dmn;
    return NULL;
}

size_t service_documents(const struct service *s, const struct service_document **out)
{
    *out = s->documents;
    return s->ndocuments;
}
const struct service_document *service_document(const struct service *s, struct slice name)
{
    for (size_t i = 0; i < s->ndocuments; i++)
        if (slice_eq(s->documents[i].name, name)) return &s->documents[i];
    /* a case of this service also issues what the services issue that it calls */
    for (size_t i = 0; i < s->ncalls; i++) {
        const struct service_document *d = service_document(s->calls[i], name);
        if (d) return d;
    }
    return NULL;
}

size_t service_steps(const struct service *s, const struct service_step **out)
{
    *out = s->steps;
    return s->nsteps;
}
const struct service_step *service_step_find(const struct service *s, struct slice key)
{
    for (size_t i = 0; i < s->nsteps; i++)
        if (slice_eq(s->steps[i].key, key)) return &s->steps[i];
    return NULL;
}
size_t service_materials(const struct service *s, const struct service_material **out)
{
    *out = s->materials;
    return s->nmaterials;
}

/* Nothing in 行政许可法 says until when a correction must be answered, nor that an application lapses that is not: so the city
 * names a day, and the application stays. A service whose own law says otherwise declares it. */
static const struct json *default_correction(struct arena *a)
{
    struct json_builder b = json_builder(a);
    struct bitext source = {S("本市约定（《行政许可法》第三十二条未规定补正期限）"),
                            S("the city's own rule (Administrative Licensing Law art. 32 names no limit)")};
    json_set_int(&b, "n", 15);
    json_set_cstr(&b, "unit", "working_day");
    json_set(&b, "source", bitext_json(a, source));
    json_set_cstr(&b, "then", "stays");
    return json_object(&b);
}

const struct json *service_correction(struct arena *a, const struct service *s, struct limit *limit, bool *lapses)
{
    const struct json *own = json_get(s->json, "correction");
    if (!own) own = default_correction(a);
    *limit = limit_read(a, own);
    *lapses = slice_is(json_string(own, "then"), "lapses");
    return own;
}

const struct verb *city_verb(const struct areas *areas, struct slice name)
{
    for (size_t i = 0; areas && i < areas->n; i++)
        for (size_t k = 0; k < areas->list[i]->nverbs; k++)
            if (slice_is(name, areas->list[i]->verbs[k]->name)) return areas->list[i]->verbs[k];
    return NULL;
}
