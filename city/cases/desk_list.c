/* Lists of tasks by clock: what falls due first comes first, what has no due date (or whose clock is stopped) last. */
#include "city/cases/desk.h"
#include "city/cases/view.h"

#include <stdlib.h>

#include "city/identity/desk.h"

/* ?1 whose, ?2 role, ?3 town, ?4 ?5 due between, ?6 ?7 ?8 after (due, case, token), ?9 service, ?10 number, ?11 how many;
 * an empty text is any. The names of the indexes in migrations.c; a test asks the planner. */
#define LIST_SQL(from, who)                                                                    \
    "SELECT " TASK_COLUMNS from " WHERE " who " AND t.status < 3 AND (?3 = '' OR t.town = ?3)" \
    " AND t.due_at >= ?4 AND t.due_at <= ?5 AND (t.due_at, t.case_id, t.token) > (?6, ?7, ?8)" \
    " AND (?9 = '' OR t.service = ?9) AND (?10 = '' OR f.number LIKE ?10)"                     \
    " ORDER BY t.due_at, t.case_id, t.token LIMIT ?11"
#define OF_ACCOUNT "t.assignee = ?1 AND (?2 = '' OR t.role = ?2)"
#define OF_GRANT "t.department = ?1 AND t.role = ?2"
#define OF_DEPARTMENT "t.department = ?1 AND (?2 = '' OR t.role = ?2)"
const struct stmt DESK_OF_ACCOUNT = {"desk_mine", LIST_SQL(TASK_FROM, OF_ACCOUNT), NULL, false};
const struct stmt DESK_OF_DEPARTMENT = {"desk_head", LIST_SQL(TASK_FROM, OF_DEPARTMENT), NULL, false};
/* SQLite has no statistics here and would take the department's index, however rare the role is in it. */
const struct stmt DESK_OF_GRANT = {
    "desk_grant",
    LIST_SQL(" FROM case_task t INDEXED BY case_task_grant JOIN case_file f ON f.id = t.case_id", OF_GRANT),
    LIST_SQL(TASK_FROM, OF_GRANT), false};

#define NAMES_AT_ONCE 25
static const struct stmt NAMES = {
    "desk_names",
    "SELECT f.id, f.vars_ct, k.wrapped FROM case_file f JOIN data_key k ON k.id = f.id WHERE f.id IN"
    " (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25)",
    NULL, false};

struct place {
    int64_t due;
    struct id case_id;
    int64_t token;
};
struct source { /* one query: my own tasks, or those of one grant */
    const struct stmt *q;
    struct sql_value whose;
    struct slice role, town;
    struct rows rows; /* of this round */
    bool dry;
};
struct listing {
    struct city *city;
    struct arena *a;
    const struct actor *x;
    const struct desk_filter *f;
    instant now;
    struct slice number; /* pattern */
    bool undated;        /* the second part: tasks without a due date */
    struct place at;
    struct source *sources;
    size_t nsources;
    const struct sql_value **kept;
    size_t n, wanted, round; /* round: rows read of a source at once */
};

/* ---- one task ---- */

/* By its step's clock, or the case's; its own due date makes it worse, never better. */
static enum light task_light(struct city *c, struct arena *a, instant now, const struct sql_value *v)
{
    struct case_row k = {.version = 0};
    enum light light = LIGHT_NONE;
    if (!failed(case_progress_read(a, v[C_PROGRESS].s, &k))) {
        const struct case_step *s = case_step_find(&k, v[C_STEP].s);
        const struct clock *clock = s && s->clock.started && s->clock.promised.n ? &s->clock : &k.clock;
        light = clock_light(c->calendar, clock, now);
    }
    if (light == LIGHT_RED || v[C_DUE].i == 0) return light;
    if (v[C_DUE].i < now) return LIGHT_RED;
    int64_t whole = v[C_DUE].i - v[C_OPENED].i, left = v[C_DUE].i - now;
    if (light != LIGHT_STOPPED && left * 5 < whole) return LIGHT_YELLOW;
    return light == LIGHT_NONE ? LIGHT_GREEN : light;
}

static const struct json *person(struct arena *a, const struct sql_value *v)
{
    struct id who;
    struct json_builder b = json_builder(a);
    if (v[C_ASSIGNEE].type == SQL_NULL || !id_from_bytes(v[C_ASSIGNEE].s, &who)) return json_null();
    json_set_str(&b, "id", id_text(a, who));
    json_set_str(&b, "name", v[C_ASSIGNEE_NAME].s);
    return json_object(&b);
}

const struct json *task_json(struct city *c, struct arena *a, instant now, const struct sql_value *v,
                             struct slice applicant)
{
    struct json_builder b = json_builder(a);
    const struct service *s = NULL;
    struct id case_id = ID_NONE;
    (void)id_from_bytes(v[C_CASE].s, &case_id);
    json_set_str(&b, "id", arena_printf(a, "%lld", (long long)v[C_TOKEN].i));
    json_set_str(&b, "case", id_text(a, case_id));
    json_set_str(&b, "case_number", v[C_NUMBER].s);
    json_set_str(&b, "service", v[C_SERVICE].s);
    json_set_str(&b, "step", v[C_STEP].s);
    json_set_str(&b, "kind", v[C_KIND].s);
    if (!failed(catalogue_by_hash(c->catalogue, a, v[C_HASH].s, &s))) {
        const struct process_node *n = model_node(service_model(s), v[C_NODE].s, v[C_STEP].s);
        json_set(&b, "service_name", bitext_json(a, service_name(s)));
        struct bitext title = view_task_title(n, v[C_NODE].s);
        if (slice_is(v[C_KIND].s, TASK_KIND_OFFER)) {
            title.zh = arena_printf(a, "可以开始：%.*s", SLICE_ARG(title.zh));
            title.en = arena_printf(a, "Can begin: %.*s", SLICE_ARG(title.en));
        }
        json_set(&b, "title", bitext_json(a, title));
    }
    json_set(&b, "department", citydata_department_json(a, catalogue_data(c->catalogue), v[C_DEPARTMENT].s));
    json_set_str(&b, "role", v[C_ROLE].s);
    json_set_str(&b, "town", v[C_TOWN].s);
    json_set_str(&b, "applicant", applicant);
    json_set_str(&b, "opened_at", instant_text(a, v[C_OPENED].i));
    json_set(&b, "due_at", v[C_DUE].i ? json_of_string(a, instant_text(a, v[C_DUE].i)) : json_null());
    json_set_cstr(&b, "light", light_name(task_light(c, a, now, v)));
    json_set_bool(&b, "waiting", v[C_STATUS].i == TASK_WAITING);
    json_set(&b, "assignee", person(a, v));
    json_set_int(&b, "urged", v[C_URGED].i);
    json_set_bool(&b, "escalated", v[C_ESCALATED].i != 0);
    json_set_int(&b, "version", v[C_VERSION].i);
    return json_object(&b);
}

/* ---- gathering ---- */

static void add_source(struct listing *l, const struct stmt *q, struct sql_value whose, struct slice role,
                       struct slice town)
{
    if (slice_is(town, "*")) town = S("");
    l->sources[l->nsources++] = (struct source){.q = q, .whose = whose, .role = role, .town = town};
}

/* My own, with those of colleagues whom I cover; or what my roles give me to do. */
static result sources(struct listing *l)
{
    const struct actor *x = l->x;
    const struct id *covered;
    size_t ncovered = 0;
    if (l->f->scope == DESK_MINE)
        TRY(absence_covered(l->city, l->a, x->account, day_of_instant(l->now), &covered, &ncovered));
    l->sources = NEW_ARRAY(l->a, struct source, x->ngrants + ncovered + 1);
    if (l->f->scope == DESK_MINE) {
        add_source(l, &DESK_OF_ACCOUNT, sql_id(&x->account), S(""), S(""));
        for (size_t i = 0; i < ncovered; i++) add_source(l, &DESK_OF_ACCOUNT, sql_id(&covered[i]), S(""), S(""));
        return ok();
    }
    for (size_t i = 0; i < x->ngrants; i++) {
        const struct role_grant *g = &x->grants[i];
        if (l->f->scope == DESK_WINDOW && g->role != ROLE_WINDOW) continue;
        struct sql_value department = sql_text(slice_is(g->department, "*") ? x->department : g->department);
        if (g->role == ROLE_HEAD)
            add_source(l, &DESK_OF_DEPARTMENT, department, S(""), g->town);
        else
            add_source(l, &DESK_OF_GRANT, department, slice_cstr(role_name(g->role)), g->town);
    }
    return ok();
}

static int compare_places(const struct sql_value *a, const struct sql_value *b)
{
    if (a[C_DUE].i != b[C_DUE].i) return a[C_DUE].i < b[C_DUE].i ? -1 : 1;
    int c = slice_cmp(a[C_CASE].s, b[C_CASE].s);
    return c ? c : (a[C_TOKEN].i > b[C_TOKEN].i) - (a[C_TOKEN].i < b[C_TOKEN].i);
}

static int by_place(const void *p, const void *q)
{
    return compare_places(*(const struct sql_value *const *)p, *(const struct sql_value *const *)q);
}

/* Reads on from l->at. *end: the last row up to which every source was read; NULL: all of them are dry. */
static result read_round(struct listing *l, struct arena *a, const struct sql_value **end, size_t *n)
{
    *end = NULL;
    *n = 0;
    for (size_t i = 0; i < l->nsources; i++) {
        struct source *s = &l->sources[i];
        const struct sql_value v[] = {s->whose,
                                      sql_text(s->role),
                                      sql_text(s->town),
                                      sql_int(l->undated ? 0 : 1),
                                      sql_int(l->undated ? 0 : INT64_MAX),
                                      sql_int(l->at.due),
                                      sql_id(&l->at.case_id),
                                      sql_int(l->at.token),
                                      sql_text(l->f->service),
                                      sql_text(l->number),
                                      sql_int((int64_t)l->round)};
        TRY(store_query(l->city->store, a, s->q, v, sizeof v / sizeof *v, &s->rows));
        *n += s->rows.n;
        s->dry = s->rows.n < l->round;
        if (s->dry) continue;
        const struct sql_value *last = row(&s->rows, s->rows.n - 1);
        if (!*end || compare_places(last, *end) < 0) *end = last;
    }
    return ok();
}

static const struct sql_value *copy_row(struct arena *a, const struct sql_value *v)
{
    struct sql_value *out = NEW_ARRAY(a, struct sql_value, C_COLUMNS);
    for (size_t i = 0; i < C_COLUMNS; i++) {
        out[i] = v[i];
        if (v[i].s.n) out[i].s = arena_copy(a, v[i].s);
    }
    return out;
}

/* One round: what was read in common, in order, each task once, of the light asked for. */
static result gather_round(struct listing *l, struct arena *a, bool *dry)
{
    const struct sql_value *end, *before = NULL;
    size_t n, at = 0;
    TRY(read_round(l, a, &end, &n));
    *dry = end == NULL;
    const struct sql_value **list = NEW_ARRAY(a, const struct sql_value *, n + 1);
    for (size_t i = 0; i < l->nsources; i++)
        for (size_t k = 0; k < l->sources[i].rows.n; k++) list[at++] = row(&l->sources[i].rows, k);
    if (n) qsort(list, n, sizeof *list, by_place);
    for (size_t i = 0; i < n && l->n < l->wanted; i++) {
        if (end && compare_places(list[i], end) > 0) break;
        bool again = before && compare_places(list[i], before) == 0;
        before = list[i];
        l->at.due = before[C_DUE].i;
        l->at.token = before[C_TOKEN].i;
        (void)id_from_bytes(before[C_CASE].s, &l->at.case_id);
        if (again) continue;
        if (l->f->light.n && !slice_is(l->f->light, light_name(task_light(l->city, a, l->now, before)))) continue;
        l->kept[l->n++] = copy_row(l->a, before);
    }
    return ok();
}

static void begin_part(struct listing *l, bool undated)
{
    l->undated = undated;
    l->at = (struct place){.due = 0, .token = -1};
    l->at.case_id.b[15] = 1; /* ID_NONE would bind NULL */
}

static result gather(struct listing *l)
{
    for (;;) {
        bool dry = true;
        struct arena *page = arena_new("desk page");
        result res = result_copy(l->a, gather_round(l, page, &dry));
        arena_free(page);
        TRY(res);
        if (l->n == l->wanted || (dry && l->undated)) return ok();
        if (dry) begin_part(l, true);
    }
}

/* ---- the page ---- */

static result applicant_of(const struct listing *l, const struct sql_value *v, struct slice *name)
{
    struct id id;
    struct data_key key;
    struct slice plain;
    const struct json *vars = NULL;
    *name = S("");
    if (!id_from_bytes(v[0].s, &id)) return ok();
    if (v[2].s.n == 0) return ok(); /* erased: the task is still there, whose it was is not */
    TRY(vault_unwrap(l->city, l->a, id, v[2].s, &key));
    TRY(vault_open(l->a, &key, "case.vars", v[1].s, &plain));
    TRY(json_parse(l->a, plain, 4 * 1024 * 1024, S("vars"), &vars));
    *name = mask_name(l->a, json_string(json_get(vars, "applicant"), "name"));
    return ok();
}

/* Masked names of the applicants of kept[from … from + NAMES_AT_ONCE). */
static result names(const struct listing *l, size_t from, size_t n, struct slice *out)
{
    struct sql_value v[NAMES_AT_ONCE];
    struct rows rows;
    for (size_t i = 0; i < NAMES_AT_ONCE; i++) v[i] = l->kept[from + (i < n ? i : 0)][C_CASE];
    TRY(store_query(l->city->store, l->a, &NAMES, v, NAMES_AT_ONCE, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct slice name;
        TRY(applicant_of(l, row(&rows, i), &name));
        for (size_t k = 0; k < n; k++)
            if (slice_eq(l->kept[from + k][C_CASE].s, row(&rows, i)[0].s)) out[k] = name;
    }
    return ok();
}

static result cursor_read(struct listing *l)
{
    struct slice due, rest, id, token;
    begin_part(l, false);
    if (l->f->cursor.n == 0) return ok();
    bool good = slice_cut(l->f->cursor, ':', &due, &rest) && slice_cut(rest, ':', &id, &token) &&
                slice_int64(due, &l->at.due) && l->at.due >= 0 && id_scan(id, &l->at.case_id) &&
                slice_int64(token, &l->at.token);
    l->undated = l->at.due == 0;
    return good ? ok() : fail(l->a, CODE_ID_INVALID, S("cursor"), "value", l->f->cursor, NULL);
}

static const struct json *cursor_of(struct arena *a, const struct sql_value *v)
{
    struct id id = ID_NONE;
    (void)id_from_bytes(v[C_CASE].s, &id);
    return json_of_string(a, arena_printf(a, "%lld:%.*s:%lld", (long long)v[C_DUE].i, SLICE_ARG(id_text(a, id)),
                                          (long long)v[C_TOKEN].i));
}

/* Part of a case number, as a pattern. False: no number looks like this. */
static bool number_pattern(struct listing *l)
{
    struct buf b = buf_new(l->a, 256);
    struct slice q = l->f->q;
    l->number = S("");
    if (q.n == 0) return true;
    if (q.n > 64) return false;
    buf_putc(&b, '%');
    for (size_t i = 0; i < q.n; i++) {
        char c = q.p[i];
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))) return false;
        buf_putc(&b, c);
    }
    buf_putc(&b, '%');
    l->number = buf_slice(&b);
    return true;
}

result desk_tasks(struct city *c, struct arena *a, const struct actor *x, const struct desk_filter *f, instant now,
                  const struct json **out)
{
    struct listing l = {.city = c, .a = a, .x = x, .f = f, .now = now, .wanted = (size_t)f->limit + 1};
    struct json_builder list = json_builder(a), b = json_builder(a);
    size_t limit = (size_t)f->limit;
    TRY(cursor_read(&l));
    TRY(sources(&l));
    l.round = f->light.n && l.wanted < 256 ? 256 : l.wanted;
    l.kept = NEW_ARRAY(a, const struct sql_value *, l.wanted);
    if (number_pattern(&l)) TRY(gather(&l));
    size_t shown = l.n < limit ? l.n : limit;
    for (size_t from = 0; from < shown; from += NAMES_AT_ONCE) {
        struct slice applicants[NAMES_AT_ONCE] = {{NULL, 0}};
        size_t n = shown - from < NAMES_AT_ONCE ? shown - from : NAMES_AT_ONCE;
        TRY(names(&l, from, n, applicants));
        for (size_t i = 0; i < n; i++) json_add(&list, task_json(c, a, now, l.kept[from + i], applicants[i]));
    }
    json_set(&b, "items", json_array(&list));
    json_set(&b, "next", l.n > limit ? cursor_of(a, l.kept[limit - 1]) : json_null());
    *out = json_object(&b);
    return ok();
}
