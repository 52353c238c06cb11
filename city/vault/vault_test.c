/* Data keys: made, wrapped, bound to owner and place, separated from each other, destroyed. */
#include "city/sql.h"
#include "city/testkit.h"
#include "trust/crypto.h"
#include "trust/signer.h"

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
            /* bytes 1 to 4 name the city key's version: another one is not there */
            assert_code(r, b && bit / 8 >= 1 && bit / 8 <= 4 ? CODE_VAULT_KEY : CODE_CRYPTO_BOX);
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
    assert_int_equal(h.p[0], 1); /* of the index key, which a new city key leaves alone */
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

/* ---- a new version of the city key ---- */

static void rotate(struct city *c)
{
    memmove(&c->old_keys[1], &c->old_keys[0], c->nold_keys * sizeof c->old_keys[0]);
    c->old_keys[0].version = c->key_version++;
    memcpy(c->old_keys[0].key, c->key, sizeof c->key);
    c->nold_keys++;
    random_bytes(c->key, sizeof c->key);
}

/* The signer forgets a version on this word, which is given for an old one without uses only. */
static void check_proof(struct city_kit *k, int64_t version, struct slice proof, bool due)
{
    struct city_key now = {.version = (uint32_t)k->c.key_version};
    memcpy(now.key, k->c.key, sizeof now.key);
    assert_int_equal(proof.n > 0, due);
    if (!due) return;
    assert_good(k->a, city_key_proof_check(k->a, &now, proof, version, k->now));
    assert_code(city_key_proof_check(k->a, &now, proof, version + 1, k->now), CODE_SIGNER_POLICY);
    assert_code(city_key_proof_check(k->a, &now, proof, version, k->now + CITY_KEY_PROOF_VALID), CODE_SIGNER_POLICY);
}

static int64_t uses(struct city_kit *k, int64_t version, const char *state)
{
    const struct json *list;
    assert_good(k->a, vault_versions(&k->c, k->a, &list));
    for (size_t i = 0; i < list->n; i++)
        if (json_int(list->items[i], "version", 0) == version) {
            assert_slice(json_string(list->items[i], "state"), state);
            int64_t n = json_int(list->items[i], "uses", -1);
            check_proof(k, version, json_string(list->items[i], "proof"), slice_is(slice_cstr(state), "old") && n == 0);
            return n;
        }
    return 0;
}

static size_t rewrap_all(struct city_kit *k, int64_t limit)
{
    struct vault_at at = {.place = 0};
    size_t n, all = 0;
    for (int i = 0; !at.done; i++) {
        assert_true(i < 1000);
        assert_good(k->a, vault_rewrap(&k->c, k->a, limit, &at, &n));
        assert_true((int64_t)n <= limit);
        all += n;
    }
    return all;
}

static void an_old_version_is_read_until_nothing_is_under_it(struct store_fixture *f)
{
    struct city_kit k;
    struct slice secret, uri, hash, token, none = {0};
    struct actor x;
    const struct json *profile;
    struct data_key loaded;
    city_kit_open(&k, f);
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER), wang = kit_staff(&k, "wang", ROLE_HANDLER);
    for (int i = 0; i < 7; i++) kit_person(&k, arena_cstr(k.a, arena_printf(k.a, "person%d", i)), none);
    assert_good(k.a, totp_begin(&k.c, k.a, &wang, k.now, &secret, &uri));
    struct doing gone = {.k = &k, .owner = id_new(k.now)};
    assert_good(k.a, store_run(k.c.store, k.a, "t_insert", insert_body, &gone));
    assert_good(k.a, store_run(k.c.store, k.a, "t_destroy", destroy_body, &gone));
    int64_t first = uses(&k, 1, "current");
    assert_int_equal(first, 8 + 2); /* eight people's keys; the officer's identity and pending secret */
    rotate(&k.c);
    /* read as before, found as before; what is new is under the new one */
    assert_int_equal(uses(&k, 1, "old"), first);
    assert_good(k.a, subject_profile(&k.c, k.a, zhang.subject, &profile));
    assert_good(k.a, identity_sign_in(&k.c, k.a, S("wang"), KIT_PASSWORD, none, none, k.now, &token, &hash));
    assert_good(k.a, actor_of_login(&k.c, k.a, S("wang"), &x));
    assert_slice(x.name, "王经办");
    kit_person(&k, "newcomer", none);
    assert_int_equal(uses(&k, 1, "old"), first);
    assert_int_equal(uses(&k, 2, "current"), 1);
    /* sealed anew, three at a time; a second version on top while the first is not through */
    struct vault_at at = {.place = 0};
    size_t n;
    assert_good(k.a, vault_rewrap(&k.c, k.a, 3, &at, &n));
    assert_int_equal(n, 3);
    assert_int_equal(uses(&k, 1, "old"), first - 3);
    rotate(&k.c);
    assert_int_equal(rewrap_all(&k, 3), (size_t)first + 1);
    assert_int_equal(uses(&k, 1, "old"), 0);
    assert_int_equal(uses(&k, 2, "old"), 0);
    assert_int_equal(uses(&k, 3, "current"), first + 1);
    assert_int_equal(rewrap_all(&k, 3), 0);
    assert_true(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'city_key.rewrapped'") >= 4);
    /* the old ones can go */
    k.c.nold_keys = 0;
    assert_good(k.a, subject_profile(&k.c, k.a, zhang.subject, &profile));
    assert_good(k.a, actor_of_login(&k.c, k.a, S("wang"), &x));
    assert_code(vault_load(&k.c, k.a, NULL, gone.owner, &loaded), CODE_VAULT_ERASED); /* what was erased stays so */
    assert_good(k.a, identity_sign_in(&k.c, k.a, S("zhangsan"), KIT_PASSWORD, none, none, k.now, &token, &hash));
}

/* Taken away too early: said by its number, and found by the count. */
static void a_version_taken_away_too_early_is_named(struct store_fixture *f)
{
    struct city_kit k;
    const struct json *profile;
    city_kit_open(&k, f);
    struct actor zhang = kit_person(&k, "zhangsan", KIT_NUMBER);
    rotate(&k.c);
    k.c.nold_keys = 0;
    assert_code(subject_profile(&k.c, k.a, zhang.subject, &profile), CODE_VAULT_KEY);
    assert_int_equal(uses(&k, 1, "missing"), 1);
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
        ON_BOTH(an_old_version_is_read_until_nothing_is_under_it),
        ON_BOTH(a_version_taken_away_too_early_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
