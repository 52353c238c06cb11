/* Files "=== PATH", each from its line to the next such line, laid over the example service's: checking the folder ends,
 * every fault has words in both languages, and a folder that is good comes back from the database as it went in. */
#include <stdlib.h>

#include "city/catalogue/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILES = 64 };

static void must(bool held)
{
    if (!held) abort();
}

static const struct verb ISSUE = {.name = "test.issue",
                                  .kind = VERB_JOB,
                                  .summary_zh = "测试",
                                  .summary_en = "test",
                                  .input_schema = "{\"type\":\"object\",\"required\":[\"template\"],\"properties\":"
                                                  "{\"template\":{},\"area\":{},\"data\":{}}}",
                                  .output_schema = "{}"};
static const struct verb *const VERBS[] = {&ISSUE};
static const struct area AREA = {.number = 1, .name_zh = "测试", .name_en = "test", .verbs = VERBS, .nverbs = 1};
static const struct area *const AREA_LIST[] = {&AREA};
static const struct areas AREAS = {AREA_LIST, 1};

/* Made once: the catalogue, and the folder that inputs are laid over. */
static struct {
    struct city city;
    struct catalogue *catalogue;
    struct service_files example;
} base;

static void prepare(void)
{
    const struct service_file files[] = {
        {S("departments.json"), S("[{\"code\":\"scjg\",\"uscc\":\"11441900TB000001XT\",\"name\":{\"zh\":\"市场监管局\","
                                  "\"en\":\"Market Regulation\"},\"kind\":\"department\"}]")},
        {S("towns.json"), S("[{\"code\":\"441900004\",\"name\":{\"zh\":\"南城\",\"en\":\"Nancheng\"}}]")},
        {S("halls.json"),
         S("[{\"id\":\"h_nancheng\",\"town\":\"441900004\",\"name\":{\"zh\":\"市民中心\",\"en\":\"Civic"
           " Centre\"},\"address\":{\"zh\":\"鸿福路\",\"en\":\"Hongfu Road\"},\"hours\":{\"zh\":\"9:00\","
           "\"en\":\"9\"},\"windows\":12}]")}};
    struct arena *a = arena_new("fuzz base");
    struct citydata *city;
    struct calendar *calendar;
    struct office_hours hours = {{540, 870}, {720, 1050}};
    const char *root = getenv("TONGBAN_SOURCE_ROOT");
    must(!failed(citydata_read(a, (struct service_files){files, 3}, &city)));
    must(!failed(calendar_new(a, NULL, 0, hours, &calendar)));
    base.city = (struct city){.a = a, .areas = &AREAS, .calendar = calendar, .code = S("441900")};
    must(!failed(catalogue_open(a, &base.city, city, &base.catalogue)));
    base.city.catalogue = base.catalogue;
    must(!failed(service_files_read(a, arena_printf(a, "%s/test/city/service", root ? root : "."), &base.example)));
    must(!failed(service_check(base.catalogue, a, base.example)));
}

static void put(struct service_file *list, size_t *n, struct slice path, struct slice bytes)
{
    for (size_t i = 0; i < *n; i++)
        if (slice_eq(list[i].path, path)) {
            list[i].bytes = bytes;
            return;
        }
    if (*n < FILES) list[(*n)++] = (struct service_file){path, bytes};
}

static struct service_files overlay(struct arena *a, struct slice input)
{
    struct service_file *list = NEW_ARRAY(a, struct service_file, FILES);
    struct slice mark = S("=== "), path, rest;
    size_t n = 0;
    for (size_t i = 0; i < base.example.n; i++) list[n++] = base.example.list[i];
    for (size_t at = slice_search(input, mark); at != SIZE_MAX; at = slice_search(input, mark)) {
        input = slice_sub(input, at + mark.n, SIZE_MAX);
        (void)slice_cut(input, '\n', &path, &rest);
        size_t end = slice_search(rest, mark);
        put(list, &n, path, slice_sub(rest, 0, end));
        input = rest;
    }
    return (struct service_files){list, n};
}

static void comes_back(struct arena *a, const struct service *s)
{
    struct service_files again;
    struct service_call *calls;
    size_t n;
    must(!failed(folder_read(a, folder_write(a, s->files, s->pinned, s->ncalls), &again, &calls, &n)));
    must(slice_eq(files_hash(a, files_sorted(a, again), calls, n), s->hash) && s->hash.n == 64);
    must(service_card_json(a, base.catalogue, s) && service_full_json(a, base.catalogue, s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!base.catalogue) prepare();
    struct arena *a = arena_new("fuzz");
    struct service *s;
    result r = version_compile_current(base.catalogue, a, overlay(a, slice_of((const char *)data, size)), &s);
    for (const struct problem *p = r.problem; p; p = p->next)
        for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
            struct slice text = problem_text(a, p, (enum lang)lang);
            must(text.n > 0 && slice_utf8(text));
        }
    if (!failed(r)) {
        comes_back(a, s);
        service_release(s);
    }
    arena_free(a);
    return 0;
}
