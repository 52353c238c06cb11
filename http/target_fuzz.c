/* A request target, then its query's values: what comes out is safe to look up and to store. */
#include <stdlib.h>

#include "city/api.h"
#include "http/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void query_good(struct arena *a, struct slice query, const char *name)
{
    struct request q = {.a = a, .query = query};
    struct slice v = request_query(&q, name);
    if (!slice_utf8(v) || slice_find(v, '\0', 0) != SIZE_MAX || v.n > query.n) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct slice path, query, raw = slice_of((const char *)data, size), cursor;
    int64_t limit;
    if (target_split(raw, &path, &query)) {
        if (path.n == 0 || path.p[0] != '/' || path.n + query.n > raw.n + 1 || query.n > QUERY_MAX) abort();
        if (slice_find(path, '?', 0) != SIZE_MAX || slice_find(path, '#', 0) != SIZE_MAX) abort();
        for (size_t i = 0; i < path.n; i++)
            if ((unsigned char)path.p[i] <= ' ') abort();
        query_good(a, query, "q");
        query_good(a, query, "state");
        query_good(a, query, "");
        struct request q = {.a = a, .query = query};
        result r = request_page(&q, &limit, &cursor);
        if (!failed(r) && (limit < 1 || limit > 100 || cursor.n > 200)) abort();
    }
    arena_free(a);
    return 0;
}
