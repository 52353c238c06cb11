/* Any bytes as a PDF: the verification ends, and calls nothing good but the one file of the corpus that is. */
#include "trust/crypto.h"
#include "trust/pdf_verify_fuzz_anchors.h"
#include "trust/verify.h"

#include <stdlib.h>

static const struct trust_anchors *anchors(void)
{
    static const struct trust_anchors *t;
    static struct arena *a; /* of the process; static, so that it is not taken for a leak */
    if (!a) a = arena_new("fuzz anchors");
    if (!t && failed(trust_anchors_parse(a, slice_cstr(FUZZ_ANCHORS), &t))) abort();
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct slice pdf = slice_of((const char *)data, size);
    struct verify_report r;
    verify_pdf(a, pdf, anchors(), INT64_C(1619744400000), &r);
    if (r.nchecks == 0) abort();
    bool known = slice_is(crypto_sha256_hex(a, pdf), FUZZ_GOOD_SHA256);
    if (r.good != known) abort(); /* in particular the corpus's good file must be good */
    (void)verify_report_json(a, &r);
    arena_free(a);
    return 0;
}
