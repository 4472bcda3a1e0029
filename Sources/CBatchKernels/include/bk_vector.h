// Reductions over whole parameter vectors. Terms are formed and added in double precision, so that squares of floats
// neither overflow nor vanish, and differences of such sums (a gradient's noise) keep their digits.
#ifndef BK_VECTOR_H
#define BK_VECTOR_H

#include <stddef.h>

// Sum of x[i]^2.
double bk_sum_of_squares_f32(ptrdiff_t count, const float *x);

// Sum of (x[i] - y[i])^2.
double bk_squared_distance_f32(ptrdiff_t count, const float *x, const float *y);

// The same in double precision.
double bk_sum_of_squares_f64(ptrdiff_t count, const double *x);
double bk_squared_distance_f64(ptrdiff_t count, const double *x, const double *y);

#endif
