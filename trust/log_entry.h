/* An entry of a city's log (docs/log.md): what it says, and the proof that it is there, for whoever has nothing but a file. */
#ifndef TRUST_LOG_ENTRY_H
#define TRUST_LOG_ENTRY_H

#include "base/id.h"
#include "base/json.h"
#include "trust/tlog_policy.h"

struct log_leaf {
    struct id id;
    instant at;
    struct slice kind;
    struct merkle_hash row;   /* what it commits to */
    const struct json *facts; /* or NULL */
};
/* False: it is none of ours. */
bool log_entry_read(struct arena *a, struct slice entry, struct log_leaf *out);
/* Whether it says that a paper with this hash was issued, as its PDF or as its original (SHA-256 of the file, lower-case hex). */
bool log_entry_has_document(const struct log_leaf *leaf, struct slice sha256_hex);

/* A proof (C2SP tlog-proof) with the entry in it, verified offline: inclusion, the log's signature, as many witnesses as the policy asks
 * for. Errors of tlog_proof_parse and tlog_proof_verify; CODE_TLOG_PROOF when it carries no entry of a city's log. */
struct log_proven {
    struct log_leaf leaf;
    struct slice entry;
    uint64_t index;
    struct tlog_verdict verdict;
};
MUST result log_proof_open(struct arena *a, const struct tlog_policy *policy, struct slice proof_text,
                           struct log_proven *out);

#endif
