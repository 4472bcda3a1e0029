// Bodies of bk_vector.h for one REAL; included once for float and once for double.
#include "kernel_template.h"

BK_CLONES
double BK(sum_of_squares)(ptrdiff_t count, const REAL *x) {
  BK_FAST_SUMS
  double total = 0;
  for (ptrdiff_t i = 0; i < count; i++) total += (double)x[i] * (double)x[i];
  return total;
}

BK_CLONES
double BK(squared_distance)(ptrdiff_t count, const REAL *x, const REAL *y) {
  BK_FAST_SUMS
  double total = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    double d = (double)x[i] - (double)y[i];
    total += d * d;
  }
  return total;
}
