/* When an inclusive gateway that joins may go on (BPMN 2.0.2, 13.4.3, table 13.3): some incoming flow has a token, and
 * whoever could still bring a token to an empty incoming flow (without passing the gateway) could as well bring it
 * to one that has a token already. Host and boundary event are neighbours, as the boundary may carry the flow on. */
#include "engine/process/join.h"

static void backwards(const struct process_model *m, uint32_t join, const bool *has_token, bool wanted, uint8_t *mark,
                      uint32_t *stack)
{
    const struct node *j = &m->nodes[join];
    uint32_t n = 0;
    memset(mark, 0, m->nnodes);
    mark[join] = 1; /* paths do not visit the gateway itself */
    for (uint32_t i = 0; i < j->nin; i++) {
        uint32_t from = m->flows[j->in[i]].from;
        if (has_token[i] == wanted && !mark[from]) mark[from] = 1, stack[n++] = from;
    }
    while (n > 0) {
        const struct node *node = &m->nodes[stack[--n]];
        for (uint32_t i = 0; i < node->nin; i++) {
            uint32_t from = m->flows[node->in[i]].from;
            if (!mark[from]) mark[from] = 1, stack[n++] = from;
        }
        if (node->kind == NODE_BOUNDARY && node->host != NONE && !mark[node->host])
            mark[node->host] = 1, stack[n++] = node->host;
    }
}

bool inclusive_ready(struct arena *a, const struct process_model *m, uint32_t join, const bool *has_token,
                     const bool *occupied)
{
    uint8_t *red = NEW_ARRAY(a, uint8_t, m->nnodes), *blue = NEW_ARRAY(a, uint8_t, m->nnodes);
    uint32_t *stack = NEW_ARRAY(a, uint32_t, m->nnodes);
    bool any = false;
    for (uint32_t i = 0; i < m->nodes[join].nin; i++) any |= has_token[i];
    if (!any) return false;
    backwards(m, join, has_token, false, red, stack);
    backwards(m, join, has_token, true, blue, stack);
    for (uint32_t i = 0; i < m->nnodes; i++)
        if (i != join && occupied[i] && red[i] && !blue[i]) return false;
    return true;
}
