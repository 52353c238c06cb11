/* Signed notes (C2SP signed-note): a text, an empty line, and signature lines "— name base64(key id | signature)". Ed25519 only: plain
 * signatures (type 1) and the timestamped cosignatures of checkpoints (type 4, C2SP tlog-cosignature). */
#ifndef TRUST_NOTE_H
#define TRUST_NOTE_H

#include "base/time.h"
#include "trust/crypto.h"

enum {
    NOTE_MAX_BYTES = 1 << 20,
    NOTE_SIGNATURES_MAX = 100,
    NOTE_NAME_MAX = 255,
    NOTE_ED25519_BYTES = 64,
    NOTE_STAMPED_BYTES = 8 + NOTE_ED25519_BYTES, /* seconds since 1970, big-endian, before the signature */
};

enum note_type { NOTE_PLAIN = 1, NOTE_COSIGNATURE = 4 };

struct note_signature {
    struct slice name;
    uint32_t id;
    struct slice bytes;
};
struct note {
    struct slice text; /* with its last newline */
    const struct note_signature *signatures;
    size_t n;
};
/* Strict: UTF-8, no control characters but newline, 1 to NOTE_SIGNATURES_MAX signature lines. Points into `text`. CODE_NOTE_MALFORMED. */
MUST result note_parse(struct arena *a, struct slice text, struct note *out);

/* A key: who, of which type; the key may be private (to sign) or public. */
struct note_key {
    struct slice name;
    uint32_t id; /* first four bytes of SHA-256(name | newline | type | public key) */
    enum note_type type;
    const struct crypto_key *key;
};
bool note_name_valid(struct slice name);
/* CODE_NOTE_KEY: a name with spaces or '+', or a key that is not Ed25519. */
MUST result note_key_make(struct arena *a, struct slice name, enum note_type type, const struct crypto_key *key,
                          struct note_key *out);
/* "name+hex id+base64(type | public key)" (vkey). CODE_NOTE_KEY also when the id is not that of name and key. */
MUST result note_key_parse(struct arena *a, struct slice vkey, struct note_key *out);
/* The same from the 32 bytes of a public key. */
MUST result note_key_of_bytes(struct arena *a, struct slice name, enum note_type type, struct slice public_key,
                              struct note_key *out);
struct slice note_key_text(struct arena *a, const struct note_key *k);
/* The 32 bytes of an Ed25519 public key. */
struct slice note_public_key(struct arena *a, const struct crypto_key *key);

/* What is signed: the text itself, or for a cosignature "cosignature/v1", "time N" and the text. */
struct slice note_message(struct arena *a, enum note_type type, uint64_t seconds, struct slice text);
/* A signature line with its newline; seconds count for cosignatures only. For those who hold a key; else note_line. */
MUST result note_sign(struct arena *a, const struct note_key *k, struct slice text, uint64_t seconds,
                      struct slice *line);
/* The line around a signature made elsewhere over note_message. */
struct slice note_line(struct arena *a, const struct note_key *k, uint64_t seconds, struct slice signature);
/* text, an empty line, the lines. */
struct slice note_write(struct arena *a, struct slice text, struct slice lines);

enum note_verdict { NOTE_ABSENT, NOTE_GOOD, NOTE_BAD };
/* The signatures with the key's name and id: none; all good; or at least one not good, and then the note is to be refused.
 * *seconds (may be NULL): the latest time of good cosignatures, 0 otherwise. */
enum note_verdict note_check(struct arena *a, const struct note *n, const struct note_key *k, uint64_t *seconds);

/* ---- checkpoints (C2SP tlog-checkpoint) ---- */
struct checkpoint {
    struct slice origin;
    uint64_t size;
    struct slice root;       /* 32 bytes */
    struct slice extensions; /* lines with their newlines; usually none */
};
struct slice checkpoint_write(struct arena *a, const struct checkpoint *c);
/* The text of a note. CODE_NOTE_MALFORMED. Points into text, but for root. */
MUST result checkpoint_parse(struct arena *a, struct slice text, struct checkpoint *out);
/* A size or an index as it is written: digits, no leading zeros, up to 2^64 - 1. */
bool note_number(struct slice s, uint64_t *out);

#endif
