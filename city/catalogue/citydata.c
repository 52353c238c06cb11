/* The city's data files: read once, every fault reported with its place. */
#include "city/catalogue/citydata.h"

#include "base/identifier.h"
#include "city/api.h"

struct bitext bitext_of(const struct json *v)
{
    if (v && v->type == JSON_STRING) return (struct bitext){v->text, v->text};
    return (struct bitext){json_string(v, "zh"), json_string(v, "en")};
}

const struct json *bitext_json(struct arena *a, struct bitext t)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "zh", t.zh);
    json_set_str(&b, "en", t.en);
    return json_object(&b);
}

struct reading {
    struct arena *a;
    struct service_files files;
    struct citydata *d;
    result faults;
};

static void fault(struct reading *r, const char *file, size_t i, const char *member, const char *zh, const char *en)
{
    struct slice where = arena_printf(r->a, "%s/%zu/%s", file, i, member);
    result f = fail(r->a, CODE_CITY_DATA, where, "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
    r->faults = result_join(r->a, r->faults, f);
}

/* The file's array; empty when the file is missing or broken (said). */
static const struct json *array_of(struct reading *r, const char *file)
{
    const struct service_file *f = service_files_find(r->files, file);
    const struct json *v = NULL;
    struct json_builder none = json_builder(r->a);
    if (!f) return json_array(&none);
    result res = json_parse(r->a, f->bytes, 8 * 1024 * 1024, slice_cstr(file), &v);
    if (failed(res)) {
        r->faults = result_join(r->a, r->faults, res);
    } else if (v->type != JSON_ARRAY) {
        fault(r, file, 0, "", "须为数组", "must be an array");
    } else {
        for (size_t i = 0; i < v->n; i++)
            if (v->items[i]->type != JSON_OBJECT) {
                fault(r, file, i, "", "须为对象", "must be an object");
                return json_array(&none);
            }
        return v;
    }
    return json_array(&none);
}

static struct slice need(struct reading *r, const char *file, size_t i, const struct json *v, const char *member)
{
    struct slice s = json_string(v, member);
    if (!s.n) fault(r, file, i, member, "必须填写", "is required");
    return s;
}

static struct bitext need_text(struct reading *r, const char *file, size_t i, const struct json *v, const char *member)
{
    struct bitext t = bitext_of(json_get(v, member));
    if (!t.zh.n || !t.en.n) fault(r, file, i, member, "须有中文和英文", "needs Chinese and English");
    return t;
}

static void read_departments(struct reading *r)
{
    const struct json *v = array_of(r, "departments.json");
    struct department *list = NEW_ARRAY(r->a, struct department, v->n + 1);
    r->d->departments = list;
    for (size_t i = 0; i < v->n; i++) {
        const struct json *x = v->items[i];
        struct department d = {.code = need(r, "departments.json", i, x, "code"),
                               .uscc = json_string(x, "uscc"),
                               .kind = need(r, "departments.json", i, x, "kind"),
                               .name = need_text(r, "departments.json", i, x, "name"),
                               .official = json_string(x, "official"),
                               .mark = json_string(x, "mark"),
                               .is_double = json_bool(x, "double", false)};
        if (!d.official.n) d.official = d.name.zh;
        if (!d.mark.n) d.mark = d.name.zh;
        if (d.uscc.n && failed(identifier_check(r->a, ID_KIND_USCC, d.uscc, S("uscc"))))
            fault(r, "departments.json", i, "uscc", "统一社会信用代码校验不符",
                  "is not a valid unified social credit code");
        if (citydata_department(r->d, d.code)) fault(r, "departments.json", i, "code", "代码重复", "is there twice");
        list[i] = d;
        r->d->ndepartments = i + 1;
    }
}

#define CELLS 40
static void place_town(struct reading *r, size_t i, const struct json *at, struct town *t)
{
    if (!at) return;
    t->placed = at->type == JSON_ARRAY && at->n == 2 && slice_int64(at->items[0]->text, &t->column) &&
                slice_int64(at->items[1]->text, &t->row) && t->column >= 0 && t->column < CELLS && t->row >= 0 &&
                t->row < CELLS;
    if (!t->placed)
        fault(r, "towns.json", i, "at", "应为 [列, 行]，各为 0 至 39 的整数",
              "is [column, row], whole numbers 0 to 39");
    for (size_t k = 0; t->placed && k < r->d->ntowns; k++)
        if (r->d->towns[k].placed && r->d->towns[k].column == t->column && r->d->towns[k].row == t->row)
            fault(r, "towns.json", i, "at", "与另一镇街在同一格", "is the cell of another town");
}

/* Only that it is a collection of features is looked at: what has no known code is not drawn. */
static void read_boundaries(struct reading *r)
{
    const struct service_file *f = service_files_find(r->files, "towns.geojson");
    if (!f) return;
    result res = json_parse(r->a, f->bytes, 16 * 1024 * 1024, S("towns.geojson"), &r->d->boundaries);
    if (failed(res))
        r->faults = result_join(r->a, r->faults, res);
    else if (!slice_is(json_string(r->d->boundaries, "type"), "FeatureCollection"))
        fault(r, "towns.geojson", 0, "type", "应为 FeatureCollection", "is FeatureCollection");
}

static void read_towns(struct reading *r)
{
    const struct json *v = array_of(r, "towns.json");
    struct town *list = NEW_ARRAY(r->a, struct town, v->n + 1);
    r->d->towns = list;
    for (size_t i = 0; i < v->n; i++) {
        struct town t = {.code = need(r, "towns.json", i, v->items[i], "code"),
                         .name = need_text(r, "towns.json", i, v->items[i], "name")};
        if (citydata_town(r->d, t.code)) fault(r, "towns.json", i, "code", "代码重复", "is there twice");
        place_town(r, i, json_get(v->items[i], "at"), &t);
        list[i] = t;
        r->d->ntowns = i + 1;
    }
}

static void read_halls(struct reading *r)
{
    const struct json *v = array_of(r, "halls.json");
    struct hall *list = NEW_ARRAY(r->a, struct hall, v->n + 1);
    r->d->halls = list;
    for (size_t i = 0; i < v->n; i++) {
        const struct json *x = v->items[i];
        struct hall h = {.id = need(r, "halls.json", i, x, "id"),
                         .town = need(r, "halls.json", i, x, "town"),
                         .phone = json_string(x, "phone"),
                         .name = need_text(r, "halls.json", i, x, "name"),
                         .address = need_text(r, "halls.json", i, x, "address"),
                         .hours = need_text(r, "halls.json", i, x, "hours"),
                         .windows = json_int(x, "windows", 0)};
        if (!citydata_town(r->d, h.town)) fault(r, "halls.json", i, "town", "没有这个镇街", "is no town of the list");
        if (citydata_hall(r->d, h.id)) fault(r, "halls.json", i, "id", "标识重复", "is there twice");
        if (h.windows < 1) fault(r, "halls.json", i, "windows", "窗口数须为正数", "must be positive");
        list[i] = h;
        r->d->nhalls = i + 1;
    }
}

static void check_place(struct reading *r, size_t i, struct slice department, struct slice town)
{
    if (department.n && !slice_is(department, "*") && !citydata_department(r->d, department))
        fault(r, "staff.json", i, "department", "没有这个部门", "is no department of the list");
    if (town.n && !slice_is(town, "*") && !citydata_town(r->d, town))
        fault(r, "staff.json", i, "town", "没有这个镇街", "is no town of the list");
}

static void check_staff(struct reading *r, size_t i, const struct json *x)
{
    (void)need(r, "staff.json", i, x, "login");
    (void)need(r, "staff.json", i, x, "name");
    check_place(r, i, need(r, "staff.json", i, x, "department"), need(r, "staff.json", i, x, "town"));
    const struct json *roles = json_get(x, "roles");
    for (size_t k = 0; roles && k < roles->n; k++) {
        enum role role;
        const struct json *g = roles->items[k];
        if (!role_scan(g->type == JSON_STRING ? g->text : json_string(g, "role"), &role))
            fault(r, "staff.json", i, "roles", "没有这个角色", "has a role that does not exist");
        check_place(r, i, json_string(g, "department"), json_string(g, "town"));
    }
}

static void check_number(struct reading *r, const char *file, size_t i, enum id_kind kind, struct slice number,
                         const char *member)
{
    if (kind == ID_KIND_NONE || failed(identifier_check(r->a, kind, number, slice_cstr(member))))
        fault(r, file, i, member, "号码校验不符", "is not a valid number");
}

static void check_people(struct reading *r)
{
    for (size_t i = 0; i < r->d->staff->n; i++) check_staff(r, i, r->d->staff->items[i]);
    for (size_t i = 0; i < r->d->persons->n; i++) {
        const struct json *x = r->d->persons->items[i];
        (void)need(r, "persons.json", i, x, "login");
        (void)need(r, "persons.json", i, x, "name");
        check_number(r, "persons.json", i, id_kind_of(need(r, "persons.json", i, x, "id_kind")),
                     json_string(x, "id_number"), "id_number");
    }
    for (size_t i = 0; i < r->d->enterprises->n; i++) {
        const struct json *x = r->d->enterprises->items[i];
        (void)need(r, "enterprises.json", i, x, "login");
        (void)need(r, "enterprises.json", i, x, "name");
        check_number(r, "enterprises.json", i, ID_KIND_USCC, json_string(x, "uscc"), "uscc");
    }
}

static void check_systems(struct reading *r)
{
    for (size_t i = 0; i < r->d->systems->n; i++) {
        const struct json *x = r->d->systems->items[i];
        struct slice kind = json_string(x, "kind");
        (void)need(r, "systems.json", i, x, "id");
        (void)need_text(r, "systems.json", i, x, "title");
        (void)need_text(r, "systems.json", i, x, "works_when");
        if (kind.n && !slice_is(kind, "ours") && !slice_is(kind, "double") && !slice_is(kind, "tracked"))
            fault(r, "systems.json", i, "kind", "须为 ours、double 或 tracked", "is ours, double or tracked");
    }
}

/* ---- licences ---- */

enum { TYPE_CODE = 21, USCC = 18, YEARS_MAX = 50 };

/* USCC of the body that defined it and three digits (GB/T 36904, 5.2). */
static bool type_code_good(struct arena *a, struct slice s)
{
    int64_t serial;
    return s.n == TYPE_CODE && slice_int64(slice_sub(s, USCC, 3), &serial) &&
           !failed(identifier_check(a, ID_KIND_USCC, slice_sub(s, 0, USCC), S("type_code")));
}

static void read_licence_types(struct reading *r)
{
    static const char FILE[] = "licence_types.json";
    const struct json *v = array_of(r, FILE);
    struct licence_type *list = NEW_ARRAY(r->a, struct licence_type, v->n + 1);
    r->d->licence_types = list;
    for (size_t i = 0; i < v->n; i++) {
        const struct json *x = v->items[i];
        struct licence_type t = {.code = need(r, FILE, i, x, "code"),
                                 .type_code = need(r, FILE, i, x, "type_code"),
                                 .name = need_text(r, FILE, i, x, "name"),
                                 .law = need_text(r, FILE, i, x, "law"),
                                 .department = need(r, FILE, i, x, "department"),
                                 .holder = need(r, FILE, i, x, "holder"),
                                 .template_ = need(r, FILE, i, x, "template"),
                                 .valid_years = json_int(x, "valid_years", -1)};
        if (!type_code_good(r->a, t.type_code))
            fault(r, FILE, i, "type_code", "须为18位统一社会信用代码加3位数字",
                  "is a unified social credit code and three digits");
        if (!citydata_department(r->d, t.department))
            fault(r, FILE, i, "department", "没有这个部门", "is no department of the list");
        if (!slice_is(t.holder, "person") && !slice_is(t.holder, "uscc"))
            fault(r, FILE, i, "holder", "须为 person 或 uscc", "is person or uscc");
        if (t.valid_years < 0 || t.valid_years > YEARS_MAX)
            fault(r, FILE, i, "valid_years", "须为 0（长期）至 50", "is 0 (without end) to 50");
        for (size_t k = 0; k < i; k++)
            if (slice_eq(list[k].code, t.code) || slice_eq(list[k].type_code, t.type_code))
                fault(r, FILE, i, "code", "代码重复", "is there twice");
        list[i] = t;
        r->d->nlicence_types = i + 1;
    }
}

static void read_licence_purposes(struct reading *r)
{
    static const char FILE[] = "licence_purposes.json";
    const struct json *v = array_of(r, FILE);
    struct licence_purpose *list = NEW_ARRAY(r->a, struct licence_purpose, v->n + 1);
    r->d->licence_purposes = list;
    for (size_t i = 0; i < v->n; i++) {
        const struct json *x = v->items[i], *bodies = json_get(x, "departments");
        struct licence_purpose p = {
            .code = need(r, FILE, i, x, "code"), .name = need_text(r, FILE, i, x, "name"), .departments = bodies};
        if (json_get(x, "law")) p.law = need_text(r, FILE, i, x, "law");
        if (citydata_licence_purpose(r->d, p.code)) fault(r, FILE, i, "code", "代码重复", "is there twice");
        if (!bodies || bodies->type != JSON_ARRAY || !bodies->n)
            fault(r, FILE, i, "departments", "须列出部门，或 [\"*\"]", "lists departments, or [\"*\"]");
        for (size_t k = 0; bodies && k < bodies->n; k++)
            if (!slice_is(bodies->items[k]->text, "*") && !citydata_department(r->d, bodies->items[k]->text))
                fault(r, FILE, i, "departments", "有不在名单上的部门", "has one that is no department of the list");
        list[i] = p;
        r->d->nlicence_purposes = i + 1;
    }
}

result citydata_read(struct arena *a, struct service_files files, struct citydata **out)
{
    struct reading r = {a, files, NEW(a, struct citydata), ok()};
    read_departments(&r);
    read_towns(&r);
    read_boundaries(&r);
    read_halls(&r);
    read_licence_types(&r);
    read_licence_purposes(&r);
    r.d->staff = array_of(&r, "staff.json");
    r.d->persons = array_of(&r, "persons.json");
    r.d->enterprises = array_of(&r, "enterprises.json");
    r.d->systems = array_of(&r, "systems.json");
    r.d->areas = array_of(&r, "areas.json");
    check_people(&r);
    check_systems(&r);
    *out = r.d;
    return r.faults;
}

const struct department *citydata_department(const struct citydata *d, struct slice code)
{
    for (size_t i = 0; d && i < d->ndepartments; i++)
        if (slice_eq(d->departments[i].code, code)) return &d->departments[i];
    return NULL;
}

const struct town *citydata_town(const struct citydata *d, struct slice code)
{
    for (size_t i = 0; d && i < d->ntowns; i++)
        if (slice_eq(d->towns[i].code, code)) return &d->towns[i];
    return NULL;
}

const struct hall *citydata_hall(const struct citydata *d, struct slice id)
{
    for (size_t i = 0; d && i < d->nhalls; i++)
        if (slice_eq(d->halls[i].id, id)) return &d->halls[i];
    return NULL;
}

const struct licence_type *citydata_licence_type(const struct citydata *d, struct slice code)
{
    for (size_t i = 0; d && i < d->nlicence_types; i++)
        if (slice_eq(d->licence_types[i].code, code)) return &d->licence_types[i];
    return NULL;
}

const struct licence_purpose *citydata_licence_purpose(const struct citydata *d, struct slice code)
{
    for (size_t i = 0; d && i < d->nlicence_purposes; i++)
        if (slice_eq(d->licence_purposes[i].code, code)) return &d->licence_purposes[i];
    return NULL;
}

bool licence_purpose_for(const struct licence_purpose *p, struct slice department)
{
    for (size_t i = 0; department.n && i < p->departments->n; i++)
        if (slice_is(p->departments->items[i]->text, "*") || slice_eq(p->departments->items[i]->text, department))
            return true;
    return false;
}

const struct json *citydata_department_json(struct arena *a, const struct citydata *d, struct slice code)
{
    const struct department *x = citydata_department(d, code);
    struct json_builder b = json_builder(a);
    json_set_str(&b, "code", code);
    json_set(&b, "name", bitext_json(a, x ? x->name : (struct bitext){code, code}));
    return json_object(&b);
}
