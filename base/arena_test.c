#include "base/testing.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char order[32];
static size_t ordered;

static void note(void *arg)
{
    order[ordered++] = *(const char *)arg;
    order[ordered] = '\0';
}

struct chained {
    struct arena *a;
    const char *letter;
};

static void note_and_register(void *arg)
{
    static char late = 'z';
    struct chained *c = arg;
    note((void *)(uintptr_t)c->letter);
    arena_cleanup(c->a, note, &late);
}

static void cleanups_run_in_reverse(void **state)
{
    (void)state;
    static char letters[] = "abc";
    struct arena *a = arena_new("cleanups");
    ordered = 0;
    for (size_t i = 0; i < 3; i++) arena_cleanup(a, note, &letters[i]);
    arena_reset(a);
    assert_string_equal(order, "cba");
    arena_reset(a); /* they ran once */
    assert_string_equal(order, "cba");

    struct chained c = {a, &letters[0]};
    ordered = 0;
    arena_cleanup(a, note, &letters[1]);
    arena_cleanup(a, note_and_register, &c); /* one registered while they run runs next */
    arena_free(a);
    assert_string_equal(order, "azb");
    arena_free(NULL);
}

/* A cleanup may still read the arena's memory. */
static void memory_outlives_cleanups(void **state)
{
    (void)state;
    struct arena *a = arena_new("memory");
    char *z = arena_cstr(a, S("q"));
    ordered = 0;
    arena_cleanup(a, note, z);
    arena_free(a);
    assert_string_equal(order, "q");
}

static void pieces_are_apart_and_aligned(void **state)
{
    struct arena *a = *state;
    enum { N = 2000 };
    unsigned char *piece[N];
    size_t total = 0, size[N];
    uint64_t seed = 42;
    for (size_t i = 0; i < N; i++) {
        size[i] = test_random(&seed) % (i % 100 == 0 ? 200000 : 300);
        piece[i] = arena_alloc(a, size[i]);
        assert_true((uintptr_t)piece[i] % _Alignof(max_align_t) == 0);
        memset(piece[i], (int)(i % 251), size[i]);
        total += size[i];
    }
    assert_true(arena_used(a) == total);
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < size[i]; k++)
            if (piece[i][k] != i % 251) fail_msg("piece %zu overwritten", i);
    arena_reset(a);
    assert_true(arena_used(a) == 0);
    char *zero = arena_zalloc(a, 100, 3);
    for (size_t i = 0; i < 300; i++) assert_int_equal(zero[i], 0);
}

static void copies(void **state)
{
    struct arena *a = *state;
    char text[] = "东莞";
    struct slice s = arena_copy(a, slice_cstr(text));
    text[0] = 'x';
    assert_slice(s, "东莞");
    assert_null(arena_copy(a, (struct slice){NULL, 0}).p); /* absent stays absent */
    assert_non_null(arena_copy(a, S("")).p);
    char *z = arena_cstr(a, slice_of("a\0b", 3));
    assert_memory_equal(z, "a\0b\0", 4);
    assert_string_equal(arena_cstr(a, (struct slice){NULL, 0}), "");
    assert_slice(arena_printf(a, "%s-%04d", "x", 7), "x-0007");
    struct slice wide = arena_printf(a, "%5000s", "x");
    assert_true(wide.n == 5000 && wide.p[4999] == 'x');
}

static void buffers(void **state)
{
    struct arena *a = *state;
    struct buf b = buf_new(a, 10);
    buf_puts(&b, "12345");
    assert_false(b.overflow);
    buf_printf(&b, "%d", 678);
    buf_puts(&b, "9abc");
    assert_true(b.overflow);
    assert_slice(buf_slice(&b), "123456789a");
    buf_putc(&b, 'x');
    assert_slice(buf_slice(&b), "123456789a");

    struct buf big = buf_new(a, SIZE_MAX);
    for (int i = 0; i < 100000; i++) {
        buf_printf(&big, "%06d,", i);
        if (i % 1000 == 0) (void)arena_alloc(a, 1); /* somebody else allocates between */
    }
    assert_true(big.n == 700000 && !big.overflow);
    assert_slice(slice_sub(buf_slice(&big), 7 * 4711, 7), "004711,");
    buf_printf(&big, "%1000s", "y");
    assert_slice(slice_sub(buf_slice(&big), big.n - 2, 2), " y");
    struct buf none = buf_new(a, 0);
    buf_put(&none, S(""));
    assert_false(none.overflow);
    buf_putc(&none, 'x');
    assert_true(none.overflow && none.n == 0);
}

static void overflow_ends_the_process(void **state)
{
    (void)state;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        fclose(stderr);
        signal(SIGABRT, SIG_DFL);
        struct arena *a = arena_new("overflow");
        (void)arena_zalloc(a, SIZE_MAX / 2, 3);
        _exit(0);
    }
    int status = 0;
    assert_true(waitpid(child, &status, 0) == child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cleanups_run_in_reverse),
        TEST(memory_outlives_cleanups),
        TEST(pieces_are_apart_and_aligned),
        TEST(copies),
        TEST(buffers),
        TEST(overflow_ends_the_process),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
