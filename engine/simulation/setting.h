/* For tests: a small office, and a run of it with what must hold of every run. */
#ifndef ENGINE_SIMULATION_SETTING_H
#define ENGINE_SIMULATION_SETTING_H

#include "engine/process/testkit.h"
#include "engine/simulation/simulation.h"

struct setting {
    struct sim_plan plan;
    struct sim_element *elements;
    struct sim_group groups[2];
    struct sim_shape shape;
};

/* A model in the test notation; departments scjg and tax with an officer each, Monday to Friday, 9-12 and 14-17, in 2021. */
void setting_new(struct setting *s, struct arena *a, const char *notation);
/* Rates that give `an_hour` arrivals in each hour of office, whatever the month. */
void arrive(struct setting *s, double an_hour);
struct sim_result *run(struct arena *a, const struct setting *s, uint64_t repetition);

#define TASK(id, more) "userTask " id " tb:kind=\"handle\" tb:role=\"clerk\" " more "\n"
#define ONE "startEvent s\n" TASK("a", "tb:department=\"scjg\"") "endEvent e name=\"done\"\ns -> a\na -> e\n"

#endif
