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

#endif
