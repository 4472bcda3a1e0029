#include "bk_ceilings.h"
#include "pause.h"

#include <sched.h>

// Many times what a share takes; whoever waits longer waits for a thread that does not run.
enum { PAUSES_BEFORE_YIELDING = 1000 };

static void wait_for_round(const int64_t *finished, int64_t round) {
  for (int pauses = 0; __atomic_load_n(finished, __ATOMIC_ACQUIRE) < round; pauses++) {
    if (pauses < PAUSES_BEFORE_YIELDING) {
      cpu_pause();
    } else {
      sched_yield();
    }
  }
}

void bk_rotate_shares(
  uint64_t *words, ptrdiff_t share, int thread, int threads, int64_t first_round, int64_t rounds, int64_t *finished) {
  int64_t *own = finished + thread * BK_ROUND_STRIDE;
  const int64_t *before = finished + (thread + threads - 1) % threads * BK_ROUND_STRIDE;
  for (int64_t round = first_round; round < first_round + rounds; round++) {
    // A share has one taker a round, so that waiting for the one before is all the order that is needed.
    wait_for_round(before, round);
    const int64_t number = (thread + threads - round % threads) % threads;
    bk_update_words(words + number * share, share, (uint64_t)thread + 1, 1);
    __atomic_store_n(own, round + 1, __ATOMIC_RELEASE);
  }
}
