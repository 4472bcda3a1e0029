// Subnormal numbers: below 1.2e-38 (2.2e-308), and a hundred times as slow as others on many processors. The momentum
// of a weight whose gradient has stopped ends there, and rounding keeps it there for ever.
#ifndef BK_SUBNORMALS_H
#define BK_SUBNORMALS_H

// From now on the calling thread computes with zeros in their place. Returns its settings, for bk_restore_subnormals.
unsigned long bk_flush_subnormals(void);

// Sets the calling thread's settings back.
void bk_restore_subnormals(unsigned long settings);

#endif
