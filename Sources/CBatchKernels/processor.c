#define _GNU_SOURCE
#include "bk_processor.h"

#include <sched.h>
#include <stdbool.h>
#include <unistd.h>

int bk_available_processors(void) {
  cpu_set_t set;
  int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : (int)sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? count : 1;
}

static _Thread_local struct {
  cpu_set_t processors;
  bool is_known;
} before_hold;

void bk_hold_processor(void) {
  before_hold.is_known = sched_getaffinity(0, sizeof before_hold.processors, &before_hold.processors) == 0;
  const int here = sched_getcpu();
  if (!before_hold.is_known || here < 0) return;
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(here, &only);
  sched_setaffinity(0, sizeof only, &only);
}

void bk_release_processor(void) {
  if (before_hold.is_known) sched_setaffinity(0, sizeof before_hold.processors, &before_hold.processors);
  before_hold.is_known = false;
}
