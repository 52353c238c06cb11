#include "city/search/search.h"

#include "city/sql.h"
#include "store/store_test_support.h"

static void folds(void **state)
{
    struct arena *a = *state;
    assert_slice(search_fold(a, S("ＡＢＣ１２３　個體戶「營業執照」A-b")), "abc123 个体户 营业执照 a b");
    assert_slice(search_fold(a, S("  ，。 ")), "");
    assert_slice(search_fold(a, S("好\xff坏")), "好");
    assert_slice(search_question(a, S("請問個體戶怎麼註銷？")), "个体户 注销");
    assert_slice(search_question(a, S("How do I close a shop?")), "close shop");
    assert_slice(search_question(a, S("什么？")), "什么"); /* nothing else in it */
}

struct change {
    const struct search_text *t;
    size_t n;
    struct slice remove;
    bool refuse;
};

static result change_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct change *x = ctx;
    TRY(search_add(tx, a, SEARCH_TRIAL, x->t, x->n));
    if (x->remove.n) TRY(search_remove(tx, a, SEARCH_TRIAL, x->remove));
    return x->refuse ? fail(a, CODE_CONFLICT, S("test"), "value", S("refused"), NULL) : ok();
}

/* References of the answer, best first: "a b c". */
static struct slice ask(struct store_fixture *f, const char *question)
{
    struct search_hit *h;
    size_t n;
    struct buf b = buf_new(f->a, 10000);
    assert_good(f->a, search_find(f->s, f->a, SEARCH_TRIAL, slice_cstr(question), 10, NULL, &h, &n));
    for (size_t i = 0; i < n; i++) {
        if (i) buf_putc(&b, ' ');
        buf_put(&b, h[i].ref);
        assert_true(h[i].coverage > 0 && h[i].coverage <= 1);
        assert_true(!i || h[i - 1].score >= h[i].score);
    }
    return buf_slice(&b);
}

#define T(s)               \
    {                      \
        (s), sizeof(s) - 1 \
    }
static const struct search_text TEXTS[] = {
    {T("wages"), T("工资拖欠怎么投诉"), T("用人单位拖欠工资的，劳动者可以向劳动保障监察机构投诉。")},
    {T("shop"), T("个体工商户注销"), T("个体工商户不再经营的，可以申请注销登记，也可以在网上办理。")},
    {T("company"), T("Closing a company"),
     T("A company that owes nothing may be closed by the simple way: form A-2, 20 days.")},
    {T("licence"), T("营业执照遗失"), T("营业执照遗失的，申请补发，无需登报声明。")},
};

static void migrate(struct store_fixture *f)
{
    int applied;
    assert_good(f->a, store_migrate(f->s, f->a, SEARCH_MIGRATIONS, SEARCH_NMIGRATIONS, &applied));
}

static void finds_what_was_put_in(struct store_fixture *f)
{
    migrate(f);
    assert_slice(ask(f, "注销"), "");
    struct change x = {TEXTS, sizeof TEXTS / sizeof *TEXTS, {NULL, 0}, false};
    assert_good(f->a, store_run(f->s, f->a, "add", change_body, &x));
    assert_true(slice_starts(ask(f, "注銷個體工商戶"), S("shop")));
    assert_true(slice_starts(ask(f, "被拖欠工资了"), S("wages")));
    assert_slice(ask(f, "ＣＬＯＳＥＤ"), "company");
    assert_slice(ask(f, "companies, closing; day"), "company");
    assert_slice(ask(f, "20 days"), "company");
    assert_slice(ask(f, "zebra"), "");
    assert_slice(ask(f, "！？"), "");
    assert_true(slice_starts(ask(f, "执照丢了要登报吗"), S("licence")));
}

static void a_change_replaces_and_a_removal_removes(struct store_fixture *f)
{
    migrate(f);
    struct change x = {TEXTS, 4, {NULL, 0}, false};
    assert_good(f->a, store_run(f->s, f->a, "add", change_body, &x));
    struct search_text again = {S("shop"), S("餐饮店开业"), S("开办餐饮店需要食品经营许可。")};
    x = (struct change){&again, 1, S("wages"), false};
    assert_good(f->a, store_run(f->s, f->a, "change", change_body, &x));
    assert_slice(ask(f, "注销登记"), "licence"); /* the new text has none of it, another has 登 */
    assert_slice(ask(f, "餐饮"), "shop");
    assert_slice(ask(f, "拖欠工资"), "");
    assert_int_equal(store_test_number(f, "SELECT docs FROM search_collection"), 3);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM search_doc"), 3);
    for (int i = 0; i < 3; i++) { /* taken out one by one, nothing is left */
        const char *refs[] = {"shop", "company", "licence"};
        x = (struct change){NULL, 0, slice_cstr(refs[i]), false};
        assert_good(f->a, store_run(f->s, f->a, "remove", change_body, &x));
    }
    assert_int_equal(store_test_number(f, "SELECT docs FROM search_collection"), 0);
    assert_int_equal(store_test_number(f, "SELECT length FROM search_collection"), 0);
    assert_int_equal(store_test_number(f, "SELECT sum(length(docs)) FROM search_posting"), 0);
    assert_int_equal(store_test_number(f, "SELECT count(*) FROM search_term WHERE docs <> 0"), 0);
}

static void what_its_owner_takes_back_is_not_found(struct store_fixture *f)
{
    migrate(f);
    struct change x = {TEXTS, 4, {NULL, 0}, true};
    assert_code(store_run(f->s, f->a, "add", change_body, &x), CODE_CONFLICT);
    assert_slice(ask(f, "营业执照"), "");
}

/* More texts than a chunk holds: numbers go on across its border, and removal finds the right place. */
static void goes_on_across_chunks(struct store_fixture *f)
{
    enum { N = 16384 + 40 };
    migrate(f);
    struct search_text *t = NEW_ARRAY(f->a, struct search_text, N);
    for (size_t i = 0; i < N; i++)
        t[i] = (struct search_text){arena_printf(f->a, "%zu", i), S(""), arena_printf(f->a, "第 n%zu 条", i)};
    struct change x = {t, N, S("16390"), false};
    assert_good(f->a, store_run(f->s, f->a, "add", change_body, &x));
    assert_slice(ask(f, "n3"), "3");
    assert_slice(ask(f, "n16383"), "16383");
    assert_slice(ask(f, "n16384"), "16384");
    assert_slice(ask(f, "n16390"), "");
    assert_slice(ask(f, "n16391"), "16391");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(folds),
        ON_BOTH(finds_what_was_put_in),
        ON_BOTH(a_change_replaces_and_a_removal_removes),
        ON_BOTH(what_its_owner_takes_back_is_not_found),
        ON_BOTH(goes_on_across_chunks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
