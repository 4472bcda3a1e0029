// What a thread does between two looks at what it waits for.
#ifndef BK_PAUSE_H
#define BK_PAUSE_H

static inline void cpu_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
