/* The encrypted key file. */
#include "trust/signer_keys.h"

#include "trust/note.h"
#include "trust/password.h"
#include "trust/signer_recovery.h"

#include <argon2.h>

/* A passphrase guards the file for years and is computed once at start: costlier than a sign-in. */
enum { FILE_MEMORY_KIB = 131072, FILE_PASSES = 4, FILE_SALT = 16, FILE_MAX = 256 * 1024 };
#define FILE_FORMAT "tongban-signd keys 1"
#define FILE_FORMAT_STORE "tongban-signd keys 2" /* with "store": not a passphrase */
#define FILE_AAD "tongban-signd key file"

static result not_a_key_file(struct arena *a, const char *why)
{
    return fail(a, CODE_CRYPTO_KEY, S(""), "detail", slice_cstr(why), NULL);
}

static result derive_file_key(struct arena *a, struct slice passphrase, struct slice salt,
                              uint8_t key[CRYPTO_KEY_BYTES])
{
    int rc = argon2id_hash_raw(FILE_PASSES, FILE_MEMORY_KIB, 1, passphrase.n ? passphrase.p : "", passphrase.n, salt.p,
                               salt.n, key, CRYPTO_KEY_BYTES);
    return rc == ARGON2_OK ? ok() : not_a_key_file(a, argon2_error_message(rc));
}

static result make_here(void *of, struct arena *a, const char *use, enum crypto_kind kind, struct crypto_key **out)
{
    (void)of, (void)use;
    return crypto_key_new(a, kind, out);
}

static result lock_passphrase(void *of, struct arena *a, struct json_builder *head, uint8_t key[CRYPTO_KEY_BYTES])
{
    const struct slice *passphrase = of;
    char salt[FILE_SALT];
    random_bytes(salt, sizeof salt);
    json_set_cstr(head, "kdf", "argon2id m=131072 t=4 p=1");
    json_set_str(head, "salt", base64_encode(a, slice_of(salt, sizeof salt)));
    return derive_file_key(a, *passphrase, slice_of(salt, sizeof salt), key);
}

static result unlock_passphrase(void *of, struct arena *a, const struct json *head, uint8_t key[CRYPTO_KEY_BYTES])
{
    const struct slice *passphrase = of;
    struct slice salt;
    if (!base64_decode(a, json_string(head, "salt"), &salt) || salt.n != FILE_SALT)
        return not_a_key_file(a, "damaged key file");
    return derive_file_key(a, *passphrase, salt, key);
}

struct signer_store signer_store_passphrase(const struct slice *passphrase)
{
    return (struct signer_store){"passphrase",     (void *)(uintptr_t)passphrase, make_here, NULL, lock_passphrase,
                                 unlock_passphrase};
}

static void set_bytes(struct json_builder *b, const char *name, struct slice s)
{
    json_set_str(b, name, base64_encode(b->a, s));
}

static const struct json *old_keys(struct arena *a, const struct city_key *k)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < k->nold; i++) {
        struct json_builder b = json_builder(a);
        json_set_int(&b, "version", k->old[i].version);
        set_bytes(&b, "key", slice_of((const char *)k->old[i].key, CRYPTO_KEY_BYTES));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

/* A key that is here stands in the file itself, one of a token by what finds it again. */
static void set_key(struct json_builder *b, const char *name, const struct crypto_key *k)
{
    const struct crypto_outside *o = crypto_key_where(k);
    if (!o) {
        set_bytes(b, name, crypto_key_pkcs8(b->a, k));
        return;
    }
    struct json_builder v = json_builder(b->a);
    json_set_str(&v, "reference", o->reference);
    set_bytes(&v, "public", crypto_key_spki(b->a, k));
    json_set(b, name, json_object(&v));
}

static const struct json *inner_seals(struct arena *a, const struct seal_keys *k)
{
    struct json_builder b = json_builder(a);
    set_bytes(&b, "wrap", slice_of((const char *)k->wrap, CRYPTO_KEY_BYTES));
    set_bytes(&b, "ca_key", crypto_key_pkcs8(a, k->ca));
    set_bytes(&b, "maker_key", crypto_key_pkcs8(a, k->maker));
    set_bytes(&b, "ca", k->ca_cert);
    set_bytes(&b, "maker", k->maker_cert);
    struct json_builder old = json_builder(a);
    for (size_t i = 0; i < k->nold; i++) {
        struct json_builder one = json_builder(a);
        set_bytes(&one, "key", crypto_key_pkcs8(a, k->old[i].key));
        set_bytes(&one, "cert", k->old[i].cert);
        json_add(&old, json_object(&one));
    }
    if (k->nold) json_set(&b, "old", json_array(&old));
    return json_object(&b);
}

static const struct json *inner_old_log(struct arena *a, const struct signer_keys *k)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < k->nold_log; i++) json_add(&list, json_of_string(a, base64_encode(a, k->old_log[i])));
    return json_array(&list);
}

const struct json *signer_keys_inner(struct arena *a, const struct signer_keys *k)
{
    struct json_builder b = json_builder(a);
    json_set_bool(&b, "test", k->test);
    json_set_str(&b, "organisation", k->names.organisation);
    json_set_str(&b, "city", k->names.city);
    if (k->nold_log) json_set(&b, "old_log_keys", inner_old_log(a, k));
    if (k->recovery.present) json_set(&b, "recovery", signer_recovery_inner(a, &k->recovery));
    json_set_int(&b, "city_key_version", k->city.version);
    set_bytes(&b, "city_key", slice_of((const char *)k->city.key, CRYPTO_KEY_BYTES));
    set_bytes(&b, "index_key", slice_of((const char *)k->city.index_key, CRYPTO_KEY_BYTES));
    if (k->city.nold) json_set(&b, "old_city_keys", old_keys(a, &k->city));
    set_key(&b, "document_key", k->document);
    set_bytes(&b, "sm2_key", crypto_key_pkcs8(a, k->sm2));
    set_key(&b, "ed25519_key", k->ed25519);
    set_key(&b, "log_key", k->log);
    set_key(&b, "id_key", k->id);
    json_set_str(&b, "anchors", k->certificates.anchors);
    json_set_str(&b, "issuing", k->certificates.issuing);
    json_set_str(&b, "document", k->certificates.document);
    json_set_str(&b, "sm2", k->certificates.sm2);
    json_set_str(&b, "ed25519", k->certificates.ed25519);
    if (k->seals.present) json_set(&b, "seals", inner_seals(a, &k->seals));
    return json_object(&b);
}

static bool is_passphrase(const struct signer_store *s)
{
    return strcmp(s->kind, "passphrase") == 0;
}

result signer_keys_seal(struct arena *a, const struct signer_keys *k, const struct signer_store *store,
                        struct slice *file)
{
    uint8_t key[CRYPTO_KEY_BYTES];
    struct json_builder b = json_builder(a);
    json_set_cstr(&b, "format", is_passphrase(store) ? FILE_FORMAT : FILE_FORMAT_STORE);
    if (!is_passphrase(store)) json_set_cstr(&b, "store", store->kind);
    json_set_bool(&b, "test", k->test);
    TRY(store->lock(store->of, a, &b, key));
    set_bytes(&b, "box", crypto_seal(a, key, 1, S(FILE_AAD), json_write(a, signer_keys_inner(a, k))));
    crypto_wipe(key, sizeof key);
    *file = json_write(a, json_object(&b));
    return ok();
}

static result read_key(struct arena *a, const struct json *v, const char *name, enum crypto_kind kind,
                       struct crypto_key **out)
{
    struct slice der;
    if (!base64_decode(a, json_string(v, name), &der)) return not_a_key_file(a, name);
    TRY(crypto_key_from_pkcs8(a, der, out));
    return crypto_key_kind(*out) == kind ? ok() : not_a_key_file(a, name);
}

static result find_key(struct arena *a, const struct json *v, const char *name, const struct signer_store *store,
                       enum crypto_kind kind, struct crypto_key **out)
{
    const struct json *at = json_get(v, name);
    struct slice spki;
    if (!at || at->type != JSON_OBJECT) return read_key(a, v, name, kind, out);
    if (!store->find || !base64_decode(a, json_string(at, "public"), &spki)) return not_a_key_file(a, name);
    TRY(store->find(store->of, a, json_string(at, "reference"), spki, out));
    return crypto_key_kind(*out) == kind ? ok() : not_a_key_file(a, name);
}

/* The key of PDFs is of one of three kinds. */
static result find_document(struct arena *a, const struct json *v, const struct signer_store *store,
                            struct crypto_key **out)
{
    static const enum crypto_kind kinds[] = {CRYPTO_P256, CRYPTO_P384, CRYPTO_RSA};
    result r = ok();
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        r = find_key(a, v, "document_key", store, kinds[i], out);
        if (!failed(r) || result_code(r) != CODE_CRYPTO_KEY) return r;
    }
    return r;
}

static result read_secret(struct arena *a, const struct json *v, const char *name, uint8_t out[CRYPTO_KEY_BYTES])
{
    struct slice raw;
    if (!base64_decode(a, json_string(v, name), &raw) || raw.n != CRYPTO_KEY_BYTES) return not_a_key_file(a, name);
    memcpy(out, raw.p, CRYPTO_KEY_BYTES);
    return ok();
}

static result read_old_keys(struct arena *a, const struct json *list, struct city_key *k)
{
    if (!list) return ok();
    if (list->type != JSON_ARRAY || list->n > SIGNER_OLD_KEYS) return not_a_key_file(a, "old_city_keys");
    for (size_t i = 0; i < list->n; i++) {
        int64_t version = json_int(list->items[i], "version", 0);
        if (version < 1 || version >= k->version) return not_a_key_file(a, "old_city_keys");
        k->old[i].version = (uint32_t)version;
        TRY(read_secret(a, list->items[i], "key", k->old[i].key));
    }
    k->nold = list->n;
    return ok();
}

result signer_keys_rotate(struct arena *a, struct signer_keys *k)
{
    struct city_key *c = &k->city;
    if (c->nold == SIGNER_OLD_KEYS || c->version >= 255)
        return fail(a, CODE_TOO_LARGE, S("city_key"), "limit", S("8"), NULL);
    memmove(&c->old[1], &c->old[0], c->nold * sizeof c->old[0]);
    c->old[0].version = c->version;
    memcpy(c->old[0].key, c->key, CRYPTO_KEY_BYTES);
    c->nold++;
    c->version++;
    random_bytes(c->key, sizeof c->key);
    return ok();
}

result signer_keys_retire(struct arena *a, struct signer_keys *k, int64_t version)
{
    struct city_key *c = &k->city;
    size_t at = 0;
    while (at < c->nold && c->old[at].version != version) at++;
    if (at == c->nold)
        return fail(a, CODE_NOT_FOUND, S("city_key"), "value", arena_printf(a, "%lld", (long long)version), NULL);
    c->nold--;
    memmove(&c->old[at], &c->old[at + 1], (c->nold - at) * sizeof c->old[0]);
    crypto_wipe(&c->old[c->nold], sizeof c->old[0]);
    return ok();
}

result signer_keys_rotate_log(struct arena *a, const struct signer_store *store, struct signer_keys *k)
{
    if (k->nold_log == SIGNER_OLD_LOG_KEYS) return fail(a, CODE_TOO_LARGE, S("log_key"), "limit", S("8"), NULL);
    memmove(&k->old_log[1], &k->old_log[0], k->nold_log * sizeof k->old_log[0]);
    k->old_log[0] = arena_copy(a, k->certificates.log_key);
    k->nold_log++;
    TRY(store->make(store->of, a, "log", CRYPTO_ED25519, &k->log));
    return signer_keys_log(a, k);
}

/* PrivateKeyInfo of Ed25519 (RFC 8410, 7) before the 32 bytes of the seed. */
static const char ED25519_PKCS8[] = "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

result signer_keys_log(struct arena *a, struct signer_keys *k)
{
    if (!k->log) {
        uint8_t master[CRYPTO_HASH_BYTES], seed[CRYPTO_KEY_BYTES];
        struct buf der = buf_new(a, 64);
        crypto_sha256(crypto_key_pkcs8(a, k->ed25519), master);
        crypto_derive(master, "tongban log checkpoints", seed);
        buf_put(&der, slice_of(ED25519_PKCS8, sizeof ED25519_PKCS8 - 1));
        buf_put(&der, slice_of((const char *)seed, sizeof seed));
        crypto_wipe(master, sizeof master);
        crypto_wipe(seed, sizeof seed);
        TRY(crypto_key_from_pkcs8(a, buf_slice(&der), &k->log));
    }
    k->certificates.log_key = note_public_key(a, k->log);
    return ok();
}

static result read_old_cas(struct arena *a, const struct json *list, struct seal_keys *k)
{
    if (!list) return ok();
    if (list->type != JSON_ARRAY || list->n > SIGNER_OLD_CAS) return not_a_key_file(a, "old CAs of seals");
    for (size_t i = 0; i < list->n; i++) {
        TRY(read_key(a, list->items[i], "key", CRYPTO_SM2, &k->old[i].key));
        if (!base64_decode(a, json_string(list->items[i], "cert"), &k->old[i].cert))
            return not_a_key_file(a, "old CAs of seals");
    }
    k->nold = list->n;
    return ok();
}

static result read_seals(struct arena *a, const struct json *v, struct seal_keys *k)
{
    if (!v) return ok();
    TRY(read_secret(a, v, "wrap", k->wrap));
    TRY(read_key(a, v, "ca_key", CRYPTO_SM2, &k->ca));
    TRY(read_key(a, v, "maker_key", CRYPTO_SM2, &k->maker));
    if (!base64_decode(a, json_string(v, "ca"), &k->ca_cert) ||
        !base64_decode(a, json_string(v, "maker"), &k->maker_cert))
        return not_a_key_file(a, "seals");
    k->present = true;
    return read_old_cas(a, json_get(v, "old"), k);
}

static result read_old_log(struct arena *a, const struct json *list, struct signer_keys *k)
{
    if (!list) return ok();
    if (list->type != JSON_ARRAY || list->n > SIGNER_OLD_LOG_KEYS) return not_a_key_file(a, "old_log_keys");
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i]->type != JSON_STRING || !base64_decode(a, list->items[i]->text, &k->old_log[i]) ||
            k->old_log[i].n != CRYPTO_KEY_BYTES)
            return not_a_key_file(a, "old_log_keys");
    k->nold_log = list->n;
    return ok();
}

/* Whether the token no longer has this key and a renewal shall make it anew; without a renewal no key counts as lost, and the failure stands. */
static bool is_lost(result r, const struct signer_store *store, const struct json *at,
                    const struct signer_renewal *renewal)
{
    if (!failed(r) || !renewal || !at || at->type != JSON_OBJECT) return false;
    return !store->find || result_code(r) == CODE_SIGNER_TOKEN;
}

static result read_signing(struct arena *a, const struct json *v, const struct signer_store *store,
                           struct signer_renewal *renewal, struct signer_keys *k)
{
    result r = find_document(a, v, store, &k->document);
    if (!failed(r)) r = find_key(a, v, "ed25519_key", store, CRYPTO_ED25519, &k->ed25519);
    if (!failed(r) && json_get(v, "id_key")) r = find_key(a, v, "id_key", store, CRYPTO_P256, &k->id);
    bool lost = is_lost(r, store, json_get(v, "document_key"), renewal);
    if (!lost) TRY(r);
    r = json_get(v, "log_key") ? find_key(a, v, "log_key", store, CRYPTO_ED25519, &k->log) : ok();
    bool log_lost = is_lost(r, store, json_get(v, "log_key"), renewal);
    if (!log_lost) TRY(r);
    if (lost) {
        renewal->document = true;
        TRY(signer_keys_rotate_document(a, store, renewal->making, renewal->now, k));
    }
    if (log_lost) {
        struct slice public;
        if (!base64_decode(a, json_string(json_get(v, "log_key"), "public"), &public) || public.n < CRYPTO_KEY_BYTES)
            return not_a_key_file(a, "log_key");
        renewal->log = true;
        k->certificates.log_key = slice_sub(public, public.n - CRYPTO_KEY_BYTES, CRYPTO_KEY_BYTES);
        TRY(signer_keys_rotate_log(a, store, k));
    }
    /* what is derived for files of before comes out of a private key that is here */
    if (crypto_key_where(k->ed25519) && (!k->log || !k->id)) return not_a_key_file(a, "log_key, id_key");
    TRY(signer_keys_log(a, k));
    return signer_keys_id(a, k);
}

result signer_keys_of_inner(struct arena *a, const struct json *v, const struct signer_store *store,
                            struct signer_renewal *renewal, struct signer_keys *k)
{
    int64_t version = json_int(v, "city_key_version", 0);
    if (version < 1 || version > 255) return not_a_key_file(a, "city_key_version"); /* one byte in index hashes */
    *k = (struct signer_keys){.test = json_bool(v, "test", false),
                              .names = {json_string(v, "organisation"), json_string(v, "city")}};
    k->city.version = (uint32_t)version;
    k->city.test = k->test;
    TRY(read_secret(a, v, "city_key", k->city.key));
    TRY(read_secret(a, v, "index_key", k->city.index_key));
    TRY(read_old_keys(a, json_get(v, "old_city_keys"), &k->city));
    TRY(read_key(a, v, "sm2_key", CRYPTO_SM2, &k->sm2));
    k->certificates =
        (struct signer_certificates){json_string(v, "anchors"), json_string(v, "issuing"), json_string(v, "document"),
                                     json_string(v, "sm2"),     json_string(v, "ed25519"), k->test,
                                     (struct slice){NULL, 0},   (struct slice){NULL, 0}};
    TRY(read_old_log(a, json_get(v, "old_log_keys"), k));
    TRY(signer_recovery_of_inner(a, json_get(v, "recovery"), &k->recovery));
    TRY(read_seals(a, json_get(v, "seals"), &k->seals));
    return read_signing(a, v, store, renewal, k);
}

result signer_keys_open(struct arena *a, struct slice file, const struct signer_store *store, struct signer_keys *out)
{
    const struct json *outer, *v;
    struct slice box, plain;
    uint8_t key[CRYPTO_KEY_BYTES];
    *out = (struct signer_keys){0};
    TRY(json_parse(a, file, FILE_MAX, S("keys"), &outer));
    bool passphrase = slice_is(json_string(outer, "format"), FILE_FORMAT);
    if (!passphrase && !slice_is(json_string(outer, "format"), FILE_FORMAT_STORE))
        return not_a_key_file(a, "not a key file of this version");
    if (passphrase ? !is_passphrase(store) : !slice_is(json_string(outer, "store"), store->kind))
        return not_a_key_file(a, passphrase ? "the key file is under a passphrase, not in a token"
                                            : "the key file belongs to a token: token.conf is missing");
    if (!base64_decode(a, json_string(outer, "box"), &box)) return not_a_key_file(a, "damaged key file");
    TRY(store->unlock(store->of, a, outer, key));
    result opened = crypto_open(a, key, S(FILE_AAD), box, &plain);
    crypto_wipe(key, sizeof key);
    TRY(opened);
    TRY(json_parse(a, plain, FILE_MAX, S("keys"), &v));
    return signer_keys_of_inner(a, v, store, NULL, out);
}
