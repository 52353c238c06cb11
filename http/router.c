/* The route table: groups of endpoints and the areas' own, looked up by method and path segments. */
#include "http/internal.h"
#include "http/routes.h"

struct router {
    struct route *routes;
    size_t n;
};

static void add(struct router *r, struct arena *a, struct endpoints e)
{
    for (size_t i = 0; i < e.n; i++) {
        struct route *x = &r->routes[r->n++];
        x->e = e.list[i];
        x->template_ = arena_cstr(a, arena_printf(a, "%s /api/v1%s", e.list[i]->method, e.list[i]->path));
    }
}

struct router *router_new(struct arena *a, const struct areas *areas)
{
    struct router *r = NEW(a, struct router);
    size_t total = 0;
    for (size_t i = 0; i < ROUTE_NGROUPS; i++) total += ROUTE_GROUPS[i]->n;
    for (size_t i = 0; areas && i < areas->n; i++) total += areas->list[i]->endpoints.n;
    r->routes = NEW_ARRAY(a, struct route, total + 1);
    for (size_t i = 0; i < ROUTE_NGROUPS; i++) add(r, a, *ROUTE_GROUPS[i]);
    for (size_t i = 0; areas && i < areas->n; i++) add(r, a, areas->list[i]->endpoints);
    return r;
}

size_t router_routes(const struct router *r, struct route **out)
{
    *out = r->routes;
    return r->n;
}

/* "/cases/{id}" against "/cases/0190…": literal segments must be equal, {x} takes one non-empty segment. */
static bool fits(const struct endpoint *e, struct slice path, struct slice params[4], size_t *nparams)
{
    struct slice p = slice_cstr(e->path), ps, s;
    *nparams = 0;
    p = slice_sub(p, 1, p.n);
    path = slice_sub(path, 1, path.n);
    for (;;) {
        bool more = slice_cut(p, '/', &ps, &p), more_path = slice_cut(path, '/', &s, &path);
        if (ps.n && ps.p[0] == '{') {
            if (s.n == 0 || *nparams == 4) return false;
            bool rest = (e->flags & EP_REST) && !more;
            params[(*nparams)++] = rest && more_path ? slice_of(s.p, s.n + 1 + path.n) : s;
            if (rest) return true;
        } else if (!slice_eq(ps, s)) {
            return false;
        }
        if (more != more_path) return false;
        if (!more) return true;
    }
}

struct route *router_match(struct router *r, struct slice method, struct slice path, struct slice params[4],
                           size_t *nparams, bool *path_known)
{
    struct route *best = NULL;
    struct slice try_params[4];
    size_t n;
    *path_known = false;
    for (size_t i = 0; i < r->n; i++) {
        if (!fits(r->routes[i].e, path, try_params, &n)) continue;
        *path_known = true;
        if (!slice_is(method, r->routes[i].e->method)) continue;
        /* "/drafts/mine" before "/drafts/{id}" */
        if (best && *nparams <= n) continue;
        best = &r->routes[i];
        *nparams = n;
        memcpy(params, try_params, sizeof try_params);
    }
    return best;
}

struct slice router_allow(const struct router *r, struct arena *a, struct slice path)
{
    struct buf b = buf_new(a, 256);
    struct slice params[4];
    size_t n;
    for (size_t i = 0; i < r->n; i++) {
        const char *method = r->routes[i].e->method;
        if (!fits(r->routes[i].e, path, params, &n)) continue;
        if (slice_search(buf_slice(&b), slice_cstr(method)) != SIZE_MAX) continue;
        buf_printf(&b, "%s%s", b.n ? ", " : "", method);
        if (strcmp(method, "GET") == 0) buf_puts(&b, ", HEAD");
    }
    return buf_slice(&b);
}
