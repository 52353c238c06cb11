/* The five grades, and the small things that all files here need. */
#include "areas/00_supervision/ratings/ratings.h"

static const struct {
    const char *key, *zh, *en;
} GRADES[] = {{"", "", ""},
              {"very_dissatisfied", "非常不满意", "Very dissatisfied"},
              {"dissatisfied", "不满意", "Dissatisfied"},
              {"fairly_satisfied", "基本满意", "Fairly satisfied"},
              {"satisfied", "满意", "Satisfied"},
              {"very_satisfied", "非常满意", "Very satisfied"}};

static int64_t within(int64_t grade)
{
    return grade >= GRADE_WORST && grade <= GRADE_BEST ? grade : 0;
}

const char *grade_name(int64_t grade)
{
    return GRADES[within(grade)].key;
}

bool grade_scan(struct slice s, int64_t *grade)
{
    for (int64_t g = GRADE_WORST; g <= GRADE_BEST; g++)
        if (slice_is(s, GRADES[g].key)) {
            *grade = g;
            return true;
        }
    return false;
}

struct bitext grade_words(int64_t grade)
{
    return (struct bitext){slice_cstr(GRADES[within(grade)].zh), slice_cstr(GRADES[within(grade)].en)};
}

const struct json *grades_json(struct arena *a)
{
    struct json_builder list = json_builder(a);
    for (int64_t g = GRADE_BEST; g >= GRADE_WORST; g--) {
        struct json_builder b = json_builder(a);
        json_set_cstr(&b, "key", grade_name(g));
        json_set(&b, "text", bitext_json(a, grade_words(g)));
        json_set_bool(&b, "bad", g <= GRADE_BAD);
        json_add(&list, json_object(&b));
    }
    return json_array(&list);
}

const struct json *rated_service_json(struct city *c, struct arena *a, struct slice code)
{
    const struct service *s;
    struct json_builder b = json_builder(a);
    if (!code.n) return json_null();
    json_set_str(&b, "code", code);
    if (failed(catalogue_current(c->catalogue, a, code, &s)))
        json_set(&b, "name", bitext_json(a, (struct bitext){code, code})); /* withdrawn since */
    else
        json_set(&b, "name", bitext_json(a, service_name(s)));
    return json_object(&b);
}
