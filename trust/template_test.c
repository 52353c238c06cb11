/* Templates: the documentation's own examples, every kind of mistake, filters, and the rendered PDF. */
#include "base/testing.h"
#include "trust/outside.h"
#include "trust/pdf.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const instant MADE = INT64_C(1619744400000); /* 2021-04-30T09:00:00+08:00 */

static const char DATA[] =
    "{\"number\":\"JY14419000000011\",\"applicant\":{\"name\":\"东莞市某某餐饮管理服务有限责任公司\",\"id_number\":\"91441900MA4UK2XX0C\"},"
    "\"legal_representative\":\"欧阳某某\",\"items\":[\"热食类食品制售\",\"冷食类食品制售\"],\"valid_to\":\"2026年4月29日\","
    "\"issuer\":{\"zh\":\"示例市市场监督管理局\"},\"date\":\"2021年4月30日\",\"issued_on\":\"2021-04-30\","
    "\"certificate_id\":\"1.2.156.3005.2.X.Y.1.001.K\",\"verify_url\":\"https://tongban.example/verify/AbC\","
    "\"case\":{\"number\":\"E-1\",\"service\":{\"zh\":\"食品经营许可\"}},\"filed_on\":\"2021-04-28\",\"at\":\"2021-04-30T09:05:00+08:00\","
    "\"materials\":[{\"name\":{\"zh\":\"申请书\"}},{\"name\":{\"zh\":\"平面图\"}}],\"reasons\":[\"场所不符\"],"
    "\"remedies\":{\"zh\":\"可以申请行政复议。\"},\"fee\":1234560,\"debt\":-5,\"yes\":true,\"nothing\":null,\"none\":[]}";

static const struct json *data(struct arena *a)
{
    return test_json(a, slice_cstr(DATA));
}

/* The JSON blocks of the designers' page. */
static const struct json *example(struct arena *a, const char *path, int which)
{
    struct slice text = test_file(a, path), fence = S("```json\n");
    for (int i = 0; i <= which; i++) {
        size_t at = slice_search(text, fence);
        assert_true(at != SIZE_MAX);
        text = slice_sub(text, at + fence.n, SIZE_MAX);
    }
    return test_json(a, slice_sub(text, 0, slice_search(text, S("```"))));
}

static const struct document_template *parsed(struct arena *a, const struct json *v)
{
    const struct document_template *t = NULL;
    assert_good(a, template_parse(a, v, S("t.json"), &t));
    return t;
}

static void documentation(void **state)
{
    struct arena *a = *state;
    static const char *const pages[] = {"docs/designers/documents.md", "docs/designers/documents.zh-CN.md"};
    for (int i = 0; i < 2; i++) {
        struct filled f;
        struct slice pdf;
        const struct document_template *t = parsed(a, example(a, pages[i], 0));
        assert_int_equal(template_kind(t), DOCUMENT_LICENCE);
        assert_good(a, template_fill(a, t, data(a), &f));
        assert_int_equal(f.nfields, 5);
        assert_slice(f.fields[3].value, "热食类食品制售、冷食类食品制售");
        assert_good(a, pdf_render(a, t, data(a), MADE, false, &pdf));
        t = parsed(a, example(a, pages[i], 1));
        assert_good(a, template_fill(a, t, data(a), &f));
        assert_int_equal(f.nbody, 7); /* two paragraphs, heading, two materials, heading, one reason */
        assert_slice(f.body[3].text.zh, "1. 申请书");
        assert_slice(f.body[0].text.zh, "你（单位）于2021年4月28日提出的食品经营许可申请（E-1）收悉。");
        assert_slice(f.contact, "联系人：  电话：");
        assert_good(a, pdf_render(a, t, data(a), MADE, false, &pdf));
    }
}

/* A letter with one paragraph. */
static const struct json *letter(struct arena *a, const char *paragraph)
{
    return test_json(
        a, arena_printf(
               a,
               "{\"document\":\"letter\",\"issuer\":\"{{issuer.zh}}\",\"title\":\"通知书\",\"number\":\"{{number}}\","
               "\"addressee\":\"{{applicant.name}}\",\"date\":\"{{date}}\",\"body\":[%s]}",
               paragraph));
}

static void filters(void **state)
{
    struct arena *a = *state;
    static const char *const cases[][2] = {
        {"{{issued_on|date}}", "2021年4月30日"},
        {"{{ at | date }}", "2021年4月30日"},
        {"{{issued_on|date_en}}", "30 April 2021"},
        {"{{at|datetime}}", "2021年4月30日 09:05"},
        {"{{fee|money}}", "12,345.60元"},
        {"{{debt|money}}", "-0.05元"},
        {"{{fee}}{{yes}}", "1234560是"},
        {"[{{absent|optional}}{{nothing|optional}}{{a.b|date|optional}}]", "[]"},
        {"{{items|list}}", "热食类食品制售、冷食类食品制售"},
        {"{{none|list}}", ""},
        {"{{applicant.id_number|mask}}", "9144**********XX0C"},
        {"{{legal_representative|mask}}", "欧***"},
        {"{{items.1}}", "冷食类食品制售"},
        {"{{materials.0.name.zh}}", "申请书"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct filled f;
        const struct document_template *t = parsed(a, letter(a, arena_cstr(a, arena_printf(a, "\"%s\"", cases[i][0]))));
        assert_good(a, template_fill(a, t, data(a), &f));
        assert_slice(f.body[0].text.zh, cases[i][1]);
    }
}

static void unresolved(void **state)
{
    struct arena *a = *state;
    static const char *const cases[] = {"\"{{absent}}\"",
                                        "\"{{applicant}}\"",
                                        "\"{{items}}\"",
                                        "\"{{number|date}}\"",
                                        "\"{{issued_on|datetime}}\"",
                                        "\"{{number|money}}\"",
                                        "\"{{applicant|list}}\"",
                                        "\"{{items.2}}\"",
                                        "\"{{nothing}}\"",
                                        "{\"each\":\"absent\",\"text\":\"x\"}",
                                        "{\"each\":\"number\",\"text\":\"x\"}",
                                        "{\"each\":\"items\",\"text\":\"{{item.name}}\"}",
                                        "\"{{materials|list}}\""};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct filled f;
        assert_code(template_fill(a, parsed(a, letter(a, cases[i])), data(a), &f), CODE_TEMPLATE_REFERENCE);
    }
    struct filled f;
    result r = template_fill(a, parsed(a, letter(a, "\"好\",\"{{applicant.phone}}\"")), data(a), &f);
    assert_slice(r.problem->field, "t.json/body/1"); /* the place and the path are named */
    assert_slice(r.problem->args[0].value, "applicant.phone");
}

static void conditions(void **state)
{
    struct arena *a = *state;
    struct filled f;
    const char *body =
        "{\"when\":\"yes\",\"text\":\"1\"},{\"when\":\"none\",\"text\":\"2\"},{\"unless\":\"absent.x\",\"text\":\"3\"},{\"unless\":\"items\",\"text\":\"4\"},"
        "{\"each\":\"none|optional\",\"text\":\"5\"},{\"each\":\"absent|optional\",\"text\":\"6\"},{\"each\":\"materials\",\"when\":\"item.name\",\"text\":\"{{index}}\"}";
    assert_good(a, template_fill(a, parsed(a, letter(a, body)), data(a), &f));
    assert_int_equal(f.nbody, 4);
    assert_slice(f.body[1].text.zh, "3");
    assert_slice(f.body[3].text.zh, "2");
}

static void mistakes(void **state)
{
    struct arena *a = *state;
    static const char *const bad[] = {"\"{{a\"",
                                      "\"a}}\"",
                                      "\"{{}}\"",
                                      "\"{{a.}}\"",
                                      "\"{{a b}}\"",
                                      "\"{{a|upper}}\"",
                                      "\"{{item}}\"",
                                      "\"{{index}}\"",
                                      "\"\"",
                                      "7",
                                      "{\"text\":\"a\",\"colour\":\"red\"}",
                                      "{\"text\":\"a\",\"heading\":\"b\"}",
                                      "{}",
                                      "{\"text\":{\"en\":\"x\"}}",
                                      "{\"text\":\"a\",\"when\":\"x|date\"}",
                                      "{\"text\":\"a\",\"indent\":1}",
                                      "\"{{a.b.c.d.e.f.g.h.i}}\""};
    const struct document_template *t;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_code(template_parse(a, letter(a, bad[i]), S("t.json"), &t), CODE_TEMPLATE_SYNTAX);
    static const char *const whole[] = {
        "{}",
        "{\"document\":\"poster\"}",
        "[]",
        "null",
        "{\"document\":\"letter\",\"issuer\":\"a\",\"title\":\"b\",\"number\":\"c\",\"addressee\":\"d\",\"date\":\"e\",\"body\":[\"x\"],\"adverse\":true}",
        "{\"document\":\"letter\",\"issuer\":\"a\",\"title\":\"b\",\"number\":\"c\",\"addressee\":\"d\",\"date\":\"e\",\"body\":[]}",
        "{\"document\":\"letter\",\"issuer\":\"a\",\"title\":\"b\",\"number\":\"c\",\"addressee\":\"d\",\"date\":\"e\",\"body\":[\"x\"],\"page\":{\"size\":\"B5\"}}",
        "{\"document\":\"licence\",\"issuer\":\"a\",\"title\":\"b\",\"date\":\"e\",\"fields\":[{\"label\":\"l\",\"value\":\"v\"}],\"qr\":\"q\"}",
    };
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        assert_code(template_parse(a, test_json(a, slice_cstr(whole[i])), S("t.json"), &t), CODE_TEMPLATE_SYNTAX);
    /* all problems at once */
    result r = template_parse(a, letter(a, "\"{{a\",\"}}\",{\"x\":1}"), S("t.json"), &t);
    int n = 0;
    for (const struct problem *p = r.problem; p; p = p->next) n++;
    assert_true(n >= 3);
}

static void references(void **state)
{
    struct arena *a = *state;
    const struct slice *paths;
    const bool *optional;
    const struct document_template *t =
        parsed(a, letter(a, "{\"each\":\"materials\",\"text\":\"{{item.name.zh}} {{filed_on|optional|date}}\"}"));
    size_t n = template_references(a, t, &paths, &optional), found = 0;
    for (size_t i = 0; i < n; i++) {
        assert_false(slice_starts(paths[i], S("item")));
        if (slice_is(paths[i], "filed_on")) found += optional[i];
        if (slice_is(paths[i], "materials")) found += !optional[i];
    }
    assert_int_equal(n, 6);
    assert_int_equal(found, 2);
}

static void spoofing(void **state)
{
    struct arena *a = *state;
    struct filled f;
    const struct json *d =
        json_merge(a, data(a), test_json(a, S("{\"x\":\"甲\\u202e乙\\u0007丙\\u2066丁\\n戊\\u2014\"}")));
    assert_good(a, template_fill(a, parsed(a, letter(a, "\"{{x}}\"")), d, &f));
    assert_slice(f.body[0].text.zh, "甲乙丙丁\n戊—"); /* the em dash shares its first byte with the overrides */
}

static void rendered(void **state)
{
    struct arena *a = *state;
    struct slice pdf, again, later;
    const struct document_template *t = parsed(a, example(a, "docs/designers/documents.md", 0));
    assert_good(a, pdf_render(a, t, data(a), MADE, false, &pdf));
    assert_good(a, pdf_render(a, t, data(a), MADE, false, &again));
    assert_true(slice_eq(pdf, again)); /* the same bytes */
    assert_good(a, pdf_render(a, t, data(a), MADE + MS_SECOND, false, &later));
    assert_false(slice_eq(pdf, later));
    assert_true(pdf.n < 60 * 1024);
    struct slice text;
    if (!outside(a, "pdftotext", "-layout", pdf, "-", &text)) {
        if (getenv("CI")) fail_msg("pdftotext is missing");
        print_message("skipped 1: pdftotext is missing\n");
        return;
    }
    static const char *const parts[] = {
        "东莞市某某餐饮管理服务有限责任公司", "91441900MA4UK2XX0C", "欧阳某某", "2026年4月29日", "示例市市场监督管理局",
        "1.2.156.3005.2.X.Y.1.001.K"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_true(slice_search(text, slice_cstr(parts[i])) != SIZE_MAX);
}

static size_t pages_of(struct slice pdf)
{
    size_t n = 0;
    for (struct slice s = pdf;; n++) {
        size_t at = slice_search(s, S("/Type /Page %"));
        if (at == SIZE_MAX) return n;
        s = slice_sub(s, at + 1, SIZE_MAX);
    }
}

static void long_texts(void **state)
{
    struct arena *a = *state;
    struct slice pdf;
    struct buf body = buf_new(a, 1 << 20);
    for (int i = 0; i < 40; i++)
        buf_printf(
            &body,
            "%s\"第%d条　申请人应当如实提交有关材料和反映真实情况，并对其申请材料实质内容的真实性负责。行政机关不得要求申请人提交与其申请的行政许可事项无关的技术资料和其他材料。\"",
            i ? "," : "", i + 1);
    assert_good(a, pdf_render(a, parsed(a, letter(a, arena_cstr(a, buf_slice(&body)))), data(a), MADE, false, &pdf));
    assert_true(pages_of(pdf) >= 3 && pages_of(pdf) <= 6);
    assert_true(pdf.n < pages_of(pdf) * 60 * 1024);
    /* more than ten pages, and a licence that does not fit one, are refused */
    const struct json *d =
        json_merge(a, data(a), test_json(a, arena_printf(a, "{\"x\":[%.*s]}", SLICE_ARG(buf_slice(&body)))));
    assert_code(
        pdf_render(
            a,
            parsed(
                a,
                letter(
                    a,
                    "{\"each\":\"x\",\"text\":\"{{item}}\"},{\"each\":\"x\",\"text\":\"{{item}}\"},{\"each\":\"x\",\"text\":\"{{item}}\"}")),
            d, MADE, false, &pdf),
        CODE_PDF_RENDER);
    const char *licence =
        "{\"document\":\"licence\",\"issuer\":\"a\",\"title\":\"b\",\"date\":\"e\",\"certificate_id\":\"c\",\"qr\":\"q\","
        "\"fields\":[{\"each\":\"x\",\"label\":\"条\",\"value\":\"{{item}}\"}]}";
    assert_code(pdf_render(a, parsed(a, test_json(a, slice_cstr(licence))), d, MADE, false, &pdf), CODE_PDF_RENDER);
    /* a glyph that no font has must not become a box on a certificate */
    d = json_merge(a, data(a), test_json(a, S("{\"applicant\":{\"name\":\"\\u0378\"}}")));
    assert_code(pdf_render(a, parsed(a, letter(a, "\"x\"")), d, MADE, false, &pdf), CODE_PDF_RENDER);
}

/* 样证 across every page when the signature will have no force: a reader of the text finds it too. */
static void specimens_say_so(void **state)
{
    struct arena *a = *state;
    for (int specimen = 0; specimen < 2; specimen++) {
        struct slice pdf, said;
        const struct document_template *t = parsed(a, example(a, "docs/designers/documents.md", 0));
        assert_good(a, pdf_render(a, t, data(a), MADE, specimen, &pdf));
        if (!outside(a, "pdftotext", "-raw", pdf, "-", &said)) {
            if (getenv("CI")) fail_msg("pdftotext is missing");
            print_message("skipped 1: pdftotext is missing\n");
            return;
        }
        assert_int_equal(slice_search(said, S("SPECIMEN")) != SIZE_MAX, specimen);
    }
}

/* Workers draw at the same time: each gets the bytes that one alone gets. */
struct drawing {
    struct slice expected;
    int good;
};

static void *draw_many(void *p)
{
    struct drawing *d = p;
    for (int i = 0; i < 20; i++) {
        struct arena *a = arena_new("drawing");
        const struct document_template *t = NULL;
        const struct json *source, *values;
        struct slice pdf;
        struct slice text =
            S("{\"document\":\"letter\",\"issuer\":\"甲\",\"title\":\"通知书\",\"number\":\"1\",\"addressee\":\"乙\","
              "\"date\":\"2021年4月30日\",\"body\":[\"受理。\"],\"qr\":\"https://x/y\"}");
        if (!failed(json_parse(a, text, 4096, S("t"), &source)) &&
            !failed(json_parse(a, S("{}"), 16, S("d"), &values)) && !failed(template_parse(a, source, S("t"), &t)) &&
            !failed(pdf_render(a, t, values, MADE, false, &pdf))) {
            if (!d->expected.n) d->expected = slice_of(malloc(pdf.n), pdf.n);
            if (!d->good) memcpy((char *)(uintptr_t)d->expected.p, pdf.p, pdf.n);
            d->good += slice_eq(pdf, d->expected);
        }
        arena_free(a);
    }
    return NULL;
}

static void threads(void **state)
{
    (void)state;
    struct drawing d[4] = {0};
    pthread_t t[4];
    for (int i = 0; i < 4; i++) assert_int_equal(pthread_create(&t[i], NULL, draw_many, &d[i]), 0);
    for (int i = 0; i < 4; i++) pthread_join(t[i], NULL);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(d[i].good, 20);
        assert_true(slice_eq(d[i].expected, d[0].expected));
    }
    for (int i = 0; i < 4; i++) free((char *)(uintptr_t)d[i].expected.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(documentation), TEST(filters),          TEST(unresolved), TEST(conditions),
                                       TEST(mistakes),      TEST(references),       TEST(spoofing),   TEST(rendered),
                                       TEST(long_texts),    TEST(specimens_say_so), TEST(threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
