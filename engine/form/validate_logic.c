/* Schemas applied in place by allOf, anyOf, oneOf, not, if (C 10.2). */
#include "engine/form/validate.h"

/* ---- why none of several fits ---- */

/* Each branch is one value, perhaps with a title: a list of choices. */
static bool choices(struct run *r, const struct node *n, const struct at *at, const struct node_list *list)
{
    const struct json **values = NEW_ARRAY(r->a, const struct json *, list->n);
    for (size_t i = 0; i < list->n; i++) {
        if (!list->items[i]->constant) return false;
        values[i] = list->items[i]->constant;
    }
    problem_enum(r, n, at, values, list->items, list->n);
    return true;
}

/* Something is wrong with the value as such, or with a fixed value right below it: not the branch that was meant. */
static bool mismatch(const struct sink *s, struct slice pointer)
{
    for (const struct found *f = s->first; f; f = f->next) {
        if (f->code == CODE_FIELD_CONST || f->code == CODE_FIELD_ENUM) return true;
        if (f->code == CODE_FIELD_TYPE && slice_eq(f->pointer, pointer)) return true;
    }
    return false;
}

/* Adds the reasons of the one branch that was meant, when that can be told; else says that none fits. */
static bool none_fits(struct run *r, const struct node *n, const struct json *v, const struct at *at,
                      const struct node_list *list)
{
    struct sink *sink = r->sink, meant = {NULL, NULL, 0};
    if (!sink || choices(r, n, at, list)) return false;
    size_t candidates = 0;
    struct slice pointer = at_pointer(r->a, at);
    for (size_t i = 0; i < list->n && candidates < 2; i++) {
        struct sink s = {NULL, NULL, 0};
        r->sink = &s;
        evaluate(r, list->items[i], v, at, NULL);
        if (s.n && !mismatch(&s, pointer)) {
            candidates++;
            meant = s;
        }
    }
    r->sink = sink;
    if (candidates != 1) return problem(r, at, CODE_FIELD_CHOICE, NULL);
    for (const struct found *f = meant.first; f && sink->n < PROBLEMS_MAX; f = f->next) {
        struct found *copy = NEW(r->a, struct found);
        *copy = *f;
        copy->next = NULL;
        if (sink->last)
            sink->last->next = copy;
        else
            sink->first = copy;
        sink->last = copy;
        sink->n++;
    }
    return false;
}

/* ---- the keywords ---- */

static bool any_of(struct run *r, const struct node *n, const struct json *v, const struct at *at, struct marks *m)
{
    bool good = n->any_of.n == 0;
    for (size_t i = 0; i < n->any_of.n; i++) {
        good |= evaluate_quietly(r, n->any_of.items[i], v, at, m);
        if (good && !r->schema->tracks) break;
    }
    if (good) return true;
    if (r->sink) marks_all(m); /* whether a field is known depends on the branch: say nothing about it */
    return none_fits(r, n, v, at, &n->any_of);
}

static size_t count_fitting(struct run *r, const struct node *n, const struct json *v, const struct at *at,
                            struct marks *m)
{
    size_t count = 0;
    for (size_t i = 0; i < n->one_of.n; i++) count += evaluate_quietly(r, n->one_of.items[i], v, at, m);
    return count;
}

static bool one_of(struct run *r, const struct node *n, const struct json *v, const struct at *at, struct marks *m)
{
    if (n->one_of.n == 0) return true;
    bool draft = lenient(r);
    r->strict++; /* a draft fits several branches before it is finished: that is no fault */
    size_t count = count_fitting(r, n, v, at, m);
    r->strict--;
    if (count == 1) return true;
    if (count == 0 && draft && count_fitting(r, n, v, at, m) > 0) return true;
    if (r->sink) marks_all(m);
    if (count > 1) return problem(r, at, CODE_FIELD_AMBIGUOUS, NULL);
    return none_fits(r, n, v, at, &n->one_of);
}

static bool conditional(struct run *r, const struct node *n, const struct json *v, const struct at *at, struct marks *m)
{
    r->strict++;
    bool holds = evaluate_quietly(r, n->if_, v, at, m);
    r->strict--;
    const struct node *next = holds ? n->then_ : n->else_;
    return !next || evaluate(r, next, v, at, m);
}

bool validate_logic(struct run *r, const struct node *n, const struct json *v, const struct at *at, struct marks *m)
{
    bool good = true;
    for (size_t i = 0; i < n->all_of.n; i++) good &= evaluate(r, n->all_of.items[i], v, at, m);
    good &= any_of(r, n, v, at, m);
    good &= one_of(r, n, v, at, m);
    if (n->not_) {
        r->strict++;
        bool holds = evaluate_quietly(r, n->not_, v, at, NULL);
        r->strict--;
        if (holds) good = problem(r, at, CODE_FIELD_FORBIDDEN, NULL);
    }
    if (n->if_) good &= conditional(r, n, v, at, m);
    return good && !r->overrun;
}
