// Optimizer updates: one fused pass over parameters, gradients and state.
#ifndef BK_OPTIMIZER_H
#define BK_OPTIMIZER_H

#include <stddef.h>

// Stochastic gradient descent (Sutskever et al. 2013; in the form PyTorch uses):
//   g <- gradient + weight_decay * w;  v <- momentum * v + g;  w <- w - rate * (nesterov ? g + momentum * v : v).
// `velocity` may be NULL when momentum is 0.
void bk_sgd_f32(ptrdiff_t count, float *weights, const float *gradient, float *velocity, float rate, float momentum,
               float weight_decay, int nesterov);

// The same in double precision.
void bk_sgd_f64(ptrdiff_t count, double *weights, const double *gradient, double *velocity, double rate, double momentum,
               double weight_decay, int nesterov);

#endif
