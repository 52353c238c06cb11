/* Checking a template: its shape, its texts, its references. All problems found are reported. */
#include "trust/template_parts.h"

#include <stdio.h>

enum { ENTRIES_MAX = 100, FIELDS_MAX = 40, TEXT_MAX = 4096, REFERENCES_MAX = 1000 };

struct parse {
    struct arena *a;
    struct slice where; /* file */
    result problems;
    const struct reference **references;
    size_t nreferences;
};

static struct slice at(struct parse *p, struct slice base, const char *member)
{
    return arena_printf(p->a, "%.*s/%s", SLICE_ARG(base), member);
}

static void bad(struct parse *p, struct slice where, const char *zh, const char *en)
{
    result r = fail(p->a, CODE_TEMPLATE_SYNTAX, where, "detail_zh", slice_cstr(zh), "detail_en", slice_cstr(en), NULL);
    p->problems = result_join(p->a, p->problems, r);
}

/* ---- references and texts ---- */

static const char *const filter_names[FILTER_COUNT] = {"date", "date_en", "datetime", "money",
                                                       "list", "mask",    "optional"};

static bool name_good(struct slice s)
{
    if (s.n == 0 || s.n > 64) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                    (unsigned char)c >= 0x80;
        if (!word) return false;
    }
    return true;
}

static bool read_filter(struct slice s, struct reference *r)
{
    if (r->nfilters == FILTERS_MAX) return false;
    for (int f = 0; f < FILTER_COUNT; f++) {
        if (!slice_is(s, filter_names[f])) continue;
        if (f == FILTER_OPTIONAL)
            r->optional = true;
        else
            r->filters[r->nfilters++] = (enum filter)f;
        return true;
    }
    return false;
}

static bool read_reference(struct slice s, struct reference *r)
{
    struct slice path, filters, one;
    *r = (struct reference){0};
    bool more = slice_cut(s, '|', &path, &filters);
    path = r->path = slice_trim(path);
    do {
        bool last = !slice_cut(path, '.', &one, &path);
        if (r->nsegments == PATH_MAX_SEGMENTS || !name_good(one)) return false;
        r->segments[r->nsegments++] = one;
        if (last) break;
    } while (true);
    while (more) {
        more = slice_cut(filters, '|', &one, &filters);
        if (!read_filter(slice_trim(one), r)) return false;
    }
    return true;
}

static void note_reference(struct parse *p, const struct reference *r)
{
    if (slice_is(r->segments[0], "item") || slice_is(r->segments[0], "index")) return;
    if (p->nreferences < REFERENCES_MAX) p->references[p->nreferences++] = r;
}

static bool uses_item(const struct reference *r)
{
    return slice_is(r->segments[0], "item") || slice_is(r->segments[0], "index");
}

/* Splits "… {{path|filter}} …" into pieces. repeated: inside an entry with `each`, where item and index exist. */
static void read_text(struct parse *p, struct slice s, struct slice where, bool repeated, struct text *out)
{
    struct piece *pieces = NEW_ARRAY(p->a, struct piece, 66);
    size_t n = 0;
    out->where = where;
    if (s.n > TEXT_MAX) bad(p, where, "文字超过 4096 字节", "text longer than 4096 bytes");
    while (s.n && n < 64) {
        size_t open = slice_search(s, S("{{"));
        struct slice literal = slice_sub(s, 0, open);
        if (slice_search(literal, S("}}")) != SIZE_MAX) bad(p, where, "“}}”没有对应的“{{”", "\"}}\" without \"{{\"");
        if (literal.n) pieces[n++].literal = literal;
        if (open == SIZE_MAX) {
            s = slice_of(NULL, 0);
            break;
        }
        s = slice_sub(s, open + 2, SIZE_MAX);
        size_t close = slice_search(s, S("}}"));
        struct piece *piece = &pieces[n++];
        if (close == SIZE_MAX || !read_reference(slice_sub(s, 0, close), &piece->ref)) {
            bad(p, where, "引用写法有误，应为 {{路径}} 或 {{路径|过滤器}}",
                "malformed reference, expected {{path}} or {{path|filter}}");
            return;
        }
        if (uses_item(&piece->ref) && !repeated)
            bad(p, where, "item 和 index 只能用在有 each 的条目里",
                "item and index exist only in an entry with \"each\"");
        note_reference(p, &piece->ref);
        s = slice_sub(s, close + 2, SIZE_MAX);
    }
    if (s.n) bad(p, where, "一段文字中的引用过多", "too many references in one text");
    out->pieces = pieces;
    out->n = n;
}

/* A plain text member. */
static void read_member(struct parse *p, const struct json *v, const char *name, bool required, struct text *out)
{
    const struct json *m = json_get(v, name);
    struct slice where = at(p, p->where, name);
    if (!m && !required) return;
    if (!m || m->type != JSON_STRING || slice_trim(m->text).n == 0) {
        bad(p, where, "必须是非空文字", "must be a text that is not empty");
        return;
    }
    read_text(p, m->text, where, false, out);
}

/* "中文" or {"zh": …, "en": …}. */
static void read_both(struct parse *p, const struct json *m, struct slice where, bool repeated, struct text_both *out)
{
    if (m && m->type == JSON_STRING && m->text.n) {
        read_text(p, m->text, where, repeated, &out->zh);
        return;
    }
    if (!m || m->type != JSON_OBJECT || json_string(m, "zh").n == 0) {
        bad(p, where, "必须是文字，或含 zh 的 {zh, en}", "must be a text, or {zh, en} with zh");
        return;
    }
    for (size_t i = 0; i < m->n; i++)
        if ((!slice_is(m->keys[i], "zh") && !slice_is(m->keys[i], "en")) || m->items[i]->type != JSON_STRING)
            bad(p, where, "只能有 zh、en 两个文字", "may hold the texts zh and en only");
    read_text(p, json_string(m, "zh"), where, repeated, &out->zh);
    read_text(p, json_string(m, "en"), where, repeated, &out->en);
}

/* ---- shape ---- */

static void only(struct parse *p, const struct json *v, struct slice where, const char *const *names)
{
    for (size_t i = 0; v && v->type == JSON_OBJECT && i < v->n; i++) {
        size_t k = 0;
        while (names[k] && !slice_is(v->keys[i], names[k])) k++;
        if (!names[k])
            bad(p, arena_printf(p->a, "%.*s/%.*s", SLICE_ARG(where), SLICE_ARG(v->keys[i])), "没有这样的成员",
                "no such member");
    }
}

static void read_condition(struct parse *p, const struct json *v, struct slice where, const char *name, bool repeated,
                           struct reference *out)
{
    const struct json *m = json_get(v, name);
    if (!m) return;
    if (m->type != JSON_STRING || !read_reference(m->text, out) || out->nfilters || (uses_item(out) && !repeated)) {
        bad(p, at(p, where, name), "应为数据中的路径", "must be a path in the data");
        *out = (struct reference){0};
        return;
    }
    if (!slice_is(slice_cstr(name), "each")) out->optional = true; /* a condition asks whether it is there */
    note_reference(p, out);
}

static bool read_flag(struct parse *p, const struct json *v, struct slice where, const char *name, bool dflt)
{
    const struct json *m = json_get(v, name);
    if (m && m->type != JSON_BOOL) bad(p, at(p, where, name), "必须是 true 或 false", "must be true or false");
    return json_bool(v, name, dflt);
}

static void read_conditions(struct parse *p, const struct json *v, struct entry *e)
{
    read_condition(p, v, e->where, "each", false, &e->each);
    bool repeated = e->each.path.n != 0;
    read_condition(p, v, e->where, "when", repeated, &e->when);
    read_condition(p, v, e->where, "unless", repeated, &e->unless);
}

static void read_field(struct parse *p, const struct json *v, struct entry *e)
{
    static const char *const names[] = {"label", "value", "half", "each", "when", "unless", NULL};
    only(p, v, e->where, names);
    read_conditions(p, v, e);
    bool repeated = e->each.path.n != 0;
    read_both(p, json_get(v, "label"), at(p, e->where, "label"), repeated, &e->text);
    const struct json *value = json_get(v, "value");
    if (!value || value->type != JSON_STRING)
        bad(p, at(p, e->where, "value"), "必须是文字", "must be a text");
    else
        read_text(p, value->text, at(p, e->where, "value"), repeated, &e->value);
    e->half = read_flag(p, v, e->where, "half", false);
}

static void read_paragraph(struct parse *p, const struct json *v, struct entry *e)
{
    static const char *const names[] = {"text", "heading", "indent", "each", "when", "unless", NULL};
    e->indent = true;
    if (v->type == JSON_STRING) {
        read_both(p, v, e->where, false, &e->text);
        return;
    }
    only(p, v, e->where, names);
    read_conditions(p, v, e);
    e->heading = json_get(v, "heading") != NULL;
    if (e->heading && json_get(v, "text")) bad(p, e->where, "heading 与 text 只能有一个", "either heading or text");
    const char *which = e->heading ? "heading" : "text";
    read_both(p, json_get(v, which), at(p, e->where, which), e->each.path.n != 0, &e->text);
    e->indent = !e->heading && read_flag(p, v, e->where, "indent", true);
}

static void read_entries(struct parse *p, const struct json *v, const char *name, size_t max,
                         struct document_template *t)
{
    const struct json *list = json_get(v, name);
    struct slice where = at(p, p->where, name);
    if (!list || list->type != JSON_ARRAY || list->n == 0 || list->n > max) {
        bad(p, where, max == FIELDS_MAX ? "必须有 1 至 40 项" : "必须有 1 至 100 项",
            max == FIELDS_MAX ? "needs 1 to 40 entries" : "needs 1 to 100 entries");
        return;
    }
    struct entry *e = NEW_ARRAY(p->a, struct entry, list->n);
    for (size_t i = 0; i < list->n; i++) {
        const struct json *one = list->items[i];
        e[i].where = arena_printf(p->a, "%.*s/%zu", SLICE_ARG(where), i);
        if (one->type != JSON_OBJECT && (t->kind == DOCUMENT_LICENCE || one->type != JSON_STRING))
            bad(p, e[i].where, "条目的类型不对", "entry of the wrong type");
        else if (t->kind == DOCUMENT_LICENCE)
            read_field(p, one, &e[i]);
        else
            read_paragraph(p, one, &e[i]);
    }
    t->entries = e;
    t->nentries = list->n;
}

static void read_page(struct parse *p, const struct json *v, struct document_template *t)
{
    static const char *const names[] = {"size", "orientation", NULL};
    static const char *const borders[] = {"none", "single", "double"};
    const struct json *page = json_get(v, "page");
    struct slice where = at(p, p->where, "page"), size = json_string(page, "size"),
                 turn = json_string(page, "orientation");
    if (page && page->type != JSON_OBJECT) bad(p, where, "必须是对象", "must be an object");
    only(p, page, where, names);
    t->size = slice_is(size, "A3") ? PAGE_A3 : slice_is(size, "A5") ? PAGE_A5 : PAGE_A4;
    if (json_get(page, "size") && !slice_is(size, "A3") && !slice_is(size, "A4") && !slice_is(size, "A5"))
        bad(p, at(p, where, "size"), "应为 A3、A4 或 A5", "must be A3, A4 or A5");
    t->landscape = turn.n ? slice_is(turn, "landscape") : t->kind == DOCUMENT_LICENCE;
    if (json_get(page, "orientation") && !slice_is(turn, "landscape") && !slice_is(turn, "portrait"))
        bad(p, at(p, where, "orientation"), "应为 landscape 或 portrait", "must be landscape or portrait");
    t->border = t->kind == DOCUMENT_LICENCE ? BORDER_DOUBLE : BORDER_NONE;
    if (!json_get(v, "border")) return;
    for (int i = 0; i < 3; i++) {
        if (!slice_is(json_string(v, "border"), borders[i])) continue;
        t->border = (enum page_border)i;
        return;
    }
    bad(p, at(p, p->where, "border"), "应为 double、single 或 none", "must be double, single or none");
}

static void read_licence(struct parse *p, const struct json *v, struct document_template *t)
{
    static const char *const names[] = {"document", "page", "border",         "title", "number", "fields",
                                        "issuer",   "date", "certificate_id", "qr",    "note",   NULL};
    static const char *const number_names[] = {"label", "value", NULL};
    const struct json *number = json_get(v, "number");
    only(p, v, p->where, names);
    if (number) {
        struct slice where = at(p, p->where, "number");
        only(p, number, where, number_names);
        read_both(p, json_get(number, "label"), at(p, where, "label"), false, &t->number_label);
        if (json_string(number, "value").n == 0) bad(p, at(p, where, "value"), "必须是文字", "must be a text");
        read_text(p, json_string(number, "value"), at(p, where, "value"), false, &t->number);
    }
    read_member(p, v, "certificate_id", true, &t->certificate_id);
    read_member(p, v, "qr", true, &t->qr);
    read_entries(p, v, "fields", FIELDS_MAX, t);
}

static void read_letter(struct parse *p, const struct json *v, struct document_template *t)
{
    static const char *const names[] = {"document",  "page",    "border", "title", "number",
                                        "addressee", "issuer",  "body",   "date",  "remedies",
                                        "adverse",   "contact", "note",   "qr",    NULL};
    only(p, v, p->where, names);
    read_member(p, v, "number", true, &t->number);
    read_member(p, v, "addressee", true, &t->addressee);
    read_member(p, v, "contact", false, &t->contact);
    read_member(p, v, "qr", false, &t->qr);
    bool adverse = read_flag(p, v, p->where, "adverse", false);
    if (json_get(v, "remedies"))
        read_both(p, json_get(v, "remedies"), at(p, p->where, "remedies"), false, &t->remedies);
    else if (adverse)
        bad(p, at(p, p->where, "remedies"), "不利决定必须告知救济途径（行政许可法第三十八条）",
            "an adverse decision must tell the remedies (行政许可法 art. 38)");
    read_entries(p, v, "body", ENTRIES_MAX, t);
}

result template_parse(struct arena *a, const struct json *source, struct slice where,
                      const struct document_template **out)
{
    struct parse p = {.a = a, .where = where, .problems = ok()};
    struct document_template *t = NEW(a, struct document_template);
    struct slice kind = json_string(source, "document");
    *out = NULL;
    p.references = NEW_ARRAY(a, const struct reference *, REFERENCES_MAX);
    if (!slice_is(kind, "licence") && !slice_is(kind, "letter")) {
        bad(&p, at(&p, where, "document"), "应为 licence 或 letter", "must be licence or letter");
        return p.problems;
    }
    t->kind = slice_is(kind, "licence") ? DOCUMENT_LICENCE : DOCUMENT_LETTER;
    read_page(&p, source, t);
    read_both(&p, json_get(source, "title"), at(&p, where, "title"), false, &t->title);
    read_member(&p, source, "issuer", true, &t->issuer);
    read_member(&p, source, "date", true, &t->date);
    if (json_get(source, "note")) read_both(&p, json_get(source, "note"), at(&p, where, "note"), false, &t->note);
    if (t->kind == DOCUMENT_LICENCE)
        read_licence(&p, source, t);
    else
        read_letter(&p, source, t);
    TRY(p.problems);
    t->references = p.references;
    t->nreferences = p.nreferences;
    *out = t;
    return ok();
}

enum document_kind template_kind(const struct document_template *t)
{
    return t->kind;
}

size_t template_references(struct arena *a, const struct document_template *t, const struct slice **paths,
                           const bool **optional)
{
    struct slice *s = NEW_ARRAY(a, struct slice, t->nreferences + 1);
    bool *o = NEW_ARRAY(a, bool, t->nreferences + 1);
    for (size_t i = 0; i < t->nreferences; i++) {
        s[i] = t->references[i]->path;
        o[i] = t->references[i]->optional;
    }
    *paths = s;
    *optional = o;
    return t->nreferences;
}
