/* The table of requests, and what all acts on it share. */
#include "city/personal/row.h"

#include "city/messages/messages.h"
#include "city/sql.h"

const struct migration PERSONAL_MIGRATIONS[] = {
    {"city.personal", 1, "requests of persons about their data",
     "-- retention: 3 years after the answer (个人信息保护法 art. 55, 56: records of handling); text and answer under the key of who asked\n"
     "CREATE TABLE rights_request (id {BLOB} PRIMARY KEY, number {TEXT} NOT NULL, kind {TEXT} NOT NULL, subject {BLOB} NOT NULL,"
     " asked_by {BLOB} NOT NULL, idem {BLOB} NOT NULL, department {TEXT} NOT NULL, case_number {TEXT} NOT NULL, state {TEXT} NOT NULL,"
     " outcome {TEXT} NOT NULL, asked_at {INT} NOT NULL, due_at {INT} NOT NULL, proposed_by {BLOB}, answered_by {BLOB},"
     " answered_at {INT} NOT NULL, about {BLOB}, content_ct {BLOB} NOT NULL, answer_ct {BLOB});\n"
     "CREATE UNIQUE INDEX rights_request_number ON rights_request (number);\n"
     "CREATE UNIQUE INDEX rights_request_idem ON rights_request (idem);\n"
     "CREATE UNIQUE INDEX rights_request_about ON rights_request (about);\n"
     "CREATE INDEX rights_request_subject ON rights_request (subject, id);\n"
     "CREATE INDEX rights_request_desk ON rights_request (department, state, id);\n"
     "CREATE INDEX rights_request_answered ON rights_request (answered_at) WHERE answered_at > 0;\n",
     NULL},
};
const size_t PERSONAL_NMIGRATIONS = sizeof PERSONAL_MIGRATIONS / sizeof *PERSONAL_MIGRATIONS;

static const struct stmt LOOK = {"rights_look", "SELECT " PERSONAL_COLUMNS " FROM rights_request WHERE id = ?1", NULL,
                                 false};
static const struct stmt LOCK = {"rights_lock", "SELECT id FROM rights_request WHERE id = ?1", NULL, true};

static struct id id_of(const struct sql_value *v)
{
    struct id id = ID_NONE;
    if (v->type == SQL_BLOB && !id_from_bytes(v->s, &id)) id = ID_NONE;
    return id;
}

void personal_row(const struct sql_value *v, struct personal_row *out)
{
    *out = (struct personal_row){.id = id_of(&v[0]),
                                 .number = v[1].s,
                                 .kind = v[2].s,
                                 .subject = id_of(&v[3]),
                                 .asked_by = id_of(&v[4]),
                                 .department = v[5].s,
                                 .case_number = v[6].s,
                                 .state = v[7].s,
                                 .outcome = v[8].s,
                                 .asked_at = v[9].i,
                                 .due_at = v[10].i,
                                 .proposed_by = id_of(&v[11]),
                                 .answered_by = id_of(&v[12]),
                                 .answered_at = v[13].i,
                                 .about = id_of(&v[14]),
                                 .content_ct = v[15].s,
                                 .answer_ct = v[16].s,
                                 .complaint = v[17].s,
                                 .about_number = v[18].s};
}

result personal_load(struct city *c, struct arena *a, struct tx *tx, struct id id, struct personal_row *out)
{
    struct rows r;
    struct sql_value v[] = {sql_id(&id)};
    if (tx) {
        TRY(tx_query(tx, a, &LOCK, v, 1, &r));
        TRY(tx_query(tx, a, &LOOK, v, 1, &r));
    } else {
        TRY(store_query(c->store, a, &LOOK, v, 1, &r));
    }
    if (!r.n) return fail(a, CODE_NOT_FOUND, S("request"), "value", id_text(a, id), NULL);
    personal_row(row(&r, 0), out);
    return ok();
}

bool personal_complaint(const struct personal_row *r)
{
    return slice_is(r->kind, "complaint");
}

bool personal_of_desk(const struct actor *x, const struct personal_row *r)
{
    static const enum role ROLES[] = {ROLE_HANDLER, ROLE_REVIEWER, ROLE_HEAD};
    if (personal_complaint(r)) return actor_has_role(x, ROLE_SECURITY, (struct slice){0}, (struct slice){0});
    for (size_t i = 0; i < sizeof ROLES / sizeof *ROLES; i++)
        if (actor_has_role(x, ROLES[i], r->department, (struct slice){0})) return true;
    return false;
}

result personal_note(struct tx *tx, struct arena *a, const struct actor *x, instant now, const char *action,
                     const struct personal_row *r)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "number", r->number);
    json_set_str(&b, "kind", r->kind);
    json_set_str(&b, "department", r->department);
    if (r->outcome.n) json_set_str(&b, "outcome", r->outcome);
    return audit_add(tx, a, x, now, action, json_object(&b));
}

result personal_tell(struct city *c, struct tx *tx, struct arena *a, const struct personal_row *r, const char *zh,
                     const char *en, instant now)
{
    struct message m = {.kind = MESSAGE_TO_SUBJECT,
                        .to = r->subject,
                        .title = {S("个人信息权利申请"), S("Your request about your data")},
                        .body = {arena_printf(a, "申请 %.*s：%s", SLICE_ARG(r->number), zh),
                                 arena_printf(a, "Request %.*s: %s", SLICE_ARG(r->number), en)}};
    return message_send(c, tx, a, &m, now);
}

result personal_text_check(struct arena *a, struct slice text, const char *field)
{
    if (!slice_trim(text).n) return fail(a, CODE_FIELD_REQUIRED, slice_cstr(field), NULL);
    return ok();
}
