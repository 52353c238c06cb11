/* The guide: a tree of questions whose answers lead to services and articles. */
#include "areas/17_government_services/knowledge.h"
#include "city/sql.h"

#define GUIDE_NODES_MAX 500

static result fault(struct arena *a, struct slice field, const char *zh, const char *en, struct slice value)
{
    struct slice zh_text = value.n ? arena_printf(a, "%s：%.*s", zh, SLICE_ARG(value)) : slice_cstr(zh);
    struct slice en_text = value.n ? arena_printf(a, "%s: %.*s", en, SLICE_ARG(value)) : slice_cstr(en);
    return fail(a, CODE_GUIDE_FAULT, field, "detail_zh", zh_text, "detail_en", en_text, NULL);
}

static bool both_languages(const struct json *text)
{
    return json_string(text, "zh").n && json_string(text, "en").n;
}

struct walk {
    struct city *c;
    struct arena *a;
    const struct json *nodes;
    struct slice coming;
    uint8_t *state; /* of each node: 0 not seen, 1 on the way here, 2 done */
    result r;
};

static void note(struct walk *w, result r)
{
    w->r = result_join(w->a, w->r, r);
}

static size_t node_index(const struct json *nodes, struct slice id)
{
    for (size_t i = 0; i < nodes->n; i++)
        if (slice_eq(nodes->keys[i], id)) return i;
    return SIZE_MAX;
}

static const struct stmt ARTICLE = {"guide_article", "SELECT version FROM kb_article WHERE key = ?1 AND version > 0",
                                    NULL, false};

static void leaf(struct walk *w, const struct json *answer, struct slice place)
{
    const struct service *s;
    struct rows r;
    struct slice service = json_string(answer, "service"), article = json_string(answer, "article");
    if (service.n && failed(catalogue_current(w->c->catalogue, w->a, service, &s)))
        note(w, fault(w->a, place, "没有这个事项", "there is no such service", service));
    if (!article.n || slice_search(w->coming, arena_printf(w->a, " %.*s ", SLICE_ARG(article))) != SIZE_MAX) return;
    result q = store_query(w->c->store, w->a, &ARTICLE, BINDS(sql_text(article)), &r);
    if (failed(q))
        note(w, q);
    else if (!r.n)
        note(w, fault(w->a, place, "没有这篇已发布的文章", "there is no such published article", article));
}

static void visit(struct walk *w, size_t at);

static void answer(struct walk *w, const struct json *x, struct slice place)
{
    struct slice to = json_string(x, "to");
    int ends = (to.n != 0) + (json_string(x, "service").n != 0) + (json_string(x, "article").n != 0);
    if (!both_languages(json_get(x, "text")))
        note(w, fault(w->a, place, "答案缺少中文或英文", "the answer lacks Chinese or English", S("")));
    if (ends != 1) {
        note(w, fault(w->a, place, "答案须且只能通向一处：问题、事项或文章",
                      "an answer leads to exactly one place: a question, a service or an article", S("")));
        return;
    }
    if (!to.n) {
        leaf(w, x, place);
        return;
    }
    size_t next = node_index(w->nodes, to);
    if (next == SIZE_MAX)
        note(w, fault(w->a, place, "通向不存在的问题", "leads to a question that does not exist", to));
    else if (w->state[next] == 1)
        note(w, fault(w->a, place, "绕回了来时的问题", "leads back to where it came from", to));
    else
        visit(w, next);
}

/* Each question once; depth is bounded by their number. */
static void visit(struct walk *w, size_t at)
{
    const struct json *node = w->nodes->items[at], *answers = json_get(node, "answers");
    struct slice place = arena_printf(w->a, "/nodes/%.*s", SLICE_ARG(w->nodes->keys[at]));
    if (w->state[at]) return;
    w->state[at] = 1;
    if (!both_languages(json_get(node, "question")))
        note(w, fault(w->a, place, "问题缺少中文或英文", "the question lacks Chinese or English", S("")));
    if (!answers || answers->type != JSON_ARRAY || answers->n < 2)
        note(w, fault(w->a, place, "问题至少要有两个答案", "a question has at least two answers", S("")));
    for (size_t i = 0; answers && i < answers->n; i++)
        answer(w, answers->items[i], arena_printf(w->a, "%.*s/answers/%zu", SLICE_ARG(place), i));
    w->state[at] = 2;
}

result guide_check(struct city *c, struct arena *a, const struct json *guide, struct slice coming)
{
    struct walk w = {.c = c, .a = a, .nodes = json_get(guide, "nodes"), .coming = coming, .r = ok()};
    struct slice start = json_string(guide, "start");
    if (!w.nodes || w.nodes->type != JSON_OBJECT || !w.nodes->n || w.nodes->n > GUIDE_NODES_MAX)
        return fault(a, S("/nodes"), "须有 1 至 500 个问题", "1 to 500 questions are needed", S(""));
    size_t at = node_index(w.nodes, start);
    if (at == SIZE_MAX) return fault(a, S("/start"), "没有这个问题", "there is no such question", start);
    w.state = arena_zalloc(a, w.nodes->n, 1);
    visit(&w, at);
    for (size_t i = 0; i < w.nodes->n; i++)
        if (!w.state[i])
            note(&w, fault(a, arena_printf(a, "/nodes/%.*s", SLICE_ARG(w.nodes->keys[i])), "没有答案通向这个问题",
                           "no answer leads to this question", S("")));
    return w.r;
}

/* ---- versions ---- */

static const struct stmt LAST = {"guide_last", "SELECT coalesce(max(version), 0) FROM kb_guide", NULL, false};
static const struct stmt ADD = {
    "guide_add",
    "INSERT INTO kb_guide (version, content, state, made_by, made_at, decided_by, decided_at)"
    " VALUES (?1,?2,?3,?4,?5,NULL,?6)",
    NULL, false};
static const struct stmt REPLACE = {"guide_replace", "UPDATE kb_guide SET state = 'replaced' WHERE state = ?1", NULL,
                                    false};

struct guide_writing {
    const struct actor *x;
    const struct json *guide;
    bool publish;
    int64_t version;
    instant now;
};

static result submit_body(struct tx *tx, struct arena *a, void *ctx)
{
    struct guide_writing *w = ctx;
    struct rows r;
    struct json_builder b = json_builder(a);
    TRY(tx_query(tx, a, &LAST, NULL, 0, &r));
    w->version = row(&r, 0)[0].i + 1;
    TRY(tx_exec(tx, a, &REPLACE, BINDS(sql_text(w->publish ? S("published") : S("waiting"))), NULL));
    TRY(tx_exec(tx, a, &ADD,
                BINDS(sql_int(w->version), sql_text(json_write(a, w->guide)),
                      sql_text(w->publish ? S("published") : S("waiting")), sql_id(&w->x->account), sql_int(w->now),
                      sql_int(w->publish ? w->now : 0)),
                NULL));
    json_set_int(&b, "version", w->version);
    return audit_add(tx, a, w->x, w->now, w->publish ? "guide.published" : "guide.submitted", json_object(&b));
}

result guide_submit(struct city *c, struct arena *a, const struct actor *x, const struct json *guide, bool publish,
                    instant now, int64_t *version)
{
    struct guide_writing w = {x, guide, publish, 0, now};
    TRY(guide_check(c, a, guide, S("")));
    TRY(store_run(c->store, a, "guide_submit", submit_body, &w));
    *version = w.version;
    return ok();
}
