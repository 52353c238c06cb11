/* A change of data keys while the city works: read before, at every step and after; nothing is lost, nothing stays under the earlier
 * keys, and what was logged is still what is read. */
#include "city/vault/rotate.h"

#include <pthread.h>

#include "city/cases/archive.h"
#include "city/cases/measure.h"
#include "city/drafts/drafts.h"
#include "city/identity/identity.h"
#include "city/log/log.h"
#include "city/messages/messages.h"
#include "test/city/works.h"

enum { GRANTED, FOLDED, OPEN, CASES };
struct world {
    struct works w;
    struct id id[CASES], draft;
    struct slice etag, seen[CASES];
    int drafts;
};

static const struct json *draft_form(struct world *x)
{
    return works_form(&x->w, arena_cstr(x->w.a, arena_printf(x->w.a, "第 %d 号", ++x->drafts)), 4);
}

static struct slice answers(struct world *x, size_t i)
{
    struct works *w = &x->w;
    const struct json *v, *vars;
    struct buf b = buf_new(w->a, 1 << 24);
    assert_good(w->a, case_view(w->c, w->a, x->id[i], w->now, VIEW_OWNER, &v));
    assert_good(w->a, case_variables(w->c, w->a, x->id[i], &vars));
    buf_put(&b, json_write(w->a, v));
    buf_put(&b, json_write(w->a, vars));
    return buf_slice(&b);
}

static void refused_filing(struct works *w)
{
    struct case_done done;
    assert_true(failed(works_file(w, w->zhangsan, "rotation-refused", works_form(w, "一号", -1), &done)));
}

static void open_world(struct world *x, struct store_fixture *f)
{
    struct works *w = &x->w;
    const struct json *draft;
    struct archive_at at = {.ended = 0};
    size_t n = 1;
    *x = (struct world){.drafts = 0};
    works_open(w, f);
    x->id[FOLDED] = works_filed(w);
    assert_good(w->a, works_decide(w, w->handler, x->id[FOLDED], "accept", "refuse", NULL));
    works_jobs(w);
    works_set(w, w->now + (ARCHIVE_AFTER + 30) * MS_DAY);
    x->id[GRANTED] = works_until(w, "sign");
    assert_good(w->a, works_decide(w, w->handler2, x->id[GRANTED], "sign", "approve", NULL));
    works_jobs(w);
    x->id[OPEN] = works_accepted(w, 4);
    refused_filing(w);
    assert_good(w->a, draft_new(w->c, w->a, w->zhangsan, WORKS_SERVICE, draft_form(x), w->now, &draft, &x->etag));
    assert_true(id_scan(json_string(draft, "id"), &x->draft));
    while (n) assert_good(w->a, messages_run(w->c, w->a, w->now, 64, &n));
    assert_good(w->a, measures_roll(w->c, w->a));
    do assert_good(w->a, case_archive_run(w->c, w->a, w->now, 64, &at, &n));
    while (n);
    assert_int_equal(works_number(w, "SELECT COUNT(*) FROM case_archive WHERE case_id=?1", x->id[FOLDED]), 1);
    assert_true(store_test_number(f, "SELECT COUNT(*) FROM case_blob") > 0);
    assert_true(store_test_number(f, "SELECT COUNT(*) FROM inbox") > 0);
    assert_true(store_test_number(f, "SELECT COUNT(*) FROM idempotency WHERE key_owner IS NOT NULL") > 0);
    for (size_t i = 0; i < CASES; i++) x->seen[i] = answers(x, i);
}

/* What is kept is what was logged: also under later keys, also in the archive. */
static void expect_logged(struct works *w)
{
    struct log_audit out;
    struct rebuild_report r;
    assert_good(w->a, log_audit(w->c, w->a, w->now + MS_HOUR, &out));
    if (out.changed || out.missing || out.extra || out.unreadable)
        fail_msg("%.*s", SLICE_ARG(json_write(w->a, out.findings)));
    assert_true(out.rows > 20);
    assert_good(w->a, case_rebuild(w->c, w->a, true, &r));
    if (r.differences) fail_msg("%.*s", SLICE_ARG(r.first_difference));
}

/* Everything anybody asks for goes on, at each stage. */
static void expect_working(struct world *x)
{
    struct works *w = &x->w;
    const struct json *v;
    struct case_done done;
    for (size_t i = 0; i < CASES; i++)
        if (i != OPEN) assert_slice(answers(x, i), arena_cstr(w->a, x->seen[i]));
    (void)answers(x, OPEN);
    struct case_command k = works_command(
        w, w->zhangsan, "urge", arena_cstr(w->a, arena_printf(w->a, "urge-key-%d", x->drafts)), S("请"), x->id[OPEN]);
    result r = case_urge(&k, S("请尽快办理"), &done);
    if (failed(r)) assert_code(r, CODE_CASE_URGED);
    assert_good(w->a, draft_put(w->c, w->a, w->zhangsan, x->draft, draft_form(x), NULL, x->etag, w->now, &v, &x->etag));
    assert_good(w->a, draft_list(w->c, w->a, w->zhangsan, 10, S(""), &v));
    assert_good(w->a, inbox_list(w->c, w->a, w->zhangsan, 50, S(""), &v));
    assert_good(w->a, subject_profile(w->c, w->a, w->zhangsan->subject, &v));
    refused_filing(w); /* the same answer, from what was kept */
}

/* ---- what is left under a first generation, read from every column of every table ---- */

static size_t first_generation(struct works *w, enum crypto_suite only)
{
    static const struct stmt TABLES[] = {
        {"rotation_tables", "SELECT name FROM sqlite_master WHERE type = 'table'", NULL, false},
        {"rotation_tables_pg", "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'",
         NULL, false}};
    struct rows tables, r;
    size_t left = 0;
    assert_good(w->a,
                store_query(w->c->store, w->a, &TABLES[store_kind(w->c->store) != STORE_SQLITE], NULL, 0, &tables));
    for (size_t t = 0; t < tables.n; t++) {
        struct slice name = row(&tables, t)[0].s;
        struct stmt *q = NEW(w->a, struct stmt);
        *q = (struct stmt){"rotation_dump", arena_cstr(w->a, arena_printf(w->a, "SELECT * FROM %.*s", SLICE_ARG(name))),
                           NULL, false};
        assert_good(w->a, store_query(w->c->store, w->a, q, NULL, 0, &r));
        for (size_t i = 0; i < r.n * r.ncols; i++) {
            struct slice v = r.v[i].s, box;
            uint32_t generation;
            if (r.v[i].type != SQL_TEXT && r.v[i].type != SQL_BLOB) continue;
            if (r.v[i].type == SQL_TEXT && (!base64_decode(w->a, v, &box) || box.n < CRYPTO_BOX_OVERHEAD)) continue;
            if (r.v[i].type == SQL_BLOB) box = v;
            if (box.n <= CRYPTO_INDEX_BYTES || (box.p[0] != CRYPTO_AES && box.p[0] != CRYPTO_SM4)) continue;
            if (!vault_box_generation(box, &generation)) continue;
            bool other_suite = only && box.p[0] != (char)only;
            if (generation && !other_suite) continue;
            left++;
            if (only) print_message("%.*s, column %zu\n", SLICE_ARG(name), i % r.ncols + 1);
        }
    }
    return left;
}

static bool city_box(struct slice v, enum crypto_suite suite)
{
    return v.n > CRYPTO_INDEX_BYTES && v.p[0] == (char)suite && !v.p[1] && !v.p[2] && !v.p[3] && v.p[4] == 1;
}

static size_t boxes_of(struct works *w, enum crypto_suite suite)
{
    static const char *const COLUMNS[][2] = {{"data_key", "wrapped"},       {"account", "identity_ct"},
                                             {"account", "totp_ct"},        {"inbox", "content_ct"},
                                             {"outbox", "payload_ct"},      {"double_delivery", "letter_ct"},
                                             {"case_message", "payload_ct"}};
    size_t found = 0;
    for (size_t t = 0; t < sizeof COLUMNS / sizeof *COLUMNS; t++) {
        struct rows r;
        struct stmt *q = NEW(w->a, struct stmt);
        struct slice sql = arena_printf(w->a, "SELECT %s FROM %s", COLUMNS[t][1], COLUMNS[t][0]);
        *q = (struct stmt){"rotation_boxes", arena_cstr(w->a, sql), NULL, false};
        assert_good(w->a, store_query(w->c->store, w->a, q, NULL, 0, &r));
        for (size_t i = 0; i < r.n; i++) found += city_box(row(&r, i)[0].s, suite);
    }
    return found;
}

static int64_t stage(struct works *w)
{
    int64_t s, keys, values;
    assert_good(w->a, rotation_figures(w->c, w->a, &s, &keys, &values));
    return s;
}

/* One step; when there is nothing to do now, the grace passes. */
static void step(struct works *w, instant *clock, int64_t limit)
{
    size_t done;
    assert_good(w->a, rotation_run(w->c, w->a, *clock, limit, &done));
    if (!done) *clock += KEY_GRACE * MS_SECOND;
}

/* What is under the city key follows by itself: then no box of the earlier suite is left anywhere. */
static void city_key_too(struct world *x)
{
    struct vault_at at = {.place = 0};
    size_t n;
    while (!at.done) assert_good(x->w.a, vault_rewrap(x->w.c, x->w.a, 100, &at, &n));
    assert_int_equal(boxes_of(&x->w, CRYPTO_AES), 0);
    assert_true(boxes_of(&x->w, CRYPTO_SM4) > 20);
}

static void everything_moves(struct store_fixture *f)
{
    struct world x;
    struct rows before, after;
    struct data_key was, is;
    open_world(&x, f);
    struct works *w = &x.w;
    struct sql_value of[] = {sql_id(&x.id[GRANTED])};
    expect_logged(w);
    assert_true(first_generation(w, (enum crypto_suite)0) > 20);
    assert_good(w->a, store_query(w->c->store, w->a, &VAULT_SELECT_KEY, of, 1, &before));
    assert_good(w->a, vault_unwrap(w->c, w->a, x.id[GRANTED], row(&before, 0)[0].s, &was));
    int64_t keys = store_test_number(f, "SELECT COUNT(*) FROM data_key");
    w->c->suite = CRYPTO_SM4; /* the other suite comes with the new keys */
    instant clock = w->now;
    int seen = -1, steps = 0;
    assert_code(rotation_begin(w->c, w->a, NULL, S("some"), clock), CODE_FIELD_TYPE);
    assert_good(w->a, rotation_begin(w->c, w->a, NULL, S("all"), clock));
    assert_code(rotation_begin(w->c, w->a, NULL, S("all"), clock), CODE_ROTATION_RUNNING);
    for (; stage(w) != ROTATE_STAGES; steps++) {
        assert_true(steps < 2000);
        step(w, &clock, 7);
        if (stage(w) == seen && steps % 16) continue; /* at each stage, and on the way */
        seen = (int)stage(w);
        expect_working(&x);
        if (steps % 16 == 0) expect_logged(w);
    }
    assert_true(steps > 20);
    expect_working(&x);
    expect_logged(w);
    /* every key is a new one, alone; of all ciphertexts none is under an earlier one, or in the earlier suite */
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM data_key WHERE generation = 1 AND other = -1"), keys);
    assert_int_equal(first_generation(w, CRYPTO_SM4), 0);
    city_key_too(&x);
    assert_good(w->a, store_query(w->c->store, w->a, &VAULT_SELECT_KEY, of, 1, &after));
    assert_good(w->a, vault_unwrap(w->c, w->a, x.id[GRANTED], row(&after, 0)[0].s, &is));
    assert_false(is.two);
    assert_int_equal(is.generation, 1);
    assert_true(memcmp(is.key, was.key, sizeof is.key) != 0);
    /* and again, from the archive and from its rows */
    assert_good(w->a, case_unfold(w->c, w->a, x.id[FOLDED]));
    expect_logged(w);
    assert_good(w->a, rotation_begin(w->c, w->a, NULL, S("cases"), clock));
    for (steps = 0; stage(w) != ROTATE_STAGES; steps++) step(w, &clock, 200);
    assert_int_equal(works_number(w, "SELECT generation FROM data_key WHERE id=?1", x.id[FOLDED]), 2);
    assert_int_equal(works_number(w, "SELECT generation FROM data_key WHERE id=?1", w->zhangsan->subject), 1);
    struct archive_at at = {.ended = 0};
    size_t n = 1;
    while (n) assert_good(w->a, case_archive_run(w->c, w->a, w->now, 64, &at, &n));
    assert_int_equal(works_number(w, "SELECT COUNT(*) FROM case_archive WHERE case_id=?1", x.id[FOLDED]), 1);
    expect_working(&x);
    expect_logged(w);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM audit WHERE action = 'data_keys.rotated'"), 2);
}

/* What was sealed under the earlier key after its place had been read through is found by the last reading. */
static void a_straggler_is_found(struct store_fixture *f)
{
    struct world x;
    struct rows r;
    open_world(&x, f);
    struct works *w = &x.w;
    instant clock = w->now;
    static const struct stmt KEPT = {"t_kept", "SELECT profile_ct FROM subject WHERE id = ?1", NULL, false};
    struct sql_value of[] = {sql_id(&w->zhangsan->subject)};
    const struct json *profile;
    assert_good(w->a, store_query(w->c->store, w->a, &KEPT, of, 1, &r));
    struct slice old = hex_encode(w->a, row(&r, 0)[0].s);
    assert_good(w->a, rotation_begin(w->c, w->a, NULL, S("persons"), clock));
    while (stage(w) != ROTATE_REST) step(w, &clock, 50);
    store_test_script(
        f,
        arena_cstr(w->a, arena_printf(w->a,
                                      store_kind(w->c->store) == STORE_SQLITE
                                          ? "UPDATE subject SET profile_ct = x'%.*s' WHERE id = x'%.*s'"
                                          : "UPDATE subject SET profile_ct = '\\x%.*s' WHERE id = '\\x%.*s'",
                                      SLICE_ARG(old), SLICE_ARG(hex_encode(w->a, id_bytes(&w->zhangsan->subject))))));
    assert_good(w->a, subject_profile(w->c, w->a, w->zhangsan->subject, &profile));
    bool rested_again = false, proved = false;
    while (stage(w) != ROTATE_STAGES) {
        proved = proved || stage(w) == ROTATE_PROVE;
        rested_again = rested_again || (proved && stage(w) == ROTATE_REST);
        step(w, &clock, 50);
    }
    assert_true(rested_again); /* another grace, another reading */
    assert_good(w->a, subject_profile(w->c, w->a, w->zhangsan->subject, &profile));
}

/* A value that does not open stops it, with both keys in place; nothing else is harmed. */
static void what_does_not_open_waits(struct store_fixture *f)
{
    struct world x;
    size_t done;
    open_world(&x, f);
    struct works *w = &x.w;
    instant clock = w->now;
    store_test_script(
        f, "CREATE TABLE kept_draft AS SELECT * FROM draft; UPDATE draft SET data_ct = (SELECT profile_ct FROM subject "
           "WHERE subject.id = draft.subject)");
    assert_good(w->a, rotation_begin(w->c, w->a, NULL, S("all"), clock));
    while (stage(w) != ROTATE_RESEAL) step(w, &clock, 50);
    result r = ok();
    for (int i = 0; i < 50 && !failed(r); i++) r = rotation_run(w->c, w->a, clock, 50, &done);
    assert_code(r, CODE_CRYPTO_BOX);
    for (size_t i = 0; i < CASES; i++) (void)answers(&x, i);
    store_test_script(
        f,
        "UPDATE draft SET data_ct = (SELECT data_ct FROM kept_draft WHERE kept_draft.id = draft.id); DROP TABLE kept_draft");
    while (stage(w) != ROTATE_STAGES) step(w, &clock, 50);
    expect_working(&x);
    expect_logged(w);
}

/* ---- with commands on the same cases and persons at once ---- */

struct rotating {
    struct works *w;
    atomic_bool stop;
    struct arena *a;
};

static void *rotator(void *arg)
{
    struct rotating *r = arg;
    while (!atomic_load(&r->stop)) {
        size_t done = 0;
        arena_reset(r->a);
        assert_good(r->a, rotation_run(r->w->c, r->a, time_now(time_system()), 20, &done));
    }
    return NULL;
}

static void commands_at_once(struct store_fixture *f)
{
    struct world x;
    struct case_done done;
    pthread_t two[2];
    struct rotating r[2];
    const struct json *v;
    open_world(&x, f);
    struct works *w = &x.w;
    w->c->key_grace = 1; /* longer than any command here */
    assert_good(w->a, rotation_begin(w->c, w->a, NULL, S("all"), w->now));
    for (int i = 0; i < 2; i++) { /* as two servers would */
        r[i] = (struct rotating){.w = w, .a = arena_new("rotator")};
        assert_int_equal(pthread_create(&two[i], NULL, rotator, &r[i]), 0);
    }
    size_t turns = 0, n;
    for (; stage(w) != ROTATE_STAGES; turns++) {
        struct id id = works_accepted(w, 4);
        assert_good(
            w->a, works_decide(w, w->handler, id, "look", "done", test_json(w->a, S("{\"visit_on\":\"2022-04-28\"}"))));
        (void)answers(&x, OPEN);
        assert_good(w->a,
                    draft_put(w->c, w->a, w->zhangsan, x.draft, draft_form(&x), NULL, x.etag, w->now, &v, &x.etag));
        assert_good(w->a, messages_run(w->c, w->a, w->now, 64, &n));
        assert_good(w->a, inbox_list(w->c, w->a, w->zhangsan, 50, S(""), &v));
        assert_good(w->a, subject_profile(w->c, w->a, w->zhangsan->subject, &v));
        struct case_command k = works_command(w, w->zhangsan, "withdraw", NULL, S(""), id);
        assert_good(w->a, case_withdraw(&k, S(""), S("不再需要"), &done));
    }
    for (int i = 0; i < 2; i++) {
        atomic_store(&r[i].stop, true);
        (void)pthread_join(two[i], NULL);
        arena_free(r[i].a);
    }
    assert_true(turns > 3);
    assert_int_equal(store_test_number(f, "SELECT COUNT(*) FROM data_key WHERE other >= 0"), 0);
    assert_int_equal(works_number(w, "SELECT generation FROM data_key WHERE id=?1", w->zhangsan->subject), 1);
    expect_logged(w);
    for (size_t i = 0; i < CASES; i++) (void)answers(&x, i);
    assert_good(w->a, draft_get(w->c, w->a, w->zhangsan, x.draft, &v, &x.etag));
    assert_good(w->a, inbox_list(w->c, w->a, w->zhangsan, 100, S(""), &v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(everything_moves),
        ON_BOTH(a_straggler_is_found),
        ON_BOTH(what_does_not_open_waits),
        ON_BOTH(commands_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
