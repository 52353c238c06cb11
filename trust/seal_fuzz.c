/* Seals and signatures of seals as they come. What is read as version 4 with a list of certificates is written again byte for byte. */
#include "trust/seal.h"

#include "trust/der.h"

#include <stdlib.h>

static void again(struct arena *a, const struct seal *s)
{
    struct slice info;
    if (s->version != SEAL_V4 || s->list != SEAL_LIST_CERTIFICATES || !seal_algorithm_sm2(s->algorithm)) return;
    const struct seal_spec spec = {s->vendor, s->id,   s->type, s->name, s->certs,
                                   s->ncerts, s->made, s->from, s->to,   s->picture};
    if (failed(seal_info_write(a, &spec, &info))) return;
    /* extensions are not written, nor another version in the header */
    if (info.n == s->tbs.n && !slice_eq(seal_write(a, info, s->maker, s->signature), s->der)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct slice der = slice_of((const char *)data, size);
    struct seal *seal = NEW(a, struct seal);
    struct seal_signature *sig = NEW(a, struct seal_signature);
    if (!failed(seal_parse(a, der, seal))) {
        if (!der_strict(der)) abort();
        (void)!failed(seal_picture_check(a, &seal->picture));
        again(a, seal);
    }
    if (!failed(seal_signature_parse(a, der, sig))) {
        if (sig->tbs.n >= der.n || sig->seal.der.n >= sig->tbs.n) abort();
        again(a, &sig->seal);
    }
    arena_free(a);
    return 0;
}
