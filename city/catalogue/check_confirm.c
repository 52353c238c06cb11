/* "confirm" of service.json: where the form names persons who confirm before filing (city/drafts/confirm.h). */
#include "city/catalogue/internal.h"

static bool required(const struct json *object, const char *name)
{
    const struct json *list = json_get(object, "required");
    for (size_t i = 0; list && i < list->n; i++)
        if (slice_is(list->items[i]->text, name)) return true;
    return false;
}

/* Without a name and a number there is nobody to ask, and nobody would have to confirm. */
static bool holds_person(const struct json *property)
{
    const struct json *person = json_get(property, "items") ? json_get(property, "items") : property;
    const struct json *fields = json_get(person, "properties");
    return json_get(fields, "name") && json_get(fields, "id_number") && required(person, "name") &&
           required(person, "id_number");
}

result check_confirm(struct arena *a, const struct service *s)
{
    const struct json *list = json_get(service_json(s), "confirm");
    const struct json *properties = json_get(service_form_json(s), "properties");
    result faults = ok();
    for (size_t i = 0; list && i < list->n; i++)
        if (!holds_person(json_get_slice(properties, list->items[i]->text)))
            faults = result_join(a, faults,
                                 service_fault(a, arena_printf(a, "service.json#/confirm/%zu", i),
                                               "表单中没有这一项，或其中没有必填的 name 和 id_number",
                                               "is no property of the form with a required name and id_number"));
    return faults;
}
