// The kernels for AVX2 with FMA: vectors of 32 bytes, 16 registers.
#include "bk_kernels.h"
#include "kernels/tables.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define SET avx2
#define VECTOR_BYTES 32
#define VECTOR_REGISTERS 16
#include "kernels/set.h"
#pragma clang attribute pop

#endif
