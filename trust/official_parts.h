/* Inside of the official layout: where the page stands, and what draws on it. */
#ifndef TRUST_OFFICIAL_PARTS_H
#define TRUST_OFFICIAL_PARTS_H

#include "trust/official.h"
#include "trust/pdf_canvas.h"

/* GB/T 9704-2012, 5.2. */
#define TYPE_WIDTH MM(156)
#define TYPE_HEIGHT MM(225)
#define LINE_HEIGHT (TYPE_HEIGHT / 22)
#define CHARACTER (TYPE_WIDTH / 28)
#define SIZE_2 22.0    /* 二号 */
#define SIZE_3 15.75   /* 三号 */
#define SIZE_4 14.0    /* 四号 */
#define SIZE_5 10.5    /* 五号 */
#define SIZE_SMALL_5 9 /* 小五 */

enum { OFFICIAL_INK = 0x000000, OFFICIAL_RED = 0xd3131b, OFFICIAL_GREY = 0x444444 };

struct official_flow {
    struct canvas *c;
    const struct official_paper *paper;
    const char *family[OFFICIAL_FACES];
    double left, right, top, bottom, y;
    int page;
    bool too_long;
};
struct style official_style(const struct official_flow *p, enum official_face face, double size, double leading);
void official_next_page(struct official_flow *p);
/* Begins a new page when less than h is left. */
void official_need(struct official_flow *p, double h);

/* What the part needs at its beginning to be worth beginning: a heading before it stays with that much of it. */
double official_table_least(struct official_flow *p, const struct official_table *t);
void official_table_draw(struct official_flow *p, const struct official_table *t);
double official_chart_height(const struct official_chart *k);
void official_chart_draw(struct official_flow *p, const struct official_chart *k);

#endif
