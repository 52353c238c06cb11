/* BPMN as other tools write it: it loads, what those tools added is told and ignored, and once a designer has said the same in the
 * attributes of this platform the process passes every check. And every document there is comes back whole: read, written, read
 * again, it is the same, its diagram included. Data: the samples beside this file; the processes of the repository; betsy's files
 * (BETSY_DIR, else TONGBAN_SHARED_DATA/betsy). */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/testing.h"
#include "city/catalogue/catalogue.h"
#include "engine/process/testkit.h"

enum { FILE_MAX = 4 * 1024 * 1024 };

static const char *source;

static struct slice read_file(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    struct buf b = buf_new(a, FILE_MAX);
    char part[8192];
    if (!f) fail_msg("cannot read %s", path);
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) buf_put(&b, slice_of(part, n));
    fclose(f);
    return buf_slice(&b);
}

static struct xml_node *parsed(struct arena *a, struct slice text, const char *where)
{
    struct xml_node *root = NULL;
    result r = xml_parse(a, text, FILE_MAX, slice_cstr(where), &root);
    if (failed(r)) fail_msg("%s: %.*s", where, SLICE_ARG(result_text(a, r, LANG_EN)));
    return root;
}

/* ---- samples ---- */

struct said { /* what a designer adds */
    const char *element, *attribute, *value;
};
struct sample {
    const char *file;
    const char *steers[24]; /* "camunda:assignee": told as changing what happens */
    const char *silent[6];  /* tools that are told as changing nothing */
    struct said said[12];
    const char *condition, *feel; /* an expression in the tool's own language, and the same in FEEL; or NULL */
};
static const struct sample SAMPLES[] = {
    {.file = "camunda7.bpmn",
     .steers = {"camunda:initiator", "camunda:formKey", "camunda:candidateGroups", "camunda:dueDate",
                "camunda:formData", "camunda:formField", "camunda:validation", "camunda:constraint",
                "camunda:taskListener", "camunda:type", "camunda:topic", "camunda:inputOutput",
                "camunda:inputParameter", "camunda:outputParameter", "camunda:failedJobRetryTimeCycle"},
     .silent = {"Camunda Modeler", "bpmn.io colours", "BPMN colours"},
     .said = {{"Activity_visit", "kind", "handle"},
              {"Activity_visit", "role", "clerk"},
              {"Activity_visit", "clock", "3wd"},
              {"Activity_visit", "result", "visited"},
              {"Activity_permit", "verb", "job.permit"}},
     .condition = "${allowed}",
     .feel = "visited.allowed = true"},
    {.file = "camunda8.bpmn",
     .steers = {"zeebe:formDefinition", "zeebe:calledDecision", "zeebe:ioMapping", "zeebe:input", "zeebe:userTask",
                "zeebe:assignmentDefinition", "zeebe:taskSchedule", "zeebe:taskDefinition"},
     .silent = {"Camunda Modeler"},
     .said = {{"Activity_rate", "decision", "grade"},
              {"Activity_check", "kind", "handle"},
              {"Activity_check", "role", "clerk"},
              {"Activity_assign", "verb", "job.assign"}}},
    {.file = "bpmn_io.bpmn", .silent = {"bpmn.io colours", "BPMN colours"}},
    {.file = "signavio.bpmn",
     .silent = {"Signavio"},
     .said = {{"sid-0002", "kind", "handle"},
              {"sid-0002", "role", "clerk"},
              {"sid-0002", "result", "checked"},
              {"sid-0003", "default", "sid-1004"}},
     .condition = "",
     .feel = "checked.valid = true"},
    {.file = "flowable.bpmn",
     .steers = {"flowable:candidateStarterGroups", "flowable:initiator", "flowable:formProperty", "flowable:value",
                "flowable:assignee", "flowable:candidateGroups", "flowable:dueDate", "flowable:taskListener",
                "flowable:delegateExpression", "flowable:collection", "flowable:elementVariable",
                "flowable:resultVariableName", "flowable:field", "flowable:string", "modeler:initiator-can-complete"},
     .said = {{"check", "kind", "handle"}, {"check", "role", "clerk"}, {"print", "verb", "job.print"}},
     .condition = "${approved == 'yes' && places > 0}",
     .feel = "form.approved = \"yes\" and form.places > 0"},
};

static size_t count_of(const char *const *list, size_t max)
{
    size_t n = 0;
    while (n < max && list[n]) n++;
    return n;
}

static bool listed(const char *const *list, size_t n, struct slice s)
{
    for (size_t i = 0; i < n; i++)
        if (slice_is(s, list[i])) return true;
    return false;
}

/* Everything that steers is told, and nothing else is said to. */
static void notes_of(struct arena *a, const struct sample *s, struct slice text)
{
    struct service_file f = {S("process.bpmn"), text};
    const struct json *notes = service_notes(NULL, a, (struct service_files){&f, 1});
    size_t steers = count_of(s->steers, 24), silent = count_of(s->silent, 6), told = 0, quiet = 0;
    for (size_t i = 0; i < notes->n; i++) {
        const struct json *changing = json_get(notes->items[i], "changing");
        struct slice tool = json_string(notes->items[i], "tool");
        assert_true(json_int(notes->items[i], "elements", 0) + json_int(notes->items[i], "attributes", 0) > 0);
        assert_true(json_string(json_get(notes->items[i], "text"), "zh").n &&
                    json_string(json_get(notes->items[i], "text"), "en").n);
        if (!changing->n) {
            if (!listed(s->silent, silent, tool)) fail_msg("%s: nothing is told of %.*s", s->file, SLICE_ARG(tool));
            quiet++;
        }
        for (size_t k = 0; k < changing->n; k++, told++)
            if (!listed(s->steers, steers, json_string(changing->items[k], "name")))
                fail_msg("%s: %.*s steers nothing", s->file, SLICE_ARG(json_string(changing->items[k], "name")));
    }
    assert_int_equal(told, steers);
    assert_int_equal(quiet, silent);
}

static void set_attribute(struct arena *a, struct xml_node *e, const struct said *s)
{
    struct xml_attr *attrs = NEW_ARRAY(a, struct xml_attr, e->nattrs + 1);
    bool own = strcmp(s->attribute, "default") != 0;
    if (e->nattrs) memcpy(attrs, e->attrs, e->nattrs * sizeof *attrs);
    attrs[e->nattrs] = (struct xml_attr){own ? S(TB_NS) : S(""), slice_cstr(s->attribute), own ? S("tb") : S(""),
                                         slice_cstr(s->value)};
    e->attrs = attrs;
    e->nattrs++;
}

static void say(struct arena *a, const struct sample *s, struct xml_node *e)
{
    struct slice id = xml_attr(e, "", "id");
    for (size_t i = 0; i < sizeof s->said / sizeof *s->said && s->said[i].element; i++)
        if (slice_is(id, s->said[i].element)) set_attribute(a, e, &s->said[i]);
    if (s->condition && slice_is(e->name, "conditionExpression") &&
        slice_is(slice_trim(xml_text(a, e)), s->condition)) {
        struct xml_node *t = NEW(a, struct xml_node);
        *t = (struct xml_node){.kind = XML_TEXT, .text = slice_cstr(s->feel), .parent = e};
        e->first = e->last = t;
    }
    for (struct xml_node *c = e->first; c; c = c->next)
        if (c->kind == XML_ELEMENT) say(a, s, c);
}

/* The file with what a designer says in words of this platform. */
static struct slice said(struct arena *a, const struct sample *s, struct slice text)
{
    struct xml_node *root = parsed(a, text, s->file);
    struct xml_attr *decls = NEW_ARRAY(a, struct xml_attr, root->nnsdecls + 1);
    memcpy(decls, root->nsdecls, root->nnsdecls * sizeof *decls);
    decls[root->nnsdecls] = (struct xml_attr){S(""), S("tb"), S(""), S(TB_NS)};
    root->nsdecls = decls;
    root->nnsdecls++;
    say(a, s, root);
    return xml_write(a, root);
}

static void one_sample(const struct sample *s)
{
    struct arena *a = arena_new(s->file);
    struct slice text = test_file(a, arena_cstr(a, arena_printf(a, "test/foreign/%s", s->file)));
    struct kit k;
    kit_init(&k, a);
    notes_of(a, s, text);
    const struct process_model *m = NULL;
    /* as it came: nothing is strange about it but what only this platform can be told */
    for (const struct problem *p = process_compile(a, text, S("process.bpmn"), &k.env, &m).problem; p; p = p->next) {
        bool open = p->code == CODE_PROCESS_ATTRIBUTE_MISSING || p->code == CODE_PROCESS_CONDITION_MISSING ||
                    p->code == CODE_PROCESS_DEFAULT_MISSING || (s->condition && p->code == CODE_FEEL_SYNTAX);
        if (!open) fail_msg("%s: %.*s", s->file, SLICE_ARG(result_text(a, (result){p}, LANG_EN)));
    }
    result r = process_compile(a, said(a, s, text), S("process.bpmn"), &k.env, &m);
    if (failed(r)) fail_msg("%s: %.*s", s->file, SLICE_ARG(result_text(a, r, LANG_EN)));
    struct play p;
    play_begin(&p, a, m, "{\"form\": {}}");
    assert_true(p.last.n > 0);
    arena_free(a);
}

static void samples_load(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SAMPLES / sizeof *SAMPLES; i++) one_sample(&SAMPLES[i]);
}

/* ---- documents come back ---- */

static size_t comes_back(const char *path)
{
    struct arena *a = arena_new(path);
    struct xml_node *x = parsed(a, read_file(a, path), path);
    struct slice text = xml_write(a, x);
    struct xml_node *y = parsed(a, text, path);
    if (!xml_equal(x, y)) fail_msg("%s is another document when it is written", path);
    if (!slice_eq(text, xml_write(a, y))) fail_msg("%s is written in two ways", path);
    arena_free(a);
    return 1;
}

static bool is_document(const char *name)
{
    struct slice s = slice_cstr(name);
    return slice_ends(s, S(".bpmn")) || slice_ends(s, S(".dmn")) || slice_ends(s, S(".bpmn2"));
}

static size_t all_below(const char *folder, int depth)
{
    DIR *d = opendir(folder);
    size_t n = 0;
    if (!d) return 0;
    for (struct dirent *e; (e = readdir(d));) {
        char path[1024];
        struct stat st;
        if (e->d_name[0] == '.') continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (stat(path, &st) != 0) continue;
        if (S_ISDIR(st.st_mode) && depth > 0)
            n += all_below(path, depth - 1);
        else if (is_document(e->d_name))
            n += comes_back(path);
    }
    closedir(d);
    return n;
}

static void documents_come_back(void **state)
{
    (void)state;
    static const char *const folders[] = {"areas", "docs", "data", "test"};
    struct arena *a = arena_new("folders");
    size_t n = 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        n += all_below(arena_cstr(a, arena_printf(a, "%s/%s", source, folders[i])), 6);
    print_message("%zu documents of the repository come back\n", n);
    assert_true(n >= 40);
    arena_free(a);
}

static void documents_of_betsy_come_back(void **state)
{
    (void)state;
    struct arena *a = arena_new("betsy");
    const char *folder = getenv("BETSY_DIR");
    if (!folder) folder = test_shared_path(a, "betsy");
    if (!folder) return;
    size_t n = all_below(folder, 4);
    print_message("%zu documents of betsy come back\n", n);
    assert_true(n >= 98);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(samples_load), TEST(documents_come_back),
                                       TEST(documents_of_betsy_come_back)};
    source = getenv("TONGBAN_SOURCE_ROOT");
    if (!source) source = ".";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
