/* Names without a source: what expressions, decisions and documents read must come from the form, from a task, a verb, a
 * decision or a script, or be one of the variables every case has. */
#include "base/xml.h"
#include "city/catalogue/internal.h"
#include "engine/decision/feel.h"

#define BPMN_NS "http://www.omg.org/spec/BPMN/20100524/MODEL"
#define TB_NS "urn:tongban:bpmn:1"
#define NAMES_MAX 2000

struct names {
    struct slice list[NAMES_MAX];
    size_t n;
};
struct flow {
    struct arena *a;
    const struct service *s;
    struct names known;  /* variables of the case */
    struct names fields; /* every property name in form.json */
    result faults;
};

/* Set when a case is filed. */
static const char *const BASE[] = {"form",        "applicant", "town",      "channel",   "window_town",
                                   "case_number", "parts",     "confirmed", "started_by"};
/* Added for documents only. */
static const char *const PAPER[] = {
    "case",       "number",         "date",     "issued_on",    "verify_url",     "remedies",  "hotline",
    "issuer",     "certificate_id", "valid_to", "reasons",      "corrections",    "items",     "materials",
    "officer",    "opinion",        "cause",    "cause_en",     "notice",         "answer_by", "answer_by_en",
    "unanswered", "unanswered_en",  "lapsed",   "lapse_source", "lapse_source_en"};

static bool name_in(const struct names *x, struct slice s)
{
    for (size_t i = 0; i < x->n; i++)
        if (slice_eq(x->list[i], s)) return true;
    return false;
}

static void name_add(struct names *x, struct slice s)
{
    if (s.n && x->n < NAMES_MAX && !name_in(x, s)) x->list[x->n++] = s;
}

static bool name_char(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (uint8_t)c >= 0x80;
}

static void add_name(void *names, struct slice s)
{
    name_add(names, s);
}

static struct slice tb(const struct xml_node *e, const char *name)
{
    return xml_attr(e, TB_NS, name);
}
static bool bpmn_is(const struct xml_node *e, const char *name)
{
    return slice_is(e->ns, BPMN_NS) && slice_is(e->name, name);
}

static const struct xml_node *element_after(const struct xml_node *e, const struct xml_node *top)
{
    const struct xml_node *n = e->first;
    while (!n && e != top) {
        n = e->next;
        if (!n) e = e->parent;
    }
    return n;
}

static void collect(struct flow *f, const struct xml_node *root)
{
    for (const struct xml_node *e = root; e; e = element_after(e, root)) {
        if (e->kind != XML_ELEMENT) continue;
        name_add(&f->known, tb(e, "result"));
        name_add(&f->known, tb(e, "step"));
        name_add(&f->known, tb(e, "decision"));
        if (bpmn_is(e, "userTask") || bpmn_is(e, "serviceTask")) name_add(&f->known, xml_attr(e, "", "id"));
        bool call_input =
            slice_is(e->ns, TB_NS) && slice_is(e->name, "input") && e->parent &&
            (bpmn_is(e->parent, "callActivity") || (e->parent->parent && bpmn_is(e->parent->parent, "callActivity")));
        if (call_input || (slice_is(e->ns, TB_NS) && slice_is(e->name, "output")))
            name_add(&f->known, xml_attr(e, "", "name"));
        if (bpmn_is(e, "script")) context_names(xml_text(f->a, e), add_name, &f->known);
        if (bpmn_is(e, "inputDataItem")) name_add(&f->known, xml_attr(e, "", "name"));
    }
}

static void field_names(struct names *out, const struct json *v)
{
    if (!v || (v->type != JSON_OBJECT && v->type != JSON_ARRAY)) return;
    for (size_t i = 0; i < v->n; i++) {
        if (v->type == JSON_OBJECT && slice_is(v->keys[i], "properties") && v->items[i]->type == JSON_OBJECT)
            for (size_t k = 0; k < v->items[i]->n; k++) name_add(out, v->items[i]->keys[k]);
        field_names(out, v->items[i]);
    }
}

static void unsupplied(struct flow *f, struct slice where, struct slice name)
{
    f->faults = result_join(f->a, f->faults, fail(f->a, CODE_SERVICE_NAME_UNSUPPLIED, where, "value", name, NULL));
}

/* Every "form.NAME" in the text must be asked somewhere in form.json. */
static void form_members(struct flow *f, struct slice where, struct slice text)
{
    const struct slice stem = S("form.");
    for (size_t at = 0; at + stem.n < text.n;) {
        size_t hit = slice_search(slice_sub(text, at, text.n), stem);
        if (hit == SIZE_MAX) return;
        size_t from = at + hit + stem.n, to = from;
        bool whole = at + hit == 0 || (!name_char(text.p[at + hit - 1]) && text.p[at + hit - 1] != '.');
        while (to < text.n && name_char(text.p[to])) to++;
        struct slice name = slice_sub(text, from, to - from);
        if (whole && name.n && f->fields.n && !name_in(&f->fields, name))
            unsupplied(f, where, arena_printf(f->a, "form.%.*s", SLICE_ARG(name)));
        at = to;
    }
}

static void expression(struct flow *f, const struct xml_node *e, struct slice id, struct slice text)
{
    const struct feel *x;
    struct slice where = arena_printf(f->a, "process.bpmn:%u#%.*s", e->line, SLICE_ARG(id));
    if (!text.n || failed(feel_compile(f->a, text, NULL, 0, where, &x))) return; /* process_compile has said so */
    const struct slice *names;
    size_t n;
    feel_names(x, &names, &n);
    for (size_t i = 0; i < n; i++) {
        struct slice head, rest;
        (void)slice_cut(names[i], '.', &head, &rest);
        if (!name_in(&f->known, head)) unsupplied(f, where, head);
    }
    form_members(f, where, text);
}

static struct slice in_braces(struct slice s)
{
    return s.n >= 2 && s.p[0] == '{' && s.p[s.n - 1] == '}' ? slice_trim(slice_sub(s, 1, s.n - 2)) : (struct slice){0};
}

/* The nearest element around e that has an id. */
static struct slice id_around(const struct xml_node *e)
{
    for (; e; e = e->parent) {
        struct slice id = xml_attr(e, "", "id");
        if (id.n) return id;
    }
    return (struct slice){0};
}

static void expressions(struct flow *f, const struct xml_node *root)
{
    for (const struct xml_node *e = root; e; e = element_after(e, root)) {
        if (e->kind != XML_ELEMENT) continue;
        struct slice id = id_around(e);
        bool mapping = slice_is(e->ns, TB_NS) && (slice_is(e->name, "input") || slice_is(e->name, "output"));
        /* an output is read in the called process, whose names are its own business */
        if (mapping && slice_is(e->name, "input")) expression(f, e, id, xml_attr(e, "", "value"));
        if (bpmn_is(e, "conditionExpression") || bpmn_is(e, "script"))
            expression(f, e, id, slice_trim(xml_text(f->a, e)));
        if (bpmn_is(e, "timeDuration") || bpmn_is(e, "timeDate") || bpmn_is(e, "timeCycle"))
            expression(f, e, id, in_braces(slice_trim(xml_text(f->a, e))));
        if (bpmn_is(e, "condition")) expression(f, e, id, slice_trim(xml_text(f->a, e)));
        expression(f, e, id, tb(e, "key"));
        expression(f, e, id, tb(e, "fallback"));
        expression(f, e, id, in_braces(tb(e, "department")));
        expression(f, e, id, in_braces(tb(e, "clock")));
    }
}

/* What the service task that issues this template hands over besides: keys of its inputs "data" and "extra". Something other
 * than a written-out context could hold anything. */
static bool handed_over(struct flow *f, const struct xml_node *root, struct slice template, struct names *more,
                        struct names *issuers)
{
    bool open = false, used = false;
    for (const struct xml_node *e = root; e; e = element_after(e, root)) {
        if (e->kind != XML_ELEMENT || !bpmn_is(e, "serviceTask")) continue;
        bool this_one = false;
        for (int pass = 0; pass < 2; pass++)
            for (const struct xml_node *k = e->first; k; k = element_after(k, e)) {
                if (k->kind != XML_ELEMENT || !slice_is(k->ns, TB_NS)) continue;
                struct slice name = xml_attr(k, "", "name"), value = slice_trim(xml_attr(k, "", "value"));
                if (pass == 0 && (slice_is(name, "template") || slice_is(name, "paper")) && value.n >= 2 &&
                    slice_eq(slice_sub(value, 1, value.n - 2), template))
                    this_one = true;
                if (pass == 1 && this_one && (slice_is(name, "data") || slice_is(name, "extra"))) {
                    if (value.n && value.p[0] == '{')
                        context_names(value, add_name, more);
                    else
                        open = true;
                }
            }
        used = used || this_one;
        if (this_one) name_add(issuers, xml_attr(e, "", "id"));
    }
    (void)f;
    return open || !used;
}

/* Where in the template a text refers to it: "#/body/0/text/zh"; empty when it is composed in no single text. */
static struct slice pointer_of(struct arena *a, const struct json *v, struct slice path, struct slice at)
{
    if (v->type == JSON_STRING) {
        size_t hit = slice_search(v->text, path);
        return hit == SIZE_MAX ? (struct slice){NULL, 0} : at;
    }
    for (size_t i = 0; (v->type == JSON_OBJECT || v->type == JSON_ARRAY) && i < v->n; i++) {
        struct slice here = v->type == JSON_OBJECT ? arena_printf(a, "%.*s/%.*s", SLICE_ARG(at), SLICE_ARG(v->keys[i]))
                                                   : arena_printf(a, "%.*s/%zu", SLICE_ARG(at), i);
        struct slice found = pointer_of(a, v->items[i], path, here);
        if (found.n) return found;
    }
    return (struct slice){NULL, 0};
}

/* On every way to the tasks that issue the document. */
static void written_before(struct flow *f, struct slice where, struct slice name, const struct names *issuers)
{
    for (size_t i = 0; i < issuers->n; i++) {
        if (process_data_sure(f->s->model, issuers->list[i], name)) continue;
        struct process_way w = process_data_way(f->a, f->s->model, issuers->list[i], name);
        f->faults = result_join(f->a, f->faults,
                                fail(f->a, CODE_PROCESS_DATA_UNWRITTEN, where, "value", name, "path_ids", w.ids,
                                     "path_zh", w.zh, "path_en", w.en, NULL));
    }
}

static void documents(struct flow *f, const struct xml_node *root)
{
    for (size_t i = 0; i < f->s->ndocuments; i++) {
        if (!f->s->templates[i]) continue;
        struct names *more = NEW(f->a, struct names), *issuers = NEW(f->a, struct names);
        bool open = handed_over(f, root, f->s->documents[i].name, more, issuers);
        for (size_t k = 0; k < sizeof PAPER / sizeof *PAPER; k++) name_add(more, slice_cstr(PAPER[k]));
        const struct slice *paths;
        const bool *optional;
        size_t n = template_references(f->a, f->s->templates[i], &paths, &optional);
        struct slice file = arena_printf(f->a, "documents/%.*s.json", SLICE_ARG(f->s->documents[i].name));
        for (size_t k = 0; k < n; k++) {
            struct slice head, rest;
            struct slice where =
                pointer_of(f->a, f->s->documents[i].template_, paths[k], arena_printf(f->a, "%.*s#", SLICE_ARG(file)));
            if (!where.n) where = file;
            (void)slice_cut(paths[k], '.', &head, &rest);
            if (!open && !optional[k] && !name_in(&f->known, head) && !name_in(more, head))
                unsupplied(f, where, paths[k]);
            if (!optional[k]) form_members(f, where, paths[k]);
            if (!open && !optional[k] && !name_in(more, head)) written_before(f, where, head, issuers);
        }
    }
}

/* A text between quotation marks; empty: an expression. */
static struct slice literal(struct slice value)
{
    return value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"' ? slice_sub(value, 1, value.n - 2)
                                                                            : (struct slice){NULL, 0};
}

static void licence_fault(struct flow *f, const struct xml_node *task, struct slice value, const char *zh,
                          const char *en)
{
    struct slice where = arena_printf(f->a, "process.bpmn:%u", task->line);
    f->faults = result_join(f->a, f->faults,
                            fail(f->a, CODE_SERVICE_LICENCE_TYPE, where, "value", value, "detail_zh", slice_cstr(zh),
                                 "detail_en", slice_cstr(en), NULL));
}

/* What licence.issue is given, against the catalogue of licences (data/city/licence_types.json). */
static void licence_inputs(struct flow *f, const struct xml_node *task, const struct citydata *d)
{
    static const char *const NAMES[] = {"type_code", "template", "department"};
    const struct licence_type *t = NULL;
    for (const struct xml_node *k = task->first; k; k = element_after(k, task)) {
        if (k->kind != XML_ELEMENT || !slice_is(k->ns, TB_NS) || !slice_is(xml_attr(k, "", "name"), "type")) continue;
        struct slice code = literal(slice_trim(xml_attr(k, "", "value")));
        t = citydata_licence_type(d, code);
        if (code.n && !t)
            licence_fault(f, task, code, "证照目录中没有这种证照", "it is not in the catalogue of licences");
    }
    for (const struct xml_node *k = task->first; t && k; k = element_after(k, task)) {
        if (k->kind != XML_ELEMENT || !slice_is(k->ns, TB_NS)) continue;
        const struct slice want[] = {t->type_code, t->template_, t->department};
        for (size_t i = 0; i < 3; i++) {
            struct slice given = literal(slice_trim(xml_attr(k, "", "value")));
            if (!slice_is(xml_attr(k, "", "name"), NAMES[i]) || !given.n || slice_eq(given, want[i])) continue;
            licence_fault(f, task, given, "与证照目录不符", "the catalogue of licences says otherwise");
        }
    }
}

static void licences(struct flow *f, const struct xml_node *root, const struct citydata *d)
{
    for (const struct xml_node *e = root; d && d->nlicence_types && e; e = element_after(e, root))
        if (e->kind == XML_ELEMENT && bpmn_is(e, "serviceTask") &&
            slice_is(xml_attr(e, TB_NS, "verb"), "licence.issue"))
            licence_inputs(f, e, d);
}

/* Input data of decisions is taken from the case by name. */
static void decisions(struct flow *f)
{
    for (size_t i = 0; i < f->s->files.n; i++) {
        struct service_file file = f->s->files.list[i];
        struct xml_node *root;
        if (!slice_ends(file.path, S(".dmn")) || failed(xml_parse(f->a, file.bytes, 4 * 1024 * 1024, file.path, &root)))
            continue;
        for (const struct xml_node *e = root; e; e = element_after(e, root)) {
            if (e->kind != XML_ELEMENT || !slice_is(e->name, "inputExpression")) continue;
            const struct xml_node *t = xml_child(e, NULL, "text");
            if (t)
                form_members(f, arena_printf(f->a, "%.*s:%u", SLICE_ARG(file.path), e->line),
                             slice_trim(xml_text(f->a, t)));
        }
    }
}

result check_flow(struct arena *a, const struct service *s, struct slice bpmn, const struct citydata *city)
{
    struct xml_node *root;
    struct flow *f = NEW(a, struct flow);
    f->a = a;
    f->s = s;
    if (failed(xml_parse(a, bpmn, PROCESS_FILE_MAX, S("process.bpmn"), &root)))
        return ok(); /* said by process_compile */
    for (size_t i = 0; i < sizeof BASE / sizeof *BASE; i++) name_add(&f->known, slice_cstr(BASE[i]));
    collect(f, root);
    field_names(&f->fields, s->form_json);
    expressions(f, root);
    documents(f, root);
    decisions(f);
    licences(f, root, city);
    return f->faults;
}
