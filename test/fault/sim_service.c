/* A random process as a service folder, and another version of it; and the services beside it. */
#include "engine/process/random_models.h"
#include "engine/process/testkit.h"
#include "test/fault/sim.h"

static const char ENTRY[] =
    "{\"code\":\"%s\",\"basic_code\":\"440112345009\",\"implementation_code\":\"11441900TB000001XT3440112345009\","
    "\"name\":{\"zh\":\"随机事项\",\"en\":\"Random service\"},\"summary\":{\"zh\":\"随机\",\"en\":\"random\"},\"area\":1,"
    "\"department\":\"scjg\",\"type\":\"01\",\"level\":\"3\",\"audience\":[\"person\",\"enterprise\"],\"acceptance\":\"%s\",\"kind\":\"commitment\","
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
static const char OPEN_FORM[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"object\",\"properties\":"
    "{\"n\":{\"type\":\"integer\",\"title\":{\"zh\":\"数\",\"en\":\"Number\"},\"minimum\":0,\"maximum\":9},"
    "\"for_case\":{\"type\":\"string\",\"title\":{\"zh\":\"办件\",\"en\":\"Case\"}}}}";
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

static struct service_files folder(struct arena *a, const char *key, bool officer, const char *drawn, struct slice bpmn)
{
    struct service_file *list = NEW_ARRAY(a, struct service_file, 8);
    size_t n = 0;
    list[n++] =
        (struct service_file){S("service.json"), arena_printf(a, ENTRY, key, officer ? "officer" : "automatic", drawn)};
    list[n++] = (struct service_file){S("process.bpmn"), bpmn};
    list[n++] = (struct service_file){S("form.json"), slice_cstr(FORM)};
    list[n++] = (struct service_file){S("forms/form1.json"), slice_cstr(FORM)};
    list[n++] = (struct service_file){S("grade.dmn"), slice_cstr(kit_grade_dmn)};
    list[n++] = (struct service_file){S("scenarios/filed.json"), slice_cstr(SCENARIO)};
    return (struct service_files){list, n};
}

/* ---- another version ---- */

static bool in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Where the word begins, from `at` on; SIZE_MAX: it is not there any more. */
static size_t find_word(struct slice text, struct slice word, size_t at)
{
    for (; at + word.n <= text.n; at++) {
        bool whole = (at == 0 || !in_word(text.p[at - 1])) && (at + word.n == text.n || !in_word(text.p[at + word.n]));
        if (whole && memcmp(text.p + at, word.p, word.n) == 0) return at;
    }
    return SIZE_MAX;
}

/* A task that nothing refers to by name but flows, and that is entered by one: it may be called otherwise and have something beside it.
 * The nth from the seed. */
static struct slice task_to_change(struct arena *a, struct slice text, uint64_t seed)
{
    struct slice list[64], line, rest = text;
    size_t n = 0;
    for (bool more = true; more && n < 64;) {
        struct slice kind, tail, id, attributes; /* of a line of the notation */
        more = slice_cut(rest, '\n', &line, &rest);
        (void)slice_cut(line, ' ', &kind, &tail);
        (void)slice_cut(tail, ' ', &id, &attributes);
        if (!slice_is(kind, "userTask") || !slice_starts(id, S("t"))) continue;
        bool named = slice_search(text, arena_printf(a, "%.*s.", SLICE_ARG(id))) != SIZE_MAX ||
                     slice_search(text, arena_printf(a, "\"%.*s\"", SLICE_ARG(id))) != SIZE_MAX;
        bool entered = slice_search(text, arena_printf(a, " -> %.*s\n", SLICE_ARG(id))) != SIZE_MAX;
        if (!named && entered) list[n++] = id;
    }
    return n ? list[seed % n] : (struct slice){NULL, 0};
}

static struct slice renamed_word(struct arena *a, struct slice text, struct slice from, struct slice to)
{
    struct buf b = buf_new(a, 1 << 20);
    size_t at = 0;
    for (size_t next; (next = find_word(text, from, at)) != SIZE_MAX; at = next + from.n) {
        buf_put(&b, slice_sub(text, at, next - at));
        buf_put(&b, to);
    }
    buf_put(&b, slice_sub(text, at, text.n));
    return buf_slice(&b);
}

/* Beside the whole of it. */
static const char WATCH[] =
    "subProcess nq triggeredByEvent=\"true\" {\nstartEvent nqs isInterrupting=\"false\" | "
    "<timerEventDefinition><timeDuration>PT60H</timeDuration></timerEventDefinition>\nendEvent nqe\nnqs -> nqe\n}\n";

/* What was published before, with a look by an officer before the end, a watch beside the whole and, of one task, another name and a
 * reminder. */
static const char *changed(struct arena *a, const char *notation, uint64_t seed, struct slice renamed[2])
{
    struct slice text = slice_cstr(notation), line;
    struct buf b = buf_new(a, 1 << 20);
    renamed[0] = task_to_change(a, text, seed);
    if (renamed[0].n) {
        renamed[1] = arena_printf(a, "%.*sn", SLICE_ARG(renamed[0]));
        text = renamed_word(a, text, renamed[0], renamed[1]);
    }
    for (bool more = true, first = true; more; first = false) {
        more = slice_cut(text, '\n', &line, &text);
        struct slice before = slice_sub(line, 0, line.n > 8 ? line.n - 8 : 0);
        if (slice_ends(line, S(" -> last")))
            buf_printf(&b, "%.*s -> more\n", SLICE_ARG(before));
        else
            buf_printf(&b, "%.*s\n", SLICE_ARG(line));
        if (first) buf_puts(&b, WATCH);
        if (first)
            buf_puts(&b, "userTask more tb:kind=\"handle\" tb:role=\"handler\" tb:form=\"form1\"\nmore -> last\n");
        if (renamed[0].n && slice_starts(line, arena_printf(a, "userTask %.*s ", SLICE_ARG(renamed[1]))))
            buf_printf(
                &b,
                "boundaryEvent nb attachedToRef=\"%.*s\" cancelActivity=\"false\" | "
                "<timerEventDefinition><timeDuration>PT7H</timeDuration></timerEventDefinition>\nendEvent nbe\nnb -> nbe\n",
                SLICE_ARG(renamed[1]));
    }
    buf_putc(&b, 0);
    return b.p;
}

struct service_files sim_service(struct arena *a, uint64_t seed, bool another, struct slice *code,
                                 struct slice renamed[2])
{
    bool acceptance = seed % 2;
    enum model_kind kind = seed / 2 % 2 ? MODEL_EVENTS : MODEL_REPEATS;
    const char *notation = random_process(a, seed, kind, acceptance);
    if (another) notation = changed(a, notation, seed / 4, renamed);
    char *key = arena_cstr(a, arena_printf(a, "random_%llu", (unsigned long long)(seed % 100000)));
    struct slice drawn = steps(a, slice_cstr(notation), seed);
    *code = slice_cstr(key);
    const char *own = arena_cstr(a, arena_printf(a, "tb:service=\"%s\"", key));
    return folder(a, key, acceptance, arena_cstr(a, drawn), kit_bpmn(a, own, notation));
}

/* ---- the services beside it ---- */

#define BPMN(messages, key, content)                                                                             \
    "<definitions xmlns=\"" BPMN_NS "\" xmlns:tb=\"" TB_NS "\">" messages "<signal id=\"over\" name=\"" SIM_OVER \
    "\"/><process id=\"p\" isExecutable=\"true\" tb:service=\"" key "\">" content                                \
    "<task id=\"last\" tb:step=\"done\"/><endEvent id=\"e\"/><sequenceFlow id=\"fe\" sourceRef=\"last\" targetRef=\"e\"/></process></definitions>"
#define FLOW(from, to) "<sequenceFlow id=\"" from "_" to "\" sourceRef=\"" from "\" targetRef=\"" to "\"/>"
#define ANSWER(id)                                                                 \
    "<intermediateCatchEvent id=\"" id "\" tb:key=\"case_number\" tb:result=\"" id \
    "\"><messageEventDefinition messageRef=\"answer\"/></intermediateCatchEvent>"
#define SAYS(id, n)                                                                     \
    "<intermediateThrowEvent id=\"" id                                                  \
    "\" tb:key=\"request.for_case\"><extensionElements><tb:input name=\"n\" value=\"" n \
    "\"/></extensionElements><messageEventDefinition messageRef=\"answer\"/></intermediateThrowEvent>"
#define AFTER(id, time)                                                               \
    "<intermediateCatchEvent id=\"" id "\"><timerEventDefinition><timeDuration>" time \
    "</timeDuration></timerEventDefinition>"                                          \
    "</intermediateCatchEvent>"
#define POST "<message id=\"ask\" name=\"sim.ask\"/><message id=\"answer\" name=\"sim.answer\"/>"

static const struct {
    const char *code, *bpmn;
} BESIDE[SIM_BESIDE] = {
    {SIM_ASKER,
     BPMN(
         POST "<message id=\"told\" name=\"sim.told\" tb:outside=\"true\" tb:form=\"form1\"/>", SIM_ASKER,
         "<startEvent id=\"s\"/><intermediateThrowEvent id=\"asks\" tb:key=\"case_number\"><extensionElements>"
         "<tb:input name=\"for_case\" value=\"case_number\"/></extensionElements><messageEventDefinition messageRef=\"ask\"/>"
         "</intermediateThrowEvent>" ANSWER("a1") ANSWER("a2") ANSWER(
             "a3") "<userTask id=\"pause\" tb:kind=\"fill\" tb:form=\"form1\"/><eventBasedGateway id=\"g\"/>"
                   "<receiveTask id=\"word\" messageRef=\"told\" tb:key=\"case_number\" tb:result=\"word\"/>" AFTER(
                       "late",
                       "PT40H") "<exclusiveGateway id=\"x\"/><intermediateThrowEvent id=\"rings\"><signalEventDefinition signalRef=\"over\"/>"
                                "</intermediateThrowEvent>" FLOW("s", "asks") FLOW("asks", "a1") FLOW("a1", "a2")
                                    FLOW("a2", "pause") FLOW("pause", "a3") FLOW("a3", "g") FLOW("g", "word")
                                        FLOW("g", "late") FLOW("word", "x") FLOW("late", "x") FLOW("x", "rings")
                                            FLOW("rings", "last"))},
    {SIM_ANSWERER,
     BPMN(POST, SIM_ANSWERER,
          "<startEvent id=\"s\" tb:result=\"request\"><messageEventDefinition messageRef=\"ask\"/></startEvent>" SAYS(
              "m1", "1") "<serviceTask id=\"work\" tb:verb=\"job.x\" tb:result=\"r\"/>" SAYS("m2", "2") SAYS("m3", "3")
              FLOW("s", "m1") FLOW("m1", "work") FLOW("work", "m2") FLOW("m2", "m3") FLOW("m3", "last"))},
    {SIM_ROUND,
     BPMN(
         "", SIM_ROUND,
         "<startEvent id=\"clock\"><timerEventDefinition><timeCycle>R/2021-09-23T09:00:00+08:00/P2D</timeCycle></timerEventDefinition>"
         "</startEvent><startEvent id=\"rung\"><signalEventDefinition signalRef=\"over\"/></startEvent><exclusiveGateway id=\"b\"/>"
         "<subProcess id=\"hears\" triggeredByEvent=\"true\"><startEvent id=\"hs\" isInterrupting=\"false\">"
         "<signalEventDefinition signalRef=\"over\"/></startEvent><endEvent id=\"he\"/>" FLOW(
             "hs", "he") "</subProcess>" AFTER("late", "PT90H") FLOW("clock", "b") FLOW("rung", "b") FLOW("b", "late")
             FLOW("late", "last"))},
    {SIM_WHEN,
     BPMN(
         "", SIM_WHEN,
         "<startEvent id=\"day\"><conditionalEventDefinition><condition>today() = date(\"2021-09-24\") or today() = "
         "date(\"2021-09-26\") or today() = date(\"2021-10-04\")</condition></conditionalEventDefinition></startEvent>" FLOW(
             "day", "last"))},
};

struct service_files sim_beside(struct arena *a, size_t i)
{
    static const char STEP[] = "{\"key\":\"done\",\"name\":{\"zh\":\"环节\",\"en\":\"Step\"},\"department\":\"scjg\"}";
    struct service_files f = folder(a, BESIDE[i].code, false, STEP, slice_cstr(BESIDE[i].bpmn));
    ((struct service_file *)(uintptr_t)f.list)[2].bytes = slice_cstr(OPEN_FORM);
    return f;
}
