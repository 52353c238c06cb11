/* Certificate policies (RFC 5280, 6.1, with the policy graph of RFC 9618 instead of the tree, which can grow exponentially): one node for each
 * policy at each depth. */
#include "trust/x509_parts.h"

struct node {
    const ASN1_OBJECT *policy;
    const ASN1_OBJECT *expected[16]; /* of the next certificate; more are dropped, which only refuses more */
    size_t nexpected;
    uint64_t parents[X509_POLICIES_MAX / 64]; /* bits: nodes one level up */
    bool gone;
};
struct level {
    struct node *node;
    size_t n;
};
struct graph {
    struct x509_work *w;
    struct level level[X509_CHAIN_MAX + 1];
    size_t depth; /* of the last level; level 0 is the anchor's: any policy */
    bool empty, overflow;
    size_t explicit_policy, inhibit_any, inhibit_mapping;
};

static bool is_any(const ASN1_OBJECT *o)
{
    return OBJ_obj2nid(o) == NID_any_policy;
}

static bool expects(const struct node *n, const ASN1_OBJECT *policy)
{
    for (size_t i = 0; i < n->nexpected; i++)
        if (OBJ_cmp(n->expected[i], policy) == 0) return true;
    return false;
}

static struct node *find(struct level *l, const ASN1_OBJECT *policy)
{
    for (size_t i = 0; i < l->n; i++)
        if (!l->node[i].gone && OBJ_cmp(l->node[i].policy, policy) == 0) return &l->node[i];
    return NULL;
}

static struct node *add(struct graph *g, struct level *l, const ASN1_OBJECT *policy)
{
    if (l->n == X509_POLICIES_MAX) {
        g->overflow = true;
        return NULL;
    }
    struct node *n = &l->node[l->n++];
    *n = (struct node){.policy = policy, .expected = {policy}, .nexpected = 1};
    return n;
}

static void set_parent(struct node *n, size_t i)
{
    n->parents[i / 64] |= UINT64_C(1) << (i % 64);
}

static bool has_parent(const struct node *n, size_t i)
{
    return n->parents[i / 64] >> (i % 64) & 1;
}

/* Deletes nodes of earlier levels from which nothing leads on. */
static void prune(struct graph *g)
{
    for (size_t d = g->depth; d-- > 0;)
        for (size_t i = 0; i < g->level[d].n; i++) {
            bool leads = false;
            for (size_t k = 0; k < g->level[d + 1].n && !leads; k++)
                leads = !g->level[d + 1].node[k].gone && has_parent(&g->level[d + 1].node[k], i);
            if (!leads) g->level[d].node[i].gone = true;
        }
    bool any = false;
    for (size_t k = 0; k < g->level[g->depth].n && !any; k++) any = !g->level[g->depth].node[k].gone;
    g->empty = !any;
}

/* A node for the policy under all that expect it, else under "any policy". */
static void add_policy(struct graph *g, struct level *up, struct level *now, const ASN1_OBJECT *policy)
{
    struct node *n = NULL;
    if (find(now, policy)) return;
    for (size_t i = 0; i < up->n; i++) {
        if (up->node[i].gone || !expects(&up->node[i], policy)) continue;
        if (!n) n = add(g, now, policy);
        if (n) set_parent(n, i);
    }
    for (size_t i = 0; i < up->n && !n; i++) {
        if (up->node[i].gone || !is_any(up->node[i].policy)) continue;
        n = add(g, now, policy);
        if (!n) return;
        set_parent(n, i);
    }
}

/* 6.1.3 (d), (e). */
static void add_level(struct graph *g, const struct x509_cert *c, bool last)
{
    const CERTIFICATEPOLICIES *list = c->ext[EXT_POLICIES];
    if (g->empty) return;
    if (!list) {
        g->empty = true;
        return;
    }
    struct level *up = &g->level[g->depth], *now = &g->level[++g->depth];
    now->node = NEW_ARRAY(g->w->a, struct node, X509_POLICIES_MAX);
    bool any = false;
    for (int i = 0; i < sk_POLICYINFO_num(list); i++) {
        const ASN1_OBJECT *p = sk_POLICYINFO_value(list, i)->policyid;
        if (is_any(p))
            any = true;
        else
            add_policy(g, up, now, p);
    }
    if (any && (g->inhibit_any > 0 || (!last && c->self_issued)))
        for (size_t i = 0; i < up->n; i++)
            for (size_t k = 0; !up->node[i].gone && k < up->node[i].nexpected; k++)
                add_policy(g, up, now, up->node[i].expected[k]);
    prune(g);
}

/* 6.1.4 (b): the mappings of one issuer's policy. */
static void map(struct graph *g, const POLICY_MAPPINGS *list, const ASN1_OBJECT *from)
{
    struct level *now = &g->level[g->depth], *up = &g->level[g->depth - 1];
    struct node *n = find(now, from);
    if (g->inhibit_mapping == 0) {
        if (n) n->gone = true;
        return;
    }
    if (!n) {
        for (size_t i = 0; i < now->n; i++)
            if (!now->node[i].gone && is_any(now->node[i].policy)) {
                size_t parent = 0;
                while (parent < up->n && (up->node[parent].gone || !is_any(up->node[parent].policy))) parent++;
                n = parent < up->n ? add(g, now, from) : NULL;
                if (n) set_parent(n, parent);
                break;
            }
    }
    if (!n) return;
    n->nexpected = 0;
    for (int i = 0; i < sk_POLICY_MAPPING_num(list); i++) {
        const POLICY_MAPPING *m = sk_POLICY_MAPPING_value(list, i);
        if (OBJ_cmp(m->issuerDomainPolicy, from) == 0 && n->nexpected < sizeof n->expected / sizeof *n->expected)
            n->expected[n->nexpected++] = m->subjectDomainPolicy;
    }
}

/* 6.1.4 (a), (b). False: a mapping from or to any policy. */
static bool add_mappings(struct graph *g, const struct x509_cert *c)
{
    const POLICY_MAPPINGS *list = c->ext[EXT_MAPPINGS];
    int n = list ? sk_POLICY_MAPPING_num(list) : 0;
    for (int i = 0; i < n; i++) {
        const POLICY_MAPPING *m = sk_POLICY_MAPPING_value(list, i);
        if (is_any(m->issuerDomainPolicy) || is_any(m->subjectDomainPolicy)) return false;
    }
    for (int i = 0; i < n && !g->empty; i++) {
        const ASN1_OBJECT *from = sk_POLICY_MAPPING_value(list, i)->issuerDomainPolicy;
        bool done = false;
        for (int k = 0; k < i && !done; k++)
            done = OBJ_cmp(sk_POLICY_MAPPING_value(list, k)->issuerDomainPolicy, from) == 0;
        if (!done) map(g, list, from);
    }
    if (n && !g->empty) prune(g);
    return true;
}

static void lower(size_t *counter, const ASN1_INTEGER *to)
{
    long v = to ? ASN1_INTEGER_get(to) : -1;
    if (v >= 0 && (size_t)v < *counter) *counter = (size_t)v;
}

/* 6.1.4 (h) to (j). */
static void count_down(struct graph *g, const struct x509_cert *c)
{
    const POLICY_CONSTRAINTS *rules = c->ext[EXT_POLICY_RULES];
    if (!c->self_issued) {
        if (g->explicit_policy) g->explicit_policy--;
        if (g->inhibit_mapping) g->inhibit_mapping--;
        if (g->inhibit_any) g->inhibit_any--;
    }
    if (rules) {
        lower(&g->explicit_policy, rules->requireExplicitPolicy);
        lower(&g->inhibit_mapping, rules->inhibitPolicyMapping);
    }
    lower(&g->inhibit_any, c->ext[EXT_INHIBIT_ANY]);
}

/* 6.1.5 (g): one of the policies asked for is among those that all issuers stand for (the graph below the first "any policy"). */
static bool asked_for(struct graph *g)
{
    const struct x509_ask *ask = g->w->ask;
    if (g->empty) return false;
    if (ask->npolicies == 0) return true;
    struct level *last = &g->level[g->depth];
    for (size_t i = 0; i < last->n; i++)
        if (!last->node[i].gone && is_any(last->node[i].policy)) return true;
    for (size_t p = 0; p < ask->npolicies; p++) {
        ASN1_OBJECT *wanted = OBJ_txt2obj(ask->policies[p], 1);
        bool found = false;
        for (size_t d = 1; wanted && d <= g->depth && !found; d++) {
            struct level *up = &g->level[d - 1];
            struct node *n = find(&g->level[d], wanted);
            for (size_t i = 0; n && i < up->n && !found; i++)
                found = !up->node[i].gone && is_any(up->node[i].policy) && has_parent(n, i);
        }
        ASN1_OBJECT_free(wanted);
        if (found) return true;
    }
    return false;
}

result x509_check_policies(struct x509_work *w)
{
    const struct x509_ask *ask = w->ask;
    struct graph *g = NEW(w->a, struct graph);
    size_t never = w->n + 1;
    g->w = w;
    g->explicit_policy = ask->explicit_policy ? 0 : never;
    g->inhibit_any = ask->inhibit_any ? 0 : never;
    g->inhibit_mapping = ask->inhibit_mapping ? 0 : never;
    g->level[0].node = NEW_ARRAY(w->a, struct node, 1);
    (void)add(g, &g->level[0], OBJ_nid2obj(NID_any_policy));
    for (size_t i = w->n - 1; i-- > 0;) {
        const struct x509_cert *c = w->chain[i];
        add_level(g, c, i == 0);
        if (g->empty && g->explicit_policy == 0) return x509_refuse(w->a, CODE_CERT_POLICY, c);
        if (i > 0) {
            if (!add_mappings(g, c)) return x509_refuse(w->a, CODE_CERT_POLICY, c);
            count_down(g, c);
        }
    }
    if (g->overflow) return x509_refuse(w->a, CODE_CERT_LIMIT, w->chain[0]);
    const POLICY_CONSTRAINTS *rules = w->n > 1 ? w->chain[0]->ext[EXT_POLICY_RULES] : NULL;
    if (g->explicit_policy) g->explicit_policy--;
    if (rules && rules->requireExplicitPolicy && ASN1_INTEGER_get(rules->requireExplicitPolicy) == 0)
        g->explicit_policy = 0;
    return g->explicit_policy > 0 || asked_for(g) ? ok() : x509_refuse(w->a, CODE_CERT_POLICY, w->chain[0]);
}
