/* What a form's property carries beside the standard's keywords (form.h), and the lists made of it. */
#include "engine/form/compile.h"
#include "engine/form/visible.h"

static void form_problem(struct compiler *c, const struct node *n, const char *keyword, const char *zh, const char *en)
{
    if (!c->options->forms) return;
    schema_problem(c, fail(c->a, CODE_SCHEMA_FORM, schema_place(c, n, slice_cstr(keyword)), "detail_zh", slice_cstr(zh),
                           "detail_en", slice_cstr(en), NULL));
}

/* A string, or {"zh": …, "en": …}. */
void field_title(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    struct slice *out = (struct slice *)(void *)((char *)n + k->offset);
    if (v->type == JSON_STRING) {
        out[LANG_ZH] = out[LANG_EN] = v->text;
        return;
    }
    out[LANG_ZH] = json_string(v, "zh");
    out[LANG_EN] = json_string(v, "en");
    if (out[LANG_ZH].n == 0 || out[LANG_EN].n == 0)
        form_problem(c, n, k->name, "须有 zh 和 en 两种文字", "needs both zh and en");
}

void field_identifier(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    if (!c->options->forms) return;
    n->field.identifier = v->type == JSON_STRING ? id_kind_of(v->text) : ID_KIND_NONE;
    if (n->field.identifier == ID_KIND_NONE)
        schema_problem(c, fail(c->a, CODE_IDENTIFIER_KIND, schema_place(c, n, slice_cstr(k->name)), "value",
                               v->type == JSON_STRING ? slice_sub(v->text, 0, 100) : S(""), NULL));
}

/* "applicant.name": words of letters, digits, _ and -, joined by points; or FEEL in braces. */
void field_prefill(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    if (!c->options->forms) return;
    struct slice s = v->type == JSON_STRING ? v->text : S("");
    if (s.n > 2 && s.p[0] == '{' && s.p[s.n - 1] == '}') {
        result r = form_feel_compile(c->a, slice_sub(s, 1, s.n - 2), schema_place(c, n, slice_cstr(k->name)),
                                     &n->field.prefill_feel);
        schema_problem(c, r);
        if (!failed(r)) n->field.prefill = s;
        return;
    }
    bool good = s.n > 0, begin = true;
    for (size_t i = 0; i < s.n && good; i++) {
        char ch = s.p[i];
        if (ch == '.')
            good = !begin;
        else
            good = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_' ||
                   ch == '-';
        begin = ch == '.';
    }
    if (!good || begin)
        form_problem(c, n, k->name, "应为 applicant.name 这样的数据项，或 {…} 内的 FEEL",
                     "must be a source like applicant.name, or FEEL in {…}");
    else
        n->field.prefill = s;
}

void field_visible(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    if (!c->options->forms) return;
    if (v->type != JSON_STRING) {
        form_problem(c, n, k->name, "应为 FEEL 表达式", "must be a FEEL expression");
        return;
    }
    schema_problem(c, form_feel_compile(c->a, v->text, schema_place(c, n, slice_cstr(k->name)), &n->field.visible));
    c->schema->visibility = true;
}

void field_attachment(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    if (!c->options->forms) return;
    static const char *const known[] = {"types", "max_bytes", "material"};
    const struct json *types = json_get(v, "types");
    bool good = v->type == JSON_OBJECT;
    for (size_t i = 0; good && i < v->n; i++) {
        good = false;
        for (size_t j = 0; j < sizeof known / sizeof *known; j++) good = good || slice_is(v->keys[i], known[j]);
    }
    good = good && types && types->type == JSON_ARRAY && types->n > 0 && json_int(v, "max_bytes", 1) > 0;
    for (size_t i = 0; good && i < types->n; i++)
        good = types->items[i]->type == JSON_STRING && types->items[i]->text.n > 0;
    if (!good) {
        form_problem(c, n, k->name, "应为 {types: [\"pdf\", …], max_bytes: 正整数, material: 材料代码}",
                     "must be {types: [\"pdf\", …], max_bytes: a positive number, material: its code}");
        return;
    }
    n->field.attachment = v;
    n->field.material = json_string(v, "material");
}

void field_flag(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    if (v->type == JSON_BOOL)
        *(bool *)((char *)n + k->offset) = v->boolean;
    else
        form_problem(c, n, k->name, "应为 true 或 false", "must be true or false");
}

void field_group(struct compiler *c, struct node *n, const struct keyword *k, const struct json *v)
{
    bool two = v->type == JSON_OBJECT && json_string(v, "zh").n && json_string(v, "en").n;
    if (!two && (v->type != JSON_STRING || v->text.n == 0))
        form_problem(c, n, k->name, "应为分页的名称", "must be the name of a page");
}

/* ---- lists ---- */

enum { LIST_MAX = 500, DEPTH_MAX = 16, VISITS_MAX = 20000 /* schemas that refer to themselves */ };

struct lister {
    struct compiler *c;
    struct slice *personal;
    struct form_attachment *attachments;
    size_t npersonal, nattachments, visits;
};

static bool listed(const struct lister *l, struct slice pointer)
{
    for (size_t i = 0; i < l->npersonal; i++)
        if (slice_eq(l->personal[i], pointer)) return true;
    return false;
}

static void list_node(struct lister *l, const struct node *n, struct slice pointer, int depth)
{
    if (depth > DEPTH_MAX || l->visits++ > VISITS_MAX || n->always || n->never) return;
    if (n->field.personal && l->npersonal < LIST_MAX && !listed(l, pointer)) l->personal[l->npersonal++] = pointer;
    if (n->field.attachment && l->nattachments < LIST_MAX)
        l->attachments[l->nattachments++] = (struct form_attachment){pointer, n->field.material, n->field.attachment};
    for (size_t i = 0; i < n->properties.n; i++) {
        struct buf b = buf_new(l->c->a, pointer.n + 2 * n->properties.list[i].key.n + 1);
        buf_put(&b, pointer);
        buf_putc(&b, '/');
        for (size_t k = 0; k < n->properties.list[i].key.n; k++) {
            char ch = n->properties.list[i].key.p[k];
            if (ch == '~' || ch == '/')
                buf_puts(&b, ch == '~' ? "~0" : "~1");
            else
                buf_putc(&b, ch);
        }
        list_node(l, n->properties.list[i].node, buf_slice(&b), depth + 1);
    }
    struct slice any = arena_printf(l->c->a, "%.*s/*", SLICE_ARG(pointer));
    for (size_t i = 0; i < n->prefix.n; i++)
        list_node(l, n->prefix.items[i], arena_printf(l->c->a, "%.*s/%zu", SLICE_ARG(pointer), i), depth + 1);
    if (n->items) list_node(l, n->items, any, depth + 1);
    /* in place: the same value seen by further schemas */
    const struct node *same[] = {n->ref, n->dynamic_ref, n->then_, n->else_};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (same[i]) list_node(l, same[i], pointer, depth + 1);
    const struct node_list *lists[] = {&n->all_of, &n->any_of, &n->one_of};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t k = 0; k < lists[i]->n; k++) list_node(l, lists[i]->items[k], pointer, depth + 1);
    for (size_t i = 0; i < n->dependent_schemas.n; i++)
        list_node(l, n->dependent_schemas.list[i].node, pointer, depth + 1);
}

void field_lists(struct compiler *c)
{
    struct lister l = {
        c, NEW_ARRAY(c->a, struct slice, LIST_MAX), NEW_ARRAY(c->a, struct form_attachment, LIST_MAX), 0, 0, 0};
    list_node(&l, c->schema->root, S(""), 0);
    c->schema->personal = l.personal;
    c->schema->npersonal = l.npersonal;
    c->schema->attachments = l.attachments;
    c->schema->nattachments = l.nattachments;
}

void form_personal(const struct schema *s, const struct slice **pointers, size_t *n)
{
    *pointers = s->personal;
    *n = s->npersonal;
}

void form_attachments(const struct schema *s, const struct form_attachment **list, size_t *n)
{
    *list = s->attachments;
    *n = s->nattachments;
}
