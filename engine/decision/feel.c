/* The public face of FEEL. */
#include "engine/decision/feel.h"

#include "engine/decision/eval.h"

static result compile(struct arena *a, struct slice text, const struct slice *names, size_t nnames, bool tests,
                      struct slice where, const struct feel **out)
{
    struct feel_scope scope = {.names = names, .nnames = nnames};
    return feel_parse(a, text, &scope, tests, where, out);
}

result feel_compile(struct arena *a, struct slice text, const struct slice *names, size_t nnames, struct slice where,
                    const struct feel **out)
{
    return compile(a, text, names, nnames, false, where, out);
}

result feel_compile_tests(struct arena *a, struct slice text, const struct slice *names, size_t nnames,
                          struct slice where, const struct feel **out)
{
    return compile(a, text, names, nnames, true, where, out);
}

void feel_names(const struct feel *f, const struct slice **names, size_t *n)
{
    *names = f->names;
    *n = f->nnames;
}

static result run(struct arena *a, const struct feel *f, const struct feel_env *env, const struct json *scope,
                  struct value *out, const struct json **as_json, struct slice *warning)
{
    struct machine m;
    machine_start(&m, a, env, f->where);
    m.closures = f->closures;
    struct value root = value_of_json(a, scope);
    struct frame frame = {.context = root.type == V_CONTEXT ? root.context : NULL};
    if (f->tests) {
        struct value input = v_null();
        if (frame.context) (void)context_get(a, frame.context, S("?"), &input);
        *out = feel_tests(&m, f->root, input, &frame);
    } else {
        *out = feel_node(&m, f->root, &frame);
    }
    if (as_json && !failed(m.fault)) *as_json = value_to_json(&m, *out);
    if (warning) *warning = m.warning;
    return m.fault;
}

result feel_eval(struct arena *a, const struct feel *f, const struct feel_env *env, const struct json *scope,
                 const struct json **out, struct slice *warning)
{
    struct value v;
    return run(a, f, env, scope, &v, out, warning);
}

result feel_true(struct arena *a, const struct feel *f, const struct feel_env *env, const struct json *scope, bool *out)
{
    struct value v;
    *out = false;
    TRY(run(a, f, env, scope, &v, NULL, NULL));
    *out = v_is_true(v);
    return ok();
}
