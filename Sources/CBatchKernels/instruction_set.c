#include "bk_instruction_set.h"
#include "bk_kernels.h"
#include "kernels/tables.h"

int bk_supports(bk_instruction_set set) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (set == BK_AVX512) return __builtin_cpu_supports("x86-64-v4");
  if (set == BK_AVX2) return __builtin_cpu_supports("x86-64-v3");
#endif
  return set == BK_PORTABLE;
}

#if defined(__x86_64__)
#define BK_CHOOSE(set, real) (set == BK_AVX512 ? &bk_avx512_##real : set == BK_AVX2 ? &bk_avx2_##real : &bk_portable_##real)
#else
#define BK_CHOOSE(set, real) ((void)set, &bk_portable_##real)
#endif

const bk_kernels_f32 *bk_f32(bk_instruction_set set) { return BK_CHOOSE(set, f32); }

const bk_kernels_f64 *bk_f64(bk_instruction_set set) { return BK_CHOOSE(set, f64); }
