/* The long part of a briefing, done by the worker under a lease: the figures, the layout, the signature. */
#include "areas/00_supervision/briefing/briefing.h"

#include "city/sql.h"
#include "trust/crypto.h"
#include "trust/pdf_sign.h"

enum { LEASE_MS = 2 * MS_MINUTE, RETRY_MS = MS_MINUTE };

static const struct stmt STEP = {"briefing_step", "UPDATE briefing SET step = ?2 WHERE id = ?1 AND lease_owner = ?3",
                                 NULL, false};
static const struct stmt DRAFTED = {
    "briefing_drafted",
    "UPDATE briefing SET state = 1, step = '', error = '', figures = ?2, pdf = ?3, sha256 = ?4, due_at = NULL, lease_until = NULL"
    " WHERE id = ?1 AND state = 0 AND lease_owner = ?5",
    NULL, false};
static const struct stmt ISSUED = {
    "briefing_issued",
    "UPDATE briefing SET state = 3, step = '', error = '', pdf = ?2, sha256 = ?3, record = ?4, signatures = ?5, due_at = NULL,"
    " lease_until = NULL WHERE id = ?1 AND state = 2 AND lease_owner = ?6",
    NULL, false};
static const struct stmt FAILED = {
    "briefing_failed",
    "UPDATE briefing SET error = ?2, due_at = ?3, lease_until = NULL WHERE id = ?1 AND lease_owner = ?4", NULL, false};

struct writing {
    const struct stmt *stmt;
    const struct sql_value *v;
    size_t n;
};

static result write_body(struct tx *tx, struct arena *a, void *ctx)
{
    const struct writing *w = ctx;
    return tx_exec(tx, a, w->stmt, w->v, w->n, NULL);
}

static result put(struct city *c, struct arena *a, const struct stmt *s, const struct sql_value *v, size_t n)
{
    struct writing w = {s, v, n};
    return store_run(c->store, a, "briefing_work", write_body, &w);
}

static result figures_made(struct city *c, struct arena *a, struct briefing *b, instant now)
{
    struct brief_month m;
    const struct json *v;
    if (b->figures.n) return ok(); /* only the foreword is new */
    TRY(brief_month_of(a, b->month, now, &m));
    TRY(brief_figures(c, a, &m, &v));
    b->figures = json_write(a, v);
    return ok();
}

/* As it was signed, though the city's address may have changed since. */
static struct slice url_of(const struct city *c, struct arena *a, const struct briefing *b)
{
    const struct json *record;
    if (b->record.n && !failed(json_parse(a, b->record, BRIEF_FIGURES_MAX, S("record"), &record)))
        return json_string(record, "url");
    return brief_url(a, c, b);
}

/* A draft carries the day it was made, an issue the day it was issued. */
static result layout(struct city *c, struct arena *a, const struct briefing *b, struct official_fonts *used,
                     struct slice *pdf)
{
    struct brief_paper p = {.foreword = b->foreword,
                            .number = brief_number(a, b),
                            .url = url_of(c, a, b),
                            .dated = b->number ? b->issued_at : b->made_at};
    TRY(json_parse(a, b->figures, BRIEF_FIGURES_MAX, S("figures"), &p.figures));
    return brief_render(c, a, &p, used, pdf);
}

static result draft(struct city *c, struct arena *a, struct briefing *b, const struct id *owner, instant now)
{
    struct slice pdf;
    TRY(figures_made(c, a, b, now));
    TRY(put(c, a, &STEP, BINDS(sql_id(&b->id), sql_text(S("layout")), sql_id(owner))));
    TRY(layout(c, a, b, NULL, &pdf));
    return put(
        c, a, &DRAFTED,
        BINDS(sql_id(&b->id), sql_text(b->figures), sql_blob(pdf), sql_text(crypto_sha256_hex(a, pdf)), sql_id(owner)));
}

static struct slice hash_of(struct arena *a, struct slice text)
{
    return arena_printf(a, "sha256:%.*s", SLICE_ARG(crypto_sha256_hex(a, text)));
}

/* What is signed beside the pages. The figures by their hash: the record holds whole numbers only. */
static const struct json *record_of(struct city *c, struct arena *a, const struct briefing *b,
                                    const struct official_fonts *used)
{
    struct json_builder o = json_builder(a), fonts = json_builder(a);
    for (int i = 0; i < OFFICIAL_FACES; i++) json_add(&fonts, json_of_string(a, used->families[i]));
    json_set_cstr(&o, "type", "briefing");
    json_set_str(&o, "id", id_text(a, b->id));
    json_set(&o, "title", bitext_json(a, brief_title(a, b->month)));
    json_set_str(&o, "number", brief_number(a, b));
    json_set_str(&o, "month", month_text(a, b->month));
    json_set_str(&o, "url", brief_url(a, c, b));
    json_set_str(&o, "city", c->code);
    json_set_str(&o, "issued_on", day_text(a, day_of_instant(b->issued_at)));
    json_set_str(&o, "figures", hash_of(a, b->figures));
    json_set_str(&o, "foreword", hash_of(a, b->foreword));
    json_set(&o, "fonts", json_array(&fonts));
    return json_object(&o);
}

static result issue(struct city *c, struct arena *a, const struct briefing *b, const struct id *owner)
{
    struct official_fonts used;
    struct pdf_issued out;
    struct pdf_issue in = {.purpose = SIGN_BRIEFING_PDF, .issuer = c->name_zh, .at = b->issued_at};
    TRY(layout(c, a, b, &used, &in.pdf));
    TRY(put(c, a, &STEP, BINDS(sql_id(&b->id), sql_text(S("signing")), sql_id(owner))));
    in.record = record_of(c, a, b, &used);
    if (!c->signer) return fail(a, CODE_UNAVAILABLE, S(""), "detail", S("signer: none"), NULL);
    TRY(pdf_issue(a, c->signer, &in, &out));
    return put(c, a, &ISSUED,
               BINDS(sql_id(&b->id), sql_blob(out.pdf),
                     sql_text(hex_encode(a, slice_of((const char *)out.sha256, sizeof out.sha256))),
                     sql_text(out.record), sql_text(out.signatures), sql_id(owner)));
}

/* The reason stays with the briefing; what may pass by itself is tried again. */
static result give_up(struct city *c, struct arena *a, const struct briefing *b, const struct id *owner, result r,
                      instant now)
{
    enum code code = result_code(r);
    bool passes = code == CODE_UNAVAILABLE || code == CODE_SIGNER_RATE;
    struct bitext why = {result_text(a, r, LANG_ZH), result_text(a, r, LANG_EN)};
    return put(c, a, &FAILED,
               BINDS(sql_id(&b->id), sql_text(json_write(a, bitext_json(a, why))),
                     passes ? sql_int(now + RETRY_MS) : sql_null(), sql_id(owner)));
}

result brief_work(struct city *c, struct arena *a, instant now, size_t *done)
{
    struct rows r;
    struct id owner = id_new(now), id;
    struct briefing b;
    *done = 0;
    TRY(store_lease(c->store, a, "briefing", owner, LEASE_MS, 1, &r));
    if (!r.n || !id_from_bytes(row(&r, 0)[0].s, &id)) return ok();
    TRY(brief_load(c, NULL, a, &id, 0, &b));
    result got = b.state == BRIEF_ISSUING ? issue(c, a, &b, &owner) : draft(c, a, &b, &owner, now);
    *done = 1;
    return failed(got) ? give_up(c, a, &b, &owner, got, now) : ok();
}

/* ---- a recount ---- */

static void differ(struct arena *a, struct slice path, const struct json *x, const struct json *y,
                   struct json_builder *out)
{
    enum { SHOWN = 100 };
    if (out->n >= SHOWN || json_equal(x, y)) return;
    if (x && y && x->type == y->type && x->type == JSON_OBJECT) {
        for (size_t i = 0; i < x->n; i++)
            differ(a, arena_printf(a, "%.*s/%.*s", SLICE_ARG(path), SLICE_ARG(x->keys[i])), x->items[i],
                   json_get_slice(y, x->keys[i]), out);
        return;
    }
    if (x && y && x->type == y->type && x->type == JSON_ARRAY && x->n == y->n) {
        for (size_t i = 0; i < x->n; i++)
            differ(a, arena_printf(a, "%.*s/%zu", SLICE_ARG(path), i), x->items[i], y->items[i], out);
        return;
    }
    json_add(out, json_of_string(a, path));
}

static const char *layout_word(struct city *c, struct arena *a, const struct briefing *b)
{
    const struct json *record;
    struct slice pdf;
    if (b->state != BRIEF_ISSUED || failed(json_parse(a, b->record, BRIEF_FIGURES_MAX, S("record"), &record)) ||
        failed(layout(c, a, b, NULL, &pdf)))
        return NULL;
    return slice_eq(json_string(record, "rendition"), hash_of(a, pdf)) ? "same" : "different";
}

result brief_compare(struct city *c, struct arena *a, const struct briefing *b, instant now, const struct json **out)
{
    struct brief_month m;
    const struct json *then, *again;
    struct json_builder o = json_builder(a), list = json_builder(a);
    if (!b->figures.n)
        return fail(a, CODE_BRIEFING_STATE, S("briefing"), "detail_zh", S("草稿还没有生成"), "detail_en",
                    S("the draft is not made yet"), NULL);
    TRY(json_parse(a, b->figures, BRIEF_FIGURES_MAX, S("figures"), &then));
    TRY(brief_month_of(a, b->month, now, &m));
    TRY(brief_figures(c, a, &m, &again));
    /* both as text and back, so that equal means equal as kept */
    TRY(json_parse(a, json_write(a, again), BRIEF_FIGURES_MAX, S("figures"), &again));
    differ(a, S(""), then, again, &list);
    const char *pages = layout_word(c, a, b);
    json_set_bool(&o, "same", list.n == 0);
    json_set(&o, "layout", pages ? json_of_cstr(a, pages) : json_null());
    json_set(&o, "differences", json_array(&list));
    *out = json_object(&o);
    return ok();
}
