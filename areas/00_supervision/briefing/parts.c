/* Parts of the paper, and figures in words. */
#include "areas/00_supervision/briefing/briefing.h"

#include <stdarg.h>
#include <stdio.h>

static void add(struct brief_parts *p, struct official_part part)
{
    if (p->n == p->cap) {
        size_t cap = p->cap ? 2 * p->cap : 64;
        struct official_part *more = NEW_ARRAY(p->a, struct official_part, cap);
        if (p->n) memcpy(more, p->list, p->n * sizeof *more);
        p->list = more;
        p->cap = cap;
    }
    p->list[p->n++] = part;
}

/* The levels of GB/T 9704-2012, 7.3.3: 一、 （一）. */
static const char *const NUMERALS[] = {"一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"};

void brief_heading(struct brief_parts *p, const char *text)
{
    add(p, (struct official_part){.kind = OFFICIAL_HEADING,
                                  .text = arena_printf(p->a, "%s、%s", NUMERALS[p->headings++ % 12], text)});
    p->subheadings = 0;
}

void brief_subheading(struct brief_parts *p, const char *text)
{
    add(p, (struct official_part){.kind = OFFICIAL_SUBHEADING,
                                  .text = arena_printf(p->a, "（%s）%s", NUMERALS[p->subheadings++ % 12], text)});
}

static struct slice formatted(struct arena *a, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *s = arena_alloc(a, (size_t)n + 1);
    (void)vsnprintf(s, (size_t)n + 1, format, args);
    return slice_of(s, (size_t)n);
}

void brief_text(struct brief_parts *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(p, (struct official_part){.kind = OFFICIAL_PARAGRAPH, .text = formatted(p->a, format, args)});
    va_end(args);
}

void brief_note(struct brief_parts *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(p, (struct official_part){.kind = OFFICIAL_SMALL, .text = formatted(p->a, format, args)});
    va_end(args);
}

void brief_table(struct brief_parts *p, const char *caption, const struct official_column *columns, size_t ncolumns,
                 const struct slice *cells, size_t nrows)
{
    struct official_table *t = NEW(p->a, struct official_table);
    struct official_column *own = NEW_ARRAY(p->a, struct official_column, ncolumns);
    memcpy(own, columns, ncolumns * sizeof *own);
    *t = (struct official_table){.caption = arena_printf(p->a, "表%d　%s", ++p->tables, caption),
                                 .columns = own,
                                 .cells = cells,
                                 .ncolumns = ncolumns,
                                 .nrows = nrows};
    add(p, (struct official_part){.kind = OFFICIAL_TABLE_, .table = t});
}

void brief_chart(struct brief_parts *p, const char *caption, struct official_chart chart)
{
    struct official_chart *k = NEW(p->a, struct official_chart);
    *k = chart;
    k->caption = arena_printf(p->a, "图%d　%s", ++p->charts, caption);
    add(p, (struct official_part){.kind = OFFICIAL_CHART_, .chart = k});
}

/* ---- words ---- */

struct slice brief_value(struct arena *a, const struct json *v, const char *key)
{
    const struct json *x = json_get(v, key);
    (void)a;
    return x && x->type == JSON_NUMBER ? x->text : S("无数据");
}

struct slice brief_share(struct arena *a, int64_t part, int64_t of)
{
    return of ? arena_printf(a, "%.1f%%", 100.0 * (double)part / (double)of) : S("无数据");
}

struct slice brief_change(struct arena *a, int64_t now, int64_t before, const char *unit)
{
    if (now == before) return S("持平");
    int64_t d = now > before ? now - before : before - now;
    return arena_printf(a, "%s%lld%s", now > before ? "增加" : "减少", (long long)d, unit);
}

/* In points of percent, from shares as they are printed. */
struct slice brief_points(struct arena *a, int64_t part, int64_t of, int64_t part_before, int64_t of_before)
{
    if (!of || !of_before) return S("—");
    double now = 100.0 * (double)part / (double)of, before = 100.0 * (double)part_before / (double)of_before;
    long long d = (long long)(now * 10 + 0.5) - (long long)(before * 10 + 0.5), size = d < 0 ? -d : d;
    if (!d) return S("持平");
    return arena_printf(a, "%s%lld.%lld个百分点", d > 0 ? "上升" : "下降", size / 10, size % 10);
}

struct slice brief_day(struct arena *a, struct slice date)
{
    day d;
    int y, m, dd;
    if (!day_scan(date, &d)) return S("—");
    civil_of_day(d, &y, &m, &dd);
    return arena_printf(a, "%d年%d月%d日", y, m, dd);
}

struct slice brief_names(struct arena *a, const struct json *list)
{
    struct buf b = buf_new(a, 4000);
    for (size_t i = 0; list && i < list->n; i++) {
        const struct json *v = list->items[i];
        if (i) buf_puts(&b, "、");
        buf_put(&b, v->text);
    }
    return b.n ? buf_slice(&b) : S("—");
}

/* "10月", with the year where one begins. */
struct slice *brief_months(struct arena *a, const struct json *list)
{
    struct slice *out = NEW_ARRAY(a, struct slice, list->n + 1);
    for (size_t i = 0; i < list->n; i++) {
        int64_t month = 0;
        (void)month_scan(json_string(list->items[i], "month"), &month);
        out[i] = i == 0 || month % 100 == 1
                     ? arena_printf(a, "%lld月\n%lld年", (long long)(month % 100), (long long)(month / 100))
                     : arena_printf(a, "%lld月", (long long)(month % 100));
    }
    return out;
}
