/* Any file compiles or is refused; what compiles is analysed and evaluated within its bounds. */
#include "engine/decision/dmn_model.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct feel_env env = {.now = INT64_C(1619744400000), .limits = {.steps = 5000}};
    struct arena *a = arena_new("fuzz");
    const struct dmn *d;
    const struct json *scope, *out;
    if (failed(json_parse(a, S("{\"age\":20,\"kind\":\"a\",\"form\":{\"filed on\":\"2021-04-28\",\"kind\":\"公司\"}}"),
                          4096, S("scope"), &scope)))
        abort();
    result r = dmn_compile(a, slice_of((const char *)data, size), S("fuzz"), &d);
    if (failed(r)) {
        if (result_text(a, r, LANG_ZH).n == 0) abort();
    } else {
        result checked = dmn_check(a, d, S("fuzz"));
        if (failed(checked) && !slice_utf8(result_text(a, checked, LANG_EN))) abort();
        for (size_t i = 0; i < d->n && i < 50; i++) {
            if (d->elements[i]->kind != DRG_DECISION && d->elements[i]->kind != DRG_SERVICE) continue;
            struct dmn_trace trace;
            r = dmn_eval(a, d, d->elements[i]->id, &env, scope, &out, &trace);
            if (!failed(r) && json_write(a, out).n == 0) abort();
        }
    }
    arena_free(a);
    return 0;
}
