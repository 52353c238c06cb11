/* Inside of a template: shared by template.c (checking) and template_fill.c (filling). */
#ifndef TRUST_TEMPLATE_PARTS_H
#define TRUST_TEMPLATE_PARTS_H

#include "trust/template.h"

enum { PATH_MAX_SEGMENTS = 8, FILTERS_MAX = 4 };

enum filter {
    FILTER_DATE,
    FILTER_DATE_EN,
    FILTER_DATETIME,
    FILTER_MONEY,
    FILTER_LIST,
    FILTER_MASK,
    FILTER_OPTIONAL,
    FILTER_COUNT
};

struct reference {
    struct slice path; /* "applicant.name"; empty: none */
    struct slice segments[PATH_MAX_SEGMENTS];
    size_t nsegments;
    enum filter filters[FILTERS_MAX];
    size_t nfilters;
    bool optional;
};

struct piece {
    struct slice literal; /* used when ref.path is empty */
    struct reference ref;
};
struct text {
    struct slice where; /* for problems: file and JSON pointer */
    const struct piece *pieces;
    size_t n; /* 0: the text is absent or empty */
};
struct text_both {
    struct text zh, en;
};

/* A field or a paragraph. */
struct entry {
    struct slice where;
    struct reference each, when, unless;
    struct text_both text; /* label, or paragraph */
    struct text value;     /* fields */
    bool half, heading, indent;
};

struct document_template {
    enum document_kind kind;
    enum page_size size;
    bool landscape;
    enum page_border border;
    struct text_both title, number_label, note, remedies;
    struct text number, addressee, issuer, date, certificate_id, qr, contact;
    const struct entry *entries;
    size_t nentries;
    /* every reference made, in order; those on the current item are not among them */
    const struct reference *const *references;
    size_t nreferences;
};

#endif
