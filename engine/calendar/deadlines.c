#include "engine/calendar/deadlines.h"

#include <stdlib.h>

#include "engine/calendar/table.h"

enum { ROWS_MAX = 10000 };

struct deadlines {
    struct deadline *rows; /* by id */
    size_t n;
};

static const char *const kinds[] = {"max", "min", "min_before", "min_odd", "fixed"};
static const char *const units[] = {"d", "wd", "h", "m", "y", "pct", "persons"};

/* Index of the word; -1 when there is none. */
static int word(struct slice s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_is(s, list[i])) return (int)i;
    return -1;
}

static result bad(struct arena *a, struct slice field, const char *zh, const char *en)
{
    return fail(a, CODE_DEADLINES_FILE, field, "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
}

static result read_row(struct arena *a, const struct json *v, struct slice field, struct deadline *d)
{
    int kind = word(json_string(v, "kind"), kinds, sizeof kinds / sizeof *kinds);
    int unit = word(json_string(v, "unit"), units, sizeof units / sizeof *units);
    d->id = arena_copy(a, json_string(v, "id"));
    d->source = arena_copy(a, json_string(v, "source"));
    d->domain = arena_copy(a, json_string(v, "domain"));
    d->trigger = arena_copy(a, json_string(v, "trigger"));
    d->note = arena_copy(a, json_string(v, "note"));
    d->n = json_int(v, "n", 0);
    if (d->id.n == 0 || d->source.n == 0)
        return bad(a, field, "须有 id 和 source（法条）", "needs id and source (article of law)");
    if (d->n <= 0 || d->n > CALENDAR_DAYS_MAX)
        return bad(a, field, "n 须为正整数", "n must be a positive whole number");
    if (kind < 0) return bad(a, field, "未知的 kind", "unknown kind");
    if (unit < 0) return bad(a, field, "未知的 unit", "unknown unit");
    d->kind = (enum deadline_kind)kind;
    d->unit = (enum deadline_unit)unit;
    static const enum limit_unit same[] = {LIMIT_CALENDAR_DAY, LIMIT_WORKING_DAY, LIMIT_HOUR};
    d->limit.source = d->source;
    if (d->unit <= DEADLINE_HOUR) {
        d->limit.n = d->n;
        d->limit.unit = same[d->unit];
    }
    return ok();
}

static int by_id(const void *x, const void *y)
{
    const struct deadline *p = x, *q = y;
    return slice_cmp(p->id, q->id);
}

result deadlines_new(struct arena *a, const struct json *table, const struct deadlines **out)
{
    const struct json *rules = json_get(table, "rules");
    if (!rules || rules->type != JSON_ARRAY || rules->n > ROWS_MAX)
        return bad(a, S("rules"), "须有 rules 数组", "needs an array of rules");
    struct deadlines *d = NEW(a, struct deadlines);
    d->rows = NEW_ARRAY(a, struct deadline, rules->n + 1);
    for (size_t i = 0; i < rules->n; i++)
        TRY(read_row(a, rules->items[i], arena_printf(a, "rules/%zu", i), &d->rows[d->n++]));
    qsort(d->rows, d->n, sizeof *d->rows, by_id);
    for (size_t i = 1; i < d->n; i++)
        if (slice_eq(d->rows[i - 1].id, d->rows[i].id)) return bad(a, d->rows[i].id, "id 重复", "the id comes twice");
    *out = d;
    return ok();
}

const struct deadline *deadline_find(const struct deadlines *d, struct slice id)
{
    size_t low = 0, high = d->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (slice_cmp(d->rows[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < d->n && slice_eq(d->rows[low].id, id) ? &d->rows[low] : NULL;
}

size_t deadlines_all(const struct deadlines *d, const struct deadline **out)
{
    *out = d->rows;
    return d->n;
}

/* So many months later; the last day of a month that lacks the day (民法典 art. 202). */
static day add_months(day d, int64_t n)
{
    int y, m, dd;
    civil_of_day(d, &y, &m, &dd);
    int64_t months = (int64_t)y * 12 + m - 1 + (n < 12000 ? n : 12000);
    y = (int)(months / 12);
    m = (int)(months % 12) + 1;
    while (!civil_valid(y, m, dd)) dd--;
    return day_of_civil(y, m, dd);
}

static day law_end(const struct deadline *d, const struct calendar *c, day start)
{
    if (d->unit == DEADLINE_MONTH) return add_months(start, d->n);
    if (d->unit == DEADLINE_YEAR) return add_months(start, d->n * 12);
    return calendar_add(c, start, d->limit.n, d->limit.unit, false);
}

static bool keeps(enum deadline_kind kind, int64_t law, int64_t own)
{
    if (kind == DEADLINE_MAX) return own <= law;
    if (kind == DEADLINE_FIXED) return own == law;
    return own >= law;
}

bool deadline_keeps(const struct deadline *d, const struct calendar *c, const struct limit *l)
{
    if (d->unit >= DEADLINE_PERCENT) return true;
    if (d->limit.n && d->limit.unit == l->unit) return keeps(d->kind, d->limit.n, l->n);
    int this_year = 2024; /* a leap year of the plain week, when the calendar covers none */
    for (size_t i = 0; i == 0 || i < c->nyears; i++) {
        int year = c->nyears ? c->years[i] : this_year;
        for (day s = day_of_civil(year, 1, 1); s < day_of_civil(year + 1, 1, 1); s++)
            if (!keeps(d->kind, law_end(d, c, s), calendar_add(c, s, l->n, l->unit, false))) return false;
    }
    return true;
}
