#include "trust/signer_recovery.h"

#include "trust/shamir.h"

#define FORMAT "tongban-signd recovery 1"
enum { RECOVERY_MAX_BYTES = 512 << 10, NAME_MAX_BYTES = 120 };

static result refuse(struct arena *a, struct slice which, struct slice zh, struct slice en)
{
    return fail(a, CODE_SIGNER_SHARE, which, "detail_zh", zh, "detail_en", en, NULL);
}

static result damaged(struct arena *a)
{
    return fail(a, CODE_CRYPTO_KEY, S("recovery.json"), "detail", S("not a recovery file, or a damaged one"), NULL);
}

/* ---- splitting ---- */

static void commit(const struct share *s, uint8_t out[CRYPTO_HASH_BYTES])
{
    char number = (char)s->number;
    const struct slice parts[] = {S("tongban share "), slice_of((const char *)s->set, SHARE_SET_BYTES),
                                  slice_of(&number, 1), slice_of((const char *)s->value, sizeof s->value)};
    crypto_sha256_parts(parts, 4, out);
}

static bool names_good(const struct slice *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (names[i].n == 0 || names[i].n > NAME_MAX_BYTES || !slice_utf8(names[i])) return false;
        if (slice_find(names[i], '\n', 0) != SIZE_MAX) return false;
        for (size_t j = 0; j < i; j++)
            if (slice_eq(names[i], names[j])) return false;
    }
    return true;
}

result signer_recovery_split(struct arena *a, struct signer_keys *k, const struct slice *officers, size_t n,
                             unsigned need, day today, struct share *shares)
{
    struct signer_recovery *r = &k->recovery;
    uint8_t random[(SIGNER_OFFICERS_MAX - 1) * CRYPTO_KEY_BYTES];
    if (need < 2 || need > n || n > SIGNER_OFFICERS_MAX || !names_good(officers, n))
        return fail(a, CODE_SIGNER_SHARE, S("--officers"), "detail_zh",
                    S("须有 2 至 20 名姓名不同的人员，所需份数在 2 与人数之间"), "detail_en",
                    S("name 2 to 20 different officers, and need between 2 and all of them"), NULL);
    *r = (struct signer_recovery){.present = true, .made = today, .need = need, .count = (unsigned)n};
    random_bytes(r->secret, sizeof r->secret);
    random_bytes(r->set, sizeof r->set);
    random_bytes(random, sizeof random);
    for (size_t i = 0; i < n; i++) {
        r->officers[i] = arena_copy(a, officers[i]);
        shares[i] = (struct share){.made = today,
                                   .need = need,
                                   .count = (unsigned)n,
                                   .number = (unsigned)i + 1,
                                   .city = k->names.city,
                                   .officer = r->officers[i]};
        memcpy(shares[i].set, r->set, sizeof r->set);
        shamir_share(r->secret, sizeof r->secret, need, random, (uint8_t)(i + 1), shares[i].value);
        commit(&shares[i], r->commitment[i]);
    }
    crypto_wipe(random, sizeof random);
    return ok();
}

/* ---- in JSON ---- */

static struct slice key_slice(const uint8_t *p)
{
    return slice_of((const char *)p, CRYPTO_KEY_BYTES);
}

static void public_part(struct json_builder *b, const struct signer_recovery *r)
{
    struct json_builder officers = json_builder(b->a), commitments = json_builder(b->a);
    json_set_str(b, "set", share_set_text(b->a, r->set));
    json_set_str(b, "made", day_text(b->a, r->made));
    json_set_int(b, "need", r->need);
    for (unsigned i = 0; i < r->count; i++) {
        json_add(&officers, json_of_string(b->a, r->officers[i]));
        json_add(&commitments, json_of_string(b->a, base64_encode(b->a, key_slice(r->commitment[i]))));
    }
    json_set(b, "officers", json_array(&officers));
    json_set(b, "commitments", json_array(&commitments));
}

const struct json *signer_recovery_inner(struct arena *a, const struct signer_recovery *r)
{
    struct json_builder b = json_builder(a);
    public_part(&b, r);
    json_set_str(&b, "secret", base64_encode(a, key_slice(r->secret)));
    return json_object(&b);
}

static bool read_bytes(struct arena *a, const struct json *v, uint8_t out[CRYPTO_KEY_BYTES])
{
    struct slice raw;
    if (!v || v->type != JSON_STRING || !base64_decode(a, v->text, &raw) || raw.n != CRYPTO_KEY_BYTES) return false;
    memcpy(out, raw.p, CRYPTO_KEY_BYTES);
    return true;
}

static bool read_public(struct arena *a, const struct json *v, struct signer_recovery *r)
{
    const struct json *officers = json_get(v, "officers"), *commitments = json_get(v, "commitments");
    int64_t need = json_int(v, "need", 0);
    struct slice set;
    if (!officers || !commitments || officers->type != JSON_ARRAY || commitments->type != JSON_ARRAY ||
        officers->n > SIGNER_OFFICERS_MAX || officers->n != commitments->n || need < 2 || need > (int64_t)officers->n ||
        !day_scan(json_string(v, "made"), &r->made) || !hex_decode(a, json_string(v, "set"), &set) ||
        set.n != SHARE_SET_BYTES)
        return false;
    memcpy(r->set, set.p, SHARE_SET_BYTES);
    r->need = (unsigned)need;
    r->count = (unsigned)officers->n;
    for (size_t i = 0; i < officers->n; i++) {
        if (officers->items[i]->type != JSON_STRING || !read_bytes(a, commitments->items[i], r->commitment[i]))
            return false;
        r->officers[i] = officers->items[i]->text;
    }
    r->present = true;
    return true;
}

result signer_recovery_of_inner(struct arena *a, const struct json *v, struct signer_recovery *out)
{
    *out = (struct signer_recovery){.present = false};
    if (!v) return ok();
    return read_public(a, v, out) && read_bytes(a, json_get(v, "secret"), out->secret) ? ok() : damaged(a);
}

/* The box's key, and what it is bound to: whose, which set, how many of how many. */
static struct slice box_key(struct arena *a, struct slice city, const struct signer_recovery *r,
                            const uint8_t secret[32], uint8_t key[CRYPTO_KEY_BYTES])
{
    crypto_derive(secret, "tongban recovery file", key);
    return arena_printf(a, FORMAT " %.*s %u/%u %.*s", SLICE_ARG(share_set_text(a, r->set)), r->need, r->count,
                        SLICE_ARG(city));
}

result signer_recovery_seal(struct arena *a, const struct signer_keys *k, struct slice *file)
{
    const struct signer_recovery *r = &k->recovery;
    struct json_builder b = json_builder(a);
    uint8_t key[CRYPTO_KEY_BYTES];
    if (!r->present) return fail(a, CODE_NOT_FOUND, S("recovery"), "value", S("shares"), NULL);
    struct slice aad = box_key(a, k->names.city, r, r->secret, key);
    json_set_cstr(&b, "format", FORMAT);
    json_set_str(&b, "city", k->names.city);
    public_part(&b, r);
    struct slice box = crypto_seal(a, key, 1, aad, json_write(a, signer_keys_inner(a, k)));
    crypto_wipe(key, sizeof key);
    json_set_str(&b, "box", base64_encode(a, box));
    *file = json_write(a, json_object(&b));
    return ok();
}

/* ---- having them again ---- */

result recovery_file_parse(struct arena *a, struct slice text, struct recovery_file *out)
{
    const struct json *v;
    *out = (struct recovery_file){.of = {.present = false}};
    TRY(json_parse(a, text, RECOVERY_MAX_BYTES, S("recovery.json"), &v));
    if (!slice_is(json_string(v, "format"), FORMAT) || !read_public(a, v, &out->of) ||
        !base64_decode(a, json_string(v, "box"), &out->box))
        return damaged(a);
    out->city = json_string(v, "city");
    return ok();
}

static result other_set(struct arena *a, const struct recovery_file *f, const struct share *s, struct slice which)
{
    const struct signer_recovery *r = &f->of;
    struct slice mine = share_set_text(a, s->set), want = share_set_text(a, r->set), day_mine = day_text(a, s->made),
                 day_want = day_text(a, r->made);
    const char *zh = s->made < r->made ? "已作废的旧套" : "另一套",
               *en = s->made < r->made ? "a stale set" : "another set";
    return refuse(a, which,
                  arena_printf(a, "属于%s %.*s（%.*s），应为 %.*s（%.*s）", zh, SLICE_ARG(mine), SLICE_ARG(day_mine),
                               SLICE_ARG(want), SLICE_ARG(day_want)),
                  arena_printf(a, "it is of %s, %.*s of %.*s; asked for is %.*s of %.*s", en, SLICE_ARG(mine),
                               SLICE_ARG(day_mine), SLICE_ARG(want), SLICE_ARG(day_want)));
}

result recovery_share_check(struct arena *a, const struct recovery_file *f, const struct share *s,
                            const struct share *given, size_t ngiven)
{
    const struct signer_recovery *r = &f->of;
    uint8_t hash[CRYPTO_HASH_BYTES];
    bool ours = memcmp(s->set, r->set, SHARE_SET_BYTES) == 0 && s->number <= r->count;
    struct slice officer = ours ? r->officers[s->number - 1] : s->officer,
                 which = arena_printf(a, "%u %.*s", s->number, SLICE_ARG(officer));
    if (s->city.n && !slice_eq(s->city, f->city))
        return refuse(a, which, arena_printf(a, "属于%.*s，不是%.*s", SLICE_ARG(s->city), SLICE_ARG(f->city)),
                      arena_printf(a, "it is %.*s's, not %.*s's", SLICE_ARG(s->city), SLICE_ARG(f->city)));
    if (!ours) return other_set(a, f, s, which);
    if (s->officer.n && !slice_eq(s->officer, officer))
        return refuse(a, which, arena_printf(a, "纸面写的是%.*s", SLICE_ARG(s->officer)),
                      arena_printf(a, "the paper names %.*s", SLICE_ARG(s->officer)));
    commit(s, hash);
    if (s->need != r->need || s->count != r->count || s->made != r->made ||
        memcmp(hash, r->commitment[s->number - 1], sizeof hash) != 0)
        return refuse(a, which, S("不是当初发出的那一份"), S("it is not the one that was handed out"));
    for (size_t i = 0; i < ngiven; i++)
        if (given[i].number == s->number) return refuse(a, which, S("已经录入过"), S("it was given before"));
    return ok();
}

result recovery_open(struct arena *a, const struct recovery_file *f, const struct share *shares, size_t n,
                     const struct signer_store *store, struct signer_renewal *renewal, struct signer_keys *out)
{
    const struct signer_recovery *r = &f->of;
    uint8_t numbers[SIGNER_OFFICERS_MAX], secret[CRYPTO_KEY_BYTES], key[CRYPTO_KEY_BYTES];
    const uint8_t *values[SIGNER_OFFICERS_MAX];
    const struct json *v;
    struct slice plain;
    if (n < r->need)
        return refuse(a, arena_printf(a, "%zu/%u", n, r->need), arena_printf(a, "份数不足，需要 %u 份", r->need),
                      arena_printf(a, "too few: %u are needed", r->need));
    for (unsigned i = 0; i < r->need; i++) {
        TRY(recovery_share_check(a, f, &shares[i], shares, i));
        numbers[i] = (uint8_t)shares[i].number;
        values[i] = shares[i].value;
    }
    shamir_combine(numbers, values, r->need, sizeof secret, secret);
    struct slice aad = box_key(a, f->city, r, secret, key);
    result opened = crypto_open(a, key, aad, f->box, &plain);
    crypto_wipe(secret, sizeof secret);
    crypto_wipe(key, sizeof key);
    TRY(opened);
    TRY(json_parse(a, plain, RECOVERY_MAX_BYTES, S("recovery.json"), &v));
    return signer_keys_of_inner(a, v, store, renewal, out);
}
