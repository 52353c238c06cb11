/* The parser of departments' figures: each rule by its field and line. */
#include "areas/00_supervision/claims/claims.h"
#include "base/testing.h"

#define HEAD "month,department,service,service_name,cases,source\n"

static void both_forms_are_read(void **state)
{
    struct arena *a = *state;
    struct own_figures f;
    static const char *const GOOD[] = {
        "\xef\xbb\xbf" HEAD "2021-09,scjg,establish_company,,120,\"窗口系统, 月报\"\r\n\n2021-09,scjg,*,,0,月报\n",
        "source,cases,service,month,department\n\"窗口系统, 月报\",120,establish_company,2021-09,scjg\n月报,0,*,2021-09,scjg",
        "{\"figures\":[{\"month\":\"2021-09\",\"department\":\"scjg\",\"service\":\"establish_company\",\"cases\":120,\"source\":"
        "\"窗口系统, 月报\"},{\"month\":\"2021-09\",\"department\":\"scjg\",\"service\":\"*\",\"cases\":\"0\",\"source\":\"月报\"}]}"};
    for (size_t i = 0; i < 3; i++) {
        assert_good(a, own_read(a, S("f"), slice_cstr(GOOD[i]), &f));
        assert_int_equal(f.n, 2);
        assert_int_equal(f.list[0].month, 202109);
        assert_int_equal(f.list[0].n, 120);
        assert_slice(f.list[0].source, "窗口系统, 月报");
        assert_slice(f.list[1].service, "*");
        assert_int_equal(f.list[1].n, 0);
    }
}

static void each_fault_names_its_place(void **state)
{
    struct arena *a = *state;
    struct own_figures f;
    static const struct {
        const char *text, *field;
    } BAD[] = {
        {"month,department,service,source\n2021-09,scjg,x,s\n", "f:1#cases"},
        {HEAD "2021-13,scjg,x,,1,s\n", "f:2#month"},
        {HEAD "2021-09,,x,,1,s\n", "f:2#department"},
        {HEAD "2021-09,市监,x,,1,s\n", "f:2#department"},
        {HEAD "2021-09,scjg,a b,,1,s\n", "f:2#service"},
        {HEAD "2021-09,scjg,x,,-1,s\n", "f:2#cases"},
        {HEAD "2021-09,scjg,x,,1.5,s\n", "f:2#cases"},
        {HEAD "2021-09,scjg,x,,100000001,s\n", "f:2#cases"},
        {HEAD "2021-09,scjg,x,,1,\n", "f:2#source"},
        {HEAD "2021-09,scjg,x,,1\n", "f:2#"},
        {HEAD "2021-09,scjg,x,,1,s\n2021-08,scjg,x,,1,s\n2021-09,scjg,x,,2,s\n", "f:4#service"},
        {HEAD, "f#figures"},
        {"[{\"month\":\"2021-09\",\"department\":\"scjg\",\"service\":\"x\",\"cases\":true,\"source\":\"s\"}]",
         "f:1#cases"},
        {"{\"other\":[]}", "f#/figures"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        result r = own_read(a, S("f"), slice_cstr(BAD[i].text), &f);
        assert_true(failed(r));
        assert_slice(r.problem->field, BAD[i].field);
    }
}

static void much_is_refused_at_once(void **state)
{
    struct arena *a = *state;
    struct own_figures f;
    struct buf b = buf_new(a, 2 * 1024 * 1024);
    buf_puts(&b, HEAD);
    for (int i = 0; i < 20001; i++) buf_puts(&b, "2021-09,scjg,x,,1,s\n");
    assert_code(own_read(a, S("f"), buf_slice(&b), &f), CODE_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(both_forms_are_read), TEST(each_fault_names_its_place),
                                       TEST(much_is_refused_at_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
