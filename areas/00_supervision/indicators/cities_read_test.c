/* Files of other cities' figures: what is read, and that each bad line is named with field, rule and remedy in both languages. */
#include "areas/00_supervision/indicators/indicators.h"

#include "base/testing.h"

#define HEAD "city,name,indicator,component,period,value,source\n"

static const struct definitions *definitions(struct arena *a)
{
    const struct definitions *d;
    assert_good(a, definitions_read(a, &d));
    return d;
}

static result read(struct arena *a, const char *text, struct city_figures *out)
{
    return cities_read(a, definitions(a), S("f.csv"), slice_cstr(text), S("441900"), out);
}

static void the_definitions_fit_together(void **state)
{
    struct arena *a = *state;
    const struct definitions *d = definitions(a);
    assert_int_equal(d->ncomponents, 8);
    for (size_t i = 0; i < INDICATORS; i++) {
        assert_true(d->indicators[i].nscored > 0);
        assert_true(d->indicators[i].name.zh.n && d->indicators[i].name.en.n && d->indicators[i].tier.n);
    }
    const struct indicator *first = indicator_find(d, 1);
    assert_true(indicator_counts(first, S("establish_company"), NULL));
    assert_false(indicator_counts(first, S("seal_engraving"), test_json(a, S("{\"area\":1}"))));
    assert_true(indicator_counts(indicator_find(d, 2), S("anything"), test_json(a, S("{\"area\":2}"))));
    assert_false(indicator_counts(indicator_find(d, 2), S("anything"), NULL));
    assert_null(indicator_find(d, 19));
    /* the frontier of a component, not the general rule */
    size_t procedures = component_find(d, S("procedures"));
    bool found = false;
    for (size_t k = 0; k < first->nscored; k++)
        found = found || (first->scored[k].component == procedures && !first->scored[k].by_cities &&
                          first->scored[k].frontier.worst > 17.9 && first->scored[k].frontier.worst < 18.1);
    assert_true(found);
}

static void months(void **state)
{
    struct arena *a = *state;
    int64_t m;
    assert_int_equal(month_add(202101, -1), 202012);
    assert_int_equal(month_add(202012, 1), 202101);
    assert_int_equal(month_add(202111, 14), 202301);
    assert_int_equal(months_between((struct period){202011, 202101}), 3);
    assert_true(month_scan(S("2021-09"), &m));
    assert_int_equal(m, 202109);
    assert_slice(month_text(a, m), "2021-09");
    assert_false(month_scan(S("2021-13"), &m));
    assert_false(month_scan(S("2021-9"), &m));
    assert_false(month_scan(S("2021/09"), &m));
}

static void the_example_is_read(void **state)
{
    struct arena *a = *state;
    struct city_figures f;
    assert_good(
        a, cities_read(a, definitions(a), S("x"), test_file(a, "data/indicators/cities.example.csv"), S("441900"), &f));
    assert_int_equal(f.n, 5);
    assert_int_equal(f.list[4].indicator, 6);
    assert_true(f.list[4].component == COMPONENT_SCORE);
    assert_slice(f.list[4].text, "88.5");
}

static void quotation_marks_and_any_order(void **state)
{
    struct arena *a = *state;
    struct city_figures f;
    assert_good(a, read(a,
                        "\xef\xbb\xbfvalue,source,note,period,component,indicator,name,city\r\n"
                        "0.97,\"a \"\"b\"\", c\nd\",x,2021-09,online,17,深圳,440300\r\n\r\n",
                        &f));
    assert_int_equal(f.n, 1);
    assert_slice(f.list[0].source, "a \"b\", c\nd");
    assert_slice(f.list[0].city, "440300");
    assert_true(f.list[0].value > 0.969 && f.list[0].value < 0.971);
}

static void json_too(void **state)
{
    struct arena *a = *state;
    struct city_figures f;
    const char *text =
        "{\"figures\":[{\"city\":\"440300\",\"name\":\"深圳\",\"indicator\":1,\"component\":\"days\",\"period\":\"2021\","
        "\"value\":1.5,\"source\":\"s\"}]}";
    assert_good(a, read(a, text, &f));
    assert_int_equal(f.n, 1);
    assert_int_equal(f.list[0].indicator, 1);
    assert_code(read(a, "{\"a\":1}", &f), CODE_FIELD_REQUIRED);
    assert_code(read(a, "[{\"city\":\"440300\"", &f), CODE_JSON_SYNTAX);
    result r = read(
        a,
        "[{\"city\":\"440300\",\"name\":\"x\",\"indicator\":1,\"component\":\"days\",\"period\":\"2021\",\"value\":true,"
        "\"source\":\"s\"}]",
        &f);
    assert_code(r, CODE_FIELD_REQUIRED);
    assert_slice(r.problem->field, "f.csv:1#value");
}

static void every_bad_line_is_named(void **state)
{
    static const struct {
        const char *line, *field;
        enum code code;
    } BAD[] = {
        {"440300,深圳,1,days,2021,1.5,\n", "f.csv:3#source", CODE_FIELD_REQUIRED},
        {"SZ,深圳,1,days,2021,1.5,s\n", "f.csv:3#city", CODE_FIELD_TYPE},
        {"441900,东莞,1,days,2021,1.5,s\n", "f.csv:3#city", CODE_FIELD_TYPE},
        {"440300,深圳,19,days,2021,1.5,s\n", "f.csv:3#indicator", CODE_FIELD_TYPE},
        {"440300,深圳,1.0,days,2021,1.5,s\n", "f.csv:3#indicator", CODE_FIELD_TYPE},
        {"440300,深圳,1,time_,2021,1.5,s\n", "f.csv:3#component", CODE_FIELD_ENUM},
        {"440300,深圳,1,days,2021-00,1.5,s\n", "f.csv:3#period", CODE_FIELD_TYPE},
        {"440300,深圳,1,days,2021,-1,s\n", "f.csv:3#value", CODE_FIELD_TYPE},
        {"440300,深圳,1,days,2021,1e3,s\n", "f.csv:3#value", CODE_FIELD_TYPE},
        {"440300,深圳,1,days,2021,1,s,more\n", "f.csv:3#", CODE_FIELD_TYPE},
        {"440300,深圳,1,online,2021,97,s\n", "f.csv:3#value", CODE_FIELD_TYPE},
        {"440300,深圳,1,score,2021,100.1,s\n", "f.csv:3#value", CODE_FIELD_TYPE},
        {"440100,广州,1,days,2021,2,s\n", "f.csv:3#period", CODE_FIELD_TYPE},
    };
    struct arena *a = *state;
    struct city_figures f;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct slice text = arena_printf(a, HEAD "440100,广州,1,days,2021,2,s\n%s", BAD[i].line);
        result r = read(a, arena_cstr(a, text), &f);
        assert_code(r, BAD[i].code);
        assert_slice(r.problem->field, BAD[i].field);
        assert_null(r.problem->next);
        struct slice zh = problem_text(a, r.problem, LANG_ZH), en = problem_text(a, r.problem, LANG_EN);
        assert_true(zh.n && en.n && !slice_eq(zh, en) && slice_search(zh, S("{")) == SIZE_MAX &&
                    slice_search(en, S("{")) == SIZE_MAX);
        assert_true(problem_remedy(a, r.problem, LANG_ZH).n && problem_remedy(a, r.problem, LANG_EN).n);
    }
}

static void all_faults_at_once(void **state)
{
    struct arena *a = *state;
    struct city_figures f;
    result r = read(a, HEAD "x y,n,1,days,2021,1,s\n440300,n,0,days,20,abc,s\n", &f);
    size_t n = 0;
    for (const struct problem *p = r.problem; p; p = p->next) n++;
    assert_int_equal(n, 4);
    r = read(a, "city,name,indicator\n", &f);
    assert_code(r, CODE_FIELD_REQUIRED);
    assert_slice(r.problem->field, "f.csv:1#component");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_definitions_fit_together),
        TEST(months),
        TEST(the_example_is_read),
        TEST(quotation_marks_and_any_order),
        TEST(json_too),
        TEST(every_bad_line_is_named),
        TEST(all_faults_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
