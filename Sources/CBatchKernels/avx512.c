// The kernels for AVX-512: vectors of 64 bytes, 32 registers.
#include "bk_kernels.h"
#include "kernels/tables.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#define SET avx512
#define VECTOR_BYTES 64
#define VECTOR_REGISTERS 32
#include "kernels/set.h"
#pragma clang attribute pop

#endif
