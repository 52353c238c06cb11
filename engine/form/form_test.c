#include "base/testing.h"

#include "engine/form/form.h"

static const struct schema *form(struct arena *a, const char *text)
{
    const struct schema_options o = {.assert_format = true, .forms = true};
    const struct schema *s = NULL;
    assert_good(a, schema_compile(a, test_json(a, slice_cstr(text)), &o, S("form.json"), &s));
    return s;
}

static const char company[] =
    "{\"type\":\"object\",\"title\":{\"zh\":\"设立企业\",\"en\":\"New company\"},\"required\":[\"name\",\"kind\",\"legal\",\"contact\"],\"properties\":{"
    "\"name\":{\"type\":\"string\",\"title\":{\"zh\":\"企业名称\",\"en\":\"Company name\"},\"minLength\":4,\"maxLength\":30,\"x-group\":\"basic\","
    "\"pattern\":\"公司$\",\"description\":{\"zh\":\"以“公司”结尾\",\"en\":\"It ends in 公司\"}},"
    "\"kind\":{\"type\":\"string\",\"title\":{\"zh\":\"类型\",\"en\":\"Kind\"},\"oneOf\":[{\"const\":\"llc\",\"title\":{\"zh\":\"有限责任公司\",\"en\":\"limited\"}},"
    "{\"const\":\"branch\",\"title\":{\"zh\":\"分公司\",\"en\":\"branch\"}}]},"
    "\"parent\":{\"type\":\"string\",\"title\":{\"zh\":\"总公司代码\",\"en\":\"Parent's code\"},\"x-identifier\":\"uscc\",\"x-visible\":\"kind = \\\"branch\\\"\"},"
    "\"legal\":{\"type\":\"object\",\"title\":{\"zh\":\"法定代表人\",\"en\":\"Legal representative\"},\"required\":[\"id_number\"],\"properties\":{"
    "\"id_number\":{\"type\":\"string\",\"title\":{\"zh\":\"身份证号\",\"en\":\"Identity number\"},\"x-identifier\":\"resident_id\",\"x-personal\":true,"
    "\"x-prefill\":\"applicant.id_number\"},\"name\":{\"type\":\"string\",\"x-prefill\":\"applicant.name\",\"x-readonly\":true,\"x-personal\":true}}},"
    "\"capital\":{\"type\":\"number\",\"title\":{\"zh\":\"注册资本（万元）\",\"en\":\"Capital\"},\"exclusiveMinimum\":0,\"multipleOf\":0.01},"
    "\"contact\":{\"type\":\"string\",\"title\":{\"zh\":\"邮箱\",\"en\":\"E-mail\"},\"format\":\"email\",\"x-prefill\":\"{account.login + \\\"@example.com\\\"}\"},"
    "\"lease\":{\"type\":\"string\",\"title\":{\"zh\":\"租赁合同\",\"en\":\"Lease\"},\"x-attachment\":{\"types\":[\"pdf\"],\"max_bytes\":1000,\"material\":\"M1\"}},"
    "\"partners\":{\"type\":\"array\",\"title\":{\"zh\":\"股东\",\"en\":\"Partners\"},\"uniqueItems\":true,\"maxItems\":3,\"items\":{\"type\":\"object\","
    "\"required\":[\"name\"],\"properties\":{\"name\":{\"type\":\"string\",\"title\":{\"zh\":\"姓名\",\"en\":\"Name\"},\"x-personal\":true},"
    "\"person\":{\"type\":\"boolean\"},\"share\":{\"type\":\"integer\",\"x-visible\":\"person\"}}}}},"
    "\"if\":{\"required\":[\"kind\"],\"properties\":{\"kind\":{\"const\":\"branch\"}}},\"then\":{\"required\":[\"parent\"]}}";

static result check(struct arena *a, const struct schema *s, const char *data)
{
    return schema_validate(a, s, test_json(a, slice_cstr(data)));
}

/* "pointer code; …" */
static struct slice summary(struct arena *a, result r)
{
    struct buf b = buf_new(a, 100000);
    for (const struct problem *p = r.problem; p; p = p->next)
        buf_printf(&b, "%s%.*s %s", b.n ? "; " : "", SLICE_ARG(p->field), code_name(p->code));
    return buf_slice(&b);
}

static void a_good_form(void **state)
{
    struct arena *a = *state;
    const struct schema *s = form(a, company);
    assert_good(
        a,
        check(
            a, s,
            "{\"name\":\"东莞通办公司\",\"kind\":\"llc\",\"legal\":{\"id_number\":\"11010519491231002X\"},\"capital\":100.50,"
            "\"contact\":\"a@b.cn\",\"lease\":\"018f0000-0000-7000-8000-000000000001\",\"partners\":[{\"name\":\"张\"},{\"name\":\"李\"}]}"));
}

static void problems_in_the_order_of_the_form(void **state)
{
    struct arena *a = *state;
    const struct schema *s = form(a, company);
    assert_slice(summary(a, check(a, s, "{}")),
                 "/name field.required; /kind field.required; /legal field.required; /contact field.required");
    assert_slice(
        summary(
            a,
            check(
                a, s,
                "{\"partners\":[{\"name\":\"张\"},{\"x\":1},{\"name\":\"张\"}],\"zzz\":1,\"capital\":0.001,\"lease\":\"x\",\"contact\":\"a\","
                "\"legal\":{\"id_number\":\"110105194912310021\",\"name\":5},\"kind\":\"other\",\"name\":\"通办\"}")),
        "/name field.too_short; /name field.pattern; /kind field.enum; /legal/id_number identifier.check_digit; /legal/name field.type; "
        "/capital field.places; /contact field.format; /lease field.attachment; /partners/1/name field.required; /partners/1/x field.unknown; "
        "/partners/2 field.items_repeated; /zzz field.unknown");
    assert_slice(summary(a, check(a, s, "[]")), " field.type");
}

static void texts_for_people(void **state)
{
    struct arena *a = *state;
    const struct schema *s = form(a, company);
    result r = check(
        a, s, "{\"name\":\"通办\",\"kind\":\"other\",\"legal\":{},\"contact\":7,\"capital\":-1,\"partners\":[{}]}");
    static const char *const zh[] = {
        "“企业名称”至少 4 个字，现为 2 个",
        "“企业名称”格式不正确",
        "“类型”不在可选范围内（可选：有限责任公司、分公司）",
        "“身份证号”必须填写",
        "“注册资本（万元）”必须大于 0",
        "“邮箱”类型不符，应为 文字",
        "“姓名”必须填写",
    };
    static const char *const en[] = {
        "\"Company name\" needs at least 4 characters and has 2",
        "\"Company name\" is not in the right form",
        "\"Kind\" is not one of the choices (limited, branch)",
        "\"Identity number\" is required",
        "\"Capital\" must be more than 0",
        "\"E-mail\" has the wrong type, expected text",
        "\"Name\" is required",
    };
    size_t i = 0;
    for (const struct problem *p = r.problem; p; p = p->next, i++) {
        assert_true(i < sizeof zh / sizeof *zh);
        assert_slice(problem_text(a, p, LANG_ZH), zh[i]);
        assert_slice(problem_text(a, p, LANG_EN), en[i]);
    }
    assert_int_equal(i, sizeof zh / sizeof *zh);
    assert_slice(problem_remedy(a, r.problem->next, LANG_ZH), "以“公司”结尾");
    r = check(
        a, s,
        "{\"name\":\"通办公司\",\"kind\":\"llc\",\"legal\":{\"id_number\":\"11010519491231002X\"},\"contact\":\"a@b.cn\",\"partners\":[{\"name\":\"1\"},7]}");
    assert_slice(problem_text(a, r.problem, LANG_ZH), "“股东第2项”类型不符，应为 一组字段");
    assert_slice(problem_text(a, r.problem, LANG_EN),
                 "\"Partners, entry 2\" has the wrong type, expected a group of fields");
}

static void hidden_fields(void **state)
{
    struct arena *a = *state;
    const struct schema *s = form(a, company);
    const char *base = "\"name\":\"通办公司\",\"legal\":{\"id_number\":\"11010519491231002X\"},\"contact\":\"a@b.cn\"";
    struct slice llc = arena_printf(a, "{\"kind\":\"llc\",\"parent\":\"bad\",%s}", base),
                 branch = arena_printf(a, "{\"kind\":\"branch\",%s}", base);
    assert_good(a, schema_validate(a, s, test_json(a, llc))); /* hidden: neither checked … */
    const struct json *kept = form_clean(a, s, test_json(a, llc));
    assert_null(json_get(kept, "parent")); /* … nor kept */
    assert_slice(json_string(kept, "name"), "通办公司");
    result r = schema_validate(a, s, test_json(a, branch));
    assert_slice(summary(a, r), "/parent field.required");
    assert_slice(problem_text(a, r.problem, LANG_ZH), "“总公司代码”必须填写");
    /* inside a list the nearest object's members come first */
    const struct json *list = test_json(
        a,
        S("{\"partners\":[{\"name\":\"a\",\"person\":true,\"share\":\"x\"},{\"name\":\"b\",\"person\":false,\"share\":\"x\"}]}"));
    assert_slice(summary(a, schema_validate_draft(a, s, list)), "/partners/0/share field.type");
    assert_non_null(json_pointer(form_clean(a, s, list), S("/partners/0/share")));
    assert_null(json_pointer(form_clean(a, s, list), S("/partners/1/share")));

    const struct schema *chain = form(
        a, "{\"type\":\"object\",\"required\":[\"b\",\"c\"],\"properties\":{\"a\":{\"type\":\"boolean\"},"
           "\"b\":{\"type\":\"boolean\",\"x-visible\":\"a\"},\"c\":{\"type\":\"string\",\"x-visible\":\"b = true\"}}}");
    const struct json *all = test_json(a, S("{\"a\":false,\"b\":true,\"c\":\"x\"}"));
    assert_slice(json_write(a, form_clean(a, chain, all)), "{\"a\":false}");
    assert_good(a, schema_validate(a, chain, all));
    assert_slice(summary(a, check(a, chain, "{\"a\":true,\"b\":true}")), "/c field.required");
}

static void cleaning(void **state)
{
    struct arena *a = *state;
    const struct schema *s = form(a, company);
    const struct json *v = test_json(
        a,
        S("{\"name\":\"\",\"kind\":\"branch\",\"parent\":\" 91441900ma4uqtjg6k \",\"legal\":{\"id_number\":\"110105 19491231 002x\",\"name\":\"\"}}"));
    assert_slice(
        json_write(a, form_clean(a, s, v)),
        "{\"kind\":\"branch\",\"parent\":\"91441900MA4UQTJG6K\",\"legal\":{\"id_number\":\"11010519491231002X\"}}");
    const struct json *same = test_json(a, S("{\"kind\":\"llc\",\"other\":{\"x\":[1]}}"));
    assert_ptr_equal(form_clean(a, s, same), same);
}

static void drafts(void **state)
{
    struct arena *a = *state;
    const struct schema *s = form(a, company);
    static const char *const good[] = {"{}", "{\"kind\":\"branch\"}", "{\"legal\":{}}",
                                       "{\"legal\":{\"id_number\":\"\"},\"contact\":\"\"}", "{\"partners\":[{}]}"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (failed(schema_validate_draft(a, s, test_json(a, slice_cstr(good[i]))))) fail_msg("%s", good[i]);
    assert_slice(summary(a, schema_validate_draft(a, s, test_json(a, S("{\"contact\":\"x\",\"zz\":1}")))),
                 "/contact field.format; /zz field.unknown");
    /* leniency must not turn around inside not, if and oneOf */
    const struct schema *t = form(
        a,
        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"},\"b\":{\"type\":\"string\"}},"
        "\"not\":{\"required\":[\"a\",\"b\"]},\"if\":{\"required\":[\"a\"]},\"then\":{\"properties\":{\"a\":{\"minLength\":2}}},"
        "\"oneOf\":[{\"required\":[\"a\"]},{\"required\":[\"b\"]}]}");
    assert_good(a, schema_validate_draft(a, t, test_json(a, S("{}"))));
    assert_good(a, schema_validate_draft(a, t, test_json(a, S("{\"b\":\"x\"}"))));
    assert_slice(summary(a, schema_validate_draft(a, t, test_json(a, S("{\"a\":\"x\"}")))), "/a field.too_short");
    assert_true(failed(schema_validate(a, t, test_json(a, S("{}")))));
    assert_slice(summary(a, schema_validate_draft(a, t, test_json(a, S("{\"a\":\"xx\",\"b\":\"x\"}")))),
                 " field.ambiguous;  field.forbidden");
}

static const struct json *known(void *ctx, struct arena *a, struct slice name)
{
    ++*(int *)ctx;
    if (slice_is(name, "applicant.name")) return json_of_cstr(a, "张三");
    if (slice_is(name, "applicant.id_number")) return json_of_cstr(a, "110105194912310021"); /* wrong check digit */
    if (slice_is(name, "account")) return test_json(a, S("{\"login\":\"zhang\"}"));
    return NULL;
}

static void prefill(void **state)
{
    struct arena *a = *state;
    const struct schema *s = form(a, company);
    const struct json *out, *origin;
    int asked = 0;
    assert_good(a, form_prefill(a, s, NULL, known, &asked, &out, &origin));
    assert_slice(json_write(a, out), "{\"legal\":{\"name\":\"张三\"},\"contact\":\"zhang@example.com\"}");
    assert_slice(json_write(a, origin),
                 "{\"/legal/name\":\"applicant.name\",\"/contact\":\"{account.login + \\\"@example.com\\\"}\"}");
    assert_int_equal(asked, 3);
    const struct json *mine =
        test_json(a, S("{\"contact\":\"me@x.cn\",\"legal\":{\"name\":\"李四\",\"id_number\":\"11010519491231002X\"}}"));
    asked = 0;
    assert_good(a, form_prefill(a, s, mine, known, &asked, &out, &origin));
    assert_ptr_equal(out, mine);
    assert_int_equal(origin->n + (size_t)asked, 0);
    assert_good(a, form_prefill(a, s, test_json(a, S("{\"contact\":\"\",\"x\":1}")), known, &asked, &out, &origin));
    assert_slice(json_write(a, out), "{\"contact\":\"zhang@example.com\",\"x\":1,\"legal\":{\"name\":\"张三\"}}");
    const struct schema *chain = form(
        a,
        "{\"type\":\"object\",\"properties\":{\"account\":{\"type\":\"object\",\"x-prefill\":\"account\",\"properties\":{\"login\":{\"type\":\"string\"}}},"
        "\"shout\":{\"type\":\"string\",\"x-prefill\":\"{upper case(account.login)}\"}}}");
    assert_good(a, form_prefill(a, chain, NULL, known, &asked, &out, &origin));
    assert_slice(json_write(a, out), "{\"account\":{\"login\":\"zhang\"},\"shout\":\"ZHANG\"}");
}

static void lists(void **state)
{
    struct arena *a = *state;
    const struct schema *s = form(a, company);
    const struct slice *personal;
    size_t n;
    form_personal(s, &personal, &n);
    assert_int_equal(n, 3);
    assert_slice(personal[0], "/legal/id_number");
    assert_slice(personal[1], "/legal/name");
    assert_slice(personal[2], "/partners/*/name");
    const struct form_attachment *files;
    form_attachments(s, &files, &n);
    assert_int_equal(n, 1);
    assert_slice(files[0].pointer, "/lease");
    assert_slice(files[0].material, "M1");
    assert_int_equal(json_int(files[0].rule, "max_bytes", 0), 1000);
}

static void references_in_forms(void **state)
{
    struct arena *a = *state;
    const struct schema *s = form(
        a,
        "{\"type\":\"object\",\"properties\":{\"home\":{\"title\":{\"zh\":\"住址\",\"en\":\"Home\"},\"$ref\":\"#/$defs/address\"}},"
        "\"$defs\":{\"address\":{\"type\":\"object\",\"required\":[\"town\"],\"properties\":{\"town\":{\"type\":\"string\",\"title\":{\"zh\":\"镇街\",\"en\":\"Town\"},\"x-personal\":true}}}},"
        "\"anyOf\":[{\"properties\":{\"kind\":{\"const\":\"a\"},\"size\":{\"type\":\"integer\"}},\"required\":[\"kind\",\"size\"]},"
        "{\"properties\":{\"kind\":{\"const\":\"b\"},\"name\":{\"type\":\"string\"}},\"required\":[\"kind\",\"name\"]}]}");
    assert_good(a, check(a, s, "{\"home\":{\"town\":\"虎门\"},\"kind\":\"a\",\"size\":3}"));
    assert_slice(summary(a, check(a, s, "{\"home\":{\"street\":\"x\"},\"kind\":\"a\",\"size\":3}")),
                 "/home/town field.required; /home/street field.unknown");
    /* the branch that was meant is told by its fixed value */
    assert_slice(summary(a, check(a, s, "{\"kind\":\"a\",\"size\":\"big\"}")), "/size field.type");
    assert_slice(summary(a, check(a, s, "{\"kind\":\"b\"}")), "/name field.required");
    assert_slice(summary(a, check(a, s, "{\"kind\":\"c\"}")), " field.choice");
    assert_slice(summary(a, check(a, s, "{\"kind\":\"b\",\"name\":\"x\",\"size\":3}")), "/size field.unknown");
    const struct slice *personal;
    size_t n;
    form_personal(s, &personal, &n);
    assert_int_equal(n, 1);
    assert_slice(personal[0], "/home/town");
}

static void bad_forms(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *text;
        enum code code;
        const char *field;
    } rows[] = {
        {"{\"type\":\"string\"}", CODE_SCHEMA_FORM, "form.json#"},
        {"true", CODE_SCHEMA_FORM, "form.json#"},
        {"{\"type\":\"object\",\"properties\":{\"a\":{\"typ\":\"string\"}}}", CODE_SCHEMA_KEYWORD,
         "form.json#/properties/a"},
        {"{\"type\":\"object\",\"properties\":{\"a\":{\"x-identifer\":\"uscc\"}}}", CODE_SCHEMA_KEYWORD,
         "form.json#/properties/a"},
        {"{\"type\":\"object\",\"properties\":{\"a\":{\"x-identifier\":\"uscc2\"}}}", CODE_IDENTIFIER_KIND,
         "form.json#/properties/a/x-identifier"},
        {"{\"type\":\"object\",\"properties\":{\"a\":{\"x-prefill\":\"a..b\"}}}", CODE_SCHEMA_FORM,
         "form.json#/properties/a/x-prefill"},
        {"{\"type\":\"object\",\"properties\":{\"a\":{\"x-visible\":true}}}", CODE_SCHEMA_FORM,
         "form.json#/properties/a/x-visible"},
        {"{\"type\":\"object\",\"properties\":{\"a\":{\"x-visible\":\"today() > b\"}}}", CODE_SCHEMA_FORM,
         "form.json#/properties/a/x-visible"},
        {"{\"type\":\"object\",\"properties\":{\"a\":{\"x-personal\":1}}}", CODE_SCHEMA_FORM,
         "form.json#/properties/a/x-personal"},
        {"{\"type\":\"object\",\"properties\":{\"a\":{\"x-attachment\":{\"types\":[]}}}}", CODE_SCHEMA_FORM,
         "form.json#/properties/a/x-attachment"},
        {"{\"type\":\"object\",\"properties\":{\"a\":{\"x-attachment\":{\"types\":[\"pdf\"],\"max\":1}}}}",
         CODE_SCHEMA_FORM, "form.json#/properties/a/x-attachment"},
        {"{\"type\":\"object\",\"properties\":{\"a\":{\"title\":{\"zh\":\"甲\"}}}}", CODE_SCHEMA_FORM,
         "form.json#/properties/a/title"},
        {"{\"type\":\"object\",\"properties\":{\"a\":{\"format\":\"dat\"}}}", CODE_SCHEMA_VALUE,
         "form.json#/properties/a/format"},
    };
    const struct schema_options o = {.assert_format = true, .forms = true};
    const struct schema *s;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        result r = schema_compile(a, test_json(a, slice_cstr(rows[i].text)), &o, S("form.json"), &s);
        assert_code(r, rows[i].code);
        assert_slice(r.problem->field, rows[i].field);
    }
    assert_true(failed(
        schema_compile(a, test_json(a, S("{\"type\":\"object\",\"properties\":{\"a\":{\"x-visible\":\"1 +\"}}}")), &o,
                       S("form.json"), &s)));
}

static void at_most_a_hundred(void **state)
{
    struct arena *a = *state;
    const struct schema *s =
        form(a, "{\"type\":\"object\",\"properties\":{\"l\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}");
    struct buf b = buf_new(a, 10000);
    buf_puts(&b, "{\"l\":[0");
    for (int i = 1; i < 500; i++) buf_printf(&b, ",%d", i);
    buf_puts(&b, "]}");
    result r = schema_validate(a, s, test_json(a, buf_slice(&b)));
    size_t n = 0;
    for (const struct problem *p = r.problem; p; p = p->next) n++;
    assert_int_equal(n, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_good_form),
        TEST(problems_in_the_order_of_the_form),
        TEST(texts_for_people),
        TEST(hidden_fields),
        TEST(cleaning),
        TEST(drafts),
        TEST(prefill),
        TEST(lists),
        TEST(references_in_forms),
        TEST(bad_forms),
        TEST(at_most_a_hundred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
