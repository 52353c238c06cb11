/* Objects and arrays (C 10.3, V 6.4, 6.5), and what nobody evaluated (C 11). */
#include <stdlib.h>

#include "engine/form/pattern.h"
#include "engine/form/validate.h"

/* ---- objects ---- */

static bool missing(struct run *r, const struct node *n, const struct json *v, struct slice key)
{
    spend(r, v->n / 16);
    if (json_get_slice(v, key)) return false;
    const struct node *p = property_of(n, key);
    return property_visible(r, p, v); /* what the form does not show, it does not ask for */
}

static bool required(struct run *r, const struct node *n, const struct json *v, const struct at *at)
{
    bool good = true;
    for (size_t i = 0; i < n->nrequired && !lenient(r); i++) {
        const struct node *where = at->field && !property_of(n, n->required[i]) ? at->field : n;
        if (!missing(r, where, v, n->required[i])) continue;
        good = false;
        if (!r->sink) return false;
        struct at child = at_member(at, n, n->required[i], v->n);
        problem(r, &child, CODE_FIELD_REQUIRED, NULL);
    }
    return good;
}

static bool dependents(struct run *r, const struct node *n, const struct json *v, const struct at *at, struct marks *m)
{
    bool good = true;
    for (size_t i = 0; i < n->dependent_required.n && !lenient(r); i++) {
        const struct member *x = &n->dependent_required.list[i];
        if (!spend(r, v->n / 16) || !json_get_slice(v, x->key)) continue;
        for (size_t k = 0; k < x->nnames; k++) {
            if (!missing(r, at->field ? at->field : n, v, x->names[k])) continue;
            struct at child = at_member(at, n, x->names[k], v->n), other = at_member(at, n, x->key, v->n);
            good = problem(r, &child, CODE_FIELD_DEPENDS,
                           ARGS({"other_zh", other.title[LANG_ZH]}, {"other_en", other.title[LANG_EN]}));
        }
    }
    for (size_t i = 0; i < n->dependent_schemas.n && spend(r, v->n / 16); i++)
        if (json_get_slice(v, n->dependent_schemas.list[i].key))
            good &= evaluate(r, n->dependent_schemas.list[i].node, v, at, m);
    return good;
}

static bool unknown(struct run *r, const struct at *at)
{
    return problem(r, at, CODE_FIELD_UNKNOWN, NULL);
}

static bool member(struct run *r, const struct node *n, const struct json *v, size_t i, const struct at *at,
                   struct marks *m)
{
    bool good = true, known = false;
    const struct member *x = members_find(&n->properties, v->keys[i]);
    if (!x && n->npatterns == 0 && !n->additional && !n->names) return true;
    struct at child = at_member(at, n, v->keys[i], i);
    if (x) {
        good &= evaluate(r, x->node, v->items[i], &child, NULL);
        known = true;
    }
    for (size_t k = 0; k < n->npatterns; k++)
        if (pattern_found(r->a, n->patterns[k].pattern, v->keys[i], &r->steps)) {
            good &= evaluate(r, n->patterns[k].node, v->items[i], &child, NULL);
            known = true;
        }
    if (!known && n->additional) {
        good &= n->additional->never ? unknown(r, &child) : evaluate(r, n->additional, v->items[i], &child, NULL);
        known = true;
    }
    if (known) marks_set(m, i);
    const struct json name = {.type = JSON_STRING, .text = v->keys[i]};
    if (n->names && !evaluate_quietly(r, n->names, &name, &child, NULL))
        good = problem(r, at, CODE_FIELD_NAME, ARGS({"value", slice_sub(v->keys[i], 0, 100)}));
    return good;
}

bool validate_object(struct run *r, const struct node *n, const struct json *v, const struct at *at, struct marks *m)
{
    bool good = true;
    if (v->n < n->min_members && !lenient(r))
        good = problem(r, at, CODE_FIELD_MEMBERS_FEW, ARGS({"limit", number_text(r, n->min_members)}));
    if (v->n > n->max_members)
        good = problem(r, at, CODE_FIELD_MEMBERS_MANY, ARGS({"limit", number_text(r, n->max_members)}));
    for (size_t i = 0; i < v->n && spend(r, 1); i++) good &= member(r, n, v, i, at, m);
    good &= required(r, n, v, at);
    good &= dependents(r, n, v, at, m);
    return good;
}

/* ---- arrays ---- */

struct hashed {
    uint64_t hash;
    size_t index;
};

static int by_hash(const void *x, const void *y)
{
    const struct hashed *p = x, *q = y;
    if (p->hash != q->hash) return p->hash < q->hash ? -1 : 1;
    return p->index < q->index ? -1 : p->index > q->index;
}

/* Index of the first item equal to an earlier one; SIZE_MAX when all differ. */
static size_t repeated(struct run *r, const struct json *v)
{
    struct hashed *h = NEW_ARRAY(r->a, struct hashed, v->n);
    for (size_t i = 0; i < v->n && spend(r, 1); i++) h[i] = (struct hashed){same_value_hash(r->a, v->items[i]), i};
    qsort(h, v->n, sizeof *h, by_hash);
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < v->n; i++)
        for (size_t k = i; k > 0 && h[k - 1].hash == h[i].hash && spend(r, 1); k--)
            if (h[i].index < found && same_value(r->a, v->items[h[k - 1].index], v->items[h[i].index])) {
                found = h[i].index;
                break;
            }
    return found;
}

static bool contains(struct run *r, const struct node *n, const struct json *v, const struct at *at, struct marks *m)
{
    size_t count = 0;
    bool good = true;
    for (size_t i = 0; i < v->n && spend(r, 1); i++) {
        struct at child = {.up = at, .index = i, .is_index = true};
        if (!evaluate_quietly(r, n->contains, v->items[i], &child, NULL)) continue;
        count++;
        marks_set(m, i);
    }
    if (count < n->min_contains && !lenient(r))
        good = problem(r, at, CODE_FIELD_CONTAINS_FEW,
                       ARGS({"limit", number_text(r, n->min_contains)}, {"actual", number_text(r, count)}));
    if (count > n->max_contains)
        good = problem(r, at, CODE_FIELD_CONTAINS_MANY,
                       ARGS({"limit", number_text(r, n->max_contains)}, {"actual", number_text(r, count)}));
    return good;
}

static bool too_many(struct run *r, const struct json *v, const struct at *at, size_t limit)
{
    return problem(r, at, CODE_FIELD_ITEMS_MANY,
                   ARGS({"limit", number_text(r, limit)}, {"actual", number_text(r, v->n)}));
}

bool validate_array(struct run *r, const struct node *n, const struct json *v, const struct at *at, struct marks *m)
{
    bool good = true;
    if (v->n < n->min_items && !lenient(r))
        good = problem(r, at, CODE_FIELD_ITEMS_FEW,
                       ARGS({"limit", number_text(r, n->min_items)}, {"actual", number_text(r, v->n)}));
    if (v->n > n->max_items) good = too_many(r, v, at, n->max_items);
    for (size_t i = 0; i < v->n && spend(r, 1); i++) {
        const struct node *item = i < n->prefix.n ? n->prefix.items[i] : n->items;
        if (!item) break;
        marks_set(m, i);
        if (item == n->items && item->never) {
            good = too_many(r, v, at, n->prefix.n);
            break;
        }
        struct at child = at_item(r, at, i);
        good &= evaluate(r, item, v->items[i], &child, NULL);
    }
    if (n->contains) good &= contains(r, n, v, at, m);
    size_t again = n->unique ? repeated(r, v) : SIZE_MAX;
    if (again != SIZE_MAX) {
        struct at child = at_item(r, at, again);
        child.title[LANG_ZH] = at->title[LANG_ZH];
        child.title[LANG_EN] = at->title[LANG_EN];
        good = problem(r, &child, CODE_FIELD_ITEMS_REPEATED, ARGS({"index", number_text(r, again + 1)}));
    }
    return good;
}

/* ---- unevaluated ---- */

static bool unevaluated_items(struct run *r, const struct node *n, const struct json *v, const struct at *at,
                              struct marks *m)
{
    bool good = true;
    size_t done = 0;
    for (size_t i = 0; i < v->n; i++) done += marks_has(m, i);
    for (size_t i = 0; i < v->n && spend(r, 1); i++) {
        if (marks_has(m, i)) continue;
        if (n->unevaluated_items->never) return too_many(r, v, at, done);
        struct at child = at_item(r, at, i);
        good &= evaluate(r, n->unevaluated_items, v->items[i], &child, NULL);
    }
    marks_all(m);
    return good;
}

bool validate_unevaluated(struct run *r, const struct node *n, const struct json *v, const struct at *at,
                          struct marks *m)
{
    if (v->type == JSON_ARRAY && n->unevaluated_items) return unevaluated_items(r, n, v, at, m);
    if (v->type != JSON_OBJECT || (!n->unevaluated_members && !n->closed)) return true;
    bool good = true;
    for (size_t i = 0; i < v->n && spend(r, 1); i++) {
        if (marks_has(m, i)) continue;
        struct at child = at_member(at, n, v->keys[i], i);
        if (n->closed || n->unevaluated_members->never)
            good = unknown(r, &child);
        else
            good &= evaluate(r, n->unevaluated_members, v->items[i], &child, NULL);
    }
    marks_all(m);
    return good;
}
