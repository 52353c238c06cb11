/* A page to draw on: text by pango, rules, QR codes. Lengths are points (1/72 inch), y grows downwards. The same layout becomes a PDF, by
 * cairo, or an OFD. */
#ifndef TRUST_PDF_CANVAS_H
#define TRUST_PDF_CANVAS_H

#include "trust/ofd_draw.h"
#include "trust/template.h"

#include <pango/pangocairo.h>

#define MM(x) ((x)*72.0 / 25.4)
#define QR_MAX_BYTES 500

struct canvas {
    struct arena *a;
    cairo_t *cr;
    struct ofd_draw *ofd; /* draws there, not on cr; NULL: on cr */
    PangoContext *pango;
    double width, height;
    bool specimen; /* every page says that it is one */
    double seal_x,
        seal_y;         /* middle of the issuer's name and date, over which a seal stands (GB/T 9704-2012, 7.3.5.1) */
    bool missing_glyph; /* some character has no glyph in any font */
};

enum align { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT, ALIGN_JUSTIFY };
struct style {
    double size; /* of the type */
    enum align align;
    uint32_t colour;    /* 0xRRGGBB */
    double spacing;     /* between letters */
    double leading;     /* line height in type sizes; 0: 1.35 */
    double indent;      /* of the first line */
    const char *family; /* of the type; NULL: that of licences and letters */
    double weight;      /* of a line drawn along the outlines, to make the type bolder; 0: none */
};

/* A laid-out text; lives as long as the canvas's arena. */
PangoLayout *canvas_layout(struct canvas *c, struct slice text, double width, const struct style *s);
/* The same, with type and spacing made smaller until the text stands on one line, or the type is `least` (then it wraps). */
PangoLayout *canvas_fit(struct canvas *c, struct slice text, double width, struct style *s, double least);
double canvas_height(const struct style *s, PangoLayout *l);
/* Draws it with its top left corner at (x, y); returns its height. */
double canvas_show(struct canvas *c, PangoLayout *l, double x, double y, const struct style *s);
/* Both in one; nothing and 0 for an empty text. */
double canvas_text(struct canvas *c, struct slice text, double x, double y, double width, const struct style *s);
/* One line of a layout: its height is leading * size, so that text can be broken between pages. */
double canvas_line_height(const struct style *s);
int canvas_lines(PangoLayout *l);
void canvas_show_line(struct canvas *c, PangoLayout *l, int line, double x, double y, const struct style *s);

void canvas_rectangle(struct canvas *c, double x, double y, double w, double h, double line, uint32_t colour);
void canvas_rule(struct canvas *c, double x1, double y, double x2, double line, uint32_t colour);
void canvas_border(struct canvas *c, enum page_border border, double margin, uint32_t colour);
/* Begins the first page of an OFD. */
void canvas_begin_ofd_page(struct canvas *c);
/* Ends the page, and begins the next. */
void canvas_end_page(struct canvas *c);
/* Error correction level M. CODE_PDF_RENDER when text is longer than QR_MAX_BYTES. */
MUST result canvas_qr(struct canvas *c, struct slice text, double x, double y, double side);

/* A PDF 1.5 of pages of w x h points, drawn by draw(canvas, ctx). made_at becomes its creation date; the same drawing and time give the
 * same bytes. CODE_PDF_RENDER: a font or a glyph is missing. */
struct pdf_about {
    struct slice title, author;
    instant made_at;
    double width, height;
    bool specimen;
};
MUST result canvas_pdf(struct arena *a, const struct pdf_about *about, result (*draw)(struct canvas *c, void *ctx),
                       void *ctx, struct slice *pdf);
/* The same for a drawing that becomes an OFD: *out gets the pages drawn. */
MUST result canvas_ofd(struct arena *a, double width, double height, bool specimen,
                       result (*draw)(struct canvas *c, void *ctx), void *ctx, struct ofd_draw **out);
/* Whether a font of this name is installed, and not merely another in its place. */
bool canvas_has_font(PangoContext *pango, const char *family);
void canvas_colour(struct canvas *c, uint32_t colour);

/* A template's page, in points; and its layout. */
void page_points(const struct filled *f, double *w, double *h);
MUST result draw_filled(struct canvas *c, void *filled);
/* The layouts of the two kinds of document: pdf_licence.c, pdf_letter.c. */
MUST result pdf_licence(struct canvas *c, const struct filled *f);
MUST result pdf_letter(struct canvas *c, const struct filled *f);
/* "zh en" for small bilingual captions. */
struct slice pdf_pair(struct arena *a, struct text_pair t, const char *between);

#endif
