/* Hostile answers of a security key: read or refused, in words; what is read lies inside the input. */
#include "trust/webauthn.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct slice whole, struct slice part)
{
    if (part.n && (part.p < whole.p || part.p + part.n > whole.p + whole.n)) abort();
}

/* The first byte chooses what the rest is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct webauthn_site SITE = {{"localhost", 9}, {"http://localhost", 16}, false};
    if (!size) return 0;
    struct arena *a = arena_new("fuzz");
    struct slice s = {(const char *)data + 1, size - 1}, challenge;
    struct webauthn_attestation t;
    struct webauthn_data d;
    struct webauthn_key key = {.algorithm = WEBAUTHN_EDDSA, .public_key = S("01234567890123456789012345678901")};
    uint32_t count;
    result r = ok();
    switch (data[0] % 3) {
    case 0: r = webauthn_client(a, s, "webauthn.get", &SITE, &challenge); break;
    case 1:
        if (webauthn_attestation_read(s, &t)) {
            inside(s, t.data);
            inside(s, t.format);
            inside(s, t.signature);
        }
        r = webauthn_register(a, &SITE, S("{}"), s, &key);
        break;
    default:
        if (webauthn_data_read(s, true, &d)) inside(s, d.id);
        r = webauthn_assert(a, &SITE, &key, S("{}"), s, S("signature"), &count);
        if (!failed(r)) abort(); /* nobody signed it */
    }
    if (failed(r) && (!result_text(a, r, LANG_ZH).n || !slice_utf8(result_text(a, r, LANG_EN)))) abort();
    arena_free(a);
    return 0;
}
