#define _GNU_SOURCE
#include "placement.h"

void bk_keep_clear_of(int occupied, const cpu_set_t *allowed, int share, int shares) {
  const int free_processors = CPU_COUNT(allowed) - (CPU_ISSET(occupied, allowed) ? 1 : 0);
  const int first = free_processors * share / shares, end = free_processors * (share + 1) / shares;
  cpu_set_t own;
  CPU_ZERO(&own);
  for (int processor = 0, number = 0; processor < CPU_SETSIZE && number < end; processor++) {
    if (processor == occupied || !CPU_ISSET(processor, allowed)) continue;
    if (number >= first) CPU_SET(processor, &own);
    number++;
  }
  if (first < end) sched_setaffinity(0, sizeof own, &own);
}
