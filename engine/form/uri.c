#include "engine/form/uri.h"

#include "base/buf.h"
#include "base/id.h"

static size_t until(struct slice s, size_t from, const char *stops)
{
    while (from < s.n && !strchr(stops, s.p[from])) from++;
    return from;
}

struct uri uri_split(struct slice s)
{
    struct uri u = {0};
    size_t at = until(s, 0, ":/?#");
    if (at > 0 && at < s.n && s.p[at] == ':') {
        u.scheme = slice_sub(s, 0, at);
        s = slice_sub(s, at + 1, SIZE_MAX);
    }
    if (slice_starts(s, S("//"))) {
        u.has_authority = true;
        at = until(s, 2, "/?#");
        u.authority = slice_sub(s, 2, at - 2);
        s = slice_sub(s, at, SIZE_MAX);
    }
    at = until(s, 0, "?#");
    u.path = slice_sub(s, 0, at);
    s = slice_sub(s, at, SIZE_MAX);
    if (s.n && s.p[0] == '?') {
        u.has_query = true;
        at = until(s, 1, "#");
        u.query = slice_sub(s, 1, at - 1);
        s = slice_sub(s, at, SIZE_MAX);
    }
    if (s.n) {
        u.has_fragment = true;
        u.fragment = slice_sub(s, 1, SIZE_MAX);
    }
    return u;
}

/* Section 5.2.4, segment by segment. */
static struct slice remove_dots(struct arena *a, struct slice path)
{
    char *out = arena_alloc(a, path.n + 1);
    size_t n = 0, at = 0;
    while (at < path.n) {
        size_t end = at + 1; /* a segment with the slash before it */
        while (end < path.n && path.p[end] != '/') end++;
        struct slice segment = slice_sub(path, at, end - at), name = segment;
        if (name.p[0] == '/') name = slice_sub(name, 1, SIZE_MAX);
        bool last = end == path.n;
        if (slice_is(name, ".") || slice_is(name, "..")) {
            if (name.n == 2) {
                while (n > 0 && out[n - 1] != '/') n--;
                if (n > 0) n--;
            }
            if (last) out[n++] = '/';
        } else {
            memcpy(out + n, segment.p, segment.n);
            n += segment.n;
        }
        at = end;
    }
    return slice_of(out, n);
}

static struct slice merge(struct arena *a, const struct uri *base, struct slice path)
{
    if (base->has_authority && base->path.n == 0) return arena_printf(a, "/%.*s", SLICE_ARG(path));
    size_t keep = base->path.n;
    while (keep > 0 && base->path.p[keep - 1] != '/') keep--;
    return arena_printf(a, "%.*s%.*s", (int)keep, base->path.p ? base->path.p : "", SLICE_ARG(path));
}

struct slice uri_resolve(struct arena *a, struct slice base_text, struct slice reference, struct slice *fragment)
{
    struct uri r = uri_split(reference), base = uri_split(base_text), t = r;
    *fragment = r.fragment;
    if (r.scheme.n) {
        if (r.has_authority) t.path = remove_dots(a, r.path);
    } else {
        t.scheme = base.scheme;
        if (!r.has_authority) {
            t.authority = base.authority;
            t.has_authority = base.has_authority;
            if (r.path.n == 0) {
                t.path = base.path;
                if (!r.has_query) {
                    t.query = base.query;
                    t.has_query = base.has_query;
                }
            } else {
                t.path = remove_dots(a, r.path.p[0] == '/' ? r.path : merge(a, &base, r.path));
            }
        }
    }
    struct buf b = buf_new(a, base_text.n + reference.n + 16);
    if (t.scheme.n) buf_printf(&b, "%.*s:", SLICE_ARG(t.scheme));
    if (t.has_authority) buf_printf(&b, "//%.*s", SLICE_ARG(t.authority));
    buf_put(&b, t.path);
    if (t.has_query) buf_printf(&b, "?%.*s", SLICE_ARG(t.query));
    return buf_slice(&b);
}

bool uri_decode(struct arena *a, struct slice s, struct slice *out)
{
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '%') {
            p[n++] = s.p[i];
            continue;
        }
        bool room = i + 2 < s.n;
        int high = room ? hex_digit(s.p[i + 1]) : -1, low = room ? hex_digit(s.p[i + 2]) : -1;
        if (high < 0 || low < 0) return false;
        p[n++] = (char)(high * 16 + low);
        i += 2;
    }
    *out = slice_of(p, n);
    return slice_utf8(*out);
}
