// Which instructions the kernels are compiled for, and which of these this processor runs.
#ifndef BK_INSTRUCTION_SET_H
#define BK_INSTRUCTION_SET_H

typedef enum {
  // What every processor of the architecture has: SSE2 on x86-64, NEON on AArch64.
  BK_PORTABLE = 0,
  // AVX2 with FMA.
  BK_AVX2 = 1,
  // AVX-512 F, BW, CD, DQ and VL.
  BK_AVX512 = 2,
} bk_instruction_set;

// Whether this processor runs the kernels of the set.
int bk_supports(bk_instruction_set set);

#endif
