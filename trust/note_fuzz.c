/* Notes, checkpoints, keys, policies and proofs that stand alone: what parses is written again to the same text. */
#include "trust/tlog_policy.h"

#include <stdlib.h>

static void note_(struct arena *a, struct slice text)
{
    struct note n;
    struct note_key k;
    struct checkpoint c;
    if (failed(note_parse(a, text, &n))) return;
    if (n.n == 0 || n.text.n >= text.n) abort();
    if (failed(note_key_parse(a, S("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"), &k)))
        abort();
    (void)note_check(a, &n, &k, NULL);
    if (!failed(checkpoint_parse(a, n.text, &c)) && !slice_eq(checkpoint_write(a, &c), n.text)) abort();
}

static void proof(struct arena *a, struct slice text)
{
    struct tlog_proof p;
    if (!failed(tlog_proof_parse(a, text, &p)) && !slice_eq(tlog_proof_write(a, &p), text)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct slice text = slice_of((const char *)data, size);
    const struct tlog_policy *policy;
    struct tlog_verdict v;
    struct note_key k;
    note_(a, text);
    proof(a, text);
    if (!failed(note_key_parse(a, text, &k)) && !slice_eq(note_key_text(a, &k), text)) abort();
    if (!failed(tlog_policy_parse(a, text, &policy)) && !failed(tlog_policy_check(a, policy, S("none"), &v))) abort();
    arena_free(a);
    return 0;
}
