#define _GNU_SOURCE
#include "bk_team.h"
#include "bk_processor.h"
#include "bk_subnormals.h"
#include "pause.h"
#include "placement.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Bounded, so that a helper whose core is wanted elsewhere gives it up; but longer than a virtual machine takes to wake
// a thread, which may be half a millisecond: threads that gave up sooner would find each other asleep at every job.
enum { SPIN_NANOSECONDS = 1000000, PAUSES_BETWEEN_CLOCK_READS = 64 };

// How often whoever waits looks whether the one it waits for is running at all. Where that one was switched out, the
// processor is better given up at once: it may come sooner then, and what is spun away is missing when it is back.
enum { LOOK_NANOSECONDS = 50000 };

// A part of a job and the helper that it is meant for.
typedef struct {
  // The number of the last job whose part somebody has taken on. On a line of its own.
  _Alignas(64) atomic_uint taken;
  // The number of the last job whose part the helper has done.
  atomic_uint done;
  bk_team *team;
  int index;
  // The processor time of the helper.
  clockid_t clock;
} helper_seat;

struct bk_team {
  // Bumped to publish a job; helpers wait for it to change. On a line of its own, as `pending` is.
  _Alignas(64) atomic_uint generation;
  atomic_int sleeping_helpers;
  // Parts of the current job that are not done, but the caller's own; the caller waits for it to reach 0.
  _Alignas(64) atomic_int pending;
  atomic_bool caller_sleeps;
  _Alignas(64) bk_team_body body;
  const void *context;
  int threads;
  // Where the job's caller runs, and all processors that the team may use. Helpers run where the system likes if there
  // are too few of them.
  bool places_helpers;
  int caller_processor;
  // The processor time of the job's caller.
  atomic_int caller_clock;
  cpu_set_t allowed;
  // Set while a job runs, so that a second caller or a job inside a job is refused instead of corrupting the first.
  atomic_bool busy;
  // 0 where threads outnumber processors: whoever spins then keeps the one it waits for from running.
  int64_t spin_nanoseconds;
  int helpers_started;
  atomic_bool stop;
  // Whether every part of the job is done by its own thread.
  bool is_together;
  pthread_t *helpers;
  helper_seat *seats;
};

// The time of a clock; 0 where there is none any more, as that of a thread that has ended.
static int64_t clock_ns(clockid_t clock) {
  struct timespec t;
  return clock_gettime(clock, &t) == 0 ? (int64_t)t.tv_sec * 1000000000 + t.tv_nsec : 0;
}

static int64_t now_ns(void) { return clock_ns(CLOCK_MONOTONIC); }

// When somebody waits: until when it spins, and what it has last seen of those it waits for.
typedef struct {
  int64_t deadline, looked, ran;
} spinner;

// Whether to spin on. `ran` is the processor time of those waited for, and is asked for every LOOK_NANOSECONDS.
static bool goes_on(spinner *s, int64_t spin_nanoseconds, int64_t (*ran)(bk_team *, unsigned), bk_team *team,
                    unsigned job) {
  const int64_t now = now_ns();
  if (s->deadline == 0) *s = (spinner){.deadline = now + spin_nanoseconds, .looked = now, .ran = -1};
  if (now >= s->deadline) return false;
  if (now - s->looked < LOOK_NANOSECONDS) return true;
  const int64_t before = s->ran;
  s->ran = ran(team, job);
  // A clock stands still while its thread does not run; one that was just switched back in has run for a part. Where
  // there is less than before, somebody is done.
  const bool stood = before >= 0 && s->ran >= before && s->ran - before < (now - s->looked) / 8;
  s->looked = now;
  return !stood;
}

static void futex_wait(void *word, uint32_t expected) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
}

static void futex_wake_all(void *word) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0); }

// The processor time of the caller of the last job, who may publish another.
static int64_t caller_ran(bk_team *team, unsigned job) {
  (void)job;
  return clock_ns(atomic_load_explicit(&team->caller_clock, memory_order_relaxed));
}

// The processor time of the helpers that are not done with their parts of a job.
static int64_t helpers_ran(bk_team *team, unsigned job) {
  int64_t sum = 0;
  for (int i = 1; i < team->threads; i++)
    if (atomic_load_explicit(&team->seats[i].done, memory_order_relaxed) != job) sum += clock_ns(team->seats[i].clock);
  return sum;
}

// Waits without sleeping until a job after number `seen` is published. False when the spinning time ran out.
static bool spin_for_job(bk_team *team, unsigned seen) {
  spinner s = {0};
  do
    for (int i = 0; i < PAUSES_BETWEEN_CLOCK_READS; i++) {
      if (atomic_load_explicit(&team->generation, memory_order_acquire) != seen) return true;
      cpu_pause();
    }
  while (goes_on(&s, team->spin_nanoseconds, caller_ran, team, seen));
  return false;
}

static void wait_for_job(bk_team *team, unsigned seen) {
  if (spin_for_job(team, seen)) return;
  // Sequentially consistent with the caller's publish-then-look, so that no wake-up is lost.
  atomic_fetch_add(&team->sleeping_helpers, 1);
  while (atomic_load(&team->generation) == seen) futex_wait(&team->generation, seen);
  atomic_fetch_sub(&team->sleeping_helpers, 1);
}

// Takes part `index` of job `job` on, unless somebody else has, or the job is over.
static bool take(bk_team *team, int index, unsigned job) {
  atomic_uint *taken = &team->seats[index].taken;
  unsigned before = job - 1;
  return atomic_load_explicit(taken, memory_order_relaxed) == before &&
         atomic_compare_exchange_strong(taken, &before, job);
}

// Does the parts of helpers that have not come: they sleep, or the system runs something else on their processors.
static void do_left_parts(bk_team *team, unsigned job) {
  for (int part = 1; part < team->threads; part++) {
    if (!take(team, part, job)) continue;
    team->body(team->context, part, team->threads);
    atomic_store_explicit(&team->seats[part].done, job, memory_order_relaxed);
    atomic_fetch_sub(&team->pending, 1);
  }
}

static void wait_for_helpers(bk_team *team) {
  const unsigned job = atomic_load_explicit(&team->generation, memory_order_relaxed);
  spinner s = {0};
  do {
    for (int i = 0; i < PAUSES_BETWEEN_CLOCK_READS; i++) {
      if (atomic_load_explicit(&team->pending, memory_order_acquire) == 0) return;
      cpu_pause();
    }
    // Not before: a helper that is awake comes within a fraction of a microsecond, and looking at its seat slows it
    // down.
    if (s.deadline == 0 && !team->is_together) do_left_parts(team, job);
  } while (goes_on(&s, team->spin_nanoseconds, helpers_ran, team, job));
  atomic_store(&team->caller_sleeps, true);
  int left;
  while ((left = atomic_load(&team->pending)) != 0) futex_wait(&team->pending, (uint32_t)left);
  atomic_store(&team->caller_sleeps, false);
}

static void *helper_main(void *argument) {
  helper_seat *seat = argument;
  bk_team *team = seat->team;
  unsigned seen = 0;
  int avoided = -1;
  bk_flush_subnormals();
  for (;;) {
    wait_for_job(team, seen);
    // Not always the next job: the caller may have done this helper's parts of several.
    seen = atomic_load(&team->generation);
    if (atomic_load(&team->stop)) return NULL;
    if (!take(team, seat->index, seen)) continue;
    if (team->places_helpers && avoided != team->caller_processor) {
      avoided = team->caller_processor;
      bk_keep_clear_of(avoided, &team->allowed, seat->index - 1, team->threads - 1);
    }
    team->body(team->context, seat->index, team->threads);
    atomic_store_explicit(&seat->done, seen, memory_order_relaxed);
    if (atomic_fetch_sub(&team->pending, 1) == 1 && atomic_load(&team->caller_sleeps)) futex_wake_all(&team->pending);
  }
}

static void publish(bk_team *team) {
  atomic_fetch_add(&team->generation, 1);
  if (atomic_load(&team->sleeping_helpers) > 0) futex_wake_all(&team->generation);
}

bk_team *bk_team_create(int threads) {
  bk_team *team = aligned_alloc(64, (sizeof(bk_team) + 63) / 64 * 64);
  if (!team) return NULL;
  const bool crowded = threads > bk_available_processors();
  *team = (bk_team){.threads = threads, .spin_nanoseconds = crowded ? 0 : SPIN_NANOSECONDS};
  team->places_helpers = !crowded && sched_getaffinity(0, sizeof team->allowed, &team->allowed) == 0;
  team->helpers = calloc((size_t)threads, sizeof(pthread_t));
  team->seats = aligned_alloc(64, (size_t)threads * sizeof(helper_seat));
  if (!team->helpers || !team->seats) {
    bk_team_destroy(team);
    return NULL;
  }
  // Helpers inherit the mask: a signal from outside goes to one of the program's own threads. Faults stay where they
  // happen, so that a crash in a job is reported with its trace.
  static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGPROF};
  sigset_t blocked, previous;
  sigfillset(&blocked);
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&blocked, faults[i]);
  pthread_sigmask(SIG_BLOCK, &blocked, &previous);
  for (int i = 1; i < threads; i++) {
    team->seats[i] = (helper_seat){.team = team, .index = i};
    if (pthread_create(&team->helpers[i], NULL, helper_main, &team->seats[i]) != 0) break;
    pthread_getcpuclockid(team->helpers[i], &team->seats[i].clock);
    team->helpers_started++;
  }
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
  if (team->helpers_started == threads - 1) return team;
  bk_team_destroy(team);
  return NULL;
}

void bk_team_destroy(bk_team *team) {
  atomic_store(&team->stop, true);
  publish(team);
  for (int i = 1; i <= team->helpers_started; i++) pthread_join(team->helpers[i], NULL);
  free(team->helpers);
  free(team->seats);
  free(team);
}

int bk_team_run(bk_team *team, bk_team_body body, const void *context, int together) {
  if (atomic_exchange_explicit(&team->busy, true, memory_order_acquire)) return 0;
  const unsigned long settings = bk_flush_subnormals();
  if (team->threads > 1) {
    team->body = body;
    team->context = context;
    team->is_together = together;
    if (team->places_helpers) team->caller_processor = sched_getcpu();
    clockid_t clock;
    if (pthread_getcpuclockid(pthread_self(), &clock) == 0)
      atomic_store_explicit(&team->caller_clock, clock, memory_order_relaxed);
    atomic_store_explicit(&team->pending, team->threads - 1, memory_order_relaxed);
    publish(team);
    body(context, 0, team->threads);
    wait_for_helpers(team);
  } else {
    body(context, 0, 1);
  }
  bk_restore_subnormals(settings);
  atomic_store_explicit(&team->busy, false, memory_order_release);
  return 1;
}
