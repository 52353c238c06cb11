/* What the signer does with one message: policy, rate, record of use, signature. No sockets. Used by tongban-signd and by
 * the test signer only; one thread at a time. */
#ifndef TRUST_SIGNER_CORE_H
#define TRUST_SIGNER_CORE_H

#include "trust/signer_keys.h"
#include "trust/signer_protocol.h"

/* Whom the messages come from (SO_PEERCRED), and what was already released to it. */
struct signer_peer {
    uint32_t uid;
    int32_t pid;
    uint64_t started; /* start time of the process, so that a reused pid is another process; 0 unknown */
    bool key_released;
};

struct signer_core;
/* keys and time live as long as the core. use_fd: descriptor of the use record, opened for append (and reading, to
 * continue its chain), or -1 for none (tests). */
MUST result signer_core_open(struct arena *a, const struct signer_keys *keys, struct time_source time, int use_fd,
                             struct signer_core **out);
/* Handles one decoded request; *reply is always filled (ERROR on refusal) and lives in a. */
void signer_core_handle(struct signer_core *c, struct arena *a, struct signer_peer *peer,
                        const struct signer_message *request, struct signer_message *reply);

/* What each key may be used for. */
struct signer_policy {
    enum signer_purpose purpose;
    size_t max_bytes; /* of the thing signed */
    int per_minute;
};
const struct signer_policy *signer_policy(enum signer_purpose p);

/* The shape a PDF must have to be signed: head ends before "<", tail begins behind ">", the one /ByteRange in head says
 * exactly that, the signature dictionary names this purpose. *why is set when false. */
bool signer_pdf_shape(struct slice head, struct slice tail, enum signer_purpose purpose, const char **why);
/* Detached CMS over head+tail with the signing time given. Exposed for tests of the verifier. */
MUST result signer_make_cms(struct arena *a, const struct signer_keys *k, struct slice head, struct slice tail,
                            instant at, struct slice *cms);

#endif
