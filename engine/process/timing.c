/* Times of timers and clocks: ISO 8601 durations and repetitions (BPMN 2.0.2, 10.5.5, table 10.102),
 * instants, and limits in the law's units ("5wd"). */
#include "engine/process/model.h"

enum { MAX_COUNT = 100000, MAX_REPEATS = 1000 };

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A run of digits at *i; false when there is none or it is larger than MAX_COUNT. */
static bool count_scan(struct slice s, size_t *i, int64_t *out)
{
    size_t from = *i;
    int64_t v = 0;
    while (*i < s.n && digit(s.p[*i])) {
        v = v * 10 + (s.p[*i] - '0');
        if (v > MAX_COUNT) return false;
        (*i)++;
    }
    *out = v;
    return *i > from;
}

/* What one unit letter stands for; rank keeps the letters in ISO order. */
struct unit {
    char letter;
    bool time;
    int rank;
    int64_t months, ms;
};
static const struct unit units[] = {
    {'Y', false, 1, 12, 0},       {'M', false, 2, 1, 0},      {'W', false, 3, 0, 7 * MS_DAY},
    {'D', false, 4, 0, MS_DAY},   {'H', true, 5, 0, MS_HOUR}, {'M', true, 6, 0, MS_MINUTE},
    {'S', true, 7, 0, MS_SECOND},
};

static const struct unit *unit_of(char letter, bool time)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i].letter == letter && units[i].time == time) return &units[i];
    return NULL;
}

bool iso_duration_scan(struct slice text, struct duration *out)
{
    *out = (struct duration){0, 0};
    if (text.n < 3 || text.p[0] != 'P') return false;
    bool time = false;
    int rank = 0;
    size_t i = 1;
    while (i < text.n) {
        if (text.p[i] == 'T') {
            if (time || i + 1 == text.n) return false;
            time = true;
            i++;
        }
        int64_t v, fraction = 0;
        if (!count_scan(text, &i, &v)) return false;
        if (i < text.n && text.p[i] == '.') { /* fraction of a second, cut to milliseconds */
            int64_t scale = 100;
            size_t from = ++i;
            for (; i < text.n && digit(text.p[i]); i++, scale /= 10) fraction += (text.p[i] - '0') * scale;
            if (i == from || i == text.n || text.p[i] != 'S') return false;
        }
        const struct unit *u = i < text.n ? unit_of(text.p[i], time) : NULL;
        if (!u || u->rank <= rank) return false;
        rank = u->rank;
        out->months += v * u->months;
        out->ms += v * u->ms + fraction;
        i++;
    }
    return rank > 0;
}

bool limit_scan(struct slice text, struct limit *out)
{
    static const struct {
        const char *suffix;
        enum limit_unit unit;
    } suffixes[] = {
        {"wd", LIMIT_WORKING_DAY}, {"wh", LIMIT_WORKING_HOUR}, {"d", LIMIT_CALENDAR_DAY}, {"h", LIMIT_HOUR}};
    size_t i = 0;
    int64_t n;
    if (!count_scan(text, &i, &n) || n < 1 || n > 3650) return false;
    struct slice rest = slice_sub(text, i, text.n);
    for (size_t k = 0; k < sizeof suffixes / sizeof *suffixes; k++) {
        if (!slice_is(rest, suffixes[k].suffix)) continue;
        *out = (struct limit){.n = n, .unit = suffixes[k].unit};
        return true;
    }
    return false;
}

/* "R3/PT10M": how often, and the spell between. An unbounded "R/…" is refused: a case must come to an end. */
bool cycle_scan(struct slice text, uint32_t *times, struct duration *every)
{
    struct slice head, rest;
    int64_t n;
    if (!slice_cut(text, '/', &head, &rest) || head.n < 2 || head.p[0] != 'R') return false;
    if (!slice_int64(slice_sub(head, 1, head.n), &n) || n < 1 || n > MAX_REPEATS) return false;
    *times = (uint32_t)n;
    return iso_duration_scan(rest, every) && (every->months > 0 || every->ms > 0);
}

bool start_cycle_scan(struct slice text, struct timer *out)
{
    struct slice head, rest, first, spell;
    int64_t n = 0;
    if (!slice_cut(text, '/', &head, &rest) || head.n < 1 || head.p[0] != 'R') return false;
    if (head.n > 1 && (!slice_int64(slice_sub(head, 1, head.n), &n) || n < 1 || n > MAX_REPEATS)) return false;
    bool from = slice_cut(rest, '/', &first, &spell);
    out->date = 0;
    if (from && (!instant_scan(first, &out->date) || out->date <= 0)) return false;
    out->times = (uint32_t)n;
    return iso_duration_scan(from ? spell : rest, &out->every) && (out->every.months > 0 || out->every.ms >= MS_MINUTE);
}

bool duration_after(instant at, struct duration d, instant *out)
{
    const instant limit = INT64_C(253402300799000); /* end of the year 9999 */
    instant t = at;
    if (t < -limit || t > limit || d.ms < 0 || d.ms > limit || d.months < 0) return false;
    if (d.months > 0) {
        struct civil c = civil_of_instant(t);
        int64_t month = (int64_t)c.year * 12 + (c.month - 1) + d.months;
        if (month / 12 > 9999) return false;
        int year = (int)(month / 12), mon = (int)(month % 12) + 1, dom = c.day;
        while (!civil_valid(year, mon, dom) && dom > 28) dom--; /* 31 January plus a month: the month's last day */
        t = instant_of_day(day_of_civil(year, mon, dom)) + (t - instant_of_day(day_of_instant(t)));
    }
    if (t + d.ms > limit) return false;
    *out = t + d.ms;
    return true;
}

static const char *const forms[] = {[TIMER_DURATION] = "timeDuration",
                                    [TIMER_DATE] = "timeDate",
                                    [TIMER_CYCLE] = "timeCycle",
                                    [TIMER_CLOCK] = "tb:clock"};

static void bad_timer(struct draft *d, uint32_t node, struct slice text, const char *detail)
{
    FAULT(d->c, d->m->nodes[node].line, d->m->pub[node].id, CODE_PROCESS_TIMER_BAD, "value", text, "detail",
          slice_cstr(detail), NULL);
}

/* What a cycle can fire several times: a boundary event or event sub-process that does not interrupt, the start of a process. */
static bool may_repeat(const struct node *n)
{
    if (n->kind == NODE_BOUNDARY) return slice_is(bpmn_attr(n->xml, "cancelActivity"), "false");
    return n->kind == NODE_START && (n->level == NONE || slice_is(bpmn_attr(n->xml, "isInterrupting"), "false"));
}

static void read_form(struct draft *d, uint32_t node, enum timer_form form, struct slice text, struct timer *t)
{
    struct node *n = &d->m->nodes[node];
    struct slice id = d->m->pub[node].id;
    t->form = form;
    if (form == TIMER_CLOCK) d->m->pub[node].clock = text;
    if (form != TIMER_CYCLE && text.n >= 2 && text.p[0] == '{' && text.p[text.n - 1] == '}') {
        t->expr = fault_feel(d->c, n->line, id, slice_sub(text, 1, text.n - 2));
        return;
    }
    bool good = form == TIMER_DURATION ? iso_duration_scan(text, &t->every)
                : form == TIMER_DATE   ? instant_scan(text, &t->date)
                : form == TIMER_CYCLE
                    ? (n->kind == NODE_START && n->level == NONE ? start_cycle_scan(text, t)
                                                                 : cycle_scan(text, &t->times, &t->every))
                    : limit_scan(text, &t->clock);
    if (good) return;
    if (form == TIMER_CLOCK)
        FAULT(d->c, n->line, id, CODE_PROCESS_CLOCK_BAD, "value", text, NULL);
    else
        bad_timer(d, node, text, forms[form]);
}

void read_timer(struct draft *d, uint32_t node, const struct xml_node *definition, struct timer *t)
{
    struct node *n = &d->m->nodes[node];
    struct slice clock = tb_attr(definition, "clock");
    if (!clock.p) clock = tb_attr(n->xml, "clock");
    unsigned found = 0;
    if (clock.p) {
        read_form(d, node, TIMER_CLOCK, clock, t);
        found++;
    }
    for (enum timer_form f = TIMER_DURATION; f <= TIMER_CYCLE; f++) {
        const struct xml_node *e = xml_child(definition, BPMN_NS, forms[f]);
        if (!e) continue;
        if (found++ == 0)
            read_form(d, node, f, slice_trim(xml_text(d->c->a, e)), t);
        else
            bad_timer(d, node, slice_cstr(forms[f]), "one time only");
    }
    if (!found)
        FAULT(d->c, n->line, d->m->pub[node].id, CODE_PROCESS_TIMER_MISSING, NULL);
    else if (t->form == TIMER_CYCLE && !may_repeat(n))
        bad_timer(d, node, S("timeCycle"), "only on an event that does not interrupt, or a start");
}
