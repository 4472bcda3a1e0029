// Counts heap allocations of the whole test process, to show that a training step makes none. Under a sanitizer, which
// has an allocator of its own, nothing is counted.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

// The number of malloc, calloc, realloc and aligned_alloc calls so far, on every thread.
long allocation_count(void);

// The bytes that aligned_alloc was asked for so far, freed ones included, on every thread.
long aligned_byte_count(void);

#endif
