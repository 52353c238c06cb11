/* Any text compiles or is refused with a place; what compiles evaluates within its bounds to JSON that is well-formed. */
#include "engine/decision/feel.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct slice names[] = {{"Monthly Salary", 14}, {"a-b", 3}};

static void evaluate(struct arena *a, const struct feel *f)
{
    static const struct feel_env env = {.now = INT64_C(1619744400000), .limits = {.steps = 5000}};
    const struct json *scope, *out, *again;
    if (failed(json_parse(
            a, S("{\"x\":5,\"s\":\"通办\",\"l\":[1,2,{\"p\":1}],\"?\":3,\"Monthly Salary\":1e3,\"d\":\"2021-04-30\"}"),
            4096, S("scope"), &scope)))
        abort();
    struct slice why;
    result r = feel_eval(a, f, &env, scope, &out, &why);
    if (failed(r)) {
        if (result_text(a, r, LANG_ZH).n == 0) abort();
        return;
    }
    struct slice text = json_write(a, out);
    if (failed(json_parse(a, text, SIZE_MAX, S("result"), &again)) || !json_equal(out, again)) abort();
    if (why.n && !slice_utf8(why)) abort();
    const struct slice *free_names;
    size_t n;
    feel_names(f, &free_names, &n);
    for (size_t i = 0; i < n; i++)
        if (!slice_utf8(free_names[i])) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    const struct feel *f;
    struct slice text = slice_of((const char *)data, size);
    result r = feel_compile(a, text, names, 2, S("fuzz"), &f);
    if (!failed(r))
        evaluate(a, f);
    else if (!slice_utf8(result_text(a, r, LANG_EN)))
        abort();
    if (!failed(feel_compile_tests(a, text, names, 2, S("fuzz"), &f))) evaluate(a, f);
    arena_free(a);
    return 0;
}
