/* for, some, every and filters. */
#include "engine/decision/eval.h"
#include "engine/decision/temporal.h"

#define LOOP_ITEMS_MAX 1000000

struct source {
    const struct list *list; /* NULL: a span */
    int64_t from, step;      /* span of whole numbers, or of days from `day` */
    size_t n;
    struct value day; /* V_NULL: numbers */
};

static bool span_source(struct machine *m, struct value low, struct value high, bool low_closed, bool high_closed,
                        struct source *s)
{
    int64_t a, b;
    *s = (struct source){.day = v_null()};
    if (low.type == V_NUMBER && high.type == V_NUMBER) {
        if (!num_int(low.number, &a) || !num_int(high.number, &b)) return false;
    } else if (low.type == V_DATE && high.type == V_DATE) {
        a = temporal_day_number(low.temporal->year, low.temporal->month, low.temporal->day);
        b = temporal_day_number(high.temporal->year, high.temporal->month, high.temporal->day);
        s->day = low;
    } else {
        return false;
    }
    s->step = b < a ? -1 : 1;
    if (!low_closed) a += s->step;
    if (!high_closed) b -= s->step;
    s->from = a;
    uint64_t distance = s->step > 0 ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
    if ((s->step > 0 && b < a) || (s->step < 0 && b > a)) return true;    /* empty */
    if (distance >= LOOP_ITEMS_MAX) return !machine_charge(m, INT64_MAX); /* sets the fault */
    s->n = (size_t)distance + 1;
    return true;
}

static bool value_source(struct machine *m, struct value v, struct source *s)
{
    *s = (struct source){.day = v_null()};
    if (v.type == V_NULL) return false;
    if (v.type == V_RANGE) {
        const struct range *r = v.range;
        int order;
        if (!value_order(r->low, r->high, &order) || order > 0) return false;
        return !r->unary && span_source(m, r->low, r->high, r->low_closed, r->high_closed, s);
    }
    if (v.type != V_LIST) v = v_one(m->a, v);
    s->list = v.list;
    s->n = v.list->n;
    return true;
}

static bool loop_source(struct machine *m, const struct node *n, const struct frame *f, struct source *s)
{
    if (n->kind == N_SPAN) {
        struct value low = feel_node(m, n->kids[0], f);
        return span_source(m, low, feel_node(m, n->kids[1], f), true, true, s);
    }
    return value_source(m, feel_node(m, n, f), s);
}

static struct value source_item(struct machine *m, const struct source *s, size_t i)
{
    if (s->list) return s->list->items[i];
    int64_t v = s->from + s->step * (int64_t)i;
    if (s->day.type == V_NULL) return v_int(v);
    struct temporal t;
    if (!temporal_from_seconds(s->day.temporal, v * SECONDS_DAY, 0, &t)) return v_null();
    return v_temporal(m->a, V_DATE, &t);
}

struct value feel_items(struct machine *m, struct value v)
{
    struct source s;
    if (!value_source(m, v, &s)) return v_null();
    if (s.list) return (struct value){.type = V_LIST, .list = s.list};
    struct values out = {.a = m->a};
    for (size_t i = 0; i < s.n && machine_charge(m, 1); i++) values_add(&out, source_item(m, &s, i));
    return values_list(&out);
}

struct loop {
    const struct node *n;
    struct values results;   /* for */
    bool stop, hit, unknown; /* some, every */
    bool bad;                /* a source is no list */
};

static void loop_body(struct machine *m, struct loop *l, const struct frame *f)
{
    const struct node *body = l->n->kids[l->n->n - 1];
    if (l->n->kind != N_FOR) {
        struct value v = feel_node(m, body, f);
        if (v.type != V_BOOL)
            l->unknown = true;
        else if (v.boolean == (l->n->kind == N_SOME))
            l->stop = l->hit = true;
        return;
    }
    static const struct slice partial[] = {{"partial", 7}};
    struct list *so_far = arena_alloc(m->a, sizeof *so_far);
    struct value *kept = arena_alloc(m->a, sizeof *kept);
    struct frame *own = arena_alloc(m->a, sizeof *own);
    *so_far = (struct list){.n = l->results.n, .items = l->results.items};
    *kept = (struct value){.type = V_LIST, .list = so_far};
    *own = (struct frame){.up = f, .n = 1, .names = partial, .values = kept};
    values_add(&l->results, feel_node(m, body, own));
}

/* The i-th variable's values, each with all those of the variables after it. */
static void loop_run(struct machine *m, struct loop *l, size_t i, const struct frame *f)
{
    if (i + 1 == l->n->n) {
        loop_body(m, l, f);
        return;
    }
    struct source s;
    if (!loop_source(m, l->n->kids[i], f, &s)) {
        l->bad = l->stop = true;
        return;
    }
    struct frame *own = NULL;
    struct value *value = NULL;
    for (size_t k = 0; k < s.n && !l->stop && !failed(m->fault); k++) {
        if (own == NULL || m->closures) { /* a function made in the body keeps its frame */
            own = NEW(m->a, struct frame);
            value = NEW(m->a, struct value);
            *own = (struct frame){.up = f, .n = 1, .names = l->n->names + i, .values = value};
        }
        *value = source_item(m, &s, k);
        loop_run(m, l, i + 1, own);
    }
}

struct value feel_loop(struct machine *m, const struct node *n, const struct frame *f)
{
    struct loop l = {.n = n, .results = {.a = m->a}};
    loop_run(m, &l, 0, f);
    if (l.bad) return machine_null(m, "no list to loop over");
    if (n->kind == N_FOR) return values_list(&l.results);
    if (l.hit) return v_bool(n->kind == N_SOME);
    if (l.unknown) return machine_null(m, "a condition of %s is no boolean", n->kind == N_SOME ? "some" : "every");
    return v_bool(n->kind != N_SOME);
}

static struct value item_at(struct machine *m, const struct list *l, num index)
{
    int64_t i;
    if (!num_int(index, &i)) return machine_null(m, "an index must be a whole number");
    if (i < 0) i += (int64_t)l->n + 1;
    if (i < 1 || i > (int64_t)l->n) return machine_null(m, "index out of range");
    return l->items[i - 1];
}

static struct value filter_list(struct machine *m, struct value list, const struct node *condition,
                                const struct frame *f)
{
    static const struct slice item_name[] = {{"item", 4}};
    struct values kept = {.a = m->a};
    struct value *item = NULL;
    struct frame *named = NULL, *fields = NULL;
    for (size_t i = 0; i < list.list->n && !failed(m->fault); i++) {
        if (named == NULL || m->closures) {
            item = NEW(m->a, struct value);
            named = NEW(m->a, struct frame);
            fields = NEW(m->a, struct frame);
            *named = (struct frame){.up = f, .n = 1, .names = item_name, .values = item};
        }
        *item = list.list->items[i];
        const struct frame *in = named;
        if (item->type == V_CONTEXT) { /* its fields are in scope, an own field "item" first */
            *fields = (struct frame){.up = named, .context = item->context};
            in = fields;
        }
        struct value v = feel_node(m, condition, in);
        if (v.type == V_NUMBER) { /* an index that was written as an expression */
            return item_at(m, list.list, v.number);
        }
        if (v_is_true(v)) values_add(&kept, *item);
    }
    return values_list(&kept);
}

struct value feel_filter(struct machine *m, const struct node *n, const struct frame *f)
{
    return feel_filter_value(m, feel_node(m, n->kids[0], f), n->kids[1], f);
}

struct value feel_filter_value(struct machine *m, struct value list, const struct node *condition,
                               const struct frame *f)
{
    if (list.type == V_NULL) {
        /* null[…] filters the empty list; an index has nothing to give (10.3.2.5) */
        struct value v = feel_node(m, condition, f);
        return v.type == V_NUMBER ? v_null() : v_list(m->a, NULL, 0);
    }
    if (list.type != V_LIST) list = v_one(m->a, list);
    if (condition->kind == N_CONST && condition->value.type == V_NUMBER)
        return item_at(m, list.list, condition->value.number);
    if (list.list->n == 0) {
        struct value v = feel_node(m, condition, f);
        if (v.type == V_NUMBER) return v_null();
    }
    return filter_list(m, list, condition, f);
}
