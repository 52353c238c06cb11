/* The later steps that are the city's own: seals, social insurance, housing fund. Each can be done once for an enterprise. */
#include "areas/01_starting_a_business/verbs.h"

static result done_before(struct verb_call *x, struct slice what)
{
    return fail(x->a, CODE_ENTERPRISE_DONE, S("/uscc"), "value", what, NULL);
}

/* Asks for the rows of this enterprise; true when they are here. */
static bool have_rows(struct verb_call *x, const struct stmt *stmt)
{
    if (x->nrows) return true;
    decision_load(x->decision, stmt, 1, sql_text(json_string(x->input, "uscc")));
    return false;
}

static result more(struct verb_call *x)
{
    return fail(x->a, CODE_VERB_MORE, S("uscc"), NULL);
}

static int64_t next_number(struct verb_call *x, const char *series)
{
    return x->number(x->number_ctx, arena_printf(x->a, "%s:%.*s", series, SLICE_ARG(region_of(x))));
}

/* ---- seal.order ---- */

static const struct {
    const char *kind, *zh;
} SEALS[] = {{"official", "法定名称章"},
             {"finance", "财务专用章"},
             {"invoice", "发票专用章"},
             {"contract", "合同专用章"},
             {"legal_representative", "法定代表人名章"}};
enum { NSEALS = sizeof SEALS / sizeof *SEALS };

static const struct stmt SEALS_OF = {"seals_of", "SELECT kind FROM seal_order WHERE uscc = ?1", NULL, false};

static size_t seal_kind(struct slice s)
{
    for (size_t i = 0; i < NSEALS; i++)
        if (slice_is(s, SEALS[i].kind)) return i;
    return NSEALS;
}

static bool ordered(const struct rows *r, struct slice kind)
{
    for (size_t i = 0; i < r->n; i++)
        if (slice_eq(row(r, i)[0].s, kind)) return true;
    return false;
}

/* Seal code of thirteen digits (GA 241.1): region, serial of the order, number within it. */
static result seal_run(struct verb_call *x, const struct json **output)
{
    const struct json *wanted = json_get(x->input, "seals");
    struct json_builder b = json_builder(x->a), list = json_builder(x->a), titles = json_builder(x->a);
    if (!have_rows(x, &SEALS_OF)) return more(x);
    for (size_t i = 0; wanted && i < wanted->n; i++) {
        size_t k = seal_kind(wanted->items[i]->text);
        if (k == NSEALS)
            return fail(x->a, CODE_FIELD_ENUM, S("/seals"), "title", S("seals"), "allowed",
                        S("official, finance, invoice, contract, legal_representative"), NULL);
        if (ordered(&x->rows[0], wanted->items[i]->text)) return done_before(x, slice_cstr(SEALS[k].zh));
    }
    int64_t serial = next_number(x, "seal");
    if (serial == 0) return ok();
    for (size_t i = 0; wanted && i < wanted->n; i++) {
        struct json_builder s = json_builder(x->a);
        struct slice code =
            arena_printf(x->a, "%.*s%05lld%02zu", SLICE_ARG(region_of(x)), (long long)(serial % 100000), i + 1);
        const char *zh = SEALS[seal_kind(wanted->items[i]->text)].zh;
        json_set(&s, "kind", wanted->items[i]);
        json_set_cstr(&s, "title", zh);
        json_set_str(&s, "code", code);
        json_add(&list, json_object(&s));
        json_add(&titles, json_of_string(x->a, arena_printf(x->a, "%s（印章编码 %.*s）", zh, SLICE_ARG(code))));
    }
    json_set(&b, "uscc", json_get(x->input, "uscc"));
    json_set(&b, "seals", json_array(&list));
    json_set(&b, "titles", json_array(&titles));
    json_set_int(&b, "at", x->now);
    *output = json_object(&b);
    return ok();
}

static const char *const SEAL_SERIES[] = {"seal", NULL};
const struct verb VERB_SEAL_ORDER = {
    .name = "seal.order",
    .kind = VERB_LOCAL,
    .summary_zh = "公章刻制备案并下单",
    .summary_en = "Files and orders the company's seals",
    .series = SEAL_SERIES,
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"uscc\",\"seals\"],\"properties\":{\"uscc\":{\"type\":\"string\"},"
        "\"seals\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"uscc\":{\"type\":\"string\"},\"seals\":{\"type\":\"array\"},\"titles\":{\"type\":\"array\"}}}",
    .run = seal_run};

/* ---- social.register ---- */

static const struct stmt SOCIAL_OF = {"social_of", "SELECT number FROM social_insurance WHERE uscc = ?1", NULL, false};

static result social_run(struct verb_call *x, const struct json **output)
{
    struct json_builder b = json_builder(x->a);
    if (!have_rows(x, &SOCIAL_OF)) return more(x);
    if (x->rows[0].n) return done_before(x, S("用工和参保登记"));
    int64_t serial = next_number(x, "social");
    if (serial == 0) return ok();
    struct civil now = civil_of_instant(x->now);
    json_set(&b, "uscc", json_get(x->input, "uscc"));
    json_set_str(&b, "number", arena_printf(x->a, "%.*s%06lld", SLICE_ARG(region_of(x)), (long long)serial));
    json_set_int(&b, "headcount", json_int(x->input, "headcount", 0));
    json_set_str(&b, "from_month", arena_printf(x->a, "%04d-%02d", now.year, now.month));
    json_set_int(&b, "at", x->now);
    *output = json_object(&b);
    return ok();
}

static const char *const SOCIAL_SERIES[] = {"social", NULL};
const struct verb VERB_SOCIAL_REGISTER = {
    .name = "social.register",
    .kind = VERB_LOCAL,
    .summary_zh = "用工和参保登记",
    .summary_en = "Registers employment and social insurance",
    .series = SOCIAL_SERIES,
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"uscc\"],\"properties\":{\"uscc\":{\"type\":\"string\"},\"headcount\":{\"type\":\"integer\"}}}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"uscc\":{\"type\":\"string\"},\"number\":{\"type\":\"string\"},\"headcount\":{\"type\":\"integer\"},"
        "\"from_month\":{\"type\":\"string\"}}}",
    .run = social_run};

/* ---- fund.register (住房公积金管理条例 art. 13-14: within 30 days of its founding a unit registers) ---- */

static const struct stmt FUND_OF = {"fund_of", "SELECT account FROM housing_fund WHERE uscc = ?1", NULL, false};

static result fund_run(struct verb_call *x, const struct json **output)
{
    struct json_builder b = json_builder(x->a);
    if (!have_rows(x, &FUND_OF)) return more(x);
    if (x->rows[0].n) return done_before(x, S("住房公积金缴存登记"));
    int64_t serial = next_number(x, "fund");
    if (serial == 0) return ok();
    json_set(&b, "uscc", json_get(x->input, "uscc"));
    json_set_str(&b, "account", arena_printf(x->a, "GJJ%09lld", (long long)serial));
    json_set_int(&b, "ratio", json_int(x->input, "ratio", 5));
    json_set_int(&b, "headcount", json_int(x->input, "headcount", 0));
    json_set_int(&b, "at", x->now);
    *output = json_object(&b);
    return ok();
}

static const char *const FUND_SERIES[] = {"fund", NULL};
const struct verb VERB_FUND_REGISTER = {
    .name = "fund.register",
    .kind = VERB_LOCAL,
    .summary_zh = "住房公积金缴存登记",
    .summary_en = "Registers with the housing provident fund",
    .series = FUND_SERIES,
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"uscc\"],\"properties\":{\"uscc\":{\"type\":\"string\"},\"ratio\":{\"type\":\"integer\"},"
        "\"headcount\":{\"type\":\"integer\"}}}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"uscc\":{\"type\":\"string\"},\"account\":{\"type\":\"string\"},\"ratio\":{\"type\":\"integer\"},"
        "\"headcount\":{\"type\":\"integer\"}}}",
    .run = fund_run};
