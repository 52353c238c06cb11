/* Decisions of several services: folders checked with every fault at its place, in force by date, drafts that nobody overwrites,
 * differences, publication by two people. */
#include "city/decisions/decisions.h"

#include <stdlib.h>

#include "city/testkit.h"

static struct service_files folder(struct city_kit *k, const char *path)
{
    struct service_files f;
    const char *root = getenv("TONGBAN_SOURCE_ROOT");
    assert_non_null(root);
    assert_good(k->a, service_files_read(k->a, arena_printf(k->a, "%s/%s", root, path), &f));
    return f;
}

#define HOUSE "areas/08_registering_property/decisions/house_sale_taxes"
#define MATRIX "areas/03_construction_permits/decisions/dual_risk_matrix"
#define SAMPLING "areas/16_market_supervision/decisions/sampling_ratio"

static struct slice replaced(struct arena *a, struct slice text, const char *from, const char *to)
{
    size_t at = slice_search(text, slice_cstr(from));
    if (at == SIZE_MAX) fail_msg("not in the file: %s", from);
    return arena_printf(a, "%.*s%s%.*s", (int)at, text.p, to, SLICE_ARG(slice_sub(text, at + strlen(from), text.n)));
}

static struct service_files with(struct city_kit *k, struct service_files f, const char *path, const char *from,
                                 const char *to)
{
    struct service_file *list = NEW_ARRAY(k->a, struct service_file, f.n);
    for (size_t i = 0; i < f.n; i++) {
        list[i] = f.list[i];
        if (slice_is(f.list[i].path, path)) list[i].bytes = replaced(k->a, f.list[i].bytes, from, to);
    }
    return (struct service_files){list, f.n};
}

static bool told(result r, enum code code, const char *place)
{
    for (const struct problem *p = r.problem; p; p = p->next)
        if (p->code == code && slice_search(p->field, slice_cstr(place)) != SIZE_MAX) return true;
    return false;
}

/* The city's department list is a small one in this kit: owners are named by one that it has. */
static struct service_files owned(struct city_kit *k, const char *path, const char *owner)
{
    return with(k, folder(k, path), "decision.json", owner, "\"department\": \"scjg\"");
}

static struct service_files sampling(struct city_kit *k)
{
    return owned(k, SAMPLING, "\"department\": \"scjg\"");
}

static void the_real_ones_hold(struct store_fixture *f)
{
    struct city_kit k;
    struct decision_version *v;
    city_kit_open(&k, f);
    struct service_files all[] = {sampling(&k), owned(&k, HOUSE, "\"department\": \"sw\""),
                                  owned(&k, MATRIX, "\"department\": \"zjj\"")};
    for (size_t i = 0; i < 3; i++) {
        assert_good(k.a, decision_compile(k.c.catalogue, k.a, all[i], true, &v));
        const struct json *examples = decision_examples(k.a, v);
        assert_true(examples->n >= 20);
        for (size_t e = 0; e < examples->n; e++) assert_true(json_bool(examples->items[e], "good", false));
    }
    /* the examples would notice: another rate, another bound, another day */
    assert_true(
        told(decision_compile(k.c.catalogue, k.a,
                              with(&k, all[0], "sampling.dmn", "<text>0.03</text>", "<text>0.04</text>"), true, &v),
             CODE_DECISION_EXAMPLE, "examples/ratios.json#/examples/"));
    assert_true(
        told(decision_compile(k.c.catalogue, k.a, with(&k, all[1], "taxes.dmn", "&lt;= 140", "&lt;= 141"), true, &v),
             CODE_DMN_OVERLAP, "taxes.dmn"));
    assert_true(told(
        decision_compile(k.c.catalogue, k.a,
                         with(&k, all[1], "examples/boundaries.json", "\"deed_rate\": 0.01,", "\"deed_rate\": 0.02,"),
                         true, &v),
        CODE_DECISION_EXAMPLE, "#/examples/0"));
}

static void every_fault_is_told_at_its_place(struct store_fixture *f)
{
    static const struct {
        const char *path, *from, *to;
        enum code code;
        const char *place;
    } FAULTS[] = {
        {"decision.json", "\"scjg\"", "\"nobody\"", CODE_SERVICE_FOLDER, "decision.json#/department"},
        {"decision.json", "\"decision\": \"sample\"", "\"decision\": \"simple\"", CODE_SERVICE_FOLDER,
         "decision.json#/decision"},
        {"decision.json", "\"valid_to\": null", "\"valid_to\": \"2020-12-31\"", CODE_SERVICE_FOLDER,
         "decision.json#/valid_to"},
        {"decision.json", "\"key\"", "\"kee\"", CODE_FIELD_REQUIRED, "decision.json#/key"},
        {"decision.json", "\"r_c\"", "\"r_x\"", CODE_SERVICE_FOLDER, "decision.json#/source/3/rules/4"},
        {"sampling.dmn", "<text>&quot;D&quot;</text>", "<text>&quot;C&quot;</text>", CODE_DMN_GAP, "sampling.dmn"},
        {"sampling.dmn", "ceiling(objects", "ceiling(object", CODE_DMN_NAME, "sampling.dmn"},
        {"examples/ratios.json", "\"count\": 124", "\"count\": 125", CODE_DECISION_EXAMPLE, "#/examples/7"},
        {"examples/ratios.json", "\"r_a\"", "\"r_b\"", CODE_DECISION_EXAMPLE, "#/examples/0"},
        {"examples/ratios.json", "\"examples\"", "\"exemples\"", CODE_FIELD_REQUIRED, "examples/ratios.json"},
    };
    struct city_kit k;
    city_kit_open(&k, f);
    for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++) {
        struct decision_version *v;
        result r = decision_compile(k.c.catalogue, k.a,
                                    with(&k, sampling(&k), FAULTS[i].path, FAULTS[i].from, FAULTS[i].to), true, &v);
        if (!told(r, FAULTS[i].code, FAULTS[i].place)) {
            for (const struct problem *p = r.problem; p; p = p->next)
                print_message("%.*s %s\n", SLICE_ARG(p->field), code_name(p->code));
            fail_msg("%s: %s", FAULTS[i].path, FAULTS[i].to);
        }
    }
    struct service_file stray[] = {{S("run.sh"), S("x")}};
    struct decision_version *v;
    assert_true(told(decision_compile(k.c.catalogue, k.a, (struct service_files){stray, 1}, true, &v),
                     CODE_SERVICE_FOLDER, "run.sh"));
}

static void decided_by_the_law_of_the_day(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    struct service_files old =
        with(&k, sampling(&k), "decision.json", "\"valid_to\": null", "\"valid_to\": \"2023-12-31\"");
    struct service_files next = with(&k, sampling(&k), "decision.json", "\"2021-01-01\"", "\"2024-01-01\"");
    struct decisions *d = catalogue_decisions(k.c.catalogue);
    struct service_files both[] = {next, old};
    day last, first, before;
    assert_true(day_scan(S("2023-12-31"), &last));
    assert_true(day_scan(S("2024-01-01"), &first));
    assert_true(day_scan(S("2020-12-31"), &before));
    assert_good(k.a, catalogue_install(k.c.catalogue, k.a, both, 2, k.now));
    const struct decision_version *a = decision_on(d, S("sampling_ratio"), last),
                                  *b = decision_on(d, S("sampling_ratio"), first);
    assert_non_null(a);
    assert_non_null(b);
    assert_true(a != b && a->valid_to == last && b->valid_from == first);
    assert_null(decision_on(d, S("sampling_ratio"), before));
    assert_null(decision_on(d, S("other"), last));
    /* what is published later for the same days takes their place; the earlier one is found by its hash */
    struct service_files mended = with(&k, next, "decision.json", "抽查的比例和抽取数量", "抽查的比例和数量");
    assert_good(k.a, catalogue_install(k.c.catalogue, k.a, &mended, 1, k.now + 1));
    assert_true(decision_on(d, S("sampling_ratio"), first) != b);
    assert_true(decision_by_hash(d, b->hash) == b);
    /* another process reads the same from the database */
    struct catalogue *again;
    assert_good(k.a, catalogue_open(k.a, &k.c, k.data, &again));
    assert_good(k.a, catalogue_refresh(again, k.a));
    assert_slice(decision_on(catalogue_decisions(again), S("sampling_ratio"), first)->hash,
                 arena_cstr(k.a, decision_on(d, S("sampling_ratio"), first)->hash));
}

static const struct json *body(struct city_kit *k, const char *text)
{
    return test_json(k->a, slice_cstr(text));
}

static void nothing_typed_is_lost(struct store_fixture *f)
{
    struct city_kit k;
    const struct json *out;
    city_kit_open(&k, f);
    struct actor designer = kit_staff(&k, "designer", ROLE_DESIGNER), other = kit_staff(&k, "other", ROLE_DESIGNER),
                 handler = kit_staff(&k, "handler", ROLE_HANDLER);
    struct service_files good = sampling(&k), bad = with(&k, good, "sampling.dmn", "ceiling(", "ceiling((");
    assert_good(k.a, decision_draft_save(&k.c, k.a, &designer, S("sampling_ratio"), bad, 0, k.now, &out));
    assert_false(json_bool(out, "good", true)); /* kept all the same */
    assert_int_equal(json_int(out, "rev", 0), 1);
    /* two at once: the second is refused, and nothing is overwritten */
    assert_good(k.a, decision_draft_save(&k.c, k.a, &other, S("sampling_ratio"), good, 1, k.now, &out));
    assert_code(decision_draft_save(&k.c, k.a, &designer, S("sampling_ratio"), bad, 1, k.now, &out),
                CODE_STORE_VERSION);
    assert_code(decision_draft_save(&k.c, k.a, &handler, S("sampling_ratio"), good, 2, k.now, &out), CODE_FORBIDDEN);
    assert_code(decision_draft_save(&k.c, k.a, &designer, S("Bad Key"), good, 0, k.now, &out), CODE_DECISION_KEY);
    assert_good(k.a, decision_show(&k.c, k.a, S("sampling_ratio"), &out));
    assert_int_equal(json_int(json_get(out, "draft"), "rev", 0), 2);
    assert_true(json_get(json_get(out, "files"), "sampling.dmn") != NULL);
    assert_good(k.a, decisions_list(&k.c, k.a, &out));
    assert_slice(json_string(json_get(out, "items")->items[0], "state"), "draft");
}

static void two_people_and_a_report(struct store_fixture *f)
{
    struct city_kit k;
    const struct json *out;
    struct id comparison, id;
    size_t done;
    city_kit_open(&k, f);
    struct actor designer = kit_staff(&k, "designer", ROLE_DESIGNER),
                 publisher = kit_staff(&k, "publisher", ROLE_PUBLISHER),
                 second = kit_staff(&k, "second", ROLE_PUBLISHER);
    struct service_files first = sampling(&k),
                         next = with(&k, first, "sampling.dmn", "A 级：不高于百分之一", "A 级：百分之一");
    assert_good(k.a, catalogue_install(k.c.catalogue, k.a, &first, 1, k.now));
    assert_good(k.a, decision_draft_save(&k.c, k.a, &publisher, S("sampling_ratio"), next, 0, k.now, &out));
    assert_good(k.a, comparison_begin(&k.c, k.a, &designer, S("sampling_ratio"), first, 10, S("a look at the old one"),
                                      k.now, &id));
    assert_good(k.a, comparisons_run(&k.c, k.a, k.now, 1, &done));
    /* of another folder, or not finished: no report */
    assert_code(decision_request(&k.c, k.a, &publisher, S("sampling_ratio"), id, k.now, &id), CODE_DECISION_REPORT);
    assert_good(k.a, comparison_begin(&k.c, k.a, &publisher, S("sampling_ratio"), next, 10, S("before publishing"),
                                      k.now, &comparison));
    assert_code(decision_request(&k.c, k.a, &publisher, S("sampling_ratio"), comparison, k.now, &id),
                CODE_DECISION_REPORT);
    assert_good(k.a, comparisons_run(&k.c, k.a, k.now, 5, &done));
    assert_good(k.a, comparison_show(&k.c, k.a, comparison, &out));
    assert_slice(json_string(out, "state"), "done");
    assert_int_equal(json_int(out, "total", -1), 0);
    assert_good(k.a, decision_request(&k.c, k.a, &publisher, S("sampling_ratio"), comparison, k.now, &id));
    assert_code(decision_reject(&k.c, k.a, &second, id, S(""), k.now), CODE_FIELD_REQUIRED);
    assert_code(decision_reject(&k.c, k.a, &designer, id, S("x"), k.now), CODE_FORBIDDEN);
    assert_good(k.a, decision_reject(&k.c, k.a, &second, id, S("依据不足"), k.now));
    assert_code(decision_release(&k.c, k.a, &second, id, k.now), CODE_REQUEST_SETTLED);
    assert_good(k.a, decision_show(&k.c, k.a, S("sampling_ratio"), &out));
    assert_slice(json_string(json_get(out, "publications")->items[0], "reason"), "依据不足");
    assert_true(json_get(out, "draft")->type != JSON_NULL); /* it stays, to be mended */
    assert_good(k.a, decision_request(&k.c, k.a, &publisher, S("sampling_ratio"), comparison, k.now + 1, &id));
    assert_code(decision_release(&k.c, k.a, &publisher, id, k.now), CODE_TWO_PEOPLE);
    assert_code(decision_release(&k.c, k.a, &designer, id, k.now), CODE_FORBIDDEN);
    assert_good(k.a, decision_release(&k.c, k.a, &second, id, k.now + 5));
    assert_code(decision_release(&k.c, k.a, &second, id, k.now + 6), CODE_REQUEST_SETTLED);
    const struct decision_version *v = decision_latest(catalogue_decisions(k.c.catalogue), S("sampling_ratio"));
    assert_int_equal(v->published_at, k.now + 5);
    assert_good(k.a, decision_show(&k.c, k.a, S("sampling_ratio"), &out));
    assert_int_equal(json_get(out, "versions")->n, 2);
    assert_true(json_get(out, "draft")->type == JSON_NULL);
    const struct json *report = json_get(json_get(out, "publications")->items[0], "report"),
                      *change = json_get(report, "changes")->items[0];
    assert_int_equal(json_get(report, "changes")->n, 1);
    assert_slice(json_string(change, "kind"), "rule_words");
    assert_slice(json_string(change, "rule"), "r_a");
}

static void differences_by_rule(struct store_fixture *f)
{
    struct city_kit k;
    city_kit_open(&k, f);
    struct service_files was = sampling(&k),
                         now = with(&k, was, "sampling.dmn", "<text>0.03</text>", "<text>0.05</text>");
    const struct json *d = decision_difference(k.a, was, now);
    assert_int_equal(d->n, 1);
    assert_slice(json_string(d->items[0], "kind"), "rule_changed");
    assert_slice(json_string(d->items[0], "rule"), "r_b");
    const struct json *cell = json_get(d->items[0], "changed")->items[0];
    assert_slice(json_string(cell, "was"), "0.03");
    assert_slice(json_string(cell, "now"), "0.05");
    d = decision_difference(k.a, was, with(&k, was, "sampling.dmn", "<rule id=\"r_b\"", "<rule id=\"r_b2\""));
    assert_int_equal(d->n, 2);
    assert_slice(json_string(d->items[0], "kind"), "rule_removed");
    assert_slice(json_string(d->items[1], "kind"), "rule_added");
    d = decision_difference(k.a, was, with(&k, was, "sampling.dmn", "ceiling(", "floor("));
    assert_slice(json_string(d->items[0], "kind"), "decision_changed");
    d = decision_difference(k.a, was, with(&k, was, "decision.json", "\"2021-01-01\"", "\"2025-01-01\""));
    assert_slice(json_string(d->items[0], "member"), "valid_from");
}

static void told_in_words(struct store_fixture *f)
{
    struct city_kit k;
    const struct json *out;
    city_kit_open(&k, f);
    assert_good(k.a,
                decision_try(
                    &k.c, k.a, owned(&k, HOUSE, "\"department\": \"sw\""),
                    body(&k, "{\"contract_date\":\"2024-12-01\",\"city\":\"441900\",\"home\":\"first\",\"area_m2\":120,"
                             "\"price_yuan\":1000000,\"held_since\":\"2010-01-01\",\"sole_home\":true}"),
                    k.now, &out));
    assert_slice(json_write(k.a, json_get(json_get(out, "result"), "deed_tax")), "10000");
    const struct json *list = json_get(out, "because"), *deed = NULL;
    for (size_t i = 0; i < list->n; i++)
        if (slice_is(json_string(list->items[i], "rule"), "d24_first_small")) deed = list->items[i];
    assert_non_null(deed);
    struct slice zh = json_string(json_get(deed, "because"), "zh"), en = json_string(json_get(deed, "because"), "en");
    assert_true(slice_search(zh, S("建筑面积（平方米） ≤ 140（实际 120）")) != SIZE_MAX);
    assert_true(slice_search(zh, S("家庭唯一住房")) != SIZE_MAX);
    assert_true(slice_search(zh, S("契税税率：0.01")) != SIZE_MAX);
    assert_true(slice_search(en, S("Floor area (m²) ≤ 140 (here 120)")) != SIZE_MAX);
    assert_true(slice_search(en, S("≥ 2024-12-01")) != SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE(the_real_ones_hold),
        ON_SQLITE(every_fault_is_told_at_its_place),
        ON_BOTH(decided_by_the_law_of_the_day),
        ON_BOTH(nothing_typed_is_lost),
        ON_BOTH(two_people_and_a_report),
        ON_SQLITE(differences_by_rule),
        ON_SQLITE(told_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
