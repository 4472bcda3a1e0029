// Bias and activation of a dense layer, forward and backward. Matrices are row-major [rows][cols] with a row stride.
#ifndef BK_ACTIVATION_H
#define BK_ACTIVATION_H

#include <stddef.h>

typedef enum {
  BK_IDENTITY = 0,
  BK_RELU = 1,
  BK_TANH = 2,
  BK_SIGMOID = 3,
  BK_GELU = 4,
} bk_activation;

// y <- f(y + bias), in place. Where `pre` is not NULL it receives y + bias, which GELU's backward pass needs.
void bk_bias_activation_f32(bk_activation f, ptrdiff_t rows, ptrdiff_t cols, float *y, ptrdiff_t y_stride,
                           const float *bias, float *pre, ptrdiff_t pre_stride);

// dy <- dy * f'(.), in place. `saved` is f's output y, and for GELU its input y + bias.
void bk_activation_backward_f32(bk_activation f, ptrdiff_t rows, ptrdiff_t cols, float *dy, ptrdiff_t dy_stride,
                               const float *saved, ptrdiff_t saved_stride);

// sums[j] <- sum over rows of x[.][j].
void bk_column_sums_f32(ptrdiff_t rows, ptrdiff_t cols, const float *x, ptrdiff_t x_stride, float *sums);

// The same in double precision.
void bk_bias_activation_f64(bk_activation f, ptrdiff_t rows, ptrdiff_t cols, double *y, ptrdiff_t y_stride,
                           const double *bias, double *pre, ptrdiff_t pre_stride);
void bk_activation_backward_f64(bk_activation f, ptrdiff_t rows, ptrdiff_t cols, double *dy, ptrdiff_t dy_stride,
                               const double *saved, ptrdiff_t saved_stride);
void bk_column_sums_f64(ptrdiff_t rows, ptrdiff_t cols, const double *x, ptrdiff_t x_stride, double *sums);

#endif
