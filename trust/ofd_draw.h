/* The pages of an OFD document while they are drawn: text, paths, the fonts they need. Fed by trust/pdf_canvas.c, which draws a PDF or an
 * OFD from the same layout. Lengths come in points (1/72 inch) and go out in millimetres, to a thousandth. */
#ifndef TRUST_OFD_DRAW_H
#define TRUST_OFD_DRAW_H

#include "base/buf.h"

#include <pango/pangocairo.h>

enum { OFD_FONTS_MAX = 16, OFD_PAGES_MAX = 20, OFD_CONTENT_MAX = 4 << 20 };

struct ofd_font {
    uint32_t id;
    struct slice name; /* family */
    hb_face_t *face;
    hb_set_t *characters; /* used */
};
struct ofd_draw {
    struct arena *a;
    double width, height;              /* of a page, points */
    struct buf page;                   /* objects of the page being drawn */
    struct slice pages[OFD_PAGES_MAX]; /* Content.xml of those that ended */
    size_t npages;
    struct ofd_font fonts[OFD_FONTS_MAX];
    size_t nfonts;
    uint32_t last_id;             /* highest in use */
    const cairo_matrix_t *matrix; /* of what follows, in points; NULL: none */
    double seal_x, seal_y;        /* of the canvas, points */
    bool too_much;                /* pages, fonts or content */
};

struct ofd_draw *ofd_draw_new(struct arena *a, double width, double height);
/* A laid-out line with its baseline's beginning at (x, y). Text that the font does not show one glyph to a character becomes outlines,
 * drawn through cr. */
void ofd_draw_line(struct ofd_draw *d, cairo_t *cr, PangoLayoutLine *line, double x, double y, uint32_t colour);
/* A line drawn round a rectangle, or a straight one when h is 0. */
void ofd_draw_rectangle(struct ofd_draw *d, double x, double y, double w, double h, double line, uint32_t colour);
/* The filled path that stands on cr, which loses it. */
void ofd_draw_fill(struct ofd_draw *d, cairo_t *cr, uint32_t colour);
void ofd_draw_end_page(struct ofd_draw *d);

#endif
