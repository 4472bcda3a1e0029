// What the system offers this process.
#ifndef BK_PROCESSOR_H
#define BK_PROCESSOR_H

// The number of processors this process may run on, at least 1.
int bk_available_processors(void);

#endif
