/* What a scenario's "expect" says, looked up where people and programs look: the case's page, its tasks, its papers. */
#include <stdio.h>
#include <stdlib.h>

#include "app/scenarios/scenario.h"

static const struct stmt TASKS = {
    "scenario_tasks", "SELECT node FROM case_task WHERE case_id = ?1 AND status < 3 ORDER BY node", NULL, false};
static const struct stmt PAPERS = {
    "scenario_papers", "SELECT kind, id, token, number FROM case_document WHERE case_id = ?1 ORDER BY id", NULL, false};
static const struct stmt LICENCES = {"scenario_licences", "SELECT type FROM licence WHERE case_id = ?1 ORDER BY id",
                                     NULL, false};
static const struct stmt VARS = {"scenario_case_vars", "SELECT " CASE_COLUMNS " FROM case_file WHERE id = ?1", NULL,
                                 false};

static struct rows rows_of(struct play *p, const struct stmt *q, struct id case_id)
{
    struct rows r;
    struct sql_value v = sql_id(&case_id);
    scenario_need(p, store_query(p->w->c.store, p->w->a, q, &v, 1, &r));
    return r;
}

static struct slice shown(struct play *p, const struct json *v)
{
    return v ? json_write(p->w->a, v) : S("(nothing)");
}

static void equal(struct play *p, const char *what, const struct json *expected, const struct json *got)
{
    if (json_equal(expected, got ? got : json_null())) return;
    scenario_broken(p, "%s 应为 %.*s，实际为 %.*s", "%s should be %.*s, is %.*s", what, SLICE_ARG(shown(p, expected)),
                    SLICE_ARG(shown(p, got)));
}

static void expect_steps(struct play *p, const struct json *expected, const struct json *view)
{
    const struct json *steps = json_get(view, "steps");
    for (size_t i = 0; i < expected->n; i++) {
        const struct json *found = NULL;
        for (size_t k = 0; k < steps->n; k++)
            if (slice_eq(json_string(steps->items[k], "key"), expected->keys[i]))
                found = json_get(steps->items[k], "state");
        equal(p, arena_cstr(p->w->a, expected->keys[i]), expected->items[i], found);
    }
}

static struct slice joined(struct play *p, const struct rows *r)
{
    struct buf b = buf_new(p->w->a, 65536);
    for (size_t i = 0; i < r->n; i++) buf_printf(&b, "%s%.*s", i ? ", " : "", SLICE_ARG(row(r, i)[0].s));
    return buf_slice(&b);
}

static bool has(const struct rows *r, struct slice s)
{
    for (size_t i = 0; i < r->n; i++)
        if (slice_eq(row(r, i)[0].s, s)) return true;
    return false;
}

static void expect_list(struct play *p, const char *what, const struct json *expected, const struct rows *got,
                        bool exactly)
{
    for (size_t i = 0; i < expected->n; i++)
        if (!has(got, expected->items[i]->text))
            scenario_broken(p, "没有 %s %.*s，现有：%.*s", "no %s %.*s; there are: %.*s", what,
                            SLICE_ARG(expected->items[i]->text), SLICE_ARG(joined(p, got)));
    if (exactly && got->n != expected->n)
        scenario_broken(p, "%s 应为 %.*s，实际为 %.*s", "%s should be %.*s, are %.*s", what,
                        SLICE_ARG(shown(p, expected)), SLICE_ARG(joined(p, got)));
}

/* The body under whose mark (发文字号) each paper went out. */
static void expect_issuers(struct play *p, const struct json *expected, const struct rows *papers)
{
    for (size_t i = 0; i < expected->n; i++) {
        const struct department *d = citydata_department(catalogue_data(p->w->c.catalogue), expected->items[i]->text);
        struct slice number = {NULL, 0}, mark = d ? d->mark : expected->items[i]->text;
        for (size_t k = 0; k < papers->n; k++)
            if (slice_eq(row(papers, k)[0].s, expected->keys[i])) number = row(papers, k)[3].s;
        struct slice rest = slice_sub(number, mark.n, SIZE_MAX);
        /* what follows a mark is the word of the paper and 字, never more of a name */
        if (slice_starts(number, mark) && slice_search(rest, S("字")) <= 2 * 3) continue;
        scenario_broken(p, "文书 %.*s 应由 %.*s 出具，实际文号 %.*s",
                        "the paper %.*s should go out under %.*s; its number is %.*s", SLICE_ARG(expected->keys[i]),
                        SLICE_ARG(expected->items[i]->text), SLICE_ARG(number));
    }
}

static const struct json *vars_of(struct play *p, struct id case_id)
{
    struct case_row c;
    struct data_key key;
    struct rows r = rows_of(p, &VARS, case_id);
    if (r.n != 1) scenario_broken(p, "办件不见了", "the case is gone");
    scenario_need(p, vault_load(&p->w->c, p->w->a, NULL, case_id, &key));
    scenario_need(p, case_row_read(p->w->a, row(&r, 0), &key, &c));
    return c.vars;
}

static void expect_vars(struct play *p, const struct json *expected, struct id case_id)
{
    const struct json *vars = vars_of(p, case_id);
    for (size_t i = 0; i < expected->n; i++) {
        const struct json *v = vars;
        struct slice head, rest = expected->keys[i];
        for (bool more = true; more;) {
            more = slice_cut(rest, '.', &head, &rest);
            v = json_get_slice(v, head);
        }
        equal(p, arena_cstr(p->w->a, expected->keys[i]), expected->items[i], v);
    }
}

/* Queries of the areas, by the names of their tables: the number of rows that this scenario made. */
static void expect_data(struct play *p, const struct json *expected)
{
    for (size_t i = 0; i < expected->n; i++) {
        struct slice table = expected->keys[i];
        for (size_t k = 0; k < table.n; k++)
            if (!((table.p[k] >= 'a' && table.p[k] <= 'z') || table.p[k] == '_'))
                scenario_broken(p, "%.*s 不是表名", "%.*s is no table", SLICE_ARG(table));
        struct stmt *q = NEW(p->w->a, struct stmt);
        struct rows r;
        *q = (struct stmt){"scenario_count",
                           arena_cstr(p->w->a, arena_printf(p->w->a, "SELECT COUNT(*) FROM %.*s", SLICE_ARG(table))),
                           NULL, false};
        scenario_need(p, store_query(p->w->c.store, p->w->a, q, NULL, 0, &r));
        equal(p, arena_cstr(p->w->a, table), expected->items[i], json_of_int(p->w->a, row(&r, 0)[0].i));
    }
}

static const struct json *date_part(struct play *p, const struct json *instant_)
{
    return instant_ && instant_->type == JSON_STRING ? json_of_string(p->w->a, slice_sub(instant_->text, 0, 10))
                                                     : json_null();
}

void scenario_expect(struct play *p, const struct json *expect, struct slice case_name)
{
    static const char *const KNOWN[] = {"state", "outcome"};
    const struct json *view, *x;
    struct id case_id = scenario_case(p, case_name)->id;
    scenario_need(p, case_view(&p->w->c, p->w->a, case_id, p->w->now, VIEW_OWNER, &view));
    const struct json *clock = json_get(view, "clock");
    for (size_t i = 0; i < 2; i++)
        if ((x = json_get(expect, KNOWN[i])) != NULL) equal(p, KNOWN[i], x, json_get(view, KNOWN[i]));
    if ((x = json_get(expect, "light")) != NULL) equal(p, "light", x, json_get(clock, "light"));
    if ((x = json_get(expect, "due")) != NULL) equal(p, "due", x, date_part(p, json_get(clock, "due_at")));
    if ((x = json_get(expect, "statutory_due")) != NULL)
        equal(p, "statutory_due", x, date_part(p, json_get(clock, "statutory_due_at")));
    if ((x = json_get(expect, "steps")) != NULL) expect_steps(p, x, view);
    struct rows tasks = rows_of(p, &TASKS, case_id), papers = rows_of(p, &PAPERS, case_id),
                licences = rows_of(p, &LICENCES, case_id);
    if ((x = json_get(expect, "tasks")) != NULL) expect_list(p, "tasks", x, &tasks, true);
    if ((x = json_get(expect, "documents")) != NULL) expect_list(p, "document", x, &papers, false);
    if ((x = json_get(expect, "issuers")) != NULL) expect_issuers(p, x, &papers);
    if ((x = json_get(expect, "licences")) != NULL) expect_list(p, "licence", x, &licences, true);
    if ((x = json_get(expect, "vars")) != NULL) expect_vars(p, x, case_id);
    if ((x = json_get(expect, "data")) != NULL) expect_data(p, x);
}

/* ---- at the end ---- */

/* TONGBAN_KEEP_DOCUMENTS=DIR keeps every PDF, for people to look at. */
static void keep(struct play *p, struct slice kind, size_t n, struct slice bytes)
{
    const char *dir = getenv("TONGBAN_KEEP_DOCUMENTS");
    if (!dir || !*dir) return;
    struct slice stem = p->where;
    char *path = arena_cstr(
        p->w->a, arena_printf(p->w->a, "%s/%.*s-%.*s-%zu.pdf", dir, SLICE_ARG(p->service), SLICE_ARG(kind), n));
    (void)stem;
    FILE *f = fopen(path, "wb");
    if (!f) return;
    (void)fwrite(bytes.p, 1, bytes.n, f);
    fclose(f);
}

static void documents_verify(struct play *p, struct id case_id)
{
    struct rows r = rows_of(p, &PAPERS, case_id);
    for (size_t i = 0; i < r.n; i++) {
        const struct json *seen;
        struct id id;
        struct slice bytes, title;
        scenario_need(p, licence_verify(&p->w->c, p->w->a, row(&r, i)[2].s, p->w->now, &seen));
        if (!json_bool(seen, "good", false))
            scenario_broken(p, "文书 %.*s 未通过核验：%.*s", "the document %.*s does not verify: %.*s",
                            SLICE_ARG(row(&r, i)[0].s), SLICE_ARG(shown(p, seen)));
        (void)id_from_bytes(row(&r, i)[1].s, &id);
        scenario_need(p, case_document(&p->w->c, p->w->a, case_id, id, DOCUMENT_RENDITION, &bytes, &title));
        keep(p, row(&r, i)[0].s, i, bytes);
    }
}

static const struct stmt INCIDENTS = {"scenario_jobs", "SELECT verb, error FROM case_job WHERE case_id = ?1", NULL,
                                      false};

/* The areas' tables as text, to compare before and after a rebuild. */
static struct slice area_tables(struct play *p)
{
    struct buf b = buf_new(p->w->a, 4 * 1024 * 1024);
    for (size_t i = 0; i < p->w->c.areas->n; i++)
        for (const struct stmt *const *c = p->w->c.areas->list[i]->clear_projections; c && *c; c++) {
            struct slice sql = slice_cstr((*c)->sql), table = slice_sub(sql, sizeof "DELETE FROM " - 1, SIZE_MAX);
            struct stmt *q = NEW(p->w->a, struct stmt);
            struct rows r;
            *q = (struct stmt){
                "scenario_dump",
                arena_cstr(p->w->a, arena_printf(p->w->a, "SELECT * FROM %.*s ORDER BY 1, 2", SLICE_ARG(table))), NULL,
                false};
            scenario_need(p, store_query(p->w->c.store, p->w->a, q, NULL, 0, &r));
            buf_printf(&b, "%.*s:\n", SLICE_ARG(table));
            for (size_t k = 0; k < r.n * r.ncols; k++) {
                const struct sql_value *v = &r.v[k];
                if (v->type == SQL_INT)
                    buf_printf(&b, "%lld|", (long long)v->i);
                else
                    buf_put(&b, v->type == SQL_BLOB ? hex_encode(p->w->a, v->s) : v->s);
                buf_puts(&b, k % r.ncols == r.ncols - 1 ? "\n" : "|");
            }
        }
    return buf_slice(&b);
}

void scenario_invariants(struct play *p)
{
    struct rebuild_report report;
    for (size_t i = 0; i < p->ncases; i++) {
        struct rows jobs = rows_of(p, &INCIDENTS, p->cases[i].id);
        if (jobs.n)
            scenario_broken(p, "有操作没有完成：%.*s %.*s", "a job is left: %.*s %.*s", SLICE_ARG(row(&jobs, 0)[0].s),
                            SLICE_ARG(row(&jobs, 0)[1].s));
        documents_verify(p, p->cases[i].id);
    }
    struct slice before = area_tables(p);
    scenario_need(p, case_rebuild(&p->w->c, p->w->a, true, &report));
    if (report.differences)
        scenario_broken(p, "由日志重建的表不同：%.*s", "the journal folds to other tables: %.*s",
                        SLICE_ARG(report.first_difference));
    scenario_need(p, case_rebuild(&p->w->c, p->w->a, false, &report));
    struct slice after = area_tables(p);
    if (!slice_eq(before, after))
        scenario_broken(p, "由日志重建的领域表不同：\n%.*s\n%.*s",
                        "the journal folds to other tables of the areas:\n%.*s\n%.*s", SLICE_ARG(before),
                        SLICE_ARG(after));
}
