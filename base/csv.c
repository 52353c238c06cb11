#include "base/csv.h"

size_t csv_record(struct arena *a, struct slice text, size_t *at, size_t *line, struct slice *cell, size_t max)
{
    size_t n = 0;
    struct buf b = buf_new(a, 4096);
    bool quoted = false, end = false;
    while (!end) {
        char c = *at < text.n ? text.p[*at] : '\n';
        bool last = *at >= text.n;
        if (quoted && !last && !(c == '"')) {
            if (c == '\n') (*line)++;
            buf_putc(&b, c);
        } else if (c == '"' && !last) {
            bool twice = quoted && *at + 1 < text.n && text.p[*at + 1] == '"';
            if (twice) {
                buf_putc(&b, '"');
                (*at)++;
            } else {
                quoted = !quoted;
            }
        } else if (c == ',' || c == '\n' || last) {
            if (n < max) cell[n++] = slice_trim(arena_copy(a, buf_slice(&b)));
            b.n = 0;
            end = c != ',' || last;
        } else {
            buf_putc(&b, c);
        }
        if (*at < text.n) (*at)++;
    }
    return n;
}
