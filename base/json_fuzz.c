/* What is parsed must survive writing and parsing again, unchanged. */
#include "base/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    const struct json *v, *again;
    result r = json_parse(a, slice_of((const char *)data, size), 1 << 20, S("fuzz"), &v);
    if (failed(r)) {
        if (result_text(a, r, LANG_ZH).n == 0 || !slice_utf8(result_text(a, r, LANG_EN))) abort();
    } else {
        struct slice text = json_write(a, v);
        if (failed(json_parse(a, text, SIZE_MAX, S("fuzz"), &again)) || !json_equal(v, again)) abort();
        if (!slice_eq(text, json_write(a, again))) abort();
        if (!json_equal(v, json_copy(a, v))) abort();
    }
    arena_free(a);
    return 0;
}
