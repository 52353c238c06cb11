/* The desk: the full view of a case, search, own figures. Lists of tasks: desk_list.c. */
#include "city/cases/desk.h"
#include "city/cases/archive.h"
#include "city/cases/review.h"
#include "city/cases/run.h"

#include "city/drafts/drafts.h"
#include "city/identity/identity.h"

/* ---- one case, whole ---- */

static const struct stmt TASKS_OF_CASE = {
    "desk_case_tasks", "SELECT " TASK_COLUMNS TASK_FROM " WHERE t.case_id=?1 ORDER BY t.token", NULL, false};

static const struct json *stop_causes(struct arena *a)
{
    struct json_builder list = json_builder(a);
    for (int i = 0; i < STOP_CAUSES; i++) {
        struct json_builder b = json_builder(a);
        struct bitext t = {stop_cause_zh((enum stop_cause)i), stop_cause_en((enum stop_cause)i)};
        json_set_cstr(&b, "key", stop_cause_name((enum stop_cause)i));
        json_set(&b, "text", bitext_json(a, t));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

static bool taken(const struct actor *x, const struct sql_value *v)
{
    struct id who;
    return v[C_ASSIGNEE].type != SQL_NULL && id_from_bytes(v[C_ASSIGNEE].s, &who) && !id_eq(who, x->account);
}

/* Four eyes, as the command will ask again. */
static bool seen_before(const struct view *v, const struct actor *x, const struct process_state *state, int64_t token)
{
    const struct process_waiting *list;
    size_t n = process_waiting(v->a, state, &list);
    for (size_t i = 0; i < n; i++) {
        if (list[i].token != token || list[i].node->separate.n == 0) continue;
        struct slice key = arena_printf(v->a, "%u/%.*s", list[i].scope, SLICE_ARG(list[i].node->separate));
        const struct json *before = json_get_slice(v->c->officers, key);
        return before && slice_eq(before->text, id_text(v->a, x->account));
    }
    return false;
}

static bool may_do(const struct view *v, const struct actor *x, const struct process_state *state,
                   const struct sql_value *r)
{
    enum role role;
    return r[C_STATUS].i < TASK_WAITING && role_scan(r[C_ROLE].s, &role) &&
           actor_has_role(x, role, r[C_DEPARTMENT].s, r[C_TOWN].s) && !taken(x, r) &&
           !seen_before(v, x, state, r[C_TOKEN].i);
}

static const struct json *task_more(const struct view *v, const struct actor *x, const struct process_state *state,
                                    const struct sql_value *r)
{
    struct json_builder b = json_builder(v->a), list = json_builder(v->a);
    const struct process_node *n = view_node(v, state, r[C_TOKEN].i, r[C_NODE].s, r[C_STEP].s);
    for (size_t i = 0; n && i < n->noutcomes; i++) {
        bool again = slice_is(n->outcomes[i], "correct") && v->c->correction;
        if (!again) json_add(&list, view_outcome(v->a, n->outcomes[i]));
    }
    json_set(&b, "outcomes", json_array(&list));
    json_set_bool(&b, "opinion_required", task_needs_opinion(r[C_KIND].s));
    json_set_bool(&b, "can_decide", may_do(v, x, state, r));
    json_set(&b, "stop_causes", v->c->state == CASE_HANDLING ? stop_causes(v->a) : json_null());
    json_set(&b, "separate", n && n->separate.n ? json_of_string(v->a, n->separate) : json_null());
    const struct json *form = service_node_form_json(v->service, n);
    json_set(&b, "form", form ? form : json_null());
    return json_object(&b);
}

/* An activity of an ad hoc sub-process that somebody may begin. */
static const struct json *offer_json(const struct view *v, const struct process_state *state, const struct sql_value *r,
                                     const struct json *task, bool can_begin)
{
    static const char *const KEPT[] = {"id", "step", "department", "role", "town", "opened_at"};
    struct json_builder b = json_builder(v->a);
    for (size_t i = 0; i < sizeof KEPT / sizeof *KEPT; i++)
        if (json_get(task, KEPT[i])) json_set(&b, KEPT[i], json_get(task, KEPT[i]));
    const struct process_node *n = view_node(v, state, r[C_TOKEN].i, r[C_NODE].s, r[C_STEP].s);
    json_set(&b, "title", bitext_json(v->a, view_task_title(n, r[C_NODE].s)));
    json_set_bool(&b, "can_begin", can_begin);
    return json_object(&b);
}

static const struct stmt OF_FILE = {
    "desk_case_file", "SELECT number, service_hash, version, progress FROM case_file WHERE id=?1", NULL, false};

/* Of a folded case: the rows that TASKS_OF_CASE would give. */
static result archived_tasks(const struct view *v, struct rows *out)
{
    enum { URGED = 15, ESCALATED }; /* of ARCHIVE_TASK */
    struct archived old;
    struct rows file;
    const struct sql_value id = sql_id(&v->c->id);
    TRY(archive_read(v->city, v->a, v->c->id, &v->key, &old));
    TRY(store_query(v->city->store, v->a, &OF_FILE, &id, 1, &file));
    *out = (struct rows){.ncols = C_COLUMNS, .n = file.n ? old.tasks.n : 0};
    struct sql_value *list = NEW_ARRAY(v->a, struct sql_value, out->n * C_COLUMNS + 1);
    for (size_t i = 0; i < out->n; i++) {
        struct sql_value *to = list + i * C_COLUMNS;
        const struct sql_value *from = row(&old.tasks, i);
        to[C_CASE] = id;
        memcpy(to + C_TOKEN, from, (C_DUE - C_TOKEN + 1) * sizeof *to); /* in the same order up to here */
        to[C_URGED] = from[URGED];
        to[C_ESCALATED] = from[ESCALATED];
        memcpy(to + C_NUMBER, row(&file, 0), 4 * sizeof *to);
    }
    out->v = list;
    return ok();
}

static result tasks_json(const struct view *v, const struct actor *x, const struct json **out,
                         const struct json **offers)
{
    static const char *const STATUS[] = {"open", "claimed", "waiting", "done", "cancelled"};
    struct rows rows;
    const struct process_state *state;
    struct json_builder list = json_builder(v->a), offered = json_builder(v->a);
    struct sql_value id = sql_id(&v->c->id);
    struct slice applicant = mask_name(v->a, json_string(json_get(v->c->vars, "applicant"), "name"));
    TRY(process_state_decode(v->a, service_model(v->service), v->c->engine, &state));
    TRY(store_query(v->city->store, v->a, &TASKS_OF_CASE, &id, 1, &rows));
    if (!rows.n) TRY(archived_tasks(v, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct sql_value *r = row(&rows, i);
        struct json_builder s = json_builder(v->a);
        json_set_cstr(&s, "status", STATUS[r[C_STATUS].i]);
        const struct json *t = json_merge(v->a, task_json(v->city, v->a, v->now, r, applicant), json_object(&s));
        if (slice_is(r[C_KIND].s, TASK_KIND_OFFER)) {
            if (r[C_STATUS].i < TASK_DONE) json_add(&offered, offer_json(v, state, r, t, may_do(v, x, state, r)));
            continue;
        }
        if (r[C_STATUS].i < TASK_DONE) t = json_merge(v->a, t, task_more(v, x, state, r));
        json_add(&list, t);
    }
    *out = json_array(&list);
    *offers = json_array(&offered);
    return ok();
}

static const struct stmt PAPERS = {
    "case_papers", "SELECT attachment FROM attachment_case WHERE case_id=?1 ORDER BY attachment", NULL, false};

/* The papers that came with the filing, and with a correction. */
static result papers_json(const struct view *v, const struct json **out)
{
    struct rows rows;
    struct json_builder list = json_builder(v->a);
    struct sql_value id = sql_id(&v->c->id);
    TRY(store_query(v->city->store, v->a, &PAPERS, &id, 1, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct attachment t;
        struct id paper;
        (void)id_from_bytes(row(&rows, i)[0].s, &paper);
        if (!failed(attachment_info(v->city, v->a, paper, &t))) json_add(&list, attachment_json(v->a, &t));
    }
    *out = json_array(&list);
    return ok();
}

/* What was last said of a standstill at this element. */
static const struct json *incident_fact(const struct view *v, struct slice node, instant *at)
{
    for (size_t i = v->nevents; i-- > 0;) {
        const struct json *facts = v->events[i].facts;
        for (size_t k = facts ? facts->n : 0; k-- > 0;) {
            const struct json *f = facts->items[k];
            if (!slice_is(json_string(f, "t"), "incident") || !slice_eq(json_string(f, "node"), node)) continue;
            *at = v->events[i].at;
            return json_get(f, "d");
        }
    }
    *at = 0;
    return NULL;
}

/* The element's name; an automatic step without an English one is called by what its verb does. */
static struct bitext incident_title(const struct view *v, const struct process_node *n)
{
    struct bitext t = view_task_title(n, n->id);
    const struct verb *verb = n->verb.n && !n->name_en.n ? city_verb(v->city->areas, n->verb) : NULL;
    if (verb) t.en = slice_cstr(verb->summary_en);
    return t;
}

/* Where the process stands still until somebody mends it, why, and whether this officer may have it tried again. */
static result incidents_json(const struct view *v, const struct actor *x, const struct json **out)
{
    struct json_builder list = json_builder(v->a);
    const struct process_state *state;
    const struct process_waiting *waiting;
    TRY(process_state_decode(v->a, service_model(v->service), v->c->engine, &state));
    size_t n = process_waiting(v->a, state, &waiting);
    for (size_t i = 0; i < n; i++) {
        if (waiting[i].why != WAIT_INCIDENT) continue;
        struct json_builder b = json_builder(v->a);
        json_set_str(&b, "node", waiting[i].node->id);
        json_set(&b, "title", bitext_json(v->a, incident_title(v, waiting[i].node)));
        instant at;
        const struct json *d = incident_fact(v, waiting[i].node->id, &at), *none = json_null();
        json_set(&b, "at", at ? json_of_string(v->a, instant_text(v->a, at)) : none);
        json_set(&b, "code", json_get(d, "code") ? json_get(d, "code") : none);
        json_set(&b, "text", json_get(d, "message") ? json_get(d, "message") : none);
        json_set(&b, "remedy", json_get(d, "remedy") ? json_get(d, "remedy") : none);
        json_set_bool(&b, "can_retry",
                      case_state_open(v->c->state) && actor_has_role(x, ROLE_HEAD, v->c->department, v->c->town));
        json_add(&list, json_object(&b));
    }
    *out = json_array(&list);
    return ok();
}

static const struct stmt RESUME_BY = {
    "desk_resume_by",
    "SELECT token, department, town FROM case_task WHERE case_id = ?1 AND (status = 3 OR (status < 3 AND kind = 'fill')) ORDER BY"
    " closed_at DESC, token DESC",
    NULL, false};

/* A stopped clock is let go on by an open task; where none is open for this officer (the process waits for a date or for somebody else),
 * by one that the deciding body has done. As case_clock_resume will ask again. */
static result resume_task(const struct view *v, const struct actor *x, const struct json **out)
{
    struct rows rows = {0};
    struct sql_value id = sql_id(&v->c->id);
    *out = json_null();
    if (!clock_is_stopped(&v->c->clock)) return ok();
    TRY(store_query(v->city->store, v->a, &RESUME_BY, &id, 1, &rows));
    for (size_t i = 0; i < rows.n && (*out)->type == JSON_NULL; i++) {
        const struct sql_value *t = row(&rows, i);
        if (actor_has_role(x, ROLE_HANDLER, t[1].s, t[2].s) || actor_has_role(x, ROLE_HEAD, t[1].s, t[2].s))
            *out = json_of_string(v->a, arena_printf(v->a, "%lld", (long long)t[0].i));
    }
    return ok();
}

result desk_case(struct city *c, struct arena *a, const struct actor *x, struct id case_id, instant now,
                 const struct json **out)
{
    enum case_audience who;
    struct id subject;
    struct view v;
    const struct json *view, *tasks, *offers, *papers, *incidents, *resume;
    struct json_builder b = json_builder(a);
    TRY(case_may_see(c, a, x, case_id, &who, &subject));
    TRY(read_record(c, a, x, now, subject, case_id, "case", S("task")));
    TRY(view_open(c, a, case_id, now, VIEW_STAFF, &v));
    TRY(view_json(&v, &view));
    TRY(tasks_json(&v, x, &tasks, &offers));
    TRY(papers_json(&v, &papers));
    json_set(&b, "attachments", papers);
    json_set(&b, "data", json_get(v.c->vars, "form"));
    json_set(&b, "vars", v.c->vars);
    json_set(&b, "schema", service_form_json(v.service));
    TRY(incidents_json(&v, x, &incidents));
    json_set(&b, "incidents", incidents);
    json_set(&b, "tasks", tasks);
    TRY(resume_task(&v, x, &resume));
    json_set(&b, "resume_task", resume);
    json_set(&b, "offers", offers);
    json_set(&b, "explanations", view_explanations(&v, true));
    json_set(&b, "review", view_review(&v));
    *out = json_merge(a, view, json_object(&b));
    return ok();
}

/* ---- search and figures ---- */

static const struct stmt BY_NUMBER = {"case_by_number",
                                      "SELECT id, number, service, state FROM case_file WHERE number=?1", NULL, false};
static const struct stmt BY_SUBJECT = {
    "case_by_subject", "SELECT id, number, service, state FROM case_file WHERE subject=?1 ORDER BY id DESC LIMIT 50",
    NULL, false};

static result search_rows(struct city *c, struct arena *a, struct slice q, struct rows *rows)
{
    static const char *const KINDS[] = {"resident_id", "uscc"};
    struct sql_value v = sql_text(q);
    TRY(store_query(c->store, a, &BY_NUMBER, &v, 1, rows));
    for (size_t i = 0; i < 2 && rows->n == 0; i++) {
        struct id subject;
        bool found = false;
        struct slice normal;
        if (failed(identity_number_check(a, slice_cstr(KINDS[i]), q, S("q"), &normal))) continue;
        TRY(subject_find(c, a, slice_cstr(KINDS[i]), normal, &subject, &found));
        if (!found) continue;
        v = sql_id(&subject);
        TRY(store_query(c->store, a, &BY_SUBJECT, &v, 1, rows));
    }
    return ok();
}

result desk_search(struct city *c, struct arena *a, const struct actor *x, struct slice q, instant now,
                   const struct json **out)
{
    struct rows rows;
    struct json_builder list = json_builder(a), b = json_builder(a);
    if (q.n < 6 || q.n > 64) return fail(a, CODE_FIELD_TYPE, S("q"), "expected", S("6-64"), NULL);
    TRY(search_rows(c, a, q, &rows));
    struct read_of *read = NEW_ARRAY(a, struct read_of, rows.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < rows.n; i++) {
        struct json_builder s = json_builder(a);
        struct id id, subject;
        enum case_audience who;
        if (!id_from_bytes(row(&rows, i)[0].s, &id) || failed(case_may_see(c, a, x, id, &who, &subject))) continue;
        read[n++] = (struct read_of){subject, id};
        json_set_str(&s, "id", id_text(a, id));
        json_set_str(&s, "number", row(&rows, i)[1].s);
        json_set_str(&s, "service", row(&rows, i)[2].s);
        json_set_cstr(&s, "state", case_state_name((enum case_state)row(&rows, i)[3].i));
        json_add(&list, json_object(&s));
    }
    TRY(read_record_all(c, a, x, now, read, n, "search", S("task")));
    json_set(&b, "items", json_array(&list));
    json_set(&b, "next", json_null());
    *out = json_object(&b);
    return ok();
}

/* Of the last 90 days, from indexes alone, and of the newest FIGURES_MOST at most: a department that does more in that time would wait longer
 * for its figures the more it does. One beyond them shows that there are more. */
enum { FIGURES_MOST = 10000 };
#define MOST_AND_ONE "10001"
#define FIGURES(name, column)                                                                                         \
    {                                                                                                                 \
        name,                                                                                                         \
            "SELECT d.done, (SELECT COUNT(*) FROM (SELECT due_at FROM case_task WHERE " column " = ?1 AND status < 3" \
            " LIMIT " MOST_AND_ONE ") o), d.good FROM"                                                                \
            " (SELECT COUNT(*) done, coalesce(sum(CASE WHEN due_at = 0 OR closed_at <= due_at THEN 1 ELSE 0 END), 0)" \
            " good FROM (SELECT closed_at, due_at FROM case_task WHERE " column " = ?1 AND status = 3"                \
            " AND closed_at >= ?2 ORDER BY closed_at DESC LIMIT " MOST_AND_ONE ") t) d",                              \
            NULL, false                                                                                               \
    }
static const struct stmt FIGURES_MINE = FIGURES("desk_figures_mine", "assignee");
static const struct stmt FIGURES_DEPARTMENT = FIGURES("desk_figures_department", "department");

static const struct json *figures_json(struct arena *a, const struct rows *r)
{
    struct json_builder b = json_builder(a);
    const struct sql_value *v = row(r, 0);
    bool done_more = v[0].i > FIGURES_MOST, open_more = v[1].i > FIGURES_MOST;
    json_set_int(&b, "done", done_more ? FIGURES_MOST : v[0].i);
    json_set_bool(&b, "done_more", done_more);
    json_set_int(&b, "open", open_more ? FIGURES_MOST : v[1].i);
    json_set_bool(&b, "open_more", open_more);
    json_set(&b, "on_time_share",
             v[0].i ? json_of_number(a, arena_printf(a, "%.4f", (double)v[2].i / (double)v[0].i)) : json_null());
    return json_object(&b);
}

result desk_statistics(struct city *c, struct arena *a, const struct actor *x, instant now, const struct json **out)
{
    struct rows mine, department;
    struct json_builder b = json_builder(a);
    const struct sql_value me[] = {sql_id(&x->account), sql_int(now - 90 * MS_DAY)};
    const struct sql_value dep[] = {sql_text(x->department), sql_int(now - 90 * MS_DAY)};
    TRY(store_query(c->store, a, &FIGURES_MINE, me, 2, &mine));
    TRY(store_query(c->store, a, &FIGURES_DEPARTMENT, dep, 2, &department));
    json_set(&b, "mine", figures_json(a, &mine));
    json_set(&b, "department", figures_json(a, &department));
    *out = json_object(&b);
    return ok();
}
