/* The first line is a name, the rest a file: looking at it ends, a kind is one of the four, and the name made of it is
 * short, valid, without folders, and ends as the kind does. */
#include <stdlib.h>

#include "city/drafts/drafts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
    if (!held) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const TYPES[] = {"pdf", "png", "jpeg", "ofd"};
    struct arena *a = arena_new("fuzz");
    struct slice name, file;
    (void)slice_cut(slice_of((const char *)data, size), '\n', &name, &file);
    struct slice type = attachment_sniff(file);
    bool known = !type.n;
    for (size_t i = 0; i < 4; i++) {
        struct slice made = attachment_name(a, name, slice_cstr(TYPES[i]));
        known = known || slice_is(type, TYPES[i]);
        must(made.n > 4 && made.n <= 120 && slice_utf8(made));
        must(slice_find(made, '/', 0) == SIZE_MAX && slice_find(made, '\\', 0) == SIZE_MAX && made.p[0] != '.');
        for (size_t k = 0; k < made.n; k++) must((uint8_t)made.p[k] >= 0x20 && made.p[k] != '"' && made.p[k] != 0x7f);
        must(slice_eq(attachment_name(a, made, slice_cstr(TYPES[i])), made)); /* nothing is left to do */
    }
    must(known);
    arena_free(a);
    return 0;
}
