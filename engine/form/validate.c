/* The evaluator: one node against one value. Bounded in steps and depth. */
#include "engine/form/validate.h"

#include "base/id.h"
#include "engine/form/format.h"
#include "engine/form/pattern.h"
#include "engine/form/visible.h"

bool spend(struct run *r, size_t steps)
{
    r->steps += steps;
    if (r->steps > STEPS_MAX) r->overrun = true;
    return !r->overrun;
}

/* ---- marks ---- */

static struct marks marks_new(struct run *r, const struct json *v)
{
    if (!r->schema->tracks || v->type < JSON_ARRAY || v->n == 0) return (struct marks){NULL, 0};
    spend(r, v->n / 64);
    return (struct marks){NEW_ARRAY(r->a, uint64_t, v->n / 64 + 1), v->n};
}

void marks_set(struct marks *m, size_t i)
{
    if (m->bits) m->bits[i / 64] |= UINT64_C(1) << (i % 64);
}

bool marks_has(const struct marks *m, size_t i)
{
    return m->bits && (m->bits[i / 64] >> (i % 64) & 1);
}

void marks_all(struct marks *m)
{
    for (size_t i = 0; m->bits && i <= m->n / 64; i++) m->bits[i] = UINT64_MAX;
}

static void marks_add(struct marks *to, const struct marks *from)
{
    for (size_t i = 0; to->bits && from->bits && i <= to->n / 64; i++) to->bits[i] |= from->bits[i];
}

/* ---- places ---- */

struct at at_member(const struct at *up, const struct node *n, struct slice key, size_t index)
{
    const struct members *m = up->field && up->field->properties.n ? &up->field->properties : &n->properties;
    const struct member *x = members_find(m, key);
    struct at at = {.up = up, .key = key, .title = {key, key}};
    at.order = x ? (uint32_t)(x - m->list) : (uint32_t)(100000 + index);
    const struct node *p = x ? x->node : property_of(n, key);
    if (!p && up->field) p = property_of(up->field, key);
    for (int depth = 0; p && depth < 8; depth++, p = p->ref)
        if (p->field.title[LANG_ZH].n && p->field.title[LANG_EN].n) {
            at.title[LANG_ZH] = p->field.title[LANG_ZH];
            at.title[LANG_EN] = p->field.title[LANG_EN];
            break;
        }
    return at;
}

struct at at_item(struct run *r, const struct at *up, size_t index)
{
    struct at at = {.up = up, .index = index, .is_index = true, .order = (uint32_t)index};
    if (!r->sink) return at; /* titles are for problems */
    at.title[LANG_ZH] = arena_printf(r->a, "%.*s第%zu项", SLICE_ARG(up->title[LANG_ZH]), index + 1);
    at.title[LANG_EN] = arena_printf(r->a, "%.*s, entry %zu", SLICE_ARG(up->title[LANG_EN]), index + 1);
    return at;
}

static const struct node *property_in(const struct node *n, struct slice key, int depth);

static const struct node *property_in_list(const struct node_list *l, struct slice key, int depth)
{
    const struct node *found = NULL;
    for (size_t i = 0; i < l->n && !found; i++) found = property_in(l->items[i], key, depth);
    return found;
}

static const struct node *property_in(const struct node *n, struct slice key, int depth)
{
    if (!n || depth > 4) return NULL;
    const struct member *x = members_find(&n->properties, key);
    if (x) return x->node;
    const struct node *found = property_in(n->ref, key, depth + 1);
    if (!found) found = property_in_list(&n->all_of, key, depth + 1);
    if (!found) found = property_in(n->then_, key, depth + 1);
    if (!found) found = property_in(n->else_, key, depth + 1);
    if (!found) found = property_in_list(&n->any_of, key, depth + 1);
    if (!found) found = property_in_list(&n->one_of, key, depth + 1);
    for (size_t i = 0; i < n->dependent_schemas.n && !found; i++)
        found = property_in(n->dependent_schemas.list[i].node, key, depth + 1);
    return found;
}

const struct node *property_of(const struct node *n, struct slice key)
{
    return property_in(n, key, 0);
}

bool property_visible(struct run *r, const struct node *property, const struct json *around)
{
    if (!property || !property->field.visible || !spend(r, 50 + around->n / 8)) return true;
    return form_feel_visible(r->a, property->field.visible, r->root, around);
}

/* ---- values that are one piece ---- */

static unsigned type_of(const struct json *v)
{
    static const unsigned bits[] = {
        [JSON_NULL] = TYPE_NULL,     [JSON_BOOL] = TYPE_BOOL,   [JSON_NUMBER] = TYPE_NUMBER,
        [JSON_STRING] = TYPE_STRING, [JSON_ARRAY] = TYPE_ARRAY, [JSON_OBJECT] = TYPE_OBJECT,
    };
    return bits[v->type];
}

static bool type_fits(struct run *r, const struct node *n, const struct json *v)
{
    if (n->types == 0 || (n->types & type_of(v))) return true;
    if (v->type != JSON_NUMBER || !(n->types & TYPE_INTEGER)) return false;
    struct exact d = exact_of(r->a, v->text);
    return exact_whole(&d);
}

static bool validate_value(struct run *r, const struct node *n, const struct json *v, const struct at *at)
{
    bool good = true;
    if (n->enumeration) {
        bool found = false;
        for (size_t i = 0; i < n->enumeration->n && !found && spend(r, 1); i++)
            found = same_value(r->a, n->enumeration->items[i], v);
        if (!found) good = problem_enum(r, n, at, n->enumeration->items, NULL, n->enumeration->n);
    }
    if (n->constant && !same_value(r->a, n->constant, v)) {
        struct slice text = n->constant->type == JSON_STRING ? n->constant->text
                            : r->sink                        ? json_write(r->a, n->constant)
                                                             : S("");
        good = problem(r, at, CODE_FIELD_CONST, ARGS({"expected", slice_sub(text, 0, 500)}));
    }
    return good;
}

static bool bound(struct run *r, const struct bound *b, bool holds, const struct at *at, enum code code)
{
    return !b->set || holds || problem(r, at, code, ARGS({"limit", b->text}));
}

static bool validate_number(struct run *r, const struct node *n, const struct json *v, const struct at *at)
{
    if (!n->minimum.set && !n->maximum.set && !n->above.set && !n->below.set && !n->multiple.set) return true;
    struct exact d = exact_of(r->a, v->text);
    spend(r, v->text.n / 64);
    bool good = bound(r, &n->minimum, exact_cmp(&d, &n->minimum.value) >= 0, at, CODE_FIELD_MINIMUM);
    good &= bound(r, &n->maximum, exact_cmp(&d, &n->maximum.value) <= 0, at, CODE_FIELD_MAXIMUM);
    good &= bound(r, &n->above, exact_cmp(&d, &n->above.value) > 0, at, CODE_FIELD_ABOVE);
    good &= bound(r, &n->below, exact_cmp(&d, &n->below.value) < 0, at, CODE_FIELD_BELOW);
    if (!n->multiple.set || exact_multiple(&d, &n->multiple.value)) return good;
    int64_t places;
    if (exact_is_place(&n->multiple.value, &places) && places > 0)
        return problem(r, at, CODE_FIELD_PLACES, ARGS({"limit", arena_printf(r->a, "%lld", (long long)places)}));
    return problem(r, at, CODE_FIELD_MULTIPLE, ARGS({"limit", n->multiple.text}));
}

static struct slice hint(const struct node *n, enum lang l)
{
    if (n->field.description[l].n) return n->field.description[l];
    return l == LANG_ZH ? S("请核对后重新填写") : S("Check it and write it again");
}

static bool validate_string(struct run *r, const struct node *n, const struct json *v, const struct at *at)
{
    if (lenient(r) && v->text.n == 0) return true; /* not filled in yet */
    bool good = true;
    size_t length = n->min_length || n->max_length != SIZE_MAX ? slice_codepoints(v->text) : 0;
    spend(r, v->text.n / 64);
    if (length < n->min_length)
        good = problem(r, at, CODE_FIELD_TOO_SHORT,
                       ARGS({"limit", number_text(r, n->min_length)}, {"actual", number_text(r, length)}));
    if (length > n->max_length)
        good = problem(r, at, CODE_FIELD_TOO_LONG,
                       ARGS({"limit", number_text(r, n->max_length)}, {"actual", number_text(r, length)}));
    if (n->pattern && !pattern_found(r->a, n->pattern, v->text, &r->steps))
        good = problem(r, at, CODE_FIELD_PATTERN, ARGS({"hint_zh", hint(n, LANG_ZH)}, {"hint_en", hint(n, LANG_EN)}));
    if (n->format && !n->format->fits(r->a, v->text))
        good = problem(r, at, CODE_FIELD_FORMAT,
                       ARGS({"expected_zh", slice_cstr(n->format->zh)}, {"expected_en", slice_cstr(n->format->en)}));
    if (n->field.identifier) {
        struct slice pointer = r->sink ? at_pointer(r->a, at) : S("");
        good &= problem_result(r, at, identifier_check(r->a, n->field.identifier, v->text, pointer));
    }
    struct id id;
    if (n->field.attachment && !id_scan(v->text, &id)) good = problem(r, at, CODE_FIELD_ATTACHMENT, NULL);
    return good;
}

/* ---- the node ---- */

/* $dynamicRef (C 8.2.3.2): the outermost resource entered that has the anchor wins. */
static const struct node *dynamic_target(const struct run *r, const struct node *n)
{
    if (n->dynamic_anchor.n)
        for (size_t i = 0; i < r->nscope; i++)
            for (const struct anchor *x = r->scope[i]->anchors; x; x = x->next)
                if (x->dynamic && slice_eq(x->name, n->dynamic_anchor)) return x->node;
    return n->dynamic_ref;
}

static bool evaluate_object_node(struct run *r, const struct node *n, const struct json *v, const struct at *at,
                                 struct marks *m)
{
    bool good = true;
    if (n->ref) good &= evaluate(r, n->ref, v, at, m);
    if (n->dynamic_ref) good &= evaluate(r, dynamic_target(r, n), v, at, m);
    if (!type_fits(r, n, v)) return problem_type(r, n, at); /* the rest would only repeat it */
    good &= validate_value(r, n, v, at);
    if (v->type == JSON_NUMBER) good &= validate_number(r, n, v, at);
    if (v->type == JSON_STRING) good &= validate_string(r, n, v, at);
    if (v->type == JSON_ARRAY) good &= validate_array(r, n, v, at, m);
    if (v->type == JSON_OBJECT) good &= validate_object(r, n, v, at, m);
    good &= validate_logic(r, n, v, at, m);
    good &= validate_unevaluated(r, n, v, at, m);
    return good;
}

bool evaluate(struct run *r, const struct node *n, const struct json *v, const struct at *at, struct marks *up)
{
    if (n->always) return true;
    if (n->never) return problem(r, at, CODE_FIELD_FORBIDDEN, NULL);
    if (!spend(r, 1)) return false;
    if (r->depth >= DEPTH_MAX) {
        r->overrun = true;
        return false;
    }
    r->depth++;
    bool enters = r->nscope == 0 || r->scope[r->nscope - 1] != n->resource;
    if (enters) r->scope[r->nscope++] = n->resource;
    struct at here = *at;
    if (n->in_field) here.field = n;
    if (n->field.title[LANG_ZH].n && n->field.title[LANG_EN].n && !at->is_index && at->up) {
        here.title[LANG_ZH] = n->field.title[LANG_ZH];
        here.title[LANG_EN] = n->field.title[LANG_EN];
    }
    struct marks m = marks_new(r, v);
    bool good = evaluate_object_node(r, n, v, &here, &m);
    /* a failure's marks matter too when its reasons are collected: else each field would be called unknown as well */
    if (up && (good || r->sink)) marks_add(up, &m);
    if (enters) r->nscope--;
    r->depth--;
    return good && !r->overrun;
}

bool evaluate_quietly(struct run *r, const struct node *n, const struct json *v, const struct at *at, struct marks *up)
{
    struct sink *sink = r->sink;
    r->sink = NULL;
    bool good = evaluate(r, n, v, at, up);
    r->sink = sink;
    return good;
}

/* ---- entries ---- */

static result validate(struct arena *a, const struct schema *s, const struct json *data, bool draft)
{
    struct run *r = NEW(a, struct run);
    const struct json *seen = s->visibility ? visible_data(a, s, data, &r->overrun) : data;
    struct sink sink = {NULL, NULL, 0};
    r->a = a;
    r->schema = s;
    r->root = seen;
    r->sink = &sink;
    r->draft = draft;
    struct at root = {.title = {s->root->field.title[LANG_ZH], s->root->field.title[LANG_EN]}};
    if (root.title[LANG_ZH].n == 0 || root.title[LANG_EN].n == 0) {
        root.title[LANG_ZH] = S("表单");
        root.title[LANG_EN] = S("The form");
    }
    bool good = evaluate(r, s->root, seen, &root, NULL);
    if (r->overrun) return fail(a, CODE_FIELD_COMPLEX, S(""), "limit", arena_printf(a, "%d", STEPS_MAX), NULL);
    if (good) return ok();
    return problems_joined(a, &sink);
}

result schema_validate(struct arena *a, const struct schema *s, const struct json *data)
{
    return validate(a, s, data, false);
}

result schema_validate_draft(struct arena *a, const struct schema *s, const struct json *data)
{
    return validate(a, s, data, true);
}
