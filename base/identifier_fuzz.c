/* First byte: the kind; the rest: the value. What passes the check comes apart and goes together again. */
#include "base/identifier.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    struct arena *a = arena_new("fuzz");
    enum id_kind kind = (enum id_kind)(data[0] % (ID_KIND_COUNT + 1));
    struct slice value = slice_of((const char *)data + 1, size - 1), parts[IDENTIFIER_PARTS], again;
    result r = identifier_check(a, kind, value, S("/f"));
    if (failed(r)) {
        struct slice text = result_text(a, r, LANG_ZH);
        if (text.n == 0 || !slice_utf8(text)) abort();
    } else {
        size_t n = identifier_split(kind, value, parts);
        if (n == 0 || failed(identifier_generate(a, kind, parts, n, S("/f"), &again)) || !slice_eq(value, again))
            abort();
        if (!slice_eq(identifier_normal(a, kind, value), value)) abort();
    }
    r = identifier_check(a, kind, identifier_normal(a, kind, value), S("/f"));
    (void)failed(r);
    arena_free(a);
    return 0;
}
