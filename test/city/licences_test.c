/* The life of an electronic licence: its original and its rendition, every change with its reason, right and journal, the next version, the
 * day it expires. The journal folds to the same register. */
#include "city/cases/licence_use.h"
#include "city/sql.h"
#include "test/city/works.h"
#include "trust/crypto.h"
#include "trust/ofd.h"

/* The permit as an electronic licence for one year. */
static const char *const LICENCE[][2] = {
    {"tb:verb=\"document.issue\"", "tb:verb=\"licence.issue\""},
    {"<tb:input name=\"template\"",
     "<tb:input name=\"type\" value=\"&quot;permit&quot;\"/><tb:input name=\"valid_years\" value=\"1\"/><tb:input name=\"type_code\" "
     "value=\"&quot;11100000MB0341032Y001&quot;\"/><tb:input name=\"template\""},
    {NULL, NULL}};

static struct id licensed(struct works *w)
{
    struct id id;
    works_change(w, "shop_year", LICENCE);
    struct id case_id = works_until(w, "sign");
    assert_good(w->a, works_decide(w, w->handler2, case_id, "sign", "approve", NULL));
    works_jobs(w);
    assert_true(id_from_bytes(works_text(w, "SELECT id FROM licence WHERE case_id=?1", case_id), &id));
    return id;
}

static struct licence_row look(struct works *w, struct id id)
{
    struct licence_row l;
    assert_good(w->a, licence_open(w->c, w->a, id, &l));
    return l;
}

static result act(struct works *w, const struct actor *x, struct id id, const char *name, const char *reason)
{
    struct case_command k = works_command(w, x, "POST /licences", NULL, S("{}"), ID_NONE);
    struct licence_change q = {.licence = id, .act = slice_cstr(name), .reason = slice_cstr(reason)};
    struct case_done done;
    return licence_act(&k, &q, &done);
}

static result anew(struct works *w, const struct actor *x, struct id id, const struct json *data, struct id *made)
{
    struct case_command k = works_command(w, x, "POST /licences/anew", NULL, S("{}"), ID_NONE);
    struct case_done done;
    return licence_reissue(&k, id, S("住所变更"), data, &done, made);
}

static void same_again(struct works *w)
{
    struct rebuild_report report;
    assert_good(w->a, case_rebuild(w->c, w->a, true, &report));
    if (report.differences) fail_msg("%.*s", SLICE_ARG(report.first_difference));
}

static struct slice verified(struct works *w, struct slice token, bool *good)
{
    const struct json *seen;
    assert_good(w->a, licence_verify(w->c, w->a, token, w->now, &seen));
    *good = json_bool(seen, "good", false);
    return json_string(seen, "status");
}

static struct slice custom(const struct ofd_document *d, const char *name)
{
    for (size_t i = 0; i < d->ncustom; i++)
        if (slice_is(d->custom[i].name, name)) return d->custom[i].value;
    return S("(none)");
}

static void the_original_is_an_ofd(struct store_fixture *f)
{
    struct works w;
    struct slice bytes, title;
    struct ofd o;
    works_open(&w, f);
    struct licence_row l = look(&w, licensed(&w));
    assert_good(w.a, case_document(w.c, w.a, l.case_id, l.document, DOCUMENT_ORIGINAL, &bytes, &title));
    assert_true(bytes.n < 120000);
    assert_good(w.a, ofd_read(w.a, bytes, &o));
    const struct ofd_document *d = &o.documents[0];
    assert_true(slice_eq(custom(d, "证照标识"), l.certificate_id));
    assert_true(slice_eq(custom(d, "证照编号"), l.number));
    assert_slice(custom(d, "证照版本号"), "001");
    assert_slice(custom(d, "证照有效期截止日期"), "2022-09-21");
    assert_slice(custom(d, "关联证照标识"), "(none)");
    assert_good(w.a, case_document(w.c, w.a, l.case_id, l.document, DOCUMENT_RENDITION, &bytes, &title));
    assert_true(slice_starts(bytes, S("%PDF-")));
    same_again(&w);
}

/* The log's entry of the event names both files, so that either can be shown to be in it. */
static void its_entry_in_the_log_names_its_files(struct store_fixture *f)
{
    struct works w;
    struct slice bytes, title;
    struct rows r;
    static const struct stmt ENTRIES = {"test_entries", "SELECT entry FROM log_leaf", NULL, false};
    int naming = 0;
    works_open(&w, f);
    struct licence_row l = look(&w, licensed(&w));
    assert_good(w.a, case_document(w.c, w.a, l.case_id, l.document, DOCUMENT_ORIGINAL, &bytes, &title));
    struct slice ofd = crypto_sha256_hex(w.a, bytes);
    assert_good(w.a, case_document(w.c, w.a, l.case_id, l.document, DOCUMENT_RENDITION, &bytes, &title));
    struct slice pdf = crypto_sha256_hex(w.a, bytes);
    assert_good(w.a, store_query(w.c->store, w.a, &ENTRIES, NULL, 0, &r));
    for (size_t i = 0; i < r.n; i++) {
        const struct json *entry = test_json(w.a, row(&r, i)[0].s), *facts = json_get(entry, "facts");
        for (size_t k = 0; facts && k < facts->n; k++) {
            if (!slice_eq(json_string(facts->items[k], "document"), pdf)) continue;
            assert_true(slice_eq(json_string(facts->items[k], "original"), ofd));
            assert_slice(json_string(facts->items[k], "kind"), "licence");
            naming++;
        }
    }
    assert_int_equal(naming, 1);
}

static void suspended_resumed_revoked(struct store_fixture *f)
{
    struct works w;
    const struct json *history;
    bool good;
    works_open(&w, f);
    struct id id = licensed(&w);
    struct slice token = look(&w, id).token;
    assert_slice(verified(&w, token, &good), "valid");
    assert_true(good);
    assert_code(act(&w, w.zhangsan, id, "suspend", "理由"), CODE_FORBIDDEN);
    assert_code(act(&w, w.handler, id, "suspend", "理由"), CODE_FORBIDDEN);
    assert_code(act(&w, w.head, id, "suspend", " "), CODE_FIELD_REQUIRED);
    assert_code(act(&w, w.head, id, "burn", "理由"), CODE_NOT_FOUND);
    assert_code(act(&w, w.head, id, "resume", "理由"), CODE_LICENCE_STATE);
    int64_t told = store_test_number(f, "SELECT COUNT(*) FROM outbox");
    assert_good(w.a, act(&w, w.head, id, "suspend", "立案调查"));
    assert_slice(verified(&w, token, &good), "suspended");
    assert_false(good);
    assert_code(act(&w, w.head, id, "suspend", "再次"), CODE_LICENCE_STATE);
    assert_good(w.a, act(&w, w.head, id, "resume", "调查终结"));
    assert_slice(verified(&w, token, &good), "valid");
    assert_good(w.a, act(&w, w.head, id, "annotate", "经营场所临时封闭"));
    assert_slice(verified(&w, token, &good), "valid");
    assert_good(w.a, act(&w, w.head, id, "revoke", "以欺骗手段取得"));
    assert_slice(verified(&w, token, &good), "revoked");
    assert_code(act(&w, w.head, id, "resume", "不"), CODE_LICENCE_STATE);
    struct id made;
    assert_code(anew(&w, w.head, id, NULL, &made), CODE_LICENCE_STATE);
    struct licence_row l = look(&w, id);
    assert_good(w.a, licence_history(w.c, w.a, &l, w.now, &history));
    assert_int_equal(history->n, 4);
    assert_slice(json_string(history->items[0], "act"), "suspend");
    assert_slice(json_string(history->items[3], "reason"), "以欺骗手段取得");
    /* the holder was told of each */
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM outbox") - told, 4);
    same_again(&w);
}

static void the_next_version(struct store_fixture *f)
{
    struct works w;
    struct id made, again;
    struct slice bytes, title;
    struct ofd o;
    bool good;
    works_open(&w, f);
    struct id id = licensed(&w);
    struct licence_row l = look(&w, id);
    assert_code(anew(&w, w.handler, id, NULL, &made), CODE_FORBIDDEN);
    assert_good(w.a, anew(&w, w.head, id, NULL, &made));
    struct licence_row n = look(&w, made);
    assert_int_equal(n.version, 2);
    assert_true(n.valid_to == l.valid_to);
    /* the same serial, the next version, another check character */
    size_t same = l.certificate_id.n - sizeof "001.K" + 1;
    assert_true(slice_eq(slice_sub(n.certificate_id, 0, same), slice_sub(l.certificate_id, 0, same)));
    assert_slice(slice_sub(n.certificate_id, same, 4), "002.");
    assert_slice(verified(&w, l.token, &good), "replaced");
    assert_false(good);
    assert_slice(verified(&w, n.token, &good), "valid");
    assert_true(good);
    assert_good(w.a, case_document(w.c, w.a, n.case_id, n.document, DOCUMENT_ORIGINAL, &bytes, &title));
    assert_good(w.a, ofd_read(w.a, bytes, &o));
    assert_true(slice_eq(custom(&o.documents[0], "关联证照标识"), l.certificate_id));
    assert_slice(custom(&o.documents[0], "证照版本号"), "002");
    assert_code(anew(&w, w.head, id, NULL, &again), CODE_LICENCE_STATE);
    assert_good(w.a, anew(&w, w.head, made, NULL, &again)); /* what was issued anew can be issued anew */
    assert_int_equal(look(&w, again).version, 3);
    same_again(&w);
}

static void the_last_day_passes(struct store_fixture *f)
{
    struct works w;
    size_t n;
    bool good;
    works_open(&w, f);
    struct id id = licensed(&w);
    struct licence_row l = look(&w, id);
    assert_good(w.a, licences_expire(w.c, w.a, l.valid_to, &n));
    assert_int_equal(n, 0);
    works_set(&w, l.valid_to + 1);
    assert_slice(verified(&w, l.token, &good), "expired"); /* at once, before anybody swept */
    assert_code(act(&w, w.head, id, "suspend", "迟了"), CODE_LICENCE_STATE);
    assert_good(w.a, licences_expire(w.c, w.a, w.now, &n));
    assert_int_equal(n, 1);
    assert_slice(look(&w, id).status, "expired");
    assert_good(w.a, licences_expire(w.c, w.a, w.now, &n));
    assert_int_equal(n, 0);
    same_again(&w);
}

static size_t reads(struct works *w, const char *what)
{
    struct slice sql = arena_printf(w->a, "SELECT COUNT(*) FROM read_record WHERE what='%s'", what);
    return (size_t)store_test_number(w->f, arena_cstr(w->a, sql));
}

static void shown_by_a_code_that_ends(struct store_fixture *f)
{
    struct works w;
    const struct json *made, *seen;
    struct id shown;
    works_open(&w, f);
    struct id id = licensed(&w);
    assert_code(licence_present(w.c, w.a, w.lisi, id, 1, S(""), w.now, &made), CODE_NOT_FOUND); /* another's */
    assert_good(w.a, licence_present(w.c, w.a, w.zhangsan, id, 2, S("某银行"), w.now, &made));
    struct slice url = json_string(made, "url");
    struct slice token = slice_sub(url, url.n - 24, 24);
    assert_good(w.a, licence_presented(w.c, w.a, token, w.now, &seen));
    assert_slice(json_string(seen, "to"), "某银行");
    assert_true(slice_eq(json_string(seen, "number"), look(&w, id).number));
    assert_code(licence_presented(w.c, w.a, S("AAAAAAAAAAAAAAAAAAAAAAAA"), w.now, &seen), CODE_NOT_FOUND);
    assert_code(licence_presented(w.c, w.a, token, w.now + 2 * MS_HOUR + 1, &seen), CODE_NOT_FOUND);
    assert_good(w.a, licence_mine(w.c, w.a, w.zhangsan, id, w.now, &seen));
    assert_int_equal(json_int(json_get(seen, "presentations")->items[0], "seen", 0), 1);
    assert_true(id_scan(json_string(made, "id"), &shown));
    assert_code(licence_present_end(w.c, w.a, w.lisi, shown, w.now), CODE_NOT_FOUND);
    assert_good(w.a, licence_present_end(w.c, w.a, w.zhangsan, shown, w.now));
    assert_code(licence_presented(w.c, w.a, token, w.now, &seen), CODE_NOT_FOUND);
    assert_good(w.a, act(&w, w.head, id, "suspend", "核查"));
    assert_code(licence_present(w.c, w.a, w.zhangsan, id, 1, S(""), w.now, &made), CODE_LICENCE_STATE);
    assert_good(w.a, licence_shows_sweep(w.c, w.a, w.now + PRESENTATION_KEPT + 3 * MS_HOUR));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM licence_presentation"), 0);
}

static void used_with_a_basis_or_with_consent(struct store_fixture *f)
{
    struct works w;
    const struct json *out;
    struct id consent;
    works_open(&w, f);
    struct id id = licensed(&w);
    const struct json *person;
    assert_good(w.a, subject_snapshot(w.c, w.a, w.zhangsan->subject, &person));
    assert_good(w.a, licence_search(w.c, w.a, w.handler, S("resident_id"), json_string(person, "id_number"),
                                    S("inspection"), w.now, &out));
    assert_int_equal(json_get(out, "items")->n, 1);
    assert_int_equal(reads(&w, "licence.search"), 1);
    assert_code(
        licence_search(w.c, w.a, w.handler, S("resident_id"), S("441900198801010014"), S("inspection"), w.now, &out),
        CODE_IDENTIFIER_CHECK_DIGIT);
    assert_good(w.a, licence_use(w.c, w.a, w.handler, id, S("inspection"), w.now, &out));
    assert_int_equal(reads(&w, "licence"), 1);
    assert_code(licence_use(w.c, w.a, w.handler, id, S("curiosity"), w.now, &out), CODE_NOT_FOUND);
    /* a purpose is for the departments that the list names: a public service inspects nobody */
    struct actor bank = *w.handler;
    bank.department = S("bank");
    assert_code(licence_use(w.c, w.a, &bank, id, S("inspection"), w.now, &out), CODE_FORBIDDEN);
    assert_code(licence_use(w.c, w.a, &bank, id, S("reference"), w.now, &out), CODE_LICENCE_CONSENT);
    assert_int_equal(licence_purposes(w.c, w.a, &bank)->n, 3);
    assert_int_equal(licence_purposes(w.c, w.a, NULL)->n, 4);
    /* without a basis in law: nothing is shown, and nothing recorded as read */
    assert_code(licence_use(w.c, w.a, w.handler, id, S("reference"), w.now, &out), CODE_LICENCE_CONSENT);
    assert_code(licence_consent_ask(w.c, w.a, w.handler, id, S("reference"), S(" "), w.now, &out), CODE_FIELD_REQUIRED);
    assert_good(w.a, licence_consent_ask(w.c, w.a, w.handler, id, S("reference"), S("评选"), w.now, &out));
    assert_true(id_scan(json_string(out, "id"), &consent));
    assert_code(licence_consent_ask(w.c, w.a, w.handler, id, S("reference"), S("评选"), w.now, &out), CODE_CONFLICT);
    assert_code(licence_use(w.c, w.a, w.handler, id, S("reference"), w.now, &out), CODE_LICENCE_CONSENT);
    assert_int_equal(reads(&w, "licence"), 1);
    assert_code(licence_consent_answer(w.c, w.a, w.lisi, consent, S("grant"), w.now), CODE_NOT_FOUND);
    assert_good(w.a, licence_consent_answer(w.c, w.a, w.zhangsan, consent, S("grant"), w.now));
    assert_good(w.a, licence_use(w.c, w.a, w.handler, id, S("reference"), w.now, &out));
    assert_code(licence_use(w.c, w.a, w.handler, id, S("handling"), w.now, &out),
                CODE_LICENCE_CONSENT); /* another purpose */
    assert_int_equal(reads(&w, "licence"), 2);
    assert_good(w.a, licence_consent_answer(w.c, w.a, w.zhangsan, consent, S("withdraw"), w.now));
    assert_code(licence_use(w.c, w.a, w.handler, id, S("reference"), w.now, &out), CODE_LICENCE_CONSENT);
    assert_good(w.a, licence_consents(w.c, w.a, w.zhangsan, w.now, &out));
    assert_slice(json_string(json_get(out, "items")->items[0], "state"), "withdrawn");
}

int main(void)
{
    const struct CMUnitTest tests[] = {ON_BOTH(the_original_is_an_ofd),
                                       ON_BOTH(its_entry_in_the_log_names_its_files),
                                       ON_BOTH(suspended_resumed_revoked),
                                       ON_BOTH(the_next_version),
                                       ON_BOTH(the_last_day_passes),
                                       ON_BOTH(shown_by_a_code_that_ends),
                                       ON_BOTH(used_with_a_basis_or_with_consent)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
