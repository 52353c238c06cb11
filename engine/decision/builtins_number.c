/* 10.3.4.5 numeric functions, number() and not(). */
#include "engine/decision/builtins.h"

#define SCALE_MIN (-6111)
#define SCALE_MAX 6176

/* n and the optional scale of floor(), decimal() …; a fraction of the scale is cut. */
static bool scale_args(const struct value *args, size_t n, num *v, int *scale)
{
    unsigned flags = 0;
    num s = num_of_int(0);
    int64_t whole;
    if (!arg_number(args[0], v)) return false;
    if (n > 1 && !arg_number(args[1], &s)) return false;
    if (!num_int(bid128_round_integral_zero(s, &flags), &whole) || whole < SCALE_MIN || whole > SCALE_MAX) return false;
    *scale = (int)whole;
    return true;
}

static num round_mode(num v, int scale, enum num_round mode)
{
    return num_round_to(v, scale, mode);
}

#define ROUNDING(function, name, mode)                                                  \
    static struct value function(struct machine *m, const struct value *args, size_t n) \
    {                                                                                   \
        num v;                                                                          \
        int scale;                                                                      \
        if (!scale_args(args, n, &v, &scale)) return arg_mismatch(m, name);             \
        return v_number(round_mode(v, scale, mode));                                    \
    }

ROUNDING(f_decimal, "decimal", ROUND_EVEN)
ROUNDING(f_floor, "floor", ROUND_DOWN_INF)
ROUNDING(f_ceiling, "ceiling", ROUND_UP_INF)
ROUNDING(f_round_up, "round up", num_negative(v) ? ROUND_DOWN_INF : ROUND_UP_INF)
ROUNDING(f_round_down, "round down", ROUND_ZERO)
ROUNDING(f_round_half_up, "round half up", ROUND_HALF_AWAY)

static struct value f_round_half_down(struct machine *m, const struct value *args, size_t n)
{
    num v;
    int scale;
    if (!scale_args(args, n, &v, &scale)) return arg_mismatch(m, "round half down");
    /* Half goes to the nearer zero: cut, then look at what was cut off. */
    unsigned flags = 0;
    num down = num_round_to(v, scale, ROUND_ZERO);
    num half = bid128_scalbn(num_div(num_of_int(1), num_of_int(2)), -scale, ROUND_EVEN, &flags);
    bool beyond = num_lt(half, num_abs(num_sub(v, down)));
    return v_number(beyond ? num_round_to(v, scale, num_negative(v) ? ROUND_DOWN_INF : ROUND_UP_INF) : down);
}

static struct value f_abs(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    struct value v = arg_single(args[0]);
    switch (v.type) {
    case V_NUMBER: return v_number(num_abs(v.number));
    case V_DAYTIME: return v_nanos(v.nanos < 0 ? -v.nanos : v.nanos);
    case V_YEARMONTH: return v_months(v.months < 0 ? -v.months : v.months);
    default: return arg_mismatch(m, "abs");
    }
}

static struct value f_modulo(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    num x, y;
    if (!arg_number(args[0], &x) || !arg_number(args[1], &y)) return arg_mismatch(m, "modulo");
    if (num_zero(y)) return machine_null(m, "modulo by zero");
    unsigned flags = 0;
    num rest = bid128_fmod(x, y, &flags); /* has the sign of x; FEEL's has that of y */
    if (!num_zero(rest) && num_negative(rest) != num_negative(y)) rest = num_add(rest, y);
    return num_finite(rest) ? v_number(rest) : arg_mismatch(m, "modulo");
}

static struct value f_sqrt(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    num x;
    unsigned flags = 0;
    if (!arg_number(args[0], &x) || num_negative(x)) return arg_mismatch(m, "sqrt");
    return v_number(bid128_sqrt(x, ROUND_EVEN, &flags));
}

static struct value f_log(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    num x;
    unsigned flags = 0;
    if (!arg_number(args[0], &x) || num_negative(x) || num_zero(x)) return arg_mismatch(m, "log");
    return v_number(bid128_log(x, ROUND_EVEN, &flags));
}

static struct value f_exp(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    num x;
    unsigned flags = 0;
    if (!arg_number(args[0], &x)) return arg_mismatch(m, "exp");
    x = bid128_exp(x, ROUND_EVEN, &flags);
    return num_finite(x) ? v_number(x) : arg_mismatch(m, "exp");
}

static struct value parity(struct machine *m, struct value v, bool odd)
{
    num x;
    if (!arg_number(v, &x)) return arg_mismatch(m, odd ? "odd" : "even");
    if (!num_whole(x)) return v_bool(false);
    unsigned flags = 0;
    return v_bool(num_zero(bid128_fmod(x, num_of_int(2), &flags)) != odd);
}

static struct value f_odd(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    return parity(m, args[0], true);
}

static struct value f_even(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    return parity(m, args[0], false);
}

/* A separator argument: null or one of the allowed signs; '\0' for null. */
static bool separator(struct value v, const char *allowed, char *out)
{
    struct slice s;
    *out = '\0';
    if (v.type == V_NULL) return true;
    if (!arg_string(v, &s) || s.n != 1 || s.p[0] == '\0' || strchr(allowed, s.p[0]) == NULL) return false;
    *out = s.p[0];
    return true;
}

/* number(from, grouping separator, decimal separator) of 10.3.4.1; with one argument: plain text, or a number. */
static struct value f_number(struct machine *m, const struct value *args, size_t n)
{
    struct slice from;
    char grouping = '\0', point = '\0';
    num out;
    if (n == 2) return arg_mismatch(m, "number");
    if (n == 1 && arg_number(args[0], &out)) return v_number(out);
    if (!arg_string(args[0], &from)) return arg_mismatch(m, "number");
    if (n == 3 && (!separator(args[1], " ,.", &grouping) || !separator(args[2], ",.", &point)))
        return arg_mismatch(m, "number");
    if (grouping && grouping == point) return arg_mismatch(m, "number");
    if (point == '\0') point = '.';
    struct buf b = buf_new(m->a, from.n + 1);
    for (size_t i = 0; i < from.n; i++) {
        if (grouping && from.p[i] == grouping) continue;
        if (from.p[i] == '.' && point != '.') return arg_mismatch(m, "number");
        buf_putc(&b, from.p[i] == point ? '.' : from.p[i]);
    }
    return !b.overflow && num_scan(buf_slice(&b), &out) ? v_number(out) : arg_mismatch(m, "number");
}

static struct value f_not(struct machine *m, const struct value *args, size_t n)
{
    (void)n;
    struct value v = arg_single(args[0]);
    return v.type == V_BOOL ? v_bool(!v.boolean) : v.type == V_NULL ? v : arg_mismatch(m, "not");
}

const struct builtin builtins_number[] = {
    {"decimal", f_decimal, 2, 2, "n,scale"},
    {"floor", f_floor, 1, 2, "n,scale"},
    {"ceiling", f_ceiling, 1, 2, "n,scale"},
    {"round up", f_round_up, 2, 2, "n,scale"},
    {"round down", f_round_down, 2, 2, "n,scale"},
    {"round half up", f_round_half_up, 2, 2, "n,scale"},
    {"round half down", f_round_half_down, 2, 2, "n,scale"},
    {"abs", f_abs, 1, 1, "n"},
    {"modulo", f_modulo, 2, 2, "dividend,divisor"},
    {"sqrt", f_sqrt, 1, 1, "number"},
    {"log", f_log, 1, 1, "number"},
    {"exp", f_exp, 1, 1, "number"},
    {"odd", f_odd, 1, 1, "number"},
    {"even", f_even, 1, 1, "number"},
    {"number", f_number, 1, 3, "from,grouping separator,decimal separator"},
    {"not", f_not, 1, 1, "negand"},
    {0},
};
