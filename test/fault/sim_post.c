/* What must hold of messages, signals and what they start, told from the journals alone: a message thrown is under way, or was heard
 * once, in the order in which one case threw for another; who waited when a signal was thrown hears it once, and nobody else; a service
 * that an event starts is started by it once. What comes before what is the order in which the store wrote the events: no clock is
 * asked. */
#include "city/cases/flow.h"
#include "city/sql.h"
#include "test/fault/sim.h"

enum { ORDERS = 1 << 14, POSTS = 2048, STARTS = 256 };

/* ---- the order of all events ---- */

static struct {
    struct id case_id;
    int64_t seq;
    uint64_t order;
} written[ORDERS];
static uint64_t last_order;

static size_t place(struct id case_id, int64_t seq)
{
    uint64_t h = (uint64_t)seq * UINT64_C(0x9E3779B97F4A7C15);
    for (int i = 8; i < 16; i++) h = (h ^ case_id.b[i]) * UINT64_C(0x100000001B3);
    size_t at = h % ORDERS;
    while (written[at].order && (written[at].seq != seq || !id_eq(written[at].case_id, case_id)))
        at = (at + 1) % ORDERS;
    return at;
}

void post_written(const struct sql_value *binds)
{
    struct id case_id;
    if (!id_from_bytes(binds[0].s, &case_id)) return;
    size_t at = place(case_id, binds[1].i);
    if (last_order > ORDERS / 2) sim_wrong("too many events for the check");
    written[at].case_id = case_id;
    written[at].seq = binds[1].i;
    written[at].order = ++last_order; /* written again after a crash: only the last time counts */
}

uint64_t post_order(struct id case_id, int64_t seq)
{
    return written[place(case_id, seq)].order << 8;
}

/* ---- what the journals say ---- */

struct post { /* a message or signal */
    struct id id, sender;
    struct slice name;
    uint64_t order;
    bool signal, thrown, over; /* over: heard, given up, or gone round */
};
struct hearing {
    size_t post;
    struct id case_id;
    uint64_t order, since; /* since: when the case had begun to wait for it; UINT64_MAX: it did not */
    bool seen;
};
struct await {
    struct id case_id;
    int64_t token;
    struct slice name;
    uint64_t from;
    bool signal, over;
};
struct begun { /* a case that the clock started */
    struct id case_id;
    instant due, at;
    int64_t missed;
};
static struct post posts[POSTS];
static struct hearing hearings[POSTS];
static struct await awaits[POSTS];
static struct begun begun[STARTS];
static size_t nposts, nhearings, nawaits, nbegun;

static void room(size_t n, size_t max, const char *what)
{
    if (n == max) sim_wrong("too many %s for the check", what);
}

static struct post *post_of(struct slice text)
{
    struct id id = ID_NONE;
    (void)id_scan(text, &id);
    for (size_t i = 0; i < nposts; i++)
        if (id_eq(posts[i].id, id)) return &posts[i];
    room(nposts, POSTS, "messages");
    posts[nposts] = (struct post){.id = id};
    return &posts[nposts++];
}

static void thrown(struct id sender, uint64_t order, const struct json *f)
{
    struct post *p = post_of(json_string(f, "id"));
    if (p->thrown) sim_wrong("a message is thrown twice");
    p->thrown = true;
    p->sender = sender;
    p->order = order;
    p->signal = json_int(f, "k", 0) != 0;
    p->name = arena_copy(sim.a, json_string(f, "message"));
}

static void heard(struct id case_id, uint64_t order, const struct json *f)
{
    struct post *p = post_of(json_string(f, "id"));
    size_t at = (size_t)(p - posts);
    p->signal = json_int(f, "k", 0) != 0;
    for (size_t i = 0; i < nhearings; i++)
        if (hearings[i].post == at && (!p->signal || id_eq(hearings[i].case_id, case_id)))
            sim_wrong("a %s took effect twice", p->signal ? "signal" : "message");
    if (!p->signal && p->over) sim_wrong("a message that was given up took effect");
    if (!p->signal) p->over = true;
    room(nhearings, POSTS, "messages");
    struct hearing *h = &hearings[nhearings++];
    *h = (struct hearing){.post = at, .case_id = case_id, .order = order, .since = UINT64_MAX};
    for (size_t i = 0; i < nawaits; i++) {
        const struct await *w = &awaits[i];
        bool fits = !w->over && w->signal == p->signal && id_eq(w->case_id, case_id) &&
                    slice_eq(w->name, json_string(f, "message"));
        if (fits && w->from < h->since) h->since = w->from;
    }
}

static void await(struct id case_id, uint64_t order, const struct json *f)
{
    room(nawaits, POSTS, "awaits");
    awaits[nawaits++] = (struct await){.case_id = case_id,
                                       .token = json_int(f, "token", 0),
                                       .name = arena_copy(sim.a, json_string(f, "name")),
                                       .from = order,
                                       .signal = json_int(f, "k", 0) != 0};
}

static void await_over(struct id case_id, const struct json *f)
{
    for (size_t i = 0; i < nawaits; i++)
        if (awaits[i].token == json_int(f, "token", 0) && id_eq(awaits[i].case_id, case_id)) awaits[i].over = true;
}

static void filed(struct id case_id, instant at, const struct json *f)
{
    const struct json *by = json_get(f, "started_by");
    struct begun b = {.case_id = case_id, .at = at, .missed = json_int(by, "missed", 0)};
    struct sim_case *c = sim_case_of(case_id);
    if (!by) return;
    if (c) c->started = true;
    sim.stats.happened[HAPPENED_STARTED]++;
    if (!slice_is(json_string(by, "kind"), "timer")) return;
    if (!instant_scan(json_string(by, "due"), &b.due)) sim_wrong("a case that a timer started does not say when");
    room(nbegun, STARTS, "starts");
    begun[nbegun++] = b;
}

void post_fact(struct id case_id, uint64_t order, instant at, const struct json *f)
{
    struct slice t = json_string(f, "t");
    if (slice_is(t, "thrown")) thrown(case_id, order, f);
    if (slice_is(t, "heard")) heard(case_id, order, f);
    if (slice_is(t, "unheard")) post_of(json_string(f, "id"))->over = true;
    if (slice_is(t, "await")) await(case_id, order, f);
    if (slice_is(t, "await_over")) await_over(case_id, f);
    if (slice_is(t, "filed")) filed(case_id, at, f);
}

/* ---- what must hold ---- */

static bool was_heard(size_t post, struct id case_id)
{
    for (size_t i = 0; i < nhearings; i++)
        if (hearings[i].post == post && id_eq(hearings[i].case_id, case_id)) return true;
    return false;
}

/* A signal has gone round: whoever waited before it was thrown, and waits still, has heard it. */
static void gone_round(size_t at)
{
    const struct post *p = &posts[at];
    for (size_t i = 0; i < nawaits; i++) {
        const struct await *w = &awaits[i];
        bool waited = w->signal && !w->over && w->from < p->order && slice_eq(w->name, p->name);
        if (waited && !id_eq(w->case_id, p->sender) && !was_heard(at, w->case_id))
            sim_wrong("a signal is lost: a case waited when it was thrown, and has not heard it");
    }
    if (slice_is(p->name, SIM_OVER) && !sim_case_of(start_id(p->id, S(SIM_ROUND))))
        sim_wrong("a signal started no case of the service that begins with it");
}

static void check_hearing(struct hearing *h)
{
    const struct post *p = &posts[h->post];
    if (!p->thrown) return; /* from outside */
    if (p->signal && h->since > p->order)
        sim_wrong("a case heard a signal that was thrown before it began to wait for it");
    for (size_t i = 0; i < nhearings && !p->signal; i++) {
        const struct hearing *g = &hearings[i];
        const struct post *q = &posts[g->post];
        bool pair =
            g != h && id_eq(g->case_id, h->case_id) && id_eq(q->sender, p->sender) && slice_eq(q->name, p->name);
        if (pair && q->thrown && (g->order < h->order) != (q->order < p->order))
            sim_wrong("two messages of one case were heard by another in the other order");
    }
}

static bool contains(const struct rows *r, struct id id)
{
    for (size_t i = 0; i < r->n; i++)
        if (slice_eq(row(r, i)[0].s, id_bytes(&id))) return true;
    return false;
}

static const struct stmt UNDER_WAY = {"sim_post", "SELECT id FROM case_message", NULL, false};
static const struct stmt ROUND = {
    "sim_round", "SELECT due_at FROM case_start WHERE service = ?1 AND due_at IS NOT NULL", NULL, false};

/* Each due time is used once: by a case that it started, or counted as missed by the next one. */
static void check_starts(struct arena *a)
{
    instant last = 0, next = 0;
    for (size_t i = 0; i < nbegun; i++)
        if (begun[i].at < begun[i].due) sim_wrong("a service started before its time");
    for (;;) {
        const struct begun *b = NULL;
        for (size_t i = 0; i < nbegun; i++)
            if (begun[i].due > last && (!b || begun[i].due < b->due)) b = &begun[i];
        if (!b) break;
        if (next && b->due != next)
            sim_wrong("a service started at %lld, its next time was %lld", (long long)b->due, (long long)next);
        last = b->due;
        next = b->due + (b->missed + 1) * SIM_PERIOD;
    }
    size_t same = 0;
    for (size_t i = 0; i < nbegun; i++)
        for (size_t k = 0; k < i; k++) same += begun[i].due == begun[k].due;
    if (same) sim_wrong("a service started twice for the same time");
    struct rows r = sim_query(a, &ROUND, BINDS(sql_text(S(SIM_ROUND))));
    if (next && (r.n != 1 || row(&r, 0)[0].i != next))
        sim_wrong("the next start of a service is not one period after the last");
}

void post_check(struct arena *a)
{
    struct rows r = sim_query(a, &UNDER_WAY, NULL, 0);
    for (size_t i = 0; i < nhearings; i++) {
        if (hearings[i].seen) continue;
        hearings[i].seen = true;
        check_hearing(&hearings[i]);
    }
    for (size_t i = 0; i < nposts; i++) {
        struct post *p = &posts[i];
        if (!p->thrown || p->over || contains(&r, p->id)) continue;
        p->over = true;
        if (p->signal)
            gone_round(i);
        else if (!sim_case_of(start_id(p->id, S(SIM_ANSWERER))))
            sim_wrong("a message is lost: it was thrown, is not under way, and nobody heard it");
    }
    check_starts(a);
}
