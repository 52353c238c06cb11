/* Building a calendar from the yearly notices. */
#include <stdlib.h>

#include "engine/calendar/table.h"

enum {
    YEARS_MAX = 400,
    ROWS_MAX = 400 /* a year */,
    YEAR_FIRST = 1949,
    YEAR_LAST = 2300,
    SLACK = 31 /* days outside the year */
};

struct builder {
    struct arena *a;
    struct calendar *c;
    size_t cap;
};

static result bad(struct arena *a, struct slice field, const char *zh, const char *en)
{
    return fail(a, CODE_CALENDAR_FILE, field, "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

static result add_row(struct builder *b, int year, size_t index, const struct json *row)
{
    struct slice field = arena_printf(b->a, "%d#/days/%zu", year, index);
    const struct json *off = json_get(row, "isOffDay"), *name = json_get(row, "name"), *date = json_get(row, "date");
    if (!off || off->type != JSON_BOOL || !name || name->type != JSON_STRING || !date || date->type != JSON_STRING)
        return bad(b->a, field, "每天须有 name、date 和 isOffDay", "a day needs name, date and isOffDay");
    day d;
    TRY(day_parse(b->a, date->text, field, &d));
    if (d < day_of_civil(year, 1, 1) - SLACK || d > day_of_civil(year, 12, 31) + SLACK)
        return bad(b->a, field, "日期不属于该年度", "the date does not belong to the year");
    b->c->rows[b->c->nrows++] = (struct calendar_row){d, off->boolean, arena_copy(b->a, name->text)};
    return ok();
}

static result add_year(struct builder *b, const struct json *v)
{
    int64_t year = json_int(v, "year", 0);
    const struct json *days = json_get(v, "days");
    if (year < YEAR_FIRST || year > YEAR_LAST || !days || days->type != JSON_ARRAY || days->n > ROWS_MAX)
        return bad(b->a, S("#"), "须有 year（1949 至 2300）和 days", "needs year (1949 to 2300) and days");
    for (size_t i = 0; i < b->c->nyears; i++)
        if (b->c->years[i] == year)
            return bad(b->a, arena_printf(b->a, "%d#", (int)year), "同一年度出现两次", "the year comes twice");
    if (days->n) b->c->years[b->c->nyears++] = (int)year;
    for (size_t i = 0; i < days->n; i++) TRY(add_row(b, (int)year, i, days->items[i]));
    return ok();
}

static int by_day(const void *x, const void *y)
{
    const struct calendar_row *p = x, *q = y;
    if (p->d != q->d) return p->d < q->d ? -1 : 1;
    return slice_cmp(p->name, q->name); /* so that the file that comes first does not matter */
}

static int by_year(const void *x, const void *y)
{
    const int *p = x, *q = y;
    return *p < *q ? -1 : *p > *q;
}

/* Sorts the rows; equal ones become one, contradicting ones are an error. */
static result sort_rows(struct builder *b)
{
    struct calendar *c = b->c;
    size_t n = 0;
    qsort(c->years, c->nyears, sizeof *c->years, by_year);
    qsort(c->rows, c->nrows, sizeof *c->rows, by_day);
    for (size_t i = 0; i < c->nrows; i++) {
        if (n && c->rows[n - 1].d == c->rows[i].d) {
            if (c->rows[n - 1].off != c->rows[i].off)
                return bad(b->a, day_text(b->a, c->rows[i].d), "同一天既放假又上班", "the day is both off and working");
            continue;
        }
        c->rows[n++] = c->rows[i];
    }
    c->nrows = n;
    return ok();
}

static void fill_tables(struct builder *b)
{
    struct calendar *c = b->c;
    if (c->nrows) {
        c->lo = c->rows[0].d;
        c->hi = c->rows[c->nrows - 1].d + 1;
    }
    size_t n = (size_t)(c->hi - c->lo);
    c->working = NEW_ARRAY(b->a, bool, n + 1);
    c->before = NEW_ARRAY(b->a, int32_t, n + 1);
    c->nth = NEW_ARRAY(b->a, int32_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        int w = weekday((day)c->lo + (day)i);
        c->working[i] = w >= 1 && w <= 5;
    }
    for (size_t i = 0; i < c->nrows; i++) c->working[c->rows[i].d - c->lo] = !c->rows[i].off;
    for (size_t i = 0; i < n; i++) {
        c->before[i + 1] = c->before[i] + c->working[i];
        if (c->working[i]) c->nth[c->total++] = (int32_t)i;
    }
}

static result take_hours(struct builder *b, struct office_hours h)
{
    int last = 0;
    bool any = false;
    for (int i = 0; i < 2; i++) {
        if (h.from[i] == h.to[i]) { /* no such spell */
            h.from[i] = h.to[i] = last;
            continue;
        }
        if (h.from[i] < last || h.to[i] < h.from[i] || h.to[i] > 24 * 60)
            return bad(b->a, S("office_hours"), "办公时间须为当日分钟数，先上午后下午",
                       "office hours are minutes of the day, morning first");
        last = h.to[i];
        any = true;
    }
    if (!any) h = (struct office_hours){{0, 24 * 60}, {24 * 60, 24 * 60}};
    b->c->hours = h;
    b->c->office = (h.to[0] - h.from[0] + h.to[1] - h.from[1]) * MS_MINUTE;
    return ok();
}

static uint64_t fnv(uint64_t h, struct slice s)
{
    for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
    return h;
}

/* FNV-1a 64 over a text of years, days and hours, so that the order of files and of rows does not matter. */
static struct slice version(struct arena *a, const struct calendar *c)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < c->nyears; i++) h = fnv(h, arena_printf(a, "%d\n", c->years[i]));
    for (size_t i = 0; i < c->nrows; i++) {
        const struct calendar_row *r = &c->rows[i];
        h = fnv(h, arena_printf(a, "%d %d %.*s\n", (int)r->d, r->off, SLICE_ARG(r->name)));
    }
    const struct office_hours *o = &c->hours;
    h = fnv(h, arena_printf(a, "%d-%d %d-%d\n", o->from[0], o->to[0], o->from[1], o->to[1]));
    return arena_printf(a, "%016llx", (unsigned long long)h);
}

result calendar_new(struct arena *a, const struct json *const *years, size_t n, struct office_hours hours,
                    struct calendar **out)
{
    struct builder b = {a, NEW(a, struct calendar), 0};
    if (n > YEARS_MAX) return bad(a, S("#"), "年度过多", "too many years");
    for (size_t i = 0; i < n; i++) {
        const struct json *days = json_get(years[i], "days");
        b.cap += days && days->type == JSON_ARRAY && days->n <= ROWS_MAX ? days->n : 0;
    }
    b.c->rows = NEW_ARRAY(a, struct calendar_row, b.cap + 1);
    b.c->years = NEW_ARRAY(a, int, n + 1);
    for (size_t i = 0; i < n; i++) TRY(add_year(&b, years[i]));
    TRY(sort_rows(&b));
    TRY(take_hours(&b, hours));
    fill_tables(&b);
    b.c->version = version(a, b.c);
    *out = b.c;
    return ok();
}
