// The reductions of bk_kernels.h.

static double BK(sum_of_squares)(ptrdiff_t count, const REAL *x) {
  BK_FAST_SUMS
  double total = 0;
  for (ptrdiff_t i = 0; i < count; i++) total += (double)x[i] * (double)x[i];
  return total;
}

static double BK(squared_distance)(ptrdiff_t count, const REAL *x, const REAL *y) {
  BK_FAST_SUMS
  double total = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    double d = (double)x[i] - (double)y[i];
    total += d * d;
  }
  return total;
}

static void BK(row_squares)(ptrdiff_t rows, ptrdiff_t cols, const REAL *x, ptrdiff_t stride, double *sums) {
  for (ptrdiff_t i = 0; i < rows; i++) sums[i] = BK(sum_of_squares)(cols, x + i * stride);
}

static void BK(gram_sums)(ptrdiff_t rows, ptrdiff_t cols, const REAL *x, const REAL *y, ptrdiff_t stride,
                          double *sums) {
  BK_FAST_SUMS
  for (ptrdiff_t i = 0; i < rows; i++) {
    double total = 0;
    for (ptrdiff_t j = 0; j < cols; j++) total += ((double)x[i * stride + j] + 1) * (double)y[i * stride + j];
    sums[i] += total;
  }
}

static void BK(add)(ptrdiff_t rows, ptrdiff_t cols, const REAL *x, ptrdiff_t x_stride, REAL *y, ptrdiff_t y_stride) {
  for (ptrdiff_t i = 0; i < rows; i++) {
    const REAL *restrict from = x + i * x_stride;
    REAL *restrict to = y + i * y_stride;
    for (ptrdiff_t j = 0; j < cols; j++) to[j] += from[j];
  }
}
