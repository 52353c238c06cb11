/* Attachments: what is taken and what not, sealed at rest, used again, read by whom, deleted, erased. */
#include "city/cases/cases.h"
#include "city/drafts/drafts.h"
#include "city/drafts/files_test_support.h"
#include "city/sql.h"
#include "city/testkit.h"
#include "trust/crypto.h"

static const struct slice NONE = {"", 0};

struct desk {
    struct city_kit k;
    struct actor zhang, other;
    const struct service *service;
};

static void open_desk(struct desk *d, struct store_fixture *f)
{
    city_kit_open(&d->k, f);
    struct service_files files = kit_service(&d->k);
    assert_good(d->k.a, catalogue_install(d->k.c.catalogue, d->k.a, &files, 1, d->k.now));
    assert_good(d->k.a, catalogue_current(d->k.c.catalogue, d->k.a, S("stall_permit"), &d->service));
    d->zhang = kit_person(&d->k, "zhangsan", KIT_NUMBER);
    d->other = kit_person(&d->k, "lisi", NONE);
}

static struct attachment upload(struct desk *d, const struct actor *x, const char *name, struct slice bytes)
{
    struct attachment t;
    assert_good(d->k.a, attachment_add(&d->k.c, d->k.a, x, slice_cstr(name), S("photo"), bytes, d->k.now, &t));
    return t;
}

static enum code reading(struct desk *d, const struct actor *x, struct id id)
{
    struct attachment t;
    struct slice bytes;
    return result_code(attachment_content(&d->k.c, d->k.a, x, id, d->k.now, &t, &bytes));
}

static size_t listed(struct desk *d, const struct actor *x)
{
    const struct json *v;
    assert_good(d->k.a, attachment_list(&d->k.c, d->k.a, x, 100, NONE, &v));
    return json_get(v, "items")->n;
}

static const struct json *form_with(struct desk *d, struct id photo)
{
    return test_json(d->k.a, arena_printf(d->k.a, "{\"applicant_name\":\"张三丰\",\"area_m2\":4,\"photo\":\"%.*s\"}",
                                          SLICE_ARG(id_text(d->k.a, photo))));
}

static struct id file_case(struct desk *d, const struct actor *x, struct id photo, struct id draft)
{
    struct case_done done;
    const struct json *who;
    assert_good(d->k.a, subject_snapshot(&d->k.c, d->k.a, x->subject, &who));
    struct case_filing f = {.service = d->service,
                            .data = form_with(d, photo),
                            .town = S("441900004"),
                            .subject = x->subject,
                            .applicant = who,
                            .draft = draft,
                            .channel = S("online")};
    struct case_command c = {.city = &d->k.c,
                             .a = d->k.a,
                             .actor = x,
                             .now = d->k.now,
                             .route = S("POST /cases"),
                             .key = id_text(d->k.a, id_new(d->k.now)),
                             .body = S("{}")};
    assert_good(d->k.a, case_file(&c, &f, &done));
    return done.case_id;
}

static void a_paper_comes_back_as_it_was(struct store_fixture *f)
{
    struct desk d;
    struct attachment t;
    struct slice bytes;
    open_desk(&d, f);
    struct slice png = file_png(d.k.a);
    struct attachment up = upload(&d, &d.zhang, "C:\\fakepath\\摊位.PNG", png);
    assert_slice(up.type, "png");
    assert_slice(up.name, "摊位.PNG");
    assert_int_equal(up.size, png.n);
    assert_true(slice_eq(up.sha256, crypto_sha256_hex(d.k.a, png)));
    assert_good(d.k.a, attachment_content(&d.k.c, d.k.a, &d.zhang, up.id, d.k.now, &t, &bytes));
    assert_true(slice_eq(bytes, png));
    assert_true(slice_eq(t.name, up.name) && slice_eq(t.sha256, up.sha256) && t.size == up.size);
    assert_int_equal(listed(&d, &d.zhang), 1);
    assert_int_equal(listed(&d, &d.other), 0);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM read_record"), 0); /* one's own is nobody's news */
}

static void what_is_not_taken(struct store_fixture *f)
{
    struct desk d;
    struct attachment t;
    open_desk(&d, f);
    struct arena *a = d.k.a;
    struct actor nobody = {.kind = ACTOR_NOBODY};
    struct slice png = file_png(a);
    const struct slice wrong[] = {NONE, S("<html>"), file_zip(a, "a.txt", NULL),
                                  file_joined(a, png, file_zip(a, "x", NULL))};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_code(attachment_add(&d.k.c, a, &d.zhang, S("a.png"), S("photo"), wrong[i], d.k.now, &t),
                    CODE_ATTACHMENT_TYPE);
    struct slice large = {arena_alloc(a, ATTACHMENT_MAX + 1), ATTACHMENT_MAX + 1};
    assert_code(attachment_add(&d.k.c, a, &d.zhang, S("a.png"), S("photo"), large, d.k.now, &t), CODE_TOO_LARGE);
    assert_code(attachment_add(&d.k.c, a, &nobody, S("a.png"), S("photo"), png, d.k.now, &t), CODE_UNAUTHENTICATED);
    assert_code(attachment_add(&d.k.c, a, &d.zhang, S("a.png"), S("身份证 441900"), png, d.k.now, &t), CODE_QUERY_BAD);
    assert_code(attachment_add(&d.k.c, a, &d.zhang, S("a.png"), S("a'; DROP TABLE x"), png, d.k.now, &t),
                CODE_QUERY_BAD);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM attachment"), 0);
    assert_good(a, attachment_add(&d.k.c, a, &d.zhang, S("a.png"), NONE, png, d.k.now, &t));
}

static void an_account_has_room_for_so_much(struct store_fixture *f)
{
    struct desk d;
    struct attachment t;
    open_desk(&d, f);
    struct slice png = file_png(d.k.a);
    struct actor window = kit_staff(&d.k, "win", ROLE_WINDOW);
    (void)upload(&d, &d.zhang, "a.png", png);
    store_test_script(f, "UPDATE attachment SET bytes = 524287990");
    assert_code(attachment_add(&d.k.c, d.k.a, &d.zhang, S("a.png"), S("photo"), png, d.k.now, &t),
                CODE_ATTACHMENT_SPACE);
    (void)upload(&d, &d.other, "a.png", png);
    store_test_script(f, "UPDATE attachment SET bytes = 0");
    (void)upload(&d, &d.zhang, "a.png", png);
    /* and for so many */
    store_test_script(f,
                      f->kind == STORE_SQLITE
                          ? "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1998)"
                            " INSERT INTO attachment SELECT randomblob(16), account, subject, material, meta_ct, x'',"
                            " 0, 0 FROM n, (SELECT * FROM attachment ORDER BY id LIMIT 1)"
                          : "INSERT INTO attachment SELECT decode(md5(i::text), 'hex'), account, subject, material,"
                            " meta_ct, ''::bytea, 0, 0 FROM generate_series(1, 1998) AS n(i),"
                            " (SELECT * FROM attachment ORDER BY id LIMIT 1) AS one");
    assert_code(attachment_add(&d.k.c, d.k.a, &d.zhang, S("a.png"), S("photo"), png, d.k.now, &t),
                CODE_ATTACHMENT_LIMIT);
    (void)upload(&d, &window, "a.png", png); /* whom a day brings more papers */
}

static void papers_are_sealed(struct store_fixture *f)
{
    struct desk d;
    struct rows r;
    static const struct stmt ALL = {"t_papers", "SELECT meta_ct, content_ct FROM attachment", NULL, false};
    open_desk(&d, f);
    struct attachment one = upload(&d, &d.zhang, "合同.pdf", file_pdf(d.k.a));
    assert_good(d.k.a, store_query(f->s, d.k.a, &ALL, NULL, 0, &r));
    for (int i = 0; i < 2; i++) {
        assert_true(row(&r, 0)[i].s.n > 40);
        assert_true(slice_search(row(&r, 0)[i].s, S("合同")) == SIZE_MAX);
        assert_true(slice_search(row(&r, 0)[i].s, S("%PDF")) == SIZE_MAX);
        assert_true(slice_search(row(&r, 0)[i].s, one.sha256) == SIZE_MAX); /* a known file is not recognised by it */
    }
    /* content belongs to its row */
    struct attachment two = upload(&d, &d.zhang, "b.png", file_png(d.k.a));
    store_test_script(f, "UPDATE attachment SET content_ct = (SELECT content_ct FROM attachment ORDER BY id LIMIT 1)");
    assert_int_equal(reading(&d, &d.zhang, one.id), CODE_OK);
    assert_int_equal(reading(&d, &d.zhang, two.id), CODE_CRYPTO_BOX);
}

/* 材料一次上传: uploaded once, part of two cases; and a draft goes when its case is filed. */
static void a_paper_serves_in_a_later_case(struct store_fixture *f)
{
    struct desk d;
    const struct json *out, *list;
    struct slice etag;
    struct id draft;
    open_desk(&d, f);
    struct attachment t = upload(&d, &d.zhang, "a.png", file_png(d.k.a));
    assert_good(d.k.a,
                draft_new(&d.k.c, d.k.a, &d.zhang, S("stall_permit"), form_with(&d, t.id), d.k.now, &out, &etag));
    assert_true(id_scan(json_string(out, "id"), &draft));
    struct id first = file_case(&d, &d.zhang, t.id, draft);
    assert_code(draft_get(&d.k.c, d.k.a, &d.zhang, draft, &out, &etag), CODE_NOT_FOUND);
    d.k.now += MS_DAY;
    assert_good(d.k.a, attachment_list(&d.k.c, d.k.a, &d.zhang, 10, NONE, &list));
    const struct json *known = json_get(list, "items")->items[0];
    assert_slice(json_string(known, "material"), "photo");
    struct id again;
    assert_true(id_scan(json_string(known, "id"), &again));
    struct id second = file_case(&d, &d.zhang, again, ID_NONE);
    assert_false(id_eq(first, second));
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM attachment"), 1);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM attachment_case"), 2);
    /* part of a case, it is kept with it */
    assert_code(attachment_delete(&d.k.c, d.k.a, &d.zhang, t.id, d.k.now), CODE_ATTACHMENT_FILED);
}

static void only_ones_own_papers_of_the_right_kind_are_filed(struct store_fixture *f)
{
    struct desk d;
    const struct id *ids;
    size_t n;
    open_desk(&d, f);
    struct arena *a = d.k.a;
    const struct schema *form = service_form(d.service);
    struct attachment mine = upload(&d, &d.zhang, "a.png", file_png(a)),
                      theirs = upload(&d, &d.other, "a.png", file_png(a)),
                      pdf = upload(&d, &d.zhang, "a.pdf", file_pdf(a));
    assert_good(a, attachments_check(&d.k.c, a, &d.zhang, form, form_with(&d, mine.id), &ids, &n));
    assert_true(n == 1 && id_eq(ids[0], mine.id));
    const struct id wrong[] = {theirs.id, pdf.id, id_new(d.k.now)};
    for (size_t i = 0; i < 3; i++)
        assert_code(attachments_check(&d.k.c, a, &d.zhang, form, form_with(&d, wrong[i]), &ids, &n),
                    CODE_ATTACHMENT_NOT_ALLOWED);
    assert_code(attachments_check(&d.k.c, a, &d.zhang, form, test_json(a, S("{\"photo\":\"../../etc\"}")), &ids, &n),
                CODE_ATTACHMENT_NOT_ALLOWED);
    assert_code(attachments_check(&d.k.c, a, &d.zhang, form, test_json(a, S("{\"photo\":7}")), &ids, &n),
                CODE_ATTACHMENT_NOT_ALLOWED);
    /* the form allows five million bytes */
    struct buf big = buf_new(a, 6000000);
    buf_put(&big, S("%PDF-1.4\n"));
    while (big.n < 5000001) buf_puts(&big, "% nothing to see on this line\n");
    buf_put(&big, S("%%EOF\n"));
    struct slice photo = file_jpeg(a);
    struct attachment large = upload(&d, &d.zhang, "a.jpg", file_joined(a, photo, buf_slice(&big)));
    assert_code(attachments_check(&d.k.c, a, &d.zhang, form, form_with(&d, large.id), &ids, &n),
                CODE_ATTACHMENT_NOT_ALLOWED);
}

static void who_reads_a_paper_of_a_case_is_written_down(struct store_fixture *f)
{
    struct desk d;
    const struct json *seen;
    open_desk(&d, f);
    struct actor wang = kit_staff(&d.k, "wang", ROLE_HANDLER), police = kit_staff(&d.k, "chen", ROLE_AUDITOR);
    struct attachment t = upload(&d, &d.zhang, "a.png", file_png(d.k.a));
    assert_int_equal(reading(&d, &d.other, t.id), CODE_NOT_FOUND);
    assert_int_equal(reading(&d, &wang, t.id), CODE_NOT_FOUND); /* no case, no task: no purpose */
    assert_int_equal(reading(&d, &wang, id_new(d.k.now)), CODE_NOT_FOUND);
    (void)file_case(&d, &d.zhang, t.id, ID_NONE);
    assert_int_equal(reading(&d, &wang, t.id), CODE_OK);
    assert_int_equal(reading(&d, &police, t.id), CODE_NOT_FOUND);
    assert_int_equal(reading(&d, &d.other, t.id), CODE_NOT_FOUND);
    assert_good(d.k.a, read_list_of(&d.k.c, d.k.a, d.zhang.subject, 10, NONE, &seen));
    const struct json *items = json_get(seen, "items");
    assert_int_equal(items->n, 1);
    assert_slice(json_string(json_get(items->items[0], "reader"), "zh"), "王经办");
    assert_slice(json_string(json_get(items->items[0], "what"), "zh"), "上传的材料");
    assert_true(json_string(items->items[0], "case_number").n > 0);
}

static void deleting(struct store_fixture *f)
{
    struct desk d;
    open_desk(&d, f);
    struct actor window = kit_staff(&d.k, "win", ROLE_WINDOW);
    struct attachment t = upload(&d, &d.zhang, "a.png", file_png(d.k.a));
    const struct actor *const strangers[] = {&d.other, &window};
    for (int i = 0; i < 2; i++)
        assert_code(attachment_delete(&d.k.c, d.k.a, strangers[i], t.id, d.k.now), CODE_NOT_FOUND);
    assert_good(d.k.a, attachment_delete(&d.k.c, d.k.a, &d.zhang, t.id, d.k.now));
    assert_int_equal(reading(&d, &d.zhang, t.id), CODE_NOT_FOUND);
    assert_int_equal(listed(&d, &d.zhang), 0);
    assert_code(attachment_delete(&d.k.c, d.k.a, &d.zhang, t.id, d.k.now), CODE_NOT_FOUND);
    /* a copy of the row in a backup has lost its key */
    assert_int_equal(
        store_test_number(f, "SELECT COUNT(*) FROM data_key WHERE destroyed_at > 0 AND LENGTH(wrapped) = 0"), 1);
    struct attachment taken = upload(&d, &window, "a.png", file_png(d.k.a));
    assert_code(attachment_delete(&d.k.c, d.k.a, &d.zhang, taken.id, d.k.now), CODE_NOT_FOUND);
    assert_good(d.k.a, attachment_delete(&d.k.c, d.k.a, &window, taken.id, d.k.now));
}

static void erasure_spares_the_papers_of_cases(struct store_fixture *f)
{
    struct desk d;
    struct id e;
    open_desk(&d, f);
    struct actor wang = kit_staff(&d.k, "wang", ROLE_HANDLER), security = kit_staff(&d.k, "sec1", ROLE_SECURITY);
    struct attachment filed = upload(&d, &d.zhang, "a.png", file_png(d.k.a)),
                      loose = upload(&d, &d.zhang, "b.png", file_png(d.k.a));
    (void)file_case(&d, &d.zhang, filed.id, ID_NONE);
    store_test_script(f, "UPDATE case_file SET state = 3"); /* decided */
    assert_good(d.k.a, erasure_request(&d.k.c, d.k.a, &d.zhang, 0, d.k.now, &e));
    assert_good(d.k.a, erasure_approve(&d.k.c, d.k.a, &security, e, 0, d.k.now));
    assert_int_equal(reading(&d, &d.zhang, loose.id), CODE_VAULT_ERASED);
    assert_int_equal(reading(&d, &wang, filed.id), CODE_OK); /* kept with the file, by the archives law */
}

static void an_agent_sees_what_it_needs(struct store_fixture *f)
{
    struct desk d;
    struct id few, all;
    const struct json *seen;
    open_desk(&d, f);
    struct arena *a = d.k.a;
    struct actor boss = kit_enterprise(&d.k, "factory"), acting = d.zhang;
    day today = day_of_instant(d.k.now);
    struct attachment theirs = upload(&d, &boss, "books.pdf", file_pdf(a));
    assert_good(a, delegation_add(&d.k.c, a, &boss, S("zhangsan"), test_json(a, S("[\"stall_permit\"]")), today,
                                  d.k.now, &few));
    acting.subject = boss.subject;
    acting.delegation = few;
    struct attachment own = upload(&d, &acting, "a.png", file_png(a));
    assert_true(id_eq(own.subject, boss.subject)); /* the principal's, and there for it later */
    assert_int_equal(listed(&d, &boss), 2);
    assert_int_equal(listed(&d, &acting), 1);
    assert_int_equal(reading(&d, &acting, own.id), CODE_OK);
    assert_int_equal(reading(&d, &acting, theirs.id), CODE_NOT_FOUND);
    assert_code(attachment_delete(&d.k.c, a, &acting, theirs.id, d.k.now), CODE_NOT_FOUND);
    assert_good(a, delegation_add(&d.k.c, a, &boss, S("zhangsan"), test_json(a, S("[\"*\"]")), today, d.k.now, &all));
    assert_int_equal(listed(&d, &acting), 2);
    assert_int_equal(reading(&d, &acting, theirs.id), CODE_OK);
    assert_code(attachment_delete(&d.k.c, a, &acting, theirs.id, d.k.now), CODE_NOT_FOUND);
    assert_good(a, read_list_of(&d.k.c, a, boss.subject, 10, NONE, &seen)); /* of which the principal is told */
    assert_int_equal(json_get(seen, "items")->n, 1);
    assert_slice(json_string(json_get(json_get(seen, "items")->items[0], "purpose"), "zh"), "受托代办");
    /* once it is over, nothing; the agent is itself again */
    assert_int_equal(listed(&d, &d.zhang), 0);
    assert_int_equal(reading(&d, &d.zhang, own.id), CODE_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(a_paper_comes_back_as_it_was),
        ON_SQLITE(what_is_not_taken),
        ON_BOTH(an_account_has_room_for_so_much),
        ON_BOTH(papers_are_sealed),
        ON_BOTH(a_paper_serves_in_a_later_case),
        ON_SQLITE(only_ones_own_papers_of_the_right_kind_are_filed),
        ON_BOTH(who_reads_a_paper_of_a_case_is_written_down),
        ON_BOTH(deleting),
        ON_BOTH(erasure_spares_the_papers_of_cases),
        ON_BOTH(an_agent_sees_what_it_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
