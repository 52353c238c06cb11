/* licence.issue: an electronic licence (电子证照), its original an OFD and its rendition a PDF, both from one template. */
#include "city/cases/issue.h"

#include "base/identifier.h"

/* GB/T 36904: type code (ministry's USCC + 3), issuer's USCC, serial, version, check. */
static result first_id(struct verb_call *x, struct slice issuer, struct slice *out)
{
    struct slice type_code = json_string(x->input, "type_code");
    int year = civil_of_instant(x->now).year;
    int64_t n;
    TRY(store_numbers(x->city->store, x->a,
                      arena_printf(x->a, "ecert:%.*s:%.*s:%d", SLICE_ARG(type_code), SLICE_ARG(issuer), year), 1, &n));
    const struct slice parts[] = {type_code, issuer, arena_printf(x->a, "%d%07lld", year, (long long)n), S("001")};
    return identifier_generate(x->a, ID_KIND_ECERT, parts, 4, S("certificate_id"), out);
}

/* The same identifier with the next version: what is issued anew is the same licence. */
static result next_id(struct verb_call *x, struct slice before, struct slice *out, int64_t *version)
{
    struct slice parts[5], rest = before;
    static const char ROOT[] = "1.2.156.3005.2.";
    size_t n = 0;
    rest = slice_sub(rest, sizeof ROOT - 1, SIZE_MAX);
    for (bool more = true; more && n < 5; n++) more = slice_cut(rest, '.', &parts[n], &rest);
    if (n != 5 || !slice_int64(parts[3], version) || *version >= 999)
        return fail(x->a, CODE_LICENCE_STATE, S("licence"), "detail_zh", S("版本号已用尽或标识不规范"), "detail_en",
                    S("its identifier has no next version"), NULL);
    *version += 1;
    parts[3] = arena_printf(x->a, "%03lld", (long long)*version);
    return identifier_generate(x->a, ID_KIND_ECERT, parts, 4, S("certificate_id"), out);
}

struct licence {
    struct issue d;
    const struct json *holder;
    const struct department *issuer;
    const struct licence_before *before;
    instant valid_to; /* 0: without end */
    int64_t version;
};

static const struct json *licence_record(const struct verb_call *x, const struct licence *l)
{
    struct json_builder b = json_builder(x->a);
    json_set_cstr(&b, "type", "licence");
    json_set_str(&b, "id", l->d.certificate_id);
    json_set_str(&b, "licence", json_string(x->input, "type"));
    json_set(&b, "title", l->d.title);
    json_set_str(&b, "number", l->d.number);
    json_set(&b, "holder", l->holder ? l->holder : json_null());
    json_set_str(&b, "valid_from", day_text(x->a, day_of_instant(x->now)));
    json_set(&b, "valid_to",
             l->valid_to ? json_of_string(x->a, day_text(x->a, day_of_instant(l->valid_to))) : json_null());
    json_set_str(&b, "case", x->case_number);
    return json_object(&b);
}

/* Metadata of GB/T 36903 under their Chinese names; code type 001: unified social credit code, 111: identity card. */
static void set_metadata(const struct verb_call *x, struct licence *l)
{
    struct ofd_custom *m = NEW_ARRAY(x->a, struct ofd_custom, 16);
    struct slice uscc = json_string(l->holder, "uscc"), person = json_string(l->holder, "id_number");
    struct slice today = day_text(x->a, day_of_instant(x->now));
    size_t n = 0;
    m[n++] = (struct ofd_custom){S("证照标识"), l->d.certificate_id};
    m[n++] = (struct ofd_custom){S("证照名称"), bitext_of(l->d.title).zh};
    m[n++] = (struct ofd_custom){S("证照类型代码"), json_string(x->input, "type_code")};
    m[n++] = (struct ofd_custom){S("证照编号"), l->d.number};
    m[n++] = (struct ofd_custom){S("证照版本号"), arena_printf(x->a, "%03lld", (long long)l->version)};
    if (l->before) m[n++] = (struct ofd_custom){S("关联证照标识"), l->before->certificate_id};
    m[n++] = (struct ofd_custom){S("持证主体"), json_string(l->holder, "name")};
    if (uscc.n || person.n) {
        m[n++] = (struct ofd_custom){S("持证主体代码"), uscc.n ? uscc : person};
        m[n++] = (struct ofd_custom){S("持证主体代码类型代码"), uscc.n ? S("001") : S("111")};
    }
    m[n++] = (struct ofd_custom){S("证照颁发机构"), l->issuer ? l->issuer->official : x->department};
    m[n++] = (struct ofd_custom){S("证照颁发机构代码"), l->issuer ? l->issuer->uscc : S("")};
    m[n++] = (struct ofd_custom){S("证照颁发日期"), today};
    m[n++] = (struct ofd_custom){S("证照有效期起始日期"), today};
    m[n++] = (struct ofd_custom){S("证照有效期截止日期"),
                                 l->valid_to ? day_text(x->a, day_of_instant(l->valid_to)) : S("长期")};
    l->d.metadata = m;
    l->d.nmetadata = n;
}

static instant licence_end(const struct verb_call *x)
{
    int64_t years = json_int(x->input, "valid_years", 0);
    if (years <= 0) return 0;
    struct civil c = civil_of_instant(x->now);
    int last = c.month == 2 && c.day == 29 ? 28 : c.day;
    return instant_of_day(day_of_civil(c.year + (int)years, c.month, last)) - 1;
}

static const struct json *licence_fact(const struct verb_call *x, const struct licence *l)
{
    struct json_builder b = json_builder(x->a);
    json_set_cstr(&b, "t", "licence");
    json_set_str(&b, "id", id_text(x->a, x->job));
    json_set_str(&b, "document", id_text(x->a, x->job));
    if (json_get(x->input, "holder_id")) json_set(&b, "holder", json_get(x->input, "holder_id"));
    json_set_str(&b, "type", json_string(x->input, "type"));
    json_set(&b, "title", l->d.title);
    json_set_str(&b, "certificate_id", l->d.certificate_id);
    json_set_str(&b, "number", l->d.number);
    json_set_int(&b, "valid_to", l->valid_to);
    json_set_str(&b, "token", l->d.token);
    json_set_str(&b, "department", issuing_department(x));
    json_set_int(&b, "version", l->version);
    if (l->before) json_set_str(&b, "replaces", id_text(x->a, l->before->id));
    return json_object(&b);
}

result licence_make(struct verb_call *x, const struct licence_before *before, struct json_builder *facts,
                    const struct json **output)
{
    struct arena *a = x->a;
    struct json_builder out = json_builder(a), own = json_builder(a);
    struct licence l = {.holder = json_get(x->input, "holder"), .before = before, .version = 1};
    struct slice name = json_string(x->input, "template");
    l.d = (struct issue){.kind = S("licence"),
                         .token = paper_token(x),
                         .purpose = SIGN_LICENCE_PDF,
                         .template_ = paper_template(x, name)};
    if (!l.d.template_) return fail(a, CODE_NOT_FOUND, S("template"), "value", name, NULL);
    l.issuer = citydata_department(catalogue_data(x->city->catalogue), issuing_department(x));
    if (before)
        TRY(next_id(x, before->certificate_id, &l.d.certificate_id, &l.version));
    else
        TRY(first_id(x, l.issuer ? l.issuer->uscc : (struct slice){NULL, 0}, &l.d.certificate_id));
    l.d.number = json_string(x->input, "number");
    if (l.d.number.n == 0) l.d.number = l.d.certificate_id;
    l.d.title = json_get(l.d.template_, "title");
    l.valid_to = before ? before->valid_to : licence_end(x);
    l.d.record = licence_record(x, &l);
    set_metadata(x, &l);
    json_set_str(&own, "certificate_id", l.d.certificate_id);
    json_set_str(&own, "valid_to", l.valid_to ? paper_date(a, l.valid_to) : S("长期"));
    l.d.data = paper_data(x, json_merge(a, paper_context(x, l.d.number, l.d.token), json_object(&own)));
    TRY(paper_issue(x, &l.d, facts));
    json_add(facts, licence_fact(x, &l));
    json_set_str(&out, "certificate_id", l.d.certificate_id);
    json_set_str(&out, "number", l.d.number);
    json_set_str(&out, "document", id_text(a, x->job));
    json_set_str(&out, "token", l.d.token);
    *output = json_object(&out);
    return ok();
}

static result licence_run(struct verb_call *x, const struct json **output)
{
    struct json_builder facts = json_builder(x->a);
    TRY(licence_make(x, NULL, &facts, output));
    x->facts = json_array(&facts);
    return ok();
}

const struct verb LICENCE_ISSUE = {
    .name = "licence.issue",
    .kind = VERB_JOB,
    .summary_zh = "制发电子证照",
    .summary_en = "Issues an electronic licence",
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"type\",\"type_code\",\"template\"],\"properties\":{\"type\":{\"type\":\"string\"},"
        "\"type_code\":{\"type\":\"string\"},\"template\":{\"type\":\"string\"},\"number\":{\"type\":\"string\"},\"holder\":{},"
        "\"holder_id\":{\"type\":\"string\"},\"department\":{\"type\":\"string\"},\"valid_years\":{\"type\":\"integer\"},\"data\":{}}}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"certificate_id\":{\"type\":\"string\"},\"number\":{\"type\":\"string\"},"
        "\"document\":{\"type\":\"string\"},\"token\":{\"type\":\"string\"}}}",
    .run = licence_run};
