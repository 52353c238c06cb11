/* Runs the DMN Technology Compatibility Kit (levels 2 and 3) against engine/decision.
 *     dmn_tck [-v] [-k part-of-path]
 * DMN_TCK_DIR (else TONGBAN_SHARED_DATA/dmn-tck, else ../shared/data/dmn-tck beside the sources) holds the folders
 * compliance-level-2 and compliance-level-3. A case passes when all its result nodes are right; one without any fails, and so
 * does a result that the engine did not compute: a model, decision or service that is not there, a limit that was passed.
 * (A text that does not compile is null, for the kit expects null of it.) Numbers count as equal within 1e-8, as in the
 * kit's own runner, because its expectations are rounded; all else must be the same. The program fails when fewer cases
 * pass than test/conformance/dmn_expected.txt says, or when the kit is absent under CI=true. */
#include "test/conformance/dmn_tck.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FILE_MAX ((size_t)16 << 20)
#define FILES_MAX 64

struct tally {
    int passed, failed;
    int solid, solid_passed; /* of those that expect something other than null */
};
struct tck {
    struct arena *a;
    bool verbose;
    const char *only;
    struct tally cases, nodes;
    struct tally errors; /* nodes marked as errors: passed when the engine also told why its result is null */
};

static void count(struct tally *t, bool passed, bool solid)
{
    t->passed += passed;
    t->failed += !passed;
    t->solid += solid;
    t->solid_passed += solid && passed;
}

static bool read_file(struct arena *a, const char *path, struct slice *out)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) return false;
    struct buf b = buf_new(a, FILE_MAX);
    char part[65536];
    size_t n;
    while ((n = fread(part, 1, sizeof part, f)) > 0) buf_put(&b, slice_of(part, n));
    fclose(f);
    *out = buf_slice(&b);
    return !b.overflow;
}

/* Names of a folder's entries, sorted. */
static size_t entries(struct arena *a, const char *dir, const char *ending, char **names, size_t max)
{
    DIR *d = opendir(dir);
    size_t n = 0;
    if (d == NULL) return 0;
    for (struct dirent *e; (e = readdir(d)) != NULL && n < max;) {
        if (e->d_name[0] == '.' || !slice_ends(slice_cstr(e->d_name), slice_cstr(ending))) continue;
        char *name = arena_cstr(a, slice_cstr(e->d_name));
        size_t k = n++;
        for (; k > 0 && strcmp(names[k - 1], name) > 0; k--) names[k] = names[k - 1];
        names[k] = name;
    }
    closedir(d);
    return n;
}

/* All models of a folder; those that import others are tried again when more are there. */
static size_t load_models(struct tck *t, const char *dir, const struct dmn **models, struct slice *files)
{
    char *names[FILES_MAX];
    size_t n = entries(t->a, dir, ".dmn", names, FILES_MAX), loaded = 0;
    bool done[FILES_MAX] = {false};
    for (size_t round = 0; round <= n; round++) {
        bool last = round == n;
        for (size_t i = 0; i < n; i++) {
            struct slice text;
            if (done[i] || !read_file(t->a, arena_cstr(t->a, arena_printf(t->a, "%s/%s", dir, names[i])), &text))
                continue;
            struct dmn_options options = {.imports = models, .nimports = loaded, .lenient = true};
            const struct dmn *d;
            result r = dmn_load(t->a, text, slice_cstr(names[i]), &options, &d);
            if (failed(r)) {
                if (last) printf("%s/%s: %s", dir, names[i], arena_cstr(t->a, result_text(t->a, r, LANG_EN)));
                continue;
            }
            done[i] = true;
            files[loaded] = slice_cstr(names[i]);
            models[loaded++] = d;
        }
    }
    return loaded;
}

/* False: the engine gave no result (nothing of that name, or a limit was passed). */
static bool run_node(struct tck *t, const struct dmn *model, const struct xml_node *test, struct slice node,
                     struct value *out, bool *told)
{
    static const struct feel_env env = {.now = INT64_C(1700000000000), .limits = {.steps = 10000000}};
    struct machine m;
    machine_start(&m, t->a, &env, node);
    m.closures = model->closures;
    m.external = tck_external;
    struct dmn_session s = {.m = &m, .inputs = tck_inputs(t->a, test)};
    bool is_service = slice_is(xml_attr(test, "", "type"), "decisionService");
    const struct drg *d = is_service ? dmn_find(model, DRG_SERVICE, xml_attr(test, "", "invocableName"))
                                     : dmn_find(model, DRG_DECISION, node);
    *out = v_null();
    *told = false;
    if (d == NULL) {
        printf("%.*s: not in the model\n", SLICE_ARG(node));
        return false;
    }
    *out = is_service ? dmn_service(&s, d) : dmn_element(&s, d);
    if (is_service && d->noutputs > 1) *out = feel_path(&m, *out, node);
    if (failed(m.fault)) {
        printf("%.*s: %s", SLICE_ARG(node), arena_cstr(t->a, result_text(t->a, m.fault, LANG_EN)));
        return false;
    }
    *told = m.warning.n > 0;
    if (t->verbose && m.warning.n) printf("    (%.*s)\n", SLICE_ARG(m.warning));
    return true;
}

/* model NULL: it did not load. */
static void run_case(struct tck *t, const struct dmn *model, const struct xml_node *test, const char *file)
{
    bool all = true, solid = false;
    int n = 0;
    for (const struct xml_node *r = xml_child(test, NULL, "resultNode"); r; r = xml_next(r, NULL, "resultNode"), n++) {
        const struct xml_node *expected = xml_child(r, NULL, "expected");
        struct value want = expected ? tck_value(t->a, expected) : v_null(), got = v_null();
        bool told = false, ran = model && run_node(t, model, test, xml_attr(r, "", "name"), &got, &told);
        bool same = ran && tck_same(t->a, want, got);
        count(&t->nodes, same, want.type != V_NULL);
        if (slice_is(xml_attr(r, "", "errorResult"), "true")) {
            count(&t->errors, same && told, false);
            if (t->verbose && same && !told) printf("SILENT %s %.*s\n", file, SLICE_ARG(xml_attr(test, "", "id")));
        }
        all &= same;
        solid |= want.type != V_NULL;
        if (!same)
            printf("FAIL %s %.*s %.*s: want %.*s, got %.*s\n", file, SLICE_ARG(xml_attr(test, "", "id")),
                   SLICE_ARG(xml_attr(r, "", "name")), SLICE_ARG(value_text(t->a, want, true)),
                   SLICE_ARG(value_text(t->a, got, true)));
    }
    count(&t->cases, all && n > 0, solid);
}

static void run_file(struct tck *t, const char *dir, const char *file, const struct dmn *const *models,
                     const struct slice *names, size_t n)
{
    struct slice text;
    struct xml_node *root;
    char *path = arena_cstr(t->a, arena_printf(t->a, "%s/%s", dir, file));
    if (!read_file(t->a, path, &text)) {
        printf("FAIL %s: cannot be read\n", path);
        count(&t->cases, false, false);
        return;
    }
    result r = xml_parse(t->a, text, FILE_MAX, slice_cstr(file), &root);
    if (failed(r)) {
        printf("%s: %s", path, arena_cstr(t->a, result_text(t->a, r, LANG_EN)));
        count(&t->cases, false, false);
        return;
    }
    const struct xml_node *name = xml_child(root, NULL, "modelName");
    struct slice wanted = name ? slice_trim(xml_text(t->a, name)) : S("");
    const struct dmn *model = NULL;
    for (size_t i = 0; i < n; i++)
        if (slice_eq(names[i], wanted)) model = models[i];
    for (const struct xml_node *c = xml_child(root, NULL, "testCase"); c; c = xml_next(c, NULL, "testCase"))
        run_case(t, model, c, file);
    if (model == NULL) printf("FAIL %s: model %.*s did not load\n", path, SLICE_ARG(wanted));
}

static void run_folder(struct tck *t, const char *dir)
{
    char *tests[FILES_MAX];
    const struct dmn *models[FILES_MAX];
    struct slice files[FILES_MAX];
    if (t->only && strstr(dir, t->only) == NULL) return;
    struct tally before = t->cases;
    t->a = arena_new("dmn_tck folder");
    size_t n = load_models(t, dir, models, files), count = entries(t->a, dir, ".xml", tests, FILES_MAX);
    for (size_t i = 0; i < count; i++) run_file(t, dir, tests[i], models, files, n);
    arena_free(t->a);
    if (t->cases.failed > before.failed)
        printf("  %s: %d passed, %d failed\n", dir, t->cases.passed - before.passed, t->cases.failed - before.failed);
}

/* The folder of the kit; NULL when it is absent. */
static const char *kit(struct arena *a)
{
    const char *dir = getenv("DMN_TCK_DIR"), *shared = getenv("TONGBAN_SHARED_DATA"),
               *source = getenv("TONGBAN_SOURCE_ROOT");
    struct stat st;
    if (dir == NULL && shared) dir = arena_cstr(a, arena_printf(a, "%s/dmn-tck", shared));
    if (dir == NULL) dir = arena_cstr(a, arena_printf(a, "%s/../shared/data/dmn-tck", source ? source : "."));
    return stat(dir, &st) == 0 && S_ISDIR(st.st_mode) ? dir : NULL;
}

static int expected_count(struct arena *a)
{
    const char *source = getenv("TONGBAN_SOURCE_ROOT");
    struct slice text, line;
    int64_t n = -1;
    if (!read_file(a, arena_cstr(a, arena_printf(a, "%s/test/conformance/dmn_expected.txt", source ? source : ".")),
                   &text))
        return -1;
    for (struct slice rest = text; rest.n;) {
        slice_cut(rest, '\n', &line, &rest);
        line = slice_trim(line);
        if (line.n && line.p[0] != '#' && !slice_int64(line, &n)) return -1;
    }
    return (int)n;
}

int main(int argc, char **argv)
{
    struct tck t = {0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0)
            t.verbose = true;
        else if (strcmp(argv[i], "-k") == 0 && i + 1 < argc)
            t.only = argv[++i];
    }
    struct arena *a = arena_new("dmn_tck");
    const char *dir = kit(a), *ci = getenv("CI");
    if (dir == NULL) {
        bool must = ci && strcmp(ci, "true") == 0;
        printf("dmn: the conformance kit is absent, 1 suite skipped%s\n", must ? " (not allowed under CI)" : "");
        arena_free(a);
        return must ? 1 : 77;
    }
    for (int level = 2; level <= 3; level++) {
        char *folders[512];
        char *parent = arena_cstr(a, arena_printf(a, "%s/compliance-level-%d", dir, level));
        size_t n = entries(a, parent, "", folders, 512);
        for (size_t i = 0; i < n; i++) run_folder(&t, arena_cstr(a, arena_printf(a, "%s/%s", parent, folders[i])));
    }
    printf("dmn: %d passed, %d failed; of those that expect something other than null %d of %d (%.1f %%)\n",
           t.cases.passed, t.cases.failed, t.cases.solid_passed, t.cases.solid,
           t.cases.solid ? 100.0 * t.cases.solid_passed / t.cases.solid : 0.0);
    printf("dmn result nodes: %d passed, %d failed; other than null %d of %d\n", t.nodes.passed, t.nodes.failed,
           t.nodes.solid_passed, t.nodes.solid);
    printf("dmn errors told: %d of %d\n", t.errors.passed, t.errors.passed + t.errors.failed);
    int expected = t.only ? 0 : expected_count(a);
    arena_free(a);
    if (expected < 0 || t.cases.passed < expected || t.cases.passed == 0) {
        printf("dmn: at least %d must pass (test/conformance/dmn_expected.txt)\n", expected);
        return 1;
    }
    return 0;
}
