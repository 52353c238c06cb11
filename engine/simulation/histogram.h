/* Counts by size, without the values: exact below 128, else in steps of less than a hundredth. Adding two gives what counting
 * all would have given. */
#ifndef ENGINE_SIMULATION_HISTOGRAM_H
#define ENGINE_SIMULATION_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_STEPS = 64, HISTOGRAM_SLOTS = 40 * HISTOGRAM_STEPS };
struct histogram {
    int64_t n, sum, most;
    uint32_t slots[HISTOGRAM_SLOTS];
};
void histogram_add(struct histogram *h, int64_t value); /* below 0 counts as 0 */
void histogram_merge(struct histogram *to, const struct histogram *from);
/* The least value that is not below this share of all, 0 < share <= 1; the slot's upper edge, never above the largest; 0: none. */
int64_t histogram_at(const struct histogram *h, double share);

#endif
