/* Cases that an event starts: whose they are, and what they begin with. */
#include "city/cases/flow.h"

#include "city/identity/identity.h"
#include "city/sql.h"

/* Whose the case is: service.json "started_by": {"applicant": "sender"} that of the case that threw the event, or "department"
 * (依职权) the deciding body. Without it: the sender's when there is one, else the department's. */
static bool of_sender(const struct flow_start *s)
{
    struct slice said = json_string(json_get(service_json(s->service), "started_by"), "applicant");
    return !id_is_none(s->sender) && !slice_is(said, "department");
}

static const struct stmt SENDER = {"start_sender", "SELECT subject, agent FROM case_file WHERE id=?1", NULL, false};

static result applicant(struct city *c, struct arena *a, instant now, const struct flow_start *s, struct case_filing *f)
{
    struct rows rows = {0};
    bool sender = of_sender(s);
    if (sender) TRY(store_query(c->store, a, &SENDER, BINDS(sql_id(&s->sender)), &rows));
    sender = rows.n && id_from_bytes(row(&rows, 0)[0].s, &f->subject);
    if (sender && row(&rows, 0)[1].type != SQL_NULL) (void)id_from_bytes(row(&rows, 0)[1].s, &f->agent);
    if (!sender) TRY(subject_of_department(c, a, service_department(s->service), now, &f->subject));
    return subject_snapshot(c, a, f->subject, &f->applicant);
}

static struct slice town(struct city *c, const struct flow_start *s)
{
    const struct citydata *data = catalogue_data(c->catalogue);
    struct slice own = json_string(json_get(service_json(s->service), "started_by"), "town");
    if (own.n) return own;
    if (s->town.n) return s->town;
    return data && data->ntowns ? data->towns[0].code : S("");
}

static const struct json *told(struct arena *a, const struct flow_start *s)
{
    struct json_builder b = json_builder(a);
    json_set_cstr(&b, "kind", s->kind);
    if (s->name.n) json_set_str(&b, "name", s->name);
    if (!id_is_none(s->sender)) json_set_str(&b, "case", id_text(a, s->sender));
    if (s->due) json_set_str(&b, "due", instant_text(a, s->due));
    if (s->missed) json_set_int(&b, "missed", s->missed);
    return json_object(&b);
}

void start_told(struct json_builder *fact, struct json_builder *vars, const struct flow_start *s)
{
    if (fact) json_set(fact, "started_by", told(fact->a, s));
    if (vars) json_set(vars, "started_by", told(vars->a, s));
}

static const struct stmt CASE_THERE = {"start_case_there", "SELECT id FROM case_file WHERE id=?1", NULL, false};

result start_begun(struct city *c, struct arena *a, const struct flow_start *s, bool *begun)
{
    struct rows rows;
    TRY(store_query(c->store, a, &CASE_THERE, BINDS(sql_id(&s->case_id)), &rows));
    *begun = rows.n > 0;
    return ok();
}

result start_case(struct city *c, struct arena *a, instant now, const struct flow_start *s)
{
    struct case_filing f = {.service = s->service, .channel = S("event"), .start = s};
    struct case_command *k = NEW(a, struct case_command);
    struct case_done out;
    struct run *r;
    struct json_builder none = json_builder(a);
    *k = work_command(c, a, now, "start", s->case_id);
    f.data = s->payload && s->payload->type == JSON_OBJECT ? s->payload : json_object(&none);
    f.town = town(c, s);
    TRY(applicant(c, a, now, s, &f));
    TRY(case_file_prepare(k, &f, &out, &r));
    result res = run_command(r);
    bool begun = false;
    /* another worker, whose lease this was or is, began it at this moment */
    if (result_code(res) == CODE_STORE_CONSTRAINT) TRY(start_begun(c, a, s, &begun));
    return begun ? ok() : res;
}

size_t starts_of(struct city *c, struct arena *a, enum declared_kind kind, struct slice name,
                 const struct starting **out)
{
    const struct service *const *all;
    size_t n, found = 0;
    catalogue_all(c->catalogue, a, &all, &n);
    struct starting *list = NEW_ARRAY(a, struct starting, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct process_declared *d = NULL;
        size_t nd = process_declared(a, service_model(all[i]), &d);
        for (size_t k = 0; k < nd; k++) {
            if (!d[k].starts || d[k].kind != kind || !slice_eq(d[k].name, name)) continue;
            list[found++] = (struct starting){all[i], d[k].node->id};
            break; /* one case a service, whatever it draws */
        }
    }
    *out = list;
    return found;
}
