/* Sealed packages as they come: read and verified under roots that have signed none of them. The report tells its reason and never says good. */
#include "trust/pdf_verify_fuzz_anchors.h"
#include "trust/verify.h"

#include <stdlib.h>

static const struct trust_anchors *anchors(void)
{
    static const struct trust_anchors *t;
    static struct arena *a;
    if (!a) {
        a = arena_new("anchors");
        if (failed(trust_anchors_parse(a, slice_cstr(FUZZ_ANCHORS), &t))) abort();
    }
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct slice ofd = slice_of((const char *)data, size);
    struct verify_report r;
    const struct verify_ask ask = {INT64_C(1619744400000), size & 1 ? INT64_C(1795000000000) : 0};
    verify_ofd(a, ofd, anchors(), &ask, &r);
    if (r.good || r.nchecks == 0) abort();
    if (!slice_utf8(json_write(a, verify_report_json(a, &r)))) abort();
    arena_free(a);
    return 0;
}
