// The dropout of bk_kernels.h.

static void BK(dropout)(const bk_dropout *d, ptrdiff_t rows, ptrdiff_t cols, const REAL *x, ptrdiff_t x_stride, REAL *y,
                        ptrdiff_t y_stride) {
  enum { GROUP = PHILOX_LANES * PHILOX_WORDS };
  const double bound = d->rate * 0x1p32 + 0.5;
  const uint32_t threshold = bound < 0x1p32 ? (uint32_t)bound : UINT32_MAX;
  const REAL factor = (REAL)(1 / (1 - d->rate));
  for (ptrdiff_t i = 0; i < rows; i++) {
    for (ptrdiff_t j = 0; j < cols; j += GROUP) {
      uint32_t bits[GROUP];
      bk_philox((uint32_t)(j / PHILOX_WORDS), d->first_row + (uint32_t)i, d->round, d->key, bits);
      const REAL *restrict from = x + i * x_stride + j;
      REAL *restrict to = y + i * y_stride + j;
      // A product with 0, and no 0 in its place, so that a NaN passes through: a diverged run must show itself.
      const ptrdiff_t count = BK(smaller)(GROUP, cols - j);
      for (ptrdiff_t k = 0; k < count; k++) to[k] = from[k] * (bits[k] < threshold ? 0 : factor);
    }
  }
}
