/* Recovery of the signer's keys by m of n officers. A random secret opens recovery.json, which holds what keys.json holds; the secret is split into
 * shares (trust/shamir.h, trust/share.h) that officers keep on paper, and stands besides only within keys.json. recovery.json alone is worth nothing and
 * belongs into every backup. */
#ifndef TRUST_SIGNER_RECOVERY_H
#define TRUST_SIGNER_RECOVERY_H

#include "trust/share.h"
#include "trust/signer_keys.h"

/* A new secret, set and shares (array of n, one for each officer); the keys remember it, and the sets of before are stale from now on.
 * CODE_SIGNER_SHARE: not 2 <= need <= n <= SIGNER_OFFICERS_MAX, or an officer without a name, with a line break, or named twice. */
MUST result signer_recovery_split(struct arena *a, struct signer_keys *k, const struct slice *officers, size_t n,
                                  unsigned need, day today, struct share *shares);
/* recovery.json of these keys. CODE_NOT_FOUND: no shares were made. */
MUST result signer_recovery_seal(struct arena *a, const struct signer_keys *k, struct slice *file);

/* What recovery.json says in clear: whose, which set, how many, who. */
struct recovery_file {
    struct slice city;
    struct signer_recovery of; /* without secret */
    struct slice box;
};
MUST result recovery_file_parse(struct arena *a, struct slice text, struct recovery_file *out);
/* Whether the share is of this set and the one that was handed out. CODE_SIGNER_SHARE names the share ("2 李四") and says why not: another city's, an
 * earlier or another set, another value, given before (given: those that were good so far). */
MUST result recovery_share_check(struct arena *a, const struct recovery_file *f, const struct share *s,
                                 const struct share *given, size_t ngiven);
/* Opens with `need` checked shares. CODE_SIGNER_SHARE: fewer; CODE_CRYPTO_BOX: a changed file. renewal as in signer_keys_of_inner. */
MUST result recovery_open(struct arena *a, const struct recovery_file *f, const struct share *shares, size_t n,
                          const struct signer_store *store, struct signer_renewal *renewal, struct signer_keys *out);

/* Its part of a key file. */
const struct json *signer_recovery_inner(struct arena *a, const struct signer_recovery *r);
MUST result signer_recovery_of_inner(struct arena *a, const struct json *v, struct signer_recovery *out);

#endif
