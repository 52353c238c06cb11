/* Drafts of services: kept good or not, one editor at a time, submitted by a designer, released by another person. */
#include "base/testing.h"
#include "city/catalogue/studio.h"
#include "city/testkit.h"

static const struct json *saved(struct city_kit *k, const struct actor *x, struct service_files f, int64_t rev)
{
    const struct json *v;
    assert_good(k->a, designer_save(&k->c, k->a, x, S("stall_permit"), f, rev, k->now, &v));
    return v;
}

static void a_draft_becomes_a_version_by_two_people(struct store_fixture *f)
{
    struct city_kit k;
    struct id id;
    struct slice hash;
    const struct service *s;
    const struct json *v;
    city_kit_open(&k, f);
    struct actor designer = kit_staff(&k, "des", ROLE_DESIGNER), publisher = kit_staff(&k, "pub", ROLE_PUBLISHER),
                 handler = kit_staff(&k, "han", ROLE_HANDLER);
    struct service_files good = kit_service(&k), bad = kit_service_with(&k, "service.json", "\"n\": 5,", "\"n\": 50,");
    assert_code(designer_save(&k.c, k.a, &handler, S("stall_permit"), good, 0, k.now, &v), CODE_FORBIDDEN);
    assert_code(designer_show(&k.c, k.a, S("stall_permit"), &v), CODE_NOT_FOUND);
    v = saved(&k, &designer, bad, 0);
    assert_int_equal(json_int(v, "rev", 0), 1);
    assert_false(json_bool(v, "good", true));
    assert_true(json_get(v, "problems")->n > 0);
    assert_good(k.a, designer_list(&k.c, k.a, &v)); /* drawn, and not published */
    assert_slice(json_string(json_get(json_get(v, "items")->items[0], "name"), "en"), "Street stall permit");
    assert_true(failed(designer_submit(&k.c, k.a, &designer, S("stall_permit"), 1, k.now, &id, &hash)));
    assert_code(designer_save(&k.c, k.a, &publisher, S("stall_permit"), good, 0, k.now, &v), CODE_STORE_VERSION);
    v = saved(&k, &publisher, good, 1);
    assert_true(json_bool(v, "good", false));
    assert_code(designer_submit(&k.c, k.a, &designer, S("stall_permit"), 1, k.now, &id, &hash), CODE_STORE_VERSION);
    assert_good(k.a, designer_submit(&k.c, k.a, &designer, S("stall_permit"), 2, k.now, &id, &hash));
    assert_good(k.a, publication_files(&k.c, k.a, id, &v));
    assert_non_null(json_get(json_get(v, "files"), "process.bpmn"));
    assert_code(publication_approve(&k.c, k.a, &designer, id, k.now), CODE_FORBIDDEN);
    assert_good(k.a, publication_approve(&k.c, k.a, &publisher, id, k.now));
    assert_good(k.a, catalogue_current(k.c.catalogue, k.a, S("stall_permit"), &s));
    assert_true(slice_eq(service_hash(s), hash));
    assert_good(k.a, designer_show(&k.c, k.a, S("stall_permit"), &v));
    assert_true(json_get(v, "draft")->type == JSON_NULL); /* it has become the version */
    assert_int_equal(json_get(v, "versions")->n, 1);
    assert_code(publication_files(&k.c, k.a, id, &v), CODE_NOT_FOUND);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'service.saved'"), 2);
}

/* Turned down, it says why, and the draft stays to be mended; whoever submitted it may take it back, nobody else who only designs. */
static void a_submission_is_turned_down_with_a_reason(struct store_fixture *f)
{
    struct city_kit k;
    struct id id, own;
    struct slice hash;
    const struct json *v;
    city_kit_open(&k, f);
    struct actor designer = kit_staff(&k, "des", ROLE_DESIGNER), publisher = kit_staff(&k, "pub", ROLE_PUBLISHER),
                 other = kit_staff(&k, "oth", ROLE_DESIGNER);
    (void)saved(&k, &designer, kit_service(&k), 0);
    assert_good(k.a, designer_submit(&k.c, k.a, &designer, S("stall_permit"), 1, k.now, &id, &hash));
    assert_code(publication_reject(&k.c, k.a, &publisher, id, S(" "), k.now), CODE_FIELD_REQUIRED);
    assert_code(publication_reject(&k.c, k.a, &other, id, S("x"), k.now), CODE_FORBIDDEN);
    assert_good(k.a, publication_reject(&k.c, k.a, &publisher, id, S("承诺时限过短"), k.now + MS_MINUTE));
    assert_code(publication_approve(&k.c, k.a, &publisher, id, k.now), CODE_REQUEST_SETTLED);
    assert_code(publication_reject(&k.c, k.a, &publisher, id, S("x"), k.now), CODE_REQUEST_SETTLED);
    assert_good(k.a, designer_show(&k.c, k.a, S("stall_permit"), &v));
    const struct json *p = json_get(v, "publications")->items[0];
    assert_slice(json_string(p, "state"), "rejected");
    assert_slice(json_string(p, "reason"), "承诺时限过短");
    assert_true(json_get(p, "approved_by")->type == JSON_NULL);
    assert_slice(json_string(json_get(p, "rejected_by"), "name"), "王经办");
    assert_int_equal(json_int(json_get(v, "draft"), "rev", 0), 1);
    assert_true(json_get(v, "waiting")->type == JSON_NULL);
    assert_good(k.a, publication_list(&k.c, k.a, 10, (struct slice){NULL, 0}, &v));
    assert_slice(json_string(json_get(v, "items")->items[0], "reason"), "承诺时限过短");
    assert_good(k.a, designer_submit(&k.c, k.a, &designer, S("stall_permit"), 1, k.now, &own, &hash));
    assert_good(k.a, publication_reject(&k.c, k.a, &designer, own, S("再改一处"), k.now + MS_MINUTE));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'publication.rejected'"), 2);
    id.b[3] ^= 1;
    assert_code(publication_reject(&k.c, k.a, &publisher, id, S("x"), k.now), CODE_NOT_FOUND);
}

static void a_draft_is_discarded_and_one_changed_since_stays(struct store_fixture *f)
{
    struct city_kit k;
    struct id id;
    struct slice hash;
    const struct json *v;
    city_kit_open(&k, f);
    struct actor designer = kit_staff(&k, "des", ROLE_DESIGNER), publisher = kit_staff(&k, "pub", ROLE_PUBLISHER);
    struct service_files files = kit_service(&k), more = kit_service_with(&k, "service.json", "\"n\": 5,", "\"n\": 4,");
    (void)saved(&k, &designer, files, 0);
    assert_good(k.a, designer_submit(&k.c, k.a, &designer, S("stall_permit"), 1, k.now, &id, &hash));
    (void)saved(&k, &designer, more, 1);
    assert_good(k.a, publication_approve(&k.c, k.a, &publisher, id, k.now));
    assert_good(k.a, designer_show(&k.c, k.a, S("stall_permit"), &v));
    assert_int_equal(json_int(json_get(v, "draft"), "rev", 0), 2);
    assert_code(designer_discard(&k.c, k.a, &designer, S("stall_permit"), 1, k.now), CODE_STORE_VERSION);
    assert_good(k.a, designer_discard(&k.c, k.a, &designer, S("stall_permit"), 2, k.now));
    assert_code(designer_discard(&k.c, k.a, &designer, S("stall_permit"), 2, k.now), CODE_NOT_FOUND);
    assert_good(k.a, designer_show(&k.c, k.a, S("stall_permit"), &v));
    assert_true(json_get(v, "draft")->type == JSON_NULL);
}

static void pick_lists_name_what_there_is(struct store_fixture *f)
{
    struct city_kit k;
    const struct json *v;
    city_kit_open(&k, f);
    assert_good(k.a, designer_options(&k.c, k.a, &v));
    assert_true(json_get(v, "departments")->n > 0);
    assert_true(json_get(v, "verbs")->n > 0);
    assert_non_null(json_get(json_get(v, "verbs")->items[0], "input"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_draft_becomes_a_version_by_two_people),
        ON_BOTH(a_submission_is_turned_down_with_a_reason),
        ON_BOTH(a_draft_is_discarded_and_one_changed_since_stays),
        ON_BOTH(pick_lists_name_what_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
