/* The vault: one data key per person and per case under the city key; what it seals is bound to its owner and place. */
#include "city/vault/vault.h"

#include "trust/crypto.h"
#include "trust/signer.h"

#include <stdlib.h>

bool city_signer_up(const struct city *c)
{
    return !c->signer || signer_answers(c->signer);
}

enum crypto_suite city_test_suite(void)
{
    const char *s = getenv("TONGBAN_TEST_SUITE");
    return s && slice_is(slice_cstr(s), "sm4") ? CRYPTO_SM4 : CRYPTO_AES;
}

enum { INDEX_VERSION = 1 }; /* of the index key, which stays when the city key changes */

const struct migration VAULT_MIGRATIONS[] = {
    {"city.vault", 1, "data keys",
     "-- retention: as the person's or the case's data; destroying a key leaves the row with an empty `wrapped`\n"
     "CREATE TABLE data_key (id {BLOB} PRIMARY KEY, wrapped {BLOB} NOT NULL, created_at {INT} NOT NULL,"
     " destroyed_at {INT} NOT NULL);\n",
     NULL},
    {"city.vault", 2, "generations of data keys",
     /* generation: what is sealed goes under it; other: the second one that `wrapped` holds, -1: none */
     "ALTER TABLE data_key ADD COLUMN generation {INT} NOT NULL DEFAULT 0;\n"
     "ALTER TABLE data_key ADD COLUMN other {INT} NOT NULL DEFAULT -1;\n"
     "CREATE INDEX data_key_two ON data_key (id) WHERE other >= 0;\n"
     "-- retention: 5 years; counts and stages of a change of data keys, no personal data\n"
     "CREATE TABLE key_rotation (id {BLOB} PRIMARY KEY, scope {TEXT} NOT NULL, asked_at {INT} NOT NULL, asked_by {BLOB},"
     " stage {INT} NOT NULL, place {INT} NOT NULL, after {BLOB}, after_no {INT} NOT NULL, quiet_since {INT} NOT NULL,"
     " keys {INT} NOT NULL, resealed {INT} NOT NULL, found {INT} NOT NULL, ended_at {INT} NOT NULL);\n"
     "CREATE UNIQUE INDEX key_rotation_one ON key_rotation (ended_at) WHERE ended_at = 0;\n",
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

/* ---- what `wrapped` holds ----
 * The first generation alone: its 32 bytes, as before there were more. Else one or two of generation (4 bytes, big-endian) and key; what is
 * sealed goes under the first. */
enum { MEMBER = 4 + CRYPTO_KEY_BYTES };

static void put_member(struct buf *b, uint32_t generation, const uint8_t key[CRYPTO_KEY_BYTES])
{
    for (int i = 0; i < 4; i++) buf_putc(b, (char)(uint8_t)(generation >> (24 - 8 * i)));
    buf_put(b, slice_of((const char *)key, CRYPTO_KEY_BYTES));
}

static uint32_t get_member(struct slice s, uint8_t key[CRYPTO_KEY_BYTES])
{
    const uint8_t *p = (const uint8_t *)s.p;
    memcpy(key, p + 4, CRYPTO_KEY_BYTES);
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

struct slice vault_wrap(const struct city *c, struct arena *a, const struct data_key *k)
{
    struct buf b = buf_new(a, (size_t)2 * MEMBER);
    if (!k->generation && !k->two) {
        buf_put(&b, slice_of((const char *)k->key, CRYPTO_KEY_BYTES));
    } else {
        put_member(&b, k->generation, k->key);
        if (k->two) put_member(&b, k->other_generation, k->other);
    }
    return crypto_wrap_keys(a, c->suite, c->key, (uint32_t)c->key_version, id_bytes(&k->owner), buf_slice(&b));
}

void vault_new(const struct city *c, struct arena *a, struct id owner, struct data_key *out, struct slice *wrapped)
{
    *out = (struct data_key){.owner = owner, .suite = c->suite};
    random_bytes(out->key, sizeof out->key);
    *wrapped = vault_wrap(c, a, out);
}

result vault_unwrap(const struct city *c, struct arena *a, struct id owner, struct slice wrapped, struct data_key *out)
{
    struct slice keys;
    const uint8_t *key = NULL;
    if (!wrapped.n) return fail(a, CODE_VAULT_ERASED, S("data_key"), NULL);
    TRY(key_of_box(c, a, wrapped, &key));
    TRY(crypto_unwrap_keys(a, key, id_bytes(&owner), wrapped, &keys));
    *out = (struct data_key){.owner = owner, .suite = c->suite, .two = keys.n == (size_t)2 * MEMBER};
    if (keys.n == CRYPTO_KEY_BYTES) {
        memcpy(out->key, keys.p, CRYPTO_KEY_BYTES);
        return ok();
    }
    if (keys.n != MEMBER && !out->two) return fail(a, CODE_CRYPTO_BOX, S("data_key"), NULL);
    out->generation = get_member(keys, out->key);
    if (out->two) out->other_generation = get_member(slice_sub(keys, MEMBER, MEMBER), out->other);
    return ok();
}

/* ---- boxes under data keys ----
 * They name no version of the city key: key id 0 in the first generation, then the generation with the highest bit set. */
static uint32_t id_of(uint32_t generation)
{
    return generation ? VAULT_DATA_BOX | generation : 0;
}

bool vault_box_generation(struct slice head, uint32_t *generation)
{
    const uint8_t *p = (const uint8_t *)head.p;
    if (head.n < VAULT_HEAD) return false;
    uint32_t id = (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4];
    *generation = id & ~VAULT_DATA_BOX;
    return id == 0 || (id & VAULT_DATA_BOX);
}

bool vault_key_of(const struct data_key *k, struct slice box, struct data_key *out)
{
    uint32_t generation;
    if (!vault_box_generation(box, &generation)) return false;
    bool other = k->two && generation == k->other_generation;
    if (!other && generation != k->generation) return false;
    *out = (struct data_key){.owner = k->owner, .suite = k->suite, .generation = generation};
    memcpy(out->key, other ? k->other : k->key, sizeof out->key);
    return true;
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
    return crypto_seal_as(a, k->suite, k->key, id_of(k->generation), bind_place(a, aad, k->owner), plain);
}

struct slice vault_seal_again(struct arena *a, const struct data_key *k, const char *aad, struct slice plain,
                              struct slice nonce)
{
    return crypto_seal_again(a, k->key, id_of(k->generation), bind_place(a, aad, k->owner), plain, nonce);
}

result vault_open(struct arena *a, const struct data_key *k, const char *aad, struct slice cipher, struct slice *plain)
{
    uint32_t generation;
    bool other = k->two && vault_box_generation(cipher, &generation) && generation == k->other_generation;
    return crypto_open(a, other ? k->other : k->key, bind_place(a, aad, k->owner), cipher, plain);
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
    struct slice box = crypto_seal_as(a, c->suite, k, (uint32_t)c->key_version, slice_cstr(aad), plain);
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
