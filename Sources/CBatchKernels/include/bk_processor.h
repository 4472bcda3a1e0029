// What the system offers this process.
#ifndef BK_PROCESSOR_H
#define BK_PROCESSOR_H

// The number of processors this process may run on, at least 1.
int bk_available_processors(void);

// Keeps the calling thread on the processor that it runs on, until it is released: once each, in turn. Threads that it
// starts meanwhile are held there, too. Does nothing where the system refuses.
void bk_hold_processor(void);
void bk_release_processor(void);

#endif
