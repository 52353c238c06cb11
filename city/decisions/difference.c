/* What differs between two folders of one decision, rule by rule. Rules are matched by id, which editors keep; a rule without one
 * by its place. */
#include "city/decisions/internal.h"

struct diff {
    struct arena *a;
    struct json_builder list;
};

static void add(struct diff *d, const char *kind, const struct json *decision, struct json_builder *b)
{
    json_set_cstr(b, "kind", kind);
    json_set_str(b, "decision", json_string(decision, "id"));
    json_set(b, "title", json_get(decision, "title"));
    json_add(&d->list, json_object(b));
}

static void set_rule(struct json_builder *b, const struct json *rule)
{
    json_set(b, "rule", json_get(rule, "id"));
    json_set(b, "index", json_get(rule, "index"));
    json_set(b, "text", json_get(rule, "text"));
    json_set(b, "cells", json_get(rule, "cells"));
}

/* [{label, was, now}] of the cells that differ; empty when none does. */
static const struct json *cells_changed(struct arena *a, const struct json *columns, const struct json *was,
                                        const struct json *now)
{
    struct json_builder list = json_builder(a);
    const struct json *x = json_get(was, "cells"), *y = json_get(now, "cells");
    size_t n = x && y ? (x->n > y->n ? x->n : y->n) : 0;
    for (size_t i = 0; i < n; i++) {
        struct slice old = i < x->n ? x->items[i]->text : S(""), new_ = i < y->n ? y->items[i]->text : S("");
        if (slice_eq(old, new_)) continue;
        struct json_builder b = json_builder(a);
        const struct json *label = columns && i < columns->n ? json_get(columns->items[i], "label") : NULL;
        json_set(&b, "label", label ? label : json_null());
        json_set_str(&b, "was", old);
        json_set_str(&b, "now", new_);
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static void rules(struct diff *d, const struct json *was, const struct json *now)
{
    const struct json *x = json_get(was, "rules"), *y = json_get(now, "rules");
    for (size_t i = 0; x && i < x->n; i++) {
        const struct json *r = x->items[i];
        if (model_rule(now, json_string(r, "id"), json_int(r, "index", 0))) continue;
        struct json_builder b = json_builder(d->a);
        set_rule(&b, r);
        add(d, "rule_removed", now, &b);
    }
    for (size_t i = 0; y && i < y->n; i++) {
        const struct json *r = y->items[i];
        const struct json *old = model_rule(was, json_string(r, "id"), json_int(r, "index", 0));
        const struct json *cells = old ? cells_changed(d->a, json_get(now, "columns"), old, r) : NULL;
        bool words = old && !json_equal(json_get(old, "text"), json_get(r, "text"));
        bool moved = old && json_int(old, "index", 0) != json_int(r, "index", 0);
        if (old && !cells->n && !words && !moved) continue;
        struct json_builder b = json_builder(d->a);
        set_rule(&b, r);
        if (old) json_set(&b, "changed", cells);
        if (old) json_set(&b, "was_index", json_get(old, "index"));
        add(d, !old ? "rule_added" : cells->n ? "rule_changed" : moved ? "rule_moved" : "rule_words", now, &b);
    }
}

static void decision_changes(struct diff *d, const struct json *was, const struct json *now)
{
    struct json_builder b = json_builder(d->a);
    static const char *const PARTS[] = {"kind", "policy", "aggregation", "text", "columns", "requires"};
    struct json_builder parts = json_builder(d->a);
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        const struct json *x = json_get(was, PARTS[i]), *y = json_get(now, PARTS[i]);
        if ((x || y) && !(x && y && json_equal(x, y))) json_add(&parts, json_of_cstr(d->a, PARTS[i]));
    }
    const struct json *changed = json_array(&parts);
    if (changed->n) {
        json_set(&b, "parts", changed);
        json_set(&b, "was", json_get(was, "text") ? json_get(was, "text") : json_null());
        json_set(&b, "now", json_get(now, "text") ? json_get(now, "text") : json_null());
        add(d, "decision_changed", now, &b);
    }
    rules(d, was, now);
}

static const struct json *other(const struct json *model, const struct json *decision)
{
    return model_decision(model, json_string(decision, "id"));
}

static void entries(struct diff *d, struct service_files from, struct service_files to)
{
    const struct service_file *f = service_files_find(from, "decision.json"),
                              *t = service_files_find(to, "decision.json");
    const struct json *x, *y;
    if (!f || !t || failed(json_parse(d->a, f->bytes, 1 << 20, f->path, &x)) ||
        failed(json_parse(d->a, t->bytes, 1 << 20, t->path, &y)))
        return;
    for (size_t i = 0; i < y->n; i++) {
        const struct json *old = json_get_slice(x, y->keys[i]);
        if (old && json_equal(old, y->items[i])) continue;
        struct json_builder b = json_builder(d->a);
        json_set_cstr(&b, "kind", "entry");
        json_set_str(&b, "member", y->keys[i]);
        json_set(&b, "was", old ? old : json_null());
        json_set(&b, "now", y->items[i]);
        json_add(&d->list, json_object(&b));
    }
}

const struct json *decision_difference(struct arena *a, struct service_files from, struct service_files to)
{
    struct diff d = {a, json_builder(a)};
    const struct json *was = decision_model(a, from), *now = decision_model(a, to);
    const struct json *x = json_get(was, "decisions"), *y = json_get(now, "decisions");
    entries(&d, from, to);
    for (size_t i = 0; i < x->n; i++)
        if (!other(now, x->items[i])) {
            struct json_builder b = json_builder(a);
            add(&d, "decision_removed", x->items[i], &b);
        }
    for (size_t i = 0; i < y->n; i++) {
        const struct json *old = other(was, y->items[i]);
        struct json_builder b = json_builder(a);
        if (old)
            decision_changes(&d, old, y->items[i]);
        else
            add(&d, "decision_added", y->items[i], &b);
    }
    return json_array(&d.list);
}
