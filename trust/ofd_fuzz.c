/* OFD packages. First byte: the rest is a package as it comes; or files, each its name up to a line feed and its bytes up to a 0, so that a
 * search gets past the checksums; or a path. */
#include "trust/ofd.h"

#include <stdlib.h>

enum { FILES = 40 };

static void package(struct arena *a, struct slice file)
{
    struct ofd o;
    if (failed(ofd_read(a, file, &o))) return;
    if (o.ndocuments == 0) abort();
    for (size_t i = 0; i < o.ndocuments; i++) {
        const struct ofd_document *d = &o.documents[i];
        if (d->nparts == 0 || d->parts[0].role != OFD_DOCUMENT || d->npages == 0) abort();
        if (d->nparts > o.zip.n || d->nsignatures > OFD_MAX_SIGNATURES) abort();
        for (size_t k = 0; k < d->nparts; k++)
            if (zip_find(&o.zip, d->parts[k].file->name) != d->parts[k].file) abort();
    }
}

static void files(struct arena *a, struct slice rest)
{
    struct zip_entry e[FILES];
    struct slice one, file;
    size_t n = 0;
    for (bool more = rest.n > 0; more && n < FILES; n++) {
        more = slice_cut(rest, '\0', &one, &rest);
        (void)slice_cut(one, '\n', &e[n].name, &e[n].bytes);
    }
    if (!failed(zip_write(a, e, n, &file))) package(a, file);
}

static void path(struct arena *a, struct slice rest)
{
    struct slice from, base, loc, name;
    (void)slice_cut(rest, '\n', &from, &rest);
    (void)slice_cut(rest, '\n', &base, &loc);
    if (!failed(ofd_resolve(a, from, base, loc, &name)) && !zip_name_good(name)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) return 0;
    struct arena *a = arena_new("fuzz");
    struct slice rest = slice_of((const char *)data + 1, size - 1);
    switch (data[0] % 3) {
    case 0: package(a, rest); break;
    case 1: files(a, rest); break;
    default: path(a, rest);
    }
    arena_free(a);
    return 0;
}
