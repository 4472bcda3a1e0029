#define _GNU_SOURCE
#include "bk_processor.h"

#include <sched.h>
#include <unistd.h>

int bk_available_processors(void) {
  cpu_set_t set;
  int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : (int)sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? count : 1;
}
