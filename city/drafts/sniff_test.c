/* What files are taken for: the four kinds, files that lie about themselves, files that are two things at once. */
#include "city/drafts/drafts.h"
#include "city/drafts/files_test_support.h"

static void the_four_kinds_are_known(void **state)
{
    struct arena *a = *state;
    assert_slice(attachment_sniff(file_pdf(a)), "pdf");
    assert_slice(attachment_sniff(file_png(a)), "png");
    assert_slice(attachment_sniff(file_jpeg(a)), "jpeg");
    assert_slice(attachment_sniff(file_zip(a, "OFD.xml", "Doc_0/Document.xml", NULL)), "ofd");
    assert_string_equal(attachment_media_type(S("ofd")), "application/ofd");
    assert_string_equal(attachment_media_type(S("html")), "application/octet-stream");
    /* cameras write after the end of a picture */
    assert_slice(attachment_sniff(file_joined(a, file_jpeg(a), S("SEFT maker's data"))), "jpeg");
}

static void refused(struct arena *a, const char *what, struct slice bytes)
{
    (void)a;
    if (attachment_sniff(bytes).n) fail_msg("%s was taken for %.*s", what, SLICE_ARG(attachment_sniff(bytes)));
}

static void everything_else_is_refused(void **state)
{
    struct arena *a = *state;
    refused(a, "nothing", (struct slice){0});
    refused(a, "a page", S("<!DOCTYPE html><script>alert(1)</script>"));
    refused(a, "a drawing", S("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"));
    refused(a, "a program", S("MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0\xb8\0\0\0\0\0\0\0"));
    refused(a, "a script", S("#!/bin/sh\nrm -rf /\n"));
    refused(a, "an old picture", S("GIF89a\1\0\1\0\0\0\0;"));
    refused(a, "a header alone", S("%PDF-1.4"));
    refused(a, "a PDF that comes late", file_joined(a, S("<script>"), file_pdf(a)));
    refused(a, "a PDF without an end", slice_sub(file_pdf(a), 0, file_pdf(a).n - 8));
    refused(a, "a PDF of no version", file_joined(a, S("%PDF-x.y\n"), slice_sub(file_pdf(a), 9, SIZE_MAX)));
    refused(a, "a signature alone", slice_sub(file_png(a), 0, 8));
    refused(a, "half a picture", slice_sub(file_png(a), 0, file_png(a).n - 12));
    refused(a, "half a photograph", slice_sub(file_jpeg(a), 0, file_jpeg(a).n - 2));
    refused(a, "a photograph without a frame", S("\xff\xd8\xff\xda\0\x08\1\1\0\0\x3f\0\x7f\xff\xd9"));
}

/* Every prefix of a good file: nothing is read beyond the end (the sanitizers watch), and none but the whole is taken. */
static void no_part_of_a_file_is_taken_for_it(void **state)
{
    struct arena *a = *state;
    const struct slice files[] = {file_png(a), file_jpeg(a), file_zip(a, "OFD.xml", "a/b", NULL)};
    for (size_t i = 0; i < 3; i++)
        for (size_t n = 0; n < files[i].n; n++) refused(a, "a part", arena_copy(a, slice_sub(files[i], 0, n)));
}

static void a_file_that_is_two_things_is_refused(void **state)
{
    struct arena *a = *state;
    struct slice archive = file_zip(a, "run.class", NULL), package = file_zip(a, "OFD.xml", NULL);
    refused(a, "a picture with an archive", file_joined(a, file_png(a), archive));
    refused(a, "a picture with a page", file_joined(a, file_png(a), S("<script>alert(1)</script>")));
    refused(a, "a photograph with an archive", file_joined(a, file_jpeg(a), archive));
    refused(a, "a photograph with a package", file_joined(a, file_jpeg(a), package));
    refused(a, "a PDF with an archive", file_joined(a, file_pdf(a), archive));
    /* an archive whose comment is the end of the PDF, so that both readers are content */
    struct slice pdf = file_pdf(a), tail = slice_sub(pdf, 40, SIZE_MAX);
    char *p = arena_alloc(a, archive.n);
    memcpy(p, archive.p, archive.n);
    p[archive.n - 2] = (char)tail.n;
    refused(a, "an archive in a PDF",
            file_joined(a, slice_sub(pdf, 0, 40), file_joined(a, slice_of(p, archive.n), tail)));
    refused(a, "a program before a package", file_joined(a, S("PK\3\4 other things"), package));
    refused(a, "something after a package", file_joined(a, package, S("more")));
}

static void packages_are_ofd_and_nothing_more(void **state)
{
    struct arena *a = *state;
    refused(a, "an archive", file_zip(a, "a.txt", NULL));
    refused(a, "an empty archive", file_zip(a, NULL));
    refused(a, "OFD.xml in a folder", file_zip(a, "x/OFD.xml", NULL));
    refused(a, "an office document", file_zip(a, "OFD.xml", "[Content_Types].xml", NULL));
    refused(a, "a Java program", file_zip(a, "META-INF/MANIFEST.MF", "OFD.xml", NULL));
    refused(a, "a way out", file_zip(a, "OFD.xml", "../../etc/passwd", NULL));
    refused(a, "a way out inside", file_zip(a, "OFD.xml", "Doc_0/../../x", NULL));
    refused(a, "an absolute path", file_zip(a, "OFD.xml", "/etc/passwd", NULL));
    refused(a, "a path of another system", file_zip(a, "OFD.xml", "..\\x", NULL));
    assert_slice(attachment_sniff(file_zip(a, "OFD.xml", "Doc_0/..x/y..", NULL)), "ofd");
}

static void names_are_made_harmless(void **state)
{
    struct arena *a = *state;
    static const struct {
        const char *given, *type, *name;
    } CASES[] = {
        {"照片.png", "png", "照片.png"},
        {"PHOTO.JPG", "jpeg", "PHOTO.JPG"},
        {"photo.jpeg", "jpeg", "photo.jpeg"},
        {"invoice.exe", "pdf", "invoice.exe.pdf"},
        {"photo.png", "pdf", "photo.png.pdf"},
        {"page.html", "jpeg", "page.html.jpg"},
        {"../../etc/passwd", "pdf", "passwd.pdf"},
        {"C:\\temp\\a.ofd", "ofd", "a.ofd"},
        {"", "png", "attachment.png"},
        {"..", "png", "attachment.png"},
        {".htaccess", "png", "htaccess.png"},
        {".pdf", "pdf", "pdf.pdf"},
        {"a\r\nSet-Cookie: x=1.pdf", "pdf", "aSet-Cookie_ x=1.pdf"},
        {"a\"b.pdf", "pdf", "a_b.pdf"},
        {"gpj\xe2\x80\xae"
         "fdp.exe",
         "pdf", "gpjfdp.exe.pdf"},             /* a mark that turns the direction of writing */
        {"a\xe2\x80\x8b.pdf", "pdf", "a.pdf"}, /* a space of no width */
        {"\xff\xfe.pdf", "pdf", "attachment.pdf"},
        {"\xc2\x85.pdf", "pdf", "pdf.pdf"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_slice(attachment_name(a, slice_cstr(CASES[i].given), slice_cstr(CASES[i].type)), CASES[i].name);
    struct buf b = buf_new(a, 4000);
    for (int i = 0; i < 300; i++) buf_puts(&b, "证");
    struct slice name = attachment_name(a, buf_slice(&b), S("pdf"));
    assert_true(name.n <= 120 && slice_utf8(name) && slice_ends(name, S("证.pdf")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_four_kinds_are_known),          TEST(everything_else_is_refused),
        TEST(no_part_of_a_file_is_taken_for_it), TEST(a_file_that_is_two_things_is_refused),
        TEST(packages_are_ofd_and_nothing_more), TEST(names_are_made_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
