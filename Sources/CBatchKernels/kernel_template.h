// Shared by the kernel sources: each kernel body is written once and compiled for float and for double.
#ifndef BK_KERNEL_TEMPLATE_H
#define BK_KERNEL_TEMPLATE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// One clone per instruction set, chosen by the loader: AVX-512, AVX2 + FMA, and the plain baseline.
// Other architectures have one baseline that the compiler vectorises by itself. So has a build under the thread
// sanitizer: it instruments the functions that choose, which run before its own start.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define BK_CLONES
#endif
#endif
#if !defined(BK_CLONES) && defined(__x86_64__)
#define BK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#elif !defined(BK_CLONES)
#define BK_CLONES
#endif

// Reductions vectorise only when sums may be reordered; C's strict order runs 15 times slower.
#define BK_FAST_SUMS _Pragma("clang fp reassociate(on) contract(fast)")

#define BK_JOIN_(a, b, c) a##b##_##c
#define BK_JOIN(a, b, c) BK_JOIN_(a, b, c)
#define BK(name) BK_JOIN(bk_, name, SUFFIX)

#endif
