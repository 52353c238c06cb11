#include "http/header.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool same_word(struct slice s, const char *z)
{
    if (s.n != strlen(z)) return false;
    for (size_t i = 0; i < s.n; i++)
        if (lower(s.p[i]) != lower(z[i])) return false;
    return true;
}

/* ---- target ---- */

bool target_split(struct slice raw, struct slice *path, struct slice *query)
{
    *path = *query = (struct slice){"", 0};
    if (raw.n == 0 || raw.n > TARGET_MAX) return false;
    for (size_t i = 0; i < raw.n; i++)
        if ((unsigned char)raw.p[i] <= ' ' || raw.p[i] == 0x7f) return false;
    if (slice_starts(raw, S("http://")) || slice_starts(raw, S("https://"))) {
        size_t slash = slice_find(raw, '/', slice_starts(raw, S("http://")) ? 7 : 8);
        raw = slash == SIZE_MAX ? S("/") : slice_sub(raw, slash, raw.n);
    }
    if (raw.p[0] != '/' || slice_find(raw, '#', 0) != SIZE_MAX) return false;
    (void)slice_cut(raw, '?', path, query);
    return query->n <= QUERY_MAX;
}

struct slice origin_authority(struct slice origin)
{
    size_t at = slice_search(origin, S("://"));
    return at == SIZE_MAX ? (struct slice){"", 0} : slice_sub(origin, at + 3, origin.n);
}

/* ---- lists of words with parameters: "a;q=0.5, b" ---- */

bool media_is(struct slice content_type, const char *type)
{
    struct slice media, rest;
    (void)slice_cut(content_type, ';', &media, &rest);
    return same_word(slice_trim(media), type);
}

/* "q=0.125" in thousandths; 1000 without one; 0 for what is not a weight (RFC 9110 12.4.2). */
static int weight(struct slice parameters)
{
    struct slice one;
    bool more = parameters.n > 0;
    while (more) {
        more = slice_cut(parameters, ';', &one, &parameters);
        one = slice_trim(one);
        if (one.n < 2 || lower(one.p[0]) != 'q' || one.p[1] != '=') continue;
        struct slice v = slice_sub(one, 2, one.n);
        if (v.n == 0 || v.n > 5 || (v.p[0] != '0' && v.p[0] != '1') || (v.n > 1 && v.p[1] != '.')) return 0;
        int q = (v.p[0] - '0') * 1000, unit = 100;
        for (size_t i = 2; i < v.n; i++, unit /= 10) {
            if (v.p[i] < '0' || v.p[i] > '9') return 0;
            q += (v.p[i] - '0') * unit;
        }
        return q > 1000 ? 0 : q;
    }
    return 1000;
}

/* The next entry of a list: its word and weight; false at the end. */
static bool next_entry(struct slice *list, struct slice *word, int *q)
{
    struct slice entry, parameters;
    while (list->n) {
        (void)slice_cut(*list, ',', &entry, list);
        (void)slice_cut(entry, ';', word, &parameters);
        *word = slice_trim(*word);
        *q = weight(parameters);
        if (word->n) return true;
    }
    return false;
}

bool coding_accepted(struct slice accept, const char *coding)
{
    struct slice word;
    int q, any = 0;
    while (next_entry(&accept, &word, &q)) {
        if (same_word(word, coding)) return q > 0;
        if (slice_is(word, "*")) any = q;
    }
    return any > 0;
}

enum lang lang_accepted(struct slice accept)
{
    struct slice word;
    int q, zh = 0, en = 0;
    while (next_entry(&accept, &word, &q)) {
        struct slice primary, rest;
        (void)slice_cut(word, '-', &primary, &rest);
        if (same_word(primary, "zh") && q > zh) zh = q;
        if (same_word(primary, "en") && q > en) en = q;
    }
    return en > zh ? LANG_EN : LANG_ZH;
}

bool etag_listed(struct slice list, struct slice etag)
{
    if (slice_is(slice_trim(list), "*")) return etag.n > 0;
    while (etag.n && list.n) {
        size_t open = slice_find(list, '"', 0);
        size_t close = open == SIZE_MAX ? SIZE_MAX : slice_find(list, '"', open + 1);
        if (close == SIZE_MAX) return false;
        if (slice_eq(slice_sub(list, open + 1, close - open - 1), etag)) return true;
        list = slice_sub(list, close + 1, list.n);
    }
    return false;
}

static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec", DAYS[] = "SunMonTueWedThuFriSat";

struct slice http_date_text(struct arena *a, instant t)
{
    struct civil c = civil_of_instant(t - CITY_OFFSET); /* GMT */
    return arena_printf(a, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
                        DAYS + 3 * weekday(day_of_instant(t - CITY_OFFSET)), c.day, MONTHS + 3 * (c.month - 1), c.year,
                        c.hour, c.minute, c.second);
}

/* Digits alone, at a place. */
static bool number_at(struct slice s, size_t at, size_t n, int64_t *out)
{
    struct slice part = slice_sub(s, at, n);
    return part.p[0] != '-' && slice_int64(part, out);
}

bool http_date_scan(struct slice s, instant *out)
{
    int64_t d, y, h, m, sec;
    size_t month = SIZE_MAX;
    s = slice_trim(s);
    if (s.n != 29 || !slice_ends(s, S(" GMT"))) return false;
    for (size_t i = 0; i < 12; i++)
        if (memcmp(MONTHS + 3 * i, s.p + 8, 3) == 0) month = i + 1;
    bool numbers = number_at(s, 5, 2, &d) && number_at(s, 12, 4, &y) && number_at(s, 17, 2, &h) &&
                   number_at(s, 20, 2, &m) && number_at(s, 23, 2, &sec);
    bool marks = s.p[3] == ',' && s.p[4] == ' ' && s.p[7] == ' ' && s.p[11] == ' ' && s.p[16] == ' ' &&
                 s.p[19] == ':' && s.p[22] == ':';
    if (!numbers || !marks || month == SIZE_MAX || h > 23 || m > 59 || sec > 60) return false;
    if (!civil_valid((int)y, (int)month, (int)d)) return false;
    *out = day_of_civil((int)y, (int)month, (int)d) * MS_DAY + h * MS_HOUR + m * MS_MINUTE + sec * MS_SECOND;
    return true;
}
