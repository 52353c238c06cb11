/* Licences go from the register five years after they expired; their papers stay and verify as expired; the journal folds to the
 * same tables. */
#include "city/vault/vault.h"
#include "test/city/works.h"

#define YEAR (366 * MS_DAY)

/* The permit as an electronic licence for one year. */
static const char *const LICENCE[][2] = {
    {"tb:verb=\"document.issue\"", "tb:verb=\"licence.issue\""},
    {"<tb:input name=\"template\"",
     "<tb:input name=\"type\" value=\"&quot;permit&quot;\"/><tb:input name=\"valid_years\" value=\"1\"/><tb:input name=\"type_code\" "
     "value=\"&quot;11100000MB0341032Y001&quot;\"/><tb:input name=\"template\""},
    {NULL, NULL}};
static const char *const FOR_EVER[][2] = {
    {"tb:verb=\"document.issue\"", "tb:verb=\"licence.issue\""},
    {"<tb:input name=\"template\"",
     "<tb:input name=\"type\" value=\"&quot;permit&quot;\"/><tb:input name=\"type_code\" "
     "value=\"&quot;11100000MB0341032Y001&quot;\"/><tb:input name=\"template\""},
    {NULL, NULL}};

static struct id licensed(struct works *w, const char *code, const char *const (*pairs)[2])
{
    works_change(w, code, pairs);
    struct id id = works_until(w, "sign");
    assert_good(w->a, works_decide(w, w->handler2, id, "sign", "approve", NULL));
    works_jobs(w);
    assert_int_equal(works_number(w, "SELECT COUNT(*) FROM licence WHERE case_id=?1", id), 1);
    return id;
}

static int64_t registered(struct works *w, struct id id)
{
    return works_number(w, "SELECT COUNT(*) FROM licence WHERE case_id=?1", id);
}

static int64_t sweep(struct works *w, instant now)
{
    int64_t gone;
    assert_good(w->a, case_licences_sweep(w->c, w->a, now, &gone));
    return gone;
}

static void same_again(struct works *w)
{
    struct rebuild_report report;
    assert_good(w->a, case_rebuild(w->c, w->a, true, &report));
    if (report.differences) fail_msg("%.*s", SLICE_ARG(report.first_difference));
    assert_good(w->a, case_rebuild(w->c, w->a, false, &report));
}

static struct slice paper(struct works *w, struct id id)
{
    struct id document;
    struct slice bytes, title;
    assert_true(id_from_bytes(works_text(w, "SELECT id FROM case_document WHERE case_id=?1 AND kind='licence'", id),
                              &document));
    assert_good(w->a, case_document(w->c, w->a, id, document, DOCUMENT_RENDITION, &bytes, &title));
    return bytes;
}

static void five_years_after_they_expired(struct store_fixture *f)
{
    struct works w;
    const struct json *seen;
    works_open(&w, f);
    struct id id = licensed(&w, "shop_year", LICENCE), other = licensed(&w, "shop_ever", FOR_EVER);
    instant expired = works_number(&w, "SELECT valid_to FROM licence WHERE case_id=?1", id);
    assert_true(expired > w.now);
    assert_int_equal(sweep(&w, expired + 5 * YEAR), 0);
    assert_int_equal(registered(&w, id), 1);
    same_again(&w);
    works_set(&w, expired + 5 * YEAR + 1);
    assert_int_equal(sweep(&w, w.now), 1);
    assert_int_equal(registered(&w, id), 0);
    assert_int_equal(registered(&w, other), 1);
    assert_int_equal(sweep(&w, w.now), 0);
    same_again(&w);
    assert_int_equal(registered(&w, id), 0);
    /* whoever holds the paper, or its QR code, still learns that it has expired */
    struct slice token = works_text(&w, "SELECT token FROM case_document WHERE case_id=?1 AND kind='licence'", id);
    assert_good(w.a, licence_verify(w.c, w.a, token, w.now, &seen));
    assert_slice(json_string(seen, "status"), "expired");
    assert_good(w.a, file_verify(w.c, w.a, paper(&w, id), w.now, &seen));
    assert_slice(json_string(seen, "status"), "expired");
    assert_good(w.a, licence_list(w.c, w.a, w.zhangsan, w.now, &seen));
    assert_int_equal(json_get(seen, "items")->n, 1);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'retention.ended'"), 1);
}

static result forget_body(struct tx *tx, struct arena *a, void *ctx)
{
    static const struct stmt FORGET = {"test_forget", "UPDATE data_key SET wrapped=?2 WHERE id=?1", NULL, false};
    const struct sql_value v[] = {sql_id(ctx), sql_blob(S(""))};
    return tx_exec(tx, a, &FORGET, v, 2, NULL);
}

/* A case whose key was destroyed has a journal that nobody can add to. */
static void without_a_key_too(struct store_fixture *f)
{
    struct works w;
    works_open(&w, f);
    struct id id = licensed(&w, "shop_year", LICENCE);
    instant expired = works_number(&w, "SELECT valid_to FROM licence WHERE case_id=?1", id);
    assert_good(w.a, store_run(w.c->store, w.a, "test_forget", forget_body, &id));
    works_set(&w, expired + 5 * YEAR + 1);
    assert_int_equal(sweep(&w, w.now), 1);
    assert_int_equal(registered(&w, id), 0);
    same_again(&w);
    assert_int_equal(registered(&w, id), 0);
    assert_true(works_number(&w, "SELECT licence_ended_at FROM case_document WHERE case_id=?1 AND kind='licence'", id) >
                0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(five_years_after_they_expired),
        ON_BOTH(without_a_key_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
