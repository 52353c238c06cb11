#include "base/identifier.h"

/* Place of c in 0-9A-Z, -1 when it is none of them. */
static int base36(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return -1;
}

static const char DIGITS36[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

char uscc_check(struct slice first17)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY"; /* no I O S V Z */
    int sum = 0, weight = 1;
    if (first17.n != 17) return '\0';
    for (size_t i = 0; i < 17; i++) {
        const char *at = first17.p[i] ? strchr(alphabet, first17.p[i]) : NULL;
        if (!at) return '\0';
        sum += (int)(at - alphabet) * weight;
        weight = weight * 3 % 31;
    }
    return alphabet[(31 - sum % 31) % 31];
}

char org_code_check(struct slice first8)
{
    static const int weight[8] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    if (first8.n != 8) return '\0';
    for (size_t i = 0; i < 8; i++) {
        int v = base36(first8.p[i]);
        if (v < 0) return '\0';
        sum += v * weight[i];
    }
    return "0X987654321"[sum % 11]; /* 11 - remainder; 11 is written 0, 10 is X */
}

char resident_id_check(struct slice first17)
{
    static const int weight[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    if (first17.n != 17) return '\0';
    for (size_t i = 0; i < 17; i++) {
        if (first17.p[i] < '0' || first17.p[i] > '9') return '\0';
        sum += (first17.p[i] - '0') * weight[i];
    }
    return "10X98765432"[sum % 11];
}

char mod_37_36(struct slice s)
{
    int p = 36;
    for (size_t i = 0; i < s.n; i++) {
        int v = base36(s.p[i]);
        if (v < 0) return '\0';
        int t = (p + v) % 36;
        p = (t ? t : 36) * 2 % 37;
    }
    return DIGITS36[(37 - p) % 36];
}

char container_check(struct slice first10)
{
    int sum = 0;
    if (first10.n != 10) return '\0';
    for (size_t i = 0; i < 10; i++) {
        int v = base36(first10.p[i]);
        if (v < 0) return '\0';
        if (v >= 10) v += (v - 1) / 10; /* A=10, B=12 … K=21, L=23 …: multiples of 11 are passed over */
        sum += v * (1 << i);
    }
    return (char)('0' + sum % 11 % 10);
}
