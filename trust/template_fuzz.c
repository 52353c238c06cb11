/* A template and its data, separated by a line "---": checking and filling end, within their bounds, and give UTF-8. */
#include "trust/template.h"

#include <stdlib.h>

static void need_utf8(struct slice s)
{
    if (s.n > 8192 || !slice_utf8(s)) abort();
}

static void look(const struct filled *f)
{
    need_utf8(f->title.zh);
    need_utf8(f->number);
    need_utf8(f->addressee);
    need_utf8(f->qr);
    for (size_t i = 0; i < f->nfields; i++) need_utf8(f->fields[i].value);
    for (size_t i = 0; i < f->nbody; i++) need_utf8(f->body[i].text.zh);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct slice all = slice_of((const char *)data, size), mark = S("\n---\n");
    size_t cut = slice_search(all, mark);
    const struct json *source, *values = NULL;
    const struct document_template *t;
    struct filled f;
    const struct slice *paths;
    const bool *optional;
    if (cut != SIZE_MAX && !failed(json_parse(a, slice_sub(all, 0, cut), 65536, S("t"), &source)) &&
        !failed(template_parse(a, source, S("t"), &t))) {
        size_t n = template_references(a, t, &paths, &optional);
        for (size_t i = 0; i < n; i++) need_utf8(paths[i]);
        struct slice rest = slice_sub(all, cut + mark.n, SIZE_MAX);
        if (!failed(json_parse(a, rest, 65536, S("d"), &values)) && !failed(template_fill(a, t, values, &f))) look(&f);
    }
    arena_free(a);
    return 0;
}
