// The kernels: a table of functions for each instruction set and precision.
#ifndef BK_KERNELS_H
#define BK_KERNELS_H

#include "bk_activation.h"
#include "bk_dropout.h"
#include "bk_instruction_set.h"
#include "bk_product.h"
#include "bk_update.h"
#include <stddef.h>

typedef enum {
  BK_FLOAT = 0,
  BK_DOUBLE = 1,
} bk_precision;

#pragma clang assume_nonnull begin

// All kernels of one precision and one instruction set. What `void *` points to are elements of the table's precision;
// numbers that are not behind a pointer are doubles, and rounded to it.
//
// Matrices are row-major [rows][cols] with a row stride in elements. What is written must not overlap what is read.
typedef struct {
  // ---- Products ----

  // The number of columns of a panel.
  ptrdiff_t panel_width;

  // The number of elements that products want for themselves, a thread.
  ptrdiff_t scratch;

  // C = A B, plus bias, rectified, as bk_product_nn says.
  void (*product_nn)(const bk_product_nn *product);

  // C = A^T B as bk_product_tn says; or, with an update, the update that this is the gradient for: c then points
  // to the weights, the state vectors (NULL where the rule has none) are laid out like them, and the gradient goes no
  // further than `scratch`.
  void (*product_tn)(const bk_product_tn *product, const bk_update *_Nullable update,
                           void *_Nullable state0, void *_Nullable state1, void *_Nullable state2, void *scratch);

  // C = A B^T as bk_product_nt says, the best for few rows; and, where B's rows are as far apart as they are wide in a
  // panel, by A transposed on the way, the best for many.
  void (*product_nt_dot)(const bk_product_nt *product);
  void (*product_nt_packed)(const bk_product_nt *product, void *scratch);

  // y <- y + x for [rows][cols].
  void (*add)(ptrdiff_t rows, ptrdiff_t cols, const void *x, ptrdiff_t x_stride, void *y, ptrdiff_t y_stride);

  // ---- Activations ----

  // y <- f(y + bias), in place; bias may be NULL. Where `pre` is not NULL it receives y + bias, which GELU's backward
  // pass needs.
  void (*bias_activation)(bk_activation f, ptrdiff_t rows, ptrdiff_t cols, void *y, ptrdiff_t y_stride,
                          const void *_Nullable bias, void *_Nullable pre, ptrdiff_t pre_stride);

  // dy <- dy * f'(.), in place, and sums[j] <- its sum over the rows, the gradient of the bias; sums may be NULL.
  // `saved` is f's output y, and for GELU its input y + bias.
  void (*activation_backward)(bk_activation f, ptrdiff_t rows, ptrdiff_t cols, void *dy, ptrdiff_t dy_stride,
                              const void *saved, ptrdiff_t saved_stride, void *_Nullable sums);

  // ---- Dropout ----

  // y = x with some elements times 0 and the others times 1 / (1 - rate), as bk_dropout says. The gradient of x is had
  // from that of y in the same way.
  void (*dropout)(const bk_dropout *dropout, ptrdiff_t rows, ptrdiff_t cols, const void *x, ptrdiff_t x_stride, void *y,
                  ptrdiff_t y_stride);

  // ---- Losses ----
  // Each returns the SUM of the examples' losses and writes gradients times `scale` (1 / batch for a mean loss) where
  // there is a place for them. A NaN in an example makes its loss NaN.

  // Softmax cross-entropy. logits [rows][classes], labels [rows] in 0 ..< classes. *correct receives the number of rows
  // whose first largest logit is at the label; rows with a NaN do not count. With `smoothing` s the target is 1 - s at
  // the label plus s / classes everywhere (Szegedy et al. 2016, section 7).
  double (*softmax_cross_entropy)(ptrdiff_t rows, ptrdiff_t classes, const void *logits, ptrdiff_t stride,
                                  const int *labels, double smoothing, double scale, void *_Nullable dlogits,
                                  ptrdiff_t dstride, ptrdiff_t *correct);

  // Binary cross-entropy on logits z with targets t in [0, 1], summed over rows and cols. With `smoothing` s a target
  // is t (1 - s) + s / 2.
  double (*binary_cross_entropy)(ptrdiff_t rows, ptrdiff_t cols, const void *logits, ptrdiff_t stride,
                                 const void *targets, ptrdiff_t tstride, double smoothing, double scale,
                                 void *_Nullable dlogits, ptrdiff_t dstride);

  // Squared error, summed over rows and averaged over cols.
  double (*squared_error)(ptrdiff_t rows, ptrdiff_t cols, const void *outputs, ptrdiff_t stride, const void *targets,
                          ptrdiff_t tstride, double scale, void *_Nullable doutputs, ptrdiff_t dstride);

  // Row-wise softmax: probabilities[i][j] = e^(logits[i][j]) / sum over j.
  void (*softmax)(ptrdiff_t rows, ptrdiff_t classes, const void *logits, ptrdiff_t stride, void *probabilities,
                  ptrdiff_t pstride);

  // ---- Optimizers ----

  // Updates `count` weights from their gradient; the state vectors are NULL where the rule has none.
  void (*update)(const bk_update *update, ptrdiff_t count, void *weights, const void *gradient, void *_Nullable state0,
                 void *_Nullable state1, void *_Nullable state2);

  // The first of LAMB's two passes: updates the moments, as Adam's, and leaves in sums[0] the sum of w^2, and in
  // sums[1] that of the square of what BK_LAMB takes off w with the same numbers. `gradient` has no decay in it.
  void (*lamb_moments)(const bk_update *update, ptrdiff_t count, const void *weights, const void *gradient,
                       void *state0, void *state1, double *sums);

  // ---- Reductions ----

  // Sum of x[i]^2 and of (x[i] - y[i])^2. Terms are formed and added in double precision, so that squares of floats
  // neither overflow nor vanish, and differences of such sums (a gradient's noise) keep their digits.
  double (*sum_of_squares)(ptrdiff_t count, const void *x);
  double (*squared_distance)(ptrdiff_t count, const void *x, const void *y);

  // sums[i] = sum over j of x[i][j]^2, formed and added as above.
  void (*row_squares)(ptrdiff_t rows, ptrdiff_t cols, const void *x, ptrdiff_t stride, double *sums);

  // sums[i] <- sums[i] + sum over j of (x[i][j] + 1) y[i][j], both with the same stride: inner products of gradients
  // from those of inputs, x, and of gradients of outputs, y, where the layer has a bias.
  void (*gram_sums)(ptrdiff_t rows, ptrdiff_t cols, const void *x, const void *y, ptrdiff_t stride, double *sums);

  // ---- Passes over vectors ----
  // A NaN stays a NaN in all of them.

  // x <- factor * x.
  void (*scale)(ptrdiff_t count, double factor, void *x);

  // x <- x, but no lower than -bound and no higher than bound.
  void (*clamp)(ptrdiff_t count, double bound, void *x);

  // y <- y + share * (x - y).
  void (*approach)(ptrdiff_t count, double share, const void *x, void *y);

  // y = (factor * x)^2 for [rows][cols]; y may be x.
  void (*scaled_squares)(ptrdiff_t rows, ptrdiff_t cols, double factor, const void *x, ptrdiff_t x_stride, void *y,
                         ptrdiff_t y_stride);
} bk_kernels;

// The kernels of a set and a precision; NULL for a set that this processor does not run.
const bk_kernels *_Nullable bk_kernel_table(bk_instruction_set set, bk_precision precision);

#pragma clang assume_nonnull end

#endif
