/* Shares as they are typed or scanned, and recovery files: what reads is written again to what reads the same. */
#include "trust/signer_recovery.h"

#include <stdlib.h>

static void share(struct arena *a, struct slice text)
{
    struct share s, again;
    if (failed(share_parse(a, text, &s))) return;
    if (s.need < 2 || s.need > s.count || s.number < 1 || s.number > s.count) abort();
    if (failed(share_parse(a, share_qr(a, &s), &again)) || again.number != s.number || again.made != s.made ||
        memcmp(again.value, s.value, sizeof s.value) != 0 || memcmp(again.set, s.set, sizeof s.set) != 0)
        abort();
}

static void line(struct arena *a, struct slice text)
{
    char out[20];
    if (!failed(share_line(a, 1, text, out)) && memchr(out, 0, sizeof out)) abort();
}

static void file(struct arena *a, struct slice text)
{
    struct recovery_file f;
    const struct slice none = {NULL, 0};
    struct share s = {.number = 1, .need = 2, .count = 2};
    struct signer_keys keys;
    struct signer_store store = signer_store_passphrase(&none);
    if (failed(recovery_file_parse(a, text, &f))) return;
    if (f.of.need < 2 || f.of.need > f.of.count || f.of.count > SIGNER_OFFICERS_MAX) abort();
    if (!failed(recovery_share_check(a, &f, &s, NULL, 0))) abort(); /* nobody guesses what a commitment is of */
    if (!failed(recovery_open(a, &f, &s, 1, &store, NULL, &keys))) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct slice text = slice_of((const char *)data, size);
    share(a, text);
    line(a, text);
    file(a, text);
    arena_free(a);
    return 0;
}
