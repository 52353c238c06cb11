/* Packages as they come. What is read can be written, and is read again as the same files. */
#include "trust/zip.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct zip_limits MOST = {.entries = 200, .bytes = 4 << 20, .ratio = 200};
    struct arena *a = arena_new("fuzz");
    struct slice file = slice_of((const char *)data, size), again;
    struct zip z, y;
    if (!failed(zip_read(a, file, &MOST, &z))) {
        if (failed(zip_write(a, z.entries, z.n, &again)) || failed(zip_read(a, again, &MOST, &y)) || y.n != z.n)
            abort();
        for (size_t i = 0; i < z.n; i++)
            if (!zip_name_good(z.entries[i].name) || !slice_eq(z.entries[i].name, y.entries[i].name) ||
                !slice_eq(z.entries[i].bytes, y.entries[i].bytes) || zip_find(&z, z.entries[i].name) != &z.entries[i])
                abort();
    }
    arena_free(a);
    return 0;
}
