#include "engine/simulation/intern.h"

#include "engine/simulation/random.h"

#include <string.h>

enum { FIRST_CAP = 1024 };

uint64_t intern_hash(const void *p, size_t n, uint64_t seed)
{
    const unsigned char *s = p;
    uint64_t h = seed ^ (n * UINT64_C(0x9E3779B97F4A7C15));
    for (; n >= 8; n -= 8, s += 8) {
        uint64_t v;
        memcpy(&v, s, 8);
        h = random_mix(h ^ v);
    }
    uint64_t rest = 0;
    if (n) memcpy(&rest, s, n);
    return random_mix(h ^ rest);
}

struct intern intern_new(struct arena *a)
{
    struct intern t = {.a = a, .cap = FIRST_CAP};
    t.slots = NEW_ARRAY(a, const struct json *, t.cap);
    t.hashes = NEW_ARRAY(a, uint64_t, t.cap);
    return t;
}

static void grow(struct intern *t)
{
    struct intern more = {.a = t->a, .cap = 2 * t->cap, .n = t->n};
    more.slots = NEW_ARRAY(t->a, const struct json *, more.cap);
    more.hashes = NEW_ARRAY(t->a, uint64_t, more.cap);
    for (size_t i = 0; i < t->cap; i++) {
        if (!t->slots[i]) continue;
        size_t k = t->hashes[i] & (more.cap - 1);
        while (more.slots[k]) k = (k + 1) & (more.cap - 1);
        more.slots[k] = t->slots[i];
        more.hashes[k] = t->hashes[i];
    }
    *t = more;
}

static bool same(const struct json *x, const struct json *y, const struct json *const *children)
{
    if (x->type != y->type || x->boolean != y->boolean || x->n != y->n || !slice_eq(x->text, y->text)) return false;
    for (size_t i = 0; i < x->n; i++)
        if (x->items[i] != children[i] || (x->type == JSON_OBJECT && !slice_eq(x->keys[i], y->keys[i]))) return false;
    return true;
}

static const struct json *keep(struct intern *t, const struct json *v, const struct json **children)
{
    struct json *k = NEW(t->a, struct json);
    *k = *v;
    k->text = v->text.n ? arena_copy(t->a, v->text) : (struct slice){NULL, 0};
    k->items = NULL;
    k->keys = NULL;
    if (!v->n) return k;
    const struct json **items = NEW_ARRAY(t->a, const struct json *, v->n);
    memcpy(items, children, v->n * sizeof *items);
    k->items = items;
    if (v->type != JSON_OBJECT) return k;
    struct slice *keys = NEW_ARRAY(t->a, struct slice, v->n);
    for (size_t i = 0; i < v->n; i++) keys[i] = arena_copy(t->a, v->keys[i]);
    k->keys = keys;
    return k;
}

const struct json *intern_json(struct intern *t, const struct json *v)
{
    enum { FEW = 64 };
    const struct json *few[FEW], **children = few;
    if (!v) return NULL;
    if (v->n > FEW) children = NEW_ARRAY(t->a, const struct json *, v->n);
    uint64_t h = random_mix((uint64_t)v->type * 2 + v->boolean + 1);
    h = intern_hash(v->text.p, v->text.n, h);
    for (size_t i = 0; i < v->n; i++) {
        children[i] = intern_json(t, v->items[i]);
        h = random_mix(h ^ (uint64_t)(uintptr_t)children[i]);
        if (v->type == JSON_OBJECT) h = intern_hash(v->keys[i].p, v->keys[i].n, h);
    }
    size_t k = h & (t->cap - 1);
    for (; t->slots[k]; k = (k + 1) & (t->cap - 1))
        if (t->hashes[k] == h && same(t->slots[k], v, children)) return t->slots[k];
    t->slots[k] = keep(t, v, children);
    t->hashes[k] = h;
    const struct json *out = t->slots[k];
    if (++t->n * 2 > t->cap) grow(t);
    return out;
}
