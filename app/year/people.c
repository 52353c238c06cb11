/* Whom a demonstration year needs. Made up throughout: identity numbers have valid check digits and belong to nobody we know; the
 * password is drawn and thrown away, so nobody signs in as them. */
#include "app/year/year.h"

#include "base/identifier.h"
#include "city/identity/identity.h"
#include "trust/crypto.h"

static const char *const SURNAMES[] = {"陈", "李", "黄", "张", "梁", "林", "刘", "吴", "罗", "杨",
                                       "叶", "何", "王", "钟", "曾", "谢", "卢", "袁", "莫", "方"};

struct slice year_login(struct arena *a, const char *kind, size_t n)
{
    return arena_printf(a, "year.%s%05zu", kind, n + 1);
}

static const struct json *texts(struct arena *a, const char *const (*pairs)[2])
{
    struct json_builder b = json_builder(a);
    for (; (*pairs)[0]; pairs++) json_set_cstr(&b, (*pairs)[0], (*pairs)[1]);
    return json_object(&b);
}

static const struct json *source(struct arena *a)
{
    return texts(a, (const char *const[][2]){{"zh", "演示年度生成的人物（虚构）"},
                                             {"en", "Made up for the demonstration year"},
                                             {NULL, NULL}});
}

/* Born between the ages; the serial of the number is above those of data/city. */
static result person(struct year *y, const char *kind, size_t n, int64_t age_from, int64_t age_to,
                     struct json_builder *out)
{
    struct arena *a = y->a;
    struct json_builder b = json_builder(a), facts = json_builder(a);
    uint64_t s = random_stream(y->p->seed, (uint64_t)n * 7 + (uint64_t)kind[0]);
    day born = day_of_instant(y->from) - (day)random_between(&s, age_from * 366, age_to * 365);
    int year, month, d;
    civil_of_day(born, &year, &month, &d);
    struct slice number, parts[] = {S("441900"), arena_printf(a, "%04d%02d%02d", year, month, d),
                                    arena_printf(a, "%03zu", 300 + n % 700)};
    TRY(identifier_generate(a, ID_KIND_RESIDENT_ID, parts, 3, S("id_number"), &number));
    json_set_str(&b, "login", year_login(a, kind, n));
    json_set_cstr(&b, "id_kind", "resident_id");
    json_set_str(&b, "id_number", number);
    json_set_str(&b, "name", arena_printf(a, "%s演%zu", SURNAMES[n % 20], n + 1));
    json_set(&b, "source", source(a));
    json_set_str(&b, "as_of", day_text(a, day_of_instant(y->from)));
    json_set_str(&facts, "birth", day_text(a, born));
    json_set_cstr(&facts, "gender", n % 2 ? "男" : "女");
    json_set_cstr(&facts, "nationality", "中国");
    json_set_str(&facts, "address", arena_printf(a, "东莞市演示路%zu号（演示）", n + 1));
    json_set(&b, "facts", json_object(&facts));
    json_add(out, json_object(&b));
    return ok();
}

static result enterprise(struct year *y, size_t n, struct json_builder *out)
{
    struct arena *a = y->a;
    struct json_builder b = json_builder(a), facts = json_builder(a);
    struct slice number, parts[] = {S("9"), S("1"), S("441900"), arena_printf(a, "MA7YD%03zu", n % 1000)};
    if (n >= 1000) parts[3] = arena_printf(a, "MA8Y%04zu", n % 10000);
    TRY(identifier_generate(a, ID_KIND_USCC, parts, 4, S("uscc"), &number));
    json_set_str(&b, "login", year_login(a, "enterprise", n));
    json_set_str(&b, "uscc", number);
    json_set_str(&b, "name", arena_printf(a, "东莞市演示年第%zu有限公司", n + 1));
    json_set(&b, "source", source(a));
    json_set_str(&b, "as_of", day_text(a, day_of_instant(y->from)));
    json_set_str(&facts, "legal_representative", arena_printf(a, "%s演企%zu", SURNAMES[n % 20], n + 1));
    json_set_str(&facts, "address", arena_printf(a, "东莞市演示工业园%zu栋（演示）", n + 1));
    json_set_cstr(&facts, "scope", "演示经营范围");
    json_set_int(&facts, "capital_fen", 100000000);
    json_set_str(&facts, "established_on", day_text(a, day_of_instant(y->from) - 400));
    json_set_cstr(&facts, "organisation", "有限责任公司");
    json_set_cstr(&facts, "status", "存续");
    json_set(&b, "facts", json_object(&facts));
    json_add(out, json_object(&b));
    return ok();
}

static const struct stmt WINDOWS = {"year_windows", "SELECT 1 FROM role_grant WHERE role = 'window' AND town = ?1",
                                    NULL, false};

/* Cases are taken in at counters of all towns. */
static result windows(struct year *y, const struct citydata *d, struct json_builder *out)
{
    struct arena *a = y->a;
    for (size_t i = 0; i < d->ntowns; i++) {
        struct rows rows;
        struct sql_value town = sql_text(d->towns[i].code);
        TRY(store_query(y->c->store, a, &WINDOWS, &town, 1, &rows));
        if (rows.n) continue;
        struct json_builder b = json_builder(a), roles = json_builder(a);
        json_add(&roles, texts(a, (const char *const[][2]){{"role", "window"}, {"department", "*"}, {NULL, NULL}}));
        json_set_str(&b, "login", arena_printf(a, "window.%.*s", SLICE_ARG(d->towns[i].code)));
        json_set_str(&b, "name", arena_printf(a, "%.*s窗口（演示）", SLICE_ARG(d->towns[i].name.zh)));
        json_set_cstr(&b, "department", "zwj");
        json_set_str(&b, "town", d->towns[i].code);
        json_set(&b, "roles", json_array(&roles));
        json_add(out, json_object(&b));
    }
    return ok();
}

result year_people_make(struct year *y, const struct year_people *n)
{
    struct arena *a = y->a;
    struct json_builder staff = json_builder(a), persons = json_builder(a), enterprises = json_builder(a);
    struct citydata d = *catalogue_data(y->c->catalogue);
    size_t made;
    for (size_t i = 0; i < n->persons; i++) TRY(person(y, "person", i, 20, 55, &persons));
    for (size_t i = 0; i < n->elders; i++) TRY(person(y, "elder", i, n->age_from, n->age_to, &persons));
    for (size_t i = 0; i < n->enterprises; i++) TRY(enterprise(y, i, &enterprises));
    TRY(windows(y, &d, &staff));
    d.staff = json_array(&staff);
    d.persons = json_array(&persons);
    d.enterprises = json_array(&enterprises);
    /* accounts are the present's: their passwords are as old as the city */
    TRY(identity_seed(y->c, a, &d, random_token(a, 24), y->now, &made));
    y->report.people = (int64_t)made;
    return ok();
}
