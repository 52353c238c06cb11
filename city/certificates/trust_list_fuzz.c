/* A trust list as another city sends it: the signed document, and its record by itself. First byte: which. */
#include "city/certificates/internal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) return 0;
    struct arena *a = arena_new("fuzz");
    struct slice text = slice_of((const char *)data + 1, size - 1);
    struct trust_list list;
    const struct json *record;
    if (data[0] % 2) {
        /* its own first certificate as the root: nothing signed by another key is accepted under it */
        if (!failed(trust_document_open(a, text, text, INT64_C(1619744400000), &record, &list))) {
            if (!record || list.n > 100) abort();
        }
    } else if (!failed(json_parse(a, text, TRUST_LIST_MAX_BYTES, S("fuzz"), &record)) &&
               !failed(trust_list_parse(a, record, &list))) {
        for (size_t i = 0; i < list.n; i++)
            if (list.cas[i].roots.n == 0 || list.cas[i].nplaces == 0 || list.cas[i].ncrl + list.cas[i].nocsp == 0)
                abort();
    }
    arena_free(a);
    return 0;
}
