/* What a step hands in ("files"): uploaded as the page uploads it, its id put where the form asks for it. */
#include "app/scenarios/scenario.h"
#include "city/drafts/drafts.h"

/* {"who": {"photo": v}} for "who.photo". */
static const struct json *at_path(struct arena *a, struct slice path, const struct json *v)
{
    struct json_builder b = json_builder(a);
    struct slice head, rest;
    bool more = slice_cut(path, '.', &head, &rest);
    json_set_slice(&b, head, more ? at_path(a, rest, v) : v);
    return json_object(&b);
}

static result upload(struct play *p, const struct actor *x, const struct json *file, struct slice *id)
{
    struct arena *a = p->w->a;
    struct slice bytes = json_string(file, "text"), coded = json_string(file, "base64");
    struct attachment out;
    if (coded.n && !base64_decode(a, coded, &bytes)) scenario_broken(p, "不是 base64", "that is no base64");
    TRY(attachment_add(&p->w->c, a, x, json_string(file, "name"), json_string(file, "material"), bytes, p->w->now,
                       &out));
    *id = id_text(a, out.id);
    return ok();
}

result scenario_papers(struct play *p, const struct actor *x, const struct json *files, const struct json **data)
{
    struct arena *a = p->w->a;
    for (size_t i = 0; files && i < files->n; i++) {
        struct slice id;
        TRY(upload(p, x, files->items[i], &id));
        *data = json_merge(a, *data, at_path(a, files->keys[i], json_of_string(a, id)));
    }
    return ok();
}
