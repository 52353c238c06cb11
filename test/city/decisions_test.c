/* Decisions in cases: which version decided and what it saw stays in the journal; it is told in words; a person reviews it on
 * request; past cases are compared with a new version, and every look at them is a read that its person sees. */
#include "city/decisions/decisions.h"
#include "city/rights/rights.h"
#include "test/city/works.h"

static struct service_files folder(struct works *w, const char *path)
{
    struct service_files f;
    assert_good(w->a, service_files_read(w->a, slice_cstr(test_city_source(w->a, path)), &f));
    return f;
}

#define HOUSE "areas/08_registering_property/decisions/house_sale_taxes"

static void begin(struct works *w, struct store_fixture *f)
{
    works_open(w, f);
    works_at(w, "2025-03-03T10:00");
    struct service_files list[] = {folder(w, "areas/08_registering_property/services/house_sale_tax"), folder(w, HOUSE),
                                   folder(w, "areas/17_government_services/services/decision_review")};
    assert_good(w->a, catalogue_install(w->c->catalogue, w->a, list, 3, w->now));
    assert_good(w->a, catalogue_current(w->c->catalogue, w->a, S("house_sale_tax"), &w->service));
}

static struct service_files changed(struct works *w, const char *from, const char *to)
{
    struct service_files f = folder(w, HOUSE);
    struct service_file *list = NEW_ARRAY(w->a, struct service_file, f.n);
    size_t n = 0;
    for (size_t i = 0; i < f.n; i++) {
        list[i] = f.list[i];
        size_t at = slice_search(list[i].bytes, slice_cstr(from));
        if (at == SIZE_MAX) continue;
        list[i].bytes = arena_printf(w->a, "%.*s%s%.*s", (int)at, list[i].bytes.p, to,
                                     SLICE_ARG(slice_sub(list[i].bytes, at + strlen(from), list[i].bytes.n)));
        n++;
    }
    assert_true(n > 0);
    return (struct service_files){list, f.n};
}

static struct id sold(struct works *w, const struct actor *x, const char *date, int area)
{
    struct case_done done;
    struct case_filing f = {.service = w->service, .town = WORKS_TOWN, .subject = x->subject, .channel = S("online")};
    struct case_command k = works_command(w, x, "POST /api/v1/cases", NULL, S("{}"), id_new(w->now));
    struct slice text = arena_printf(
        w->a,
        "{\"name\":\"%.*s\",\"contract_date\":\"%s\",\"city\":\"441900\",\"home\":\"first\",\"area_m2\":%d,"
        "\"price_yuan\":1000000,\"held_since\":\"2010-01-01\",\"sole_home\":true,\"cost_known\":false}",
        SLICE_ARG(x->name), date, area);
    f.data = test_json(w->a, text);
    assert_good(w->a, subject_snapshot(w->c, w->a, x->subject, &f.applicant));
    assert_good(w->a, case_file(&k, &f, &done));
    works_jobs(w);
    return done.case_id;
}

static const struct json *explained(struct works *w, struct id id)
{
    return json_get(works_view(w, id, VIEW_OWNER), "explanations");
}

static bool in_hits(const struct json *e, const char *rule)
{
    const struct json *hits = json_get(e, "hits");
    for (size_t i = 0; hits && i < hits->n; i++)
        if (slice_is(json_string(hits->items[i], "rule"), rule)) return true;
    return false;
}

static void what_decided_is_kept_and_told(struct store_fixture *f)
{
    struct works w;
    begin(&w, f);
    struct id id = sold(&w, w.zhangsan, "2024-12-01", 140);
    const struct json *e = explained(&w, id)->items[0];
    assert_slice(json_string(e, "version"),
                 arena_cstr(w.a, decision_latest(catalogue_decisions(w.c->catalogue), S("house_sale_taxes"))->hash));
    assert_true(in_hits(e, "d24_first_small"));
    assert_false(in_hits(e, "d24_first_large"));
    assert_slice(json_string(json_get(e, "owner"), "code"), "sw");
    assert_true(json_get(e, "source")->n > 3);
    assert_true(slice_search(json_string(json_get(e, "text"), "zh"), S("契税（元） 10000")) != SIZE_MAX);
    assert_true(slice_search(json_write(w.a, json_get(e, "hits")), S("≤ 140")) != SIZE_MAX);
    assert_null(json_get(e, "values")); /* the officer's page has them */
    /* the journal keeps the decision's own input data, and nothing else of the form */
    assert_slice(works_text(&w, "SELECT decision FROM case_decision WHERE case_id = ?1", id), "house_sale_taxes");
    /* folding the journal anew gives the same */
    struct rebuild_report report = {.cases = 0};
    assert_good(w.a, case_rebuild(w.c, w.a, true, &report));
    assert_int_equal(report.differences, 0);
    assert_good(w.a, case_rebuild(w.c, w.a, false, &report));
    assert_slice(works_text(&w, "SELECT decision FROM case_decision WHERE case_id = ?1", id), "house_sale_taxes");
}

static void a_later_version_leaves_decided_cases_alone(struct store_fixture *f)
{
    struct works w;
    begin(&w, f);
    struct id before = sold(&w, w.zhangsan, "2024-12-01", 140);
    struct slice old = decision_latest(catalogue_decisions(w.c->catalogue), S("house_sale_taxes"))->hash;
    struct service_files next = changed(&w, "不超过140平方米", "140平方米及以下");
    assert_good(w.a, catalogue_install(w.c->catalogue, w.a, &next, 1, w.now + 1));
    works_at(&w, "2025-03-04T10:00");
    struct id after = sold(&w, w.zhangsan, "2024-12-01", 140);
    assert_slice(json_string(explained(&w, before)->items[0], "version"), arena_cstr(w.a, old));
    assert_false(slice_eq(json_string(explained(&w, after)->items[0], "version"), old));
}

static result review(struct works *w, const struct actor *x, struct id id, const char *key)
{
    struct case_done done;
    struct case_command k = works_command(w, x, "POST /api/v1/cases/{id}/review", key, S("{\"reason\":\"r\"}"), id);
    return case_review(&k, S("面积登记有误"), &done);
}

static bool can(const struct json *view, const char *what)
{
    const struct json *list = json_get(view, "can");
    for (size_t i = 0; list && i < list->n; i++)
        if (slice_is(list->items[i]->text, what)) return true;
    return false;
}

static void a_person_reviews_it_on_request(struct store_fixture *f)
{
    struct works w;
    begin(&w, f);
    struct id id = sold(&w, w.zhangsan, "2024-12-01", 140), ticket;
    const struct actor *officer = test_city_actor(w.t, S("sw.handler"));
    assert_true(can(works_view(&w, id, VIEW_OWNER), "review"));
    assert_code(review(&w, w.lisi, id, "k0"), CODE_NOT_FOUND);
    assert_good(w.a, review(&w, w.zhangsan, id, "k1"));
    assert_good(w.a, review(&w, w.zhangsan, id, "k1")); /* a lost reply */
    assert_code(review(&w, w.zhangsan, id, "k2"), CODE_CASE_REVIEW);
    works_jobs(&w);
    const struct json *view = works_view(&w, id, VIEW_OWNER), *asked = json_get(view, "review");
    assert_false(can(view, "review"));
    assert_true(id_scan(json_string(asked, "case"), &ticket));
    assert_int_equal(
        works_number(&w, "SELECT CAST(COUNT(*) AS BIGINT) FROM case_file WHERE id = ?1 AND service = 'decision_review'",
                     ticket),
        1);
    assert_slice(works_text(&w, "SELECT department FROM case_task WHERE case_id = ?1", ticket), "sw");
    /* the officer reads what the rules saw, and decides as a person */
    const struct json *seen = works_view(&w, ticket, VIEW_STAFF), *desk;
    assert_good(w.a, desk_case(w.c, w.a, officer, ticket, w.now, &desk));
    assert_true(slice_search(json_string(json_get(desk, "data"), "because"), S("≤ 140")) != SIZE_MAX);
    assert_slice(json_string(seen, "state"), "handling");
    assert_good(w.a, works_decide(&w, officer, ticket, "review", "change",
                                  test_json(w.a, S("{\"finding\":\"面积以不动产登记簿为准，改按139平方米核算\"}"))));
    works_jobs(&w);
    view = works_view(&w, ticket, VIEW_OWNER);
    assert_slice(json_string(view, "outcome"), "changed");
    assert_int_equal(json_get(view, "documents")->n, 1);
    assert_false(can(view, "review")); /* a person decided */
}

static void nothing_to_review_where_a_person_decided(struct store_fixture *f)
{
    struct works w;
    begin(&w, f);
    assert_good(w.a, catalogue_current(w.c->catalogue, w.a, WORKS_SERVICE, &w.service));
    works_at(&w, "2021-09-22T09:00");
    struct id id = works_filed(&w);
    assert_false(can(works_view(&w, id, VIEW_OWNER), "review"));
    assert_code(review(&w, w.zhangsan, id, "k1"), CODE_CASE_REVIEW);
}

static struct slice number_of(struct works *w, struct id id)
{
    return works_text(w, "SELECT number FROM case_file WHERE id = ?1", id);
}

static void past_cases_are_compared(struct store_fixture *f)
{
    struct works w;
    struct id run, ids[6];
    size_t done;
    const struct json *out;
    begin(&w, f);
    const struct actor *designer = test_city_actor(w.t, S("designer"));
    for (int i = 0; i < 6; i++)
        ids[i] = sold(&w, i % 2 ? w.zhangsan : w.lisi, "2024-12-01", 135 + i * 2); /* 135 … 145 */
    /* as if the bound were 138: the cases of 139 (137 stays) up to 140 are decided otherwise */
    struct service_files next = changed(&w, "&lt;= 140</text>", "&lt;= 138</text>");
    assert_good(
        w.a, comparison_begin(w.c, w.a, designer, S("house_sale_taxes"), next, 100, S("修订前评估影响"), w.now, &run));
    assert_good(w.a, comparisons_run(w.c, w.a, w.now, 1, &done));
    assert_int_equal(done, 6);
    assert_good(w.a, comparison_show(w.c, w.a, run, &out));
    assert_slice(json_string(out, "state"), "done");
    assert_int_equal(json_int(out, "total", 0), 6);
    assert_int_equal(json_int(out, "changed", -1), 1);
    assert_int_equal(json_int(out, "same", -1), 5);
    assert_slice(json_string(json_get(out, "cases")->items[0], "number"), arena_cstr(w.a, number_of(&w, ids[2])));
    assert_true(slice_search(json_write(w.a, out), S("1000000")) == SIZE_MAX); /* no values */
    /* each of the six was a read with the purpose, that its person sees */
    const struct json *reads;
    assert_good(w.a, read_list_of(w.c, w.a, w.lisi->subject, 50, S(""), &reads));
    size_t seen = 0;
    for (size_t i = 0; i < json_get(reads, "items")->n; i++)
        seen += slice_search(json_write(w.a, json_get(reads, "items")->items[i]), S("修订前评估影响")) != SIZE_MAX;
    assert_int_equal(seen, 3);
    /* a sample says how many it is of */
    assert_good(w.a,
                comparison_begin(w.c, w.a, designer, S("house_sale_taxes"), next, 3, S("抽样评估影响"), w.now, &run));
    assert_good(w.a, comparisons_run(w.c, w.a, w.now, 1, &done));
    assert_good(w.a, comparison_show(w.c, w.a, run, &out));
    assert_int_equal(json_int(out, "total", 0), 6);
    assert_int_equal(json_int(out, "done", 0), 3);
    /* one case tried by hand */
    assert_good(w.a, decision_try_past(w.c, w.a, designer, S("house_sale_taxes"), next, number_of(&w, ids[2]),
                                       S("核对一件"), w.now, &out));
    assert_false(json_bool(out, "same", true));
    assert_code(
        decision_try_past(w.c, w.a, designer, S("house_sale_taxes"), next, S("0000000000"), S("核对一件"), w.now, &out),
        CODE_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(what_decided_is_kept_and_told),  ON_BOTH(a_later_version_leaves_decided_cases_alone),
        ON_BOTH(a_person_reviews_it_on_request), ON_BOTH(nothing_to_review_where_a_person_decided),
        ON_BOTH(past_cases_are_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
