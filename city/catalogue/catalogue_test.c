/* Folders: compiled, checked (every rule with a fault of its own), hashed, published by two people, searched. */
#include "city/catalogue/studio.h"
#include "city/testkit.h"

static bool told(result r, enum code code, const char *place)
{
    for (const struct problem *p = r.problem; p; p = p->next)
        if (p->code == code && slice_search(p->field, slice_cstr(place)) != SIZE_MAX) return true;
    return false;
}

static void the_example_is_good_and_can_be_looked_at(struct store_fixture *f)
{
    struct city_kit k;
    const struct service *s;
    const struct service_step *steps;
    city_kit_open(&k, f);
    struct service_files files = kit_service(&k);
    assert_good(k.a, service_check(k.c.catalogue, k.a, files));
    assert_good(k.a, catalogue_install(k.c.catalogue, k.a, &files, 1, k.now));
    assert_good(k.a, catalogue_current(k.c.catalogue, k.a, S("stall_permit"), &s));
    assert_slice(service_code(s), "stall_permit");
    assert_slice(service_department(s), "scjg");
    assert_int_equal(service_hash(s).n, 64);
    assert_int_equal(service_acceptance(s), ACCEPT_OFFICER);
    assert_int_equal(service_promised(s).n, 5);
    assert_int_equal(service_promised(s).unit, LIMIT_WORKING_DAY);
    assert_int_equal(service_statutory(s).n, 20);
    assert_non_null(service_model(s));
    assert_non_null(service_form(s));
    assert_non_null(service_task_form(s, S("visit")));
    assert_null(service_task_form(s, S("none")));
    assert_non_null(service_decision(s, S("size_class")));
    assert_null(service_decision(s, S("none")));
    assert_non_null(service_document(s, S("permit")));
    assert_int_equal(service_steps(s, &steps), 1);
    assert_slice(steps[0].name.en, "Decision");
    assert_code(catalogue_current(k.c.catalogue, k.a, S("none"), &s), CODE_NOT_FOUND);
}

struct fault_case {
    const char *path, *from, *to;
    enum code code;
    const char *place;
};

#define ISSUE_PERMIT \
    "tb:verb=\"test.issue\" tb:step=\"permit\">\n      <extensionElements><tb:input name=\"template\" value=\"&quot;permit&quot;\"/>"
#define ISSUE_LICENCE(type, code, template)                                                                       \
    "tb:verb=\"licence.issue\" tb:step=\"permit\"><extensionElements><tb:input name=\"type\" value=\"&quot;" type \
    "&quot;\"/><tb:input name=\"type_code\" "                                                                     \
    "value=\"&quot;" code "&quot;\"/><tb:input name=\"template\" value=\"&quot;" template "&quot;\"/>"
static const struct fault_case FAULTS[] = {
    /* service.json: shape */
    {"service.json", "\"visits\": 0", "\"visit\": 0", CODE_FIELD_REQUIRED, "service.json#/visits"},
    {"service.json", "\"visits\": 0", "\"visits\": 0, \"colour\": 1", CODE_FIELD_UNKNOWN, "service.json#/colour"},
    {"service.json", "\"stall_permit\"", "\"Stall Permit\"", CODE_OK, "service.json#/code"},
    {"service.json", "\"Street stall permit\"", "\"\"", CODE_OK, "service.json#/name/en"},
    {"service.json", "\"working_day\"", "\"fortnight\"", CODE_OK, "service.json#/promised/unit"},
    {"service.json", "{", "{,", CODE_JSON_SYNTAX, "service.json"},
    {"service.json", "\"visits\": 0", "\"visits\": 0, \"confirm\": [\"goods\"]", CODE_SERVICE_FOLDER, "#/confirm/0"},
    /* codes */
    {"service.json", "\"basic_code\": \"440112345001\"", "\"basic_code\": \"44x112345001\"", CODE_SERVICE_FOLDER,
     "/basic_code"},
    {"service.json", "XT3440112345001", "XA3440112345001", CODE_SERVICE_FOLDER, "/implementation_code"},
    {"service.json", "XT3440112345001", "XT4440112345001", CODE_SERVICE_FOLDER, "/implementation_code"},
    {"service.json", "XT3440112345001", "XT3440112345002", CODE_SERVICE_FOLDER, "/implementation_code"},
    {"service.json", "\"department\": \"scjg\"", "\"department\": \"nobody\"", CODE_SERVICE_FOLDER, "/department"},
    /* limits */
    {"service.json", "\"n\": 5,", "\"n\": 21,", CODE_SERVICE_FOLDER, "service.json#/promised"},
    {"service.json", "\"n\": 20,", "\"n\": 25,", CODE_SERVICE_FOLDER, "service.json#/statutory"},
    {"service.json", "\"deadline\": \"perm.decide\"", "\"deadline\": \"perm.never\"", CODE_SERVICE_FOLDER,
     "service.json#/statutory"},
    {"service.json", "\"kind\": \"commitment\"", "\"kind\": \"immediate\"", CODE_SERVICE_FOLDER, "service.json#/kind"},
    /* places */
    {"service.json", "h_nancheng", "h_nowhere", CODE_SERVICE_FOLDER, "/halls/0"},
    {"service.json", "\"visits\": 0", "\"visits\": 2", CODE_SERVICE_FOLDER, "/visits"},
    {"service.json", "\"online\",", "\"kiosk\",", CODE_SERVICE_FOLDER, "/channels"},
    /* entry against process */
    {"service.json", "\"officer\"", "\"automatic\"", CODE_SERVICE_FOLDER, "/acceptance"},
    {"service.json", "\"key\": \"permit\"", "\"key\": \"other\"", CODE_SERVICE_FOLDER, "process.bpmn#review"},
    {"service.json", "\"key\": \"permit\"", "\"key\": \"other\"", CODE_SERVICE_FOLDER, "service.json#/steps/0"},
    {"service.json", "\"template\": \"permit\"", "\"template\": \"other\"", CODE_SERVICE_FOLDER, "/results/0/template"},
    /* form and decision */
    {"form.json", "\"integer\"", "\"whole\"", CODE_OK, "form.json"},
    {"form.json", "\"x-personal\"", "\"x-secret\"", CODE_OK, "form.json"},
    {"size.dmn", "&gt;= 10", "&gt; 10", CODE_OK, "size.dmn"},
    {"size.dmn", "&gt;= 10", "&gt;= ", CODE_OK, "size.dmn"},
    {"size.dmn", "form.area_m2", "form.area_m3", CODE_SERVICE_NAME_UNSUPPLIED, "size.dmn"},
    /* process */
    {"process.bpmn", "tb:verb=\"test.issue\"", "tb:verb=\"test.fly\"", CODE_PROCESS_VERB_UNKNOWN, "#issue"},
    {"process.bpmn", "tb:decision=\"size_class\"", "tb:decision=\"none\"", CODE_PROCESS_DECISION_UNKNOWN, "#size"},
    {"process.bpmn", "tb:form=\"visit\"", "tb:form=\"none\"", CODE_PROCESS_FORM_UNKNOWN, "#review"},
    {"process.bpmn", "tb:role=\"reviewer\"", "tb:role=\"reviewer\" tb:department=\"nobody\"",
     CODE_PROCESS_DEPARTMENT_UNKNOWN, "#review"},
    {"process.bpmn", "tb:clock=\"5wd\"", "tb:clock=\"6wd\"", CODE_PROCESS_ACCEPTANCE_CLOCK, "#accept"},
    /* names that nothing supplies */
    {"process.bpmn", "value=\"form.area_m2\"", "value=\"form.area\"", CODE_SERVICE_NAME_UNSUPPLIED, "#issue"},
    {"process.bpmn", "value=\"form.area_m2\"", "value=\"applicand.name\"", CODE_SERVICE_NAME_UNSUPPLIED, "#issue"},
    {"documents/permit.json", "{{form.area_m2}}", "{{form.size}}", CODE_SERVICE_NAME_UNSUPPLIED,
     "documents/permit.json"},
    {"documents/permit.json", "{{applicant.name}}", "{{holder.name}}", CODE_SERVICE_NAME_UNSUPPLIED,
     "documents/permit.json"},
    {"documents/permit.json", "{{issuer.zh}}", "{{issuer.zh", CODE_TEMPLATE_SYNTAX, "documents/permit.json"},
    /* licences against their catalogue */
    {"process.bpmn", ISSUE_PERMIT, ISSUE_LICENCE("passport", "11441900TB0000028T001", "permit"),
     CODE_SERVICE_LICENCE_TYPE, "process.bpmn:"},
    {"process.bpmn", ISSUE_PERMIT, ISSUE_LICENCE("permit", "11441900TB0000028T002", "permit"),
     CODE_SERVICE_LICENCE_TYPE, "process.bpmn:"},
    {"process.bpmn", ISSUE_PERMIT, ISSUE_LICENCE("permit", "11441900TB0000028T001", "other"), CODE_SERVICE_LICENCE_TYPE,
     "process.bpmn:"},
    /* scenarios */
    {"scenarios/ordinary.json", "\"task\": \"review\"", "\"task\": \"reviewing\"", CODE_SERVICE_SCENARIO,
     "/steps/2/task"},
    {"scenarios/ordinary.json", "\"do\": \"file\"", "\"do\": \"beg\"", CODE_SERVICE_SCENARIO, "/steps/0/do"},
    {"scenarios/ordinary.json", "\"permit\": \"running\"", "\"other\": \"running\"", CODE_SERVICE_SCENARIO,
     "/steps/2/expect/steps"},
};

static void every_fault_is_told_at_its_place(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++) {
        const struct fault_case *c = &FAULTS[i];
        result r = service_check(k.c.catalogue, k.a, kit_service_with(&k, c->path, c->from, c->to));
        bool found = false;
        for (const struct problem *p = r.problem; p; p = p->next) {
            found = found || ((c->code == CODE_OK || p->code == c->code) &&
                              slice_search(p->field, slice_cstr(c->place)) != SIZE_MAX);
            assert_true(problem_remedy(k.a, p, LANG_ZH).n > 0 && problem_remedy(k.a, p, LANG_EN).n > 0);
        }
        if (!found)
            fail_msg("fault %zu (%s -> %s): not told at %s; told:\n%.*s", i, c->from, c->to, c->place,
                     SLICE_ARG(result_text(k.a, r, LANG_EN)));
    }
}

static void missing_files_and_bad_paths(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    struct service_files all = kit_service(&k);
    static const char *const NEEDED[] = {"service.json", "process.bpmn", "form.json", "scenarios/ordinary.json"};
    for (size_t m = 0; m < 4; m++) {
        struct service_file *list = NEW_ARRAY(k.a, struct service_file, all.n);
        size_t n = 0;
        for (size_t i = 0; i < all.n; i++)
            if (!slice_is(all.list[i].path, NEEDED[m])) list[n++] = all.list[i];
        result r = service_check(k.c.catalogue, k.a, (struct service_files){list, n});
        if (!told(r, CODE_SERVICE_FOLDER, NEEDED[m]) && !told(r, CODE_SERVICE_SCENARIO, "scenarios/"))
            fail_msg("%s is not missed", NEEDED[m]);
    }
    const char *bad[] = {"../x", "/etc/passwd", "a\\b", "", ".hidden"};
    for (size_t i = 0; i < 5; i++) {
        const struct service_file one = {slice_cstr(bad[i]), S("{}")};
        assert_true(told(service_check(k.c.catalogue, k.a, (struct service_files){&one, 1}), CODE_SERVICE_FOLDER, ""));
    }
    const struct service_file twice[] = {{S("a.json"), S("{}")}, {S("a.json"), S("{}")}};
    assert_code(service_check(k.c.catalogue, k.a, (struct service_files){twice, 2}), CODE_SERVICE_FOLDER);
}

static void a_case_stays_on_its_version(struct store_fixture *f)
{
    struct city_kit k;
    const struct service *one, *two, *old;
    city_kit_open(&k, f);
    struct service_files v1 = kit_service(&k), v2 = kit_service_with(&k, "service.json", "夜市", "夜间集市");
    assert_good(k.a, catalogue_install(k.c.catalogue, k.a, &v1, 1, k.now));
    assert_good(k.a, catalogue_current(k.c.catalogue, k.a, S("stall_permit"), &one));
    struct slice hash = arena_copy(k.a, service_hash(one));
    assert_good(k.a, catalogue_install(k.c.catalogue, k.a, &v2, 1, k.now + 1));
    assert_good(k.a, catalogue_current(k.c.catalogue, k.a, S("stall_permit"), &two));
    assert_false(slice_eq(service_hash(two), hash));
    assert_good(k.a, catalogue_by_hash(k.c.catalogue, k.a, hash, &old));
    assert_true(slice_eq(service_hash(old), hash));
    /* a fresh process finds the current one and the old one in the database */
    struct arena *b = arena_new("second process");
    struct catalogue *again;
    const struct service *s;
    assert_good(b, catalogue_open(b, &k.c, k.data, &again));
    assert_code(catalogue_current(again, b, S("stall_permit"), &s), CODE_NOT_FOUND);
    assert_good(b, catalogue_refresh(again, b));
    assert_good(b, catalogue_current(again, b, S("stall_permit"), &s));
    assert_true(slice_eq(service_hash(s), service_hash(two)));
    assert_good(b, catalogue_by_hash(again, b, hash, &s));
    assert_true(slice_eq(service_hash(s), hash));
    assert_code(catalogue_by_hash(again, b, S("no such hash"), &s), CODE_NOT_FOUND);
    arena_free(b);
}

/* A version in use outlives its replacement and goes with its last user. */
static void versions_live_as_long_as_they_are_held(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    struct service_files v1 = kit_service(&k);
    struct arena *user = arena_new("user");
    const struct service *held;
    struct catalogue *c;
    struct arena *life = arena_new("catalogue");
    struct city no_store = k.c;
    no_store.store = NULL;
    assert_good(life, catalogue_open(life, &no_store, k.data, &c));
    assert_good(life, catalogue_install(c, life, &v1, 1, k.now));
    assert_good(user, catalogue_current(c, user, S("stall_permit"), &held));
    arena_free(life); /* the whole catalogue goes; the version does not */
    assert_slice(service_code(held), "stall_permit");
    assert_non_null(service_model(held));
    arena_free(user);
}

static void the_hash_covers_every_byte(struct store_fixture *f)
{
    struct city_kit k;
    const struct service *s;
    struct slice seen[4];
    city_kit_open(&k, f);
    struct service_files v[] = {kit_service(&k), kit_service_with(&k, "size.dmn", "small", "tiny"),
                                kit_service_with(&k, "scenarios/ordinary.json", "通常情形", "一般情形"),
                                kit_service_with(&k, "documents/permit.json", "准予你", "同意你")};
    for (size_t i = 0; i < 4; i++) {
        assert_good(k.a, catalogue_install(k.c.catalogue, k.a, &v[i], 1, k.now));
        assert_good(k.a, catalogue_current(k.c.catalogue, k.a, S("stall_permit"), &s));
        seen[i] = arena_copy(k.a, service_hash(s));
        for (size_t j = 0; j < i; j++) assert_false(slice_eq(seen[i], seen[j]));
    }
    assert_good(k.a, catalogue_install(k.c.catalogue, k.a, &v[0], 1, k.now));
    assert_good(k.a, catalogue_current(k.c.catalogue, k.a, S("stall_permit"), &s));
    assert_true(slice_eq(service_hash(s), seen[0])); /* the same folder has the same hash, always */
}

/* ---- services that call services ---- */

static struct slice replaced(struct arena *a, struct slice text, const char *from, struct slice to)
{
    struct slice needle = slice_cstr(from);
    size_t at = slice_search(text, needle);
    if (at == SIZE_MAX) return text;
    struct slice rest = replaced(a, slice_sub(text, at + needle.n, text.n), from, to);
    return arena_printf(a, "%.*s%.*s%.*s", (int)at, text.p, SLICE_ARG(to), SLICE_ARG(rest));
}

/* The example under another code, calling another service once it is accepted, when `calls` is given. */
static struct service_files renamed(struct city_kit *k, const char *code, const char *calls)
{
    struct service_files x = kit_service(k);
    struct service_file *list = NEW_ARRAY(k->a, struct service_file, x.n);
    for (size_t i = 0; i < x.n; i++) {
        list[i] = x.list[i];
        list[i].bytes = replaced(k->a, list[i].bytes, "stall_permit", slice_cstr(code));
        if (!calls || !slice_is(list[i].path, "process.bpmn")) continue;
        struct slice with =
            arena_printf(k->a,
                         "<callActivity id=\"sub\" calledElement=\"%s\"/><sequenceFlow id=\"f3\" sourceRef=\"size\" "
                         "targetRef=\"sub\"/><sequenceFlow id=\"f3b\" sourceRef=\"sub\" targetRef=\"review\"/>",
                         calls);
        list[i].bytes =
            replaced(k->a, list[i].bytes, "<sequenceFlow id=\"f3\" sourceRef=\"size\" targetRef=\"review\"/>", with);
    }
    return (struct service_files){list, x.n};
}

static void callers_wait_for_what_they_call_and_stay_with_it(struct store_fixture *f)
{
    struct city_kit k;
    const struct service *caller, *again;
    city_kit_open(&k, f);
    struct service_files set[] = {renamed(&k, "big_matter", "small_matter"), renamed(&k, "small_matter", NULL)};
    assert_true(told(catalogue_install(k.c.catalogue, k.a, set, 1, k.now), CODE_PROCESS_CALLED_UNKNOWN, "#sub"));
    assert_good(k.a, catalogue_install(k.c.catalogue, k.a, set, 2, k.now)); /* in any order */
    assert_good(k.a, catalogue_current(k.c.catalogue, k.a, S("big_matter"), &caller));
    struct slice hash = arena_copy(k.a, service_hash(caller));
    /* a new version of the called one does not change the caller */
    struct service_files sub2 = renamed(&k, "small_matter", NULL);
    struct service_file *list = NEW_ARRAY(k.a, struct service_file, sub2.n);
    for (size_t i = 0; i < sub2.n; i++) list[i] = sub2.list[i];
    list[0].bytes = arena_printf(k.a, "%.*s\n", SLICE_ARG(list[0].bytes));
    sub2.list = list;
    assert_good(k.a, catalogue_install(k.c.catalogue, k.a, &sub2, 1, k.now));
    assert_good(k.a, catalogue_current(k.c.catalogue, k.a, S("big_matter"), &again));
    assert_true(slice_eq(service_hash(again), hash));
    /* and a fresh process puts the same pair together again */
    struct arena *b = arena_new("second process");
    struct catalogue *other;
    assert_good(b, catalogue_open(b, &k.c, k.data, &other));
    assert_good(b, catalogue_by_hash(other, b, hash, &again));
    arena_free(b);
    /* published anew it takes the new one: another hash */
    assert_good(k.a, catalogue_install(k.c.catalogue, k.a, set, 1, k.now));
    assert_good(k.a, catalogue_current(k.c.catalogue, k.a, S("big_matter"), &again));
    assert_false(slice_eq(service_hash(again), hash));
    /* round in a circle there is no end */
    struct service_files circle[] = {renamed(&k, "left_one", "right_one"), renamed(&k, "right_one", "left_one")};
    assert_code(catalogue_install(k.c.catalogue, k.a, circle, 2, k.now), CODE_PROCESS_CALLED_UNKNOWN);
    assert_code(catalogue_current(k.c.catalogue, k.a, S("left_one"), &again), CODE_NOT_FOUND);
}

/* 行政许可法 art. 32 (4): without the timer silence never accepts. So such a service is not published, nor who calls it. */
static void silence_accepts_in_called_services_too(struct store_fixture *f)
{
    struct city_kit k;
    const struct service *s;
    city_kit_open(&k, f);
    struct service_files set[] = {renamed(&k, "big_matter", "small_matter"), renamed(&k, "small_matter", NULL)};
    struct service_file *list = NEW_ARRAY(k.a, struct service_file, set[1].n);
    for (size_t i = 0; i < set[1].n; i++) {
        list[i] = set[1].list[i];
        list[i].bytes = replaced(k.a, list[i].bytes, "id=\"silence\"", S("id=\"silence\" cancelActivity=\"false\""));
    }
    set[1].list = list;
    assert_true(told(service_check(k.c.catalogue, k.a, set[1]), CODE_PROCESS_ACCEPTANCE_CLOCK, "#accept"));
    result r = catalogue_install(k.c.catalogue, k.a, set, 2, k.now);
    assert_true(told(r, CODE_PROCESS_ACCEPTANCE_CLOCK, "small_matter/process.bpmn"));
    assert_true(told(r, CODE_PROCESS_CALLED_UNKNOWN, "big_matter/process.bpmn"));
    assert_code(catalogue_current(k.c.catalogue, k.a, S("big_matter"), &s), CODE_NOT_FOUND);
    assert_code(catalogue_current(k.c.catalogue, k.a, S("small_matter"), &s), CODE_NOT_FOUND);
}

/* ---- publication ---- */

static void publication_takes_two_people(struct store_fixture *f)
{
    struct city_kit k;
    struct id id, other;
    struct slice hash, none = {0};
    const struct service *s;
    const struct json *list;
    city_kit_open(&k, f);
    struct actor asks = kit_staff(&k, "pub1", ROLE_PUBLISHER), approves = kit_staff(&k, "pub2", ROLE_PUBLISHER),
                 designer = kit_staff(&k, "des", ROLE_DESIGNER);
    struct service_files files = kit_service(&k);
    assert_code(publication_request(&k.c, k.a, &designer, files, k.now, &id, &hash), CODE_FORBIDDEN);
    assert_true(failed(publication_request(
        &k.c, k.a, &asks, kit_service_with(&k, "service.json", "\"n\": 5,", "\"n\": 50,"), k.now, &id, &hash)));
    assert_good(k.a, publication_request(&k.c, k.a, &asks, files, k.now, &id, &hash));
    assert_code(catalogue_current(k.c.catalogue, k.a, S("stall_permit"), &s), CODE_NOT_FOUND);
    assert_good(k.a, publication_list(&k.c, k.a, 10, none, &list)); /* named, though no version is published yet */
    assert_slice(json_string(json_get(json_get(list, "items")->items[0], "name"), "en"), "Street stall permit");
    assert_code(publication_approve(&k.c, k.a, &asks, id, k.now), CODE_TWO_PEOPLE);
    assert_code(publication_approve(&k.c, k.a, &designer, id, k.now), CODE_FORBIDDEN);
    assert_code(publication_approve(&k.c, k.a, &approves, id_new(k.now), k.now), CODE_NOT_FOUND);
    assert_good(k.a, publication_approve(&k.c, k.a, &approves, id, k.now));
    assert_code(publication_approve(&k.c, k.a, &approves, id, k.now), CODE_REQUEST_SETTLED);
    assert_good(k.a, catalogue_current(k.c.catalogue, k.a, S("stall_permit"), &s));
    assert_true(slice_eq(service_hash(s), hash));
    assert_code(publication_request(&k.c, k.a, &asks, files, k.now, &other, &hash), CODE_PUBLICATION_SAME);
    assert_good(k.a, publication_list(&k.c, k.a, 10, none, &list));
    const struct json *row_ = json_get(list, "items")->items[0];
    assert_slice(json_string(row_, "state"), "approved");
    assert_true(json_bool(row_, "current", false));
    assert_good(k.a, studio_list(&k.c, k.a, 10, none, &list));
    assert_int_equal(json_get(json_get(list, "items")->items[0], "versions")->n, 1);
    assert_good(k.a, studio_files(&k.c, k.a, S("stall_permit"), hash, &list));
    assert_true(json_get(json_get(list, "files"), "process.bpmn") != NULL);
    assert_code(studio_files(&k.c, k.a, S("other"), hash, &list), CODE_NOT_FOUND);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action LIKE 'publication.%'"), 2);
}

/* ---- search ---- */

static size_t hits(struct city_kit *k, struct catalogue_filter f, const char *first)
{
    const struct service *const *list;
    size_t n;
    catalogue_search(k->c.catalogue, k->a, &f, &list, &n);
    if (first && (!n || !slice_is(service_code(list[0]), first))) fail_msg("%s is not first of %zu", first, n);
    return n;
}

static void search_finds_chinese_and_english(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    struct service_files set[] = {kit_service(&k), renamed(&k, "other_one", NULL)};
    struct service_file *list = NEW_ARRAY(k.a, struct service_file, set[1].n);
    for (size_t i = 0; i < set[1].n; i++) {
        list[i] = set[1].list[i];
        if (!slice_is(list[i].path, "service.json")) continue;
        list[i].bytes = replaced(k.a, list[i].bytes, "占道经营许可\"", S("食品经营许可\""));
        list[i].bytes = replaced(k.a, list[i].bytes, "Street stall permit", S("Food business licence"));
    }
    set[1].list = list;
    assert_good(k.a, catalogue_install(k.c.catalogue, k.a, set, 2, k.now));
    struct catalogue_filter all = {.area = -1};
    assert_int_equal(hits(&k, all, "other_one"), 2); /* without a query: by code */
    struct catalogue_filter q = {.area = -1, .q = S("占道")};
    assert_int_equal(hits(&k, q, "stall_permit"), 1);
    q.q = S("食品 许可");
    assert_int_equal(hits(&k, q, "other_one"), 1);
    q.q = S("经营许可"); /* both have it */
    assert_int_equal(hits(&k, q, NULL), 2);
    q.q = S("FOOD");
    assert_int_equal(hits(&k, q, "other_one"), 1);
    q.q = S("licen"); /* a word begun */
    assert_int_equal(hits(&k, q, "other_one"), 1);
    q.q = S("請問食品經營許可怎麼辦理？"); /* asked in whole, in traditional characters */
    assert_int_equal(hits(&k, q, "other_one"), 1);
    q.q = S("食品经营许可证年报"); /* no service has all of it: the nearest first */
    assert_int_equal(hits(&k, q, "other_one"), 1);
    q.q = S("番茄炒蛋怎么做");
    assert_int_equal(hits(&k, q, NULL), 0);
    q.q = S("摆摊"); /* a keyword */
    assert_int_equal(hits(&k, q, NULL), 2);
    q.q = S("离婚");
    assert_int_equal(hits(&k, q, NULL), 0);
    q.q = S("！？");
    assert_int_equal(hits(&k, q, NULL), 0);
    struct catalogue_filter other = {.area = 2};
    assert_int_equal(hits(&k, other, NULL), 0);
    other =
        (struct catalogue_filter){.area = 1, .audience = S("person"), .department = S("scjg"), .town = S("441900003")};
    assert_int_equal(hits(&k, other, NULL), 2);
    other.department = S("gaj");
    assert_int_equal(hits(&k, other, NULL), 0);
    const struct service *s;
    assert_good(k.a, catalogue_current(k.c.catalogue, k.a, S("stall_permit"), &s));
    const struct json *card = service_card_json(k.a, k.c.catalogue, s),
                      *full = service_full_json(k.a, k.c.catalogue, s);
    assert_slice(json_string(json_get(card, "fee"), "en"), "Free of charge");
    assert_int_equal(json_get(full, "halls")->n, 1);
    assert_slice(json_string(json_get(json_get(full, "steps")->items[0], "department"), "zh"), "市场监管局");
}

static void city_data_faults_are_told(void **state)
{
    struct arena *a = *state;
    struct citydata *d;
    static const struct {
        const char *file, *text, *place;
    } CASES[] = {
        {"departments.json", "[{\"code\":\"a\",\"kind\":\"department\"}]", "departments.json/0/name"},
        {"departments.json", "[{\"code\":\"a\",\"kind\":\"x\",\"name\":{\"zh\":\"甲\",\"en\":\"A\"},\"uscc\":\"123\"}]",
         "departments.json/0/uscc"},
        {"departments.json", "{}", "departments.json"},
        {"towns.json",
         "[{\"code\":\"1\",\"name\":{\"zh\":\"甲\",\"en\":\"A\"}},{\"code\":\"1\",\"name\":{\"zh\":\"甲\",\"en\":\"A\"}}]",
         "towns.json/1/code"},
        {"halls.json",
         "[{\"id\":\"h\",\"town\":\"9\",\"name\":{\"zh\":\"甲\",\"en\":\"A\"},\"address\":{\"zh\":\"甲\",\"en\":\"A\"},\"hours\":{\"zh\":\"甲\",\"en\":\"A\"},\"windows\":0}]",
         "halls.json/0/town"},
        {"staff.json", "[{\"login\":\"a\",\"name\":\"A\",\"department\":\"none\",\"town\":\"*\"}]",
         "staff.json/0/department"},
        {"staff.json", "[{\"login\":\"a\",\"name\":\"A\",\"department\":\"*\",\"town\":\"*\",\"roles\":[\"king\"]}]",
         "staff.json/0/roles"},
        {"persons.json", "[{\"login\":\"a\",\"name\":\"A\",\"id_kind\":\"resident_id\",\"id_number\":\"1\"}]",
         "persons.json/0/id_number"},
        {"enterprises.json", "[{\"login\":\"a\",\"name\":\"A\",\"uscc\":\"1\"}]", "enterprises.json/0/uscc"},
        {"licence_types.json", "[{\"code\":\"card\",\"type_code\":\"11441900TB000036X2001\"}]",
         "licence_types.json/0/type_code"},
        {"licence_types.json", "[{\"code\":\"card\",\"department\":\"nowhere\"}]", "licence_types.json/0/department"},
        {"licence_types.json", "[{\"code\":\"card\",\"holder\":\"dog\"}]", "licence_types.json/0/holder"},
        {"licence_types.json", "[{\"code\":\"card\",\"valid_years\":51}]", "licence_types.json/0/valid_years"},
        {"licence_types.json", "[{\"code\":\"card\",\"law\":\"\"}]", "licence_types.json/0/law"},
        {"licence_types.json", "[{\"code\":\"card\"},{\"code\":\"card\"}]", "licence_types.json/1/code"},
        {"licence_purposes.json", "[{\"code\":\"duty\",\"name\":\"x\"}]", "licence_purposes.json/0/departments"},
        {"licence_purposes.json", "[{\"code\":\"duty\",\"name\":\"x\",\"departments\":[\"nowhere\"]}]",
         "licence_purposes.json/0/departments"},
        {"licence_purposes.json",
         "[{\"code\":\"duty\",\"name\":\"x\",\"law\":{\"zh\":\"法\"},\"departments\":[\"*\"]}]",
         "licence_purposes.json/0/law"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct service_file one = {slice_cstr(CASES[i].file), slice_cstr(CASES[i].text)};
        result r = citydata_read(a, (struct service_files){&one, 1}, &d);
        if (!told(r, CODE_CITY_DATA, CASES[i].place))
            fail_msg("case %zu: not told; told:\n%.*s", i, SLICE_ARG(result_text(a, r, LANG_EN)));
    }
    assert_good(a, citydata_read(a, (struct service_files){NULL, 0}, &d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(the_example_is_good_and_can_be_looked_at),
        ON_SQLITE(every_fault_is_told_at_its_place),
        ON_SQLITE(missing_files_and_bad_paths),
        ON_BOTH(a_case_stays_on_its_version),
        ON_SQLITE(versions_live_as_long_as_they_are_held),
        ON_SQLITE(the_hash_covers_every_byte),
        ON_BOTH(callers_wait_for_what_they_call_and_stay_with_it),
        ON_BOTH(silence_accepts_in_called_services_too),
        ON_BOTH(publication_takes_two_people),
        ON_SQLITE(search_finds_chinese_and_english),
        TEST(city_data_faults_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
