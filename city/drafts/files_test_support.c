#include "city/drafts/files_test_support.h"

#define TEXT(literal) ((struct slice){literal, sizeof(literal) - 1})

struct slice file_pdf(struct arena *a)
{
    (void)a;
    return S("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
             "xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n"
             "trailer<</Size 3/Root 1 0 R>>\nstartxref\n97\n%%EOF\n");
}

struct slice file_png(struct arena *a)
{
    (void)a;
    return TEXT("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"
                "\0\0\0\x0dIDATx\x9c\x63\x60\x60\x60\x60\0\0\0\5\0\1\xa5\xf6\x45\x40\0\0\0\0IEND\xae\x42\x60\x82");
}

struct slice file_jpeg(struct arena *a)
{
    (void)a;
    return TEXT("\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
                "\xff\xc0\0\x0b\x08\0\1\0\1\1\1\x11\0\xff\xda\0\x08\1\1\0\0\x3f\0\x7f\xff\xd9");
}

static void little(struct buf *b, size_t v, int bytes)
{
    for (int i = 0; i < bytes; i++) buf_putc(b, (char)(v >> (8 * i)));
}

struct slice file_zip(struct arena *a, ...)
{
    struct buf b = buf_new(a, 1 << 20), d = buf_new(a, 1 << 20);
    size_t n = 0;
    va_list names;
    va_start(names, a);
    for (const char *name; (name = va_arg(names, const char *)); n++) {
        size_t at = b.n, length = strlen(name);
        buf_put(&b, TEXT("PK\3\4\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
        little(&b, length, 2);
        little(&b, 0, 2);
        buf_puts(&b, name);
        buf_put(&d, TEXT("PK\1\2\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
        little(&d, length, 2);
        buf_put(&d, TEXT("\0\0\0\0\0\0\0\0\0\0\0\0"));
        little(&d, at, 4);
        buf_puts(&d, name);
    }
    va_end(names);
    size_t directory = b.n;
    buf_put(&b, buf_slice(&d));
    buf_put(&b, TEXT("PK\5\6\0\0\0\0"));
    little(&b, n, 2);
    little(&b, n, 2);
    little(&b, d.n, 4);
    little(&b, directory, 4);
    little(&b, 0, 2);
    return buf_slice(&b);
}

struct slice file_joined(struct arena *a, struct slice x, struct slice y)
{
    char *p = arena_alloc(a, x.n + y.n);
    memcpy(p, x.p, x.n);
    memcpy(p + x.n, y.p, y.n);
    return slice_of(p, x.n + y.n);
}
