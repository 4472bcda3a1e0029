#include "allocation_counter.h"

#include <stdatomic.h>
#include <stddef.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER
#endif
#endif

// glibc's own entry points. A definition in the executable takes the place of the library's.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static atomic_long calls;
static atomic_long aligned_bytes;

long allocation_count(void) { return atomic_load(&calls); }

long aligned_byte_count(void) { return atomic_load(&aligned_bytes); }

// A sanitizer finds faults by an allocator of its own, whose place must not be taken; nothing is counted then.
#ifndef HAS_SANITIZER

void *malloc(size_t size) {
  atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
  return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
  atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
  return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&aligned_bytes, (long)size, memory_order_relaxed);
  return __libc_memalign(alignment, size);
}

#endif
