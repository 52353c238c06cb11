/* Articles as everybody and as their owners read them. */
#include "areas/17_government_services/knowledge.h"
#include "city/sql.h"

static const struct stmt PUBLISHED = {
    "kb_published",
    "SELECT a.key, a.owner, a.review_on, a.version, v.content, v.decided_at FROM kb_article a JOIN kb_version v"
    " ON v.key = a.key AND v.version = a.version WHERE a.key = ?1 AND a.version > 0",
    NULL, false};

/* {code, name, online} of each service that there is now. */
static const struct json *services_json(struct city *c, struct arena *a, const struct json *codes)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; codes && i < codes->n; i++) {
        const struct service *s;
        struct json_builder b = json_builder(a);
        if (failed(catalogue_current(c->catalogue, a, codes->items[i]->text, &s))) continue;
        json_set_str(&b, "code", service_code(s));
        json_set(&b, "name", bitext_json(a, service_name(s)));
        json_set_str(&b, "online", json_string(service_json(s), "online"));
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

struct published {
    struct slice key, owner;
    day review_on;
    int64_t version;
    instant at;
    const struct json *content;
};

static result published(struct city *c, struct arena *a, struct slice key, struct published *out)
{
    struct rows r;
    TRY(store_query(c->store, a, &PUBLISHED, BINDS(sql_text(key)), &r));
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("article"), "value", key, NULL);
    const struct sql_value *v = row(&r, 0);
    *out = (struct published){v[0].s, v[1].s, (day)v[2].i, v[3].i, v[5].i, NULL};
    return json_parse(a, v[4].s, 1 << 20, S("content"), &out->content);
}

static void set_head(struct json_builder *b, struct city *c, struct arena *a, const struct published *p, instant now)
{
    json_set_str(b, "key", p->key);
    json_set_int(b, "version", p->version);
    json_set(b, "title", json_get(p->content, "title"));
    json_set(b, "owner", citydata_department_json(a, catalogue_data(c->catalogue), p->owner));
    json_set(b, "services", services_json(c, a, json_get(p->content, "services")));
    json_set_str(b, "review_on", day_text(a, p->review_on));
    json_set_bool(b, "overdue", p->review_on < day_of_instant(now));
}

result knowledge_public(struct city *c, struct arena *a, struct slice key, instant now, const struct json **out)
{
    struct published p;
    struct json_builder b = json_builder(a), none = json_builder(a);
    TRY(published(c, a, key, &p));
    const struct json *laws = json_get(p.content, "laws");
    set_head(&b, c, a, &p, now);
    json_set(&b, "body", json_get(p.content, "body"));
    json_set(&b, "laws", laws ? laws : json_array(&none));
    json_set_instant(&b, "published_at", p.at);
    *out = json_object(&b);
    return ok();
}

enum { EXCERPT_LEAST = 60, EXCERPT_MOST = 240 };

/* The first sentences, a short one with the next; what is cut off in the middle says so. */
static struct slice excerpt(struct arena *a, struct slice body, struct slice stop)
{
    size_t end = 0;
    while (end < EXCERPT_LEAST) {
        size_t next = slice_search(slice_sub(body, end, body.n), stop);
        if (next == SIZE_MAX || end + next + stop.n > EXCERPT_MOST) break;
        end += next + stop.n;
    }
    if (body.n <= EXCERPT_MOST && !end) return body;
    if (end) return slice_trim(slice_sub(body, 0, end));
    struct slice cut = slice_sub(body, 0, EXCERPT_MOST);
    cut.n = slice_utf8_end(cut);
    size_t word = cut.n; /* where words have spaces, not within one */
    while (word > EXCERPT_MOST - EXCERPT_LEAST && cut.p[word - 1] != ' ') word--;
    if (word > EXCERPT_MOST - EXCERPT_LEAST) cut.n = word;
    return arena_printf(a, "%.*s…", SLICE_ARG(slice_trim(cut)));
}

static void set_card(struct json_builder *b, struct city *c, struct arena *a, const struct published *p, instant now)
{
    struct bitext body = bitext_of(json_get(p->content, "body"));
    set_head(b, c, a, p, now);
    json_set(b, "excerpt", bitext_json(a, (struct bitext){excerpt(a, body.zh, S("。")), excerpt(a, body.en, S(". "))}));
}

result knowledge_card(struct city *c, struct arena *a, struct slice key, instant now, const struct json **out)
{
    struct published p;
    struct json_builder b = json_builder(a);
    TRY(published(c, a, key, &p));
    set_card(&b, c, a, &p, now);
    *out = json_object(&b);
    return ok();
}

static const struct json *hit_json(struct city *c, struct arena *a, const struct published *p, double coverage,
                                   bool whole, instant now)
{
    struct json_builder b = json_builder(a);
    set_card(&b, c, a, p, now);
    json_set(&b, "coverage", json_of_number(a, arena_printf(a, "%.2f", coverage)));
    if (whole) json_set(&b, "body", json_get(p->content, "body"));
    return json_object(&b);
}

static result fits(struct city *c, struct arena *a, const struct published *p, struct knowledge_filter f, bool *out)
{
    *out = !f.department.n || slice_eq(f.department, p->owner);
    return *out && f.service.n ? knowledge_is_about(c, a, p->key, f.service, out) : ok();
}

result knowledge_search(struct city *c, struct arena *a, enum lang lang, struct slice q, struct knowledge_filter f,
                        size_t limit, bool whole, instant now, const struct json **out)
{
    struct search_hit *hits;
    size_t n;
    struct json_builder items = json_builder(a), b = json_builder(a);
    enum search_collection in = lang == LANG_EN ? SEARCH_KNOWLEDGE_EN : SEARCH_KNOWLEDGE_ZH;
    bool picky = f.department.n || f.service.n, fit = true, answered = false;
    size_t shown = 0;
    TRY(search_find(c->store, a, in, q, picky ? SEARCH_HITS_MAX : limit, NULL, &hits, &n));
    for (size_t i = 0; i < n && shown < limit; i++) {
        struct published p;
        result r = published(c, a, hits[i].ref, &p);
        if (result_code(r) == CODE_NOT_FOUND) continue; /* taken off between the two readings */
        TRY(r);
        TRY(fits(c, a, &p, f, &fit));
        if (!fit) continue;
        shown++;
        answered = answered || hits[i].coverage >= KNOWLEDGE_ANSWERED;
        json_add(&items, hit_json(c, a, &p, hits[i].coverage, whole, now));
    }
    json_set(&b, "items", json_array(&items));
    json_set(&b, "next", json_null());
    json_set_bool(&b, "answered", answered);
    *out = json_object(&b);
    return ok();
}
