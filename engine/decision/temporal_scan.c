/* Reading and writing dates, times and durations. */
#include "engine/decision/temporal.h"

struct reader {
    const char *p, *end;
};

static struct reader reader_of(struct slice s)
{
    return s.n ? (struct reader){s.p, s.p + s.n} : (struct reader){"", ""}; /* an empty text may have no address */
}

/* Exactly n digits. */
static bool fixed(struct reader *r, size_t n, int32_t *out)
{
    if ((size_t)(r->end - r->p) < n) return false;
    int32_t v = 0;
    for (size_t i = 0; i < n; i++) {
        if (r->p[i] < '0' || r->p[i] > '9') return false;
        v = v * 10 + (r->p[i] - '0');
    }
    r->p += n;
    *out = v;
    return true;
}

static bool take(struct reader *r, char c)
{
    if (r->p == r->end || *r->p != c) return false;
    r->p++;
    return true;
}

/* Four to nine digits, a longer year without leading zeros; "-" before Christ; the year 0000 is none. */
static bool read_date(struct reader *r, struct temporal *t)
{
    bool minus = take(r, '-');
    size_t n = 0;
    while (r->p + n < r->end && r->p[n] >= '0' && r->p[n] <= '9') n++;
    if (n < 4 || n > 9 || (n > 4 && *r->p == '0')) return false;
    int32_t year;
    if (!fixed(r, n, &year) || !take(r, '-') || !fixed(r, 2, &t->month) || !take(r, '-') || !fixed(r, 2, &t->day))
        return false;
    t->year = minus ? -year : year;
    return temporal_date_valid(t->year, t->month, t->day);
}

static bool read_offset(struct reader *r, struct temporal *t)
{
    if (take(r, 'Z') || take(r, 'z')) {
        t->zone = ZONE_OFFSET;
        t->offset = 0;
        return true;
    }
    if (take(r, '@')) {
        struct slice name = slice_of(r->p, (size_t)(r->end - r->p));
        r->p = r->end;
        return temporal_set_zone(t, name);
    }
    bool minus = r->p < r->end && *r->p == '-';
    if (!minus && !(r->p < r->end && *r->p == '+')) return false;
    r->p++;
    int32_t h, m, s = 0;
    if (!fixed(r, 2, &h) || !take(r, ':') || !fixed(r, 2, &m)) return false;
    if (take(r, ':') && !fixed(r, 2, &s)) return false;
    if (m > 59 || s > 59 || h * 3600 + m * 60 + s > 18 * 3600) return false;
    t->zone = ZONE_OFFSET;
    t->offset = (h * 3600 + m * 60 + s) * (minus ? -1 : 1);
    return true;
}

static bool read_time(struct reader *r, struct temporal *t)
{
    if (!fixed(r, 2, &t->hour) || !take(r, ':') || !fixed(r, 2, &t->minute) || !take(r, ':') ||
        !fixed(r, 2, &t->second))
        return false;
    if (take(r, '.')) {
        int32_t unit = 100000000, n = 0;
        while (r->p < r->end && *r->p >= '0' && *r->p <= '9') {
            t->nano += (*r->p++ - '0') * unit;
            unit /= 10;
            n++;
        }
        if (n == 0) return false;
    }
    if (t->hour == 24) {
        if (t->minute || t->second || t->nano) return false;
    } else if (t->hour > 23) {
        return false;
    }
    if (t->minute > 59 || t->second > 59) return false;
    return r->p == r->end || read_offset(r, t);
}

bool temporal_scan_date(struct slice s, struct temporal *out)
{
    struct reader r = reader_of(s);
    *out = (struct temporal){0};
    return s.n > 0 && read_date(&r, out) && r.p == r.end;
}

bool temporal_scan_time(struct slice s, struct temporal *out)
{
    struct reader r = reader_of(s);
    *out = (struct temporal){0};
    if (s.n == 0) return false;
    (void)take(&r, 'T');
    if (!read_time(&r, out) || r.p != r.end) return false;
    if (out->hour == 24) out->hour = 0;
    return true;
}

bool temporal_scan_datetime(struct slice s, struct temporal *out)
{
    struct reader r = reader_of(s);
    *out = (struct temporal){0};
    if (s.n == 0 || !read_date(&r, out)) return false;
    if (r.p == r.end) return true; /* midnight */
    if (!take(&r, 'T') || !read_time(&r, out) || r.p != r.end) return false;
    /* 24:00:00 is the next day's midnight */
    return out->hour < 24 || temporal_from_seconds(out, temporal_local_seconds(out), 0, out);
}

/* One "12" of "P12M": at most 18 digits. */
static bool amount(struct reader *r, int64_t *out)
{
    size_t n = 0;
    int64_t v = 0;
    while (r->p < r->end && *r->p >= '0' && *r->p <= '9' && n < 18) {
        v = v * 10 + (*r->p++ - '0');
        n++;
    }
    *out = v;
    return n > 0;
}

static bool scan_months(struct reader r, int64_t *out)
{
    int64_t v, months = 0;
    bool any = false, year = false;
    while (r.p < r.end) {
        if (!amount(&r, &v)) return false;
        if (v > INT64_C(100000000000)) return false;
        if (!year && !any && take(&r, 'Y')) {
            months += v * 12;
            year = any = true;
        } else if (take(&r, 'M')) {
            months += v;
            any = true;
            break;
        } else {
            return false;
        }
    }
    *out = months;
    return any && r.p == r.end;
}

static bool scan_fraction(struct reader *r, int64_t *nanos)
{
    int64_t unit = 100000000;
    *nanos = 0;
    while (r->p < r->end && *r->p >= '0' && *r->p <= '9') {
        *nanos += (*r->p++ - '0') * unit;
        unit /= 10;
    }
    return true;
}

static bool scan_nanos(struct reader r, wide *out)
{
    wide total = 0;
    int64_t v, fraction = 0;
    bool any = false, time = false;
    if (r.p < r.end && *r.p != 'T') {
        if (!amount(&r, &v) || !take(&r, 'D')) return false;
        total += (wide)v * SECONDS_DAY * NANOS_SECOND;
        any = true;
    }
    if (r.p < r.end) {
        if (!take(&r, 'T')) return false;
        int stage = 0;
        while (r.p < r.end) {
            if (!amount(&r, &v)) return false;
            bool dot = take(&r, '.') && scan_fraction(&r, &fraction);
            if (!dot && stage < 1 && take(&r, 'H')) {
                stage = 1;
                total += (wide)v * 3600 * NANOS_SECOND;
            } else if (!dot && stage < 2 && take(&r, 'M')) {
                stage = 2;
                total += (wide)v * 60 * NANOS_SECOND;
            } else if (stage < 3 && take(&r, 'S')) {
                stage = 3;
                total += (wide)v * NANOS_SECOND + fraction;
            } else {
                return false;
            }
            time = true;
        }
        if (!time) return false;
    }
    *out = total;
    return any || time;
}

bool duration_scan(struct slice s, struct value *out)
{
    struct reader r = reader_of(s);
    if (s.n == 0) return false;
    bool minus = take(&r, '-');
    if (!take(&r, 'P')) return false;
    int64_t months;
    wide nanos;
    if (scan_months(r, &months)) {
        *out = v_months(minus ? -months : months);
        return true;
    }
    if (!scan_nanos(r, &nanos)) return false;
    *out = v_nanos(minus ? -nanos : nanos);
    return true;
}

struct value temporal_literal(struct arena *a, struct slice s)
{
    struct temporal t;
    struct value d;
    if (temporal_scan_date(s, &t)) return v_temporal(a, V_DATE, &t);
    if (temporal_scan_datetime(s, &t)) return v_temporal(a, V_DATETIME, &t);
    if (temporal_scan_time(s, &t)) return v_temporal(a, V_TIME, &t);
    if (duration_scan(s, &d)) return d;
    return v_null();
}

static void put_fraction(struct buf *b, int64_t nanos)
{
    if (nanos == 0) return;
    char digit[9];
    for (int i = 8; i >= 0; i--) {
        digit[i] = (char)('0' + nanos % 10);
        nanos /= 10;
    }
    size_t n = 9;
    while (digit[n - 1] == '0') n--;
    buf_putc(b, '.');
    buf_put(b, slice_of(digit, n));
}

static void put_zone(struct buf *b, const struct temporal *t)
{
    if (t->zone == ZONE_NONE) return;
    if (t->zone == ZONE_NAMED) {
        buf_putc(b, '@');
        buf_put(b, t->zone_name);
        return;
    }
    if (t->offset == 0) {
        buf_putc(b, 'Z');
        return;
    }
    int32_t o = t->offset < 0 ? -t->offset : t->offset;
    buf_printf(b, "%c%02d:%02d", t->offset < 0 ? '-' : '+', o / 3600, o / 60 % 60);
    if (o % 60) buf_printf(b, ":%02d", o % 60);
}

struct slice temporal_text(struct arena *a, enum value_type type, const struct temporal *t)
{
    struct buf b = buf_new(a, 256);
    if (type != V_TIME)
        buf_printf(&b, "%s%04d-%02d-%02d", t->year < 0 ? "-" : "", t->year < 0 ? -t->year : t->year, t->month, t->day);
    if (type == V_DATETIME) buf_putc(&b, 'T');
    if (type != V_DATE) {
        buf_printf(&b, "%02d:%02d:%02d", t->hour, t->minute, t->second);
        put_fraction(&b, t->nano);
        put_zone(&b, t);
    }
    return buf_slice(&b);
}

static struct slice months_text(struct arena *a, int64_t months)
{
    if (months == 0) return S("P0M");
    struct buf b = buf_new(a, 64);
    bool minus = months < 0;
    if (minus) months = -months;
    buf_puts(&b, minus ? "-P" : "P");
    if (months / 12) buf_printf(&b, "%lldY", (long long)(months / 12));
    if (months % 12) buf_printf(&b, "%lldM", (long long)(months % 12));
    return buf_slice(&b);
}

struct slice duration_text(struct arena *a, struct value v)
{
    if (v.type == V_YEARMONTH) return months_text(a, v.months);
    wide n = v.nanos;
    if (n == 0) return S("PT0S");
    struct buf b = buf_new(a, 96);
    if (n < 0) buf_putc(&b, '-');
    if (n < 0) n = -n;
    int64_t nanos = (int64_t)(n % NANOS_SECOND), seconds = (int64_t)(n / NANOS_SECOND);
    int64_t days = seconds / SECONDS_DAY;
    seconds %= SECONDS_DAY;
    buf_putc(&b, 'P');
    if (days) buf_printf(&b, "%lldD", (long long)days);
    if (seconds || nanos) {
        buf_putc(&b, 'T');
        if (seconds / 3600) buf_printf(&b, "%lldH", (long long)(seconds / 3600));
        if (seconds / 60 % 60) buf_printf(&b, "%lldM", (long long)(seconds / 60 % 60));
        if (seconds % 60 || nanos) {
            buf_printf(&b, "%lld", (long long)(seconds % 60));
            put_fraction(&b, nanos);
            buf_putc(&b, 'S');
        }
    }
    return buf_slice(&b);
}
