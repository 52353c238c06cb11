/* What the signer knows of the log: the checkpoint it signed last. It is read back from the record of use at start, so that a signer that
 * was restarted, or a city restored from an old copy, cannot have an earlier or another tree signed. Used by signer_core only. */
#ifndef TRUST_SIGNER_LOG_H
#define TRUST_SIGNER_LOG_H

#include "trust/note.h"
#include "trust/signer_keys.h"

#define SIGNER_LOG_PURPOSE "log.checkpoint"

struct signer_log {
    uint32_t key; /* first four bytes of SHA-256 of the log's public key */
    uint32_t before
        [SIGNER_OLD_LOG_KEYS]; /* of the keys before it: what they signed counts too; what any other key signed does not */
    size_t nbefore;
    bool known;       /* something was signed with it */
    char origin[129]; /* of the only log that this key signs for */
    uint64_t size;
    uint8_t root[CRYPTO_HASH_BYTES];
};
/* Nothing signed yet, by the keys of k. */
struct signer_log signer_log_of(const struct signer_keys *k);
/* From the record's end backwards to the last checkpoint that one of the keys signed. CODE_INTERNAL: the file cannot be read. */
MUST result signer_log_read(struct arena *a, int fd, struct signer_log *out);
/* Whether this may be signed after `last`: *next is what to remember, *text the checkpoint's. CODE_SIGNER_POLICY. */
MUST result signer_log_next(struct arena *a, const struct signer_log *last, struct slice origin, struct slice size,
                            struct slice root, struct signer_log *next, struct slice *text);
/* Its members of a line of the record. */
void signer_log_note(struct json_builder *line, const struct signer_log *c);

#endif
