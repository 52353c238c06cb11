/* BPMN Engine Test System (betsy): those of its processes that use supported elements only, run and compared with
 * the traces they must leave. Its scripts are tokens, not a language; here they become verbs that trace, wait or
 * fail, and FEEL. A process with an element that is not built is skipped, and the element is named. Soundness is not
 * asked for: several of these processes are unsound on purpose, to see what an engine does then.
 * Data: the folder BETSY_DIR, else TONGBAN_SHARED_DATA/betsy, else ../shared/data/betsy beside the source tree. */
#include "engine/process/model.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_TRACE = 64, MAX_PENDING = 64 };

struct pending { /* what happens by itself when its time comes */
    instant due;
    uint32_t token;
    enum process_event_type type;
    struct slice marks; /* traced when it is done */
};
struct world {
    struct arena *a;
    struct slice trace[MAX_TRACE];
    size_t ntrace;
    struct pending pending[MAX_PENDING];
    size_t npending;
    bool marker;
};
struct totals {
    unsigned passed, failed, skipped;
};

static void trace(struct world *w, struct slice s)
{
    if (w->ntrace < MAX_TRACE) w->trace[w->ntrace++] = s;
}

/* --- the adapter: betsy's tokens to ours --- */

static void add_attr(struct arena *a, struct xml_node *e, const char *ns, const char *prefix, const char *name,
                     struct slice value)
{
    struct xml_attr *attrs = NEW_ARRAY(a, struct xml_attr, e->nattrs + 1);
    if (e->nattrs) memcpy(attrs, e->attrs, e->nattrs * sizeof *attrs);
    attrs[e->nattrs] = (struct xml_attr){slice_cstr(ns), slice_cstr(name), slice_cstr(prefix), value};
    e->attrs = attrs;
    e->nattrs++;
}

static void set_text(struct arena *a, struct xml_node *e, struct slice text)
{
    struct xml_node *t = NEW(a, struct xml_node);
    *t = (struct xml_node){.kind = XML_TEXT, .text = text, .parent = e, .line = e->line};
    e->first = e->last = t;
}

static void remove_child(struct xml_node *e, const struct xml_node *child)
{
    struct xml_node **link = &e->first, *last = NULL;
    while (*link) {
        if (*link == child)
            *link = child->next;
        else {
            last = *link;
            link = &(*link)->next;
        }
    }
    e->last = last;
}

static void adapt_script(struct arena *a, struct xml_node *e)
{
    struct xml_node *script = e->first;
    while (script && !(script->kind == XML_ELEMENT && slice_is(script->name, "script"))) script = script->next;
    struct slice token = script ? slice_trim(xml_text(a, script)) : (struct slice){0};
    if (slice_is(token, "INCREMENT_INTEGER_VARIABLE") || slice_is(token, "SET_STRING_DATA")) {
        add_attr(a, e, "", "", "scriptFormat", S("feel"));
        set_text(a, script,
                 slice_is(token, "SET_STRING_DATA") ? S("{data: \"String\"}")
                                                    : S("{integerVariable: integerVariable + 1}"));
        return;
    }
    e->name = S("serviceTask");
    if (script) remove_child(e, script);
    add_attr(a, e, TB_NS, "tb", "verb", token);
    if (!slice_is(token, "LOG_DATA")) return;
    struct xml_node *input = NEW(a, struct xml_node);
    *input = (struct xml_node){
        .kind = XML_ELEMENT, .ns = S(TB_NS), .name = S("input"), .prefix = S("tb"), .parent = e, .line = e->line};
    add_attr(a, input, "", "", "name", S("data"));
    add_attr(a, input, "", "", "value", S("data"));
    e->last->next = input;
    e->last = input;
}

/* test.contains("a") and !test.contains("a") are Java; integerVariable<3 is FEEL as it stands. */
static struct slice adapt_condition(struct arena *a, struct slice text)
{
    text = slice_trim(text);
    bool negated = text.n && text.p[0] == '!';
    if (negated) text = slice_sub(text, 1, text.n);
    if (!slice_starts(text, S("test.contains("))) return text;
    struct slice argument = slice_sub(text, 14, text.n);
    return negated ? arena_printf(a, "not(contains(test, %.*s)", SLICE_ARG(argument))
                   : arena_printf(a, "contains(test, %.*s", SLICE_ARG(argument));
}

static void adapt(struct arena *a, struct xml_node *e)
{
    for (struct xml_node *c = e->first; c; c = c->next) {
        if (c->kind != XML_ELEMENT) continue;
        if (slice_is(c->name, "scriptTask"))
            adapt_script(a, c);
        else if (slice_is(c->name, "conditionExpression"))
            set_text(a, c, adapt_condition(a, xml_text(a, c)));
        else
            adapt(a, c);
    }
}

static struct slice adapted(struct arena *a, struct slice text, struct slice where)
{
    struct xml_node *root = NULL;
    result r = xml_parse(a, text, PROCESS_MAX_BYTES, where, &root);
    if (failed(r)) return text;
    struct xml_attr *decls = NEW_ARRAY(a, struct xml_attr, root->nnsdecls + 1);
    if (root->nnsdecls) memcpy(decls, root->nsdecls, root->nnsdecls * sizeof *decls);
    decls[root->nnsdecls] = (struct xml_attr){.name = S("tb"), .value = S(TB_NS)};
    root->nsdecls = decls;
    root->nnsdecls++;
    adapt(a, root);
    return xml_write(a, root);
}

static bool waits_for_time(struct slice verb)
{
    return slice_is(verb, "WAIT_TEN_SECONDS") || slice_starts(verb, S("CREATE_TIMESTAMP_LOG"));
}

static bool betsy_verb(void *ctx, struct slice name, enum verb_kind *kind, const struct json **schema)
{
    (void)ctx;
    *schema = NULL;
    *kind = waits_for_time(name) || slice_is(name, "THROW_ERROR") ? VERB_JOB : VERB_LOCAL;
    return true;
}

/* --- running one case --- */

static void await(struct world *w, instant due, uint32_t token, enum process_event_type type, struct slice marks)
{
    if (w->npending < MAX_PENDING) w->pending[w->npending++] = (struct pending){due, token, type, marks};
}

static void do_verb(struct world *w, const struct effect *e, instant at)
{
    struct slice verb = e->node->verb;
    if (slice_is(verb, "THROW_ERROR")) {
        await(w, at, e->token, EV_VERB_FAILED, (struct slice){0});
        return;
    }
    if (slice_starts(verb, S("SCRIPT_task")))
        trace(w, arena_printf(w->a, "Task%.*s", SLICE_ARG(slice_sub(verb, 11, verb.n))));
    if (slice_is(verb, "CREATE_MARKER_FILE")) w->marker = true;
    if (slice_is(verb, "LOG_DATA"))
        trace(w, slice_is(json_string(e->data, "data"), "String") ? S("DataCorrect") : S("DataWrong"));
    if (slice_starts(verb, S("CREATE_TIMESTAMP_LOG")))
        for (size_t i = 0; i < w->npending; i++) /* another one is at work at this moment */
            if (slice_is(w->pending[i].marks, "log")) trace(w, S("ExecutionParallel"));
    await(w, at + (waits_for_time(verb) ? 10 * MS_SECOND : 0), e->token, EV_VERB_DONE,
          slice_starts(verb, S("CREATE_TIMESTAMP_LOG")) ? S("log") : (struct slice){0});
}

static void see_effects(struct world *w, const struct process_outcome *out, instant at)
{
    for (size_t i = 0; i < out->n; i++) {
        const struct effect *e = &out->effects[i];
        if (e->type == EFF_VERB) do_verb(w, e, at);
        if (e->type == EFF_TIMER) await(w, e->due, e->token, EV_TIMER, (struct slice){0});
        if (e->type == EFF_INCIDENT && !slice_is(json_string(e->data, "code"), "process.stuck"))
            trace(w, S("RuntimeException"));
        if (e->type == EFF_ENDED && json_get(e->data, "error")) trace(w, S("ErrorThrownErrorEvent"));
    }
}

/* The earliest of what is pending; among equals the first. */
static bool next_pending(struct world *w, struct pending *out)
{
    size_t best = 0;
    if (w->npending == 0) return false;
    for (size_t i = 1; i < w->npending; i++)
        if (w->pending[i].due < w->pending[best].due) best = i;
    *out = w->pending[best];
    memmove(&w->pending[best], &w->pending[best + 1], (w->npending - best - 1) * sizeof *out);
    w->npending--;
    return true;
}

static void run(struct world *w, const struct process_model *m, const struct json *vars)
{
    const struct process_state *s = NULL;
    struct process_event e = {.type = EV_START, .data = vars, .at = 0};
    struct json_builder failure = json_builder(w->a);
    json_set_cstr(&failure, "code", "ERR_CODE");
    const struct json *thrown = json_object(&failure);
    for (int i = 0; i < 1000; i++) {
        struct process_outcome out;
        result r = process_step(w->a, m, s, vars, &e, NULL, &out);
        if (!failed(r)) {
            s = out.state;
            vars = out.vars;
            see_effects(w, &out, e.at);
        } else if (result_code(r) != CODE_PROCESS_TOKEN) { /* a cancelled verb or timer comes too late */
            trace(w, slice_cstr(code_name(result_code(r))));
        }
        struct pending next;
        if ((s && !failed(r) && out.ended) || !next_pending(w, &next)) break;
        e = (struct process_event){.type = next.type,
                                   .token = next.token,
                                   .data = next.type == EV_VERB_FAILED ? thrown : NULL,
                                   .at = next.due};
    }
    if (w->marker) trace(w, S("MarkerExists"));
}

static const struct json *start_values(struct arena *a, const struct json *c)
{
    struct json_builder b = json_builder(a);
    struct buf text = buf_new(a, 256);
    const struct json *input = json_get(c, "input"), *opts = json_get(c, "opts");
    for (size_t i = 0; input && i < input->n; i++)
        for (size_t k = 0; k < input->items[i]->text.n; k++)
            buf_putc(&text, (char)(input->items[i]->text.p[k] | 0x20)); /* conditions ask for small letters */
    json_set_str(&b, "test", buf_slice(&text));
    for (size_t i = 0; opts && i < opts->n; i++) {
        const struct json *o = opts->items[i];
        if (o->n == 2 && slice_is(o->items[0]->text, "setIntegerVariable"))
            json_set(&b, "integerVariable", json_of_number(a, o->items[1]->text));
    }
    return json_object(&b);
}

static bool same_traces(struct world *w, const struct json *expected)
{
    bool used[MAX_TRACE] = {false};
    if (expected->n != w->ntrace) return false;
    for (size_t i = 0; i < expected->n; i++) {
        bool found = false;
        for (size_t k = 0; k < w->ntrace && !found; k++) {
            if (used[k] || !slice_eq(w->trace[k], expected->items[i]->text)) continue;
            used[k] = found = true;
        }
        if (!found) return false;
    }
    return true;
}

static void run_case(struct arena *a, const struct process_model *m, struct slice name, const struct json *c,
                     struct totals *t)
{
    struct world w = {.a = a};
    run(&w, m, start_values(a, c));
    const struct json *expected = json_get(c, "expect");
    if (same_traces(&w, expected)) {
        t->passed++;
        return;
    }
    t->failed++;
    printf("FAILED %.*s: expected %.*s, traced", SLICE_ARG(name), SLICE_ARG(json_write(a, expected)));
    for (size_t i = 0; i < w.ntrace; i++) printf(" %.*s", SLICE_ARG(w.trace[i]));
    printf("\n");
}

/* --- the suite --- */

static bool read_whole(struct arena *a, const char *path, struct slice *out)
{
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    struct buf b = buf_new(a, 1 << 24);
    char piece[8192];
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;) buf_put(&b, slice_of(piece, n));
    fclose(f);
    *out = buf_slice(&b);
    return true;
}

static const char *folder(struct arena *a)
{
    const char *own = getenv("BETSY_DIR"), *shared = getenv("TONGBAN_SHARED_DATA"),
               *root = getenv("TONGBAN_SOURCE_ROOT");
    if (own) return own;
    return shared ? arena_printf(a, "%s/betsy", shared).p
                  : arena_printf(a, "%s/../shared/data/betsy", root ? root : ".").p;
}

static void unsupported(struct arena *a, struct slice name, result r, unsigned cases, struct totals *t)
{
    struct buf b = buf_new(a, 4096);
    for (const struct problem *p = r.problem; p; p = p->next) {
        if (p->code != CODE_PROCESS_UNSUPPORTED || p->nargs == 0) continue;
        if (slice_search(buf_slice(&b), p->args[0].value) != SIZE_MAX) continue;
        if (b.n) buf_puts(&b, ", ");
        buf_put(&b, p->args[0].value);
    }
    if (b.n == 0) {
        t->failed += cases;
        printf("FAILED %.*s: refused\n%.*s", SLICE_ARG(name), SLICE_ARG(result_text(a, r, LANG_EN)));
        return;
    }
    t->skipped += cases;
    printf("skipped %.*s: %.*s\n", SLICE_ARG(name), SLICE_ARG(buf_slice(&b)));
}

static void run_process(const char *dir, const struct json *entry, struct totals *t)
{
    struct arena *a = arena_new("betsy process");
    const struct json *cases = json_get(entry, "cases");
    struct slice name = json_string(entry, "name"), text;
    struct process_env env = {.verb = betsy_verb};
    const struct process_model *m = NULL;
    if (!read_whole(a, arena_printf(a, "%s/%.*s", dir, SLICE_ARG(json_string(entry, "file"))).p, &text)) {
        t->failed += (unsigned)cases->n;
        printf("FAILED %.*s: file missing\n", SLICE_ARG(name));
    } else {
        result r = compile_file(a, adapted(a, text, name), name, &env, true, &m);
        if (failed(r)) unsupported(a, name, r, (unsigned)cases->n, t);
        for (size_t i = 0; i < cases->n && !failed(r); i++) run_case(a, m, name, cases->items[i], t);
    }
    arena_free(a);
}

int main(void)
{
    struct arena *a = arena_new("betsy");
    const char *dir = folder(a), *ci = getenv("CI");
    struct slice text;
    const struct json *list = NULL;
    struct totals t = {0, 0, 0};
    if (!read_whole(a, arena_printf(a, "%s/cases.json", dir).p, &text)) {
        printf("betsy: 0 passed, 0 failed, all skipped: no data in %s\n", dir);
        arena_free(a);
        return ci && strcmp(ci, "true") == 0 ? 1 : 77;
    }
    result r = json_parse(a, text, 1 << 24, S("cases.json"), &list);
    if (failed(r)) {
        printf("%.*s", SLICE_ARG(result_text(a, r, LANG_EN)));
        arena_free(a);
        return 1;
    }
    for (size_t i = 0; i < list->n; i++) run_process(dir, list->items[i], &t);
    printf("betsy: %u passed, %u failed, %u skipped\n", t.passed, t.failed, t.skipped);
    arena_free(a);
    return t.failed == 0 && t.passed > 0 ? 0 : 1;
}
