#include "base/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int test_setup(void **state)
{
    *state = arena_new("test");
    return 0;
}

int test_teardown(void **state)
{
    arena_free(*state);
    return 0;
}

static instant shown(void *ctx)
{
    return *(const instant *)ctx;
}

struct time_source test_clock(instant *now)
{
    return (struct time_source){shown, now};
}

static const char *source_root(void)
{
    const char *root = getenv("TONGBAN_SOURCE_ROOT");
    return root ? root : ".";
}

static bool read_whole(struct arena *a, const char *path, struct slice *out)
{
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    struct buf b = buf_new(a, SIZE_MAX);
    char piece[8192];
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;) buf_put(&b, slice_of(piece, n));
    bool good = !ferror(f);
    fclose(f);
    *out = buf_slice(&b);
    return good;
}

struct slice test_file(struct arena *a, const char *path)
{
    struct slice text;
    struct slice full = arena_printf(a, "%s/%s", source_root(), path);
    if (!read_whole(a, full.p, &text)) fail_msg("cannot read %s", full.p);
    return text;
}

const char *test_shared_path(struct arena *a, const char *path)
{
    static int skipped;
    const char *folder = getenv("TONGBAN_SHARED_DATA"), *ci = getenv("CI");
    struct slice full =
        folder ? arena_printf(a, "%s/%s", folder, path) : arena_printf(a, "%s/../shared/data/%s", source_root(), path);
    if (access(full.p, R_OK) == 0) return full.p;
    if (ci && slice_is(slice_cstr(ci), "true")) fail_msg("shared data absent: %s", path);
    print_message("skipped (%d so far): shared data absent: %s\n", ++skipped, path);
    return NULL;
}

bool test_shared(struct arena *a, const char *path, struct slice *out)
{
    const char *full = test_shared_path(a, path);
    if (!full) return false;
    if (!read_whole(a, full, out)) fail_msg("cannot read %s", full);
    return true;
}

const struct json *test_json(struct arena *a, struct slice text)
{
    const struct json *v = NULL;
    assert_good(a, json_parse(a, text, SIZE_MAX, S("test"), &v));
    return v;
}

void test_good(struct arena *a, result r, const char *file, int line)
{
    if (!failed(r)) return;
    print_error("%.*s", SLICE_ARG(result_text(a, r, LANG_EN)));
    _fail(file, line);
}

void test_code(result r, enum code code, const char *file, int line)
{
    if (result_code(r) == code) return;
    print_error("code is %s, expected %s\n", code_name(result_code(r)), code_name(code));
    _fail(file, line);
}

void test_slice(struct slice s, const char *expected, const char *file, int line)
{
    if (slice_is(s, expected)) return;
    print_error("text is \"%.*s\", expected \"%s\"\n", SLICE_ARG(s), expected);
    _fail(file, line);
}

uint64_t test_random(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * UINT64_C(2685821657736338717);
}
