/* Charts as vectors, for colour and for black and white: pieces differ in lightness and hatching, lines in mark and dash, and every
 * value stands as a number. */
#include "trust/official_parts.h"

#include <math.h>

enum { LABELS_MAX = 60 };
#define LEGEND_HEIGHT 16.0
#define CAPTION_HEIGHT (SIZE_5 * 1.6)
#define PLOT_HEIGHT 130.0
#define BAR_PITCH 15.0
#define HATCH 4.0 /* between two lines */

/* Blue, sky, yellow, vermilion, purple, grey: told apart with any colour vision (after Okabe and Ito), and by hatch without any. */
static const struct look {
    uint32_t colour, ink; /* ink: of a number on it */
    enum { PLAIN, RISING, FALLING, DOTTED } hatch;
} LOOKS[OFFICIAL_SERIES_MAX] = {
    {0x0b4a7d, 0xffffff, PLAIN}, {0xa9d5f0, 0x000000, PLAIN},   {0xf7e08a, 0x000000, RISING},
    {0xd55e00, 0xffffff, PLAIN}, {0xe9b7d4, 0x000000, FALLING}, {0xf0f0f0, 0x000000, DOTTED},
};

static struct style small(const struct official_flow *p, double size, enum align align)
{
    struct style s = official_style(p, OFFICIAL_HEI, size, 1.25);
    s.align = align;
    return s;
}

static struct slice number(const struct official_flow *p, const struct official_chart *k, double v)
{
    if (isnan(v)) return S("");
    return arena_printf(p->c->a, "%.*f%s", k->decimals, k->percent ? 100 * v : v, k->percent ? "%" : "");
}

static void hatch(struct canvas *c, const struct look *l, double x, double y, double w, double h)
{
    cairo_save(c->cr);
    cairo_rectangle(c->cr, x, y, w, h);
    cairo_clip(c->cr);
    canvas_colour(c, 0x222222);
    cairo_set_line_width(c->cr, 0.5);
    int across = (int)((w + 2 * h) / HATCH), down = (int)(h / HATCH), along = (int)(w / HATCH);
    for (int i = 0; i <= across && (l->hatch == RISING || l->hatch == FALLING); i++) {
        double d = -h + i * HATCH;
        cairo_move_to(c->cr, x + d, l->hatch == RISING ? y + h : y);
        cairo_line_to(c->cr, x + d + h, l->hatch == RISING ? y : y + h);
    }
    cairo_stroke(c->cr);
    for (int i = 0; i <= down && l->hatch == DOTTED; i++)
        for (int k = 0; k <= along; k++) cairo_rectangle(c->cr, x + 2 + k * HATCH, y + 2 + i * HATCH, 0.7, 0.7);
    cairo_fill(c->cr);
    cairo_restore(c->cr);
}

static void piece(struct canvas *c, size_t series, double x, double y, double w, double h)
{
    const struct look *l = &LOOKS[series];
    canvas_colour(c, l->colour);
    cairo_rectangle(c->cr, x, y, w, h);
    cairo_fill(c->cr);
    if (l->hatch != PLAIN) hatch(c, l, x, y, w, h);
    canvas_rectangle(c, x, y, w, h, 0.5, 0x333333);
}

/* A number on a white plate, so that no hatch makes it hard to read. */
static void plate(struct official_flow *p, struct slice text, double x, double y, double size, bool white)
{
    struct style s = small(p, size, ALIGN_LEFT);
    PangoLayout *l = canvas_layout(p->c, text, 200, &s);
    int w, h;
    pango_layout_get_size(l, &w, &h);
    double width = (double)w / PANGO_SCALE;
    if (white) {
        canvas_colour(p->c, 0xffffff);
        cairo_rectangle(p->c->cr, x - width / 2 - 1.5, y - size * 0.6, width + 3, size * 1.2);
        cairo_fill(p->c->cr);
    }
    canvas_show(p->c, l, x - width / 2, y - canvas_line_height(&s) / 2, &s);
}

/* ---- lying, stacked ---- */

static double total(const struct official_chart *k, size_t label)
{
    double t = 0;
    for (size_t i = 0; i < k->nseries; i++)
        if (!isnan(k->series[i].values[label])) t += k->series[i].values[label];
    return t;
}

static double greatest(const struct official_chart *k)
{
    double m = 0;
    for (size_t i = 0; i < k->nlabels; i++) {
        double v = k->kind == OFFICIAL_STACKED ? total(k, i) : 0;
        for (size_t s = 0; s < k->nseries && k->kind != OFFICIAL_STACKED; s++)
            if (k->series[s].values[i] > v) v = k->series[s].values[i];
        if (v > m) m = v;
    }
    return m;
}

static void stacked(struct official_flow *p, const struct official_chart *k)
{
    double label = MM(44), x0 = p->left + label + 4, width = p->right - x0 - 24, most = greatest(k);
    struct style name = small(p, SIZE_SMALL_5, ALIGN_RIGHT);
    for (size_t i = 0; i < k->nlabels; i++) {
        double x = x0, h = BAR_PITCH - 4;
        name.size = SIZE_SMALL_5;
        PangoLayout *l = canvas_fit(p->c, k->labels[i], label, &name, 6);
        canvas_show_line(p->c, l, 0, p->left, p->y + (h - canvas_line_height(&name)) / 2, &name);
        for (size_t s = 0; s < k->nseries; s++) {
            double v = k->series[s].values[i], w = most > 0 && v > 0 ? width * v / most : 0;
            if (w <= 0) continue;
            piece(p->c, s, x, p->y, w, h);
            struct style n = small(p, SIZE_SMALL_5 - 1, ALIGN_CENTER);
            n.colour = LOOKS[s].ink;
            if (LOOKS[s].hatch != PLAIN && w > 9)
                plate(p, number(p, k, v), x + w / 2, p->y + h / 2, SIZE_SMALL_5 - 1, true);
            else if (w > 7)
                canvas_text(p->c, number(p, k, v), x, p->y + (h - canvas_line_height(&n)) / 2, w, &n);
            x += w;
        }
        struct style sum = small(p, SIZE_SMALL_5, ALIGN_LEFT);
        canvas_text(p->c, number(p, k, total(k, i)), x + 4, p->y + (h - canvas_line_height(&sum)) / 2, 30, &sum);
        p->y += BAR_PITCH;
    }
}

/* ---- upright ---- */

/* A round step that gives four or five lines. */
static double step_of(double most)
{
    double raw = most > 0 ? most / 4 : 0.25, power = pow(10, floor(log10(raw))), lead = raw / power;
    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 2.5 ? 2.5 : lead <= 5 ? 5 : 10);
}

struct plot {
    double x, y, w, h, top; /* top: value of its upper edge */
};

static void axes(struct official_flow *p, const struct official_chart *k, const struct plot *a, double step)
{
    struct style s = small(p, SIZE_SMALL_5 - 1, ALIGN_RIGHT), u = small(p, SIZE_SMALL_5 - 1, ALIGN_LEFT);
    int places = k->percent ? (step < 0.01 ? 1 : 0) : step >= 1 && step == floor(step) ? 0 : step >= 0.1 ? 1 : 2;
    int lines = (int)(a->top / step + 0.001);
    for (int i = 0; i <= lines; i++) {
        double v = i * step;
        double y = a->y + a->h - a->h * v / a->top;
        canvas_rule(p->c, a->x, y, a->x + a->w, i ? 0.3 : 0.8, i ? 0xbbbbbb : 0x000000);
        struct slice text = arena_printf(p->c->a, "%.*f%s", places, k->percent ? 100 * v : v, k->percent ? "%" : "");
        canvas_text(p->c, text, p->left, y - canvas_line_height(&s) / 2, a->x - p->left - 4, &s);
    }
    if (k->unit.n)
        canvas_text(p->c, arena_printf(p->c->a, "（%.*s）", SLICE_ARG(k->unit)), p->left, a->y - 15, 120, &u);
}

static void labels(struct official_flow *p, const struct official_chart *k, const struct plot *a)
{
    double pitch = a->w / (double)k->nlabels;
    struct style s = small(p, SIZE_SMALL_5 - 1, ALIGN_CENTER);
    for (size_t i = 0; i < k->nlabels; i++) {
        PangoLayout *l = canvas_layout(p->c, k->labels[i], pitch - 1, &s);
        canvas_show(p->c, l, a->x + (double)i * pitch, a->y + a->h + 3, &s);
    }
}

static void bars(struct official_flow *p, const struct official_chart *k, const struct plot *a)
{
    double pitch = a->w / (double)k->nlabels, w = pitch * 0.7 / (double)k->nseries;
    if (w > 34) w = 34;
    for (size_t i = 0; i < k->nlabels; i++)
        for (size_t s = 0; s < k->nseries; s++) {
            double v = k->series[s].values[i];
            double x = a->x + ((double)i + 0.5) * pitch - w * (double)k->nseries / 2 + w * (double)s;
            if (isnan(v)) {
                plate(p, S("无"), x + w / 2, a->y + a->h - 6, SIZE_SMALL_5 - 1.5, false);
                continue;
            }
            double h = a->h * v / a->top;
            if (h > 0) piece(p->c, s, x, a->y + a->h - h, w, h);
            plate(p, number(p, k, v), x + w / 2, a->y + a->h - h - 6, SIZE_SMALL_5 - 1, true);
        }
}

static void mark(struct canvas *c, size_t series, double x, double y)
{
    const double r = 3;
    cairo_new_path(c->cr);
    if (series == 0)
        cairo_arc(c->cr, x, y, r, 0, 2 * 3.14159265358979);
    else if (series == 1)
        cairo_rectangle(c->cr, x - r, y - r, 2 * r, 2 * r);
    else {
        cairo_move_to(c->cr, x, y - 1.2 * r);
        cairo_line_to(c->cr, x + 1.2 * r, y + r);
        cairo_line_to(c->cr, x - 1.2 * r, y + r);
        cairo_close_path(c->cr);
    }
    canvas_colour(c, series == 1 ? 0xffffff : 0x0b4a7d);
    cairo_fill_preserve(c->cr);
    canvas_colour(c, 0x0b4a7d);
    cairo_set_line_width(c->cr, 1);
    cairo_stroke(c->cr);
}

/* A month without data is a gap. */
static void line(struct official_flow *p, const struct official_chart *k, const struct plot *a, size_t s)
{
    double pitch = a->w / (double)k->nlabels, dash[] = {5, 3};
    const double *v = k->series[s].values;
    bool open = false;
    cairo_t *cr = p->c->cr;
    canvas_colour(p->c, 0x0b4a7d);
    cairo_set_line_width(cr, 1.4);
    if (s) cairo_set_dash(cr, dash, 2, 0);
    for (size_t i = 0; i < k->nlabels; i++) {
        double x = a->x + ((double)i + 0.5) * pitch, y = a->y + a->h - a->h * v[i] / a->top;
        if (!isnan(v[i])) open ? cairo_line_to(cr, x, y) : cairo_move_to(cr, x, y);
        open = !isnan(v[i]);
    }
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0);
    for (size_t i = 0; i < k->nlabels; i++) {
        if (isnan(v[i])) continue;
        double x = a->x + ((double)i + 0.5) * pitch, y = a->y + a->h - a->h * v[i] / a->top;
        mark(p->c, s, x, y);
        plate(p, number(p, k, v[i]), x, y + (s ? 9 : -9), SIZE_SMALL_5 - 1, true);
    }
}

static void upright(struct official_flow *p, const struct official_chart *k)
{
    double most = greatest(k), step = step_of(k->percent ? 1 : most * 1.08);
    struct plot a = {p->left + 34, p->y + 14, TYPE_WIDTH - 38, PLOT_HEIGHT - 44, 0};
    if (k->percent) step = 0.25;
    if (k->most > 0) step = k->most / 4;
    a.top = k->percent ? 1 : k->most > 0 ? k->most : step * ceil(most * 1.08 / step);
    if (a.top <= 0) a.top = step * 4;
    axes(p, k, &a, step);
    labels(p, k, &a);
    if (k->kind == OFFICIAL_BARS)
        bars(p, k, &a);
    else
        for (size_t s = 0; s < k->nseries; s++) line(p, k, &a, s);
    p->y += PLOT_HEIGHT;
}

/* ---- the whole ---- */

static bool has_legend(const struct official_chart *k)
{
    return k->nseries > 1;
}

double official_chart_height(const struct official_chart *k)
{
    double plot = k->kind == OFFICIAL_STACKED ? BAR_PITCH * (double)k->nlabels + 4 : PLOT_HEIGHT;
    return 8 + CAPTION_HEIGHT + (has_legend(k) ? LEGEND_HEIGHT : 4) + plot + 8;
}

static void legend(struct official_flow *p, const struct official_chart *k)
{
    struct style s = small(p, SIZE_SMALL_5, ALIGN_LEFT);
    double pitch = TYPE_WIDTH / (double)k->nseries;
    if (pitch > 110) pitch = 110;
    double x = p->left + (TYPE_WIDTH - pitch * (double)k->nseries) / 2;
    for (size_t i = 0; i < k->nseries; i++, x += pitch) {
        if (k->kind == OFFICIAL_LINES)
            mark(p->c, i, x + 8, p->y + 6);
        else
            piece(p->c, i, x, p->y + 1.5, 16, 9);
        canvas_text(p->c, k->series[i].name, x + 20, p->y, pitch - 20, &s);
    }
    p->y += LEGEND_HEIGHT;
}

void official_chart_draw(struct official_flow *p, const struct official_chart *k)
{
    struct style caption = official_style(p, OFFICIAL_HEI, SIZE_5, 1.6);
    caption.align = ALIGN_CENTER;
    if (p->too_long || !k->nlabels || k->nlabels > LABELS_MAX || !k->nseries || k->nseries > OFFICIAL_SERIES_MAX)
        return;
    official_need(p, official_chart_height(k));
    p->y += 8;
    p->y += canvas_text(p->c, k->caption, p->left, p->y, TYPE_WIDTH, &caption);
    if (has_legend(k))
        legend(p, k);
    else
        p->y += 4;
    if (k->kind == OFFICIAL_STACKED)
        stacked(p, k);
    else
        upright(p, k);
    p->y += 8;
}
