/* A random process as a service folder. */
#include "engine/process/random_models.h"
#include "engine/process/testkit.h"
#include "test/fault/sim.h"

static const char ENTRY[] =
    "{\"code\":\"%s\",\"basic_code\":\"440112345009\",\"implementation_code\":\"11441900TB000001XT3440112345009\","
    "\"name\":{\"zh\":\"随机事项\",\"en\":\"Random service\"},\"summary\":{\"zh\":\"随机\",\"en\":\"random\"},\"area\":1,"
    "\"department\":\"scjg\",\"type\":\"01\",\"level\":\"3\",\"audience\":[\"person\"],\"acceptance\":\"%s\",\"kind\":\"commitment\","
    "\"online\":\"full\",\"channels\":[\"online\"],"
    "\"promised\":{\"n\":300,\"unit\":\"working_day\",\"source\":{\"zh\":\"本市承诺\",\"en\":\"the city's promise\"}},"
    "\"statutory\":{\"n\":400,\"unit\":\"working_day\",\"source\":{\"zh\":\"行政许可法第四十二条\",\"en\":\"art. 42\"}},"
    "\"legal_basis\":[{\"zh\":\"无\",\"en\":\"none\"}],\"conditions\":[{\"zh\":\"无\",\"en\":\"none\"}],"
    "\"materials\":[],\"steps\":[%s],\"results\":[{\"kind\":\"document\",\"name\":{\"zh\":\"许可书\",\"en\":\"Permit\"}}],"
    "\"fees\":[],\"visits\":0,\"hotline\":\"12345\",\"remedies\":{\"zh\":\"可申请行政复议\",\"en\":\"review\"},\"keywords\":[\"随机\"],"
    "\"systems\":[\"1.3\"],\"halls\":[]}";
static const char FORM[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"object\",\"required\":[\"n\"],\"properties\":"
    "{\"n\":{\"type\":\"integer\",\"title\":{\"zh\":\"数\",\"en\":\"Number\"},\"minimum\":0,\"maximum\":9}}}";
static const char SCENARIO[] =
    "{\"title\":{\"zh\":\"申请\",\"en\":\"Filed\"},\"start\":\"2021-09-22T09:00:00+08:00\",\"steps\":[{\"label\":{\"zh\":\"申请\",\"en\":\"Filed\"},\"do\":\"file\",\"as\":\"zhangsan\","
    "\"data\":{\"n\":1}}]}";

/* The applicant's steps that the main process draws, as entries of service.json. */
static struct slice steps(struct arena *a, struct slice notation, uint64_t seed)
{
    struct buf b = buf_new(a, 1 << 16);
    struct slice attribute = S("tb:step=\"");
    size_t end = slice_search(notation, S("\nprocess "));
    struct slice rest = slice_sub(notation, 0, end == SIZE_MAX ? notation.n : end);
    for (size_t at; (at = slice_search(rest, attribute)) != SIZE_MAX;) {
        rest = slice_sub(rest, at + attribute.n, rest.n);
        struct slice key = slice_sub(rest, 0, slice_find(rest, '"', 0));
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        buf_printf(
            &b,
            "%s{\"key\":\"%.*s\",\"name\":{\"zh\":\"环节\",\"en\":\"Step\"},\"department\":\"scjg\",\"optional\":%s%s}",
            b.n ? "," : "", SLICE_ARG(key), seed >> 40 & 1 ? "true" : "false",
            seed >> 41 & 1
                ? ",\"limit\":{\"n\":4,\"unit\":\"working_day\",\"source\":{\"zh\":\"承诺\",\"en\":\"promise\"}}"
                : "");
    }
    return buf_slice(&b);
}

struct service_files sim_service(struct arena *a, uint64_t seed, struct slice *code)
{
    bool acceptance = seed % 2;
    enum model_kind kind = seed / 2 % 2 ? MODEL_EVENTS : MODEL_REPEATS;
    const char *notation = random_process(a, seed, kind, acceptance);
    struct service_file *list = NEW_ARRAY(a, struct service_file, 8);
    char *key = arena_cstr(a, arena_printf(a, "random_%llu", (unsigned long long)(seed % 100000)));
    struct slice drawn = steps(a, slice_cstr(notation), seed);
    size_t n = 0;
    *code = slice_cstr(key);
    list[n++] = (struct service_file){
        S("service.json"), arena_printf(a, ENTRY, key, acceptance ? "officer" : "automatic", arena_cstr(a, drawn))};
    const char *own = arena_cstr(a, arena_printf(a, "tb:service=\"%s\"", key));
    list[n++] = (struct service_file){S("process.bpmn"), kit_bpmn(a, own, notation)};
    list[n++] = (struct service_file){S("form.json"), slice_cstr(FORM)};
    list[n++] = (struct service_file){S("forms/form1.json"), slice_cstr(FORM)};
    list[n++] = (struct service_file){S("grade.dmn"), slice_cstr(kit_grade_dmn)};
    list[n++] = (struct service_file){S("scenarios/filed.json"), slice_cstr(SCENARIO)};
    return (struct service_files){list, n};
}
