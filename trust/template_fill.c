/* Filling a template: every reference resolved, or an error that names it. */
#include "trust/template_parts.h"

#include <stdio.h>

enum { TEXT_OUT_MAX = 8192, ALL_MAX = 256 * 1024, REPEATED_MAX = 200, ENTRIES_OUT_MAX = 400 };

struct fill {
    struct arena *a;
    const struct json *data;
    const struct json *item; /* of the entry being repeated */
    int64_t index;           /* from 1; 0 outside */
    size_t total;            /* bytes printed so far */
};

static result unresolved(const struct fill *f, struct slice where, const struct reference *r)
{
    return fail(f->a, CODE_TEMPLATE_REFERENCE, where, "value", r->path, NULL);
}

/* NULL when there is nothing there (null counts as nothing). */
static const struct json *resolve(const struct fill *f, const struct reference *r)
{
    const struct json *v = f->data;
    size_t i = 0;
    if (f->item && slice_is(r->segments[0], "item")) {
        v = f->item;
        i = 1;
    }
    for (; v && i < r->nsegments; i++) {
        int64_t n;
        if (v->type == JSON_ARRAY)
            v = slice_int64(r->segments[i], &n) && n >= 0 && (size_t)n < v->n ? v->items[n] : NULL;
        else
            v = json_get_slice(v, r->segments[i]);
    }
    return v && v->type != JSON_NULL ? v : NULL;
}

/* ---- printing values ---- */

/* Characters that change how their neighbours are shown could make a document say something else than its record:
 * control characters and the bidirectional overrides are left out; a line break stays. */
static void put_shown(struct buf *b, struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        struct slice three = slice_sub(s, i, 3);
        bool override_ = three.n == 3 && c == 0xE2 &&
                         (((unsigned char)three.p[1] == 0x80 && (unsigned char)three.p[2] >= 0xAA &&
                           (unsigned char)three.p[2] <= 0xAE) ||
                          ((unsigned char)three.p[1] == 0x81 && (unsigned char)three.p[2] >= 0xA6 &&
                           (unsigned char)three.p[2] <= 0xA9));
        if (override_)
            i += 2;
        else if (c == '\n' || (c >= 0x20 && c != 0x7f))
            buf_putc(b, (char)c);
    }
}

static bool scan_moment(struct slice s, struct civil *out)
{
    day d;
    instant t;
    *out = (struct civil){0};
    if (day_scan(s, &d)) {
        civil_of_day(d, &out->year, &out->month, &out->day);
        return true;
    }
    if (!instant_scan(s, &t)) return false;
    *out = civil_of_instant(t);
    return true;
}

static bool put_date(struct buf *b, struct slice s, enum filter how)
{
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    struct civil c;
    day whole_day;
    if (!scan_moment(s, &c) || (how == FILTER_DATETIME && day_scan(s, &whole_day))) return false;
    if (how == FILTER_DATE_EN)
        buf_printf(b, "%d %s %d", c.day, months[c.month - 1], c.year);
    else
        buf_printf(b, "%d年%d月%d日", c.year, c.month, c.day);
    if (how == FILTER_DATETIME) buf_printf(b, " %02d:%02d", c.hour, c.minute);
    return true;
}

static bool put_money(struct buf *b, const struct json *v)
{
    int64_t fen;
    char digits[32];
    if (!json_is_int(v, &fen) || fen == INT64_MIN) return false;
    int64_t all = fen < 0 ? -fen : fen;
    int n = snprintf(digits, sizeof digits, "%lld", (long long)(all / 100));
    if (fen < 0) buf_putc(b, '-');
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) buf_putc(b, ',');
        buf_putc(b, digits[i]);
    }
    buf_printf(b, ".%02d元", (int)(all % 100));
    return true;
}

static void put_masked(struct buf *b, struct slice s)
{
    size_t points = slice_codepoints(s), keep = points >= 8 ? 4 : 1, i = 0;
    for (size_t n = 0; i < s.n; n++) {
        size_t start = i++;
        while (i < s.n && ((unsigned char)s.p[i] & 0xC0) == 0x80) i++;
        if (n < keep || (keep == 4 && n >= points - 4))
            put_shown(b, slice_sub(s, start, i - start));
        else
            buf_putc(b, '*');
    }
}

static bool put_scalar(struct buf *b, const struct json *v)
{
    switch (v->type) {
    case JSON_STRING:
    case JSON_NUMBER: put_shown(b, v->text); return true;
    case JSON_BOOL: buf_puts(b, v->boolean ? "是" : "否"); return true;
    default: return false;
    }
}

static bool put_list(struct buf *b, const struct json *v)
{
    if (v->type != JSON_ARRAY) return false;
    for (size_t i = 0; i < v->n; i++) {
        if (i) buf_puts(b, "、");
        if (v->items[i]->type == JSON_BOOL || !put_scalar(b, v->items[i])) return false;
    }
    return true;
}

/* One filter: a JSON value in, a text value out. */
static const struct json *apply(struct arena *a, enum filter filter, const struct json *v)
{
    struct buf b = buf_new(a, TEXT_OUT_MAX);
    bool text = v->type == JSON_STRING, good = false;
    switch (filter) {
    case FILTER_DATE:
    case FILTER_DATE_EN:
    case FILTER_DATETIME: good = text && put_date(&b, v->text, filter); break;
    case FILTER_MONEY: good = put_money(&b, v); break;
    case FILTER_LIST: good = put_list(&b, v); break;
    case FILTER_MASK:
        if (text) put_masked(&b, v->text);
        good = text;
        break;
    default: break;
    }
    return good && !b.overflow ? json_of_string(a, buf_slice(&b)) : NULL;
}

static result put_reference(struct fill *f, struct buf *b, struct slice where, const struct reference *r)
{
    if (f->index && slice_is(r->segments[0], "index")) {
        buf_printf(b, "%lld", (long long)f->index);
        return ok();
    }
    const struct json *v = resolve(f, r);
    if (!v) return r->optional ? ok() : unresolved(f, where, r);
    for (size_t i = 0; v && i < r->nfilters; i++) v = apply(f->a, r->filters[i], v);
    return v && put_scalar(b, v) ? ok() : unresolved(f, where, r);
}

static result put_text(struct fill *f, const struct text *t, struct slice *out)
{
    struct buf b = buf_new(f->a, TEXT_OUT_MAX);
    for (size_t i = 0; i < t->n; i++) {
        if (t->pieces[i].ref.path.n)
            TRY(put_reference(f, &b, t->where, &t->pieces[i].ref));
        else
            put_shown(&b, t->pieces[i].literal);
    }
    f->total += b.n;
    if (b.overflow || f->total > ALL_MAX) return fail(f->a, CODE_TOO_LARGE, t->where, "limit", S("8192"), NULL);
    *out = buf_slice(&b);
    return ok();
}

static result put_both(struct fill *f, const struct text_both *t, struct text_pair *out)
{
    TRY(put_text(f, &t->zh, &out->zh));
    return put_text(f, &t->en, &out->en);
}

/* ---- entries ---- */

static bool holds(const struct fill *f, const struct reference *r)
{
    const struct json *v = resolve(f, r);
    if (!v) return false;
    switch (v->type) {
    case JSON_BOOL: return v->boolean;
    case JSON_STRING: return v->text.n != 0;
    case JSON_ARRAY: return v->n != 0;
    default: return true;
    }
}

struct entries {
    struct filled_field *fields;
    struct filled_paragraph *body;
    size_t n;
};

static result put_entry(struct fill *f, const struct document_template *t, const struct entry *e, struct entries *out)
{
    if ((e->when.path.n && !holds(f, &e->when)) || (e->unless.path.n && holds(f, &e->unless))) return ok();
    if (out->n == ENTRIES_OUT_MAX) return fail(f->a, CODE_TOO_LARGE, e->where, "limit", S("400"), NULL);
    if (t->kind == DOCUMENT_LICENCE) {
        struct filled_field *field = &out->fields[out->n++];
        field->half = e->half;
        TRY(put_both(f, &e->text, &field->label));
        return put_text(f, &e->value, &field->value);
    }
    struct filled_paragraph *p = &out->body[out->n++];
    p->heading = e->heading;
    p->indent = e->indent;
    return put_both(f, &e->text, &p->text);
}

static result put_repeated(struct fill *f, const struct document_template *t, const struct entry *e,
                           struct entries *out)
{
    const struct json *list = resolve(f, &e->each);
    if (!list && e->each.optional) return ok();
    if (!list || list->type != JSON_ARRAY) return unresolved(f, e->where, &e->each);
    if (list->n > REPEATED_MAX) return fail(f->a, CODE_TOO_LARGE, e->where, "limit", S("200"), NULL);
    for (size_t i = 0; i < list->n; i++) {
        f->item = list->items[i];
        f->index = (int64_t)i + 1;
        TRY(put_entry(f, t, e, out));
    }
    f->item = NULL;
    f->index = 0;
    return ok();
}

static result put_entries(struct fill *f, const struct document_template *t, struct filled *out)
{
    struct entries all = {0};
    if (t->kind == DOCUMENT_LICENCE)
        all.fields = NEW_ARRAY(f->a, struct filled_field, ENTRIES_OUT_MAX);
    else
        all.body = NEW_ARRAY(f->a, struct filled_paragraph, ENTRIES_OUT_MAX);
    for (size_t i = 0; i < t->nentries; i++) {
        const struct entry *e = &t->entries[i];
        TRY(e->each.path.n ? put_repeated(f, t, e, &all) : put_entry(f, t, e, &all));
    }
    out->fields = all.fields;
    out->body = all.body;
    out->nfields = t->kind == DOCUMENT_LICENCE ? all.n : 0;
    out->nbody = t->kind == DOCUMENT_LICENCE ? 0 : all.n;
    return ok();
}

result template_fill(struct arena *a, const struct document_template *t, const struct json *data, struct filled *out)
{
    struct fill f = {.a = a, .data = data};
    *out = (struct filled){.kind = t->kind, .size = t->size, .landscape = t->landscape, .border = t->border};
    TRY(put_both(&f, &t->title, &out->title));
    TRY(put_both(&f, &t->number_label, &out->number_label));
    TRY(put_both(&f, &t->note, &out->note));
    TRY(put_both(&f, &t->remedies, &out->remedies));
    TRY(put_text(&f, &t->number, &out->number));
    TRY(put_text(&f, &t->addressee, &out->addressee));
    TRY(put_text(&f, &t->issuer, &out->issuer));
    TRY(put_text(&f, &t->date, &out->date));
    TRY(put_text(&f, &t->certificate_id, &out->certificate_id));
    TRY(put_text(&f, &t->qr, &out->qr));
    TRY(put_text(&f, &t->contact, &out->contact));
    return put_entries(&f, t, out);
}
