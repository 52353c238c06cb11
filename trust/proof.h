/* Signatures that somebody made with the key of their certificate, to show that they have it: over bytes, or as a detached SignedData
 * (RFC 5652; GB/T 35275 for SM2), which the tools of hardware keys make. Whether the certificate itself holds is x509_validate's to say. */
#ifndef TRUST_PROOF_H
#define TRUST_PROOF_H

#include "trust/x509.h"

enum { PROOF_MAX_BYTES = 256 << 10, PROOF_CERTS_MAX = 16 };

/* The digest follows from the key: SM2 with SM3 (and the usual id), P-256 with SHA-256, P-384 with SHA-384, P-521 with SHA-512, RSA with SHA-256
 * (PKCS #1 v1.5 or PSS), Ed25519. ECDSA and SM2: DER {r, s}, or r and s side by side (as browsers write it). CODE_CERT_PROOF. */
MUST result proof_raw(struct arena *a, const struct x509_cert *cert, struct slice message, struct slice signature);

struct proof_signed {
    const struct x509_cert *cert; /* who signed */
    struct x509_list others;      /* the other certificates it carries */
};
/* One signer, detached from `message`; the certificate is in it. CODE_CERT_PROOF: malformed, more than one signer, another content, or a wrong
 * signature. */
MUST result proof_cms(struct arena *a, struct slice cms, struct slice message, struct proof_signed *out);

#endif
