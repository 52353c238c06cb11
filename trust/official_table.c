/* Tables: rules above, below and under the head; rows whole; the head again on each page with "（续）". */
#include "trust/official_parts.h"

enum { COLUMNS_MAX = 12, ROWS_MAX = 4000 };
#define PAD 3.5
#define WHOLE_MOST (TYPE_HEIGHT * 0.4)

struct drawing {
    struct official_flow *p;
    const struct official_table *t;
    double x[COLUMNS_MAX + 1];
    struct style head, cell, caption;
};

static struct drawing drawing_of(struct official_flow *p, const struct official_table *t)
{
    struct drawing d = {.p = p, .t = t};
    double all = 0, x = p->left;
    for (size_t i = 0; i < t->ncolumns && i < COLUMNS_MAX; i++) all += t->columns[i].width;
    for (size_t i = 0; i < t->ncolumns && i < COLUMNS_MAX; i++) {
        d.x[i] = x;
        x += TYPE_WIDTH * t->columns[i].width / all;
    }
    d.x[t->ncolumns] = p->right;
    d.head = official_style(p, OFFICIAL_HEI, SIZE_5 - 0.5, 1.3);
    d.head.align = ALIGN_CENTER;
    d.cell = official_style(p, OFFICIAL_BODY, SIZE_5, 1.35);
    d.caption = official_style(p, OFFICIAL_HEI, SIZE_5, 1.6);
    d.caption.align = ALIGN_CENTER;
    return d;
}

static struct slice cell(const struct drawing *d, size_t row, size_t column)
{
    return d->t->cells[row * d->t->ncolumns + column];
}

static struct style cell_style(const struct drawing *d, size_t column, bool head)
{
    struct style s = head ? d->head : d->cell;
    if (!head)
        s.align = d->t->columns[column].align == OFFICIAL_RIGHT    ? ALIGN_RIGHT
                  : d->t->columns[column].align == OFFICIAL_MIDDLE ? ALIGN_CENTER
                                                                   : ALIGN_LEFT;
    return s;
}

static double row_height(const struct drawing *d, size_t row, bool head)
{
    double h = 0;
    for (size_t i = 0; i < d->t->ncolumns; i++) {
        struct style s = cell_style(d, i, head);
        struct slice text = head ? d->t->columns[i].name : cell(d, row, i);
        double own = canvas_height(&s, canvas_layout(d->p->c, text, d->x[i + 1] - d->x[i] - 2 * PAD, &s));
        if (own > h) h = own;
    }
    return h + 2 * PAD;
}

/* Cells of one line stand in the middle of the row's height, as the head does. */
static void draw_row(struct drawing *d, size_t row, bool head)
{
    double h = row_height(d, row, head), y = d->p->y;
    for (size_t i = 0; i < d->t->ncolumns; i++) {
        struct style s = cell_style(d, i, head);
        struct slice text = head ? d->t->columns[i].name : cell(d, row, i);
        if (!text.n) continue;
        PangoLayout *l = canvas_layout(d->p->c, text, d->x[i + 1] - d->x[i] - 2 * PAD, &s);
        canvas_show(d->p->c, l, d->x[i] + PAD, y + (h - canvas_height(&s, l)) / 2, &s);
    }
    d->p->y += h;
    canvas_rule(d->p->c, d->p->left, d->p->y, d->p->right, head ? 0.7 : 0.35, head ? OFFICIAL_INK : 0x888888);
}

static void draw_head(struct drawing *d, bool again)
{
    struct slice caption = again ? arena_printf(d->p->c->a, "%.*s（续）", SLICE_ARG(d->t->caption)) : d->t->caption;
    d->p->y += canvas_text(d->p->c, caption, d->p->left, d->p->y, TYPE_WIDTH, &d->caption);
    canvas_rule(d->p->c, d->p->left, d->p->y, d->p->right, 1.1, OFFICIAL_INK);
    draw_row(d, 0, true);
}

static double head_height(const struct drawing *d)
{
    return canvas_line_height(&d->caption) + row_height(d, 0, true);
}

/* A table that fits a part of a page is not divided. */
static double whole_height(const struct drawing *d)
{
    double h = head_height(d);
    for (size_t i = 0; i < d->t->nrows && h < WHOLE_MOST; i++) h += row_height(d, i, false);
    return h;
}

double official_table_least(struct official_flow *p, const struct official_table *t)
{
    struct drawing d = drawing_of(p, t);
    double h = 6 + whole_height(&d);
    if (h < WHOLE_MOST) return h;
    h = 6 + head_height(&d);
    for (size_t i = 0; i < t->nrows && i < 1; i++) h += row_height(&d, i, false);
    return h;
}

static void close_below(struct drawing *d)
{
    canvas_rule(d->p->c, d->p->left, d->p->y, d->p->right, 1.1, OFFICIAL_INK);
}

void official_table_draw(struct official_flow *p, const struct official_table *t)
{
    struct drawing d = drawing_of(p, t);
    size_t n = t->nrows < ROWS_MAX ? t->nrows : ROWS_MAX;
    if (p->too_long || t->ncolumns > COLUMNS_MAX) return;
    p->y += 6;
    official_need(p, official_table_least(p, t));
    draw_head(&d, false);
    for (size_t i = 0; i < n && !p->too_long; i++) {
        double h = row_height(&d, i, false);
        if (i + 2 == n) h += row_height(&d, i + 1, false); /* the last row does not stand alone under a head */
        if (p->y + h > p->bottom && i > 0) {
            close_below(&d);
            official_next_page(p);
            draw_head(&d, true);
        }
        draw_row(&d, i, false);
    }
    close_below(&d);
    p->y += 10;
}
