/* The clocks of a process against the limits of its service: when everybody keeps his own clock and the case is still late by the
 * longest way, the promise cannot be kept. */
#include "city/catalogue/internal.h"

/* In working days with two decimals, as people compare them: "1.43". */
struct slice working_days(struct arena *a, int64_t seconds)
{
    int64_t hundredths = (seconds * 100 + 12600) / 25200;
    return arena_printf(a, "%lld.%02lld", (long long)(hundredths / 100), (long long)(hundredths % 100));
}

static result exceeds(struct arena *a, const struct process_path *p, struct limit limit, const char *where,
                      const char *zh, const char *en)
{
    if (!limit.n || p->seconds <= limit_seconds(&limit)) return ok();
    return fail(a, CODE_SERVICE_PATH_LONG, slice_cstr(where), "value", working_days(a, p->seconds), "limit",
                working_days(a, limit_seconds(&limit)), "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en),
                "path_ids", p->way.ids, "path_zh", p->way.zh, "path_en", p->way.en, NULL);
}

result check_limits(struct arena *a, const struct service *s)
{
    struct process_path p;
    process_longest(a, s->model, &p);
    result r = exceeds(a, &p, s->promised, "service.json#/promised", "承诺时限", "promise");
    return result_join(a, r, exceeds(a, &p, s->statutory, "service.json#/statutory", "法定时限", "statutory limit"));
}
