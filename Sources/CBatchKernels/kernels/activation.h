// The activations of bk_kernels.h.

static void BK(bias_activation)(bk_activation f, ptrdiff_t rows, ptrdiff_t cols, REAL *y, ptrdiff_t y_stride,
                         const REAL *bias, REAL *pre, ptrdiff_t pre_stride) {
  for (ptrdiff_t i = 0; i < rows; i++) {
    REAL *restrict row = y + i * y_stride;
    if (bias)
      for (ptrdiff_t j = 0; j < cols; j++) row[j] += bias[j];
    if (pre) memcpy(pre + i * pre_stride, row, (size_t)cols * sizeof(REAL));
    switch (f) {
      case BK_IDENTITY:
        break;
      case BK_RELU:
        // Written so that a NaN passes through: a diverged run must show itself.
        for (ptrdiff_t j = 0; j < cols; j++) row[j] = row[j] < 0 ? 0 : row[j];
        break;
      case BK_TANH:
        for (ptrdiff_t j = 0; j < cols; j++) row[j] = BK(tanh)(row[j]);
        break;
      case BK_SIGMOID:
        for (ptrdiff_t j = 0; j < cols; j++) row[j] = 1 / (1 + BK(exp)(-row[j]));
        break;
      case BK_GELU:
        // x Phi(x) with the exact normal distribution function (Hendrycks & Gimpel 2016, section 2). 2 Phi(x) is
        // erfc(-x / sqrt 2); the usual 1 + erf(x / sqrt 2) cancels to nothing in the left tail.
        for (ptrdiff_t j = 0; j < cols; j++) row[j] *= (REAL)0.5 * BK(erfc)(row[j] * (REAL)-M_SQRT1_2);
        break;
    }
  }
}

static void BK(activation_backward)(bk_activation f, ptrdiff_t rows, ptrdiff_t cols, REAL *dy, ptrdiff_t dy_stride,
                             const REAL *saved, ptrdiff_t saved_stride, REAL *restrict sums) {
  const REAL inverse_sqrt_2pi = (REAL)0.39894228040143267794;
  if (sums)
    for (ptrdiff_t j = 0; j < cols; j++) sums[j] = 0;
  for (ptrdiff_t i = 0; i < rows; i++) {
    REAL *restrict d = dy + i * dy_stride;
    const REAL *restrict s = saved + i * saved_stride;
    switch (f) {
      case BK_IDENTITY:
        break;
      case BK_RELU:
        // As in the forward pass, a NaN does not end as a 0.
        for (ptrdiff_t j = 0; j < cols; j++) d[j] = s[j] <= 0 ? 0 : d[j];
        break;
      case BK_TANH:
        for (ptrdiff_t j = 0; j < cols; j++) d[j] *= 1 - s[j] * s[j];
        break;
      case BK_SIGMOID:
        for (ptrdiff_t j = 0; j < cols; j++) d[j] *= s[j] * (1 - s[j]);
        break;
      case BK_GELU:
        // d/dx x Phi(x) = Phi(x) + x phi(x).
        for (ptrdiff_t j = 0; j < cols; j++)
          d[j] *= (REAL)0.5 * BK(erfc)(s[j] * (REAL)-M_SQRT1_2) +
                  s[j] * inverse_sqrt_2pi * BK(exp)(s[j] * s[j] * (REAL)-0.5);
        break;
    }
    // While the row is in the cache.
    if (sums)
      for (ptrdiff_t j = 0; j < cols; j++) sums[j] += d[j];
  }
}
