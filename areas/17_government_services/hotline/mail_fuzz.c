/* Any bytes: reading them ends, within its bounds, and what comes out can be stored: UTF-8 without control characters, an address with
 * one sign "@". */
#include <stdlib.h>

#include "areas/17_government_services/hotline/mail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held)
{
    if (!held) abort();
}

static void must_text(struct slice s, size_t max, bool lines)
{
    must(slice_utf8(s) && slice_codepoints(s) <= max);
    for (size_t i = 0; i < s.n; i++) must((uint8_t)s.p[i] >= 0x20 || (lines && s.p[i] == '\n'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    struct mail m;
    if (!failed(mail_read(a, slice_of((const char *)data, size), &m))) {
        must_text(m.text, MAIL_TEXT, true);
        must_text(m.subject, 200, false);
        must_text(m.from_name, 100, false);
        must(m.from.n && m.from.n <= 200 && slice_find(m.from, '@', 0) != SIZE_MAX &&
             slice_find(m.from, ' ', 0) == SIZE_MAX);
        must(m.nfiles <= MAIL_FILES && slice_codepoints(m.text) >= 2);
        for (size_t i = 0; i < m.nfiles; i++) must(m.files[i].bytes.n <= size + 4 && slice_utf8(m.files[i].name));
    }
    arena_free(a);
    return 0;
}
