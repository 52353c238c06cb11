/* What is parsed must survive writing and parsing again, unchanged. */
#include "base/xml.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct xml_node *x, *y;
    result r = xml_parse(a, slice_of((const char *)data, size), 1 << 20, S("fuzz"), &x);
    if (failed(r)) {
        if (result_text(a, r, LANG_ZH).n == 0) abort();
    } else {
        struct slice text = xml_write(a, x);
        if (failed(xml_parse(a, text, SIZE_MAX, S("fuzz"), &y)) || !xml_equal(x, y)) abort();
        if (!slice_eq(text, xml_write(a, y))) abort();
        (void)xml_text(a, x);
    }
    arena_free(a);
    return 0;
}
