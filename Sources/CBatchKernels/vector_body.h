// Bodies of bk_vector.h for one REAL; included once for float and once for double.
#include "kernel_template.h"

// Short enough that a block's sum in single precision loses nothing that matters, long enough to vectorise.
#define BK_BLOCK 1024

BK_CLONES
double BK(sum_of_squares)(ptrdiff_t count, const REAL *x) {
  BK_FAST_SUMS
  double total = 0;
  for (ptrdiff_t start = 0; start < count; start += BK_BLOCK) {
    ptrdiff_t end = start + BK_BLOCK < count ? start + BK_BLOCK : count;
    REAL sum = 0;
    for (ptrdiff_t i = start; i < end; i++) sum += x[i] * x[i];
    total += (double)sum;
  }
  return total;
}

BK_CLONES
double BK(squared_distance)(ptrdiff_t count, const REAL *x, const REAL *y) {
  BK_FAST_SUMS
  double total = 0;
  for (ptrdiff_t start = 0; start < count; start += BK_BLOCK) {
    ptrdiff_t end = start + BK_BLOCK < count ? start + BK_BLOCK : count;
    REAL sum = 0;
    for (ptrdiff_t i = start; i < end; i++) {
      REAL d = x[i] - y[i];
      sum += d * d;
    }
    total += (double)sum;
  }
  return total;
}

#undef BK_BLOCK
