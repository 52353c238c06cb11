/* enterprise.account: the new enterprise becomes a subject of the city, knows about itself what the register knows, and its
 * legal representative may act for it (民法典 art. 61). A job; done again it changes nothing. */
#include "areas/01_starting_a_business/verbs.h"

#include "city/identity/identity.h"

static result representative(struct verb_call *x, struct id enterprise, bool *linked)
{
    struct id person;
    bool found;
    *linked = false;
    TRY(subject_find(x->city, x->a, S("resident_id"), json_string(x->input, "representative_number"), &person, &found));
    /* a representative whom the city does not know yet is linked when they have registered, at the window */
    return found ? representative_set(x->city, x->a, enterprise, person, x->now, linked) : ok();
}

static result account_run(struct verb_call *x, const struct json **output)
{
    const struct actor system = actor_system();
    const struct json *profile = json_get(x->input, "profile");
    struct bitext source = {S("市场主体登记"), S("Register of enterprises")};
    struct json_builder b = json_builder(x->a);
    struct id enterprise;
    bool linked;
    TRY(subject_find_or_make(x->city, x->a, &system, S("uscc"), json_string(x->input, "uscc"),
                             json_string(x->input, "name"), x->now, &enterprise));
    if (profile && profile->type == JSON_OBJECT)
        TRY(subject_profile_set(x->city, x->a, enterprise, profile, source, x->now));
    TRY(representative(x, enterprise, &linked));
    json_set_str(&b, "subject", id_text(x->a, enterprise));
    json_set_bool(&b, "representative_linked", linked);
    *output = json_object(&b);
    return ok();
}

const struct verb VERB_ENTERPRISE_ACCOUNT = {
    .name = "enterprise.account",
    .kind = VERB_JOB,
    .summary_zh = "为新设企业建立主体并关联法定代表人",
    .summary_en = "Makes the new enterprise known and lets its legal representative act for it",
    .input_schema =
        "{\"type\":\"object\",\"required\":[\"uscc\",\"name\",\"representative_number\"],\"properties\":{\"uscc\":{\"type\":\"string\"},"
        "\"name\":{\"type\":\"string\"},\"representative_number\":{\"type\":\"string\"},\"profile\":{\"type\":\"object\"}}}",
    .output_schema =
        "{\"type\":\"object\",\"properties\":{\"subject\":{\"type\":\"string\"},\"representative_linked\":{\"type\":\"boolean\"}}}",
    .run = account_run};
