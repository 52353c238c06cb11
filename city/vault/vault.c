/* The vault: one data key per person and per case under the city key; what it seals is bound to its owner and place. */
#include "city/vault/vault.h"

#include "trust/crypto.h"
#include "trust/signer.h"

bool city_signer_up(const struct city *c)
{
    return !c->signer || signer_answers(c->signer);
}

enum { INDEX_VERSION = 1 }; /* of the index key, which stays when the city key changes */

const struct migration VAULT_MIGRATIONS[] = {
    {"city.vault", 1, "data keys",
     "-- retention: as the person's or the case's data; destroying a key leaves the row with an empty `wrapped`\n"
     "CREATE TABLE data_key (id {BLOB} PRIMARY KEY, wrapped {BLOB} NOT NULL, created_at {INT} NOT NULL,"
     " destroyed_at {INT} NOT NULL);\n",
     NULL},
};
const size_t VAULT_NMIGRATIONS = sizeof VAULT_MIGRATIONS / sizeof *VAULT_MIGRATIONS;

const struct stmt VAULT_SELECT_KEY = {"vault_select_key", "SELECT wrapped FROM data_key WHERE id = ?1", NULL, false};
const struct stmt VAULT_INSERT_KEY = {
    "vault_insert_key", "INSERT INTO data_key (id, wrapped, created_at, destroyed_at) VALUES (?1, ?2, ?3, 0)", NULL,
    false};
const struct stmt VAULT_DESTROY_KEY = {
    "vault_destroy_key", "UPDATE data_key SET wrapped = x'', destroyed_at = ?2 WHERE id = ?1 AND destroyed_at = 0",
    "UPDATE data_key SET wrapped = ''::bytea, destroyed_at = ?2 WHERE id = ?1 AND destroyed_at = 0", false};

/* What is authenticated beside the data: place NUL owner. */
static struct slice bind_place(struct arena *a, const char *aad, struct id owner)
{
    struct buf b = buf_new(a, 256);
    buf_puts(&b, aad);
    buf_putc(&b, '\0');
    buf_put(&b, id_bytes(&owner));
    return buf_slice(&b);
}

/* The version of the city key that a box names; boxes under data keys name 0. */
static result key_of_box(const struct city *c, struct arena *a, struct slice box, const uint8_t **out)
{
    uint32_t version;
    if (!crypto_box_key_id(box, &version) || !version) return fail(a, CODE_CRYPTO_BOX, S("data_key"), NULL);
    *out = c->key;
    if (version == (uint32_t)c->key_version) return ok();
    for (size_t i = 0; i < c->nold_keys; i++)
        if (version == (uint32_t)c->old_keys[i].version) {
            *out = c->old_keys[i].key;
            return ok();
        }
    return fail(a, CODE_VAULT_KEY, S("city_key"), "value", arena_printf(a, "%u", version), NULL);
}

void vault_new(const struct city *c, struct arena *a, struct id owner, struct data_key *out, struct slice *wrapped)
{
    out->owner = owner;
    random_bytes(out->key, sizeof out->key);
    *wrapped = crypto_wrap_key(a, c->key, (uint32_t)c->key_version, id_bytes(&owner), out->key);
}

result vault_unwrap(const struct city *c, struct arena *a, struct id owner, struct slice wrapped, struct data_key *out)
{
    if (!wrapped.n) return fail(a, CODE_VAULT_ERASED, S("data_key"), NULL);
    out->owner = owner;
    const uint8_t *key = NULL;
    TRY(key_of_box(c, a, wrapped, &key));
    return crypto_unwrap_key(a, key, id_bytes(&owner), wrapped, out->key);
}

result vault_load(const struct city *c, struct arena *a, struct tx *tx, struct id owner, struct data_key *out)
{
    struct rows r;
    struct sql_value b[] = {sql_id(&owner)};
    if (tx)
        TRY(tx_query(tx, a, &VAULT_SELECT_KEY, b, 1, &r));
    else
        TRY(store_query(c->store, a, &VAULT_SELECT_KEY, b, 1, &r));
    if (!r.n) return fail(a, CODE_VAULT_ERASED, S("data_key"), NULL);
    return vault_unwrap(c, a, owner, row(&r, 0)[0].s, out);
}

result vault_insert(const struct city *c, struct arena *a, struct tx *tx, struct id owner, instant now,
                    struct data_key *out)
{
    struct slice wrapped;
    vault_new(c, a, owner, out, &wrapped);
    struct sql_value b[] = {sql_id(&owner), sql_blob(wrapped), sql_int(now)};
    return tx_exec(tx, a, &VAULT_INSERT_KEY, b, 3, NULL);
}

struct slice vault_seal(struct arena *a, const struct data_key *k, const char *aad, struct slice plain)
{
    return crypto_seal(a, k->key, 0, bind_place(a, aad, k->owner), plain);
}

struct slice vault_seal_again(struct arena *a, const struct data_key *k, const char *aad, struct slice plain,
                              struct slice nonce)
{
    return crypto_seal_again(a, k->key, 0, bind_place(a, aad, k->owner), plain, nonce);
}

result vault_open(struct arena *a, const struct data_key *k, const char *aad, struct slice cipher, struct slice *plain)
{
    return crypto_open(a, k->key, bind_place(a, aad, k->owner), cipher, plain);
}

/* The city key wraps data keys; data that belongs to nobody is sealed under a key derived from it, so that one key has
 * one use. */
static void city_data_key(const uint8_t key[CRYPTO_KEY_BYTES], uint8_t out[CRYPTO_KEY_BYTES])
{
    crypto_derive(key, "vault.city", out);
}

struct slice vault_seal_city(const struct city *c, struct arena *a, const char *aad, struct slice plain)
{
    uint8_t k[CRYPTO_KEY_BYTES];
    city_data_key(c->key, k);
    struct slice box = crypto_seal(a, k, (uint32_t)c->key_version, slice_cstr(aad), plain);
    crypto_wipe(k, sizeof k);
    return box;
}

result vault_open_city(const struct city *c, struct arena *a, const char *aad, struct slice cipher, struct slice *plain)
{
    uint8_t k[CRYPTO_KEY_BYTES];
    const uint8_t *key = NULL;
    TRY(key_of_box(c, a, cipher, &key));
    city_data_key(key, k);
    result r = crypto_open(a, k, slice_cstr(aad), cipher, plain);
    crypto_wipe(k, sizeof k);
    return r;
}

struct slice vault_index(const struct city *c, struct arena *a, const char *kind, struct slice value)
{
    return crypto_index(a, c->index_key, INDEX_VERSION, kind, value);
}
