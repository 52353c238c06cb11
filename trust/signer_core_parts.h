/* Inside of the signer: what the files of its purposes share. */
#ifndef TRUST_SIGNER_CORE_PARTS_H
#define TRUST_SIGNER_CORE_PARTS_H

#include "trust/signer_core.h"
#include "trust/signer_log.h"

enum { SIGNER_RELEASES = 64, SIGNER_SEAL_TURNS = 4096, SIGNER_SEAL_KEYS = 32 };

struct release {
    int32_t pid;
    uint64_t started;
};
/* How often a seal was used in a minute; found by the hash of the seal. */
struct seal_turns {
    uint64_t seal;
    int64_t minute;
    int used;
};
/* A seal's key out of its wrapping, kept for a run of uses. */
struct seal_key_kept {
    struct arena *a; /* NULL: free */
    uint8_t wrapped[CRYPTO_HASH_BYTES], seal[CRYPTO_HASH_BYTES];
    struct crypto_key *key;
    const struct json *policy;
};

struct signer_core {
    const struct signer_keys *keys;
    struct time_source time;
    int use_fd;
    bool use_broken;                  /* a line could not be written whole: no more uses until an operator looks */
    uint8_t chain[CRYPTO_HASH_BYTES]; /* SHA-256 of the use record's last line */
    int64_t window[SIGN_PURPOSES];    /* the minute being counted */
    int used[SIGN_PURPOSES];
    struct release released[SIGNER_RELEASES]; /* ring of processes that have had the city key */
    size_t nreleased;
    struct signer_log log; /* the checkpoint signed last */
    struct seal_turns turns[SIGNER_SEAL_TURNS];
    struct seal_key_kept kept[SIGNER_SEAL_KEYS];
    size_t next_kept;
};

/* signer_core.c */
MUST result signer_refuse(struct arena *a, const char *why);
MUST result signer_take_turn(struct signer_core *c, struct arena *a, enum signer_purpose p);
MUST result signer_record_use(struct signer_core *c, struct arena *a, const struct signer_peer *peer,
                              const char *purpose, struct slice subject, const uint8_t sha256[CRYPTO_HASH_BYTES],
                              const char *outcome, const struct signer_log *checkpoint);

/* signer_id.c */
MUST result signer_id_token(struct signer_core *c, struct arena *a, const struct signer_peer *peer,
                            const struct signer_message *q, struct signer_message *reply);

/* signer_seal.c */
MUST result signer_seal_make(struct signer_core *c, struct arena *a, const struct signer_peer *peer,
                             const struct signer_message *q, struct signer_message *reply);
MUST result signer_seal_revoke(struct signer_core *c, struct arena *a, const struct signer_peer *peer,
                               const struct signer_message *q, struct signer_message *reply);
MUST result signer_seal_use(struct signer_core *c, struct arena *a, const struct signer_peer *peer,
                            const struct signer_message *q, struct signer_message *reply);

#endif
