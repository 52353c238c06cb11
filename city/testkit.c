#include "city/testkit.h"

#include <stdlib.h>

#include "base/identifier.h"
#include "city/migrate.h"
#include "trust/password.h"

static const char DEPARTMENTS[] =
    "[{\"code\":\"scjg\",\"uscc\":\"11441900TB000001XT\",\"name\":{\"zh\":\"市场监管局\",\"en\":\"Market Regulation\"},\"kind\":\"department\"},"
    "{\"code\":\"gaj\",\"uscc\":\"11441900TB0000028T\",\"name\":{\"zh\":\"公安局\",\"en\":\"Public Security\"},\"kind\":\"department\"}]";
static const char TOWNS[] = "[{\"code\":\"441900003\",\"name\":{\"zh\":\"东城\",\"en\":\"Dongcheng\"}},"
                            "{\"code\":\"441900004\",\"name\":{\"zh\":\"南城\",\"en\":\"Nancheng\"}}]";
static const char HALLS[] =
    "[{\"id\":\"h_nancheng\",\"town\":\"441900004\",\"name\":{\"zh\":\"市民中心\",\"en\":\"Civic Centre\"},"
    "\"address\":{\"zh\":\"鸿福路\",\"en\":\"Hongfu Road\"},\"hours\":{\"zh\":\"9:00-17:00\",\"en\":\"9 to 5\"},\"windows\":12}]";

static const struct verb ISSUE = {
    .name = "test.issue",
    .kind = VERB_JOB,
    .summary_zh = "测试",
    .summary_en = "test",
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"template\"],\"properties\":{\"template\":{},\"area\":{},\"data\":{}}}",
    .output_schema = "{}"};
/* Of that name, for what a check says about its inputs; it issues nothing. */
static const struct verb LICENCE = {
    .name = "licence.issue",
    .kind = VERB_JOB,
    .summary_zh = "测试",
    .summary_en = "test",
    .input_schema = "{\"type\":\"object\",\"properties\":{\"template\":{},\"type\":{},\"type_code\":{},\"area\":{}}}",
    .output_schema = "{}"};
static const struct verb *const VERBS[] = {&ISSUE, &LICENCE};
static const struct area AREA = {.number = 1, .name_zh = "测试", .name_en = "test", .verbs = VERBS, .nverbs = 2};
static const struct area *const AREA_LIST[] = {&AREA};
static const struct areas AREAS = {AREA_LIST, 1};

static void load_data(struct city_kit *k)
{
    static const char TYPES[] =
        "[{\"code\":\"permit\",\"type_code\":\"11441900TB0000028T001\",\"name\":{\"zh\":\"许可证\",\"en\":\"permit\"},\"department\":\"gaj\","
        "\"holder\":\"person\",\"valid_years\":0,\"template\":\"permit\",\"law\":{\"zh\":\"测试\",\"en\":\"test\"}}]";
    const struct service_file files[] = {{S("departments.json"), slice_cstr(DEPARTMENTS)},
                                         {S("licence_types.json"), slice_cstr(TYPES)},
                                         {S("towns.json"), slice_cstr(TOWNS)},
                                         {S("halls.json"), slice_cstr(HALLS)}};
    assert_good(k->a, citydata_read(k->a, (struct service_files){files, 4}, &k->data));
}

void city_kit_open(struct city_kit *k, struct store_fixture *f)
{
    *k = (struct city_kit){.f = f, .a = f->a};
    password_test_cost(true);
    assert_true(instant_scan(S("2021-04-30T09:00:00+08:00"), &k->now));
    f->options.time = test_clock(&k->now);
    store_fixture_reopen(f);
    assert_good(k->a, city_migrate(f->s, k->a, &AREAS));
    store_fixture_reusable(f);
    load_data(k);
    k->c = (struct city){
        .a = k->a, .store = f->s, .time = test_clock(&k->now), .areas = &AREAS, .key_version = 1, .demo = true};
    k->c.code = S("441900");
    k->c.suite = city_test_suite();
    k->c.name_zh = S("测试市");
    k->c.name_en = S("Testville");
    k->c.base_url = S("http://localhost");
    random_bytes(k->c.key, sizeof k->c.key);
    random_bytes(k->c.index_key, sizeof k->c.index_key);
    struct calendar *cal;
    struct office_hours hours = {{540, 870}, {720, 1050}};
    assert_good(k->a, calendar_new(k->a, NULL, 0, hours, &cal));
    k->c.data_dir = arena_printf(k->a, "%s/data", getenv("TONGBAN_SOURCE_ROOT") ? getenv("TONGBAN_SOURCE_ROOT") : "");
    k->c.calendar = cal;
    assert_good(k->a, catalogue_open(k->a, &k->c, k->data, &k->c.catalogue));
}

struct actor kit_staff(struct city_kit *k, const char *login, enum role role)
{
    size_t made;
    struct actor x;
    struct slice text =
        arena_printf(k->a,
                     "[{\"login\":\"%s\",\"name\":\"王经办\",\"department\":\"scjg\",\"town\":\"*\",\"roles\":[\"%s\"],"
                     "\"email\":\"%s@city.test\"}]",
                     login, role_name(role), login);
    struct citydata one = *k->data;
    one.staff = test_json(k->a, text);
    assert_good(k->a, identity_seed(&k->c, k->a, &one, KIT_PASSWORD, k->now, &made));
    assert_int_equal(made, 1);
    assert_good(k->a, actor_of_login(&k->c, k->a, slice_cstr(login), &x));
    return x;
}

/* RFC 4648 base32, to read the secret back like an authenticator does. */
static struct slice unbase32(struct arena *a, struct slice s)
{
    char *p = arena_alloc(a, s.n);
    uint32_t bits = 0;
    int have = 0;
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bits = bits << 5 | (uint32_t)(c >= 'A' ? c - 'A' : c - '2' + 26);
        have += 5;
        if (have < 8) continue;
        have -= 8;
        p[n++] = (char)(bits >> have);
    }
    return slice_of(p, n);
}

struct slice kit_totp(struct city_kit *k, struct slice secret, instant at)
{
    char out[9];
    totp_code(unbase32(k->a, secret), TOTP_SHA1, at / 1000 / TOTP_STEP_SECONDS, 6, out);
    return arena_copy(k->a, slice_cstr(out));
}

struct slice kit_number(struct city_kit *k)
{
    struct slice out;
    const struct slice parts[] = {S("441900"), S("19900307"), arena_printf(k->a, "%03d", ++k->serial)};
    assert_good(k->a, identifier_generate(k->a, ID_KIND_RESIDENT_ID, parts, 3, S("number"), &out));
    return out;
}

static struct actor registered(struct city_kit *k, const struct registration *r)
{
    struct id account;
    struct actor x;
    assert_good(k->a, identity_register(&k->c, k->a, r, k->now, &account));
    assert_good(k->a, actor_of_login(&k->c, k->a, r->login, &x));
    return x;
}

struct actor kit_person(struct city_kit *k, const char *login, struct slice number)
{
    struct registration r = {.name = S("张三丰"),
                             .id_kind = S("resident_id"),
                             .id_number = number.n ? number : kit_number(k),
                             .phone = S("13800138000"),
                             .email = arena_printf(k->a, "%s@people.test", login),
                             .login = slice_cstr(login),
                             .password = KIT_PASSWORD};
    return registered(k, &r);
}

struct actor kit_enterprise(struct city_kit *k, const char *login)
{
    struct slice uscc;
    const struct slice parts[] = {S("9"), S("1"), S("441900"), arena_printf(k->a, "MA%06d", ++k->serial)};
    assert_good(k->a, identifier_generate(k->a, ID_KIND_USCC, parts, 4, S("uscc"), &uscc));
    struct registration r = {.name = S("东莞示范电子有限公司"),
                             .id_kind = S("uscc"),
                             .id_number = uscc,
                             .login = slice_cstr(login),
                             .password = KIT_PASSWORD};
    return registered(k, &r);
}

/* ---- the example service ---- */

struct service_files kit_service(struct city_kit *k)
{
    struct service_files out;
    const char *root = getenv("TONGBAN_SOURCE_ROOT");
    assert_non_null(root);
    assert_good(k->a, service_files_read(k->a, arena_printf(k->a, "%s/test/city/service", root), &out));
    assert_true(out.n > 4);
    return out;
}

struct service_files kit_service_with(struct city_kit *k, const char *path, const char *from, const char *to)
{
    struct service_files files = kit_service(k);
    struct service_file *list = NEW_ARRAY(k->a, struct service_file, files.n);
    bool done = false;
    for (size_t i = 0; i < files.n; i++) {
        list[i] = files.list[i];
        if (!slice_is(list[i].path, path)) continue;
        struct slice b = list[i].bytes, needle = slice_cstr(from);
        size_t at = slice_search(b, needle);
        if (at == SIZE_MAX) fail_msg("%s does not contain %s", path, from);
        struct slice rest = slice_sub(b, at + needle.n, b.n);
        list[i].bytes = arena_printf(k->a, "%.*s%s%.*s", (int)at, b.p, to, SLICE_ARG(rest));
        done = true;
    }
    if (!done) fail_msg("no file %s", path);
    return (struct service_files){list, files.n};
}
