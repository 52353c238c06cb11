/* Which version an element belongs to: a process calls the processes of other services, and what an element names (a form) is
 * in its own service's folder. */
#include "city/catalogue/internal.h"

static const struct service *called_service(const struct service *s, const struct process_model *m)
{
    for (size_t i = 0; i < s->ncalls; i++)
        if (s->calls[i]->model == m) return s->calls[i];
    return s; /* a further process of the same file */
}

static const struct service *owner(const struct service *s, const struct process_model *m, const struct process_node *x)
{
    const struct process_node *nodes;
    size_t n = process_nodes(m, &nodes);
    for (size_t i = 0; i < n; i++)
        if (&nodes[i] == x) return s;
    for (size_t i = 0; i < n; i++) {
        if (!nodes[i].called) continue;
        const struct service *found = owner(called_service(s, nodes[i].called), nodes[i].called, x);
        if (found) return found;
    }
    return NULL;
}

const struct service *service_of_node(const struct service *s, const struct process_node *node)
{
    return s->model && node ? owner(s, s->model, node) : NULL;
}

const struct schema *service_node_form(const struct service *s, const struct process_node *node)
{
    const struct service *own = node && node->form.n ? service_of_node(s, node) : NULL;
    return own ? service_task_form(own, node->form) : NULL;
}

const struct json *service_node_form_json(const struct service *s, const struct process_node *node)
{
    const struct service *own = node && node->form.n ? service_of_node(s, node) : NULL;
    return own ? service_task_form_json(own, node->form) : NULL;
}

const struct service *service_with_decision(const struct service *s, struct slice decision, struct slice rule,
                                            uint32_t index)
{
    struct dmn_words unused;
    const struct dmn *own = service_decision(s, decision);
    if (own && dmn_rule_words(own, decision, rule, index, &unused)) return s;
    for (size_t i = 0; i < s->ncalls; i++) {
        const struct service *found = service_with_decision(s->calls[i], decision, rule, index);
        if (found) return found;
    }
    return NULL;
}

const struct dmn *service_decision_with(const struct service *s, struct slice decision, struct slice rule,
                                        uint32_t index)
{
    const struct service *own = service_with_decision(s, decision, rule, index);
    return own ? service_decision(own, decision) : NULL;
}
