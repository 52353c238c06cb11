/* Loading and making data keys inside transactions; the rest of the vault's contract is in city/city.h. */
#ifndef CITY_VAULT_VAULT_H
#define CITY_VAULT_VAULT_H

#include "city/city.h"

extern const struct migration VAULT_MIGRATIONS[];
extern const size_t VAULT_NMIGRATIONS;

/* The owner's key, by tx or (tx NULL) by a read connection; CODE_VAULT_ERASED when destroyed or absent. */
MUST result vault_load(const struct city *c, struct arena *a, struct tx *tx, struct id owner, struct data_key *out);
/* A new key for this owner, inserted. */
MUST result vault_insert(const struct city *c, struct arena *a, struct tx *tx, struct id owner, instant now,
                         struct data_key *out);

/* Of data_key.wrapped: k with its owner, under the current city key and suite. */
struct slice vault_wrap(const struct city *c, struct arena *a, const struct data_key *k);

#define VAULT_HEAD 5 /* bytes of a box that tell its suite and key */
#define VAULT_DATA_BOX 0x80000000u
/* Which generation of a data key a box (or its first VAULT_HEAD bytes) is under; false: it is under the city key, or no box. */
bool vault_box_generation(struct slice head, uint32_t *generation);
/* Of k's keys the one alone that a box is under; false: none of them. */
bool vault_key_of(const struct data_key *k, struct slice box, struct data_key *out);

/* After a change of the city key or of the suite: seals anew under the current version what older ones sealed, at most `limit` values in one
 * transaction, going on from *at (zeroed at first). at->done: a whole pass found nothing; what is left then are answers kept
 * under idempotency keys, which end after 30 days by themselves. */
struct vault_at {
    size_t place;
    struct id after;
    bool found, done;
};
MUST result vault_rewrap(struct city *c, struct arena *a, int64_t limit, struct vault_at *at, size_t *n);
/* [{version, state: "current" | "old" | "missing", uses, proof?}]: how many values name which version; of an old one that none names,
 * the proof by which the signer forgets it (tongban-signd --retire-city-key). */
MUST result vault_versions(struct city *c, struct arena *a, const struct json **out);

#endif
