// The kernels: a table of functions for each precision and instruction set.
#ifndef BK_KERNELS_H
#define BK_KERNELS_H

#include "bk_activation.h"
#include "bk_dropout.h"
#include "bk_instruction_set.h"
#include "bk_product.h"
#include "bk_update.h"
#include <stddef.h>

#define REAL float
#define BK_TABLE bk_kernels_f32
#include "bk_kernel_table.h"
#undef REAL
#undef BK_TABLE

#define REAL double
#define BK_TABLE bk_kernels_f64
#include "bk_kernel_table.h"
#undef REAL
#undef BK_TABLE

#pragma clang assume_nonnull begin

// The kernels of a set. The caller has seen to it that the processor supports the set.
const bk_kernels_f32 *bk_f32(bk_instruction_set set);
const bk_kernels_f64 *bk_f64(bk_instruction_set set);

#pragma clang assume_nonnull end

#endif
