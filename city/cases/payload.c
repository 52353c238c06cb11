/* What the journal keeps of one event.
 *
 * The log of the city (docs/log.md) committed to the ciphertext that an event had when it happened. After a change of the case's key
 * (city/vault/rotate.c) the event stands under the new one, and beside its text, sealed with it, how the first ciphertext was made: key id,
 * key and nonce. So what is read can be shown to be what was logged, and nothing on the disk is under the old key.
 *   text:  JSON, or 0x01, one byte of length, the origin, JSON
 *   origin: nonce of the first box (under the key that the case has now), or key id (4 bytes), key (32), nonce */
#include "city/cases/facts.h"
#include "city/vault/vault.h"

static const struct json *changed(struct arena *a, const struct json *before, const struct json *after)
{
    struct json_builder b = json_builder(a);
    for (size_t i = 0; after && i < after->n; i++) {
        const struct json *was = json_get_slice(before, after->keys[i]);
        if (!was || !json_equal(was, after->items[i])) json_set_slice(&b, after->keys[i], after->items[i]);
    }
    return json_object(&b);
}

static void set_removed(struct json_builder *event, const struct json *before, const struct json *after)
{
    struct json_builder b = json_builder(event->a);
    for (size_t i = 0; before && i < before->n; i++)
        if (!json_get_slice(after, before->keys[i])) json_add(&b, json_of_string(event->a, before->keys[i]));
    if (b.n) json_set(event, "d", json_array(&b));
}

static const char *place(struct arena *a, int64_t seq)
{
    return arena_cstr(a, arena_printf(a, "case.event/%lld", (long long)seq));
}

struct slice event_seal(struct arena *a, const struct data_key *key, int64_t seq, struct slice engine,
                        const struct json *before, const struct json *after, const struct json *facts)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "e", base64_encode(a, engine));
    json_set(&b, "v", changed(a, before, after));
    set_removed(&b, before, after);
    json_set(&b, "f", facts);
    return vault_seal(a, key, place(a, seq), json_write(a, json_object(&b)));
}

enum { MOVED = 1, PROOF = 4 + CRYPTO_KEY_BYTES /* of an origin: key id and key */ };

bool event_origin_good(struct slice origin)
{
    size_t n = origin.n > PROOF ? origin.n - PROOF : origin.n;
    return n == CRYPTO_NONCE_BYTES || n == CRYPTO_SM4_IV_BYTES;
}

result event_plain(struct arena *a, const struct data_key *key, int64_t seq, struct slice payload, struct slice *plain,
                   struct slice *origin)
{
    TRY(vault_open(a, key, place(a, seq), payload, plain));
    *origin = crypto_box_nonce(payload);
    if (!plain->n || plain->p[0] != MOVED) return ok();
    size_t n = plain->n > 1 ? (unsigned char)plain->p[1] : 0;
    if (plain->n < 2 + n || n <= PROOF) return fail(a, CODE_CRYPTO_BOX, S("case_event"), NULL);
    *origin = slice_sub(*plain, 2, n);
    *plain = slice_sub(*plain, 2 + n, plain->n - 2 - n);
    return ok();
}

struct slice event_origin_proven(struct arena *a, const struct data_key *key, struct slice payload, struct slice origin)
{
    struct data_key of;
    struct buf b = buf_new(a, 256);
    if (origin.n > PROOF || !vault_key_of(key, payload, &of)) return origin;
    buf_put(&b, slice_sub(payload, 1, 4));
    buf_put(&b, slice_of((const char *)of.key, sizeof of.key));
    buf_put(&b, origin);
    return buf_slice(&b);
}

struct slice event_seal_from(struct arena *a, const struct data_key *key, int64_t seq, struct slice plain,
                             struct slice origin)
{
    struct buf b = buf_new(a, SIZE_MAX);
    if (origin.n <= PROOF) return vault_seal_again(a, key, place(a, seq), plain, origin);
    buf_putc(&b, MOVED);
    buf_putc(&b, (char)(unsigned char)origin.n);
    buf_put(&b, origin);
    buf_put(&b, plain);
    return vault_seal(a, key, place(a, seq), buf_slice(&b));
}

struct slice event_first(struct arena *a, const struct data_key *key, int64_t seq, struct slice plain,
                         struct slice origin)
{
    if (origin.n <= PROOF) return vault_seal_again(a, key, place(a, seq), plain, origin);
    const uint8_t *p = (const uint8_t *)origin.p;
    struct data_key old = {.owner = key->owner,
                           .generation = ((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]) &
                                         ~VAULT_DATA_BOX};
    memcpy(old.key, p + 4, sizeof old.key);
    return vault_seal_again(a, &old, place(a, seq), plain, slice_sub(origin, PROOF, origin.n - PROOF));
}

result event_move(struct arena *a, const struct data_key *key, int64_t seq, struct slice payload, struct slice *out)
{
    struct slice plain, origin;
    TRY(event_plain(a, key, seq, payload, &plain, &origin));
    *out = event_seal_from(a, key, seq, plain, event_origin_proven(a, key, payload, origin));
    return ok();
}

result event_logged(struct arena *a, const struct data_key *key, int64_t seq, struct slice payload, struct slice *out)
{
    struct slice plain, origin;
    TRY(event_plain(a, key, seq, payload, &plain, &origin));
    *out = origin.n > PROOF ? event_first(a, key, seq, plain, origin) : payload;
    return ok();
}

result event_open(struct arena *a, const struct data_key *key, int64_t seq, struct slice payload,
                  const struct json **out)
{
    struct slice plain, origin;
    TRY(event_plain(a, key, seq, payload, &plain, &origin));
    return json_parse(a, plain, 8 * 1024 * 1024, S("case_event.payload"), out);
}

const struct json *event_vars(struct arena *a, const struct json *before, const struct json *event)
{
    const struct json *removed = json_get(event, "d"), *v = json_merge(a, before, json_get(event, "v"));
    if (!removed) return v;
    struct json_builder b = json_builder(a);
    for (size_t i = 0; i < v->n; i++) {
        bool gone = false;
        for (size_t k = 0; k < removed->n; k++) gone = gone || slice_eq(removed->items[k]->text, v->keys[i]);
        if (!gone) json_set_slice(&b, v->keys[i], v->items[i]);
    }
    return json_object(&b);
}
