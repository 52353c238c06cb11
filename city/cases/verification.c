/* Public verification: by the token of a QR code, with the paper's present status; or of a file somebody holds. */
#include "city/cases/licences.h"
#include "city/cases/view.h"

#include "city/log/log.h"
#include "city/seals/seals.h"
#include "city/sql.h"

#include "trust/crypto.h"
#include "trust/verify.h"

static const struct stmt BY_TOKEN = {
    "document_by_token",
    "SELECT d.id, d.case_id, d.kind, d.number, d.title, d.at, d.sha256, l.status, l.certificate_id, l.valid_to, d.licence_ended_at,"
    " d.original_sha256, d.sealed"
    " FROM case_document d LEFT JOIN licence l ON l.document_id = d.id WHERE d.token=?1",
    NULL, false};
static const struct stmt BY_HASH = {
    "document_by_hash",
    "SELECT d.id, d.case_id, d.kind, d.number, d.title, d.at, d.sha256, l.status, l.certificate_id, l.valid_to, d.licence_ended_at,"
    " d.original_sha256, d.sealed"
    " FROM case_document d LEFT JOIN licence l ON l.document_id = d.id WHERE d.id=?1",
    NULL, false};

static const char *status_of(const struct sql_value *v, instant now)
{
    if (v[10].i) return "expired"; /* so long ago that the register no longer has it */
    if (v[7].type == SQL_NULL) return "issued";
    return licence_status(v[7].s, v[9].i, now);
}

/* States in which a good file must not be relied on. */
static bool ended(const char *status)
{
    return strcmp(status, "revoked") == 0 || strcmp(status, "suspended") == 0 || strcmp(status, "replaced") == 0;
}

/* Where the log says that it was issued; null while its entry is not published. */
static const struct json *in_log(struct city *c, struct arena *a, struct id document)
{
    struct log_found f;
    struct log_leaf leaf;
    struct json_builder b = json_builder(a);
    if (failed(log_find_document(c, a, document, &f)) || !log_entry_read(a, f.entry, &leaf)) return json_null();
    json_set_int(&b, "index", (int64_t)f.index);
    json_set_str(&b, "id", id_text(a, leaf.id));
    return json_object(&b);
}

/* The public sees what the paper says of itself (its signed record), not the case. */
static result paper_json(struct city *c, struct arena *a, const struct sql_value *v, instant now,
                         const struct json **out)
{
    struct json_builder b = json_builder(a);
    struct id id, case_id;
    struct slice bytes, title_zh;
    const struct json *title = NULL;
    const struct trust_anchors *anchors;
    struct verify_report report;
    (void)id_from_bytes(v[0].s, &id);
    (void)id_from_bytes(v[1].s, &case_id);
    TRY(json_parse(a, v[4].s, 4096, S("title"), &title));
    TRY(case_document(c, a, case_id, id, DOCUMENT_RENDITION, &bytes, &title_zh));
    TRY(trust_anchors_parse(a, c->anchors, &anchors));
    verify_pdf(a, bytes, anchors, now, &report);
    bool same = slice_eq(crypto_sha256_hex(a, bytes), v[6].s);
    json_set_bool(&b, "good", report.good && same && !ended(status_of(v, now)));
    json_set_cstr(&b, "status", status_of(v, now));
    json_set(&b, "title", title);
    json_set_str(&b, "number", v[3].s);
    json_set(&b, "certificate_id", v[8].type == SQL_NULL ? json_null() : json_of_string(a, v[8].s));
    json_set_str(&b, "issued_at", instant_text(a, v[5].i));
    json_set_str(&b, "sha256", v[6].s);
    json_set(&b, "original_sha256", v[11].s.n ? json_of_string(a, v[11].s) : json_null());
    json_set_bool(&b, "sealed", v[12].i == 1);
    json_set_bool(&b, "test_keys", c->test_keys);
    json_set(&b, "log", in_log(c, a, id));
    json_set(&b, "report", verify_report_json(a, &report));
    *out = json_object(&b);
    return ok();
}

/* ---- papers of areas ---- */

static result area_paper(struct city *c, struct arena *a, struct slice token, struct slice id, struct area_paper *out)
{
    *out = (struct area_paper){.at = 0};
    for (size_t i = 0; c->areas && i < c->areas->n && !out->bytes.n; i++)
        if (c->areas->list[i]->paper) TRY(c->areas->list[i]->paper(c, a, token, id, out));
    return ok();
}

static result area_paper_json(struct city *c, struct arena *a, const struct area_paper *p, instant now,
                              const struct json **out)
{
    struct json_builder b = json_builder(a);
    const struct trust_anchors *anchors;
    struct verify_report report;
    TRY(trust_anchors_parse(a, c->anchors, &anchors));
    verify_pdf(a, p->bytes, anchors, now, &report);
    json_set_bool(&b, "good", report.good && slice_eq(crypto_sha256_hex(a, p->bytes), p->sha256));
    json_set_cstr(&b, "status", "issued");
    json_set(&b, "title", bitext_json(a, (struct bitext){p->title_zh, p->title_en}));
    json_set_str(&b, "number", p->number);
    json_set(&b, "certificate_id", json_null());
    json_set_str(&b, "issued_at", instant_text(a, p->at));
    json_set_str(&b, "sha256", p->sha256);
    json_set_bool(&b, "test_keys", c->test_keys);
    json_set(&b, "report", verify_report_json(a, &report));
    *out = json_object(&b);
    return ok();
}

result licence_verify(struct city *c, struct arena *a, struct slice token, instant now, const struct json **out)
{
    struct rows rows;
    struct sql_value v = sql_text(token);
    TRY(store_query(c->store, a, &BY_TOKEN, &v, 1, &rows));
    if (rows.n == 0) {
        struct area_paper p;
        TRY(area_paper(c, a, token, (struct slice){NULL, 0}, &p));
        return p.bytes.n ? area_paper_json(c, a, &p, now, out)
                         : fail(a, CODE_NOT_FOUND, S("token"), "value", token, NULL);
    }
    return paper_json(c, a, row(&rows, 0), now, out);
}

result document_of_token(struct city *c, struct arena *a, struct slice token, struct id *out)
{
    struct rows rows;
    TRY(store_query(c->store, a, &BY_TOKEN, BINDS(sql_text(token)), &rows));
    if (rows.n && id_from_bytes(row(&rows, 0)[0].s, out)) return ok();
    return fail(a, CODE_NOT_FOUND, S("token"), "value", token, NULL);
}

/* The present status of the paper a good file says it is; NULL when this city did not issue it. */
static result status_json(struct city *c, struct arena *a, const struct json *record, instant now,
                          const struct json **out)
{
    static const struct stmt BY_CERTIFICATE = {"document_by_certificate",
                                               "SELECT document_id FROM licence WHERE certificate_id=?1", NULL, false};
    static const struct stmt BY_CASE = {
        "document_by_case",
        "SELECT d.id FROM case_file f JOIN case_document d ON d.case_id = f.id AND d.kind = 'licence'"
        " WHERE f.number=?1 AND d.number=?2 ORDER BY d.id",
        NULL, false};
    struct rows rows;
    struct id id = ID_NONE;
    struct slice name = json_string(record, "id");
    struct sql_value v = sql_text(name);
    *out = json_null();
    TRY(store_query(c->store, a, &BY_CERTIFICATE, &v, 1, &rows));
    /* the register may no longer have it, years after it expired: its case still does */
    if (!rows.n && json_get(record, "licence"))
        TRY(store_query(c->store, a, &BY_CASE,
                        BINDS(sql_text(json_string(record, "case")), sql_text(json_string(record, "number"))), &rows));
    if (rows.n)
        (void)id_from_bytes(row(&rows, 0)[0].s, &id);
    else
        (void)id_scan(name, &id);
    v = sql_id(&id);
    TRY(store_query(c->store, a, &BY_HASH, &v, 1, &rows));
    if (rows.n) {
        *out = json_of_cstr(a, status_of(row(&rows, 0), now));
        return ok();
    }
    struct area_paper p;
    TRY(area_paper(c, a, (struct slice){NULL, 0}, name, &p));
    if (p.bytes.n) *out = json_of_cstr(a, "issued");
    return ok();
}

/* The same by a certificate's identifier alone, as a sealed OFD gives it. */
static result certificate_status(struct city *c, struct arena *a, struct slice identifier, instant now,
                                 const struct json **out)
{
    struct json_builder b = json_builder(a);
    json_set_str(&b, "id", identifier);
    return status_json(c, a, json_object(&b), now, out);
}

/* What has become of the seals since, as far as they are this city's. */
static result seals_states(struct city *c, struct arena *a, const struct json *seals, instant now,
                           const struct json **out)
{
    struct json_builder list = json_builder(a);
    for (size_t i = 0; i < seals->n; i++) {
        struct json_builder b = json_builder(a);
        struct slice state;
        bool found;
        TRY(seal_public_state(c, a, json_string(seals->items[i], "id"), now, &state, &found));
        json_set(&b, "state", found ? json_of_string(a, state) : json_null());
        json_set(&b, "state_text", found ? bitext_json(a, seal_state_words(state)) : json_null());
        json_add(&list, json_merge(a, seals->items[i], json_object(&b)));
    }
    *out = json_array(&list);
    return ok();
}

result file_verify(struct city *c, struct arena *a, struct slice pdf, instant now, const struct json **out)
{
    const struct trust_anchors *anchors;
    const struct json *status = json_null();
    struct verify_report report;
    struct json_builder b = json_builder(a);
    TRY(trust_anchors_parse(a, c->anchors, &anchors));
    verify_file(a, pdf, anchors, &(struct verify_ask){.at = now}, &report);
    if (report.record) TRY(status_json(c, a, report.record, now, &status));
    if (report.identifier.n) TRY(certificate_status(c, a, report.identifier, now, &status));
    if (report.seals) TRY(seals_states(c, a, report.seals, now, &report.seals));
    json_set(&b, "status", status);
    json_set_bool(&b, "test_keys", c->test_keys);
    *out = json_merge(a, verify_report_json(a, &report), json_object(&b));
    return ok();
}
