#include "base/json.h"

#include <math.h>
#include <stdlib.h>

/* Looking into values, and building them. */

const struct json *json_get_slice(const struct json *v, struct slice key)
{
    if (!v || v->type != JSON_OBJECT) return NULL;
    for (size_t i = 0; i < v->n; i++)
        if (slice_eq(v->keys[i], key)) return v->items[i];
    return NULL;
}

const struct json *json_get(const struct json *v, const char *key)
{
    return json_get_slice(v, slice_cstr(key));
}

/* One reference token of a pointer (RFC 6901 section 4), "~1" and "~0" undone while comparing. */
static bool token_is(struct slice token, struct slice key)
{
    size_t k = 0;
    for (size_t i = 0; i < token.n; i++, k++) {
        char c = token.p[i];
        if (c == '~') {
            if (++i == token.n || (token.p[i] != '0' && token.p[i] != '1')) return false;
            c = token.p[i] == '0' ? '~' : '/';
        }
        if (k >= key.n || key.p[k] != c) return false;
    }
    return k == key.n;
}

static const struct json *step(const struct json *v, struct slice token)
{
    if (v->type == JSON_ARRAY) {
        int64_t i;
        bool index = token.n && token.p[0] != '-' && (token.p[0] != '0' || token.n == 1) && slice_int64(token, &i);
        return index && (uint64_t)i < v->n ? v->items[i] : NULL;
    }
    if (v->type != JSON_OBJECT) return NULL;
    for (size_t i = 0; i < v->n; i++)
        if (token_is(token, v->keys[i])) return v->items[i];
    return NULL;
}

const struct json *json_pointer(const struct json *v, struct slice pointer)
{
    if (pointer.n == 0) return v;
    if (pointer.p[0] != '/') return NULL;
    struct slice rest = slice_sub(pointer, 1, SIZE_MAX), token;
    for (bool more = true; v && more;) {
        more = slice_cut(rest, '/', &token, &rest);
        v = step(v, token);
    }
    return v;
}

struct slice json_string(const struct json *v, const char *key)
{
    const struct json *member = json_get(v, key);
    return member && member->type == JSON_STRING ? member->text : (struct slice){NULL, 0};
}

int64_t json_int(const struct json *v, const char *key, int64_t dflt)
{
    int64_t n;
    return json_is_int(json_get(v, key), &n) ? n : dflt;
}

double json_double(const struct json *v, double dflt)
{
    char text[64];
    if (!v || v->type != JSON_NUMBER || v->text.n >= sizeof text) return dflt;
    memcpy(text, v->text.p, v->text.n);
    text[v->text.n] = 0;
    return strtod(text, NULL);
}

bool json_bool(const struct json *v, const char *key, bool dflt)
{
    const struct json *member = json_get(v, key);
    return member && member->type == JSON_BOOL ? member->boolean : dflt;
}

/* The exponent of a number's text, far out of reach when it does not fit. */
static int64_t exponent_of(struct slice text)
{
    int64_t v;
    bool minus = text.n && text.p[0] == '-';
    if (text.n && text.p[0] == '+') text = slice_sub(text, 1, SIZE_MAX);
    if (slice_int64(text, &v) && v > -1000000000 && v < 1000000000) return v;
    return minus ? -1000000000 : 1000000000;
}

/* Whole means the value, not its spelling: 1.0, 10e-1 and 1E0 are 1. */
bool json_is_int(const struct json *v, int64_t *out)
{
    if (!v || v->type != JSON_NUMBER) return false;
    if (slice_int64(v->text, out)) return true;
    struct slice mantissa, exponent = {NULL, 0}, whole, fraction;
    if (!slice_cut(v->text, 'e', &mantissa, &exponent)) (void)slice_cut(v->text, 'E', &mantissa, &exponent);
    int64_t shift = exponent.n ? exponent_of(exponent) : 0;
    (void)slice_cut(mantissa, '.', &whole, &fraction);
    bool minus = whole.n && whole.p[0] == '-';
    if (minus) whole = slice_sub(whole, 1, SIZE_MAX);

    /* Digit i of whole‖fraction stands for 10^(whole.n - 1 - i + shift). */
    int64_t value = 0, last = (int64_t)whole.n + shift; /* digits before `last` are the whole part */
    int64_t count = (int64_t)(whole.n + fraction.n);
    bool any = false;
    for (int64_t i = 0; i < count || (any && i < last); i++) {
        char c = i >= count ? '0' : i < (int64_t)whole.n ? whole.p[i] : fraction.p[(size_t)i - whole.n];
        any = any || c != '0';
        if (i >= last && c != '0') return false;
        if (i >= last) continue;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, c - '0', &value)) return false;
    }
    if (!minus && __builtin_sub_overflow(0, value, &value)) return false;
    *out = value;
    return true;
}

static bool object_equal(const struct json *a, const struct json *b)
{
    for (size_t i = 0; i < a->n; i++) {
        /* usually in the same order */
        const struct json *other = slice_eq(a->keys[i], b->keys[i]) ? b->items[i] : json_get_slice(b, a->keys[i]);
        if (!other || !json_equal(a->items[i], other)) return false;
    }
    return true;
}

bool json_equal(const struct json *a, const struct json *b)
{
    if (a == b) return true;
    if (!a || !b || a->type != b->type) return false;
    int64_t x, y;
    switch (a->type) {
    case JSON_NULL: return true;
    case JSON_BOOL: return a->boolean == b->boolean;
    case JSON_NUMBER: return json_is_int(a, &x) && json_is_int(b, &y) ? x == y : slice_eq(a->text, b->text);
    case JSON_STRING: return slice_eq(a->text, b->text);
    case JSON_ARRAY:
        if (a->n != b->n) return false;
        for (size_t i = 0; i < a->n; i++)
            if (!json_equal(a->items[i], b->items[i])) return false;
        return true;
    case JSON_OBJECT: return a->n == b->n && object_equal(a, b);
    }
    return false;
}

const struct json *json_null(void)
{
    static const struct json value = {.type = JSON_NULL};
    return &value;
}

const struct json *json_of_bool(bool v)
{
    static const struct json yes = {.type = JSON_BOOL, .boolean = true}, no = {.type = JSON_BOOL};
    return v ? &yes : &no;
}

static const struct json *leaf(struct arena *a, enum json_type type, struct slice text)
{
    struct json *v = NEW(a, struct json);
    v->type = type;
    v->text = text;
    return v;
}

const struct json *json_of_int(struct arena *a, int64_t v)
{
    char digits[20], *p = digits + sizeof digits;
    uint64_t rest = v < 0 ? -(uint64_t)v : (uint64_t)v;
    do *--p = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (v < 0) *--p = '-';
    return leaf(a, JSON_NUMBER, arena_copy(a, (struct slice){p, (size_t)(digits + sizeof digits - p)}));
}

const struct json *json_of_number(struct arena *a, struct slice text)
{
    return leaf(a, JSON_NUMBER, arena_copy(a, text));
}

const struct json *json_of_string(struct arena *a, struct slice s)
{
    return leaf(a, JSON_STRING, arena_copy(a, s));
}

const struct json *json_of_cstr(struct arena *a, const char *z)
{
    return json_of_string(a, slice_cstr(z));
}

struct json_builder json_builder(struct arena *a)
{
    return (struct json_builder){.a = a};
}

static void append(struct json_builder *b, struct slice key, const struct json *v)
{
    if (b->n == b->cap) {
        size_t cap = b->cap ? b->cap * 2 : 8;
        const struct json **items = NEW_ARRAY(b->a, const struct json *, cap);
        struct slice *keys = NEW_ARRAY(b->a, struct slice, cap);
        if (b->n) {
            memcpy(items, b->items, b->n * sizeof *items);
            memcpy(keys, b->keys, b->n * sizeof *keys);
        }
        b->items = items;
        b->keys = keys;
        b->cap = cap;
    }
    b->items[b->n] = v ? v : json_null();
    b->keys[b->n++] = key;
}

void json_add(struct json_builder *b, const struct json *v)
{
    append(b, (struct slice){NULL, 0}, v);
}

void json_set_slice(struct json_builder *b, struct slice key, const struct json *v)
{
    for (size_t i = 0; i < b->n; i++) {
        if (!slice_eq(b->keys[i], key)) continue;
        b->items[i] = v ? v : json_null();
        return;
    }
    append(b, arena_copy(b->a, key), v);
}

void json_set(struct json_builder *b, const char *key, const struct json *v)
{
    json_set_slice(b, slice_cstr(key), v);
}

void json_set_str(struct json_builder *b, const char *key, struct slice s)
{
    json_set(b, key, json_of_string(b->a, s));
}

void json_set_cstr(struct json_builder *b, const char *key, const char *z)
{
    json_set(b, key, json_of_cstr(b->a, z));
}

const struct json *json_of_double(struct arena *a, double v, int decimals)
{
    if (!isfinite(v)) return json_null();
    struct slice text = arena_printf(a, "%.*f", decimals, v);
    bool zero = true; /* "-0.00" is 0 */
    for (size_t i = 0; i < text.n; i++) zero = zero && !(text.p[i] >= '1' && text.p[i] <= '9');
    return zero ? json_of_int(a, 0) : json_of_number(a, text);
}

void json_set_double(struct json_builder *b, const char *key, double v, int decimals)
{
    json_set(b, key, json_of_double(b->a, v, decimals));
}

void json_set_int(struct json_builder *b, const char *key, int64_t v)
{
    json_set(b, key, json_of_int(b->a, v));
}

void json_set_bool(struct json_builder *b, const char *key, bool v)
{
    json_set(b, key, json_of_bool(v));
}

static struct json *built(struct json_builder *b, enum json_type type)
{
    struct json *v = NEW(b->a, struct json);
    v->type = type;
    v->n = b->n;
    v->items = b->items;
    v->keys = type == JSON_OBJECT ? b->keys : NULL;
    *b = json_builder(b->a); /* the value owns the arrays now: values are immutable */
    return v;
}

const struct json *json_array(struct json_builder *b)
{
    return built(b, JSON_ARRAY);
}

const struct json *json_object(struct json_builder *b)
{
    return built(b, JSON_OBJECT);
}

const struct json *json_merge(struct arena *a, const struct json *base, const struct json *over)
{
    struct json_builder b = json_builder(a);
    for (size_t i = 0; base && base->type == JSON_OBJECT && i < base->n; i++) append(&b, base->keys[i], base->items[i]);
    for (size_t i = 0; over && over->type == JSON_OBJECT && i < over->n; i++)
        json_set_slice(&b, over->keys[i], over->items[i]);
    return json_object(&b);
}

const struct json *json_problem_path(struct arena *a, const struct problem *p)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < p->nargs; i++) {
        struct slice rest = p->args[i].value, id;
        if (strcmp(p->args[i].key, "path_ids") != 0) continue;
        for (bool more = rest.n > 0; more;) {
            more = slice_cut(rest, ' ', &id, &rest);
            json_add(&list, json_of_string(a, id));
        }
        return json_array(&list);
    }
    return NULL;
}

const struct json *json_overlay(struct arena *a, const struct json *base, const struct json *over)
{
    if (!base || !over || base->type != JSON_OBJECT || over->type != JSON_OBJECT) return over ? over : base;
    struct json_builder b = json_builder(a);
    for (size_t i = 0; i < over->n; i++)
        json_set_slice(&b, over->keys[i], json_overlay(a, json_get_slice(base, over->keys[i]), over->items[i]));
    return json_merge(a, base, json_object(&b));
}

const struct json *json_copy(struct arena *a, const struct json *v)
{
    if (!v) return NULL;
    if (v->type == JSON_NULL) return json_null();
    if (v->type == JSON_BOOL) return json_of_bool(v->boolean);
    if (v->type == JSON_NUMBER || v->type == JSON_STRING) return leaf(a, v->type, arena_copy(a, v->text));
    struct json_builder b = json_builder(a);
    for (size_t i = 0; i < v->n; i++) {
        struct slice key = v->type == JSON_OBJECT ? arena_copy(a, v->keys[i]) : (struct slice){NULL, 0};
        append(&b, key, json_copy(a, v->items[i]));
    }
    return built(&b, v->type);
}
