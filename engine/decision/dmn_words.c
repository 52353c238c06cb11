/* Decisions and rules by the names that their designer gave them for people (DMN 1.5, 6.3.2 DMNElement: label, description;
 * 8.3.3: rule annotations). */
#include "engine/decision/dmn_model.h"

#define WORDS_MAX 4096u

static struct slice annotations(struct dmn_loader *l, const struct xml_node *e)
{
    struct buf b = buf_new(l->a, WORDS_MAX);
    for (const struct xml_node *c = xml_child(e, NULL, "annotationEntry"); c;
         c = xml_next(c, NULL, "annotationEntry")) {
        const struct xml_node *t = xml_child(c, NULL, "text");
        struct slice s = t ? slice_trim(xml_text(l->a, t)) : (struct slice){NULL, 0};
        if (s.n && b.n + s.n + 3 <= WORDS_MAX) {
            if (b.n) buf_puts(&b, "；");
            buf_put(&b, s);
        }
    }
    return buf_slice(&b);
}

struct dmn_words dmn_load_words(struct dmn_loader *l, const struct xml_node *e)
{
    const struct xml_node *d = xml_child(e, NULL, "description");
    struct dmn_words w = {slice_trim(xml_attr(e, "", "label")), slice_trim(xml_attr(e, "urn:tongban:bpmn:1", "en"))};
    if (!w.zh.n && d) w.zh = slice_sub(slice_trim(xml_text(l->a, d)), 0, WORDS_MAX);
    if (!w.zh.n) w.zh = annotations(l, e);
    return w;
}

bool dmn_decision_words(const struct dmn *d, struct slice decision, struct slice *name, struct dmn_words *out)
{
    const struct drg *x = dmn_find(d, DRG_DECISION, decision);
    if (!x) x = dmn_find(d, DRG_SERVICE, decision);
    if (!x) return false;
    *name = x->name;
    *out = x->words;
    return true;
}

/* Tables stand anywhere in a boxed expression. */
static const struct dmn_rule *rule_in(const struct dmn_expr *e, struct slice id, uint32_t index)
{
    const struct dmn_rule *found = NULL;
    if (!e) return NULL;
    for (size_t i = 0; e->table && i < e->table->nrules && !found; i++)
        if (id.n ? slice_eq(e->table->rules[i].id, id) : i + 1 == index) found = &e->table->rules[i];
    for (size_t i = 0; i < e->n && !found; i++) found = rule_in(e->kids[i], id, index);
    return found;
}

bool dmn_rule_words(const struct dmn *d, struct slice decision, struct slice rule, uint32_t index,
                    struct dmn_words *out)
{
    const struct drg *x = dmn_find(d, DRG_DECISION, decision);
    const struct dmn_rule *r = x ? rule_in(x->expr, rule, index) : NULL;
    if (!r) return false;
    *out = r->words;
    return true;
}
