/* Data keys: made, wrapped, bound to owner and place, separated from each other, destroyed. */
#include "city/sql.h"
#include "city/testkit.h"
#include "trust/crypto.h"

static struct city city_of(struct arena *a, uint8_t fill)
{
    struct city c = {.a = a, .key_version = 3};
    memset(c.key, fill, sizeof c.key);
    memset(c.index_key, fill ^ 0x5a, sizeof c.index_key);
    return c;
}

static void a_key_comes_back_for_its_owner_only(void **state)
{
    struct arena *a = *state;
    struct city c = city_of(a, 1), other = city_of(a, 2);
    struct id owner = id_new(1000), stranger = id_new(1000);
    struct data_key k, again;
    struct slice wrapped;
    uint32_t version = 0;
    vault_new(&c, a, owner, &k, &wrapped);
    assert_good(a, vault_unwrap(&c, a, owner, wrapped, &again));
    assert_memory_equal(again.key, k.key, sizeof k.key);
    assert_true(id_eq(again.owner, owner));
    assert_code(vault_unwrap(&c, a, stranger, wrapped, &again), CODE_CRYPTO_BOX); /* a row put under another id */
    assert_code(vault_unwrap(&other, a, owner, wrapped, &again), CODE_CRYPTO_BOX);
    assert_code(vault_unwrap(&c, a, owner, (struct slice){0}, &again), CODE_VAULT_ERASED);
    /* the city key it stands under is named, so that keys can be wrapped anew under a later one */
    assert_true(crypto_box_key_id(wrapped, &version));
    assert_int_equal(version, 3);
    assert_true(slice_search(wrapped, slice_of((const char *)k.key, sizeof k.key)) == SIZE_MAX);
    struct data_key second;
    struct slice other_wrapped;
    vault_new(&c, a, owner, &second, &other_wrapped);
    assert_true(memcmp(second.key, k.key, sizeof k.key) != 0);
}

static void what_is_sealed_is_bound_to_owner_and_place(void **state)
{
    struct arena *a = *state;
    struct city c = city_of(a, 1);
    struct data_key k, other;
    struct slice wrapped, plain, secret = S("441900199003070011");
    vault_new(&c, a, id_new(1000), &k, &wrapped);
    struct slice box = vault_seal(a, &k, "draft.data", secret);
    assert_good(a, vault_open(a, &k, "draft.data", box, &plain));
    assert_true(slice_eq(plain, secret));
    assert_true(slice_search(box, secret) == SIZE_MAX);
    assert_false(slice_eq(box, vault_seal(a, &k, "draft.data", secret))); /* equal texts do not show */
    assert_code(vault_open(a, &k, "draft.dat", box, &plain), CODE_CRYPTO_BOX);
    assert_code(vault_open(a, &k, "draft.data2", box, &plain), CODE_CRYPTO_BOX);
    assert_code(vault_open(a, &k, "", box, &plain), CODE_CRYPTO_BOX);
    other = k;
    other.owner = id_new(1000); /* the same key by mistake under another owner: still not his text */
    assert_code(vault_open(a, &other, "draft.data", box, &plain), CODE_CRYPTO_BOX);
    other = k;
    other.key[31] ^= 1;
    assert_code(vault_open(a, &other, "draft.data", box, &plain), CODE_CRYPTO_BOX);
    assert_good(a, vault_open(a, &k, "draft.data", vault_seal(a, &k, "draft.data", (struct slice){0}), &plain));
    assert_int_equal(plain.n, 0);
}

static void every_changed_bit_is_seen(void **state)
{
    struct arena *a = *state;
    struct city c = city_of(a, 1);
    struct data_key k;
    struct slice wrapped, plain;
    vault_new(&c, a, id_new(1000), &k, &wrapped);
    struct slice boxes[] = {vault_seal(a, &k, "x", S("secret")), vault_seal_city(&c, a, "x", S("secret"))};
    for (size_t b = 0; b < 2; b++) {
        char *p = arena_alloc(a, boxes[b].n);
        for (size_t bit = 0; bit < boxes[b].n * 8; bit++) {
            memcpy(p, boxes[b].p, boxes[b].n);
            p[bit / 8] = (char)(p[bit / 8] ^ (1 << bit % 8));
            struct slice changed = slice_of(p, boxes[b].n);
            result r = b ? vault_open_city(&c, a, "x", changed, &plain) : vault_open(a, &k, "x", changed, &plain);
            assert_code(r, CODE_CRYPTO_BOX);
        }
        for (size_t n = 0; n < boxes[b].n; n++) {
            struct slice part = slice_sub(boxes[b], 0, n);
            result r = b ? vault_open_city(&c, a, "x", part, &plain) : vault_open(a, &k, "x", part, &plain);
            assert_code(r, CODE_CRYPTO_BOX);
        }
    }
}

static void one_key_has_one_use(void **state)
{
    struct arena *a = *state;
    struct city c = city_of(a, 1), other = city_of(a, 2);
    struct slice plain, box = vault_seal_city(&c, a, "account.totp", S("secret"));
    assert_good(a, vault_open_city(&c, a, "account.totp", box, &plain));
    assert_code(vault_open_city(&c, a, "outbox.payload", box, &plain), CODE_CRYPTO_BOX);
    assert_code(vault_open_city(&other, a, "account.totp", box, &plain), CODE_CRYPTO_BOX);
    /* what wraps keys does not seal data: a wrapped key cannot be had out by way of a text */
    struct data_key k;
    struct slice wrapped;
    struct id owner = id_new(1000);
    vault_new(&c, a, owner, &k, &wrapped);
    assert_code(vault_open_city(&c, a, arena_cstr(a, id_bytes(&owner)), wrapped, &plain), CODE_CRYPTO_BOX);
    assert_code(crypto_open(a, k.key, id_bytes(&owner), wrapped, &plain), CODE_CRYPTO_BOX);
}

static void search_hashes(void **state)
{
    struct arena *a = *state;
    struct city c = city_of(a, 1), other = city_of(a, 2);
    struct slice h = vault_index(&c, a, "login", S("zhangsan"));
    assert_int_equal(h.n, 33);
    assert_int_equal(h.p[0], 3);
    assert_true(slice_eq(h, vault_index(&c, a, "login", S("zhangsan"))));
    assert_false(slice_eq(h, vault_index(&c, a, "login", S("zhangsan1"))));
    assert_false(slice_eq(h, vault_index(&c, a, "passport", S("zhangsan"))));
    assert_false(slice_eq(vault_index(&c, a, "a", S("bc")), vault_index(&c, a, "ab", S("c"))));
    /* without the key a table of all numbers is of no use */
    assert_false(slice_eq(h, vault_index(&other, a, "login", S("zhangsan"))));
    uint8_t plain[CRYPTO_HASH_BYTES];
    crypto_sha256(S("zhangsan"), plain);
    assert_true(slice_search(h, slice_of((const char *)plain, 8)) == SIZE_MAX);
}

/* ---- in the database ---- */

struct doing {
    struct city_kit *k;
    struct id owner;
    struct data_key key;
    int64_t changed;
};
static result insert_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct doing *d = ctx;
    return vault_insert(&d->k->c, a, tx, d->owner, d->k->now, &d->key);
}
static result destroy_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct doing *d = ctx;
    struct data_key again;
    TRY(vault_load(&d->k->c, a, tx, d->owner, &again)); /* inside transactions too */
    return tx_exec(tx, a, &VAULT_DESTROY_KEY, BINDS(sql_id(&d->owner), sql_int(d->k->now)), &d->changed);
}
static result destroyed_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct doing *d = ctx;
    return tx_exec(tx, a, &VAULT_DESTROY_KEY, BINDS(sql_id(&d->owner), sql_int(d->k->now)), &d->changed);
}

static void destroying_the_key_destroys_what_it_sealed(struct store_fixture *f)
{
    struct city_kit k;
    struct rows r;
    struct slice plain;
    struct data_key loaded;
    city_kit_open(&k, f);
    struct doing d = {.k = &k, .owner = id_new(k.now)}, neighbour = {.k = &k, .owner = id_new(k.now)};
    assert_code(vault_load(&k.c, k.a, NULL, d.owner, &loaded), CODE_VAULT_ERASED); /* none yet */
    assert_good(k.a, store_run(k.c.store, k.a, "t_insert", insert_body, &d));
    assert_good(k.a, store_run(k.c.store, k.a, "t_insert", insert_body, &neighbour));
    struct slice box = vault_seal(k.a, &d.key, "x", S("secret"));
    assert_good(k.a, vault_load(&k.c, k.a, NULL, d.owner, &loaded));
    assert_good(k.a, vault_open(k.a, &loaded, "x", box, &plain));
    assert_good(k.a, store_run(k.c.store, k.a, "t_destroy", destroy_body, &d));
    assert_int_equal(d.changed, 1);
    assert_code(vault_load(&k.c, k.a, NULL, d.owner, &loaded), CODE_VAULT_ERASED);
    struct sql_value by[] = {sql_id(&d.owner)};
    assert_good(k.a, store_query(k.c.store, k.a, &VAULT_SELECT_KEY, by, 1, &r));
    assert_int_equal(r.n, 1); /* the row stays and says that there was one */
    assert_int_equal(row(&r, 0)[0].s.n, 0);
    assert_good(k.a, store_run(k.c.store, k.a, "t_destroyed", destroyed_body, &d));
    assert_int_equal(d.changed, 0); /* once only; the time stays the first */
    assert_good(k.a, vault_load(&k.c, k.a, NULL, neighbour.owner, &loaded));
    assert_code(vault_open(k.a, &loaded, "x", box, &plain), CODE_CRYPTO_BOX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_key_comes_back_for_its_owner_only),
        TEST(what_is_sealed_is_bound_to_owner_and_place),
        TEST(every_changed_bit_is_seen),
        TEST(one_key_has_one_use),
        TEST(search_hashes),
        ON_BOTH(destroying_the_key_destroys_what_it_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
