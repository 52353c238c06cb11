/* Reading what departments took in systems of their own: CSV or JSON. Pure; every fault is found, not only the first. */
#include "areas/00_supervision/claims/claims.h"
#include "base/csv.h"

enum { F_MONTH, F_DEPARTMENT, F_SERVICE, F_NAME, F_CASES, F_SOURCE, FIELDS };
static const char *const NAMES[FIELDS] = {"month", "department", "service", "service_name", "cases", "source"};
/* A line of CSV has a line end, an item of JSON a brace: there are no more figures than lines(text). */
enum { LINES_MAX = 20000, COLUMNS_MAX = 32, FAULTS_MAX = 50, BYTES_MAX = 4 * 1024 * 1024 };
#define CASES_MAX 100000000

struct reading {
    struct arena *a;
    struct slice file;
    size_t line, faults;
    result all;
    struct own_figures *out;
};

static void fault(struct reading *r, int field, const char *zh, const char *en)
{
    struct slice where = arena_printf(r->a, "%.*s:%zu#%s", SLICE_ARG(r->file), r->line, field < 0 ? "" : NAMES[field]);
    if (r->faults++ >= FAULTS_MAX) return;
    result one =
        zh ? fail(r->a, CODE_FIELD_TYPE, where, "expected_zh", slice_cstr(zh), "expected_en", slice_cstr(en), NULL)
           : fail(r->a, CODE_FIELD_REQUIRED, where, NULL);
    r->all = result_join(r->a, r->all, one);
}

/* ---- one line ---- */

static bool code_good(struct slice s, size_t most)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (!good) return false;
    }
    return s.n >= 1 && s.n <= most;
}

static bool length_good(struct slice s, size_t most)
{
    return s.n > 0 && slice_utf8(s) && slice_find(s, '\0', 0) == SIZE_MAX && slice_codepoints(s) <= most;
}

/* The same department, service and month twice would say two things. Lines of a department stand together in most files, so the
 * search goes backwards and seldom far. */
static bool repeated(const struct own_figures *f, const struct own_figure *x)
{
    for (size_t i = f->n; i > 0; i--) {
        const struct own_figure *y = &f->list[i - 1];
        if (x->month == y->month && slice_eq(x->department, y->department) && slice_eq(x->service, y->service))
            return true;
    }
    return false;
}

static void read_line(struct reading *r, const struct slice *v)
{
    size_t before = r->faults;
    struct own_figure f = {.department = v[F_DEPARTMENT],
                           .service = v[F_SERVICE],
                           .name = v[F_NAME],
                           .source = v[F_SOURCE],
                           .line = r->line};
    for (int i = 0; i < FIELDS; i++)
        if (i != F_NAME && !v[i].n) fault(r, i, NULL, NULL);
    if (v[F_MONTH].n && !month_scan(v[F_MONTH], &f.month))
        fault(r, F_MONTH, "月份，写作 2021-09", "a month written 2021-09");
    if (f.department.n && !code_good(f.department, 40)) fault(r, F_DEPARTMENT, "部门代码", "the code of a department");
    if (f.service.n && !slice_is(f.service, OWN_ALL) && !code_good(f.service, 60))
        fault(r, F_SERVICE, "事项代码，或“*”表示未分事项的其余办件", "the code of a service, or \"*\" for the rest");
    if (f.name.n && !length_good(f.name, 120))
        fault(r, F_NAME, "1 至 120 个字的事项名称", "a name of 1 to 120 characters");
    if (v[F_CASES].n && (!slice_int64(v[F_CASES], &f.n) || f.n < 0 || f.n > CASES_MAX))
        fault(r, F_CASES, "不小于 0 的整数", "a whole number, not below 0");
    if (f.source.n && !length_good(f.source, 300)) fault(r, F_SOURCE, "1 至 300 个字的出处", "1 to 300 characters");
    if (r->faults == before && repeated(r->out, &f))
        fault(r, F_SERVICE, "同一月份、部门和事项只出现一次", "each month, department and service once only");
    if (r->faults == before) r->out->list[r->out->n++] = f;
}

/* ---- the two forms ---- */

static result csv(struct reading *r, struct slice text)
{
    struct slice cell[COLUMNS_MAX], v[FIELDS];
    size_t at = 0, column[FIELDS], ncolumns, n;
    r->line = 1;
    ncolumns = csv_record(r->a, text, &at, &r->line, cell, COLUMNS_MAX);
    for (int i = 0; i < FIELDS; i++) {
        column[i] = SIZE_MAX;
        for (size_t k = 0; k < ncolumns; k++)
            if (slice_is(cell[k], NAMES[i])) column[i] = k;
        if (column[i] == SIZE_MAX && i != F_NAME) fault(r, i, NULL, NULL);
    }
    if (failed(r->all)) return r->all;
    while (at < text.n) {
        size_t first = ++r->line;
        n = csv_record(r->a, text, &at, &r->line, cell, COLUMNS_MAX);
        size_t last = r->line;
        if (n == 1 && cell[0].n == 0) continue; /* an empty line */
        r->line = first;
        if (n != ncolumns)
            fault(r, -1, "与首行列数相同的各列", "as many columns as the first line names");
        else {
            for (int i = 0; i < FIELDS; i++) v[i] = column[i] == SIZE_MAX ? S("") : cell[column[i]];
            read_line(r, v);
        }
        r->line = last;
    }
    return r->all;
}

static result json(struct reading *r, struct slice text)
{
    const struct json *v, *list;
    TRY(json_parse(r->a, text, BYTES_MAX, r->file, &v));
    list = v->type == JSON_ARRAY ? v : json_get(v, "figures");
    if (!list || list->type != JSON_ARRAY)
        return fail(r->a, CODE_FIELD_REQUIRED, arena_printf(r->a, "%.*s#/figures", SLICE_ARG(r->file)), NULL);
    for (size_t i = 0; i < list->n; i++) {
        struct slice v6[FIELDS];
        for (int k = 0; k < FIELDS; k++) {
            const struct json *x = json_get(list->items[i], NAMES[k]);
            bool scalar = x && (x->type == JSON_STRING || x->type == JSON_NUMBER);
            v6[k] = scalar ? slice_trim(x->text) : (struct slice){NULL, 0};
        }
        r->line = i + 1;
        read_line(r, v6);
    }
    return r->all;
}

static size_t lines(struct slice text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.n; i++) n += text.p[i] == '\n' || text.p[i] == '{' ? 1 : 0;
    return n;
}

result own_read(struct arena *a, struct slice file, struct slice text, struct own_figures *out)
{
    struct reading r = {.a = a, .file = file, .all = ok(), .out = out};
    if (text.n > BYTES_MAX) return fail(a, CODE_TOO_LARGE, file, "limit", S("4 MiB"), NULL);
    if (slice_starts(text, S("\xef\xbb\xbf"))) text = slice_sub(text, 3, text.n);
    if (lines(text) > LINES_MAX) return fail(a, CODE_TOO_LARGE, file, "limit", S("20000 lines"), NULL);
    *out = (struct own_figures){file, NEW_ARRAY(a, struct own_figure, lines(text) + 1), 0};
    struct slice begin = slice_trim(text);
    bool is_json = begin.n && (begin.p[0] == '[' || begin.p[0] == '{');
    TRY(is_json ? json(&r, text) : csv(&r, text));
    if (!out->n) return fail(a, CODE_FIELD_REQUIRED, arena_printf(a, "%.*s#figures", SLICE_ARG(file)), NULL);
    return ok();
}
