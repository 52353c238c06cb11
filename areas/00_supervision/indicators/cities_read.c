/* Reading a file of other cities' figures: CSV (RFC 4180) or JSON. Pure; every fault is found, not only the first. */
#include "areas/00_supervision/indicators/indicators.h"

#include <math.h>
#include <stdlib.h>

#include "base/csv.h"

enum { F_CITY, F_NAME, F_INDICATOR, F_COMPONENT, F_PERIOD, F_VALUE, F_SOURCE, FIELDS };
static const char *const FIELD_NAMES[FIELDS] = {"city", "name", "indicator", "component", "period", "value", "source"};
enum { LINES_MAX = 100000, COLUMNS_MAX = 32 };

struct reading {
    struct arena *a;
    const struct definitions *d;
    struct slice name, own;
    size_t line;
    result all;
    size_t faults; /* at most so many are told */
    struct city_figures *out;
};
#define FAULTS_MAX 50

static void fault(struct reading *r, int field, result (*make)(struct reading *r, struct slice where))
{
    struct slice where =
        arena_printf(r->a, "%.*s:%zu#%s", SLICE_ARG(r->name), r->line, field < 0 ? "" : FIELD_NAMES[field]);
    if (r->faults++ < FAULTS_MAX) r->all = result_join(r->a, r->all, make(r, where));
}

/* ---- the rules, each with its words ---- */

static result missing(struct reading *r, struct slice where)
{
    return fail(r->a, CODE_FIELD_REQUIRED, where, NULL);
}

#define EXPECTED(name, zh, en)                                                                       \
    static result name(struct reading *r, struct slice where)                                        \
    {                                                                                                \
        return fail(r->a, CODE_FIELD_TYPE, where, "expected_zh", S(zh), "expected_en", S(en), NULL); \
    }
EXPECTED(bad_city, "城市代码：1 至 20 个小写字母、数字、“_”或“-”，内地城市用 GB/T 2260 代码",
         "the code of a city: 1 to 20 lower-case letters, digits, \"_\" or \"-\"; GB/T 2260 for mainland cities")
EXPECTED(own_city, "其他城市的代码：本市的数据由办件计算，不能导入",
         "the code of another city: this city's figures are computed from its cases and cannot be imported")
EXPECTED(bad_name, "1 至 60 个字的城市名称", "the city's name, 1 to 60 characters")
EXPECTED(bad_indicator, "指标序号 1 至 18", "the number of an indicator, 1 to 18")
EXPECTED(bad_period, "期间，写作 2021 或 2021-09", "a period written 2021 or 2021-09")
EXPECTED(bad_value, "不小于 0 的数", "a number, not below 0")
EXPECTED(bad_share, "0 至 1 之间的比例", "a share between 0 and 1")
EXPECTED(bad_score, "0 至 100 之间的分数", "a score between 0 and 100")
EXPECTED(bad_source, "1 至 300 个字的出处", "where it was published, 1 to 300 characters")
EXPECTED(bad_columns, "与首行列数相同的各列", "as many columns as the first line names")
EXPECTED(repeated, "同一城市、指标、内容和期间只出现一次", "each city, indicator, component and period once only")

static result bad_component(struct reading *r, struct slice where)
{
    struct buf b = buf_new(r->a, 1000);
    for (size_t i = 0; i < r->d->ncomponents; i++) buf_printf(&b, "%.*s, ", SLICE_ARG(r->d->components[i].key));
    buf_puts(&b, "score");
    return fail(r->a, CODE_FIELD_ENUM, where, "title", S("component"), "allowed", buf_slice(&b), NULL);
}

/* ---- one line ---- */

static bool code_good(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) return false;
    }
    return s.n >= 1 && s.n <= 20;
}

static bool length_good(struct slice s, size_t most)
{
    return slice_utf8(s) && s.n > 0 && slice_codepoints(s) <= most;
}

static bool period_good(struct slice s)
{
    int64_t v;
    if (s.n == 4) return slice_int64(s, &v) && v >= 1949 && v <= 9999;
    return month_scan(s, &v);
}

/* Digits with at most one point: what other forms of numbers mean is not guessed. */
static bool decimal(struct slice s, double *out)
{
    char text[40];
    size_t digits = 0, points = 0;
    for (size_t i = 0; i < s.n; i++) {
        digits += s.p[i] >= '0' && s.p[i] <= '9' ? 1 : 0;
        points += s.p[i] == '.' ? 1 : 0;
    }
    if (digits == 0 || points > 1 || digits + points != s.n || s.n >= sizeof text) return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    *out = strtod(text, NULL);
    return true;
}

static void read_value(struct reading *r, struct slice text, bool component_known, struct city_figure *f)
{
    f->text = text;
    if (!decimal(text, &f->value)) {
        fault(r, F_VALUE, bad_value);
        return;
    }
    if (!component_known) return;
    if (f->component == COMPONENT_SCORE) {
        if (f->value > 100) fault(r, F_VALUE, bad_score);
        return;
    }
    enum measure m = r->d->components[f->component].measure;
    if ((m == MEASURE_ONLINE || m == MEASURE_RATING) && f->value > 1) fault(r, F_VALUE, bad_share);
}

static bool same(const struct city_figure *x, const struct city_figure *y)
{
    return x->indicator == y->indicator && x->component == y->component && slice_eq(x->city, y->city) &&
           slice_eq(x->period, y->period);
}

static void read_line(struct reading *r, const struct slice *v)
{
    struct city_figure *f = &r->out->list[r->out->n];
    size_t before = r->faults;
    *f = (struct city_figure){.city = v[F_CITY], .name = v[F_NAME], .period = v[F_PERIOD], .source = v[F_SOURCE]};
    for (int i = 0; i < FIELDS; i++)
        if (v[i].n == 0) fault(r, i, missing);
    if (f->city.n && !code_good(f->city)) fault(r, F_CITY, bad_city);
    if (f->city.n && slice_eq(f->city, r->own)) fault(r, F_CITY, own_city);
    if (f->name.n && !length_good(f->name, 60)) fault(r, F_NAME, bad_name);
    if (v[F_INDICATOR].n && (!slice_int64(v[F_INDICATOR], &f->indicator) || !indicator_find(r->d, f->indicator)))
        fault(r, F_INDICATOR, bad_indicator);
    f->component = component_find(r->d, v[F_COMPONENT]);
    bool known = f->component != SIZE_MAX || slice_is(v[F_COMPONENT], "score");
    if (v[F_COMPONENT].n && !known) fault(r, F_COMPONENT, bad_component);
    if (f->period.n && !period_good(f->period)) fault(r, F_PERIOD, bad_period);
    if (v[F_VALUE].n) read_value(r, v[F_VALUE], known, f);
    if (f->source.n && !length_good(f->source, 300)) fault(r, F_SOURCE, bad_source);
    for (size_t i = 0; i < r->out->n && r->faults == before; i++)
        if (same(&r->out->list[i], f)) fault(r, F_PERIOD, repeated);
    if (r->faults == before) r->out->n++;
}

/* ---- CSV ---- */

static result csv(struct reading *r, struct slice text)
{
    struct slice cell[COLUMNS_MAX], v[FIELDS];
    size_t at = 0, column[FIELDS], ncolumns, n;
    r->line = 1;
    ncolumns = csv_record(r->a, text, &at, &r->line, cell, COLUMNS_MAX);
    for (int i = 0; i < FIELDS; i++) {
        column[i] = SIZE_MAX;
        for (size_t k = 0; k < ncolumns; k++)
            if (slice_is(cell[k], FIELD_NAMES[i])) column[i] = k;
        if (column[i] == SIZE_MAX) fault(r, i, missing);
    }
    if (failed(r->all)) return r->all;
    while (at < text.n) {
        size_t first = ++r->line;
        n = csv_record(r->a, text, &at, &r->line, cell, COLUMNS_MAX);
        size_t last = r->line;
        if (n == 1 && cell[0].n == 0) continue; /* an empty line */
        r->line = first;
        if (n != ncolumns) {
            fault(r, -1, bad_columns);
        } else {
            for (int i = 0; i < FIELDS; i++) v[i] = cell[column[i]];
            read_line(r, v);
        }
        r->line = last;
    }
    return r->all;
}

/* ---- JSON ---- */

static result json(struct reading *r, struct slice text)
{
    const struct json *v, *list;
    TRY(json_parse(r->a, text, 32 * 1024 * 1024, r->name, &v));
    list = v->type == JSON_ARRAY ? v : json_get(v, "figures");
    if (!list || list->type != JSON_ARRAY)
        return fail(r->a, CODE_FIELD_REQUIRED, arena_printf(r->a, "%.*s#/figures", SLICE_ARG(r->name)), NULL);
    for (size_t i = 0; i < list->n && i < LINES_MAX; i++) {
        struct slice fields[FIELDS];
        for (int k = 0; k < FIELDS; k++) {
            const struct json *x = json_get(list->items[i], FIELD_NAMES[k]);
            bool text_or_number = x && (x->type == JSON_STRING || x->type == JSON_NUMBER);
            fields[k] = text_or_number ? slice_trim(x->text) : (struct slice){NULL, 0};
        }
        r->line = i + 1;
        read_line(r, fields);
    }
    return r->all;
}

static size_t lines(struct slice text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.n; i++) n += text.p[i] == '\n' || text.p[i] == '{' ? 1 : 0;
    return n;
}

result cities_read(struct arena *a, const struct definitions *d, struct slice name, struct slice text, struct slice own,
                   struct city_figures *out)
{
    struct reading r = {.a = a, .d = d, .name = name, .own = own, .all = ok(), .out = out};
    if (slice_starts(text, S("\xef\xbb\xbf"))) text = slice_sub(text, 3, text.n);
    if (lines(text) > LINES_MAX) return fail(a, CODE_TOO_LARGE, name, "limit", S("100000 lines"), NULL);
    *out = (struct city_figures){NEW_ARRAY(a, struct city_figure, lines(text) + 1), 0};
    struct slice begin = slice_trim(text);
    bool is_json = begin.n && (begin.p[0] == '[' || begin.p[0] == '{');
    return is_json ? json(&r, text) : csv(&r, text);
}
