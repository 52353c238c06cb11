#include "engine/form/format.h"

#include "base/time.h"
#include "engine/form/pattern.h"

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool hex(char c)
{
    return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool date(struct arena *a, struct slice s)
{
    (void)a;
    day d;
    return day_scan(s, &d);
}

/* "23" at an offset, at most `most`. */
static bool two(struct slice s, size_t at, int most, int *out)
{
    if (at + 2 > s.n || !digit(s.p[at]) || !digit(s.p[at + 1])) return false;
    *out = (s.p[at] - '0') * 10 + (s.p[at + 1] - '0');
    return *out <= most;
}

/* RFC 3339 full-time, with the leap second where UTC can have one. */
static bool time_of_day(struct arena *a, struct slice s)
{
    (void)a;
    int h, m, sec, oh = 0, om = 0, sign = 1;
    if (!two(s, 0, 23, &h) || s.n < 9 || s.p[2] != ':' || !two(s, 3, 59, &m) || s.p[5] != ':' || !two(s, 6, 60, &sec))
        return false;
    size_t at = 8;
    if (s.p[at] == '.') {
        size_t from = ++at;
        while (at < s.n && digit(s.p[at])) at++;
        if (at == from) return false;
    }
    if (at >= s.n) return false;
    if (s.p[at] == 'Z' || s.p[at] == 'z') {
        at++;
    } else {
        if (s.p[at] != '+' && s.p[at] != '-') return false;
        sign = s.p[at] == '-' ? -1 : 1;
        if (at + 6 > s.n || !two(s, at + 1, 23, &oh) || s.p[at + 3] != ':' || !two(s, at + 4, 59, &om)) return false;
        at += 6;
    }
    int minute = (h * 60 + m - sign * (oh * 60 + om) + 2 * 1440) % 1440;
    return at == s.n && (sec < 60 || minute == 1439);
}

static bool date_time(struct arena *a, struct slice s)
{
    return s.n > 11 && (s.p[10] == 'T' || s.p[10] == 't') && date(a, slice_sub(s, 0, 10)) &&
           time_of_day(a, slice_sub(s, 11, SIZE_MAX));
}

/* 1*DIGIT and a unit, each unit right after the one before it in `units` (RFC 3339 appendix A). Returns how many. */
static int elements(struct slice s, size_t *at, const char *units)
{
    int n = 0;
    const char *next = NULL;
    while (*at < s.n && digit(s.p[*at])) {
        size_t end = *at;
        while (end < s.n && digit(s.p[end])) end++;
        const char *u = end < s.n ? strchr(units, s.p[end]) : NULL;
        if (!u || !*u || (next && u != next)) return -1;
        next = u + 1;
        *at = end + 1;
        n++;
    }
    return n;
}

static bool duration(struct arena *a, struct slice s)
{
    (void)a;
    size_t at = 1;
    if (s.n < 3 || s.p[0] != 'P') return false;
    if (elements(s, &at, "W") == 1 && at == s.n) return true;
    at = 1;
    int days = elements(s, &at, "YMD");
    if (days < 0) return false;
    if (at == s.n) return days > 0;
    return s.p[at++] == 'T' && elements(s, &at, "HMS") > 0 && at == s.n;
}

static bool uuid(struct arena *a, struct slice s)
{
    (void)a;
    if (s.n != 36) return false;
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s.p[i] != '-' : !hex(s.p[i])) return false;
    }
    return true;
}

static bool json_pointer_text(struct arena *a, struct slice s)
{
    (void)a;
    if (s.n && s.p[0] != '/') return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '~' && (i + 1 == s.n || (s.p[i + 1] != '0' && s.p[i + 1] != '1'))) return false;
    return true;
}

/* draft-bhutton-relative-json-pointer: 0, "2/a", "1#", "0+3" */
static bool relative_json_pointer(struct arena *a, struct slice s)
{
    size_t at = 0;
    while (at < s.n && digit(s.p[at])) at++;
    if (at == 0 || (at > 1 && s.p[0] == '0')) return false;
    if (at < s.n && (s.p[at] == '+' || s.p[at] == '-')) {
        size_t from = ++at;
        while (at < s.n && digit(s.p[at])) at++;
        if (at == from || s.p[from] == '0') return false;
    }
    struct slice rest = slice_sub(s, at, SIZE_MAX);
    return slice_is(rest, "#") || json_pointer_text(a, rest);
}

static bool regex(struct arena *a, struct slice s)
{
    struct slice why;
    return pattern_new(a, s, &why) != NULL;
}

static const struct format formats[] = {
    {"date", date, "日期（如 2021-04-30）", "date (like 2021-04-30)"},
    {"time", time_of_day, "时间（如 09:00:00+08:00）", "time (like 09:00:00+08:00)"},
    {"date-time", date_time, "日期时间（如 2021-04-30T09:00:00+08:00）",
     "date and time (like 2021-04-30T09:00:00+08:00)"},
    {"duration", duration, "时长（如 P5D）", "duration (like P5D)"},
    {"email", format_email, "电子邮箱地址", "e-mail address"},
    {"idn-email", format_idn_email, "电子邮箱地址", "e-mail address"},
    {"hostname", format_hostname, "域名", "host name"},
    {"idn-hostname", format_idn_hostname, "域名", "host name"},
    {"ipv4", format_ipv4, "IPv4 地址", "IPv4 address"},
    {"ipv6", format_ipv6, "IPv6 地址", "IPv6 address"},
    {"uri", format_uri, "网址", "web address"},
    {"uri-reference", format_uri_reference, "网址", "web address"},
    {"iri", format_iri, "网址", "web address"},
    {"iri-reference", format_iri_reference, "网址", "web address"},
    {"uri-template", format_uri_template, "网址模板", "URI template"},
    {"uuid", uuid, "UUID", "UUID"},
    {"json-pointer", json_pointer_text, "JSON 指针", "JSON pointer"},
    {"relative-json-pointer", relative_json_pointer, "相对 JSON 指针", "relative JSON pointer"},
    {"regex", regex, "正则表达式", "regular expression"},
};

const struct format *format_find(struct slice name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (slice_is(name, formats[i].name)) return &formats[i];
    return NULL;
}
