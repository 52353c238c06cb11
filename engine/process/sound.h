/* Private to engine/process: parts of the soundness check. */
#ifndef ENGINE_PROCESS_SOUND_H
#define ENGINE_PROCESS_SOUND_H

#include "engine/process/model.h"

/* Reports parallel branches that meet unsynchronised; true when there are any. */
bool check_concurrency(struct draft *d);

#endif
