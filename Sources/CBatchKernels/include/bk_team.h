// A fork-join thread team: one caller and threads - 1 helpers that spin briefly between jobs and then sleep.
//
// Handing out a job costs about 0.1 µs while the helpers spin; waking a sleeping helper costs 50 µs and more.
// Where the processors suffice each helper keeps clear of the caller's and of the other helpers'.
// Dispatch and task groups break even only near 50 µs of work a thread, too coarse for a training step.
#ifndef BK_TEAM_H
#define BK_TEAM_H

typedef struct bk_team bk_team;

// What each thread runs: thread is 0 for the caller and 1 ... threads - 1 for the helpers.
typedef void (*bk_team_body)(const void *context, int thread, int threads);

// A team of `threads` threads, the caller among them. NULL when memory or a thread cannot be had.
bk_team *bk_team_create(int threads);

// Ends the helpers and frees the team. No job may be running.
void bk_team_destroy(bk_team *team);

// Runs `body` once on every thread and returns 1 when all have finished. Subnormal numbers are zeros meanwhile.
// One caller at a time, and a body must not call back into its own team: both get 0, and nothing runs.
int bk_team_run(bk_team *team, bk_team_body body, const void *context);

#endif
