// The functions of bk_kernels.h, which know elements by `void *`, in terms of the kernels of one REAL.

static void BK(product_tn_entry)(const bk_product_tn *product, const bk_update *update, void *state0, void *state1,
                                 void *state2, void *scratch) {
  BK(product_tn)(product, update, state0, state1, state2, scratch);
}

static void BK(product_nt_packed_entry)(const bk_product_nt *product, void *scratch) {
  BK(product_nt_packed)(product, scratch);
}

static void BK(add_entry)(ptrdiff_t rows, ptrdiff_t cols, const void *x, ptrdiff_t x_stride, void *y,
                          ptrdiff_t y_stride) {
  BK(add)(rows, cols, x, x_stride, y, y_stride);
}

static void BK(bias_activation_entry)(bk_activation f, ptrdiff_t rows, ptrdiff_t cols, void *y, ptrdiff_t y_stride,
                                      const void *bias, void *pre, ptrdiff_t pre_stride) {
  BK(bias_activation)(f, rows, cols, y, y_stride, bias, pre, pre_stride);
}

static void BK(activation_backward_entry)(bk_activation f, ptrdiff_t rows, ptrdiff_t cols, void *dy,
                                          ptrdiff_t dy_stride, const void *saved, ptrdiff_t saved_stride, void *sums) {
  BK(activation_backward)(f, rows, cols, dy, dy_stride, saved, saved_stride, sums);
}

static void BK(dropout_entry)(const bk_dropout *dropout, ptrdiff_t rows, ptrdiff_t cols, const void *x,
                              ptrdiff_t x_stride, void *y, ptrdiff_t y_stride) {
  BK(dropout)(dropout, rows, cols, x, x_stride, y, y_stride);
}

static double BK(softmax_cross_entropy_entry)(ptrdiff_t rows, ptrdiff_t classes, const void *logits, ptrdiff_t stride,
                                              const int *labels, double smoothing, double scale, void *dlogits,
                                              ptrdiff_t dstride, ptrdiff_t *correct) {
  return BK(softmax_cross_entropy)(rows, classes, logits, stride, labels, smoothing, (REAL)scale, dlogits, dstride,
                                   correct);
}

static double BK(binary_cross_entropy_entry)(ptrdiff_t rows, ptrdiff_t cols, const void *logits, ptrdiff_t stride,
                                             const void *targets, ptrdiff_t tstride, double smoothing, double scale,
                                             void *dlogits, ptrdiff_t dstride) {
  return BK(binary_cross_entropy)(rows, cols, logits, stride, targets, tstride, smoothing, (REAL)scale, dlogits,
                                  dstride);
}

static double BK(squared_error_entry)(ptrdiff_t rows, ptrdiff_t cols, const void *outputs, ptrdiff_t stride,
                                      const void *targets, ptrdiff_t tstride, double scale, void *doutputs,
                                      ptrdiff_t dstride) {
  return BK(squared_error)(rows, cols, outputs, stride, targets, tstride, (REAL)scale, doutputs, dstride);
}

static void BK(softmax_entry)(ptrdiff_t rows, ptrdiff_t classes, const void *logits, ptrdiff_t stride,
                              void *probabilities, ptrdiff_t pstride) {
  BK(softmax)(rows, classes, logits, stride, probabilities, pstride);
}

static void BK(update_entry)(const bk_update *update, ptrdiff_t count, void *weights, const void *gradient,
                             void *state0, void *state1, void *state2) {
  BK(update)(update, count, weights, gradient, state0, state1, state2);
}

static void BK(lamb_moments_entry)(const bk_update *update, ptrdiff_t count, const void *weights, const void *gradient,
                                   void *state0, void *state1, double *sums) {
  BK(lamb_moments)(update, count, weights, gradient, state0, state1, sums);
}

static double BK(sum_of_squares_entry)(ptrdiff_t count, const void *x) {
  return BK(sum_of_squares)(count, x);
}

static double BK(squared_distance_entry)(ptrdiff_t count, const void *x, const void *y) {
  return BK(squared_distance)(count, x, y);
}

static void BK(scale_entry)(ptrdiff_t count, double factor, void *x) {
  BK(scale)(count, (REAL)factor, x);
}

static void BK(clamp_entry)(ptrdiff_t count, double bound, void *x) {
  BK(clamp)(count, (REAL)bound, x);
}

static void BK(approach_entry)(ptrdiff_t count, double share, const void *x, void *y) {
  BK(approach)(count, (REAL)share, x, y);
}

static void BK(scaled_squares_entry)(ptrdiff_t rows, ptrdiff_t cols, double factor, const void *x, ptrdiff_t x_stride,
                                     void *y, ptrdiff_t y_stride) {
  BK(scaled_squares)(rows, cols, (REAL)factor, x, x_stride, y, y_stride);
}

static void BK(row_squares_entry)(ptrdiff_t rows, ptrdiff_t cols, const void *x, ptrdiff_t stride, double *sums) {
  BK(row_squares)(rows, cols, x, stride, sums);
}

static void BK(gram_sums_entry)(ptrdiff_t rows, ptrdiff_t cols, const void *x, const void *y, ptrdiff_t stride,
                                double *sums) {
  BK(gram_sums)(rows, cols, x, y, stride, sums);
}
