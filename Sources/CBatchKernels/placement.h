// Where the helpers of a team run. Left alone, a system may put a helper on the processor of the very caller that waits
// for it (to save energy, or because it woke it there); the two then take turns at slices of milliseconds, and a step
// of a millisecond takes ten.
#ifndef BK_PLACEMENT_H
#define BK_PLACEMENT_H

#ifndef _GNU_SOURCE
#error "cpu_set_t needs _GNU_SOURCE"
#endif
#include <sched.h>

// Lets the calling thread run only on its share of the allowed processors that are not `occupied`: of `shares`
// contiguous shares, number `share`, counted from 0. Does nothing where the share is empty or the system refuses.
void bk_keep_clear_of(int occupied, const cpu_set_t *allowed, int share, int shares);

#endif
