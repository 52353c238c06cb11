/* 10.3.4.8 relations of points and ranges (Allen's intervals), and range() of 10.3.4.1. */
#include "engine/decision/builtins.h"
#include "engine/decision/parser.h"

/* A point counts as the closed range [p..p]. */
struct ends {
    struct value low, high;
    bool low_closed, high_closed, point;
};

static bool ends_of(struct value v, struct ends *out)
{
    v = arg_single(v);
    if (v.type == V_NULL) return false;
    if (v.type != V_RANGE) {
        *out = (struct ends){v, v, true, true, true};
        return true;
    }
    const struct range *r = v.range;
    if (r->unary && r->op == CMP_NE) return false;
    *out = (struct ends){r->low, r->high, r->low_closed, r->high_closed, false};
    return true;
}

struct pair {
    struct ends a, b;
    bool bad; /* some comparison had no order */
};

static int order(struct pair *p, struct value x, struct value y)
{
    int c = 0;
    if (!value_order(x, y, &c)) p->bad = true;
    return c;
}

static bool lt(struct pair *p, struct value x, struct value y)
{
    return order(p, x, y) < 0;
}
static bool gt(struct pair *p, struct value x, struct value y)
{
    return order(p, x, y) > 0;
}
static bool eq(struct pair *p, struct value x, struct value y)
{
    return order(p, x, y) == 0;
}

static bool before(struct pair *p)
{
    return lt(p, p->a.high, p->b.low) || (eq(p, p->a.high, p->b.low) && !(p->a.high_closed && p->b.low_closed));
}

static bool meets(struct pair *p)
{
    return p->a.high_closed && p->b.low_closed && eq(p, p->a.high, p->b.low);
}

static bool starts_together(struct pair *p)
{
    return eq(p, p->a.low, p->b.low) && p->a.low_closed == p->b.low_closed;
}
static bool ends_together(struct pair *p)
{
    return eq(p, p->a.high, p->b.high) && p->a.high_closed == p->b.high_closed;
}

/* a begins no earlier than b; a ends no later than b. */
static bool low_within(struct pair *p)
{
    return gt(p, p->a.low, p->b.low) || (eq(p, p->a.low, p->b.low) && (p->b.low_closed || !p->a.low_closed));
}
static bool high_within(struct pair *p)
{
    return lt(p, p->a.high, p->b.high) || (eq(p, p->a.high, p->b.high) && (p->b.high_closed || !p->a.high_closed));
}

static struct pair swapped(const struct pair *p)
{
    return (struct pair){.a = p->b, .b = p->a, .bad = p->bad};
}

static bool overlaps(struct pair *p)
{
    struct pair q = swapped(p);
    bool apart = before(p) || before(&q);
    p->bad |= q.bad;
    return !apart;
}

/* a begins first and ends inside b. */
static bool overlaps_before(struct pair *p)
{
    bool first = lt(p, p->a.low, p->b.low) || (eq(p, p->a.low, p->b.low) && p->a.low_closed && !p->b.low_closed);
    bool reaches = gt(p, p->a.high, p->b.low) || (eq(p, p->a.high, p->b.low) && p->a.high_closed && p->b.low_closed);
    return first && reaches && high_within(p);
}

static bool finishes(struct pair *p)
{
    return ends_together(p) && low_within(p);
}
static bool starts(struct pair *p)
{
    return starts_together(p) && high_within(p);
}
static bool during(struct pair *p)
{
    return low_within(p) && high_within(p);
}
static bool coincides(struct pair *p)
{
    return starts_together(p) && ends_together(p);
}

/* Which kinds of arguments a relation takes: P point, R range, first and second. */
enum takes { PP = 1, PR = 2, RP = 4, RR = 8 };

static struct value relation(struct machine *m, const struct value *args, int takes, bool (*holds)(struct pair *),
                             bool swap, const char *name)
{
    struct pair p = {.bad = false};
    if (!ends_of(args[0], &p.a) || !ends_of(args[1], &p.b)) return arg_mismatch(m, name);
    int kind = p.a.point ? (p.b.point ? PP : PR) : (p.b.point ? RP : RR);
    if (!(takes & kind)) return arg_mismatch(m, name);
    if (swap) p = swapped(&p);
    bool v = holds(&p);
    return p.bad ? arg_mismatch(m, name) : v_bool(v);
}

#define RELATION(function, takes, holds, swap, name)                                    \
    static struct value function(struct machine *m, const struct value *args, size_t n) \
    {                                                                                   \
        (void)n;                                                                        \
        return relation(m, args, takes, holds, swap, name);                             \
    }
RELATION(f_before, PP | PR | RP | RR, before, false, "before")
RELATION(f_after, PP | PR | RP | RR, before, true, "after")
RELATION(f_meets, RR, meets, false, "meets")
RELATION(f_met_by, RR, meets, true, "met by")
RELATION(f_overlaps, RR, overlaps, false, "overlaps")
RELATION(f_overlaps_before, RR, overlaps_before, false, "overlaps before")
RELATION(f_overlaps_after, RR, overlaps_before, true, "overlaps after")
RELATION(f_finishes, PR | RR, finishes, false, "finishes")
RELATION(f_finished_by, RP | RR, finishes, true, "finished by")
RELATION(f_includes, RP | RR, during, true, "includes")
RELATION(f_during, PR | RR, during, false, "during")
RELATION(f_starts, PR | RR, starts, false, "starts")
RELATION(f_started_by, RP | RR, starts, true, "started by")
RELATION(f_coincides, PP | RR, coincides, false, "coincides")

/* A range's end in range(from): a literal, or a conversion function of one text. */
static bool literal_end(const struct node *n)
{
    if (n->kind == N_CONST) return n->value.type != V_NULL;
    if (n->kind == N_NEG) return n->kids[0]->kind == N_CONST;
    if (n->kind != N_CALL || n->builtin == NULL || n->names) return false;
    static const char *const allowed[] = {"date", "time", "date and time", "duration"};
    bool known = false;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) known |= strcmp(n->builtin->name, allowed[i]) == 0;
    for (size_t i = 1; i < n->n; i++) known &= n->kids[i]->kind == N_CONST;
    return known;
}

static struct value f_range(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    struct slice text;
    const struct feel *f;
    if (!arg_string(args[0], &text) || text.n > 1000 || !machine_charge(m, 20)) return arg_mismatch(m, "range");
    if (failed(feel_parse(m->a, text, NULL, false, m->where, &f))) return arg_mismatch(m, "range");
    const struct node *r = f->root;
    if (r->kind != N_RANGE || !literal_end(r->kids[0]) || !literal_end(r->kids[1])) return arg_mismatch(m, "range");
    struct value v = feel_node(m, r, NULL);
    int c;
    if (v.type != V_RANGE || !value_order(v.range->low, v.range->high, &c) || c > 0) return arg_mismatch(m, "range");
    return v;
}

const struct builtin builtins_range[] = {
    {"before", f_before, 2, 2, "point1,point2|point,range|range,point|range1,range2"},
    {"after", f_after, 2, 2, "point1,point2|point,range|range,point|range1,range2"},
    {"meets", f_meets, 2, 2, "range1,range2"},
    {"met by", f_met_by, 2, 2, "range1,range2"},
    {"overlaps", f_overlaps, 2, 2, "range1,range2"},
    {"overlaps before", f_overlaps_before, 2, 2, "range1,range2"},
    {"overlaps after", f_overlaps_after, 2, 2, "range1,range2"},
    {"finishes", f_finishes, 2, 2, "point,range|range1,range2"},
    {"finished by", f_finished_by, 2, 2, "range,point|range1,range2"},
    {"includes", f_includes, 2, 2, "range,point|range1,range2"},
    {"during", f_during, 2, 2, "point,range|range1,range2"},
    {"starts", f_starts, 2, 2, "point,range|range1,range2"},
    {"started by", f_started_by, 2, 2, "range,point|range1,range2"},
    {"coincides", f_coincides, 2, 2, "point1,point2|range1,range2"},
    {"range", f_range, 1, 1, "from"},
    {0},
};
