#include "trust/zip.h"

#include "base/testing.h"

static const struct zip_limits MOST = {.entries = 20, .bytes = 1 << 20, .ratio = 200};

static const struct zip_entry FILES[] = {{{"a.txt", 5}, {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 48}},
                                         {{"d/数据.bin", 12}, {"\0\1\2", 3}},
                                         {{"d/empty", 7}, {"", 0}}};
enum { NFILES = 3 };

static struct slice package(struct arena *a)
{
    struct slice file;
    assert_good(a, zip_write(a, FILES, NFILES, &file));
    return file;
}

static bool same(const struct zip *z)
{
    bool equal = z->n == NFILES;
    for (size_t i = 0; equal && i < NFILES; i++)
        equal = slice_eq(z->entries[i].name, FILES[i].name) && slice_eq(z->entries[i].bytes, FILES[i].bytes);
    return equal;
}

static void what_is_written_is_read(void **state)
{
    struct arena *a = *state;
    struct zip z;
    struct slice file = package(a);
    assert_true(slice_eq(file, package(a)));
    assert_good(a, zip_read(a, file, &MOST, &z));
    assert_true(same(&z));
    assert_ptr_equal(zip_find(&z, S("d/empty")), &z.entries[2]);
    assert_null(zip_find(&z, S("D/Empty")));
    assert_ptr_equal(zip_find_anycase(&z, S("D/Empty")), &z.entries[2]);
    assert_null(zip_find_anycase(&z, S("D/Empt")));
}

/* A changed byte is refused, or stands where nothing is told by it (times, owners). Never other names or other bytes. */
static void no_changed_byte_changes_the_files(void **state)
{
    struct arena *a = *state;
    struct slice file = package(a);
    size_t refused = 0, passed = 0;
    for (size_t at = 0; at < file.n; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            struct arena *own = arena_new("flip");
            struct slice copy = arena_copy(own, file);
            struct zip z;
            ((char *)(uintptr_t)copy.p)[at] = (char)(copy.p[at] ^ 1 << bit);
            if (failed(zip_read(own, copy, &MOST, &z)))
                refused++;
            else {
                assert_true(same(&z));
                passed++;
            }
            arena_free(own);
        }
    assert_true(refused > passed);
    for (size_t n = 0; n < file.n; n++) {
        struct zip z;
        assert_true(failed(zip_read(a, slice_sub(file, 0, n), &MOST, &z)));
    }
}

static void put(struct slice file, size_t at, unsigned v)
{
    ((char *)(uintptr_t)file.p)[at] = (char)(v & 255);
    ((char *)(uintptr_t)file.p)[at + 1] = (char)(v >> 8);
}

static void what_is_an_entry_still_is_not_deflated_again(void **state)
{
    struct arena *a = *state;
    struct zip z, y;
    struct slice file, again, plain;
    assert_good(a, zip_write(a, FILES, NFILES, &file));
    assert_good(a, zip_read(a, file, &MOST, &z));
    assert_good(a, zip_write_again(a, z.entries, z.n, &z, &again));
    assert_true(slice_eq(again, file));
    /* what was replaced is deflated anew, the others are as they were */
    struct zip_entry *e = NEW_ARRAY(a, struct zip_entry, z.n);
    memcpy(e, z.entries, z.n * sizeof *e);
    e[0].bytes = S("another text, another text, another text, another text");
    assert_good(a, zip_write_again(a, e, z.n, &z, &again));
    assert_good(a, zip_write(a, e, z.n, &plain));
    assert_true(slice_eq(again, plain));
    assert_good(a, zip_read(a, again, &MOST, &y));
    for (size_t i = 0; i < y.n; i++) assert_true(slice_eq(y.entries[i].bytes, e[i].bytes));
}

static void names_lead_nowhere(void **state)
{
    struct arena *a = *state;
    static const char *const NAMES[] = {"/a",   "../a", "a/../b", "a//b", "./a",     "a\\b",
                                        "c:/a", "a\n",  "",       "a/",   "\xff\xfe"};
    struct slice file;
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        struct zip_entry e = {slice_cstr(NAMES[i]), S("x")};
        assert_false(zip_name_good(e.name));
        assert_code(zip_write(a, &e, 1, &file), CODE_ZIP_MALFORMED);
    }
    /* the same from a package that somebody else made: the name stands in both headers */
    struct zip_entry e = {S("aa/aa"), S("x")};
    struct zip z;
    assert_good(a, zip_write(a, &e, 1, &file));
    for (size_t at = 0; at + 5 <= file.n; at++)
        if (slice_is(slice_sub(file, at, 5), "aa/aa")) put(file, at, '.' | '.' << 8);
    assert_code(zip_read(a, file, &MOST, &z), CODE_ZIP_MALFORMED);
}

static void no_name_twice(void **state)
{
    struct arena *a = *state;
    const struct zip_entry twice[] = {{S("a/b"), S("1")}, {S("A/B"), S("2")}};
    struct slice file;
    assert_code(zip_write(a, twice, 2, &file), CODE_ZIP_MALFORMED);
    const struct zip_entry two[] = {{S("a/b"), S("1")}, {S("a/c"), S("2")}};
    struct zip z;
    assert_good(a, zip_write(a, two, 2, &file));
    for (size_t at = 0; at + 3 <= file.n; at++)
        if (slice_is(slice_sub(file, at, 3), "a/c")) put(file, at + 1, '/' | 'B' << 8);
    assert_code(zip_read(a, file, &MOST, &z), CODE_ZIP_MALFORMED);
}

static void bombs_do_not_go_off(void **state)
{
    struct arena *a = *state;
    struct zip z;
    struct slice file;
    char *zeros = arena_zalloc(a, 1 << 19, 1);
    struct zip_entry dense = {S("zeros"), {zeros, 1 << 19}};
    assert_good(a, zip_write(a, &dense, 1, &file));
    assert_true(file.n < 1000);
    assert_code(zip_read(a, file, &MOST, &z), CODE_ZIP_LIMIT); /* 1000 : 1 */
    struct zip_limits most = MOST;
    most.ratio = 2000;
    assert_good(a, zip_read(a, file, &most, &z));
    most.bytes = (1 << 19) - 1;
    assert_code(zip_read(a, file, &most, &z), CODE_ZIP_LIMIT);
    most.bytes = 1 << 20;
    most.entries = 0;
    assert_code(zip_read(a, file, &most, &z), CODE_ZIP_LIMIT);
    /* a directory that says less than the stream holds */
    for (size_t at = 0; at + 4 <= file.n; at++)
        if (memcmp(file.p + at, "\0\0\x08\0", 4) == 0) put(file, at, 100), put(file, at + 2, 0);
    assert_code(zip_read(a, file, &MOST, &z), CODE_ZIP_MALFORMED);
}

static void nothing_hides_between(void **state)
{
    struct arena *a = *state;
    struct slice file = package(a);
    struct zip z;
    struct buf b = buf_new(a, 4096);
    buf_put(&b, S("hidden"));
    buf_put(&b, file);
    assert_code(zip_read(a, buf_slice(&b), &MOST, &z), CODE_ZIP_MALFORMED);
    b = buf_new(a, 4096);
    buf_put(&b, file);
    buf_put(&b, S("hidden"));
    assert_code(zip_read(a, buf_slice(&b), &MOST, &z), CODE_ZIP_MALFORMED);
    /* two ends, each plausible: the comment of the first is the second */
    put(file, file.n - 2, 22);
    b = buf_new(a, 4096);
    buf_put(&b, file);
    buf_put(&b, S("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
    assert_code(zip_read(a, buf_slice(&b), &MOST, &z), CODE_ZIP_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(what_is_written_is_read),
                                       TEST(what_is_an_entry_still_is_not_deflated_again),
                                       TEST(no_changed_byte_changes_the_files),
                                       TEST(names_lead_nowhere),
                                       TEST(no_name_twice),
                                       TEST(bombs_do_not_go_off),
                                       TEST(nothing_hides_between)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
