// All kernels of one precision and one instruction set. Included by bk_kernels.h once for each REAL.
//
// Matrices are row-major [rows][cols] with a row stride in elements. What is written must not overlap what is read.
#pragma clang assume_nonnull begin

typedef struct {
  // ---- Products ----

  // The number of columns of a panel.
  ptrdiff_t panel_width;

  // The number of elements that products want for themselves, a thread.
  ptrdiff_t scratch;

  // C = A B, plus bias, rectified, as bk_broadcast_product says.
  void (*broadcast_product)(const bk_broadcast_product *product);

  // C = A^T B as bk_gradient_product says; or, with an update, the update that this is the gradient for: c then points
  // to the weights, the state vectors (NULL where the rule has none) are laid out like them, and the gradient goes no
  // further than `scratch`.
  void (*gradient_product)(const bk_gradient_product *product, const bk_update *_Nullable update,
                           REAL *_Nullable state0, REAL *_Nullable state1, REAL *_Nullable state2, REAL *scratch);

  // C = A B^T as bk_dot_product says, the best for few rows; and, where B's rows are as far apart as they are wide in a
  // panel, by A transposed on the way, the best for many.
  void (*dot_product)(const bk_dot_product *product);
  void (*mirrored_product)(const bk_dot_product *product, REAL *scratch);

  // y <- y + x for [rows][cols].
  void (*add)(ptrdiff_t rows, ptrdiff_t cols, const REAL *x, ptrdiff_t x_stride, REAL *y, ptrdiff_t y_stride);

  // ---- Activations ----

  // y <- f(y + bias), in place; bias may be NULL. Where `pre` is not NULL it receives y + bias, which GELU's backward
  // pass needs.
  void (*bias_activation)(bk_activation f, ptrdiff_t rows, ptrdiff_t cols, REAL *y, ptrdiff_t y_stride,
                          const REAL *_Nullable bias, REAL *_Nullable pre, ptrdiff_t pre_stride);

  // dy <- dy * f'(.), in place, and sums[j] <- its sum over the rows, the gradient of the bias; sums may be NULL.
  // `saved` is f's output y, and for GELU its input y + bias.
  void (*activation_backward)(bk_activation f, ptrdiff_t rows, ptrdiff_t cols, REAL *dy, ptrdiff_t dy_stride,
                              const REAL *saved, ptrdiff_t saved_stride, REAL *_Nullable sums);

  // ---- Dropout ----

  // y = x with some elements times 0 and the others times 1 / (1 - rate), as bk_dropout says. The gradient of x is had
  // from that of y in the same way.
  void (*dropout)(const bk_dropout *dropout, ptrdiff_t rows, ptrdiff_t cols, const REAL *x, ptrdiff_t x_stride, REAL *y,
                  ptrdiff_t y_stride);

  // ---- Losses ----
  // Each returns the SUM of the examples' losses and writes gradients times `scale` (1 / batch for a mean loss) where
  // there is a place for them. A NaN in an example makes its loss NaN.

  // Softmax cross-entropy. logits [rows][classes], labels [rows] in 0 ..< classes. *correct receives the number of rows
  // whose first largest logit is at the label; rows with a NaN do not count. With `smoothing` s the target is 1 - s at
  // the label plus s / classes everywhere (Szegedy et al. 2016, section 7).
  double (*softmax_cross_entropy)(ptrdiff_t rows, ptrdiff_t classes, const REAL *logits, ptrdiff_t stride,
                                  const int *labels, double smoothing, REAL scale, REAL *_Nullable dlogits,
                                  ptrdiff_t dstride, ptrdiff_t *correct);

  // Binary cross-entropy on logits z with targets t in [0, 1], summed over rows and cols. With `smoothing` s a target
  // is t (1 - s) + s / 2.
  double (*binary_cross_entropy)(ptrdiff_t rows, ptrdiff_t cols, const REAL *logits, ptrdiff_t stride,
                                 const REAL *targets, ptrdiff_t tstride, double smoothing, REAL scale,
                                 REAL *_Nullable dlogits, ptrdiff_t dstride);

  // Squared error, summed over rows and averaged over cols.
  double (*squared_error)(ptrdiff_t rows, ptrdiff_t cols, const REAL *outputs, ptrdiff_t stride, const REAL *targets,
                          ptrdiff_t tstride, REAL scale, REAL *_Nullable doutputs, ptrdiff_t dstride);

  // Row-wise softmax: probabilities[i][j] = e^(logits[i][j]) / sum over j.
  void (*softmax)(ptrdiff_t rows, ptrdiff_t classes, const REAL *logits, ptrdiff_t stride, REAL *probabilities,
                  ptrdiff_t pstride);

  // ---- Optimizers ----

  // Updates `count` weights from their gradient; the state vectors are NULL where the rule has none.
  void (*update)(const bk_update *update, ptrdiff_t count, REAL *weights, const REAL *gradient, REAL *_Nullable state0,
                 REAL *_Nullable state1, REAL *_Nullable state2);

  // The first of LAMB's two passes: updates the moments, as Adam's, and leaves in sums[0] the sum of w^2, and in
  // sums[1] that of the square of what BK_LAMB takes off w with the same numbers. `gradient` has no decay in it.
  void (*lamb_moments)(const bk_update *update, ptrdiff_t count, const REAL *weights, const REAL *gradient,
                       REAL *state0, REAL *state1, double *sums);

  // ---- Reductions ----

  // Sum of x[i]^2 and of (x[i] - y[i])^2. Terms are formed and added in double precision, so that squares of floats
  // neither overflow nor vanish, and differences of such sums (a gradient's noise) keep their digits.
  double (*sum_of_squares)(ptrdiff_t count, const REAL *x);
  double (*squared_distance)(ptrdiff_t count, const REAL *x, const REAL *y);

  // ---- Passes over vectors ----
  // A NaN stays a NaN in all of them.

  // x <- factor * x.
  void (*scale)(ptrdiff_t count, REAL factor, REAL *x);

  // x <- x, but no lower than -bound and no higher than bound.
  void (*clamp)(ptrdiff_t count, REAL bound, REAL *x);

  // y <- y + share * (x - y).
  void (*approach)(ptrdiff_t count, REAL share, const REAL *x, REAL *y);
} BK_TABLE;

#pragma clang assume_nonnull end
