/* Arithmetic (10.3.2.11): numbers, text joined by +, dates and durations. */
#include "engine/decision/eval.h"
#include "engine/decision/temporal.h"

static struct value finite_number(struct machine *m, num n)
{
    return num_finite(n) ? v_number(n) : machine_null(m, "result is no number");
}

static struct value numbers(struct machine *m, char op, num x, num y)
{
    unsigned flags = 0;
    switch (op) {
    case '+': return finite_number(m, num_add(x, y));
    case '-': return finite_number(m, num_sub(x, y));
    case '*': return finite_number(m, num_mul(x, y));
    case '/': return num_zero(y) ? machine_null(m, "division by zero") : finite_number(m, num_div(x, y));
    default: {
        int64_t e;
        if (num_int(y, &e) && e >= 0 && e <= 64) { /* exactly, as far as 34 digits go */
            num out = num_of_int(1);
            for (int64_t i = 0; i < e; i++) out = num_mul(out, x);
            return finite_number(m, out);
        }
        return finite_number(m, bid128_pow(x, y, ROUND_EVEN, &flags));
    }
    }
}

/* The number n as a whole, cut towards zero; false when it does not fit. */
static bool whole(num n, int64_t *out)
{
    unsigned flags = 0;
    return num_finite(n) && num_int(bid128_round_integral_zero(n, &flags), out);
}

#define NANOS_LIMIT ((wide)INT64_MAX * NANOS_SECOND)

static num nanos_number(wide n)
{
    int64_t high = (int64_t)(n / NANOS_SECOND), low = (int64_t)(n % NANOS_SECOND);
    return num_add(num_mul(num_of_int(high), num_of_int(NANOS_SECOND)), num_of_int(low));
}

static struct value nanos_of_number(struct machine *m, num n)
{
    unsigned flags = 0;
    num seconds = bid128_round_integral_zero(num_div(n, num_of_int(NANOS_SECOND)), &flags);
    num rest = bid128_round_integral_zero(num_sub(n, num_mul(seconds, num_of_int(NANOS_SECOND))), &flags);
    int64_t s, ns;
    if (!whole(seconds, &s) || !whole(rest, &ns)) return machine_null(m, "duration out of range");
    return v_nanos((wide)s * NANOS_SECOND + ns);
}

static struct value add_nanos(struct machine *m, wide x, wide y)
{
    wide sum = x + y;
    if (sum > NANOS_LIMIT || sum < -NANOS_LIMIT) return machine_null(m, "duration out of range");
    return v_nanos(sum);
}

static struct value add_months(struct machine *m, int64_t x, int64_t y)
{
    int64_t sum;
    return __builtin_add_overflow(x, y, &sum) ? machine_null(m, "duration out of range") : v_months(sum);
}

static struct value mismatch(struct machine *m, char op, struct value x, struct value y)
{
    const char *sign = op == '^' ? "**" : (const char[2]){op, 0};
    return machine_null(m, "%s %s %s has no meaning", value_type_name(x.type), sign, value_type_name(y.type));
}

static struct value join(struct machine *m, struct slice x, struct slice y)
{
    size_t n = x.n + y.n;
    if (!machine_charge(m, (int64_t)(n / 64))) return v_null();
    char *p = arena_alloc(m->a, n ? n : 1);
    if (x.n) memcpy(p, x.p, x.n);
    if (y.n) memcpy(p + x.n, y.p, y.n);
    return v_string(slice_of(p, n));
}

static struct value add(struct machine *m, struct value x, struct value y)
{
    if (x.type == V_STRING && y.type == V_STRING) return join(m, x.string, y.string);
    if (x.type == V_DAYTIME && y.type == V_DAYTIME) return add_nanos(m, x.nanos, y.nanos);
    if (x.type == V_YEARMONTH && y.type == V_YEARMONTH) return add_months(m, x.months, y.months);
    if (v_is_temporal(y) && !v_is_temporal(x)) {
        struct value t = x;
        x = y;
        y = t;
    }
    if (v_is_temporal(x) && x.temporal->zone == ZONE_NAMED) machine_charge(m, 50); /* asks the zone database */
    if (v_is_temporal(x) && y.type == V_DAYTIME) return temporal_add_nanos(m->a, x, y.nanos);
    if ((x.type == V_DATE || x.type == V_DATETIME) && y.type == V_YEARMONTH)
        return temporal_add_months(m->a, x, y.months);
    return mismatch(m, '+', x, y);
}

static struct value subtract(struct machine *m, struct value x, struct value y)
{
    wide d;
    if (v_is_temporal(x) && v_is_temporal(y) && temporal_difference(x, y, &d)) return v_nanos(d);
    if (x.type == V_DAYTIME && y.type == V_DAYTIME) return add_nanos(m, x.nanos, -y.nanos);
    if (x.type == V_YEARMONTH && y.type == V_YEARMONTH && y.months != INT64_MIN)
        return add_months(m, x.months, -y.months);
    if (v_is_temporal(x) && y.type == V_DAYTIME) return temporal_add_nanos(m->a, x, -y.nanos);
    if ((x.type == V_DATE || x.type == V_DATETIME) && y.type == V_YEARMONTH && y.months != INT64_MIN)
        return temporal_add_months(m->a, x, -y.months);
    return mismatch(m, '-', x, y);
}

static struct value scale(struct machine *m, char op, struct value d, num by)
{
    if (op == '/' && num_zero(by)) return machine_null(m, "division by zero");
    num n = d.type == V_DAYTIME ? nanos_number(d.nanos) : num_of_int(d.months);
    n = op == '/' ? num_div(n, by) : num_mul(n, by);
    if (d.type == V_DAYTIME) return nanos_of_number(m, n);
    int64_t months;
    return whole(n, &months) ? v_months(months) : machine_null(m, "duration out of range");
}

static bool is_duration(struct value v)
{
    return v.type == V_DAYTIME || v.type == V_YEARMONTH;
}

struct value feel_arith(struct machine *m, char op, struct value x, struct value y)
{
    if (x.type == V_NUMBER && y.type == V_NUMBER) return numbers(m, op, x.number, y.number);
    if (op == '+') return add(m, x, y);
    if (op == '-') return subtract(m, x, y);
    if (op == '*' && x.type == V_NUMBER && is_duration(y)) return scale(m, '*', y, x.number);
    if ((op == '*' || op == '/') && is_duration(x) && y.type == V_NUMBER) return scale(m, op, x, y.number);
    if (op == '/' && is_duration(x) && x.type == y.type) {
        num a = x.type == V_DAYTIME ? nanos_number(x.nanos) : num_of_int(x.months);
        num b = y.type == V_DAYTIME ? nanos_number(y.nanos) : num_of_int(y.months);
        return numbers(m, '/', a, b);
    }
    return mismatch(m, op, x, y);
}

struct value feel_negate(struct machine *m, struct value v)
{
    switch (v.type) {
    case V_NUMBER: return v_number(num_zero(v.number) ? v.number : num_neg(v.number));
    case V_DAYTIME: return v_nanos(-v.nanos);
    case V_YEARMONTH: return v_months(-v.months);
    default: return machine_null(m, "- of %s has no meaning", value_type_name(v.type));
    }
}
