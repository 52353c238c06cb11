/* Every parser of a header field on the same bytes. */
#include <stdlib.h>

#include "http/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice s = slice_of((const char *)data, size), trimmed = slice_trim(s);
    if (etag_listed(s, S("7")) && !slice_is(trimmed, "*") && slice_search(s, S("\"7\"")) == SIZE_MAX) abort();
    if (coding_accepted(s, "br")) {
        bool named = false;
        for (size_t i = 0; i + 1 < s.n; i++)
            named = named || ((s.p[i] == 'b' || s.p[i] == 'B') && (s.p[i + 1] == 'r' || s.p[i + 1] == 'R'));
        if (!named && slice_find(s, '*', 0) == SIZE_MAX) abort();
    }
    if (media_is(s, "application/json") && s.n < 16) abort();
    enum lang l = lang_accepted(s);
    if (l != LANG_ZH && l != LANG_EN) abort();
    struct slice authority = origin_authority(s);
    if (authority.n > s.n) abort();
    return 0;
}
