#include "engine/decision/dmn_random.h"

uint32_t dice_roll(struct dice *d, uint32_t n)
{
    d->state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    uint64_t z = d->state;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ z >> 31) % n);
}

/* A column's values in order: constants in the odd places, what lies before, between and behind them in the even ones. */
static struct slice place(struct arena *a, enum random_type type, int at, bool json)
{
    static const char *const days[] = {"2023-12-30", "2024-01-01", "2024-01-02", "2024-02-28",
                                       "2024-02-28", "2024-02-29", "2024-02-29", "2024-03-01",
                                       "2024-03-02", "2024-12-31", "2025-02-01"};
    switch (type) {
    case RANDOM_NUMBER: return at ? arena_printf(a, "%d%s", (at - 1) / 2, at % 2 ? "" : ".5") : S("-1");
    case RANDOM_STRING:
        return at ? arena_printf(a, "\"%c%d%s\"", 'a' + (at - 1) / 2 % 26, (at - 1) / 52, at % 2 ? "" : "-")
                  : S("\"\"");
    case RANDOM_BOOLEAN: return at % 2 ? S("true") : S("false");
    case RANDOM_DATE: return arena_printf(a, json ? "\"%s\"" : "date(\"%s\")", days[at % 11]);
    case RANDOM_TYPES: break;
    }
    return S("null");
}

static int constants(const struct random_table *t, size_t column)
{
    return t->types[column] == RANDOM_DATE ? 5 : t->constants;
}

static struct slice constant(struct arena *a, struct random_table *t, size_t column)
{
    int at = (int)dice_roll(&t->dice, (uint32_t)constants(t, column)) * 2 + 1;
    if (t->types[column] == RANDOM_BOOLEAN) at = (int)dice_roll(&t->dice, 2);
    return place(a, t->types[column], at, false);
}

int random_probes(const struct random_table *t, size_t column)
{
    return t->types[column] == RANDOM_BOOLEAN ? 2 : 2 * constants(t, column) + 1;
}

struct slice random_probe(struct arena *a, const struct random_table *t, size_t column, int i)
{
    return place(a, t->types[column], i, true);
}

/* One test: a constant, a comparison or a range; its low end may be above its high one when odd. */
static void put_test(struct buf *b, struct random_table *t, size_t column)
{
    static const char *const ops[] = {"&lt; ", "&lt;= ", "&gt; ", "&gt;= "}, *const opens[] = {"[", "(", "]"},
                             *const closes[] = {"]", ")", "["};
    enum random_type type = t->types[column];
    struct slice x = constant(b->a, t, column), y = constant(b->a, t, column);
    uint32_t kind = type == RANDOM_BOOLEAN ? 0 : dice_roll(&t->dice, 3);
    if (kind == 0) {
        buf_put(b, x);
    } else if (kind == 1) {
        buf_puts(b, ops[dice_roll(&t->dice, 4)]);
        buf_put(b, x);
    } else {
        buf_printf(b, "%s%.*s..%.*s%s", opens[dice_roll(&t->dice, 3)], SLICE_ARG(x), SLICE_ARG(y),
                   closes[dice_roll(&t->dice, 3)]);
    }
}

static void put_odd(struct buf *b, struct random_table *t, size_t column)
{
    static const char *const cells[] = {"null",
                                        "1, \"a\", true",
                                        "? != null",
                                        "in0",
                                        "not(null)",
                                        "? in [1,2]",
                                        "[\"a\",\"c\"]",
                                        "\"zz\"",
                                        "!= 1",
                                        "true",
                                        "[1..\"a\"]",
                                        "not(&lt; 2)",
                                        "&gt; in0",
                                        "- 1",
                                        "date(\"2024-02-29\")",
                                        "string(?) = \"1\""};
    (void)column;
    buf_puts(b, cells[dice_roll(&t->dice, sizeof cells / sizeof *cells)]);
}

static void put_cell(struct buf *b, struct random_table *t, size_t column)
{
    uint32_t kind = dice_roll(&t->dice, 12);
    buf_puts(b, "<inputEntry><text>");
    if (kind < 2) {
        buf_puts(b, "-");
    } else if (kind == 2 && t->odd) {
        put_odd(b, t, column);
    } else {
        bool negated = kind == 3;
        if (negated) buf_puts(b, "not(");
        put_test(b, t, column);
        for (uint32_t more = dice_roll(&t->dice, 6); more > 3; more--) {
            buf_puts(b, ", ");
            put_test(b, t, column);
        }
        if (negated) buf_puts(b, ")");
    }
    buf_puts(b, "</text></inputEntry>");
}

struct slice random_table_xml(struct arena *a, struct random_table *t)
{
    static const char *const names[] = {"number", "string", "boolean", "date"};
    struct buf b = buf_new(a, (size_t)4 << 20);
    buf_puts(&b, "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:random' name='r'>");
    for (size_t i = 0; i < t->ninputs; i++)
        buf_printf(&b, "<inputData id='i%zu' name='in%zu'><variable name='in%zu'%s%s%s/></inputData>", i, i, i,
                   t->odd ? "" : " typeRef='", t->odd ? "" : names[t->types[i]], t->odd ? "" : "'");
    buf_puts(&b, "<decision id='d' name='d'><variable name='d'/>");
    for (size_t i = 0; i < t->ninputs; i++)
        buf_printf(&b, "<informationRequirement><requiredInput href='#i%zu'/></informationRequirement>", i);
    buf_printf(&b, "<decisionTable id='t' hitPolicy='%s'>", t->policy);
    for (size_t i = 0; i < t->ninputs; i++)
        buf_printf(&b, "<input id='c%zu'><inputExpression%s%s%s><text>in%zu</text></inputExpression></input>", i,
                   t->types[i] == RANDOM_DATE || !t->odd ? " typeRef='" : "",
                   t->types[i] == RANDOM_DATE || !t->odd ? names[t->types[i]] : "",
                   t->types[i] == RANDOM_DATE || !t->odd ? "'" : "", i);
    buf_puts(&b, "<output id='o'><outputValues><text>3, 1, 0, 2</text></outputValues></output>");
    for (size_t r = 0; r < t->nrules; r++) {
        buf_printf(&b, "<rule id='r%zu'>", r + 1);
        for (size_t i = 0; i < t->ninputs; i++) put_cell(&b, t, i);
        buf_printf(&b, "<outputEntry><text>%zu</text></outputEntry></rule>", r % 4);
    }
    buf_puts(&b, "</decisionTable></decision></definitions>");
    return buf_slice(&b);
}
