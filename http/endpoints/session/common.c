#include "http/endpoints/session/common.h"

#include "city/identity/identity.h"
#include "city/oidc/relying.h"

static const struct json *city_json(struct arena *a, const struct city *c)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "code", c->code);
    json_set(&b, "name", bitext_json(a, (struct bitext){c->name_zh, c->name_en}));
    json_set_bool(&b, "demo", c->demo);
    json_set_bool(&b, "test_keys", c->test_keys);
    json_set(&b, "idp", c->idp ? bitext_json(a, c->idp->name) : json_null());
    return json_object(&b);
}

result session_reply(const struct request *q, struct slice hash, struct reply *r)
{
    struct actor actor;
    bool found = false;
    const struct json *who = json_null();
    struct json_builder b = json_builder(q->a);
    if (hash.n) TRY(session_actor(q->city, q->a, hash, q->now, &actor, &found));
    if (found) TRY(actor_json(q->city, q->a, &actor, q->now, &who));
    json_set_bool(&b, "signed_in", found);
    json_set_str(&b, "csrf", found ? session_csrf(q->city, q->a, hash) : (struct slice){0});
    json_set(&b, "actor", who);
    json_set(&b, "city", city_json(q->a, q->city));
    r->body = json_object(&b);
    return ok();
}
