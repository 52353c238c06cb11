/* The statement that a log goes on under a new key: a signed note that the new key signs, and the old one too when it is still there. Its first line is no
 * origin, so it is never taken for a checkpoint.
 *
 *   tongban log key 1
 *   city.example/log
 *   old city.example/log+…
 *   new city.example/log+…
 *   size 1234                  what the old key signed last, as far as the signer knows; the new one signs nothing smaller
 *   root …
 *   reason …                   one line
 */
#ifndef TRUST_LOG_KEY_H
#define TRUST_LOG_KEY_H

#include "trust/note.h"

struct log_key_statement {
    struct slice origin;
    struct note_key old_key,
        new_key; /* to write: with private halves; old_key.key public, by_old false: the old key is lost */
    bool by_old; /* the old key signed it */
    uint64_t size;
    struct slice root; /* 32 bytes; empty with size 0 */
    struct slice reason;
};
MUST result log_key_statement_write(struct arena *a, const struct log_key_statement *s, struct slice *note);
/* Checks the new key's signature, and the old one's where there is one. CODE_NOTE_MALFORMED, CODE_NOTE_SIGNATURE. */
MUST result log_key_statement_read(struct arena *a, struct slice text, struct log_key_statement *out);

#endif
