/* Who may apply for what: the service's audience (服务对象), and fields that say who applies. Such a field is filled in by
 * the city and marked x-readonly; otherwise anybody could register another's enterprise. */
#include "city/cases/run.h"
#include "city/identity/identity.h"

static result audience(struct arena *a, const struct service *s, const struct json *applicant)
{
    const struct json *list = json_get(service_json(s), "audience");
    struct slice kind = json_string(applicant, "kind");
    struct buf allowed = buf_new(a, 1024);
    for (size_t i = 0; list && i < list->n; i++) {
        if (slice_eq(list->items[i]->text, kind)) return ok();
        buf_printf(&allowed, "%s%.*s", i ? ", " : "", SLICE_ARG(list->items[i]->text));
    }
    return fail(a, CODE_CASE_AUDIENCE, S("applicant"), "value", kind, "allowed", buf_slice(&allowed), NULL);
}

/* What the snapshot of the applicant says of itself, by the names that forms use. */
static const struct json *known(void *ctx, struct arena *a, struct slice name)
{
    const struct json *applicant = ctx;
    struct slice head, field;
    (void)a;
    bool enterprise = slice_is(json_string(applicant, "kind"), "enterprise");
    if (!slice_cut(name, '.', &head, &field)) return NULL;
    if (slice_is(head, "enterprise") ? !enterprise : !slice_is(head, "applicant")) return NULL;
    if (enterprise && slice_is(field, "uscc")) field = S("id_number");
    return json_get_slice(applicant, field);
}

/* The schema of the field at a pointer; lists are not entered, nothing in them is prefilled. */
static const struct json *field_at(const struct json *form, struct slice pointer)
{
    struct slice head, rest = slice_sub(pointer, 1, SIZE_MAX);
    for (bool more = pointer.n > 1; more && form;) {
        more = slice_cut(rest, '/', &head, &rest);
        form = json_get_slice(json_get(form, "properties"), head);
    }
    return form;
}

result case_standing(struct arena *a, const struct service *s, const struct json *applicant, const struct json *data)
{
    struct json_builder none = json_builder(a);
    const struct json *values, *pointers, *form = service_form_json(s);
    result faults = ok();
    TRY(audience(a, s, applicant));
    TRY(form_prefill(a, service_form(s), json_object(&none), known, (void *)(uintptr_t)applicant, &values, &pointers));
    for (size_t i = 0; pointers && i < pointers->n; i++) {
        const struct json *field = field_at(form, pointers->keys[i]);
        const struct json *given = json_pointer(data, pointers->keys[i]),
                          *own = json_pointer(values, pointers->keys[i]);
        if (!json_bool(field, "x-readonly", false) || !given || !own || json_equal(given, own)) continue;
        faults = result_join(
            a, faults,
            fail(a, CODE_FIELD_READONLY, pointers->keys[i], "title", bitext_of(json_get(field, "title")).zh, NULL));
    }
    return faults;
}
