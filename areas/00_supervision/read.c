/* A plan's folder: checked against the form of docs/operators/plan.md before anything is written. */
#include "areas/00_supervision/plan.h"

#include "engine/form/form.h"
#include "trust/crypto.h"

static const char NAME[] = "{\"type\":\"string\",\"minLength\":1,\"maxLength\":200}";
#define NAMES(least) "{\"type\":\"array\",\"minItems\":" least ",\"maxItems\":100,\"uniqueItems\":true,\"items\":%s}"
#define LONG "{\"type\":\"string\",\"maxLength\":4000}"

static struct slice areas_schema(struct arena *a)
{
    return arena_printf(
        a,
        "{\"type\":\"array\",\"minItems\":1,\"maxItems\":200,\"items\":{\"type\":\"object\","
        "\"additionalProperties\":false,\"required\":[\"no\",\"name\",\"leaders\",\"lead\",\"responsible\"],"
        "\"properties\":{\"no\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":999},\"name\":%s,"
        "\"leaders\":" NAMES("1") ",\"lead\":" NAMES("1") ",\"responsible\":" NAMES("0") "}}}",
        NAME, NAME, NAME, NAME);
}

static struct slice tasks_schema(struct arena *a)
{
    return arena_printf(
        a,
        "{\"type\":\"array\",\"minItems\":1,\"maxItems\":2000,\"items\":{\"type\":\"object\",\"additionalProperties\":false,"
        "\"required\":[\"no\",\"area_no\",\"area\",\"problem\",\"symptom\",\"measure\",\"lead\",\"responsible\",\"deadline\",\"due\"],"
        "\"properties\":{\"no\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":9999},"
        "\"area_no\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":999},\"area\":%s,"
        "\"problem\":" LONG ",\"symptom\":" LONG
        ",\"measure\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":4000},"
        "\"lead\":" NAMES("1") ",\"responsible\":" NAMES("0") ",\"acting_lead\":" NAMES(
            "1") ","
                 "\"deadline\":{\"type\":[\"string\",\"null\"],\"maxLength\":400},"
                 "\"due\":{\"type\":[\"string\",\"null\"],\"format\":\"date\"},\"note\":" LONG "}}}",
        NAME, NAME, NAME, NAME);
}

static struct slice about_schema(struct arena *a)
{
    return arena_printf(
        a,
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"title\":%s,"
        "\"number\":{\"type\":\"string\",\"maxLength\":100},\"issued_on\":{\"type\":\"string\",\"format\":\"date\"},"
        "\"offices\":" NAMES("1") "}}",
        NAME, NAME);
}

/* The same problems, each with the file before its place. */
static result in_file(struct arena *a, const char *file, result r)
{
    const struct problem *first = NULL, **end = &first;
    for (const struct problem *p = r.problem; p; p = p->next) {
        struct problem *copy = NEW(a, struct problem);
        *copy = *p;
        copy->next = NULL;
        if (!slice_starts(p->field, slice_cstr(file)))
            copy->field = arena_printf(a, "%s#%.*s", file, SLICE_ARG(p->field));
        *end = copy;
        end = &copy->next;
    }
    return (result){first};
}

static result fault(struct arena *a, const char *file, const char *place, const char *zh, const char *en)
{
    return fail(a, CODE_PLAN_FILE, arena_printf(a, "%s%s", file, place), "detail_zh", slice_cstr(zh), "detail_en",
                slice_cstr(en), NULL);
}

static result parsed(struct arena *a, const char *file, struct slice text, struct slice form, const struct json **out)
{
    const struct json *v;
    const struct schema *s;
    struct schema_options o = {.assert_format = true};
    if (!text.n) return fault(a, file, "", "缺少该文件", "the file is missing or empty");
    result r = json_parse(a, text, PLAN_FILE_MAX, slice_cstr(file), out);
    if (failed(r)) return in_file(a, file, r);
    TRY(json_parse(a, form, PLAN_FILE_MAX, S("form"), &v));
    TRY(schema_compile(a, v, &o, slice_cstr(file), &s));
    return in_file(a, file, schema_validate(a, s, *out));
}

/* Numbers name areas and tasks: once each; a task's area exists. */
static result numbers(struct arena *a, const char *file, const struct json *list, const struct json *areas)
{
    result all = ok();
    for (size_t i = 0; i < list->n; i++) {
        int64_t no = json_int(list->items[i], "no", 0);
        bool area = !areas;
        for (size_t k = 0; k < i; k++)
            if (json_int(list->items[k], "no", 0) == no) {
                char *place = arena_cstr(a, arena_printf(a, "#/%zu/no", i));
                all = result_join(a, all, fault(a, file, place, "编号重复", "this number is used twice"));
                break;
            }
        for (size_t k = 0; areas && k < areas->n; k++)
            area = area || json_int(areas->items[k], "no", 0) == json_int(list->items[i], "area_no", -1);
        if (area) continue;
        char *place = arena_cstr(a, arena_printf(a, "#/%zu/area_no", i));
        all = result_join(a, all, fault(a, file, place, "areas.json 中没有该领域", "areas.json has no such area"));
    }
    return all;
}

/* ---- the text: what its lines tell ---- */

static const char TEXT[] = "action-plan.zh-CN.txt";

/* 2021年8月5日, alone on its line */
static bool zh_date(struct slice s, day *out)
{
    struct slice y, m, d, rest;
    size_t at = slice_search(s, S("年")), to = slice_search(s, S("月")), end = slice_search(s, S("日"));
    int64_t n[3];
    if (at == SIZE_MAX || to == SIZE_MAX || end == SIZE_MAX || to < at + 3 || end < to + 3) return false;
    y = slice_sub(s, 0, at), m = slice_sub(s, at + 3, to - at - 3), d = slice_sub(s, to + 3, end - to - 3);
    rest = slice_sub(s, end + 3, s.n);
    if (rest.n || !slice_int64(y, &n[0]) || !slice_int64(m, &n[1]) || !slice_int64(d, &n[2])) return false;
    if (n[0] < 1949 || n[0] > 9999 || n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31) return false;
    if (!civil_valid((int)n[0], (int)n[1], (int)n[2])) return false;
    *out = day_of_civil((int)n[0], (int)n[1], (int)n[2]);
    return true;
}

/* 一 … 九十九 at the beginning of s; 0: none. *used: bytes. */
static int64_t zh_number(struct slice s, size_t *used)
{
    static const char *const DIGITS[] = {"一", "二", "三", "四", "五", "六", "七", "八", "九"};
    int64_t ten = 0, one = 0;
    size_t at = 0;
    for (;;) {
        struct slice c = slice_sub(s, at, 3);
        int64_t digit = 0;
        for (int i = 0; i < 9; i++)
            if (slice_is(c, DIGITS[i])) digit = i + 1;
        if (digit && one) return 0;
        if (digit)
            one = digit;
        else if (slice_is(c, "十") && !ten) {
            ten = one ? one : 1;
            one = 0;
        } else
            break;
        at += 3;
    }
    *used = at;
    return ten * 10 + one;
}

/* "(一)" or "（一）": its number, else 0. */
static int64_t paragraph(struct slice line)
{
    size_t open = slice_starts(line, S("(")) ? 1 : slice_starts(line, S("（")) ? 3 : 0, used = 0;
    if (!open) return 0;
    int64_t n = zh_number(slice_sub(line, open, line.n), &used);
    struct slice rest = slice_sub(line, open + used, line.n);
    return n && (slice_starts(rest, S(")")) || slice_starts(rest, S("）"))) ? n : 0;
}

struct reading {
    struct plan_input *p;
    struct json_builder measures;
    struct buf part;
    int64_t area; /* whose paragraphs are read; 0: none */
    bool inside;  /* within the chapter of measures */
};

static void part_end(struct arena *a, struct reading *r)
{
    if (r->area)
        json_set_slice(&r->measures, arena_printf(a, "%lld", (long long)r->area),
                       json_of_string(a, buf_slice(&r->part)));
    r->part.n = 0;
    r->area = 0;
}

/* A chapter begins "一、"; the one of the measures has 措施 in its heading. */
static void line(struct arena *a, struct reading *r, struct slice s)
{
    size_t used;
    struct plan_input *p = r->p;
    if (!p->number.n && slice_search(s, S("〔")) != SIZE_MAX && s.n < 100) p->number = s;
    if (!p->title.n && slice_search(s, S("方案")) != SIZE_MAX && s.n < 200 && slice_search(s, S("《")) == SIZE_MAX)
        p->title = s;
    if (!p->issued_on) (void)zh_date(s, &p->issued_on);
    if (zh_number(s, &used) && slice_starts(slice_sub(s, used, s.n), S("、"))) {
        part_end(a, r);
        r->inside = slice_search(s, S("措施")) != SIZE_MAX && s.n < 60;
        return;
    }
    if (!r->inside) return;
    int64_t n = paragraph(s);
    if (n) {
        part_end(a, r);
        r->area = n;
    }
    if (r->area && r->part.n) buf_puts(&r->part, "\n");
    if (r->area) buf_put(&r->part, s);
}

static result text_read(struct arena *a, struct slice text, struct plan_input *p)
{
    struct reading r = {.p = p, .measures = json_builder(a), .part = buf_new(a, PLAN_FILE_MAX + 1)};
    struct slice rest = text, one;
    if (text.n > PLAN_FILE_MAX) return fault(a, TEXT, "", "文件超过 1 MiB", "larger than 1 MiB");
    if (!slice_utf8(text)) return fault(a, TEXT, "", "须为 UTF-8 编码", "it is not UTF-8");
    while (rest.n) {
        (void)slice_cut(rest, '\n', &one, &rest);
        one = slice_trim(one);
        if (one.n) line(a, &r, one);
    }
    part_end(a, &r);
    p->measures = json_object(&r.measures);
    return ok();
}

static result about(struct arena *a, const struct plan_files *f, struct plan_input *p)
{
    const struct json *v = NULL;
    if (!f->text.n && !f->about.n)
        return fault(a, TEXT, "", "缺少该文件（或 plan.json）", "the file (or plan.json) is missing");
    if (f->about.n) TRY(parsed(a, "plan.json", f->about, about_schema(a), &v));
    if (json_get(v, "title")) p->title = json_string(v, "title");
    if (json_get(v, "number")) p->number = json_string(v, "number");
    if (json_get(v, "issued_on"))
        TRY(day_parse(a, json_string(v, "issued_on"), S("plan.json#/issued_on"), &p->issued_on));
    p->offices = json_get(v, "offices");
    TRY(text_read(a, f->text, p));
    struct json_builder b = json_builder(a);
    if (!p->offices) {
        json_add(&b, json_of_cstr(a, "市政府职能转变协调办"));
        json_add(&b, json_of_cstr(a, "市发展改革局"));
        p->offices = json_array(&b);
    }
    if (!p->title.n)
        return fault(a, TEXT, "", "找不到方案名称（可写入 plan.json 的 title）",
                     "no title found (plan.json can give title)");
    if (!p->issued_on)
        return fault(a, TEXT, "", "找不到印发日期（可写入 plan.json 的 issued_on）",
                     "no date of issue found (plan.json can give issued_on)");
    return ok();
}

result plan_read(struct arena *a, const struct plan_files *f, struct plan_input *out)
{
    *out = (struct plan_input){0};
    const struct slice parts[] = {f->text, S("\n#\n"), f->areas, S("\n#\n"), f->tasks, S("\n#\n"), f->about};
    uint8_t hash[CRYPTO_HASH_BYTES];
    result ar = parsed(a, "areas.json", f->areas, areas_schema(a), &out->areas);
    result tr = parsed(a, "hard-tasks.json", f->tasks, tasks_schema(a), &out->tasks);
    result all = result_join(a, about(a, f, out), result_join(a, ar, tr));
    if (failed(all)) return all;
    TRY(numbers(a, "areas.json", out->areas, NULL));
    TRY(numbers(a, "hard-tasks.json", out->tasks, out->areas));
    crypto_sha256_parts(parts, sizeof parts / sizeof *parts, hash);
    out->hash = hex_encode(a, slice_of((const char *)hash, sizeof hash));
    return ok();
}

static struct slice file(struct service_files f, const char *name)
{
    const struct service_file *x = service_files_find(f, name);
    return x ? x->bytes : (struct slice){NULL, 0};
}

result plan_read_folder(struct arena *a, struct service_files folder, struct plan_input *out)
{
    struct plan_files f = {file(folder, TEXT), file(folder, "areas.json"), file(folder, "hard-tasks.json"),
                           file(folder, "plan.json")};
    return plan_read(a, &f, out);
}
