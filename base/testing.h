/* What the unit tests of all rooms share. Not part of any program that is installed. */
#ifndef BASE_TESTING_H
#define BASE_TESTING_H

/* cmocka.h needs these four before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* cmocka's macros of these names would hide our function fail(). fail_msg("format", …) fails a test. */
#undef fail
#undef fail_msg
#define fail_msg(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

#include "base/json.h"
#include "base/time.h"

/* A test with an arena of its own in *state: static void f(void **state) { struct arena *a = *state; … } */
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, test_setup, test_teardown)
int test_setup(void **state);
int test_teardown(void **state);

/* A clock that shows *now, which the test moves. */
struct time_source test_clock(instant *now);

/* A file of the source tree, by its path from the root ("test/corpus/json/1.json"). Fails the test when absent. */
struct slice test_file(struct arena *a, const char *path);
/* A file of the shared data folder (environment TONGBAN_SHARED_DATA, else ../shared/data beside the source
 * tree). When absent: false, a line says so with the number skipped so far, and the test should return;
 * under CI=true it fails instead. */
bool test_shared(struct arena *a, const char *path, struct slice *out);
/* Path of the shared data folder, or of something in it, NUL-terminated; the same rules. NULL when absent. */
const char *test_shared_path(struct arena *a, const char *path);
/* JSON text that must parse. */
const struct json *test_json(struct arena *a, struct slice text);

/* Fails the test, showing the problems. */
void test_good(struct arena *a, result r, const char *file, int line);
#define assert_good(a, r) test_good((a), (r), __FILE__, __LINE__)
void test_code(result r, enum code code, const char *file, int line);
#define assert_code(r, code) test_code((r), (code), __FILE__, __LINE__)
void test_slice(struct slice s, const char *expected, const char *file, int line);
#define assert_slice(s, expected) test_slice((s), (expected), __FILE__, __LINE__)

/* A small reproducible random number generator (xorshift64*); *seed must not be 0. */
uint64_t test_random(uint64_t *seed);

#endif
