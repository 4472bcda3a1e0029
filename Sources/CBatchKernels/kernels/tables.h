// The tables of all instruction sets; each is defined in the file of its set.
#ifndef BK_TABLES_H
#define BK_TABLES_H

#include "bk_kernels.h"

extern const bk_kernels bk_portable_f32, bk_avx2_f32, bk_avx512_f32;
extern const bk_kernels bk_portable_f64, bk_avx2_f64, bk_avx512_f64;

#endif
