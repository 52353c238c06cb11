/* What would become of a case under another version: played without writing anything. Values of the case are evaluated and none is
 * told: a group names elements, fields and steps only. */
#include "city/cases/migration_parts.h"
#include "city/cases/view.h"

struct told {
    struct arena *a;
    struct city *c;
    const struct plan *p;
    struct json_builder list; /* of texts */
    size_t n;
};

static void say(struct told *t, struct slice zh, struct slice en)
{
    if (t->n++ < 40) json_add(&t->list, bitext_json(t->a, (struct bitext){zh, en}));
}

static struct bitext title(const struct process_node *n)
{
    return view_task_title(n, n->id);
}

const struct json *problems_words(struct arena *a, result r)
{
    struct json_builder list = json_builder(a);
    for (const struct problem *p = r.problem; p; p = p->next)
        json_add(&list, bitext_json(a, (struct bitext){problem_text(a, p, LANG_ZH), problem_text(a, p, LANG_EN)}));
    return json_array(&list);
}

/* ---- where it stands ---- */

static const char *why_word(enum process_waits w)
{
    static const char *const WORDS[] = {
        [WAIT_TASK] = "task", [WAIT_VERB] = "verb",         [WAIT_TIMER] = "timer", [WAIT_CHILD] = "inside",
        [WAIT_JOIN] = "join", [WAIT_INCIDENT] = "incident", [WAIT_EVENT] = "event", [WAIT_OFFER] = "offer"};
    return WORDS[w];
}

static bool shown(const struct process_waiting *w)
{
    return w->why != WAIT_BOUNDARY && w->why != WAIT_CONDITION;
}

static const struct json *places(struct arena *a, const struct process_state *s)
{
    const struct process_waiting *w;
    size_t n = process_waiting(a, s, &w);
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < n; i++) {
        size_t same = 0;
        bool before = false;
        for (size_t k = 0; k < n; k++) {
            bool alike = shown(&w[k]) && w[k].why == w[i].why && slice_eq(w[k].node->id, w[i].node->id);
            same += alike;
            before = before || (alike && k < i);
        }
        if (!shown(&w[i]) || before) continue;
        struct json_builder b = json_builder(a);
        json_set_str(&b, "id", w[i].node->id);
        json_set(&b, "title", bitext_json(a, title(w[i].node)));
        json_set_cstr(&b, "why", why_word(w[i].why));
        json_set_int(&b, "n", (int64_t)same);
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

/* ---- what changes ---- */

static struct bitext department(const struct told *t, struct slice code)
{
    const struct department *d = citydata_department(catalogue_data(t->c->catalogue), code);
    return d ? d->name : (struct bitext){code, code};
}

static void task_change(struct told *t, const struct process_node *old, const struct process_node *new)
{
    struct bitext name = title(new);
    struct arena *a = t->a;
    if (!slice_eq(old->id, new->id))
        say(t, arena_printf(a, "“%.*s”改为“%.*s”", SLICE_ARG(title(old).zh), SLICE_ARG(name.zh)),
            arena_printf(a, "\"%.*s\" becomes \"%.*s\"", SLICE_ARG(title(old).en), SLICE_ARG(name.en)));
    if (!slice_eq(old->department, new->department)) {
        struct bitext x = department(t, old->department), y = department(t, new->department);
        say(t, arena_printf(a, "“%.*s”的办理部门：%.*s → %.*s", SLICE_ARG(name.zh), SLICE_ARG(x.zh), SLICE_ARG(y.zh)),
            arena_printf(a, "\"%.*s\" goes from %.*s to %.*s", SLICE_ARG(name.en), SLICE_ARG(x.en), SLICE_ARG(y.en)));
    }
    if (!slice_eq(old->role, new->role))
        say(t,
            arena_printf(a, "“%.*s”的办理岗位：%.*s → %.*s", SLICE_ARG(name.zh), SLICE_ARG(old->role),
                         SLICE_ARG(new->role)),
            arena_printf(a, "\"%.*s\" is for the role %.*s instead of %.*s", SLICE_ARG(name.en), SLICE_ARG(new->role),
                         SLICE_ARG(old->role)));
    if (!slice_eq(old->clock, new->clock))
        say(t,
            arena_printf(a, "“%.*s”的环节时限：%.*s → %.*s（自任务产生之日起算，不超过全程时限）", SLICE_ARG(name.zh),
                         SLICE_ARG(old->clock.n ? old->clock : S("无")),
                         SLICE_ARG(new->clock.n ? new->clock : S("无"))),
            arena_printf(
                a,
                "the limit of \"%.*s\": %.*s instead of %.*s, counted from when it was opened, within that of the case",
                SLICE_ARG(name.en), SLICE_ARG(new->clock.n ? new->clock : S("none")),
                SLICE_ARG(old->clock.n ? old->clock : S("none"))));
    if (!slice_eq(old->form, new->form))
        say(t, arena_printf(a, "“%.*s”改用另一份表单", SLICE_ARG(name.zh)),
            arena_printf(a, "\"%.*s\" has another form", SLICE_ARG(name.en)));
}

static void effect_change(struct told *t, const struct process_waiting *before, size_t n, const struct effect *e)
{
    struct bitext name = e->node ? title(e->node) : (struct bitext){e->step, e->step};
    switch (e->type) {
    case EFF_TASK_CHANGED:
        for (size_t i = 0; i < n; i++)
            if (before[i].token == e->token) task_change(t, before[i].node, e->node);
        break;
    case EFF_TIMER:
        say(t, arena_printf(t->a, "开始计时“%.*s”", SLICE_ARG(name.zh)),
            arena_printf(t->a, "the timer \"%.*s\" begins", SLICE_ARG(name.en)));
        break;
    case EFF_TIMER_CANCELLED:
        say(t, arena_printf(t->a, "不再计时“%.*s”", SLICE_ARG(name.zh)),
            arena_printf(t->a, "the timer \"%.*s\" ends", SLICE_ARG(name.en)));
        break;
    case EFF_TASK:
        say(t, arena_printf(t->a, "随即进入“%.*s”", SLICE_ARG(name.zh)),
            arena_printf(t->a, "\"%.*s\" is opened at once", SLICE_ARG(name.en)));
        break;
    default: break;
    }
}

static void lacking(struct told *t, const struct slice *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        say(t, arena_printf(t->a, "缺少变量：%.*s", SLICE_ARG(names[i])),
            arena_printf(t->a, "lacks the variable %.*s", SLICE_ARG(names[i])));
}

/* ---- one case ---- */

struct look {
    struct case_row row;
    const struct process_state *state;
    struct process_outcome o;
    result problem;
};

static result play(struct city *c, struct arena *a, const struct plan *p, struct look *l, instant now)
{
    struct process_step_env env = {.calendar = c->calendar};
    TRY(process_migrate(a, l->state, l->row.vars, service_model(p->to), &p->how, now, &env, &l->o));
    const struct slice *names;
    size_t n = migration_lacks(a, l->state, l->row.vars, &l->o, &names);
    if (!n) return ok();
    struct buf b = buf_new(a, 4096);
    for (size_t i = 0; i < n; i++) {
        if (i) buf_puts(&b, ", ");
        buf_put(&b, names[i]);
    }
    return fail(a, CODE_MIGRATION_LACKS, S("case"), "value", buf_slice(&b), NULL);
}

static const struct json *changes(struct city *c, struct arena *a, const struct plan *p, const struct look *l)
{
    struct told t = {.a = a, .c = c, .p = p, .list = json_builder(a)};
    const struct process_waiting *before;
    const struct slice *names;
    size_t n = process_waiting(a, l->state, &before);
    for (size_t i = 0; i < l->o.n; i++) effect_change(&t, before, n, &l->o.effects[i]);
    lacking(&t, names, migration_lacks(a, l->state, l->row.vars, &l->o, &names));
    return json_array(&t.list);
}

result look_at_case(struct city *c, struct arena *a, const struct plan *p, struct id case_id, instant now,
                    const struct json **group, struct slice *number, bool *can)
{
    struct look l = {.state = NULL};
    struct json_builder b = json_builder(a), none = json_builder(a);
    *group = NULL;
    result r = case_read(c, a, case_id, &l.row, NULL);
    if (failed(r)) return result_code(r) == CODE_NOT_FOUND || result_code(r) == CODE_VAULT_ERASED ? ok() : r;
    if (!case_state_open(l.row.state) || !slice_eq(l.row.service_hash, service_hash(p->from))) return ok();
    TRY(process_state_decode(a, service_model(p->from), l.row.engine, &l.state));
    l.problem = play(c, a, p, &l, now);
    *can = !failed(l.problem);
    *number = l.row.number;
    json_set(&b, "places", places(a, l.state));
    json_set_bool(&b, "can", *can);
    json_set(&b, "problems", problems_words(a, l.problem));
    json_set(&b, "changes", *can ? changes(c, a, p, &l) : json_array(&none));
    *group = json_object(&b);
    return ok();
}

/* ---- groups ---- */

static bool same_group(const struct json *g, const struct json *x)
{
    return json_equal(json_get(g, "places"), json_get(x, "places")) &&
           json_bool(g, "can", false) == json_bool(x, "can", false) &&
           json_equal(json_get(g, "problems"), json_get(x, "problems")) &&
           json_equal(json_get(g, "changes"), json_get(x, "changes"));
}

static const struct json *with_case(struct arena *a, const struct json *g, struct slice number)
{
    struct json_builder b = json_builder(a), numbers = json_builder(a);
    const struct json *had = json_get(g, "numbers");
    for (size_t i = 0; had && i < had->n; i++) json_add(&numbers, had->items[i]);
    if (!had || had->n < NUMBERS_MOST) json_add(&numbers, json_of_string(a, number));
    json_set_int(&b, "cases", json_int(g, "cases", 0) + 1);
    json_set(&b, "numbers", json_array(&numbers));
    return json_merge(a, g, json_object(&b));
}

const struct json *group_add(struct arena *a, const struct json *groups, const struct json *group, struct slice number)
{
    struct json_builder list = json_builder(a);
    bool found = false;
    for (size_t i = 0; groups && i < groups->n; i++) {
        const struct json *g = groups->items[i];
        bool rest = groups->n == GROUPS_MOST && i + 1 == groups->n && !found;
        if (!found && (rest || same_group(g, group))) {
            g = with_case(a, g, number);
            found = true;
        }
        json_add(&list, g);
    }
    if (!found) json_add(&list, with_case(a, group, number));
    return json_array(&list);
}

/* ---- what changes for all ---- */

static void limit_note(struct told *t, struct limit was, struct limit is, const char *zh, const char *en)
{
    if (was.n == is.n && was.unit == is.unit) return;
    say(t, arena_printf(t->a, "新版本的%s不同；正在办理的件仍按受理时的时限", zh),
        arena_printf(t->a, "the new version's %s is another; cases under way keep the one they were accepted under",
                     en));
}

const struct json *plan_notes(struct arena *a, const struct plan *p)
{
    struct told t = {.a = a, .p = p, .list = json_builder(a)};
    const struct service_step *list;
    say(&t, S("办理时限只依法律改变：迁移不改变受理时间、暂停和法定期限，也不延长承诺期限"),
        S("A case's time changes by law only: migration moves neither when it began, nor its stops, nor the statutory limit, and lengthens no promise"));
    limit_note(&t, service_statutory(p->from), service_statutory(p->to), "法定期限", "statutory limit");
    limit_note(&t, service_promised(p->from), service_promised(p->to), "承诺期限", "promised limit");
    size_t n = service_steps(p->to, &list);
    for (size_t i = 0; i < n; i++)
        if (!service_step_find(p->from, list[i].key))
            say(&t, arena_printf(a, "新增环节“%.*s”", SLICE_ARG(list[i].name.zh)),
                arena_printf(a, "a new step: %.*s", SLICE_ARG(list[i].name.en)));
    n = service_steps(p->from, &list);
    for (size_t i = 0; i < n; i++)
        if (!service_step_find(p->to, list[i].key))
            say(&t, arena_printf(a, "不再有环节“%.*s”", SLICE_ARG(list[i].name.zh)),
                arena_printf(a, "a step that is gone: %.*s", SLICE_ARG(list[i].name.en)));
    if (!json_equal(service_form_json(p->from), service_form_json(p->to)))
        say(&t, S("申请表已修订；已提交的申请不须重填"),
            S("The form is another; what was applied for need not be filled in again"));
    return json_array(&t.list);
}
