/* Filling in what the city knows (policy: nothing is asked that it knows already). */
#include "engine/form/validate.h"
#include "engine/form/visible.h"

struct filler {
    struct run run;
    prefill_source source;
    void *ctx;
    struct json_builder origin;
};

static bool filled(const struct json *v)
{
    return v && v->type != JSON_NULL && !(v->type == JSON_STRING && v->text.n == 0);
}

/* FEEL over the form's data; names that it lacks are asked of the source. */
static const struct json *computed(struct filler *f, const struct feel *feel)
{
    const struct slice *names;
    size_t n;
    struct json_builder b = json_builder(f->run.a);
    feel_names(feel, &names, &n);
    for (size_t i = 0; i < n; i++) {
        const struct json *v = json_get_slice(f->run.root, names[i]);
        if (!filled(v)) v = f->source(f->ctx, f->run.a, names[i]);
        if (v) json_set_slice(&b, names[i], v);
    }
    return form_feel_value(f->run.a, feel, json_object(&b));
}

static const struct json *known(struct filler *f, const struct node *n)
{
    const struct json *v =
        n->field.prefill_feel ? computed(f, n->field.prefill_feel) : f->source(f->ctx, f->run.a, n->field.prefill);
    struct at at = {.field = n};
    /* what the city knows but the form would refuse is better asked for */
    return filled(v) && evaluate_quietly(&f->run, n, v, &at, NULL) ? v : NULL;
}

/* An object being filled: a copy of its members with room for all properties. */
struct open_object {
    struct json v; /* what it is so far */
    const struct json **items;
    struct slice *keys;
};

static struct open_object *open_copy(struct arena *a, const struct json *data, size_t room)
{
    size_t n = data ? data->n : 0;
    struct open_object *o = NEW(a, struct open_object);
    o->items = NEW_ARRAY(a, const struct json *, n + room + 1);
    o->keys = NEW_ARRAY(a, struct slice, n + room + 1);
    for (size_t i = 0; i < n; i++) {
        o->items[i] = data->items[i];
        o->keys[i] = data->keys[i];
    }
    o->v = (struct json){.type = JSON_OBJECT, .n = n, .items = o->items, .keys = o->keys};
    return o;
}

static size_t place_of(struct filler *f, struct open_object *o, struct slice key)
{
    size_t i = 0;
    spend(&f->run, o->v.n / 16);
    while (i < o->v.n && !slice_eq(o->keys[i], key)) i++;
    return i;
}

/* The object with what is known filled in; `data` itself (which may be NULL) when there is nothing. */
static const struct json *fill(struct filler *f, const struct node *n, const struct json *data, const struct at *at,
                               int depth)
{
    struct open_object *o = open_copy(f->run.a, data, n->properties.n);
    bool same = true;
    if (depth == 0) f->run.root = &o->v; /* a later field may be computed from an earlier one */
    for (size_t i = 0; i < n->properties.n; i++) {
        const struct member *m = &n->properties.list[i];
        const struct node *p = m->node;
        size_t place = place_of(f, o, m->key);
        const struct json *old = place < o->v.n ? o->items[place] : NULL, *v = old;
        struct at child = {.up = at, .key = m->key};
        if (p->field.prefill.n && !filled(old)) {
            const struct json *found = known(f, p);
            if (found) {
                v = found;
                json_set_slice(&f->origin, at_pointer(f->run.a, &child), json_of_string(f->run.a, p->field.prefill));
            }
        }
        for (int hops = 0; p->ref && !p->properties.n && hops < 8; hops++) p = p->ref;
        if (p->properties.n && depth < 16 && (!v || v->type == JSON_OBJECT)) v = fill(f, p, v, &child, depth + 1);
        if (v == old) continue;
        same = false;
        o->keys[place] = m->key;
        o->items[place] = v;
        if (place == o->v.n) o->v.n++;
    }
    return same ? data : &o->v;
}

result form_prefill(struct arena *a, const struct schema *s, const struct json *data, prefill_source source, void *ctx,
                    const struct json **out, const struct json **origin)
{
    struct filler *f = NEW(a, struct filler);
    struct json_builder empty = json_builder(a);
    const struct json *begin = data && data->type == JSON_OBJECT ? data : json_object(&empty);
    f->run.a = a;
    f->run.schema = s;
    f->run.root = begin;
    f->source = source;
    f->ctx = ctx;
    f->origin = json_builder(a);
    struct at root = {0};
    *out = fill(f, s->root, begin, &root, 0);
    *origin = json_object(&f->origin);
    if (f->run.overrun) return fail(a, CODE_FIELD_COMPLEX, S(""), "limit", arena_printf(a, "%d", STEPS_MAX), NULL);
    return ok();
}
