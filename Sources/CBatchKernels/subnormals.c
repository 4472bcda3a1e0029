#include "bk_subnormals.h"

#if defined(__x86_64__)

// Flush-to-zero is bit 15 of MXCSR, denormals-are-zero bit 6.
unsigned long bk_flush_subnormals(void) {
  const unsigned settings = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(settings | 1u << 15 | 1u << 6);
  return settings;
}

void bk_restore_subnormals(unsigned long settings) { __builtin_ia32_ldmxcsr((unsigned)settings); }

#elif defined(__aarch64__)

// Flush-to-zero is bit 24 of FPCR, for operands and results.
unsigned long bk_flush_subnormals(void) {
  unsigned long settings;
  __asm__ volatile("mrs %0, fpcr" : "=r"(settings));
  __asm__ volatile("msr fpcr, %0" : : "r"(settings | 1ul << 24));
  return settings;
}

void bk_restore_subnormals(unsigned long settings) { __asm__ volatile("msr fpcr, %0" : : "r"(settings)); }

#else

unsigned long bk_flush_subnormals(void) { return 0; }

void bk_restore_subnormals(unsigned long settings) { (void)settings; }

#endif
