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

static const bk_kernels *const tables[][2] = {
    [BK_PORTABLE] = {&bk_portable_f32, &bk_portable_f64},
#if defined(__x86_64__)
    [BK_AVX2] = {&bk_avx2_f32, &bk_avx2_f64},
    [BK_AVX512] = {&bk_avx512_f32, &bk_avx512_f64},
#endif
};

// Whether the processor runs each set, asked once, when the program is loaded: kernels are looked up at every call.
static int supported[3];

__attribute__((constructor)) static void look(void) {
  for (int set = BK_PORTABLE; set <= BK_AVX512; set++) supported[set] = bk_supports((bk_instruction_set)set);
}

const bk_kernels *bk_kernel_table(bk_instruction_set set, bk_precision precision) {
  return supported[set] ? tables[set][precision] : NULL;
}
