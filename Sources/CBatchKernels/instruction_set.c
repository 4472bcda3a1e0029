#include "bk_instruction_set.h"
#include "bk_kernels.h"
#include "kernels/tables.h"

#include <stdlib.h>
#include <string.h>

int bk_supports(bk_instruction_set set) {
#if defined(__x86_64__)
  if (set == BK_AVX512) return __builtin_cpu_supports("x86-64-v4");
  if (set == BK_AVX2) return __builtin_cpu_supports("x86-64-v3");
#endif
  return set == BK_PORTABLE;
}

static bk_instruction_set widest(void) {
  return bk_supports(BK_AVX512) ? BK_AVX512 : bk_supports(BK_AVX2) ? BK_AVX2 : BK_PORTABLE;
}

// The set that BATCHWISE_ISA asks for; *rejected is its value where it cannot be had.
static bk_instruction_set asked_for(const char **rejected) {
  static const char *const names[] = {"portable", "avx2", "avx512"};
  const char *name = getenv("BATCHWISE_ISA");
  *rejected = NULL;
  if (!name || !*name) return widest();
  for (int set = 0; set < 3; set++)
    if (strcmp(name, names[set]) == 0 && bk_supports((bk_instruction_set)set)) return (bk_instruction_set)set;
  *rejected = name;
  return widest();
}

// Decided when the program is loaded: the environment is read once, and no thread can see another choice.
static bk_instruction_set active;
static const char *rejected;

__attribute__((constructor)) static void choose(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  active = asked_for(&rejected);
}

bk_instruction_set bk_active_instruction_set(void) { return active; }

const char *bk_rejected_instruction_set(void) { return rejected; }

#if defined(__x86_64__)
#define BK_CHOOSE(set, real) (set == BK_AVX512 ? &bk_avx512_##real : set == BK_AVX2 ? &bk_avx2_##real : &bk_portable_##real)
#else
#define BK_CHOOSE(set, real) ((void)set, &bk_portable_##real)
#endif

const bk_kernels_f32 *bk_f32(bk_instruction_set set) { return BK_CHOOSE(set, f32); }

const bk_kernels_f64 *bk_f64(bk_instruction_set set) { return BK_CHOOSE(set, f64); }
