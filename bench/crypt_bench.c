/* Sealing personal data on one core by the two suites, AES-256-GCM and SM4-CTR with HMAC-SM3, in turns within one process: for a value of a
 * form, an event of a journal, a page of a case and an attachment. Prints µs for one, and how many times longer SM4 takes.
 *     crypt_bench [seconds]      (1 by default, for each figure) */
#include "trust/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double clock_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double microseconds(struct arena *a, enum crypto_suite suite, bool open, size_t n, double seconds)
{
    uint8_t key[CRYPTO_KEY_BYTES];
    size_t done = 0;
    random_bytes(key, sizeof key);
    struct arena *kept = arena_new("box");
    struct slice text = slice_of(arena_alloc(kept, n), n), out;
    memset((char *)(uintptr_t)text.p, 'x', n);
    struct slice box = crypto_seal_as(kept, suite, key, 0, S("case.vars"), text);
    double from = clock_s();
    for (; clock_s() - from < seconds; done++) {
        arena_reset(a);
        if (!open)
            (void)crypto_seal_as(a, suite, key, 0, S("case.vars"), text);
        else if (failed(crypto_open(a, key, S("case.vars"), box, &out)))
            exit(1);
    }
    double each = (clock_s() - from) * 1e6 / (double)done;
    arena_free(kept);
    return each;
}

int main(int argc, char **argv)
{
    static const size_t SIZES[] = {64, 1024, 16384, 1048576};
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 1;
    struct arena *a = arena_new("bench");
    printf("%-9s %-5s %12s %12s %7s\n", "bytes", "", "AES-GCM us", "SM4+SM3 us", "ratio");
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++)
        for (int open = 0; open < 2; open++) {
            double aes = microseconds(a, CRYPTO_AES, open, SIZES[i], seconds);
            double sm4 = microseconds(a, CRYPTO_SM4, open, SIZES[i], seconds);
            printf("%-9zu %-5s %12.2f %12.2f %7.1f\n", SIZES[i], open ? "open" : "seal", aes, sm4, sm4 / aes);
        }
    arena_free(a);
    return 0;
}
