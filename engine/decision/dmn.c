/* The public face of DMN. */
#include "engine/decision/dmn_model.h"

result dmn_compile(struct arena *a, struct slice xml, struct slice where, const struct dmn **out)
{
    return dmn_load(a, xml, where, NULL, out);
}

result dmn_compile_with(struct arena *a, struct slice xml, struct slice where, const struct dmn *const *imports,
                        size_t n, const struct dmn **out)
{
    struct dmn_options options = {.imports = imports, .nimports = n};
    return dmn_load(a, xml, where, &options, out);
}

bool dmn_has(const struct dmn *d, struct slice decision)
{
    return dmn_find(d, DRG_DECISION, decision) != NULL || dmn_find(d, DRG_SERVICE, decision) != NULL;
}

result dmn_eval(struct arena *a, const struct dmn *d, struct slice decision, const struct feel_env *env,
                const struct json *scope, const struct json **out, struct dmn_trace *trace)
{
    const struct drg *element = dmn_find(d, DRG_DECISION, decision);
    if (element == NULL) element = dmn_find(d, DRG_SERVICE, decision);
    if (element == NULL) return fail(a, CODE_DMN_UNKNOWN, d->where, "value", decision, NULL);
    struct machine m;
    machine_start(&m, a, env, element->place);
    m.closures = d->closures;
    struct value inputs = value_of_json(a, scope);
    struct dmn_session s = {.m = &m, .inputs = inputs.type == V_CONTEXT ? inputs.context : NULL, .trace = trace};
    if (trace) *trace = (struct dmn_trace){0};
    struct value v = element->kind == DRG_SERVICE ? dmn_service(&s, element) : dmn_element(&s, element);
    if (!failed(m.fault)) *out = value_to_json(&m, v);
    return m.fault;
}
