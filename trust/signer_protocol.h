/* The message set between the server and tongban-signd, over a stream socket.
 *
 * Frame: length (4 bytes, big-endian, of what follows) | version (1) | type (1) | sequence (4) | fields
 * Field: tag (1) | length (4) | bytes; tags strictly ascending, so a message has one encoding.
 * A reply repeats the request's sequence. Both ends decode with the same strict decoder. */
#ifndef TRUST_SIGNER_PROTOCOL_H
#define TRUST_SIGNER_PROTOCOL_H

#include "base/result.h"

enum {
    SIGNER_VERSION = 1,
    SIGNER_LENGTH_BYTES = 4,
    SIGNER_MIN_FRAME = 6,
    SIGNER_MAX_FRAME = (4 << 20) + 4096, /* after the length */
};

enum signer_type {
    SIGNER_RELEASE_CITY_KEY = 1, /* -> CITY_KEY; once per connection and server process */
    SIGNER_SIGN = 2, /* PURPOSE, SUBJECT and HEAD+TAIL (PDF), RECORD, SIZE+ROOT (checkpoint), HEAD+RECORD (a seal
                                   * is made: picture, what it is) or HEAD+TAIL+RECORD+KEY (a seal is used: Signature.xml,
                                   * seal, the use, its wrapped key), RECORD (ID token: its claims) -> SIGNED */
    SIGNER_CERTIFICATES = 3, /* -> CERTIFICATE_SET */
    SIGNER_CITY_KEY = 129,   /* KEY, INDEX_KEY, KEY_VERSION, TEST; perhaps OLD_KEYS */
    SIGNER_SIGNED = 130, /* CMS; SM2 and ED25519; ED25519 (checkpoint); KEY and SEAL (made); SEAL (what it signed) */
    SIGNER_CERTIFICATE_SET =
        131,            /* ANCHORS, ISSUING, CERT_DOCUMENT, CERT_SM2, CERT_ED25519, TEST, LOG_KEY; perhaps ID_KEY */
    SIGNER_ERROR = 255, /* CODE, DETAIL */
};

enum signer_tag {
    TAG_PURPOSE = 1,
    TAG_SUBJECT,
    TAG_HEAD,
    TAG_TAIL,
    TAG_RECORD,
    TAG_KEY,
    TAG_INDEX_KEY,
    TAG_KEY_VERSION, /* decimal */
    TAG_TEST,        /* "1" or "0" */
    TAG_CMS,
    TAG_SM2,
    TAG_ED25519,
    TAG_ANCHORS,
    TAG_ISSUING,
    TAG_CERT_DOCUMENT,
    TAG_CERT_SM2,
    TAG_CERT_ED25519,
    TAG_CODE,
    TAG_DETAIL,
    TAG_OLD_KEYS, /* earlier versions of the city key: version (1 byte), key (32), each */
    TAG_SIZE,     /* of a checkpoint: leaves, decimal */
    TAG_ROOT,     /* of a checkpoint: 32 bytes */
    TAG_LOG_KEY,  /* public key of checkpoints: 32 bytes */
    TAG_SEAL,     /* SESeal or SES_Signature, DER */
    TAG_ID_KEY,   /* public key of ID tokens: 65 bytes */
    TAG_JWT,      /* an ID token */
    TAG_END
};

struct signer_message {
    enum signer_type type;
    uint32_t sequence;
    uint32_t present;            /* bit per tag */
    struct slice field[TAG_END]; /* decoded: point into the frame */
};

void signer_set(struct signer_message *m, enum signer_tag tag, struct slice value);
static inline bool signer_has(const struct signer_message *m, enum signer_tag tag)
{
    return (m->present >> tag & 1u) != 0;
}
/* The whole frame, length included. CODE_TOO_LARGE beyond SIGNER_MAX_FRAME. */
MUST result signer_encode(struct arena *a, const struct signer_message *m, struct slice *frame);
/* What the length bytes announce; 0 when outside [SIGNER_MIN_FRAME, SIGNER_MAX_FRAME]. */
size_t signer_frame_length(const uint8_t head[SIGNER_LENGTH_BYTES]);
/* frame: without the length bytes. Also checks that exactly the fields of the type are there (a lone CODE and DETAIL for
 * ERROR). CODE_SIGNER_PROTOCOL. */
MUST result signer_decode(struct arena *a, struct slice frame, struct signer_message *out);

#endif
