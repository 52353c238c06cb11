/* Rules for names of enterprises. 企业名称登记管理规定 (State Council Decree 734): art. 6 parts of a name, art. 8 trade name,
 * art. 11 what a name must not contain, art. 12 names that begin with 中国 and the like, art. 17 likeness. */
#include "areas/01_starting_a_business/verbs.h"
#include "base/identifier.h"

struct word {
    const char *text;
    const char *zh, *en; /* the rule that is broken */
};
#define STATE                                                               \
    "损害国家尊严或利益，或使用党政军机关、国际组织等特定称谓（第十一条）", \
        "harms the State's dignity, or uses designations of Party, State, army or international bodies (art. 11)"
#define PUBLIC                                                      \
    "含有淫秽、赌博、迷信、暴力等内容，或违背公序良俗（第十一条）", \
        "contains obscene, gambling, superstitious or violent matter, or offends public order (art. 11)"
#define WHOLE                                                       \
    "冠以“中国”“中华”“全国”“国家”等字词须经国务院批准（第十二条）", \
        "\"China\", \"national\" and the like need approval by the State Council (art. 12)"
#define MISLEADS "可能使公众受骗或者产生误解（第十一条）", "may deceive or mislead the public (art. 11)"

static const struct word WORDS[] = {
    {"中国", WHOLE},    {"中华", WHOLE},    {"中央", WHOLE},    {"全国", WHOLE},      {"国家", WHOLE},
    {"共产党", STATE},  {"政府", STATE},    {"国务院", STATE},  {"人大", STATE},      {"政协", STATE},
    {"军队", STATE},    {"部队", STATE},    {"武警", STATE},    {"公安", STATE},      {"法院", STATE},
    {"检察", STATE},    {"红十字", STATE},  {"联合国", STATE},  {"台独", STATE},      {"殖民", STATE},
    {"赌场", PUBLIC},   {"赌博", PUBLIC},   {"色情", PUBLIC},   {"算命", PUBLIC},     {"风水", PUBLIC},
    {"毒品", PUBLIC},   {"屠杀", PUBLIC},   {"邪教", PUBLIC},   {"国家级", MISLEADS}, {"最高级", MISLEADS},
    {"最佳", MISLEADS}, {"特供", MISLEADS}, {"专供", MISLEADS},
};
/* Words of places and trades that alone are no trade name (art. 8). */
static const char *const COMMON[] = {"东莞", "广东", "广州", "深圳", "莞城", "东城", "南城", "万江", "贸易", "科技",
                                     "电子", "餐饮", "食品", "商贸", "实业", "投资", "咨询", "服务", "建筑", "物流"};

struct slice name_text(struct arena *a, const struct enterprise_name *n)
{
    return arena_printf(a, "%.*s%.*s%.*s%.*s", SLICE_ARG(n->region), SLICE_ARG(n->shop), SLICE_ARG(n->industry),
                        SLICE_ARG(n->organisation));
}

/* CJK unified ideographs of the basic block, each of three bytes. */
static bool han_only(struct slice s)
{
    if (s.n % 3) return false;
    for (size_t i = 0; i < s.n; i += 3) {
        unsigned u = ((unsigned)(uint8_t)s.p[i] & 15u) << 12 | ((unsigned)(uint8_t)s.p[i + 1] & 63u) << 6 |
                     ((unsigned)(uint8_t)s.p[i + 2] & 63u);
        if (((uint8_t)s.p[i] & 0xf0) != 0xe0 || u < 0x4e00 || u > 0x9fff) return false;
    }
    return true;
}

struct finding {
    struct arena *a;
    struct name_fault *list;
    size_t n;
};

static void found(struct finding *f, struct slice zh, struct slice en)
{
    if (f->n < NAME_FAULTS_MAX) f->list[f->n++] = (struct name_fault){zh, en};
}

static void check_shop(struct finding *f, struct slice shop)
{
    size_t chars = slice_codepoints(shop);
    if (!han_only(shop) || chars < 2)
        found(f, S("字号应当由两个以上汉字组成（第八条）"),
              S("The trade name consists of two or more Chinese characters (art. 8)."));
    if (chars > 8) found(f, S("字号不超过八个汉字"), S("The trade name has at most eight characters."));
    for (size_t i = 0; i < sizeof COMMON / sizeof *COMMON; i++)
        if (slice_is(shop, COMMON[i]))
            found(f, arena_printf(f->a, "“%s”是行政区划或行业名称，不得单独作为字号（第八条）", COMMON[i]),
                  arena_printf(f->a, "\"%s\" is the name of a place or trade and alone is no trade name (art. 8).",
                               COMMON[i]));
}

size_t name_faults(struct arena *a, const struct enterprise_name *n, struct name_fault faults[NAME_FAULTS_MAX])
{
    struct finding f = {a, faults, 0};
    struct slice own = arena_printf(a, "%.*s%.*s", SLICE_ARG(n->shop), SLICE_ARG(n->industry));
    check_shop(&f, n->shop);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (slice_search(own, slice_cstr(WORDS[i].text)) != SIZE_MAX)
            found(&f, arena_printf(a, "名称含有“%s”：%s", WORDS[i].text, WORDS[i].zh),
                  arena_printf(a, "The name contains \"%s\": it %s.", WORDS[i].text, WORDS[i].en));
    if (slice_codepoints(name_text(a, n)) > 40)
        found(&f, S("名称过长（不超过四十个字）"), S("The name is too long (forty characters at most)."));
    return f.n;
}

/* ---- name.check ---- */

static const struct stmt BY_NAME = {"enterprise_by_name", "SELECT uscc FROM enterprise WHERE name = ?1", NULL, false};
static const struct stmt BY_TRADE = {"enterprise_by_trade",
                                     "SELECT uscc, name FROM enterprise WHERE shop_name = ?1 AND industry = ?2 LIMIT 5",
                                     NULL, false};

static struct enterprise_name name_of(const struct json *in)
{
    return (struct enterprise_name){json_string(in, "region"), slice_trim(json_string(in, "shop_name")),
                                    slice_trim(json_string(in, "industry")), json_string(in, "organisation")};
}

static result check_run(struct verb_call *x, const struct json **output)
{
    struct enterprise_name n = name_of(x->input);
    struct slice whole = name_text(x->a, &n);
    struct name_fault faults[NAME_FAULTS_MAX + 1];
    if (x->nrows == 0) {
        decision_load(x->decision, &BY_NAME, 1, sql_text(whole));
        decision_load(x->decision, &BY_TRADE, 2, sql_text(n.shop), sql_text(n.industry));
        return fail(x->a, CODE_VERB_MORE, S("name"), NULL);
    }
    size_t count = name_faults(x->a, &n, faults);
    if (x->rows[0].n)
        faults[count++] = (struct name_fault){
            arena_printf(x->a, "名称“%.*s”已被登记（第十七条）", SLICE_ARG(whole)),
            arena_printf(x->a, "The name \"%.*s\" is registered already (art. 17).", SLICE_ARG(whole))};
    else if (x->rows[1].n)
        faults[count++] = (struct name_fault){
            arena_printf(x->a, "与同行业企业“%.*s”字号相同（第十七条）", SLICE_ARG(row(&x->rows[1], 0)[1].s)),
            arena_printf(x->a, "\"%.*s\" of the same trade bears this trade name (art. 17).",
                         SLICE_ARG(row(&x->rows[1], 0)[1].s))};
    struct json_builder b = json_builder(x->a), zh = json_builder(x->a), en = json_builder(x->a);
    for (size_t i = 0; i < count; i++) {
        json_add(&zh, json_of_string(x->a, faults[i].zh));
        json_add(&en, json_of_string(x->a, faults[i].en));
    }
    json_set_bool(&b, "good", count == 0);
    json_set_str(&b, "name", whole);
    json_set(&b, "reasons", json_array(&zh));
    json_set(&b, "reasons_en", json_array(&en));
    *output = json_object(&b);
    return ok();
}

#define NAME_PARTS                                                                                             \
    "\"region\":{\"type\":\"string\"},\"shop_name\":{\"type\":\"string\"},\"industry\":{\"type\":\"string\"}," \
    "\"organisation\":{\"type\":\"string\"}"

const struct verb VERB_NAME_CHECK = {
    .name = "name.check",
    .kind = VERB_LOCAL,
    .summary_zh = "企业名称自主申报核验",
    .summary_en = "Checks the name of an enterprise",
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"region\",\"shop_name\",\"industry\",\"organisation\"],\"properties\":{" NAME_PARTS
        "}}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"good\":{\"type\":\"boolean\"},\"name\":{\"type\":\"string\"},"
        "\"reasons\":{\"type\":\"array\"},\"reasons_en\":{\"type\":\"array\"}}}",
    .run = check_run};

/* ---- enterprise.register: the register's entry and the credit code ---- */

struct slice region_of(const struct verb_call *x)
{
    return x->town.n >= 6 ? slice_sub(x->town, 0, 6) : S("441900");
}

/* Organisation code of GB 11714: "MAC" and five characters of the alphabet of GB 32100, which leaves out I, O, S, V, Z. */
static struct slice organisation_code(struct arena *a, int64_t n)
{
    static const char ALPHABET[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    char body[5];
    for (int i = 4; i >= 0; i--) {
        body[i] = ALPHABET[n % 31];
        n /= 31;
    }
    return arena_printf(a, "MAC%.5s", body);
}

static const struct json *registered(struct verb_call *x, const struct enterprise_name *n, struct slice uscc)
{
    struct json_builder b = json_builder(x->a);
    json_set_str(&b, "uscc", uscc);
    json_set_str(&b, "name", name_text(x->a, n));
    json_set_str(&b, "shop_name", n->shop);
    json_set_str(&b, "industry", n->industry);
    json_set_str(&b, "organisation", n->organisation);
    json_set_str(&b, "town", x->town);
    json_set_int(&b, "capital_fen", json_int(x->input, "capital_fen", 0));
    json_set_str(&b, "established_on", day_text(x->a, day_of_instant(x->now)));
    json_set_int(&b, "at", x->now);
    return json_object(&b);
}

static result register_run(struct verb_call *x, const struct json **output)
{
    struct enterprise_name n = name_of(x->input);
    struct slice whole = name_text(x->a, &n), region = region_of(x), uscc;
    if (x->nrows == 0) {
        decision_load(x->decision, &BY_NAME, 1, sql_text(whole));
        return fail(x->a, CODE_VERB_MORE, S("name"), NULL);
    }
    /* between the check of the name and today somebody else may have taken it */
    if (x->rows[0].n) return fail(x->a, CODE_ENTERPRISE_NAME_TAKEN, S("/shop_name"), "value", whole, NULL);
    int64_t number = x->number(x->number_ctx, arena_printf(x->a, "uscc:%.*s", SLICE_ARG(region)));
    if (number == 0) return ok();
    const struct slice parts[] = {S("9"), S("1"), region, organisation_code(x->a, number)};
    TRY(identifier_generate(x->a, ID_KIND_USCC, parts, 4, S("uscc"), &uscc));
    *output = registered(x, &n, uscc);
    return ok();
}

static const char *const USCC_SERIES[] = {"uscc", NULL};

const struct verb VERB_ENTERPRISE_REGISTER = {
    .name = "enterprise.register",
    .kind = VERB_LOCAL,
    .summary_zh = "登记企业并赋统一社会信用代码",
    .summary_en = "Enters an enterprise in the register and gives it its credit code",
    .series = USCC_SERIES,
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"region\",\"shop_name\",\"industry\",\"organisation\"],\"properties\":{" NAME_PARTS
        ",\"capital_fen\":{\"type\":\"integer\"}}}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"uscc\":{\"type\":\"string\"},\"name\":{\"type\":\"string\"}}}",
    .run = register_run};
