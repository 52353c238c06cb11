/* Inside of the proofs. */
#ifndef TRUST_PROOF_PARTS_H
#define TRUST_PROOF_PARTS_H

#include "trust/proof.h"
#include "trust/x509_parts.h"

MUST result proof_wrong(struct arena *a);
/* md NULL: the one that follows from the key. */
bool proof_verify(struct arena *a, const struct x509_cert *cert, const EVP_MD *md, struct slice message,
                  struct slice sig);

#endif
