#include "app/tongban/builtin.h"

struct service_files builtin_below(struct arena *a, const char *folder)
{
    struct slice prefix = arena_printf(a, "%s/", folder);
    struct service_file *list = NEW_ARRAY(a, struct service_file, BUILTIN_NFILES + 1);
    size_t n = 0;
    for (size_t i = 0; i < BUILTIN_NFILES; i++)
        if (slice_starts(BUILTIN_FILES[i].path, prefix))
            list[n++] =
                (struct service_file){slice_sub(BUILTIN_FILES[i].path, prefix.n, SIZE_MAX), BUILTIN_FILES[i].bytes};
    return (struct service_files){list, n};
}

/* A folder is where a service.json stands below an area's services/, or a decision.json below its decisions/. */
struct service_files *builtin_services(struct arena *a, size_t *n)
{
    struct service_files *list = NEW_ARRAY(a, struct service_files, BUILTIN_NFILES + 1);
    *n = 0;
    for (size_t i = 0; i < BUILTIN_NFILES; i++) {
        struct slice p = BUILTIN_FILES[i].path;
        const struct slice entry = slice_ends(p, S("/decision.json")) ? S("/decision.json") : S("/service.json");
        if (!slice_starts(p, S("areas/")) || !slice_ends(p, entry)) continue;
        list[(*n)++] = builtin_below(a, arena_cstr(a, slice_sub(p, 0, p.n - entry.n)));
    }
    return list;
}
