// Passes over whole vectors of bk_kernels.h.

static void BK(scale)(ptrdiff_t count, REAL factor, REAL *x) {
  for (ptrdiff_t i = 0; i < count; i++) x[i] *= factor;
}

static void BK(clamp)(ptrdiff_t count, REAL bound, REAL *x) {
  // Written so that a NaN passes through: a diverged run must show itself.
  for (ptrdiff_t i = 0; i < count; i++) x[i] = x[i] > bound ? bound : x[i] < -bound ? -bound : x[i];
}

static void BK(approach)(ptrdiff_t count, REAL share, const REAL *restrict x, REAL *restrict y) {
  for (ptrdiff_t i = 0; i < count; i++) y[i] += share * (x[i] - y[i]);
}

static void BK(scaled_squares)(ptrdiff_t rows, ptrdiff_t cols, REAL factor, const REAL *x, ptrdiff_t x_stride, REAL *y,
                               ptrdiff_t y_stride) {
  for (ptrdiff_t i = 0; i < rows; i++) {
    const REAL *from = x + i * x_stride;
    REAL *to = y + i * y_stride;
    for (ptrdiff_t j = 0; j < cols; j++) to[j] = (factor * from[j]) * (factor * from[j]);
  }
}
