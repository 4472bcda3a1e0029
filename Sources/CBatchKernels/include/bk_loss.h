// Losses and their gradients. Every function returns the SUM of the examples' losses and writes gradients times `scale`
// (1 / batch for a mean loss). Matrices are row-major [rows][cols] with a row stride; what is written must not overlap
// what is read. A NaN in an example makes its loss NaN.
#ifndef BK_LOSS_H
#define BK_LOSS_H

#include <stddef.h>

// Softmax cross-entropy. logits [rows][classes], labels [rows] in 0 ..< classes; dlogits may be NULL (loss only).
// *correct receives the number of rows whose first largest logit is at the label; rows with a NaN do not count.
double bk_softmax_cross_entropy_f32(ptrdiff_t rows, ptrdiff_t classes, const float *logits, ptrdiff_t stride,
                                   const int *labels, float scale, float *dlogits, ptrdiff_t dstride,
                                   ptrdiff_t *correct);

// Binary cross-entropy on logits z with targets t in [0, 1], summed over rows and cols.
double bk_binary_cross_entropy_f32(ptrdiff_t rows, ptrdiff_t cols, const float *logits, ptrdiff_t stride,
                                  const float *targets, ptrdiff_t tstride, float scale, float *dlogits,
                                  ptrdiff_t dstride);

// Squared error, summed over rows and averaged over cols.
double bk_squared_error_f32(ptrdiff_t rows, ptrdiff_t cols, const float *outputs, ptrdiff_t stride,
                           const float *targets, ptrdiff_t tstride, float scale, float *doutputs, ptrdiff_t dstride);

// Row-wise softmax: probabilities[i][j] = e^(logits[i][j]) / sum over j.
void bk_softmax_f32(ptrdiff_t rows, ptrdiff_t classes, const float *logits, ptrdiff_t stride, float *probabilities,
                   ptrdiff_t pstride);

// The same in double precision.
double bk_softmax_cross_entropy_f64(ptrdiff_t rows, ptrdiff_t classes, const double *logits, ptrdiff_t stride,
                                   const int *labels, double scale, double *dlogits, ptrdiff_t dstride,
                                   ptrdiff_t *correct);
double bk_binary_cross_entropy_f64(ptrdiff_t rows, ptrdiff_t cols, const double *logits, ptrdiff_t stride,
                                  const double *targets, ptrdiff_t tstride, double scale, double *dlogits,
                                  ptrdiff_t dstride);
double bk_squared_error_f64(ptrdiff_t rows, ptrdiff_t cols, const double *outputs, ptrdiff_t stride,
                           const double *targets, ptrdiff_t tstride, double scale, double *doutputs, ptrdiff_t dstride);
void bk_softmax_f64(ptrdiff_t rows, ptrdiff_t classes, const double *logits, ptrdiff_t stride, double *probabilities,
                   ptrdiff_t pstride);

#endif
