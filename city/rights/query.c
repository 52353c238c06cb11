/* The query of a request: against what the endpoint declares, then its values. */
#include "city/rights/rights.h"

const struct query_parameter QUERY_PAGE[] = {QUERY_LIMIT, QUERY_CURSOR, {.name = NULL}};

static bool percent_decode(struct arena *a, struct slice s, struct slice *out)
{
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '+') {
            p[n++] = ' ';
        } else if (s.p[i] == '%') {
            if (i + 2 >= s.n) return false;
            int hi = hex_digit(s.p[i + 1]), lo = hex_digit(s.p[i + 2]);
            if (hi < 0 || lo < 0) return false;
            p[n++] = (char)(hi * 16 + lo);
            i += 2;
        } else {
            p[n++] = s.p[i];
        }
    }
    *out = slice_of(p, n);
    return slice_utf8(*out) && slice_find(*out, '\0', 0) == SIZE_MAX;
}

struct slice request_query(const struct request *q, const char *name)
{
    struct slice rest = q->query, part;
    while (rest.n) {
        (void)slice_cut(rest, '&', &part, &rest);
        struct slice k, v, kd, vd;
        (void)slice_cut(part, '=', &k, &v);
        if (!percent_decode(q->a, k, &kd) || !slice_is(kd, name)) continue;
        if (percent_decode(q->a, v, &vd)) return vd;
    }
    return (struct slice){0};
}

result request_page(const struct request *q, int64_t *limit, struct slice *cursor)
{
    struct slice l = request_query(q, "limit");
    *limit = 20;
    if (l.n && (!slice_int64(l, limit) || *limit < 1 || *limit > 100))
        return fail(q->a, CODE_QUERY_BAD, S("limit"), "value", l, NULL);
    *cursor = request_query(q, "cursor");
    if (cursor->n > 200) return fail(q->a, CODE_QUERY_BAD, S("cursor"), "value", slice_sub(*cursor, 0, 40), NULL);
    return ok();
}

/* ---- against the declaration ---- */

static const struct query_parameter *declared(const struct query_parameter *list, struct slice name)
{
    for (; list && list->name; list++)
        if (slice_is(name, list->name)) return list;
    return NULL;
}

/* As much of it as an answer repeats. */
static struct slice shown(struct slice s)
{
    struct slice cut = slice_sub(s, 0, 40);
    while (cut.n && !slice_utf8(cut)) cut.n--;
    return cut;
}

static result unknown(const struct request *q, const struct query_parameter *list, struct slice name)
{
    struct buf b = buf_new(q->a, 1024);
    for (; list && list->name; list++) buf_printf(&b, "%s%s", b.n ? ", " : "", list->name);
    if (!b.n) buf_puts(&b, "—");
    return fail(q->a, CODE_QUERY_UNKNOWN, shown(name), "allowed", buf_slice(&b), NULL);
}

static bool chosen(const char *choices, struct slice v)
{
    struct slice rest = slice_cstr(choices), part;
    bool more = true;
    while (more) {
        more = slice_cut(rest, '|', &part, &rest);
        if (slice_eq(part, v)) return true;
    }
    return false;
}

static bool fits(const struct query_parameter *p, struct slice v)
{
    int64_t n;
    if (!v.n) return !p->required; /* "state=": any */
    if (p->choices && !chosen(p->choices, v)) return false;
    if (p->type == QUERY_TEXT) return v.n <= (size_t)(p->most ? p->most : QUERY_TEXT_MAX);
    return slice_int64(v, &n) && ((!p->least && !p->most) || (n >= p->least && n <= p->most));
}

static result bad(const struct request *q, struct slice name, struct slice value)
{
    return fail(q->a, CODE_QUERY_BAD, shown(name), "value", shown(value), NULL);
}

result query_check(const struct request *q, const struct query_parameter *list)
{
    struct slice rest = q->query, part, seen[QUERY_PARAMETERS];
    size_t n = 0;
    while (rest.n) {
        struct slice key, value, name, text;
        (void)slice_cut(rest, '&', &part, &rest);
        if (!part.n) continue;
        (void)slice_cut(part, '=', &key, &value);
        if (!percent_decode(q->a, key, &name)) return bad(q, S("?"), S("%"));
        const struct query_parameter *p = declared(list, name);
        if (!p) return unknown(q, list, name);
        if (!percent_decode(q->a, value, &text)) return bad(q, name, S("%"));
        for (size_t i = 0; i < n; i++)
            if (slice_eq(seen[i], name)) return bad(q, name, text);
        if (n < QUERY_PARAMETERS) seen[n++] = name;
        if (!fits(p, text)) return bad(q, name, text);
    }
    for (; list && list->name; list++)
        if (list->required && !request_query(q, list->name).n) return bad(q, slice_cstr(list->name), S(""));
    return ok();
}
