#include "engine/process/testkit.h"

/* --- notation to BPMN --- */

static struct slice word(struct slice *line)
{
    *line = slice_trim(*line);
    size_t n = 0;
    while (n < line->n && line->p[n] != ' ') n++;
    struct slice w = slice_sub(*line, 0, n);
    *line = slice_trim(slice_sub(*line, n, line->n));
    return w;
}

/* The target of "id => target" anywhere in the notation. */
static struct slice default_of(struct slice text, struct slice id)
{
    for (bool more = true; more;) {
        struct slice line;
        more = slice_cut(text, '\n', &line, &text);
        struct slice from = word(&line), arrow = word(&line), to = word(&line);
        if (slice_eq(from, id) && slice_is(arrow, "=>")) return to;
    }
    return (struct slice){0};
}

static void flow(struct buf *b, struct slice from, struct slice to, struct slice rest)
{
    buf_printf(b, "<sequenceFlow id=\"%.*s_%.*s\" sourceRef=\"%.*s\" targetRef=\"%.*s\"", SLICE_ARG(from),
               SLICE_ARG(to), SLICE_ARG(from), SLICE_ARG(to));
    if (rest.n && rest.p[0] == ':') {
        buf_puts(b, "><conditionExpression>");
        xml_escape(b, slice_trim(slice_sub(rest, 1, rest.n)));
        buf_puts(b, "</conditionExpression></sequenceFlow>");
    } else {
        buf_puts(b, "/>");
    }
}

static void element(struct buf *b, struct slice all, struct slice kind, struct slice rest)
{
    struct slice id = word(&rest), head = rest, content = {0};
    bool open = slice_ends(rest, S("{"));
    if (open)
        head = slice_sub(rest, 0, rest.n - 1);
    else
        slice_cut(rest, '|', &head, &content);
    struct slice dflt = default_of(all, id);
    buf_printf(b, "<%.*s id=\"%.*s\" %.*s", SLICE_ARG(kind), SLICE_ARG(id), SLICE_ARG(head));
    if (dflt.n) buf_printf(b, " default=\"%.*s_%.*s\"", SLICE_ARG(id), SLICE_ARG(dflt));
    if (open)
        buf_puts(b, ">");
    else
        buf_printf(b, ">%.*s</%.*s>", SLICE_ARG(content), SLICE_ARG(kind));
}

struct slice kit_bpmn(struct arena *a, const char *attributes, const char *notation)
{
    struct buf b = buf_new(a, 1 << 20);
    struct slice all = slice_cstr(notation), text = all;
    struct slice closing[16];
    size_t depth = 0;
    bool process_open = true;
    buf_puts(&b, "<definitions xmlns=\"" BPMN_NS "\" xmlns:tb=\"" TB_NS
                 "\"><error id=\"E1\" errorCode=\"late\"/><error id=\"E2\" errorCode=\"broken\"/>"
                 "<escalation id=\"X1\" escalationCode=\"up\"/><signal id=\"S1\" name=\"bell\"/>"
                 "<message id=\"M1\" name=\"letter\"/>");
    buf_printf(&b, "<process id=\"p1\" isExecutable=\"true\" %s>", attributes);
    for (bool more = true; more;) {
        struct slice line, rest;
        more = slice_cut(text, '\n', &line, &text);
        rest = line = slice_trim(line);
        struct slice first = word(&rest), second = word(&(struct slice){rest.p, rest.n});
        if (first.n && first.p[0] == '<') {
            buf_put(&b, line);
        } else if (slice_is(first, "}")) {
            depth--;
            buf_printf(&b, "</%.*s>", SLICE_ARG(closing[depth]));
        } else if (slice_is(second, "->") || slice_is(second, "=>")) {
            word(&rest);
            struct slice to = word(&rest);
            flow(&b, first, to, rest);
        } else if (first.n) {
            if (slice_is(first, "process") && process_open) {
                buf_puts(&b, "</process>");
                process_open = false;
            }
            if (slice_ends(rest, S("{"))) closing[depth++] = first;
            element(&b, all, first, rest);
        }
        buf_putc(&b, '\n');
    }
    if (process_open) buf_puts(&b, "</process>");
    buf_puts(&b, "</definitions>");
    return buf_slice(&b);
}

/* --- environment --- */

static bool kit_verb(void *ctx, struct slice name, enum verb_kind *kind, const struct json **schema)
{
    struct kit *k = ctx;
    *kind = slice_starts(name, S("job.")) ? VERB_JOB : VERB_LOCAL;
    *schema = NULL;
    if (slice_is(name, "local.strict"))
        *schema = test_json(k->a, S("{\"properties\":{\"a\":{},\"b\":{}},\"required\":[\"a\"]}"));
    return slice_starts(name, S("job.")) || slice_starts(name, S("local."));
}

static const struct dmn *kit_decision(void *ctx, struct slice name, bool *shared)
{
    *shared = false;
    struct kit *k = ctx;
    return slice_is(name, "grade") ? k->dmn : NULL;
}

static const struct process_model *kit_called(void *ctx, struct slice name)
{
    struct kit *k = ctx;
    for (size_t i = 0; i < sizeof k->called / sizeof *k->called; i++)
        if (k->called[i] && slice_eq(k->called[i]->service, name)) return k->called[i];
    return NULL;
}

static bool kit_department(void *ctx, struct slice code)
{
    (void)ctx;
    return slice_is(code, "scjg") || slice_is(code, "tax");
}

static bool kit_form(void *ctx, struct slice name)
{
    (void)ctx;
    return slice_is(name, "form1");
}

const char kit_grade_dmn[] =
    "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" id=\"d\" name=\"d\" namespace=\"urn:test\">"
    "<inputData id=\"score\" name=\"score\"><variable id=\"sv\" name=\"score\" typeRef=\"number\"/></inputData>"
    "<decision id=\"grade\" name=\"grade\"><variable id=\"v\" name=\"grade\" typeRef=\"string\"/>"
    "<informationRequirement id=\"q\"><requiredInput href=\"#score\"/></informationRequirement><decisionTable id=\"t\" hitPolicy=\"UNIQUE\">"
    "<input id=\"i\"><inputExpression id=\"ie\" typeRef=\"number\"><text>score</text></inputExpression></input><output id=\"o\" typeRef=\"string\"/>"
    "<rule id=\"r1\"><inputEntry id=\"r1i\"><text>&gt;= 60</text></inputEntry><outputEntry id=\"r1o\"><text>\"pass\"</text></outputEntry></rule>"
    "<rule id=\"r2\"><inputEntry id=\"r2i\"><text>&lt; 60</text></inputEntry><outputEntry id=\"r2o\"><text>\"fail\"</text></outputEntry></rule>"
    "</decisionTable></decision></definitions>";

void kit_init(struct kit *k, struct arena *a)
{
    *k = (struct kit){.a = a};
    assert_good(a, dmn_compile(a, slice_cstr(kit_grade_dmn), S("grade.dmn"), &k->dmn));
    k->env = (struct process_env){.ctx = k,
                                  .verb = kit_verb,
                                  .decision = kit_decision,
                                  .called = kit_called,
                                  .department = kit_department,
                                  .form = kit_form};
}

const struct process_model *kit_compile(struct kit *k, const char *notation)
{
    const struct process_model *m = NULL;
    assert_good(k->a, compile_file(k->a, kit_bpmn(k->a, "", notation), S("process.bpmn"), &k->env, true,
                                   (struct slice){0}, &m));
    return m;
}

result kit_faults(struct kit *k, const char *attributes, const char *notation)
{
    const struct process_model *m = NULL;
    return process_compile(k->a, kit_bpmn(k->a, attributes, notation), S("process.bpmn"), &k->env, &m);
}

const struct calendar *kit_calendar(struct arena *a)
{
    const struct json *year = test_json(a, S("{\"year\":2021,\"days\":[]}"));
    struct calendar *c = NULL;
    assert_good(a, calendar_new(a, &year, 1, (struct office_hours){{540, 870}, {720, 1050}}, &c));
    return c;
}

/* --- driver --- */

static void check_equal(struct play *p, const struct process_outcome *x, const struct process_outcome *y)
{
    assert_int_equal(x->n, y->n);
    assert_int_equal(x->ended, y->ended);
    for (size_t i = 0; i < x->n; i++) {
        const struct effect *e = &x->effects[i], *f = &y->effects[i];
        assert_int_equal(e->type, f->type);
        assert_int_equal(e->token, f->token);
        assert_ptr_equal(e->node, f->node);
        assert_true(slice_eq(e->step, f->step) && slice_eq(e->department, f->department) && slice_eq(e->role, f->role));
        assert_true(e->due == f->due && e->verb_kind == f->verb_kind);
        if (e->data || f->data) assert_true(slice_eq(json_write(p->a, e->data), json_write(p->a, f->data)));
    }
    assert_true(slice_eq(json_write(p->a, x->vars), json_write(p->a, y->vars)));
    assert_true(slice_eq(process_state_encode(p->a, x->state), process_state_encode(p->a, y->state)));
}

static bool opens(enum effect_type t)
{
    return t == EFF_TASK || t == EFF_VERB || t == EFF_TIMER || t == EFF_AWAIT || t == EFF_OFFERED;
}

/* Numbers of things opened by this event are new, rise, and are told once; what waits was told at some time. */
static void check_tokens(struct play *p, const struct process_outcome *out)
{
    const struct process_waiting *w;
    size_t n = process_waiting(p->a, out->state, &w);
    uint32_t before = p->highest;
    for (size_t i = 0; i < out->n; i++) {
        if (!opens(out->effects[i].type)) continue;
        assert_true(out->effects[i].token > before);
        for (size_t k = 0; k < i; k++)
            if (opens(out->effects[k].type)) assert_int_not_equal(out->effects[k].token, out->effects[i].token);
        if (out->effects[i].token > p->highest) p->highest = out->effects[i].token;
    }
    for (size_t i = 0; i < n; i++) {
        if (i > 0) assert_true(w[i].token > w[i - 1].token);
        bool told = w[i].token <= before || w[i].why == WAIT_CHILD || w[i].why == WAIT_JOIN ||
                    w[i].why == WAIT_INCIDENT || w[i].why == WAIT_EVENT || w[i].why == WAIT_CONDITION;
        for (size_t k = 0; k < out->n && !told; k++)
            told = opens(out->effects[k].type) && out->effects[k].token == w[i].token;
        assert_true(told);
        if (w[i].token > p->highest) p->highest = w[i].token;
    }
    assert_int_equal(n == 0, out->ended); /* nothing is lost: a process that is not over waits for something */
}

result play_event(struct play *p, enum process_event_type type, uint32_t token, const char *data)
{
    return play_named(p, type, token, "", data);
}

result play_named(struct play *p, enum process_event_type type, uint32_t token, const char *name, const char *data)
{
    struct process_event e = {.type = type,
                              .token = token,
                              .data = data ? test_json(p->a, slice_cstr(data)) : NULL,
                              .at = p->at,
                              .name = slice_cstr(name)};
    struct slice vars_before = json_write(p->a, p->vars), bytes = process_state_encode(p->a, p->s);
    const struct process_state *decoded = NULL;
    assert_good(p->a, process_state_decode(p->a, p->m, bytes, &decoded));
    assert_true(slice_eq(bytes, process_state_encode(p->a, decoded)));
    struct process_outcome x, y;
    result r = process_step(p->a, p->m, p->s, p->vars, &e, &p->env, &x);
    result again = process_step(p->a, p->m, decoded, p->vars, &e, &p->env, &y);
    assert_true(slice_eq(vars_before, json_write(p->a, p->vars)));
    assert_true(slice_eq(bytes, process_state_encode(p->a, p->s)));
    assert_int_equal(result_code(r), result_code(again));
    if (failed(r)) return r;
    check_equal(p, &x, &y);
    check_tokens(p, &x);
    p->last = x;
    p->s = x.state;
    p->vars = x.vars;
    size_t n = process_state_encode(p->a, x.state).n;
    if (n > p->longest) p->longest = n;
    const struct effect *end = play_effect(p, EFF_ENDED, NULL);
    assert_int_equal(end != NULL, x.ended);
    if (end) {
        assert_ptr_equal(end, &x.effects[x.n - 1]);
        p->ended = end->data;
    }
    return r;
}

void play_good(struct play *p, enum process_event_type type, uint32_t token, const char *data, const char *file,
               int line)
{
    test_good(p->a, play_event(p, type, token, data), file, line);
}

void play_begin(struct play *p, struct arena *a, const struct process_model *m, const char *vars)
{
    *p = (struct play){.a = a, .m = m, .vars = test_json(a, S("{}")), .env = {.calendar = kit_calendar(a)}};
    assert_true(instant_scan(S("2021-04-12T10:00:00+08:00"), &p->at)); /* a Monday */
    PLAY(p, EV_START, 0, vars ? vars : "{}");
}

size_t play_count(struct play *p, const char *element)
{
    const struct process_waiting *w;
    size_t n = process_waiting(p->a, p->s, &w), count = 0;
    for (size_t i = 0; i < n; i++) count += slice_is(w[i].node->id, element);
    return count;
}

uint32_t play_at(struct play *p, const char *element)
{
    const struct process_waiting *w;
    size_t n = process_waiting(p->a, p->s, &w);
    for (size_t i = 0; i < n; i++)
        if (slice_is(w[i].node->id, element)) return w[i].token;
    return 0;
}

const struct effect *play_effect(struct play *p, enum effect_type type, const char *element)
{
    for (size_t i = 0; i < p->last.n; i++) {
        const struct effect *e = &p->last.effects[i];
        if (e->type == type && (!element || (e->node && slice_is(e->node->id, element)))) return e;
    }
    return NULL;
}

size_t play_effects(struct play *p, enum effect_type type, const char *element)
{
    size_t n = 0;
    for (size_t i = 0; i < p->last.n; i++) {
        const struct effect *e = &p->last.effects[i];
        n += e->type == type && (!element || (e->node && slice_is(e->node->id, element)));
    }
    return n;
}

struct slice play_var(struct play *p, const char *pointer)
{
    const struct json *v = json_pointer(p->vars, slice_cstr(pointer));
    return v ? json_write(p->a, v) : S("absent");
}
