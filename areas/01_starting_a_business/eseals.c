/* Company seals without a medium: for every seal whose filing was granted an electronic one is ordered as soon as the enterprise is known as a subject,
 * that is with its licence; the platform makes and delivers it. */
#include "areas/01_starting_a_business/verbs.h"

#include "city/identity/identity.h"
#include "city/seals/seals.h"
#include "city/sql.h"

#define LOOK_BACK (30 * MS_DAY)

static const struct stmt WITHOUT = {
    "seal_orders_without",
    "SELECT o.code, o.kind, o.uscc, o.case_id, e.name FROM seal_order o LEFT JOIN enterprise e ON e.uscc = o.uscc"
    " WHERE o.ordered_at > ?1 AND NOT EXISTS (SELECT 1 FROM seal s WHERE s.code = o.code) ORDER BY o.ordered_at LIMIT 50",
    NULL, false};

static result order(struct city *c, struct arena *a, const struct sql_value *v, instant now, bool *ordered)
{
    struct seal_order o = {.code = v[0].s, .kind = v[1].s, .holder_code = v[2].s, .holder = v[4].s};
    const struct json *profile, *who;
    TRY(subject_find(c, a, S("uscc"), v[2].s, &o.subject, ordered));
    if (!*ordered) return ok(); /* comes with the enterprise's account */
    (void)id_from_bytes(v[3].s, &o.case_id);
    TRY(subject_profile(c, a, o.subject, &profile));
    TRY(subject_snapshot(c, a, o.subject, &who));
    if (o.holder.n == 0) o.holder = json_string(who, "name");
    o.person = json_string(json_get(json_get(profile, "fields"), "legal_representative"), "value");
    return seal_ordered(c, a, &o, now);
}

result area_01_work(struct city *c, struct arena *a, instant now, size_t *done)
{
    struct rows r;
    result all = ok();
    *done = 0;
    TRY(store_query(c->store, a, &WITHOUT, BINDS(sql_int(now - LOOK_BACK)), &r));
    for (size_t i = 0; i < r.n; i++) {
        bool ordered = false;
        result one = order(c, a, row(&r, i), now, &ordered);
        if (failed(one))
            all = result_join(a, all, one);
        else
            *done += ordered;
    }
    return all;
}
