/* Frames: what decodes encodes to the same bytes; whatever a peer sends, the signer answers something that can be sent. */
#include "trust/signer_core.h"

#include <stdlib.h>

static instant now(void *ctx)
{
    (void)ctx;
    return INT64_C(1619744400000);
}

static struct signer_core *core(void)
{
    static struct signer_core *c;
    static struct arena *a; /* of the process; static, so that it is not taken for a leak */
    if (c) return c;
    a = arena_new("fuzz keys");
    struct signer_keys *k = NEW(a, struct signer_keys);
    struct signer_names names = {S("测试"), S("测试")};
    struct time_source time = {now, NULL};
    if (failed(signer_keys_make_test(a, &names, now(NULL), k)) || failed(signer_core_open(a, k, time, -1, &c))) abort();
    return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct signer_message q, reply, back;
    struct slice frame;
    if (!failed(signer_decode(a, slice_of((const char *)data, size), &q))) {
        if (failed(signer_encode(a, &q, &frame))) abort();
        if (!slice_eq(slice_sub(frame, SIGNER_LENGTH_BYTES, SIZE_MAX), slice_of((const char *)data, size))) abort();
        struct signer_peer peer = {1000, 1, 0, false};
        signer_core_handle(core(), a, &peer, &q, &reply);
        if (failed(signer_encode(a, &reply, &frame)) ||
            failed(signer_decode(a, slice_sub(frame, SIGNER_LENGTH_BYTES, SIZE_MAX), &back)))
            abort();
        if (back.sequence != q.sequence) abort();
    }
    arena_free(a);
    return 0;
}
