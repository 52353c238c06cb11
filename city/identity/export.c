/* One's own data as one JSON value (PIPL art. 45: access, copy, transfer). */
#include "city/cases/cases.h"
#include "city/cases/licence_use.h"
#include "city/certificates/certificates.h"
#include "city/drafts/drafts.h"
#include "city/identity/internal.h"
#include "city/identity/keys.h"
#include "city/messages/messages.h"

result identity_export(struct city *c, struct arena *a, const struct actor *x, instant now, const struct json *cases,
                       const struct json **out)
{
    TRY(city_authorise(a, x, (struct right){.kind = RIGHT_SELF}, S("self")));
    if (!id_is_none(x->delegation)) return fail(a, CODE_FORBIDDEN, S("export"), "right", S("principal"), NULL);
    const struct json *profile, *delegations, *reads, *drafts, *inbox, *attachments, *licences, *consents, *keys,
        *certificates;
    TRY(read_record(c, a, x, now, x->subject, ID_NONE, "export", S("export")));
    TRY(subject_profile(c, a, x->subject, &profile));
    TRY(delegation_list(c, a, x, now, &delegations));
    TRY(read_list_of(c, a, x->subject, 10000, (struct slice){0}, &reads));
    TRY(draft_export(c, a, x->subject, &drafts));
    TRY(attachment_list(c, a, x, 10000, (struct slice){0}, &attachments));
    TRY(inbox_list(c, a, x, 10000, (struct slice){0}, &inbox));
    TRY(licence_list(c, a, x, now, &licences));
    TRY(key_list(c, a, x, &keys));
    TRY(licence_consents(c, a, x, now, &consents));
    TRY(certificates_of(c, a, x, &certificates));
    struct json_builder b = json_builder(a);
    json_set_cstr(&b, "what_zh", "本人全部信息（依个人信息保护法第四十五条导出）");
    json_set_cstr(&b, "what_en", "Everything the city holds about you (Personal Information Protection Law art. 45)");
    json_set_instant(&b, "at", now);
    json_set_str(&b, "login", x->login);
    json_set(&b, "profile", profile);
    json_set(&b, "security_keys", json_get(keys, "items"));
    json_set(&b, "delegations", json_get(delegations, "items"));
    json_set(&b, "reads", json_get(reads, "items"));
    json_set(&b, "drafts", drafts);
    json_set(&b, "attachments", json_get(attachments, "items"));
    json_set(&b, "messages", json_get(inbox, "items"));
    json_set(&b, "licences", json_get(licences, "items"));
    json_set(&b, "consents", json_get(consents, "items"));
    json_set(&b, "certificates", json_get(certificates, "items"));
    json_set(&b, "cases", cases ? cases : json_null());
    *out = json_object(&b);
    return ok();
}

static const struct stmt OPEN_CASES = {"open_cases", "SELECT COUNT(*) FROM case_file WHERE subject = ?1 AND state < 3",
                                       NULL, false};
_Static_assert(CASE_FILED < 3 && CASE_CORRECTION < 3 && CASE_HANDLING < 3 && CASE_STATES > 3,
               "OPEN_CASES names the states by their order");
static const struct stmt CASES_OF = {
    "cases_of", "SELECT id FROM case_file WHERE subject = ?1 ORDER BY id DESC LIMIT 500", NULL, false};

result open_cases(struct city *c, struct arena *a, struct tx *tx, struct id subject, int64_t *n)
{
    struct rows r;
    if (tx)
        TRY(tx_query(tx, a, &OPEN_CASES, BINDS(sql_id(&subject)), &r));
    else
        TRY(store_query(c->store, a, &OPEN_CASES, BINDS(sql_id(&subject)), &r));
    *n = row(&r, 0)[0].i;
    return ok();
}

result subject_open_cases(struct city *c, struct arena *a, struct id subject, int64_t *n)
{
    return open_cases(c, a, NULL, subject, n);
}

result subject_cases(struct city *c, struct arena *a, struct id subject, instant now, const struct json **out)
{
    struct rows r;
    struct json_builder list = json_builder(a);
    TRY(store_query(c->store, a, &CASES_OF, BINDS(sql_id(&subject)), &r));
    for (size_t i = 0; i < r.n; i++) {
        struct id id;
        const struct json *one;
        if (!id_from_bytes(row(&r, i)[0].s, &id)) continue;
        TRY(case_view(c, a, id, now, VIEW_OWNER, &one));
        json_add(&list, one);
    }
    *out = json_array(&list);
    return ok();
}
