/* The articles and the guide that come with the program: all are installed, every question of a citizen below finds the article
 * that answers it, what the city does not do finds none, and the guide leads to each service of the catalogue. */
#include "areas/17_government_services/knowledge.h"
#include "city/sql.h"
#include "store/store_test_support.h"
#include "test/city/fixture.h"

static struct test_city *city(struct store_fixture *f, instant *now, size_t *n)
{
    struct test_city *t;
    struct service_files files;
    assert_true(instant_scan(S("2021-04-29T09:30:00+08:00"), now));
    struct test_city_options o = {.clock = now, .fresh = true};
    assert_good(f->a, test_city_open(f->a, f->s, &o, &t));
    store_fixture_reusable(f);
    const char *dir = test_city_source(f->a, "areas/17_government_services/knowledge");
    assert_good(f->a, service_files_read(f->a, slice_cstr(dir), &files));
    struct knowledge_import how = {.release = true, .keep = true};
    const struct json *report;
    assert_good(f->a, knowledge_check_folder(&t->city, f->a, files, *now, n));
    assert_int_equal(*n + 1, files.n);
    assert_good(f->a, knowledge_import(&t->city, f->a, files, how, *now, &report));
    assert_int_equal(json_int(report, "published", 0), *n);
    assert_slice(json_string(report, "guide"), "published");
    for (int keep = 0; keep < 2; keep++) { /* again: nothing changes, whether what is there is kept or compared */
        how.keep = keep;
        assert_good(f->a, knowledge_import(&t->city, f->a, files, how, *now + 86400000, &report));
        assert_int_equal(json_int(report, keep ? "kept" : "same", 0), *n);
        assert_int_equal(json_int(report, "published", 1), 0);
    }
    return t;
}

static const struct {
    enum lang lang;
    const char *question, *key;
} ASKED[] = {
    {LANG_ZH, "我想注册公司要带什么资料", "start_company_papers"},
    {LANG_ZH, "公章刻制收费吗", "seals"},
    {LANG_ZH, "營業執照多久可以領", "licence_time"},
    {LANG_ZH, "公司名称重名了怎么办", "company_name"},
    {LANG_ZH, "老人证怎么办理", "elder_card_apply"},
    {LANG_ZH, "忘记密码", "account"},
    {LANG_ZH, "失业登记需要离职证明吗", "unemployment_papers"},
    {LANG_ZH, "不服行政决定如何复议", "remedies"},
    {LANG_ZH, "怎样给员工买社保", "social_insurance"},
    {LANG_ZH, "开猎头公司的许可", "hr_permit"},
    {LANG_ZH, "对公账户预约", "bank_account"},
    {LANG_ZH, "谁看过我的个人信息", "personal_data"},
    {LANG_ZH, "可以委托中介代办吗", "delegate"},
    {LANG_EN, "How long does a business licence take?", "licence_time"},
    {LANG_EN, "choosing company names", "company_name"},
    {LANG_EN, "I forgot my password", "account"},
    {LANG_EN, "register as unemployed", "unemployment"},
    {LANG_EN, "withdraw my application", "withdraw"},
    {LANG_EN, "placement agency permit", "hr_permit"},
};
static const struct {
    enum lang lang;
    const char *question;
} FOREIGN[] = {{LANG_ZH, "今天股票会涨吗"},
               {LANG_ZH, "番茄炒蛋的做法"},
               {LANG_ZH, "去北京的高铁票"},
               {LANG_EN, "weather tomorrow"},
               {LANG_EN, "recipe for tomato soup"}};

static void the_articles_answer(struct store_fixture *f)
{
    instant now;
    struct knowledge_filter any = {0};
    size_t n, first = 0, count = sizeof ASKED / sizeof *ASKED;
    const struct json *v;
    struct test_city *t = city(f, &now, &n);
    assert_true(n >= 30);
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        assert_good(f->a, knowledge_search(&t->city, f->a, ASKED[i].lang, slice_cstr(ASKED[i].question), any, 3, false,
                                           now, &v));
        const struct json *items = json_get(v, "items");
        for (size_t k = 0; k < items->n; k++) {
            bool is = slice_is(json_string(items->items[k], "key"), ASKED[i].key);
            found = found || is;
            first += is && k == 0;
        }
        if (!found || !json_bool(v, "answered", false))
            fail_msg("%s: %.*s", ASKED[i].question, SLICE_ARG(json_write(f->a, v)));
    }
    assert_true(first + 2 >= count); /* nearly always the first one */
    for (size_t i = 0; i < sizeof FOREIGN / sizeof *FOREIGN; i++) {
        assert_good(f->a, knowledge_search(&t->city, f->a, FOREIGN[i].lang, slice_cstr(FOREIGN[i].question), any, 3,
                                           false, now, &v));
        if (json_bool(v, "answered", true)) fail_msg("%s: %.*s", FOREIGN[i].question, SLICE_ARG(json_write(f->a, v)));
    }
}

static const struct stmt GUIDE = {"test_guide", "SELECT content FROM kb_guide WHERE state = 'published'", NULL, false};

/* Services for everybody to apply for; the guide must name each. */
static void the_guide_leads_to_every_service(struct store_fixture *f)
{
    instant now;
    size_t n, count, missing = 0;
    struct rows r;
    const struct service *const *all;
    struct test_city *t = city(f, &now, &n);
    assert_good(f->a, store_query(f->s, f->a, &GUIDE, NULL, 0, &r));
    assert_int_equal(r.n, 1);
    struct catalogue_filter any = {.area = -1};
    catalogue_search(t->city.catalogue, f->a, &any, &all, &count);
    for (size_t i = 0; i < count; i++) {
        struct slice leaf = arena_printf(f->a, "\"service\":\"%.*s\"", SLICE_ARG(service_code(all[i])));
        if (slice_search(row(&r, 0)[0].s, leaf) != SIZE_MAX) continue;
        print_message("the guide does not lead to %.*s\n", SLICE_ARG(service_code(all[i])));
        missing++;
    }
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {ON_BOTH(the_articles_answer), ON_SQLITE(the_guide_leads_to_every_service)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
