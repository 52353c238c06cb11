/* Whom a verifier trusts about the log (C2SP tlog-policy): keys of logs, keys of witnesses, and which of the witnesses must have cosigned
 * (k of n, also of groups); and proofs that stand alone (C2SP tlog-proof), verified by that. */
#ifndef TRUST_TLOG_POLICY_H
#define TRUST_TLOG_POLICY_H

#include "trust/merkle.h"
#include "trust/note.h"

enum { TLOG_POLICY_MAX_BYTES = 64 << 10, TLOG_LOGS_MAX = 64, TLOG_WITNESSES_MAX = 64, TLOG_GROUPS_MAX = 64 };

struct tlog_policy;
/* CODE_TLOG_POLICY names the line. */
MUST result tlog_policy_parse(struct arena *a, struct slice text, const struct tlog_policy **out);

/* The witnesses of the policy, in its order, with their addresses (empty: none given). */
struct tlog_witness {
    struct slice name;
    const struct note_key *key;
    struct slice address;
};
const struct tlog_witness *tlog_policy_witnesses(struct arena *a, const struct tlog_policy *p, size_t *n);
/* The key of the log with this origin. CODE_TLOG_UNKNOWN. */
MUST result tlog_policy_log_key(struct arena *a, const struct tlog_policy *p, struct slice origin,
                                struct note_key *out);
/* That a listed key of this log signed the note, and none of them wrongly. CODE_TLOG_UNKNOWN, CODE_NOTE_SIGNATURE. */
MUST result tlog_policy_signed(struct arena *a, const struct tlog_policy *p, const struct note *n, struct slice origin);
/* How many of them at least must have cosigned. */
size_t tlog_policy_least(const struct tlog_policy *p);

struct tlog_witnessed {
    struct slice witness; /* its name in the policy */
    uint64_t seconds;     /* when it cosigned */
};
struct tlog_verdict {
    struct checkpoint checkpoint;
    const struct tlog_witnessed *witnesses; /* whose cosignatures are good */
    size_t nwitnesses;
};
/* Accepts a checkpoint that a listed log signed under its own name, cosigned as the quorum asks. CODE_NOTE_MALFORMED; CODE_TLOG_UNKNOWN: no
 * listed log; CODE_NOTE_SIGNATURE: a listed log's or witness's signature is not good; CODE_TLOG_QUORUM. */
MUST result tlog_policy_check(struct arena *a, const struct tlog_policy *p, struct slice note,
                              struct tlog_verdict *out);

struct tlog_proof {
    bool has_extra;
    struct slice extra; /* bytes; nothing vouches for them */
    uint64_t index;
    struct merkle_proof proof;
    struct slice checkpoint; /* a note */
};
struct slice tlog_proof_write(struct arena *a, const struct tlog_proof *p);
/* CODE_TLOG_PROOF. The checkpoint is not looked into. */
MUST result tlog_proof_parse(struct arena *a, struct slice text, struct tlog_proof *out);
/* That the leaf with this hash is in the log. Errors of tlog_policy_check, and CODE_TLOG_PROOF. */
MUST result tlog_proof_verify(struct arena *a, const struct tlog_policy *policy, const struct tlog_proof *p,
                              const struct merkle_hash *leaf, struct tlog_verdict *out);

#endif
