// A fork-join thread team: one caller and threads - 1 helpers that spin briefly between jobs and then sleep.
//
// Handing out a job costs about 0.1 µs while the helpers spin; waking a sleeping helper costs 50 µs and more.
// Where the processors suffice each helper keeps clear of the caller's and of the other helpers'.
// Dispatch and task groups break even only near 50 µs of work a thread, too coarse for a training step.
#ifndef BK_TEAM_H
#define BK_TEAM_H

typedef struct bk_team bk_team;

// What each part of a job runs: part `thread` of `threads`. Part 0 is the caller's, the others are the helpers'.
typedef void (*bk_team_body)(const void *context, int thread, int threads);

// A team of `threads` threads, the caller among them. NULL when memory or a thread cannot be had.
bk_team *bk_team_create(int threads);

// Ends the helpers and frees the team. No job may be running.
void bk_team_destroy(bk_team *team);

// Runs `body` once for every part and returns 1 when all have finished. Subnormal numbers are zeros meanwhile.
// The caller also does parts that no helper has begun when it is done with its own, as on a busy machine: which thread
// does a part must not matter. With `together` it never does, and parts may wait for one another.
// One caller at a time, and a body must not call back into its own team: both get 0, and nothing runs.
int bk_team_run(bk_team *team, bk_team_body body, const void *context, int together);

#endif
