/* What sign-in costs: one password hash whatever is wrong, one row in the journal, and never more than two hashes at once.
 * The calls of the hash function are counted (the linker puts the functions below before the library's), nothing is timed. */
#include <argon2.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "city/testkit.h"
#include "trust/password.h"

static atomic_int hashes, inside, most;
static atomic_bool linger;

static void begun(void)
{
    int n = atomic_fetch_add(&inside, 1) + 1, seen = atomic_load(&most);
    atomic_fetch_add(&hashes, 1);
    while (n > seen && !atomic_compare_exchange_weak(&most, &seen, n)) continue;
    struct timespec t = {0, 30 * 1000000};
    if (atomic_load(&linger)) (void)nanosleep(&t, NULL); /* so that whoever may come in does */
}
static int ended(int rc)
{
    atomic_fetch_sub(&inside, 1);
    return rc;
}

int __real_argon2id_verify(const char *encoded, const void *pwd, size_t n);
int __wrap_argon2id_verify(const char *encoded, const void *pwd, size_t n);
int __wrap_argon2id_verify(const char *encoded, const void *pwd, size_t n)
{
    begun();
    return ended(__real_argon2id_verify(encoded, pwd, n));
}
int __real_argon2id_hash_raw(uint32_t t, uint32_t m, uint32_t p, const void *pwd, size_t n, const void *salt, size_t sn,
                             void *hash, size_t hn);
int __wrap_argon2id_hash_raw(uint32_t t, uint32_t m, uint32_t p, const void *pwd, size_t n, const void *salt, size_t sn,
                             void *hash, size_t hn);
int __wrap_argon2id_hash_raw(uint32_t t, uint32_t m, uint32_t p, const void *pwd, size_t n, const void *salt, size_t sn,
                             void *hash, size_t hn)
{
    begun();
    assert_true(t == PASSWORD_PASSES && m == PASSWORD_MEMORY_KIB &&
                p == PASSWORD_LANES); /* as much work as a real one */
    return ended(__real_argon2id_hash_raw(t, m, p, pwd, n, salt, sn, hash, hn));
}
int __real_argon2id_hash_encoded(uint32_t t, uint32_t m, uint32_t p, const void *pwd, size_t n, const void *salt,
                                 size_t sn, size_t hn, char *out, size_t on);
int __wrap_argon2id_hash_encoded(uint32_t t, uint32_t m, uint32_t p, const void *pwd, size_t n, const void *salt,
                                 size_t sn, size_t hn, char *out, size_t on);
int __wrap_argon2id_hash_encoded(uint32_t t, uint32_t m, uint32_t p, const void *pwd, size_t n, const void *salt,
                                 size_t sn, size_t hn, char *out, size_t on)
{
    begun();
    return ended(__real_argon2id_hash_encoded(t, m, p, pwd, n, salt, sn, hn, out, on));
}

static const struct slice NONE = {"", 0};

static result sign_in(struct city_kit *k, struct arena *a, const char *login, struct slice password)
{
    struct slice token, hash;
    return identity_sign_in(&k->c, a, slice_cstr(login), password, NONE, NONE, k->now, &token, &hash);
}

static void every_refused_sign_in_costs_the_same(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    password_test_cost(false);
    kit_person(&k, "zhangsan", KIT_NUMBER);
    kit_person(&k, "locked", NONE);
    kit_person(&k, "disabled", NONE);
    store_test_script(f, "UPDATE account SET disabled_at = 1 WHERE id = (SELECT MAX(id) FROM account)");
    for (int i = 0; i < LOCK_AFTER; i++) assert_code(sign_in(&k, k.a, "locked", S("Wrong-wrong-1")), CODE_AUTH_FAILED);
    char *overlong = arena_alloc(k.a, PASSWORD_MAX_BYTES + 1);
    memset(overlong, 'x', PASSWORD_MAX_BYTES + 1);
    const struct {
        const char *login;
        struct slice password;
    } CASES[] = {
        {"zhangsan", S("Wrong-wrong-1")},
        {"zhangsan", NONE},
        {"zhangsan", slice_of(overlong, PASSWORD_MAX_BYTES + 1)},
        {"nobody", KIT_PASSWORD},
        {"nobody", slice_of(overlong, PASSWORD_MAX_BYTES + 1)},
        {"no such login!", KIT_PASSWORD},
        {"", KIT_PASSWORD},
        {"' OR 1=1 --", KIT_PASSWORD},
        {"locked", KIT_PASSWORD},
        {"locked", S("Wrong-wrong-1")},
        {"disabled", KIT_PASSWORD},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int before = atomic_load(&hashes);
        int64_t rows = store_test_number(f, "SELECT COUNT(*) FROM audit");
        assert_code(sign_in(&k, k.a, CASES[i].login, CASES[i].password), CODE_AUTH_FAILED);
        assert_int_equal(atomic_load(&hashes) - before, 1);
        assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit") - rows, 1);
    }
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM session"), 0);
}

static void what_is_refused_anyway_costs_no_hash(struct store_fixture *f)
{
    struct city_kit k;
    struct id account;
    city_kit_open(&k, f);
    password_test_cost(false);
    int before = atomic_load(&hashes);
    struct registration r = {.name = S("李四"),
                             .id_kind = S("resident_id"),
                             .id_number = KIT_NUMBER_2,
                             .login = S("lisi"),
                             .password = S("short")};
    assert_code(identity_register(&k.c, k.a, &r, k.now, &account), CODE_PASSWORD_WEAK);
    r.password = KIT_PASSWORD;
    r.id_number = S("1");
    assert_true(failed(identity_register(&k.c, k.a, &r, k.now, &account)));
    assert_code(setup_use(&k.c, k.a, S("no-such-link"), S("admin"), S("管理员"), KIT_PASSWORD, k.now),
                CODE_SETUP_CLOSED);
    assert_int_equal(atomic_load(&hashes), before);
}

static struct city_kit *crowd;
static atomic_int welcome;
static void *come(void *p)
{
    struct arena *a = arena_new("crowd");
    if (!failed(sign_in(crowd, a, p ? "zhangsan" : "nobody", KIT_PASSWORD))) atomic_fetch_add(&welcome, 1);
    arena_free(a);
    return NULL;
}

static void at_most_two_are_hashed_at_once(struct store_fixture *f)
{
    struct city_kit k;
    pthread_t t[6];
    city_kit_open(&k, f);
    password_test_cost(false);
    kit_person(&k, "zhangsan", KIT_NUMBER);
    crowd = &k;
    atomic_store(&most, 0);
    atomic_store(&linger, true);
    for (int i = 0; i < 6; i++) assert_int_equal(pthread_create(&t[i], NULL, come, i % 2 ? &k : NULL), 0);
    for (int i = 0; i < 6; i++) assert_int_equal(pthread_join(t[i], NULL), 0);
    atomic_store(&linger, false);
    assert_int_equal(atomic_load(&most), PASSWORD_AT_ONCE);
    assert_int_equal(atomic_load(&welcome), 3); /* the others had to wait, and were not sent away */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE(every_refused_sign_in_costs_the_same),
        ON_SQLITE(what_is_refused_anyway_costs_no_hash),
        ON_SQLITE(at_most_two_are_hashed_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
