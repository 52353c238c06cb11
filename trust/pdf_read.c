#include "trust/pdf_read.h"

struct scan {
    struct arena *a;
    struct slice s;
    size_t at;
};

static result malformed(struct arena *a, const char *why)
{
    return fail(a, CODE_PDF_MALFORMED, S(""), "detail", slice_cstr(why), NULL);
}

/* ---- tokens ---- */

static int peek(const struct scan *p)
{
    return p->at < p->s.n ? (unsigned char)p->s.p[p->at] : -1;
}

static bool is_space(int c)
{
    return c == 0 || c == 9 || c == 10 || c == 12 || c == 13 || c == 32;
}

static bool is_delimiter(int c)
{
    return c == '(' || c == ')' || c == '<' || c == '>' || c == '[' || c == ']' || c == '{' || c == '}' || c == '/' ||
           c == '%';
}

static void skip_space(struct scan *p)
{
    for (;;) {
        int c = peek(p);
        if (c == '%')
            while (peek(p) != -1 && peek(p) != 10 && peek(p) != 13) p->at++;
        else if (is_space(c))
            p->at++;
        else
            return;
    }
}

/* A run of regular characters. */
static struct slice word(struct scan *p)
{
    size_t start = p->at;
    while (peek(p) != -1 && !is_space(peek(p)) && !is_delimiter(peek(p))) p->at++;
    return slice_sub(p->s, start, p->at - start);
}

static bool expect_word(struct scan *p, const char *z)
{
    skip_space(p);
    return slice_is(word(p), z);
}

static bool read_uint(struct scan *p, int64_t *out)
{
    skip_space(p);
    struct slice w = word(p);
    return slice_int64(w, out) && *out >= 0;
}

/* ---- values ---- */

static bool read_value(struct scan *p, int depth, struct pdf_value *out);

static bool read_string(struct scan *p, struct pdf_value *out)
{
    int open = 0;
    size_t start = p->at + 1;
    for (; peek(p) != -1; p->at++) {
        int c = peek(p);
        if (c == '\\')
            p->at++;
        else if (c == '(')
            open++;
        else if (c == ')' && --open == 0)
            break;
    }
    if (peek(p) == -1) return false;
    out->type = PDF_STRING;
    out->text = slice_sub(p->s, start, p->at - start);
    p->at++;
    return true;
}

static bool read_hex(struct scan *p, struct pdf_value *out)
{
    size_t start = ++p->at;
    while (hex_digit((char)peek(p)) >= 0 && peek(p) != -1) p->at++;
    if (peek(p) != '>') return false; /* white space inside is allowed by the standard, not by us */
    out->type = PDF_STRING;
    out->hex = true;
    out->text = slice_sub(p->s, start, p->at - start);
    p->at++;
    return true;
}

struct list {
    struct pdf_value *items;
    struct slice *keys;
    size_t n, cap;
};

static bool grow(struct scan *p, struct list *l)
{
    if (l->n == PDF_ITEMS_MAX) return false;
    if (l->n < l->cap) return true;
    size_t cap = l->cap ? l->cap * 2 : 8;
    struct pdf_value *items = NEW_ARRAY(p->a, struct pdf_value, cap);
    struct slice *keys = NEW_ARRAY(p->a, struct slice, cap);
    if (l->n) {
        memcpy(items, l->items, l->n * sizeof *items);
        memcpy(keys, l->keys, l->n * sizeof *keys);
    }
    *l = (struct list){items, keys, l->n, cap};
    return true;
}

static bool has_key(const struct list *l, struct slice key)
{
    for (size_t i = 0; i < l->n; i++)
        if (slice_eq(l->keys[i], key)) return true;
    return false;
}

static bool read_array(struct scan *p, int depth, struct pdf_value *out)
{
    struct list l = {0};
    p->at++;
    for (;;) {
        skip_space(p);
        if (peek(p) == ']') break;
        if (!grow(p, &l) || !read_value(p, depth + 1, &l.items[l.n])) return false;
        l.n++;
    }
    p->at++;
    out->type = PDF_ARRAY;
    out->items = l.items;
    out->n = l.n;
    return true;
}

static bool read_dict(struct scan *p, int depth, struct pdf_value *out)
{
    struct list l = {0};
    p->at += 2;
    for (;;) {
        skip_space(p);
        if (peek(p) == '>') break;
        if (peek(p) != '/' || !grow(p, &l)) return false;
        p->at++;
        struct slice key = word(p);
        if (has_key(&l, key)) return false; /* two readers could take different ones */
        l.keys[l.n] = key;
        if (!read_value(p, depth + 1, &l.items[l.n])) return false;
        l.n++;
    }
    p->at++;
    if (peek(p) != '>') return false;
    p->at++;
    out->type = PDF_DICT;
    out->items = l.items;
    out->keys = l.keys;
    out->n = l.n;
    return true;
}

/* A number, "n g R", or a keyword. */
static bool read_plain(struct scan *p, struct pdf_value *out)
{
    struct slice w = word(p);
    if (slice_int64(w, &out->integer)) {
        struct scan ahead = *p;
        int64_t generation;
        out->type = PDF_INT;
        if (out->integer > 0 && read_uint(&ahead, &generation) && expect_word(&ahead, "R")) {
            if (generation != 0 || out->integer > PDF_OBJECTS_MAX) return false;
            out->type = PDF_REF;
            p->at = ahead.at;
        }
        return true;
    }
    out->type = slice_is(w, "true") || slice_is(w, "false") ? PDF_BOOL : PDF_NULL;
    out->integer = slice_is(w, "true");
    if (out->type == PDF_BOOL || slice_is(w, "null")) return true;
    out->type = PDF_REAL;
    out->text = w;
    bool digit = false;
    for (size_t i = 0; i < w.n; i++) {
        if (w.p[i] >= '0' && w.p[i] <= '9')
            digit = true;
        else if (w.p[i] != '.' && !(i == 0 && (w.p[i] == '-' || w.p[i] == '+')))
            return false;
    }
    return digit;
}

static bool read_value(struct scan *p, int depth, struct pdf_value *out)
{
    bool good;
    skip_space(p);
    *out = (struct pdf_value){.start = p->at};
    if (depth > PDF_DEPTH_MAX) return false;
    switch (peek(p)) {
    case -1: return false;
    case '(': good = read_string(p, out); break;
    case '[': good = read_array(p, depth, out); break;
    case '/':
        p->at++;
        out->type = PDF_NAME;
        out->text = word(p);
        good = true;
        break;
    case '<':
        good = p->at + 1 < p->s.n && p->s.p[p->at + 1] == '<' ? read_dict(p, depth, out) : read_hex(p, out);
        break;
    default: good = read_plain(p, out);
    }
    out->end = p->at;
    return good;
}

/* ---- objects ---- */

const struct pdf_value *pdf_get_raw(const struct pdf_value *dict, const char *key)
{
    if (!dict || dict->type != PDF_DICT) return NULL;
    for (size_t i = 0; i < dict->n; i++)
        if (slice_is(dict->keys[i], key)) return &dict->items[i];
    return NULL;
}

const struct pdf_value *pdf_object(struct pdf_file *f, int64_t number, struct slice *stream)
{
    struct slice none = {NULL, 0};
    int64_t n, generation;
    if (stream) *stream = none;
    if (number <= 0 || (size_t)number >= f->size || f->offset[number] == 0) return NULL;
    struct scan p = {f->a, f->bytes, f->offset[number]};
    struct pdf_value *v = NEW(f->a, struct pdf_value);
    if (!read_uint(&p, &n) || n != number || !read_uint(&p, &generation) || generation != 0 ||
        !expect_word(&p, "obj") || !read_value(&p, 0, v))
        return NULL;
    struct scan ahead = p;
    if (expect_word(&ahead, "endobj")) return v;
    if (!expect_word(&p, "stream")) return NULL;
    const struct pdf_value *length = pdf_get(f, v, "Length");
    if (peek(&p) == '\r') p.at++;
    if (peek(&p) != '\n' || !length || length->type != PDF_INT || length->integer < 0 ||
        (uint64_t)length->integer > f->bytes.n)
        return NULL;
    size_t from = p.at + 1, bytes = (size_t)length->integer;
    if (bytes > f->bytes.n - from) return NULL;
    p.at = from + bytes;
    if (!expect_word(&p, "endstream")) return NULL;
    if (stream) *stream = slice_sub(f->bytes, from, bytes);
    return v;
}

const struct pdf_value *pdf_get(struct pdf_file *f, const struct pdf_value *dict, const char *key)
{
    const struct pdf_value *v = pdf_get_raw(dict, key);
    if (!v || v->type != PDF_REF) return v;
    v = pdf_object(f, v->integer, NULL);
    return v && v->type != PDF_REF ? v : NULL;
}

/* ---- cross references ---- */

/* Entries of exactly 20 bytes. An object already known from a newer table stays. */
static bool read_section(struct pdf_file *f, struct scan *p, bool *seen, int64_t first, int64_t count)
{
    if (first < 0 || count < 0 || first > PDF_OBJECTS_MAX || count > PDF_OBJECTS_MAX - first) return false;
    for (int64_t i = 0; i < count; i++, p->at += 20) {
        struct slice e = slice_sub(p->s, p->at, 20);
        int64_t offset, generation;
        if (e.n != 20 || e.p[10] != ' ' || e.p[16] != ' ' || (e.p[17] != 'n' && e.p[17] != 'f')) return false;
        if (!slice_int64(slice_sub(e, 0, 10), &offset) || offset < 0 || !slice_int64(slice_sub(e, 11, 5), &generation))
            return false;
        size_t number = (size_t)(first + i);
        if (seen[number]) continue;
        seen[number] = true;
        if (e.p[17] == 'n') {
            if (generation != 0 || (uint64_t)offset >= f->bytes.n) return false;
            f->offset[number] = (size_t)offset;
        }
        if (number >= f->size) f->size = number + 1;
    }
    return true;
}

static bool read_table(struct pdf_file *f, size_t at, bool *seen, struct pdf_value *trailer)
{
    struct scan p = {f->a, f->bytes, at};
    int64_t first, count;
    if (!expect_word(&p, "xref")) return false;
    for (;;) {
        struct scan ahead = p;
        if (expect_word(&ahead, "trailer")) {
            p = ahead;
            break;
        }
        if (!read_uint(&p, &first) || !read_uint(&p, &count)) return false;
        while (peek(&p) == ' ') p.at++;
        if (peek(&p) == '\r') p.at++;
        if (peek(&p) != '\n') return false;
        p.at++;
        if (!read_section(f, &p, seen, first, count)) return false;
    }
    return read_value(&p, 0, trailer) && trailer->type == PDF_DICT;
}

/* The offset behind the last "startxref". */
static bool find_start(struct slice s, size_t *out)
{
    struct slice tail = s.n > 1024 ? slice_sub(s, s.n - 1024, 1024) : s, key = S("startxref");
    size_t found = SIZE_MAX;
    for (size_t from = 0;;) {
        size_t i = slice_search(slice_sub(tail, from, SIZE_MAX), key);
        if (i == SIZE_MAX) break;
        found = from + i;
        from = found + 1;
    }
    if (found == SIZE_MAX) return false;
    struct scan p = {NULL, tail, found + key.n};
    int64_t at;
    if (!read_uint(&p, &at) || (uint64_t)at >= s.n) return false;
    *out = (size_t)at;
    return true;
}

result pdf_read(struct arena *a, struct slice bytes, struct pdf_file *out)
{
    *out = (struct pdf_file){.a = a, .bytes = bytes};
    if (!slice_starts(bytes, S("%PDF-1."))) return malformed(a, "no PDF header");
    if (!find_start(bytes, &out->last_xref)) return malformed(a, "no startxref");
    out->offset = NEW_ARRAY(a, size_t, PDF_OBJECTS_MAX + 1);
    bool *seen = NEW_ARRAY(a, bool, PDF_OBJECTS_MAX + 1);
    size_t at = out->last_xref;
    for (;;) {
        struct pdf_value *trailer = NEW(a, struct pdf_value);
        if (out->revisions == PDF_REVISIONS_MAX) return malformed(a, "too many revisions");
        if (!read_table(out, at, seen, trailer)) return malformed(a, "cross-reference table");
        if (out->revisions++ == 0) out->trailer = trailer;
        if (pdf_get_raw(trailer, "Encrypt") || pdf_get_raw(trailer, "XRefStm"))
            return malformed(a, "encryption or cross-reference streams");
        const struct pdf_value *prev = pdf_get_raw(trailer, "Prev");
        if (!prev) return ok();
        /* tables lie one before the other, so following them ends */
        if (prev->type != PDF_INT || prev->integer < 0 || (uint64_t)prev->integer >= at) return malformed(a, "/Prev");
        at = (size_t)prev->integer;
    }
}
