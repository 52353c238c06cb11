/* The layout of official papers: pages, tables over pages, fonts, and the same bytes for the same paper. */
#include "base/testing.h"
#include "trust/official.h"
#include "trust/outside.h"

#include <math.h>

static const instant MADE = INT64_C(1633651200000); /* 2021-10-08T08:00:00+08:00 */
enum { ROWS = 60, COLUMNS = 3 };

static struct official_paper paper(struct arena *a)
{
    struct official_part *parts = NEW_ARRAY(a, struct official_part, 8);
    struct official_table *t = NEW(a, struct official_table);
    struct official_chart *k = NEW(a, struct official_chart);
    struct official_column *c = NEW_ARRAY(a, struct official_column, COLUMNS);
    struct slice *cells = NEW_ARRAY(a, struct slice, ROWS * COLUMNS), *labels = NEW_ARRAY(a, struct slice, 2);
    double *v = NEW_ARRAY(a, double, 2);
    for (int i = 0; i < COLUMNS; i++) c[i] = (struct official_column){arena_printf(a, "栏%d", i), 10, OFFICIAL_LEFT};
    for (int i = 0; i < ROWS * COLUMNS; i++) cells[i] = arena_printf(a, "第%d格的内容较长，因此占用不止一行", i);
    *t = (struct official_table){S("表1　清单"), c, cells, COLUMNS, ROWS};
    labels[0] = S("8月");
    labels[1] = S("9月");
    v[0] = NAN;
    v[1] = 0.5;
    *k = (struct official_chart){.kind = OFFICIAL_LINES,
                                 .caption = S("图1　比率"),
                                 .labels = labels,
                                 .nlabels = 2,
                                 .nseries = 1,
                                 .percent = true,
                                 .decimals = 1};
    k->series[0].values = v;
    parts[0] = (struct official_part){.kind = OFFICIAL_HEADING, .text = S("一、总体情况")};
    parts[1] = (struct official_part){.kind = OFFICIAL_PARAGRAPH, .text = S("截至9月30日，全部任务已办结。")};
    parts[2] = (struct official_part){.kind = OFFICIAL_CHART_, .chart = k};
    parts[3] = (struct official_part){.kind = OFFICIAL_TABLE_, .table = t};
    parts[4] = (struct official_part){.kind = OFFICIAL_SMALL, .text = S("注：略。")};
    return (struct official_paper){.name = S("工作简报"),
                                   .issue = S("第1期"),
                                   .issuer = S("某市办公室"),
                                   .date = S("2021年10月8日"),
                                   .title = S("九月情况"),
                                   .parts = parts,
                                   .nparts = 5,
                                   .report_to = S("市领导。"),
                                   .send_to = S("各单位。"),
                                   .imprint = S("某市办公室印发"),
                                   .qr = S("https://tongban.example/verify/AbC")};
}

static size_t count(struct slice text, const char *part)
{
    size_t n = 0, at;
    for (struct slice s = text; (at = slice_search(s, slice_cstr(part))) != SIZE_MAX; n++)
        s = slice_sub(s, at + 1, SIZE_MAX);
    return n;
}

static struct slice text_of(struct arena *a, struct slice pdf)
{
    struct slice text = {NULL, 0};
    if (!outside(a, "pdftotext", "-layout", pdf, "-", &text)) {
        if (getenv("CI")) fail_msg("pdftotext is missing");
        print_message("skipped 1: pdftotext is missing\n");
        return (struct slice){NULL, 0};
    }
    return text;
}

static void same_paper_same_bytes(void **state)
{
    struct arena *a = *state;
    struct official_paper p = paper(a);
    struct slice one, two, later;
    struct official_fonts used;
    assert_good(a, official_render(a, &p, NULL, MADE, false, &used, &one));
    assert_good(a, official_render(a, &p, NULL, MADE, false, NULL, &two));
    assert_true(slice_eq(one, two));
    assert_good(a, official_render(a, &p, NULL, MADE + MS_SECOND, false, NULL, &later));
    assert_false(slice_eq(one, later));
    for (int i = 0; i < OFFICIAL_FACES; i++) assert_true(used.families[i].n > 0);
}

static void a_long_table_goes_over_pages(void **state)
{
    struct arena *a = *state;
    struct official_paper p = paper(a);
    struct slice pdf;
    assert_good(a, official_render(a, &p, NULL, MADE, false, NULL, &pdf));
    struct slice text = text_of(a, pdf);
    if (!text.n) return;
    size_t pages = count(text, "\f");
    assert_true(pages >= 3);
    assert_int_equal(count(text, "栏0"), count(text, "清单")); /* the head stands below each caption */
    assert_int_equal(count(text, "清单（续）"), count(text, "清单") - 1);
    assert_true(count(text, "清单（续）") >= pages - 2);
    for (size_t i = 1; i <= pages; i++) assert_int_equal(count(text, arena_cstr(a, arena_printf(a, "— %zu —", i))), 1);
    assert_int_equal(count(text, "50.0%"), 1);
    assert_int_equal(count(text, "报："), 1);
}

static void a_font_that_is_missing_is_said(void **state)
{
    struct arena *a = *state;
    struct official_paper p = paper(a);
    struct official_fonts fonts = {.families[OFFICIAL_TITLE] = S("No Such Font"),
                                   .families[OFFICIAL_HEI] = S("No Such Font, WenQuanYi Micro Hei")};
    struct slice pdf;
    result r = official_render(a, &p, &fonts, MADE, false, NULL, &pdf);
    assert_code(r, CODE_PDF_RENDER);
    assert_true(slice_search(result_text(a, r, LANG_EN), S("No Such Font")) != SIZE_MAX);
    fonts.families[OFFICIAL_TITLE] = S("WenQuanYi Micro Hei");
    assert_good(a, official_render(a, &p, &fonts, MADE, false, &fonts, &pdf));
    assert_slice(fonts.families[OFFICIAL_HEI], "WenQuanYi Micro Hei");
}

static void too_many_pages_are_refused(void **state)
{
    struct arena *a = *state;
    struct official_paper p = paper(a);
    struct official_part *parts = NEW_ARRAY(a, struct official_part, 2000);
    struct slice pdf;
    for (int i = 0; i < 2000; i++) parts[i] = (struct official_part){.kind = OFFICIAL_PARAGRAPH, .text = S("一段。")};
    p.parts = parts;
    p.nparts = 2000;
    assert_code(official_render(a, &p, NULL, MADE, false, NULL, &pdf), CODE_PDF_RENDER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(same_paper_same_bytes),
        TEST(a_long_table_goes_over_pages),
        TEST(a_font_that_is_missing_is_said),
        TEST(too_many_pages_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
