#include "base/identifier.h"

#include "base/identifier_shape.h"

const struct id_shape ID_SHAPES[ID_KIND_COUNT] = {
    [ID_KIND_NONE] = {"", {"", ""}, {NULL}, {0}},
    [ID_KIND_USCC] = {"uscc", {"统一社会信用代码", "unified social credit code"}, {"UU999999UUUUUUUUUU"}, {1, 1, 6, 8}},
    [ID_KIND_ORG_CODE] = {"org_code", {"组织机构代码", "organisation code"}, {"XXXXXXXXK"}, {8}},
    [ID_KIND_RESIDENT_ID] = {"resident_id",
                             {"公民身份号码", "resident identity number"},
                             {"99999999999999999K"},
                             {6, 8, 3}},
    [ID_KIND_RESIDENCE_PERMIT] = {"residence_permit",
                                  {"港澳台居民居住证号码",
                                   "residence permit number of a Hong Kong, Macao or Taiwan resident"},
                                  {"99999999999999999K"},
                                  {6, 8, 3}},
    [ID_KIND_HKM_PERMIT] = {"hkm_permit",
                            {"港澳居民来往内地通行证号码",
                             "mainland travel permit number of a Hong Kong or Macao resident"},
                            {"A99999999"},
                            {9}},
    [ID_KIND_TW_PERMIT] = {"tw_permit",
                           {"台湾居民来往大陆通行证号码", "mainland travel permit number of a Taiwan resident"},
                           {"99999999"},
                           {8}},
    [ID_KIND_PASSPORT] = {"passport",
                          {"护照号码", "passport number"},
                          {"XXXXX", "XXXXXX", "XXXXXXX", "XXXXXXXX", "XXXXXXXXX"},
                          {9}},
    [ID_KIND_ECERT] = {"ecert_id", {"电子证照标识", "electronic certificate identifier"}, {NULL}, {0}},
    [ID_KIND_BASIC_CODE] = {"basic_code",
                            {"事项基本编码", "basic code of a government service"},
                            {"9999XXXXXXXX"},
                            {2, 2, 5, 3}},
    [ID_KIND_IMPL_CODE] = {"impl_code",
                           {"事项实施编码", "implementation code of a government service"},
                           {"UU999999UUUUUUUUUU99999XXXXXXXX", "UU999999UUUUUUUUUU99999XXXXXXXXXX"},
                           {18, 1, 12, 2}},
    [ID_KIND_CASE_NO] = {"case_no",
                         {"办件编号", "case number"},
                         {"UU999999UUUUUUUUUU99999XXXXXXXX999999999999",
                          "UU999999UUUUUUUUUU99999XXXXXXXXXX999999999999"},
                         {0}},
    [ID_KIND_REALTY_UNIT] = {"bdcdyh",
                             {"不动产单元代码", "real estate unit code"},
                             {"999999999999AA99999A99999999"},
                             {6, 3, 3, 2, 5, 1, 8}},
    [ID_KIND_PARCEL] = {"zddm", {"宗地代码", "land parcel code"}, {"999999999999AA99999"}, {6, 3, 3, 2, 5}},
    [ID_KIND_CONTAINER] = {"iso6346", {"集装箱号", "container number"}, {"AAAA9999999"}, {3, 1, 6}},
};

enum id_kind id_kind_of(struct slice name)
{
    for (enum id_kind k = ID_KIND_NONE + 1; k < ID_KIND_COUNT; k++)
        if (slice_is(name, ID_SHAPES[k].name)) return k;
    return ID_KIND_NONE;
}

static enum id_kind within(enum id_kind kind)
{
    return (unsigned)kind < ID_KIND_COUNT ? kind : ID_KIND_NONE;
}

const char *id_kind_name(enum id_kind kind)
{
    return ID_SHAPES[within(kind)].name;
}

const char *id_kind_title(enum id_kind kind, enum lang lang)
{
    return ID_SHAPES[within(kind)].title[lang];
}

/* What a check is about; handed to each rule. */
struct check {
    struct arena *a;
    enum id_kind kind;
    struct slice value, field;
};

static struct slice title(const struct check *c, enum lang lang)
{
    return slice_cstr(id_kind_title(c->kind, lang));
}

static struct slice decimal(const struct check *c, size_t n)
{
    return arena_printf(c->a, "%zu", n);
}

static result bad_length(const struct check *c, const char *expected)
{
    return fail(c->a, CODE_IDENTIFIER_LENGTH, c->field, "name_zh", title(c, LANG_ZH), "name", title(c, LANG_EN),
                "expected", slice_cstr(expected), "actual", decimal(c, slice_codepoints(c->value)), NULL);
}

/* The whole character at a byte offset; U+FFFD where there is no UTF-8. */
static struct slice character_at(struct slice s, size_t at)
{
    for (size_t n = 1; n <= 4; n++) {
        struct slice one = slice_sub(s, at, n);
        if (slice_utf8(one)) return one;
    }
    return S("\xEF\xBF\xBD");
}

static result bad_character(const struct check *c, size_t at, const char *zh, const char *en)
{
    return fail(c->a, CODE_IDENTIFIER_ALPHABET, c->field, "name_zh", title(c, LANG_ZH), "name", title(c, LANG_EN),
                "position", decimal(c, at + 1), "found", character_at(c->value, at), "expected_zh", slice_cstr(zh),
                "expected", slice_cstr(en), NULL);
}

static result bad_part(const struct check *c, size_t at, size_t n, const char *zh, const char *en)
{
    struct slice found = slice_sub(c->value, at, n);
    found.n = slice_utf8_end(found); /* a cut or bad character is not shown */
    return fail(c->a, CODE_IDENTIFIER_PART, c->field, "name_zh", title(c, LANG_ZH), "name", title(c, LANG_EN),
                "position", decimal(c, at + 1), "found", found, "part_zh", slice_cstr(zh), "part", slice_cstr(en),
                NULL);
}

static result check_digit(const struct check *c, size_t at, char expected)
{
    if (c->value.p[at] == expected) return ok();
    return fail(c->a, CODE_IDENTIFIER_CHECK_DIGIT, c->field, "name_zh", title(c, LANG_ZH), "name", title(c, LANG_EN),
                "position", decimal(c, at + 1), "found", slice_sub(c->value, at, 1), "expected", slice_of(&expected, 1),
                NULL);
}

static result check_date(const struct check *c, size_t at)
{
    day ignored;
    if (compact_date(slice_sub(c->value, at, 8), &ignored)) return ok();
    return fail(c->a, CODE_IDENTIFIER_DATE, c->field, "name_zh", title(c, LANG_ZH), "name", title(c, LANG_EN),
                "position", decimal(c, at + 1), NULL);
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Pattern letters: 9 digit, A capital, X either, U the 31 characters of GB 32100, K digit or X. */
static result check_character(const struct check *c, size_t at, char pattern)
{
    char v = c->value.p[at];
    switch (pattern) {
    case '9': return digit(v) ? ok() : bad_character(c, at, "数字", "a digit");
    case 'A': return capital(v) ? ok() : bad_character(c, at, "大写字母", "a capital letter");
    case 'K': return digit(v) || v == 'X' ? ok() : bad_character(c, at, "数字或 X", "a digit or X");
    case 'U':
        if (digit(v) || (capital(v) && !strchr("IOSVZ", v))) return ok();
        return bad_character(c, at, "数字或大写字母（不含 I、O、S、V、Z）",
                             "a digit or a capital letter other than I, O, S, V, Z");
    default:
        return digit(v) || capital(v) ? ok() : bad_character(c, at, "数字或大写字母", "a digit or a capital letter");
    }
}

static result check_pattern(const struct check *c)
{
    const char *const *patterns = ID_SHAPES[c->kind].patterns;
    size_t length = slice_utf8(c->value) ? slice_codepoints(c->value) : c->value.n, count = 0;
    const char *pattern = NULL;
    for (; count < ID_PATTERNS && patterns[count]; count++)
        if (strlen(patterns[count]) == length) pattern = patterns[count];
    if (!pattern) {
        size_t first = count ? strlen(patterns[0]) : 0, last = count ? strlen(patterns[count - 1]) : 0;
        if (count == 1) return bad_length(c, decimal(c, first).p);
        return bad_length(c, arena_printf(c->a, count == 2 ? "%zu / %zu" : "%zu–%zu", first, last).p);
    }
    for (size_t i = 0; i < length; i++)
        TRY(check_character(c, i, pattern[i])); /* ends at the first byte beyond ASCII */
    return ok();
}

/* Provinces of GB/T 2260; 10 is the whole country (of bodies only). */
static result check_province(const struct check *c, size_t at, const char *provinces)
{
    for (const char *p = provinces; *p; p += 3)
        if (p[0] == c->value.p[at] && p[1] == c->value.p[at + 1]) return ok();
    return bad_part(c, at, 6, "行政区划", "region");
}

#define MAINLAND "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 "

/* Registering departments and their classes (GB 32100 table 1 and its later additions). For departments whose
 * classes we have only at second hand any digit from 1 is let through. */
static result check_department(const struct check *c)
{
    static const char *const classes[][2] = {
        {"1", "1239"}, {"5", "1239"}, {"9", "1239"}, {"Y", "1239"}, {"2", NULL}, {"3", NULL},
        {"4", NULL},   {"6", NULL},   {"7", NULL},   {"8", NULL},   {"A", NULL}, {"N", NULL},
    };
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (classes[i][0][0] != c->value.p[0]) continue;
        char class = c->value.p[1];
        bool good = classes[i][1] ? strchr(classes[i][1], class) != NULL : class >= '1' && class <= '9';
        return good ? ok() : bad_part(c, 1, 1, "机构类别", "class");
    }
    return bad_part(c, 0, 1, "登记管理部门", "registering department");
}

/* Bytes 0 to 17 of the value are a USCC (also inside longer codes). */
static result check_uscc(const struct check *c)
{
    TRY(check_department(c));
    TRY(check_province(c, 2, "10 " MAINLAND "71 81 82 "));
    TRY(check_digit(c, 16, org_code_check(slice_sub(c->value, 8, 8))));
    return check_digit(c, 17, uscc_check(slice_sub(c->value, 0, 17)));
}

static result check_resident(const struct check *c, const char *provinces)
{
    TRY(check_province(c, 0, provinces));
    if (c->kind == ID_KIND_RESIDENCE_PERMIT && !slice_is(slice_sub(c->value, 2, 4), "0000"))
        return bad_part(c, 0, 6, "地区码", "region");
    TRY(check_date(c, 6));
    return check_digit(c, 17, resident_id_check(slice_sub(c->value, 0, 17)));
}

/* USCC of the body, level 1 national … 6 village, 7 graded (GB/T 39046 table of 行使层级), basic code. */
static result check_impl(const struct check *c)
{
    TRY(check_uscc(c));
    char level = c->value.p[18];
    return level >= '1' && level <= '7' ? ok() : bad_part(c, 18, 1, "行使层级", "level");
}

/* GB/T 37346: 宗地特征码 (ownership, then kind of right) and 定着物特征码. */
static result check_realty(const struct check *c)
{
    TRY(check_province(c, 0, MAINLAND));
    if (!strchr("GJZ", c->value.p[12]) || !strchr("ABSXCDEFHGWY", c->value.p[13]))
        return bad_part(c, 12, 2, "宗地特征码", "parcel characteristic");
    if (c->kind == ID_KIND_REALTY_UNIT && !strchr("FLQW", c->value.p[19]))
        return bad_part(c, 19, 1, "定着物特征码", "fixture characteristic");
    return ok();
}

static result check_container(const struct check *c)
{
    if (!strchr("UJZ", c->value.p[3])) return bad_part(c, 3, 1, "设备识别码", "equipment category");
    return check_digit(c, 10, container_check(slice_sub(c->value, 0, 10)));
}

/* The parts behind the root carry the check: MOD 37,36 over them without the dots (GB/T 36904). */
static result check_ecert(const struct check *c)
{
    struct slice part[5], plain;
    size_t bad = 0;
    if (!slice_starts(c->value, S(ECERT_ROOT)))
        return bad_part(c, 0, S(ECERT_ROOT).n, "根节点（1.2.156.3005.2.）", "root (1.2.156.3005.2.)");
    for (size_t i = S(ECERT_ROOT).n; i < c->value.n; i++) {
        char v = c->value.p[i];
        if (!digit(v) && !capital(v) && v != '.')
            return bad_character(c, i, "数字、大写字母或点", "a digit, a capital letter or a dot");
    }
    if (!ecert_parts(c->value, part, &bad)) {
        static const char *const zh[] = {"证照类型代码（21 位）", "颁发机构代码（1–18 位）", "流水号",
                                         "版本号（3 位数字）", "校验位（1 位）"};
        static const char *const en[] = {"type code (21 characters)", "issuer code (1 to 18)", "serial number",
                                         "version (3 digits)", "check character (1)"};
        return bad_part(c, part[bad].p ? (size_t)(part[bad].p - c->value.p) : c->value.n, part[bad].n, zh[bad],
                        en[bad]);
    }
    plain = ecert_plain(c->a, part);
    return check_digit(c, c->value.n - 1, mod_37_36(plain));
}

static result check_rules(const struct check *c)
{
    switch (c->kind) {
    case ID_KIND_USCC: return check_uscc(c);
    case ID_KIND_ORG_CODE: return check_digit(c, 8, org_code_check(slice_sub(c->value, 0, 8)));
    case ID_KIND_RESIDENT_ID: return check_resident(c, MAINLAND "71 ");
    case ID_KIND_RESIDENCE_PERMIT: return check_resident(c, "81 82 83 ");
    case ID_KIND_HKM_PERMIT:
        return strchr("HM", c->value.p[0]) ? ok()
                                           : bad_part(c, 0, 1, "地区字母（H 或 M）", "letter of the region (H or M)");
    case ID_KIND_IMPL_CODE: return check_impl(c);
    case ID_KIND_CASE_NO: TRY(check_impl(c)); return check_date(c, c->value.n - 12);
    case ID_KIND_REALTY_UNIT:
    case ID_KIND_PARCEL: return check_realty(c);
    case ID_KIND_CONTAINER: return check_container(c);
    default: return ok();
    }
}

result identifier_check(struct arena *a, enum id_kind kind, struct slice value, struct slice field)
{
    const struct check c = {a, kind, value, field};
    if (within(kind) == ID_KIND_NONE)
        return fail(a, CODE_IDENTIFIER_KIND, field, "value", arena_printf(a, "%d", (int)kind), NULL);
    if (kind == ID_KIND_ECERT) return check_ecert(&c);
    TRY(check_pattern(&c));
    return check_rules(&c);
}
