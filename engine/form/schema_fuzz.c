/* {"schema": …, "data": …, "forms": bool}: whatever is given, compiling and validating end, a draft is never stricter than
 * the whole, cleaning and prefilling come to rest. */
#include <stdlib.h>

#include "engine/form/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct json *echo(void *ctx, struct arena *a, struct slice name)
{
    (void)ctx;
    return name.n % 3 ? json_of_string(a, name) : NULL;
}

static void must(bool held)
{
    if (!held) abort();
}

static void laws(struct arena *a, const struct schema *s, const struct json *v)
{
    result whole = schema_validate(a, s, v), draft = schema_validate_draft(a, s, v);
    if (!failed(whole)) must(!failed(draft) || draft.problem->code == CODE_FIELD_COMPLEX);
    size_t n = 0;
    for (const struct problem *p = whole.problem; p; p = p->next, n++) must(problem_text(a, p, LANG_ZH).n > 0);
    must(n <= 100 && slice_utf8(result_text(a, whole, LANG_EN)));
    const struct json *kept = form_clean(a, s, v), *out, *origin, *again;
    must(kept != NULL);
    if (failed(form_prefill(a, s, v, echo, NULL, &out, &origin))) return;
    if (!failed(form_prefill(a, s, out, echo, NULL, &again, &origin))) must(json_equal(again, out) || origin->n > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    const struct json *v;
    const struct schema *s;
    if (failed(json_parse(a, slice_of((const char *)data, size), 1 << 16, S("fuzz"), &v))) goto end;
    const struct json *schema = json_get(v, "schema"), *value = json_get(v, "data");
    if (!schema || !value) goto end;
    const struct schema_options o = {.assert_format = true, .forms = json_bool(v, "forms", false)};
    result r = schema_compile(a, schema, &o, S("fuzz"), &s);
    if (failed(r))
        must(result_text(a, r, LANG_ZH).n > 0);
    else
        laws(a, s, value);
end:
    arena_free(a);
    return 0;
}
