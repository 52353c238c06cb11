#include "engine/form/visible.h"

result form_feel_compile(struct arena *a, struct slice text, struct slice where, const struct feel **out)
{
    if (slice_search(text, S("today(")) != SIZE_MAX || slice_search(text, S("now(")) != SIZE_MAX)
        return fail(a, CODE_SCHEMA_FORM, where, "detail_zh", S("表单没有时钟，不能用 today() 或 now()"), "detail_en",
                    S("a form has no clock: today() and now() are not available"), NULL);
    return feel_compile(a, text, NULL, 0, where, out);
}

const struct json *form_feel_value(struct arena *a, const struct feel *f, const struct json *scope)
{
    const struct feel_env env = {.now = 0};
    const struct json *v = NULL;
    if (failed(feel_eval(a, f, &env, scope, &v, NULL))) return NULL;
    return v && v->type != JSON_NULL ? v : NULL;
}

/* Only what the expression reads: data may be large. The members of the nearest object come first. */
static const struct json *scope_of(struct arena *a, const struct feel *f, const struct json *root,
                                   const struct json *around)
{
    const struct slice *names;
    size_t n;
    struct json_builder b = json_builder(a);
    feel_names(f, &names, &n);
    for (size_t i = 0; i < n; i++) {
        const struct json *v = json_get_slice(around, names[i]);
        if (!v) v = json_get_slice(root, names[i]);
        if (v) json_set_slice(&b, names[i], v);
    }
    return json_object(&b);
}

bool form_feel_visible(struct arena *a, const struct feel *f, const struct json *root, const struct json *around)
{
    const struct json *v = form_feel_value(a, f, scope_of(a, f, root, around));
    return !v || v->type != JSON_BOOL || v->boolean;
}
