/* A second opinion on JSON for json_test.c. Standard input: cases of three uint32 (length of a text, length of
 * what we wrote after reading it, whether we accepted it) and the two texts. Exits non-zero when jansson accepts
 * what we refused, refuses what we accepted, or reads different values from the two texts. */
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static json_t *load(const char *p, size_t n, json_error_t *error)
{
    return json_loadb(p, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, error);
}

static int compare(const char *text, size_t n, const char *ours, size_t ours_n, int accepted)
{
    json_error_t error;
    json_t *theirs = load(text, n, &error);
    if (!theirs && json_error_code(&error) == json_error_numeric_overflow) return 0; /* we keep any number's text */
    if ((theirs != NULL) != accepted) {
        printf("%s by us only: %.*s (%s)\n", accepted ? "accepted" : "refused", (int)n, text, theirs ? "" : error.text);
        json_decref(theirs);
        return 1;
    }
    if (!theirs) return 0;
    json_t *again = load(ours, ours_n, &error);
    int same = again && json_equal(theirs, again);
    if (!same) printf("%.*s became %.*s\n", (int)n, text, (int)ours_n, ours);
    json_decref(theirs);
    json_decref(again);
    return !same;
}

int main(void)
{
    uint32_t head[3];
    size_t cases = 0, bad = 0;
    while (fread(head, sizeof head, 1, stdin) == 1) {
        char *text = malloc(head[0] + 1u), *ours = malloc(head[1] + 1u);
        bool whole =
            text && ours && fread(text, 1, head[0], stdin) == head[0] && fread(ours, 1, head[1], stdin) == head[1];
        bad += whole ? (size_t)compare(text, head[0], ours, head[1], head[2] != 0) : 1;
        cases++;
        free(text);
        free(ours);
    }
    printf("jansson compared %zu cases, %zu differ\n", cases, bad);
    return bad != 0 || cases == 0;
}
