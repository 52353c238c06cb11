#include "test/city/flow.h"

#include "city/sql.h"

void flow_open(struct works *w, struct store_fixture *f)
{
    static const char *const FOLDERS[] = {"loan_interest", "credit_check", "market_stall",
                                          "market_close",  "market_round", "stall_notice"};
    struct service_files folders[6];
    works_open(w, f);
    for (size_t i = 0; i < 6; i++)
        assert_good(
            w->a, service_files_read(w->a,
                                     slice_cstr(test_city_source(
                                         w->a, arena_cstr(w->a, arena_printf(w->a, "test/city/flow/%s", FOLDERS[i])))),
                                     &folders[i]));
    assert_good(w->a, catalogue_install(w->c->catalogue, w->a, folders, 6, w->now));
}

struct id flow_file(struct works *w, const struct actor *x, const char *service, const char *data)
{
    struct case_done done;
    assert_good(w->a, catalogue_current(w->c->catalogue, w->a, slice_cstr(service), &w->service));
    assert_good(w->a, works_file(w, x, NULL, test_json(w->a, slice_cstr(data)), &done));
    return done.case_id;
}

/* The worker, until it finds nothing that is due now. */
void flow_bring(struct works *w)
{
    size_t n, started;
    for (int i = 0; i < 50; i++) {
        assert_good(w->a, case_messages_run(w->c, w->a, w->now, 64, &n));
        assert_good(w->a, case_starts_run(w->c, w->a, w->now, 64, &started));
        if (n + started == 0) return;
    }
    fail_msg("it never comes to rest");
}

void flow_same_again(struct works *w)
{
    struct rebuild_report r;
    assert_good(w->a, case_rebuild(w->c, w->a, true, &r));
    if (r.differences) fail_msg("%.*s", SLICE_ARG(r.first_difference));
    assert_good(w->a, case_rebuild(w->c, w->a, false, &r));
    assert_int_equal(r.differences, 0);
}

struct id flow_case_of(struct works *w, const char *service)
{
    struct rows r;
    struct id id;
    static const struct stmt LAST = {"flow_last", "SELECT id FROM case_file WHERE service=?1 ORDER BY id DESC LIMIT 1",
                                     NULL, false};
    assert_good(w->a, store_query(w->c->store, w->a, &LAST, BINDS(sql_text(slice_cstr(service))), &r));
    if (r.n != 1) fail_msg("no case of %s", service);
    assert_true(id_from_bytes(row(&r, 0)[0].s, &id));
    return id;
}

const struct json *flow_vars(struct works *w, struct id id)
{
    const struct json *v;
    assert_good(w->a, case_variables(w->c, w->a, id, &v));
    return v;
}
