/* Official papers (党政机关公文) in the layout of GB/T 9704-2012: A4, type area 156 x 225 mm with 37 mm above and 28 mm at the binding
 * side, 22 lines of 28 characters, body in 三号仿宋, page numbers at the outer edge. The head is that of a briefing (简报): name in red,
 * issue, body that issues it and date, a red rule; the end has the list of those it is sent to (版记) on the last page.
 *
 * A paper is a list of parts; the same paper, fonts and time give the same bytes. Headings stay with what follows, a paragraph leaves
 * no single line behind, a table's rows are not torn and its head stands again on each page. */
#ifndef TRUST_OFFICIAL_H
#define TRUST_OFFICIAL_H

#include "base/time.h"

/* Which type is used for what. The standard's own are commercial; see docs/operators/briefing.md for what stands in for them. */
enum official_face {
    OFFICIAL_TITLE, /* 方正小标宋 */
    OFFICIAL_BODY,  /* 仿宋 */
    OFFICIAL_KAI,   /* 楷体 */
    OFFICIAL_HEI,   /* 黑体 */
    OFFICIAL_SONG,  /* 宋体: page numbers */
    OFFICIAL_FACES
};
/* Names of font families for each, "A, B, C": of those installed the first that has a character draws it. Empty: the standard list. */
struct official_fonts {
    struct slice families[OFFICIAL_FACES];
};

struct official_column {
    struct slice name;
    double width; /* in parts of all */
    enum { OFFICIAL_LEFT, OFFICIAL_MIDDLE, OFFICIAL_RIGHT } align;
};
struct official_table {
    struct slice caption;
    const struct official_column *columns;
    const struct slice *cells; /* row by row; more are cut off at 4000 rows */
    size_t ncolumns, nrows;
};

enum { OFFICIAL_SERIES_MAX = 6 };
/* Told apart by hatching, marks and numbers too, not by colour alone. */
struct official_chart {
    enum {
        OFFICIAL_BARS,    /* one or two bars a label, upright */
        OFFICIAL_STACKED, /* one bar a label, lying, with a piece of each series */
        OFFICIAL_LINES    /* a point of each series a label */
    } kind;
    struct slice caption, unit;
    const struct slice *labels;
    size_t nlabels, nseries;
    struct official_series {
        struct slice name;
        const double *values; /* [nlabels]; NAN: no data */
    } series[OFFICIAL_SERIES_MAX];
    int decimals;
    double most;  /* value of the upper edge of an upright chart; 0: from the values */
    bool percent; /* values are shares of 1, shown as % */
};

struct official_part {
    enum {
        OFFICIAL_HEADING,
        OFFICIAL_SUBHEADING,
        OFFICIAL_PARAGRAPH,
        OFFICIAL_SMALL,
        OFFICIAL_TABLE_,
        OFFICIAL_CHART_
    } kind;
    struct slice text;
    const struct official_table *table;
    const struct official_chart *chart;
};
struct official_paper {
    struct slice name;         /* 简报名称 */
    struct slice issue;        /* 第 9 期 */
    struct slice issuer, date; /* 编发单位; the day in Chinese */
    struct slice title;
    const struct official_part *parts;
    size_t nparts;
    struct slice report_to, send_to; /* 报, 送; empty: none */
    struct slice imprint;            /* last line of the 版记, at the left */
    struct slice qr;                 /* address that verifies the paper; empty: none */
};
/* CODE_PDF_RENDER: a font of a face is missing, a character has no glyph, or it is longer than OFFICIAL_PAGES. *used, when not NULL, gets
 * the families that were taken, in the order of the faces. specimen: as pdf_render. */
#define OFFICIAL_PAGES 60
MUST result official_render(struct arena *a, const struct official_paper *paper, const struct official_fonts *fonts,
                            instant made_at, bool specimen, struct official_fonts *used, struct slice *pdf);

#endif
