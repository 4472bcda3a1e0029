// What the processor and the system offer this process.
#ifndef BK_PROCESSOR_H
#define BK_PROCESSOR_H

// The number of processors this process may run on, at least 1.
int bk_available_processors(void);

// The widest instruction set that the kernels have a clone for and this processor runs: "avx512", "avx2" or "baseline".
const char *bk_instruction_set(void);

#endif
