/* What a request is probably about: words of kinds and subjects (words.json) found in its text, the department by the service's own
 * table (routing.dmn), and the knowledge base's article where one covers the question. A clerk confirms or changes it. */
#include "areas/17_government_services/hotline/hotline.h"

#include "city/search/search.h"
#include "engine/decision/feel.h"

static result words(struct arena *a, const struct json **out)
{
    return json_parse(a, slice_cstr(HOTLINE_WORDS), 1 << 20, S("words.json"), out);
}

static struct bitext name_in(struct arena *a, const char *list, struct slice key)
{
    const struct json *all;
    if (!failed(words(a, &all))) {
        const struct json *items = json_get(all, list);
        for (size_t i = 0; items && i < items->n; i++)
            if (slice_eq(json_string(items->items[i], "key"), key)) return bitext_of(json_get(items->items[i], "name"));
    }
    return (struct bitext){key, key};
}

struct bitext hotline_topic_name(struct arena *a, struct slice key)
{
    return name_in(a, "topics", key);
}

struct bitext hotline_kind_name(struct arena *a, struct slice key)
{
    return name_in(a, "kinds", key);
}

/* ---- by words ---- */

/* Longer words tell more: characters of all that stand in the text, each word once; words of Latin letters only where they stand
 * alone. Both are folded. */
static int64_t weight_of(struct arena *a, struct slice text, const struct json *list)
{
    int64_t sum = 0;
    struct slice spaced = arena_printf(a, " %.*s ", SLICE_ARG(text));
    for (size_t i = 0; list && i < list->n; i++) {
        struct slice w = search_fold(a, list->items[i]->text);
        if (!w.n) continue;
        bool latin = w.p[0] >= 'a' && w.p[0] <= 'z';
        bool found = latin ? slice_search(spaced, arena_printf(a, " %.*s", SLICE_ARG(w))) != SIZE_MAX
                           : slice_search(text, w) != SIZE_MAX;
        if (found) sum += (int64_t)slice_codepoints(w);
    }
    return sum;
}

static const struct json *best_of(struct arena *a, struct slice text, const struct json *list, int64_t *weight)
{
    const struct json *best = NULL;
    *weight = 0;
    for (size_t i = 0; list && i < list->n; i++) {
        int64_t w = weight_of(a, text, json_get(list->items[i], "words"));
        if (w > *weight) {
            *weight = w;
            best = list->items[i];
        }
    }
    return best;
}

/* ---- by the table ---- */

static result route(struct city *c, struct arena *a, struct slice topic, instant now, const struct json **out)
{
    const struct service *s;
    struct json_builder b = json_builder(a);
    struct feel_env env = {.now = now};
    TRY(catalogue_current(c->catalogue, a, HOTLINE_SERVICE, &s));
    json_set_str(&b, "topic", topic);
    return dmn_eval(a, service_decision(s, S("routing")), S("routing"), &env, json_object(&b), out, NULL);
}

static const struct json *department_of(struct city *c, struct arena *a, const struct json *route_)
{
    struct slice code = json_string(route_, "department");
    return code.n ? citydata_department_json(a, catalogue_data(c->catalogue), code) : json_null();
}

result hotline_suggest(struct city *c, struct arena *a, struct slice text, instant now, const struct json **out)
{
    const struct json *all, *r, *kind, *topic;
    int64_t kind_weight, topic_weight;
    struct json_builder b = json_builder(a);
    struct slice folded = search_fold(a, slice_sub(text, 0, 4 * HOTLINE_TEXT_MAX));
    TRY(words(a, &all));
    kind = best_of(a, folded, json_get(all, "kinds"), &kind_weight);
    topic = best_of(a, folded, json_get(all, "topics"), &topic_weight);
    struct slice key = topic ? json_string(topic, "key") : S("other");
    TRY(route(c, a, key, now, &r));
    bool officer = weight_of(a, folded, json_get(all, "officer")) > 0;
    json_set_str(&b, "kind", kind ? json_string(kind, "key") : officer ? S("complaint") : S("consultation"));
    json_set_bool(&b, "kind_found", kind != NULL);
    json_set_str(&b, "topic", key);
    json_set_bool(&b, "topic_found", topic != NULL);
    json_set(&b, "department", department_of(c, a, r));
    json_set_int(&b, "area", json_int(r, "area", 0));
    json_set_bool(&b, "urgent", weight_of(a, folded, json_get(all, "urgent")) > 0);
    json_set_bool(&b, "officer", officer);
    *out = json_object(&b);
    return ok();
}

static result suggest(const struct request *q, struct reply *r)
{
    return hotline_suggest(q->city, q->a, json_string(q->body, "text"), q->now, &r->body);
}

const struct endpoint EP_HOTLINE_SUGGEST = {
    .method = "POST",
    .path = "/desk/hotline/suggest",
    .right = {RIGHT_STAFF, 0, false},
    .flags = EP_JSON_BODY,
    .summary_zh = "按所输入的内容推荐诉求的类型、主题和承办部门（不记录）",
    .summary_en = "What a request is probably about, and whose it is; nothing of it is kept",
    .request_schema =
        "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"text\"],\"properties\":{\"text\":{\"type\":\"string\",\"maxLength\":4000}}}",
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"kind\",\"topic\",\"urgent\",\"officer\"],\"properties\":{\"kind\":{\"type\":\"string\"},"
        "\"kind_found\":{\"type\":\"boolean\"},\"topic\":{\"type\":\"string\"},\"topic_found\":{\"type\":\"boolean\"},"
        "\"department\":{\"type\":[\"object\",\"null\"]},\"area\":{\"type\":\"integer\"},\"urgent\":{\"type\":\"boolean\"},\"officer\":{\"type\":\"boolean\"}}}",
    .handle = suggest};

/* ---- the lists ---- */

static result topic_line(struct city *c, struct arena *a, const struct json *t, instant now, const struct json **out)
{
    const struct json *r;
    struct json_builder b = json_builder(a);
    TRY(route(c, a, json_string(t, "key"), now, &r));
    json_set_str(&b, "key", json_string(t, "key"));
    json_set(&b, "name", json_get(t, "name"));
    json_set_int(&b, "area", json_int(r, "area", 0));
    json_set(&b, "department", department_of(c, a, r));
    *out = json_object(&b);
    return ok();
}

result hotline_words(struct city *c, struct arena *a, instant now, const struct json **topics,
                     const struct json **kinds)
{
    const struct json *all;
    struct json_builder t = json_builder(a), k = json_builder(a);
    TRY(words(a, &all));
    const struct json *list = json_get(all, "topics");
    for (size_t i = 0; i < list->n; i++) {
        const struct json *one;
        TRY(topic_line(c, a, list->items[i], now, &one));
        json_add(&t, one);
    }
    list = json_get(all, "kinds");
    for (size_t i = 0; i < list->n; i++) {
        struct json_builder b = json_builder(a);
        json_set_str(&b, "key", json_string(list->items[i], "key"));
        json_set(&b, "name", json_get(list->items[i], "name"));
        json_add(&k, json_object(&b));
    }
    *topics = json_array(&t);
    *kinds = json_array(&k);
    return ok();
}

static result lists(const struct request *q, struct reply *r)
{
    const struct json *topics, *kinds;
    struct json_builder b = json_builder(q->a), d = json_builder(q->a);
    const struct citydata *data = catalogue_data(q->city->catalogue);
    TRY(hotline_words(q->city, q->a, q->now, &topics, &kinds));
    for (size_t i = 0; i < data->ndepartments; i++)
        json_add(&d, citydata_department_json(q->a, data, data->departments[i].code));
    json_set(&b, "kinds", kinds);
    json_set(&b, "topics", topics);
    json_set(&b, "departments", json_array(&d));
    json_set_int(&b, "text_max", HOTLINE_TEXT_MAX);
    json_set_int(&b, "files_max", HOTLINE_FILES_MAX);
    json_set_int(&b, "file_max", HOTLINE_FILE_MAX);
    r->body = json_object(&b);
    return ok();
}

const struct endpoint EP_HOTLINE_WORDS = {
    .method = "GET",
    .path = "/hotline",
    .right = {RIGHT_PUBLIC, 0, false},
    .summary_zh = "12345企业专席：诉求类型、主题及其承办部门",
    .summary_en = "The enterprise seat of the hotline: kinds of requests, subjects and whose they are",
    .reply_schema =
        "{\"type\":\"object\",\"required\":[\"kinds\",\"topics\",\"departments\"],\"properties\":{\"kinds\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
        "\"topics\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"departments\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},"
        "\"text_max\":{\"type\":\"integer\"},\"files_max\":{\"type\":\"integer\"},\"file_max\":{\"type\":\"integer\"}}}",
    .handle = lists};
