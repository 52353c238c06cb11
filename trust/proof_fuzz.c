/* SignedData as anybody may send it to sign in: read, and never taken for a proof of a text that nobody signed. */
#include "trust/proof.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct proof_signed who;
    struct slice text = S("a text that no corpus file was signed for");
    if (!failed(proof_cms(a, slice_of((const char *)data, size), text, &who))) abort();
    arena_free(a);
    return 0;
}
