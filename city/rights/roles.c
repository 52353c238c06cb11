/* Names of roles, and the one place where rights are compared with who acts. */
#include "city/rights/rights.h"

static const char *const ROLE_NAMES[ROLE_COUNT] = {
    [ROLE_WINDOW] = "window",       [ROLE_HANDLER] = "handler",
    [ROLE_REVIEWER] = "reviewer",   [ROLE_SIGNER] = "signer",
    [ROLE_HEAD] = "head",           [ROLE_DESIGNER] = "designer",
    [ROLE_PUBLISHER] = "publisher", [ROLE_ADMINISTRATOR] = "administrator",
    [ROLE_SECURITY] = "security",   [ROLE_AUDITOR] = "auditor",
    [ROLE_CORRECTOR] = "corrector",
};

const char *role_name(enum role r)
{
    return (unsigned)r < ROLE_COUNT ? ROLE_NAMES[r] : "";
}

bool role_scan(struct slice s, enum role *out)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (slice_is(s, ROLE_NAMES[i])) {
            *out = (enum role)i;
            return true;
        }
    return false;
}

/* An empty question asks "anywhere"; a grant of "*" covers everywhere. */
static bool scope_covers(struct slice granted, struct slice asked)
{
    return !asked.n || slice_is(granted, "*") || slice_eq(granted, asked);
}

bool actor_has_role(const struct actor *x, enum role r, struct slice department, struct slice town)
{
    if (!x || x->kind != ACTOR_STAFF) return false;
    for (size_t i = 0; i < x->ngrants; i++)
        if (x->grants[i].role == r && scope_covers(x->grants[i].department, department) &&
            scope_covers(x->grants[i].town, town))
            return true;
    return false;
}

static bool actor_has_any(const struct actor *x, uint32_t roles)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if ((roles & (1u << i)) && actor_has_role(x, (enum role)i, (struct slice){0}, (struct slice){0})) return true;
    return false;
}

static bool actor_is_self(const struct actor *x)
{
    return x->kind == ACTOR_PERSON || x->kind == ACTOR_ENTERPRISE;
}

result city_authorise(struct arena *a, const struct actor *x, struct right right, struct slice what)
{
    if (right.kind == RIGHT_PUBLIC) return ok();
    if (!x || x->kind == ACTOR_NOBODY) return fail(a, CODE_UNAUTHENTICATED, what, NULL);
    if (x->kind == ACTOR_SYSTEM) return ok(); /* the command line and workers of this very process */
    bool good = false;
    switch (right.kind) {
    case RIGHT_PUBLIC:
    case RIGHT_SIGNED_IN: good = true; break;
    case RIGHT_SELF: good = actor_is_self(x); break;
    case RIGHT_STAFF: good = x->kind == ACTOR_STAFF; break;
    case RIGHT_ROLES: good = actor_has_any(x, right.roles); break;
    }
    if (!good && right.also_self) good = actor_is_self(x);
    if (good) return ok();
    return fail(a, CODE_FORBIDDEN, what, "right", what, NULL);
}
